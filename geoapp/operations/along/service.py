"""Which stations are on my way, and what does each add?

The stops are used for the answer and then forgotten: they are neither stored nor logged.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geoapp.analysis.along.by_line import beside_line_by_line, dense, detours_by_line
from geoapp.analysis.along.detours import Detours
from geoapp.analysis.along.on_network import beside_line, detours, legs
from geoapp.analysis.nearest.index import FacilityIndex
from geoapp.analysis.network.routes import Route
from geoapp.analysis.network.search import PlacesOnNetwork
from geoapp.analysis.network.snapping import Snap, Snapped, snap
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.walking import WalkingEstimate
from geoapp.core.words import Basis
from geoapp.operations.along.question import AlongQuery, Place, check, lines_m
from geoapp.operations.ground.standing import surely_in_service
from geoapp.operations.nearest.arrival import Arrival, Arrivals
from geoapp.operations.nearest.grounds import Ground
from geoapp.operations.nearest.rough import rough_m
from geoapp.operations.nearest.sea import LOOKED_AT
from geoapp.operations.nearest.service import MAX_K, NearestItem, NearestService, check_codes
from geoapp.operations.nearest.snapshot import UNDATED, Filters, Snapshot
from geoapp.operations.nearest.walks import FacilityWalks

# How close to each other a drawn line's points are taken from which it may be left.
STEP_M: Final = 20.0


@dataclass(frozen=True, slots=True)
class Leg:
    """The way from one stop to the next, or a drawn line as a whole.

    Attributes
    ----------
    way_m, seconds
        How far and how long; None where the walking network has no way between the two, or where, off
        the network, one of them is at sea or the sea lies between: nobody walks there.
    line
        LineString, EPSG:4326, to draw; None where there is no way.
    """

    way_m: float | None
    seconds: float | None
    basis: Basis
    line: shapely.LineString | None


class AlongItem(NamedTuple):
    """A station on the way.

    Attributes
    ----------
    near
        The station, how far it is from where the route is left, and how one finds it on arrival.
    after
        After which stop one goes by, counted from 1; 0 on a drawn line.
    along_m
        How far along the route it is left, at the stop or on the line; None beyond a leg without a way.
    added_m, added_seconds
        What going by adds.
    """

    near: NearestItem
    after: int
    along_m: float | None
    added_m: float
    added_seconds: float


@dataclass(frozen=True, slots=True)
class AlongAnswer:
    """The stations, least added first, and the route itself."""

    query: AlongQuery
    at: datetime
    items: list[AlongItem]
    legs: list[Leg]

    @property
    def basis(self) -> Basis:
        """How the route's own length is known: by the network if all of it is."""
        on = all(leg.basis is Basis.NETWORK for leg in self.legs)
        return Basis.NETWORK if on else Basis.ESTIMATE


class _Found(NamedTuple):
    """Pairs of a leg, or a point of a line, and a station; all of one basis."""

    pairs: Detours
    basis: Basis


def along(service: NearestService, query: AlongQuery) -> AlongAnswer:
    """Return the stations that add least, to a decimetre; of equals by code, of one station the first leg.

    Raises
    ------
    InvalidValueError
        If the points are no route, a number is out of range or a code is not known.
    UnavailableError
        If the store does not answer.
    """
    check(query)
    if not 1 <= query.k <= MAX_K:
        raise InvalidValueError("k", query.k, Text(f"1 至 {MAX_K}", f"1 to {MAX_K}"))
    snapshot, ways = service.ground()
    check_codes(snapshot, kinds=query.kinds, families=query.families, amenities=query.amenities)
    at = query.at or datetime.now(UTC)
    most_m = service.speeds.metres(60.0 * query.more_minutes, query.by)
    route = _Route.of(service, query, snapshot, ways)
    longest = timedelta(
        seconds=service.speeds.seconds(
            sum(leg.way_m or 0.0 for leg in route.legs) + most_m, query.by
        )
    )
    chosen = snapshot.select(
        Filters(query.kinds, query.families, query.amenities, entering=query.entering),
        at,
        open_only=query.open_only,
        soon=longest if query.open_only else None,
    )
    found = route.detours(snapshot, chosen.mask, most_m)
    items = _items(service, query, at, snapshot, route, found)
    return AlongAnswer(query, at, items, route.legs)


