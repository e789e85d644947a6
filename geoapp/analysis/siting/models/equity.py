"""Lift the worst district first: lexicographic greatest least share (Ogryczak & Śliwiński 2006).

With s_r = sum_{i in r} w_i z_i / W_r the covered share of region r, ordered s_(1) <= s_(2) <= ...,
the plan sought is best in s_(1), among those in s_(2), and so on; among those left it covers most
weight. Level k maximises the sum of the k least shares,

    theta_k = max  k t - sum_r d_r   with  d_r >= t - s_r,  d_r >= 0,

with theta_1 .. theta_{k-1} kept at what was found, which is the same order for every set of plans,
whole numbers included (Ogryczak 1997). A level is settled when the sum is proven to be within the
resolution asked for of the greatest possible.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from geoapp.analysis.siting.checks import (
    Sites,
    checked_share,
)
from geoapp.analysis.siting.covering.aggregate import merged
from geoapp.analysis.siting.covering.plain import Plan
from geoapp.analysis.siting.covering.ruled import refused, value_of, widened
from geoapp.analysis.siting.covering.ruled_search import priced
from geoapp.analysis.siting.models.equity_levels import (
    RESOLUTION,
    UNIT,
    fairer,
    level_model,
    searched_level,
)
from geoapp.analysis.siting.models.equity_start import Districts, fair_plan
from geoapp.analysis.siting.models.mclp import result_of
from geoapp.analysis.siting.problem import CoverProblem, Limits
from geoapp.analysis.siting.result import (
    BoundBasis,
    Cancelled,
    Clock,
    Progress,
    SitingResult,
    whole,
)
from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.results.status import SitingStatus

_NEAR_SHARE = 0.02  # districts so little above the worst are in the first model of a level
_LEVEL_SHARE = 0.8  # of the time left, at most
_START_SHARE = 0.25  # of the time, at most
_PATIENCE = 100  # tries in vain


@dataclass(frozen=True, slots=True)
class EquityLevel:
    """What was reached for the worst districts together.

    Attributes
    ----------
    lowest
        How many of the districts served worst.
    objective, bound
        The sum of their covered shares; no plan that keeps the levels before has more.
    proven
        Whether the two are equal, as far as shares are told apart.
    """

    lowest: int
    objective: float
    bound: float
    proven: bool


@dataclass(frozen=True, slots=True)
class EquityResult:
    """A plan that lifts the worst districts first.

    Attributes
    ----------
    plan
        Sites in order of the weight that each adds; its objective is the weight covered, its bound
        that of plans as fair, its status optimal only where all levels are proven too.
    regions, shares
        The regions in the order in which they are first named, and the covered share of each; nan
        where nobody is.
    levels
        From the worst district alone on.
    """

    plan: SitingResult
    regions: tuple[Any, ...]
    shares: FloatArray
    levels: tuple[EquityLevel, ...]


def solve_equity(
    cover: Any,
    weights: ArrayLike,
    p: int | None,
    regions: Any,
    *,
    levels: int | None = None,
    resolution_share: float = RESOLUTION,
    fixed: Sites = (),
    forbidden: Sites = (),
    costs: ArrayLike | None = None,
    budget: float | None = None,
    groups: object = None,
    group_min: Mapping[Any, int] | None = None,
    group_max: Mapping[Any, int] | None = None,
    conflicts: Any = (),
    time_limit_seconds: float = 60.0,
    target_gap: float = 0.0,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> EquityResult:
    """Choose the sites that lift the worst served district most, then the next, then most weight.

    Parameters
    ----------
    cover, weights, p
        As in ``solve_mclp``.
    regions
        By demand point its region (a code or name). Regions without weight do not count.
    levels
        Stop to distinguish after so many of the worst districts; None = all.
    resolution_share
        A level is settled when no plan can have a sum of shares greater by more than this; 0.005
        settles large problems that take hours to the last share. At least 1e-6.
    fixed, forbidden, costs, budget, groups, group_min, group_max, conflicts
        As in ``solve_mclp``. Groups are of candidates and need not be the regions.
    time_limit_seconds, target_gap, progress, cancelled
        As in ``solve_mclp``; the gap is that of the weight covered. A level takes four
        fifths of the time left at most; what comes after one that is not settled is not asked.

    Raises
    ------
    InvalidValueError
        If an input is not what is said above.
    """
    limits = Limits(time_limit_seconds, target_gap, progress, cancelled)
    problem = CoverProblem.of(
        cover,
        weights,
        p,
        fixed=fixed,
        forbidden=forbidden,
        costs=costs,
        budget=budget,
        groups=groups,
        group_min=group_min,
        group_max=group_max,
        conflicts=conflicts,
    )
    return fairest(problem, regions, limits, levels=levels, resolution_share=resolution_share)


def fairest(
    problem: CoverProblem,
    regions: Any,
    limits: Limits,
    *,
    levels: int | None = None,
    resolution_share: float = RESOLUTION,
) -> EquityResult:
    """Choose the sites that lift the worst served district most, and so on, as ``solve_equity``."""
    clock, target_gap = limits.clock(), limits.target_gap
    names, number = _numbered_regions(regions, problem.demand)
    if levels is not None and levels < 1:
        raise InvalidValueError("levels", levels, Text("至少 1", "a number from 1 up"))
    checked_share("resolution_share", resolution_share, RESOLUTION)
    none, base = refused("equity", problem, clock)
    total = np.bincount(number, problem.weights, len(names)).astype(np.float64)
    counted = total > 0
    if none is not None:
        return EquityResult(none, names, np.full(len(names), np.nan), ())
    task = _by_region(problem, number, total)
    deep = min(int(counted.sum()), levels or len(names))
    plan, found = _lifted(task, base, deep, resolution_share, clock, target_gap)
    result = replace(result_of(problem, plan, clock, target_gap), model="equity")
    if not all(level.proven for level in found) and result.status in (
        SitingStatus.OPTIMAL,
        SitingStatus.WITHIN_GAP,
    ):
        stopped = SitingStatus.CANCELLED if clock.stopped else SitingStatus.TIME_LIMIT
        result = replace(result, status=stopped)
    shares = np.full(len(names), np.nan)
    shares[counted] = task.shares(plan.sites)
    return EquityResult(result, names, shares, found)


def _numbered_regions(regions: Any, demand: int) -> tuple[tuple[Any, ...], IntArray]:
    """Return the regions' names and by demand point the number of its region."""
    labels = list(np.asarray(regions, dtype=object).reshape(-1))
    if len(labels) != demand:
        raise InvalidValueError(
            "regions", len(labels), Text(f"{demand} 个区域", f"{demand} regions, one by point")
        )
    place: dict[Any, int] = {}
    for label in labels:
        place.setdefault(label, len(place))
    return tuple(place), np.array([place[label] for label in labels], dtype=np.int64)


