"""Upper bounds of the maximal covering problem from dual vectors, and a fast way to good ones.

The relaxation  max sum_i w_i min(1, (A y)_i),  0 <= y <= 1, sum y = p,  is the saddle point

    max_y min_v  sum_i w_i (1 - v_i) + v' W A y,    0 <= v <= 1,

and *every* v gives the bound  U_p(v) = sum_i w_i (1 - v_i) + (sum of the p greatest of A' W v),
one sparse product. v is improved by a primal-dual hybrid gradient method with diagonal steps
(Chambolle & Pock 2011, Pock & Chambolle 2011), reflected and drawn to an anchor that is set anew when
the steps have become shorter (Halpern 1967; Lu & Yang 2024): to an accuracy of 1e-4 it took half the
iterations of restarted averages.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.kernels.dual import advance
from geoapp.analysis.siting.result import Clock
from geoapp.core.arrays import FloatArray

_CHECK = 20  # iterations between two looks at the bounds
_COMPILED = 200_000  # entries from which compiled loops pay for being loaded
_MOST_ENTRIES = 30_000_000  # gone through between two looks at the bounds, at most
# When the anchor is set anew (Applegate et al. 2021): by how much steps have become shorter, or
# how long it has held as a share of all iterations.
_SHORTER, _SHORTER_AND_STALLED, _LONGEST_SHARE = 0.2, 0.8, 0.36


@dataclass(frozen=True, slots=True)
class Dual:
    """A dual vector and the point that came with it.

    Attributes
    ----------
    v
        By row, 0 to 1.
    bound
        U_p(v).
    y
        By site: the best point of the relaxation found, 0 to 1.
    reached
        Weight that y covers in the relaxation; the relaxation's value lies between it and bound.
    """

    v: FloatArray
    bound: float
    y: FloatArray
    reached: float


def bounds_of(by_site: sp.csr_array, weights: FloatArray, v: FloatArray, p: int) -> FloatArray:
    """Return by number of sites from 0 to p the bound that v proves."""
    v = np.clip(v, 0.0, 1.0)
    price = np.sort(by_site @ (weights * v))[::-1][:p]
    rest = float((weights * (1.0 - v)).sum())
    return np.concatenate(([0.0], np.cumsum(price))) + rest


@dataclass(slots=True)
class _Iterate:
    """A point of the method, its anchor, and the last point within the limits."""

    y: FloatArray
    v: FloatArray
    y_anchor: FloatArray
    v_anchor: FloatArray
    y_next: FloatArray
    v_next: FloatArray

    @classmethod
    def at(cls, y: FloatArray, v: FloatArray) -> "_Iterate":
        """Begin at a point."""
        return cls(y.copy(), v.copy(), y.copy(), v.copy(), y.copy(), v.copy())


Advance = Callable[[_Iterate, int, int], float]


def _plain(
    cover: sp.csr_array,
    by_site: sp.csr_array,
    weights: FloatArray,
    size: FloatArray,
    step: FloatArray,
    p: int,
) -> Advance:
    """Return the step of ``dual_kernels.advance`` for small problems: nothing is compiled."""

    def move(now: _Iterate, many: int, before: int) -> float:
        away = 0.0
        for one in range(before, before + many):
            ahead = _projected(now.y + step * (by_site @ (weights * now.v)), step, p)
            new = np.clip(now.v - (cover @ (2 * ahead - now.y) - 1.0) / size, 0.0, 1.0)
            share = (one + 1.0) / (one + 2.0)
            if one == before + many - 1:
                away = float(
                    ((ahead - now.y) ** 2 / step).sum()
                    + (weights * size * (new - now.v) ** 2).sum()
                )
            now.y = share * (2 * ahead - now.y) + (1 - share) * now.y_anchor
            now.v = share * (2 * new - now.v) + (1 - share) * now.v_anchor
            now.y_next, now.v_next = ahead, new
        return math.sqrt(away)

    return move


def _compiled(
    cover: sp.csr_array,
    by_site: sp.csr_array,
    weights: FloatArray,
    size: FloatArray,
    step: FloatArray,
    p: int,
) -> Advance:
    """Return the step of ``dual_kernels.advance``."""
    matrices = tuple(
        part.astype(np.int32)
        for part in (cover.indptr, cover.indices, by_site.indptr, by_site.indices)
    )

    def move(now: _Iterate, many: int, before: int) -> float:
        return advance(  # type: ignore[call-arg]
            many,
            before,
            *matrices,
            weights,
            size,
            step,
            p,
            now.y,
            now.v,
            now.y_anchor,
            now.v_anchor,
            now.y_next,
            now.v_next,
        )

    return move


def _projected(y: FloatArray, step: FloatArray, p: int) -> FloatArray:
    """Return the nearest point of {0 <= x <= 1, sum x = p} in the metric of the steps."""
    low, high = float(((y - 1) / step).min()), float((y / step).max())
    for _ in range(50):
        middle = 0.5 * (low + high)
        if np.clip(y - middle * step, 0.0, 1.0).sum() > p:
            low = middle
        else:
            high = middle
        if high - low <= 1e-12 * max(1.0, abs(high)):
            break
    return np.clip(y - high * step, 0.0, 1.0)


class DualAscent:
    """The method as an object, so that it can go on beside other work.

    Parameters
    ----------
    cover, by_site
        The relation and its transpose, CSR of ones, no empty rows.
    weights
        By row, above 0.
    p
        Number of sites, at most the number of columns.
    y
        A point to begin from.
    compiled
        Whether loops are compiled; None = where the relation is large enough to repay it.

    Attributes
    ----------
    best
        The best bound and the best point of the relaxation so far; replaced, never changed.
    """

    def __init__(
        self,
        cover: sp.csr_array,
        by_site: sp.csr_array,
        weights: FloatArray,
        p: int,
        y: FloatArray,
        *,
        compiled: bool | None = None,
    ) -> None:
        self._cover, self._by_site, self._weights, self._p = cover, by_site, weights, p
        self._total = float(weights.sum())
        size = np.diff(cover.indptr).astype(np.float64)
        step = 1.0 / np.maximum(by_site @ weights, 1e-9 * weights.max())
        if compiled is None:
            compiled = cover.nnz >= _COMPILED
        kind = _compiled if compiled else _plain
        self._move = kind(cover, by_site, weights, size, step, p)
        self._check = max(1, min(_CHECK, _MOST_ENTRIES // cover.nnz))
        reach = cover @ y
        v = np.where(reach < 0.999, 1.0, np.where(reach < 1.001, 0.5, 0.0))
        self._now = _Iterate.at(y, v)
        self._held = self._taken = 0
        self._first = self._last = math.inf
        self.best = Dual(v, self._bound(v), y.copy(), self._point(y))

    def _bound(self, v: FloatArray) -> float:
        price = self._by_site @ (self._weights * v)
        top = np.partition(price, len(price) - self._p)[len(price) - self._p :].sum()
        return float(self._total - self._weights @ v + top)

    def _point(self, y: FloatArray) -> float:
        return float(self._weights @ np.minimum(1.0, self._cover @ y))

    def advance(self) -> int:
        """Go on for some iterations, look at the bounds, return how many there have been."""
        now = self._now
        away = self._move(now, self._check, self._held)
        self._held += self._check
        self._taken += self._check
        bound, point = self._bound(now.v_next), self._point(now.y_next)
        best = self.best
        if bound < best.bound:
            best = Dual(now.v_next.copy(), bound, best.y, best.reached)
        if point > best.reached:
            best = Dual(best.v, best.bound, now.y_next.copy(), point)
        self.best = best
        if math.isinf(self._first):
            self._first = away
        elif (
            away <= _SHORTER * self._first
            or (away <= _SHORTER_AND_STALLED * self._first and away > self._last)
            or self._held >= max(200, _LONGEST_SHARE * self._taken)
        ):
            self._now = _Iterate.at(now.y_next, now.v_next)
            self._held, self._first, away = 0, math.inf, math.inf
        self._last = away
        return self._taken

    @property
    def accuracy(self) -> float:
        """Return the share by which bound and relaxation differ."""
        return (self.best.bound - self.best.reached) / self.best.bound

    def run(
        self,
        clock: Clock,
        *,
        good_enough: float,
        until_seconds: float,
        most: int = 4000,
        accuracy: float = 1e-4,
    ) -> Dual:
        """Go on until the bound is near the relaxation's value, and return the best.

        Parameters
        ----------
        clock, until_seconds
            Stop at its end, or when it has taken so many seconds.
        good_enough
            Stop at a bound not above this.
        most
            Iterations.
        accuracy
            Stop when bound and relaxation differ by no more than this share.
        """
        while (
            self.best.bound > good_enough
            and self.accuracy > accuracy
            and clock.left() > 0
            and clock.taken() <= until_seconds
            and self.advance() < most
        ):
            pass
        return self.best
