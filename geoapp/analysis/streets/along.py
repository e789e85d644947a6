"""Which named street a piece of way runs along."""

import math
from typing import Final

import numpy as np
import shapely

from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.streets import StreetNames

# Lines of names are simplified to 3 m; what strays farther is another way beside the street.
_BESIDE_M: Final = 6.0
_METRES_A_DEGREE: Final = 110_500.0
_AT_ONCE: Final = 20_000


def streets_along(names: StreetNames, start: FloatArray, end: FloatArray) -> IntArray:
    """Return by piece its street's place in ``names.streets``; -1: it runs along none that has a name.

    Parameters
    ----------
    start, end
        The ends of straight pieces, degrees (EPSG:4326), shape (n, 2). A piece is of the street to which
        the farther of its ends is nearest.
    """
    found = np.full(len(start), -1, np.int64)
    if not len(start) or not names.streets:
        return found
    # One scale does for an extract: it only tells 6 m from 7.
    scale = np.array([math.cos(math.radians(float(start[:, 1].mean()))), 1.0]) * _METRES_A_DEGREE
    shapes, of_street = shapely.get_parts([one.lines for one in names.streets], return_index=True)
    lines = shapely.transform(shapes, lambda spots: spots * scale)
    tree = shapely.STRtree(lines)
    a, b = (np.asarray(shapely.points(ends * scale)) for ends in (start, end))
    for first in range(0, len(start), _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        piece, line = tree.query(a[some], predicate="dwithin", distance=_BESIDE_M)
        piece = piece + first
        away = np.maximum(
            shapely.distance(a[piece], lines[line]), shapely.distance(b[piece], lines[line])
        )
        near = np.flatnonzero(away <= _BESIDE_M)
        order = near[np.lexsort((of_street[line[near]], away[near], piece[near]))]
        once = np.ones(len(order), np.bool_)
        once[1:] = piece[order][1:] != piece[order][:-1]
        found[piece[order[once]]] = of_street[line[order[once]]]
    return found
