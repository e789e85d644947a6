"""The compiled inner loops of walks that leave the network out: straight streets, pairs beside them."""

import math
from typing import Any

import numpy as np
from numba import njit

from geoapp.analysis.network.kernels.search import Array, metres_per_degree

# A street that turns by less than this at a point goes straight on.
_STRAIGHT_ON = math.cos(math.radians(15.0))
# Between two places a street is straight if it is longer than the line by no more than this share.
_LONGER = 1.01


@njit(cache=True, nogil=True, inline="always")
def _span_m(a_lon: float, a_lat: float, b_lon: float, b_lat: float) -> float:
    """Return the straight line between places near each other, metres; the same both ways."""
    east, north = metres_per_degree((a_lat + b_lat) / 2)
    return math.hypot((a_lon - b_lon) * east, (a_lat - b_lat) * north)


@njit(cache=True, nogil=True, inline="always")
def _edge_of(edge_start: Array, edge_end: Array, one: int, other: int) -> int:
    """Return the edge between two nodes; edges are ordered by start and end."""
    start, end = min(one, other), max(one, other)
    low, high = 0, len(edge_start)
    while low < high:  # halves what is left
        middle = (low + high) // 2
        if edge_start[middle] < start or (edge_start[middle] == start and edge_end[middle] < end):
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def _after(indptr: Array, indices: Array, lon: Array, lat: Array, before: int, node: int) -> Any:
    """Return the node that a street goes straight on to, or -1 at a crossing, a bend or an end."""
    first = indptr[node]
    if indptr[node + 1] - first != 2:
        return -1
    after = indices[first] if indices[first] != before else indices[first + 1]
    east, north = metres_per_degree(lat[node])
    ax, ay = (lon[node] - lon[before]) * east, (lat[node] - lat[before]) * north
    bx, by = (lon[after] - lon[node]) * east, (lat[after] - lat[node]) * north
    size = math.hypot(ax, ay) * math.hypot(bx, by)
    if size == 0.0 or (ax * bx + ay * by) / size < _STRAIGHT_ON:
        return -1
    return after


@njit(cache=True, nogil=True)
def streets(
    indptr: Array, indices: Array, lon: Array, lat: Array, edge_start: Array, edge_end: Array
) -> tuple[Array, Array, Array]:
    """Return for each edge its street, and where its start and its end lie along that, metres."""
    count = len(edge_start)
    street = np.full(count, -1, np.int32)
    start_m = np.zeros(count, np.float32)
    end_m = np.zeros(count, np.float32)
    streets_count = 0
    for edge in range(count):
        if street[edge] >= 0:
            continue
        # Back to where the street begins; a ring begins at this edge.
        before, node = edge_end[edge], edge_start[edge]
        for _ in range(count):
            after = _after(indptr, indices, lon, lat, before, node)
            if after < 0 or (node == edge_end[edge] and after == edge_start[edge]):
                break
            before, node = node, after
        here, there = node, before
        offset_m = 0.0
        for _ in range(count):
            one = _edge_of(edge_start, edge_end, here, there)
            if street[one] >= 0:
                break
            street[one] = streets_count
            further_m = offset_m + _span_m(lon[here], lat[here], lon[there], lat[there])
            if edge_start[one] == here:
                start_m[one], end_m[one] = offset_m, further_m
            else:
                start_m[one], end_m[one] = further_m, offset_m
            offset_m = further_m
            after = _after(indptr, indices, lon, lat, here, there)
            if after < 0:
                break
            here, there = there, after
        streets_count += 1
    return street, start_m, end_m


@njit(cache=True, nogil=True)
def standing(
    state: Array,
    lon: Array,
    lat: Array,
    edge: Array,
    to_start: Array,
    to_end: Array,
    node_lon: Array,
    node_lat: Array,
    edge_start: Array,
    edge_end: Array,
    street: Array,
    start_m: Array,
    end_m: Array,
) -> tuple[Array, Array, Array, Array]:
    """Return how places stand to their streets: side, metres along it, and their foot points.

    A side is ``2 * street``, and one more on the left of its direction; -1 is a place that is not on
    the network (``state`` 0), or not known but by its foot point.
    """
    count = len(lon)
    side = np.full(count, -1, np.int64)
    along_m = np.zeros(count)
    foot_lon, foot_lat = np.zeros(count), np.zeros(count)
    for place in range(count):
        one = edge[place]
        if one < 0 or state[place] != 0 or math.isnan(lon[place]):
            continue
        a, b = edge_start[one], edge_end[one]
        east, north = metres_per_degree(lat[place])
        dx, dy = (node_lon[b] - node_lon[a]) * east, (node_lat[b] - node_lat[a]) * north
        px, py = (lon[place] - node_lon[a]) * east, (lat[place] - node_lat[a]) * north
        is_left = dx * py - dy * px > 0.0
        if end_m[one] < start_m[one]:
            is_left = not is_left
        side[place] = 2 * np.int64(street[one]) + (1 if is_left else 0)
        length = np.int64(to_start[place]) + to_end[place]
        share = to_start[place] / length if length > 0 else 0.0
        along_m[place] = start_m[one] + (np.float64(end_m[one]) - start_m[one]) * share
        foot_lon[place] = node_lon[a] + (node_lon[b] - node_lon[a]) * share
        foot_lat[place] = node_lat[a] + (node_lat[b] - node_lat[a]) * share
    return side, along_m, foot_lon, foot_lat


