"""The compiled inner loops of the covering dual, for large problems."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray


@njit(cache=True, nogil=True)
def sums(first: Array, index: Array, values: Array) -> Array:
    """Return the sum of the values that each row of a 0-1 matrix names."""
    out = np.empty(len(first) - 1)
    for row in range(len(out)):
        total = 0.0
        for q in range(first[row], first[row + 1]):
            total += values[index[q]]
        out[row] = total
    return out


@njit(cache=True, nogil=True)
def projected(y: Array, step: Array, p: int) -> Array:
    """Return the nearest point of {0 <= x <= 1, sum x = p} in the metric of the steps."""
    low, high = ((y - 1.0) / step).min(), (y / step).max()
    for _ in range(50):
        middle = 0.5 * (low + high)
        total = 0.0
        for j in range(len(y)):
            total += min(1.0, max(0.0, y[j] - middle * step[j]))
        if total > p:
            low = middle
        else:
            high = middle
    out = np.empty_like(y)
    for j in range(len(y)):
        out[j] = min(1.0, max(0.0, y[j] - high * step[j]))
    return out
