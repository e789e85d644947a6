"""Inputs of the siting models, checked once; a wrong one is refused with what is accepted."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

Sites = ArrayLike | Sequence[int]


def checked_cover(cover: Any, *, none_too: bool = False) -> sp.csr_array:
    """Return a cover relation as canonical CSR of ones; stored zeros do not cover.

    Parameters
    ----------
    cover
        Relation, shape (n_demand, n_candidate).
    none_too
        Whether there may be no candidate (or station) at all.
    """
    matrix = sp.csr_array(cover)
    if matrix.ndim != 2:
        raise InvalidValueError(
            "cover",
            matrix.shape,
            Text("形状为（需求点数，候选点数）的矩阵", "a matrix (demand points, candidates)"),
        )
    if matrix.shape[1] == 0 and not none_too:
        raise InvalidValueError(
            "cover", matrix.shape, Text("至少有一个候选点", "at least one candidate")
        )
    if matrix.data.dtype.kind == "f" and np.isnan(matrix.data).any():
        raise InvalidValueError("cover", "nan", Text("不含 NaN 的矩阵", "a matrix without NaN"))
    matrix = sp.csr_array(
        (matrix.data != 0, matrix.indices.astype(np.int64), matrix.indptr.astype(np.int64)),
        shape=matrix.shape,
    )
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    return sp.csr_array(
        (np.ones(matrix.nnz), matrix.indices, matrix.indptr), shape=matrix.shape, copy=False
    )


def checked_impedance(impedance: Any) -> sp.csr_array:
    """Return impedances as canonical CSR; what is not stored (or inf) is unreachable.

    Dense arrays keep their zeros: a site at the demand point itself is reached at impedance 0. So do
    the stored zeros of a CSR.
    """
    accepted = Text("不小于 0 的数，inf 为不可达", "numbers from 0 up, inf for unreachable")
    if sp.issparse(impedance):
        matrix = sp.csr_array(impedance, dtype=np.float64, copy=True)
        stored = matrix.nnz
        matrix.sum_duplicates()
        if matrix.nnz != stored:
            raise InvalidValueError(
                "impedance",
                stored - matrix.nnz,
                Text("不含重复项的矩阵", "a matrix without repeated entries"),
            )
    else:
        dense = np.asarray(impedance, dtype=np.float64)
        if dense.ndim != 2:
            raise InvalidValueError(
                "impedance", dense.shape, Text("二维矩阵", "an array of two dimensions")
            )
        if np.isnan(dense).any():
            raise InvalidValueError("impedance", "nan", accepted)
        reached = np.isfinite(dense)
        first = np.concatenate(([0], np.cumsum(reached.sum(axis=1))))
        matrix = sp.csr_array((dense[reached], np.nonzero(reached)[1], first), shape=dense.shape)
        if np.isneginf(dense).any():
            raise InvalidValueError("impedance", "-inf", accepted)
    if matrix.shape[1] == 0:
        raise InvalidValueError(
            "impedance", matrix.shape, Text("至少一个候选点", "at least one candidate")
        )
    wrong = np.isnan(matrix.data) | (matrix.data < 0)
    if wrong.any():
        raise InvalidValueError("impedance", matrix.data[wrong][0], accepted)
    if np.isinf(matrix.data).any():
        coordinates = matrix.tocoo()
        kept = np.isfinite(coordinates.data)
        rows, columns = coordinates.coords
        first = np.concatenate(([0], np.cumsum(np.bincount(rows[kept], minlength=matrix.shape[0]))))
        matrix = sp.csr_array((coordinates.data[kept], columns[kept], first), shape=matrix.shape)
    return sp.csr_array(
        (matrix.data, matrix.indices.astype(np.int64), matrix.indptr.astype(np.int64)),
        shape=matrix.shape,
    )


def checked_numbers(name: str, values: ArrayLike | None, count: int) -> FloatArray:
    """Return ``count`` finite numbers from 0 up; None is one each."""
    if values is None:
        return np.ones(count)
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (count,):
        raise InvalidValueError(
            name, array.shape, Text(f"{count} 个数", f"{count} numbers in one dimension")
        )
    wrong = ~np.isfinite(array) | (array < 0)
    if wrong.any():
        raise InvalidValueError(
            name, array[wrong][0], Text("不小于 0 的有限数", "finite numbers from 0 up")
        )
    return array


def checked_sites(name: str, sites: Sites, candidates: int) -> IntArray:
    """Return positions of candidates, each once, in the order given."""
    array = np.atleast_1d(np.asarray(sites))
    if array.size == 0:
        return np.empty(0, np.int64)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise InvalidValueError(
            name,
            array.dtype,
            Text("候选点序号（整数）", "positions of candidates (whole numbers)"),
        )
    wrong = (array < 0) | (array >= candidates)
    if wrong.any():
        raise InvalidValueError(
            name, array[wrong][0], Text(f"0 至 {candidates - 1}", f"0 to {candidates - 1}")
        )
    _, first = np.unique(array, return_index=True)
    return array[np.sort(first)].astype(np.int64)


def checked_both(fixed: Sites, forbidden: Sites, candidates: int) -> tuple[IntArray, BoolArray]:
    """Return the fixed positions and a mask of the candidates that may be opened or are fixed."""
    kept = checked_sites("fixed", fixed, candidates)
    banned = checked_sites("forbidden", forbidden, candidates)
    both = np.intersect1d(kept, banned)
    if both.size:
        raise InvalidValueError(
            "forbidden", both[0], Text("不在 fixed 中的候选点", "candidates that are not fixed")
        )
    allowed = np.ones(candidates, bool)
    allowed[banned] = False
    return kept, allowed


def checked_some(allowed: BoolArray) -> None:
    """Refuse that every candidate is forbidden."""
    if not allowed.any():
        raise InvalidValueError(
            "forbidden",
            len(allowed),
            Text(
                "至少留下一个候选点：现在全部候选点都被禁止",
                "at least one candidate left: all of them are forbidden now",
            ),
        )


def checked_p(p: Any, allowed: BoolArray) -> int:
    """Return the number of sites; from 1 to the number of candidates that are not forbidden."""
    most = int(allowed.sum())
    checked_some(allowed)
    if isinstance(p, bool) or not isinstance(p, int | np.integer) or not 1 <= p <= most:
        raise InvalidValueError(
            "p",
            p,
            Text(
                f"1 至 {most} 的整数（未被禁止的候选点数）",
                f"a whole number from 1 to {most}, the candidates that are not forbidden",
            ),
        )
    return int(p)


def checked_share(name: str, value: float, least: float = 0.0, most: float = 1.0) -> float:
    """Return a number within closed limits."""
    if not math.isfinite(value) or not least <= value <= most:
        raise InvalidValueError(
            name, value, Text(f"{least:g} 至 {most:g}", f"{least:g} to {most:g}")
        )
    return float(value)
