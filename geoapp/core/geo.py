"""Datums and distances. WGS-84 (EPSG:4326) is what is stored; metres come from its spheroid.

GCJ-02 is WGS-84 moved by a smooth function of the place; BD-09 is GCJ-02 moved once more. Both
functions became public through implementations that agree to 0.011 m; their inverses are found by
iteration. CGCS2000 differs from WGS-84 by less than a metre and is taken as equal.
"""

import math
from collections.abc import Callable
from types import ModuleType
from typing import Any, overload

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from geoapp.core.china import in_china, point_in_china
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.words import Datum

FloatArray = NDArray[np.float64]
Pair = tuple[FloatArray, FloatArray]
Rule = Callable[..., tuple[Any, Any]]

GEOD = Geod(ellps="WGS84")
# The ellipsoid of Krasovsky 1940, on which the GCJ-02 rule is written.
_A_M = 6378245.0
_E2 = 0.00669342162296594323
_BD = math.pi * 3000.0 / 180.0
_TOLERANCE_DEG = 1e-11
_MOST_STEPS = 40


def parse_datum(value: str) -> Datum:
    """Return the datum of a name such as ``gcj02``; case and punctuation do not matter.

    Raises
    ------
    InvalidValueError
        If there is no such datum.
    """
    name = "".join(character for character in value.lower() if character.isalnum())
    try:
        return Datum(
            {"epsg4326": "wgs84", "wgs": "wgs84", "gcj": "gcj02", "bd09ll": "bd09"}.get(name, name)
        )
    except ValueError:
        names = ", ".join(Datum)
        raise InvalidValueError("datum", value, Text(names, names)) from None


def check_lonlat(lon: float, lat: float) -> None:
    """Refuse a point that is none: NaN, infinite, or out of range (decimal degrees).

    Raises
    ------
    InvalidValueError
        Naming ``lon`` or ``lat``.
    """
    if not -180.0 <= lon <= 180.0:
        raise InvalidValueError(
            "lon", lon, Text("-180 至 180 的经度", "a longitude from -180 to 180")
        )
    if not -90.0 <= lat <= 90.0:
        raise InvalidValueError("lat", lat, Text("-90 至 90 的纬度", "a latitude from -90 to 90"))


