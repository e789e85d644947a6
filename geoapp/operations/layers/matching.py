"""A filter's conditions asked of rows outside the database, for layers that are derived there.

The answers are those of ``geoapp.store.layer_filter``: true, false, or None where unknown.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from shapely.geometry.base import BaseGeometry

from geoapp.core.filters import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Folded,
    IsNull,
    Like,
    Lists,
    Not,
    Operand,
    Property,
    SortKey,
    Spatial,
    Truth,
    Value,
)

Row = Mapping[str, Any]

_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": eq,
    "<>": ne,
    "<": lt,
    ">": gt,
    "<=": le,
    ">=": ge,
}


def matches(condition: Condition, row: Row) -> bool | None:
    """Tell whether a condition is true of a row; None where that is unknown."""
    match condition:
        case Truth(value):
            return value
        case Not(of):
            found = matches(of, row)
            return None if found is None else not found
        case AllOf(parts):
            return _all(matches(part, row) for part in parts)
        case AnyOf(parts):
            none = _all(_not(matches(part, row)) for part in parts)
            return _not(none)
        case IsNull(operand):
            return _value(operand, row) is None
        case Compare(op, left, right):
            return _both(_COMPARED[op], _value(left, row), _value(right, row))
        case Like(operand, pattern):
            return _both(_fits, _value(operand, row), _value(pattern, row))
        case Spatial(relation, left, right):
            return _both(_spatially(relation), _value(left, row), _value(right, row))
        case Lists(holding, left, right):
            return _both(_HELD[holding], _value(left, row), _value(right, row))


def _not(known: bool | None) -> bool | None:
    return None if known is None else not known


def _all(parts: Iterable[bool | None]) -> bool | None:
    unknown = False
    for part in parts:
        if part is False:
            return False
        unknown = unknown or part is None
    return None if unknown else True


def _both(compare: Callable[[Any, Any], bool], left: Any, right: Any) -> bool | None:
    return None if left is None or right is None else bool(compare(left, right))


def _value(operand: Operand, row: Row) -> Any:
    match operand:
        case Property(attribute):
            return attribute.value(row)
        case Value(value):
            return value
        case Folded(of):
            found = _value(of, row)
            return None if found is None else found.lower()


@lru_cache(maxsize=64)
def _pattern(pattern: str) -> re.Pattern[str]:
    """Return a pattern of LIKE as one that is decided without trying a part twice.

    Whoever asks writes it. What lies between two ``%`` is of one length, so that where it is found
    first it may stay: each such part is atomic.
    """
    stretches = [""]
    for part in re.findall(r"\\.|.", pattern, re.DOTALL):
        if part == "%":
            stretches.append("")
        else:
            stretches[-1] += "." if part == "_" else re.escape(part[-1])
    first, *middle = stretches
    parts = [first, *(f"(?>.*?{one})" for one in middle[:-1] if one)]
    parts += [f".*{one}" for one in middle[-1:]]
    return re.compile("".join(parts), re.DOTALL)


def _fits(text: str, pattern: str) -> bool:
    return _pattern(pattern).fullmatch(text) is not None


def _spatially(relation: str) -> Callable[[BaseGeometry, BaseGeometry], bool]:
    return lambda left, right: bool(getattr(left, relation)(right))


_HELD: dict[str, Callable[[Any, Any], bool]] = {
    "contains": lambda left, right: set(left) >= set(right),
    "contained_by": lambda left, right: set(left) <= set(right),
    "equals": lambda left, right: set(left) == set(right),
    "overlaps": lambda left, right: bool(set(left) & set(right)),
}


def in_order(rows: list[dict[str, Any]], keys: tuple[SortKey, ...]) -> list[dict[str, Any]]:
    """Return rows, which are in order of their ids, in the order of keys; unknown values last."""
    for key in reversed(keys):
        value = key.value
        known = [row for row in rows if value(row) is not None]
        unknown = [row for row in rows if value(row) is None]
        # Sorting keeps what is equal as it is, upside down too.
        rows = sorted(known, key=value, reverse=key.falling) + unknown
    return rows


def comes_after(row: Row, keys: tuple[SortKey, ...], values: tuple[Any, ...], row_id: Any) -> bool:
    """Tell whether a row comes after one of these values and this id."""
    for key, value in zip(keys, values, strict=True):
        found = key.value(row)
        if found == value:
            continue
        if found is None or value is None:
            return found is None
        return bool(found < value if key.falling else found > value)
    return bool(row["id"] > row_id)
