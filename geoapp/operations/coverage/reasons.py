"""Why there is a gap: nothing within the standard, closed at that hour, or cut off."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geoapp.analysis.coverage.coverage import CoverageResult, coverage, cut_off
from geoapp.analysis.coverage.facts import GAP_REASONS, GapReason, reason_codes
from geoapp.analysis.coverage.gaps import GapResult
from geoapp.analysis.frames import DemandFrame, FacilityFrame
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.core.arrays import BoolArray


@dataclass(frozen=True, slots=True)
class HoursGap:
    """Uncovered demand that has a facility within the standard, though not one known to be open.

    Attributes
    ----------
    closed, unknown
        By demand point: the facilities within the standard are closed at the moment; or there is
        one whose hours at that moment are not known.
    """

    closed: BoolArray
    unknown: BoolArray


def hours_gap(
    demand: DemandFrame,
    result: CoverageResult,
    placed: FacilityFrame,
    states: Sequence[bool | None],
    network: WalkingNetwork | None,
) -> HoursGap:
    """Tell which of the uncovered demand would be covered if hours did not count.

    Parameters
    ----------
    demand, result
        Coverage by the facilities known to be open.
    placed, states
        All facilities in service, and of each whether it is open; None = unknown.
    """
    bare = np.flatnonzero(~result.covered & (result.weight > 0))
    some = DemandFrame.from_arrays(demand.lon[bare], demand.lat[bare], result.weight[bare])
    unknown, closed = (np.zeros(len(demand), np.bool_) for _ in range(2))
    for into, mask in (
        (unknown, np.array([known is not False for known in states], np.bool_)),
        (closed, np.ones(len(states), np.bool_)),
    ):
        found = coverage(
            some,
            placed,
            result.standard,
            estimate=result.estimate,
            network=network,
            open_mask=mask,
        )
        into[bare[found.covered]] = True
    return HoursGap(closed & ~unknown, unknown)


def reasons_by_zone(
    result: CoverageResult, zones: GapResult, hours: HoursGap | None
) -> dict[str, dict[str, float]]:
    """Return, by reason and rank of a gap zone, the workers concerned; other zones are left out.

    ``cut_off``: no way out on the network; ``closed``, ``hours_unknown``: as in `HoursGap`. Each point
    has one reason, in the order of `reason_codes`.
    """
    nowhere = np.zeros(len(result.covered), np.bool_)
    asked: list[GapReason] = []
    away, closed, unknown = nowhere, nowhere, nowhere
    if result.snap_state is not None:
        asked.append(GapReason.CUT_OFF)
        away = cut_off(result.snap_state, result.walk_m)
    if hours is not None:
        asked += [GapReason.CLOSED, GapReason.HOURS_UNKNOWN]
        closed, unknown = hours.closed, hours.unknown
    code = reason_codes(result.covered, unknown, closed, away)
    listed = zones.zone_of_point > 0
    found = {}
    for reason in asked:
        here = (code == GAP_REASONS.index(reason)) & listed
        workers = np.bincount(zones.zone_of_point[here], result.weight[here])
        found[str(reason)] = {str(rank): float(workers[rank]) for rank in np.flatnonzero(workers)}
    return found
