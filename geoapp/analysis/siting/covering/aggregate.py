"""Demand points that the same candidates cover are one row: merged exactly, by comparing the sets."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numba import njit

from geoapp.core.arrays import Array, FloatArray, IntArray

_SEED = 20251123


@dataclass(frozen=True, slots=True)
class MergedRows:
    """Rows of a cover without repetition.

    Attributes
    ----------
    cover
        The different rows that are not empty and weigh something, as CSR of ones, in the order in
        which they first appear.
    weights
        By merged row: the sum of the weights of its demand points.
    row_of
        By demand point: its merged row; -1 = covered by none, or without weight.
    """

    cover: sp.csr_array
    weights: FloatArray
    row_of: IntArray


def gathered(cover: sp.csr_array, rows: IntArray) -> tuple[IntArray, IntArray]:
    """Return the columns of some rows one after another, and where each begins."""
    size = np.diff(cover.indptr)[rows]
    first = np.concatenate(([0], np.cumsum(size)))
    offset = np.repeat(cover.indptr[rows] - first[:-1], size)
    return cover.indices[offset + np.arange(first[-1])], first


@njit(cache=True, nogil=True)
def _labelled(
    first: Array,
    column: Array,
    mark: Array,
    counts: Array,
    label: Array,
    example: Array,
) -> int:
    """Give rows that hold the same columns the same number; return how many there are.

    ``counts`` says which rows take part (the others keep their label); ``example`` gets one row of
    each number. Rows are found by the sum of their columns' marks; the sets themselves decide.
    """
    size = 16
    while size < 2 * len(label):
        size *= 2
    table = np.full(size, -1, np.int64)
    sums = np.empty(len(label), np.uint64)
    many = 0
    for row in range(len(label)):
        if not counts[row]:
            continue
        total = np.uint64(0)
        for q in range(first[row], first[row + 1]):
            total += mark[column[q]]
        place = np.int64(total >> np.uint64(1)) & (size - 1)
        while table[place] >= 0:
            known = table[place]
            twin = example[known]
            same = sums[known] == total and (
                first[twin + 1] - first[twin] == first[row + 1] - first[row]
            )
            if same:
                away = first[twin] - first[row]
                for q in range(first[row], first[row + 1]):
                    if column[q] != column[q + away]:
                        same = False
                        break
            if same:
                break
            place = (place + 1) & (size - 1)
        if table[place] < 0:
            table[place] = many
            sums[many] = total
            example[many] = row
            many += 1
        label[row] = table[place]
    return many


def merged(cover: sp.csr_array, weights: FloatArray) -> MergedRows:
    """Merge the demand points that are covered by the same set of candidates.

    Every plan covers all points of a row or none, so the merged problem is the same problem.

    Parameters
    ----------
    cover
        Canonical CSR of ones, shape (n_demand, n_candidate).
    weights
        By demand point.
    """
    counts = (np.diff(cover.indptr) > 0) & (weights > 0)
    row_of = np.full(cover.shape[0], -1, np.int64)
    example = np.empty(cover.shape[0], np.int64)
    if not counts.any():
        return MergedRows(sp.csr_array((0, cover.shape[1])), np.empty(0), row_of)
    mark = np.random.default_rng(_SEED).integers(0, 2**64, cover.shape[1], dtype=np.uint64)
    many = _labelled(
        cover.indptr.astype(np.int64),
        cover.indices.astype(np.int64, copy=False),
        mark,
        counts,
        row_of,
        example,
    )
    columns, first = gathered(cover, example[:many])
    return MergedRows(
        sp.csr_array((np.ones(len(columns)), columns, first), shape=(many, cover.shape[1])),
        np.bincount(row_of[counts], weights[counts], many).astype(np.float64),
        row_of,
    )


def merged_by(cover: sp.csr_array, weights: FloatArray, label: IntArray) -> MergedRows:
    """Merge as ``merged`` does, but only demand points of one label (0 up).

    A column for each label that is no candidate keeps the others apart.
    """
    reached = np.diff(cover.indptr) > 0
    count, labels = cover.shape[0], int(label.max(initial=0)) + 1
    own = sp.csr_array((np.ones(count), (np.arange(count), label)), shape=(count, labels))
    apart = merged(
        sp.csr_array(sp.hstack([cover, own], format="csr")), np.where(reached, weights, 0.0)
    )
    return MergedRows(sp.csr_array(apart.cover[:, : cover.shape[1]]), apart.weights, apart.row_of)