@njit(cache=True, nogil=True)
def circles(
    lon: Array,
    lat: Array,
    leg: Array,
    which: Array,
    west: float,
    south: float,
    cell_lon: float,
    cell_lat: float,
    columns: int,
    rows: int,
) -> tuple[Array, Array, Array, Array]:
    """Return places by cell twice: by where they are, and by all cells that their circle touches.

    The circle of a place is the one around it that no way comes into: its leg is the radius.
    """
    at_first = np.zeros(columns * rows + 1, np.int64)
    in_first = np.zeros(columns * rows + 1, np.int64)
    at_id = np.empty(len(which), np.int32)
    in_id = np.empty(0, np.int32)
    for step in range(2):  # count, then fill
        if step == 1:
            at_first[1:] = np.cumsum(at_first[1:])
            in_first[1:] = np.cumsum(in_first[1:])
            in_id = np.empty(in_first[-1], np.int32)
            at_next, in_next = at_first[:-1].copy(), in_first[:-1].copy()
        for place in which:
            east, north = metres_per_degree(lat[place])
            # A decimetre more than the leg: it was rounded.
            wide = (leg[place] / 10 + 0.1) / max(east, 1.0)
            high = (leg[place] / 10 + 0.1) / north
            left = max(0, math.floor((lon[place] - wide - west) / cell_lon))
            right = min(columns - 1, math.floor((lon[place] + wide - west) / cell_lon))
            low = max(0, math.floor((lat[place] - high - south) / cell_lat))
            top = min(rows - 1, math.floor((lat[place] + high - south) / cell_lat))
            column = min(columns - 1, max(0, math.floor((lon[place] - west) / cell_lon)))
            row = min(rows - 1, max(0, math.floor((lat[place] - south) / cell_lat)))
            own = row * columns + column
            if step == 0:
                at_first[own + 1] += 1
            else:
                at_id[at_next[own]] = place
                at_next[own] += 1
            for y in range(low, top + 1):
                for x in range(left, right + 1):
                    c = y * columns + x
                    if step == 0:
                        in_first[c + 1] += 1
                    else:
                        in_id[in_next[c]] = place
                        in_next[c] += 1
    return at_first, at_id, in_first, in_id


@njit(cache=True, nogil=True)
def pairs(
    lon: Array,
    lat: Array,
    leg: Array,
    edge: Array,
    side: Array,
    along_m: Array,
    foot_lon: Array,
    foot_lat: Array,
    to_lon: Array,
    to_lat: Array,
    to_leg: Array,
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
    limit: int,
) -> tuple[Array, Array, Array]:
    """Return in rows by origin the places that are walked to straight, and how far, decimetres.

    The first of each row, shape (origins + 1,), then places and walks; a place may stand in a row
    twice, with the same walk.
    """
    count = len(lon)
    begin = np.zeros(count + 1, np.int64)
    found = np.empty(max(64, count), np.int32)
    walks = np.empty(max(64, count), np.int32)
    total = 0
    for one in range(count):
        if edge[one] >= 0 and leg[one] > 0 and side[one] >= 0:
            # On the same side of the same street, as far as that is straight between the two.
            low = np.searchsorted(sides, side[one])
            last = low
            while last < len(sides) and sides[last] == side[one]:
                last += 1
            # Beside the cells the nearest one counts: a circle that reaches so far touches it.
            column = min(columns - 1, max(0, math.floor((lon[one] - west) / cell_lon)))
            row = min(rows - 1, max(0, math.floor((lat[one] - south) / cell_lat)))
            east, north = metres_per_degree(lat[one])
            wide = (leg[one] / 10 + 0.1) / max(east, 1.0)
            high = (leg[one] / 10 + 0.1) / north
            x_low = max(0, math.floor((lon[one] - wide - west) / cell_lon))
            x_high = min(columns - 1, math.floor((lon[one] + wide - west) / cell_lon))
            y_low = max(0, math.floor((lat[one] - high - south) / cell_lat))
            y_high = min(rows - 1, math.floor((lat[one] + high - south) / cell_lat))
            width = max(0, x_high - x_low + 1)
            cells = width * max(0, y_high - y_low + 1)
            for group in range(-1, cells + 1):
                # First its street's places, then the circles it stands in, then those in its own.
                if group == -1:
                    first, end = low, last
                elif group == 0:
                    c = row * columns + column
                    first, end = in_first[c], in_first[c + 1]
                else:
                    c = (y_low + (group - 1) // width) * columns + x_low + (group - 1) % width
                    first, end = at_first[c], at_first[c + 1]
                for q in range(first, end):
                    place = by_side[q] if group == -1 else (in_id if group == 0 else at_id)[q]
                    away_m = _span_m(lon[one], lat[one], to_lon[place], to_lat[place])
                    away = np.int64(np.rint(away_m * 10))
                    if away > limit:
                        continue
                    if group >= 0:
                        if away > leg[one] and away > to_leg[place]:
                            continue
                    elif edge[one] != to_edge[place]:
                        line_m = _span_m(
                            foot_lon[one], foot_lat[one], to_foot_lon[place], to_foot_lat[place]
                        )
                        if abs(along_m[one] - to_along_m[place]) > line_m * _LONGER + 0.1:
                            continue
                    if total == len(found):
                        more = np.empty(2 * total, np.int32)
                        more[:total] = found
                        found = more
                        more = np.empty(2 * total, np.int32)
                        more[:total] = walks
                        walks = more
                    found[total], walks[total] = place, away
                    total += 1
        begin[one + 1] = total
    return begin, found[:total], walks[:total]
