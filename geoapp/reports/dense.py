"""Where places lie densely: the box that is worth a map of its own."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

_EDGES: Final = 48


def dense_core(
    spots: Sequence[tuple[float, float]], share: float
) -> tuple[float, float, float, float]:
    """Return the smallest box that holds a share of some places: west, south, east, north in degrees.

    The smallest of those whose west and east edge go through a place; of more than 48 places through
    one of 48 that part them into equal numbers. Of equal ones the most westerly and southerly.

    Parameters
    ----------
    spots
        Longitude and latitude of at least one place, degrees.
    share
        How many of them the box holds at least, above 0 to 1.
    """
    at = np.array(spots, np.float64)
    at = at[np.argsort(at[:, 1], kind="stable")]
    lon, lat = at.T
    least = math.ceil(share * len(at))
    narrow = math.cos(math.radians(float(lat.mean())))
    edges = np.unique(np.quantile(lon, np.linspace(0, 1, min(len(at), _EDGES)), method="nearest"))
    best = (math.inf, (float(lon.min()), float(lat[0]), float(lon.max()), float(lat[-1])))
    for number, west in enumerate(edges.tolist()):
        for east in edges[number:].tolist():
            inside = lat[(lon >= west) & (lon <= east)]
            if len(inside) < least:
                continue
            high = inside[least - 1 :] - inside[: len(inside) - least + 1]
            first = int(high.argmin())
            area = (east - west) * narrow * float(high[first])
            if area < best[0]:
                best = (
                    area,
                    (west, float(inside[first]), east, float(inside[first + least - 1])),
                )
    return best[1]
