"""Contests and entries added, changed and removed one by one; held against the rules of a file."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from geoapp.core.acting import acting
from geoapp.core.contest_rules import contest_rules
from geoapp.core.errors import (
    ConflictError,
    InvalidValueError,
    NotAllowedError,
    NotFoundError,
    RefusedStepError,
)
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.importers.formats.table import Table
from geoapp.importers.problems import Reading, shown
from geoapp.importers.rows.columns import (
    CONTEST_COLUMNS,
    ENTRY_COLUMNS,
    SERVICE_COLUMNS,
    Column,
)
from geoapp.importers.rows.contests import read_contests, read_entries
from geoapp.importers.rows.keyed import Row, read_given
from geoapp.importers.rows.services import read_services
from geoapp.operations.contests.read import ENTRY, found_contest
from geoapp.operations.imports.keyed import known_contests, stored_columns_of
from geoapp.operations.imports.named_regions import known_regions
from geoapp.operations.stale import refuse_stale
from geoapp.store.contests import (
    ContestRecord,
    EntryRecord,
    delete_contest,
    delete_entry,
    entry_records,
    lock_contests,
)
from geoapp.store.engine import Database, Session
from geoapp.store.history.chain import current_set
from geoapp.store.keyed import write_keyed
from geoapp.store.services import item_codes, lock_services

_CONTEST: Final = tuple(column.name for column in CONTEST_COLUMNS)
_ENTRY: Final = tuple(column.name for column in ENTRY_COLUMNS)


def add_contest(database: Database, settings: Settings, values: Mapping[str, Any]) -> str:
    """Store a new contest; without a stage it begins at the first one of its rules.

    Parameters
    ----------
    values
        The columns of a file of contests.

    Returns
    -------
    The contest's code.

    Raises
    ------
    InvalidValueError
        Naming the first value that is not accepted.
    ConflictError
        If the code is taken.
    """
    _check_names(values, CONTEST_COLUMNS)
    with database.session() as session:
        lock_contests(session)
        row = _contest_row(session, settings, _with_stage(settings, values))
        if not write_keyed(session, "contests", [row], frozenset()).inserted:
            code = row["code"]
            raise ConflictError(
                Text(f"编号 {code} 的竞赛已有。", f"There is a contest with the code {code}.")
            )
        return str(row["code"])


def change_contest(
    database: Database,
    settings: Settings,
    code: str,
    values: Mapping[str, Any],
    *,
    expected_rev: int | None,
) -> int | None:
    """Change some columns of a contest, such as its stage; null clears one.

    Parameters
    ----------
    expected_rev
        The version that the edit was made against; None accepts any.

    Returns
    -------
    The change set; None if nothing had to change.

    Raises
    ------
    NotFoundError
        If there is no such contest.
    ConflictError
        If somebody else has changed it since, or its stage is not the next one.
    InvalidValueError
        Naming the first value that is not accepted.
    """
    _check_names(values, CONTEST_COLUMNS)
    with database.session() as session:
        stored = _current(session, code, expected_rev)
        merged = {name: getattr(stored, name) for name in _CONTEST} | dict(values)
        _check_code(merged["code"], code)
        _check_stage(settings, stored, merged)
        row = _contest_row(session, settings, merged)
        write_keyed(session, "contests", [row], stored_columns_of(values))
        return current_set(session)


def remove_contest(database: Database, code: str, *, expected_rev: int | None) -> None:
    """Delete a contest with its entries; an undo brings them back.

    Raises
    ------
    NotFoundError
        If there is no such contest.
    ConflictError
        If somebody else has changed it since.
    """
    with database.session() as session:
        _current(session, code, expected_rev)
        delete_contest(session, code)


def add_entry(
    database: Database, settings: Settings, contest: str, values: Mapping[str, Any]
) -> str:
    """Store what was entered for a contest.

    Parameters
    ----------
    values
        The columns of a file of entries.

    Returns
    -------
    The entry's code.

    Raises
    ------
    NotFoundError
        If there is no such contest.
    InvalidValueError
        Naming the first value that is not accepted, or what exceeds the contest's rules.
    ConflictError
        If the contest has an entry of that code.
    """
    _check_names(values, ENTRY_COLUMNS)
    with database.session() as session:
        _current(session, contest, None)
        row = _entry_row(session, settings, {"contest": contest} | dict(values), contest)
        if not write_keyed(session, "entries", [row], frozenset()).inserted:
            code = row["code"]
            raise ConflictError(
                Text(
                    f"竞赛 {contest} 已有编号 {code} 的项目。",
                    f"The contest {contest} has an entry with the code {code}.",
                )
            )
        return str(row["code"])


def change_entry(
    database: Database,
    settings: Settings,
    contest: str,
    code: str,
    values: Mapping[str, Any],
    *,
    expected_rev: int | None,
) -> int | None:
    """Change some columns of an entry, such as its votes; null clears one.

    Returns
    -------
    The change set; None if nothing had to change.

    Raises
    ------
    NotFoundError
        If there is no such contest or entry.
    ConflictError
        If somebody else has changed it since.
    InvalidValueError
        Naming the first value that is not accepted, or what exceeds the contest's rules.
    """
    _check_names(values, ENTRY_COLUMNS)
    with database.session() as session:
        stored = _current_entry(session, contest, code, expected_rev)
        _change_entry(session, settings, stored, values)
        return current_set(session)


def remove_entry(database: Database, contest: str, code: str, *, expected_rev: int | None) -> None:
    """Delete an entry; an undo brings it back.

    Raises
    ------
    NotFoundError
        If there is no such contest or entry.
    ConflictError
        If somebody else has changed it since.
    """
    with database.session() as session:
        _current_entry(session, contest, code, expected_rev)
        delete_entry(session, contest, code)


def make_service(
    database: Database,
    settings: Settings,
    contest: str,
    code: str,
    values: Mapping[str, Any],
    *,
    expected_rev: int | None,
) -> int | None:
    """Store a new service of the catalogue that an entry became, in one change.

    Parameters
    ----------
    values
        The columns of a file of services.

    Returns
    -------
    The change set.

    Raises
    ------
    NotFoundError
        If there is no such contest or entry.
    NotAllowedError
        If the account is kept to some regions: a service is for all.
    ConflictError
        If somebody else has changed the entry since, it is a service, or one has that code.
    InvalidValueError
        Naming the first value that is not accepted.
    """
    _check_names(values, SERVICE_COLUMNS)
    now = acting()
    if now is not None and now.regions:
        raise NotAllowedError(
            Text(
                "服务事项全市共用，限定区域的账号不能添加；可以选已有的服务。",
                "A service is for all regions; an account that is kept to some cannot add one. "
                "It may choose one that there is.",
            )
        )
    with database.session() as session:
        stored = _current_entry(session, contest, code, expected_rev)
        if stored.service is not None:
            raise ConflictError(
                Text(
                    f"项目 {code} 已是服务 {stored.service}。",
                    f"The entry {code} is the service {stored.service} already.",
                )
            )
        lock_services(session)
        reading = read_given([_texts(values, SERVICE_COLUMNS)], SERVICE_COLUMNS, read_services)
        service = reading.rows[0]["code"]
        if not write_keyed(session, "services", reading.rows, frozenset()).inserted:
            raise ConflictError(
                Text(f"编号 {service} 的服务已有。", f"There is a service with the code {service}.")
            )
        _change_entry(session, settings, stored, {"service": service})
        return current_set(session)


def _change_entry(
    session: Session, settings: Settings, stored: EntryRecord, values: Mapping[str, Any]
) -> None:
    merged = {name: getattr(stored, name) for name in _ENTRY} | dict(values)
    _check_code(merged["code"], stored.code)
    row = _entry_row(session, settings, merged, stored.contest)
    write_keyed(session, "entries", [row], stored_columns_of(values))


def _with_stage(settings: Settings, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with the first stage of the rules where none is given."""
    rules = contest_rules(settings).get(str(values.get("rules") or "common"))
    first = {} if rules is None else {"stage": rules.stages[0].code}
    return first | {name: value for name, value in values.items() if value is not None}


