"""A k-d tree over points in space whose searches are compiled, and take a filter along.

scipy's tree answers one question at a time almost as fast, but knows no filter: a caller must fetch
more than wanted and throw away. Here what does not count is passed over while searching.

The tree is complete: a node's points are halved at the median of their widest axis until at most
`_LEAF` are left, so that the ranges follow from the number of points and only axis and cut are kept.
"""

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geoapp.core.arrays import BoolArray, FloatArray, IntArray

_LEAF: Final = 8
EVERYBODY: Final = np.empty(0, dtype=np.bool_)

Array = NDArray[Any]
XYZ = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class PointTree:
    """Points in space, ready to be searched; safe to share between threads.

    Attributes
    ----------
    xyz
        The points, in the order of the tree, metres; shape (n, 3).
    positions
        By order of the tree: what filters know the point by, int64.
    number
        By order of the tree: which of the points given it is, int64.
    """

    xyz: FloatArray
    positions: IntArray
    number: IntArray
    _axis: NDArray[np.int8]
    _cut: FloatArray

    @classmethod
    def build(cls, xyz: FloatArray, positions: IntArray) -> Self:
        """Put n points (metres, shape (n, 3)) into a tree; ``positions`` is what filters know."""
        number, axis, cut = _arranged(np.ascontiguousarray(xyz))
        return cls(xyz[number], positions[number], number, axis, cut)

    def nearest(
        self, at: XYZ, *, k: int, reach_m: float, allowed: BoolArray
    ) -> tuple[IntArray, FloatArray]:
        """Return the k nearest points that count, by number, and their chords, nearest first.

        Parameters
        ----------
        at
            The asking point, metres.
        reach_m
            Longest chord, inclusive; may be infinite.
        allowed
            By position, which count; `EVERYBODY` for all.
        """
        return _nearest(
            self.xyz, self.positions, self.number, self._axis, self._cut, *at, k, reach_m, allowed
        )

    def within(self, at: XYZ, *, reach_m: float, allowed: BoolArray) -> tuple[IntArray, FloatArray]:
        """Return all points that count within a chord, by number, and their chords, unordered."""
        return _within(
            self.xyz, self.positions, self.number, self._axis, self._cut, *at, reach_m, allowed
        )


@njit(cache=True, nogil=True)
def _arranged(xyz: Array) -> tuple[Array, Array, Array]:
    """Return the points' numbers in the order of the tree, and each node's axis and cut."""
    count = len(xyz)
    number = np.arange(count)
    nodes, longest = 0, count
    while longest > _LEAF:
        nodes, longest = 2 * nodes + 1, (longest + 1) // 2
    axis, cut = np.zeros(nodes, np.int8), np.zeros(nodes)
    first = np.zeros(nodes + 1, np.int64)
    last = np.zeros(nodes + 1, np.int64)
    last[0] = count
    for node in range(nodes):
        low, high = first[node], last[node]
        middle = (low + high) // 2
        some = number[low:high].copy()
        widest = -1.0
        for one in range(3):
            values = xyz[some, one]
            extent = values.max() - values.min()
            if extent > widest:
                widest, axis[node] = extent, one
        values = xyz[some, axis[node]]
        number[low:high] = some[np.argpartition(values, middle - low)]
        cut[node] = xyz[number[middle], axis[node]]
        for side in range(2):
            child = 2 * node + 1 + side
            if child < nodes:
                first[child], last[child] = (low, middle) if side == 0 else (middle, high)
    return number, axis, cut


@njit(cache=True, nogil=True, inline="always")
def _push(stack: Array, size: int, node: int, low: int, high: int) -> int:
    stack[size, 0], stack[size, 1], stack[size, 2] = node, low, high
    return size + 1


@njit(cache=True)  # over in microseconds: handing the interpreter's lock over would cost more
def _nearest(
    xyz: Array,
    positions: Array,
    number: Array,
    axis: Array,
    cut: Array,
    x: float,
    y: float,
    z: float,
    k: int,
    reach_m: float,
    allowed: Array,
) -> tuple[Array, Array]:
    """Walk from the root to the nearer half first; a half that cannot compete is left out.

    Beside each half waiting stand its least offsets from the asking point along the three axes.
    """
    at = (x, y, z)
    nodes, everybody = len(axis), len(allowed) == 0
    found = np.empty(k, np.int64)
    square = np.empty(k)
    held, limit = 0, reach_m * reach_m
    stack, offset = np.empty((64, 3), np.int64), np.zeros((64, 3))
    size = _push(stack, 0, 0, 0, len(xyz))
    while size > 0:
        size -= 1
        ox, oy, oz = offset[size, 0], offset[size, 1], offset[size, 2]
        if ox * ox + oy * oy + oz * oz > limit:
            continue
        node, low, high = stack[size, 0], stack[size, 1], stack[size, 2]
        while node < nodes:
            middle = (low + high) // 2
            way = at[axis[node]] - cut[node]
            offset[size, 0], offset[size, 1], offset[size, 2] = ox, oy, oz
            offset[size, axis[node]] = way
            if way < 0.0:
                size = _push(stack, size, 2 * node + 2, middle, high)
                node, high = 2 * node + 1, middle
            else:
                size = _push(stack, size, 2 * node + 1, low, middle)
                node, low = 2 * node + 2, middle
        for one in range(low, high):
            dx, dy, dz = xyz[one, 0] - x, xyz[one, 1] - y, xyz[one, 2] - z
            away = dx * dx + dy * dy + dz * dz
            if away > limit or not (everybody or allowed[positions[one]]):
                continue
            if held < k:
                held += 1
            elif away >= limit:
                continue
            place = held - 1
            while place > 0 and square[place - 1] > away:
                square[place], found[place] = square[place - 1], found[place - 1]
                place -= 1
            square[place], found[place] = away, number[one]
            if held == k:
                limit = square[k - 1]
    return found[:held], np.sqrt(square[:held])


@njit(cache=True, nogil=True)
def _within(
    xyz: Array,
    positions: Array,
    number: Array,
    axis: Array,
    cut: Array,
    x: float,
    y: float,
    z: float,
    reach_m: float,
    allowed: Array,
) -> tuple[Array, Array]:
    at = (x, y, z)
    nodes, everybody = len(axis), len(allowed) == 0
    found, square = np.empty(64, np.int64), np.empty(64)
    held, limit = 0, reach_m * reach_m
    stack = np.empty((64, 3), np.int64)
    size = _push(stack, 0, 0, 0, len(xyz))
    while size > 0:
        size -= 1
        node, low, high = stack[size, 0], stack[size, 1], stack[size, 2]
        if node < nodes:
            middle = (low + high) // 2
            way = at[axis[node]] - cut[node]
            if way <= reach_m:
                size = _push(stack, size, 2 * node + 1, low, middle)
            if way >= -reach_m:
                size = _push(stack, size, 2 * node + 2, middle, high)
            continue
        for one in range(low, high):
            dx, dy, dz = xyz[one, 0] - x, xyz[one, 1] - y, xyz[one, 2] - z
            away = dx * dx + dy * dy + dz * dz
            if away > limit or not (everybody or allowed[positions[one]]):
                continue
            if held == len(found):
                found = np.concatenate((found, np.empty(held, np.int64)))
                square = np.concatenate((square, np.empty(held)))
            found[held], square[held] = number[one], away
            held += 1
    return found[:held], np.sqrt(square[:held])
