"""Days of which only the year or the month may be known, as people write them."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Final

from geoapp.core.words import DateBasis

_YEAR: Final = re.compile(r"(\d{4})(?:\.0+)?年?")
_MONTH: Final = re.compile(r"(\d{4})(?:[-/.](\d{1,2})|年(\d{1,2})月份?)")


@dataclass(frozen=True, slots=True)
class RoughDay:
    """A day; of a month or year it is the first, and ``basis`` says how much is known."""

    day: date
    basis: DateBasis

    @property
    def last(self) -> date:
        """The last day that may be meant."""
        if self.basis is DateBasis.YEAR:
            return date(self.day.year, 12, 31)
        if self.basis is DateBasis.MONTH:
            return self.day.replace(day=monthrange(self.day.year, self.day.month)[1])
        return self.day

    def __str__(self) -> str:
        """Write it with no more than is known: 2019, 2019-05 or 2019-05-12."""
        return self.day.isoformat()[: {DateBasis.YEAR: 4, DateBasis.MONTH: 7}.get(self.basis, 10)]


def rough_day(day: date, basis: DateBasis) -> RoughDay:
    """Return what is left of a day when no more than its month or year is certain."""
    if basis is DateBasis.YEAR:
        return RoughDay(day.replace(month=1, day=1), basis)
    if basis is DateBasis.MONTH:
        return RoughDay(day.replace(day=1), basis)
    return RoughDay(day, DateBasis.KNOWN)


def part_of_day(text: str) -> RoughDay | None:
    """Return a year or a month of a year, such as 2019, 2019-05, 2019年5月; None if it is neither."""
    if year := _YEAR.fullmatch(text):
        return RoughDay(date(int(year[1]), 1, 1), DateBasis.YEAR) if int(year[1]) else None
    month = _MONTH.fullmatch(text)
    if month is None or not int(month[1]) or not 1 <= int(month[2] or month[3]) <= 12:
        return None
    return RoughDay(date(int(month[1]), int(month[2] or month[3]), 1), DateBasis.MONTH)


def written(day: date | None, basis: str) -> str | None:
    """Return a stored day as files and forms have it; None where it is unknown."""
    return None if day is None else str(RoughDay(day, DateBasis(basis)))
