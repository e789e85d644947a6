"""The compiled inner loops: snapping, bounded shortest walks, nearest labels.

Distances are whole decimetres in int32. A heap entry is ``distance << 32 | node``; targets take part
as nodes ``n + target`` that lead nowhere, so that they come out in order of their walk.
"""

import math
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

FAR: Final = 2**31 - 1
_A, _E2 = 6378137.0, 0.0066943799901413165  # WGS-84

Array = NDArray[Any]


@njit(cache=True, nogil=True, inline="always")
def _metres_per_degree(lat: float) -> tuple[float, float]:
    s = math.sin(math.radians(lat))
    w = 1.0 - _E2 * s * s
    east = _A / math.sqrt(w) * math.cos(math.radians(lat))
    north = _A * (1.0 - _E2) / (w * math.sqrt(w))
    return math.radians(east), math.radians(north)


@njit(cache=True, nogil=True, inline="always")
def _foot(
    lon: float,
    lat: float,
    a_lon: float,
    a_lat: float,
    b_lon: float,
    b_lat: float,
    e: float,
    n: float,
) -> tuple[float, float]:
    """Return how far along a segment the nearest point lies (0 to 1), and its distance in metres."""
    ax, ay = (a_lon - lon) * e, (a_lat - lat) * n
    dx, dy = (b_lon - a_lon) * e, (b_lat - a_lat) * n
    square = dx * dx + dy * dy
    share = 0.0
    if square > 0.0:
        share = min(1.0, max(0.0, -(ax * dx + ay * dy) / square))
    return share, math.hypot(ax + share * dx, ay + share * dy)


@njit(cache=True, nogil=True)
def snap(
    lon: Array,
    lat: Array,
    node_lon: Array,
    node_lat: Array,
    edge_start: Array,
    edge_end: Array,
    edge_fine: Array,
    first: Array,
    edges: Array,
    west: float,
    south: float,
    cell: float,
    columns: int,
    rows: int,
    limit_m: float,
) -> tuple[Array, Array, Array, Array]:
    """Return for each place the nearest edge, the share along it, the leg in metres, and if it is fine.

    An edge of a part that can reach others (``edge_fine``) is taken before a nearer one that cannot.
    Edge -1 is none within the limit.
    """
    count = len(lon)
    found = np.full(count, -1, np.int32)
    share = np.zeros(count)
    leg_m = np.full(count, np.inf)
    fine = np.zeros(count, np.bool_)
    for place in range(count):
        at_lon, at_lat = lon[place], lat[place]
        east, north = _metres_per_degree(at_lat)
        column = math.floor((at_lon - west) / cell)
        row = math.floor((at_lat - south) / cell)
        ring = 0
        while True:
            for y in range(row - ring, row + ring + 1):
                if y < 0 or y >= rows:
                    continue
                inner = y != row - ring and y != row + ring
                step = 2 * ring if inner and ring > 0 else 1
                for x in range(column - ring, column + ring + 1, step):
                    if x < 0 or x >= columns:
                        continue
                    c = y * columns + x
                    for q in range(first[c], first[c + 1]):
                        edge = edges[q]
                        if fine[place] and not edge_fine[edge]:
                            continue
                        a, b = edge_start[edge], edge_end[edge]
                        along, away = _foot(
                            at_lon,
                            at_lat,
                            node_lon[a],
                            node_lat[a],
                            node_lon[b],
                            node_lat[b],
                            east,
                            north,
                        )
                        if away > limit_m:
                            continue
                        better = away < leg_m[place] or (
                            away == leg_m[place] and edge < found[place]
                        )
                        if better or (edge_fine[edge] and not fine[place]):
                            found[place], share[place], leg_m[place] = edge, along, away
                            fine[place] = edge_fine[edge]
            # How near an edge outside of the cells looked at may be.
            beyond = min(
                min(
                    (at_lon - (west + (column - ring) * cell)) * east,
                    ((west + (column + ring + 1) * cell) - at_lon) * east,
                ),
                min(
                    (at_lat - (south + (row - ring) * cell)) * north,
                    ((south + (row + ring + 1) * cell) - at_lat) * north,
                ),
            )
            if beyond > limit_m or (fine[place] and beyond > leg_m[place]):
                break
            ring += 1
    return found, share, leg_m, fine


