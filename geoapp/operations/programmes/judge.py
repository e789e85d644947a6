"""Where a promise stands: arithmetic on numbers that are at hand, no store.

``docs/decisions`` says why each rule is as it is.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from geoapp.core.programmes import Comparator, PromiseState, Recurrence
from geoapp.core.results.promises import RECENT_DAYS, Forecast, Verdict, Window

ABOUT_SHARE: Final = 0.95
"""From which share of its number on a promise of "about" so many is met."""
FEWEST_EVENTS: Final = 5
"""Fewer events in the last 90 days are no ground for a forecast."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a fact: at least ``low``, at most ``high``, on the day ``on``.

    ``gained`` and ``lost`` are events of the last 90 days. ``undated``: none of what was found has a
    day, so that nothing is said of the days before. ``at_last`` are low and high on the promise's last
    day, where that is past and the fact is of a later day.
    """

    low: float
    high: float
    on: date
    gained: int = 0
    lost: int = 0
    undated: bool = False
    counted: bool = True
    at_last: tuple[float, float] | None = None


def satisfies(comparator: Comparator, value: float, fact: float) -> bool:
    """Tell whether a fact keeps a promise. A number that stands alone is kept by more, too."""
    if comparator is Comparator.MORE_THAN:
        return fact > value
    return fact >= (value * ABOUT_SHARE if comparator is Comparator.ABOUT else value)


def window_of(
    period_from: date | None, due: date | None, recurrence: Recurrence | None, day: date
) -> Window:
    """Return the days that a promise is about on a day: of a yearly one, the days of that year."""
    if recurrence is None or period_from is None:
        if due is None:
            raise ValueError("a promise that is not made anew has a last day")
        return Window(period_from, due)
    year = max(day, period_from).year if due is None else min(max(day, period_from), due).year
    return _year(period_from, due, year)


def years_before(period_from: date, due: date | None, day: date) -> list[Window]:
    """Return the windows of a yearly promise that are over on a day, in order."""
    last = day.year if due is None else min(day, due).year
    windows = [_year(period_from, due, year) for year in range(period_from.year, last + 1)]
    return [window for window in windows if window.last < day]


def _year(period_from: date, due: date | None, year: int) -> Window:
    end = date(year, 12, 31)
    return Window(max(period_from, date(year, 1, 1)), end if due is None else min(end, due))


def judge(
    comparator: Comparator,
    value: float,
    window: Window,
    day: date,
    found: Found | None,
) -> Verdict:
    """Return where a promise stands on a day.

    Parameters
    ----------
    found
        None where nothing is known.

    Notes
    -----
    Met: the fact keeps the promise, now or on its last day. Late: the last day is past. Not begun: the
    first day is still to come, and nothing is foretold. In between: on track if the forecast keeps the
    promise or, without a forecast, if the fact is at least what an even pace from the first to the
    last day would have brought. Where an unknown day decides, and where no first day is stated to
    measure by, the state is unknown. So it is where the latest number that a document stated is of a
    day before the first, or, once the last is past, of a day before the last.
    """
    left = (window.last - day).days
    begun = window.first is None or window.first <= day
    if found is None:
        state = PromiseState.UNKNOWN if begun else PromiseState.NOT_BEGUN
        return Verdict(state, None, max(left, 0), None)
    forecast = _forecast(found, left) if begun else None
    states = {
        _state(comparator, value, window, day, found, fact, forecast)
        for fact in (found.low, found.high)
    }
    state = states.pop() if len(states) == 1 else PromiseState.UNKNOWN
    if found.at_last is not None and satisfies(comparator, value, found.at_last[0]):
        state = PromiseState.MET
    if state in (PromiseState.LATE, PromiseState.BEHIND) and found.undated:
        state = PromiseState.UNKNOWN
    # It may have been kept on its day by what has no date.
    perhaps = found.at_last is not None and satisfies(comparator, value, found.at_last[1])
    if state is PromiseState.LATE and perhaps:
        state = PromiseState.UNKNOWN
    wanting = value - found.low
    wants = begun and left > 0 and not satisfies(comparator, value, found.low)
    pace = wanting / left if wants else None
    return Verdict(state, pace, max(left, 0), forecast)


def _forecast(found: Found, left: int) -> Forecast | None:
    events = found.gained + found.lost
    if events < FEWEST_EVENTS or left <= 0 or found.low != found.high:
        return None
    return Forecast(found.low + (found.gained - found.lost) / RECENT_DAYS * left, events)


def _state(
    comparator: Comparator,
    value: float,
    window: Window,
    day: date,
    found: Found,
    fact: float,
    forecast: Forecast | None,
) -> PromiseState:
    if satisfies(comparator, value, fact):
        return PromiseState.MET
    if window.first is not None and day < window.first:
        return PromiseState.NOT_BEGUN
    if day > window.last:
        known = found.counted or found.on >= window.last
        return PromiseState.LATE if known else PromiseState.UNKNOWN
    if forecast is not None:
        keeps = satisfies(comparator, value, forecast.value)
        return PromiseState.ON_TRACK if keeps else PromiseState.BEHIND
    if window.first is None or found.on < window.first:
        return PromiseState.UNKNOWN
    # The day itself counts: a promise of one day is due at once.
    whole = (window.last - window.first).days + 1
    even = value * ((min(found.on, window.last) - window.first).days + 1) / whole
    return PromiseState.ON_TRACK if fact >= even else PromiseState.BEHIND
