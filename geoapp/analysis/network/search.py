"""Exact shortest walks on a network: nearest places, distance tables, covers, paths."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.kernels import asked as asked_kernels
from geoapp.analysis.network.kernels import cover as cover_kernels
from geoapp.analysis.network.kernels import field as field_kernels
from geoapp.analysis.network.kernels import search as kernels
from geoapp.analysis.network.snapping import SNAP_LIMIT_M, Snap, Snapped
from geoapp.analysis.network.straight import StraightWalks
from geoapp.core.errors import InvalidValueError
from geoapp.core.geo import check_lonlat
from geoapp.core.i18n import Text

FAR: Final = kernels.FAR
_NOWHERE: Final = np.empty(0, np.int32)
Int = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Walks:
    """Places in order of their walk: positions, and decimetres (int32)."""

    positions: NDArray[np.int32]
    walk_dm: NDArray[np.int32]


class PlacesOnNetwork:
    """Places (facilities, candidates, demand) on a network, ready to be searched for.

    Safe to be asked from several threads; each keeps a working array of 4 bytes for each node.
    """

    def __init__(self, network: WalkingNetwork, snapped: Snapped) -> None:
        self.network, self.snapped = network, snapped
        on = np.flatnonzero(snapped.edge >= 0).astype(np.int32)
        edge = snapped.edge[on]
        node = np.r_[network.edge_start[edge], network.edge_end[edge]]
        leg = (
            np.r_[snapped.to_start[on], snapped.to_end[on]]
            + np.r_[snapped.leg[on], snapped.leg[on]]
        )
        order = np.argsort(node, kind="stable")
        # A place on one end of its edge is never nearer by the other end.
        at_start, at_end = snapped.to_start[on] == 0, snapped.to_end[on] == 0
        wanted = np.r_[~at_end | at_start, ~at_start]
        order = order[wanted[order]]
        counts = np.bincount(node[wanted], minlength=network.node_count)
        self._first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        self._id = np.r_[on, on][order]
        self._leg = leg[order].astype(np.int32)
        by_edge = np.argsort(edge, kind="stable")
        self._own = on[by_edge]
        self._own_edge = edge[by_edge]
        self._everybody = np.ones(len(snapped), np.bool_)
        self.straight = StraightWalks.of(network, snapped)
        self._held = threading.local()
        self._asked = self._arrays_asked()

    def _arrays_asked(self) -> tuple[Any, ...]:
        """Return what a search from one position reads, in the order of its kernel."""
        network, grid, snapped, straight = (
            self.network,
            self.network.grid,
            self.snapped,
            self.straight,
        )
        _, *standing = straight.standing
        return (
            SNAP_LIMIT_M,
            *(network.lon, network.lat, network.edge_start, network.edge_end),
            *(network.edge_fine, network.edge_length_dm),
            *(grid.first, grid.edges, grid.west, grid.south, grid.cell, grid.columns, grid.rows),
            *(network.street, network.street_start_m, network.street_end_m),
            *(network.indptr, network.indices, network.length_dm),
            *(self._first, self._id, self._leg, self._own_edge, self._own),
            *(snapped.to_start, snapped.leg, snapped.lon, snapped.lat, snapped.edge),
            *standing,
            *(straight.by_side, straight.sides, *straight.cells, *straight.grid),
        )

    def __len__(self) -> int:
        """Return the number of places."""
        return len(self.snapped)

    def _reached(self) -> NDArray[np.int32]:
        reached: NDArray[np.int32] | None = getattr(self._held, "reached", None)
        if reached is None:
            reached = np.full(self.network.node_count + len(self), FAR, np.int32)
            self._held.reached = reached
        return reached

    def _seeds(self, origin: Snapped, place: int, limit_dm: int) -> tuple[Int, Int]:
        """Return where a search from a place starts.

        These are its edge's ends, places on its edge, and places that it is walked from straight.
        """
        edge = int(origin.edge[place])
        if edge < 0:
            return _NOWHERE, _NOWHERE
        network, leg = self.network, int(origin.leg[place])
        straight, straight_dm = _NOWHERE, _NOWHERE
        if leg > 0:
            _, straight, straight_dm = self.straight.rows(origin.one(place), limit_dm)
        low = int(np.searchsorted(self._own_edge, edge))
        if low == len(self._own_edge) or self._own_edge[low] != edge:  # as nearly always
            ends = [network.edge_start[edge], network.edge_end[edge]]
            away = [origin.to_start[place] + leg, origin.to_end[place] + leg]
            if len(straight) == 0:
                return np.array(ends, np.int32), np.array(away, np.int32)
            nodes = np.r_[ends, straight + network.node_count]
            return nodes.astype(np.int32), np.r_[away, straight_dm].astype(np.int32)
        beside = self._own[low : int(np.searchsorted(self._own_edge, edge + 1))]
        along = np.abs(self.snapped.to_start[beside] - origin.to_start[place])
        nodes = np.r_[
            network.edge_start[edge],
            network.edge_end[edge],
            beside + network.node_count,
            straight + network.node_count,
        ]
        walks = np.r_[
            origin.to_start[place] + leg,
            origin.to_end[place] + leg,
            along + leg + self.snapped.leg[beside],
            straight_dm,
        ]
        return nodes.astype(np.int32), walks.astype(np.int32)

    def _search(
        self,
        origin: Snapped,
        place: int,
        mask: NDArray[np.bool_] | None,
        limit_dm: int,
        k: int,
        before: Int = _NOWHERE,
    ) -> tuple[Int, Int, Int]:
        reached = self._reached()
        seeds, walks = self._seeds(origin, place, limit_dm)
        if mask is not None and len(seeds) > 2:  # places beside this one
            mine = seeds < self.network.node_count
            mine[~mine] = mask[seeds[~mine] - self.network.node_count]
            seeds, walks = seeds[mine], walks[mine]
        network = self.network
        return kernels.walk(
            network.indptr,
            network.indices,
            network.length_dm,
            self._first,
            self._id,
            self._leg,
            self._everybody if mask is None else mask,
            seeds,
            walks,
            limit_dm,
            k,
            reached,
            before,
        )

    def nearest(
        self,
        origin: Snapped,
        place: int = 0,
        *,
        k: int,
        mask: NDArray[np.bool_] | None = None,
        limit_m: float | None = None,
    ) -> Walks:
        """Return the k nearest places by walk from one place, and none beyond the limit.

        Parameters
        ----------
        origin, place
            Where from: places on the same network, and which of them.
        mask
            By position, which places count; None = all.
        limit_m
            Longest walk in metres; None = as far as the network reaches.

        Notes
        -----
        Nearest first; ties in order of position, and the ties with the last are cut off there.
        """
        if k < 1:
            raise InvalidValueError("k", k, Text("正整数", "a positive whole number"))
        limit_dm = decimetres(limit_m)
        found, walk_dm, touched = self._search(origin, place, mask, limit_dm, k)
        self._reached()[touched] = FAR
        order = np.lexsort((found, walk_dm))[:k]
        return Walks(found[order], walk_dm[order])

    def nearest_to(
        self,
        *,
        lon: float,
        lat: float,
        k: int,
        mask: NDArray[np.bool_],
        limit_m: float | None = None,
    ) -> Walks | None:
        """Return what `nearest` does from a position (EPSG:4326); None if it is not on the network.

        The same answer as `snap` and `nearest` one after the other, in a third of the time.
        """
        if k < 1:
            raise InvalidValueError("k", k, Text("正整数", "a positive whole number"))
        check_lonlat(lon, lat)
        state, found, walk_dm = asked_kernels.nearest(
            float(lon), float(lat), decimetres(limit_m), k, mask, self._reached(), *self._asked
        )
        return Walks(found, walk_dm) if state == Snap.ON else None

    def within(
        self,
        origins: Snapped,
        *,
        limit_m: float,
        threads: int = 2,
    ) -> csr_array:
        """Return all pairs within a limit as a sparse matrix (origins x places) of decimetres.

        An entry of 0 decimetres is stored as an entry: the pair is there.
        """
        return self._within(origins, decimetres(limit_m), threads)

    def _within(self, origins: Snapped, limit_dm: int, threads: int) -> csr_array:
        network = self.network
        parts = np.array_split(np.arange(len(origins)), max(1, min(threads * 4, len(origins))))

        def search(part: Int) -> tuple[Int, Int, Int]:
            reached = self._reached()
            some = Snapped(*(values[part] for values in origins.columns()))
            return cover_kernels.cover(
                network.indptr,
                network.indices,
                network.length_dm,
                self._first,
                self._id,
                self._leg,
                self._own_edge,
                self._own,
                self.snapped.to_start,
                self.snapped.leg,
                network.edge_start,
                network.edge_end,
                some.edge,
                some.to_start,
                some.to_end,
                some.leg,
                *self.straight.rows(some, limit_dm),
                limit_dm,
                reached[: network.node_count],
                reached[network.node_count :],
            )

        with ThreadPoolExecutor(threads) as pool:
            rows = list(pool.map(search, parts))
        sizes, found, walks = (np.concatenate(some) for some in zip(*rows, strict=True))
        indptr = np.concatenate([[0], np.cumsum(sizes)])
        return csr_array((walks, found, indptr), shape=(len(origins), len(self)))

    def table(self, origins: Snapped, *, threads: int = 2) -> NDArray[np.int32]:
        """Return all walks, shape (origins, places), in decimetres; `FAR` where there is no way.

        Streets are walked both ways, so these are the walks from the places as well.
        """
        pairs = self._within(origins, decimetres(None), threads)
        table = np.full(pairs.shape, FAR, np.int32)
        row = np.repeat(np.arange(len(origins)), np.diff(pairs.indptr))
        table[row, pairs.indices] = pairs.data
        return table

    def path(self, origin: Snapped, place: int, target: int) -> tuple[float, Int] | None:
        """Return the shortest walk to one place: metres, and the nodes on the way in order.

        Both straight legs are part of the metres and not of the nodes; there are no nodes where the
        walk is along one edge, or straight (see `straight`). None if there is no way.
        """
        mask = np.zeros(len(self), np.bool_)
        mask[target] = True
        before = np.full(self.network.node_count + len(self), -2, np.int32)
        found, walk_dm, touched = self._search(origin, place, mask, FAR - 1, 1, before)
        self._reached()[touched] = FAR
        if len(found) == 0:
            return None
        nodes = []
        node = int(before[self.network.node_count + target])
        while node >= 0:
            nodes.append(node)
            node = int(before[node])
        return float(walk_dm[0]) / 10, np.array(nodes[::-1], np.int64)


def decimetres(limit_m: float | None) -> int:
    """Return a limit in whole decimetres; a walk of exactly the limit is within it."""
    if limit_m is None:
        return FAR - 1
    if not 0 <= limit_m <= 200_000_000:
        raise InvalidValueError("limit_m", limit_m, Text("不小于 0 的米数", "metres, 0 or more"))
    return int(np.floor(limit_m * 10 + 1e-6))


def nearest_of_nodes(
    network: WalkingNetwork,
    facilities: Snapped,
    *,
    most: int = 1,
    facility_of: Int | None = None,
    limit_m: float | None = None,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return for every node its nearest facilities by walk, in one pass over the network.

    Parameters
    ----------
    most
        How many for each, 1 to 100: 1 is the nearest, 2 tells who has a choice.
    facility_of
        By position, the number of the facility whose place it is, where some have several: of one
        facility, only the nearest place is returned. None = each is one of its own.

    Returns
    -------
    Walks in decimetres and positions of facilities, both of shape (nodes, most), nearest first;
    `FAR` and -1 where there is none. Of facilities equally near, the first has the node.
    """
    if not 1 <= most <= 100:
        raise InvalidValueError("most", most, Text("1 到 100 的整数", "a whole number, 1 to 100"))
    on = np.flatnonzero(facilities.edge >= 0).astype(np.int32)
    edge, leg = facilities.edge[on], facilities.leg[on]
    seeds = (
        np.r_[network.edge_start[edge], network.edge_end[edge]].astype(np.int32),
        np.r_[facilities.to_start[on] + leg, facilities.to_end[on] + leg].astype(np.int32),
        np.r_[on, on],
    )
    streets = network.indptr, network.indices, network.length_dm
    limit_dm = decimetres(limit_m)
    if most == 1:
        return field_kernels.nearest_label(*streets, *seeds, limit_dm)
    whose = _facility_of(facilities, facility_of)
    return field_kernels.nearest_labels(*streets, *seeds, whose, most, limit_dm)


