"""Coverage hour by hour: who is within reach is found once, then every hour is arithmetic.

Facilities with the same opening hours open and close together: they are one class. What matters of
a demand point is its region, its hourly profile, its weight and the set of classes within the
standard, so that the demand falls into few groups. A group is covered in an hour iff any class of
its set is open.
"""

import itertools
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geoapp.analysis.coverage.coverage import coverage
from geoapp.analysis.frames import DemandFrame, FacilityFrame
from geoapp.analysis.geometry.spheroid import ecef, greatest_chord_m
from geoapp.analysis.nearest.bulk import Progress
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.walks.pairs import PairWalks
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.walking import Standard, WalkingEstimate

WEEK_HOURS: Final = 168
_SITES: Final = 256  # asked for at once: what they reach is thinned out before the next
_MOST_PAIRS: Final = 40_000_000  # points and classes, 320 MB
_ROWS: Final = 8192


@dataclass(frozen=True, slots=True)
class HourGroups:
    """Demand that is covered together, whatever the hour.

    Attributes
    ----------
    region, profile
        By group: number of its region and of its hourly profile, as the caller counts them.
    reach
        By group: number of its set of classes.
    weight
        By group.
    starts, classes
        The sets of classes, CSR: set k is ``classes[starts[k] : starts[k + 1]]``.
    """

    region: IntArray
    profile: IntArray
    reach: IntArray
    weight: FloatArray
    starts: IntArray
    classes: IntArray


def hour_groups(
    demand: DemandFrame,
    facilities: FacilityFrame,
    class_of: IntArray,
    standard: Standard,
    *,
    region_of: IntArray,
    profile_of: IntArray,
    estimate: WalkingEstimate,
    network: WalkingNetwork | None = None,
    progress: Progress | None = None,
) -> HourGroups:
    """Group n demand points by region, profile and the classes of facilities within the standard.

    Parameters
    ----------
    demand, facilities, standard, estimate, network
        As in `coverage`, whose answers these are.
    class_of
        By facility position, the number of its class, from 0.
    region_of, profile_of
        By demand point, any numbers that stand for its region and its hourly profile.
    progress
        Called with the share done, 0 to 1; may raise to stop.

    Raises
    ------
    InvalidValueError
        If there are more pairs of points and classes within reach than memory should hold.
    """
    rows = np.flatnonzero(demand.weight > 0)
    some = DemandFrame(demand.lon[rows], demand.lat[rows], demand.weight[rows])
    starts, reached = _reached(
        some, facilities, class_of, standard, estimate=estimate, network=network, progress=progress
    )
    number: dict[bytes, int] = {}
    bounds = starts.tolist()
    of_point = np.fromiter(
        (
            number.setdefault(reached[first:end].tobytes(), len(number))
            for first, end in itertools.pairwise(bounds)
        ),
        np.int64,
        len(rows),
    )
    sets = [np.frombuffer(one, np.int64) for one in number]
    keys = np.stack((region_of[rows], profile_of[rows], of_point))
    groups, group_of = np.unique(keys, axis=1, return_inverse=True)
    weight = np.bincount(group_of.ravel(), some.weight, minlength=groups.shape[1])
    return HourGroups(
        region=groups[0],
        profile=groups[1],
        reach=groups[2],
        weight=weight.astype(np.float64),
        starts=np.cumsum([0, *(len(one) for one in sets)]),
        classes=np.concatenate([np.empty(0, np.int64), *sets]),
    )


