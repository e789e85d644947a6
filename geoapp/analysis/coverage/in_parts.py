"""Coverage of demand in parts: the same figures as of all of it at once, and the same gap zones.

Twice the parts are gone through. First each is searched and counted (`part.count_part`, wherever
that is done), and the counts are added up here in the order of the parts. Then it is known in which
fine class of walks each region's quantiles lie, and near which cells somebody is not covered: a
second look at the walks, without any search, picks out the walks of these classes, and the covered
points from which the outlines of gap zones must keep away.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geoapp.analysis.coverage.coverage import CoverageResult
from geoapp.analysis.coverage.part import (
    BINS,
    KEYS,
    DemandPart,
    LeafCount,
    PartCount,
    merged,
    walk_key,
)
from geoapp.analysis.coverage.region_figures import (
    QUANTILES,
    RegionCoverage,
    WalkDistribution,
    lineage,
    quantile_target,
)
from geoapp.analysis.coverage.surroundings import Surroundings
from geoapp.analysis.frames import DemandFrame
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.walking import Standard, WalkingEstimate

_ENDLESS_KEY: Final = int(walk_key(np.array([np.inf]))[0])
_MOST_LOOSE: Final = 5_000_000


@dataclass(frozen=True, slots=True)
class _Points:
    """Points that are kept: their numbers in the whole demand, and what is known of each."""

    number: IntArray
    lon: FloatArray
    lat: FloatArray
    weight: FloatArray
    leaf: IntArray
    walk_m: FloatArray
    nearest: IntArray

    @classmethod
    def of(
        cls, part: DemandPart, rows: IntArray, walk_m: FloatArray, nearest: IntArray
    ) -> "_Points":
        return cls(
            part.first + rows,
            part.lon[rows],
            part.lat[rows],
            part.weight[rows],
            part.leaf[rows].astype(np.int64),
            walk_m[rows],
            nearest,
        )


@dataclass(slots=True)
class _Leaf:
    """A region's counts so far."""

    points: int = 0
    sums: tuple[list[float], ...] = field(default_factory=lambda: tuple([] for _ in range(5)))
    histogram: FloatArray = field(default_factory=lambda: np.zeros(BINS))
    walked: float = 0.0
    greatest_m: float | None = None

    def add(self, count: "LeafCount | _Leaf") -> None:
        self.points += count.points
        for into, more in zip(self.sums, _sums_of(count), strict=True):
            into.extend(more)
        self.histogram = self.histogram + count.histogram
        self.walked += count.walked
        if count.greatest_m is not None:
            self.greatest_m = max(self.greatest_m or 0.0, count.greatest_m)


def _sums_of(count: "LeafCount | _Leaf") -> tuple[Sequence[float], ...]:
    if isinstance(count, _Leaf):
        return count.sums
    return (count.weight, count.covered, count.backup, count.uncovered, count.unreachable)


@dataclass(frozen=True, slots=True)
class _Sought:
    """A quantile of a group: in which class of walks it lies, what is below it, and how much it is."""

    group: int
    share: float
    code: int
    below: float
    target: float


