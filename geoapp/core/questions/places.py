"""Places that a question names by hand: drawn candidates, and areas where none may stand."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import shapely
import shapely.geometry
from shapely.geometry.base import BaseGeometry

from geoapp.core.errors import InvalidValueError
from geoapp.core.geo import geometry_to_wgs84, to_wgs84
from geoapp.core.geojson import parse_geometry
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_AREAS, MOST_DRAWN
from geoapp.core.words import Datum

_AREAS = Text(
    f"至多 {MOST_AREAS} 个面的 GeoJSON",
    f"GeoJSON with at most {MOST_AREAS} polygons",
)
_SITES = Text(
    f"至多 {MOST_DRAWN} 个点的 GeoJSON，每个点有属性 code",
    f"GeoJSON with at most {MOST_DRAWN} points, each with a property code",
)
# Real outlines cross themselves in slivers, which change next to nothing of what they enclose.
_SLIVER_SHARE = 0.01
_NOT_CROSSED = Text(
    "边界不自相交的面（请改正这一点附近顶点的顺序）",
    "polygons whose outline does not cross itself (mend the order of the corners near there)",
)
# What a position may lose on its way through a page: a few centimetres.
SAME_PLACE_DEGREES = 3e-7


@dataclass(frozen=True, slots=True)
class DrawnSite:
    """A candidate that somebody drew; WGS-84, decimal degrees."""

    code: str
    lon: float
    lat: float
    name: str | None = None
    cost: float | None = None


def drawn_in_wgs84(site: dict[str, Any], datum: Datum) -> DrawnSite:
    """Return a drawn candidate of a datum as one in WGS-84."""
    lon, lat = to_wgs84(lon=float(site["lon"]), lat=float(site["lat"]), datum=datum)
    # A centimetre: what comes back from a page in another datum is the same place.
    return DrawnSite(
        site["code"],
        round(float(lon), 7),
        round(float(lat), 7),
        site.get("name"),
        site.get("cost"),
    )


def area_in_wgs84(area: dict[str, Any], datum: Datum) -> dict[str, Any]:
    """Return a GeoJSON polygon of a datum as one in WGS-84, with nothing but its geometry.

    Raises
    ------
    InvalidValueError
        If it is none, or its outline crosses itself, so that nobody can tell what it encloses.
    """
    shape: BaseGeometry = geometry_to_wgs84(_simple("forbidden_areas", polygon(area)), datum)
    return {str(name): value for name, value in shapely.geometry.mapping(shape).items()}


def polygon(area: dict[str, Any]) -> BaseGeometry:
    """Return the shape of a GeoJSON polygon.

    Raises
    ------
    InvalidValueError
        If it is no polygon on the earth.
    """
    shape = parse_geometry(area)
    if (
        isinstance(shape, shapely.Polygon | shapely.MultiPolygon)
        and not shape.is_empty
        and _on_earth(shape)
    ):
        return shape
    raise InvalidValueError(
        "forbidden_areas", area.get("type"), Text("GeoJSON 面", "GeoJSON polygons")
    )


def _simple(parameter: str, shape: BaseGeometry) -> BaseGeometry:
    """Refuse an outline like a bow-tie; loops that run backwards count as negative in its area."""
    # Part by part: that parts lie upon each other leaves no doubt about what is meant.
    for part in shapely.get_parts(shape).tolist():
        if part.is_valid:
            continue
        mended = shapely.make_valid(part).area
        if abs(mended - part.area) > _SLIVER_SHARE * mended:
            where = shapely.is_valid_reason(part).partition("[")[2].rstrip("]")
            raise InvalidValueError(parameter, where, _NOT_CROSSED)
    return shape


def _on_earth(shape: BaseGeometry) -> bool:
    west, south, east, north = shape.bounds
    return west >= -180 and east <= 180 and south >= -90 and north <= 90


def union_of(areas: Iterable[dict[str, Any]]) -> BaseGeometry | None:
    """Return GeoJSON polygons as one shape; None where there are none."""
    shapes = [shapely.make_valid(polygon(area)) for area in areas]
    return shapely.union_all(shapes) if shapes else None


def same_areas(first: Iterable[dict[str, Any]], second: Iterable[dict[str, Any]]) -> bool:
    """Tell whether two lists of polygons cover the same ground, to a few centimetres.

    The order of polygons and of corners, and where a ring begins or turns, does not matter.
    """
    a, b = union_of(first), union_of(second)
    if a is None or b is None:
        return a is b
    # Of polygons the distance is that of their rings.
    near: float = shapely.hausdorff_distance(a, b)
    # The same rings may have the area on either side of them.
    apart: float = shapely.symmetric_difference(a, b).area
    return near <= SAME_PLACE_DEGREES and apart <= SAME_PLACE_DEGREES * (a.length + b.length)


def same_sites(first: Iterable[DrawnSite], second: Iterable[DrawnSite]) -> bool:
    """Tell whether two lists of drawn candidates are the same, in any order, to a few centimetres."""
    a, b = ({one.code: one for one in sites} for sites in (first, second))
    return a.keys() == b.keys() and all(
        abs(one.lon - b[code].lon) <= SAME_PLACE_DEGREES
        and abs(one.lat - b[code].lat) <= SAME_PLACE_DEGREES
        and (one.name or None, one.cost) == (b[code].name or None, b[code].cost)
        for code, one in a.items()
    )


def read_polygons(parameter: str, content: bytes) -> Iterator[dict[str, Any]]:
    """Go through the polygons of a GeoJSON text, whatever else it holds, each by itself.

    Raises
    ------
    InvalidValueError
        If it is no GeoJSON, holds no polygon or too many, one that is not on the earth, or one
        whose outline crosses itself.
    """
    found: list[BaseGeometry] = []
    for geometry, _ in _members(parameter, content, _AREAS):
        if isinstance(parse_geometry(geometry), shapely.Polygon | shapely.MultiPolygon):
            found += shapely.get_parts(_simple(parameter, polygon(geometry))).tolist()
    if not 1 <= len(found) <= MOST_AREAS:
        raise InvalidValueError(parameter, len(found), _AREAS)
    for shape in found:
        yield {str(name): value for name, value in shapely.geometry.mapping(shape).items()}


def read_sites(parameter: str, content: bytes) -> list[dict[str, Any]]:
    """Return the points of a GeoJSON text as drawn candidates, in its own datum.

    Raises
    ------
    InvalidValueError
        If it is no GeoJSON, a point has no code or a cost that is no number, or there are too many.
    """
    sites = []
    for geometry, known in _members(parameter, content, _SITES):
        shape = parse_geometry(geometry)
        if not isinstance(shape, shapely.Point) or shape.is_empty or not _on_earth(shape):
            raise InvalidValueError(parameter, str(geometry)[:80], _SITES)
        code, name, cost = (known.get(one) for one in ("code", "name", "cost"))
        if code is None or not str(code).strip():
            raise InvalidValueError(parameter, str(known)[:80], _SITES)
        if cost is not None and (isinstance(cost, bool) or not isinstance(cost, int | float)):
            raise InvalidValueError(
                parameter, cost, Text("cost 是数的点", "points whose cost is a number")
            )
        sites.append(
            {
                "code": str(code).strip(),
                "lon": shape.x,
                "lat": shape.y,
                "name": None if name is None else str(name),
                "cost": None if cost is None else float(cost),
            }
        )
    if not 1 <= len(sites) <= MOST_DRAWN:
        raise InvalidValueError(parameter, len(sites), _SITES)
    return sites


def _members(
    parameter: str, content: bytes, accepted: Text
) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Go through the geometries of a GeoJSON text with their properties."""
    try:
        data = json.loads(content)
    except ValueError:
        raise InvalidValueError(
            parameter, content[:40].decode("utf-8", "replace"), accepted
        ) from None
    members = data.get("features", [data]) if isinstance(data, dict) else []
    if not isinstance(members, list):
        raise InvalidValueError(parameter, type(members).__name__, accepted)
    for member in members:
        whole = member if isinstance(member, dict) else {}
        known = whole.get("properties")
        yield whole.get("geometry", member), known if isinstance(known, dict) else {}
