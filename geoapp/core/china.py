"""Where the GCJ-02 rule applies: China's outline, not a rectangle around it.

The usual converters shift everything in a rectangle that also holds Seoul, Hanoi and Ulaanbaatar,
by 300 to 500 m. Hong Kong and Macau lie inside the outline (their Chinese map services use GCJ-02);
Taiwan lies outside (Amap's coordinates there are WGS-84). The outline is generalised outwards: all
land lies inside, in WGS-84 and in GCJ-02, and what lies outside China is inside at most about 1.5 km
from the border.
"""

import json
from functools import lru_cache
from math import floor
from typing import Any

import shapely
from shapely import MultiPolygon

from geoapp.core.paths import shipped


@lru_cache(maxsize=1)
def china_outline() -> MultiPolygon:
    """Return the outline, EPSG:4326."""
    data = json.loads(
        (shipped("static") / "maps" / "china_outline.json").read_text(encoding="utf-8")
    )
    outline = MultiPolygon([shapely.Polygon(ring) for ring in data["rings"]])
    shapely.prepare(outline)
    return outline


def in_china(lon: Any, lat: Any) -> Any:
    """Tell which points lie inside China's outline.

    Parameters
    ----------
    lon, lat
        Decimal degrees, numbers or arrays; WGS-84 and GCJ-02 do equally, since the outline is coarser than the shift.
    """
    return shapely.contains_xy(china_outline(), lon, lat)


_CELLS_PER_DEGREE = 20


@lru_cache(maxsize=200_000)
def _cell_inside(column: int, row: int) -> bool | None:
    """Tell whether a cell of 0.05 degrees lies inside, outside (False), or on the outline (None)."""
    west, south = column / _CELLS_PER_DEGREE, row / _CELLS_PER_DEGREE
    side = 1 / _CELLS_PER_DEGREE
    cell = shapely.box(west, south, west + side, south + side)
    if china_outline().contains_properly(cell):
        return True
    return None if china_outline().intersects(cell) else False


def point_in_china(lon: float, lat: float) -> bool:
    """Tell whether one point lies inside, as ``in_china`` does; most answers are remembered."""
    inside = _cell_inside(floor(lon * _CELLS_PER_DEGREE), floor(lat * _CELLS_PER_DEGREE))
    return bool(in_china(lon, lat)) if inside is None else inside
