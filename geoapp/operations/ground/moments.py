"""One plan for several moments: demand points as rows, one for each way in which facilities stand to them.

The mean over the moments, each with its weight, is a sum over (point, moment). All new sites share their
hours, so that of one point only three things tell its moments apart: whether nothing, one facility or more
cover it then, and whether new sites are open. Each such class is one row with the mean of the workers at
its moments: the rows are at most six times the points, however many the moments, and a plan covers the same
on both.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.coverage.coverage import CoverageResult, coverage
from geoapp.analysis.frames import DemandFrame
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.results.siting import MomentFigures
from geoapp.core.walking import Standard, WalkingEstimate
from geoapp.operations.ground.in_service import frame_of
from geoapp.store.facilities.read import PlacedFacility

_CLASSES = 3  # covered by nothing, by one facility, by more


@dataclass(frozen=True, slots=True)
class Moments:
    """Demand over several moments, as rows; n points, r rows.

    Attributes
    ----------
    times
        The moments, in the service's time zone.
    open, counts
        By moment, whether new sites are open, and how much it counts: whole numbers.
    demand
        The n points, with all their workers.
    standing
        Of the points: who is covered at all moments, with the workers who are not at some (their mean),
        and the longest walk at any moment with the facility at its end.
    point
        By row, its point.
    covered, backup, served
        By row, whether one, whether two facilities cover it, and whether new sites are open then.
    weight
        By row, the mean of the workers over all moments.
    states, state_of
        Who is covered with the facilities that are open, shape (s, n), and by moment which of these.
    """

    times: tuple[datetime, ...]
    open: BoolArray
    counts: IntArray
    demand: DemandFrame
    standing: CoverageResult
    point: IntArray
    covered: BoolArray
    backup: BoolArray
    served: BoolArray
    weight: FloatArray
    states: BoolArray
    state_of: IntArray

    def frame(self) -> DemandFrame:
        """Return the rows as demand, each at its point."""
        held, region = self.demand, self.demand.region
        at = self.point
        mine = None if region is None else region[at]
        return DemandFrame(held.lon[at], held.lat[at], self.weight, mine)

    def rows_of(self, cover: sp.csr_array) -> sp.csr_array:
        """Return which rows sites cover, given which points: none while new sites are closed."""
        open_ = sp.diags_array(self.served.astype(np.float64))
        rows = sp.csr_array(open_ @ sp.csr_array(cover[self.point]))
        rows.eliminate_zeros()
        return rows

    def figures(self, reached: BoolArray) -> tuple[MomentFigures, ...]:
        """Return each moment before and after, given which rows new sites reach."""
        near = np.zeros(len(self.demand), np.bool_)
        near[self.point[reached & self.served]] = True
        found = []
        told = zip(self.times, self.open, self.state_of, self.counts.tolist(), strict=True)
        for moment, is_open, state, counts in told:
            weight, before = self.demand.weight_at(moment), self.states[state]
            after = before | near if is_open else before
            found.append(
                MomentFigures(
                    at=moment.isoformat(),
                    sites_open=bool(is_open),
                    counts=counts,
                    weight=float(weight.sum()),
                    covered_before_weight=float(weight[before].sum()),
                    covered_after_weight=float(weight[after].sum()),
                )
            )
        return tuple(found)


def over_moments(
    demand: DemandFrame,
    placed: Sequence[PlacedFacility],
    open_: BoolArray,
    times: tuple[datetime, ...],
    sites_open: BoolArray,
    counts: IntArray,
    standard: Standard,
    *,
    estimate: WalkingEstimate,
    network: WalkingNetwork | None,
) -> Moments:
    """Measure who is covered at each moment, by the very function of coverage runs, and make the rows.

    Parameters
    ----------
    placed, open_
        Facilities at their places, and which of them count at which moment, shape (moments, places).
    sites_open, counts
        By moment, whether new sites are open, and how much it counts in the means.
    """
    # Without any facility there is nothing to tell states apart by, but one there is.
    known = open_ if len(placed) else np.zeros((len(times), 1), np.bool_)
    states, state_of = np.unique(known, axis=0, return_inverse=True)
    states, state_of = states[:, : len(placed)], state_of.reshape(-1)
    frame, count = frame_of(placed), len(demand)
    covered, backup = np.zeros((2, len(states), count), np.bool_)
    results: list[CoverageResult] = []
    for number, mask in enumerate(states):
        found = coverage(
            demand, frame, standard, estimate=estimate, network=network, open_mask=mask
        )
        covered[number], backup[number] = found.covered, found.backup
        results = [_worse(one, found) for one in results] or [found]
    mean = np.zeros((2 * _CLASSES, count))
    at = np.arange(count)
    for moment, state, is_open, weight in zip(times, state_of, sites_open, counts, strict=True):
        kind = covered[state].astype(np.int64) + backup[state] + _CLASSES * int(is_open)
        mean[kind, at] += weight * demand.weight_at(moment)
    mean /= counts.sum()
    kept = mean > 0
    kept[0] |= ~kept.any(axis=0)  # nobody is there at these moments: still a point
    point, kind = np.nonzero(kept.T)
    out = mean[0] + mean[_CLASSES]
    return Moments(
        times=times,
        open=sites_open,
        counts=counts,
        demand=demand,
        standing=replace(results[0], covered=out == 0, weight=out),
        point=point.astype(np.int64),
        covered=kind % _CLASSES > 0,
        backup=kind % _CLASSES > 1,
        served=kind >= _CLASSES,
        weight=mean[kind, point],
        states=covered,
        state_of=state_of.astype(np.int64),
    )


def _worse(one: CoverageResult, other: CoverageResult) -> CoverageResult:
    """Return by point the longer of two walks, and the facility at its end."""
    longer = other.walk_m > one.walk_m
    return replace(
        one,
        walk_m=np.where(longer, other.walk_m, one.walk_m),
        nearest_position=np.where(longer, other.nearest_position, one.nearest_position),
    )
