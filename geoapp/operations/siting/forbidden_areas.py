"""Areas where no station may stand, as planners bring them: GeoJSON, which is always WGS-84."""

from typing import Any

import shapely
import shapely.geometry

from geoapp.core.geo import geometry_from_wgs84
from geoapp.core.questions.places import read_polygons
from geoapp.core.words import Datum


def read_areas(content: bytes) -> list[dict[str, Any]]:
    """Return the polygons of a GeoJSON text, each by itself.

    Raises
    ------
    InvalidValueError
        If it is no GeoJSON, holds no polygon or too many, one that is not on the earth, or
        one whose outline crosses itself.
    """
    return [
        geometry_from_wgs84(shapely.to_wkb(shapely.geometry.shape(area)), Datum.WGS84)
        for area in read_polygons("file", content)
    ]
