"""Rows that say in which datum they are, read each in its own."""

import numpy as np

from geoapp.core.arrays import FloatArray
from geoapp.core.geo import to_wgs84
from geoapp.core.words import Datum
from geoapp.importers.formats.table import Record, Table
from geoapp.importers.rows.changed import Place
from geoapp.importers.rows.datums import (
    datum_in,
)
from geoapp.operations.imports.choices import DraftChoices


def in_own_datum(
    table: Table, choices: DraftChoices, lon: FloatArray, lat: FloatArray
) -> dict[int, Place]:
    """Return the positions, by line, of the rows that say in which datum they are, on WGS-84."""
    place = choices.datum_place
    if place is None:
        return {}
    here_lon, here_lat = row_by_row(table, place, lon, lat)
    found: dict[int, Place] = {}
    for row, record in enumerate(table.records):
        if _own_datum(record, place) is not None and np.isfinite(here_lon[row] + here_lat[row]):
            found[record.line] = float(here_lon[row]), float(here_lat[row])
    return found


def row_by_row(
    table: Table, place: int, lon: FloatArray, lat: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return positions on WGS-84, each from the datum that its row says; rows that say none stay."""
    here_lon, here_lat = lon.copy(), lat.copy()
    for row, record in enumerate(table.records):
        datum = _own_datum(record, place)
        if datum is not None and np.isfinite(lon[row]) and np.isfinite(lat[row]):
            here_lon[row], here_lat[row] = to_wgs84(
                lon=float(lon[row]), lat=float(lat[row]), datum=datum
            )
    return here_lon, here_lat


def _own_datum(record: Record, place: int) -> Datum | None:
    return datum_in(record.cells[place]) if place < len(record.cells) else None
