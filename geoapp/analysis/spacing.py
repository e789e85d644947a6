"""Stations against a rule of spacing: which are too close, and how many people work around a place.

What lies too far from any station is coverage with a limit of its own at each place.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree

from geoapp.analysis.geometry.spheroid import checked_lonlat, ecef, geodesic_m
from geoapp.analysis.siting.spacing import pairs_nearer_than
from geoapp.analysis.walks.pairs import PairWalks
from geoapp.core.arrays import BoolArray, FloatArray, IntArray

_AT_ONCE: Final = 2_000
# A chord of up to 5 km is less than a millimetre shorter than its geodesic: only so near the rim
# does the geodesic decide.
_RIM_M: Final = 0.01


@dataclass(frozen=True, slots=True)
class ClosePairs:
    """Pairs of stations that are closer than they may be, the closest first.

    Attributes
    ----------
    pairs
        Positions, shape (n, 2).
    away_m, least_m
        How far they are apart and how far they would have to be, shape (n,).
    """

    pairs: IntArray
    away_m: FloatArray
    least_m: FloatArray


def workers_per_km2(
    lon: ArrayLike,
    lat: ArrayLike,
    weight: FloatArray,
    *,
    at_lon: ArrayLike,
    at_lat: ArrayLike,
    around_m: float,
) -> FloatArray:
    """Return how many people work on a square kilometre around some places.

    Parameters
    ----------
    lon, lat, weight
        Where people work and how many, decimal degrees, EPSG:4326.
    at_lon, at_lat
        The places, EPSG:4326.
    around_m
        Who works no farther away than this counts: geodesic metres, closed, at most 5 km.
    """
    x, y = checked_lonlat(lon, lat)
    to_x, to_y = checked_lonlat(at_lon, at_lat)
    sums = np.zeros(len(to_x))
    if len(x) and len(to_x):
        tree = cKDTree(ecef(x, y))
        for first in range(0, len(to_x), _AT_ONCE):
            some = slice(first, first + _AT_ONCE)
            near = cKDTree(ecef(to_x[some], to_y[some])).sparse_distance_matrix(
                tree, around_m, output_type="coo_matrix"
            )
            row, column, chord_m = near.row, near.col, near.data
            rim = np.flatnonzero(chord_m > around_m - _RIM_M)
            counts = np.ones(len(row), np.bool_)
            counts[rim] = (
                geodesic_m(
                    to_x[some][row[rim]], to_y[some][row[rim]], x[column[rim]], y[column[rim]]
                )
                <= around_m
            )
            sums[some] = np.bincount(row[counts], weight[column[counts]], minlength=len(to_x[some]))
    return sums / (math.pi * (around_m / 1000) ** 2)


def too_close(
    lon: ArrayLike,
    lat: ArrayLike,
    least_m: FloatArray,
    station_of: IntArray,
    walks: PairWalks | None = None,
) -> ClosePairs:
    """Return the pairs of stations that are closer to each other than a rule allows.

    Parameters
    ----------
    lon, lat
        The n places of stations, decimal degrees, EPSG:4326.
    least_m
        By place how far others must be; of the two numbers of a pair the smaller counts, and a pair
        exactly so far apart complies. Shape (n,).
    station_of
        By place the number of its station: places of one station are never too close. Shape (n,).
    walks
        Walks from the same places; None: metres are those of the straight line on the spheroid.
    """
    x, y = checked_lonlat(lon, lat)
    # No walk is shorter than its line, so no pair is missed.
    pairs = pairs_nearer_than(least_m, lon=x, lat=y)
    pairs = pairs[station_of[pairs[:, 0]] != station_of[pairs[:, 1]]]
    one, other = pairs[:, 0], pairs[:, 1]
    least = np.minimum(least_m[one], least_m[other])
    if walks is None:
        away = np.asarray(geodesic_m(x[one], y[one], x[other], y[other]), dtype=np.float64)
    else:
        away = _walked(walks, x, y, one, other, float(least.max(initial=0.0)))
    kept: BoolArray = away < least
    order = np.lexsort((other[kept], one[kept], away[kept]))
    return ClosePairs(pairs[kept][order], away[kept][order], least[kept][order])


def _walked(
    walks: PairWalks,
    lon: FloatArray,
    lat: FloatArray,
    one: IntArray,
    other: IntArray,
    most_m: float,
) -> FloatArray:
    """Return the walks between pairs of places, the shorter of the two ways; inf beyond a limit."""
    if not len(one):
        return np.empty(0)
    found = walks.within(lon, lat, limit_m=most_m).tocoo()
    count = len(lon)
    keys = found.coords[0].astype(np.int64) * count + found.coords[1]
    order = np.argsort(keys)
    keys, metres = keys[order], found.data[order]

    def of(asked: IntArray) -> FloatArray:
        if not len(keys):
            return np.full(len(asked), np.inf)
        place = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
        return np.where(keys[place] == asked, metres[place], np.inf)

    return np.minimum(of(one * count + other), of(other * count + one))
