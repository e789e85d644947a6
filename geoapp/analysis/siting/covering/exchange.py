"""Better plans of a large maximal covering problem: neighbourhoods are taken down and rebuilt."""

from typing import Any

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.kernels.exchange import open_site
from geoapp.analysis.siting.kernels.rebuild import rebuild
from geoapp.core.arrays import FloatArray, IntArray

_RUIN = 8  # sites closed at once; 4 and 12 were slower to the same gap
_SEED = 2000


class Exchange:
    """A plan with the figures that exchanges need, bettered a little at a time.

    Parameters
    ----------
    cover, by_site, weights
        The relation, its transpose (both with sorted indices) and the weights by row.
    sites
        The plan to begin from.

    Attributes
    ----------
    value
        Weight covered by the plan.
    """

    def __init__(
        self, cover: sp.csr_array, by_site: sp.csr_array, weights: FloatArray, sites: IntArray
    ) -> None:
        self._matrices: tuple[Any, ...] = (
            by_site.indptr.astype(np.int32),
            by_site.indices.astype(np.int32),
            cover.indptr.astype(np.int32),
            cover.indices.astype(np.int32),
            weights,
        )
        near = sp.csr_array(by_site @ cover)
        self._near = near.indptr.astype(np.int32), near.indices.astype(np.int32)
        self._alone = by_site @ weights
        self._rows = cover.shape[0]
        self._seed = _SEED
        self.restart(sites)

    def restart(self, sites: IntArray) -> None:
        """Go on from another plan."""
        count = len(self._alone)
        self._figures: tuple[Any, ...] = (
            np.zeros(self._rows, np.int32),
            np.zeros(count, np.bool_),
            self._alone.copy(),
            np.zeros(count),
        )
        gain = self._figures[2]
        self.value = 0.0
        for site in sites:
            self.value += float(gain[site])
            open_site(site, *self._matrices, *self._figures)  # type: ignore[call-arg]
        self._plan = sites.astype(np.int64)

    @property
    def sites(self) -> IntArray:
        """Return the plan."""
        return self._plan.copy()

    def improve(self, rounds: int) -> None:
        """Take down and rebuild so many neighbourhoods; the plan never becomes worse."""
        if not 0 < len(self._plan) < len(self._alone):
            return
        self._seed += 1
        self.value = rebuild(  # type: ignore[call-arg]
            rounds,
            _RUIN,
            self._seed,
            *self._near,
            *self._matrices,
            *self._figures,
            self._plan,
            self.value,
        )
