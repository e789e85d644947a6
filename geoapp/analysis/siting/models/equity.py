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
from geoapp.analysis.siting.covering.program import mclp_model
from geoapp.analysis.siting.covering.ruled import keeps, refused, value_of, widened
from geoapp.analysis.siting.milp import Model, dual_bound, relaxation_duals, solve
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
from geoapp.analysis.siting.rules import Rules
from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.results.siting import SitingStatus

RESOLUTION = 1e-6
# Shares are written in thousandths, so that the solver's own tolerance is far below the resolution.
_UNIT = 1000.0


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


@dataclass(frozen=True, slots=True)
class _Task:
    """Merged rows with their region, those of regions with weight alone."""

    cover: sp.csr_array
    weights: FloatArray
    region: IntArray
    total: FloatArray
    rules: Rules

    def shares(self, sites: IntArray) -> FloatArray:
        """Return the covered share by region."""
        open_ = np.zeros(self.cover.shape[1])
        open_[sites] = 1.0
        met = (self.cover @ open_) > 0
        reached = np.bincount(self.region[met], self.weights[met], len(self.total))
        return reached / self.total


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
        As in ``solve_mclp``; the gap is that of the weight covered. A level takes half of the time
        left at most; after the first that is not settled, most weight is sought with what was met.

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


def _by_region(problem: CoverProblem, number: IntArray, total: FloatArray) -> _Task:
    """Merge the points that the same candidates cover within each region."""
    cover, weights = problem.cover, problem.weights
    demand, sites = cover.shape
    mark = sp.csr_array((np.ones(demand), number, np.arange(demand + 1)), (demand, len(total)))
    both = sp.csr_array(sp.hstack((cover, mark), format="csr"))
    both.sort_indices()
    rows = merged(both, np.where(np.diff(cover.indptr) > 0, weights, 0.0))
    place = np.cumsum(total > 0) - 1
    last = rows.cover.indptr[1:] - 1  # the region stands after all candidates
    return _Task(
        cover=sp.csr_array(rows.cover[:, :sites]),
        weights=rows.weights,
        region=place[rows.cover.indices[last] - sites],
        total=total[total > 0],
        rules=problem.rules,
    )


def _lifted(
    task: _Task,
    base: IntArray,
    deep: int,
    resolution: float,
    clock: Clock,
    target_gap: float,
) -> tuple[Plan, tuple[EquityLevel, ...]]:
    """Solve level after level, then for the weight."""
    sites = widened(task.rules, base, task.cover, task.weights)
    found: list[EquityLevel] = []
    kept: list[float] = []
    for lowest in range(1, deep + 1):
        model = _model(task, kept, lowest)
        now = float(np.sort(task.shares(sites))[:lowest].sum())
        half = Clock(0.5 * clock.left(), clock.cancelled)
        near = _UNIT * resolution / 4
        sites, bound, _, _ = _solved(task, model, sites, lowest, -_UNIT * now, half, near)
        objective = float(np.sort(task.shares(sites))[:lowest].sum())
        bound = max(objective, -bound / _UNIT)
        proven = bound - objective <= resolution
        found.append(EquityLevel(lowest, objective, objective if proven else bound, proven))
        kept.append(objective)
        if not proven:
            break
    integral = whole(task.weights)
    model = _model(task, kept, 0)
    value = value_of(task.cover, task.weights, task.rules, sites)
    stop = max(0.999 if integral else 0.0, target_gap * value)
    sites, bound, size, basis = _solved(task, model, sites, 0, -value, clock, stop)
    if not all(level.proven for level in found):
        # Fairer plans may exist, and cover more.
        bound, basis = -float(task.weights.sum()), "none"
    return Plan(sites, -bound, size, basis, integral, None), tuple(found)


