"""Demand points that the same candidates cover are one row: merged exactly, by comparing the sets."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.spheroid import FloatArray, IntArray

_SEED = 20251123


@dataclass(frozen=True, slots=True)
class MergedRows:
    """Rows of a cover without repetition.

    Attributes
    ----------
    cover
        The different rows that are not empty and weigh something, as CSR of ones.
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


def _labels(cover: sp.csr_array, rows: IntArray) -> tuple[IntArray, IntArray]:
    """Return by row a label, equal exactly where the sets are, and one row of each label."""
    size = np.diff(cover.indptr)[rows]
    columns, first = gathered(cover, rows)
    mark = np.random.default_rng(_SEED).integers(0, 2**64, cover.shape[1], dtype=np.uint64)
    key = np.add.reduceat(mark[columns], first[:-1])
    _, example, label = np.unique(key, return_index=True, return_inverse=True)
    # Equal sums are a guess; the sets themselves decide.
    twin = rows[example][label]
    equal = np.diff(cover.indptr)[twin] == size
    theirs, their_first = gathered(cover, twin[equal])
    ours, _ = gathered(cover, rows[equal])
    same = np.ones(len(rows), bool)
    same[~equal] = False
    if len(ours):
        same[equal] = np.logical_and.reduceat(ours == theirs, their_first[:-1])
    if not same.all():
        known: dict[bytes, int] = {}
        for position in np.flatnonzero(~same):
            one = rows[position]
            content = cover.indices[cover.indptr[one] : cover.indptr[one + 1]].tobytes()
            if content not in known:
                known[content] = len(example)
                example = np.append(example, position)
            label[position] = known[content]
    return label, rows[example]


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
    rows = np.flatnonzero((np.diff(cover.indptr) > 0) & (weights > 0))
    row_of = np.full(cover.shape[0], -1, np.int64)
    if not len(rows):
        return MergedRows(sp.csr_array((0, cover.shape[1])), np.empty(0), row_of)
    label, example = _labels(cover, rows)
    row_of[rows] = label
    columns, first = gathered(cover, example)
    return MergedRows(
        sp.csr_array((np.ones(len(columns)), columns, first), shape=(len(example), cover.shape[1])),
        np.bincount(label, weights[rows], len(example)).astype(np.float64),
        row_of,
    )
