"""Maximal covering with side rules: what the rules need, a plan that keeps them, HiGHS."""

from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.covering.aggregate import merged
from geoapp.analysis.siting.covering.plain import Plan
from geoapp.analysis.siting.covering.program import mclp_model
from geoapp.analysis.siting.covering.ruled_search import part_of, priced, rebuilt, without_hopeless
from geoapp.analysis.siting.milp import Model, dual_bound, relaxation_duals, solve
from geoapp.analysis.siting.problem import CoverProblem
from geoapp.analysis.siting.result import BoundBasis, Clock, SitingResult, infeasible, whole
from geoapp.analysis.siting.rules import Rules, needs, rule_rows
from geoapp.analysis.siting.spacing import conflict_of_fixed
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.i18n import Text
from geoapp.core.results.status import SitingStatus

_QUICK_ENTRIES = 60_000  # of the merged cover, up to which HiGHS takes seconds
_MOST_SEARCHED_ENTRIES = 250_000  # left by the prices, up to which it may still end in time
_PRICE_SHARE = 0.2  # of the time left, at most
_REBUILD_SHARE = 0.4
_PATIENCE = 1000  # tries in vain before an exact search is begun


def refused(
    model: str, problem: CoverProblem, clock: Clock
) -> tuple[SitingResult | None, IntArray]:
    """Return the answer that no plan keeps the rules, with what would do; or None and a plan.

    Parameters
    ----------
    model
        Named in the answer.
    problem, clock
        The problem; time left.
    """
    rules, demand, none = problem.rules, problem.demand, np.empty(0, np.int64)
    least = cheapest_left(rules)
    if least is not None and not len(rules.fixed):
        return infeasible(
            model, demand, clock, below_every_cost(rules, least), needed_budget=least
        ), none
    count, cost, never = needs(rules, problem.groups)
    never = never or conflict_of_fixed(problem.conflicts, rules.fixed)
    if never is not None:
        return infeasible(model, demand, clock, never), none
    if count > rules.p or (rules.budget is not None and cost > rules.budget):
        if rules.side is not None:
            return _why_none(model, rules, demand, clock), none
        return _too_little(model, rules, count, cost, demand, clock), none
    start = least_plan(rules)
    if keeps(rules, start):
        return None, start
    found = searched_plan(rules, clock)
    if found is not None:
        return None, found
    return _why_none(model, rules, demand, clock), none


def cheapest_left(rules: Rules) -> float | None:
    """Return the least cost of a site where the budget is not enough for any; None where it is."""
    free = rules.allowed.copy()
    free[rules.fixed] = False
    if rules.budget is None or not free.any():
        return None
    least = float(rules.costs[free].min())
    return least if least > rules.budget - float(rules.costs[rules.fixed].sum()) else None


def below_every_cost(rules: Rules, least: float) -> Text:
    """Say that the budget is not enough for a single site."""
    return Text(
        f"预算 {rules.budget:,.10g} 不够建任何一个站点，最便宜的要 {least:,.10g}",
        f"the budget of {rules.budget:,.10g} is not enough for any site; the cheapest costs {least:,.10g}",
    )


def _too_little(
    model: str, rules: Rules, count: int, cost: float, demand: int, clock: Clock
) -> SitingResult:
    """Return the answer that more sites, or a greater budget, are needed."""
    return infeasible(
        model,
        demand,
        clock,
        Text(
            f"固定站点和各项规则至少需要 {count} 个站点、费用 {cost:g}",
            f"the fixed sites and the rules need {count} sites costing {cost:g}",
        ),
        needed_p=count,
        needed_budget=None if rules.budget is None else cost,
    )


def keeps(rules: Rules, sites: IntArray) -> bool:
    """Say whether a plan keeps all the rules, a number of sites as the greatest one."""
    open_ = np.zeros(len(rules.allowed))
    open_[sites] = 1.0
    rows, lower, upper = rule_rows(replace(rules, p=max(rules.p, len(sites))))
    lower[0] = -np.inf
    value = rows @ open_
    return bool(
        len(sites) <= rules.p
        and np.all((value >= lower - 1e-9) & (value <= upper + 1e-9 * np.abs(upper)))
    )


