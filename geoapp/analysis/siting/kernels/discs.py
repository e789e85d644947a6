"""The compiled loops over discs on the spheroid: sweeps, who lies in a disc, smallest circles.

A disc of radius c about a place holds the points whose chord to it is c at most.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from geoapp.analysis.geometry.spheroid import ECCENTRICITY_2, EQUATOR_RADIUS_M
from geoapp.core.arrays import Array

# An arc's end may be off by rounding of earth-centred metres (1e-9): arcs are kept longer by this.
_SLACK_M = 1e-8
_SAME_M2 = 1e-18


class Points(NamedTuple):
    """Points in order of the cell of a grid that holds them, so that those about a place are few runs.

    Attributes
    ----------
    xyz, turn
        By point: earth-centred metres, and sine and cosine of longitude and latitude.
    key, origin, cell_m, many
        The grid: by point its cell, and how cells are numbered.
    """

    xyz: Array
    turn: Array
    key: Array
    origin: Array
    cell_m: float
    many: Array


@njit(cache=True, nogil=True)
def runs_about(place: Array, points: Points, runs: Array) -> int:
    """Write the runs of points in the 27 cells about a place; return how many runs there are."""
    found, key, many = 0, points.key, points.many
    x = math.floor((place[0] - points.origin[0]) / points.cell_m)
    y = math.floor((place[1] - points.origin[1]) / points.cell_m)
    z = math.floor((place[2] - points.origin[2]) / points.cell_m)
    low, high = max(z - 1, 0), min(z + 1, many[2] - 1)
    if low > high:
        return 0
    for one in range(max(x - 1, 0), min(x + 2, many[0])):
        for other in range(max(y - 1, 0), min(y + 2, many[1])):
            row = (one * many[1] + other) * many[2]
            first = np.searchsorted(key, row + low)
            last = np.searchsorted(key, row + high, side="right")
            if last > first:
                runs[found, 0], runs[found, 1] = first, last
                found += 1
    return found


@njit(cache=True, nogil=True)
def edge_point(at: Array, turn: Array, azimuth: float, radius: float, out: Array) -> None:
    """Write the point of the spheroid at a chord and an azimuth (from east to north) of a point.

    ``turn`` holds sine and cosine of the point's longitude and latitude.
    """
    sin_lon, cos_lon, sin_lat, cos_lat = turn[0], turn[1], turn[2], turn[3]
    sink = radius * _bend(sin_lat, azimuth) * 0.5
    flat = math.sqrt(1.0 - sink * sink)
    east, north = radius * flat * math.cos(azimuth), radius * flat * math.sin(azimuth)
    down = radius * sink
    out[0] = at[0] - sin_lon * east - sin_lat * cos_lon * north - cos_lat * cos_lon * down
    out[1] = at[1] + cos_lon * east - sin_lat * sin_lon * north - cos_lat * sin_lon * down
    out[2] = at[2] + cos_lat * north - sin_lat * down


@njit(cache=True, nogil=True)
def _bend(sin_lat: float, azimuth: float) -> float:
    """Return the curvature of the spheroid in a direction (Euler 1767)."""
    shape = 1.0 - ECCENTRICITY_2 * sin_lat * sin_lat
    prime = EQUATOR_RADIUS_M / math.sqrt(shape)
    meridian = prime * (1.0 - ECCENTRICITY_2) / shape
    north = math.sin(azimuth)
    return north * north / meridian + (1.0 - north * north) / prime


@njit(cache=True, nogil=True)
def _half_arc(azimuth: float, sin_lat: float, radius: float, v: Array) -> float:
    """Return how far to either side of the middle a place on the circle may lie; -1 = nowhere.

    ``v`` holds the other point's level distance, height and half its squared chord; ``azimuth`` is
    where the circle's height is taken.
    """
    sink = radius * _bend(sin_lat, azimuth) * 0.5
    share = (v[2] + radius * sink * v[1]) / (radius * math.sqrt(1.0 - sink * sink) * v[0])
    return math.acos(share) if share <= 1.0 else -1.0


@njit(cache=True, nogil=True)
def _arcs(
    i: int,
    least: float,
    points: Points,
    price: Array,
    radius: float,
    runs: Array,
    angle: Array,
    change: Array,
) -> tuple[float, int, Array, Array]:
    """Write where on the circle about a point discs begin and cease to hold other points.

    Only points whose price is above ``least`` take part. Return the price that is held where the
    sweep begins, how many events there are, and the events (in longer arrays where need be).
    """
    xyz, turn = points.xyz, points.turn[i]
    sin_lon, cos_lon, sin_lat, cos_lat = turn[0], turn[1], turn[2], turn[3]
    used, always, room = 0, price[i], len(angle)
    slack = _SLACK_M / radius
    v = np.empty(3)
    for run in range(runs_about(xyz[i], points, runs)):
        for j in range(runs[run, 0], runs[run, 1]):
            if j == i or price[j] <= least:
                continue
            x, y, z = xyz[j, 0] - xyz[i, 0], xyz[j, 1] - xyz[i, 1], xyz[j, 2] - xyz[i, 2]
            square = x * x + y * y + z * z
            if square > 4.0 * radius * radius:
                continue
            if square < _SAME_M2:
                always += price[j]
                continue
            level = cos_lon * x + sin_lon * y
            east, north = cos_lon * y - sin_lon * x, cos_lat * z - sin_lat * level
            v[0], v[1] = math.hypot(east, north), cos_lat * level + sin_lat * z
            v[2] = 0.5 * square
            middle = math.atan2(north, east)
            half = _half_arc(middle, sin_lat, radius, v)
            if half < 0.0:
                continue
            # The circle is not level: its height is taken where the arc ends.
            low = middle - max(0.0, _half_arc(middle - half, sin_lat, radius, v)) - slack
            high = middle + max(0.0, _half_arc(middle + half, sin_lat, radius, v)) + slack
            if low < -math.pi or high > math.pi:  # open where the sweep begins
                always += price[j]
                if low < -math.pi:
                    low += 2.0 * math.pi
                if high > math.pi:
                    high -= 2.0 * math.pi
            if used + 2 > room:
                room *= 2
                longer, larger = np.empty(room), np.empty(room)
                longer[:used], larger[:used] = angle[:used], change[:used]
                angle, change = longer, larger
            angle[used], change[used] = low, price[j]
            angle[used + 1], change[used + 1] = high, -price[j]
            used += 2
    return always, used, angle, change


@njit(cache=True, nogil=True)
def heaviest_discs(
    order: Array,
    upper: Array,
    least: float,
    points: Points,
    price: Array,
    radius: float,
    best: Array,
    azimuth: Array,
) -> float:
    """Find by point the heaviest disc that has it on its edge (Church 1984), in a given order.

    No disc at a point is heavier than ``upper`` says. The sweep ends where all that are left are
    lighter than ``least`` and than the heaviest disc so far. ``best`` gets the weights (0 where a point
    was passed over), ``azimuth`` where from the point the disc's middle lies. Return the greatest.
    """
    runs = np.empty((9, 2), np.int64)
    angle, change = np.empty(256), np.empty(256)
    top = 0.0
    best[:] = 0.0
    for i in order:
        if upper[i] < least and upper[i] <= top:
            break
        if price[i] <= 0.0:
            continue
        always, used, angle, change = _arcs(i, 0.0, points, price, radius, runs, angle, change)
        weight, heaviest, where = always, always, -math.pi
        for k in np.argsort(angle[:used]):
            weight += change[k]
            if weight > heaviest:
                heaviest, where = weight, angle[k]
        best[i], azimuth[i] = heaviest, where
        top = max(top, heaviest)
    return top


@njit(cache=True, nogil=True)
def discs_from(
    least: float,
    upper: Array,
    points: Points,
    price: Array,
    radius: float,
    point: Array,
    azimuth: Array,
) -> int:
    """Write discs (a point on the edge and an azimuth) that hold whatever a disc this heavy can hold.

    What any disc of ``least`` or more holds, points without a price too, one of them holds. Return
    how many there are; one more than there is room for where there is too little.
    """
    runs = np.empty((9, 2), np.int64)
    angle, change = np.empty(256), np.empty(256)
    found = 0
    for i in range(len(price)):
        if upper[i] < least:
            continue
        always, used, angle, change = _arcs(i, -1.0, points, price, radius, runs, angle, change)
        order = np.argsort(angle[:used])
        weight = always
        # A disc holds most just before something leaves it.
        for k in range(-1, used):
            where = -math.pi
            if k >= 0:
                event = order[k]
                weight += change[event]
                if event % 2 == 1:
                    continue
                where = angle[event]
            if weight >= least and (k + 1 == used or order[k + 1] % 2 == 1):
                if found == len(point):
                    return found + 1
                point[found], azimuth[found] = i, where
                found += 1
    return found


@njit(cache=True, nogil=True)
def within(place: Array, points: Points, radius: float) -> Array:
    """Return the points whose chord to a place is at most the radius."""
    xyz = points.xyz
    runs = np.empty((9, 2), np.int64)
    found, room = 0, 64
    out = np.empty(room, np.int64)
    for run in range(runs_about(place, points, runs)):
        for j in range(runs[run, 0], runs[run, 1]):
            x, y, z = xyz[j, 0] - place[0], xyz[j, 1] - place[1], xyz[j, 2] - place[2]
            if x * x + y * y + z * z <= radius * radius:
                if found == room:
                    room *= 2
                    longer = np.empty(room, np.int64)
                    longer[:found] = out
                    out = longer
                out[found] = j
                found += 1
    return out[:found]


@njit(cache=True, nogil=True)
def smallest_circle(x: Array, y: Array) -> tuple[float, float]:
    """Return the middle of the smallest circle that holds some points of a plane (Welzl 1991)."""
    count = len(x)
    cx, cy, square = x[0], y[0], 0.0
    near = 1.0 + 1e-12
    for i in range(1, count):
        if (x[i] - cx) ** 2 + (y[i] - cy) ** 2 <= square * near:
            continue
        cx, cy, square = x[i], y[i], 0.0
        for j in range(i):
            if (x[j] - cx) ** 2 + (y[j] - cy) ** 2 <= square * near:
                continue
            cx, cy = 0.5 * (x[i] + x[j]), 0.5 * (y[i] + y[j])
            square = (x[i] - cx) ** 2 + (y[i] - cy) ** 2
            for k in range(j):
                if (x[k] - cx) ** 2 + (y[k] - cy) ** 2 <= square * near:
                    continue
                bx, by, dx, dy = x[j] - x[i], y[j] - y[i], x[k] - x[i], y[k] - y[i]
                twice = 2.0 * (bx * dy - by * dx)
                if twice == 0.0:  # three points of a line: the outer two have been tried
                    continue
                b, d = bx * bx + by * by, dx * dx + dy * dy
                ux, uy = (dy * b - by * d) / twice, (bx * d - dx * b) / twice
                cx, cy, square = x[i] + ux, y[i] + uy, ux * ux + uy * uy
    return cx, cy


@njit(cache=True, nogil=True)
def level(place: Array, turn: Array, xyz: Array, some: Array) -> tuple[Array, Array]:
    """Return points on a plane about a place of the spheroid, at their chords' length from it."""
    x, y = np.empty(len(some)), np.empty(len(some))
    sin_lon, cos_lon, sin_lat, cos_lat = turn[0], turn[1], turn[2], turn[3]
    for k, j in enumerate(some):
        dx, dy, dz = xyz[j, 0] - place[0], xyz[j, 1] - place[1], xyz[j, 2] - place[2]
        out = cos_lon * dx + sin_lon * dy
        east, north = cos_lon * dy - sin_lon * dx, cos_lat * dz - sin_lat * out
        flat = math.hypot(east, north)
        stretch = math.sqrt(dx * dx + dy * dy + dz * dz) / flat if flat > 0.0 else 1.0
        x[k], y[k] = east * stretch, north * stretch
    return x, y
