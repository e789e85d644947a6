"""Maximal covering where each station may be built in one of several sizes, under a budget.

    max  sum_ij f_ij
    with sum_j f_ij <= w_i                         no more is served than there is
         sum_i f_ij <= sum_s min(C_s, W_j) y_js    nor more than the station seats in its size
         f_ij <= sum_s min(C_s, w_i) y_js          (implied by whole y, tighter for the relaxation)
         sum_s y_js <= 1, sum_js c_js y_js <= B, sum_js y_js <= p, y whole

C_s are the seats of size s, c_js what a station at j costs in that size, W_j the weight in reach of j. This
is the facility size selection of capacitated covering (Current & Storbeck 1988, with capacities from a list
as in Correia & Captivo 2003). Whom a plan serves is counted by its transport problem, as with one size.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.covering.aggregate import MergedRows, merged
from geoapp.analysis.siting.covering.ruled import keeps, widened
from geoapp.analysis.siting.milp import Model, dual_bound, relaxation_duals, solve
from geoapp.analysis.siting.models.seating import Seated, seated_result, served_by, times, too_small
from geoapp.analysis.siting.problem import CoverProblem, Sizes
from geoapp.analysis.siting.result import BoundBasis, Clock, SitingResult, whole
from geoapp.analysis.siting.rules import Rules, rule_rows
from geoapp.core.arrays import FloatArray, IntArray

_NEAR: Final = 1e-9


@dataclass(frozen=True, slots=True)
class _Sized:
    """The problem by merged rows; ``alone`` is the most that a site of each size can serve by itself."""

    rows: MergedRows
    sizes: Sizes
    alone: FloatArray
    rules: Rules
    budget: float

    def seated(self, plan: "_Plan") -> Seated:
        """Return the transport problem of a plan: the seats of each of its sites in its size."""
        seats = np.zeros(len(self.rules.allowed))
        seats[plan.sites] = self.sizes.seats[plan.size]
        alone = np.minimum(seats, self.rows.cover.T @ self.rows.weights)
        return Seated(self.rows, seats, alone, self.rules)

    def cost(self, plan: "_Plan") -> float:
        """Return what a plan costs."""
        return float(self.sizes.costs[plan.sites, plan.size].sum())

    def keeps(self, plan: "_Plan") -> bool:
        """Say whether a plan keeps the rules and the budget."""
        within = self.cost(plan) <= self.budget + _NEAR * max(1.0, abs(self.budget))
        return within and keeps(self.rules, plan.sites)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Sites, and the number of the size of each."""

    sites: IntArray
    size: IntArray


def solve_sized(
    problem: CoverProblem, base: IntArray, clock: Clock, target_gap: float
) -> SitingResult:
    """Choose sites and their sizes that together serve most weight; called by ``solve_mclp``.

    Parameters
    ----------
    problem, base
        With sizes, whose cheapest costs are the costs of its rules; a plan that keeps the rules so.
    clock, target_gap
        When to stop.
    """
    sizes, budget = problem.sizes, problem.rules.budget
    assert sizes is not None and budget is not None  # sizes come with a budget
    unit = too_small(problem.weights, sizes.seats)
    if unit is not None:
        scaled = replace(
            problem,
            weights=problem.weights / unit,
            sizes=Sizes(sizes.seats / unit, sizes.costs),
        )
        return times(solve_sized(scaled, base, clock, target_gap), unit)
    rows = merged(problem.cover, problem.weights)
    reach = rows.cover.T @ rows.weights
    alone = np.minimum(sizes.seats[None], reach[:, None])
    task = _Sized(rows, sizes, alone, problem.rules, budget)
    start, value = _start(task, base)
    best, bound, size, basis = _searched(task, start, value, clock, target_gap)
    best = _no_larger_than_used(task, best)
    result = seated_result(
        problem, task.seated(best), best.sites, (bound, size, basis), clock, target_gap
    )
    of_site = dict(zip(best.sites.tolist(), best.size.tolist(), strict=True))
    taken = np.array([of_site[site] for site in result.chosen.tolist()], dtype=np.int64)
    return replace(result, sizes=taken)