def least_plan(rules: Rules) -> IntArray:
    """Return the fixed sites and the cheapest that the groups' least numbers ask for."""
    open_ = np.zeros(len(rules.allowed), bool)
    open_[rules.fixed] = True
    for number, least in enumerate(rules.least):
        mine = np.flatnonzero((rules.group == number) & rules.allowed & ~open_)
        missing = int(least) - int((open_ & (rules.group == number)).sum())
        if missing > 0:
            open_[mine[np.argsort(rules.costs[mine], kind="stable")[:missing]]] = True
    return np.flatnonzero(open_)


def sites_model(rules: Rules, cost: FloatArray) -> Model:
    """Return the search for the cheapest plan that keeps the rules."""
    rows, lower, upper = rule_rows(rules)
    low, high = np.zeros(len(cost)), rules.allowed.astype(np.float64)
    low[rules.fixed] = 1.0
    return Model(cost, low, high, np.ones(len(cost), bool), rows, lower, upper)


def searched_plan(rules: Rules, clock: Clock) -> IntArray | None:
    """Return a plan that keeps the rules, by HiGHS; None where there is none, or none was found."""
    answer = solve(sites_model(rules, np.ones(len(rules.allowed))), clock)
    return None if answer.x is None else np.flatnonzero(answer.x > 0.5)


def _why_none(model: str, rules: Rules, demand: int, clock: Clock) -> SitingResult:
    """Return the answer that the rules leave no plan, with the least that would."""
    count = len(rules.allowed)
    free = replace(rules, p=count, budget=None)
    few = solve(sites_model(free, np.ones(count)), clock)
    if few.x is None:
        text = (
            Text("间距要求与各组下限不能同时满足", "the other rules leave no room for the groups")
            if few.no_plan
            else Text(
                "时限内没有找到符合规则的方案", "no plan that keeps the rules was found in time"
            )
        )
        none = infeasible(model, demand, clock, text)
        if few.no_plan:
            return none
        stopped = SitingStatus.CANCELLED if clock.stopped else SitingStatus.TIME_LIMIT
        return replace(none, status=stopped)
    needed = int((few.x > 0.5).sum())
    cost = 0.0
    if rules.budget is not None:
        # What would do together: so many sites, and the least budget for as many.
        asked = replace(free, p=max(rules.p, needed))
        cheap = solve(sites_model(asked, rules.costs), clock, start=few.x)
        cost = float(rules.costs[(few.x if cheap.x is None else cheap.x) > 0.5].sum())
    return _too_little(model, rules, needed, cost, demand, clock)


def solve_ruled(
    cover: sp.csr_array,
    weights: FloatArray,
    rules: Rules,
    base: IntArray,
    clock: Clock,
    target_gap: float,
) -> Plan:
    """Solve by HiGHS where that is quick, else by prices, rebuilding and HiGHS on what they leave.

    Parameters
    ----------
    cover, weights, rules
        The problem.
    base
        A plan that keeps the rules.
    clock, target_gap
        When to stop.
    """
    rows = merged(cover, weights)
    start = widened(rules, base, rows.cover, rows.weights)
    if rows.cover.nnz <= _QUICK_ENTRIES:
        return _searched(rows.cover, rows.weights, rules, start, clock, target_gap)
    integral = rules.backup_share == 0 and whole(rows.weights)
    objective = value_of(rows.cover, rows.weights, rules, start)
    until = clock.taken() + _PRICE_SHARE * clock.left()
    found = priced(rows.cover, rows.weights, rules, start, objective, clock, until)
    total = float(rows.weights.sum())
    bound, size = (total, total) if found is None else (found.bound, found.size)
    basis: BoundBasis = "none" if found is None else "dual"

    def rebuild(start: IntArray, seconds: float, patience: int | None) -> IntArray:
        enough = bound / (1 + target_gap) - 0.999999 * integral
        until = clock.taken() + seconds
        return rebuilt(rows.cover, rows.weights, rules, start, enough, clock, until, patience)

    best = rebuild(start, _REBUILD_SHARE * clock.left(), _PATIENCE)
    objective = value_of(rows.cover, rows.weights, rules, best)
    columns = np.flatnonzero(
        rules.allowed if found is None else without_hopeless(rules, found, objective, integral)
    )
    left = sp.csr_array(rows.cover[:, columns])
    if bound <= objective * (1 + target_gap) + 0.999999 * integral or clock.left() == 0:
        return Plan(best, bound, size, basis, integral, None)
    if left.nnz > _MOST_SEARCHED_ENTRIES:
        return Plan(rebuild(best, clock.left(), None), bound, size, basis, integral, None)
    part = part_of(rules, columns)
    inner = merged(left, rows.weights)
    usable = np.isin(best, columns).all()
    begin = np.searchsorted(columns, best) if usable else None
    rest = _searched(inner.cover, inner.weights, part, begin, clock, target_gap)
    sites = columns[rest.sites]
    if value_of(rows.cover, rows.weights, rules, sites) > objective and keeps(rules, sites):
        best = sites
    # What was left out is no better than the plan before.
    after = max(rest.bound, objective)
    if after < bound:
        bound, size, basis = after, max(size, rest.size), rest.basis
    return Plan(best, bound, size, basis, integral, None)


