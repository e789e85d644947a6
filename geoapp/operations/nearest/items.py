"""The places of an answer, as one finds them who goes there."""

from datetime import datetime
from typing import NamedTuple

from geoapp.core.travel import By, Speeds
from geoapp.core.walking import WalkingEstimate
from geoapp.core.words import Basis
from geoapp.operations.ground.standing import is_recent, surely_in_service
from geoapp.operations.nearest.arrival import Arrival, Arrivals
from geoapp.operations.nearest.rough import rough_m
from geoapp.operations.nearest.sea import Sea, Seas
from geoapp.operations.nearest.snapshot import UNDATED, Opening, Snapshot
from geoapp.operations.nearest.walks import NearestQuery, Way
from geoapp.store.facilities.read import PlacedFacility

# Beyond, no detour factor says how long a way is: the line is told.
AFAR_M = 100_000.0


class NearestItem(NamedTuple):
    """One facility of an answer: how far, how long on foot, and whether it is open."""

    facility: PlacedFacility
    distance_m: float
    walk_m: float
    walk_seconds: float
    basis: Basis
    opening: Opening
    arrival: Arrival | None = None
    # From leaving to being there, where that is not the walk: by e-bike, or along a route.
    travel_seconds: float | None = None
    # Where no network leads there, and the estimate of a walk would cross water.
    sea: Sea | None = None

    @property
    def till_there_seconds(self) -> float:
        """How long after leaving one is there."""
        return self.walk_seconds if self.travel_seconds is None else self.travel_seconds

    @property
    def no_way(self) -> bool:
        """Whether no way there is known, as the sea is in it."""
        return self.sea is not None

    @property
    def is_afar(self) -> bool:
        """Whether the line alone is told, and no way to it: from so far, from the sea, or over it."""
        return self.no_way or self.distance_m > AFAR_M

    @property
    def open(self) -> bool | None:
        """Whether it is open at the moment asked for; None is unknown."""
        return self.opening.open

    @property
    def open_then(self) -> bool | None:
        """Whether it is open as it counts for who wants an open door: on arrival, where one may walk there."""
        if self.arrival is None or self.arrival.as_of is not None:
            return self.opening.open
        return self.arrival.open


class Going(NamedTuple):
    """How fast and how far one goes; ``limit_seconds`` is the longest walk or ride that is taken for one."""

    estimate: WalkingEstimate
    speeds: Speeds
    limit_seconds: float

    def is_walk(self, walk_m: float, by: By, off_m: float) -> bool:
        """Tell whether so many metres may be a walk, or a ride, from a position that may be off by so much."""
        least_m = walk_m - self.estimate.walk_m(off_m)
        return least_m <= self.speeds.metres(self.limit_seconds, by)


class ItemMaker:
    """Makes the items of one answer, of the places that are looked at."""

    def __init__(
        self,
        going: Going,
        query: NearestQuery,
        at: datetime,
        snapshot: Snapshot,
        found: list[Way],
    ) -> None:
        self._going, self._query, self._at = going, query, at
        self._snapshot, self._found = snapshot, found
        self._openings = snapshot.openings(at)
        told = query.arrive or query.open_on_arrival
        self._arrivals = Arrivals(at, snapshot.calendar) if told else None
        self._recent = is_recent(at)
        self._seas = Seas(snapshot.ground, snapshot.index, query, found)

    def is_behind(self, number: int, facility: PlacedFacility) -> bool:
        """Tell whether a place comes after those on this side of the water."""
        return self._seas.puts_back(number, self._query.off_m + rough_m(facility))

    def item(self, number: int, facility: PlacedFacility) -> NearestItem:
        """Return what is told of a place."""
        query, going = self._query, self._going
        position, distance_m, walk_m, basis = self._found[number]
        schedule = self._snapshot.schedule_at(position)
        opening = self._openings.of(schedule)
        walk_seconds = going.estimate.seconds(walk_m)
        away_seconds = going.speeds.seconds(walk_m, query.by)
        if query.by is By.WALK:
            away_seconds = walk_seconds
        off_m = query.off_m + rough_m(facility)
        sea, arrival = self._seas.of(number, off_m), None
        if self._arrivals is not None:
            goes = sea is None and going.is_walk(walk_m, query.by, off_m)
            arrival = (
                self._arrivals.of(schedule, opening, away_seconds)
                if goes
                else self._arrivals.beyond()
            )
        if not (self._recent or surely_in_service(facility, self._at)):
            # What is closed was closed, whenever it opened.
            opening = UNDATED if opening.open else opening
            arrival = Arrival(None) if arrival is not None and arrival.open else arrival
        return NearestItem(
            facility,
            distance_m,
            walk_m,
            walk_seconds,
            basis,
            opening,
            arrival,
            None if query.by is By.WALK else away_seconds,
            sea,
        )