def _facility_of(places: Snapped, numbers: Int | None) -> NDArray[np.int64]:
    return np.arange(len(places)) if numbers is None else np.asarray(numbers, np.int64)


def nearest_of_all(
    network: WalkingNetwork,
    facilities: Snapped,
    demand: Snapped,
    *,
    most: int = 1,
    facility_of: Int | None = None,
    limit_m: float | None = None,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return for every demand place its nearest facilities by walk, in one pass over the network.

    Parameters
    ----------
    most
        How many for each, 1 to 100: 1 is the nearest, 2 tells who has a choice.
    facility_of
        By position, the number of the facility whose place it is, where some have several: of one
        facility, only the nearest place is returned. None = each is one of its own.

    Returns
    -------
    Walks in decimetres and positions of facilities, both of shape (demand, most), nearest first;
    `FAR` and -1 where there is none.
    """
    labels = nearest_of_nodes(
        network, facilities, most=most, facility_of=facility_of, limit_m=limit_m
    )
    on = np.flatnonzero(facilities.edge >= 0).astype(np.int32)
    edge = facilities.edge[on]
    by_edge = np.argsort(edge, kind="stable")
    own = on[by_edge]
    straight = StraightWalks.of(network, facilities)
    return field_kernels.labels_at(
        *straight.rows(demand, decimetres(limit_m)),
        demand.edge,
        demand.to_start,
        demand.to_end,
        demand.leg,
        network.edge_start,
        network.edge_end,
        *labels,
        own,
        edge[by_edge],
        facilities.to_start[own],
        facilities.leg[own],
        _facility_of(facilities, facility_of),
        decimetres(limit_m),
    )
