"""Exact search for the p-median problem: branches on sites, each closed by multipliers of its own.

A node is a set of sites that are open, a set that may be, and the pairs that can still be part of a
better plan. Its bound is L(u) of its own multipliers, so the whole proof is made of dual vectors.
"""

from dataclasses import dataclass, replace

import numpy as np

from geoapp.analysis.geometry.sums import sums_by
from geoapp.analysis.siting.distance.dual import MedianDual, improved_multipliers, proven_by
from geoapp.analysis.siting.distance.interchange import Pairs, total_of
from geoapp.analysis.siting.result import Clock
from geoapp.core.arrays import FloatArray, IntArray

_ITERATIONS = 120  # at a node
_ROOT_ITERATIONS = 1500


@dataclass(slots=True)
class Search:
    """The best plan, what is proven, and when to stop.

    Attributes
    ----------
    sites, objective
        The best plan so far.
    bound
        No plan costs less.
    whole
        Whether totals are whole numbers.
    stop_gap
        Stop when bound and objective differ by no more than this share.
    """

    sites: IntArray
    objective: float
    bound: float
    whole: bool
    stop_gap: float

    @property
    def cutoff(self) -> float:
        """Only plans that cost less than this are looked for."""
        if self.whole:
            return self.objective - 0.999999
        return self.objective * (1 - 1e-9)


def reduced(pairs: Pairs, p: int, multiplier: FloatArray, cutoff: float) -> Pairs | None:
    """Return the pairs that a plan below the cutoff may use; None where there is no such plan.

    Opening j costs at least bound + (price_j - the p-th price), closing it bound + (the next price -
    price_j); serving i from j adds what the pair costs above i's multiplier.
    """
    below = np.minimum(0.0, pairs.cost - multiplier[pairs.row])
    price = sums_by(pairs.column, below, len(pairs.allowed))
    free = np.flatnonzero(pairs.allowed & ~pairs.fixed)
    need = p - int(pairs.fixed.sum())
    proven = float(multiplier.sum() + price[pairs.fixed].sum())
    order = np.sort(price[free])
    if need > len(free):
        return None
    room = cutoff - proven - float(order[:need].sum()) + 1e-9 * abs(cutoff)
    if room < 0:
        return None
    last = order[need - 1] if need else -np.inf
    after = order[need] if need < len(free) else np.inf
    extra = np.zeros(len(price))
    extra[free] = np.maximum(0.0, price[free] - last) if need else np.inf
    allowed = pairs.allowed & (extra <= room)
    fixed = pairs.fixed.copy()
    fixed[free] |= after - price[free] > room
    used = allowed[pairs.column] & (
        np.maximum(0.0, pairs.cost - multiplier[pairs.row]) + extra[pairs.column] <= room
    )
    return replace(
        pairs,
        row=pairs.row[used],
        column=pairs.column[used],
        cost=pairs.cost[used],
        allowed=allowed,
        fixed=fixed,
    )


def branch(pairs: Pairs, p: int, dual: MedianDual, search: Search, clock: Clock) -> None:
    """Search depth first until nothing better can exist, the gap is met or the time is over."""
    waiting: list[tuple[Pairs, MedianDual, float]] = [(pairs, dual, search.bound)]
    root = True
    while waiting:
        low = min(bound for _, _, bound in waiting)
        search.bound = max(search.bound, min(low, search.objective))
        clock.report(search.objective, search.bound)
        enough = search.objective - search.bound <= search.stop_gap * search.objective
        if enough or clock.left() == 0:
            return
        node, before, known = waiting.pop()
        if known >= search.cutoff:
            continue
        small = reduced(node, p, before.multiplier, search.cutoff)
        if small is None:
            continue
        if _settled(pairs, small, p, search):
            continue
        after = improved_multipliers(
            small,
            p,
            search.objective,
            search.cutoff,
            clock,
            np.inf,
            before,
            most=_ROOT_ITERATIONS if root else _ITERATIONS,
        )
        root = False
        _offer(pairs, after.sites, search)
        bound = max(known, proven_by(small, p, after.multiplier))
        if bound >= search.cutoff:
            continue
        next_ = reduced(small, p, after.multiplier, search.cutoff)
        if next_ is None or _settled(pairs, next_, p, search):
            continue
        site = _undecided(next_, after)
        shut, opened = next_.allowed.copy(), next_.fixed.copy()
        shut[site], opened[site] = False, True
        kept = next_.column != site
        closed = replace(
            next_,
            row=next_.row[kept],
            column=next_.column[kept],
            cost=next_.cost[kept],
            allowed=shut,
        )
        waiting.append((closed, after, bound))
        waiting.append((replace(next_, fixed=opened), after, bound))
    search.bound = search.objective


def _offer(pairs: Pairs, sites: IntArray, search: Search) -> None:
    """Take a plan if it is better."""
    total = total_of(pairs, sites)
    if total < search.objective:
        search.sites, search.objective = sites, total


def _settled(pairs: Pairs, node: Pairs, p: int, search: Search) -> bool:
    """Whether a node leaves nothing to decide; the one plan that is left is taken if better."""
    if node.fixed.sum() > p or node.allowed.sum() < p:
        return True
    if node.fixed.sum() == p or node.allowed.sum() == p:
        _offer(pairs, np.flatnonzero(node.fixed if node.fixed.sum() == p else node.allowed), search)
        return True
    return False


def _undecided(node: Pairs, dual: MedianDual) -> int:
    """Return the free site that was taken about half the time."""
    free = np.flatnonzero(node.allowed & ~node.fixed)
    return int(free[np.argmin(np.abs(dual.often[free] - 0.5))])
