"""Where a table says its places are: its columns of coordinates brought to two of plain degrees."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from pyproj import CRS, Transformer

from geoapp.core.arrays import FloatArray
from geoapp.core.errors import InvalidValueError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.words import Datum
from geoapp.importers.formats.table import Record, Table, is_blank
from geoapp.importers.rows.cells import number_of
from geoapp.importers.rows.columns import USED
from geoapp.importers.rows.degrees import (
    Angle,
    Order,
    metres_of,
    order_of,
    orders_of,
    read_angle,
    read_pair,
)

# A pair of swapped columns is told from one wrong row by this many.
_LEAST_SWAPPED: Final = 3
LEAST_METRES: Final = 1000.0


@dataclass(slots=True)
class _Derived:
    """Two columns to stand for the file's own: cells, and what to tell."""

    lon: list[Any]
    lat: list[Any]
    hints: tuple[Text, ...] = ()


def place_table(
    table: Table, *, crs: CRS | None, datum: Datum, order: Order | None = None
) -> Table:
    """Return a table whose fields are settled with its positions in ``lon`` and ``lat`` as degrees.

    What cannot be read is left as it stands, so that its row is rejected with it.

    Parameters
    ----------
    crs
        What the numbers are in; None = degrees.
    order
        How pairs in one cell are written; None = by their ranges.

    Raises
    ------
    UnusableInputError
        If the order of pairs cannot be told, or metres come without a CRS.
    InvalidValueError
        If both a projected CRS and a datum of map services are stated.
    """
    assert table.fields is not None
    if crs is not None and crs.is_projected and datum not in (Datum.WGS84, Datum.CGCS2000):
        raise InvalidValueError(
            "--crs",
            crs.name,
            Text(f"不与 --datum {datum} 同用", f"not together with --datum {datum}"),
        )
    records = list(table.records)
    projected = crs if crs is not None and crs.is_projected else None
    used = coordinate_columns(table)
    if len(used) == 2:
        columns = [[_cell(record, place) for record in records] for place in used]
        derived = _from_columns(columns[0], columns[1], projected)
    elif used:
        pairs = [_cell(record, used[0]) for record in records]
        derived = _from_pairs(pairs, order, projected, table.columns[used[0]])
    else:
        return replace(table, records=records)
    if derived is None:
        return replace(table, records=records)
    width = len(table.columns)
    settled = [USED if place in used else name for place, name in enumerate(table.fields)]
    return replace(
        table,
        columns=[*table.columns, "lon", "lat"],
        fields=(*settled, "lon", "lat"),
        records=[
            _widened(record, width, [derived.lon[number], derived.lat[number]])
            for number, record in enumerate(records)
        ],
        hints=(*table.hints, *derived.hints),
    )


def cells_of_pairs(table: Table) -> tuple[list[Any], list[Any]] | None:
    """Return the two cells, or halves of one, that say where each row of a settled table is."""
    used, records = coordinate_columns(table), list(table.records)
    if len(used) == 2:
        first, second = ([_cell(record, place) for record in records] for place in used)
        return first, second
    if not used:
        return None
    halves = [_halves(_cell(record, used[0])) for record in records]
    return [one for one, _ in halves], [two for _, two in halves]


def coordinate_columns(table: Table) -> list[int]:
    """Return the places of the columns that say where a row is: two, one of pairs, or none."""
    assert table.fields is not None
    places = {name: place for place, name in enumerate(table.fields) if name}
    if {"lon", "lat"} <= places.keys():
        return [places["lon"], places["lat"]]
    return [places["lonlat"]] if "lonlat" in places else []


def _cell(record: Record, place: int) -> Any:
    return record.cells[place] if place < len(record.cells) else None


def _widened(record: Record, width: int, more: list[Any]) -> Record:
    """Return a record with further cells after the header's; what is over stays over."""
    cells = record.cells + [None] * (width - len(record.cells))
    return replace(record, cells=[*cells[:width], *more, *cells[width:]])


def _from_columns(first: list[Any], second: list[Any], projected: CRS | None) -> _Derived | None:
    """Return what two columns say; None if they may stay as they are."""
    if projected is not None:
        return _unprojected(first, second, projected)
    lons, lats = [read_angle(cell) for cell in first], [read_angle(cell) for cell in second]
    both = [(one, two) for one, two in zip(lons, lats, strict=True) if one and two]
    _refuse_metres(both or _as_metres(first, second))
    orders = [order_of(one, two) for one, two in both]
    hints: tuple[Text, ...] = ()
    if len(both) >= _LEAST_SWAPPED and all(order == "lat,lon" for order in orders):
        first, second, lons, lats = second, first, lats, lons
        hints = (
            Text(
                f"经度和纬度两列写反了（{len(both):,} 行都是），已互换读取。",
                f"The columns of longitude and latitude are swapped (in all {len(both):,} rows): they "
                "were read the other way round.",
            ),
        )
    plain = all(
        is_blank(cell) or angle is None or number_of(cell) is not None
        for cells, angles in ((first, lons), (second, lats))
        for cell, angle in zip(cells, angles, strict=True)
    )
    if plain and not hints:
        return None
    return _Derived(_values(first, lons, "lat"), _values(second, lats, "lon"), hints)


def _as_metres(first: list[Any], second: list[Any]) -> list[tuple[Angle, Angle]]:
    """Return the numbers of two columns that hold none of degrees, such as 534,720.113."""
    pairs = ((metres_of(one), metres_of(two)) for one, two in zip(first, second, strict=True))
    return [(Angle(one), Angle(two)) for one, two in pairs if one is not None and two is not None]


