"""A steward's list: which facilities, page by page, and how many there are in all."""

from dataclasses import dataclass

from geoapp.operations.facilities.read import check_kinds, check_region
from geoapp.store.engine import Database
from geoapp.store.facilities.read import FacilityFilter, count_of_facilities, page_of_facilities
from geoapp.store.facilities.records import FacilityRecord, facility_records

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class DeskPage:
    """One page of a list; ``after`` asks for the next one, None at the end."""

    records: list[FacilityRecord]
    total: int
    after: str | None


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
        return DeskPage(
            records=facility_records(session, found[:limit]),
            total=count_of_facilities(session, wanted),
            after=found[limit - 1].code if len(found) > limit else None,
        )
