"""Over which moments a question is averaged: one, the hours of a day or a week, or a list of its own."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Period(StrEnum):
    """How much time a question is about; each of its hours counts the same."""

    MOMENT = "moment"
    DAY = "day"
    WEEK = "week"


_DAYS = {Period.DAY: 1, Period.WEEK: 7}
_DAY_HOURS = 24


def times_of(
    at: datetime | None, period: Period, moments: Sequence[datetime], zone: str
) -> tuple[datetime, ...]:
    """Return the moments that a question is averaged over, in order; none where it is about one or none.

    Parameters
    ----------
    at
        A moment of the day, or of the week, that is meant.
    moments
        A list of its own instead.
    zone
        Whose clocks a day and its hours are by; a week begins on Monday.
    """
    clock = ZoneInfo(zone)
    if moments:
        return tuple(sorted(one.astimezone(clock) for one in moments))
    if at is None or period is Period.MOMENT:
        return ()
    first = at.astimezone(clock).date()
    if period is Period.WEEK:
        first -= timedelta(days=first.weekday())
    return tuple(
        datetime(day.year, day.month, day.day, hour, tzinfo=clock)
        for day in (first + timedelta(days=number) for number in range(_DAYS[period]))
        for hour in range(_DAY_HOURS)
    )
