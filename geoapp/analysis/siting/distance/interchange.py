"""Plans of the p-median problem: adding the best site, and exchanging one for another.

An exchange is judged for all pairs of sites at once from each demand point's nearest and second
nearest open site (Whitaker 1983; Resende & Werneck 2007).
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.geometry.sums import sums_by
from geoapp.analysis.siting.result import Clock
from geoapp.core.arrays import BoolArray, FloatArray, IntArray

_STRIPE = 8_000_000  # entries of the table of exchanges held at once


@dataclass(frozen=True, slots=True)
class Pairs:
    """Weighted impedances of demand points to the sites that may be open.

    Attributes
    ----------
    row, column, cost
        By pair, ordered by row and cost: demand point, candidate, weight x impedance.
    demand
        Number of demand points that weigh something.
    allowed, fixed
        By candidate: whether it may be open; whether it must.
    complete
        Whether every point reaches every allowed site.
    """

    row: IntArray
    column: IntArray
    cost: FloatArray
    demand: int
    allowed: BoolArray
    fixed: BoolArray
    complete: bool

    @classmethod
    def of(
        cls, impedance: sp.csr_array, weights: FloatArray, allowed: BoolArray, fixed: IntArray
    ) -> "Pairs":
        """Return the pairs of the points that weigh something."""
        number = np.full(len(weights), -1)
        counted = np.flatnonzero(weights > 0)
        number[counted] = np.arange(len(counted))
        row = np.repeat(np.arange(len(weights)), np.diff(impedance.indptr))
        kept = (number[row] >= 0) & allowed[impedance.indices]
        row, column = row[kept], impedance.indices[kept]
        cost = impedance.data[kept] * weights[row]
        row = number[row]
        order = np.lexsort((column, cost, row))
        must = np.zeros(len(allowed), bool)
        must[fixed] = True
        return cls(
            row[order],
            column[order],
            cost[order],
            len(counted),
            allowed,
            must,
            len(row) == len(counted) * int(allowed.sum()),
        )

    @property
    def size(self) -> float:
        """Sum of the absolute terms behind an objective or bound, at most."""
        most = np.zeros(self.demand)
        np.maximum.at(most, self.row, self.cost)
        return float(3 * most.sum())


@dataclass(frozen=True, slots=True)
class _Nearest:
    """By demand point: cost to the nearest and second nearest open site, and the nearest."""

    first: FloatArray
    second: FloatArray
    site: IntArray


def _nearest(pairs: Pairs, sites: IntArray) -> _Nearest:
    """Find the nearest two open sites; inf where there is none."""
    open_ = np.zeros(len(pairs.allowed), bool)
    open_[sites] = True
    mine = np.flatnonzero(open_[pairs.column])
    row = pairs.row[mine]
    head = np.concatenate((np.ones(min(1, len(row)), bool), row[1:] != row[:-1]))
    after = np.concatenate((np.zeros(min(1, len(row)), bool), head[:-1])) & ~head
    first, second = np.full(pairs.demand, np.inf), np.full(pairs.demand, np.inf)
    site = np.full(pairs.demand, -1)
    first[row[head]], site[row[head]] = pairs.cost[mine[head]], pairs.column[mine[head]]
    second[row[after]] = pairs.cost[mine[after]]
    return _Nearest(first, second, site)


def total_of(pairs: Pairs, sites: IntArray) -> float:
    """Return the weighted total of a plan; inf where it leaves a point unreached."""
    return float(_nearest(pairs, sites).first.sum())


def add_best(pairs: Pairs, sites: IntArray, p: int, clock: Clock) -> IntArray:
    """Return the sites with others added to p, each the one that saves most."""
    plan = sites.tolist()
    worst = np.full(pairs.demand, 0.0)
    np.maximum.at(worst, pairs.row, pairs.cost)
    now = np.minimum(_nearest(pairs, sites).first, 2 * worst + 1)
    row, column, cost = pairs.row, pairs.column, pairs.cost
    while len(plan) < p:
        useful = cost < now[row]
        row, column, cost = row[useful], column[useful], cost[useful]
        saved = sums_by(column, now[row] - cost, len(pairs.allowed))
        saved[~pairs.allowed] = -1.0
        saved[plan] = -1.0
        if clock.left() == 0:
            rest = np.argsort(-saved, kind="stable")[: p - len(plan)]
            return np.array([*plan, *rest.tolist()], dtype=np.int64)
        site = int(np.argmax(saved))
        plan.append(site)
        mine = column == site
        now[row[mine]] = np.minimum(now[row[mine]], cost[mine])
    return np.array(plan, dtype=np.int64)


def improve(pairs: Pairs, sites: IntArray, fixed: int, clock: Clock) -> tuple[IntArray, float]:
    """Exchange one site for another as long as that lowers the total; the first ``fixed`` stay."""
    sites = sites.copy()
    total = total_of(pairs, sites)
    while clock.left() > 0 and len(sites) > fixed:
        near = _nearest(pairs, sites)
        site_in, place_out, saved = _best_exchange(pairs, sites, fixed, near)
        if saved <= 1e-12 * total:
            break
        trial = sites.copy()
        trial[place_out] = site_in
        value = total_of(pairs, trial)
        if value >= total:
            break
        sites, total = trial, value
    return sites, total


def _best_exchange(
    pairs: Pairs, sites: IntArray, fixed: int, near: _Nearest
) -> tuple[int, int, float]:
    """Return the site to open, the place in the plan to give up, and what that saves."""
    count, p = len(pairs.allowed), len(sites)
    place = np.full(count, -1)
    place[sites] = np.arange(p)
    # A point that would be left unreached forbids the exchange: a cost above all others together.
    never = 4.0 * max(1.0, float(near.first.sum())) + 2 * float(pairs.cost.max(initial=0.0))
    second = np.where(np.isfinite(near.second), near.second, near.first + never)
    loss = sums_by(place[near.site], second - near.first, p)
    useful = pairs.cost < second[pairs.row]
    row, column, cost = pairs.row[useful], pairs.column[useful], pairs.cost[useful]
    saved = sums_by(column, np.maximum(0.0, near.first[row] - cost), count)
    softer = second[row] - np.maximum(cost, near.first[row])
    owner = place[near.site[row]]
    shut = ~pairs.allowed
    shut[sites] = True
    best = (-1, -1, 0.0)
    stripe = max(1, _STRIPE // p)
    for low in range(0, count, stripe):
        high = min(count, low + stripe)
        mine = (column >= low) & (column < high) if stripe < count else slice(None)
        table = sums_by(
            (column[mine] - low) * p + owner[mine], softer[mine], (high - low) * p
        ).reshape(high - low, p)
        table += saved[low:high, None] - loss[None, :]
        table[shut[low:high]] = -np.inf
        table[:, :fixed] = -np.inf
        top = int(np.argmax(table))
        value = float(table.flat[top])
        if value > best[2]:
            best = (low + top // p, top % p, value)
    return best
