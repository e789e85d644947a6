"""Where is the nearest place that is open now and has what I need?

The asker's position is used for the answer and then forgotten: it is neither stored nor logged.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import ceil, floor

from geoapp.analysis.nearest.index import warm_up as compile_search
from geoapp.analysis.network.warm_up import warm_up as compile_walks
from geoapp.core.errors import InvalidValueError
from geoapp.core.geo import check_lonlat
from geoapp.core.hours import HORIZON_DAYS
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.core.travel import By, Speeds
from geoapp.core.walking import WalkingEstimate
from geoapp.core.words import Basis, Datum, Family
from geoapp.operations.facilities.places import where_text
from geoapp.operations.nearest.items import Going, ItemMaker, NearestItem
from geoapp.operations.nearest.rough import rough_m
from geoapp.operations.nearest.sea import LOOKED_AT, Reach
from geoapp.operations.nearest.snapshot import (
    Chosen,
    Snapshot,
    SnapshotKeeper,
)
from geoapp.operations.nearest.unplaced import Somewhere
from geoapp.operations.nearest.walks import FacilityWalks, NearestQuery, WalksKeeper, Way
from geoapp.store.engine import Database
from geoapp.store.facilities.read import PlacedFacility

__all__ = ["MAX_K", "NearestItem", "NearestQuery", "NearestService", "Rendered", "check_codes"]

MAX_K = 50
KEPT_RENDERED = 200_000  # some 1.5 kB each


Rendered = tuple[bytes, bytes]
Render = Callable[[PlacedFacility, Datum], Rendered]


class NearestService:
    """Answers nearest questions from this process's snapshot of the store."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._keeper = SnapshotKeeper(database)
        self._walks = WalksKeeper(settings)
        self._walk_limit_minutes = settings.walk_limit_minutes
        self._kept: dict[tuple[int, int, Datum, Render], tuple[PlacedFacility, Rendered]] = {}
        self.estimate = WalkingEstimate(
            detour_factor=settings.detour_factor, speed_m_per_s=settings.walking_speed_m_per_s
        )
        self.speeds = Speeds(settings.walking_speed_m_per_s, settings.ebike_speed_m_per_s)
        self._going = Going(self.estimate, self.speeds, 60.0 * settings.walk_limit_minutes)

    def warm_up(self) -> None:
        """Read facilities and network now, so that the first person does not wait for it.

        What searches among them is compiled if it is not yet.
        """
        compile_search()
        if self._walks.of(self._keeper.current()) is not None:
            compile_walks()

    def ground(self) -> tuple[Snapshot, FacilityWalks | None]:
        """Return the facilities in service, and where they stand on the network if there is one."""
        snapshot = self._keeper.current()
        return snapshot, self._walks.of(snapshot)

    def moment(self) -> str:
        """Return a text that changes whenever what stands on the ground does."""
        snapshot, ways = self.ground()
        return f"{snapshot.versions};network={None if ways is None else ways.network.version}"

    def has_osm(self) -> bool:
        """Tell whether a facility in service or the walking network is OpenStreetMap's."""
        snapshot, ways = self.ground()
        return snapshot.has_osm or ways is not None

    def ask(self, query: NearestQuery) -> list[NearestItem]:
        """Return the nearest facilities in service, nearest first; ties are ordered by code.

        Raises
        ------
        InvalidValueError
            If a number is out of range or a kind, family or amenity is not known.
        UnavailableError
            If the store does not answer.
        """
        check_lonlat(query.lon, query.lat)
        if not 1 <= query.k <= MAX_K:
            raise InvalidValueError("k", query.k, Text(f"1 至 {MAX_K}", f"1 to {MAX_K}"))
        if query.max_m is not None and not 0 < query.max_m < float("inf"):
            raise InvalidValueError(
                "max_m", query.max_m, Text("正数（米）", "a positive number (metres)")
            )
        snapshot = self._keeper.current()
        check_codes(snapshot, kinds=query.kinds, families=query.families, amenities=query.amenities)
        at = query.at or datetime.now(UTC)
        if not query.open_on_arrival:
            return self._among(query, at, snapshot, soon=None)
        return self._among(query, at, snapshot, soon=self._longest(query, snapshot))

    def _longest(self, query: NearestQuery, snapshot: Snapshot) -> timedelta:
        """Return after how long one may get to the farthest place that is not known to be too far.

        In whole walks of the limit, so that questions share their selection.
        """
        off_m = self.estimate.walk_m(query.off_m + snapshot.most_rough_m)
        off_s, limit_s = self.speeds.seconds(off_m, query.by), 60.0 * self._walk_limit_minutes
        return min(
            timedelta(days=HORIZON_DAYS), timedelta(seconds=limit_s * ceil(1 + off_s / limit_s))
        )

    def _among(
        self, query: NearestQuery, at: datetime, snapshot: Snapshot, *, soon: timedelta | None
    ) -> list[NearestItem]:
        """Return the answer among what is open now or, with ``soon``, opens within so long."""
        chosen = snapshot.select(
            query.filters,
            at,
            open_only=query.open_only or query.open_on_arrival,
            soon=soon,
            or_unknown=query.or_unknown,
        )
        ways = self._walks.of(snapshot)
        wanted = query.k * max(1, snapshot.most_places)
        while True:
            found = self._find(query, chosen, wanted, ways)
            items, is_all = self._items(query, at, snapshot, found[:wanted])
            # Of those that close on the way, or lie over the water, nobody knows how many there are
            # before they are seen.
            if is_all or len(found) < wanted:
                return items
            wanted *= 4

    def _find(
        self, query: NearestQuery, chosen: Chosen, wanted: int, ways: FacilityWalks | None
    ) -> list[Way]:
        """Return the ways to at least the nearest ``wanted``, fewer only where there are no more."""
        found, estimate = None, self.estimate
        if ways is not None:
            estimate = ways.estimate_at(estimate, lon=query.lon, lat=query.lat)
            found = ways.nearest(query, chosen, wanted, estimate)
        if found is not None:
            return found
        # The order by walking estimate is that by line, since the detour factor is one number.
        line = chosen.selection.query(lon=query.lon, lat=query.lat, k=wanted, max_m=query.max_m)
        return [
            Way(position, distance_m, estimate.walk_m(distance_m), Basis.ESTIMATE)
            for position, distance_m in zip(
                line.positions.tolist(), line.distance_m.tolist(), strict=True
            )
        ]

    def _items(
        self, query: NearestQuery, at: datetime, snapshot: Snapshot, found: list[Way]
    ) -> tuple[list[NearestItem], bool]:
        """Return the first ``k`` facilities of the ways that are open as the question wants it.

        Those over the sea come after those on this side, as far as a ride goes. And whether no further
        way would change the answer.
        """
        made = ItemMaker(self._going, query, at, snapshot, found)
        ride_m = self.speeds.metres(60.0 * self._walk_limit_minutes, By.EBIKE)
        reach = Reach.of(query, self.estimate, ride_m)
        items: list[NearestItem] = []
        behind: dict[str, NearestItem] = {}
        seen: set[str] = set()
        for number, way in enumerate(found):
            facility = snapshot.facilities[way.position]
            if facility is None or facility.code in seen:
                continue
            item = made.item(number, facility)
            if not query.wants(item.open_then):
                continue
            is_looked_at = reach.holds(way) and len(items) + len(behind) < LOOKED_AT
            if is_looked_at and made.is_behind(number, facility):
                behind.setdefault(facility.code, item)
                continue
            if not is_looked_at and behind:
                items += behind.values()
                seen.update(behind)
                behind = {}
            if facility.code not in seen:
                # Another of its places may lie over the water.
                behind.pop(facility.code, None)
                seen.add(facility.code)
                items.append(item)
            if len(items) >= query.k:
                return items[: query.k], True
        return [*items, *behind.values()][: query.k], False

    def where(self, database: Database, lon: float, lat: float, off_m: float = 0.0) -> Text | None:
        """Return what is odd about a position (WGS-84) that may be off by so much; None where nothing is."""
        at_sea = self._keeper.current().ground.is_at_sea(lon, lat, off_m)
        return where_text(database, lon=lon, lat=lat, at_sea=at_sea)

    def is_outside(self, lon: float, lat: float) -> bool:
        """Tell whether a position surely lies outside the area of the service, without asking the store."""
        return self._keeper.current().ground.is_outside(lon, lat)

    def within_walk(self, query: NearestQuery, most: int) -> list[NearestItem]:
        """Return up to ``most`` that fit within a walk (or a ride) by estimate, nearest by line first."""
        limit_m = self.speeds.metres(60.0 * self._walk_limit_minutes, query.by)
        asked = replace(query, k=most, order="line", max_m=limit_m)
        snapshot = self._keeper.current()
        found = self._among(asked, query.at or datetime.now(UTC), snapshot, soon=None)
        return [item for item in found if item.walk_m <= limit_m and not item.no_way]

    def hidden(
        self, query: NearestQuery, shown: list[NearestItem]
    ) -> tuple[list[NearestItem], bool]:
        """Return those of unknown hours that stand before the last that is shown, nearest first.

        And whether there may be more: they are looked for among the nearest `MAX_K`.
        """
        wider = self.ask(replace(query, k=MAX_K, or_unknown=True))
        codes = [item.facility.code for item in wider]
        last = shown[-1].facility.code
        is_seen = last in codes
        before = wider[: codes.index(last)] if is_seen else wider
        hidden = [item for item in before if item.open_then is None and not item.no_way]
        return hidden, not is_seen and len(wider) == MAX_K

    def somewhere(self, query: NearestQuery) -> Somewhere | None:
        """Return how many that fit are known only to be in the position's district; None if none."""
        return self._keeper.current().unplaced.around(
            query.lon,
            query.lat,
            query.at or datetime.now(UTC),
            kinds=query.kinds,
            families=query.families,
            amenities=query.amenities,
            entering=query.entering,
        )

    def unplaced_in(self, query: NearestQuery) -> int:
        """Return how many that fit are known only to be somewhere in the query's regions."""
        return self._keeper.current().unplaced.count_in(
            query.regions,
            query.at or datetime.now(UTC),
            kinds=query.kinds,
            families=query.families,
            amenities=query.amenities,
            entering=query.entering,
        )

    def is_walk(self, walk_m: float, by: By = By.WALK, *, off_m: float = 0.0) -> bool:
        """Tell whether so many metres may be a walk, or a ride: ``GEOAPP_WALK_LIMIT_MINUTES``.

        From a position that may be off by ``off_m`` it may be nearer by as much: what is not known to be
        too far is not said to be.
        """
        return self._going.is_walk(walk_m, by, off_m)

    def walk_span(
        self, walk_m: float, accuracy_m: float, by: By = By.WALK
    ) -> tuple[int, int] | None:
        """Return the least and the most minutes of a walk or a ride from a position that may be off.

        None where the position is good to a minute's walk or ride.
        """
        off_s = self.speeds.seconds(self.estimate.walk_m(accuracy_m), by)
        if off_s <= 60.0:
            return None
        walk_s = self.speeds.seconds(walk_m, by)
        return max(1, floor((walk_s - off_s) / 60.0)), ceil((walk_s + off_s) / 60.0)

    def beyond_m(
        self, items: list[NearestItem], by: By = By.WALK, *, accuracy_m: float = 0.0
    ) -> float | None:
        """Return the longest walk, or ride, that is taken for one, if all answers lie beyond it.

        Wherever within ``accuracy_m`` of where it was asked somebody is, and within how far its own
        position may be off the place.

        In metres; ``GEOAPP_WALK_LIMIT_MINUTES`` at the speed of either. None where one lies within,
        and where there is no answer at all.
        """
        if not items or any(
            self.is_walk(item.walk_m, by, off_m=accuracy_m + rough_m(item.facility))
            for item in items
        ):
            return None
        return self.speeds.metres(60.0 * self._walk_limit_minutes, by)

    def kept(
        self,
        facility: PlacedFacility,
        datum: Datum,
        render: Render,
    ) -> Rendered:
        """Return ``render(facility, datum)``, made once for each version of a facility."""
        key = (facility.id, facility.place, datum, render)
        found = self._kept.get(key)
        if found is not None and found[0] is facility:
            return found[1]
        if len(self._kept) >= KEPT_RENDERED:
            self._kept = {}
        rendered = render(facility, datum)
        self._kept[key] = (facility, rendered)
        return rendered


def check_codes(
    snapshot: Snapshot,
    *,
    kinds: frozenset[str],
    families: frozenset[str],
    amenities: frozenset[str],
) -> None:
    """Refuse codes that nobody knows.

    Raises
    ------
    InvalidValueError
        Naming ``family``, ``kind`` or ``amenity``.
    """
    for name in sorted(families - set(Family)):
        accepted = ", ".join(Family)
        raise InvalidValueError("family", name, Text(accepted, accepted))
    for parameter, asked, known in (
        ("kind", kinds, snapshot.codes.kinds),
        ("amenity", amenities, snapshot.codes.amenities),
    ):
        for name in sorted(asked - known):
            accepted = ", ".join(sorted(known))
            raise InvalidValueError(parameter, name, Text(accepted, accepted))
