"""The compiled inner loops of wide bands around ways: which ways lie inside of the bands of others."""

import math

import numpy as np
from numba import njit

from geoapp.analysis.network.kernels.search import Array


@njit(cache=True, nogil=True, inline="always")
def _square_to(x: float, y: float, ax: float, ay: float, dx: float, dy: float) -> float:
    """Return the square of the distance from a point to a segment."""
    square = dx * dx + dy * dy
    share = 0.0
    if square > 0.0:
        share = min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) / square))
    return (x - ax - share * dx) ** 2 + (y - ay - share * dy) ** 2


@njit(cache=True, nogil=True)
def full_cells(
    start: Array,
    end: Array,
    inner_m: float,
    west: float,
    south: float,
    cell_m: float,
    columns: int,
    rows: int,
) -> Array:
    """Return which square cells lie whole within ``inner_m`` of one segment, shape (rows, columns)."""
    full = np.zeros((rows, columns), np.bool_)
    reach = inner_m - cell_m * math.sqrt(0.5)
    for one in range(len(start)):
        ax, ay = start[one, 0], start[one, 1]
        dx, dy = end[one, 0] - ax, end[one, 1] - ay
        left = max(0, int((min(ax, ax + dx) - reach - west) / cell_m))
        right = min(columns - 1, int((max(ax, ax + dx) + reach - west) / cell_m))
        low = max(0, int((min(ay, ay + dy) - reach - south) / cell_m))
        high = min(rows - 1, int((max(ay, ay + dy) + reach - south) / cell_m))
        for row in range(low, high + 1):
            y = south + (row + 0.5) * cell_m
            for column in range(left, right + 1):
                if full[row, column]:
                    continue
                x = west + (column + 0.5) * cell_m
                full[row, column] = _square_to(x, y, ax, ay, dx, dy) <= reach * reach
    return full


@njit(cache=True, nogil=True)
def beside_gaps(
    start: Array,
    end: Array,
    full: Array,
    outer_m: float,
    west: float,
    south: float,
    cell_m: float,
) -> Array:
    """Return which segments come within ``outer_m`` of a cell that is not full."""
    rows, columns = full.shape
    found = np.zeros(len(start), np.bool_)
    reach = outer_m + cell_m * math.sqrt(0.5)
    for one in range(len(start)):
        ax, ay = start[one, 0], start[one, 1]
        dx, dy = end[one, 0] - ax, end[one, 1] - ay
        left = int((min(ax, ax + dx) - reach - west) / cell_m)
        right = int((max(ax, ax + dx) + reach - west) / cell_m)
        low = int((min(ay, ay + dy) - reach - south) / cell_m)
        high = int((max(ay, ay + dy) + reach - south) / cell_m)
        if left < 0 or low < 0 or right >= columns or high >= rows:
            found[one] = True
            continue
        for row in range(low, high + 1):
            y = south + (row + 0.5) * cell_m
            for column in range(left, right + 1):
                if full[row, column]:
                    continue
                x = west + (column + 0.5) * cell_m
                if _square_to(x, y, ax, ay, dx, dy) <= reach * reach:
                    found[one] = True
                    break
            if found[one]:
                break
    return found


@njit(cache=True, nogil=True)
def edges_between(edge_start: Array, edge_end: Array, low: Array, high: Array) -> Array:
    """Return the edges between pairs of nodes; edges are ordered by start and end."""
    found = np.empty(len(low), np.int64)
    for one in range(len(low)):
        begin, last = 0, len(edge_start)
        while begin < last:  # halves what is left
            middle = (begin + last) // 2
            if edge_start[middle] < low[one] or (
                edge_start[middle] == low[one] and edge_end[middle] < high[one]
            ):
                begin = middle + 1
            else:
                last = middle
        found[one] = begin
    return found
