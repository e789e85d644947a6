"""The table of ``/coverage`` beside an earlier answer, and a small chart of each region's answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from flask import request

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.results.coverage import CoverageRun
from geoapp.operations.coverage import official as answers
from geoapp.operations.coverage.changes import Earlier, Past, earlier, past
from geoapp.operations.coverage.listed import Listed
from geoapp.operations.moment import end_of_day, past_day, today
from geoapp.reports.words import changes as words
from geoapp.web.edge.services import services
from geoapp.web.pages.coverage.planner import statement_of

# Of a small chart: a bar and the gap after it, and the height of a whole.
SLOT: Final = 10
BAR: Final = 8
HEIGHT: Final = 40
# What cannot be drawn has a stub of its own, which is no low share.
_STUB: Final = 3


@dataclass(frozen=True, slots=True)
class Compared:
    """What a table is compared with.

    Attributes
    ----------
    since
        The day that was asked about; None is the answer before this one.
    changes
        By code of a region how much its share has grown; None where that is not known. Empty where
        there is nothing to compare with.
    days
        The days on which other answers to the same question became official, the newest first.
    """

    since: date | None
    newest: date
    told: Text
    changes: Mapping[str, float | None]
    before: Earlier | None
    days: Sequence[date]


@dataclass(frozen=True, slots=True)
class Multiple:
    """A region's chart: bars of its answers as paths, those before, the last, and those unknown."""

    code: str
    text: Text
    shares: Sequence[float | None]
    before: str
    last: str
    unknown: str

    @property
    def change(self) -> float | None:
        """How much the share has grown from the first answer drawn to the last."""
        first, last = self.shares[0], self.shares[-1]
        return None if first is None or last is None else last - first


@dataclass(frozen=True, slots=True)
class Multiples:
    """A chart for each region, all on one scale, and the days of the answers."""

    days: Sequence[date]
    runs: Sequence[int]
    rows: Sequence[Multiple]
    left_out: Text | None

    @property
    def width(self) -> int:
        """How wide each is, in its own units."""
        return len(self.days) * SLOT


def asked_since() -> date | None:
    """Return the day that the address compares with, or None.

    Raises
    ------
    InvalidValueError
        If it is no day, or one to come.
    """
    given = request.args.get("since", "").strip()
    if not given:
        return None
    newest = today(services().settings)
    try:
        return past_day(date.fromisoformat(given), newest)
    except (ValueError, InvalidValueError):
        accepted = Text(
            f"不晚于今天（{newest}）的日期，如 2025-12-31",
            f"a day such as 2025-12-31, no later than today ({newest})",
        )
        raise InvalidValueError("since", given[:40], accepted) from None


def earlier_answer(
    run: CoverageRun, region: str | None, found: Listed, history: Past
) -> Earlier | None:
    """Return what a page's table is compared with: of the day asked for, else the last alike."""
    since = asked_since()
    if since is None and len(history.answers) < 2 and not history.unlike:
        return None
    at = history.answers[-2].since if len(history.answers) > 1 else None
    if since is not None:
        at = end_of_day(since, services().settings.timezone)
    return earlier(services().database, run, region, _codes(region, found), at)


def compared(
    run: CoverageRun, region: str | None, found: Listed, whole: float | None, history: Past
) -> Compared:
    """Compare a page's table with an earlier answer.

    Parameters
    ----------
    whole
        The share covered of all that the page is of.
    """
    than, since = earlier_answer(run, region, found, history), asked_since()
    days = sorted({_day(one.since) for one in history.answers[:-1]}, reverse=True)
    changes = (
        {}
        if than is None or than.same or not than.alike
        else {one.code: than.change(one.code, one.covered_share) for one in found.rows}
    )
    return Compared(
        since,
        today(services().settings),
        _told(run, region, found, whole, than),
        changes,
        than,
        days,
    )


def _told(
    run: CoverageRun,
    region: str | None,
    found: Listed,
    whole: float | None,
    than: Earlier | None,
) -> Text:
    since = asked_since()
    if than is None:
        return words.FIRST if since is None else words.none_text(since)
    other = than.official.run
    published = _day(than.official.publication.published_at)
    if than.same:
        return words.same_text(published if since is None else since, run.id)
    if not than.alike:
        return words.unlike_text(published, other.id, statement_of(other))
    asked = answers.run_region(run) if region is None else region
    then = None if region is None else than.shares.get(region)
    if other.result is not None and answers.run_region(other) == asked:
        then = other.result.total.covered_share
    lacking = sum(one.code not in than.shares for one in found.rows)
    return words.compared_text(published, other.id, then, whole, lacking)


def multiples(rows: Sequence[tuple[str, Text]], history: Past) -> Multiples | None:
    """Return a small chart of each region listed; None where only one answer could be drawn."""
    if len(history.answers) < 2:
        return None
    drawn = []
    for code, text in rows:
        shares = [one.shares.get(code) for one in history.answers]
        bars = [_bar(place, share) for place, share in enumerate(shares)]
        known = [bar for bar, share in zip(bars, shares, strict=True) if share is not None]
        last = bars[-1] if shares[-1] is not None else ""
        drawn.append(
            Multiple(
                code,
                text,
                shares,
                before="".join(known[:-1] if last else known),
                last=last,
                unknown="".join(
                    bar for bar, share in zip(bars, shares, strict=True) if share is None
                ),
            )
        )
    return Multiples(
        [_day(one.since) for one in history.answers],
        [one.run_id for one in history.answers],
        drawn,
        words.left_out_text(history.unlike, history.left_out),
    )


def history_of(run: CoverageRun, region: str | None, found: Listed) -> Past:
    """Return the official answers up to a page's run, with the shares of what it lists."""
    return past(services().database, run, region, _codes(region, found))


def _codes(region: str | None, found: Listed) -> list[str]:
    own = [] if region is None else [region]
    return [*own, *(one.code for one in found.rows if one.code != region)]


def _day(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(services().settings.timezone)).date()


def _bar(place: int, share: float | None) -> str:
    top = HEIGHT - (_STUB if share is None else share * HEIGHT)
    return f"M{place * SLOT + 1} {HEIGHT}V{top:.1f}h{BAR}V{HEIGHT}z"