def _reached(
    demand: DemandFrame,
    facilities: FacilityFrame,
    class_of: IntArray,
    standard: Standard,
    *,
    estimate: WalkingEstimate,
    network: WalkingNetwork | None,
    progress: Progress | None,
) -> tuple[IntArray, IntArray]:
    """Return by demand point the classes within the standard, ascending, CSR."""
    size = int(class_of.max(initial=-1)) + 1
    index = facilities.index
    areas = (index.area_of(one) is not None for one in range(index.position_count))
    has_area = np.fromiter(areas, np.bool_, index.position_count)
    found: list[IntArray] = [np.empty(0, np.int64)]
    held = 0
    points = np.flatnonzero(~has_area)
    points = points[np.argsort(class_of[points], kind="stable")]
    walks = PairWalks.of(demand.lon, demand.lat, estimate=estimate, network=network)
    for first in range(0, len(points), _SITES):
        sites = points[first : first + _SITES]
        cover = walks.cover(index.lon[sites], index.lat[sites], standard)
        row = np.repeat(np.arange(len(demand.weight)), np.diff(cover.indptr))
        found.append(np.unique(row * size + class_of[sites[cover.indices]]))
        held += len(found[-1])
        if held > _MOST_PAIRS:
            raise InvalidValueError("standard", held, _FEWER)
        if progress is not None:
            progress(min(1.0, (first + len(sites)) / len(class_of)))
    # An outline counts by its edge where a walk is estimated: the coverage analysis itself decides.
    for number in np.unique(class_of[has_area]).tolist():
        mask = has_area & (class_of == number)
        near = _near(demand, facilities, mask, standard.walk_m(estimate))
        few = DemandFrame(demand.lon[near], demand.lat[near], demand.weight[near])
        covered = coverage(
            few, facilities, standard, estimate=estimate, network=network, open_mask=mask
        ).covered
        found.append(near[covered] * size + number)
        if progress is not None:
            progress(1.0)
    keys = np.unique(np.concatenate(found))
    row = keys // max(1, size)
    counts = np.bincount(row, minlength=len(demand.weight))
    return np.concatenate(([0], np.cumsum(counts))), keys - row * size


_FEWER = Text(
    "更小的区域或更短的标准（需求点与设施的组合太多）",
    "a smaller region or a shorter standard (too many pairs of demand points and facilities)",
)


def _near(
    demand: DemandFrame, facilities: FacilityFrame, mask: BoolArray, walk_m: float
) -> IntArray:
    """Return the points that a straight line no longer than the walk could bring to some areas."""
    tree = cKDTree(ecef(demand.lon, demand.lat))
    near: list[int] = []
    for layer in facilities.index.layers_of(mask):
        reach_m = greatest_chord_m(walk_m + layer.greatest_radius_m)
        for one in tree.query_ball_point(layer.tree.data, reach_m):
            near += one
    return np.unique(np.array(near, np.int64))


def covered_by_hour(
    groups: HourGroups, open_by_class: BoolArray, profiles: FloatArray, regions: int
) -> tuple[FloatArray, FloatArray]:
    """Add up, by region and hour, the demand that is there and the part of it that is covered.

    Parameters
    ----------
    groups
        Regions numbered 0 to ``regions - 1``, profiles as in ``profiles``.
    open_by_class
        Shape (classes, 168): whether the class is open, or counts as open, in that hour.
    profiles
        Shape (profiles, 168): the share of the weight that is there in that hour.

    Returns
    -------
    total, covered
        Shape (regions, 168) each.
    """
    covered_of_set = _any_open(groups, open_by_class)
    total = np.zeros((regions, WEEK_HOURS))
    covered = np.zeros((regions, WEEK_HOURS))
    kind, kind_of = np.unique(
        np.stack((groups.region, groups.profile)), axis=1, return_inverse=True
    )
    kind_of = kind_of.ravel()
    weight = np.bincount(kind_of, groups.weight, minlength=kind.shape[1])
    by_kind = np.zeros((kind.shape[1], WEEK_HOURS))
    for first in range(0, len(groups.weight), _ROWS):
        rows = slice(first, first + _ROWS)
        bits = np.unpackbits(covered_of_set[groups.reach[rows]], axis=1, count=WEEK_HOURS)
        np.add.at(by_kind, kind_of[rows], groups.weight[rows, None] * bits)
    share = profiles[kind[1]]
    np.add.at(total, kind[0], weight[:, None] * share)
    np.add.at(covered, kind[0], by_kind * share)
    return total, covered


def reached_sets(groups: HourGroups, counts: BoolArray) -> BoolArray:
    """Return by set of classes whether any of them counts, shape (sets, n).

    Parameters
    ----------
    counts
        Shape (classes, n): whether a class counts, in each of n cases.
    """
    width = counts.shape[1]
    return np.unpackbits(_any_open(groups, counts), axis=1, count=width).astype(np.bool_)


def _any_open(groups: HourGroups, open_by_class: BoolArray) -> NDArray[np.uint8]:
    """Return by set of classes the hours, or other cases, as bits, in which any of them is open."""
    bits: NDArray[Any] = np.packbits(open_by_class, axis=1)
    found = np.zeros((len(groups.starts) - 1, bits.shape[1]), np.uint8)
    filled = np.flatnonzero(np.diff(groups.starts))
    if len(filled):
        # Empty sets lie between none: the starts of the others bound them all the same.
        found[filled] = np.bitwise_or.reduceat(bits[groups.classes], groups.starts[filled], axis=0)
    return found
