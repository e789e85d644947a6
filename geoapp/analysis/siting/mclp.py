"""Maximal covering: most demand weight within the standard of p sites (Church & ReVelle 1974)."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from geoapp.analysis.siting.aggregate import merged
from geoapp.analysis.siting.checks import (
    Sites,
    checked_both,
    checked_clock,
    checked_cover,
    checked_numbers,
    checked_p,
    checked_share,
)
from geoapp.analysis.siting.mclp_model import Rules, mclp_model, needs, numbered_groups
from geoapp.analysis.siting.milp import dual_bound, relaxation_duals, solve
from geoapp.analysis.siting.plain_mclp import Plan, solve_plain
from geoapp.analysis.siting.result import (
    Basis,
    Cancelled,
    Clock,
    CurvePoint,
    Progress,
    SitingResult,
    gap_share,
    infeasible,
    settled_bound,
    status_of,
    whole,
)
from geoapp.analysis.spheroid import FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text


def solve_mclp(
    cover: Any,
    weights: ArrayLike,
    p: int | None = None,
    *,
    fixed: Sites = (),
    forbidden: Sites = (),
    costs: ArrayLike | None = None,
    budget: float | None = None,
    groups: object = None,
    group_min: Mapping[Any, int] | None = None,
    group_max: Mapping[Any, int] | None = None,
    backup_share: float = 0.0,
    time_limit_seconds: float = 60.0,
    target_gap: float = 0.0,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> SitingResult:
    """Choose the sites that cover most demand weight.

    Parameters
    ----------
    cover
        Sparse (CSR) or dense relation, shape (n_demand, n_candidate): nonzero iff the candidate
        covers the demand point.
    weights
        By demand point, from 0 up.
    p
        Number of sites, fixed ones included: exactly so many, or at most where there is a budget, a
        rule for groups or a backup share. May be left out where there is a budget.
    fixed, forbidden
        Positions of candidates that must be open, that must not be.
    costs, budget
        By candidate, and the most that all open sites may cost together, fixed ones included.
    groups, group_min, group_max
        By candidate its group (a district), and by group how many sites it must or may have.
    backup_share
        t from 0 to 1: the objective is (1 - t) x weight covered + t x weight covered twice
        (Hogan & ReVelle 1986).
    time_limit_seconds
        Search no longer; the best plan so far is the answer, and says so.
    target_gap
        Stop when the plan is proven to be within this share of the best.
    progress, cancelled
        Told the best objective and bound so far; asked whether to stop and keep the best so far.

    Raises
    ------
    InvalidValueError
        If an input is not what is said above.
    """
    clock = checked_clock(time_limit_seconds, target_gap, progress, cancelled)
    relation = checked_cover(cover)
    weight = checked_numbers("weights", weights, relation.shape[0])
    sites = relation.shape[1]
    kept, allowed = checked_both(fixed, forbidden, sites)
    if (costs is None) != (budget is None):
        raise InvalidValueError(
            "budget", budget, Text("与 costs 同时给出的预算", "a budget given together with costs")
        )
    if p is None and budget is None:
        raise InvalidValueError("p", None, Text("站点数，或预算", "a number of sites, or a budget"))
    if budget is not None:
        checked_share("budget", budget, 0.0, np.finfo(np.float64).max)
    number, least, most, names = numbered_groups(groups, group_min, group_max, sites)
    rules = Rules(
        p=int(allowed.sum()) if p is None else checked_p(p, allowed),
        fixed=kept,
        allowed=allowed,
        costs=checked_numbers("costs", costs, sites),
        budget=budget,
        group=number,
        least=least,
        most=most,
        backup_share=checked_share("backup_share", backup_share),
    )
    refused = _refused(rules, names, len(weight), clock)
    if refused is not None:
        return refused
    if rules.plain:
        plan = solve_plain(relation, weight, rules.p, kept, allowed, clock, target_gap)
    else:
        plan = _solve_ruled(relation, weight, rules, clock, target_gap)
    return _result(relation, weight, rules, plan, clock, target_gap)


def _refused(
    rules: Rules, names: tuple[object, ...], demand: int, clock: Clock
) -> SitingResult | None:
    """Return the answer that no plan keeps the rules, with what would do; None where one does."""
    count, cost, never = needs(rules, names)
    if never is not None:
        return infeasible("mclp", demand, clock, never)
    if count > rules.p or (rules.budget is not None and cost > rules.budget):
        return infeasible(
            "mclp",
            demand,
            clock,
            Text(
                f"固定站点和各组的下限至少需要 {count} 个站点、费用 {cost:g}",
                f"the fixed sites and the groups' least numbers need {count} sites costing {cost:g}",
            ),
            needed_p=count,
            needed_budget=None if rules.budget is None else cost,
        )
    return None


def _solve_ruled(
    cover: sp.csr_array, weights: FloatArray, rules: Rules, clock: Clock, target_gap: float
) -> Plan:
    """Solve with side conditions by HiGHS; the bound is the better of relaxation and search."""
    rows = merged(cover, weights)
    model = mclp_model(rows.cover, rows.weights, rules)
    integral = whole(model.cost)
    duals = relaxation_duals(model, clock)
    basis: Basis = "none"
    least, size = -float(weights.sum()), 0.0
    if duals is not None:
        value, size = dual_bound(model, duals)
        if value > least:
            least, basis = value, "dual"
    start = _cheapest(rules, rows.cover, rows.weights)
    stop = max(
        0.999 if integral else 0.0, target_gap * _value(rows.cover, rows.weights, rules, start)
    )
    point = np.zeros(len(model.cost))
    point[start] = 1.0
    times = rows.cover @ point[: cover.shape[1]]
    demand = len(rows.weights)
    point[cover.shape[1] :][:demand] = times > 0
    point[cover.shape[1] + demand :] = times[: len(point) - cover.shape[1] - demand] > 1
    best = start
    if clock.left() > 0:
        answer = solve(model, clock, start=point, stop_within=stop)
        if answer.x is not None:
            found = np.flatnonzero(answer.x[: cover.shape[1]] > 0.5)
            if _value(rows.cover, rows.weights, rules, found) > _value(
                rows.cover, rows.weights, rules, start
            ):
                best = found
        if answer.bound > least + 1e-9 * size:
            least, basis = answer.bound, "search"
    return Plan(best, -least, size, basis, integral, None)


def _cheapest(rules: Rules, cover: sp.csr_array, weights: FloatArray) -> IntArray:
    """Return a plan that keeps the rules: what they need, then what adds most and fits."""
    open_ = np.zeros(len(rules.allowed), bool)
    open_[rules.fixed] = True
    for number, least in enumerate(rules.least):
        mine = np.flatnonzero((rules.group == number) & rules.allowed & ~open_)
        missing = int(least) - int((open_ & (rules.group == number)).sum())
        if missing > 0:
            open_[mine[np.argsort(rules.costs[mine], kind="stable")[:missing]]] = True
    gain = cover.T @ weights
    for site in np.argsort(-gain, kind="stable"):
        group = rules.group[site]
        full = group >= 0 and (open_ & (rules.group == group)).sum() >= rules.most[group]
        dear = rules.budget is not None and (
            rules.costs[open_].sum() + rules.costs[site] > rules.budget
        )
        if rules.allowed[site] and not open_[site] and not full and not dear:
            if open_.sum() >= rules.p:
                break
            open_[site] = True
    return np.flatnonzero(open_)


def _value(cover: sp.csr_array, weights: FloatArray, rules: Rules, sites: IntArray) -> float:
    """Return the objective of a plan, by counting."""
    open_ = np.zeros(cover.shape[1])
    open_[sites] = 1.0
    times = cover @ open_
    share = rules.backup_share
    return float((1 - share) * weights[times > 0].sum() + share * weights[times > 1].sum())


def _ordered(
    cover: sp.csr_array, weights: FloatArray, rules: Rules, sites: IntArray
) -> tuple[IntArray, FloatArray]:
    """Return the fixed sites, then the others in order of what each adds, and what each adds."""
    by_site = sp.csr_array(cover[:, sites].T)
    times = np.zeros(cover.shape[0], np.int64)
    place = {int(site): number for number, site in enumerate(sites)}
    first, second = (1 - rules.backup_share) * weights, rules.backup_share * weights
    waiting = [place[int(site)] for site in rules.fixed]
    rest = [number for number in range(len(sites)) if number not in set(waiting)]
    order: list[int] = []
    gains: list[float] = []

    def adds(number: int) -> float:
        rows = by_site.indices[by_site.indptr[number] : by_site.indptr[number + 1]]
        seen = times[rows]
        return float(first[rows[seen == 0]].sum() + second[rows[seen == 1]].sum())

    known = {number: adds(number) for number in rest}
    while waiting or rest:
        if waiting:
            number = waiting.pop(0)
            gain = adds(number)
        else:
            # Gains only fall as sites open (not so where backup counts, so all are asked anew).
            while True:
                number = max(rest, key=lambda one: (known[one], -one))
                gain = adds(number)
                if gain >= known[number] and rules.backup_share == 0:
                    break
                if rules.backup_share > 0:
                    known = {one: adds(one) for one in rest}
                    number = max(rest, key=lambda one: (known[one], -one))
                    gain = known[number]
                    break
                known[number] = gain
            rest.remove(number)
        order.append(number)
        gains.append(gain)
        times[by_site.indices[by_site.indptr[number] : by_site.indptr[number + 1]]] += 1
    return sites[order], np.array(gains)


def _result(
    cover: sp.csr_array,
    weights: FloatArray,
    rules: Rules,
    plan: Plan,
    clock: Clock,
    target_gap: float,
) -> SitingResult:
    """Recount the plan on the demand points as given, and say what is proven."""
    chosen, gains = _ordered(cover, weights, rules, plan.sites)
    objective = _value(cover, weights, rules, chosen)
    bound = settled_bound(objective, plan.bound, plan.size, plan.integral, 1)
    basis: Basis = plan.basis
    clock.tell(objective, bound)
    point = np.zeros(cover.shape[1])
    rank = np.full(cover.shape[1], len(chosen))
    point[chosen], rank[chosen] = 1.0, np.arange(len(chosen))
    by_demand = sp.csr_array(cover[:, chosen])
    assignment = np.full(cover.shape[0], -1, np.int64)
    served = np.diff(by_demand.indptr) > 0
    if served.any():
        starts = by_demand.indptr[:-1][served]
        assignment[served] = chosen[np.minimum.reduceat(by_demand.indices, starts)]
    curve: tuple[CurvePoint, ...] = (CurvePoint(len(chosen), objective, bound),)
    if plan.curve is not None:
        curve = plan.curve(gains, objective, bound)
    return SitingResult(
        model="mclp",
        chosen=chosen,
        gains=gains,
        objective=objective,
        bound=bound,
        bound_basis=basis,
        gap_share=gap_share(objective, bound),
        status=status_of(objective, bound, target_gap, clock),
        curve=curve,
        assignment=assignment,
        seconds=clock.taken(),
    )