def _check_stage(settings: Settings, stored: ContestRecord, values: Mapping[str, Any]) -> None:
    """Refuse a stage that is not the next one: only a file may tell of several at once."""
    rules = contest_rules(settings).get(str(values["rules"] or stored.rules))
    now = None if rules is None else rules.stage(stored.stage)
    wanted = None if rules is None else rules.stage_named(str(values["stage"]))
    if rules is None or now is None or wanted is None or wanted == now:
        return  # what is unknown is refused by what reads it
    following = rules.next_stage(now.code)
    if wanted == following:
        return
    may = (
        Text("没有下一阶段", "no stage follows")
        if following is None
        else Text(
            f"只能进入：{following.zh}（{following.code}）",
            f"it may go on to: {following.en} ({following.code})",
        )
    )
    raise RefusedStepError(
        Text(
            f"竞赛在“{now.zh}”，{may.zh}；不能到“{wanted.zh}”，不跳过也不能退回，录错了请撤销那次改动。",
            f"The contest stands at {now.en!r}; {may.en}. It does not become {wanted.en!r}: no stage "
            "is passed over or gone back to; if that was a mistake, take that change back.",
        )
    )


def _contest_row(session: Session, settings: Settings, values: Mapping[str, Any]) -> Row:
    def read(table: Table) -> Reading[Row]:
        regions = known_regions(session)
        return read_contests(table, regions, contest_rules(settings), known_contests(session))

    return read_given([_texts(values, CONTEST_COLUMNS)], CONTEST_COLUMNS, read).rows[0]


