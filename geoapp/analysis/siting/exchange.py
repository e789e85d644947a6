"""Better plans of a large maximal covering problem by exchanging sites."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.exchange_kernels import anneal, open_site
from geoapp.analysis.siting.result import Clock
from geoapp.analysis.spheroid import FloatArray, IntArray

_CHUNK = 20_000  # moves between two looks at the clock
_FIRST_SECONDS = 1.0
_HOT = 0.1  # of what a site of the plan covers on average
_COLD = 0.005
_SEED = 1983


@dataclass(slots=True)
class _State:
    """A plan with the figures that exchanges need."""

    matrices: tuple[Any, ...]
    figures: tuple[Any, ...]
    plan: IntArray
    value: float


def _state(
    cover: sp.csr_array, by_site: sp.csr_array, weights: FloatArray, sites: IntArray
) -> _State:
    """Return the figures of a plan."""
    matrices = (by_site.indptr, by_site.indices, cover.indptr, cover.indices, weights)
    gain = by_site @ weights
    figures = (
        np.zeros(cover.shape[0], np.int32),
        np.zeros(cover.shape[1], np.bool_),
        gain,
        np.zeros(cover.shape[1]),
    )
    value = 0.0
    for site in sites:
        value += gain[site]
        open_site(site, *matrices, *figures)
    return _State(matrices, figures, sites.copy(), value)


def exchanged(
    cover: sp.csr_array,
    by_site: sp.csr_array,
    weights: FloatArray,
    sites: IntArray,
    clock: Clock,
    *,
    until_seconds: float,
    met: Callable[[IntArray], bool],
) -> IntArray:
    """Return a plan at least as good as the one given.

    Parameters
    ----------
    cover, by_site, weights
        The relation, its transpose (both with sorted indices) and the weights by row.
    sites
        The plan to begin from.
    clock, until_seconds
        Stop when the time is over.
    met
        Asked with the best plan after each cooling, each twice as long as the one before; True stops.
    """
    best, seconds, seed = sites.copy(), _FIRST_SECONDS, _SEED
    while clock.left() > 0 and clock.taken() < until_seconds and 0 < len(sites) < cover.shape[1]:
        state = _state(cover, by_site, weights, best)
        begin = clock.taken()
        end = min(begin + seconds, until_seconds, clock.limit_seconds)
        mean = state.value / len(best)
        best_value, through = state.value, 0.0
        while through < 1 and clock.left() > 0:
            hot = mean * _HOT * (_COLD / _HOT) ** through
            seed += 1
            state.value, best_value = anneal(  # type: ignore[call-arg]
                _CHUNK,
                hot,
                hot * 0.999,
                seed,
                *state.matrices,
                *state.figures,
                state.plan,
                state.value,
                best,
                best_value,
            )
            through = (clock.taken() - begin) / max(1e-9, end - begin)
        if met(best):
            break
        seconds *= 2
    return best
