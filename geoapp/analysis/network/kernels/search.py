"""The compiled inner loops: snapping and bounded shortest walks.

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
def metres_per_degree(lat: float) -> tuple[float, float]:
    """Return how long a degree of longitude and one of latitude are at a latitude (WGS-84)."""
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

    An edge of a part that can reach others (``edge_fine`` 1) is taken before a nearer one that
    cannot, unless that is behind a closed barrier (2): nobody walks through it to another street.
    Edge -1 is none within the limit.
    """
    count = len(lon)
    found = np.full(count, -1, np.int32)
    share = np.zeros(count)
    leg_m = np.full(count, np.inf)
    fine = np.zeros(count, np.bool_)
    for place in range(count):
        at_lon, at_lat = lon[place], lat[place]
        shut_in, shut_share, shut_leg_m = np.int32(-1), 0.0, np.inf
        east, north = metres_per_degree(at_lat)
        column = math.floor((at_lon - west) / cell)
        row = math.floor((at_lat - south) / cell)
        # A place far from the grid (a pole, another town) is answered without looking into a cell.
        off_north = max(south - at_lat, at_lat - (south + rows * cell)) * north
        off_east = max(west - at_lon, at_lon - (west + columns * cell)) * east
        if off_north > limit_m or off_east > limit_m:
            continue
        # Rings of cells around the place: from the first that touches the grid to the last that
        # does. Distances alone would not end the search where a degree of longitude vanishes.
        nearest_ring = max(max(-column, column - columns + 1), max(-row, row - rows + 1))
        last_ring = max(max(column, columns - 1 - column), max(row, rows - 1 - row))
        for ring in range(max(0, nearest_ring), last_ring + 1):
            for y in range(max(0, row - ring), min(rows, row + ring + 1)):
                is_edge_row = y == row - ring or y == row + ring
                step = 1 if is_edge_row or ring == 0 else 2 * ring
                begin = column - ring
                if step == 1:
                    begin = max(0, begin)
                for x in range(begin, min(columns, column + ring + 1), step):
                    if x < 0:
                        continue
                    c = y * columns + x
                    for q in range(first[c], first[c + 1]):
                        edge = edges[q]
                        if fine[place] and edge_fine[edge] == 0:
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
                        if edge_fine[edge] == 2 and away < shut_leg_m:
                            shut_in, shut_share, shut_leg_m = np.int32(edge), along, away
                        if fine[place] and edge_fine[edge] != 1:
                            continue
                        better = away < leg_m[place] or (
                            away == leg_m[place] and edge < found[place]
                        )
                        if better or (edge_fine[edge] == 1 and not fine[place]):
                            found[place], share[place], leg_m[place] = edge, along, away
                            fine[place] = edge_fine[edge] == 1
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
        # Before the gate itself both are as near: whoever stands there stands outside.
        if fine[place] and shut_leg_m < leg_m[place] - 0.05:
            found[place], share[place], leg_m[place] = shut_in, shut_share, shut_leg_m
            fine[place] = False
    return found, share, leg_m, fine


@njit(cache=True, nogil=True, inline="always")
def push(heap: Array, size: int, key: Any) -> tuple[Array, int]:
    """Put a key into a heap of some size; return the heap (a longer one if need be) and its size.

    Each entry has four below it: half as deep as with two, and they stand in one line of memory.
    """
    if size == len(heap):
        grown = np.empty(2 * size, np.int64)
        grown[:size] = heap
        heap = grown
    i = size
    while i > 0:
        parent = (i - 1) >> 2
        if heap[parent] <= key:
            break
        heap[i] = heap[parent]
        i = parent
    heap[i] = key
    return heap, size + 1


@njit(cache=True, nogil=True, inline="always")
def pop(heap: Array, size: int) -> tuple[int, int]:
    """Take the least key out of a heap; return it and the heap's size."""
    top = heap[0]
    size -= 1
    if size > 0:
        last = heap[size]
        i = 0
        while True:
            child = 4 * i + 1
            if child >= size:
                break
            least, key = child, heap[child]
            for other in range(child + 1, min(child + 4, size)):
                if heap[other] < key:
                    least, key = other, heap[other]
            if key >= last:
                break
            heap[i] = key
            i = least
        heap[i] = last
    return top, size


@njit(cache=True, nogil=True)
def spread(
    indptr: Array,
    indices: Array,
    length: Array,
    ends: tuple[int, int],
    legs: tuple[int, int],
    limit: int,
    reached: Array,
    heap: Array,
    touched: Array,
) -> tuple[Array, Array, int]:
    """Walk from a place on an edge to all nodes within the limit; return the heap, those nodes and how many.

    ``ends`` are the edge's two nodes and ``legs`` the decimetres to them. ``reached`` (of the nodes) is
    all FAR before and holds the walks afterwards: the caller sets those touched back. ``heap`` and
    ``touched`` are room to work in, and what is returned may be longer ones.
    """
    size = 0
    count = 0
    for side in range(2):
        begin, leg = ends[side], legs[side]
        if leg <= limit and leg < reached[begin]:
            if reached[begin] == FAR:
                touched[count] = begin
                count += 1
            reached[begin] = leg
            heap, size = push(heap, size, (np.int64(leg) << 32) | np.int64(begin))
    while size > 0:
        top, size = pop(heap, size)
        node, dm = np.int32(top & 0xFFFFFFFF), np.int32(top >> 32)
        if dm != reached[node]:
            continue
        for q in range(indptr[node], indptr[node + 1]):
            away = np.int64(dm) + length[q]
            other = indices[q]
            if away <= limit and away < reached[other]:
                if reached[other] == FAR:
                    if count == len(touched):
                        more = np.empty(2 * count, np.int32)
                        more[:count] = touched
                        touched = more
                    touched[count] = other
                    count += 1
                reached[other] = away
                heap, size = push(heap, size, (away << 32) | np.int64(other))
    return heap, touched, count


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
            heap, size = push(heap, size, (np.int64(dm) << 32) | np.int64(node))
    while size > 0:
        top, size = pop(heap, size)
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
                heap, size = push(heap, size, (away << 32) | np.int64(other))
    return found[:count], found_dm[:count], touched[:touched_count]