def _by_region(problem: CoverProblem, number: IntArray, total: FloatArray) -> Districts:
    """Merge the points that the same candidates cover within each region."""
    cover, weights = problem.cover, problem.weights
    demand, sites = cover.shape
    mark = sp.csr_array((np.ones(demand), number, np.arange(demand + 1)), (demand, len(total)))
    both = sp.csr_array(sp.hstack((cover, mark), format="csr"))
    both.sort_indices()
    rows = merged(both, np.where(np.diff(cover.indptr) > 0, weights, 0.0))
    place = np.cumsum(total > 0) - 1
    last = rows.cover.indptr[1:] - 1  # the region stands after all candidates
    return Districts(
        cover=sp.csr_array(rows.cover[:, :sites]),
        weights=rows.weights,
        region=place[rows.cover.indices[last] - sites],
        total=total[total > 0],
        rules=problem.rules,
    )


def _lifted(
    task: Districts,
    base: IntArray,
    deep: int,
    resolution: float,
    clock: Clock,
    target_gap: float,
) -> tuple[Plan, tuple[EquityLevel, ...]]:
    """Solve level after level, then for the weight."""
    before = clock.taken()
    until = before + _START_SHARE * clock.left()
    sites = fair_plan(task, base, clock, until, _PATIENCE)
    wide = widened(task.rules, sites, task.cover, task.weights)
    if task.rank(wide) > task.rank(sites):
        sites = wide
    found: list[EquityLevel] = []
    kept: list[float] = []
    evident, known = np.sort(_greatest_shares(task)), 0.0
    for lowest in range(1, deep + 1):
        share = Clock(_LEVEL_SHARE * clock.left(), clock.cancelled)
        sites, bound = _level(task, kept, lowest, sites, resolution, share)
        bound = min(bound, known + float(evident[lowest - 1]))
        objective = float(np.sort(task.shares(sites))[:lowest].sum())
        bound = max(objective, bound)
        proven = bound - objective <= resolution
        known = objective if proven else bound
        found.append(EquityLevel(lowest, objective, known, proven))
        kept.append(objective)
        if not proven:
            break
    integral = whole(task.weights)
    value = value_of(task.cover, task.weights, task.rules, sites)
    if not all(level.proven for level in found):
        # Fairer plans may exist, and cover more: only what holds for every plan bounds them.
        bound, size, basis = _any_plan(task, sites, value, clock)
        return Plan(sites, bound, size, basis, integral, None), tuple(found)
    model = level_model(task, kept, 0)
    stop = max(0.999 if integral else 0.0, target_gap * value)
    sites, least, size, basis = searched_level(task, model, sites, 0, -value, clock, stop)
    return Plan(sites, -least, size, basis, integral, None), tuple(found)


