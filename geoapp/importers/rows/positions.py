"""Positions: read from two cells or a geometry, and converted to WGS-84."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from geoapp.core.arrays import FloatArray
from geoapp.core.geo import geometry_to_wgs84, to_wgs84
from geoapp.core.i18n import Text
from geoapp.core.parameter_names import named_zh
from geoapp.core.words import Datum
from geoapp.importers.formats.table import Record
from geoapp.importers.problems import Findings
from geoapp.importers.rows.cells import as_text, number_of
from geoapp.importers.rows.headings import Header

# How far a pair of coordinates may lie from the area given beside it.
BESIDE_AREA_M = 1000.0
# What is farther than this from every region is in another country, or nowhere.
FAR_M = 200_000.0
_GEOD = Geod(ellps="WGS84")
_AREAS = ("Polygon", "MultiPolygon")
_NONE: Final[Mapping[int, Datum]] = MappingProxyType({})
# What is said of a row without a position.
NEEDED: Final = Text(
    "缺少位置：请填写经度 lon 和纬度 lat，或给出几何。",
    "There is no position: give lon and lat, or a geometry.",
)


@dataclass(slots=True)
class Placed:
    """Where a row says it is: a pair of degrees, and an area if it is one. NaN is none."""

    lon: float = float("nan")
    lat: float = float("nan")
    area: BaseGeometry | None = None


def read_position(
    found: Findings,
    record: Record,
    header: Header,
    *,
    areas: bool,
    has_geometry: bool,
    lacking: Text | None = NEEDED,
) -> Placed:
    """Return a row's position in the declared datum, or note what is wrong.

    A geometry goes before two numbers; ``areas`` says whether polygons stay polygons or only
    lend a point inside them. ``lacking`` is said of a row without a position; None accepts it.
    """
    geometry = record.geometry
    column = "geometry"
    if geometry is None and "geometry_wkt" in header.places:
        words = as_text(record.cells[header.places["geometry_wkt"]])
        if words is not None:
            geometry, column = _from_wkt(words), "geometry_wkt"
    if geometry is None:
        numbers = (as_text(_cell(record, header, column)) for column in ("lon", "lat"))
        if lacking is None and not any(numbers):
            return Placed()
        return _from_numbers(found, record, header, lacking or NEEDED, has_geometry)
    if isinstance(geometry, Text):
        shown = record.source if column == "geometry" else "WKT"
        found.add(
            column, shown, "bad_geometry", f"几何{geometry.zh}。", f"geometry: {geometry.en}."
        )
        return Placed()
    placed = _from_geometry(found, column, geometry, areas=areas)
    if column == "geometry_wkt" and placed.area is not None and {"lon", "lat"} <= header.given:
        _check_beside(found, record, header, placed.area)
    return placed


def _from_wkt(words: str) -> BaseGeometry | Text:
    try:
        geometry: BaseGeometry = shapely.force_2d(shapely.from_wkt(words))
    except (shapely.errors.GEOSException, ValueError, UnicodeEncodeError):
        return Text(
            "不是有效的 WKT，应如 POLYGON((120 36, ...))",
            "not valid WKT such as POLYGON((120 36, ...))",
        )
    return geometry


def _cell(record: Record, header: Header, column: str) -> Any:
    place = header.places.get(column)
    # A row may end before its header does.
    return None if place is None or place >= len(record.cells) else record.cells[place]


def _check_beside(found: Findings, record: Record, header: Header, area: BaseGeometry) -> None:
    """Note that the pair beside an area lies elsewhere, so that no edit of one of them is lost."""
    lon, lat = (number_of(_cell(record, header, column)) for column in ("lon", "lat"))
    if lon is None or lat is None or not (abs(lon) <= 180 and abs(lat) <= 90):
        return
    if outline_distance_m(area, lon, lat) > BESIDE_AREA_M:
        found.add(
            "geometry_wkt",
            f"{lon}, {lat}",
            "geometry_disagrees",
            f"经纬度 {lon}, {lat} 不在 geometry_wkt 的面内；请改其一，或清空 geometry_wkt。",
            f"lon, lat {lon}, {lat} lie outside the area in geometry_wkt; mend one of them or "
            "empty geometry_wkt.",
        )


def _from_numbers(
    found: Findings, record: Record, header: Header, lacking: Text, has_geometry: bool
) -> Placed:
    values: list[float] = []
    for column in ("lon", "lat"):
        cell = _cell(record, header, column)
        words = as_text(cell)
        if words is None:
            where = "geometry" if has_geometry and column not in header.places else column
            if not any(problem.field == where for problem in found.problems):
                found.add(where, "", "required", lacking.zh, lacking.en)
            values.append(float("nan"))
            continue
        value = number_of(cell)
        if value is None:
            found.add(
                column,
                cell,
                "not_a_number",
                f"{named_zh(column)}的值“{words[:40]}”不是数，应为十进制度数，如 120.3826。",
                f"{column}: {words[:40]!r} is not a number; decimal degrees are accepted, "
                "such as 120.3826.",
            )
            values.append(float("nan"))
            continue
        values.append(value)
    lon, lat = values
    if np.isfinite(lon) and np.isfinite(lat) and not _check_range(found, lon, lat):
        return Placed()
    return Placed(lon, lat)


def _check_range(found: Findings, lon: float, lat: float) -> bool:
    """Note a pair that is no place on earth; return whether it is one."""
    pair = f"{lon}, {lat}"
    if 90 < abs(lat) <= 180 and abs(lon) <= 90:
        found.add(
            "lon, lat",
            pair,
            "swapped",
            f"经度和纬度写反了：纬度 {lat} 超出 -90 至 90；互换后是 {lat}, {lon}。",
            f"lon and lat are swapped: a latitude of {lat} is outside -90 to 90; exchanged they "
            f"are {lat}, {lon}.",
        )
    elif abs(lon) > 180:
        found.add(
            "lon",
            lon,
            "out_of_range",
            f"经度 {lon} 超出 -180 至 180。",
            f"lon {lon} is outside -180 to 180 degrees.",
        )
    elif abs(lat) > 90:
        found.add(
            "lat",
            lat,
            "out_of_range",
            f"纬度 {lat} 超出 -90 至 90。",
            f"lat {lat} is outside -90 to 90 degrees.",
        )
    elif lon == 0 and lat == 0:
        found.add(
            "lon, lat",
            pair,
            "zero_zero",
            "坐标 0, 0 在几内亚湾，多半表示没有填写；请填写真实坐标。",
            "0, 0 lies in the Gulf of Guinea and mostly means that nothing was filled in; give "
            "the real coordinates.",
        )
    else:
        return True
    return False


def _from_geometry(found: Findings, column: str, geometry: BaseGeometry, *, areas: bool) -> Placed:
    kind = geometry.geom_type
    if isinstance(geometry, shapely.MultiPoint) and len(geometry.geoms) == 1:
        geometry, kind = geometry.geoms[0], "Point"
    if geometry.is_empty:
        found.add(column, kind, "empty_geometry", "几何是空的。", "The geometry is empty.")
        return Placed()
    if kind not in ("Point", *_AREAS):
        found.add(
            column,
            kind,
            "geometry_type",
            f"几何类型 {kind} 不能表示一个地点，应为 Point、Polygon 或 MultiPolygon。",
            f"A {kind} is not a place; Point, Polygon and MultiPolygon are accepted.",
        )
        return Placed()
    corners = shapely.get_coordinates(geometry)
    if not np.isfinite(corners).all():
        found.add(
            column,
            kind,
            "not_a_number",
            "几何中有 NaN 或无穷大的坐标。",
            "The geometry has a coordinate that is NaN or infinite.",
        )
        return Placed()
    if kind == "Point":
        lon, lat = (float(value) for value in corners[0])
        return Placed(lon, lat) if _check_range(found, lon, lat) else Placed()
    worst = corners[np.argmax(np.maximum(np.abs(corners[:, 0]) / 2, np.abs(corners[:, 1])))]
    if not _check_range(found, float(worst[0]), float(worst[1])):
        return Placed()
    mended = polygonal(geometry)
    if mended is None:
        found.add(
            column,
            kind,
            "bad_geometry",
            "面的边界自相交或没有面积，无法修复。",
            "The outline crosses itself or has no area, and cannot be repaired.",
        )
        return Placed()
    if not geometry.is_valid:
        where = shapely.is_valid_reason(geometry).partition("[")[2].rstrip("]")
        found.warn(
            column,
            kind,
            "mended_outline",
            f"面的边界自相交（{where} 处），已改成不相交的几块，请核对。",
            f"The outline crossed itself (at {where}); it was made into parts that do not. Please check.",
        )
    inside = shapely.point_on_surface(mended)
    return Placed(float(inside.x), float(inside.y), mended if areas else None)


def polygonal(geometry: BaseGeometry) -> BaseGeometry | None:
    """Return an area made valid, without the lines and points that remain; None if nothing does."""
    if geometry.is_valid and geometry.geom_type in _AREAS:
        return geometry if geometry.area > 0 else None
    parts = shapely.get_parts(shapely.make_valid(geometry))
    parts = shapely.get_parts(parts)
    kept = [part for part in parts if part.geom_type == "Polygon" and part.area > 0]
    if not kept:
        return None
    return kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept)


def outline_distance_m(outline: BaseGeometry, lon: float, lat: float) -> float:
    """Return the distance to an outline in metres, about: the nearest point is sought on a plane.

    The plane is stretched by the cosine of the latitude, so that its nearest point is a good one
    for checks; the distance to it is measured on the spheroid.
    """
    west, south, east, north = outline.bounds
    box_lon, box_lat = min(max(lon, west), east), min(max(lat, south), north)
    box_m: float = _GEOD.inv(lon, lat, box_lon, box_lat)[2]
    if box_m > 2 * FAR_M:
        return box_m
    scale = max(float(np.cos(np.radians(lat))), 0.01)

    def squeeze(points: FloatArray) -> FloatArray:
        return np.column_stack((points[:, 0] * scale, points[:, 1]))

    here = shapely.Point(lon * scale, lat)
    line = shapely.shortest_line(shapely.transform(outline, squeeze), here)
    near_lon, near_lat = line.coords[0]
    distance: float = _GEOD.inv(lon, lat, near_lon / scale, near_lat)[2]
    return distance


@dataclass(slots=True)
class Positions:
    """The positions of many rows as arrays, and the areas of some by row; WGS-84 once converted."""

    lon: FloatArray
    lat: FloatArray
    areas: dict[int, BaseGeometry]

    @classmethod
    def of(cls, placed: Sequence[Placed]) -> "Positions":
        """Gather rows in their order."""
        return cls(
            np.array([one.lon for one in placed], dtype=np.float64),
            np.array([one.lat for one in placed], dtype=np.float64),
            {row: one.area for row, one in enumerate(placed) if one.area is not None},
        )

    def lonlat(self, row: int) -> tuple[float, float] | None:
        """Return a row's degrees; None where it has no position."""
        lon, lat = float(self.lon[row]), float(self.lat[row])
        return (lon, lat) if np.isfinite(lon) and np.isfinite(lat) else None

    def to_wgs84(self, datum: Datum, others: Mapping[int, Datum] = _NONE) -> "Positions":
        """Return the positions converted from a datum; rows without a position keep NaN.

        ``others`` are the datums of rows, by their number, that are in another.
        """
        known = np.isfinite(self.lon) & np.isfinite(self.lat)
        lon, lat = self.lon.copy(), self.lat.copy()
        by_datum: dict[Datum, list[int]] = {}
        for row, other in others.items():
            by_datum.setdefault(other, []).append(row)
        rest = known.copy()
        rest[[*others]] = False
        groups = [(datum, rest)]
        for other, rows in by_datum.items():
            mine = np.zeros(len(known), dtype=np.bool_)
            mine[rows] = known[rows]
            groups.append((other, mine))
        for one, rows_of in groups:
            lon[rows_of], lat[rows_of] = to_wgs84(
                lon=self.lon[rows_of], lat=self.lat[rows_of], datum=one
            )
        areas = {
            row: geometry_to_wgs84(area, others.get(row, datum)) for row, area in self.areas.items()
        }
        for row, area in areas.items():
            inside = shapely.point_on_surface(area)
            lon[row], lat[row] = inside.x, inside.y
        return Positions(lon, lat, areas)
