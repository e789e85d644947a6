"""A table that is to be written into a file of any format."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import orjson

from geoapp.core.filters import ValueKind

WGS84: Final = "EPSG:4326"


@dataclass(frozen=True, slots=True)
class FileTable:
    """Rows to write: column names, cells in their order, and a geometry or None for each row.

    Geometries are shapely's in degrees (lon, lat), or GeoJSON geometries as they came. In CSV and
    XLSX they are left out: ``columns`` say there what is to be said. Rows are taken once, and none is
    held longer than its format asks.

    Attributes
    ----------
    kinds
        What sort of values columns hold, by their places; texts if not said.
    crs
        What coordinates are in, as an authority's code or as WKT; eastings before northings.
    id_column
        The place of what is each feature's id in GeoJSON, rather than a property.
    credit
        What is to be said of whose data it is, where a format has a place for it.
    """

    columns: Sequence[str]
    rows: Iterable[tuple[Sequence[Any], Any]]
    kinds: Mapping[int, ValueKind] = field(default_factory=dict)
    crs: str = WGS84
    id_column: int | None = None
    credit: str | None = None


def plain(cell: Any) -> Any:
    """Return a cell as a format without lists can hold it."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, dict | list):
        return orjson.dumps(cell).decode()
    return cell


def numbers_at(places: Iterable[int]) -> dict[int, ValueKind]:
    """Return the kinds of a table whose columns at these places hold numbers or nothing."""
    return dict.fromkeys(places, ValueKind.NUMBER)
