"""Public holidays and shifted working days (调休) of mainland China.

They are announced year by year; a year that is not announced yet is unknown, not ordinary.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Self

from chinese_calendar import constants


class DayNature(StrEnum):
    """What kind of day a date is."""

    ORDINARY = "ordinary"
    HOLIDAY = "holiday"
    SHIFTED_WORKDAY = "shifted_workday"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The announced holidays and shifted working days of some years.

    Attributes
    ----------
    holidays
        Public holidays, with the days off in exchange that join them.
    shifted_workdays
        Saturdays and Sundays that are worked in exchange.
    years
        The years that are known.
    """

    holidays: frozenset[date] = field(default_factory=frozenset)
    shifted_workdays: frozenset[date] = field(default_factory=frozenset)
    years: frozenset[int] = field(default_factory=frozenset)

    @classmethod
    def from_chinesecalendar(cls) -> Self:
        """Return the years that the installed package ``chinesecalendar`` knows.

        A holiday there is any day off of an announcement; weekends of no announcement are ordinary.
        """
        holidays = frozenset(constants.holidays)
        shifted = frozenset(constants.workdays)
        return cls(holidays, shifted, frozenset(day.year for day in holidays))

    def nature(self, day: date) -> DayNature:
        """Return what kind of day a date is."""
        if day.year not in self.years:
            return DayNature.UNKNOWN
        if day in self.holidays:
            return DayNature.HOLIDAY
        if day in self.shifted_workdays:
            return DayNature.SHIFTED_WORKDAY
        return DayNature.ORDINARY
