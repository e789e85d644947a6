"""Rows of a file that may be one place with another row or with a stored facility."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from geoapp.analysis.duplicates import PHONE_M, FacilityWords, duplicates
from geoapp.importers.rows.facility_row import FacilityRow
from geoapp.store.engine import Session
from geoapp.store.facilities.keys import Neighbour, read_neighbours

# How far round the file stored facilities are looked at, in degrees: two kilometres and more.
_MARGIN_DEG: Final = 1.5 * PHONE_M / 111_000.0
# A decimetre: less than what is lost between datums and back.
_SAME_DEG: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Suspected:
    """A row of a file and what may be the same place: another row, or a stored facility.

    ``alike`` is how alike the names are (0 to 1); ``same_phone`` is None where one is unknown.
    """

    line: int
    code: str
    name_zh: str
    other_code: str
    other_name_zh: str
    other_is_stored: bool
    alike: float
    distance_m: float
    same_phone: bool | None


def find_suspected(session: Session, rows: Sequence[FacilityRow]) -> tuple[Suspected, ...]:
    """Return the pairs of which at least one is a row of the file, the most alike first.

    A row that is stored already by its code, with this name and at this point, brings no new pair
    with what is stored: that one is among the duplicates of the store. Rows without a position are
    held against nothing: how far apart they are is not known.
    """
    codes = {row.code for row in rows}
    own = [
        Neighbour(row.code, row.name_zh, row.kind_code, row.phone, row.lon, row.lat)
        for row in rows
        if row.lon is not None and row.lat is not None
    ]
    lines = [row.line for row in rows if row.lon is not None]
    if not own:
        return ()
    lon, lat = np.array([one.lon for one in own]), np.array([one.lat for one in own])
    cosine = max(float(np.cos(np.radians(np.abs(lat).max()))), 0.01)
    box = (
        float(lon.min()) - _MARGIN_DEG / cosine,
        float(lat.min()) - _MARGIN_DEG,
        float(lon.max()) + _MARGIN_DEG / cosine,
        float(lat.max()) + _MARGIN_DEG,
    )
    there = {one.code: one for one in read_neighbours(session, box)}
    stored = [one for one in there.values() if one.code not in codes]
    as_stored = [_is_as_stored(one, there.get(one.code)) for one in own]
    both = [*own, *stored]
    frame = FacilityWords(
        [one.name_zh for one in both],
        [one.kind for one in both],
        [one.phone for one in both],
        np.array([one.lon for one in both]),
        np.array([one.lat for one in both]),
    )
    found = []
    for pair in duplicates(frame):
        row, other = pair.first, pair.second
        if row < len(own) and as_stored[row] and other < len(own):
            row, other = other, row
        if row >= len(own) or as_stored[row]:
            continue
        found.append(
            Suspected(
                lines[row],
                both[row].code,
                both[row].name_zh,
                both[other].code,
                both[other].name_zh,
                other >= len(own) or as_stored[other],
                pair.alike,
                pair.distance_m,
                pair.same_phone,
            )
        )
    return tuple(found)


def _is_as_stored(row: Neighbour, stored: Neighbour | None) -> bool:
    return (
        stored is not None
        and stored.name_zh == row.name_zh
        and abs(stored.lon - row.lon) < _SAME_DEG
        and abs(stored.lat - row.lat) < _SAME_DEG
    )
