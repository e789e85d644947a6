"""Add, change and remove one organisation and its roles; held against the rules of a file's row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from geoapp.core.acting import act
from geoapp.core.errors import ConflictError, InvalidValueError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.units import counted
from geoapp.core.words import OrganisationRole
from geoapp.importers.formats.table import Record, Table
from geoapp.importers.problems import shown
from geoapp.importers.rows.columns import ORGANISATION_COLUMNS
from geoapp.importers.rows.issue import NO_REGION
from geoapp.importers.rows.organisations import (
    ACCEPTED_COLUMNS,
    OrganisationRow,
    read_organisations,
)
from geoapp.operations.imports.named_regions import known_regions
from geoapp.operations.imports.organisations import values_of, write_given
from geoapp.operations.organisations.read import found_organisation
from geoapp.operations.stale import refuse_stale
from geoapp.store import organisations as store
from geoapp.store.applications.read import application_count
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.read import facility_by_code
from geoapp.store.facilities.write import lock_facilities
from geoapp.store.organisations import (
    OrganisationRecord,
    add_role,
    codes_that_begin,
    delete_organisation,
    delete_role,
    dependants,
    has_role,
    lock_organisations,
    role_period,
    stored_parents,
    write_organisations,
)
from geoapp.store.programmes.read import evidence_count
from geoapp.store.proposals import proposals_of_host
from geoapp.store.services import organisation_offers

_NAMES = frozenset(column.name for column in ORGANISATION_COLUMNS)


@dataclass(frozen=True, slots=True)
class NewRole:
    """What an organisation is to do for a facility; both days are included, None is open."""

    facility: str
    role: OrganisationRole
    valid_from: date | None = None
    valid_to: date | None = None
    source: str | None = None


def add_organisation(
    database: Database, values: Mapping[str, Any], *, issue_code: bool = False
) -> OrganisationRecord:
    """Store a new organisation.

    Parameters
    ----------
    values
        The columns of an organisation file.
    issue_code
        Whether one without a code is given one: region, kind and number, as imports issue them.

    Raises
    ------
    InvalidValueError
        Naming the first value that is not accepted.
    ConflictError
        If the code is taken.
    """
    with database.session() as session:
        lock_organisations(session)
        parents = stored_parents(session)
        if issue_code and not values.get("code"):
            # Everything else is looked at first: no number is spent on what is not stored.
            checked = _read(session, {**values, "code": "-"}, parents)
            values = {**values, "code": _free_code(session, checked)}
        row = _read(session, values, parents)
        if row.code in parents:
            raise ConflictError(
                Text(
                    f"编号 {row.code} 的单位已存在。",
                    f"There is an organisation with the code {row.code}.",
                )
            )
        write_organisations(session, [values_of(row)], frozenset())
        return found_organisation(session, row.code, unpublished=True)


def _free_code(session: Session, row: OrganisationRow) -> str:
    start = f"{row.region or NO_REGION}-{row.kind}-"
    numbers = (code.removeprefix(start) for code in codes_that_begin(session, start))
    taken = [int(one) for one in numbers if one.isascii() and one.isdecimal() and len(one) < 10]
    return f"{start}{max(taken, default=0) + 1:04d}"


def change_organisation(
    database: Database,
    code: str,
    values: Mapping[str, Any],
    *,
    expected_rev: int | None,
    reason: str | None = None,
) -> OrganisationRecord:
    """Change some columns of an organisation; null clears one.

    Parameters
    ----------
    expected_rev
        The version that the edit was made against; None accepts any.
    reason
        Why, in words, for the log.

    Raises
    ------
    NotFoundError
        If there is no such organisation.
    ConflictError
        If somebody else has changed it since.
    InvalidValueError
        Naming the first value that is not accepted.
    """
    with act(reason=reason), database.session() as session:
        stored = _current(session, code, expected_rev)
        row = _read(session, dict(stored.values) | dict(values), stored_parents(session))
        if row.code != code:
            raise InvalidValueError(
                "code", row.code, Text(f"{code}（编号不可更改）", f"{code}; codes stay")
            )
        write_given(session, [row], frozenset(values))
        return found_organisation(session, code, unpublished=True)


def remove_organisation(
    database: Database, code: str, *, expected_rev: int | None, reason: str | None = None
) -> None:
    """Delete an organisation that has no roles and nothing below it.

    Parameters
    ----------
    reason
        Why, in words, for the log.

    Raises
    ------
    NotFoundError
        If there is no such organisation.
    ConflictError
        If somebody else has changed it since ``expected_rev``, or something depends on it.
    """
    with act(reason=reason), database.session() as session:
        _current(session, code, expected_rev)
        below, roles = dependants(session, code)
        asked = application_count(session, code)
        if asked:
            raise ConflictError(
                Text(
                    f"{code} 有 {asked} 份申报，不能删除。",
                    f"{code} cannot be deleted: it has {counted(asked, '份', 'application').en}.",
                )
            )
        counted_for = evidence_count(session, code)
        if counted_for:
            raise ConflictError(
                Text(
                    f"{code} 是 {counted_for} 项指标的依据，不能删除。",
                    f"{code} cannot be deleted: it is counted for "
                    f"{counted(counted_for, '项', 'indicator').en}.",
                )
            )
        offers = organisation_offers(session, code)
        if offers:
            raise ConflictError(
                Text(
                    f"{code} 还提供 {offers} 项服务，不能删除；请先撤下。",
                    f"{code} cannot be deleted: it has {counted(offers, '项', 'offer').en} of "
                    "services; end these first.",
                )
            )
        carried = proposals_of_host(session, code)
        if carried:
            raise ConflictError(
                Text(
                    f"{code} 是看板上 {carried} 处站点的所在单位，不能删除；请先改掉。",
                    f"{code} cannot be deleted: it is the host of "
                    f"{counted(carried, '处', 'proposal').en}; change these first.",
                )
            )
        if below or roles:
            raise ConflictError(
                Text(
                    f"{code} 还有 {below} 个下级单位、{roles} 项与设施的关系，不能删除；请先解除。",
                    f"{code} cannot be deleted: {below} organisations stand below it and it has "
                    f"{roles} roles at facilities; end these first.",
                )
            )
        delete_organisation(session, code)


def give_role(database: Database, code: str, new: NewRole) -> OrganisationRecord:
    """Store what an organisation does for a facility.

    Raises
    ------
    NotFoundError
        If there is no such organisation.
    InvalidValueError
        If there is no such facility, or the period ends before it begins.
    ConflictError
        If it has that role there on some of these days already.
    """
    with database.session() as session:
        # In this order, as deleting a facility takes them, so that neither waits for the other.
        lock_facilities(session)
        _current(session, code, None)
        facility = facility_by_code(session, new.facility)
        if facility is None:
            raise InvalidValueError(
                "facility", new.facility, Text("已有站点的编号", "the code of a stored facility")
            )
        if new.valid_from and new.valid_to and new.valid_to < new.valid_from:
            raise InvalidValueError(
                "valid_to",
                new.valid_to,
                Text("不早于 valid_from 的日期", "a day no earlier than valid_from"),
            )
        if has_role(session, code, facility.id, new.role, new.valid_from, new.valid_to):
            raise ConflictError(
                Text(
                    f"{code} 在这段时间已经是 {new.facility} 的“{new.role}”。",
                    f"{code} has the role {new.role!s} at {new.facility} on some of these days.",
                )
            )
        add_role(
            session,
            {
                "organisation_code": code,
                "facility_id": facility.id,
                "role": str(new.role),
                "valid_from": new.valid_from,
                "valid_to": new.valid_to,
                "source": new.source,
            },
        )
        return found_organisation(session, code, unpublished=True)


def take_role(database: Database, code: str, number: int, *, expected_rev: int | None) -> None:
    """Delete a role of an organisation, which is a change of the organisation.

    Raises
    ------
    NotFoundError
        If there is no such organisation, or it has no role of that number.
    ConflictError
        If somebody else has changed it since ``expected_rev``.
    """
    with database.session() as session:
        _current(session, code, expected_rev)
        if not delete_role(session, code, number):
            raise NotFoundError(Text("关系", "role"), str(number))


def end_role(database: Database, code: str, number: int, valid_to: date | None) -> None:
    """Store until which day an organisation does what it does for a facility; None = it goes on.

    Raises
    ------
    NotFoundError
        If there is no such organisation, or it has no role of that number.
    InvalidValueError
        If the day is before its first one.
    ConflictError
        If it would have that role twice on some of these days.
    """
    with database.session() as session:
        lock_facilities(session)
        _current(session, code, None)
        role = role_period(session, code, number)
        if role is None:
            raise NotFoundError(Text("关系", "role"), str(number))
        if valid_to and role.valid_from and valid_to < role.valid_from:
            raise InvalidValueError(
                "valid_to",
                valid_to,
                Text(
                    f"不早于 {role.valid_from} 的日期", f"a day no earlier than {role.valid_from}"
                ),
            )
        before = role.valid_to
        longer = before is not None and (valid_to is None or valid_to > before)
        since = None if before is None else before + timedelta(days=1)
        if longer and has_role(session, code, role.facility_id, role.role, since, valid_to):
            raise ConflictError(
                Text(
                    f"{code} 在这段时间另有这个角色。",
                    f"{code} has this role on some of these days by another entry.",
                )
            )
        store.end_role(session, number, valid_to)


def _current(session: Session, code: str, expected_rev: int | None) -> OrganisationRecord:
    lock_organisations(session)
    stored = found_organisation(session, code, unpublished=True)
    refuse_stale(code, stored.rev, expected_rev)
    return stored


def _read(
    session: Session, values: Mapping[str, Any], parents: Mapping[str, str | None]
) -> OrganisationRow:
    """Read the values as the one row of a file."""
    for name in values:
        if name not in _NAMES:
            raise InvalidValueError(shown(name), values[name], ACCEPTED_COLUMNS)
    columns = [column.name for column in ORGANISATION_COLUMNS]
    record = Record(1, [values.get(column) for column in columns], None, None)
    reading = read_organisations(
        Table(columns, [record], has_geometry=False), known_regions(session), parents
    )
    if reading.problems:
        problem = reading.problems[0]
        error = InvalidValueError(problem.field, problem.value, problem.text)
        error.text = problem.text
        raise error
    return reading.rows[0]
