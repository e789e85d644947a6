"""Lower bounds of the p-median problem from multipliers (Cornuéjols, Fisher & Nemhauser 1977).

For every vector u of one multiplier per demand point,

    L(u) = sum_i u_i + (sum of the p least prices),   price_j = sum_i min(0, c_ij - u_i),

is at most the total of any plan of p sites; fixed sites' prices are taken first. u is raised by a
subgradient method whose step is halved when it stalls (Held, Wolfe & Crowder 1974).
"""

from dataclasses import dataclass

import numpy as np

from geoapp.analysis.siting.distance.interchange import Pairs
from geoapp.analysis.siting.result import Clock
from geoapp.core.arrays import FloatArray, IntArray

_MOST = 400
_STALL = 20
_LEAST_STEP = 1e-5


@dataclass(frozen=True, slots=True)
class MedianDual:
    """Multipliers and what came with them.

    Attributes
    ----------
    multiplier
        By demand point.
    price
        By candidate; -inf for fixed, inf for forbidden ones.
    often
        By candidate: how often it was among the p cheapest.
    sites
        The p candidates that were so most often.
    """

    multiplier: FloatArray
    price: FloatArray
    often: FloatArray
    sites: IntArray


def _prices(pairs: Pairs, multiplier: FloatArray) -> FloatArray:
    """Return by candidate the sum of what its pairs cost below the multipliers."""
    below = pairs.cost - multiplier[pairs.row]
    mine = below < 0
    return np.bincount(pairs.column[mine], below[mine], len(pairs.allowed)).astype(np.float64)


def _ranked(pairs: Pairs, price: FloatArray) -> FloatArray:
    """Return the prices with fixed sites first and forbidden ones last."""
    return np.where(pairs.fixed, -np.inf, np.where(pairs.allowed, price, np.inf))


def proven_by(pairs: Pairs, p: int, multiplier: FloatArray) -> float:
    """Return L(u), computed from the multipliers alone."""
    price = _prices(pairs, multiplier)
    cheapest = np.argsort(_ranked(pairs, price), kind="stable")[:p]
    return float(multiplier.sum() + price[cheapest].sum())


def improved_multipliers(
    pairs: Pairs,
    p: int,
    objective: float,
    enough: float,
    clock: Clock,
    until_seconds: float,
    before: MedianDual | None,
    most: int = _MOST,
) -> MedianDual:
    """Return multipliers with a high bound.

    Parameters
    ----------
    pairs, p
        The problem.
    objective
        Total of a plan, for the length of the steps.
    enough
        Stop at a bound above this.
    clock, until_seconds
        Stop when the time is over.
    before
        Begin from these; None = from each point's fourth nearest site.
    most
        Iterations.
    """
    if before is None:
        first = np.searchsorted(pairs.row, np.arange(pairs.demand))
        last = np.append(first[1:], len(pairs.row)) - 1
        u = pairs.cost[np.minimum(first + 3, last)] if len(pairs.row) else np.empty(0)
        step, often = 1.5, np.zeros(len(pairs.allowed))
    else:
        u, step, often = before.multiplier, 0.5, np.zeros(len(pairs.allowed))
    best, best_u, stalled = -np.inf, u.copy(), 0
    for _ in range(most):
        below = pairs.cost - u[pairs.row]
        used = np.flatnonzero(below < 0)
        price = _prices(pairs, u)
        cheapest = np.argsort(_ranked(pairs, price), kind="stable")[:p]
        bound = float(u.sum() + price[cheapest].sum())
        often[cheapest] += 1
        if bound > best + 1e-7 * abs(best if np.isfinite(best) else bound):
            best, best_u, stalled = bound, u, 0
        else:
            stalled += 1
            if stalled >= _STALL:
                step, stalled, u = 0.6 * step, 0, best_u
                continue
        open_ = np.zeros(len(pairs.allowed), bool)
        open_[cheapest] = True
        slope = 1.0 - np.bincount(
            pairs.row[used[open_[pairs.column[used]]]], minlength=pairs.demand
        )
        length = float(slope @ slope)
        if length == 0 or best > enough or step < _LEAST_STEP or clock.left() == 0:
            break
        if clock.taken() > until_seconds:
            break
        u = np.maximum(0.0, u + step * max(objective - bound, 1e-9 * objective) / length * slope)
    price = _ranked(pairs, _prices(pairs, best_u))
    rank = np.where(pairs.fixed, np.inf, np.where(pairs.allowed, often, -np.inf))
    chance = np.where(pairs.allowed & ~pairs.fixed, often / max(1.0, often.max()), 0.0)
    return MedianDual(best_u, price, chance, np.argsort(-rank, kind="stable")[:p])