def _values(cells: Sequence[Any], angles: Sequence[Angle | None], wrong: str) -> list[Any]:
    """Return degrees, and what cannot be read as it stands: a northing among longitudes too."""
    return [
        cell if angle is None or angle.axis == wrong else angle.value
        for cell, angle in zip(cells, angles, strict=True)
    ]


def _from_pairs(
    cells: list[Any], order: Order | None, projected: CRS | None, name: str
) -> _Derived:
    if projected is not None:
        halves = [_halves(cell) for cell in cells]
        return _unprojected([one for one, _ in halves], [two for _, two in halves], projected)
    pairs = [read_pair(cell) for cell in cells]
    _refuse_metres([pair for pair in pairs if pair is not None])
    orders = orders_of(pairs)
    if order is None and not orders and any(pairs):
        shown = str(next(cell for cell, pair in zip(cells, pairs, strict=True) if pair))[:40]
        raise UnusableInputError(
            Text(
                f"列“{name}”里的坐标（如 {shown}）两种顺序都可能；请用 --order lon,lat（先经度）或 "
                "--order lat,lon（先纬度）指明。",
                f"The coordinates in the column {name!r} (such as {shown}) may be in either order; say "
                "--order lon,lat or --order lat,lon.",
            )
        )
    common = order or (next(iter(orders)) if len(orders) == 1 else None)
    lons: list[Any] = []
    lats: list[Any] = []
    for cell, pair in zip(cells, pairs, strict=True):
        if pair is None:
            lons.append(cell)
            lats.append(cell)
            continue
        own = order_of(*pair) or common
        # Where the column mixes both orders, a pair that may be either is left to be refused.
        lon, lat = pair if own == "lon,lat" else (pair[1], pair[0])
        lons.append(cell if own is None else lon.value)
        lats.append(cell if own is None else lat.value)
    return _Derived(lons, lats)


def _halves(cell: Any) -> tuple[Any, Any]:
    parts = str("" if cell is None else cell).replace("，", ",").replace(";", ",").split(",")
    if len(parts) != 2:
        parts = str("" if cell is None else cell).split()
    return (parts[0].strip(), parts[1].strip()) if len(parts) == 2 else (cell, cell)


def _refuse_metres(pairs: Sequence[tuple[Angle, Angle]]) -> None:
    """Ask for the CRS where most numbers are far beyond any degree."""
    large = sum(min(abs(one.value), abs(two.value)) >= LEAST_METRES for one, two in pairs)
    if large * 2 > len(pairs):
        one, two = pairs[0]
        raise UnusableInputError(
            Text(
                f"坐标（如 {one.value:g}, {two.value:g}）不是度数，像是投影坐标（米）；请用 --crs 指明坐标系，"
                "如 EPSG:4547（--crs guess 列出可能的）。",
                f"The coordinates (such as {one.value:g}, {two.value:g}) are no degrees but look like "
                "eastings and northings; state their --crs, such as EPSG:4547 (--crs guess lists what "
                "it may be).",
            )
        )


def _unprojected(first: list[Any], second: list[Any], crs: CRS) -> _Derived:
    """Return eastings and northings as degrees, whichever of the two columns holds which.

    Surveyors in China call the northing x. Which is which, the area in which the CRS is used says.
    """
    numbers = [
        np.array([np.nan if (value := metres_of(cell)) is None else value for cell in cells])
        for cells in (first, second)
    ]
    known = np.isfinite(numbers[0]) & np.isfinite(numbers[1])
    ways = [_degrees(numbers[0], numbers[1], crs), _degrees(numbers[1], numbers[0], crs)]
    inside = [int(_in_use(lon, lat, crs)[known].sum()) for lon, lat in ways]
    if known.any() and inside[0] == inside[1]:
        raise UnusableInputError(
            Text(
                f"坐标按 {crs.name} 读取，{inside[0]:,} 行在其使用范围内，分不清哪列是东坐标；请核对 --crs。",
                f"Read as {crs.name}, {inside[0]:,} rows lie where it is used, and which column holds "
                "the eastings cannot be told; check --crs.",
            )
        )
    turned = inside[1] > inside[0]
    lon, lat = ways[turned]
    # What lies nowhere near is left as it stands, to be refused as no degrees.
    good = known & _in_use(lon, lat, crs)
    hints: tuple[Text, ...] = (
        Text(
            f"{int(good.sum()):,} 行坐标由 {crs.name} 换算为经纬度。",
            f"The coordinates of {int(good.sum()):,} rows were converted from {crs.name}.",
        ),
    )
    if turned:
        hints += (
            Text("北坐标在前（测量的 x）。", "The northings come first, as surveyors write them."),
        )
    return _Derived(
        [float(lon[row]) if good[row] else cell for row, cell in enumerate(first)],
        [float(lat[row]) if good[row] else cell for row, cell in enumerate(second)],
        hints,
    )


def _degrees(east: FloatArray, north: FloatArray, crs: CRS) -> tuple[FloatArray, FloatArray]:
    transformer = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    lon, lat = transformer.transform(east, north)
    return np.asarray(lon), np.asarray(lat)


def _in_use(lon: FloatArray, lat: FloatArray, crs: CRS) -> Any:
    """Tell which points lie in the area of use of a CRS, or less than three degrees beside it."""
    area = crs.area_of_use
    sound = np.isfinite(lon) & np.isfinite(lat)
    if area is None:
        return sound & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    return (
        sound
        & (lon >= area.west - 3)
        & (lon <= area.east + 3)
        & (lat >= area.south - 3)
        & (lat <= area.north + 3)
    )
