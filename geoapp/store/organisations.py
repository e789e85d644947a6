"""Named queries on organisations and on what each does for which facility."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from geoapp.store.facilities.read import regions_below
from geoapp.store.models import Application, Facility, FacilityRole, Organisation

COLUMNS = (
    "code",
    "kind",
    "name_zh",
    "name_en",
    "region_code",
    "group_name",
    "parent_code",
    "listed_as",
    "listed_under",
    "document",
    "document_on",
    "place_in_document",
    "source",
)
# Where a column's name in files and answers is another than in the store.
_NAMES = {"region_code": "region", "parent_code": "parent"}
_PAGE = 2_000


@dataclass(frozen=True, slots=True)
class OrganisationFilter:
    """Which organisations; what is empty or None does not filter. A region includes those below."""

    kinds: frozenset[str] = frozenset()
    region: str | None = None
    group_name: str | None = None


@dataclass(frozen=True, slots=True)
class OrganisationCounts:
    """What became of the rows."""

    inserted: int
    updated: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class RoleRecord:
    """What an organisation does for a facility."""

    id: int
    organisation: str
    organisation_name: str
    facility: str
    facility_name: str
    role: str
    valid_from: date | None
    valid_to: date | None
    source: str | None
    facility_status: str
    has_position: bool


@dataclass(frozen=True, slots=True)
class OrganisationName:
    """By what an organisation is found, and what is known of where it is."""

    code: str
    name_zh: str
    name_en: str | None
    region: str | None
    group_name: str | None
    listed_as: str | None


@dataclass(frozen=True, slots=True)
class Ties:
    """At how many facilities an organisation has roles, how many roles, how many applications."""

    facilities: int = 0
    roles: int = 0
    applications: int = 0


@dataclass(frozen=True, slots=True)
class OrganisationRecord:
    """An organisation by the names of a file's columns; ``roles`` where they were asked for."""

    values: Mapping[str, Any]
    rev: int
    roles: tuple[RoleRecord, ...] = ()

    @property
    def code(self) -> str:
        """Its stable code."""
        return str(self.values["code"])


def _record(one: Organisation) -> OrganisationRecord:
    values = {_NAMES.get(column, column): getattr(one, column) for column in COLUMNS}
    return OrganisationRecord(values, one.rev)


def lock_organisations(session: Session) -> None:
    """Wait for other writers of organisations; they wait for this transaction's end from now on."""
    session.execute(text("select from data_version where name = 'organisations' for update"))


def stored_parents(session: Session) -> dict[str, str | None]:
    """Return each organisation's parent by code; None where it has none."""
    rows = session.execute(select(Organisation.code, Organisation.parent_code))
    return {code: parent for code, parent in rows}


def organisation_codes(session: Session, codes: Sequence[str] | None = None) -> frozenset[str]:
    """Return the codes of those of some organisations that there are, or of all."""
    query = select(Organisation.code)
    return frozenset(
        session.scalars(query if codes is None else query.where(Organisation.code.in_(codes)))
    )


def organisation_by_code(session: Session, code: str) -> OrganisationRecord | None:
    """Return the organisation of a code as it is stored now, or None."""
    one = session.get(Organisation, code, populate_existing=True)
    return None if one is None else _record(one)


def page_of_organisations(
    session: Session, wanted: OrganisationFilter, *, after: str | None, limit: int
) -> list[OrganisationRecord]:
    """Return organisations in order of code, those after a code, at most ``limit``."""
    query = select(Organisation).where(*_fits(session, wanted)).order_by(Organisation.code)
    if after is not None:
        query = query.where(Organisation.code > after)
    return [_record(one) for one in session.scalars(query.limit(limit))]


def _fits(session: Session, wanted: OrganisationFilter) -> list[ColumnElement[bool]]:
    fits: list[ColumnElement[bool]] = []
    if wanted.kinds:
        fits.append(Organisation.kind.in_(wanted.kinds))
    if wanted.region is not None:
        fits.append(Organisation.region_code.in_(regions_below(session, wanted.region)))
    if wanted.group_name is not None:
        fits.append(Organisation.group_name == wanted.group_name)
    return fits


