"""The compiled inner loop of stretches: from where on the ways each of many places is within a walk."""

import numpy as np
from numba import njit

from geoapp.analysis.network.kernels.search import FAR, Array, spread


@njit(cache=True, nogil=True)
def _longer(held: Array, size: int) -> Array:
    more = np.empty((size, held.shape[1]), held.dtype)
    more[: len(held)] = held
    return more


@njit(cache=True, nogil=True)
def _joined(low: Array, high: Array, count: int) -> int:
    """Join stretches of one edge that touch (whole decimetres), in place; return how many are left."""
    for i in range(1, count):  # at most three: put in order of where they begin
        for j in range(i, 0, -1):
            if low[j] < low[j - 1]:
                low[j], low[j - 1] = low[j - 1], low[j]
                high[j], high[j - 1] = high[j - 1], high[j]
    left = 0
    for i in range(count):
        if left > 0 and low[i] <= high[left - 1] + 1:
            high[left - 1] = max(high[left - 1], high[i])
        else:
            low[left], high[left] = low[i], high[i]
            left += 1
    return left


@njit(cache=True, nogil=True)
def stretches(
    indptr: Array,
    indices: Array,
    length: Array,
    neighbour_edge: Array,
    edge_start: Array,
    edge_end: Array,
    edge_length: Array,
    edge_fine: Array,
    place_edge: Array,
    place_start: Array,
    place_end: Array,
    place_leg: Array,
    first: int,
    limit: int,
    most_rows: int,
    reached: Array,
) -> Array:
    """Return rows of edge, low, high (decimetres after its start, closed) and place.

    From each whole decimetre in a row, and from no other of an edge that is fine, the walk to the place
    is within the limit. Places are numbered from ``first``. ``reached`` (of the nodes) is all FAR, and
    is so again afterwards; ``neighbour_edge`` are the edges beside ``indices``. Beyond ``most_rows`` the
    search ends.
    """
    rows = np.empty((4096, 4), np.int32)
    total = 0
    heap = np.empty(1024, np.int64)
    touched = np.empty(1024, np.int32)
    low, high = np.empty(3, np.int64), np.empty(3, np.int64)
    for one in range(len(place_edge)):
        edge = place_edge[one]
        if edge < 0 or place_leg[one] > limit:
            continue
        if total > most_rows:
            break
        ends = edge_start[edge], edge_end[edge]
        legs = place_start[one] + place_leg[one], place_end[one] + place_leg[one]
        heap, touched, touched_count = spread(
            indptr, indices, length, ends, legs, limit, reached, heap, touched
        )
        for i in range(-1, touched_count):
            # Its own edge first, which it may reach though neither end is; then those at the nodes.
            begin = indptr[touched[i]] if i >= 0 else 0
            end = indptr[touched[i] + 1] if i >= 0 else 1
            for q in range(begin, end):
                own = edge if i < 0 else neighbour_edge[q]
                if edge_fine[own] != 1 or (i >= 0 and own == edge):
                    continue
                start, last, most = edge_start[own], edge_end[own], np.int64(edge_length[own])
                # An edge with both ends reached is taken at its start.
                if i >= 0 and touched[i] == last and reached[start] != FAR:
                    continue
                count = 0
                if i < 0:
                    left = np.int64(limit) - place_leg[one]
                    low[0] = max(np.int64(0), place_start[one] - left)
                    high[0] = min(most, place_start[one] + left)
                    count = 1
                if reached[start] != FAR:
                    low[count], high[count] = 0, min(most, np.int64(limit) - reached[start])
                    count += 1
                if reached[last] != FAR:
                    low[count] = max(np.int64(0), most - (np.int64(limit) - reached[last]))
                    high[count] = most
                    count += 1
                for k in range(_joined(low, high, count)):
                    if total == len(rows):
                        rows = _longer(rows, 2 * total)
                    rows[total, 0], rows[total, 1] = own, low[k]
                    rows[total, 2], rows[total, 3] = high[k], first + one
                    total += 1
        for i in range(touched_count):
            reached[touched[i]] = FAR
    return rows[:total]
