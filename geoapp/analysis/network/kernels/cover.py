"""The compiled inner loop of covers: bounded searches from many origins to all places near them."""

import numpy as np
from numba import njit

from geoapp.analysis.network.kernels.search import FAR, Array, spread


@njit(cache=True, nogil=True)
def cover(
    indptr: Array,
    indices: Array,
    length: Array,
    target_first: Array,
    target_id: Array,
    target_leg: Array,
    own_edge: Array,
    own_id: Array,
    place_start: Array,
    place_leg: Array,
    edge_start: Array,
    edge_end: Array,
    origin_edge: Array,
    origin_start: Array,
    origin_end: Array,
    origin_leg: Array,
    straight_first: Array,
    straight_id: Array,
    straight_dm: Array,
    limit: int,
    reached: Array,
    best: Array,
) -> tuple[Array, Array, Array]:
    """Return rows of places within the limit of each origin, in ascending order, and the walks.

    ``reached`` (of the nodes) and ``best`` (of the places) are all FAR, and are so again afterwards.
    Places stand in rows by node (``target_first``), for those on the origin's own edge by edge
    (``own_edge`` rises), and for those walked to straight by origin (``straight_first``).
    """
    count = len(origin_edge)
    sizes = np.zeros(count, np.int64)
    found = np.empty(4096, np.int32)
    walks = np.empty(4096, np.int32)
    total = 0
    heap = np.empty(1024, np.int64)
    touched = np.empty(1024, np.int32)
    for one in range(count):
        edge = origin_edge[one]
        if edge < 0:
            continue
        begin = total
        ends = edge_start[edge], edge_end[edge]
        legs = origin_start[one] + origin_leg[one], origin_end[one] + origin_leg[one]
        heap, touched, touched_count = spread(
            indptr, indices, length, ends, legs, limit, reached, heap, touched
        )
        # Nodes first, then the places on the origin's own edge, then those walked to straight;
        # each place once.
        low = np.searchsorted(own_edge, edge)
        for i in range(touched_count + 2):
            if i < touched_count:
                node = touched[i]
                first, last, base = target_first[node], target_first[node + 1], reached[node]
                reached[node] = FAR
            elif i > touched_count:
                first, last, base = straight_first[one], straight_first[one + 1], np.int32(0)
            else:
                first, last, base = low, low, np.int32(0)
                while last < len(own_edge) and own_edge[last] == edge:
                    last += 1
            for t in range(first, last):
                if i < touched_count:
                    place = target_id[t]
                    away = np.int64(base) + target_leg[t]
                elif i > touched_count:
                    place = straight_id[t]
                    away = np.int64(straight_dm[t])
                else:
                    place = own_id[t]
                    along = abs(np.int64(place_start[place]) - origin_start[one])
                    away = along + place_leg[place] + origin_leg[one]
                if away <= limit and away < best[place]:
                    if best[place] == FAR:
                        if total == len(found):
                            more = np.empty(2 * total, np.int32)
                            more[:total] = found
                            found = more
                            more = np.empty(2 * total, np.int32)
                            more[:total] = walks
                            walks = more
                        found[total] = place
                        total += 1
                    best[place] = away
        found[begin:total].sort()
        sizes[one] = total - begin
        for i in range(begin, total):
            walks[i] = best[found[i]]
            best[found[i]] = FAR
    return sizes, found[:total], walks[:total]
