"""Maximal covering where a station seats so many (Current & Storbeck 1988).

    max  sum_ij f_ij
    with sum_j f_ij <= w_i            no more is served than there is
         sum_i f_ij <= C_j y_j        nor more than the station seats
         f_ij <= w_i y_j              (implied by whole y, tighter for the relaxation)
         sum_j y_j = p, y whole, f >= 0 for the pairs within the standard

f_ij is the weight of demand point i that station j serves: a point may be served by several stations
(fractional assignment), as the workers at one corner need not all go to the same place. Points with
the same cover set are therefore one row, exactly. For given sites the best f is a transport problem;
every objective is recounted by solving it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.covering.aggregate import MergedRows, merged
from geoapp.analysis.siting.covering.ruled import keeps, widened
from geoapp.analysis.siting.milp import Model, dual_bound, relaxation_duals, solve
from geoapp.analysis.siting.problem import CoverProblem
from geoapp.analysis.siting.result import (
    BoundBasis,
    Clock,
    CurvePoint,
    SitingResult,
    gap_share,
    settled_bound,
    status_of,
    whole,
)
from geoapp.analysis.siting.rules import Rules, rule_rows
from geoapp.core.arrays import FloatArray, IntArray

_RECOUNT_SECONDS = 60.0
_LEAST_UNIT = 1e-3


@dataclass(frozen=True, slots=True)
class _Seated:
    """The problem by merged rows; ``alone`` is the most that each site can serve by itself."""

    rows: MergedRows
    capacity: FloatArray
    alone: FloatArray
    rules: Rules


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
    cover, weights, rules, capacity = (
        problem.cover,
        problem.weights,
        problem.rules,
        problem.capacities,
    )
    assert capacity is not None  # or there is nothing to seat
    greatest = float(min(weights.max(initial=0.0), capacity.max(initial=0.0)))
    if 0 < greatest < _LEAST_UNIT:
        # HiGHS would take such amounts for round-off. A power of two changes no digit.
        unit = 2.0 ** math.floor(math.log2(greatest))
        scaled = replace(problem, weights=weights / unit, capacities=capacity / unit)
        return _times(solve_seated(scaled, base, clock, target_gap), unit)
    rows = merged(cover, weights)
    alone = np.minimum(capacity, rows.cover.T @ rows.weights)
    task = _Seated(rows, capacity, alone, rules)
    start = _start(task, base)
    value, _ = _served(task, start)
    best, bound, size, basis = _searched(task, start, value, clock, target_gap)
    chosen, gains = _ordered(task, best)
    objective, flow = _served(task, chosen)
    integral = whole(weights) and whole(capacity)
    bound = settled_bound(objective, bound, size, integral, 1)
    clock.report(objective, bound)
    served = _by_point(cover, weights, task, chosen, flow)
    return SitingResult(
        model="mclp",
        chosen=chosen,
        gains=gains,
        objective=objective,
        bound=bound,
        bound_basis=basis,
        gap_share=gap_share(objective, bound),
        status=status_of(objective, bound, target_gap, clock),
        curve=(CurvePoint(len(chosen), objective, bound),),
        assignment=_mostly(served),
        seconds=clock.taken(),
        served=served,
    )


def _times(result: SitingResult, unit: float) -> SitingResult:
    """Return an answer in another unit of weight."""
    return replace(
        result,
        objective=result.objective * unit,
        bound=result.bound * unit,
        gains=result.gains * unit,
        curve=tuple(
            CurvePoint(point.p, point.objective * unit, point.bound * unit)
            for point in result.curve
        ),
        served=None if result.served is None else sp.csr_array(result.served * unit),
    )


def _start(task: _Seated, base: IntArray) -> IntArray:
    """Return a plan by ordinary gains, as if nothing were full."""
    plan = widened(task.rules, base, task.rows.cover, task.rows.weights)
    if task.rules.counted and len(plan) < task.rules.p:
        spare = np.setdiff1d(np.flatnonzero(task.rules.allowed), plan)
        plan = np.concatenate((plan, spare[np.argsort(-task.alone[spare], kind="stable")]))
    return plan[: task.rules.p]


def _searched(
    task: _Seated, start: IntArray, value: float, clock: Clock, target_gap: float
) -> tuple[IntArray, float, float, BoundBasis]:
    """Return the best plan found, an upper bound, the size of its terms and what proves it."""
    sites = len(task.capacity)
    # Evident: the demand within reach, and what the p greatest sites serve by themselves.
    order = np.sort(task.alone[task.rules.allowed])[::-1]
    most = min(float(task.rows.weights.sum()), float(order[: task.rules.p].sum()))
    size = float(task.rows.weights.sum() + task.alone.sum())
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
    integral = whole(task.rows.weights) and whole(task.capacity)
    if clock.left() > 0:
        stop = max(0.999 if integral else 0.0, target_gap * value)
        answer = solve(model, clock, stop_within=stop)
        if answer.x is not None:
            found = np.flatnonzero(answer.x[:sites] > 0.5)
            if keeps(task.rules, found) and _served(task, found)[0] > value:
                best = found
        if answer.bound > least + 1e-9 * size:
            least, basis = answer.bound, "search"
    return best, -least, size, basis


def _model(task: _Seated) -> Model:
    """Return the model; columns are the sites y, then the flows f by stored pair."""
    cover, weights = task.rows.cover, task.rows.weights
    demand, sites = cover.shape
    row, column = np.repeat(np.arange(demand), np.diff(cover.indptr)), cover.indices
    pair = np.arange(len(row))
    one = np.ones(len(row))
    by_row = sp.csr_array((one, (row, pair)), shape=(demand, len(row)))
    by_site = sp.csr_array((one, (column, pair)), shape=(sites, len(row)))
    link = sp.csr_array((-weights[row], (pair, column)), shape=(len(row), sites))
    side, lower, upper = rule_rows(task.rules)
    blocks: list[list[sp.sparray | None]] = [
        [sp.csr_array((demand, sites)), by_row],
        [-sp.diags_array(task.alone, format="csr"), by_site],
        [link, sp.eye_array(len(row), format="csr")],
        [side, None],
    ]
    count = sites + len(row)
    low, high = np.zeros(count), np.concatenate((np.ones(sites), weights[row]))
    high[:sites][~task.rules.allowed] = 0.0
    low[task.rules.fixed] = 1.0
    free = np.full(demand + sites + len(row), -np.inf)
    return Model(
        cost=np.concatenate((np.zeros(sites), -one)),
        lower=low,
        upper=high,
        whole=np.arange(count) < sites,
        rows=sp.csr_array(sp.block_array(blocks, format="csr")),
        row_lower=np.concatenate((free, lower)),
        row_upper=np.concatenate((weights, np.zeros(sites + len(row)), upper)),
    )


def _served(task: _Seated, chosen: Sequence[int] | IntArray) -> tuple[float, sp.csr_array]:
    """Return the most weight that some sites serve, and the flow by merged row and chosen site."""
    sites = np.asarray(chosen, dtype=np.int64)
    part = sp.csr_array(task.rows.cover[:, sites]) if len(sites) else None
    if part is None or part.nnz == 0:
        return 0.0, sp.csr_array((len(task.rows.weights), len(sites)))
    part.sort_indices()
    again = merged(part, task.rows.weights)
    demand = len(again.weights)
    row, column = np.repeat(np.arange(demand), np.diff(again.cover.indptr)), again.cover.indices
    pair, one = np.arange(len(row)), np.ones(len(row))
    rows = sp.vstack(
        (
            sp.csr_array((one, (row, pair)), shape=(demand, len(row))),
            sp.csr_array((one, (column, pair)), shape=(len(sites), len(row))),
        ),
        format="csr",
    )
    room = np.concatenate((again.weights, task.capacity[sites]))
    model = Model(
        cost=-one,
        lower=np.zeros(len(row)),
        upper=again.weights[row],
        whole=np.zeros(len(row), bool),
        rows=sp.csr_array(rows),
        row_lower=np.full(len(room), -np.inf),
        row_upper=room,
    )
    # A recount is short and must be had, whatever time is left.
    answer = solve(model, Clock(_RECOUNT_SECONDS))
    assert answer.x is not None  # serving nobody is feasible
    amount = np.maximum(answer.x, 0.0)
    if whole(room):
        # Corners of a transport problem in whole numbers are whole; round-off is not part of them.
        amount = np.rint(amount)
    flow = sp.csr_array((amount, (row, column)), shape=(demand, len(sites)))
    return float(amount.sum()), _spread(flow, again.row_of, task.rows.weights)


def _spread(flow: sp.csr_array, row_of: IntArray, weights: FloatArray) -> sp.csr_array:
    """Return the flow of merged rows by their members: filled one after another, so few are split."""
    members = np.flatnonzero(row_of >= 0)
    members = members[np.argsort(row_of[members], kind="stable")]
    owner = row_of[members]
    head = np.concatenate((np.ones(min(1, len(owner)), bool), owner[1:] != owner[:-1]))
    last = np.cumsum(weights[members])
    begins = np.concatenate(([0.0], last[:-1]))
    base = np.repeat(begins[head], np.diff(np.append(np.flatnonzero(head), len(owner))))
    start, end = begins - base, last - base
    rows: list[int] = []
    columns: list[int] = []
    amounts: list[float] = []
    at = 0
    for group in np.flatnonzero(np.diff(flow.indptr) > 0):
        first = at = int(np.searchsorted(owner, group))
        done = 0.0
        for entry in range(flow.indptr[group], flow.indptr[group + 1]):
            until = done + flow.data[entry]
            while at < len(owner) and owner[at] == group:
                share = min(until, end[at]) - max(done, start[at])
                if share > 0:
                    rows.append(int(members[at]))
                    columns.append(int(flow.indices[entry]))
                    amounts.append(float(share))
                if end[at] > until:
                    break
                at += 1
            at, done = max(first, min(at, len(owner) - 1)), until
    shape = (len(weights), flow.shape[1])
    return sp.csr_array((amounts, (rows, columns)), shape=shape)


def _ordered(task: _Seated, sites: IntArray) -> tuple[IntArray, FloatArray]:
    """Return the fixed sites, then the others in order of what each adds, and what each adds.

    What a set of sites serves is submodular, so gains only fall as others open.
    """
    fixed = [int(one) for one in task.rules.fixed]
    order: list[int] = []
    gains: list[float] = []
    now = 0.0
    known = {int(one): float(task.alone[one]) for one in sites if one not in set(fixed)}
    for site in fixed:
        order.append(site)
        value = _served(task, order)[0]
        gains.append(max(0.0, value - now))
        now = max(now, value)
    while known:
        fresh: set[int] = set()
        while True:
            site = max(known, key=lambda one: (known[one], -one))
            if site in fresh or known[site] <= 0:
                break
            known[site] = max(0.0, _served(task, [*order, site])[0] - now)
            fresh.add(site)
        order.append(site)
        gains.append(known.pop(site))
        now += gains[-1]
    return np.array(order, dtype=np.int64), np.array(gains)


def _by_point(
    cover: sp.csr_array,
    weights: FloatArray,
    task: _Seated,
    chosen: IntArray,
    flow: sp.csr_array,
) -> sp.csr_array:
    """Return the weight of every demand point that each candidate serves."""
    spread = _spread(flow, task.rows.row_of, weights)
    coo = spread.tocoo()
    row, column = coo.coords
    return sp.csr_array((coo.data, (row, chosen[column])), shape=cover.shape)


def _mostly(served: sp.csr_array) -> IntArray:
    """Return by demand point the site that serves most of it; -1 = none."""
    assignment = np.full(served.shape[0], -1, np.int64)
    for row in np.flatnonzero(np.diff(served.indptr) > 0):
        mine = slice(served.indptr[row], served.indptr[row + 1])
        assignment[row] = served.indices[mine][np.argmax(served.data[mine])]
    return assignment
