"""Whom sites with so many seats serve: the transport problem of a plan, and its flow by demand point.

A demand point may be served by several sites (fractional assignment), as the workers at one corner need
not all go to the same place.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.covering.aggregate import MergedRows, merged_by
from geoapp.analysis.siting.models.standing import (
    Stood,
    one_after_another,
    parts_of,
    seated_flow,
    settled_by,
    tied_to_new,
)
from geoapp.analysis.siting.problem import CoverProblem, Turns
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
from geoapp.analysis.siting.rules import Rules
from geoapp.core.arrays import FloatArray, IntArray

_LEAST_UNIT = 1e-3


@dataclass(frozen=True, slots=True)
class Seated:
    """The problem by merged rows, each of one turn; ``capacity`` are the seats of each site."""

    rows: MergedRows
    turns: Turns
    stood: Stood
    capacity: FloatArray
    rules: Rules

    @classmethod
    def of(cls, problem: CoverProblem, capacity: FloatArray) -> Self:
        """Return the problem with so many seats by candidate."""
        return cls(*merged_turns(problem), capacity, problem.rules)

    @property
    def reach(self) -> FloatArray:
        """Return the weight in reach of each site at each turn."""
        return reach_of(self.rows, self.turns)

    @property
    def alone(self) -> FloatArray:
        """Return the most that each site can serve by itself."""
        alone: FloatArray = np.minimum(self.capacity[:, None] * self.turns.share, self.reach).sum(
            axis=1
        )
        return alone


def merged_turns(problem: CoverProblem) -> tuple[MergedRows, Turns, Stood]:
    """Return a problem's rows, merged within their turn, the turn of each, and what stands for them.

    Where seats of what stands count, the rows are those alone whose seats new sites can change.
    """
    turns = problem.turns or Turns.one(problem.demand)
    stands, weights, cover = problem.standing, problem.weights, problem.cover
    settled = np.zeros(problem.demand)
    if stands is not None:
        tied, settled = tied_to_new(problem, stands, turns)
        weights = np.where(tied, weights, 0.0)
        cover = sp.csr_array(sp.hstack((cover, stands.cover), format="csr"))
        cover.sort_indices()
    rows = merged_by(cover, weights, turns.of)
    of = np.zeros(len(rows.weights), np.int64)
    held = rows.row_of >= 0
    of[rows.row_of[held]] = turns.of[held]
    when = Turns(of, turns.share)
    if stands is None:
        return rows, when, Stood.none(len(of), problem.demand)
    new = problem.cover.shape[1]
    near = sp.csr_array(rows.cover[:, new:])
    near.sort_indices()
    flow = seated_flow(near, rows.weights, when, stands.seats)
    seated = np.asarray(flow.sum(axis=1)).reshape(-1)
    rows = replace(rows, cover=sp.csr_array(rows.cover[:, :new]))
    return rows, when, Stood(near, stands.seats, seated, settled)


def reach_of(rows: MergedRows, turns: Turns) -> FloatArray:
    """Return the weight in reach of each candidate at each turn, shape (candidates, turns)."""
    count = len(rows.weights)
    by_turn = sp.csr_array(
        (rows.weights, (np.arange(count), turns.of)), shape=(count, len(turns.share))
    )
    return np.asarray((rows.cover.T @ by_turn).toarray())


def too_small(weights: FloatArray, seats: FloatArray) -> float | None:
    """Return a unit, a power of two, in which amounts are to be counted; None where they do as they are.

    HiGHS would take very small amounts for round-off; a power of two changes no digit.
    """
    greatest = float(min(weights.max(initial=0.0), seats.max(initial=0.0)))
    if not 0 < greatest < _LEAST_UNIT:
        return None
    return 2.0 ** math.floor(math.log2(greatest))


def times(result: SitingResult, unit: float) -> SitingResult:
    """Return an answer in another unit of weight."""
    return replace(
        result,
        objective=result.objective * unit,
        bound=result.bound * unit,
        gains=result.gains * unit,
        prices=None if result.prices is None else result.prices * unit,
        curve=tuple(
            CurvePoint(point.p, point.objective * unit, point.bound * unit)
            for point in result.curve
        ),
        served=None if result.served is None else sp.csr_array(result.served * unit),
        seated_before=None if result.seated_before is None else result.seated_before * unit,
    )


def seated_result(
    problem: CoverProblem,
    task: Seated,
    best: IntArray,
    proven: tuple[float, float, BoundBasis],
    clock: Clock,
    target_gap: float,
) -> SitingResult:
    """Recount a plan by its transport problem, and say what is proven.

    Parameters
    ----------
    best
        The plan, candidates in any order.
    proven
        Upper bound, the sum of its absolute terms, and what proves it.
    """
    chosen, gains = ordered(task, best)
    objective, flow = served_by(task, chosen)
    bound, size, basis = proven
    integral = whole_seats(problem.weights, task.capacity, task.turns, task.stood)
    bound = settled_bound(objective, bound, size, integral, 1)
    clock.report(objective, bound)
    before = None
    if problem.standing is None:
        served = by_point(problem.cover, problem.weights, task, chosen, flow)
    else:
        served, before = _newly_seated(problem, task, chosen)
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
        assignment=mostly(served),
        seconds=clock.taken(),
        served=served,
        seated_before=before,
    )


def _newly_seated(
    problem: CoverProblem, task: Seated, chosen: IntArray
) -> tuple[sp.csr_array, FloatArray]:
    """Return who has a seat more with each site in turn, by demand point, and who had one before."""
    by_row = one_after_another(
        task.rows.cover, task.rows.weights, task.turns, task.capacity, task.stood, chosen
    )
    spread = sp.csc_array(_spread(by_row, task.rows.row_of, problem.weights))
    before = task.stood.settled + spread[:, [0]].toarray().reshape(-1)
    coo = spread[:, 1:].tocoo()
    row, column = coo.coords
    return sp.csr_array((coo.data, (row, chosen[column])), shape=problem.cover.shape), before


def whole_seats(weights: FloatArray, seats: FloatArray, turns: Turns, stood: Stood) -> bool:
    """Say whether all amounts are whole numbers, so that what is served best is one, too."""
    every = np.concatenate((seats, stood.seats))
    return whole(weights) and whole(np.outer(every, turns.share).ravel())


def served_by(
    task: Seated, chosen: Sequence[int] | IntArray, *, spared: bool = False
) -> tuple[float, sp.csr_array]:
    """Return the most weight that some sites serve, and the flow by merged row and chosen site.

    Beside sites that stand already it is what is served beyond what these serve alone, and where
    ``spared`` those serve as many as they can of whom all serve.
    """
    sites, stood = np.asarray(chosen, dtype=np.int64), task.stood
    part = sp.csr_array(sp.hstack((task.rows.cover[:, sites], stood.cover), format="csr"))
    if not len(sites) or part.nnz == 0:
        return 0.0, sp.csr_array((len(task.rows.weights), len(sites)))
    part.sort_indices()
    weights = task.rows.weights
    if len(stood.seats):
        # What stands seats as before wherever no site of the plan is tied to it.
        by_part = parts_of(part, task.turns)
        new = task.rows.cover @ np.isin(np.arange(task.rows.cover.shape[1]), sites) > 0
        weights = np.where(np.isin(by_part, by_part[new]), weights, 0.0)
    again = merged_by(part, weights, task.turns.of)
    turn = np.zeros(len(again.weights), np.int64)
    held = again.row_of >= 0
    turn[again.row_of[held]] = task.turns.of[held]
    flow = seated_flow(
        again.cover,
        again.weights,
        Turns(turn, task.turns.share),
        np.concatenate((task.capacity[sites], stood.seats)),
        spared=np.arange(part.shape[1]) < len(sites) if spared and len(stood.seats) else None,
    )
    spread = _spread(flow, again.row_of, weights)
    base = float(stood.held[held].sum())
    return max(0.0, float(flow.sum()) - base), sp.csr_array(spread[:, : len(sites)])


def most_served(cover: sp.csr_array, weights: FloatArray, seats: FloatArray) -> float:
    """Return the most weight that sites serve, all of them open and everybody there at the same time.

    Parameters
    ----------
    cover
        Canonical CSR of ones, shape (n_demand, n_site).
    weights, seats
        By demand point, and by site.
    """
    # Who is in reach of a site with seats for all there is seated by it: no flow is greater.
    once = Turns.one(len(weights))
    settled = settled_by(cover, weights, once, seats)
    rest = np.flatnonzero(~settled & (weights > 0))
    near = sp.csr_array(cover[rest])
    rows = merged_by(near, weights[rest], once.of[rest])
    flow = seated_flow(rows.cover, rows.weights, Turns.one(len(rows.weights)), seats)
    return float(weights[settled].sum()) + float(flow.sum())


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


def ordered(task: Seated, sites: IntArray) -> tuple[IntArray, FloatArray]:
    """Return the fixed sites, then the others in order of what each adds, and what each adds.

    What a set of sites serves is submodular, so gains only fall as others open.
    """
    fixed = [int(one) for one in task.rules.fixed]
    order: list[int] = []
    gains: list[float] = []
    now = 0.0
    alone = task.alone
    known = {int(one): float(alone[one]) for one in sites if one not in set(fixed)}
    for site in fixed:
        order.append(site)
        value = served_by(task, order)[0]
        gains.append(max(0.0, value - now))
        now = max(now, value)
    while known:
        fresh: set[int] = set()
        while True:
            site = max(known, key=lambda one: (known[one], -one))
            if site in fresh or known[site] <= 0:
                break
            known[site] = max(0.0, served_by(task, [*order, site])[0] - now)
            fresh.add(site)
        order.append(site)
        gains.append(known.pop(site))
        now += gains[-1]
    return np.array(order, dtype=np.int64), np.array(gains)


def by_point(
    cover: sp.csr_array,
    weights: FloatArray,
    task: Seated,
    chosen: IntArray,
    flow: sp.csr_array,
) -> sp.csr_array:
    """Return the weight of every demand point that each candidate serves."""
    spread = _spread(flow, task.rows.row_of, weights)
    coo = spread.tocoo()
    row, column = coo.coords
    return sp.csr_array((coo.data, (row, chosen[column])), shape=cover.shape)


def mostly(served: sp.csr_array) -> IntArray:
    """Return by demand point the site that serves most of it; -1 = none."""
    assignment = np.full(served.shape[0], -1, np.int64)
    for row in np.flatnonzero(np.diff(served.indptr) > 0):
        mine = slice(served.indptr[row], served.indptr[row + 1])
        assignment[row] = served.indices[mine][np.argmax(served.data[mine])]
    return assignment
