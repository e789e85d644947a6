"""From where on the ways places are within a walk: stretches of edges, exact to the decimetre.

Somebody who stands on an edge, t decimetres after its start, and a place at the leg l, a and b
decimetres from the ends of its own edge, are a walk apart that the network itself defines
(``search``): whole decimetres, so that the stretches below are what it says and nothing is rounded.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geoapp.analysis.geometry.spheroid import POLE_RADIUS_M, ecef, greatest_chord_m
from geoapp.analysis.network.graph import FINE, WalkingNetwork
from geoapp.analysis.network.kernels import bands as band_kernels
from geoapp.analysis.network.kernels import search as search_kernels
from geoapp.analysis.network.kernels import stretches as kernels
from geoapp.analysis.network.snapping import Snapped
from geoapp.core.arrays import FloatArray

# Whoever is put on an edge with a leg that rounds to nothing may stand so far beside what is written.
_BESIDE_M: Final = 0.15

Rows = NDArray[np.int32]


def stretches_within(
    network: WalkingNetwork, places: Snapped, limit_dm: int, *, most: int, threads: int = 2
) -> Rows:
    """Return from where on the ways each place is within a walk.

    Parameters
    ----------
    places
        Those off the network (edge -1) are reached from nowhere.
    limit_dm
        The longest walk in decimetres, the place's leg to the network included; closed.
    most
        Beyond so many rows the search is given up: what is returned is then longer than this.

    Returns
    -------
    rows
        Shape (k, 4): edge, first and last whole decimetre after its start, place. A place has at most
        two stretches of an edge, and these do not touch. Only edges that lead on (`FINE`) are listed:
        whoever stands on another one is cut off.
    """
    edges = _neighbour_edges(network)
    parts = np.array_split(np.arange(len(places)), max(1, min(threads * 4, len(places))))

    def part_of(part: NDArray[np.int64]) -> Rows:
        if not len(part):
            return np.empty((0, 4), np.int32)
        some = slice(int(part[0]), int(part[-1]) + 1)
        found: Rows = kernels.stretches(
            network.indptr,
            network.indices,
            network.length_dm,
            edges,
            network.edge_start,
            network.edge_end,
            network.edge_length_dm,
            network.edge_fine,
            places.edge[some],
            places.to_start[some],
            places.to_end[some],
            places.leg[some],
            int(part[0]),
            limit_dm,
            most,
            np.full(network.node_count, search_kernels.FAR, np.int32),
        )
        return found

    found: list[Rows] = []
    with ThreadPoolExecutor(threads) as pool:
        for begin in range(0, len(parts), threads):
            found += list(pool.map(part_of, parts[begin : begin + threads]))
            if sum(len(one) for one in found) > most:
                break
    return np.concatenate(found)


def _neighbour_edges(network: WalkingNetwork) -> NDArray[np.int32]:
    """Return the edge of each entry of the neighbours."""
    node = np.repeat(np.arange(network.node_count), np.diff(network.indptr))
    low, high = np.minimum(node, network.indices), np.maximum(node, network.indices)
    found: Any = band_kernels.edges_between(network.edge_start, network.edge_end, low, high)
    return np.asarray(found, np.int32)


def stretches_by_line(
    network: WalkingNetwork, lon: FloatArray, lat: FloatArray, reach_m: FloatArray
) -> Rows:
    """Return stretches that hold all places on the ways that are within a straight line of a point.

    Parameters
    ----------
    lon, lat
        The points, decimal degrees, EPSG:4326.
    reach_m
        By point, the longest geodesic.

    Returns
    -------
    rows
        As of `stretches_within`, but a hair longer (some 15 cm, and what a long edge strays from its
        chord): never shorter.
    """
    if not len(lon):
        return np.empty((0, 4), np.int32)
    fine = np.flatnonzero(network.edge_fine == FINE)
    ends = np.stack((network.edge_start[fine], network.edge_end[fine]))
    corners = np.stack((network.lon[ends], network.lat[ends]), axis=-1).swapaxes(0, 1)
    lines: Any = shapely.linestrings(corners)  # an array, since corners are many
    # A degree is at least 110.5 km long from south to north, and so much shorter from west to east.
    high = (reach_m + 1.0) / 110_500.0
    wide = high / np.maximum(np.cos(np.radians(np.minimum(np.abs(lat) + high, 90.0))), 1e-6)
    boxes = shapely.box(lon - wide, lat - high, lon + wide, lat + high)
    point, near = shapely.STRtree(lines).query(boxes)
    a, b = ends[0, near], ends[1, near]
    start, end = ecef(network.lon[a], network.lat[a]), ecef(network.lon[b], network.lat[b])
    way, back = end - start, start - ecef(lon[point], lat[point])
    square = np.maximum((way * way).sum(axis=1), 1e-12)
    # A line that is straight in degrees strays from the chord: downwards, and beside it.
    slope = 1.0 + np.tan(np.radians(np.minimum(np.abs(lat[point]), 89.9)))
    slack_m = _BESIDE_M + square * slope / (8 * 0.99 * POLE_RADIUS_M)
    reach = np.array([greatest_chord_m(float(one)) for one in reach_m])[point] + slack_m
    half = (way * back).sum(axis=1) / square
    rest = half * half - ((back * back).sum(axis=1) - reach * reach) / square
    met = rest >= 0
    root = np.sqrt(np.maximum(rest, 0.0))
    length = network.edge_length_dm[fine[near]].astype(np.float64)
    low = np.maximum(np.floor((-half - root) * length), 0.0)
    last = np.minimum(np.ceil((-half + root) * length), length)
    met &= low <= last
    columns = (fine[near], low, last, point)
    return np.stack([one[met].astype(np.int32) for one in columns], axis=1)
