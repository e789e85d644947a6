"""Better plans of a large maximal covering problem: neighbourhoods are taken down and rebuilt."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.exchange_kernels import open_site
from geoapp.analysis.siting.rebuild_kernels import rebuild
from geoapp.analysis.siting.result import Clock
from geoapp.analysis.spheroid import FloatArray, IntArray

_ROUNDS = 50  # between two looks at the clock
_ASK_SECONDS = 0.25  # between two questions whether the plan is good enough
_RUIN = 8  # sites closed at once; 4 and 12 were slower to the same gap
_SEED = 2000


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
        Asked from time to time with the plan; True stops.
    """
    if not 0 < len(sites) < cover.shape[1]:
        return sites
    state = _state(cover, by_site, weights, sites)
    near = sp.csr_array(by_site @ cover)
    seed, asked = _SEED, clock.taken()
    while clock.left() > 0 and clock.taken() < until_seconds:
        seed += 1
        state.value = rebuild(  # type: ignore[call-arg]
            _ROUNDS,
            _RUIN,
            seed,
            near.indptr,
            near.indices,
            *state.matrices,
            *state.figures,
            state.plan,
            state.value,
        )
        if clock.taken() - asked > _ASK_SECONDS:
            asked = clock.taken()
            if met(state.plan.copy()):
                break
    return state.plan