def _searched(
    cover: sp.csr_array,
    weights: FloatArray,
    rules: Rules,
    start: IntArray | None,
    clock: Clock,
    target_gap: float,
) -> Plan:
    """Solve merged rows by HiGHS; the bound is the better of relaxation and search.

    ``start`` is a plan that keeps the rules; None = none at hand, and no plan may be the answer.
    """
    model = mclp_model(cover, weights, rules)
    integral = whole(model.cost)
    duals = relaxation_duals(model, clock)
    basis: BoundBasis = "none"
    least, size = -float(weights.sum()), float(weights.sum())
    if duals is not None:
        value, size = dual_bound(model, duals)
        if value > least:
            least, basis = value, "dual"
    best = np.empty(0, np.int64) if start is None else start
    objective = value_of(cover, weights, rules, best)
    stop = max(0.999 if integral else 0.0, target_gap * objective)
    if clock.left() > 0:
        point = None if start is None else point_of(model, cover, start)
        answer = solve(model, clock, start=point, stop_within=stop)
        if answer.no_plan and start is None:
            return Plan(best, objective, size, "search", integral, None)
        if answer.x is not None:
            found = np.flatnonzero(answer.x[: cover.shape[1]] > 0.5)
            if keeps(rules, found) and value_of(cover, weights, rules, found) > objective:
                best = found
        if answer.bound > least + 1e-9 * size:
            least, basis = answer.bound, "search"
    return Plan(best, -least, size, basis, integral, None)


def point_of(model: Model, cover: sp.csr_array, sites: IntArray) -> FloatArray:
    """Return a plan as a point of the model."""
    demand, count = cover.shape
    point = np.zeros(len(model.cost))
    point[sites] = 1.0
    times = cover @ point[:count]
    point[count : count + demand] = times > 0
    point[count + demand :] = times[: len(point) - count - demand] > 1
    return point


def widened(rules: Rules, base: IntArray, cover: sp.csr_array, weights: FloatArray) -> IntArray:
    """Return a plan with the sites added that cover most of what is left and break no rule."""
    open_ = np.zeros(len(rules.allowed))
    open_[base] = 1.0
    rows, _, upper = rule_rows(rules)
    column = sp.csc_array(rows)
    value = rows @ open_
    # What only grows can be checked site by site; a rule with negative parts stays as the base is.
    shut: BoolArray = ~rules.allowed | (open_ > 0)
    by_site = sp.csr_array(cover.T)
    left = np.where((cover @ open_) > 0, 0.0, weights)
    while True:
        gain = np.where(shut, -1.0, by_site @ left)
        site = int(np.argmax(gain))
        if gain[site] < 0 or open_.sum() >= rules.p:
            return np.flatnonzero(open_)
        mine = slice(column.indptr[site], column.indptr[site + 1])
        after = value[column.indices[mine]] + column.data[mine]
        shut[site] = True
        if np.all(after <= upper[column.indices[mine]] * (1 + 1e-12)):
            open_[site] = 1.0
            value[column.indices[mine]] = after
            covered = by_site.indices[by_site.indptr[site] : by_site.indptr[site + 1]]
            left[covered] = 0.0


def value_of(cover: sp.csr_array, weights: FloatArray, rules: Rules, sites: IntArray) -> float:
    """Return the objective of a plan, by counting."""
    open_ = np.zeros(cover.shape[1])
    open_[sites] = 1.0
    times = cover @ open_
    share = rules.backup_share
    return float((1 - share) * weights[times > 0].sum() + share * weights[times > 1].sum())
