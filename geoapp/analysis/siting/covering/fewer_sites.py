"""Covering plans with fewer sites: one site is given up, and the rest exchanged until all is covered.

Whether k sites cover so much is a maximal covering problem with k sites, so its exchanges serve here
too (Schrimpf et al. 2000). Nothing is proven by it; a plan that is found is a plan.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.covering.exchange import Exchange
from geoapp.analysis.siting.result import Clock
from geoapp.core.arrays import BoolArray, FloatArray, IntArray

_TRIES = 50  # between two looks


@dataclass(frozen=True, slots=True)
class Goal:
    """What a plan must cover, and with what.

    Attributes
    ----------
    cover, weights
        Merged rows and their weights, all above 0.
    weight
        How much of it a plan must cover.
    fixed, allowed
        Sites that stay; mask of those that may be open.
    """

    cover: sp.csr_array
    weights: FloatArray
    weight: float
    fixed: IntArray
    allowed: BoolArray


def with_fewer(goal: Goal, sites: IntArray, *, least: int, clock: Clock, patience: int) -> IntArray:
    """Return a plan with as few sites as exchanges find that reaches the goal.

    Parameters
    ----------
    goal
        What plans must reach.
    sites
        A plan that does, the fixed ones in it; or one of fewer sites that does not, which is given
        back if none is found.
    least
        Do not look for fewer sites than this.
    clock, patience
        When to stop: at the latest after so many looks that bettered nothing, for each number.
    """
    cover, weights, fixed = goal.cover, goal.weights, goal.fixed
    stays = np.zeros(cover.shape[1])
    stays[fixed] = 1.0
    reached = (cover @ stays) > 0
    rows = np.flatnonzero(~reached)
    columns = np.flatnonzero(goal.allowed & (stays == 0))
    part = sp.csr_array(cover[rows][:, columns])
    part.sort_indices()
    by_site = sp.csr_array(part.T)
    by_site.sort_indices()
    asked = goal.weight - float(weights[reached].sum())
    plan = np.searchsorted(columns, np.setdiff1d(sites, fixed))
    exchange = Exchange(part, by_site, weights[rows], plan)
    best = sites
    while True:
        if exchange.value >= asked:
            best = np.concatenate((fixed, columns[exchange.sites]))
            if len(best) <= least or len(exchange.sites) < 2:
                return best
            exchange.restart(_without_least(by_site, weights[rows], exchange.sites))
        if not _covers(exchange, asked, clock, patience):
            return best


def _covers(exchange: Exchange, asked: float, clock: Clock, patience: int) -> bool:
    """Exchange until so much is covered, or many looks were in vain."""
    vain = 0
    while exchange.value < asked:
        before = exchange.value
        exchange.improve(_TRIES)
        vain = 0 if exchange.value > before else vain + 1
        if vain >= patience or clock.left() == 0:
            return False
    return True


def _without_least(by_site: sp.csr_array, weights: FloatArray, sites: IntArray) -> IntArray:
    """Return a plan without the site of which least depends."""
    part = by_site[sites]
    alone = np.asarray(part.sum(axis=0)).ravel() == 1
    return np.delete(sites, int(np.argmin(part @ (weights * alone))))
