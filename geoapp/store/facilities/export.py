"""Facilities as a whole, for files: in order of code, page by page in one snapshot."""

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.store.facilities.read import FacilityFilter, page_of_facilities
from geoapp.store.facilities.records import FileRecord, file_records

_PAGE = 5000


def extra_text_names(session: Session) -> list[str]:
    """Return the names under which texts are kept aside, in their order."""
    return list(
        session.scalars(
            text(
                "select distinct key from facility, jsonb_each(extra) "
                "where jsonb_typeof(value) = 'string' order by key"
            )
        )
    )


def facility_pages(session: Session, wanted: FacilityFilter) -> Iterator[list[FileRecord]]:
    """Yield all facilities in order of code, with their timetabled places."""
    after: str | None = None
    while page := page_of_facilities(session, wanted, after=after, limit=_PAGE):
        after = page[-1].code
        yield file_records(session, page, wanted.as_of)
        session.expunge_all()
