"""What one part of a demand says of accessibility: who shares which facility, and who has how much.

Two looks, as the measures have two steps: first the workers of each part whom a facility has in reach, then,
with the sums of all parts, what each point has. Every part sees the facilities that anybody in it can reach,
so that it does not matter how the demand was divided.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp
from scipy.spatial import cKDTree

from geoapp.analysis.coverage.access import (
    for_each_worker,
    within_reach,
    workers_in_reach,
    zone_weights,
)
from geoapp.analysis.coverage.part import DemandPart
from geoapp.analysis.frames import numbered
from geoapp.analysis.geometry.spheroid import ecef, greatest_chord_m
from geoapp.analysis.walks.pairs import PairWalks, kept_walks, nearest_of_each
from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.walking import Standard, WalkingEstimate

SORTED: Final = np.dtype([("value", "f8"), ("row", "i4")])


@dataclass(frozen=True, slots=True)
class Places:
    """The places of facilities.

    Attributes
    ----------
    lon, lat
        EPSG:4326.
    facility_of, facilities
        By place the number of its facility, and how many of these there are.
    tree
        The places, earth-centred.
    """

    lon: FloatArray
    lat: FloatArray
    facility_of: IntArray
    facilities: int
    tree: cKDTree

    @classmethod
    def of(cls, lon: Sequence[float], lat: Sequence[float], codes: Sequence[str]) -> "Places":
        """Take up places and the codes of their facilities, numbered in the order of first places."""
        distinct, facility_of = numbered(codes)
        lons, lats = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
        tree = cKDTree(ecef(lons, lats).reshape(-1, 3))
        return cls(lons, lats, facility_of, len(distinct), tree)


@dataclass(frozen=True, slots=True)
class InReach:
    """The workers of a part, or of all of them, who share each facility.

    Attributes
    ----------
    plain, enhanced
        By facility, each counting fully, and by the zone of the walk.
    """

    plain: FloatArray
    enhanced: FloatArray

    def ratios(self, capacity: FloatArray) -> dict[str, FloatArray]:
        """Return by measure what each facility has for each worker; capacities nan = unknown."""
        one, known = np.ones(len(capacity)), ~np.isnan(capacity)
        ratios = {
            "within": one,
            "shared": for_each_worker(one, self.plain),
            "shared_enhanced": for_each_worker(one, self.enhanced),
        }
        if known.any():
            seats = np.where(known, capacity, 0.0)
            ratios["seats"] = for_each_worker(seats, self.plain)
            ratios["seats_enhanced"] = for_each_worker(seats, self.enhanced)
        return ratios


def workers_of_part(
    part: DemandPart, places: Places, standard: Standard, estimate: WalkingEstimate
) -> InReach:
    """Return the workers of a part whom each facility has in reach."""
    walks = _walks(part, places, standard, estimate)
    falls = zone_weights(walks, standard.walk_m(estimate))
    return InReach(
        workers_in_reach(walks, part.weight), workers_in_reach(walks, part.weight, falls)
    )


def supply_of_part(
    part: DemandPart,
    places: Places,
    ratios: Mapping[str, FloatArray],
    standard: Standard,
    estimate: WalkingEstimate,
) -> dict[str, np.ndarray]:
    """Return by measure the points that have something and whose workers count, the least first.

    Parameters
    ----------
    ratios
        As `InReach.ratios` of all the demand returns them.

    Returns
    -------
    found
        By measure an array of `SORTED`.
    """
    walks = _walks(part, places, standard, estimate)
    falls = zone_weights(walks, standard.walk_m(estimate))
    return {
        name: in_order(
            within_reach(walks, ratio, falls if name.endswith("enhanced") else None),
            part.weight,
        )
        for name, ratio in ratios.items()
    }


def in_order(values: FloatArray, weight: FloatArray) -> np.ndarray:
    """Return the rows with a finite value above 0 and some weight, the least value first, as `SORTED`."""
    rows = np.flatnonzero((values > 0) & np.isfinite(values) & (weight > 0))
    rows = rows[np.argsort(values[rows], kind="stable")]
    found = np.empty(len(rows), SORTED)
    found["value"], found["row"] = values[rows], rows
    return found


def _walks(
    part: DemandPart, places: Places, standard: Standard, estimate: WalkingEstimate
) -> sp.csr_array:
    """Return the walks within the standard, CSR of shape (n_point, n_facility)."""
    limit_m = standard.walk_m(estimate) + 0.2  # the standard itself draws the line
    points = ecef(part.lon, part.lat)
    middle = points.mean(axis=0)
    wide = float(np.linalg.norm(points - middle, axis=1).max())
    reach = greatest_chord_m(limit_m / estimate.detour_factor) + 1.0
    some = np.sort(np.array(places.tree.query_ball_point(middle, wide + reach), np.int64))
    pairs = PairWalks.of(part.lon, part.lat, estimate=estimate)
    walks = pairs.within(places.lon[some], places.lat[some], limit_m=limit_m)
    walks = kept_walks(walks, standard.covers(walks.data, estimate))
    return nearest_of_each(walks, places.facility_of[some], places.facilities)
