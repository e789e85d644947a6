"""Seats of what stands: how many each facility that counts has, and whom it covers while it is open."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.coverage.coverage import coverage
from geoapp.analysis.frames import numbered
from geoapp.analysis.siting import Standing
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.results.siting import ExistingSeats
from geoapp.operations.ground.in_service import frame_of
from geoapp.operations.ground.reading import Ground
from geoapp.store.facilities.read import PlacedFacility


@dataclass(frozen=True, slots=True)
class FacilitySeats:
    """The facilities of a ground with their seats; one at several places has its seats once.

    Attributes
    ----------
    seats
        By facility: what is recorded, and what was given where nothing is.
    cover
        Which points of the demand set each place covers, CSR of ones (points, places).
    facility_of
        By place of ``Ground.existing``, its facility.
    unknown, taken
        By facility, whether nothing is recorded, and how many seats it is then taken to have.
    """

    seats: FloatArray
    cover: sp.csr_array
    facility_of: IntArray
    unknown: BoolArray
    taken: float

    def figures(self, standing: Standing, weight: FloatArray) -> ExistingSeats:
        """Return how many are within reach of somebody, and of how many of these nothing is recorded.

        Parameters
        ----------
        standing, weight
            Whom they cover, and the workers, by row of the ground.
        """
        near = standing.cover.T @ weight > 0
        return ExistingSeats(
            facilities=int(near.sum()),
            unknown=int((near & self.unknown).sum()),
            taken=self.taken,
            seats=float(self.seats[near].sum()),
        )

    def then(self, open_: BoolArray) -> sp.csr_array:
        """Return which points each facility covers from its places that are open, CSR of ones."""
        return by_facility(self.cover, self.facility_of, open_, len(self.seats))


def by_facility(
    cover: sp.csr_array, facility_of: IntArray, open_: BoolArray, count: int
) -> sp.csr_array:
    """Return whom each of so many facilities covers from any of its places that are open, CSR of ones."""
    at = np.flatnonzero(open_)
    whose = sp.csr_array((np.ones(len(at)), (at, facility_of[at])), shape=(len(open_), count))
    near = sp.csr_array(cover @ whose)
    near.data = np.ones_like(near.data)
    near.sort_indices()
    return near


def facility_seats(ground: Ground, taken: float) -> FacilitySeats:
    """Return the seats of the facilities that count.

    Parameters
    ----------
    taken
        How many seats a facility has of which nothing is recorded: unknown is neither none nor no limit.
    """
    held = ground.existing
    codes, facility_of = numbered(one.code for one in held)
    known = {one.code: one.capacity for one in held}
    recorded = [known[code] for code in codes]
    seats = np.array([taken if one is None else float(one) for one in recorded], np.float64)
    return FacilitySeats(
        seats=seats,
        cover=_covered_by(ground, held),
        facility_of=np.asarray(facility_of, np.int64),
        unknown=np.array([one is None for one in recorded], np.bool_),
        taken=taken,
    )


def standing_of(ground: Ground, found: FacilitySeats) -> Standing:
    """Return the facilities with their seats, and which rows of a ground each covers."""
    moments = ground.moments
    if moments is None or moments.turns is None or moments.turn_of is None:
        everywhere = np.ones(len(found.facility_of), np.bool_)
        return Standing(found.then(everywhere), found.seats)
    points = len(moments.demand)
    _, first = np.unique(moments.turn_of, return_index=True)
    each = sp.vstack([found.then(open_) for open_ in moments.open_places], format="csr")
    state = moments.state_of[first][moments.turns.of]
    return Standing(sp.csr_array(each[state * points + moments.point]), found.seats)


def _covered_by(ground: Ground, held: Sequence[PlacedFacility]) -> sp.csr_array:
    """Return which points of the demand set each place covers, as the coverage analysis measures it."""
    moments = ground.moments
    demand = ground.demand if moments is None else moments.demand
    if not held:
        return sp.csr_array((len(demand), 0))
    lon, lat = np.array([(one.lon, one.lat) for one in held], np.float64).T
    cover = sp.csr_array(ground.walks.cover(lon, lat, ground.standard))
    areas = [number for number, one in enumerate(held) if one.area_wkb is not None]
    if not areas:
        return cover
    columns = sp.lil_array(cover)
    for number in areas:  # an area is as far as its nearest point
        alone = coverage(
            demand,
            frame_of([held[number]]),
            ground.standard,
            estimate=ground.estimate,
            network=ground.walks.network,
        )
        columns[:, [number]] = alone.covered[:, None].astype(np.float64)
    found = sp.csr_array(columns)
    found.sort_indices()
    return found
