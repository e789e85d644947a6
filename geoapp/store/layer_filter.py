"""A filter's conditions as SQL over the columns of a layer's query; every value is bound."""

from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Float,
    Integer,
    Numeric,
    Select,
    Text,
    and_,
    cast,
    collate,
    false,
    func,
    literal,
    not_,
    or_,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from geoapp.core.filters import (
    MOST_SORTED_CHARACTERS,
    AllOf,
    AnyOf,
    Attribute,
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
    ValueKind,
)

Columns = ReadOnlyColumnCollection[str, Any]

# Whatever the database's own locale: letters of every script are folded, and texts are in the order
# of their code points, as they are outside the database.
_FOLDING = "und-x-icu"
_ORDER = "C"
_LISTS = {"contains": "@>", "contained_by": "<@", "overlaps": "&&"}


def column_kinds(query: Select[Any]) -> dict[str, ValueKind]:
    """Return the sort of values in each column of a layer's query, without its geometry."""
    found = {column.key: _kind(column.type) for column in query.subquery().c}
    return {key: kind for key, kind in found.items() if key != "geometry"}


def _kind(found: Any) -> ValueKind:
    if isinstance(found, Boolean):
        return ValueKind.BOOLEAN
    if isinstance(found, Integer):
        return ValueKind.INTEGER
    if isinstance(found, Float | Numeric):
        return ValueKind.NUMBER
    if isinstance(found, Date):
        return ValueKind.DATE
    return ValueKind.LIST if isinstance(found, ARRAY) else ValueKind.TEXT


def sql_of(condition: Condition, columns: Columns) -> ColumnElement[bool]:
    """Return a condition over the columns of a layer's query."""
    match condition:
        case Truth(value):
            return true() if value else false()
        case Not(of):
            return not_(sql_of(of, columns))
        case AllOf(parts):
            return and_(true(), *(sql_of(part, columns) for part in parts))
        case AnyOf(parts):
            return or_(false(), *(sql_of(part, columns) for part in parts))
        case IsNull(operand):
            return _operand(operand, columns).is_(None)
        case Like(operand, pattern):
            return _operand(operand, columns).like(_operand(pattern, columns))
        case Spatial(relation, left, right):
            sides = _operand(left, columns), _operand(right, columns)
            found: ColumnElement[bool] = getattr(func, f"st_{relation}")(*sides, type_=Boolean)
            return found
        case Lists(holding, left, right):
            one, other = _operand(left, columns), _operand(right, columns)
            if holding == "equals":
                return and_(
                    one.op("@>", is_comparison=True)(other),
                    one.op("<@", is_comparison=True)(other),
                )
            return one.op(_LISTS[holding], is_comparison=True)(other)
        case Compare(op, left, right):
            compared: ColumnElement[bool] = _ordered(left, columns).op(op, is_comparison=True)(
                _ordered(right, columns)
            )
            return compared


def _operand(operand: Operand, columns: Columns) -> ColumnElement[Any]:
    match operand:
        case Property(attribute):
            return attribute_sql(attribute, columns)
        case Folded(of):
            return func.lower(collate(_operand(of, columns), _FOLDING))
        case Value(BaseGeometry() as shape):
            return func.st_geomfromwkb(shapely.to_wkb(shape), 4326)
        case Value(tuple() as texts):
            return cast(list(texts), ARRAY(Text))
        case Value(bool() as known):
            return true() if known else false()
        case Value(float() as number):
            return literal(number, Float)
        case Value(value):
            return literal(value)


def _ordered(operand: Operand, columns: Columns) -> ColumnElement[Any]:
    """Return an operand so that texts compare by their code points."""
    found = _operand(operand, columns)
    match operand:
        case Property(attribute) if attribute.kind is not ValueKind.TEXT:
            return found
        case Value(value) if not isinstance(value, str):
            return found
        case _:
            return collate(found, _ORDER)


def attribute_sql(attribute: Attribute, columns: Columns) -> ColumnElement[Any]:
    """Return an attribute's value."""
    if attribute.kind is ValueKind.LIST:
        return cast(columns[attribute.columns[0]], ARRAY(Text))
    *first, last = (columns[name] for name in attribute.columns)
    found: ColumnElement[Any] = last
    if first:
        found = func.coalesce(*(func.nullif(column, "") for column in first), last)
    return found


def key_sql(key: SortKey, columns: Columns) -> ColumnElement[Any]:
    """Return what a sort key compares."""
    found = attribute_sql(key.attribute, columns)
    if key.attribute.kind is not ValueKind.TEXT:
        return found
    return collate(func.left(found, MOST_SORTED_CHARACTERS), _ORDER)


def order_sql(keys: tuple[SortKey, ...], columns: Columns) -> list[ColumnElement[Any]]:
    """Return an order by keys, unknown values last."""
    return [
        (key_sql(key, columns).desc() if key.falling else key_sql(key, columns).asc()).nulls_last()
        for key in keys
    ]


def after_sql(
    keys: tuple[SortKey, ...], values: tuple[Any, ...], row_id: Any, columns: Columns
) -> ColumnElement[bool]:
    """Return what comes after a row of these values and this id, in the order of keys and id."""
    ways: list[ColumnElement[bool]] = []
    same: list[ColumnElement[bool]] = []
    for key, value in zip(keys, values, strict=True):
        found = key_sql(key, columns)
        if value is None:
            same.append(found.is_(None))
            continue
        given = _given(value)
        beyond = found < given if key.falling else found > given
        ways.append(and_(*same, or_(beyond, found.is_(None))))
        same.append(found == given)
    ways.append(and_(*same, columns.id > _given(row_id)))
    return or_(*ways)


def _given(value: Any) -> ColumnElement[Any]:
    # As a double, whole numbers of any length are compared rather than refused.
    whole = isinstance(value, int) and not isinstance(value, bool)
    return literal(float(value), Float) if whole else literal(value)
