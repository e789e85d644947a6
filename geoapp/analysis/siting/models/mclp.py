"""Maximal covering: most demand weight within the standard of p sites (Church & ReVelle 1974)."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from geoapp.analysis.siting.checks import Sites
from geoapp.analysis.siting.covering.aggregate import merged
from geoapp.analysis.siting.covering.plain import Plan, solve_plain
from geoapp.analysis.siting.covering.ruled import refused, solve_ruled, value_of
from geoapp.analysis.siting.models.capacity import solve_seated
from geoapp.analysis.siting.models.sizes import solve_sized
from geoapp.analysis.siting.problem import CoverProblem, Limits
from geoapp.analysis.siting.result import (
    BoundBasis,
    Cancelled,
    Clock,
    CurvePoint,
    Progress,
    SitingResult,
    gap_share,
    settled_bound,
    status_of,
)
from geoapp.analysis.siting.rules import Rules
from geoapp.core.arrays import FloatArray, IntArray


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
    conflicts: Any = (),
    capacities: ArrayLike | None = None,
    sizes: ArrayLike | None = None,
    size_costs: ArrayLike | None = None,
    turns: ArrayLike | None = None,
    turn_shares: ArrayLike | None = None,
    standing: Any = None,
    standing_seats: ArrayLike | None = None,
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
        rule for groups, a backup share or a spacing. May be left out where there is a budget.
    fixed, forbidden
        Positions of candidates that must be open, that must not be.
    costs, budget
        By candidate, and the most that all open sites may cost together, fixed ones included.
    groups, group_min, group_max
        By candidate its group (a district), and by group how many sites it must or may have.
    backup_share
        t from 0 to 1: the objective is (1 - t) x weight covered + t x weight covered twice
        (Hogan & ReVelle 1986).
    conflicts
        Sites that may not both be open: a sparse or boolean relation (n_candidate, n_candidate), or
        pairs of positions (n, 2), such as ``spacing.pairs_nearer_than`` gives.
    capacities
        By candidate, the most weight that it can serve (Current & Storbeck 1988); a demand point may
        be served in part, by several sites. The objective is then the weight served, and ``served``
        of the answer says by whom. Not together with a backup share: a seat serves once.
    sizes, size_costs
        Seats of each size in which a site may be built, and what it costs: by size, or by candidate and
        size, shape (n_candidate, n_size). With a budget, in place of costs and capacities; ``sizes`` of
        the answer says which size each chosen site has.
    turns, turn_shares
        Where seats are limited: by demand point when it wants its seats (0 up), and by turn what a seat is
        then in the unit of the weights. Seats are free again at each turn. Without: all at once.
    standing, standing_seats
        Where seats are limited: whom sites cover that stand already, shape (n_demand, n_standing), and the
        most weight that each can serve. They are open in every plan and no candidates; the objective is
        then what is served beyond what they serve alone, whoever is served by whom.
    time_limit_seconds
        Search no longer; the best plan so far is the answer, and says so.
    target_gap
        Stop when the plan is proven to be within this share of the best.
    progress, cancelled
        Called with the best objective and bound so far; asked whether to stop and keep the best so far.

    Raises
    ------
    InvalidValueError
        If an input is not what is said above.
    """
    limits = Limits(time_limit_seconds, target_gap, progress, cancelled)
    problem = CoverProblem.of(
        cover,
        weights,
        p,
        fixed=fixed,
        forbidden=forbidden,
        costs=costs,
        budget=budget,
        groups=groups,
        group_min=group_min,
        group_max=group_max,
        backup_share=backup_share,
        conflicts=conflicts,
        capacities=capacities,
        sizes=sizes,
        size_costs=size_costs,
        turns=turns,
        turn_shares=turn_shares,
        standing=standing,
        standing_seats=standing_seats,
    )
    return most_covered(problem, limits)


def most_covered(problem: CoverProblem, limits: Limits) -> SitingResult:
    """Choose the sites that cover (or, where they seat so many, serve) most weight."""
    clock, rules, gap = limits.clock(), problem.rules, limits.target_gap
    none, base = refused("mclp", problem, clock)
    if none is not None:
        return none
    if problem.sizes is not None:
        return solve_sized(problem, base, clock, gap)
    if problem.capacities is not None:
        return solve_seated(problem, base, clock, gap)
    if rules.plain:
        plan = solve_plain(
            problem.cover, problem.weights, rules.p, rules.fixed, rules.allowed, clock, gap
        )
    else:
        plan = solve_ruled(problem.cover, problem.weights, rules, base, clock, gap)
    return result_of(problem, plan, clock, gap)


def _ordered(
    cover: sp.csr_array, weights: FloatArray, rules: Rules, sites: IntArray
) -> tuple[IntArray, FloatArray]:
    """Return the fixed sites, then the others in order of what each adds, and what each adds."""
    # Points that the same chosen sites cover are counted together.
    rows = merged(sp.csr_array(cover[:, sites]), weights)
    by_site, weights = sp.csr_array(rows.cover.T), rows.weights
    times = np.zeros(len(weights), np.int64)
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


def result_of(problem: CoverProblem, plan: Plan, clock: Clock, target_gap: float) -> SitingResult:
    """Recount the plan on the demand points as given, and say what is proven."""
    cover, weights, rules = problem.cover, problem.weights, problem.rules
    chosen, gains = _ordered(cover, weights, rules, plan.sites)
    objective = value_of(cover, weights, rules, chosen)
    bound = settled_bound(objective, plan.bound, plan.size, plan.integral, 1)
    basis: BoundBasis = plan.basis
    clock.report(objective, bound)
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
        prices=plan.prices,
    )
