"""The walks that p-median and p-center are about, and what becomes of them with new sites."""

import numpy as np
import scipy.sparse as sp

from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.results.siting import SitingWalks
from geoapp.operations.siting.inputs import SitingInputs


def impedances(inputs: SitingInputs) -> sp.csr_array:
    """Return the walks to candidates that are shorter than the walk to any facility.

    Returns
    -------
    walks
        Metres, CSR of shape (demand, candidates); what is not stored serves nobody better than
        what stands, or cannot be reached.

    Raises
    ------
    InvalidValueError
        If there are more pairs than memory should hold.
    """
    lon, lat = inputs.candidates.lon, inputs.candidates.lat
    counted = inputs.weight > 0
    closer_m = np.where(counted, inputs.existing_m, 0.0)
    served = counted & np.isfinite(closer_m)
    longest_m = float(closer_m[served].max(initial=0.0))
    # Nobody served walks farther than that. Who is served by nothing is on a part of the network
    # without a facility (or there is none at all): from there, and from beside the network, one
    # must look as far as it takes.
    beyond = np.zeros(len(lon), np.bool_)
    if (counted & ~served).any():
        lost = counted & ~served
        parts = inputs.walks.parts_of(inputs.demand.lon[lost], inputs.demand.lat[lost])
        beyond = np.isin(inputs.walks.parts_of(lon, lat), np.union1d(parts, -1))
    near, far = np.flatnonzero(~beyond), np.flatnonzero(beyond)
    blocks = [
        inputs.walks.within(lon[some], lat[some], limit_m=limit_m, closer_than_m=closer_m)
        for some, limit_m in ((near, longest_m), (far, None))
    ]
    order = np.argsort(np.concatenate((near, far)), kind="stable")
    return _columns(sp.hstack(blocks, format="csr"), order)


def _columns(matrix: sp.csr_array, order: IntArray) -> sp.csr_array:
    """Return a CSR with its columns in another order, its stored zeros with them."""
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    moved = sp.csr_array((matrix.data, place[matrix.indices], matrix.indptr), shape=matrix.shape)
    moved.sort_indices()
    return moved


def kept_rows(matrix: sp.csr_array, mask: BoolArray) -> sp.csr_array:
    """Return some rows of a CSR, its stored zeros with them."""
    rows = np.flatnonzero(mask)
    sizes = np.diff(matrix.indptr)[rows]
    first = np.concatenate(([0], np.cumsum(sizes)))
    held = np.repeat(matrix.indptr[rows] - first[:-1], sizes) + np.arange(first[-1])
    return sp.csr_array(
        (matrix.data[held], matrix.indices[held], first), shape=(len(rows), matrix.shape[1])
    )


def walk_figures(inputs: SitingInputs, chosen: IntArray) -> SitingWalks:
    """Return the mean and the longest walk to the nearest site, before and after, of all reached.

    Figures before are of those whom a facility serves; None where it serves nobody.
    """
    walks = inputs.walks.within(
        inputs.candidates.lon[chosen],
        inputs.candidates.lat[chosen],
        limit_m=None,
        closer_than_m=np.where(inputs.weight > 0, inputs.existing_m, 0.0),
    )
    row = np.repeat(np.arange(walks.shape[0]), np.diff(walks.indptr))
    after_m = inputs.existing_m.copy()
    np.minimum.at(after_m, row, walks.data)
    before = _mean_and_longest(inputs.existing_m, inputs.weight)
    after = _mean_and_longest(after_m, inputs.weight)
    return SitingWalks(
        walk_mean_before_m=before[0],
        walk_longest_before_m=before[1],
        walk_mean_after_m=after[0],
        walk_longest_after_m=after[1],
    )


def _mean_and_longest(walk_m: FloatArray, weight: FloatArray) -> tuple[float | None, float | None]:
    counted = (weight > 0) & np.isfinite(walk_m)
    if not counted.any():
        return None, None
    own = weight[counted]
    return float(own @ walk_m[counted] / own.sum()), float(walk_m[counted].max())
