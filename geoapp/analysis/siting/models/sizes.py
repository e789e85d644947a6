"""Maximal covering where each station may be built in one of several sizes, under a budget.

    max  sum_ij f_ij
    with sum_j f_ij <= w_i                         no more is served than there is
         sum_i f_ij <= sum_s min(C_s, W_j) y_js    nor more than the station seats in its size
         f_ij <= sum_s min(C_s, w_i) y_js          (implied by whole y, tighter for the relaxation)
         sum_s y_js <= 1, sum_js c_js y_js <= B, sum_js y_js <= p, y whole

C_s are the seats of size s, c_js what a station at j costs in that size, W_j the weight in reach of j. This
is the facility size selection of capacitated covering (Current & Storbeck 1988, with capacities from a list
as in Correia & Captivo 2003). Whom a plan serves is counted by its transport problem, as with one size. Where
points want their seats at several turns, the second line stands once for each, as with one size.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.covering.aggregate import MergedRows
from geoapp.analysis.siting.covering.ruled import keeps, widened
from geoapp.analysis.siting.milp import Model, dual_bound, relaxation_duals, solve
from geoapp.analysis.siting.models.seating import (
    Seated,
    merged_turns,
    reach_of,
    seated_result,
    served_by,
    times,
    too_small,
    whole_seats,
)
from geoapp.analysis.siting.models.standing import Stood, scaled, with_standing
from geoapp.analysis.siting.problem import CoverProblem, Sizes, Turns
from geoapp.analysis.siting.result import BoundBasis, Clock, SitingResult
from geoapp.analysis.siting.rules import Rules, rule_rows
from geoapp.core.arrays import FloatArray, IntArray

_NEAR: Final = 1e-9


@dataclass(frozen=True, slots=True)
class _Sized:
    """The problem by merged rows, each of one turn.

    ``reach`` is the weight in reach of each site at each turn, ``most`` what a site can serve of it in each
    size, shape (sites, sizes, turns), and ``alone`` its sum over the turns.
    """

    rows: MergedRows
    turns: Turns
    stood: Stood
    sizes: Sizes
    reach: FloatArray
    most: FloatArray
    alone: FloatArray
    rules: Rules
    budget: float

    def seated(self, plan: "_Plan") -> Seated:
        """Return the transport problem of a plan: the seats of each of its sites in its size."""
        seats = np.zeros(len(self.rules.allowed))
        seats[plan.sites] = self.sizes.seats[plan.size]
        return Seated(self.rows, self.turns, self.stood, seats, self.rules)

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
        other = replace(
            problem,
            weights=problem.weights / unit,
            sizes=Sizes(sizes.seats / unit, sizes.costs),
            standing=scaled(problem, unit),
        )
        return times(solve_sized(other, base, clock, target_gap), unit)
    rows, turns, stood = merged_turns(problem)
    reach = reach_of(rows, turns)
    most = np.minimum(sizes.seats[:, None] * turns.share, reach[:, None, :])
    task = _Sized(rows, turns, stood, sizes, reach, most, most.sum(axis=2), problem.rules, budget)
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
    wide = widened(task.rules, base, task.rows.cover, task.rows.weights - task.stood.held)
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

    Each site is taken to serve what is left in its reach at each turn, up to its seats.
    """
    count = len(task.rules.allowed)
    size = np.full(count, -1, np.int64)
    size[plan.sites] = plan.size
    left, by_site = task.rows.weights - task.stood.held, sp.csr_array(task.rows.cover.T)
    turns, share = task.turns.of, task.turns.share
    seats, costs = task.sizes.seats[:, None] * share, task.sizes.costs
    by_turn = np.zeros((len(left), len(share)))
    money = task.budget - task.cost(plan)

    used = np.zeros((count, len(share)))

    def seat(site: int, wanted: int) -> None:
        mine = by_site.indices[by_site.indptr[site] : by_site.indptr[site + 1]]
        for turn in np.unique(turns[mine]).tolist():
            rows = mine[turns[mine] == turn]
            room = max(0.0, float(seats[wanted, turn] - used[site, turn]))
            until = np.minimum(np.cumsum(left[rows]), room)
            left[rows] -= np.diff(until, prepend=0.0)
            used[site, turn] += float(until[-1])

    for site in plan.sites.tolist():
        seat(site, int(size[site]))
    shut = ~task.rules.allowed
    while True:
        by_turn[np.arange(len(left)), turns] = left
        reach = by_site @ by_turn
        open_ = size >= 0
        now = np.where(open_, costs[np.arange(count), size], 0.0)
        gain = np.minimum(seats - used[:, None, :], reach[:, None, :]).sum(axis=2)
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
        seat(site, wanted)
    sites = np.flatnonzero(size >= 0)
    return _Plan(sites, size[sites])


