"""The compiled loops along streets: where on each edge the demand within reach weighs most.

Events of an edge stand together, in order of where they happen: a demand point comes into reach
(``who`` 0 or more) at a whole decimetre, or has left it (``-who - 1``); whoever leaves comes first.
"""

import numpy as np
from numba import njit

from geoapp.core.arrays import Array


@njit(cache=True, nogil=True)
def heaviest_along(first: Array, who: Array, price: Array, best: Array, event: Array) -> float:
    """Find by edge where the prices in reach sum up to most; return the most of all.

    ``best`` gets the sums, ``event`` the number of the last one to come into reach there (-1: none).
    """
    top = 0.0
    for edge in range(len(first) - 1):
        best[edge], event[edge] = 0.0, -1
        weight, lost = 0.0, 0.0
        for k in range(first[edge], first[edge + 1]):
            one = who[k]
            # Compensated (Kahan 1965): sums of many prices must not drift.
            change = (price[one] if one >= 0 else -price[-one - 1]) - lost
            more = weight + change
            lost = (more - weight) - change
            weight = more
            if one >= 0 and weight >= best[edge]:
                best[edge], event[edge] = weight, k
        top = max(top, best[edge])
    return top


@njit(cache=True, nogil=True)
def spots_from(
    least: float, first: Array, who: Array, price: Array, best: Array, event: Array
) -> int:
    """Write the events after which no more can be in reach before somebody leaves, from a weight on.

    Whatever a place of this weight has in reach, one of them has. Return how many there are; one more
    than there is room for in ``event`` where there is too little.
    """
    found = 0
    for edge in range(len(first) - 1):
        if best[edge] < least:
            continue
        weight, lost = 0.0, 0.0
        for k in range(first[edge], first[edge + 1]):
            one = who[k]
            change = (price[one] if one >= 0 else -price[-one - 1]) - lost
            more = weight + change
            lost = (more - weight) - change
            weight = more
            # The last event of an edge is somebody who leaves.
            if one >= 0 and who[k + 1] < 0 and weight >= least:
                if found == len(event):
                    return found + 1
                event[found] = k
                found += 1
    return found


@njit(cache=True, nogil=True)
def in_reach(begin: int, event: int, who: Array, inside: Array) -> Array:
    """Return who is in reach after an event, events of its edge beginning at ``begin``, ascending.

    ``inside`` (of all demand points) is all False, and is so again afterwards.
    """
    count = 0
    for k in range(begin, event + 1):
        inside[who[k] if who[k] >= 0 else -who[k] - 1] = who[k] >= 0
        count += 1 if who[k] >= 0 else -1
    found = np.empty(count, np.int64)
    at = 0
    for k in range(begin, event + 1):
        one = who[k]
        if one >= 0 and inside[one]:
            found[at] = one
            at += 1
            inside[one] = False
    found.sort()
    return found
