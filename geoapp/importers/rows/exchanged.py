"""Single rows whose longitude and latitude are exchanged: found, and put right where somebody says so."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely

from geoapp.core.arrays import FloatArray
from geoapp.core.i18n import Text
from geoapp.importers.formats.table import Record, Table
from geoapp.importers.rows.degrees import read_angle
from geoapp.importers.rows.place_checks import RegionOutlines
from geoapp.importers.rows.place_columns import cells_of_pairs, coordinate_columns

_MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Exchange:
    """A row's degrees with longitude and latitude exchanged, and the lowest region there."""

    lon: float
    lat: float
    region: str | None


def exchanged(table: Table, lines: Collection[int]) -> Table:
    """Return a table whose columns are settled with longitude and latitude of some rows exchanged."""
    if not lines:
        return table
    used = coordinate_columns(table)
    records = [
        _exchanged(record, used) if record.line in lines else record for record in table.records
    ]
    shown = sorted(record.line for record in records if record.line in lines)
    listed = "、".join(map(str, shown[:_MOST_TOLD])) + ("…" if len(shown) > _MOST_TOLD else "")
    told = Text(
        f"这些行的经度和纬度互换读取：第 {listed} 行。",
        f"Longitude and latitude are read the other way round in these rows: line {listed}.",
    )
    return replace(table, records=records, hints=(*table.hints, told))


def _exchanged(record: Record, used: list[int]) -> Record:
    if isinstance(record.geometry, shapely.Point):
        point = shapely.Point(record.geometry.y, record.geometry.x)
        return replace(record, geometry=point, source=None)
    if len(used) != 2 or max(used) >= len(record.cells):
        return record
    cells = list(record.cells)
    first, second = used
    cells[first], cells[second] = cells[second], cells[first]
    return replace(record, cells=cells)


def as_written(table: Table) -> list[str]:
    """Return what the cells of each row of a settled table say of where it is."""
    pairs = cells_of_pairs(table)
    if pairs is None:
        return ["" for _ in table.records]
    return [
        ", ".join(str(cell) for cell in dict.fromkeys(pair) if cell is not None and str(cell))
        for pair in zip(*pairs, strict=True)
    ]


def find_exchanged(
    table: Table, lon: FloatArray, lat: FloatArray, regions: RegionOutlines
) -> dict[int, Exchange]:
    """Return the rows that only with longitude and latitude exchanged lie near a region, by number.

    Parameters
    ----------
    table
        The table as it came, with its columns settled.
    lon, lat
        Where the rows say they are; NaN is nowhere. Those that lie near a region are left alone.
    """
    known = np.isfinite(lon) & np.isfinite(lat)
    doubtful = ~known
    if regions.outlines and known.any():
        doubtful[known] = regions.nowhere_near(lon[known], lat[known])
    rows = np.flatnonzero(doubtful).tolist()
    if not rows or len(coordinate_columns(table)) == 1:
        return {}  # pairs in one cell are read by their ranges, one by one
    pairs = _pairs(table, rows)
    rows = [row for row in rows if row in pairs]
    if not rows:
        return {}
    here_lon, here_lat = (np.array([pairs[row][at] for row in rows]) for at in (0, 1))
    near = np.ones(len(rows), dtype=np.bool_)
    if regions.outlines:
        near = ~regions.nowhere_near(here_lon, here_lat)
    inside = regions.deepest(here_lon, here_lat)
    return {
        row: Exchange(*pairs[row], inside[at])
        for at, row in enumerate(rows)
        if near[at] and (regions.outlines or not known[row])
    }


def _pairs(table: Table, rows: list[int]) -> dict[int, tuple[float, float]]:
    """Return the degrees of rows the other way round, longitude first; only of those that are degrees."""
    records = list(table.records)
    cells = cells_of_pairs(table)
    found: dict[int, tuple[float, float]] = {}
    for row in rows:
        geometry: Any = records[row].geometry
        if isinstance(geometry, shapely.Point) and not geometry.is_empty:
            lat, lon = geometry.x, geometry.y
        elif geometry is None and cells is not None:
            first, second = read_angle(cells[0][row]), read_angle(cells[1][row])
            if first is None or second is None or (first.axis, second.axis) == ("lon", "lat"):
                continue
            lat, lon = first.value, second.value
        else:
            continue
        if abs(lon) <= 180 and abs(lat) <= 90:
            found[row] = lon, lat
    return found
