"""One part of a demand that is never whole in one process: who is covered in it, counted by region.

A part is searched by the very function of coverage, among all facilities, so that it does not matter
how the demand was divided. What comes back is small beside the part: sums by region and by facility,
the walks, and the facilities nearest to those whom nobody covers.
"""

import math
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np

from geoapp.analysis.coverage.coverage import CoverageResult, coverage
from geoapp.analysis.coverage.region_figures import HISTOGRAM_EDGES_M
from geoapp.analysis.frames import DemandFrame, FacilityFrame
from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.walking import Standard, WalkingEstimate

BINS: Final = len(HISTOGRAM_EDGES_M) + 1
KEYS: Final = 1 << 19
_KEY_SHIFT: Final = 44
Terms = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class DemandPart:
    """Some consecutive points of a demand.

    Attributes
    ----------
    first
        The number of the first of them in the whole demand.
    lon, lat, weight
        EPSG:4326, and workers at the moment asked.
    leaf
        By point the number of its region; -1 = unknown.
    """

    first: int
    lon: FloatArray
    lat: FloatArray
    weight: FloatArray
    leaf: IntArray

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.lon)


@dataclass(frozen=True, slots=True)
class LeafCount:
    """What a part holds of one region, that of the points themselves.

    Attributes
    ----------
    leaf
        The region's number; -1 = unknown.
    points
        How many.
    weight, covered, backup, uncovered, unreachable
        Workers, each as numbers whose sum is exact.
    histogram
        Workers by class of walk.
    walked
        Sum of workers times metres, of those who reach a facility.
    greatest_m
        The longest walk of anybody; None where nobody is.
    """

    leaf: int
    points: int
    weight: Terms
    covered: Terms
    backup: Terms
    uncovered: Terms
    unreachable: Terms
    histogram: FloatArray
    walked: float
    greatest_m: float | None


@dataclass(frozen=True, slots=True)
class PartCount:
    """What was found in a part.

    Attributes
    ----------
    walk_m
        By point the walk to the nearest facility; inf = there is none.
    bare, bare_nearest
        The points in the part that have workers and are not covered, and the place nearest to each
        (-1 = none).
    leaves
        By region.
    keyed, keyed_weight
        Workers by region and fine class of walk (see `walk_key`): ``(leaf + 1) * KEYS + key``.
    served, served_weight, near, near_weight, sole, sole_weight
        Facilities, and the weight of those whose nearest each is, of these within the standard, and
        whom it alone covers.
    """

    walk_m: FloatArray
    bare: IntArray
    bare_nearest: IntArray
    leaves: tuple[LeafCount, ...]
    keyed: IntArray
    keyed_weight: FloatArray
    served: IntArray
    served_weight: FloatArray
    near: IntArray
    near_weight: FloatArray
    sole: IntArray
    sole_weight: FloatArray


def walk_key(walk_m: FloatArray) -> IntArray:
    """Return for walks from 0 up the numbers of fine classes, rising with the walk.

    A class is as wide as 1/256 to 1/512 of its walks: the first bits of the binary number. Of an
    endless walk it is a class of its own.
    """
    return np.ascontiguousarray(walk_m).view(np.int64) >> _KEY_SHIFT


def exact_terms(values: FloatArray) -> Terms:
    """Return a few numbers whose sum is the sum of the values without any rounding."""
    numbers = values.tolist()
    terms: list[float] = []
    while left := math.fsum(chain(numbers, (-term for term in terms))):
        terms.append(left)
    return tuple(terms)


def merged(codes: IntArray, weight: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return the distinct codes, rising, and the weight of each."""
    each, place = np.unique(codes, return_inverse=True)
    return each, np.bincount(place, weight, len(each)).astype(np.float64)


def count_part(
    part: DemandPart,
    facilities: FacilityFrame,
    standard: Standard,
    estimate: WalkingEstimate,
    threads: int | None = None,
) -> PartCount:
    """Search a part and count it; parameters as in `coverage`."""
    demand = DemandFrame(part.lon, part.lat, part.weight)
    result = coverage(demand, facilities, standard, estimate=estimate, threads=threads)
    bare = np.flatnonzero(~result.covered & (part.weight > 0))
    some = part.weight > 0
    codes = (part.leaf[some].astype(np.int64) + 1) * KEYS + walk_key(result.walk_m[some])
    keyed, keyed_weight = merged(codes, part.weight[some])
    served, near, sole = (
        np.flatnonzero(one)
        for one in (
            result.facility_weight,
            result.facility_reach_weight,
            result.facility_sole_weight,
        )
    )
    return PartCount(
        walk_m=result.walk_m,
        bare=bare,
        bare_nearest=result.nearest_position[bare],
        leaves=_leaves(part, result),
        keyed=keyed,
        keyed_weight=keyed_weight,
        served=served,
        served_weight=result.facility_weight[served],
        near=near,
        near_weight=result.facility_reach_weight[near],
        sole=sole,
        sole_weight=result.facility_sole_weight[sole],
    )


def _leaves(part: DemandPart, result: CoverageResult) -> tuple[LeafCount, ...]:
    if not len(part):
        return ()
    order = np.argsort(part.leaf, kind="stable")
    leaf, weight, walk_m = part.leaf[order], part.weight[order], result.walk_m[order]
    covered, backup = result.covered[order], result.backup[order]
    starts = np.flatnonzero(np.diff(leaf, prepend=leaf[0] - 1))
    reached = np.isfinite(walk_m)
    whole = bool((weight == np.floor(weight)).all())

    def sums(kept: FloatArray) -> list[Terms]:
        if whole:
            return [(total,) for total in np.add.reduceat(kept, starts).tolist()]
        return [exact_terms(one) for one in np.split(kept, starts[1:])]

    weights = (
        weight,
        np.where(covered, weight, 0.0),
        np.where(backup, weight, 0.0),
        np.where(covered, 0.0, weight),
        np.where(reached, 0.0, weight),
    )
    group = np.cumsum(np.diff(leaf, prepend=leaf[0]) != 0)
    bins = np.searchsorted(HISTOGRAM_EDGES_M, walk_m[reached], side="left")
    count = len(starts)
    histogram = np.bincount(group[reached] * BINS + bins, weight[reached], count * BINS).reshape(
        count, BINS
    )
    walked = np.add.reduceat(np.where(reached, walk_m, 0.0) * weight, starts).tolist()
    # Nobody walks less than nothing: -1 stands for a region of points without workers.
    greatest = np.maximum.reduceat(np.where(weight > 0, walk_m, -1.0), starts).tolist()
    points = np.diff(np.append(starts, len(leaf))).tolist()
    summed = [sums(kept) for kept in weights]
    return tuple(
        LeafCount(
            leaf=number,
            points=points[place],
            weight=summed[0][place],
            covered=summed[1][place],
            backup=summed[2][place],
            uncovered=summed[3][place],
            unreachable=summed[4][place],
            histogram=histogram[place],
            walked=walked[place],
            greatest_m=None if greatest[place] < 0 else greatest[place],
        )
        for place, number in enumerate(leaf[starts].tolist())
    )
