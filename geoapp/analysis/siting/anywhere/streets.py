"""Places on the streets of a walking network as column generation asks for them.

A site on an edge, t decimetres after its start, covers whoever is within the standard from there by the
network's own rule (``network.stretches``): by edge and demand point at most two stretches. So the
heaviest place of an edge is met by one sweep along it. Walks are whole decimetres: for whoever is on the
network the sweep is exact, and where people are counted by an estimate it takes them in a hair early and
lets them go a hair late. Whom a place covers is counted from where it is written down, by the very
function that siting and coverage runs use.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import scipy.sparse as sp
import shapely

from geoapp.analysis.geometry.spheroid import ecef_point
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.stretches import Rows
from geoapp.analysis.siting.anywhere.grounds import AllowedGround
from geoapp.analysis.siting.anywhere.sweep import Found, Place, Spot, rounded
from geoapp.analysis.siting.kernels.streets import heaviest_along, in_reach, spots_from
from geoapp.analysis.walks.pairs import PairWalks
from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.walking import Standard

# Where in a stretch a site stands: in the middle, where it may be moved most; elsewhere only if another
# street runs through that very spot and would have it.
_TRIED: Final = (0.5, 0.25, 0.75, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class StreetSweep:
    """Demand points and the streets from which they are within reach; a spot is an edge and an event.

    Attributes
    ----------
    walks, standard
        The demand points, and the greatest acceptable walk.
    network
        That of the walks.
    weight
        By point.
    ground
        Where sites may stand; None = everywhere.
    edges
        The edges that somebody is within reach of, ascending.
    first, at_dm, who
        Their events (see ``kernels.streets``): where those of each begin, and by event how far after
        the edge's start it is, and who comes or goes.
    reachable
        By point, whether any place on a street covers it.
    """

    walks: PairWalks
    standard: Standard
    network: WalkingNetwork
    weight: FloatArray
    ground: AllowedGround | None
    edges: IntArray
    first: IntArray
    at_dm: Any
    who: Any
    reachable: Any

    @classmethod
    def of(
        cls,
        walks: PairWalks,
        network: WalkingNetwork,
        weight: FloatArray,
        standard: Standard,
        ground: AllowedGround | None,
    ) -> Self:
        """Find the stretches of all demand points.

        Raises
        ------
        InvalidValueError
            If there are more than memory should hold.
        """
        rows = walks.stretches(network, standard)
        if ground is not None:
            rows = _clipped(rows, allowed_pieces(network, np.unique(rows[:, 0]), ground))
        reachable = np.zeros(len(weight), np.bool_)
        reachable[rows[:, 3]] = True
        edges, number = np.unique(rows[:, 0], return_inverse=True)
        edge = np.concatenate((number, number)).astype(np.int64)
        at_dm = np.concatenate((rows[:, 1], rows[:, 2] + 1))
        who = np.concatenate((rows[:, 3], -rows[:, 3] - 1))
        # Edges are shorter than 2^31 dm; at one spot whoever leaves comes first.
        order = np.argsort((edge << 33) | (at_dm.astype(np.int64) << 1) | (who >= 0))
        first = np.concatenate(([0], np.cumsum(np.bincount(edge, minlength=len(edges)))))
        return cls(
            walks=walks,
            standard=standard,
            network=network,
            weight=weight,
            ground=ground,
            edges=edges.astype(np.int64),
            first=first.astype(np.int64),
            at_dm=np.ascontiguousarray(at_dm[order]),
            who=np.ascontiguousarray(who[order]),
            reachable=reachable,
        )

    @property
    def apart_m(self) -> float:
        """A quarter of the standard: streets lie on lines, and walks along them are longer than lines."""
        return max(self.standard.walk_m(self.walks.estimate) / 4, 0.1)

    def heaviest(self, price: FloatArray, least: float) -> Found:
        """Return by edge where the prices in reach sum up to most."""
        best, event = np.empty(len(self.edges)), np.empty(len(self.edges), np.int64)
        top = heaviest_along(self.first, self.who, price, best, event)
        best[best < min(least, top)] = 0.0
        return Found(float(top), best, event[:, None].astype(np.float64))

    def all_from(self, price: FloatArray, least: float, most: int) -> list[Spot] | None:
        """Return spots of which one holds what any place at least so heavy can hold."""
        best, event = np.empty(len(self.edges)), np.empty(len(self.edges), np.int64)
        heaviest_along(self.first, self.who, price, best, event)
        found = np.empty(most, np.int64)
        many = spots_from(least, self.first, self.who, price, best, found)
        if many > most:
            return None
        edge = np.searchsorted(self.first, found[:many], side="right") - 1
        return list(zip(edge.tolist(), found[:many].tolist(), strict=True))

    def middle(self, spot: Spot) -> FloatArray:
        """Return the middle of the spot's stretch."""
        return np.array(ecef_point(*self._place(spot, 0.5)))

    def held(self, spot: Spot) -> IntArray:
        """Return the points that are within reach all along the spot's stretch."""
        begin = int(self.first[int(spot[0])])
        inside = np.zeros(len(self.weight), np.bool_)
        found: IntArray = in_reach(begin, int(spot[1]), self.who, inside)
        return found

    def places_of(self, spots: Sequence[Spot]) -> list[Place]:
        """Return a place on the stretch of each spot, one at which a site may stand if there is any."""
        wanted = [float(self.weight[self.held(spot)].sum()) for spot in spots]
        best: list[Place | None] = [None] * len(spots)
        waiting = list(range(len(spots)))
        for share in _TRIED:
            if not waiting:
                break
            tried = self._counted([rounded(*self._place(spots[k], share)) for k in waiting])
            for k, place in zip(waiting, tried, strict=True):
                held = best[k]
                if held is None or (held.usable, held.weight) < (place.usable, place.weight):
                    best[k] = place
            waiting = [k for k in waiting if not _is_good(best[k], wanted[k])]
        return [place for place in best if place is not None]

    def _place(self, spot: Spot, share: float) -> tuple[float, float]:
        """Return lon and lat of a place on a spot's stretch, 0 its first and 1 its last decimetre."""
        network, event = self.network, int(spot[1])
        edge = int(self.edges[int(spot[0])])
        low, high = int(self.at_dm[event]), int(self.at_dm[event + 1]) - 1
        along = (low + int(share * (high - low))) / int(network.edge_length_dm[edge])
        a, b = int(network.edge_start[edge]), int(network.edge_end[edge])
        return (
            float(network.lon[a] + along * (network.lon[b] - network.lon[a])),
            float(network.lat[a] + along * (network.lat[b] - network.lat[a])),
        )

    def _counted(self, places: list[tuple[float, float]]) -> list[Place]:
        """Return whom places cover, as every run counts it."""
        lon, lat = np.array(places).T
        by_place = sp.csc_array(self.walks.cover(lon, lat, self.standard))
        by_place.sort_indices()
        found = []
        for k, (one, other) in enumerate(places):
            reached = by_place.indices[by_place.indptr[k] : by_place.indptr[k + 1]].astype(np.int64)
            usable = self.ground is None or self.ground.allows(one, other)
            found.append(Place(one, other, reached, float(self.weight[reached].sum()), usable))
        return found


