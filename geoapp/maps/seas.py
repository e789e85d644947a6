"""Where it is known that there is sea: what lies outside of the stored districts is else neither land nor sea."""

from functools import lru_cache

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.core.parsing import Bbox
from geoapp.core.paths import shipped

# What is drawn around a box: its longer side in detail, far more roughly.
_LEAST_SIDE_DEG = 0.5
_FAR_DEG = 10.0
# A side has so many steps at most, as a screen shows no more.
_STEPS = 2000
_DECIMALS = 4


@lru_cache(maxsize=1)
def _known() -> tuple[BaseGeometry, BaseGeometry]:
    """Return the sea around China, to about 100 m and to about 2 km (EPSG:4326)."""
    told = orjson.loads((shipped("data") / "facts" / "seas.json").read_bytes())
    near, far = (shapely.from_geojson(orjson.dumps(told[name])) for name in ("near", "far"))
    return near, far


def known_sea(box: Bbox) -> BaseGeometry:
    """Return what is known to be sea in a box (EPSG:4326), to about 100 m; empty far from China."""
    return shapely.intersection(_known()[0], shapely.box(*box))


@lru_cache(maxsize=64)
def sea_near(box: Bbox) -> bytes:
    """Return what is known to be sea in and around a box, as a GeoJSON geometry (EPSG:4326); empty far from China.

    Parameters
    ----------
    box
        West, south, east, north in degrees.
    """
    west, south, east, north = box
    side = max(east - west, north - south, _LEAST_SIDE_DEG)
    frame = shapely.box(west - side, south - side, east + side, north + side)
    whole = shapely.box(west - _FAR_DEG, south - _FAR_DEG, east + _FAR_DEG, north + _FAR_DEG)
    near, far = _known()
    sharp = shapely.intersection(near, frame).simplify(side / _STEPS)
    rough = shapely.intersection(shapely.difference(far, frame), whole)
    sea = shapely.set_precision(shapely.union_all([sharp, rough]), 10**-_DECIMALS)
    return shapely.to_geojson(sea).encode()