def _shift(lon: Any, lat: Any, lib: ModuleType) -> tuple[Any, Any]:
    """Return the GCJ-02 rule's shift in degrees, inside China's outline or not.

    ``lib`` is numpy for arrays and math for single numbers, which it answers ten times faster.
    """
    x, y = lon - 105.0, lat - 35.0
    root = lib.sqrt(lib.fabs(x))
    waves = (20.0 * lib.sin(6.0 * x * math.pi) + 20.0 * lib.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north_m += (20.0 * lib.sin(y * math.pi) + 40.0 * lib.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    north_m += (
        (160.0 * lib.sin(y / 12.0 * math.pi) + 320.0 * lib.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    )
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east_m += (20.0 * lib.sin(x * math.pi) + 40.0 * lib.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    east_m += (
        (150.0 * lib.sin(x / 12.0 * math.pi) + 300.0 * lib.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    )
    phi = lib.radians(lat)
    magic = 1.0 - _E2 * lib.sin(phi) ** 2
    east = lib.degrees(east_m / (_A_M / lib.sqrt(magic) * lib.cos(phi)))
    north = lib.degrees(north_m / (_A_M * (1.0 - _E2) / (magic * lib.sqrt(magic))))
    return east, north


def _gcj02_rule(lon: Any, lat: Any, lib: ModuleType = np) -> tuple[Any, Any]:
    east, north = _shift(lon, lat, lib)
    return lon + east, lat + north


def _bd09_rule(lon: Any, lat: Any, lib: ModuleType = np) -> tuple[Any, Any]:
    lon, lat = _gcj02_rule(lon, lat, lib)
    radius = lib.hypot(lon, lat) + 0.00002 * lib.sin(lat * _BD)
    angle = lib.atan2(lat, lon) + 0.000003 * lib.cos(lon * _BD)
    return radius * lib.cos(angle) + 0.0065, radius * lib.sin(angle) + 0.006


_RULES: dict[Datum, Rule] = {Datum.GCJ02: _gcj02_rule, Datum.BD09: _bd09_rule}


def _forward(rule: Rule, lon: FloatArray, lat: FloatArray) -> Pair:
    """Apply a rule inside China's outline; abroad, Chinese map services do not move anything."""
    inside = in_china(lon, lat)
    moved_lon, moved_lat = lon.copy(), lat.copy()
    moved_lon[inside], moved_lat[inside] = rule(lon[inside], lat[inside])
    return moved_lon, moved_lat


def _backward(rule: Rule, lon: FloatArray, lat: FloatArray) -> Pair:
    """Find the points inside China's outline that a rule moves to the given ones.

    The shift varies slowly, so the iteration converges in a few steps. A point whose origin would
    lie outside the outline was not moved.
    """
    origin_lon, origin_lat = lon.copy(), lat.copy()
    # Nothing outside this box can come from inside the outline.
    near = (lon > 72.0) & (lon < 137.0) & (lat > 2.0) & (lat < 55.0)
    here_lon, here_lat = lon[near], lat[near]
    for _ in range(_MOST_STEPS):
        there_lon, there_lat = rule(here_lon, here_lat)
        off_lon, off_lat = there_lon - lon[near], there_lat - lat[near]
        here_lon, here_lat = here_lon - off_lon, here_lat - off_lat
        if max(np.abs(off_lon).max(initial=0.0), np.abs(off_lat).max(initial=0.0)) < _TOLERANCE_DEG:
            break
    inside = in_china(here_lon, here_lat)
    origin_lon[near] = np.where(inside, here_lon, lon[near])
    origin_lat[near] = np.where(inside, here_lat, lat[near])
    return origin_lon, origin_lat


def _convert(
    lon: ArrayLike, lat: ArrayLike, way: Callable[[Rule, FloatArray, FloatArray], Pair], rule: Rule
) -> tuple[Any, Any]:
    shape = np.shape(lon)
    lon_deg = np.atleast_1d(np.asarray(lon, dtype=np.float64))
    lat_deg = np.atleast_1d(np.asarray(lat, dtype=np.float64))
    moved_lon, moved_lat = way(rule, lon_deg, lat_deg)
    if shape == ():
        return float(moved_lon[0]), float(moved_lat[0])
    return moved_lon, moved_lat


@overload
def from_wgs84(*, lon: float, lat: float, datum: Datum) -> tuple[float, float]: ...
@overload
def from_wgs84(*, lon: FloatArray, lat: FloatArray, datum: Datum) -> Pair: ...
def from_wgs84(*, lon: Any, lat: Any, datum: Datum) -> tuple[Any, Any]:
    """Return WGS-84 coordinates in a datum; numbers or arrays of equal shape, decimal degrees."""
    rule = _RULES.get(datum)
    if rule is None:
        return lon, lat
    if isinstance(lon, float) and isinstance(lat, float):
        return rule(lon, lat, math) if point_in_china(lon, lat) else (lon, lat)
    return _convert(lon, lat, _forward, rule)


@overload
def to_wgs84(*, lon: float, lat: float, datum: Datum) -> tuple[float, float]: ...
@overload
def to_wgs84(*, lon: FloatArray, lat: FloatArray, datum: Datum) -> Pair: ...
def to_wgs84(*, lon: Any, lat: Any, datum: Datum) -> tuple[Any, Any]:
    """Return coordinates of a datum in WGS-84; numbers or arrays of equal shape, decimal degrees.

    The inverse of ``from_wgs84`` to better than 1e-9 degrees (0.1 mm).
    """
    rule = _RULES.get(datum)
    return (lon, lat) if rule is None else _convert(lon, lat, _backward, rule)


def geometry_to_wgs84(geometry: Any, datum: Datum) -> Any:
    """Return a geometry, or an array or series of them, in WGS-84 (vertex by vertex)."""
    if datum not in _RULES:
        return geometry

    def move(points: FloatArray) -> FloatArray:
        return np.column_stack(to_wgs84(lon=points[:, 0], lat=points[:, 1], datum=datum))

    return shapely.transform(geometry, move)


def geometry_from_wgs84(wkb: bytes, datum: Datum) -> dict[str, Any]:
    """Return a stored geometry (WKB, WGS-84) as a GeoJSON geometry with coordinates in a datum.

    Coordinates are rounded to seven decimals (a centimetre); outer rings run counterclockwise, as
    RFC 7946 asks.
    """
    geometry: BaseGeometry = shapely.orient_polygons(shapely.from_wkb(wkb))
    if datum in _RULES:

        def move(points: FloatArray) -> FloatArray:
            return np.column_stack(from_wgs84(lon=points[:, 0], lat=points[:, 1], datum=datum))

        geometry = shapely.transform(geometry, move)
    rounded: dict[str, Any] = shapely.geometry.mapping(
        shapely.transform(geometry, lambda p: np.round(p, 7))
    )
    return rounded


def geodesic_m(lon1: Any, lat1: Any, lon2: Any, lat2: Any) -> Any:
    """Return the geodesic distance in metres on the WGS-84 spheroid; numbers or arrays (degrees)."""
    return GEOD.inv(lon1, lat1, lon2, lat2)[2]


def circle(*, lon: float, lat: float, radius_m: float, vertices: int = 128) -> shapely.Polygon:
    """Return a geodesic circle as a polygon (EPSG:4326) with the circle's own area.

    A polygon inscribed in a circle loses area: 0.36 % with shapely's 64 vertices by default. Here
    the vertices lie so far out that the area is the circle's, and the outline strays from it
    by less than 0.02 % of the radius inwards and 0.03 % outwards at 128 vertices.
    """
    azimuths = np.linspace(0.0, 360.0, vertices, endpoint=False)
    step = 2.0 * math.pi / vertices
    out_m = radius_m * math.sqrt(step / math.sin(step))
    count = len(azimuths)
    lons, lats, _ = GEOD.fwd(
        np.full(count, lon), np.full(count, lat), -azimuths, np.full(count, out_m)
    )
    return shapely.Polygon(np.column_stack((lons, lats)))
