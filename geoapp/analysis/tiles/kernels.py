"""The compiled inner loops that write points as features of a Mapbox Vector Tile (version 2.1)."""

from typing import Any

import numpy as np
from numba import njit

from geoapp.core.arrays import Array

# The most bytes that a whole number below 2**31 takes.
_MOST_VARINT = 5


@njit(cache=True, nogil=True, inline="always")
def _varint(out: Array, at: int, value: int) -> int:
    """Write a whole number, seven bits to a byte; returns where the next one goes."""
    while value > 127:
        out[at] = (value & 127) | 128
        value >>= 7
        at += 1
    out[at] = value
    return at + 1


@njit(cache=True, nogil=True)
def features(x: Array, y: Array, codes: Array) -> Any:
    """Return points as features, and the values that they name, in the order of their first use.

    Parameters
    ----------
    x, y
        In steps of the tile, shape (n,); none below 0.
    codes
        Of each point's values by key, shape (n, keys); -1 where it has none.

    Returns
    -------
    tuple
        The bytes, each feature with its field's head, and the codes, which tags number from 0.
    """
    count, keys = codes.shape
    # Where in the list of values a code stands: a table twice as large as what may come into it.
    size = 16
    while size < 2 * count * keys:
        size *= 2
    table = np.full(size, -1, np.int32)
    listed = np.empty(count * keys, np.int64)
    values = 0
    tags = np.empty(keys * (1 + _MOST_VARINT) + keys, np.uint8)
    out = np.empty(count * (len(tags) + 32), np.uint8)
    at = 0
    for one in range(count):
        length = 0
        for key in range(keys):
            code = codes[one, key]
            if code < 0:
                continue
            slot = (code * 2654435761) & (size - 1)
            while table[slot] >= 0 and listed[table[slot]] != code:
                slot = (slot + 1) & (size - 1)
            if table[slot] < 0:
                table[slot] = values
                listed[values] = code
                values += 1
            length = _varint(tags, length, key)
            length = _varint(tags, length, table[slot])
        # MoveTo once, then the way from the corner, doubled as for signed numbers.
        right, down = 2 * x[one], 2 * y[one]
        shape = 1 + (1 if right < 128 else 2 if right < 16384 else 3)
        shape += 1 if down < 128 else 2 if down < 16384 else 3
        head = 1 + (1 if length < 128 else 2 if length < 16384 else 3) if length else 0
        out[at] = 0x12  # a feature of the layer
        at = _varint(out, at + 1, head + length + 4 + shape)
        if length:
            out[at] = 0x12
            at = _varint(out, at + 1, length)
            out[at : at + length] = tags[:length]
            at += length
        out[at], out[at + 1] = 0x18, 1  # a point
        out[at + 2], out[at + 3] = 0x22, shape
        out[at + 4] = 9
        at = _varint(out, at + 5, right)
        at = _varint(out, at, down)
    return out[:at], listed[:values]


@njit(cache=True, nogil=True)
def pick(pool: Array, starts: Array, codes: Array) -> Array:
    """Return the bytes of some entries of a pool one after the other; an entry ends where the next begins."""
    total = 0
    for code in codes:
        total += starts[code + 1] - starts[code]
    out = np.empty(total, np.uint8)
    at = 0
    for code in codes:
        first, end = starts[code], starts[code + 1]
        out[at : at + end - first] = pool[first:end]
        at += end - first
    return out
