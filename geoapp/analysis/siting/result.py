"""What a siting model answers: the sites, and how far from the best possible they can be at most."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import scipy.sparse as sp

from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.i18n import Text
from geoapp.core.results.status import SitingStatus

BoundBasis = Literal["dual", "search", "none"]
Progress = Callable[[float, float], None]
Cancelled = Callable[[], bool]

# A bound of data that are not whole numbers is met when it is this near, as a share.
PROOF_SHARE = 1e-7
# Round-off that a sum of products may hold, as a share of the sum of its absolute terms.
ROUND_OFF = 1e-12


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What p sites reach, and what no p sites can surpass.

    Attributes
    ----------
    p
        Number of sites, fixed ones included.
    objective
        Objective of the best plan of p sites that was found.
    bound
        No plan of p sites is better.
    """

    p: int
    objective: float
    bound: float


@dataclass(frozen=True, slots=True)
class SitingResult:
    """A plan and its proof.

    Attributes
    ----------
    model
        ``mclp``, ``lscp``, ``p_median`` or ``p_center``.
    chosen
        Candidate positions: the fixed ones as given, then in order of what each adds (mclp) or by
        position. Empty where nothing is feasible.
    gains
        By chosen site: what it adds to the objective after those before it (mclp only, else empty).
    objective
        Covered weight (mclp), number or cost of sites (lscp), weighted total impedance (p-median),
        greatest impedance (p-center); nan where there is no plan.
    bound
        No plan is better than this: an upper bound for mclp, a lower bound for the others.
    bound_basis
        ``dual``: recomputed from a dual vector by one sparse product, apart from the solver;
        ``search``: the solver's exhausted search tree; ``none``: only what is evident.
    gap_share
        ``|bound - objective| / |objective|``; 0 is proven best, inf where the objective is 0.
    status
        Whether that is a proof.
    curve
        By number of sites up to the one asked: what is reached and a bound (mclp only, else empty).
    assignment
        By demand point: candidate position that serves it; -1 = none.
    seconds
        Time taken.
    reason
        Why there is no plan; None for a plan.
    needed_p, needed_budget, reachable_share
        What would be feasible: a number of sites (the smallest, unless time ran out: the reason
        says so), the smallest budget, the share of the demand that all candidates together reach;
        None where it does not apply.
    served
        With capacities or sizes: the weight of each demand point that each candidate serves, CSR of shape
        (n_demand, n_candidate); else None. Beside standing sites with seats: what each point has in seats
        more with each candidate, opened in the order of ``chosen``; nobody loses a seat.
    seated_before
        Beside standing sites with seats: by demand point, the weight that they seat alone; else None.
        Of several greatest flows it is of one, which ``served`` goes on from.
    sizes
        With sizes: by chosen site the number of the size in which it is built; else None.
    prices
        By demand point, from 0 to its weight: with them anybody can count a bound again (mclp of a
        number of sites alone, or of one with seats, see ``core/results/proof.py``); else None.
    """

    model: str
    chosen: IntArray
    gains: FloatArray
    objective: float
    bound: float
    bound_basis: BoundBasis
    gap_share: float
    status: SitingStatus
    curve: tuple[CurvePoint, ...]
    assignment: IntArray
    seconds: float
    reason: Text | None = None
    needed_p: int | None = None
    needed_budget: float | None = None
    reachable_share: float | None = None
    served: sp.csr_array | None = None
    sizes: IntArray | None = None
    prices: FloatArray | None = None
    seated_before: FloatArray | None = None


# Short enough not to be felt after a limit has passed; a solver refuses 0.
_LEAST_SECONDS: Final = 0.01


@dataclass(slots=True)
class Clock:
    """Time taken and left, and the caller's wish to stop."""

    limit_seconds: float
    cancelled: Cancelled | None = None
    progress: Progress | None = None
    start: float = field(default_factory=time.perf_counter)
    stopped: bool = False

    def taken(self) -> float:
        """Return seconds since the start."""
        return time.perf_counter() - self.start

    def left(self) -> float:
        """Return seconds left; 0 where the caller cancelled."""
        if not self.stopped and self.cancelled is not None and self.cancelled():
            self.stopped = True
        return 0.0 if self.stopped else max(0.0, self.limit_seconds - self.taken())

    def share(self, of: float = 1.0) -> float:
        """Return a share of the seconds left as a limit for a further search, never 0.

        Time may run out between a look at the clock and the search: that then gives its first plan.
        """
        return max(of * self.left(), _LEAST_SECONDS)

    def report(self, objective: float, bound: float) -> None:
        """Report the best so far and its bound to the caller."""
        if self.progress is not None:
            self.progress(objective, bound)


def gap_share(objective: float, bound: float) -> float:
    """Return how far the objective can be from the best possible at most, as a share."""
    away = abs(bound - objective)
    if away == 0:
        return 0.0
    return away / abs(objective) if objective else math.inf


def status_of(objective: float, bound: float, target_gap: float, clock: Clock) -> SitingStatus:
    """Return what objective and bound prove."""
    gap = gap_share(objective, bound)
    if gap == 0:
        return SitingStatus.OPTIMAL
    if gap <= target_gap:
        return SitingStatus.WITHIN_GAP
    return SitingStatus.CANCELLED if clock.stopped else SitingStatus.TIME_LIMIT


def whole(values: FloatArray) -> bool:
    """Say whether all values are whole numbers whose sums are exact."""
    return bool(np.all(values == np.rint(values)) and np.abs(values).sum() < 2**52)


def settled_bound(objective: float, bound: float, size: float, integral: bool, sense: int) -> float:
    """Return the bound that a plan of this objective leaves standing.

    Parameters
    ----------
    objective
        Objective of a plan at hand.
    bound
        Bound as computed, before round-off.
    size
        Sum of the absolute terms behind the bound, for its round-off.
    integral
        Whether every plan's objective is a whole number.
    sense
        1 = maximised (upper bound), -1 = minimised (lower bound).
    """
    if integral and ROUND_OFF * size > 0.25:
        integral = False  # so great that whole numbers can no longer be told apart
    slack = 1e-6 + ROUND_OFF * size if integral else ROUND_OFF * size
    value = sense * bound
    if integral and math.isfinite(value):
        value = math.floor(value + slack)
    elif math.isfinite(value):
        value += slack
    # An objective of 0 has no share: there the round-off itself decides.
    near = 0.0 if integral else PROOF_SHARE * abs(objective) or 2 * slack
    if value - sense * objective <= near:
        return objective
    return sense * value


def infeasible(
    model: str,
    demand: int,
    clock: Clock,
    reason: Text,
    *,
    needed_p: int | None = None,
    needed_budget: float | None = None,
    reachable_share: float | None = None,
) -> SitingResult:
    """Return the answer that nothing is feasible, and what would be."""
    return SitingResult(
        model=model,
        chosen=np.empty(0, np.int64),
        gains=np.empty(0),
        objective=math.nan,
        bound=math.nan,
        bound_basis="none",
        gap_share=math.nan,
        status=SitingStatus.INFEASIBLE,
        curve=(),
        assignment=np.full(demand, -1, np.int64),
        seconds=clock.taken(),
        reason=reason,
        needed_p=needed_p,
        needed_budget=needed_budget,
        reachable_share=reachable_share,
    )