@njit(cache=True, nogil=True, inline="always")
def _push(heap: Array, size: int, key: Any) -> tuple[Array, int]:
    if size == len(heap):
        grown = np.empty(2 * size, np.int64)
        grown[:size] = heap
        heap = grown
    i = size
    while i > 0:
        parent = (i - 1) >> 1
        if heap[parent] <= key:
            break
        heap[i] = heap[parent]
        i = parent
    heap[i] = key
    return heap, size + 1


@njit(cache=True, nogil=True, inline="always")
def _pop(heap: Array, size: int) -> tuple[int, int]:
    top = heap[0]
    size -= 1
    if size > 0:
        last = heap[size]
        i = 0
        while True:
            child = 2 * i + 1
            if child >= size:
                break
            if child + 1 < size and heap[child + 1] < heap[child]:
                child += 1
            if heap[child] >= last:
                break
            heap[i] = heap[child]
            i = child
        heap[i] = last
    return top, size


@njit(cache=True, nogil=True)
def walk(
    indptr: Array,
    indices: Array,
    length: Array,
    target_first: Array,
    target_id: Array,
    target_leg: Array,
    mask: Array,
    seeds: Array,
    seed_dm: Array,
    limit: int,
    k: int,
    reached: Array,
    before: Array,
) -> tuple[Array, Array, Array]:
    """Search outwards from seeds; return targets in order of their walk, and all that was touched.

    ``reached`` (shape n + targets, all FAR) holds distances afterwards; the caller sets what was
    touched back to FAR. ``before`` (the same shape, or empty) gets each node's predecessor. ``k``
    targets, with all that tie with the last, end the search; 0 is no end but the limit.
    """
    n = len(indptr) - 1
    heap = np.empty(1024, np.int64)
    size = 0
    touched = np.empty(1024, np.int32)
    touched_count = 0
    found = np.empty(max(k, 16), np.int32)
    found_dm = np.empty(max(k, 16), np.int32)
    count = 0
    trace = len(before) > 0
    for s in range(len(seeds)):
        node, dm = seeds[s], seed_dm[s]
        if dm <= limit and dm < reached[node]:
            if reached[node] == FAR:
                if touched_count == len(touched):
                    more = np.empty(2 * touched_count, np.int32)
                    more[:touched_count] = touched
                    touched = more
                touched[touched_count] = node
                touched_count += 1
            reached[node] = dm
            if trace:
                before[node] = -1
            heap, size = _push(heap, size, (np.int64(dm) << 32) | np.int64(node))
    while size > 0:
        top, size = _pop(heap, size)
        node, dm = np.int32(top & 0xFFFFFFFF), np.int32(top >> 32)
        if dm != reached[node]:
            continue
        if k > 0 and count >= k and dm > found_dm[count - 1]:
            break
        if node >= n:
            if count == len(found):
                more = np.empty(2 * count, np.int32)
                more[:count] = found
                found = more
                more = np.empty(2 * count, np.int32)
                more[:count] = found_dm
                found_dm = more
            found[count], found_dm[count] = node - n, dm
            count += 1
            continue
        # Neighbours, then the targets beside this node.
        own = target_first[node + 1] - target_first[node]
        for q in range(indptr[node], indptr[node + 1] + own):
            if q < indptr[node + 1]:
                other = indices[q]
                away = np.int64(dm) + length[q]
            else:
                t = target_first[node] + q - indptr[node + 1]
                if not mask[target_id[t]]:
                    continue
                other = np.int32(n + target_id[t])
                away = np.int64(dm) + target_leg[t]
            if away <= limit and away < reached[other]:
                if reached[other] == FAR:
                    if touched_count == len(touched):
                        more = np.empty(2 * touched_count, np.int32)
                        more[:touched_count] = touched
                        touched = more
                    touched[touched_count] = other
                    touched_count += 1
                reached[other] = away
                if trace:
                    before[other] = node
                heap, size = _push(heap, size, (away << 32) | np.int64(other))
    return found[:count], found_dm[:count], touched[:touched_count]


