"""Demand that is weighed by the hour: one row for every demand point and class of hours.

A site that is open at night covers the night's demand. With a_ij the cover, o_cj = 1 iff site j is
open in class c of hours, and w_ci the demand of point i in class c, the row (c, i) is covered by j
iff a_ij o_cj = 1, and weighs w_ci. All covering models then count hours as they are.
"""

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from geoapp.analysis.siting.checks import checked_cover
from geoapp.core.arrays import FloatArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text


def sliced(cover: Any, open_: ArrayLike, weights: ArrayLike) -> tuple[sp.csr_array, FloatArray]:
    """Return a cover and weights with one row for every class of hours and demand point.

    Parameters
    ----------
    cover
        Relation, shape (n_demand, n_candidate).
    open_
        Whether the site is open, shape (n_class, n_candidate).
    weights
        Demand, from 0 up, shape (n_class, n_demand): such as workers x hours a week.

    Returns
    -------
    cover, weights
        Row c * n_demand + i is demand point i in class c.

    Raises
    ------
    InvalidValueError
        If the shapes do not fit or a weight is not a finite number from 0 up.
    """
    relation = checked_cover(cover, none_too=True)
    demand, sites = relation.shape
    is_open = np.asarray(open_)
    if is_open.ndim != 2 or is_open.shape[1] != sites or is_open.dtype.kind != "b":
        raise InvalidValueError(
            "open_",
            f"{is_open.dtype} {is_open.shape}",
            Text(f"形状为（时段数，{sites}）的真假值", f"true or false, shape (n_class, {sites})"),
        )
    weight = np.asarray(weights, dtype=np.float64)
    if weight.shape != (len(is_open), demand):
        raise InvalidValueError(
            "weights",
            weight.shape,
            Text(f"形状为（{len(is_open)}，{demand}）", f"shape ({len(is_open)}, {demand})"),
        )
    wrong = ~np.isfinite(weight) | (weight < 0)
    if wrong.any():
        raise InvalidValueError(
            "weights", weight[wrong][0], Text("不小于 0 的有限数", "finite numbers from 0 up")
        )
    row = np.repeat(np.arange(demand), np.diff(relation.indptr))
    parts = [is_open_now[relation.indices] for is_open_now in is_open]
    rows = np.concatenate([number * demand + row[part] for number, part in enumerate(parts)])
    columns = np.concatenate([relation.indices[part] for part in parts])
    first = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=weight.size))))
    stacked = sp.csr_array((np.ones(len(columns)), columns, first), shape=(weight.size, sites))
    return stacked, weight.reshape(-1)
