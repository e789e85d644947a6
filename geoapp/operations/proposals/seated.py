"""Whom an opened station newly serves where its plan counted seats: as many as it seats, and no more."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting import most_served
from geoapp.core.arrays import BoolArray, FloatArray
from geoapp.operations.ground.in_service import in_service, now
from geoapp.operations.ground.reading import Ground
from geoapp.operations.ground.stored import Stored
from geoapp.store.facilities.read import PlacedFacility


def newly_served(
    ground: Ground, stored: Stored, before: Sequence[str], own: str, at: datetime | None
) -> float | None:
    """Return the workers whom a station has seats for besides those that the plan's sites before it serve.

    Parameters
    ----------
    ground
        The demand, and what stands without any of the plan's stations: it serves whom it covers.
    stored
        The reading, with them.
    before, own
        Codes of the stations of the sites before it, and its own.
    at
        The moment of a ground of one; None = hours do not count.

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
    lon, lat = np.array([(one.lon, one.lat) for one in placed], np.float64).T
    cover = sp.csc_array(ground.walks.cover(lon, lat, ground.standard))
    values: list[float] = []
    counts: list[int] = []
    held: dict[tuple[bytes, bytes, tuple[bool, ...]], float] = {}
    for time, people, covered, count in _moments(ground, at):
        open_ = tuple(_is_open(stored, one, time) for one in placed)
        waiting = ~covered & (people > 0)
        key = (people.tobytes(), covered.tobytes(), open_)
        if key not in held:
            near = _by_station(cover, placed, codes, open_)[np.flatnonzero(waiting)]
            held[key] = most_served(near, people[waiting], seats) - most_served(
                sp.csr_array(near[:, :-1]), people[waiting], seats[:-1]
            )
        values.append(held[key])
        counts.append(count)
    return max(0.0, float(np.average(values, weights=counts)))


def _moments(
    ground: Ground, at: datetime | None
) -> list[tuple[datetime | None, FloatArray, BoolArray, int]]:
    """Return each moment with the workers out then, who is covered, and how much it counts."""
    several = ground.moments
    if several is None:
        return [(at, ground.weight, ground.covered, 1)]
    return [
        (time, several.demand.weight_at(time), several.states[state], count)
        for time, state, count in zip(
            several.times, several.state_of, several.counts.tolist(), strict=True
        )
        if count
    ]


def _is_open(stored: Stored, one: PlacedFacility, time: datetime | None) -> bool:
    if time is None:
        return in_service(one, now())
    return in_service(one, time) and stored.is_open(one, time) is True


def _by_station(
    cover: sp.csc_array,
    placed: Sequence[PlacedFacility],
    codes: Sequence[str],
    open_: Sequence[bool],
) -> sp.csr_array:
    """Return whom each station covers from any of its places that are open, CSR of ones."""
    at = [number for number, is_open in enumerate(open_) if is_open]
    station = [codes.index(placed[number].code) for number in at]
    of_station = sp.csr_array((np.ones(len(at)), (at, station)), shape=(len(placed), len(codes)))
    near = sp.csr_array(cover @ of_station)
    near.data = np.ones_like(near.data)
    near.sort_indices()
    return near
