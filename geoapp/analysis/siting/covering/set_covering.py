"""Covering plans and bounds of what any costs: greedy, exchanges, relaxation, HiGHS."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.covering.aggregate import gathered
from geoapp.analysis.siting.covering.fewer_sites import Goal, with_fewer
from geoapp.analysis.siting.milp import Model, dual_bound, relaxation_duals, solve
from geoapp.analysis.siting.result import BoundBasis, Clock, whole
from geoapp.analysis.siting.rules import SideRows
from geoapp.core.arrays import BoolArray, FloatArray, IntArray

_QUICK_ENTRIES = 3_000  # of the cover, up to which an exact search takes a moment
_PATIENCE = 200  # looks in vain


@dataclass(frozen=True, slots=True)
class Covering:
    """What a covering plan must reach, and what sites cost.

    Attributes
    ----------
    cover, weights
        Merged rows and their weights.
    required
        Weight that must be covered; None = every row.
    costs
        By candidate.
    fixed, allowed
        Sites that must be open; mask of those that may be.
    side
        Other rules on the sites, such as spacing; None = none.
    """

    cover: sp.csr_array
    weights: FloatArray
    required: float | None
    costs: FloatArray
    fixed: IntArray
    allowed: BoolArray
    side: SideRows | None = None

    def holds(self, sites: IntArray) -> bool:
        """Say whether a plan reaches what it must and keeps the other rules."""
        open_ = np.zeros(self.cover.shape[1])
        open_[sites] = 1.0
        if self.side is not None and not self.side.kept_by(open_):
            return False
        reached = (self.cover @ open_) > 0
        if self.required is None:
            return bool(reached.all())
        return bool(self.weights[reached].sum() >= self.required)


@dataclass(frozen=True, slots=True)
class Cheapest:
    """A covering plan (None where none was found), a lower bound of its cost and what proves it."""

    sites: IntArray | None
    bound: float
    basis: BoundBasis


def cheapest_cover(
    task: Covering, clock: Clock, target_gap: float, most: int | None = None
) -> Cheapest:
    """Return a covering plan and a bound of the cost of any.

    Parameters
    ----------
    task
        What must be covered; feasible with all allowed sites.
    clock, target_gap
        When to stop.
    most
        Only plans of so many sites count (their costs are one each): stop as soon as one is found, or
        none can be. The bound is then above ``most`` where there is none.
    """
    model = _model(task, most)
    integral = whole(task.costs)
    start = _greedy_cover(task)
    sites = start if task.holds(start) and (most is None or len(start) <= most) else None
    value = float(task.costs.sum() if sites is None else task.costs[sites].sum())
    if sites is not None and most is not None:
        return Cheapest(sites, 0.0, "none")
    least, basis = _relaxed(model, task, clock)
    if _worth_exchanging(task) and least < (value - 1 if most is None else most) + 1e-6:
        sites, value = _exchanged(task, start, sites, value, least, clock, most)
        if most is not None and sites is not None:
            return Cheapest(sites, least, basis)
    size = float(task.costs.sum())
    if most is None:
        done = sites is not None and value - least < (0.999999 if integral else -1e-6)
    else:
        done = most - least < -1e-6
    if not done and clock.left() > 0:
        stop = max(0.999 if integral and most is None else 0.0, target_gap * value)
        point = None if sites is None else _point(task, model, sites)
        answer = solve(model, clock, start=point, stop_within=stop, any_point=most is not None)
        if answer.x is not None:
            found = np.flatnonzero(answer.x[: task.cover.shape[1]] > 0.5)
            if task.holds(found) and (most is None or len(found) <= most):
                better = float(task.costs[found].sum()) < value or sites is None
                sites = found if better else sites
        bound = np.inf if answer.no_plan and sites is None else answer.bound
        if bound > least + 1e-9 * size:
            least, basis = bound, "search"
    return Cheapest(sites, least, basis)


def least_sites(task: Covering, clock: Clock) -> float:
    """Return a bound of what any covering plan costs, from the linear relaxation's dual vector."""
    return _relaxed(_model(task, None), task, clock)[0]


def _worth_exchanging(task: Covering) -> bool:
    """Say whether exchanges may give a plan with fewer sites, sooner than an exact search."""
    alike = bool(np.all(task.costs == 1))
    return alike and task.side is None and task.cover.nnz > _QUICK_ENTRIES


