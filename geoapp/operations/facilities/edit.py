"""Add, change and remove one facility; held against the same rules as a row of a file."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from geoapp.core.acting import act
from geoapp.core.errors import ConflictError, InvalidValueError, NotFoundError
from geoapp.core.geo import geometry_from_wgs84
from geoapp.core.geojson import parse_geometry
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.core.words import Datum, PositionBasis
from geoapp.importers.formats.table import Record, Table, bad_character
from geoapp.importers.problems import Reading, shown
from geoapp.importers.rows.basis import has_no_position
from geoapp.importers.rows.columns import FACILITY_COLUMNS, FACILITY_DERIVED, folded
from geoapp.importers.rows.facilities import read_facilities
from geoapp.importers.rows.facility_row import FacilityRow
from geoapp.importers.rows.headings import match_header
from geoapp.importers.rows.issue import DEFAULT_KEY
from geoapp.operations.imports.facilities import facility_batch, facility_rules
from geoapp.operations.imports.report import ImportOptions
from geoapp.operations.stale import refuse_stale
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.read import facility_by_code, facility_numbers
from geoapp.store.facilities.records import FacilityRecord, facility_records
from geoapp.store.facilities.write import delete_facility, lock_facilities, write_facilities
from geoapp.store.history.sets import last_set_of_facility

_FACILITY = Text("站点", "facility")
_POSITION = frozenset({"lon", "lat", "geometry_wkt"})
# What every row must have; a change takes them from the store.
_REQUIRED = ("code", "kind", "name_zh")


def add_facility(
    database: Database,
    settings: Settings,
    geometry: dict[str, Any] | None,
    properties: dict[str, Any],
    datum: Datum,
    *,
    issue: bool = False,
    reason: str | None = None,
) -> FacilityRecord:
    """Store a new facility.

    Parameters
    ----------
    geometry
        A GeoJSON point or area in the declared datum; None if ``lon`` and ``lat`` are properties, or
        ``position_basis`` says that no position is known.
    properties
        The columns of a facility file; amenities may also be lists.
    issue
        Whether one that has no code gets the next one of its region and kind, as in a file without.
    reason
        Why, in words, for the log.

    Raises
    ------
    InvalidValueError
        Naming the first property that is not accepted.
    ConflictError
        If the code is taken, or it is to be issued and a facility has this name and address.
    """
    with act(reason=reason), database.session() as session:
        return add_within(session, settings, geometry, properties, datum, issue=issue)


def add_within(
    session: Session,
    settings: Settings,
    geometry: dict[str, Any] | None,
    properties: dict[str, Any],
    datum: Datum,
    *,
    issue: bool = False,
) -> FacilityRecord:
    """Do as `add_facility` in a transaction that does more than that."""
    lock_facilities(session)
    given = _without_derived(properties, {})
    reading = _read(session, settings, geometry, given, datum, issue=issue)
    code = reading.rows[0].code
    if facility_by_code(session, code) is not None:
        if issue and not given.get("code"):
            raise ConflictError(
                Text(
                    f"已有同名、同地址的站点 {code}；请改名称或地址，或给出编号。",
                    f"The facility {code} has this name and address; change one, or give a code.",
                )
            )
        raise ConflictError(
            Text(f"编号 {code} 的站点已存在。", f"There is a facility with the code {code}.")
        )
    return _write(session, settings, reading, with_geometry=True)


def change_facility(
    database: Database,
    settings: Settings,
    code: str,
    geometry: dict[str, Any] | None,
    properties: dict[str, Any],
    datum: Datum,
    *,
    expected_rev: int | None,
    reason: str | None = None,
) -> FacilityRecord:
    """Change some properties of a facility, its geometry, or both; null clears a property.

    A ``position_basis`` of region_only or unknown takes the position away.

    Parameters
    ----------
    expected_rev
        The version that the edit was made against; None accepts any.
    reason
        Why, in words, for the log.

    Raises
    ------
    NotFoundError
        If there is no such facility.
    ConflictError
        If somebody else has changed it since, or its status cannot become the one that is asked.
    InvalidValueError
        Naming the first property that is not accepted.
    """
    with act(reason=reason), database.session() as session:
        return change_within(
            session, settings, code, geometry, properties, datum, expected_rev=expected_rev
        )


def change_within(
    session: Session,
    settings: Settings,
    code: str,
    geometry: dict[str, Any] | None,
    properties: dict[str, Any],
    datum: Datum,
    *,
    expected_rev: int | None,
) -> FacilityRecord:
    """Do as `change_facility` in a transaction that does more than that."""
    record = _current(session, code, expected_rev)
    edit = edited_row(record, geometry, properties, datum)
    reading = _read(session, settings, edit.geometry, edit.values, datum)
    if reading.rows[0].code != code:
        raise InvalidValueError(
            "code", reading.rows[0].code, Text(f"{code}（编号不可更改）", f"{code}; codes stay")
        )
    reading = replace(reading, given=reading.given - edit.known)
    return _write(session, settings, reading, with_geometry=edit.moves)


@dataclass(frozen=True, slots=True)
class EditedRow:
    """An edit of a stored facility as the row of a file.

    Attributes
    ----------
    geometry
        A GeoJSON geometry in the edit's datum, so that what is stated is held against it.
    values
        What is edited, and what a row must state beside it.
    known
        Names of the latter: they come from the store and are not written.
    moves
        Whether the position is written.
    """

    geometry: dict[str, Any] | None
    values: dict[str, Any]
    known: frozenset[str]
    moves: bool


def edited_row(
    record: FacilityRecord,
    geometry: dict[str, Any] | None,
    properties: Mapping[str, Any],
    datum: Datum,
) -> EditedRow:
    """Return an edit as the row of a file; the parameters are those of `change_facility`.

    Raises
    ------
    InvalidValueError
        If a property is one that cannot be edited.
    """
    stated = _without_derived(properties, record.properties)
    header = match_header(list(stated), FACILITY_COLUMNS, FACILITY_DERIVED)
    # How certain a day is cannot be said without the day.
    for name in ("opened", "closed"):
        if f"{name}_basis" in header.given and f"{name}_on" not in header.given:
            stated[f"{name}_on"] = _as_text(record.properties[f"{name}_on"])
    moves = geometry is not None or bool(header.given & _POSITION)
    known = {name: record.properties[name] for name in _REQUIRED if name not in header.given}
    basis = header.places.get("position_basis")
    removes = basis is not None and has_no_position(list(stated.values())[basis])
    at = record.geometry_wkb
    if at is not None and not moves and not removes:
        geometry = geometry_from_wgs84(at, datum)
    elif at is None and not moves and basis is None:
        known["position_basis"] = PositionBasis.UNKNOWN
    regions = {} if "region" in header.given else {"region": record.properties["region"]}
    if at is None:
        known |= regions  # a position that it gets is held against the region that is known
    elif removes:
        stated |= regions  # it stays known when the position goes
        moves = True
    return EditedRow(geometry, known | stated, frozenset(known), moves)


def remove_facility(
    database: Database,
    code: str,
    *,
    expected_rev: int | None,
    seen: int | None = None,
    reason: str | None = None,
) -> None:
    """Delete a facility; the log keeps it, and an undo brings it back.

    Parameters
    ----------
    seen
        The last change set of its story that whoever deletes it has seen: photos, services, tallies
        and applications go with it, and have no part in its version. None = whatever came since.
    reason
        Why, in words, for the log.

    Raises
    ------
    NotFoundError
        If there is no such facility.
    ConflictError
        If somebody else has changed it since ``expected_rev``, or what goes with it since ``seen``.
    """
    with act(reason=reason), database.session() as session:
        _current(session, code, expected_rev)
        if seen is not None:
            number = facility_numbers(session, [code])[code]
            last = last_set_of_facility(session, number)
            refuse_stale(code, last, seen if last > seen else last)
        delete_facility(session, code)


def _current(session: Session, code: str, expected_rev: int | None) -> FacilityRecord:
    lock_facilities(session)
    facility = None if bad_character(code) else facility_by_code(session, code)
    if facility is None:
        raise NotFoundError(_FACILITY, shown(code))
    refuse_stale(code, facility.rev, expected_rev)
    return facility_records(session, [facility])[0]


def _without_derived(properties: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what the service says of a facility by itself; it may be sent back, not changed."""
    kept: dict[str, Any] = {}
    own_name = any(folded(name) in ("name_zh", "名称") for name in properties)
    for name, value in properties.items():
        if name in FACILITY_DERIVED or (name == "name" and own_name):
            if name != "links" and name in stored and not _same(value, stored[name]):
                raise InvalidValueError(
                    name, value, Text("不可修改的值", "the stored value: it cannot be edited")
                )
            continue
        kept[name] = value
    return kept