def _is_good(place: Place | None, wanted: float) -> bool:
    return place is not None and place.usable and place.weight >= wanted * (1 - 1e-12)


def allowed_pieces(network: WalkingNetwork, edges: IntArray, ground: AllowedGround) -> Rows:
    """Return rows of edge, first and last decimetre: all of some edges on which sites may stand.

    Rounded outwards: the bound may hold a place a decimetre beyond, the plan never does.
    """
    ends = np.stack((network.edge_start[edges], network.edge_end[edges]), axis=1)
    corners = np.stack((network.lon[ends], network.lat[ends]), axis=-1)
    lines: Any = shapely.linestrings(corners)  # an array, since corners are many
    length = network.edge_length_dm[edges].astype(np.float64)
    whole = shapely.contains_properly(ground.left, lines)
    some = np.flatnonzero(~whole & shapely.intersects(ground.left, lines))
    parts, of = shapely.get_parts(shapely.intersection(lines[some], ground.left), return_index=True)
    points, part = shapely.get_coordinates(parts, return_index=True)
    edge = some[of[part]]
    way = corners[edge, 1] - corners[edge, 0]
    square = np.maximum((way * way).sum(axis=1), 1e-300)
    along = (way * (points - corners[edge, 0])).sum(axis=1) / square * length[edge]
    low, high = np.full(len(parts), np.inf), np.full(len(parts), -np.inf)
    np.minimum.at(low, part, along)
    np.maximum.at(high, part, along)
    full = np.flatnonzero(whole)
    edge = np.concatenate((full, some[of]))
    low = np.concatenate((np.zeros(len(full)), np.floor(low)))
    high = np.concatenate((length[full], np.ceil(high)))
    order = np.lexsort((low, edge))
    edge, low, high = edge[order], np.maximum(low[order], 0.0), high[order]
    high = np.minimum(high, length[edge])
    # No decimetre twice: where two pieces meet, the second begins after the first.
    same = np.concatenate(([False], edge[1:] == edge[:-1]))
    low[1:] = np.where(same[1:], np.maximum(low[1:], high[:-1] + 1), low[1:])
    held = low <= high
    rows = np.stack((edges[edge], low, high), axis=1)
    return np.asarray(rows[held].astype(np.int32))


def _clipped(rows: Rows, allowed: Rows) -> Rows:
    """Return what is left of stretches on allowed pieces of edges, in order of edge."""
    begin = np.searchsorted(allowed[:, 0], rows[:, 0])
    many = np.searchsorted(allowed[:, 0], rows[:, 0], side="right") - begin
    row = np.repeat(np.arange(len(rows)), many)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
    piece = allowed[begin[row] + nth]
    found = rows[row]
    found[:, 1] = np.maximum(found[:, 1], piece[:, 1])
    found[:, 2] = np.minimum(found[:, 2], piece[:, 2])
    return np.asarray(found[found[:, 1] <= found[:, 2]])