def _exchanged(
    task: Covering,
    start: IntArray,
    sites: IntArray | None,
    value: float,
    least: float,
    clock: Clock,
    most: int | None,
) -> tuple[IntArray | None, float]:
    """Return the plan with fewer sites, if exchanges find one (or one of ``most``), and its cost."""
    partial = task.required is not None
    weights = task.weights if partial else np.ones(len(task.weights))
    asked = task.required if task.required is not None else float(len(weights))
    fewest = max(int(np.ceil(least - 1e-6)), len(task.fixed))
    begin, patience = start, _PATIENCE
    if most is not None:
        # The greedy plan's first sites are a beginning; the fixed ones come first in it.
        begin, fewest, patience = start[:most], most, _PATIENCE // 4
        if len(begin) <= len(task.fixed):
            return sites, value
    goal = Goal(task.cover, weights, asked, task.fixed, task.allowed)
    found = with_fewer(goal, begin, least=fewest, clock=clock, patience=patience)
    if task.holds(found) and (sites is None or len(found) < len(sites)):
        return found, float(len(found))
    return sites, value


def _relaxed(model: Model, task: Covering, clock: Clock) -> tuple[float, BoundBasis]:
    """Return the bound of the relaxation; what the fixed sites cost where there was no time."""
    least, basis = float(task.costs[task.fixed].sum()), "none"
    duals = relaxation_duals(model, clock)
    if duals is not None:
        value, size = dual_bound(model, duals)
        value -= 1e-12 * size
        if value > least:
            return value, "dual"
    return least, "none" if basis == "none" else "dual"


def _point(task: Covering, model: Model, sites: IntArray) -> FloatArray:
    """Return a plan as a point of the model."""
    point = np.zeros(len(model.cost))
    point[sites] = 1.0
    count = task.cover.shape[1]
    if task.required is not None:
        point[count:] = (task.cover @ point[:count]) > 0
    return point


def _model(task: Covering, most: int | None) -> Model:
    """Return  min sum_j c_j y_j  with  sum_j a_ij y_j >= 1  for all i, or  >= z_i, w'z >= required."""
    rows, sites = task.cover.shape
    partial = task.required is not None
    blocks: list[list[sp.sparray | None]] = [
        [task.cover, -sp.eye_array(rows, format="csr")] if partial else [task.cover]
    ]
    lower = [np.zeros(rows) if partial else np.ones(rows)]
    upper = [np.full(rows, np.inf)]
    if partial:
        # In shares of the heaviest row: HiGHS takes entries below 1e-9 for nothing.
        unit = float(task.weights.max(initial=0.0)) or 1.0
        blocks.append([None, sp.csr_array(task.weights[None, :] / unit)])
        lower.append(np.array([(task.required or 0.0) / unit]))
        upper.append(np.array([np.inf]))
    if task.side is not None:
        blocks.append([task.side.rows, None] if partial else [task.side.rows])
        lower.append(task.side.lower)
        upper.append(task.side.upper)
    if most is not None:
        one = sp.csr_array(np.ones((1, sites)))
        blocks.append([one, None] if partial else [one])
        lower.append(np.array([-np.inf]))
        upper.append(np.array([float(most)]))
    count = sites + rows * partial
    low, high = np.zeros(count), np.ones(count)
    high[:sites][~task.allowed] = 0.0
    low[task.fixed] = 1.0
    return Model(
        cost=np.concatenate((task.costs, np.zeros(rows * partial))),
        lower=low,
        upper=high,
        whole=np.arange(count) < sites,
        rows=sp.block_array(blocks, format="csr"),
        row_lower=np.concatenate(lower),
        row_upper=np.concatenate(upper),
    )


def _greedy_cover(task: Covering) -> IntArray:
    """Return a plan that covers what it must: the most new weight for its cost, then none in vain."""
    by_site = sp.csr_array(task.cover.T)
    # Where every row must be covered, rows count alike: weights would leave odd corners for last.
    left = np.ones(len(task.weights)) if task.required is None else task.weights.copy()
    goal = left.sum() if task.required is None else task.required
    price = np.maximum(task.costs, 1e-12 * max(1.0, float(task.costs.max(initial=0.0))))
    plan: list[int] = []
    waiting = task.fixed.tolist()
    reached = np.zeros(len(left), bool)
    full = left.copy()
    shut = ~task.allowed
    in_rules = None if task.side is None else sp.csr_array(task.side.rows.T)
    while waiting or full[reached].sum() < goal:
        if waiting:
            site = waiting.pop(0)
        else:
            gain = np.where(shut, -1.0, by_site @ left)
            site = int(np.argmax(gain / price))
            if gain[site] <= 0:
                break
        plan.append(site)
        if task.side is not None and in_rules is not None:
            # Every other rule is a clique, of which one site is enough.
            shut[gathered(task.side.rows, gathered(in_rules, np.array([site]))[0])[0]] = True
        rows = by_site.indices[by_site.indptr[site] : by_site.indptr[site + 1]]
        reached[rows], left[rows] = True, 0.0
    kept = plan
    for site in sorted(plan[len(task.fixed) :], key=lambda one: (-task.costs[one], one)):
        fewer = [one for one in kept if one != site]
        if task.holds(np.array(fewer, dtype=np.int64)):
            kept = fewer
    return np.array(kept, dtype=np.int64)