class _Route:
    """A question's points on the ground: the legs, and what going by a station adds to them."""

    def __init__(
        self,
        query: AlongQuery,
        ways: FacilityWalks | None,
        estimate: WalkingEstimate,
        snapped: Snapped | None,
    ) -> None:
        self.query, self.ways, self.estimate, self.snapped = query, ways, estimate, snapped
        self.ground = Ground()
        self.at_sea = [False for _ in query.points]
        self.legs: list[Leg] = []
        self.walks: list[Route | None] = []
        # Where each leg begins, or each point of a line lies: itself, and how far along the route.
        self.lon, self.lat = (np.array(values) for values in zip(*query.points, strict=True))
        self.along_m: NDArray[np.float64] = np.zeros(len(query.points))

    @classmethod
    def of(
        cls,
        service: NearestService,
        query: AlongQuery,
        snapshot: Snapshot,
        ways: FacilityWalks | None,
    ) -> "_Route":
        """Measure the legs."""
        lon, lat = query.points[0]
        estimate = service.estimate
        if ways is not None:
            estimate = ways.estimate_at(estimate, lon=lon, lat=lat)
        self = cls(query, ways, estimate, None)
        if query.is_line:
            self.lon, self.lat, self.along_m = dense(self.lon, self.lat, STEP_M)
        if ways is not None:
            self.snapped = snap(ways.network, self.lon, self.lat)
            # Whoever is cut off or off the network is estimated, as a station is.
            self.snapped = self.snapped.only(self.snapped.state == Snap.ON)
        self.ground = snapshot.ground
        self.at_sea = [snapshot.ground.is_at_sea(*point) for point in query.points]
        self.legs = self._drawn(service) if query.is_line else self._legs(service)
        if not query.is_line:
            # Beyond a leg without a way nobody knows when one gets there: NaN from there on.
            way_m = [np.nan if leg.way_m is None else leg.way_m for leg in self.legs]
            self.along_m = np.cumsum([0.0, *way_m])
        return self

    def _drawn(self, service: NearestService) -> list[Leg]:
        way_m = float(self.along_m[-1])
        seconds = service.speeds.seconds(way_m, self.query.by)
        is_on = self.snapped is not None and bool((self.snapped.edge >= 0).any())
        over_m = sum(
            self._over_m(start, end) for start, end in pairwise(self.query.points) if not is_on
        )
        if not is_on and (any(self.at_sea) or self.ground.is_sea(over_m)):
            return [Leg(None, None, Basis.ESTIMATE, None)]
        line = shapely.LineString(self.query.points)
        return [Leg(way_m, seconds, Basis.NETWORK if is_on else Basis.ESTIMATE, line)]

    def _legs(self, service: NearestService) -> list[Leg]:
        points = self.query.points
        straight_m = lines_m(points)
        if self.ways is not None and self.snapped is not None:
            self.walks = legs(PlacesOnNetwork(self.ways.network, self.snapped))
        found = []
        for number, (start, end) in enumerate(pairwise(points)):
            line: shapely.LineString | None = shapely.LineString([start, end])
            way_m: float | None = self.estimate.walk_m(float(straight_m[number]))
            basis = Basis.ESTIMATE
            if self.is_on(number):
                walk, basis = self.walks[number], Basis.NETWORK
                line, way_m = (None, None) if walk is None else (walk.line, walk.walk_m)
            elif any(self.at_sea[number : number + 2]) or self.ground.is_sea(
                self._over_m(start, end)
            ):
                line, way_m = None, None
            seconds = None if way_m is None else service.speeds.seconds(way_m, self.query.by)
            found.append(Leg(way_m, seconds, basis, line))
        return found

    def _over_m(self, start: Place, end: Place) -> float:
        return float(self.ground.sea_m(*start, np.array([end[0]]), np.array([end[1]]))[0])

    def is_over_sea(self, leg: int, index: FacilityIndex, position: int, off_m: float) -> bool:
        """Tell whether the sea lies between where the route is left, or joined again, and a station."""
        if self.ground.sea is None:
            return False
        there = index.lon[[position]], index.lat[[position]]
        ends = [leg] if self.query.is_line else [leg, leg + 1]
        return any(
            self.ground.is_sea(
                float(self.ground.sea_m(float(self.lon[end]), float(self.lat[end]), *there)[0]),
                off_m,
            )
            for end in ends
        )

    def is_on(self, leg: int) -> bool:
        """Tell whether both ends of a leg are on the network."""
        return self.snapped is not None and bool((self.snapped.edge[leg : leg + 2] >= 0).all())

    def detours(self, snapshot: Snapshot, mask: NDArray[np.bool_], most_m: float) -> list[_Found]:
        """Return what going by the stations adds, by basis; nothing above the limit."""
        on_network = np.zeros_like(mask)
        found: list[_Found] = []
        if self.ways is not None and self.snapped is not None:
            on_network = self.ways.snapped.edge >= 0
            pairs = self._on_network(self.ways, self.snapped, mask & on_network, most_m)
            found.append(_Found(pairs, Basis.NETWORK))
        factor = self.estimate.detour_factor
        if self.query.is_line:
            if self.legs[0].way_m is None:
                return found
            beside = mask & ~on_network if self.legs[0].basis is Basis.NETWORK else mask
            if beside.any():
                pairs = beside_line_by_line(
                    snapshot.index,
                    self.lon,
                    self.lat,
                    mask=beside,
                    detour_factor=factor,
                    most_added_m=most_m,
                )
                found.append(_Found(pairs, Basis.ESTIMATE))
            return found
        for leg, ends in enumerate(pairwise(self.query.points)):
            beside = mask & ~on_network if self.is_on(leg) else mask
            if not beside.any() or self.legs[leg].way_m is None:
                continue
            pairs = detours_by_line(
                snapshot.index, leg, ends, mask=beside, detour_factor=factor, most_added_m=most_m
            )
            found.append(_Found(pairs, Basis.ESTIMATE))
        return found

    def _on_network(
        self, ways: FacilityWalks, snapped: Snapped, mask: NDArray[np.bool_], most_m: float
    ) -> Detours:
        if self.query.is_line:
            return beside_line(ways.places, snapped, mask=mask, most_added_m=most_m)
        return detours(ways.places, snapped, self.walks, mask=mask, most_added_m=most_m)