def _start(task: _Sized, base: IntArray) -> tuple[_Plan, float]:
    """Return the better of two plans, and whom it serves.

    One has as many sites as the cheapest sizes allow, the other begins with what the rules need; both are
    then enlarged where a unit of cost serves most.
    """
    wide = widened(task.rules, base, task.rows.cover, task.rows.weights)
    plans = [_enlarged(task, _cheapest(task, sites)) for sites in (base, wide)]
    values = [served_by(task.seated(plan), plan.sites)[0] for plan in plans]
    best = int(np.argmax(values))
    return plans[best], values[best]


def _cheapest(task: _Sized, sites: IntArray) -> _Plan:
    """Return sites in the cheapest size of each; of equal costs the one with most seats."""
    order = np.lexsort((-task.sizes.seats[None] + 0 * task.sizes.costs, task.sizes.costs), axis=1)
    return _Plan(sites, order[sites, 0])


def _enlarged(task: _Sized, plan: _Plan) -> _Plan:
    """Return a plan with sites added and enlarged while there is money, the best for its cost first.

    Each site is taken to serve what is left in its reach, up to its seats.
    """
    count = len(task.rules.allowed)
    size = np.full(count, -1, np.int64)
    size[plan.sites] = plan.size
    left, by_site = task.rows.weights.copy(), sp.csr_array(task.rows.cover.T)
    seats, costs = task.sizes.seats, task.sizes.costs
    money = task.budget - task.cost(plan)

    def seat(site: int, more: float) -> None:
        rows = by_site.indices[by_site.indptr[site] : by_site.indptr[site + 1]]
        until = np.minimum(np.cumsum(left[rows]), more)
        left[rows] -= np.diff(until, prepend=0.0)

    used = np.zeros(count)
    for site in plan.sites.tolist():
        before = left.sum()
        seat(site, float(seats[size[site]]))
        used[site] = before - left.sum()
    shut = ~task.rules.allowed
    while True:
        reach = by_site @ left
        open_ = size >= 0
        now = np.where(open_, costs[np.arange(count), size], 0.0)
        gain = np.minimum(seats[None] - used[:, None], reach[:, None])
        extra = costs - now[:, None]
        usable = (gain > _NEAR) & (extra <= money + _NEAR) & ~shut[:, None]
        if not usable.any():
            break
        worth = np.where(usable, gain / np.maximum(extra, _NEAR), -1.0)
        site, wanted = divmod(int(worth.argmax()), len(seats))
        if not open_[site]:
            more = np.append(np.flatnonzero(open_), site)
            if not keeps(replace(task.rules, budget=None), more):
                shut[site] = True
                continue
        money -= float(extra[site, wanted])
        size[site] = wanted
        used[site] += gain[site, wanted]
        seat(site, float(gain[site, wanted]))
    sites = np.flatnonzero(size >= 0)
    return _Plan(sites, size[sites])


def _no_larger_than_used(task: _Sized, plan: _Plan) -> _Plan:
    """Return a plan in which each site has the cheapest size that seats whom it serves.

    Sites that serve nobody are left out where the rules let them.
    """
    _, flow = served_by(task.seated(plan), plan.sites)
    used = np.asarray(flow.sum(axis=0)).reshape(-1)
    size = plan.size.copy()
    for number, site in enumerate(plan.sites.tolist()):
        enough = np.flatnonzero(task.sizes.seats >= used[number] - _NEAR)
        cheaper = enough[np.argmin(task.sizes.costs[site, enough])]
        if task.sizes.costs[site, cheaper] < task.sizes.costs[site, size[number]]:
            size[number] = cheaper
    kept = np.ones(len(size), bool)
    idle = (used <= _NEAR) & ~np.isin(plan.sites, task.rules.fixed)
    for number in np.flatnonzero(idle).tolist():
        kept[number] = False
        kept[number] = not keeps(task.rules, plan.sites[kept])
    return _Plan(plan.sites[kept], size[kept])


