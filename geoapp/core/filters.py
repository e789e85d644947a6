"""What a filter asks of a layer's features, read and checked: no text of a user is run.

A condition is true, false or unknown of a feature, as in SQL; a feature is wanted where it is true.
So neither a condition on a value that is unknown nor its negation finds the feature.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final, Literal

from shapely.geometry.base import BaseGeometry

from geoapp.core.i18n import Text

# A page's cursor holds what its last feature was put in order by, and an address is short.
MOST_SORTED_CHARACTERS: Final = 200


class ValueKind(StrEnum):
    """What sort of values an attribute has."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    LIST = "list"
    GEOMETRY = "geometry"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One property of a layer's features.

    Attributes
    ----------
    columns
        Where its value stands in a row: in the first of these, or, where that is unknown or empty,
        in the second.
    """

    name: str
    kind: ValueKind
    title: Text
    columns: tuple[str, ...]

    def value(self, row: Mapping[str, Any]) -> Any:
        """Return a row's value; None where it is unknown."""
        for column in self.columns[:-1]:
            if row[column]:
                return row[column]
        return row[self.columns[-1]]


@dataclass(frozen=True, slots=True)
class Property:
    """The value of an attribute."""

    attribute: Attribute


@dataclass(frozen=True, slots=True)
class Value:
    """A value that was given: a geometry is in EPSG:4326, a list is one of texts."""

    value: str | float | bool | date | tuple[str, ...] | BaseGeometry


@dataclass(frozen=True, slots=True)
class Folded:
    """A text, whatever the case of its letters."""

    of: "Property | Value"


Operand = Property | Value | Folded
Comparison = Literal["=", "<>", "<", ">", "<=", ">="]
Relation = Literal[
    "intersects", "within", "contains", "disjoint", "equals", "touches", "crosses", "overlaps"
]
Holding = Literal["contains", "contained_by", "equals", "overlaps"]


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values of the same sort beside each other; texts by their code points."""

    op: Comparison
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Like:
    """A text that fits a pattern: ``%`` is any text, ``_`` a character; a backslash takes what follows."""

    operand: Operand
    pattern: Value | Folded


@dataclass(frozen=True, slots=True)
class IsNull:
    """Whether a value is unknown; never unknown itself."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class Spatial:
    """How two shapes lie to each other, in degrees as on a plane."""

    relation: Relation
    left: Property | Value
    right: Property | Value


@dataclass(frozen=True, slots=True)
class Lists:
    """How two lists lie to each other, whatever their order."""

    holding: Holding
    left: Property | Value
    right: Property | Value


@dataclass(frozen=True, slots=True)
class Truth:
    """Always or never."""

    value: bool


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary; unknown stays unknown."""

    of: "Condition"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of these."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of these."""

    parts: tuple["Condition", ...]


Condition = Compare | Like | IsNull | Spatial | Lists | Truth | Not | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class SortKey:
    """An attribute that features are put in order by; unknown values come last both ways.

    Texts are in the order of their code points, by as many characters as `MOST_SORTED_CHARACTERS`.
    """

    attribute: Attribute
    falling: bool = False

    def value(self, row: Mapping[str, Any]) -> Any:
        """Return what a row is put in order by; None where it is unknown."""
        found = self.attribute.value(row)
        return found[:MOST_SORTED_CHARACTERS] if isinstance(found, str) else found


# The sorts of values that have an order.
ORDERED: Final = (
    ValueKind.TEXT,
    ValueKind.NUMBER,
    ValueKind.INTEGER,
    ValueKind.BOOLEAN,
    ValueKind.DATE,
)
