"""A plan for several moments in words: what is covered when, by parts of the week where they are many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.results.siting import MomentFigures, SitingRun
from geoapp.core.settings import DEFAULT_ZONE
from geoapp.core.units import counted, format_change, format_count, format_moment, format_share

# From so many moments on their parts of the week are told, not each of them.
_MOST_NAMED: Final = 12
_SATURDAY: Final = 5
# The hours from which the parts of a day are counted, by the clock; the night goes on till the first.
_PARTS: Final = (
    (7, Text("白天 7–19 时", "day, 7 to 19 h")),
    (19, Text("傍晚 19–23 时", "evening, 19 to 23 h")),
    (23, Text("夜里 23–7 时", "night, 23 to 7 h")),
)
_DAYS: Final = (Text("周一至周五", "Weekdays"), Text("周末", "Weekend"))


@dataclass(frozen=True, slots=True)
class MomentLine:
    """A moment, or a part of the week: shares of the workers who are out there then.

    Attributes
    ----------
    when, count
        What it is called, and of how many moments it is the mean.
    before_share, after_share
        Covered before and after, 0 to 1; None where nobody is out there.
    added
        Workers newly reached, or newly with a seat where seats of what stands count; the mean over these
        moments.
    closed
        At how many of these moments the new sites are closed.
    counts_share
        What part of the means they make, 0 to 1; None where all moments count the same. Figures of what
        does not count at all are means of its own.
    """

    when: Text
    count: int
    before_share: float | None
    after_share: float | None
    added: float
    closed: int
    counts_share: float | None


def moment_lines(run: SitingRun) -> list[MomentLine]:
    """Return a run's several moments, or the parts of the week that they are in; none for one or none."""
    moments = run.found.moments or ()
    total = sum(one.counts for one in moments) if are_weighed(run) else None
    if len(moments) <= _MOST_NAMED:
        zone = run.inputs.timezone or DEFAULT_ZONE
        return [
            _line(format_moment(datetime.fromisoformat(one.at), zone), [one], total)
            for one in moments
        ]
    parts: dict[tuple[bool, int], list[MomentFigures]] = {}
    for one in moments:
        at = datetime.fromisoformat(one.at)
        part = max((n for n, (first, _) in enumerate(_PARTS) if at.hour >= first), default=2)
        parts.setdefault((at.weekday() >= _SATURDAY, part), []).append(one)
    return [
        _line(
            Text(
                f"{_DAYS[weekend].zh}{_PARTS[part][1].zh}",
                f"{_DAYS[weekend].en}, {_PARTS[part][1].en}",
            ),
            held,
            total,
        )
        for (weekend, part), held in sorted(parts.items())
    ]


def are_weighed(run: SitingRun) -> bool:
    """Tell whether some of a run's moments count more than others."""
    return len({one.counts for one in run.found.moments or ()}) > 1


def _line(when: Text, held: Sequence[MomentFigures], of_all: int | None) -> MomentLine:
    """Return a line of moments of which all together count so much; None: each the same."""
    mine = sum(one.counts for one in held)
    counts = [one.counts if mine else 1 for one in held]
    total, before, after = (
        sum(n * getattr(one, name) for n, one in zip(counts, held, strict=True))
        for name in ("weight", "covered_before_weight", "covered_after_weight")
    )
    return MomentLine(
        when=when,
        count=len(held),
        before_share=before / total if total > 0 else None,
        after_share=after / total if total > 0 else None,
        added=(after - before) / sum(counts),
        closed=sum(not one.sites_open for one in held),
        counts_share=None if of_all is None else mine / of_all,
    )


def moment_texts(run: SitingRun) -> list[tuple[Text, Text]]:
    """Return what is covered when as labels and values; none for one moment or none."""
    lines = moment_lines(run)
    if not lines:
        return []
    return [
        (Text("人数和覆盖率", "workers and shares"), mean_text(run)),
        *((one.when, _words(one, seated=run.inputs.existing_seats is not None)) for one in lines),
    ]


def mean_text(run: SitingRun) -> Text:
    """Return over how many moments the figures of a plan are means, and how much each counts."""
    some = counted(len(run.found.moments or ()), "个时刻", "moment")
    if are_weighed(run):
        return Text(f"{some.zh}按权重的平均", f"means over {some.en} by their weights")
    return Text(f"{some.zh}的平均，每个算得一样多", f"means over {some.en}, each counting the same")


def _words(line: MomentLine, *, seated: bool) -> Text:
    """Return a line in words; where seats of what stands count, covered is with a seat."""
    some, change = (
        counted(line.added, "人", "worker"),
        format_change(line.before_share, line.after_share),
    )
    told = Text(
        f"{change}，新有座位 {some.zh}" if seated else f"{change}，新增 {some.zh}",
        f"{change}, {some.en} newly {'seated' if seated else 'reached'}",
    )
    notes = [one for one in (counts_text(line), closed_text(line)) if one.zh]
    if not notes:
        return told
    zh, en = "；".join(one.zh for one in notes), "; ".join(one.en for one in notes)
    return Text(f"{told.zh}（{zh}）", f"{told.en} ({en})")


def counts_text(line: MomentLine) -> Text:
    """Return what part of the means some moments make; empty where all moments count the same."""
    if line.counts_share is None:
        return Text("", "")
    if line.counts_share == 0:
        return Text("不计入平均", "not counted in the means")
    share = format_share(line.counts_share)
    return Text(f"占平均的 {share}", f"{share} of the means")


def closed_text(line: MomentLine) -> Text:
    """Return that new sites are closed then, or at how many of the moments; empty where they are open."""
    if not line.closed:
        return Text("", "")
    if line.closed == line.count:
        return Text("新站点不开放", "new stations are closed")
    shut, count = format_count(line.closed), format_count(line.count)
    return Text(
        f"{count} 个时刻里 {shut} 个新站点不开放", f"new stations are closed at {shut} of {count}"
    )
