"""The compiled walk from one position: put on the network, begun, searched and ordered in one call.

Step by step, handing the arrays over between the interpreter and each of the kernels took longer than
most searches.
"""

import numpy as np
from numba import njit

from geoapp.analysis.network.kernels.search import FAR, Array, snap, walk
from geoapp.analysis.network.kernels.straight import pairs, standing


@njit(cache=True, nogil=True)
def nearest(
    lon: float,
    lat: float,
    limit: int,
    k: int,
    mask: Array,
    reached: Array,
    snap_limit_m: float,
    node_lon: Array,
    node_lat: Array,
    edge_start: Array,
    edge_end: Array,
    edge_fine: Array,
    edge_length: Array,
    grid_first: Array,
    grid_edges: Array,
    grid_west: float,
    grid_south: float,
    grid_cell: float,
    grid_columns: int,
    grid_rows: int,
    street: Array,
    street_start_m: Array,
    street_end_m: Array,
    indptr: Array,
    indices: Array,
    length: Array,
    target_first: Array,
    target_id: Array,
    target_leg: Array,
    own_edge: Array,
    own: Array,
    to_start: Array,
    to_leg: Array,
    to_lon: Array,
    to_lat: Array,
    to_edge: Array,
    to_along_m: Array,
    to_foot_lon: Array,
    to_foot_lat: Array,
    by_side: Array,
    sides: Array,
    at_first: Array,
    at_id: Array,
    in_first: Array,
    in_id: Array,
    west: float,
    south: float,
    cell_lon: float,
    cell_lat: float,
    columns: int,
    rows: int,
) -> tuple[int, Array, Array]:
    """Return how a position stands to the network, and the k nearest targets that count.

    The first is 0 where it stands on the network, 1 where it is cut off, 2 where it is off: then nothing
    is found. Targets are in order of their walk, equal walks in order of position. ``reached`` (shape n +
    targets, all FAR) is so again afterwards.
    """
    n = len(indptr) - 1
    ids = np.empty(0, np.int32)
    walks = np.empty(0, np.int32)
    at_lon, at_lat = np.full(1, lon), np.full(1, lat)
    edge, share, leg_m, fine = snap(
        at_lon,
        at_lat,
        node_lon,
        node_lat,
        edge_start,
        edge_end,
        edge_fine,
        grid_first,
        grid_edges,
        grid_west,
        grid_south,
        grid_cell,
        grid_columns,
        grid_rows,
        snap_limit_m,
    )
    one = edge[0]
    if one < 0:
        return 2, ids, walks
    if not fine[0]:
        return 1, ids, walks
    start = np.full(1, np.int32(np.rint(share[0] * edge_length[one])))
    end = np.full(1, np.int32(edge_length[one] - start[0]))
    leg = np.full(1, np.int32(np.rint(leg_m[0] * 10)))
    low = np.searchsorted(own_edge, one)
    last = low
    while last < len(own_edge) and own_edge[last] == one:
        last += 1
    if leg[0] > 0 and len(by_side) > 0:
        side, along_m, foot_lon, foot_lat = standing(
            np.zeros(1, np.uint8),
            at_lon,
            at_lat,
            edge,
            start,
            end,
            node_lon,
            node_lat,
            edge_start,
            edge_end,
            street,
            street_start_m,
            street_end_m,
        )
        _, ids, walks = pairs(
            at_lon,
            at_lat,
            leg,
            edge,
            side,
            along_m,
            foot_lon,
            foot_lat,
            to_lon,
            to_lat,
            to_leg,
            to_edge,
            to_along_m,
            to_foot_lon,
            to_foot_lat,
            by_side,
            sides,
            at_first,
            at_id,
            in_first,
            in_id,
            west,
            south,
            cell_lon,
            cell_lat,
            columns,
            rows,
            limit,
        )
    # The ends of its edge, then the places on its edge and those that it is walked from straight.
    seeds = np.empty(2 + last - low + len(ids), np.int32)
    seed_dm = np.empty(len(seeds), np.int32)
    seeds[0], seed_dm[0] = edge_start[one], start[0] + leg[0]
    seeds[1], seed_dm[1] = edge_end[one], end[0] + leg[0]
    count = 2
    for q in range(low, last):
        if mask[own[q]]:
            seeds[count] = n + own[q]
            seed_dm[count] = abs(to_start[own[q]] - start[0]) + leg[0] + to_leg[own[q]]
            count += 1
    for q in range(len(ids)):
        if mask[ids[q]]:
            seeds[count], seed_dm[count] = n + ids[q], walks[q]
            count += 1
    found, found_dm, touched = walk(
        indptr,
        indices,
        length,
        target_first,
        target_id,
        target_leg,
        mask,
        seeds[:count],
        seed_dm[:count],
        limit,
        k,
        reached,
        np.empty(0, np.int32),
    )
    for node in touched:
        reached[node] = FAR
    order = np.empty(len(found), np.int64)
    for q in range(len(found)):
        order[q] = (np.int64(found_dm[q]) << 32) | np.int64(found[q])
    order.sort()
    order = order[:k]
    return 0, (order & 0xFFFFFFFF).astype(np.int32), (order >> 32).astype(np.int32)
