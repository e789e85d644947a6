"""p-median: the least weighted total impedance with p sites (Hakimi 1964)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from geoapp.analysis.siting.checks import (
    Sites,
    checked_both,
    checked_impedance,
    checked_numbers,
    checked_p,
)
from geoapp.analysis.siting.distance.branching import Search, branch
from geoapp.analysis.siting.distance.center_search import nearest_chosen
from geoapp.analysis.siting.distance.dual import MedianDual, improved_multipliers, proven_by
from geoapp.analysis.siting.distance.interchange import Pairs, add_best, improve, total_of
from geoapp.analysis.siting.models.p_center import unreachable
from geoapp.analysis.siting.problem import Limits
from geoapp.analysis.siting.result import (
    BoundBasis,
    Cancelled,
    Clock,
    Progress,
    SitingResult,
    gap_share,
    settled_bound,
    status_of,
    whole,
)
from geoapp.core.arrays import IntArray

_SEED = 1964
_TRIES = 12
_HEURISTIC_SHARE = 0.5  # of the time, at most, before the exact search


@dataclass(slots=True)
class _Best:
    """The best plan and bound so far."""

    sites: IntArray
    objective: float
    bound: float
    basis: BoundBasis
    integral: bool
    target_gap: float
    clock: Clock

    @property
    def cutoff(self) -> float:
        """Only plans that cost less than this are better."""
        return self.objective - (0.999999 if self.integral else 0.0)

    def settled(self) -> bool:
        """Whether nothing is left to prove."""
        near = 1e-9 * self.objective
        return self.bound >= min(self.cutoff, self.objective - near) or (
            self.objective - self.bound <= self.target_gap * self.objective
        )

    def offer(self, sites: IntArray, objective: float) -> None:
        """Take a plan if it is better."""
        if objective < self.objective:
            self.sites, self.objective = sites, objective
        self.clock.report(self.objective, self.bound)


def solve_p_median(
    impedance: Any,
    weights: ArrayLike | None,
    p: int,
    *,
    fixed: Sites = (),
    forbidden: Sites = (),
    time_limit_seconds: float = 60.0,
    target_gap: float = 0.0,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> SitingResult:
    """Choose p sites so that the sum of weight x impedance to the nearest one is least.

    Parameters
    ----------
    impedance
        Dense (inf = unreachable) or CSR (what is not stored is unreachable), shape
        (n_demand, n_candidate), from 0 up, in any unit.
    weights
        By demand point, from 0 up; None = one each. Points of weight 0 need not be reached.
    p
        Number of sites, fixed ones included.
    fixed, forbidden, time_limit_seconds, target_gap, progress, cancelled
        As in ``solve_mclp``.

    Raises
    ------
    InvalidValueError
        If an input is not what is said above.
    """
    clock = Limits(time_limit_seconds, target_gap, progress, cancelled).clock()
    matrix = checked_impedance(impedance)
    demand, sites = matrix.shape
    weight = checked_numbers("weights", weights, demand)
    kept, allowed = checked_both(fixed, forbidden, sites)
    p = checked_p(p, allowed)
    refused, reaching = unreachable("p_median", matrix, weight, p, kept, allowed, clock)
    if refused is not None:
        return refused
    pairs = Pairs.of(matrix, weight, allowed, kept)
    best = _searched(pairs, p, reaching, kept, clock, target_gap)
    chosen = np.concatenate((kept, np.setdiff1d(best.sites, kept)))
    assignment, away = nearest_chosen(matrix, chosen)
    counted = weight > 0
    objective = float(weight[counted] @ away[counted])
    bound = settled_bound(objective, best.bound, pairs.size, best.integral, -1)
    clock.report(objective, bound)
    return SitingResult(
        model="p_median",
        chosen=chosen,
        gains=np.empty(0),
        objective=objective,
        bound=bound,
        bound_basis=best.basis,
        gap_share=gap_share(objective, bound),
        status=status_of(objective, bound, target_gap, clock),
        curve=(),
        assignment=assignment,
        seconds=clock.taken(),
    )


def _searched(
    pairs: Pairs, p: int, reaching: IntArray, kept: IntArray, clock: Clock, target_gap: float
) -> _Best:
    """Greedy, interchange and multipliers; then branching on what they leave open."""
    before = clock.left()
    if not pairs.demand:
        spare = np.setdiff1d(np.flatnonzero(pairs.allowed), kept)
        anywhere = np.concatenate((kept, spare))[:p]
        return _Best(anywhere, 0.0, 0.0, "dual", True, target_gap, clock)
    sites = add_best(pairs, _thinned(pairs, reaching, kept), p, clock)
    sites, objective = improve(pairs, sites, len(kept), clock)
    best = _Best(sites, objective, 0.0, "none", whole(pairs.cost), target_gap, clock)
    if p == len(kept):
        best.bound, best.basis = objective, "dual"
        return best
    dual = _raised(pairs, p, best, None, before)
    rng = np.random.default_rng(_SEED)
    tries = 0
    while not best.settled() and tries < _TRIES and clock.left() > (1 - _HEURISTIC_SHARE) * before:
        tries += 1
        start = dual.sites if tries == 1 else _shaken(best.sites, dual, len(kept), rng)
        start = np.concatenate((kept, np.setdiff1d(start, kept)))
        if np.isfinite(total_of(pairs, start)):
            best.offer(*improve(pairs, start, len(kept), clock))
    if not best.settled() and clock.left() > 0:
        search = Search(best.sites, best.objective, best.bound, best.integral, target_gap)
        branch(pairs, p, dual, search, clock)
        best.sites, best.objective = search.sites, search.objective
        best.bound = max(best.bound, search.bound)
    return best


def _raised(
    pairs: Pairs, p: int, best: _Best, dual: MedianDual | None, before: float
) -> MedianDual:
    """Return better multipliers; their bound is computed anew from them."""
    until = best.clock.taken() + 0.3 * min(before, best.clock.left())
    better = improved_multipliers(pairs, p, best.objective, best.cutoff, best.clock, until, dual)
    bound = proven_by(pairs, p, better.multiplier)
    if bound > best.bound:
        best.bound, best.basis = bound, "dual"
    return better


def _thinned(pairs: Pairs, reaching: IntArray, kept: IntArray) -> IntArray:
    """Return the fixed sites alone where all can be reached whatever comes, else those that reach."""
    return kept if pairs.complete else np.concatenate((kept, np.setdiff1d(reaching, kept)))


def _shaken(sites: IntArray, dual: MedianDual, fixed: int, rng: np.random.Generator) -> IntArray:
    """Return the plan with some free sites exchanged for others that the dual took often."""
    plan = sites.copy()
    chance = dual.often + 0.01
    chance[plan] = 0.0
    if int(np.count_nonzero(chance)) == 0 or len(plan) == fixed:
        return plan
    many = max(1, min(len(plan) - fixed, 2 + len(plan) // 10, int(np.count_nonzero(chance))))
    out = fixed + rng.choice(len(plan) - fixed, many, replace=False)
    plan[out] = rng.choice(len(chance), many, replace=False, p=chance / chance.sum())
    return plan
