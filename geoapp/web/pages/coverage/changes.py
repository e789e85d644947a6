"""The table of ``/coverage`` beside an earlier answer, and a small chart of each region's answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import request

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.results.coverage import CoverageRun
from geoapp.operations.coverage import official as answers
from geoapp.operations.coverage.changes import Earlier, Past, earlier, past
from geoapp.operations.coverage.days import SharesOnDay, shares_on_day, untold
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
# Compared with the facilities that stood on a day, and not with what was published then.
STANDING: Final = "standing"
# Of the facilities of a day the share then at least and at most, and the change at most and at least.
CHANGE_COLUMNS: Final = (
    *("compared_run", "compared_share", "change"),
    *("compared_day", "compared_share_most", "change_least"),
)


@dataclass(frozen=True, slots=True)
class Compared:
    """What a table is compared with.

    Attributes
    ----------
    since
        The day that was asked about; None is the answer before this one.
    by
        `STANDING` where the day's facilities are compared with, empty where what was published is.
    changes
        By code of a region how much its share has grown, at least and at most; None where that is not
        known. Empty where there is nothing to compare with.
    days
        The days on which other answers to the same question became official, the newest first.
    """

    since: date | None
    by: str
    newest: date
    told: Text
    changes: Mapping[str, tuple[float, float] | None]
    before: Earlier | None
    days: Sequence[date]

    @property
    def lacks_walks(self) -> bool:
        """Whether the run has not kept what the comparison rests on: computed anew it does."""
        return self.told is words.NO_DAYS


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


def asked_by() -> str:
    """Return whether the address compares with the facilities of a day, else what was published.

    Raises
    ------
    InvalidValueError
        If it says something else.
    """
    given = request.args.get("by", "").strip()
    if given not in ("", STANDING):
        raise InvalidValueError("by", given[:40], Text(STANDING, STANDING))
    return given


def standing_on(run: CoverageRun, day: date) -> SharesOnDay | None:
    """Return what a run covers with the facilities of a day; None where it cannot tell."""
    return shares_on_day(services().database, services().settings, run, day)


def grown(then: tuple[float, float] | None, now: float | None) -> tuple[float, float] | None:
    """Return how much a share has grown since it lay in a band, at least and at most."""
    return None if then is None or now is None else (now - then[1], now - then[0])


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
    days = sorted({_day(one.since) for one in history.answers[:-1]}, reverse=True)
    newest = today(services().settings)
    since = asked_since()
    if since is not None and asked_by():
        then = standing_on(run, since)
        changed = {}
        if then is not None:
            for one in found.rows:
                changed[one.code] = grown(then.shares.get(one.code), one.covered_share)
        told = _told_standing(run, region, whole, then)
        return Compared(since, STANDING, newest, told, changed, None, days)
    than = earlier_answer(run, region, found, history)
    changes: dict[str, tuple[float, float] | None] = {}
    if than is not None and not than.same and than.alike:
        for one in found.rows:
            change = than.change(one.code, one.covered_share)
            changes[one.code] = None if change is None else (change, change)
    return Compared(
        since,
        "",
        newest,
        _told(run, region, found, whole, than),
        changes,
        than,
        days,
    )


def change_cells(
    run: CoverageRun, region: str | None, found: Listed
) -> Callable[[str, float | None], tuple[Any, ...]]:
    """Return what `CHANGE_COLUMNS` hold of a region, by its code and share."""
    since = asked_since()
    if since is not None and asked_by():
        on_day = standing_on(run, since)

        def since_day(code: str, share: float | None) -> tuple[Any, ...]:
            then = None if on_day is None else on_day.shares.get(code)
            if then is None:
                return (None, None, None, since, None, None)
            least, most = grown(then, share) or (None, None)
            return (None, then[0], most, since, then[1], least)

        return since_day
    than = earlier_answer(run, region, found, history_of(run, region, found))

    def since_answer(code: str, share: float | None) -> tuple[Any, ...]:
        if than is None:
            return (None,) * 6
        change = than.change(code, share)
        return (than.official.run.id, than.shares.get(code), change, None, None, None)

    return since_answer


def _told_standing(
    run: CoverageRun, region: str | None, whole: float | None, then: SharesOnDay | None
) -> Text:
    if then is None:
        return untold(run)
    band = then.whole if region is None else then.shares.get(region)
    return words.standing_text(then.day, then.facilities, band, whole, then.later)


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
