"""The compiled inner loops of one pass from all owners at once: labels of nodes, and of places."""

from typing import Any

import numpy as np
from numba import njit

from geoapp.analysis.network.kernels.search import FAR, Array, pop, push


@njit(cache=True, nogil=True)
def nearest_label(
    indptr: Array,
    indices: Array,
    length: Array,
    seeds: Array,
    seed_dm: Array,
    seed_owner: Array,
    limit: int,
) -> tuple[Array, Array]:
    """Return for each node the walk to its nearest owner and this; shape (n, 1), -1 is none.

    Of owners equally near it is the lowest: a node gets it before it is left itself, because
    lengths are at least 1.
    """
    n = len(indptr) - 1
    reached = np.full(n, FAR, np.int32)
    owners = np.full(n, -1, np.int32)
    heap = np.empty(4096, np.int64)
    size = 0
    for s in range(len(seeds)):
        node, dm = seeds[s], seed_dm[s]
        if dm > limit or dm > reached[node]:
            continue
        if dm < reached[node]:
            reached[node] = dm
            owners[node] = seed_owner[s]
            heap, size = push(heap, size, (np.int64(dm) << 32) | np.int64(node))
        elif seed_owner[s] < owners[node]:
            owners[node] = seed_owner[s]
    while size > 0:
        top, size = pop(heap, size)
        node, dm = np.int32(top & 0xFFFFFFFF), np.int32(top >> 32)
        if dm != reached[node]:
            continue
        owner = owners[node]
        for q in range(indptr[node], indptr[node + 1]):
            other = indices[q]
            away = np.int64(dm) + length[q]
            if away > limit or away > reached[other]:
                continue
            if away < reached[other]:
                reached[other] = away
                owners[other] = owner
                heap, size = push(heap, size, (away << 32) | np.int64(other))
            elif owner < owners[other]:
                owners[other] = owner
    return reached.reshape(n, 1), owners.reshape(n, 1)


@njit(cache=True, nogil=True)
def nearest_labels(
    indptr: Array,
    indices: Array,
    length: Array,
    seeds: Array,
    seed_dm: Array,
    seed_owner: Array,
    facility_of: Array,
    most: int,
    limit: int,
) -> tuple[Array, Array]:
    """Return for each node the walks to its nearest owners, shape (n, most), and these; -1 is none.

    One pass from all owners at once: a node is left again for each of its ``most`` nearest. Of the
    owners of one facility (``facility_of``), a node has the nearest alone.
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
            top, size = pop(heap, size)
            dm, entry = top >> 32, top & 0xFFFFFFFF
            node, owner = pool_node[entry], pool_owner[entry]
        if held[node] == most:
            continue
        known = False
        for j in range(held[node]):
            if facility_of[label_owner[node, j]] == facility_of[owner]:
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
            known = False
            for j in range(held[other]):
                if facility_of[label_owner[other, j]] == facility_of[owner]:
                    known = True
            if known:
                continue
            if pool_count == len(pool_node):
                more = np.empty(2 * pool_count, np.int32)
                more[:pool_count] = pool_node
                pool_node = more
                more = np.empty(2 * pool_count, np.int32)
                more[:pool_count] = pool_owner
                pool_owner = more
            pool_node[pool_count], pool_owner[pool_count] = other, owner
            heap, size = push(heap, size, (away << 32) | np.int64(pool_count))
            pool_count += 1
    return label_dm, label_owner


@njit(cache=True, nogil=True)
def labels_at(
    straight_first: Array,
    straight_id: Array,
    straight_dm: Array,
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
    facility_of: Array,
    limit: int,
) -> tuple[Array, Array]:
    """Return the nearest labels of places on edges: by either end, along the own edge, or straight.

    ``straight_first`` gives the rows of owners that are walked to straight. ``own_edge`` rises;
    owners ``own_owner`` .. stand at ``own_place`` decimetres from the start. Of the owners of one
    facility (``facility_of``), a place has the nearest alone.
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
        beside = 2 * most + high - low
        for c in range(beside + straight_first[place + 1] - straight_first[place]):
            if c < most:
                away = label_dm[edge_start[e], c]
                owner = label_owner[edge_start[e], c]
                more = to_start[place]
            elif c < 2 * most:
                away = label_dm[edge_end[e], c - most]
                owner = label_owner[edge_end[e], c - most]
                more = to_end[place]
            elif c < beside:
                j = low + c - 2 * most
                away = np.int32(abs(own_place[j] - to_start[place]) + own_leg[j])
                owner = own_owner[j]
                more = np.int32(0)
            else:
                j = straight_first[place] + c - beside
                away = straight_dm[j]
                owner = straight_id[j]
                more = -leg[place]  # no leg to the network
            if owner < 0:
                continue
            total = np.int64(away) + more + leg[place]
            if total > limit:
                continue
            slot = most
            for j in range(most):
                known = best_owner[place, j]
                if known >= 0 and facility_of[known] == facility_of[owner]:
                    slot = j
                    break
            if slot < most and best_dm[place, slot] <= total:
                continue
            # Drop the facility's old entry (or the last one), and put the new one where it belongs.
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
