"""The streets of a proof, counted again: who reaches a place on them, and where most do.

Nothing of the solvers or of the network's own search is used: lengths and legs are held against
geodesics (pyproj), and walks come from shortest paths by scipy.
"""

import math
from functools import cached_property
from typing import Any, Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from geoapp.analysis.geometry.spheroid import GEOD, POLE_RADIUS_M, ecef, geodesic_m
from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.i18n import Text
from geoapp.core.results.proof import Proof, ProofStreets

_AT_ONCE: Final = 64  # demand points whose walks are counted side by side
_EDGE_M: Final = 1e-6
_BESIDE_M: Final = 0.3  # a written position is within so much of its spot on the street
# Lengths and legs are rounded to decimetres, and legs measured on a plane.
_ROUNDED_DM: Final = 2.0
_PLANE: Final = 2e-3

# Numbers of pieces, and from where to where on each (decimetres).
_Stretches = tuple[IntArray, FloatArray, FloatArray]


class StreetFacts:
    """The streets of a proof as arrays, and what follows from them."""

    def __init__(self, proof: Proof, streets: ProofStreets) -> None:
        self._proof, self._limit = proof, streets.limit_dm
        self._lon, self._lat = np.array(proof.demand.lon, float), np.array(proof.demand.lat, float)
        self._node_lon = np.array(streets.node_lon, float)
        self._node_lat = np.array(streets.node_lat, float)
        whole = {
            name: np.array(getattr(streets, name), np.int64)
            for name in (
                *("start", "end", "length_dm", "piece_edge", "piece_first_dm", "piece_last_dm"),
                *("edge", "to_start_dm", "leg_dm", "site_edge", "along_dm"),
            )
        }
        self._start, self._end, self._length = whole["start"], whole["end"], whole["length_dm"]
        self._piece, self._low = whole["piece_edge"], whole["piece_first_dm"]
        self._high = whole["piece_last_dm"]
        self._edge, self._at, self._leg = whole["edge"], whole["to_start_dm"], whole["leg_dm"]
        self._site_edge, self._along = whole["site_edge"], whole["along_dm"]
        self._line_m, self._given = streets.line_m, streets.given

    def misfits(self) -> list[Text]:
        """Return what no honest file holds: lists that do not fit, streets and legs that are not so long."""
        if not self._fits():
            return [Text("路网的列表互不相符", "the lists of the streets do not fit together")]
        found = []
        walk_m = self._limit / 10
        if not self._proof.standard_m - 0.2 < walk_m <= self._proof.standard_m + _EDGE_M:
            found.append(
                Text("步行的上限与标准不符", "the longest walk is not that of the standard")
            )
        line_m = geodesic_m(
            *(place[ends] for ends in (self._start, self._end) for place in self._nodes())
        )
        if np.any(np.abs(np.asarray(line_m) * 10 - self._length) > self._slack(self._length)):
            found.append(
                Text("有路段不是两端之间那么长", "a street is not as long as from end to end")
            )
        on = np.flatnonzero(self._edge >= 0)
        foot = self._spot(self._edge[on], self._at[on])
        leg_m = np.asarray(geodesic_m(*foot, self._lon[on], self._lat[on]))
        if np.any(np.abs(leg_m * 10 - self._leg[on]) > self._slack(self._leg[on])):
            found.append(
                Text(
                    "有需求点到街道不是文件所说那么远",
                    "a demand point is not as far from its street as the file says",
                )
            )
        for k, site in enumerate(self._proof.sites):
            if not site.fixed and not self._stands(k):
                found.append(
                    Text(
                        f"站点 {site.code} 不在可以设站的街道上",
                        f"site {site.code} is not on a street where sites may stand",
                    )
                )
        return found

    def _fits(self) -> bool:
        points, sites = len(self._lon), self._proof.sites
        nodes, edges = len(self._node_lon), len(self._start)
        if len(self._edge) != points or len(self._site_edge) != len(sites):
            return False
        if np.any(np.abs(self._node_lon) > 180) or np.any(np.abs(self._node_lat) > 90):
            return False
        low, high = np.minimum(self._start, self._end), np.maximum(self._start, self._end)
        pairs = low * nodes + high
        for numbers, most, least in (
            (low, nodes, 0),
            (high, nodes, 0),
            (self._piece, edges, 0),
            (self._edge, edges, -1),
            (self._site_edge, edges, -1),
            (np.array([row for rows in self._given for row in rows], np.int64), points, 0),
        ):
            if np.any(numbers < least) or np.any(numbers >= most):
                return False
        if np.any(low == high) or len(np.unique(pairs)) < edges or np.any(self._length < 1):
            return False
        for edge, at in ((self._edge, self._at), (self._site_edge, self._along)):
            if np.any(at < 0) or np.any(at > np.where(edge < 0, 0, self._length_of(edge))):
                return False
        if np.any(self._low < 0) or np.any(self._low > self._high) or np.any(self._leg < 0):
            return False
        if np.any(self._high > self._length_of(self._piece)):
            return False
        beside = [one is not None for one in self._line_m]
        return bool(
            np.array_equal(beside, self._edge < 0)
            and all(one is None or 0 <= one <= self._proof.standard_m for one in self._line_m)
            and all(
                one.fixed == (edge < 0) and (one.fixed or not rows)
                for one, edge, rows in zip(sites, self._site_edge, self._given, strict=True)
            )
        )

    def _length_of(self, edge: IntArray) -> IntArray:
        return self._length[edge] if len(self._length) else np.zeros(len(edge), np.int64)

    def _nodes(self) -> tuple[FloatArray, FloatArray]:
        return self._node_lon, self._node_lat

    @staticmethod
    def _slack(length_dm: IntArray) -> FloatArray:
        return np.asarray(_ROUNDED_DM + _PLANE * length_dm)

    def _spot(self, edge: IntArray, along: IntArray) -> tuple[FloatArray, FloatArray]:
        """Return lon and lat of places on edges."""
        share = along / self._length[edge]
        a, b = self._start[edge], self._end[edge]
        lon, lat = self._nodes()
        return lon[a] + share * (lon[b] - lon[a]), lat[a] + share * (lat[b] - lat[a])

    def _stands(self, k: int) -> bool:
        """Tell whether a site is where the file says, and may be there."""
        site, edge, along = self._proof.sites[k], self._site_edge[k], self._along[k]
        here = self._spot(np.array([edge]), np.array([along]))
        away = geodesic_m(*here, np.array([site.lon]), np.array([site.lat]))[0]
        mine = (self._piece == edge) & (self._low <= along) & (along <= self._high)
        return bool(away <= _BESIDE_M and mine.any())

    @cached_property
    def _graph(self) -> sp.csr_array:
        many = len(self._node_lon)
        pairs = (self._length.astype(float), (self._start, self._end))
        one_way = sp.coo_array(pairs, shape=(many, many))
        return sp.csr_array(one_way + one_way.T)

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(ecef(*self._nodes()))

    def reached(self, k: int) -> tuple[IntArray, IntArray]:
        """Return the points that a site covers, without and with those on the edge of the standard."""
        edge, along, site = self._site_edge[k], self._along[k], self._proof.sites[k]
        if edge < 0:
            rows = np.array(self._given[k], np.int64)
            return rows, rows
        ends = np.array([self._start[edge], self._end[edge]])
        rest = np.array([along, self._length[edge] - along])
        away = dijkstra(self._graph, indices=ends, limit=self._limit) + rest[:, None]
        to_node = away.min(axis=0)
        on = np.flatnonzero(self._edge >= 0)
        own, at = self._edge[on], self._at[on]
        walk = np.minimum(
            at + to_node[self._start[own]],
            self._length[own] - at + to_node[self._end[own]],
        )
        walk = np.where(own == edge, np.minimum(walk, np.abs(at - along)), walk) + self._leg[on]
        walked = on[walk <= self._limit]
        beside = np.flatnonzero(self._edge < 0)
        line = geodesic_m(
            np.full(len(beside), site.lon),
            np.full(len(beside), site.lat),
            self._lon[beside],
            self._lat[beside],
        )
        most = np.array([self._line_m[i] for i in beside.tolist()], float)
        low, high = beside[line <= most - _EDGE_M], beside[line <= most + _EDGE_M]
        return np.concatenate((walked, low)), np.concatenate((walked, high))

    def heaviest(self, price: FloatArray) -> float:
        """Return what no place on the streets, where sites may stand, is heavier than."""
        found = [*self._by_walk(price), *self._by_line(price)]
        if not found:
            return 0.0
        piece, low, high, worth = (np.concatenate(some) for some in zip(*found, strict=True))
        if not len(piece):
            return 0.0
        at = np.concatenate((low, high + 1))
        change = np.concatenate((worth, -worth))
        order = np.lexsort((change, at, np.concatenate((piece, piece))))  # who leaves comes first
        piece, sums = np.concatenate((piece, piece))[order], np.cumsum(change[order])
        first = np.concatenate(([True], piece[1:] != piece[:-1]))
        before = np.concatenate(([0.0], sums[:-1]))[first]
        return float((sums - before[np.cumsum(first) - 1]).max())

    def _by_walk(self, price: FloatArray) -> list[tuple[Any, ...]]:
        """Return the stretches of whoever is on the network, and what they are priced at."""
        priced = np.flatnonzero((self._edge >= 0) & (price > 0) & (self._leg <= self._limit))
        # What is near in the list of edges is often near on the ground.
        priced = priced[np.argsort(self._edge[priced], kind="stable")]
        found = []
        for begin in range(0, len(priced), _AT_ONCE):
            some = priced[begin : begin + _AT_ONCE]
            point, (piece, low, high) = self._stretches(some)
            found.append((piece, low, high, price[some][point]))
        return found

    def _stretches(self, some: IntArray) -> tuple[IntArray, _Stretches]:
        """Return whose they are (numbers in ``some``), and the stretches from which these are in reach."""
        edge, limit = self._edge[some], float(self._limit)
        ends = np.unique(np.concatenate((self._start[edge], self._end[edge])))
        # Rounded to decimetres, of which each street has at least one, a walk is at least half as long as
        # the line; and a chord is never longer.
        at = self._tree.data[ends]
        centre = at.mean(axis=0)
        reach_m = float(np.linalg.norm(at - centre, axis=1).max()) + 2 * limit / 10 + 1
        near = np.sort(np.array(self._tree.query_ball_point(centre, reach_m), np.int64))
        away = dijkstra(
            self._graph[near][:, near], indices=np.searchsorted(near, ends), limit=limit
        )
        walk = np.minimum(
            self._at[some, None] + away[np.searchsorted(ends, self._start[edge])],
            (self._length[edge] - self._at[some])[:, None]
            + away[np.searchsorted(ends, self._end[edge])],
        )
        walk = np.hstack((walk + self._leg[some, None], np.full((len(some), 1), np.inf)))
        column = np.full(len(self._node_lon), len(near))
        column[near] = np.arange(len(near))
        a, b = column[self._start[self._piece]], column[self._end[self._piece]]
        met = np.flatnonzero((a < len(near)) | (b < len(near)))
        from_start, from_end = limit - walk[:, a[met]], limit - walk[:, b[met]]
        own = edge[:, None] == self._piece[met]
        point, hit = np.nonzero(((from_start >= 0) | (from_end >= 0)) & ~own)
        piece = met[hit]
        first, last = from_start[point, hit], from_end[point, hit]
        whole = self._length[self._piece[piece]].astype(float)
        joined = (first >= 0) & (last >= 0) & (first + last + 1 >= whole)
        pieces = [
            (point, piece, np.zeros(len(piece)), np.where(joined, whole, first), first >= 0),
            (point, piece, whole - last, whole, (last >= 0) & ~joined),
        ]
        pieces += self._own(some, met, from_start, from_end)
        point, piece, low, high = (
            np.concatenate([one[k][one[4]] for one in pieces]) for k in range(4)
        )
        low, high = np.maximum(low, self._low[piece]), np.minimum(high, self._high[piece])
        held = low <= high
        return point[held], (piece[held], low[held], high[held])

    def _own(
        self, some: IntArray, met: IntArray, from_start: FloatArray, from_end: FloatArray
    ) -> list[tuple[Any, ...]]:
        """Return the stretches of the edges that points are on: along them, and round about."""
        found = []
        for k, i in enumerate(some.tolist()):
            left, whole = float(self._limit - self._leg[i]), float(self._length[self._edge[i]])
            at = float(self._at[i])
            for q in np.flatnonzero(self._piece[met] == self._edge[i]).tolist():
                spans = sorted(
                    (max(low, 0.0), min(high, whole))
                    for low, high in (
                        (at - left, at + left),
                        (0.0, float(from_start[k, q])),
                        (whole - float(from_end[k, q]), whole),
                    )
                    if low <= high
                )
                kept: list[tuple[float, float]] = []
                for low, high in spans:
                    if kept and low <= kept[-1][1] + 1:
                        kept[-1] = (kept[-1][0], max(high, kept[-1][1]))
                    else:
                        kept.append((low, high))
                rows = np.array(kept)
                number = np.full(len(rows), k), np.full(len(rows), met[q])
                found.append((*number, rows[:, 0], rows[:, 1], np.ones(len(rows), bool)))
        return found

    def _by_line(self, price: FloatArray) -> list[tuple[Any, ...]]:
        """Return stretches that hold those of whoever is estimated, a hair longer, and their prices."""
        beside = np.flatnonzero((self._edge < 0) & (price > 0))
        if not len(beside) or not len(self._piece):
            return []
        a, b = self._start[self._piece], self._end[self._piece]
        ends = (
            ecef(*(place[a] for place in self._nodes())),
            ecef(*(place[b] for place in self._nodes())),
        )
        longest = float(np.linalg.norm(ends[1] - ends[0], axis=1).max())
        tree = cKDTree((ends[0] + ends[1]) / 2)
        found = []
        for i in beside.tolist():
            most = float(self._line_m[i] or 0.0)
            here = ecef(self._lon[i : i + 1], self._lat[i : i + 1])[0]
            near = np.array(tree.query_ball_point(here, most + longest + 1), np.int64)
            low, high, held = self._crossed(i, most, near)
            many = int(held.sum())
            found.append((near[held], low[held], high[held], np.full(many, price[i])))
        return found

    def _crossed(
        self, i: int, most_m: float, near: IntArray
    ) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
        """Return from where to where pieces are within a line of a point, on the plane of lines about it."""
        edge = self._piece[near]
        lon, lat = self._nodes()
        corners = []
        for node in (self._start[edge], self._end[edge]):
            azimuth, _, away = GEOD.inv(
                np.full(len(near), self._lon[i]),
                np.full(len(near), self._lat[i]),
                lon[node],
                lat[node],
            )
            turn = np.radians(azimuth)
            corners.append(np.stack((away * np.sin(turn), away * np.cos(turn)), axis=1))
        way = corners[1] - corners[0]
        square = np.maximum((way * way).sum(axis=1), 1e-12)
        # Straight in degrees is bent on that plane, by less than its square by twice the radius.
        bent = 1 + math.tan(math.radians(min(abs(float(self._lat[i])), 89.9)))
        reach = most_m + _BESIDE_M + square * bent / (4 * 0.99 * POLE_RADIUS_M)
        half = (way * corners[0]).sum(axis=1) / square
        rest = half * half - ((corners[0] * corners[0]).sum(axis=1) - reach * reach) / square
        root, whole = np.sqrt(np.maximum(rest, 0.0)), self._length[edge]
        low = np.maximum(np.floor((-half - root) * whole), self._low[near])
        high = np.minimum(np.ceil((-half + root) * whole), self._high[near])
        return low, high, (rest >= 0) & (low <= high)
