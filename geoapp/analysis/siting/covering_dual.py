"""Upper bounds of the maximal covering problem from dual vectors, and a fast way to good ones.

The relaxation  max sum_i w_i min(1, (A y)_i),  0 <= y <= 1, sum y = p,  is the saddle point

    max_y min_v  sum_i w_i (1 - v_i) + v' W A y,    0 <= v <= 1,

and *every* v gives the bound  U_p(v) = sum_i w_i (1 - v_i) + (sum of the p greatest of A' W v),
one sparse product. v is improved by a restarted primal-dual hybrid gradient method with diagonal
steps (Chambolle & Pock 2011, Pock & Chambolle 2011, Applegate et al. 2021).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.dual_kernels import projected, sums
from geoapp.analysis.siting.result import Clock
from geoapp.analysis.spheroid import FloatArray

_CHECK = 20  # iterations between two looks at the bounds
_COMPILED = 200_000  # entries from which compiled loops pay for being loaded
_LONGEST = 400  # iterations after which the averages begin anew


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
        By site: the best point of the relaxation met, 0 to 1.
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
    return (weights * (1.0 - v)).sum() + np.concatenate(([0.0], np.cumsum(price)))


def _product(matrix: sp.csr_array) -> Callable[[FloatArray], FloatArray]:
    """Return the product of a 0-1 matrix with vectors."""
    if matrix.nnz < _COMPILED:
        return lambda vector: matrix @ vector
    first, index = matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32)
    return lambda vector: sums(first, index, vector)


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


def improved_dual(
    cover: sp.csr_array,
    by_site: sp.csr_array,
    weights: FloatArray,
    p: int,
    y: FloatArray,
    clock: Clock,
    *,
    good_enough: float,
    until_seconds: float,
    most: int = 4000,
    accuracy: float = 1e-4,
) -> Dual:
    """Return a dual vector whose bound is near the relaxation's value.

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
    good_enough
        Stop at a bound not above this.
    until_seconds
        Stop when the clock has taken so many.
    most
        Iterations.
    accuracy
        Stop when bound and relaxation differ by no more than this share.
    """
    size = np.diff(cover.indptr).astype(np.float64)
    step = 1.0 / np.maximum(by_site @ weights, 1e-9 * weights.max())
    total = weights.sum()
    by_row, by_column = _product(cover), _product(by_site)
    nearest = projected if cover.nnz >= _COMPILED else _projected

    def looked(v: FloatArray, y: FloatArray) -> tuple[float, float]:
        price = by_column(weights * v)
        top = np.partition(price, len(price) - p)[len(price) - p :].sum()
        return total - weights @ v + top, float(weights @ np.minimum(1.0, by_row(y)))

    reach = by_row(y)
    v = np.where(reach < 0.999, 1.0, np.where(reach < 1.001, 0.5, 0.0))
    bound, point = looked(v, y)
    best = Dual(v.copy(), bound, y.copy(), point)
    v_sum, y_sum, count, last_gap = np.zeros_like(v), np.zeros_like(y), 0, np.inf
    for iteration in range(1, most + 1):
        ahead = nearest(y + step * by_column(weights * v), step, p)
        v = np.clip(v - (by_row(2 * ahead - y) - 1.0) / size, 0.0, 1.0)
        y = ahead
        v_sum += v
        y_sum += y
        count += 1
        if iteration % _CHECK:
            continue
        gap = np.inf
        for v_now, y_now in ((v, y), (v_sum / count, y_sum / count)):
            bound, point = looked(v_now, y_now)
            if bound < best.bound:
                best = Dual(v_now.copy(), bound, best.y, best.reached)
            if point > best.reached:
                best = Dual(best.v, best.bound, y_now.copy(), point)
            gap = bound - point
        if best.bound <= good_enough or best.bound - best.reached <= accuracy * best.bound:
            break
        if clock.left() == 0 or clock.taken() > until_seconds:
            break
        if gap < 0.5 * last_gap or count >= _LONGEST:
            if gap < last_gap:
                v, y = v_sum / count, y_sum / count
            last_gap = gap
            v_sum, y_sum, count = np.zeros_like(v), np.zeros_like(y), 0
    return best