def _no_larger_than_used(task: _Sized, plan: _Plan) -> _Plan:
    """Return a plan in which each site has the cheapest size that seats whom it serves.

    Sites that serve nobody are left out where the rules let them.
    """
    _, flow = served_by(task.seated(plan), plan.sites, spared=True)
    count, share = len(task.rows.weights), task.turns.share
    by_turn = sp.csr_array(
        (np.ones(count), (task.turns.of, np.arange(count))), shape=(len(share), count)
    )
    used = np.asarray((by_turn @ flow).toarray())  # by turn and site
    seats = task.sizes.seats[:, None] * share
    size = plan.size.copy()
    for number, site in enumerate(plan.sites.tolist()):
        enough = np.flatnonzero((seats >= used[:, number] - _NEAR).all(axis=1))
        cheaper = enough[np.argmin(task.sizes.costs[site, enough])]
        if task.sizes.costs[site, cheaper] < task.sizes.costs[site, size[number]]:
            size[number] = cheaper
    kept = np.ones(len(size), bool)
    idle = (used <= _NEAR).all(axis=0) & ~np.isin(plan.sites, task.rules.fixed)
    for number in np.flatnonzero(idle).tolist():
        kept[number] = False
        kept[number] = not keeps(task.rules, plan.sites[kept])
    return _Plan(plan.sites[kept], size[kept])


def _searched(
    task: _Sized, start: _Plan, value: float, clock: Clock, target_gap: float
) -> tuple[_Plan, float, float, BoundBasis]:
    """Return the best plan found, an upper bound, the size of its terms and what proves it."""
    stands, total = task.stood.base, float(task.rows.weights.sum())
    greatest = np.sort(task.alone.max(axis=1)[task.rules.allowed])[::-1]
    most = min(total - stands, float(greatest[: task.rules.p].sum()))
    size = float(total + task.alone.sum())
    basis: BoundBasis = "none"
    if clock.left() == 0 or most <= value:
        return start, most, size, basis
    model = with_standing(_model(task), task.stood, task.rows.weights, task.turns)
    duals = relaxation_duals(model, clock)
    least = -most - stands
    if duals is not None:
        proven, terms = dual_bound(model, duals)
        if proven > least:
            least, size, basis = proven, terms, "dual"
    best = start
    integral = whole_seats(task.rows.weights, task.sizes.seats, task.turns, task.stood)
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
    return best, -least - stands, size, basis


def _model(task: _Sized) -> Model:
    """Return the model; columns are the sites by size y, then the flows f by stored pair."""
    cover, weights, seats = task.rows.cover, task.rows.weights, task.sizes.seats
    (demand, sites), kinds, turns = cover.shape, len(seats), len(task.turns.share)
    row, column = np.repeat(np.arange(demand), np.diff(cover.indptr)), cover.indices
    pair, one = np.arange(len(row)), np.ones(len(row))
    by_row = sp.csr_array((one, (row, pair)), shape=(demand, len(row)))
    turn = task.turns.of[row]
    by_site = sp.csr_array((one, (column * turns + turn, pair)), shape=(sites * turns, len(row)))
    number = np.arange(sites * kinds)
    site, kind, then = (at.ravel() for at in np.indices(task.most.shape))
    seated = sp.csr_array(
        (task.most.ravel(), (site * turns + then, site * kinds + kind)),
        (sites * turns, sites * kinds),
    )
    each = np.minimum(seats * task.turns.share[turn][:, None], weights[row][:, None])
    link = sp.csr_array(
        (
            each.ravel(),
            (np.repeat(pair, kinds), (column[:, None] * kinds + np.arange(kinds)).ravel()),
        ),
        (len(row), sites * kinds),
    )
    opens = sp.csr_array(
        (np.ones(sites * kinds), (number // kinds, number)), (sites, sites * kinds)
    )
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
    free = np.full(demand + sites * turns + len(row), -np.inf)
    return Model(
        cost=np.concatenate((np.zeros(sites * kinds), -one)),
        lower=low,
        upper=high,
        whole=np.arange(count) < sites * kinds,
        rows=sp.csr_array(sp.block_array(blocks, format="csr")),
        row_lower=np.concatenate((free, must, [-np.inf], lower)),
        row_upper=np.concatenate(
            (weights, np.zeros(sites * turns + len(row)), np.ones(sites), [task.budget], upper)
        ),
    )