def _searched(
    task: _Sized, start: _Plan, value: float, clock: Clock, target_gap: float
) -> tuple[_Plan, float, float, BoundBasis]:
    """Return the best plan found, an upper bound, the size of its terms and what proves it."""
    total = float(task.rows.weights.sum())
    greatest = np.sort(task.alone.max(axis=1)[task.rules.allowed])[::-1]
    most = min(total, float(greatest[: task.rules.p].sum()))
    size = float(total + task.alone.sum())
    basis: BoundBasis = "none"
    if clock.left() == 0 or most <= value:
        return start, most, size, basis
    model = _model(task)
    duals = relaxation_duals(model, clock)
    least = -most
    if duals is not None:
        proven, terms = dual_bound(model, duals)
        if proven > least:
            least, size, basis = proven, terms, "dual"
    best = start
    integral = whole(task.rows.weights) and whole(task.sizes.seats)
    if clock.left() > 0:
        stop = max(0.999 if integral else 0.0, target_gap * value)
        answer = solve(model, clock, stop_within=stop)
        if answer.x is not None:
            built = answer.x[: task.alone.size].reshape(task.alone.shape)
            sites = np.flatnonzero(built.max(axis=1) > 0.5)
            found = _Plan(sites, np.argmax(built[sites], axis=1))
            if task.keeps(found) and served_by(task.seated(found), sites)[0] > value:
                best = found
        if answer.bound > least + 1e-9 * size:
            least, basis = answer.bound, "search"
    return best, -least, size, basis


def _model(task: _Sized) -> Model:
    """Return the model; columns are the sites by size y, then the flows f by stored pair."""
    cover, weights, seats = task.rows.cover, task.rows.weights, task.sizes.seats
    (demand, sites), kinds = cover.shape, len(seats)
    row, column = np.repeat(np.arange(demand), np.diff(cover.indptr)), cover.indices
    pair, one = np.arange(len(row)), np.ones(len(row))
    by_row = sp.csr_array((one, (row, pair)), shape=(demand, len(row)))
    by_site = sp.csr_array((one, (column, pair)), shape=(sites, len(row)))
    number = np.arange(sites * kinds)
    seated = sp.csr_array((task.alone.ravel(), (number // kinds, number)), (sites, sites * kinds))
    each = np.minimum(seats[None], weights[row][:, None])
    link = sp.csr_array(
        (
            each.ravel(),
            (np.repeat(pair, kinds), (column[:, None] * kinds + np.arange(kinds)).ravel()),
        ),
        (len(row), sites * kinds),
    )
    opens = sp.csr_array((np.ones(sites * kinds), (number // kinds, number)), seated.shape)
    # Sites are held to the rules whatever their size, and the money is counted by size.
    side, lower, upper = rule_rows(replace(task.rules, budget=np.inf))
    lower[0] = -np.inf
    blocks: list[list[sp.sparray | None]] = [
        [sp.csr_array((demand, sites * kinds)), by_row],
        [-seated, by_site],
        [-link, sp.eye_array(len(row), format="csr")],
        [opens, None],
        [sp.csr_array(task.sizes.costs.reshape(1, -1)), None],
        [sp.csr_array(side @ opens), None],
    ]
    count = sites * kinds + len(row)
    low, high = np.zeros(count), np.concatenate((np.ones(sites * kinds), weights[row]))
    high[: sites * kinds][np.repeat(~task.rules.allowed, kinds)] = 0.0
    must = np.zeros(sites)
    must[task.rules.fixed] = 1.0
    free = np.full(demand + sites + len(row), -np.inf)
    return Model(
        cost=np.concatenate((np.zeros(sites * kinds), -one)),
        lower=low,
        upper=high,
        whole=np.arange(count) < sites * kinds,
        rows=sp.csr_array(sp.block_array(blocks, format="csr")),
        row_lower=np.concatenate((free, must, [-np.inf], lower)),
        row_upper=np.concatenate(
            (weights, np.zeros(sites + len(row)), np.ones(sites), [task.budget], upper)
        ),
    )
