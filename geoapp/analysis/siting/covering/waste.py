"""Bounds of the maximal covering problem below its linear relaxation, from waste that cannot be avoided.

For every v in [0, 1] a plan S of p sites covers exactly

    U_p(v) - sum_i w_i [(1 - v_i) if S leaves i uncovered, v_i (k_i - 1) if S covers it k_i times]
           - (what the prices of S fall short of the p greatest),

so any amount that every plan must waste lowers the bound. The rows are parted into neighbourhoods; in
each, a search over all sets of its sites (of any number) finds the least waste, and their sum holds for
every plan. A site below the p-th price wastes the difference, shared among its neighbourhoods.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.covering.aggregate import merged
from geoapp.analysis.siting.kernels.waste import least_waste
from geoapp.core.arrays import BoolArray, FloatArray, IntArray

_FIRST_LIMIT = 0.4  # of the waste of the plan, to be proven first; then more or less
_THREADS = 2


@dataclass(slots=True)
class _Block:
    """A neighbourhood: its rows, the sites that cover some of them, and its own merged relation."""

    rows: IntArray
    sites: IntArray
    cover: sp.csr_array
    by_site: sp.csr_array
    row_of: IntArray
    matrices: tuple[np.ndarray, ...]
    best: BoolArray

    @classmethod
    def of(cls, cover: sp.csr_array, rows: IntArray) -> "_Block":
        """Take some rows out of a relation."""
        part = sp.csr_array(cover[rows])
        sites = np.unique(part.indices)
        small = merged(sp.csr_array(part[:, sites]), np.ones(len(rows)))
        by_site = sp.csr_array(small.cover.T)
        matrices = tuple(
            one.astype(np.int32)
            for one in (small.cover.indptr, small.cover.indices, by_site.indptr, by_site.indices)
        )
        none = np.zeros(len(sites), np.bool_)
        return cls(rows, sites, small.cover, by_site, small.row_of, matrices, none)

    def waste(self, never: FloatArray, twice: FloatArray, own: FloatArray) -> float:
        """Return what the best set known wastes."""
        times = self.cover @ self.best.astype(np.float64)
        again = np.maximum(times - 1, 0)
        return float(never[times == 0].sum() + twice @ again + own @ self.best)


class Neighbourhoods:
    """Rows parted by the sites of a plan that they belong to.

    Parameters
    ----------
    cover, by_site, weights, p
        The problem.
    sites
        A plan to part the rows by.
    size
        Sites of the plan to a neighbourhood: more find more waste and take longer.
    """

    def __init__(
        self,
        cover: sp.csr_array,
        by_site: sp.csr_array,
        weights: FloatArray,
        p: int,
        sites: IntArray,
        size: int,
    ) -> None:
        self._by_site, self._weights, self._p, self._rows = by_site, weights, p, cover.shape[0]
        shared = sp.csr_array(by_site.multiply(weights[None, :]) @ cover[:, sites])
        near = sp.csr_array(cover @ shared)
        group = _grouped(sp.csr_array(shared.T @ shared), size)
        owner = np.full(self._rows, -1)
        met = np.diff(near.indptr) > 0
        top = np.maximum.reduceat(near.data, near.indptr[:-1][met])
        first = np.flatnonzero(near.data == np.repeat(top, np.diff(near.indptr)[met]))
        row = np.repeat(np.arange(self._rows), np.diff(near.indptr))
        owner[row[first]] = near.indices[first]
        block = np.where(owner >= 0, group[owner], -1)
        order = np.argsort(block, kind="stable")
        order = order[block[order] >= 0]
        self._blocks = [
            _Block.of(cover, rows)
            for rows in np.split(order, np.flatnonzero(np.diff(block[order])) + 1)
            if len(rows)
        ]
        open_ = np.zeros(cover.shape[1], bool)
        open_[sites] = True
        for one in self._blocks:
            one.best = open_[one.sites]

    def least(self, v: FloatArray, branches: int, halt: BoolArray) -> Iterator[float]:
        """Yield what every plan wastes at least at a dual vector, neighbourhood by neighbourhood.

        Those that are searched after ``halt`` (one flag) is raised count nothing.
        """
        v = np.clip(v, 0.0, 1.0)
        never, twice = self._weights * (1 - v), self._weights * v
        price = self._by_site @ twice
        short = np.maximum(np.sort(price)[::-1][self._p - 1] - price, 0.0)

        def searched(one: _Block) -> float:
            if halt[0]:
                return 0.0
            return _least(one, never[one.rows], twice[one.rows], price, short, branches, halt)

        total = 0.0
        with ThreadPoolExecutor(_THREADS) as pool:
            for done in as_completed([pool.submit(searched, one) for one in self._blocks]):
                total += done.result()
                yield total


def _least(
    one: _Block,
    never: FloatArray,
    twice: FloatArray,
    price: FloatArray,
    short: FloatArray,
    branches: int,
    halt: BoolArray,
) -> float:
    """Return a neighbourhood's least waste, or as much of it as is proven with so many branches."""
    many = one.cover.shape[0]
    never = np.bincount(one.row_of, never, many).astype(np.float64)
    twice = np.bincount(one.row_of, twice, many).astype(np.float64)
    # A site falls short of the p-th price once: each neighbourhood counts its own part.
    part = np.asarray(one.by_site @ twice) / np.maximum(price[one.sites], 1e-300)
    own = short[one.sites] * np.minimum(part, 1.0)
    known = one.waste(never, twice, own)
    found = one.best.copy()
    least, share = 0.0, _FIRST_LIMIT
    while share > 0:
        limit = share * known
        value, used = least_waste(  # type: ignore[call-arg]
            *one.matrices,  # type: ignore[arg-type]
            never,
            twice,
            own,
            limit,
            branches,
            found,
            halt,
        )
        if used >= 0:
            least = float(value)
        share = _next_limit(share, used / branches) if used < 0 or value >= limit else 0.0
    round_off = 1e-9 * float(never.sum() + one.cover.sum(axis=1) @ twice)
    return max(0.0, least - round_off)


def _next_limit(share: float, used: float) -> float:
    """Return the share of the known waste to prove next; 0 = that is all.

    ``used`` is the part of the branches that the last proof took; below 0 it did not succeed.
    """
    if used < 0:
        return {1.0: 0.7, 0.7: 0.0, _FIRST_LIMIT: 0.15}.get(share, 0.0)
    if share == _FIRST_LIMIT and used < 1 / 3:
        return 1.0 if used < 1 / 10 else 0.7
    return 0.0


def _grouped(shared: sp.csr_array, size: int) -> IntArray:
    """Return by site of a plan its group: at most so many, each joined to those it shares most with."""
    count = shared.shape[0]
    group = np.full(count, -1)
    number = 0
    for start in np.argsort(np.asarray(shared.sum(axis=1)).ravel(), kind="stable"):
        if group[start] >= 0:
            continue
        pull = np.zeros(count)
        one = int(start)
        for _ in range(size):
            group[one] = number
            low, high = shared.indptr[one], shared.indptr[one + 1]
            pull[shared.indices[low:high]] += shared.data[low:high]
            free = np.where(group < 0, pull, 0.0)
            one = int(np.argmax(free))
            if free[one] == 0:
                break
        number += 1
    return group