def _entry_row(
    session: Session, settings: Settings, values: Mapping[str, Any], contest: str
) -> Row:
    if values["contest"] != contest:
        accepted = Text(f"{contest}（竞赛不可更改）", f"{contest}; an entry stays in its contest")
        raise InvalidValueError("contest", values["contest"], accepted)

    def read(table: Table) -> Reading[Row]:
        contests = known_contests(session)
        return read_entries(table, contest_rules(settings), contests, item_codes(session))

    return read_given([_texts(values, ENTRY_COLUMNS)], ENTRY_COLUMNS, read).rows[0]


def _texts(values: Mapping[str, Any], columns: tuple[Column, ...]) -> dict[str, Any]:
    """Return every column as the cell of a file: zero and no are values, not nothing."""
    return {column.name: _cell(values.get(column.name)) for column in columns}


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | date):
        return str(value)
    return value


def _check_names(values: Mapping[str, Any], columns: tuple[Column, ...]) -> None:
    names = [column.name for column in columns]
    for name in values:
        if name not in names:
            accepted = Text("、".join(names), ", ".join(names))
            raise InvalidValueError(shown(name), values[name], accepted)


def _check_code(given: Any, code: str) -> None:
    if given != code:
        accepted = Text(f"{code}（编号不可更改）", f"{code}; codes stay")
        raise InvalidValueError("code", given, accepted)


def _current(session: Session, code: str, expected_rev: int | None) -> ContestRecord:
    lock_contests(session)
    stored = found_contest(session, code)
    refuse_stale(code, stored.rev, expected_rev)
    return stored


def _current_entry(
    session: Session, contest: str, code: str, expected_rev: int | None
) -> EntryRecord:
    _current(session, contest, None)
    for stored in entry_records(session, contest):
        if stored.code == code:
            refuse_stale(f"{contest} {code}", stored.rev, expected_rev)
            return stored
    raise NotFoundError(ENTRY, code)