@njit(cache=True, nogil=True)
def nearest_labels(
    indptr: Array,
    indices: Array,
    length: Array,
    seeds: Array,
    seed_dm: Array,
    seed_owner: Array,
    most: int,
    limit: int,
) -> tuple[Array, Array]:
    """Return for each node the walks to its nearest owners, shape (n, most), and these; -1 is none.

    One pass from all owners at once: a node is left again for each of its ``most`` nearest.
    """
    n = len(indptr) - 1
    label_dm = np.full((n, most), FAR, np.int32)
    label_owner = np.full((n, most), -1, np.int32)
    held = np.zeros(n, np.int8)
    # Entries carry their owner beside the key: the heap orders positions in a pool.
    heap = np.empty(4096, np.int64)
    size = 0
    pool_node = np.empty(4096, np.int32)
    pool_owner = np.empty(4096, np.int32)
    pool_count = 0
    order = np.argsort(seed_dm)
    waiting = 0
    while size > 0 or waiting < len(order):
        if waiting < len(order) and (
            size == 0 or np.int64(seed_dm[order[waiting]]) <= (heap[0] >> 32)
        ):
            s = order[waiting]
            waiting += 1
            dm: Any = np.int64(seed_dm[s])
            node, owner = seeds[s], seed_owner[s]
            if dm > limit:
                break
        else:
            top, size = _pop(heap, size)
            dm, entry = top >> 32, top & 0xFFFFFFFF
            node, owner = pool_node[entry], pool_owner[entry]
        if held[node] == most:
            continue
        known = False
        for j in range(held[node]):
            if label_owner[node, j] == owner:
                known = True
        if known:
            continue
        label_dm[node, held[node]], label_owner[node, held[node]] = dm, owner
        held[node] += 1
        for q in range(indptr[node], indptr[node + 1]):
            other = indices[q]
            away = dm + length[q]
            if away > limit or held[other] == most:
                continue
            if pool_count == len(pool_node):
                more = np.empty(2 * pool_count, np.int32)
                more[:pool_count] = pool_node
                pool_node = more
                more = np.empty(2 * pool_count, np.int32)
                more[:pool_count] = pool_owner
                pool_owner = more
            pool_node[pool_count], pool_owner[pool_count] = other, owner
            heap, size = _push(heap, size, (away << 32) | np.int64(pool_count))
            pool_count += 1
    return label_dm, label_owner


@njit(cache=True, nogil=True)
def labels_at(
    edge: Array,
    to_start: Array,
    to_end: Array,
    leg: Array,
    edge_start: Array,
    edge_end: Array,
    label_dm: Array,
    label_owner: Array,
    own_owner: Array,
    own_edge: Array,
    own_place: Array,
    own_leg: Array,
    limit: int,
) -> tuple[Array, Array]:
    """Return the nearest labels of places on edges: by either end, or along the own edge.

    ``own_edge`` rises; owners ``own_owner`` .. stand at ``own_place`` decimetres from the start.
    """
    count, most = len(edge), label_dm.shape[1]
    best_dm = np.full((count, most), FAR, np.int32)
    best_owner = np.full((count, most), -1, np.int32)
    for place in range(count):
        e = edge[place]
        if e < 0:
            continue
        low = np.searchsorted(own_edge, e)
        high = low
        while high < len(own_edge) and own_edge[high] == e:
            high += 1
        for c in range(2 * most + high - low):
            if c < most:
                away = label_dm[edge_start[e], c]
                owner = label_owner[edge_start[e], c]
                more = to_start[place]
            elif c < 2 * most:
                away = label_dm[edge_end[e], c - most]
                owner = label_owner[edge_end[e], c - most]
                more = to_end[place]
            else:
                j = low + c - 2 * most
                away = np.int32(abs(own_place[j] - to_start[place]) + own_leg[j])
                owner = own_owner[j]
                more = 0
            if owner < 0:
                continue
            total = np.int64(away) + more + leg[place]
            if total > limit:
                continue
            slot = most
            for j in range(most):
                if best_owner[place, j] == owner:
                    slot = j
                    break
            if slot < most and best_dm[place, slot] <= total:
                continue
            # Drop the owner's old entry (or the last one), and put the new one where it belongs.
            j = min(slot, most - 1)
            if slot == most and (
                best_dm[place, j] < total
                or (best_dm[place, j] == total and best_owner[place, j] <= owner)
            ):
                continue
            while j > 0 and (
                best_dm[place, j - 1] > total
                or (best_dm[place, j - 1] == total and best_owner[place, j - 1] > owner)
            ):
                best_dm[place, j] = best_dm[place, j - 1]
                best_owner[place, j] = best_owner[place, j - 1]
                j -= 1
            best_dm[place, j], best_owner[place, j] = total, owner
    return best_dm, best_owner
