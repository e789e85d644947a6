"""Areas where no station may stand, as planners bring them: GeoJSON, which is always WGS-84."""

import json
from typing import Any, Final

import shapely

from geoapp.core.errors import InvalidValueError
from geoapp.core.geo import geometry_from_wgs84
from geoapp.core.geojson import parse_geometry
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import area_in_wgs84
from geoapp.core.words import Datum

MOST_AREAS: Final = 200
_ACCEPTED = Text(
    f"至多 {MOST_AREAS} 个面的 GeoJSON（WGS-84）",
    f"GeoJSON (WGS-84) with at most {MOST_AREAS} polygons",
)


def read_areas(content: bytes, datum: Datum) -> list[dict[str, Any]]:
    """Return the polygons of a GeoJSON text, each by itself, with coordinates in a datum.

    Raises
    ------
    InvalidValueError
        If it is no GeoJSON, holds no polygon or too many, or one that is not on the earth.
    """
    try:
        data = json.loads(content)
    except ValueError:
        raise InvalidValueError(
            "file", content[:40].decode("utf-8", "replace"), _ACCEPTED
        ) from None
    members = data.get("features", [data]) if isinstance(data, dict) else []
    if not isinstance(members, list):
        raise InvalidValueError("file", type(members).__name__, _ACCEPTED)
    areas: list[dict[str, Any]] = []
    for member in members:
        geometry: Any = member.get("geometry", member) if isinstance(member, dict) else None
        if isinstance(parse_geometry(geometry), shapely.Polygon | shapely.MultiPolygon):
            checked = shapely.from_geojson(json.dumps(area_in_wgs84(geometry, Datum.WGS84)))
            for part in shapely.get_parts(checked).tolist():
                areas.append(geometry_from_wgs84(shapely.to_wkb(part), datum))
    if not 1 <= len(areas) <= MOST_AREAS:
        raise InvalidValueError("file", len(areas), _ACCEPTED)
    return areas
