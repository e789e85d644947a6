"""The compiled inner loops of the covering dual, for large relations."""

import numpy as np
from numba import njit

from geoapp.core.arrays import Array


@njit(cache=True, nogil=True, fastmath={"contract", "reassoc", "nsz"})
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


@njit(cache=True, nogil=True)
def advance(
    many: int,
    before: int,
    row_first: Array,
    row_site: Array,
    site_first: Array,
    site_row: Array,
    weight: Array,
    size: Array,
    step: Array,
    p: int,
    y: Array,
    v: Array,
    y_anchor: Array,
    v_anchor: Array,
    y_next: Array,
    v_next: Array,
) -> float:
    """Take ``many`` anchored steps, ``before`` having been taken since the anchor was set.

    ``y, v`` is moved, ``y_next, v_next`` gets the last point within the limits. Return how far that
    step went, in the metric of the steps.
    """
    away = 0.0
    for one in range(many):
        ahead = projected(y + step * sums(site_first, site_row, weight * v), step, p)
        reach = sums(row_first, row_site, 2 * ahead - y)
        share = (before + one + 1.0) / (before + one + 2.0)
        last = one == many - 1
        if last:
            away = 0.0
        for j in range(len(y)):
            if last:
                away += (ahead[j] - y[j]) ** 2 / step[j]
            y_next[j] = ahead[j]
            y[j] = share * (2 * ahead[j] - y[j]) + (1 - share) * y_anchor[j]
        for i in range(len(v)):
            new = min(1.0, max(0.0, v[i] - (reach[i] - 1.0) / size[i]))
            if last:
                away += weight[i] * size[i] * (new - v[i]) ** 2
            v_next[i] = new
            v[i] = share * (2 * new - v[i]) + (1 - share) * v_anchor[i]
    distance: float = np.sqrt(away)
    return distance
