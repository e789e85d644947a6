"""Facilities one by one and page by page, as people and programs read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from geoapp.core.dated_states import Band, StateOnDay
from geoapp.core.errors import InvalidValueError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.words import Status
from geoapp.operations.moment import past_day
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.as_of import AsOf, band_of, states_on_by_code
from geoapp.store.facilities.read import (
    FacilityFilter,
    facility_by_code,
    filter_conditions,
    page_of_facilities,
    regions_below,
)
from geoapp.store.facilities.records import FacilityRecord, facility_records
from geoapp.store.vocabulary import read_codes

PUBLIC_STATUSES = frozenset({Status.OPEN, Status.SUSPENDED, Status.CLOSED})
_FACILITY = Text("站点", "facility")


@dataclass(frozen=True, slots=True)
class FacilityPage:
    """One page of a list; ``cursor`` asks for the next one, None at the end.

    Where the list is as of a day, ``band`` counts all of it, and ``on_day`` says by code what each
    facility of the page was on that day.
    """

    records: list[FacilityRecord]
    cursor: str | None
    band: Band | None = None
    on_day: Mapping[str, StateOnDay] = field(default_factory=dict)


def list_facilities(
    database: Database,
    wanted: FacilityFilter,
    *,
    after: str | None = None,
    limit: int = 100,
    unpublished: bool = False,
) -> FacilityPage:
    """Return a page of facilities in order of code.

    Parameters
    ----------
    unpublished
        Whether proposed and approved facilities may be seen.

    Raises
    ------
    InvalidValueError
        If a kind or region is not known.
    """
    with database.snapshot() as session:
        check_kinds(session, wanted.kinds)
        check_region(session, wanted.region)
        if not unpublished:
            statuses = wanted.statuses & PUBLIC_STATUSES if wanted.statuses else PUBLIC_STATUSES
            if not statuses:
                return FacilityPage([], None, None if wanted.as_of is None else Band(0, 0))
            wanted = replace(wanted, statuses=statuses)
        found = page_of_facilities(session, wanted, after=after, limit=limit + 1)
        cursor = found[limit - 1].code if len(found) > limit else None
        band, on_day = None, {}
        if wanted.as_of is not None:
            band = band_in(session, wanted, wanted.as_of)
            on_day = states_on_by_code(session, wanted.as_of, found[:limit])
        return FacilityPage(facility_records(session, found[:limit]), cursor, band, on_day)


def parse_as_of(value: str, zone: str) -> tuple[date, date]:
    """Return a day up to today, and today by the clocks of a zone.

    Raises
    ------
    InvalidValueError
        If it is no day, or one to come: what will be is not known.
    """
    today = datetime.now(ZoneInfo(zone)).date()
    try:
        day = date.fromisoformat(value.strip())
    except ValueError:
        day = date.max
    return past_day(day, today, value), today


def band_in(session: Session, wanted: FacilityFilter, as_of: AsOf) -> Band:
    """Return how many of the facilities wanted were there on a day, known and possible."""
    return band_of(session, as_of, filter_conditions(session, replace(wanted, as_of=None)))


def is_within(database: Database, region: str | None, regions: Sequence[str]) -> bool:
    """Tell whether a region is one of some or below one; none at all are everywhere."""
    if not regions:
        return True
    with database.snapshot() as session:
        return any(region in regions_below(session, one) for one in regions)


def check_kinds(session: Session, kinds: frozenset[str]) -> None:
    """Raise `InvalidValueError` unless all kinds are known."""
    known = read_codes(session).kinds
    for kind in sorted(kinds - known):
        accepted = ", ".join(sorted(known))
        raise InvalidValueError("kind", kind, Text(accepted, accepted))


def check_region(session: Session, code: str | None) -> None:
    """Raise `InvalidValueError` unless a region is stored; None is all of them."""
    if code is not None and not regions_below(session, code):
        raise InvalidValueError(
            "region", code, Text("已有区域的代码", "the code of a stored region")
        )


def found_facility(session: Session, code: str, *, unpublished: bool) -> FacilityRecord:
    """Return the facility of a code at the session's moment.

    Raises
    ------
    NotFoundError
        If there is none, or it is not published and may not be seen.
    """
    facility = facility_by_code(session, code)
    if facility is None or not (unpublished or facility.status in PUBLIC_STATUSES):
        raise NotFoundError(_FACILITY, code)
    return facility_records(session, [facility])[0]


def facility_number(session: Session, code: str) -> int:
    """Return the number of a facility in the store, whether it is published or not.

    Raises
    ------
    NotFoundError
        If there is none with the code.
    """
    facility = None if "\x00" in code else facility_by_code(session, code)
    if facility is None:
        raise NotFoundError(_FACILITY, code)
    return facility.id


def read_facility(database: Database, code: str, *, unpublished: bool = False) -> FacilityRecord:
    """Return the facility of a code.

    Raises
    ------
    NotFoundError
        If there is none, or it is not published and may not be seen.
    """
    with database.snapshot() as session:
        return found_facility(session, code, unpublished=unpublished)
