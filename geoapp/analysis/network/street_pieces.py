"""How far the nearest station is from all along some ways, exact to a point of the way.

Between two places of an edge at which the walk is known, with no station between, it grows from both by a
metre a metre until the two meet: what is too far of it is one piece, whose ends are computed.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.search import FAR, nearest_of_nodes
from geoapp.analysis.network.snapping import Snapped
from geoapp.core.arrays import BoolArray, FloatArray, IntArray

# What is said of a piece by its middle (its region, how busy it is there) holds for so much of a way.
_MOST_DM: Final = 1000


@dataclass(frozen=True, slots=True)
class StreetPieces:
    """Pieces of edges without a station inside, shape (n,) each.

    Attributes
    ----------
    edge, low_dm, high_dm
        The edge, and from where to where after its start, decimetres.
    low_walk_dm, high_walk_dm
        The walk from both ends to the nearest station, its leg to the network included; inf: no way.
    """

    edge: IntArray
    low_dm: FloatArray
    high_dm: FloatArray
    low_walk_dm: FloatArray
    high_walk_dm: FloatArray

    def only(self, kept: BoolArray) -> "StreetPieces":
        """Return some of the pieces."""
        return StreetPieces(
            self.edge[kept],
            self.low_dm[kept],
            self.high_dm[kept],
            self.low_walk_dm[kept],
            self.high_walk_dm[kept],
        )

    @property
    def most_walk_dm(self) -> FloatArray:
        """The longest walk from anywhere on each piece."""
        return (self.low_walk_dm + self.high_walk_dm + self.high_dm - self.low_dm) / 2

    @property
    def most_at_dm(self) -> FloatArray:
        """Where on its edge that is; the middle where there is no way."""
        reachable = np.isfinite(self.low_walk_dm) & np.isfinite(self.high_walk_dm)
        with np.errstate(invalid="ignore"):
            half = (self.low_dm + self.high_dm + self.high_walk_dm - self.low_walk_dm) / 2
        return np.where(reachable, half, (self.low_dm + self.high_dm) / 2)

    def farther_than(self, limit_dm: FloatArray) -> tuple[IntArray, "StreetPieces"]:
        """Return what of the pieces is farther from any station than a limit each.

        Parameters
        ----------
        limit_dm
            By piece, decimetres; a place exactly so far is not too far.

        Returns
        -------
        The position of the piece that each is a part of, and the parts.
        """
        # No way at all is too far over the whole piece.
        low = self.low_dm + np.maximum(0.0, limit_dm - self.low_walk_dm)
        high = self.high_dm - np.maximum(0.0, limit_dm - self.high_walk_dm)
        far = np.flatnonzero(low < high)
        return far, StreetPieces(
            self.edge[far],
            low[far],
            high[far],
            np.maximum(self.low_walk_dm, limit_dm)[far],
            np.maximum(self.high_walk_dm, limit_dm)[far],
        )

    def at(self, network: WalkingNetwork, after_dm: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return places so many decimetres after the edges' starts, degrees, EPSG:4326."""
        start, end = network.edge_start[self.edge], network.edge_end[self.edge]
        share = after_dm / network.edge_length_dm[self.edge]
        return (
            network.lon[start] + share * (network.lon[end] - network.lon[start]),
            network.lat[start] + share * (network.lat[end] - network.lat[start]),
        )

    def lines(self, network: WalkingNetwork) -> NDArray[Any]:
        """Return the pieces as lines, EPSG:4326."""
        ends = [np.stack(self.at(network, dm), axis=1) for dm in (self.low_dm, self.high_dm)]
        return np.asarray(shapely.linestrings(np.stack(ends, axis=1)))

    def joined(self, network: WalkingNetwork, kind: IntArray) -> tuple[int, IntArray]:
        """Return how many stretches the pieces make, and of each piece its stretch.

        Parameters
        ----------
        kind
            Pieces that touch are of one stretch if they are of one kind.
        """
        count = len(self.edge)
        at_end = self.high_dm == network.edge_length_dm[self.edge]
        first, last = network.edge_start[self.edge], network.edge_end[self.edge]
        # Where pieces may touch: a node of the network, or a cut somewhere on an edge.
        place = [
            np.where(self.low_dm == 0, -1 - first, self.edge),
            np.where(at_end, -1 - last, self.edge),
        ]
        after = [self.low_dm, np.where(at_end, 0.0, self.high_dm)]
        _, touch = _numbered(*(np.concatenate(one) for one in (place, after, [kind, kind])))
        size = count + (int(touch.max()) + 1 if count else 0)
        piece = np.concatenate([np.arange(count), np.arange(count)])
        graph = coo_array((np.ones(2 * count, np.int8), (piece, count + touch)), shape=(size, size))
        _, label = connected_components(graph, directed=False)
        stretches, own = np.unique(label[:count], return_inverse=True)
        return len(stretches), own.reshape(-1).astype(np.int64)


def street_pieces(network: WalkingNetwork, stations: Snapped, edges: IntArray) -> StreetPieces:
    """Return edges cut at stations and into pieces of at most 100 m, with the walks from their ends.

    Parameters
    ----------
    stations
        Places on the network; those that are not on it take no part.
    edges
        Which edges.
    """
    walk, _ = nearest_of_nodes(network, stations)
    walk_dm = np.where(walk.reshape(-1) < FAR, walk.reshape(-1), np.inf).astype(np.float64)
    length = network.edge_length_dm[edges].astype(np.float64)
    parts = np.maximum(1, np.ceil(length / _MOST_DM)).astype(np.int64)
    edge = np.repeat(edges, parts + 1)
    number = np.arange(len(edge)) - np.repeat(np.cumsum(parts + 1) - (parts + 1), parts + 1)
    after = np.asarray(number * np.repeat(length / parts, parts + 1), np.float64)
    # The last cut is the edge's end itself, and nothing that is rounded.
    after = np.where(number == np.repeat(parts, parts + 1), np.repeat(length, parts + 1), after)
    own = np.flatnonzero(np.isin(stations.edge, edges))
    edge = np.concatenate([edge, stations.edge[own]]).astype(np.int64)
    after = np.concatenate([after, stations.to_start[own].astype(np.float64)])
    first, _ = _numbered(edge, after)
    edge, after = edge[first], after[first]
    whole = network.edge_length_dm[edge].astype(np.float64)
    reached = np.minimum(
        walk_dm[network.edge_start[edge]] + after, walk_dm[network.edge_end[edge]] + whole - after
    )
    begin = np.searchsorted(edge, stations.edge[own], side="left")
    end = np.searchsorted(edge, stations.edge[own], side="right")
    for station, *ends in zip(own.tolist(), begin.tolist(), end.tolist(), strict=True):
        here = slice(*ends)
        from_it = float(stations.leg[station]) + np.abs(
            after[here] - float(stations.to_start[station])
        )
        reached[here] = np.minimum(reached[here], from_it)
    inside = np.flatnonzero(edge[1:] == edge[:-1])
    low, high = inside, inside + 1
    return StreetPieces(edge[low], after[low], after[high], reached[low], reached[high])


def _numbered(*columns: NDArray[Any]) -> tuple[IntArray, IntArray]:
    """Return of each different row, in order, where it is first, and of each row its number among them."""
    order = np.lexsort(columns[::-1])
    fresh = np.zeros(len(order), np.bool_)
    fresh[:1] = True
    for column in columns:
        fresh[1:] |= column[order][1:] != column[order][:-1]
    number = np.empty(len(order), np.int64)
    number[order] = np.cumsum(fresh) - 1
    return order[fresh], number
