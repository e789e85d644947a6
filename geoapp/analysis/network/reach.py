"""What can be walked from a place within a limit: nodes with their walks, and pieces of edges."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.kernels import bands as band_kernels
from geoapp.analysis.network.kernels import search as kernels
from geoapp.analysis.network.snapping import Snapped

_NONE: Final = np.empty(0, np.int32)
_NO_MASK: Final = np.empty(0, np.bool_)


@dataclass(frozen=True, slots=True)
class Reach:
    """The part of a network that is within a walk.

    Attributes
    ----------
    limit_dm
        The longest walk, decimetres.
    nodes, walk_dm
        Nodes within the limit in ascending order, int32, and the walks to them, decimetres.
    edge, low_dm, high_dm
        Pieces of edges: within the limit is everything from ``low_dm`` to ``high_dm`` decimetres
        after the edge's start, float64. An edge reached from both ends and not in its middle
        stands there twice.
    rest_edge, rest_low_dm, rest_high_dm
        The other pieces of the same edges: what lies beyond the limit.
    """

    limit_dm: int
    nodes: NDArray[np.int32]
    walk_dm: NDArray[np.int32]
    edge: NDArray[np.int32]
    low_dm: NDArray[np.float64]
    high_dm: NDArray[np.float64]
    rest_edge: NDArray[np.int32]
    rest_low_dm: NDArray[np.float64]
    rest_high_dm: NDArray[np.float64]


def reach(network: WalkingNetwork, origin: Snapped, place: int, *, limit_dm: int) -> Reach:
    """Return what is within a walk from one place, its leg to the network included.

    Parameters
    ----------
    origin, place
        Places on the network, and which of them; off the network nothing is reached.
    limit_dm
        The longest walk, decimetres; exactly as long is within it.
    """
    edge = int(origin.edge[place])
    left_dm = limit_dm - int(origin.leg[place])
    if edge < 0 or left_dm < 0:
        return _reach(network, limit_dm, _NONE, _NONE, np.empty((0, 3)))
    ends = np.array([network.edge_start[edge], network.edge_end[edge]], np.int32)
    along = np.array([origin.to_start[place], origin.to_end[place]], np.int32)
    reached = np.full(network.node_count, kernels.FAR, np.int32)
    _, _, touched = kernels.walk(
        network.indptr,
        network.indices,
        network.length_dm,
        np.zeros(network.node_count + 1, np.int64),
        _NONE,
        _NONE,
        _NO_MASK,
        ends,
        along + origin.leg[place],
        limit_dm,
        0,
        reached,
        _NONE,
    )
    nodes = np.sort(touched)
    foot = float(along[0])
    own = [[edge, max(0.0, foot - left_dm), min(float(along.sum()), foot + left_dm)]]
    return _reach(network, limit_dm, nodes, reached[nodes], np.array(own))


def _reach(
    network: WalkingNetwork,
    limit_dm: int,
    nodes: NDArray[np.int32],
    walk_dm: NDArray[np.int32],
    own: NDArray[np.float64],
) -> Reach:
    """Cut the edges at the limit; ``own`` is the piece (edge, low, high) around the place."""
    edges, from_start, from_end = _edges_at(network, nodes, limit_dm - walk_dm)
    length = network.edge_length_dm[edges].astype(np.float64)
    beside = np.isin(edges, own[:, 0])  # the place's own edge is put together piece by piece
    whole = (from_start >= 0) & (from_end >= 0) & (from_start + from_end >= length)
    whole |= (from_start >= length) | (from_end >= length)
    whole &= ~beside
    some = ~(whole | beside)
    start_to, end_from = np.minimum(from_start, length), np.maximum(length - from_end, 0)
    by_start, by_end = some & (from_start >= 0), some & (from_end >= 0)
    mine = []
    if beside.any():
        row = np.flatnonzero(beside)[0]
        if from_start[row] >= 0:
            mine.append([float(edges[row]), 0.0, float(start_to[row])])
        if from_end[row] >= 0:
            mine.append([float(edges[row]), float(end_from[row]), float(length[row])])
    merged = _merged([*mine, *own.tolist()])
    gaps = _gaps(network, merged)
    pieces = np.concatenate(
        [
            _rows(edges, np.zeros(len(edges)), length, whole),
            _rows(edges, np.zeros(len(edges)), start_to, by_start),
            _rows(edges, end_from, length, by_end),
            merged,
        ]
    )
    rest = np.concatenate(
        [
            _rows(
                edges,
                np.where(from_start >= 0, start_to, 0.0),
                np.where(from_end >= 0, end_from, length),
                some,
            ),
            gaps,
        ]
    )
    pieces = pieces[np.lexsort((pieces[:, 1], pieces[:, 0]))]
    rest = rest[np.lexsort((rest[:, 1], rest[:, 0]))]
    return Reach(
        limit_dm,
        nodes,
        walk_dm,
        pieces[:, 0].astype(np.int32),
        pieces[:, 1],
        pieces[:, 2],
        rest[:, 0].astype(np.int32),
        rest[:, 1],
        rest[:, 2],
    )


def _rows(edge: Any, low: Any, high: Any, kept: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.stack([edge[kept].astype(np.float64), low[kept], high[kept]], axis=1)


def _edges_at(
    network: WalkingNetwork, nodes: NDArray[np.int32], left_dm: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the edges at some nodes, and what may still be walked from their ends (-1: nothing).

    Edges are ordered by start and end, so those that start at a node stand together; those that
    end there are found through its neighbours with lower numbers.
    """
    if len(nodes) == 0:
        return np.empty(0, np.int64), np.empty(0), np.empty(0)
    degree = network.indptr[nodes + 1] - network.indptr[nodes]
    nth = np.arange(int(degree.sum())) - np.repeat(np.cumsum(degree) - degree, degree)
    one = np.repeat(nodes.astype(np.int64), degree)
    other = network.indices[np.repeat(network.indptr[nodes], degree) + nth].astype(np.int64)
    low, high = np.minimum(one, other), np.maximum(one, other)
    pairs = np.unique(low * network.node_count + high)
    low, high = np.divmod(pairs, network.node_count)
    edges = band_kernels.edges_between(network.edge_start, network.edge_end, low, high)

    def left(at: NDArray[np.int64]) -> NDArray[np.float64]:
        place = np.minimum(np.searchsorted(nodes, at), len(nodes) - 1)
        return np.where(nodes[place] == at, left_dm[place], -1).astype(np.float64)

    return edges, left(low), left(high)


def _merged(pieces: list[list[float]]) -> NDArray[np.float64]:
    """Join pieces of one edge that touch."""
    joined: list[list[float]] = []
    for edge, low, high in sorted(pieces):
        if joined and low <= joined[-1][2]:
            joined[-1][2] = max(joined[-1][2], high)
        else:
            joined.append([edge, low, high])
    return np.array(joined, np.float64).reshape(-1, 3)


def _gaps(network: WalkingNetwork, pieces: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what merged pieces of one edge leave of it."""
    if len(pieces) == 0:
        return pieces
    edge, length = pieces[0, 0], float(network.edge_length_dm[int(pieces[0, 0])])
    low, high = np.r_[0.0, pieces[:, 2]], np.r_[pieces[:, 1], length]
    gaps = np.stack([np.full(len(low), edge), low, high], axis=1)
    return np.asarray(gaps[high > low])