def _items(
    service: NearestService,
    query: AlongQuery,
    at: datetime,
    snapshot: Snapshot,
    route: _Route,
    found: list[_Found],
) -> list[AlongItem]:
    """Return the first ``k`` stations, each by the leg that adds least of those that fit."""
    bases = [one.basis for one in found for _ in range(len(one.pairs))]
    pairs = Detours.joined([one.pairs for one in found])
    codes = [str(snapshot.index.keys[position][0]) for position in pairs.position.tolist()]
    rows = sorted(
        zip(
            np.round(pairs.added_m, 1).tolist(),  # as they are told: what is told equal is a tie
            codes,
            pairs.leg.tolist(),
            pairs.position.tolist(),
            pairs.to_m.tolist(),
            bases,
            strict=True,
        )
    )
    openings, arrivals = snapshot.openings(at), Arrivals(at, snapshot.calendar)
    items: list[AlongItem] = []
    seen: set[str] = set()
    beyond = 0
    for added_m, code, leg, position, to_m, basis in rows:
        facility = snapshot.facilities[position]
        if facility is None or code in seen:
            continue
        # Nobody knows what it adds to go there.
        if basis is Basis.ESTIMATE and route.is_over_sea(
            leg, snapshot.index, position, rough_m(facility)
        ):
            beyond += 1
            if beyond == LOOKED_AT:
                break
            continue
        distance_m = float(
            snapshot.index.distance_m(
                np.array([position]), lon=float(route.lon[leg]), lat=float(route.lat[leg])
            )[0]
        )
        if query.max_m is not None and distance_m > query.max_m:
            continue
        schedule = snapshot.schedule_at(position)
        opening = openings.of(schedule)
        along_m, travel_seconds, arrival = None, None, arrivals.beyond()
        if not np.isnan(route.along_m[leg]):
            along_m = float(route.along_m[leg])
            travel_seconds = service.speeds.seconds(along_m + to_m, query.by)
            arrival = arrivals.of(schedule, opening, travel_seconds)
        if not surely_in_service(facility, at):
            opening = UNDATED if opening.open else opening
            arrival = Arrival(None) if arrival.open else arrival
        then = opening.open if arrival.as_of is not None else arrival.open
        if query.open_only and then is not True:
            continue
        seen.add(code)
        near = NearestItem(
            facility=facility,
            distance_m=distance_m,
            walk_m=to_m,
            walk_seconds=service.estimate.seconds(to_m),
            basis=basis,
            opening=opening,
            arrival=arrival,
            travel_seconds=travel_seconds,
        )
        added_seconds = service.speeds.seconds(added_m, query.by)
        after = 0 if query.is_line else leg + 1
        items.append(AlongItem(near, after, along_m, added_m, added_seconds))
        if len(items) == query.k:
            break
    return items
