"""Maximal covering where a station seats so many (Current & Storbeck 1988).

    max  sum_ij f_ij
    with sum_j f_ij <= w_i            no more is served than there is
         sum_i f_ij <= C_j y_j        nor more than the station seats
         f_ij <= w_i y_j              (implied by whole y, tighter for the relaxation)
         sum_j y_j = p, y whole, f >= 0 for the pairs within the standard

f_ij is the weight of demand point i that station j serves: a point may be served by several stations
(fractional assignment), as the workers at one corner need not all go to the same place. Points with
the same cover set are therefore one row, exactly. For given sites the best f is a transport problem;
every objective is recounted by solving it. Where points want their seats at several turns, a seat is free
again at each: the second line stands once for each turn, with C_j times what a seat is then.

Where sites stand already and seat only so many, they are open columns of no candidate, with their own line
of seats: the objective is what is served beyond the greatest flow of these alone.
"""

from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.covering.ruled import keeps, widened
from geoapp.analysis.siting.milp import Model, dual_bound, relaxation_duals, solve
from geoapp.analysis.siting.models.seating import (
    Seated,
    seated_result,
    served_by,
    times,
    too_small,
    whole_seats,
)
from geoapp.analysis.siting.models.standing import scaled, with_standing
from geoapp.analysis.siting.problem import CoverProblem
from geoapp.analysis.siting.result import BoundBasis, Clock, SitingResult
from geoapp.analysis.siting.rules import rule_rows
from geoapp.core.arrays import FloatArray, IntArray


def solve_seated(
    problem: CoverProblem, base: IntArray, clock: Clock, target_gap: float
) -> SitingResult:
    """Choose sites that together serve most weight; called by ``solve_mclp``.

    Parameters
    ----------
    problem, base
        With capacities and without a backup share; a plan that keeps its rules.
    clock, target_gap
        When to stop.
    """
    weights, capacity = problem.weights, problem.capacities
    assert capacity is not None  # or there is nothing to seat
    unit = too_small(weights, capacity)
    if unit is not None:
        other = replace(
            problem,
            weights=weights / unit,
            capacities=capacity / unit,
            standing=scaled(problem, unit),
        )
        return times(solve_seated(other, base, clock, target_gap), unit)
    task = Seated.of(problem, capacity)
    start = _start(task, base)
    value, _ = served_by(task, start)
    best, bound, size, basis, share = _searched(task, start, value, clock, target_gap)
    result = seated_result(problem, task, best, (bound, size, basis), clock, target_gap)
    # With other rules, or where seats are free again at turns or stand already, prices are not enough.
    alone = problem.standing is None and problem.turns is None and task.rules.plain
    return replace(result, prices=_prices(task, weights, share)) if alone else result


def _prices(task: Seated, weights: FloatArray, share: FloatArray) -> FloatArray:
    """Return prices by demand point of shares by merged row; whom nobody reaches costs what it weighs."""
    held = task.rows.row_of >= 0
    prices = weights.copy()
    prices[held] *= share[task.rows.row_of[held]]
    return prices


def _start(task: Seated, base: IntArray) -> IntArray:
    """Return a plan by ordinary gains, as if nothing were full."""
    plan = widened(task.rules, base, task.rows.cover, task.rows.weights - task.stood.held)
    if task.rules.counted and len(plan) < task.rules.p:
        spare = np.setdiff1d(np.flatnonzero(task.rules.allowed), plan)
        plan = np.concatenate((plan, spare[np.argsort(-task.alone[spare], kind="stable")]))
    return plan[: task.rules.p]


def _searched(
    task: Seated, start: IntArray, value: float, clock: Clock, target_gap: float
) -> tuple[IntArray, float, float, BoundBasis, FloatArray]:
    """Return the best plan found, an upper bound, the size of its terms, what proves it, and prices.

    Prices are by row what a seat there is worth, 0 to 1: at any of them no plan serves more than what is
    not priced, and the dearest seats of each of its sites.
    """
    sites, alone = len(task.capacity), task.alone
    # Evident: the demand within reach, and what the p greatest sites serve by themselves.
    order = np.sort(alone[task.rules.allowed])[::-1]
    stands, total = task.stood.base, float(task.rows.weights.sum())
    most = min(total - stands, float(order[: task.rules.p].sum()))
    size = total + float(alone.sum())
    basis: BoundBasis = "none"
    share = np.ones(len(task.rows.weights))
    if clock.left() == 0 or most <= value:
        return start, most, size, basis, share
    model = with_standing(_model(task), task.stood, task.rows.weights, task.turns)
    duals = relaxation_duals(model, clock)
    least = -most - stands
    if duals is not None:
        share = 1 - np.clip(-duals[: len(share)], 0.0, 1.0)
        proven, terms = dual_bound(model, duals)
        if proven > least:
            least, size, basis = proven, terms, "dual"
    best = start
    integral = whole_seats(task.rows.weights, task.capacity, task.turns, task.stood)
    if clock.left() > 0:
        stop = max(0.999 if integral else 0.0, target_gap * value)
        answer = solve(model, clock, stop_within=stop)
        if answer.x is not None:
            found = np.flatnonzero(answer.x[:sites] > 0.5)
            if keeps(task.rules, found) and served_by(task, found)[0] > value:
                best = found
        if answer.bound > least + 1e-9 * size:
            least, basis = answer.bound, "search"
    return best, -least - stands, size, basis, share


def _model(task: Seated) -> Model:
    """Return the model; columns are the sites y, then the flows f by stored pair."""
    cover, weights = task.rows.cover, task.rows.weights
    (demand, sites), turns = cover.shape, len(task.turns.share)
    row, column = np.repeat(np.arange(demand), np.diff(cover.indptr)), cover.indices
    pair = np.arange(len(row))
    one = np.ones(len(row))
    by_row = sp.csr_array((one, (row, pair)), shape=(demand, len(row)))
    at = column * turns + task.turns.of[row]
    by_site = sp.csr_array((one, (at, pair)), shape=(sites * turns, len(row)))
    most = np.minimum(task.capacity[:, None] * task.turns.share, task.reach).ravel()
    number = np.arange(sites * turns)
    seats = sp.csr_array((most, (number, number // turns)), shape=(sites * turns, sites))
    link = sp.csr_array((-weights[row], (pair, column)), shape=(len(row), sites))
    side, lower, upper = rule_rows(task.rules)
    blocks: list[list[sp.sparray | None]] = [
        [sp.csr_array((demand, sites)), by_row],
        [-seats, by_site],
        [link, sp.eye_array(len(row), format="csr")],
        [side, None],
    ]
    count = sites + len(row)
    low, high = np.zeros(count), np.concatenate((np.ones(sites), weights[row]))
    high[:sites][~task.rules.allowed] = 0.0
    low[task.rules.fixed] = 1.0
    free = np.full(demand + sites * turns + len(row), -np.inf)
    return Model(
        cost=np.concatenate((np.zeros(sites), -one)),
        lower=low,
        upper=high,
        whole=np.arange(count) < sites,
        rows=sp.csr_array(sp.block_array(blocks, format="csr")),
        row_lower=np.concatenate((free, lower)),
        row_upper=np.concatenate((weights, np.zeros(sites * turns + len(row)), upper)),
    )
