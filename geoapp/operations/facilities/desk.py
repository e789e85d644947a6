"""A steward's list: which facilities, page by page, and how many there are in all."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from geoapp.core.dated_states import Band, StateOnDay
from geoapp.operations.facilities.read import band_in, check_kinds, check_region
from geoapp.store.engine import Database
from geoapp.store.facilities.as_of import states_on_by_code
from geoapp.store.facilities.read import FacilityFilter, count_of_facilities, page_of_facilities
from geoapp.store.facilities.records import FacilityRecord, facility_records

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class DeskPage:
    """One page of a list; ``after`` asks for the next one, None at the end.

    Where the list is as of a day, ``band`` counts all of it, and ``on_day`` says by code what each
    facility of the page was on that day.
    """

    records: list[FacilityRecord]
    total: int
    after: str | None
    band: Band | None = None
    on_day: Mapping[str, StateOnDay] = field(default_factory=dict)


def list_desk(
    database: Database, wanted: FacilityFilter, after: str | None, *, limit: int = PAGE_SIZE
) -> DeskPage:
    """Return a page of the facilities wanted, by code, at most ``limit``; those after a code.

    Raises
    ------
    InvalidValueError
        If a kind or region is not known.
    """
    with database.snapshot() as session:
        check_kinds(session, wanted.kinds)
        check_region(session, wanted.region)
        found = page_of_facilities(session, wanted, after=after, limit=limit + 1)
        as_of = wanted.as_of
        band = None if as_of is None else band_in(session, wanted, as_of)
        return DeskPage(
            records=facility_records(session, found[:limit]),
            total=count_of_facilities(session, wanted)
            if band is None
            else band.known + band.possible,
            after=found[limit - 1].code if len(found) > limit else None,
            band=band,
            on_day={} if as_of is None else states_on_by_code(session, as_of, found[:limit]),
        )