class CoverageInParts:
    """The coverage of demand that comes part by part.

    Parameters
    ----------
    codes
        By number of a region its code.
    parents
        For each code the code of the region above.
    facilities
        How many facilities there are.
    standard, estimate
        As in `coverage`.
    """

    def __init__(
        self,
        codes: Sequence[str],
        parents: Mapping[str, str | None],
        facilities: int,
        standard: Standard,
        estimate: WalkingEstimate,
    ) -> None:
        self._codes = list(codes)
        self._standard, self._estimate = standard, estimate
        self._leaves: dict[int, _Leaf] = defaultdict(_Leaf)
        self._keyed: list[tuple[IntArray, FloatArray]] = []
        self._loose = 0
        self._served, self._near, self._sole = (np.zeros(facilities) for _ in range(3))
        self._kept: list[_Points] = []
        self._hits: list[tuple[IntArray, FloatArray, FloatArray]] = []
        self._lines = [lineage(code, parents) for code in self._codes]
        self._sought: list[_Sought] = []
        self._wanted = np.empty(0, np.int64)
        self._around: Surroundings | None = None
        # Group 0 is the whole, 1 the demand of unknown region, then every region and those above.
        self._names = sorted({code for line in self._lines for code in line})
        number = {code: place + 2 for place, code in enumerate(self._names)}
        self._groups_of = [[0, 1], *([0, *map(number.__getitem__, line)] for line in self._lines)]
        self._chain = np.full(
            (len(self._codes) + 1, max(len(line) for line in self._groups_of)), -1, np.int64
        )
        for place, line in enumerate(self._groups_of):
            self._chain[place, : len(line)] = line

    def add(self, part: DemandPart, count: PartCount) -> None:
        """Take up what was found in a part; parts come in the order of their points."""
        for leaf in count.leaves:
            self._leaves[leaf.leaf].add(leaf)
        self._keyed.append((count.keyed, count.keyed_weight))
        self._loose += len(count.keyed)
        if self._loose > _MOST_LOOSE:
            self._merge()
        self._served[count.served] += count.served_weight
        self._near[count.near] += count.near_weight
        self._sole[count.sole] += count.sole_weight
        self._kept.append(_Points.of(part, count.bare, count.walk_m, count.bare_nearest))

    def _merge(self) -> tuple[IntArray, FloatArray]:
        codes, weights = (
            np.concatenate([one[place] for one in self._keyed] or [np.empty(0)]) for place in (0, 1)
        )
        self._keyed = [merged(codes.astype(np.int64), weights)]
        self._loose = 0
        return self._keyed[0]

    def count_ends(self) -> None:
        """Work out what to look for in the second look; no part comes any more."""
        codes, weights = self._merge()
        bounds = np.searchsorted(codes, np.arange(len(self._codes) + 2) * KEYS)
        of_group: dict[int, list[slice]] = defaultdict(list)
        for place, groups in enumerate(self._groups_of):
            for group in groups:
                of_group[group].append(slice(bounds[place], bounds[place + 1]))
        for group, slices in sorted(of_group.items()):
            keys, reached = merged(
                np.concatenate([codes[one] % KEYS for one in slices]),
                np.concatenate([weights[one] for one in slices]),
            )
            if len(keys):
                self._sought.extend(_sought(group, keys, np.cumsum(reached)))
        self._wanted = np.unique(
            np.array(
                [one.code for one in self._sought if one.code % KEYS != _ENDLESS_KEY], np.int64
            )
        )
        lon, lat = (np.concatenate([getattr(one, name) for one in self._kept] or [np.empty(0)])
                    for name in ("lon", "lat"))  # fmt: skip
        link_m = self._standard.line_m(self._estimate)
        self._around = Surroundings.of(lon, lat, link_m)

    def look_again(self, part: DemandPart, walk_m: FloatArray) -> None:
        """Pick out of a part what the quantiles and the outlines of zones need.

        Parameters
        ----------
        walk_m
            What was found for the part (`PartCount.walk_m`).
        """
        assert self._around is not None, "count_ends comes first"
        covered = self._standard.covers(walk_m, self._estimate)
        rows = np.flatnonzero(covered)
        rows = rows[self._around.holds(part.lon[rows], part.lat[rows])]
        self._kept.append(_Points.of(part, rows, walk_m, np.full(len(rows), -1)))
        if not len(self._wanted):
            return
        some = np.flatnonzero(part.weight > 0)
        keys, chains = walk_key(walk_m[some]), self._chain[part.leaf[some] + 1]
        for column in range(chains.shape[1]):
            code = chains[:, column] * KEYS + keys
            place = np.minimum(np.searchsorted(self._wanted, code), len(self._wanted) - 1)
            hit = (self._wanted[place] == code) & (chains[:, column] >= 0)
            self._hits.append((place[hit], walk_m[some[hit]], part.weight[some[hit]]))

    def result(self) -> tuple[DemandFrame, CoverageResult]:
        """Return the figures of all demand, with the points that gap zones are made of.

        The frame and what the result says by point hold those who are not covered, and the covered
        ones near them, in the order of the whole demand; of the latter neither the facility nor a
        backup is told. All sums are of the whole demand.
        """
        kept = self._points()
        covered: BoolArray = self._standard.covers(kept.walk_m, self._estimate)
        count = len(covered)
        region = np.array([*self._codes, None], dtype=object)[kept.leaf]
        groups: dict[int, _Leaf] = defaultdict(_Leaf)
        for leaf in sorted(self._leaves):
            for group in self._groups_of[leaf + 1]:
                groups[group].add(self._leaves[leaf])
        quantiles = self._quantiles()
        # Without any demand, and only then, there is no whole.
        total = _row(None, groups.get(0, _Leaf()), quantiles.get(0, {}))
        rows = {group: _row(self._name(group), one, quantiles.get(group, {}))
                for group, one in sorted(groups.items())}  # fmt: skip
        frame = DemandFrame(kept.lon, kept.lat, kept.weight, region)
        return frame, CoverageResult(
            standard=self._standard,
            estimate=self._estimate,
            nearest_position=kept.nearest,
            second_position=np.full(count, -1),
            walk_m=kept.walk_m,
            backup_walk_m=np.full(count, np.inf),
            covered=covered,
            backup=np.zeros(count, np.bool_),
            weight=kept.weight,
            total=total,
            regions=tuple(row for group, row in rows.items() if group > 1),
            without_region=rows.get(1),
            facility_weight=self._served,
            facility_reach_weight=self._near,
            facility_sole_weight=self._sole,
            network=None,
            snap_state=None,
        )

    def _name(self, group: int) -> str | None:
        return self._names[group - 2] if group > 1 else None

    def _points(self) -> _Points:
        def joined(name: str) -> NDArray[Any]:
            return np.concatenate([getattr(one, name) for one in self._kept] or [np.empty(0, int)])

        order = np.argsort(joined("number"), kind="stable")
        # One column after the other, so that they are not all there twice.
        return _Points(**{name: joined(name)[order] for name in _Points.__slots__})

    def _quantiles(self) -> dict[int, dict[float, float | None]]:
        place, walk_m, weight = (
            np.concatenate([one[column] for one in self._hits] or [np.empty(0)])
            for column in (0, 1, 2)
        )
        order = np.lexsort((walk_m, place))
        place, walk_m, weight = place[order], walk_m[order], weight[order]
        bounds = np.searchsorted(place, np.arange(len(self._wanted) + 1))
        found: dict[int, dict[float, float | None]] = defaultdict(dict)
        for one in self._sought:
            if one.code % KEYS == _ENDLESS_KEY:
                found[one.group][one.share] = None
                continue
            which = int(np.searchsorted(self._wanted, one.code))
            own = slice(bounds[which], bounds[which + 1])
            reached = one.below + np.cumsum(weight[own])
            least = min(int(np.searchsorted(reached, one.target)), len(reached) - 1)
            found[one.group][one.share] = float(walk_m[own][least])
        return found


