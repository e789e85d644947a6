"""A list as a person changed it on the page: cells mended, rows left out, placed, or given a code."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

import shapely

from geoapp.core.geo import from_wgs84
from geoapp.core.words import Datum, PositionBasis
from geoapp.importers.formats.table import Record, Table

Place = tuple[float, float]
FOUND_BY_ADDRESS: Final = ("position_basis", "position_accuracy_m")


def mended(
    table: Table, cells: Mapping[int, Mapping[int, str]], left_out: Collection[int]
) -> Table:
    """Return a table with some cells written anew, and without some rows.

    Parameters
    ----------
    cells
        What stands instead, by line and by the column's place.
    left_out
        The lines of the rows that are not read.
    """
    records = [
        _mended(record, cells.get(record.line, {}))
        for record in table.records
        if record.line not in left_out
    ]
    return replace(table, records=records)


def _mended(record: Record, cells: Mapping[int, str]) -> Record:
    if not cells:
        return record
    width = max(len(record.cells), max(cells) + 1)
    row = record.cells + [None] * (width - len(record.cells))
    for place, words in cells.items():
        row[place] = words
    return replace(record, cells=row)


def settled_rows(
    table: Table,
    placed: Mapping[int, Place],
    codes: Mapping[int, str],
    datum: Datum,
    found: Mapping[int, float] | None = None,
) -> Table:
    """Return a table whose columns and positions are settled with some rows placed or named by hand.

    Parameters
    ----------
    placed
        Positions by line, (lon, lat) on WGS-84. They are written in ``datum``, as all others are.
    codes
        Codes by line, in the place of what the row says.
    found
        By line, within how many metres the positions are that were found by an address.
    """
    if not table.has_geometry:
        table = _with_columns(table, ("lon", "lat"))
    if codes:
        table = _with_columns(table, ("code",))
    if found:
        table = _with_columns(table, FOUND_BY_ADDRESS)
    assert table.fields is not None
    places = {name: place for place, name in enumerate(table.fields) if name}
    records = []
    for record in table.records:
        words: dict[int, Any] = {}
        geometry, source = record.geometry, record.source
        if record.line in codes:
            words[places["code"]] = codes[record.line]
        if record.line in placed:
            lon, lat = placed[record.line]
            lon, lat = from_wgs84(lon=lon, lat=lat, datum=datum)
            if table.has_geometry:
                geometry, source = shapely.Point(lon, lat), None
            else:
                words |= {places["lon"]: lon, places["lat"]: lat}
            if "geometry_wkt" in places:
                words[places["geometry_wkt"]] = None
        if found and record.line in found:
            values = (str(PositionBasis.ADDRESS), found[record.line])
            words |= {
                places[name]: value for name, value in zip(FOUND_BY_ADDRESS, values, strict=True)
            }
        records.append(replace(_mended(record, words), geometry=geometry, source=source))
    return replace(table, records=records)


def _with_columns(table: Table, names: tuple[str, ...]) -> Table:
    """Return a table with further empty columns for fields that it lacks."""
    assert table.fields is not None
    lacking = [name for name in names if name not in table.fields]
    if not lacking:
        return table
    width = len(table.columns)
    return replace(
        table,
        columns=[*table.columns, *lacking],
        fields=(*table.fields, *lacking),
        records=[
            replace(
                record,
                cells=[
                    *record.cells[:width],
                    *[None] * (width - len(record.cells)),
                    *[None] * len(lacking),
                ],
            )
            for record in table.records
        ],
    )
