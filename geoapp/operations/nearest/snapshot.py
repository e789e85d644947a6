"""The facilities in service, held in this process as an exact index that follows every edit.

PostGIS is the truth. Each process compares its version with ``data_version`` at most every
``CHECK_SECONDS`` and reads only what changed, so an edit made by any process is seen by all within
a second, also after a kill: there is nothing to notify and nothing to miss.
"""

import operator
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from numpy.typing import NDArray

from geoapp.analysis.nearest.index import FacilityIndex, Place, Selection
from geoapp.core.calendar import WorkCalendar
from geoapp.core.entering import ANYBODY, Entering, door_of
from geoapp.core.hours import depends_on_place, explain, next_change, state
from geoapp.core.i18n import Text
from geoapp.core.reading import (
    is_on_replica,
    may_lag,
    position_of_reading,
    read_at_least,
    turn_to_primary,
)
from geoapp.operations.ground.standing import UNDATED_NOTE, is_recent, surely_on
from geoapp.operations.nearest.grounds import Ground
from geoapp.operations.nearest.rough import rough_m
from geoapp.operations.nearest.unplaced import UnplacedDistricts
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.read import PlacedFacility, data_versions, read_changes
from geoapp.store.facilities.unplaced import outlines_of_districts, unplaced_facilities
from geoapp.store.vocabulary import Codes, load_calendar, read_codes

CHECK_SECONDS = 0.25
KEPT_SELECTIONS = 64
KEPT_MINUTES = 8

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which facilities count, besides being in service on the day.

    ``kinds``, ``families`` and ``regions`` (by code, those below named as well): any of them (empty:
    all). ``amenities``: all of them, known to be there. ``entering``: where somebody may enter.
    """

    kinds: frozenset[str] = frozenset()
    families: frozenset[str] = frozenset()
    amenities: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    entering: Entering = ANYBODY

    def accept(self, facility: PlacedFacility) -> bool:
        """Tell whether one facility counts, whoever wants to enter it."""
        return (
            (not self.kinds or facility.kind in self.kinds)
            and (not self.families or facility.family in self.families)
            and (not self.regions or facility.region_code in self.regions)
            and self.amenities.issubset(facility.amenities)
        )


class Chosen(NamedTuple):
    """The facilities that count for a question: ready to be asked, and as a mask by position."""

    selection: Selection
    mask: NDArray[np.bool_]


class Schedule(NamedTuple):
    """When a facility is open: its hours, by the clock there; lon and lat where the sun counts."""

    opening_hours: str | None
    timezone: str
    lon: float | None = None
    lat: float | None = None

    @classmethod
    def of(cls, one: PlacedFacility) -> "Schedule":
        """Return a facility's schedule; most are shared by many."""
        if depends_on_place(one.opening_hours):
            return cls(one.opening_hours, one.timezone, round(one.lon, 2), round(one.lat, 2))
        return cls(one.opening_hours, one.timezone)


@dataclass(frozen=True, slots=True, eq=False)
class Opening:
    """Whether hours hold at a moment (None is unknown), when that changes next, and why unknown.

    One object for each schedule and minute: compared by identity.
    """

    open: bool | None
    changes_at: datetime | None
    note: Text | None


# Of a facility whose hours hold at a moment long past, while nobody knows whether it stood then.
UNDATED: Final = Opening(None, None, UNDATED_NOTE)


class SnapshotVersions(NamedTuple):
    """The counters of the data that a snapshot holds."""

    facilities: int
    calendar: int
    vocabulary: int
    regions: int

    @classmethod
    def of(cls, versions: Mapping[str, int]) -> "SnapshotVersions":
        """Return those among all counters."""
        return cls(
            versions["facilities"],
            versions["calendar"],
            versions["vocabulary"],
            versions["regions"],
        )


