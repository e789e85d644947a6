"""A plan for several moments in words: what is covered when, by parts of the week where they are many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.results.siting import MomentFigures, SitingRun
from geoapp.core.settings import DEFAULT_ZONE
from geoapp.core.units import counted, format_change, format_count, format_moment

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
        Workers newly reached, the mean over these moments.
    closed
        At how many of these moments the new sites are closed.
    """

    when: Text
    count: int
    before_share: float | None
    after_share: float | None
    added: float
    closed: int


def moment_lines(run: SitingRun) -> list[MomentLine]:
    """Return a run's several moments, or the parts of the week that they are in; none for one or none."""
    moments = run.found.moments or ()
    if len(moments) <= _MOST_NAMED:
        zone = run.inputs.timezone or DEFAULT_ZONE
        return [
            _line(format_moment(datetime.fromisoformat(one.at), zone), [one]) for one in moments
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
        )
        for (weekend, part), held in sorted(parts.items())
    ]


def _line(when: Text, held: Sequence[MomentFigures]) -> MomentLine:
    total = sum(one.weight for one in held)
    before = sum(one.covered_before_weight for one in held)
    after = sum(one.covered_after_weight for one in held)
    return MomentLine(
        when=when,
        count=len(held),
        before_share=before / total if total > 0 else None,
        after_share=after / total if total > 0 else None,
        added=(after - before) / len(held),
        closed=sum(not one.sites_open for one in held),
    )


def moment_texts(run: SitingRun) -> list[tuple[Text, Text]]:
    """Return what is covered when as labels and values; none for one moment or none."""
    lines = moment_lines(run)
    if not lines:
        return []
    count = len(run.found.moments or ())
    some = counted(count, "个时刻", "moment")
    head = Text(f"{some.zh}的平均，每个算得一样多", f"means over {some.en}, each counting the same")
    return [
        (Text("人数和覆盖率", "workers and shares"), head),
        *((one.when, _words(one)) for one in lines),
    ]


def _words(line: MomentLine) -> Text:
    some, change = (
        counted(line.added, "人", "worker"),
        format_change(line.before_share, line.after_share),
    )
    told = Text(f"{change}，新增 {some.zh}", f"{change}, {some.en} newly reached")
    if not line.closed:
        return told
    shut = closed_text(line)
    return Text(f"{told.zh}（{shut.zh}）", f"{told.en} ({shut.en})")


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
