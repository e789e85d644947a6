"""Who is within a service standard of a facility, who has a second one, and who has none.

Covered iff impedance <= standard (closed), where the impedance of a demand point is the walk to
its nearest facility: the shortest path where both are on a walking network, else the exact geodesic
times the estimate's detour factor.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from geoapp.analysis.coverage.facts import sole_weight
from geoapp.analysis.coverage.region_figures import RegionCoverage, Tally, by_region
from geoapp.analysis.frames import DemandFrame, FacilityFrame
from geoapp.analysis.geometry.spheroid import geodesic_m
from geoapp.analysis.nearest.bulk import Cancelled, Progress, raise_if, two_nearest
from geoapp.analysis.network.demand_walks import NearestWalks, two_nearest_by_walk
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.snapping import Snap
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.walking import Standard, WalkingEstimate

_LEAST_LINE_M = 50.0
_SEARCH_SHARE = 0.8  # of the whole work; the rest is counting


@dataclass(frozen=True, slots=True)
class CoverageResult:
    """Coverage of n demand points by facilities at m positions.

    A facility with several places is one source of service: its places are no backup of each other.

    Attributes
    ----------
    standard, estimate
        What was asked, and how lines became walks.
    nearest_position, second_position
        By demand point: position of the nearest place, and of the nearest place of another
        facility; -1 = there is none.
    walk_m, backup_walk_m
        By demand point: walk to them in metres; inf = there is none.
    covered, backup
        By demand point: at least one, at least two facilities within the standard.
    weight
        By demand point: the weight at the moment asked.
    total
        Figures of all demand.
    regions
        Figures of every region that holds demand and of those above, ordered by code.
    without_region
        Figures of the demand of unknown region; None where there is none.
    facility_weight
        By facility, in the order of `FacilityFrame.facilities`: weight of the demand whose nearest
        facility it is.
    facility_reach_weight
        By facility: the part of that weight within the standard: whom the facility should see.
    facility_sole_weight
        By facility: weight that it alone covers, from any of its places; it would be lost if the
        facility closed.
    network, snap_state
        How far the network carried it, and how each demand point stands to it (`Snap`); None where
        none was given.
    """

    standard: Standard
    estimate: WalkingEstimate
    nearest_position: IntArray
    second_position: IntArray
    walk_m: FloatArray
    backup_walk_m: FloatArray
    covered: BoolArray
    backup: BoolArray
    weight: FloatArray
    total: RegionCoverage
    regions: tuple[RegionCoverage, ...]
    without_region: RegionCoverage | None
    facility_weight: FloatArray
    facility_reach_weight: FloatArray
    facility_sole_weight: FloatArray
    network: "NetworkShare | None"
    snap_state: NDArray[np.uint8] | None


@dataclass(frozen=True, slots=True)
class NetworkShare:
    """How far a network carried a coverage result; weights of demand at the moment asked.

    Attributes
    ----------
    on_weight, cut_off_weight, off_weight
        On the network, on a part of it that reaches nothing, and away from it.
    walked_weight
        Whose nearest facility is reached on the network.
    detour_factor
        Walked metres over straight metres of these, weighted; None where there are none. Places
        nearer than 50 m in a straight line are left out: a street's width would decide.
    uncovered_far_weight, uncovered_cut_off_weight, uncovered_off_weight
        The uncovered by their reason: a walk that is too long; no way, because they or all
        facilities are on parts that nothing joins; away from the network and, by the estimate, too
        far.
    """

    on_weight: float
    cut_off_weight: float
    off_weight: float
    walked_weight: float
    detour_factor: float | None
    uncovered_far_weight: float
    uncovered_cut_off_weight: float
    uncovered_off_weight: float


def cut_off(state: NDArray[np.uint8], walk_m: FloatArray) -> BoolArray:
    """Tell which demand has no way out: on a part that leads nowhere, or that no facility is on."""
    return np.asarray((state == Snap.CUT_OFF) | ((state == Snap.ON) & np.isinf(walk_m)))


def coverage(
    demand: DemandFrame,
    facilities: FacilityFrame,
    standard: Standard,
    *,
    estimate: WalkingEstimate,
    network: WalkingNetwork | None = None,
    open_mask: BoolArray | None = None,
    parents: Mapping[str, str | None] | None = None,
    at: datetime | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    threads: int | None = None,
) -> CoverageResult:
    """Compute who is covered.

    Parameters
    ----------
    demand, facilities
        Checked frames, EPSG:4326.
    standard
        Greatest acceptable walk, in metres or seconds.
    estimate
        How straight metres become walked ones, where there is no network.
    network
        The walking network; None = everything is estimated.
    open_mask
        By facility position: which ones count (are open at the moment asked); None = all.
    parents
        For each region code the code of the region above, for figures up the hierarchy.
    at
        The moment for which demand with hourly profiles is weighed; None = the whole weight.
    progress
        Called with the share done, 0 to 1, rising, in the calling thread.
    cancelled
        Asked now and then; when it says True, the work stops.
    threads
        How many threads search where there is no network; None = one for each core, at most four.

    Raises
    ------
    InvalidValueError
        If the mask has another length than the positions, or `at` has no time zone.
    CancelledError
        If cancelled.
    """

    def searched(share: float) -> None:
        if progress is not None:
            progress(_SEARCH_SHARE * share)

    weight = demand.weight_at(at)
    walked = None
    if network is None:
        found = two_nearest(
            facilities.index,
            demand.lon,
            demand.lat,
            mask=open_mask,
            facility_of=facilities.facility_of,
            progress=searched,
            cancelled=cancelled,
            threads=threads,
        )
        positions, walks_m = found.positions, estimate.walk_m(found.line_m)
    else:
        walked = two_nearest_by_walk(
            network,
            facilities.index,
            demand.lon,
            demand.lat,
            estimate=estimate,
            mask=open_mask,
            facility_of=facilities.facility_of,
            progress=searched,
            cancelled=cancelled,
        )
        positions, walks_m = walked.positions, walked.walk_m
    walk_m, backup_walk_m = walks_m[:, 0].copy(), walks_m[:, 1].copy()
    covered, backup = standard.covers(walk_m, estimate), standard.covers(backup_walk_m, estimate)
    nearest, second = positions[:, 0].copy(), positions[:, 1].copy()
    tally = Tally.build(walk_m, weight, covered, backup)
    total = tally.whole()
    raise_if(cancelled)
    regions, without_region = by_region(tally, demand.region, parents or {})
    served, sole = nearest >= 0, covered & ~backup
    facility = np.where(served, np.append(facilities.facility_of, -1)[nearest], -1)
    size = len(facilities.facilities)
    result = CoverageResult(
        standard=standard,
        estimate=estimate,
        nearest_position=nearest,
        second_position=second,
        walk_m=walk_m,
        backup_walk_m=backup_walk_m,
        covered=covered,
        backup=backup,
        weight=weight,
        total=total,
        regions=regions,
        without_region=without_region,
        facility_weight=_load(facility[served], weight[served], size),
        facility_reach_weight=_load(facility[covered], weight[covered], size),
        facility_sole_weight=sole_weight(facility, weight, sole, size),
        network=None if walked is None else _share(walked, demand, facilities, weight, covered),
        snap_state=None if walked is None else walked.state,
    )
    if progress is not None:
        progress(1.0)
    return result


def _load(position: IntArray, weight: FloatArray, size: int) -> FloatArray:
    return np.bincount(position, weight, minlength=size).astype(np.float64)


def _share(
    walked: NearestWalks,
    demand: DemandFrame,
    facilities: FacilityFrame,
    weight: FloatArray,
    covered: BoolArray,
) -> NetworkShare:
    by_network = walked.by_network[:, 0]
    nearest = walked.positions[by_network, 0]
    index = facilities.index
    line_m = np.asarray(
        geodesic_m(
            demand.lon[by_network], demand.lat[by_network], index.lon[nearest], index.lat[nearest]
        )
    )
    far = line_m >= _LEAST_LINE_M
    own = weight[by_network][far]
    straight_m = float(own @ line_m[far])
    walked_m = float(own @ walked.walk_m[by_network, 0][far])
    apart = ~covered & cut_off(walked.state, walked.walk_m[:, 0])
    away = ~covered & (walked.state == Snap.OFF)
    return NetworkShare(
        on_weight=float(weight[walked.state == Snap.ON].sum()),
        cut_off_weight=float(weight[walked.state == Snap.CUT_OFF].sum()),
        off_weight=float(weight[walked.state == Snap.OFF].sum()),
        walked_weight=float(weight[by_network].sum()),
        detour_factor=walked_m / straight_m if straight_m > 0 else None,
        uncovered_far_weight=float(weight[~covered & ~apart & ~away].sum()),
        uncovered_cut_off_weight=float(weight[apart].sum()),
        uncovered_off_weight=float(weight[away].sum()),
    )
