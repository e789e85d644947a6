"""GeoJSON geometries read."""

from typing import Any

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.core.i18n import Text


def parse_geometry(source: Any) -> BaseGeometry | Text | None:
    """Return a GeoJSON geometry as shapely's, in two dimensions; a Text says why it is none."""
    if source is None:
        return None
    try:
        geometry = shapely.from_geojson(orjson.dumps(source))
    except (shapely.errors.GEOSException, ValueError, TypeError):
        return Text("不是有效的 GeoJSON 几何", "not a valid GeoJSON geometry")
    return shapely.force_2d(geometry)