def _sought(group: int, keys: IntArray, reached: FloatArray) -> Iterator[_Sought]:
    for share in QUANTILES:
        target = quantile_target(share, float(reached[-1]))
        place = int(np.searchsorted(reached, target))
        below = float(reached[place - 1]) if place else 0.0
        yield _Sought(group, share, group * KEYS + int(keys[place]), below, target)


def _row(code: str | None, leaf: _Leaf, quantiles: Mapping[float, float | None]) -> RegionCoverage:
    weight, covered, backup, uncovered, unreachable = (math.fsum(one) for one in leaf.sums)

    def share(part: float) -> float | None:
        return part / weight if weight > 0 else None

    walk = None
    if leaf.greatest_m is not None:
        finite = math.isfinite(leaf.greatest_m)
        p10, p50, p90 = (quantiles[one] for one in QUANTILES)
        walk = WalkDistribution(
            p10,
            p50,
            p90,
            leaf.walked / weight if finite else None,
            leaf.greatest_m if finite else None,
            tuple(leaf.histogram.tolist()),
        )
    return RegionCoverage(
        code=code,
        point_count=leaf.points,
        weight=weight,
        covered_weight=covered,
        backup_weight=backup,
        uncovered_weight=uncovered,
        unreachable_weight=unreachable,
        covered_share=share(covered),
        backup_share=share(backup),
        uncovered_share=share(uncovered),
        walk=walk,
    )
