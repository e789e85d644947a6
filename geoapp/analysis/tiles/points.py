"""Points with their values, held so that any tile of them is a slice, written in a few hundred microseconds.

They lie in the order of a curve through the squares of all zooms (Morton 1966): what a tile, or a cell
in which it gathers, holds stands side by side. Values are held once each, as they stand in a tile.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from struct import pack
from typing import Any, Final

import numpy as np

from geoapp.analysis.tiles.kernels import features, pick
from geoapp.core.arrays import Array, FloatArray, IntArray
from geoapp.core.tiles import EXTENT, HALF_M, Tile

# Squares of the world on each side, at the finest that points are put in order by.
_BITS: Final = 23
# How many texts are remembered while points are read; what comes again later is held twice.
_MOST_REMEMBERED: Final = 50_000
_VERSION: Final = b"\x78\x02"


@dataclass(frozen=True, slots=True)
class WrittenTile:
    """A tile's bytes, and how many features it holds."""

    body: bytes
    features: int


class ValuePool:
    """Values of points, each as a tile's layer lists it; they are known by numbers from 0."""

    def __init__(self) -> None:
        self._texts: dict[str, int] = {}
        self._others: dict[Hashable, int] = {}
        self._bytes = bytearray()
        self._starts = [0]

    def code(self, value: str | bool | int | float | None) -> int:
        """Return the number of a value; -1 for what is unknown."""
        if value is None:
            return -1
        if not isinstance(value, str):
            key = (type(value), value)
            found = self._others.get(key)
            if found is None:
                found = self._others[key] = self._add(value)
            return found
        found = self._texts.get(value)
        if found is None:
            if len(self._texts) >= _MOST_REMEMBERED:
                self._texts.clear()
            found = self._texts[value] = self._add(value)
        return found

    def _add(self, value: str | bool | int | float) -> int:
        self._bytes += _field(0x22, _value(value))
        self._starts.append(len(self._bytes))
        return len(self._starts) - 2

    def arrays(self) -> tuple[Array, IntArray]:
        """Return the bytes of all, uint8, and where each begins, with the end of the last, int64."""
        return np.frombuffer(bytes(self._bytes), np.uint8), np.array(self._starts, np.int64)


