"""Set covering: fewest sites so that all demand, or a share of it, is covered (Toregas et al. 1971)."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from geoapp.analysis.siting.aggregate import gathered, merged
from geoapp.analysis.siting.checks import (
    Sites,
    checked_both,
    checked_clock,
    checked_cover,
    checked_numbers,
    checked_share,
)
from geoapp.analysis.siting.mclp_model import Rules, SideRows
from geoapp.analysis.siting.milp import Model, dual_bound, relaxation_duals, solve
from geoapp.analysis.siting.result import (
    Basis,
    Cancelled,
    Clock,
    Progress,
    SitingResult,
    SitingStatus,
    gap_share,
    infeasible,
    settled_bound,
    status_of,
    whole,
)
from geoapp.analysis.siting.ruled_mclp import solve_ruled, value_of
from geoapp.analysis.siting.spacing import checked_conflicts, conflict_of_fixed, spacing_rows
from geoapp.analysis.spheroid import BoolArray, FloatArray, IntArray
from geoapp.core.i18n import Text


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
        met = (self.cover @ open_) > 0
        if self.required is None:
            return bool(met.all())
        return bool(self.weights[met].sum() >= self.required)


@dataclass(frozen=True, slots=True)
class Cheapest:
    """A covering plan (None where none was met), a lower bound of its cost and what proves it."""

    sites: IntArray | None
    bound: float
    basis: Basis


def solve_lscp(
    cover: Any,
    weights: ArrayLike | None = None,
    *,
    share: float = 1.0,
    costs: ArrayLike | None = None,
    fixed: Sites = (),
    forbidden: Sites = (),
    conflicts: Any = (),
    time_limit_seconds: float = 60.0,
    target_gap: float = 0.0,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> SitingResult:
    """Choose the fewest (or cheapest) sites that cover the demand.

    Parameters
    ----------
    cover
        Relation, shape (n_demand, n_candidate): nonzero iff the candidate covers the demand point.
    weights
        By demand point, from 0 up; points of weight 0 need not be covered. None = one each.
    share
        Part of all the weight that must be covered (partial set covering; Daskin & Owen 1999).
    costs
        By candidate; None = one each, so the objective is the number of sites.
    fixed, forbidden
        Positions of candidates that must be open (they count), that must not be.
    conflicts
        Sites that may not both be open, as in ``solve_mclp``.
    time_limit_seconds, target_gap, progress, cancelled
        As in ``solve_mclp``.

    Raises
    ------
    InvalidValueError
        If an input is not what is said above.
    """
    clock = checked_clock(time_limit_seconds, target_gap, progress, cancelled)
    relation = checked_cover(cover)
    demand, sites = relation.shape
    weight = checked_numbers("weights", weights, demand)
    kept, allowed = checked_both(fixed, forbidden, sites)
    checked_share("share", share)
    cost = checked_numbers("costs", costs, sites)
    reachable = (relation @ allowed.astype(np.float64)) > 0
    total, most = float(weight.sum()), float(weight[reachable].sum())
    required = _required(share, weight)
    if most < required:
        reached = most / total
        return infeasible(
            "lscp",
            demand,
            clock,
            Text(
                f"候选点合起来只能覆盖需求的 {reached:.2%}",
                f"all candidates together cover {reached:.2%} of the demand",
            ),
            reachable_share=reached,
        )
    pairs = checked_conflicts(conflicts, sites)
    never = conflict_of_fixed(pairs, kept)
    if never is not None:
        return infeasible("lscp", demand, clock, never)
    rows = merged(relation, weight)
    task = Covering(
        rows.cover,
        rows.weights,
        None if share == 1 else required,
        cost,
        kept,
        allowed,
        spacing_rows(pairs, sites),
    )
    answer = cheapest_cover(task, clock, target_gap)
    if answer.sites is None:
        # Without other rules the greedy plan covers whatever can be covered.
        return _too_near(relation, weight, task, answer, clock)
    chosen = np.concatenate((kept, np.setdiff1d(answer.sites, kept)))
    objective = float(cost[chosen].sum())
    bound = settled_bound(objective, answer.bound, float(cost.sum()), whole(cost), -1)
    clock.tell(objective, bound)
    return SitingResult(
        model="lscp",
        chosen=chosen,
        gains=np.empty(0),
        objective=objective,
        bound=bound,
        bound_basis=answer.basis,
        gap_share=gap_share(objective, bound),
        status=status_of(objective, bound, target_gap, clock),
        curve=(),
        assignment=first_cover(relation, chosen),
        seconds=clock.taken(),
        reachable_share=most / total if total else None,
    )


def _too_near(
    cover: sp.csr_array, weights: FloatArray, task: Covering, answer: Cheapest, clock: Clock
) -> SitingResult:
    """Return the answer that sites which keep their spacing do not cover enough, and what they can."""
    if answer.bound < np.inf:
        none = infeasible(
            "lscp",
            len(weights),
            clock,
            Text(
                "时限内没有找到既覆盖需求又符合间距要求的方案",
                "no plan that covers the demand and keeps the spacing was met in time",
            ),
        )
        stopped = SitingStatus.CANCELLED if clock.stopped else SitingStatus.TIME_LIMIT
        return replace(none, status=stopped)
    count = cover.shape[1]
    rules = Rules(
        p=count,
        fixed=task.fixed,
        allowed=task.allowed,
        costs=task.costs,
        budget=None,
        group=np.full(count, -1),
        least=np.empty(0, np.int64),
        most=np.empty(0, np.int64),
        backup_share=0.0,
        side=task.side,
    )
    plan = solve_ruled(cover, weights, rules, task.fixed, clock, 0.0)
    reached = value_of(cover, weights, rules, plan.sites) / float(weights.sum())
    return infeasible(
        "lscp",
        len(weights),
        clock,
        Text(
            f"符合间距要求的站点覆盖不了这么多需求，可覆盖 {reached:.2%}",
            f"sites that keep their spacing cannot cover so much; {reached:.2%} can be covered",
        ),
        reachable_share=reached,
    )


def _required(share: float, weights: FloatArray) -> float:
    """Return the weight to be covered; for whole numbers a whole number."""
    required = share * float(weights.sum())
    if share == 1:
        return required
    return float(np.ceil(required - 1e-9)) if whole(weights) else required * (1 - 1e-12)


def first_cover(cover: sp.csr_array, chosen: IntArray) -> IntArray:
    """Return by demand point the first of the chosen sites that covers it; -1 = none."""
    part = sp.csr_array(cover[:, chosen])
    assignment = np.full(cover.shape[0], -1, np.int64)
    served = np.diff(part.indptr) > 0
    if served.any():
        assignment[served] = chosen[np.minimum.reduceat(part.indices, part.indptr[:-1][served])]
    return assignment


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
        Only plans of so many sites count (their costs are one each): stop as soon as one is met, or
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
        bound = np.inf if answer.no_plan else answer.bound
        if bound > least + 1e-9 * size:
            least, basis = bound, "search"
    return Cheapest(sites, least, basis)


def _relaxed(model: Model, task: Covering, clock: Clock) -> tuple[float, Basis]:
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
        blocks.append([None, sp.csr_array(task.weights[None, :])])
        lower.append(np.array([task.required]))
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
    met = np.zeros(len(left), bool)
    full = left.copy()
    shut = ~task.allowed
    in_rules = None if task.side is None else sp.csr_array(task.side.rows.T)
    while waiting or full[met].sum() < goal:
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
        met[rows], left[rows] = True, 0.0
    kept = plan
    for site in sorted(plan[len(task.fixed) :], key=lambda one: (-task.costs[one], one)):
        fewer = [one for one in kept if one != site]
        if task.holds(np.array(fewer, dtype=np.int64)):
            kept = fewer
    return np.array(kept, dtype=np.int64)
