"""Rows that are made outside the database as a query, so that PostGIS makes of them what it makes of its own."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import shapely
from sqlalchemy import Select, bindparam, cast, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import BigInteger, Boolean, Double, LargeBinary, String, TypeEngine

from geoapp.core.filters import ValueKind

_TYPES: Final[Mapping[ValueKind, TypeEngine[Any]]] = {
    ValueKind.NUMBER: Double(),
    ValueKind.INTEGER: BigInteger(),
    ValueKind.BOOLEAN: Boolean(),
}
_SHAPE: Final = "geometry"


def given_query(kinds: Mapping[str, ValueKind]) -> Select[Any]:
    """Return a query of rows that are given with each execution, as `given_values` has them.

    It has the columns of ``kinds`` and ``geometry`` (EPSG:4326). What is neither number nor truth is a text.
    """
    types = {name: _TYPES.get(kind, String()) for name, kind in kinds.items()}
    types[_SHAPE] = LargeBinary()
    arrays = [
        cast(bindparam(_parameter(name), None, type_=ARRAY(kind)), ARRAY(kind))
        for name, kind in types.items()
    ]
    columns = [column(name, kind) for name, kind in types.items()]
    given = func.unnest(*arrays).table_valued(*columns, name="given").render_derived()
    shape = func.st_geomfromwkb(given.c[_SHAPE], 4326).label(_SHAPE)
    return select(*[given.c[name] for name in kinds], shape)


def given_values(
    kinds: Mapping[str, ValueKind], rows: Iterable[Mapping[str, Any]]
) -> dict[str, list[Any]]:
    """Return the parameters by which `given_query` has these rows, each with a shapely ``geometry``."""
    held = list(rows)
    values: dict[str, list[Any]] = {
        _parameter(name): [_value(row.get(name), kind) for row in held]
        for name, kind in kinds.items()
    }
    values[_parameter(_SHAPE)] = list(shapely.to_wkb([row[_SHAPE] for row in held]))
    return values


def _parameter(name: str) -> str:
    return f"given_{name}"


def _value(found: Any, kind: ValueKind) -> Any:
    return found if found is None or kind in _TYPES else str(found)
