"""Coordinates in the reference systems that may be asked (OGC API Features, Part 2)."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry
from werkzeug.http import parse_accept_header

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_EPSG: Final = "http://www.opengis.net/def/crs/EPSG/0/"
# WGS 84, CGCS2000, Web Mercator, and CGCS2000's Gauss-Krüger zones of three degrees, by their
# middle meridians from 75 to 135 degrees.
_CODES: Final = (4326, 4490, 3857, *range(4534, 4555))
CRS_LIST: Final = (CRS84, *(f"{_EPSG}{code}" for code in _CODES))
# Both have latitude first and otherwise the numbers of CRS84, to less than a metre.
_LATITUDE_FIRST: Final = frozenset({f"{_EPSG}4326", f"{_EPSG}4490"})
_MERCATOR: Final = f"{_EPSG}3857"
# Half the side of the square that Web Mercator makes of the world, in metres.
_MERCATOR_HALF: Final = 20037508.342789244

_ACCEPTED = Text(
    f"{CRS84}，或 {_EPSG} 之后的 4326、4490、3857、4534 至 4554",
    f"{CRS84}, or {_EPSG} with 4326, 4490, 3857, or 4534 to 4554",
)


@dataclass(frozen=True, slots=True)
class Crs:
    """A reference system; coordinates are in the order of its own axes."""

    uri: str

    @property
    def is_lonlat(self) -> bool:
        """Whether coordinates are longitude and latitude, as they are stored."""
        return self.uri == CRS84

    @property
    def is_geographic(self) -> bool:
        """Whether coordinates are degrees."""
        return self.is_lonlat or self.uri in _LATITUDE_FIRST

    def of_lonlat(self, shape: BaseGeometry) -> BaseGeometry:
        """Return a shape in EPSG:4326 as longitude and latitude in this system's coordinates."""
        return self._changed(shape, inverse=False)

    def geojson(self, shape: BaseGeometry) -> dict[str, Any]:
        """Return a shape in EPSG:4326 as a GeoJSON geometry in this system, to a centimetre.

        Outer rings run counterclockwise on the ground, as RFC 7946 asks.
        """
        decimals = 7 if self.is_geographic else 2
        found = self.of_lonlat(shapely.orient_polygons(shape))
        rounded: dict[str, Any] = shapely.geometry.mapping(
            shapely.transform(found, lambda pairs: np.round(pairs, decimals))
        )
        return rounded

    def to_lonlat(self, shape: BaseGeometry) -> BaseGeometry:
        """Return a shape in this system's coordinates as longitude and latitude, EPSG:4326.

        Raises
        ------
        ValueError
            If it reaches beyond the world, or beyond what the system can tell apart: what came
            out would be another shape, or none (as where latitude and longitude are exchanged).
        """
        found = self._changed(shape, inverse=True)
        west, south, east, north = found.bounds
        if west < -180 or south < -90 or east > 180 or north > 90:
            raise ValueError
        if self.is_geographic:
            return found
        given, back = (
            shapely.get_coordinates(one) for one in (shape, self._changed(found, inverse=False))
        )
        # A plane that is rolled up along a meridian; seen across the 180th, sides turn inside out.
        half_round = self.uri != _MERCATOR and east - west > 180
        if half_round or not np.allclose(given, back, rtol=0, atol=1):
            raise ValueError
        return found

    def _changed(self, shape: BaseGeometry, *, inverse: bool) -> BaseGeometry:
        if self.is_lonlat:
            return shape
        found: BaseGeometry = shapely.transform(shape, _project(self.uri, inverse=inverse))
        return found


STORED: Final = Crs(CRS84)


def parse_crs(parameter: str, value: str) -> Crs:
    """Return the reference system of an identifier.

    Raises
    ------
    InvalidValueError
        If it is not offered.
    """
    uri = value.replace("https://", "http://", 1)
    if uri not in CRS_LIST:
        raise InvalidValueError(parameter, value, _ACCEPTED)
    return Crs(uri)


def parse_accepted_crs(value: str) -> Crs:
    """Return which of the reference systems of an ``Accept-Crs`` is liked best and offered.

    Identifiers stand in angle brackets or bare, several parted by commas, with ``;q=`` from 0 to 1
    as in other headers of its kind.

    Raises
    ------
    InvalidValueError
        If none of them is offered.
    """
    liked: list[tuple[float, str]] = []
    for uri, quality in parse_accept_header(value):
        plain = uri.strip("<> ").replace("https://", "http://", 1)
        if quality > 0 and (plain == "*" or plain in CRS_LIST):
            liked.append((quality, CRS84 if plain == "*" else plain))
    if not liked:
        raise InvalidValueError("Accept-Crs", value[:200], _ACCEPTED)
    # Of those liked as much, the first.
    return Crs(max(liked, key=lambda one: one[0])[1])


def box_shape(sides: list[float], crs: Crs) -> BaseGeometry:
    """Return a box of two corners in a reference system; with corners along its sides where they bend.

    Raises
    ------
    ValueError
        If these are no corners.
    """
    if len(sides) != 4 or not all(math.isfinite(side) for side in sides):
        raise ValueError
    west, south, east, north = sides
    if crs.is_geographic and not crs.is_lonlat:
        # The first axis is latitude; a box may cross the 180th meridian all the same.
        south, west, north, east = sides
    if crs.uri == _MERCATOR:
        # A box around the world is larger than the world; beyond it the numbers begin anew.
        west, south = max(west, -_MERCATOR_HALF), max(south, -_MERCATOR_HALF)
        east, north = min(east, _MERCATOR_HALF), min(north, _MERCATOR_HALF)
    if south > north or (west > east and not crs.is_geographic):
        raise ValueError
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    found = shapely.union_all([_rectangle(left, south, right, north) for left, right in spans])
    if crs.is_geographic:
        return found if crs.is_lonlat else shapely.transform(found, lambda pairs: pairs[:, ::-1])
    widest = max(east - west, north - south)
    return shapely.segmentize(found, widest / 32) if widest > 0 else found


def _rectangle(west: float, south: float, east: float, north: float) -> BaseGeometry:
    """Return a box; the line or point that is left of one without height or width."""
    if west < east and south < north:
        return shapely.box(west, south, east, north)
    corners = shapely.LineString([(west, south), (east, north)])
    return corners if (west, south) != (east, north) else shapely.Point(west, south)


@lru_cache(maxsize=64)
def _project(uri: str, *, inverse: bool) -> Callable[[Any], Any]:
    if uri in _LATITUDE_FIRST:
        return _swapped
    # Both systems' own axes: CRS84's are longitude and latitude.
    ends = ("OGC:CRS84", f"EPSG:{uri.rpartition('/')[2]}")
    transformer = Transformer.from_crs(*(ends[::-1] if inverse else ends))

    def change(pairs: Any) -> Any:
        return np.column_stack(transformer.transform(pairs[:, 0], pairs[:, 1]))

    return change


def _swapped(pairs: Any) -> Any:
    return pairs[:, ::-1]