def _same(value: Any, stored: Any) -> bool:
    # Times were sent as text in one of several forms; the version guards them.
    return value == stored or hasattr(stored, "isoformat")


def _as_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _read(
    session: Session,
    settings: Settings,
    geometry: dict[str, Any] | None,
    properties: dict[str, Any],
    datum: Datum,
    *,
    issue: bool = False,
) -> Reading[FacilityRow]:
    """Read the properties as the one row of a file."""
    header = match_header(list(properties), FACILITY_COLUMNS, FACILITY_DERIVED)
    if header.extra:
        name = shown(next(iter(header.extra)))
        accepted = ", ".join(column.name for column in FACILITY_COLUMNS)
        raise InvalidValueError(name, properties.get(name), Text(accepted, accepted))
    properties = dict.fromkeys(name for name in _REQUIRED if name not in header.given) | properties
    record = Record(1, list(properties.values()), parse_geometry(geometry), geometry)
    table = Table(list(properties), [record], has_geometry=True)
    options = ImportOptions(datum, code_key=DEFAULT_KEY if issue else None)
    code = properties.get("code")
    # What no code can be is refused below, and not asked of the store.
    edited = [code] if isinstance(code, str) and bad_character(code) is None else []
    rules = facility_rules(session, settings, options, edited=edited)
    rules = replace(rules, unplaced="stated")
    reading = read_facilities(table, rules)
    if reading.problems:
        problem = reading.problems[0]
        error = InvalidValueError(problem.field, problem.value, problem.text)
        error.text = problem.text
        raise error
    return reading


def _write(
    session: Session, settings: Settings, reading: Reading[FacilityRow], *, with_geometry: bool
) -> FacilityRecord:
    batch = facility_batch(reading, settings.timezone, with_geometry=with_geometry)
    write_facilities(session, batch, tolerance_m=settings.region_tolerance_m)
    session.expire_all()
    facility = facility_by_code(session, reading.rows[0].code)
    if facility is None:
        raise NotFoundError(_FACILITY, reading.rows[0].code)
    return facility_records(session, [facility])[0]
