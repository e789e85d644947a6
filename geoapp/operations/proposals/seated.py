"""Whom an opened station newly serves where its plan counted seats: as many as it seats, and no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting import most_served
from geoapp.core.arrays import BoolArray, FloatArray
from geoapp.operations.ground.in_service import in_service, now
from geoapp.operations.ground.reading import Ground
from geoapp.operations.ground.seats import FacilitySeats, by_facility, facility_seats
from geoapp.operations.ground.stored import Stored
from geoapp.store.facilities.read import PlacedFacility


def newly_served(
    ground: Ground,
    stored: Stored,
    before: Sequence[str],
    own: str,
    at: datetime | None,
    existing_seats: float | None = None,
) -> float | None:
    """Return the workers whom a station has seats for besides those that the plan's sites before it serve.

    Parameters
    ----------
    ground
        The demand, and what stands without any of the plan's stations: it serves whom it covers, or whom
        it has seats for where these count.
    stored
        The reading, with them.
    before, own
        Codes of the stations of the sites before it, and its own.
    at
        The moment of a ground of one; None = hours do not count.
    existing_seats
        Seats of what stands count, too, and so many where nothing is recorded; None = they do not.

    Returns
    -------
    workers
        Over several moments their mean, each with its weight; None where the seats of one of the stations
        are not recorded.
    """
    codes = [*before, own]
    placed = [one for one in stored.placed if one.code in set(codes)]
    known = {one.code: one.capacity for one in placed}
    if own not in known or any(seats is None for seats in known.values()):
        return None
    seats = np.array([float(known.get(code) or 0) for code in codes])
    stands = None if existing_seats is None else facility_seats(ground, existing_seats)
    lon, lat = np.array([(one.lon, one.lat) for one in placed], np.float64).T
    cover = sp.csr_array(ground.walks.cover(lon, lat, ground.standard))
    station = np.array([codes.index(one.code) for one in placed], np.int64)
    values: list[float] = []
    counts: list[int] = []
    held: dict[tuple[bytes, ...], float] = {}
    for moment in _moments(ground, at):
        open_ = np.array([_is_open(stored, one, moment.time) for one in placed], np.bool_)
        key = (*(one.tobytes() for one in (moment.people, moment.covered, moment.open_, open_)),)
        if key not in held:
            near = by_facility(cover, station, open_, len(codes))
            held[key] = _adds(moment, near, seats, stands)
        values.append(held[key])
        counts.append(moment.counts)
    return max(0.0, float(np.average(values, weights=counts)))


def _adds(
    moment: "_Moment", near: sp.csr_array, seats: FloatArray, stands: FacilitySeats | None
) -> float:
    """Return for how many more there is a seat with the last station than without it."""
    people = moment.people
    if stands is None:
        waiting = ~moment.covered & (people > 0)
        near, people = near[np.flatnonzero(waiting)], people[waiting]
    else:
        near = sp.csr_array(sp.hstack((stands.then(moment.open_), near), format="csr"))
        seats = np.concatenate((stands.seats, seats))
    return most_served(near, people, seats) - most_served(
        sp.csr_array(near[:, :-1]), people, seats[:-1]
    )


@dataclass(frozen=True, slots=True)
class _Moment:
    """A moment: workers out then and who is covered, by point; which places are open; how much it counts."""

    time: datetime | None
    people: FloatArray
    covered: BoolArray
    open_: BoolArray
    counts: int


def _moments(ground: Ground, at: datetime | None) -> list[_Moment]:
    """Return the moments of a ground that count."""
    several = ground.moments
    if several is None:
        every = np.ones(len(ground.existing), np.bool_)
        return [_Moment(at, ground.weight, ground.covered, every, 1)]
    return [
        _Moment(
            time,
            several.demand.weight_at(time),
            several.states[state],
            several.open_places[state],
            count,
        )
        for time, state, count in zip(
            several.times, several.state_of, several.counts.tolist(), strict=True
        )
        if count
    ]


def _is_open(stored: Stored, one: PlacedFacility, time: datetime | None) -> bool:
    if time is None:
        return in_service(one, now())
    return in_service(one, time) and stored.is_open(one, time) is True