class Snapshot:
    """The facilities at one version of the data; immutable for its users, shared by all threads.

    ``facilities[p]`` stands at position ``p`` of the index; dead positions hold None.
    """

    def __init__(
        self,
        versions: SnapshotVersions,
        calendar: WorkCalendar,
        codes: Codes,
        index: FacilityIndex,
        by_key: dict[Key, PlacedFacility],
        unplaced: UnplacedDistricts,
        ground: Ground,
    ) -> None:
        self.unplaced = unplaced
        self.ground = ground
        self.versions = versions
        self.calendar = calendar
        self.codes = codes
        self.index = index
        self.by_key = by_key
        self.facilities: list[PlacedFacility | None] = [
            by_key.get(key) if alive else None
            for key, alive in zip(index.keys, index.alive, strict=True)
        ]
        living = [one for one in self.facilities if one is not None]
        # The most places that one facility may stand at: how many to over-ask, so that k remain.
        self.most_places = max((one.place for one in living), default=0)
        # How far the position of one of them may be off at most.
        self.most_rough_m = max((rough_m(one) for one in living), default=0.0)
        self.has_samples = any(one.is_sample for one in living)
        self.has_osm = any(one.is_of_osm for one in living)
        self._dated_zones = tuple(
            sorted({one.timezone for one in living if one.from_date or one.to_date})
        )
        self._schedules: list[Schedule] = []
        self._schedule_of = self._number_schedules()
        self._door_of = np.array(
            [0 if one is None else door_of(one.access, one.entry) for one in self.facilities],
            dtype=np.int8,
        )
        self._chosen: OrderedDict[Hashable, Chosen] = OrderedDict()
        self._openings: OrderedDict[datetime, dict[Schedule, Opening]] = OrderedDict()
        self._lock = threading.Lock()

    def _number_schedules(self) -> NDArray[np.int64]:
        numbers: dict[Schedule, int] = {}
        schedule_of = np.zeros(len(self.facilities), dtype=np.int64)
        for position, one in enumerate(self.facilities):
            if one is not None:
                schedule_of[position] = numbers.setdefault(Schedule.of(one), len(numbers))
        self._schedules = list(numbers)
        return schedule_of

    def select(
        self,
        filters: Filters,
        at: datetime,
        *,
        open_only: bool,
        soon: timedelta | None = None,
        or_unknown: bool = False,
    ) -> Chosen:
        """Return the facilities that count at a moment; asked again, it costs nothing.

        Parameters
        ----------
        at
            The moment, with its zone; decides which places of moving facilities count, and with
            ``open_only`` which facilities are known to be open.
        soon
            Those count as well that open within so long after the moment.
        or_unknown
            Those count as well of which nobody knows whether they are open.
        """
        days = {zone: at.astimezone(ZoneInfo(zone)).date() for zone in self._dated_zones}
        minute = at.replace(second=0, microsecond=0).astimezone(UTC) if open_only else None
        key = (filters, tuple(days.values()), minute, soon, or_unknown)
        with self._lock:
            found = self._chosen.get(key)
            if found is not None:
                self._chosen.move_to_end(key)
                return found
        if filters.entering.is_asked:
            # Everybody's selection is at hand, or is for the next who asks: theirs is a part of it.
            wider = replace(filters, entering=ANYBODY)
            everybodys = self.select(
                wider, at, open_only=open_only, soon=soon, or_unknown=or_unknown
            )
            mask = everybodys.mask & self._admitting(filters.entering)
        else:
            mask = self._fitting(
                filters, at, days, open_only=open_only, soon=soon, or_unknown=or_unknown
            )
        found = Chosen(self.index.select(mask), mask)
        with self._lock:
            self._chosen[key] = found
            while len(self._chosen) > KEPT_SELECTIONS:
                self._chosen.popitem(last=False)
        return found

    def _fitting(
        self,
        filters: Filters,
        at: datetime,
        days: dict[str, date],
        *,
        open_only: bool,
        soon: timedelta | None,
        or_unknown: bool,
    ) -> NDArray[np.bool_]:
        """Return which facilities count at a moment, whoever wants to enter them."""
        mask = np.fromiter(
            (
                one is not None and filters.accept(one) and _in_service(one, days)
                for one in self.facilities
            ),
            dtype=np.bool_,
            count=len(self.facilities),
        )
        if open_only and self._schedules:
            known = self.openings(at)
            is_open = [
                _opens(opening, at, soon) or (or_unknown and opening.open is None)
                for opening in map(known.of, self._schedules)
            ]
            mask &= np.array(is_open, dtype=np.bool_)[self._schedule_of]
            if not (or_unknown or is_recent(at)):
                sure = (
                    one is not None and one.timezone in days and surely_on(one, days[one.timezone])
                    for one in self.facilities
                )
                mask &= np.fromiter(sure, dtype=np.bool_, count=len(self.facilities))
        return mask

    def _admitting(self, entering: Entering) -> NDArray[np.bool_]:
        """Return which facilities have a door that counts for a question."""
        return np.array(entering.accepted_doors(), dtype=np.bool_)[self._door_of]

    def schedule_at(self, position: int) -> Schedule:
        """Return the schedule of the facility at a position of the index."""
        return self._schedules[int(self._schedule_of[position])]

    def openings(self, at: datetime) -> "Openings":
        """Return what tells the opening of schedules at a moment, to the minute."""
        minute = at.replace(second=0, microsecond=0)
        with self._lock:
            known = self._openings.get(minute)
            if known is None:
                known = self._openings[minute] = {}
                while len(self._openings) > KEPT_MINUTES:
                    self._openings.popitem(last=False)
        return Openings(known, minute, self.calendar)