def organisation_names(session: Session, wanted: OrganisationFilter) -> list[OrganisationName]:
    """Return by what those wanted are found, in order of code."""
    query = select(
        Organisation.code,
        Organisation.name_zh,
        Organisation.name_en,
        Organisation.region_code,
        Organisation.group_name,
        Organisation.listed_as,
    )
    query = query.where(*_fits(session, wanted)).order_by(Organisation.code)
    return [OrganisationName(*row) for row in session.execute(query)]


def organisations_of(session: Session, codes: Sequence[str]) -> list[OrganisationRecord]:
    """Return the organisations of some codes in order of code."""
    query = select(Organisation).where(Organisation.code.in_(codes)).order_by(Organisation.code)
    return [_record(one) for one in session.scalars(query)]


def organisations_below(session: Session, code: str) -> list[OrganisationRecord]:
    """Return the organisations that stand right below one, in order of code."""
    query = select(Organisation).where(Organisation.parent_code == code)
    return [_record(one) for one in session.scalars(query.order_by(Organisation.code))]


def ties_of(session: Session, codes: Sequence[str]) -> dict[str, Ties]:
    """Return what ties some organisations to the register, by code; those without ties are left out."""
    roles = select(
        FacilityRole.organisation_code,
        func.count(FacilityRole.facility_id.distinct()),
        func.count(),
    ).group_by(FacilityRole.organisation_code)
    asked = select(Application.organisation_code, func.count()).group_by(
        Application.organisation_code
    )
    by_role = {
        code: (facilities, count)
        for code, facilities, count in session.execute(
            roles.where(FacilityRole.organisation_code.in_(codes))
        )
    }
    by_application: dict[str, int] = {
        str(code): count
        for code, count in session.execute(asked.where(Application.organisation_code.in_(codes)))
    }
    return {
        code: Ties(*by_role.get(code, (0, 0)), by_application.get(code, 0))
        for code in {*by_role, *by_application}
    }


def codes_that_begin(session: Session, start: str) -> list[str]:
    """Return the codes that begin so, those of organisations that were deleted included."""
    rows = session.execute(
        text(
            "select code from organisation where starts_with(code, :start) union "
            "select key from change where table_name = 'organisation' "
            "and starts_with(key, :start)"
        ),
        {"start": start},
    )
    return [code for (code,) in rows]


def every_organisation(session: Session) -> Iterator[OrganisationRecord]:
    """Yield all organisations in order of code."""
    after = None
    while page := page_of_organisations(session, OrganisationFilter(), after=after, limit=_PAGE):
        yield from page
        after = page[-1].code


def write_organisations(
    session: Session,
    rows: Sequence[Mapping[str, Any]],
    given: frozenset[str],
    *,
    dry_run: bool = False,
) -> OrganisationCounts:
    """Insert new organisations and update those that differ, by code.

    Parameters
    ----------
    rows
        Values by ``COLUMNS``.
    given
        The columns that are written to organisations that exist; others keep what is stored.
    """
    changing = [column for column in COLUMNS if column in given and column != "code"]
    codes = [row["code"] for row in rows]
    stored = {
        one.code: one
        for one in session.scalars(select(Organisation).where(Organisation.code.in_(codes)))
    }
    fresh = [dict(row) for row in rows if row["code"] not in stored]
    changed = [
        {"code": row["code"], **{column: row[column] for column in changing}}
        for row in rows
        if row["code"] in stored
        and any(getattr(stored[row["code"]], column) != row[column] for column in changing)
    ]
    if not dry_run:
        if fresh:
            session.execute(insert(Organisation), fresh)
        if changed:
            session.execute(update(Organisation), changed)
    return OrganisationCounts(len(fresh), len(changed), len(rows) - len(fresh) - len(changed))


def dependants(session: Session, code: str) -> tuple[int, int]:
    """Return how many organisations stand below one, and how many roles it has at facilities."""
    below = select(func.count()).where(Organisation.parent_code == code)
    roles = select(func.count()).where(FacilityRole.organisation_code == code)
    return session.scalars(below).one(), session.scalars(roles).one()


