"""Greedy plans of a maximal covering problem, and the bounds that they give on the way.

The covered weight is submodular, so after any set S no q sites reach more than
f(S) + the q greatest gains left (Nemhauser, Wolsey & Fisher 1978).
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.covering.aggregate import gathered
from geoapp.analysis.siting.kernels.exchange import open_site
from geoapp.analysis.siting.result import Clock
from geoapp.core.arrays import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Greedy:
    """Sites in the order taken.

    Attributes
    ----------
    sites
        Columns, each the best after those before it; ties go to the lower number.
    reached
        By number of sites from 0: the weight covered.
    bounds
        By number of sites from 0: no plan of so many covers more.
    """

    sites: IntArray
    reached: FloatArray
    bounds: FloatArray


def greedy(
    cover: sp.csr_array,
    by_site: sp.csr_array,
    weights: FloatArray,
    p: int,
    clock: Clock | None = None,
) -> Greedy:
    """Take p sites, one after another, each that covers most of what is not covered yet.

    Parameters
    ----------
    cover, by_site
        The relation and its transpose, CSR of ones.
    weights
        By row.
    p
        Number of sites; when the clock runs out, the rest are taken by the gains last known.
    """
    gain = by_site @ weights
    matrices = (
        by_site.indptr.astype(np.int32),
        by_site.indices.astype(np.int32),
        cover.indptr.astype(np.int32),
        cover.indices.astype(np.int32),
        weights,
    )
    taken = np.zeros(len(gain), np.bool_)
    times = np.zeros(len(weights), np.int32)
    loss = np.zeros(len(gain))
    reached, bounds = np.zeros(p + 1), np.full(p + 1, np.inf)
    sites = np.empty(p, np.int64)
    for number in range(p):
        if number & (number - 1) == 0 or number % 32 == 0:
            _bound(bounds, reached[number], gain, p)
        if clock is not None and number % 16 == 0 and clock.left() == 0:
            rest = np.argsort(np.where(taken, -np.inf, gain), kind="stable")[::-1]
            sites[number:] = rest[: p - number]
            for later in range(number, p):
                reached[later + 1] = reached[later]
            break
        site = int(np.argmax(np.where(taken, -1.0, gain)))
        sites[number] = site
        reached[number + 1] = reached[number] + gain[site]
        open_site(site, *matrices, times, taken, gain, loss)
    else:
        _bound(bounds, reached[p], gain, p)
    return Greedy(sites, reached, bounds)


def _bound(bounds: FloatArray, reached: float, gain: FloatArray, p: int) -> None:
    """Lower the bounds by what a state of the greedy plan proves."""
    best = np.sort(gain)[::-1][:p]
    np.minimum(
        bounds, reached + np.concatenate(([0.0], np.cumsum(np.maximum(best, 0)))), out=bounds
    )


def weight_covered(by_site: sp.csr_array, weights: FloatArray, sites: IntArray) -> float:
    """Return the weight that some sites cover together."""
    rows, _ = gathered(by_site, sites)
    reached = np.zeros(len(weights), bool)
    reached[rows] = True
    return float(weights[reached].sum())
