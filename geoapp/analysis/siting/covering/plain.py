"""Maximal covering with a number of sites alone: heuristics, dual bound, fixing, exact search."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.covering.aggregate import merged
from geoapp.analysis.siting.covering.dual import Dual, DualAscent, bounds_of
from geoapp.analysis.siting.covering.exchange import Exchange
from geoapp.analysis.siting.covering.greedy import Greedy, greedy, weight_covered
from geoapp.analysis.siting.covering.incumbents import CoveringSearch
from geoapp.analysis.siting.covering.large import MOST_SEARCHED_ROWS, prove_large
from geoapp.analysis.siting.covering.program import mclp_model
from geoapp.analysis.siting.milp import solve
from geoapp.analysis.siting.result import BoundBasis, Clock, CurvePoint, whole
from geoapp.analysis.siting.rules import Rules
from geoapp.core.arrays import BoolArray, FloatArray, IntArray

CurveOf = Callable[[FloatArray, float, float], tuple[CurvePoint, ...]]

_QUICK_ENTRIES = 5_000  # up to which the exact search takes seconds from any plan
_REBUILD_SHARE = 0.3  # of the time left, at most
_TRIES = 50  # between two looks
_PATIENCE = 20  # looks in vain
_DUAL_SHARE = 0.3  # of the time left, at most


@dataclass(frozen=True, slots=True)
class Plan:
    """Sites and their bound, before the recount.

    Attributes
    ----------
    sites
        Open candidates.
    bound, size, basis
        Upper bound as computed, the sum of its absolute terms, and what proves it.
    integral
        Whether objectives are whole numbers.
    curve
        Makes the curve once the plan's order is known; None where there is none.
    prices
        By demand point, from 0 to its weight: what the dual bound rests on; None where it does not.
    """

    sites: IntArray
    bound: float
    size: float
    basis: BoundBasis
    integral: bool
    curve: CurveOf | None
    prices: FloatArray | None = None


def solve_plain(
    cover: sp.csr_array,
    weights: FloatArray,
    p: int,
    fixed: IntArray,
    allowed: BoolArray,
    clock: Clock,
    target_gap: float,
) -> Plan:
    """Return a plan of exactly p sites and its bound."""
    open_ = np.zeros(cover.shape[1])
    open_[fixed] = 1.0
    reached = (cover @ open_) > 0
    base = float(weights[reached].sum())
    free = np.flatnonzero(allowed & (open_ == 0))
    rows = merged(
        sp.csr_array(cover[:, free]) if len(free) < cover.shape[1] else cover,
        np.where(reached, 0.0, weights),
    )
    by_site = sp.csr_array(rows.cover.T)
    by_site.sort_indices()
    k = p - len(fixed)
    first = greedy(rows.cover, by_site, rows.weights, k, clock)
    search = CoveringSearch(
        rows.cover,
        by_site,
        rows.weights,
        k,
        whole(weights),
        target_gap,
        base,
        clock,
        first.sites,
        weight_covered(by_site, rows.weights, first.sites),
        float(first.bounds[k]),
    )
    dual = _prove(search) if k > 0 and len(rows.weights) else None

    # Whoever is reached for certain, or by nobody, is no reason to choose one site before another.
    prices = weights.copy()
    if dual is not None:
        known = rows.row_of >= 0
        prices[known] *= np.clip(dual.v, 0.0, 1.0)[rows.row_of[known]]

    def curve(gains: FloatArray, objective: float, bound: float) -> tuple[CurvePoint, ...]:
        return _curve(search, first, dual, gains, len(fixed), objective, bound)

    return Plan(
        np.concatenate((fixed, free[search.sites])),
        base + search.bound,
        search.size + base,
        search.basis,
        search.integral,
        curve,
        prices,
    )


def _prove(search: CoveringSearch) -> Dual:
    """Improve plan and bound until they meet, the gap is small enough or the time is over."""
    clock = search.clock
    if len(search.weights) > MOST_SEARCHED_ROWS:
        dual = prove_large(search)
    else:
        y = np.zeros(search.cover.shape[1])
        y[search.sites] = 1.0
        ascent = DualAscent(search.cover, search.by_site, search.weights, search.p, y)
        dual = ascent.run(
            clock,
            good_enough=search.objective * (1 + search.target_gap) + 0.5 * search.integral,
            until_seconds=clock.taken() + _DUAL_SHARE * clock.left(),
        )
        search.take_dual(dual)
        search.offer(np.argsort(-dual.y, kind="stable")[: search.p])
        if not search.settled() and search.cover.nnz > _QUICK_ENTRIES:
            # A better plan lets reduced costs settle more sites before the exact search.
            _rebuild(search)
    if not search.settled() and clock.left() > 0:
        _search_rest(search, dual)
    return dual


def _rebuild(search: CoveringSearch) -> None:
    """Better the plan by taking down and rebuilding, until many tries are in vain."""
    exchange = Exchange(search.cover, search.by_site, search.weights, search.sites)
    until = search.clock.taken() + _REBUILD_SHARE * search.clock.left()
    vain = 0
    while vain < _PATIENCE and search.clock.taken() < until and search.clock.left() > 0:
        exchange.improve(_TRIES)
        vain += 1
        if exchange.value > search.objective:
            search.offer(exchange.sites)
            vain = 0
        if search.settled():
            return


def plain_rules(p: int, sites: int, fixed: IntArray) -> Rules:
    """Return the rule of p sites."""
    return Rules(
        p=p,
        fixed=fixed,
        allowed=np.ones(sites, bool),
        costs=np.ones(sites),
        budget=None,
        group=np.full(sites, -1),
        least=np.empty(0, np.int64),
        most=np.empty(0, np.int64),
        backup_share=0.0,
    )


def _search_rest(search: CoveringSearch, dual: Dual) -> None:
    """Close what reduced costs settle, and let HiGHS search the rest."""
    left, sure = search.undecided(dual)
    rows = merged(sp.csr_array(search.cover[:, left]), search.weights)
    rules = plain_rules(search.p, len(left), np.flatnonzero(np.isin(left, sure)))
    if len(left) < search.p:
        search.bound = search.objective
        return
    model = mclp_model(rows.cover, rows.weights, rules)
    start = np.zeros(len(model.cost))
    mine = np.isin(left, search.sites)
    usable = bool(mine.sum() == search.p and mine[rules.fixed].all())
    if usable:
        start[: len(left)] = mine
        start[len(left) :] = (rows.cover @ mine.astype(np.float64)) > 0
    stop = max(
        0.999 if search.integral else 0.0,
        search.target_gap * (search.objective + search.base),
    )
    answer = solve(model, search.clock, start=start if usable else None, stop_within=stop)
    before = search.objective
    if answer.x is not None:
        search.offer(left[answer.x[: len(left)] > 0.5])
    # Everything that was shut is no better than the plan before the search.
    best = before if answer.no_plan else max(-answer.bound, before)
    if best < search.bound:
        search.bound, search.basis = best, "search"


def _curve(
    search: CoveringSearch,
    first: Greedy,
    dual: Dual | None,
    gains: FloatArray,
    fixed: int,
    objective: float,
    bound: float,
) -> tuple[CurvePoint, ...]:
    """Return by number of sites the best plan found and the best bound known."""
    bounds = first.bounds.copy()
    if dual is not None:
        np.minimum(bounds, bounds_of(search.by_site, search.weights, dual.v, search.p), out=bounds)
    slack = 1e-6 if search.integral else 1e-12 * search.size
    bounds = search.base + bounds + slack
    if search.integral:
        bounds = np.floor(bounds)
    reached = np.maximum(
        search.base + first.reached, np.cumsum(np.concatenate(([0.0], gains)))[fixed:]
    )
    reached = np.minimum(np.maximum.accumulate(reached), objective)
    reached[-1], bounds[-1] = objective, bound
    bounds = np.maximum(np.minimum.accumulate(bounds[::-1])[::-1], reached)
    return tuple(
        CurvePoint(fixed + number, float(reached[number]), float(bounds[number]))
        for number in range(0 if fixed else 1, search.p + 1)
    )
