"""Where the GCJ-02 rule applies: China's outline, not a rectangle around it.

The usual converters shift everything in a rectangle that also holds Seoul, Hanoi and Ulaanbaatar,
by 300 to 500 m. Hong Kong and Macau lie inside the outline (their Chinese map services use GCJ-02);
Taiwan lies outside (Amap's coordinates there are WGS-84). The outline is generalised outwards: all
land lies inside, in WGS-84 and in GCJ-02, and what lies outside China is inside at most about 1.5 km
from the border.
"""

import json
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon

from geoapp.core.paths import shipped


@lru_cache(maxsize=1)
def _outline() -> MultiPolygon:
    data = json.loads((shipped("data") / "china_outline.json").read_text(encoding="utf-8"))
    outline = MultiPolygon([shapely.Polygon(ring) for ring in data["rings"]])
    shapely.prepare(outline)
    return outline


def in_china(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which points lie inside China's outline.

    Parameters
    ----------
    lon, lat
        Decimal degrees; WGS-84 and GCJ-02 do equally, since the outline is coarser than the shift.
    """
    inside: NDArray[np.bool_] = shapely.contains_xy(_outline(), lon, lat)
    return inside
