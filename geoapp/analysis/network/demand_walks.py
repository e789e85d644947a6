"""The two nearest facilities of very many demand points by walk: network where it reaches, else estimate.

A walk is by the network where both ends are on it (`Snap.ON`); every other pair is estimated, as
the straight line times the detour factor: the one measured on the network around it, else the usual.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoapp.analysis.nearest.bulk import Cancelled, Progress, raise_if, two_nearest
from geoapp.analysis.nearest.index import FacilityIndex
from geoapp.analysis.network.detour import local_factor
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.search import FAR, nearest_of_all
from geoapp.analysis.network.snapping import Snap, snap
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.walking import WalkingEstimate


@dataclass(frozen=True, slots=True)
class NearestWalks:
    """For each of n points the nearest and the second-nearest facility by walk.

    Attributes
    ----------
    positions
        Shape (n, 2); -1 where there is none.
    walk_m
        Shape (n, 2), metres; inf where there is none.
    by_network
        Shape (n, 2): whether that walk is on the network.
    state
        How each point stands to the network, `Snap`, shape (n,).
    """

    positions: IntArray
    walk_m: FloatArray
    by_network: BoolArray
    state: NDArray[np.uint8]


def two_nearest_by_walk(
    network: WalkingNetwork,
    index: FacilityIndex,
    lon: FloatArray,
    lat: FloatArray,
    *,
    estimate: WalkingEstimate,
    mask: BoolArray | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> NearestWalks:
    """Find them, exactly, in one pass over the network and one search by line.

    Parameters
    ----------
    index
        The facilities; an area stands where its point is.
    lon, lat
        The demand points, decimal degrees, EPSG:4326.
    mask
        By facility position, which ones count; None = all.
    """

    def tell(share: float) -> None:
        raise_if(cancelled)
        if progress is not None:
            progress(share)

    counts = index.alive if mask is None else index.alive & mask
    facilities = snap(network, index.lon, index.lat)
    on = counts & (facilities.state == Snap.ON)
    asked = snap(network, lon, lat)
    tell(0.3)
    walk_dm, owner = nearest_of_all(
        network, facilities.only(on), asked.only(asked.state == Snap.ON), most=2
    )
    tell(0.6)
    count = len(lon)
    positions = np.full((count, 2), -1, np.int64)
    walk_m = np.full((count, 2), np.inf)
    known = walk_dm < FAR
    positions[known], walk_m[known] = owner[known], walk_dm[known] / 10
    by_network = known.copy()
    stands = asked.state == Snap.ON
    # From the network, only facilities beside it are estimated; from elsewhere all are.
    for some, among in ((stands, counts & ~on), (~stands, counts)):
        if some.any() and among.any():
            where = np.flatnonzero(some)
            line = two_nearest(index, lon[where], lat[where], mask=among, cancelled=cancelled)
            factor = local_factor(network, lon[where], lat[where], estimate)
            line_m = line.line_m * factor[:, np.newaxis]
            _merge(positions, walk_m, by_network, where, line.positions, line_m)
    tell(1.0)
    return NearestWalks(positions, walk_m, by_network, asked.state)


def _merge(
    positions: IntArray,
    walk_m: FloatArray,
    by_network: BoolArray,
    where: IntArray,
    other: IntArray,
    other_m: FloatArray,
) -> None:
    """Put estimated pairs among those found on the network, in place; the two nearest stay."""
    all_m = np.concatenate([walk_m[where], np.where(other >= 0, other_m, np.inf)], axis=1)
    all_of = np.concatenate([positions[where], other], axis=1)
    network = np.concatenate([by_network[where], np.zeros(other.shape, np.bool_)], axis=1)
    order = np.argsort(all_m, axis=1, kind="stable")[:, :2]
    positions[where] = np.take_along_axis(all_of, order, axis=1)
    walk_m[where] = np.take_along_axis(all_m, order, axis=1)
    by_network[where] = np.take_along_axis(network, order, axis=1)
