"""Which month a report is of, and up to which of its days."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.words import DateBasis
from geoapp.reports.words.states import day_text

# Files of packed parts, as workbooks and slides are, know no earlier day.
FIRST_YEAR = 1980
_FORM = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, slots=True)
class Period:
    """A month from its first day to ``day``: its last one, or an earlier one."""

    day: date

    @property
    def first(self) -> date:
        """The month's first day."""
        return self.day.replace(day=1)

    @property
    def before(self) -> date:
        """The last day of the month before."""
        return self.first - timedelta(days=1)

    @property
    def is_whole(self) -> bool:
        """Whether the month is over with its last day."""
        return self.day == _last_of(self.day)

    @property
    def text(self) -> Text:
        """The month, and up to which day where it is not over."""
        month = day_text(self.day, DateBasis.MONTH)
        if self.is_whole:
            return month
        number = self.day.day
        return Text(f"{month.zh}（至 {number} 日）", f"{month.en} (up to day {number})")


def _last_of(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def period_of(month: str | None, day: str | None, today: date) -> Period:
    """Return what a report is of: a whole month, or as far as it has come by today.

    Parameters
    ----------
    month
        Such as 2026-11; None is the month of ``day``, or this one.
    day
        Such as 2026-11-20: the last day that the report tells of; None is the month's last, or today.

    Raises
    ------
    InvalidValueError
        If either is none, is one to come, or the day is not of the month.
    """
    told = None if day is None else _day(day, today)
    if month is None:
        return Period(told or today)
    match = _FORM.fullmatch(month.strip())
    # Nothing is known of a month to come.
    if (
        match is None
        or not 1 <= int(match[2]) <= 12
        or int(match[1]) < FIRST_YEAR
        or date(int(match[1]), int(match[2]), 1) > today
    ):
        accepted = Text(
            f"{FIRST_YEAR} 年起、不晚于本月（{today:%Y-%m}）的月份，如 2026-01",
            f"a month such as 2026-01, from {FIRST_YEAR} on and no later than this one ({today:%Y-%m})",
        )
        raise InvalidValueError("month", month[:40], accepted)
    first = date(int(match[1]), int(match[2]), 1)
    if told is None:
        return Period(min(_last_of(first), today))
    if told.replace(day=1) != first:
        accepted = Text(f"{month} 里的一天", f"a day of {month}")
        raise InvalidValueError("date", told.isoformat(), accepted)
    return Period(told)


def _day(value: str, today: date) -> date:
    try:
        found = date.fromisoformat(value.strip())
    except ValueError:
        found = date.max
    if found > today or found.year < FIRST_YEAR:
        accepted = Text(
            f"{FIRST_YEAR} 年起、不晚于今天（{today}）的日期，如 2026-01-31",
            f"a day such as 2026-01-31, from {FIRST_YEAR} on and no later than today ({today})",
        )
        raise InvalidValueError("date", value[:40], accepted)
    return found