def delete_organisation(session: Session, code: str) -> None:
    """Delete an organisation on which nothing depends."""
    session.execute(delete(Organisation).where(Organisation.code == code))


def roles_of(
    session: Session,
    *,
    organisation: str | None = None,
    facility: str | None = None,
    statuses: frozenset[str] | None = None,
) -> list[RoleRecord]:
    """Return roles of an organisation or at a facility, by facility, role and day.

    Parameters
    ----------
    statuses
        Only roles at facilities of these statuses; None means all.
    """
    query = (
        select(
            FacilityRole.id,
            Organisation.code,
            Organisation.name_zh,
            Facility.code,
            Facility.name_zh,
            FacilityRole.role,
            FacilityRole.valid_from,
            FacilityRole.valid_to,
            FacilityRole.source,
            Facility.status,
            Facility.geom.is_not(None),
        )
        .join(Organisation, Organisation.code == FacilityRole.organisation_code)
        .join(Facility, Facility.id == FacilityRole.facility_id)
        .order_by(Facility.code, FacilityRole.role, FacilityRole.valid_from, FacilityRole.id)
    )
    if organisation is not None:
        query = query.where(FacilityRole.organisation_code == organisation)
    if facility is not None:
        query = query.where(Facility.code == facility)
    if statuses is not None:
        query = query.where(Facility.status.in_(statuses))
    return [RoleRecord(*row) for row in session.execute(query)]


def add_role(session: Session, values: Mapping[str, Any]) -> int:
    """Store a role; return its number.

    ``values`` are the columns of ``facility_role`` but its number.
    """
    number: int = session.scalars(
        insert(FacilityRole).values(**values).returning(FacilityRole.id)
    ).one()
    return number


def has_role(
    session: Session,
    organisation: str,
    facility_id: int,
    role: str,
    valid_from: date | None,
    valid_to: date | None,
) -> bool:
    """Tell whether the organisation has the role at the facility on any day of a period."""
    query = select(FacilityRole.id).where(
        FacilityRole.organisation_code == organisation,
        FacilityRole.facility_id == facility_id,
        FacilityRole.role == role,
    )
    if valid_to is not None:
        query = query.where(
            FacilityRole.valid_from.is_(None) | (FacilityRole.valid_from <= valid_to)
        )
    if valid_from is not None:
        query = query.where(FacilityRole.valid_to.is_(None) | (FacilityRole.valid_to >= valid_from))
    return session.scalars(query.limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class RolePeriod:
    """Of a role, at which facility (its number), what and when; both days are included."""

    facility_id: int
    role: str
    valid_from: date | None
    valid_to: date | None


def role_period(session: Session, organisation: str, number: int) -> RolePeriod | None:
    """Return when an organisation has a role; None if it has none of that number."""
    row = session.execute(
        select(
            FacilityRole.facility_id,
            FacilityRole.role,
            FacilityRole.valid_from,
            FacilityRole.valid_to,
        ).where(FacilityRole.organisation_code == organisation, FacilityRole.id == number)
    ).one_or_none()
    return None if row is None else RolePeriod(*row)


def end_role(session: Session, number: int, valid_to: date | None) -> None:
    """Store until which day a role lasts."""
    session.execute(update(FacilityRole).where(FacilityRole.id == number).values(valid_to=valid_to))


def codes_of_name(session: Session, name: str) -> list[str]:
    """Return the codes of the organisations of a name, two at most: more than one is not one."""
    query = select(Organisation.code).where(Organisation.name_zh == name)
    return list(session.scalars(query.order_by(Organisation.code).limit(2)))


def delete_role(session: Session, organisation: str, number: int) -> bool:
    """Delete a role of an organisation; return whether there was one."""
    gone = session.scalars(
        delete(FacilityRole)
        .where(FacilityRole.organisation_code == organisation, FacilityRole.id == number)
        .returning(FacilityRole.id)
    ).first()
    return gone is not None
