"""In which datum a list is: read in each of them, how many of its points fall where they should."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geoapp.core.arrays import FloatArray
from geoapp.core.geo import to_wgs84
from geoapp.core.simplified import simplified
from geoapp.core.words import Datum
from geoapp.importers.formats.table import Record, Table, is_blank
from geoapp.importers.problems import Findings
from geoapp.importers.rows.columns import FACILITY_COLUMNS, FACILITY_DERIVED, IGNORED
from geoapp.importers.rows.datum_words import datum_in
from geoapp.importers.rows.headings import match_header
from geoapp.importers.rows.place_checks import RegionOutlines
from geoapp.importers.rows.positions import read_position

_LEAST_SHARE: Final = 0.5
_MAY_SAY: Final = (None, IGNORED, "source")
READ_AS: Final = (Datum.WGS84, Datum.GCJ02, Datum.BD09)
_LEAST_NAME: Final = 2


@dataclass(frozen=True, slots=True)
class DatumFit:
    """Points read in one datum: how many lie in a region at all, and in the one that their row names.

    ``near`` is how many lie beside a facility that is registered, 0 where nobody looked. ``lon`` and
    ``lat`` are on WGS-84; rows without a position are NaN.
    """

    datum: Datum
    inside: int
    in_named: int
    lon: FloatArray
    lat: FloatArray
    near: int = 0

    @property
    def mark(self) -> tuple[int, int]:
        """How well it fits: where rows say they are, and what stands there already, go before all."""
        return self.in_named + self.near, self.inside


def datum_column(
    table: Table, fields: Sequence[str | None], passed_over: Collection[int] = ()
) -> int | None:
    """Return the place of the one column that says each row's datum; None where there is none.

    Parameters
    ----------
    fields
        What each column is read as: a name or an address is no datum, whatever words it has.
    passed_over
        The places of columns that somebody said are nothing.
    """
    found = []
    for place in range(len(table.columns)):
        if fields[place] not in _MAY_SAY or place in passed_over:
            continue
        cells = [record.cells[place] for record in table.records if place < len(record.cells)]
        said = [cell for cell in cells if not is_blank(cell)]
        if said and sum(datum_in(cell) is not None for cell in said) > _LEAST_SHARE * len(said):
            found.append(place)
    if len(found) > 1:
        # Who keeps it, or where it was found, may name a map service too.
        found = [place for place in found if "坐标" in simplified(table.columns[place])]
    return found[0] if len(found) == 1 else None


def datums_of_rows(table: Table, place: int | None) -> dict[int, Datum]:
    """Return by line the datum that each row names in a column; rows that name none are left out."""
    if place is None:
        return {}
    named = {
        record.line: datum_in(record.cells[place])
        for record in table.records
        if place < len(record.cells)
    }
    return {line: datum for line, datum in named.items() if datum is not None}


def in_own_datums(
    lon: FloatArray, lat: FloatArray, datums: Sequence[Datum]
) -> tuple[FloatArray, FloatArray]:
    """Return points on WGS-84, each from a datum of its own; NaN stays."""
    here_lon, here_lat = lon.copy(), lat.copy()
    known = np.isfinite(lon) & np.isfinite(lat)
    named = np.array([str(one) for one in datums])
    for datum in dict.fromkeys(datums):
        mine = known & (named == str(datum))
        here_lon[mine], here_lat[mine] = to_wgs84(lon=lon[mine], lat=lat[mine], datum=datum)
    return here_lon, here_lat


def stated_points(table: Table) -> tuple[FloatArray, FloatArray]:
    """Return where the rows of a settled table say they are, in its own datum; NaN is nowhere."""
    header = match_header(table.columns, FACILITY_COLUMNS, FACILITY_DERIVED, table.fields)
    placed = [
        read_position(
            Findings(record.line),
            record,
            header,
            areas=False,
            has_geometry=table.has_geometry,
            lacking=None,
        )
        for record in table.records
    ]
    return np.array([one.lon for one in placed]), np.array([one.lat for one in placed])


def named_regions(records: Sequence[Record], regions: RegionOutlines) -> list[str | None]:
    """Return the lowest region that each row names, by its name or code; None where none or several.

    A name within an address counts, too: it is only held against a position, and never stored.
    """
    above = {parent for code in regions.outlines for parent in regions.above(code)}
    lowest = [code for code in regions.outlines if code not in above]
    found: list[str | None] = []
    for record in records:
        words = [str(cell) for cell in record.cells if isinstance(cell, str | int)]
        codes = {
            code
            for code in lowest
            if any(
                word == code
                or (len(name := regions.names.get(code, "")) >= _LEAST_NAME and name in word)
                for word in words
            )
        }
        found.append(codes.pop() if len(codes) == 1 else None)
    return found


def fit_datums(
    lon: FloatArray, lat: FloatArray, named: Sequence[str | None], regions: RegionOutlines
) -> tuple[DatumFit, ...]:
    """Return how well points fit in each datum, in the order of ``READ_AS``."""
    known = np.isfinite(lon) & np.isfinite(lat)
    fits = []
    for datum in READ_AS:
        here_lon, here_lat = lon.copy(), lat.copy()
        here_lon[known], here_lat[known] = to_wgs84(lon=lon[known], lat=lat[known], datum=datum)
        inside = np.zeros(len(lon), dtype=np.bool_)
        in_named = np.zeros(len(lon), dtype=np.bool_)
        for code in regions.outlines:
            within = _inside(regions, code, here_lon, here_lat, known)
            inside |= within
            in_named |= within & np.array([name == code for name in named], dtype=np.bool_)
        fits.append(DatumFit(datum, int(inside.sum()), int(in_named.sum()), here_lon, here_lat))
    return tuple(fits)


def best_fit(fits: Sequence[DatumFit]) -> Datum | None:
    """Return the one datum in which more points fall where they should than in any other.

    None where two do equally well: then the points say nothing.
    """
    ranked = sorted(fits, key=lambda one: one.mark, reverse=True)
    if len(ranked) < 2 or ranked[0].mark == ranked[1].mark:
        return None
    return ranked[0].datum


def _inside(
    regions: RegionOutlines, code: str, lon: FloatArray, lat: FloatArray, known: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    within = np.zeros(len(lon), dtype=np.bool_)
    if known.any():
        within[known] = regions.inside(code, lon[known], lat[known])
    return within