def _greatest_shares(task: Districts) -> FloatArray:
    """Return by district the share that all sites together could reach in it alone, at most."""
    rules, regions = task.rules, len(task.total)
    open_ = np.zeros(len(rules.allowed))
    open_[rules.fixed] = 1.0
    left = np.where((task.cover @ open_) > 0, 0.0, task.weights)
    by_region = sp.csr_array(
        (left, (np.arange(len(left)), task.region)), shape=(len(left), regions)
    )
    gain = sp.csc_array(task.cover.T @ by_region)
    free = rules.allowed & (open_ == 0)
    most = task.shares(rules.fixed)
    for region in range(regions):
        mine = slice(gain.indptr[region], gain.indptr[region + 1])
        gains = np.sort(gain.data[mine][free[gain.indices[mine]]])[::-1]
        more = gains[: max(0, rules.p - len(rules.fixed))].sum() / task.total[region]
        most[region] = min(1.0, most[region] + more)
    return most


def _any_plan(
    task: Districts, sites: IntArray, value: float, clock: Clock
) -> tuple[float, float, BoundBasis]:
    """Return a bound of the weight that any plan covers, fair or not, its terms and its proof."""
    total = float(task.weights.sum())
    until = clock.taken() + 0.2 * clock.left()
    held = priced(task.cover, task.weights, task.rules, sites, value, clock, until)
    if held is None or held.bound >= total:
        return total, total, "none"
    return held.bound, held.size, "dual"


def _level(
    task: Districts,
    kept: list[float],
    lowest: int,
    sites: IntArray,
    resolution: float,
    clock: Clock,
) -> tuple[IntArray, float]:
    """Return the best plan of a level and a bound of the sum of the least shares.

    Only districts that may be among the least are in the model: without the others the rows
    ``d_r >= t - s_r`` are fewer, so its bound holds for all. Where the plan found leaves one of the
    others behind, it is taken in and the level solved again.
    """
    # No plan has a share below that of the fixed sites alone.
    floor = task.shares(task.rules.fixed)
    worst = float(np.sort(task.shares(sites))[lowest - 1])
    inside = floor < 1.1 * worst + _NEAR_SHARE
    inside[np.argsort(floor, kind="stable")[:lowest]] = True
    bound = np.inf
    while True:
        part = task.of(inside)
        model = level_model(part, kept, lowest)
        now = float(np.sort(part.shares(sites))[:lowest].sum())
        near = UNIT * resolution / 4
        best, least, _, _ = searched_level(part, model, sites, lowest, -UNIT * now, clock, near)
        bound = min(bound, -least / UNIT)
        if fairer(task, best, sites, lowest):
            sites = best
        reached = float(np.sort(task.shares(sites))[:lowest].sum())
        if bound - reached <= resolution or clock.left() == 0:
            return sites, bound
        shares = task.shares(best)
        behind = ~inside & (shares < np.sort(shares[inside])[lowest - 1])
        if not behind.any():
            return sites, bound
        inside |= behind
