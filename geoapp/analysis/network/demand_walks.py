"""The two nearest facilities of very many demand points by walk: network where it reaches, else estimate.

A walk is by the network where both ends are on it (`Snap.ON`); every other pair is estimated, as
the straight line times the detour factor: the one measured on the network around it, else the usual.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoapp.analysis.nearest.bulk import Cancelled, Progress, TwoNearest, raise_if, two_nearest
from geoapp.analysis.nearest.index import FacilityIndex
from geoapp.analysis.network.detour import local_factor
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.search import FAR, nearest_of_all
from geoapp.analysis.network.snapping import Snap, snap
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.walking import WalkingEstimate


@dataclass(frozen=True, slots=True)
class NearestWalks:
    """For each of n points the nearest and the second-nearest facility by walk, by nearest place.

    Attributes
    ----------
    positions
        The places, shape (n, 2); -1 where there is none. The two are never of one facility.
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
    facility_of: IntArray | None = None,
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
    facility_of
        As in `two_nearest`.
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
        network,
        facilities.only(on),
        asked.only(asked.state == Snap.ON),
        most=2,
        facility_of=facility_of,
    )
    tell(0.6)
    count = len(lon)
    positions = np.full((count, 2), -1, np.int64)
    walk_m = np.full((count, 2), np.inf)
    known = walk_dm < FAR
    positions[known], walk_m[known] = owner[known], walk_dm[known] / 10
    by_network = known.copy()
    found = NearestWalks(positions, walk_m, by_network, asked.state)
    stands = asked.state == Snap.ON
    # From the network, only facilities beside it are estimated; from elsewhere all are.
    for some, among in ((stands, counts & ~on), (~stands, counts)):
        if some.any() and among.any():
            where = np.flatnonzero(some)
            line = two_nearest(
                index,
                lon[where],
                lat[where],
                mask=among,
                facility_of=facility_of,
                cancelled=cancelled,
            )
            factor = local_factor(network, lon[where], lat[where], estimate)
            line_m = line.line_m * factor[:, np.newaxis]
            _merge(found, where, TwoNearest(line.positions, line_m), facility_of)
    tell(1.0)
    return found


def _merge(
    found: NearestWalks, where: IntArray, estimated: TwoNearest, facility_of: IntArray | None
) -> None:
    """Put estimated walks among those found on the network, in place; the two nearest stay."""
    other, other_m = estimated.positions, estimated.line_m
    all_m = np.concatenate([found.walk_m[where], np.where(other >= 0, other_m, np.inf)], axis=1)
    all_of = np.concatenate([found.positions[where], other], axis=1)
    network = np.concatenate([found.by_network[where], np.zeros(other.shape, np.bool_)], axis=1)
    order = np.argsort(all_m, axis=1, kind="stable")
    if facility_of is not None:
        # A facility may have a place on the network and another beside it: it counts once.
        sorted_of = np.take_along_axis(all_of, order, axis=1)
        whose = np.where(sorted_of >= 0, facility_of[sorted_of], -1)
        again = (whose == whose[:, :1]) & (whose >= 0)
        again[:, 0] = False
        order = np.take_along_axis(order, np.argsort(again, axis=1, kind="stable"), axis=1)
    order = order[:, :2]
    found.positions[where] = np.take_along_axis(all_of, order, axis=1)
    found.walk_m[where] = np.take_along_axis(all_m, order, axis=1)
    found.by_network[where] = np.take_along_axis(network, order, axis=1)
