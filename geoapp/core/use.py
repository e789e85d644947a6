"""How facilities are used and liked: quarters, what a count rests on, units of care for people."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

# Fewer voices than these could be traced to who spoke, and enter no figure.
LEAST_VOICES: Final = 5
STARS: Final = (1, 2, 3, 4, 5)
# From this many stars on a voice counts as satisfied.
SATISFIED_STARS: Final = 4

_FORM = re.compile(r"(\d{4})-?[Qq]([1-4])")
_ACCEPTED = Text("季度，如 2026Q3", "a quarter such as 2026Q3")


class Basis(StrEnum):
    """What a count of visits rests on; the strongest first."""

    DOOR = "door"
    REPORTED = "reported"
    IMPORTED = "imported"


BASIS_TEXT = {
    Basis.DOOR: Text("门口计数", "counted at the door"),
    Basis.REPORTED: Text("人工上报", "reported by hand"),
    Basis.IMPORTED: Text("外部数据", "from another system"),
}


class CareUnit(StrEnum):
    """Whether people are counted, or how often people came; the two are never added."""

    PEOPLE = "people"
    TIMES = "times"


CARE_UNIT_TEXT = {
    CareUnit.PEOPLE: Text("人", "people"),
    CareUnit.TIMES: Text("人次", "person-times"),
}


class UseField(StrEnum):
    """What the visits of a facility come to beside the demand that it should see."""

    BUSY_ALONE = "busy_alone"
    BUSY_SUPPORTED = "busy_supported"
    NEAR_EMPTY = "near_empty"
    FAR_EMPTY = "far_empty"


USE_FIELD_TEXT = {
    UseField.BUSY_ALONE: Text("来的多，只靠它", "Busy and alone"),
    UseField.BUSY_SUPPORTED: Text("来的多，有邻站分担", "Busy, with neighbours to help"),
    UseField.NEAR_EMPTY: Text("附近人多，来的少", "Near people, and few come"),
    UseField.FAR_EMPTY: Text("附近人少，来的少", "Far from people, and few come"),
}


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three months of a year; ``number`` is 1 to 4."""

    year: int
    number: int

    @property
    def code(self) -> str:
        """As programs write it: 2026Q3."""
        return f"{self.year:04d}Q{self.number}"

    @property
    def text(self) -> Text:
        """As people read it."""
        return Text(f"{self.year} 年第 {self.number} 季度", f"quarter {self.number} of {self.year}")

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def end(self) -> date:
        """The first day after it."""
        return self.after.first

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.first).days

    @property
    def before(self) -> "Quarter":
        """The quarter before it."""
        return Quarter(self.year - (self.number == 1), (self.number - 2) % 4 + 1)

    @property
    def after(self) -> "Quarter":
        """The quarter after it."""
        return Quarter(self.year + (self.number == 4), self.number % 4 + 1)


def quarter_of(day: date) -> Quarter:
    """Return the quarter that a day is in."""
    return Quarter(day.year, (day.month + 2) // 3)


def parse_quarter(parameter: str, value: str) -> Quarter:
    """Return the quarter that a text such as ``2026Q3`` names.

    Raises
    ------
    InvalidValueError
        If it names none of 1970 to 9998.
    """
    match = _FORM.fullmatch(value.strip())
    if match is None or not 1970 <= int(match[1]) <= 9998:
        raise InvalidValueError(parameter, value[:40], _ACCEPTED)
    return Quarter(int(match[1]), int(match[2]))


def quarters_between(first: Quarter, last: Quarter) -> Iterator[Quarter]:
    """Yield the quarters from one to another, both included."""
    while first <= last:
        yield first
        first = first.after
