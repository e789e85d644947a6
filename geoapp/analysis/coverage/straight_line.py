"""How wrong the straight line would have been: circles and estimates held against walks.

Counted is the demand that stands on the network; what a circle would have told of it (straight line
to the nearest facility <= standard), what the estimate (the same line times a detour factor), and
what the walk tells. Beside it, per region, how much demand is cut off from the network or away from
it, for which no such comparison can be made.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoapp.analysis.coverage.region_figures import rows_below
from geoapp.analysis.network.snapping import Snap
from geoapp.core.arrays import FloatArray
from geoapp.core.walking import Standard, WalkingEstimate


@dataclass(frozen=True, slots=True)
class StraightLine:
    """The comparison for a region, or for all demand; weights are workers.

    Attributes
    ----------
    on_weight, cut_off_weight, off_weight
        On the network, on a part of it that leads nowhere, and away from it.
    walk_covered_share, line_covered_share, estimate_covered_share
        Of the demand on the network, who is within the standard: by the walk, in the circle, by
        the estimate; None where there is none.
    line_wrong_weight, estimate_wrong_weight
        Whose answer differs from the walk's: in by one, out by the other.
    detour_factor
        Walked over straight metres, each to its own nearest facility, of those who reach one;
        None where there are none.
    """

    on_weight: float
    cut_off_weight: float
    off_weight: float
    walk_covered_share: float | None
    line_covered_share: float | None
    estimate_covered_share: float | None
    line_wrong_weight: float
    estimate_wrong_weight: float
    detour_factor: float | None


def straight_line(
    *,
    state: NDArray[np.uint8],
    walk_m: FloatArray,
    line_m: FloatArray,
    weight: FloatArray,
    standard: Standard,
    estimate: WalkingEstimate,
    region: NDArray[np.object_] | None,
    parents: Mapping[str, str | None],
) -> tuple[StraightLine, dict[str, StraightLine]]:
    """Compare for all demand, and for every region that holds some, those above included.

    Parameters
    ----------
    state
        By demand point how it stands to the network, `Snap`.
    walk_m, line_m
        By demand point the walk to the facility nearest on foot, and the straight line to the one
        nearest in a line; inf = there is none.
    weight
        By demand point.
    standard, estimate
        What is asked, and how an estimate makes walks of lines.
    region, parents
        By demand point its region's code (None = unknown), and by code the one above.
    """
    on = state == Snap.ON
    circle = estimate_of_lines(1.0, estimate)
    covered = {
        "walk": standard.covers(walk_m, estimate),
        "line": standard.covers(circle.walk_m(line_m), estimate),
        "estimate": standard.covers(estimate.walk_m(line_m), estimate),
    }

    def one(rows: NDArray[np.int64]) -> StraightLine:
        own, here = weight[rows], on[rows]
        known = {name: some[rows] & here for name, some in covered.items()}
        on_weight = float(own[here].sum())

        def share(name: str) -> float | None:
            return float(own[known[name]].sum()) / on_weight if on_weight > 0 else None

        reached = here & np.isfinite(walk_m[rows]) & np.isfinite(line_m[rows])
        straight_m = float(own[reached] @ line_m[rows][reached])
        walked_m = float(own[reached] @ walk_m[rows][reached])
        return StraightLine(
            on_weight=on_weight,
            cut_off_weight=float(own[state[rows] == Snap.CUT_OFF].sum()),
            off_weight=float(own[state[rows] == Snap.OFF].sum()),
            walk_covered_share=share("walk"),
            line_covered_share=share("line"),
            estimate_covered_share=share("estimate"),
            line_wrong_weight=float(own[known["line"] != known["walk"]].sum()),
            estimate_wrong_weight=float(own[known["estimate"] != known["walk"]].sum()),
            detour_factor=walked_m / straight_m if straight_m > 0 else None,
        )

    below = rows_below(region, parents)
    return one(np.arange(len(weight))), {code: one(rows) for code, rows in below.items()}


def estimate_of_lines(factor: float, estimate: WalkingEstimate) -> WalkingEstimate:
    """Return the estimate with another factor: 1 takes the line itself for the walk."""
    return WalkingEstimate(detour_factor=factor, speed_m_per_s=estimate.speed_m_per_s)
