"""Organisations one by one and page by page, with what they do for which facility."""

from dataclasses import dataclass, replace

from geoapp.core.errors import InvalidValueError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.operations.facilities.read import PUBLIC_STATUSES
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.read import regions_below
from geoapp.store.organisations import (
    OrganisationFilter,
    OrganisationRecord,
    codes_of_name,
    organisation_by_code,
    page_of_organisations,
    roles_of,
)

ORGANISATION = Text("单位", "organisation")


@dataclass(frozen=True, slots=True)
class OrganisationPage:
    """One page of a list; ``cursor`` is the code after which the next one begins, None at the end."""

    records: list[OrganisationRecord]
    cursor: str | None


def list_organisations(
    database: Database, wanted: OrganisationFilter, *, after: str | None = None, limit: int = 100
) -> OrganisationPage:
    """Return a page of organisations in order of code.

    Raises
    ------
    InvalidValueError
        If the region is not known.
    """
    with database.snapshot() as session:
        if wanted.region is not None and not regions_below(session, wanted.region):
            raise InvalidValueError(
                "region", wanted.region, Text("已有区域的代码", "the code of a stored region")
            )
        found = page_of_organisations(session, wanted, after=after, limit=limit + 1)
        cursor = found[limit - 1].code if len(found) > limit else None
        return OrganisationPage(found[:limit], cursor)


def read_organisation(
    database: Database, code: str, *, unpublished: bool = False
) -> OrganisationRecord:
    """Return the organisation of a code with its roles at facilities.

    Parameters
    ----------
    unpublished
        Whether roles at proposed and approved facilities may be seen.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    with database.snapshot() as session:
        return found_organisation(session, code, unpublished=unpublished)


def found_organisation(session: Session, code: str, *, unpublished: bool) -> OrganisationRecord:
    """Return an organisation of the session's moment with its roles.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    one = None if "\x00" in code else organisation_by_code(session, code)
    if one is None:
        raise NotFoundError(ORGANISATION, code)
    statuses = None if unpublished else frozenset(map(str, PUBLIC_STATUSES))
    roles = roles_of(session, organisation=code, statuses=statuses)
    return replace(one, roles=tuple(roles))


def organisation_named(database: Database, named: str) -> str:
    """Return the code of the organisation of a code or a full name.

    Raises
    ------
    InvalidValueError
        If there is none, or several have the name.
    """
    with database.snapshot() as session:
        if organisation_by_code(session, named) is not None:
            return named
        codes = codes_of_name(session, named)
    if len(codes) != 1:
        accepted = (
            Text("已有单位的编号或全称", "the code or full name of a stored organisation")
            if not codes
            else Text("单位的编号：有几个同名", "its code: several have that name")
        )
        raise InvalidValueError("organisation", named, accepted)
    return codes[0]