class Openings:
    """The opening of schedules at one minute; each is worked out once."""

    __slots__ = ("_at", "_calendar", "_known")

    def __init__(
        self,
        known: dict[Schedule, Opening],
        at: datetime,
        calendar: WorkCalendar,
    ) -> None:
        self._known, self._at, self._calendar = known, at, calendar

    def of(self, schedule: Schedule) -> Opening:
        """Return the opening of a schedule."""
        found = self._known.get(schedule)
        if found is None:
            found = opening_at(schedule, self._at, self._calendar)
            self._known[schedule] = found
        return found


def opening_at(schedule: Schedule, at: datetime, calendar: WorkCalendar) -> Opening:
    """Return the opening of a schedule at a moment."""
    hours, timezone, lon, lat = schedule
    now = state(hours, at, timezone=timezone, calendar=calendar, lon=lon, lat=lat)
    if now is None:
        why = explain(hours, at, timezone=timezone, calendar=calendar, lon=lon, lat=lat)
        return Opening(None, None, why)
    change = next_change(hours, at, timezone=timezone, calendar=calendar, lon=lon, lat=lat)
    return Opening(now, change, None)


def _opens(opening: Opening, at: datetime, soon: timedelta | None) -> bool:
    if opening.open is False and soon is not None and opening.changes_at is not None:
        return opening.changes_at <= at + soon
    return opening.open is True


def _in_service(one: PlacedFacility, days: dict[str, date]) -> bool:
    if one.from_date is None and one.to_date is None:
        return True
    day = days[one.timezone]
    return (one.from_date is None or one.from_date <= day) and (
        one.to_date is None or day <= one.to_date
    )


def _key(one: PlacedFacility) -> Key:
    return (one.code, one.place)


def _place(one: PlacedFacility) -> Place:
    area = None if one.area_wkb is None else shapely.from_wkb(one.area_wkb)
    return Place(_key(one), one.lon, one.lat, area)


def _build(placed: list[PlacedFacility]) -> FacilityIndex:
    return FacilityIndex.build(
        [one.lon for one in placed],
        [one.lat for one in placed],
        keys=[_key(one) for one in placed],
        areas=[_place(one).area for one in placed],
    )


