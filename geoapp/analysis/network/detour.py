"""How much longer walks are than straight lines, measured on a network.

Where a network lies, its own factor estimates the walks that cannot be made on it (to a place
beside it, or cut off from it) better than a number for everywhere.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Final

import numpy as np

from geoapp.analysis.geometry.spheroid import geodesic_m
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.kernels import search as kernels
from geoapp.core.arrays import BoolArray, FloatArray
from geoapp.core.walking import WalkingEstimate

# The lines that a service standard is about. Below, the width of a street decides.
LEAST_LINE_M: Final = 200.0
GREATEST_LINE_M: Final = 600.0
_LIMIT_DM: Final = int(GREATEST_LINE_M * 5 * 10)
_ORIGINS: Final = 200
# Latitudes farther apart than this are more than the longest line apart everywhere on earth.
_NEAR_DEGREES: Final = GREATEST_LINE_M / 110_000
_NONE: Final = np.empty(0, np.int32)


def measured_detour(network: WalkingNetwork) -> float | None:
    """Return walked metres per straight metre between places of the largest part of a network.

    From 200 nodes, the same ones at every call, to all nodes between 200 and 600 m away in a
    straight line: the sum of the walks over the sum of the lines. Walks of more than five times
    the longest line are not found and left out.

    Returns
    -------
    At least 1 and at most 5; None where the network is too small to tell.
    """
    largest = np.flatnonzero(network.part == 0)
    random = np.random.default_rng(0)
    origins = random.choice(largest, min(_ORIGINS, len(largest)), replace=False)
    reached = np.full(network.node_count, kernels.FAR, np.int32)
    no_targets = np.zeros(network.node_count + 1, np.int64)
    walked_m = straight_m = 0.0
    for origin in np.sort(origins):
        _, _, touched = kernels.walk(
            network.indptr,
            network.indices,
            network.length_dm,
            no_targets,
            _NONE,
            _NONE,
            np.empty(0, np.bool_),
            np.array([origin], np.int32),
            np.zeros(1, np.int32),
            _LIMIT_DM,
            0,
            reached,
            _NONE,
        )
        near = touched[np.abs(network.lat[touched] - network.lat[origin]) <= _NEAR_DEGREES]
        line_m = np.asarray(
            geodesic_m(
                np.full(len(near), network.lon[origin]),
                np.full(len(near), network.lat[origin]),
                network.lon[near],
                network.lat[near],
            )
        )
        counts = (line_m >= LEAST_LINE_M) & (line_m <= GREATEST_LINE_M)
        walked_m += float(reached[near][counts].sum(dtype=np.int64)) / 10
        straight_m += float(line_m[counts].sum())
        reached[touched] = kernels.FAR
    return min(5.0, max(1.0, walked_m / straight_m)) if straight_m > 0 else None


def with_detour(network: WalkingNetwork) -> WalkingNetwork:
    """Return the network with its measured factor."""
    return replace(network, detour_factor=measured_detour(network))


def within_bounds(network: WalkingNetwork, lon: FloatArray, lat: FloatArray) -> BoolArray:
    """Tell which places (degrees, EPSG:4326) lie in the box around a network."""
    west, south, east, north = network.bounds
    return np.asarray((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))


def local_factor(
    network: WalkingNetwork, lon: FloatArray, lat: FloatArray, estimate: WalkingEstimate
) -> FloatArray:
    """Return by place the factor that estimates its walks: the network's around it, else the usual."""
    if network.detour_factor is None:
        return np.full(len(lon), estimate.detour_factor)
    inside = within_bounds(network, lon, lat)
    return np.where(inside, network.detour_factor, estimate.detour_factor)


def local_estimate(
    network: WalkingNetwork | None, estimate: WalkingEstimate, *, lon: float, lat: float
) -> WalkingEstimate:
    """Return how walks from one place are estimated."""
    if network is None or network.detour_factor is None:
        return estimate
    west, south, east, north = network.bounds
    if not (west <= lon <= east and south <= lat <= north):
        return estimate
    return _with_factor(estimate, network.detour_factor)


@lru_cache(maxsize=64)
def _with_factor(estimate: WalkingEstimate, factor: float) -> WalkingEstimate:
    """Return an estimate with another factor: made, and its range looked at, once."""
    return replace(estimate, detour_factor=factor)
