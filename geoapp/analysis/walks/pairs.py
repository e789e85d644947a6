"""Walks between demand points and sites, all pairs within a limit: what covers are made of.

A walk is by the network where both ends are on it; every other pair is estimated as the straight
line times the detour factor around the demand point. The same rules as for the nearest facility
(``network.demand_walks``), so that a site which is built covers what it was said to cover.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final

import numpy as np
import scipy.sparse as sp
from scipy.spatial import cKDTree

from geoapp.analysis.geometry.spheroid import (
    ROUNDING_M,
    checked_lonlat,
    ecef,
    geodesic_m,
    greatest_chord_m,
    least_geodesics_m,
)
from geoapp.analysis.nearest.bulk import Cancelled, Progress, raise_if
from geoapp.analysis.network.detour import local_factor
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.search import PlacesOnNetwork
from geoapp.analysis.network.snapping import Snap, Snapped, snap
from geoapp.analysis.network.stretches import Rows, stretches_by_line, stretches_within
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.walking import Standard, WalkingEstimate

_THREADS: Final = 2
_SITES: Final = 64  # searched for at once, if the pairs of so many fit
_MOST_PAIRS: Final = 4_000_000
_MOST_HELD: Final = 100_000_000  # some 3 GB while they are put in order
_FEWER = Text(
    "更少的候选点、更小的区域或更短的标准（需求点与候选点的组合太多）",
    "fewer candidates, a smaller region or a shorter standard (too many pairs with demand points)",
)
_MOST_STRETCHES: Final = 20_000_000  # some 2 GB while they are put in order
_SHORTER = Text(
    "更小的区域或更短的标准（需求点够得着的路段太多）",
    "a smaller region or a shorter standard (too many stretches of streets are in reach of demand points)",
)
# Up to here the proven lower bound of a geodesic is at most 0.2 mm below it (see ``spheroid``).
_CHORD_M: Final = 20_000.0
_FARTHEST_M: Final = 200_000_000.0  # as far as a network reaches
_EXACT_M: Final = 0.5  # so near the limit nothing but the geodesic itself decides

_Pairs = tuple[IntArray, IntArray, FloatArray]


@dataclass(frozen=True)
class PairWalks:
    """Demand points, ready to be asked how far they walk to some sites.

    Made once for the demand (seconds for a million points); then one more site takes milliseconds.

    Attributes
    ----------
    lon, lat
        The n demand points, decimal degrees, EPSG:4326.
    estimate
        How straight metres become walked ones where there is no network.
    network
        The walking network; None = everything is estimated.
    """

    lon: FloatArray
    lat: FloatArray
    estimate: WalkingEstimate
    network: WalkingNetwork | None = None

    @classmethod
    def of(
        cls,
        lon: FloatArray,
        lat: FloatArray,
        *,
        estimate: WalkingEstimate,
        network: WalkingNetwork | None = None,
    ) -> "PairWalks":
        """Check and take up n demand points (decimal degrees, EPSG:4326)."""
        return cls(*checked_lonlat(lon, lat), estimate, network)

    def __len__(self) -> int:
        """Return the number of demand points."""
        return len(self.lon)

    @cached_property
    def stands(self) -> BoolArray:
        """By demand point, whether it is on the network."""
        if self._snapped is None:
            return np.zeros(len(self), np.bool_)
        return np.asarray(self._snapped.state == Snap.ON)

    def parts_of(self, lon: FloatArray, lat: FloatArray) -> IntArray:
        """Return by place (EPSG:4326) the part of the network that it is on; -1 = on none."""
        if self.network is None:
            return np.full(len(lon), -1, np.int64)
        snapped = snap(self.network, lon, lat)
        edge = np.where(snapped.state == Snap.ON, snapped.edge, -1)
        node = self.network.edge_start[np.maximum(edge, 0)]
        return np.where(edge >= 0, self.network.part[node], -1).astype(np.int64)

    @cached_property
    def _snapped(self) -> Snapped | None:
        return None if self.network is None else snap(self.network, self.lon, self.lat)

    @cached_property
    def _places(self) -> PlacesOnNetwork | None:
        if self.network is None or self._snapped is None:
            return None
        return PlacesOnNetwork(self.network, self._snapped.only(self.stands))

    @cached_property
    def _factor(self) -> FloatArray:
        if self.network is None:
            return np.full(len(self), self.estimate.detour_factor)
        return local_factor(self.network, self.lon, self.lat, self.estimate)

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(ecef(self.lon, self.lat))

    @cached_property
    def _beside(self) -> tuple[IntArray, cKDTree]:
        """The demand that is not on the network."""
        rows = np.flatnonzero(~self.stands)
        return rows, cKDTree(ecef(self.lon[rows], self.lat[rows]))

    def within(
        self,
        lon: FloatArray,
        lat: FloatArray,
        *,
        limit_m: float | None,
        closer_than_m: FloatArray | None = None,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> sp.csr_array:
        """Return all walks to some sites within a limit.

        Parameters
        ----------
        lon, lat
            The m sites, decimal degrees, EPSG:4326.
        limit_m
            Longest walk in metres, closed; None = however long.
        closer_than_m
            By demand point, only walks shorter than this count; None = all.
        progress, cancelled
            Told the share done, 0 to 1; asked between steps whether to stop.

        Returns
        -------
        walks
            Metres, CSR of shape (n, m) with ascending columns; what is not stored is farther or
            cannot be reached, and a walk of 0 m is stored. Estimates are within a millimetre of
            line times factor, and exact where they are less than half a metre below the limit.

        Raises
        ------
        CancelledError
            If cancelled.
        InvalidValueError
            If there are more pairs than memory should hold.
        """
        site_lon, site_lat = checked_lonlat(lon, lat)
        parts: list[_Pairs] = []
        held = 0
        for some in self._steps(len(site_lon), limit_m):
            raise_if(cancelled)
            for found in self._part(site_lon[some], site_lat[some], some.start, limit_m):
                parts.append(found if closer_than_m is None else _closer(found, closer_than_m))
                held += len(parts[-1][0])
            if held > _MOST_HELD:
                raise InvalidValueError("candidates", len(site_lon), _FEWER)
            if progress is not None:
                progress(min(1.0, some.stop / len(site_lon)))
        shape = (len(self), len(site_lon))
        if not parts:
            return sp.csr_array(shape, dtype=np.float64)
        row, column, walk_m = (np.concatenate(one) for one in zip(*parts, strict=True))
        walks = sp.csr_array((walk_m, (row, column)), shape=shape)
        walks.sort_indices()
        return walks

    def cover(
        self,
        lon: FloatArray,
        lat: FloatArray,
        standard: Standard,
        *,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> sp.csr_array:
        """Return which sites cover which demand points: walk <= standard.

        Parameters
        ----------
        lon, lat
            The m sites, decimal degrees, EPSG:4326.
        standard
            Greatest acceptable walk; the test is made in its own unit.
        progress, cancelled
            As in `within`.

        Returns
        -------
        cover
            Ones, CSR of shape (n, m).
        """
        # The network counts in decimetres; the standard itself draws the line.
        limit_m = standard.walk_m(self.estimate) + 0.2
        walks = self.within(lon, lat, limit_m=limit_m, progress=progress, cancelled=cancelled)
        return kept(walks, standard.covers(walks.data, self.estimate))

    def stretches(self, network: WalkingNetwork, standard: Standard) -> Rows:
        """Return from where on the streets each demand point is within the standard.

        Exact for who is on the network; the others, whose walks are estimated, have stretches that are
        a hair longer (see ``network.stretches``).

        Raises
        ------
        InvalidValueError
            If there are more stretches than memory should hold.
        """
        rows = stretches_within(
            network, self.on_network(network), self.limit_dm(standard), most=_MOST_STRETCHES
        )
        beside, _ = self._beside
        reach_m = self.longest_lines_m(standard)[beside] + ROUNDING_M
        others = stretches_by_line(network, self.lon[beside], self.lat[beside], reach_m)
        if len(rows) + len(others) > _MOST_STRETCHES:
            raise InvalidValueError("standard", standard.walk_m(self.estimate), _SHORTER)
        others[:, 3] = beside[others[:, 3]]
        return np.concatenate((rows, others))

    def on_network(self, network: WalkingNetwork) -> Snapped:
        """Return where the demand points are put on the network; edge -1 for those beside it."""
        return snap(network, self.lon, self.lat).only(self.stands)

    def limit_dm(self, standard: Standard) -> int:
        """Return the longest walk on the network that is within the standard, in whole decimetres."""
        found = int(standard.walk_m(self.estimate) * 10) + 1
        # The standard itself draws the line, in its own unit.
        while not standard.covers(np.array([found / 10]), self.estimate)[0]:
            found -= 1
        return found

    def longest_lines_m(self, standard: Standard) -> FloatArray:
        """Return by demand point the longest line to a site within the standard; nan on the network."""
        line_m = standard.walk_m(self.estimate) / self._factor
        return np.where(self.stands, np.nan, line_m)

    def _steps(self, sites: int, limit_m: float | None) -> Iterator[slice]:
        size = (
            _SITES if limit_m is not None else max(1, min(_SITES, _MOST_PAIRS // (len(self) + 1)))
        )
        for first in range(0, sites, size):
            yield slice(first, min(sites, first + size))

    def _part(
        self, lon: FloatArray, lat: FloatArray, first: int, limit_m: float | None
    ) -> Iterator[_Pairs]:
        """Return the pairs of some sites, the first of which has this number."""
        if self.network is None or self._places is None:
            yield self._estimated(lon, lat, np.arange(len(lon)), None, self._tree, first, limit_m)
            return
        sites = snap(self.network, lon, lat)
        on = np.asarray(sites.state == Snap.ON)
        walked = self._places.within(
            sites.only(on), limit_m=_FARTHEST_M if limit_m is None else limit_m
        )
        column = np.repeat(np.arange(len(lon)), np.diff(walked.indptr))
        yield walked.indices.astype(np.int64), first + column, walked.data / 10
        rows, tree = self._beside
        if len(rows) and on.any():
            yield self._estimated(lon, lat, np.flatnonzero(on), rows, tree, first, limit_m)
        if not on.all():
            yield self._estimated(lon, lat, np.flatnonzero(~on), None, self._tree, first, limit_m)

    def _estimated(
        self,
        lon: FloatArray,
        lat: FloatArray,
        which: IntArray,
        rows: IntArray | None,
        tree: cKDTree,
        first: int,
        limit_m: float | None,
    ) -> _Pairs:
        """Return the estimated pairs of some of the sites with the demand of a tree."""
        lon, lat = lon[which], lat[which]
        factor = self._factor if rows is None else self._factor[rows]
        if not len(factor):
            return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
        longest_m = np.inf if limit_m is None else limit_m / float(factor.min())
        # Asked site by site: a tree of scattered sites cannot be cut short, and takes 20 times as long.
        sites = ecef(lon, lat)
        balls = tree.query_ball_point(sites, greatest_chord_m(longest_m), workers=_THREADS)
        site = np.repeat(np.arange(len(sites)), [len(ball) for ball in balls])
        near = np.fromiter(chain.from_iterable(balls), np.int64, len(site))
        row = near if rows is None else rows[near]
        chord_m = np.linalg.norm(tree.data[near] - sites[site], axis=1)
        line_m = np.maximum(0.0, least_geodesics_m(chord_m) + ROUNDING_M)
        walk_m = line_m * factor[near]
        # A chord of 0 is the same place; everything else that chords do not decide is measured.
        measured = line_m > _CHORD_M
        if limit_m is not None:
            measured |= walk_m > limit_m - _EXACT_M
        line_m[measured] = geodesic_m(
            self.lon[row[measured]],
            self.lat[row[measured]],
            lon[site[measured]],
            lat[site[measured]],
        )
        walk_m = line_m * factor[near]
        if limit_m is not None:
            held = walk_m <= limit_m
            row, site, walk_m = row[held], site[held], walk_m[held]
        return row, first + which[site], walk_m


def _closer(found: _Pairs, closer_than_m: FloatArray) -> _Pairs:
    row, column, walk_m = found
    near = walk_m < closer_than_m[row]
    return row[near], column[near], walk_m[near]


def kept(matrix: sp.csr_array, mask: BoolArray) -> sp.csr_array:
    """Return ones where a mask of the stored entries is true, CSR of the same shape."""
    found = kept_walks(matrix, mask)
    return sp.csr_array((np.ones(found.nnz), found.indices, found.indptr), shape=found.shape)


def kept_walks(matrix: sp.csr_array, mask: BoolArray) -> sp.csr_array:
    """Return the stored entries where a mask of them is true, zeros too, CSR of the same shape."""
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))[mask]
    first = np.concatenate(([0], np.cumsum(np.bincount(row, minlength=matrix.shape[0]))))
    return sp.csr_array((matrix.data[mask], matrix.indices[mask], first), shape=matrix.shape)


def nearest_of_each(matrix: sp.csr_array, group_of: IntArray, groups: int) -> sp.csr_array:
    """Return by row the least stored entry of each group of columns, zeros too, CSR.

    Parameters
    ----------
    group_of
        By column the number of its group.
    groups
        How many groups there are.
    """
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    group = group_of[matrix.indices]
    order = np.lexsort((matrix.data, group, row))
    row, group, data = row[order], group[order], matrix.data[order]
    first = np.ones(len(row), dtype=bool)
    first[1:] = (row[1:] != row[:-1]) | (group[1:] != group[:-1])
    starts = np.concatenate(([0], np.cumsum(np.bincount(row[first], minlength=matrix.shape[0]))))
    return sp.csr_array((data[first], group[first], starts), shape=(matrix.shape[0], groups))


def shortest_of_each(matrix: sp.csr_array) -> FloatArray:
    """Return by row the least stored entry, zeros too; inf where none is stored."""
    held = np.diff(matrix.indptr) > 0
    shortest = np.full(matrix.shape[0], np.inf)
    if held.any():
        shortest[held] = np.minimum.reduceat(matrix.data, matrix.indptr[:-1][held])
    return shortest
