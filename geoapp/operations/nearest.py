"""Where is the nearest place that is open now and has what I need?

The asker's position is used for the answer and then forgotten: it is neither stored nor logged.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from geoapp.analysis.walking import WalkingEstimate
from geoapp.core.errors import InvalidValueError
from geoapp.core.geo import check_lonlat
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.core.words import Basis, Datum, Family
from geoapp.operations.facility_snapshot import Filters, Opening, Snapshot, SnapshotKeeper
from geoapp.store.engine import Database
from geoapp.store.facilities_read import PlacedFacility
from geoapp.store.vocabulary import Codes, read_codes

MAX_K = 50
KEPT_RENDERED = 50_000

Rendered = tuple[bytes, bytes]
Order = Literal["walk", "line"]


@dataclass(frozen=True, slots=True)
class NearestQuery:
    """A question.

    Attributes
    ----------
    lon, lat
        The asker's position, WGS-84, decimal degrees.
    k
        How many answers at most, 1 to 50.
    kinds, families, amenities
        Codes; any of the kinds, any of the families, all of the amenities.
    at
        The moment that ``open`` is told for, with its zone; None is now.
    open_only
        Only facilities known to be open at that moment.
    max_m
        Greatest straight-line distance in metres.
    order
        By walking distance or by straight line.
    """

    lon: float
    lat: float
    k: int = 5
    kinds: frozenset[str] = frozenset()
    families: frozenset[str] = frozenset()
    amenities: frozenset[str] = frozenset()
    at: datetime | None = None
    open_only: bool = False
    max_m: float | None = None
    order: Order = "walk"


@dataclass(frozen=True, slots=True)
class NearestItem:
    """One facility of an answer: how far, how long on foot, and whether it is open."""

    facility: PlacedFacility
    distance_m: float
    walk_m: float
    walk_seconds: float
    basis: Basis
    opening: Opening

    @property
    def open(self) -> bool | None:
        """Whether it is open at the moment asked for; None is unknown."""
        return self.opening.open


class NearestService:
    """Answers nearest questions from this process's snapshot of the store."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._keeper = SnapshotKeeper(database)
        self._database = database
        self._codes: tuple[Snapshot, Codes] | None = None
        self._kept: dict[tuple[int, int, Datum], tuple[PlacedFacility, Rendered]] = {}
        self.estimate = WalkingEstimate(
            detour_factor=settings.detour_factor, speed_m_per_s=settings.walking_speed_m_per_s
        )

    def warm_up(self) -> None:
        """Read the facilities now, so that the first person does not wait for it."""
        self._keeper.current()

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
        self._check_codes(snapshot, query)
        at = query.at or datetime.now(UTC)
        filters = Filters(query.kinds, query.families, query.amenities)
        selection = snapshot.select(filters, at, open_only=query.open_only)
        # The order by walking estimate is that by line, since the detour factor is one number.
        wanted = query.k * max(1, snapshot.most_places)
        found = selection.query(lon=query.lon, lat=query.lat, k=wanted, max_m=query.max_m)
        openings = snapshot.openings(at)
        items: list[NearestItem] = []
        seen: set[str] = set()
        for position, distance_m in zip(
            found.positions.tolist(), found.distance_m.tolist(), strict=True
        ):
            facility = snapshot.facilities[position]
            if facility is None or facility.code in seen:
                continue
            seen.add(facility.code)
            walk_m = self.estimate.walk_m(distance_m)
            items.append(
                NearestItem(
                    facility=facility,
                    distance_m=distance_m,
                    walk_m=walk_m,
                    walk_seconds=self.estimate.seconds(walk_m),
                    basis=Basis.ESTIMATE,
                    opening=openings.of(facility.opening_hours, facility.timezone),
                )
            )
            if len(items) == query.k:
                break
        return items

    def kept(
        self,
        facility: PlacedFacility,
        datum: Datum,
        render: Callable[[PlacedFacility, Datum], Rendered],
    ) -> Rendered:
        """Return ``render(facility, datum)``, made once for each version of a facility."""
        key = (facility.id, facility.place, datum)
        found = self._kept.get(key)
        if found is not None and found[0] is facility:
            return found[1]
        if len(self._kept) >= KEPT_RENDERED:
            self._kept = {}
        rendered = render(facility, datum)
        self._kept[key] = (facility, rendered)
        return rendered

    def _check_codes(self, snapshot: Snapshot, query: NearestQuery) -> None:
        if not (query.kinds or query.families or query.amenities):
            return
        for name in sorted(query.families - set(Family)):
            accepted = ", ".join(Family)
            raise InvalidValueError("family", name, Text(accepted, accepted))
        if not (query.kinds or query.amenities):
            return
        held = self._codes
        if held is None or held[0] is not snapshot:
            with self._database.session() as session:
                held = (snapshot, read_codes(session))
            self._codes = held
        for parameter, asked, known in (
            ("kind", query.kinds, held[1].kinds),
            ("amenity", query.amenities, held[1].amenities),
        ):
            for name in sorted(asked - known):
                accepted = ", ".join(sorted(known))
                raise InvalidValueError(parameter, name, Text(accepted, accepted))