def _model(task: _Task, kept: list[float], lowest: int) -> Model:
    """Return the model of a level, or of the weight (lowest = 0), with the levels before kept.

    Columns: sites y, rows z, shares s by region, then t and d by region for each level.
    """
    regions = len(task.total)
    deep = max(len(kept), lowest)
    inner = mclp_model(task.cover, task.weights, task.rules)
    width = len(inner.cost)
    rows, sites = len(task.weights), task.cover.shape[1]
    share = sp.csr_array(
        (
            _UNIT * task.weights / task.total[task.region],
            (task.region, sites + np.arange(rows)),
        ),
        shape=(regions, width),
    )
    eye = sp.eye_array(regions, format="csr")
    blocks: list[list[sp.sparray | None]] = [
        [inner.rows, None, *([None] * deep)],
        [-share, eye, *([None] * deep)],
    ]
    lower, upper = [inner.row_lower, np.zeros(regions)], [inner.row_upper, np.zeros(regions)]
    cost = np.concatenate((inner.cost if lowest == 0 else np.zeros(width), np.zeros(regions)))
    costs = [cost]
    for level in range(1, deep + 1):
        before: list[sp.sparray | None] = [None] * (level - 1)
        after: list[sp.sparray | None] = [None] * (deep - level)
        falls = sp.csr_array(sp.hstack((np.ones((regions, 1)), -eye)))
        blocks.append([None, -eye, *before, falls, *after])
        lower.append(np.full(regions, -np.inf))
        upper.append(np.zeros(regions))
        theta = np.concatenate(([float(level)], -np.ones(regions)))
        if level <= len(kept):
            blocks.append([None, None, *before, sp.csr_array(theta[None, :]), *after])
            lower.append(np.array([_UNIT * (kept[level - 1] - RESOLUTION / 2)]))
            upper.append(np.array([np.inf]))
        costs.append(-theta if level == lowest else np.zeros(regions + 1))
    matrix = sp.csr_array(sp.block_array(blocks, format="csr"))
    more = regions + deep * (regions + 1)
    return Model(
        cost=np.concatenate(costs),
        lower=np.concatenate((inner.lower, np.zeros(more))),
        upper=np.concatenate((inner.upper, np.full(more, _UNIT))),
        whole=np.concatenate((inner.whole, np.zeros(more, bool))),
        rows=matrix,
        row_lower=np.concatenate(lower),
        row_upper=np.concatenate(upper),
    )


def _solved(
    task: _Task,
    model: Model,
    sites: IntArray,
    lowest: int,
    value: float,
    clock: Clock,
    stop: float,
) -> tuple[IntArray, float, float, BoundBasis]:
    """Return the better plan, a lower bound of the model, the size of its terms and its proof."""
    least = float(np.minimum(model.cost * model.upper, 0.0).sum())
    size = abs(least)
    if clock.left() == 0:
        return sites, least, size, "none"
    duals = relaxation_duals(model, clock)
    proof: BoundBasis = "none"
    if duals is not None:
        proven, terms = dual_bound(model, duals)
        if proven > least:
            least, size, proof = proven, terms, "dual"
    if value - least <= max(stop, 1e-9 * abs(value)) or clock.left() == 0:
        return sites, least, size, proof
    answer = solve(model, clock, start=_point(task, model, sites), stop_within=stop)
    if answer.x is not None:
        found = np.flatnonzero(answer.x[: task.cover.shape[1]] > 0.5)
        if keeps(task.rules, found) and _better(task, found, sites, lowest):
            sites = found
    if answer.bound > least + 1e-9 * size:
        least, proof = answer.bound, "search"
    return sites, least, size, proof


def _better(task: _Task, found: IntArray, sites: IntArray, lowest: int) -> bool:
    """Say whether a plan is better at a level and, as far as shares are told apart, no worse before."""
    new, old = np.sort(task.shares(found)), np.sort(task.shares(sites))
    theirs, mine = np.cumsum(new), np.cumsum(old)
    before = (lowest or len(new) + 1) - 1
    if lowest == 0:
        return bool(np.all(theirs >= mine - RESOLUTION)) and value_of(
            task.cover, task.weights, task.rules, found
        ) > value_of(task.cover, task.weights, task.rules, sites)
    no_worse = bool(np.all(theirs[:before] >= mine[:before] - RESOLUTION))
    return no_worse and bool(theirs[lowest - 1] > mine[lowest - 1])


def _point(task: _Task, model: Model, sites: IntArray) -> FloatArray:
    """Return a plan as a point of a level's model."""
    point = np.zeros(len(model.cost))
    point[sites] = 1.0
    count, rows = task.cover.shape[1], len(task.weights)
    point[count : count + rows] = (task.cover @ point[:count]) > 0
    share = _UNIT * task.shares(sites)
    at = count + rows
    point[at : at + len(share)] = share
    at += len(share)
    order = np.sort(share)
    level = 0
    while at < len(point):
        point[at] = order[level]
        point[at + 1 : at + 1 + len(share)] = np.maximum(0.0, order[level] - share)
        at, level = at + 1 + len(share), level + 1
    return point
