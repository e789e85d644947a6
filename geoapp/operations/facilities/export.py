"""Export facilities to a file that an import reads back without a change."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geoapp.core.errors import InvalidValueError
from geoapp.core.geo import from_wgs84
from geoapp.core.i18n import Text
from geoapp.core.rough_days import written
from geoapp.core.vocabulary import kind_of
from geoapp.core.words import Datum
from geoapp.importers.formats.table import MOST_COLUMNS
from geoapp.importers.rows.columns import (
    FACILITY_COLUMNS,
    FACILITY_DERIVED,
    REJECT_COLUMNS,
    folded,
)
from geoapp.operations.facilities.read import check_region
from geoapp.reports.file_table import FileTable, numbers_at
from geoapp.reports.tables import check_format, write_table
from geoapp.store.engine import Database
from geoapp.store.facilities.as_of import AsOf
from geoapp.store.facilities.export import (
    extra_text_names,
    facility_pages,
)
from geoapp.store.facilities.read import ALL_FACILITIES, FacilityFilter
from geoapp.store.facilities.records import FileRecord
from geoapp.store.vocabulary import read_codes

Headers = Literal["en", "zh"]
_NUMBERS = frozenset({"lon", "lat", "capacity", "position_accuracy_m"})
_IN_GEOMETRY = frozenset({"lon", "lat", "geometry_wkt"})
_WKT_DECIMALS = 9
# Of a file as of a day, beside what is registered now; an import passes them over.
_ON_DAY: dict[Headers, tuple[str, ...]] = {
    "en": ("as_of", "as_of_standing", "as_of_statuses"),
    "zh": ("截至日期", "当日是否在", "当日可能的状态"),
}
# Names that mean something to a format or to an import cannot name a column of the user's own.
_TAKEN = frozenset(
    {folded(name) for column in FACILITY_COLUMNS for name in column.names}
    | set(FACILITY_DERIVED)
    | set(REJECT_COLUMNS)
    | {"fid", "geom", "geometry", "type", ""}
)


def export_facilities(
    database: Database,
    path: Path,
    *,
    datum: Datum = Datum.WGS84,
    headers: Headers = "en",
    wanted: FacilityFilter = ALL_FACILITIES,
    progress: Callable[[int], None] = lambda _rows: None,
) -> int:
    """Write facilities, proposed and closed ones too; return how many.

    Parameters
    ----------
    path
        Its suffix says the format: .geojson .csv .xlsx .gpkg.
    datum
        The datum of the coordinates written.
    headers
        The language of the column names.
    wanted
        Only these; kinds by code or name. As of a day, the file says what each was then, too.
    progress
        Called with the number of rows written.

    Raises
    ------
    InvalidValueError
        If the suffix, the region or a kind is not known.
    UnusableInputError
        If the file cannot be written.
    """
    suffix = check_format(path)
    with database.snapshot() as session:
        known = read_codes(session).kinds
        wanted = replace(wanted, kinds=frozenset(_kind(name, known) for name in wanted.kinds))
        check_region(session, wanted.region)
        own = _own_columns(extra_text_names(session))
        in_geometry = suffix in (".geojson", ".gpkg")
        columns = [
            column
            for column in FACILITY_COLUMNS
            if not (in_geometry and column.name in _IN_GEOMETRY)
        ]
        names = [column.zh if headers == "zh" else column.name for column in columns]
        writer = _Rows(
            [column.name for column in columns],
            own,
            datum,
            lists=suffix == ".geojson",
            as_of=wanted.as_of,
        )
        pages = facility_pages(session, wanted)
        on_day = () if wanted.as_of is None else _ON_DAY[headers]
        table = FileTable(
            [*names, *on_day, *own],
            writer.rows(pages, progress),
            numbers_at(place for place, column in enumerate(columns) if column.name in _NUMBERS),
        )
        write_table(table, path, layer="facilities")
        return writer.written


def _kind(name: str, known: frozenset[str]) -> str:
    code = name if name in known else kind_of(name)
    if code is None:
        accepted = ", ".join(sorted(known))
        raise InvalidValueError("kind", name, Text(accepted, accepted))
    return code


def _own_columns(names: Sequence[str]) -> list[str]:
    """Return the kept-aside columns that can stand in a file under their own names."""
    own: dict[str, str] = {}
    for name in names:
        if name == name.strip() and name.isprintable() and len(name) <= 60:
            own.setdefault(folded(name), name)
    kept = [name for fold, name in own.items() if fold not in _TAKEN]
    return kept[: MOST_COLUMNS // 2]


class _Rows:
    """Makes rows of facilities; counts them."""

    def __init__(
        self,
        columns: Sequence[str],
        own: Sequence[str],
        datum: Datum,
        *,
        lists: bool,
        as_of: AsOf | None,
    ) -> None:
        self._as_of = as_of
        self._columns = columns
        self._own = own
        self._datum = datum
        self._lists = lists
        self.written = 0

    def rows(
        self, pages: Iterator[list[FileRecord]], progress: Callable[[int], None]
    ) -> Iterator[tuple[list[Any], BaseGeometry | None]]:
        """Yield the cells and the geometry of each facility, in the datum asked."""
        for records in pages:
            shapes = self._moved(shapely.from_wkb([record.geometry_wkb for record in records]))
            points = shapely.point_on_surface(shapes)  # None of None
            for record, geometry, point in zip(records, shapes, points, strict=True):
                values = self._values(record, geometry, point)
                kept, rest = self._extra(record.extra)
                values["extra"] = rest or None
                yield (
                    [values[column] for column in self._columns] + self._then(record) + kept,
                    geometry,
                )
                self.written += 1
            progress(self.written)

    def _moved(self, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        def move(points: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.column_stack(
                from_wgs84(lon=points[:, 0], lat=points[:, 1], datum=self._datum)
            )

        return np.atleast_1d(shapely.transform(shapely.force_2d(shapes), move))

    def _then(self, record: FileRecord) -> list[Any]:
        """Return what a facility was on the day that was asked for, if one was."""
        if self._as_of is None or record.on_day is None:
            return []
        statuses = "; ".join(record.on_day.statuses)
        return [self._as_of.day.isoformat(), record.on_day.standing, statuses or None]

    def _extra(self, extra: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """Divide what was kept aside into columns of its own and the rest."""
        rest = dict(extra)
        kept: list[Any] = []
        for name in self._own:
            value = rest.get(name)
            # An import drops the space around a text, and takes an empty one for nothing.
            if isinstance(value, str) and value and value == value.strip() and "\r" not in value:
                kept.append(rest.pop(name))
            else:
                kept.append(None)
        return kept, rest

    def _values(
        self, record: FileRecord, geometry: BaseGeometry | None, point: shapely.Point | None
    ) -> dict[str, Any]:
        area = None
        if geometry is not None and geometry.geom_type != "Point":
            area = shapely.to_wkt(geometry, rounding_precision=_WKT_DECIMALS)
        days = {
            name: written(record.values[name], record.values[basis])
            for name, basis in (("opened_on", "opened_basis"), ("closed_on", "closed_basis"))
        }
        return (
            record.values
            | days
            | {
                "lon": None if point is None else point.x,
                "lat": None if point is None else point.y,
                "geometry_wkt": area,
                "amenities": self._list(record.values["amenities"]),
                "no_amenities": self._list(record.values["no_amenities"]),
                "places": [self._place(place) for place in record.places] or None,
            }
        )

    def _list(self, codes: list[str]) -> Any:
        return codes if self._lists else "; ".join(codes)

    def _place(self, place: dict[str, Any]) -> dict[str, Any]:
        point = shapely.get_coordinates(shapely.from_wkb(place["geometry_wkb"]))[0]
        lon, lat = from_wgs84(lon=float(point[0]), lat=float(point[1]), datum=self._datum)
        told = {name: value for name, value in place.items() if name != "geometry_wkb"}
        return {"lon": lon, "lat": lat} | {
            name: value for name, value in told.items() if value is not None
        }