class TilePoints:
    """Points of one layer, read for good.

    Parameters
    ----------
    name
        What the layer is called in its tiles.
    columns
        The names of the values, among them ``id``, ``name_zh``, ``name_en``, ``is_sample`` and ``look``
        where the layer has them.
    rows
        Of each point x and y (EPSG:3857) and then its values in the order of the columns.
    """

    def __init__(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        pool = ValuePool()
        self._truths = (pool.code(False), pool.code(True))
        one = pool.code(1)
        code = pool.code
        xs: list[float] = []
        ys: list[float] = []
        coded = _Rows(len(columns) + 1)
        for x, y, *values in rows:
            xs.append(x)
            ys.append(y)
            coded.add([*map(code, values), one])
        x, y = np.array(xs), np.array(ys)
        keys = _curve(x, y)
        order = np.argsort(keys, kind="stable")
        self._name: Final = name
        self._columns: Final = (*columns, "count")
        self._keys: Final = keys[order]
        self._x: Final = x[order]
        self._y: Final = y[order]
        self._codes: Final = coded.array()[order]
        self._pool, self._starts = pool.arrays()

    @property
    def size(self) -> int:
        """How much they take up, in bytes."""
        held = (self._keys, self._x, self._y, self._codes, self._pool, self._starts)
        return sum(one.nbytes for one in held)

    def count(self, tile: Tile) -> int:
        """Return how many points lie in a tile, on its northern and western borders and not on the others."""
        first, end = self._within(tile)
        return end - first

    def singly(self, tile: Tile, columns: Sequence[str]) -> WrittenTile:
        """Return a tile with each of its points, with some of its values and the count of 1."""
        first, end = self._within(tile)
        chosen = [self._columns.index(name) for name in (*columns, "count")]
        right, down = _steps(tile, self._x[first:end], self._y[first:end])
        codes = np.ascontiguousarray(self._codes[first:end, chosen])
        return self._written((*columns, "count"), right, down, codes, [])

    def gathered(self, tile: Tile, cells: int) -> WrittenTile:
        """Return a tile with one feature for each cell that holds points, in the middle of these.

        It says how many they are; of one alone its id and names, of more what all of them share.

        Parameters
        ----------
        cells
            How many on each side, a power of two; no finer than what points are put in order by.
        """
        first, end = self._within(tile)
        finer = 2 * (_BITS - tile.zoom - (cells.bit_length() - 1))
        cell = self._keys[first:end] >> finer
        starts = (
            np.flatnonzero(np.r_[True, cell[1:] != cell[:-1]])
            if end > first
            else np.empty(0, np.int64)
        )
        if not len(starts):
            return WrittenTile(b"", 0)
        counts = np.diff(np.r_[starts, end - first])
        right, down = _steps(
            tile,
            np.add.reduceat(self._x[first:end], starts) / counts,
            np.add.reduceat(self._y[first:end], starts) / counts,
        )
        names = [
            one for one in ("id", "name_zh", "name_en", "is_sample", "look") if one in self._columns
        ]
        codes = np.full((len(starts), len(names) + 1), -1, np.int32)
        for place, name in enumerate(names):
            column = self._codes[first:end, self._columns.index(name)]
            if name == "is_sample":
                every = np.minimum.reduceat((column == self._truths[1]).astype(np.int32), starts)
                codes[:, place] = np.take(self._truths, every)
                continue
            here = column[starts]
            if name == "look":
                alike = np.minimum.reduceat(column, starts) == np.maximum.reduceat(column, starts)
            else:
                alike = counts == 1
            codes[:, place] = np.where(alike, here, -1)
        # Counts are values of their own, after those of the pool.
        known, which = np.unique(counts, return_inverse=True)
        codes[:, -1] = len(self._starts) - 1 + which
        more = [_field(0x22, _value(int(one))) for one in known]
        return self._written((*names, "count"), right, down, codes, more)

    def _within(self, tile: Tile) -> tuple[int, int]:
        finer = 2 * (_BITS - tile.zoom)
        key = 0
        for bit in range(tile.zoom):
            key |= ((tile.column >> bit) & 1) << (2 * bit) | ((tile.row >> bit) & 1) << (
                2 * bit + 1
            )
        first = np.searchsorted(self._keys, key << finer)
        return int(first), int(first + np.searchsorted(self._keys[first:], (key + 1) << finer))

    def _written(
        self,
        columns: Sequence[str],
        right: IntArray,
        down: IntArray,
        codes: Array,
        more: list[bytes],
    ) -> WrittenTile:
        if not len(right):
            return WrittenTile(b"", 0)
        written, listed = features(right, down, codes)
        own = len(self._starts) - 1
        parts = [_VERSION, _field(0x0A, self._name.encode()), written.tobytes()]
        parts += [_field(0x1A, name.encode()) for name in columns]
        if more:
            parts += [
                self._picked(code) if code < own else more[code - own] for code in listed.tolist()
            ]
        else:
            parts.append(pick(self._pool, self._starts, listed).tobytes())
        parts.append(b"\x28" + _varint(EXTENT))
        return WrittenTile(_field(0x1A, b"".join(parts)), len(right))

    def _picked(self, code: int) -> bytes:
        return self._pool[self._starts[code] : self._starts[code + 1]].tobytes()


class _Rows:
    """Rows of numbers, in pieces so that they are never held as lists all at once."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._done: list[Array] = []
        self._open: list[list[int]] = []

    def add(self, row: list[int]) -> None:
        self._open.append(row)
        if len(self._open) == 5000:
            self._close()

    def _close(self) -> None:
        self._done.append(np.array(self._open, np.int32).reshape(-1, self._width))
        self._open = []

    def array(self) -> Array:
        self._close()
        return np.concatenate(self._done)


def warm_up() -> None:
    """Compile the loops, if they are not yet: what is compiled is kept beside the source."""
    points = TilePoints("warm-up", ("id",), [(0.0, 0.0, "A")])
    points.singly(Tile(0, 0, 0), ("id",))
    points.gathered(Tile(0, 0, 0), 1)


def _curve(x: FloatArray, y: FloatArray) -> IntArray:
    """Return where places (EPSG:3857) stand along the curve; the far borders of the world are within."""
    side = 2 * HALF_M / 2**_BITS
    last = 2**_BITS - 1
    column = np.clip(np.floor((x + HALF_M) / side), 0, last).astype(np.int64)
    row = np.clip(np.floor((HALF_M - y) / side), 0, last).astype(np.int64)
    found = np.zeros(len(column), np.int64)
    for bit in range(_BITS):
        found |= ((column >> bit) & 1) << (2 * bit)
        found |= ((row >> bit) & 1) << (2 * bit + 1)
    return found


def _steps(tile: Tile, x: FloatArray, y: FloatArray) -> tuple[IntArray, IntArray]:
    """Return places as whole steps from a tile's north-western corner."""
    west, north = tile.column * tile.size_m - HALF_M, HALF_M - tile.row * tile.size_m
    step = tile.size_m / EXTENT
    right = np.clip(np.rint((x - west) / step), 0, EXTENT).astype(np.int64)
    down = np.clip(np.rint((north - y) / step), 0, EXTENT).astype(np.int64)
    return right, down


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append((value & 127) | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def _field(head: int, body: bytes) -> bytes:
    return bytes((head,)) + _varint(len(body)) + body


def _value(value: str | bool | int | float) -> bytes:
    """Return a value as the format has it: text, truth, whole number or 64-bit float."""
    if isinstance(value, bool):
        return b"\x38" + bytes((value,))
    if isinstance(value, str):
        return _field(0x0A, value.encode())
    if isinstance(value, int):
        return b"\x28" + _varint(value) if value >= 0 else b"\x30" + _varint(-2 * value - 1)
    return b"\x19" + pack("<d", value)