def _read_unplaced(session: Session) -> UnplacedDistricts:
    facilities = unplaced_facilities(session)
    codes = {one.region_code for one in facilities if one.region_code is not None}
    districts = outlines_of_districts(session, sorted(codes)) if codes else []
    return UnplacedDistricts(
        [(code, Text(zh, en or zh), wkb) for code, zh, en, wkb in districts], facilities
    )


class SnapshotKeeper:
    """Keeps this process's snapshot no older than ``CHECK_SECONDS`` at the moment it is asked for."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._keys_of: dict[int, set[Key]] = {}
        self._unplaced = UnplacedDistricts([], [])
        self._ground = Ground()
        self._served: set[str | None] = set()  # the regions with stations, when the ground was read
        self._checked = -1e9
        self._position = 0  # of the primary's log, which a replica must hold to answer beside it
        self._checked_for_all = -1e9  # from the primary, or as whoever has just written must see it

    def current(self) -> Snapshot:
        """Return a snapshot that holds every edit committed more than ``CHECK_SECONDS`` ago.

        Where the question may be answered from a replica, that may be as much longer ago as this may
        be behind.

        Raises
        ------
        UnavailableError
            If the store does not answer: an old answer might send somebody to a closed door.
        """
        snapshot = self._snapshot
        if snapshot is not None and self._is_fresh():
            read_at_least(self._position)
            return snapshot
        with self._lock:
            if self._snapshot is None or not self._is_fresh():
                asked = time.monotonic()
                self._snapshot = self._catch_up(self._snapshot)
                self._checked = asked
                if not may_lag():
                    self._checked_for_all = asked
            read_at_least(self._position)
            return self._snapshot

    def _is_fresh(self) -> bool:
        checked = self._checked if may_lag() else self._checked_for_all
        return time.monotonic() - checked < CHECK_SECONDS

    def _position_read(self) -> int:
        if self._database.replica is None:
            return 0
        found = position_of_reading()
        return self._database.position() if found is None else found

    def _catch_up(self, old: Snapshot | None) -> Snapshot:
        with self._database.snapshot() as session:
            versions = SnapshotVersions.of(data_versions(session))
            if old is not None and versions == old.versions:
                return old
            if (
                old is not None
                and is_on_replica()
                and any(map(operator.lt, versions, old.versions))
            ):
                # Another question has read a later state, and nothing is taken back to an earlier one.
                turn_to_primary()
                return self._catch_up(old)
            # A kind's family stands with every facility: the words change rarely, all is read then.
            if old is not None and versions.vocabulary != old.versions.vocabulary:
                old = None
            calendar = load_calendar(session)
            codes = read_codes(session)
            changes = read_changes(session, -1 if old is None else old.versions.facilities)
            placed = {one.id for one in changes.placed}
            # Whatever changed and is on no map now, or was not before, may be one without a position.
            if (
                old is None
                or versions.regions != old.versions.regions
                or any(
                    number not in placed or number not in self._keys_of
                    for number in changes.changed_ids
                )
            ):
                self._unplaced = _read_unplaced(session)
            serving = {one.region_code for one in changes.placed}
            if (
                old is None
                or versions.regions != old.versions.regions
                or not serving <= self._served
            ):
                self._ground = Ground.read(session)
                self._served |= serving
            position = self._position_read()
        if old is None:
            self._keys_of = {}
            by_key = {_key(one): one for one in changes.placed}
            index = _build(changes.placed)
        else:
            gone = {key for number in changes.changed_ids for key in self._keys_of.pop(number, ())}
            by_key = {key: one for key, one in old.by_key.items() if key not in gone}
            by_key.update((_key(one), one) for one in changes.placed)
            index = old.index.with_changes([_place(one) for one in changes.placed], gone)
        for one in changes.placed:
            self._keys_of.setdefault(one.id, set()).add(_key(one))
        self._position = position
        return Snapshot(versions, calendar, codes, index, by_key, self._unplaced, self._ground)
