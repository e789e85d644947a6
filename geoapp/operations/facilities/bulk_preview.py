"""What an edit of many facilities at once would do: each exactly as by `change_facility`.

What is refused for one facility leaves it out, and is told; the others are changed all the same.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, Literal

import orjson
from pydantic import BaseModel, ConfigDict

from geoapp.core.errors import InvalidValueError
from geoapp.core.geojson import parse_geometry
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_BULK
from geoapp.core.rough_days import RoughDay, written
from geoapp.core.settings import Settings
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.words import DateBasis, Datum, PositionBasis, Status
from geoapp.importers.formats.table import Record, Table
from geoapp.importers.problems import Reading
from geoapp.importers.rows.facilities import read_facilities
from geoapp.importers.rows.facility_row import FacilityRow, FacilityRules
from geoapp.operations.facilities.edit import EditedRow, edited_row
from geoapp.operations.imports.facilities import facility_batch, facility_rules
from geoapp.operations.imports.report import ImportOptions
from geoapp.store.engine import Session
from geoapp.store.facilities import bulk as store
from geoapp.store.facilities.differences import Difference
from geoapp.store.facilities.read import facilities_by_id
from geoapp.store.facilities.records import FacilityRecord, facility_records
from geoapp.store.facilities.write import write_facilities
from geoapp.store.history.sets import facility_codes

Mark = Literal["yes", "no", "unknown"]
# What many facilities may get at once, and what of it is never unknown.
FIELDS: Final = (
    "status",
    "opened_on",
    "closed_on",
    "verified_on",
    "kind",
    "region",
    "opening_hours",
    "entry",
    "access",
    "phone",
    "operator",
    "host",
    "source",
)
ALWAYS_KNOWN: Final = frozenset({"status", "kind", "region"})
_OUTSIDE: Final = Text(
    "不在您负责的区域内。", "It lies outside the regions that you are responsible for."
)
_MOST_NAMED: Final = 100


class BulkChanges(BaseModel):
    """What many facilities get: values by field, None for unknown; amenities one by one."""

    model_config = ConfigDict(frozen=True)

    values: dict[str, str | None] = {}
    amenities: dict[str, Mark] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be changed."""
        return not self.values and not self.amenities

    def of(self, record: FacilityRecord) -> dict[str, Any]:
        """Return what one facility gets, as `change_facility` takes it."""
        stated: dict[str, Any] = dict(self.values)
        for name, mark in (("amenities", "yes"), ("no_amenities", "no")) if self.amenities else ():
            kept = [one for one in record.properties[name] if one not in self.amenities]
            added = [one for one, said in self.amenities.items() if said == mark]
            stated[name] = sorted(kept + added)  # as the record's page sends them
        return stated


@dataclass(frozen=True, slots=True)
class Named:
    """A facility by code and name."""

    code: str
    name_zh: str
    name_en: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A facility that is left out, and why."""

    facility: Named
    reasons: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class ChangedSince:
    """A facility that was changed after the changes were chosen, when, and by whom if he signed in."""

    facility: Named
    actor: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class BulkPreview:
    """What a bulk edit would do now.

    Attributes
    ----------
    selected
        How many facilities were chosen.
    changed
        Each that would change: field by field before and after.
    gone
        The codes of those that were deleted since.
    warnings
        What of the values is kept without being understood.
    seen
        By what a change of the outcome, or of any of the facilities, shows.
    """

    selected: int
    changed: tuple[Difference, ...]
    unchanged: tuple[Named, ...]
    refused: tuple[Refused, ...]
    since: tuple[ChangedSince, ...]
    gone: tuple[str, ...]
    warnings: tuple[Text, ...]
    seen: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What a bulk edit would do, and the rows that do it."""

    preview: BulkPreview
    readings: list[Reading[FacilityRow]]


def look(
    session: Session,
    settings: Settings,
    row: store.BulkEdit,
    within: Collection[str] | None,
) -> Looked:
    """Tell what a bulk edit would do, and return the rows that would do it."""
    changes = BulkChanges.model_validate(row.changes)
    by_id = facilities_by_id(session, row.facility_ids)
    there = [facility for facility in row.facility_ids if facility in by_id]
    records = facility_records(session, [by_id[facility] for facility in there])
    revs = dict(zip(row.facility_ids, row.revs, strict=True))
    refused = [
        Refused(_named(record), (_OUTSIDE,)) for record in records if not _lies(record, within)
    ]
    rows = [
        (record, edited_row(record, None, changes.of(record), Datum.WGS84))
        for record in records
        if _lies(record, within)
    ]
    readings, wrong, warnings = _read(session, settings, rows)
    refused += [Refused(_named(rows[line][0]), reasons) for line, reasons in wrong.items()]
    by_code = {record.code: record for record in records}
    changed = []
    for place, reading in enumerate(readings):
        told = [
            _with_days(by_code[one.code], one)
            for one in write_edits(session, settings, reading, dry_run=True)
        ]
        disorder = {one.code: why for one, why in told if why is not None}
        refused += [Refused(_named(by_code[code]), (why,)) for code, why in disorder.items()]
        changed += [one for one, why in told if why is None]
        rows_left = [one for one in reading.rows if one.code not in disorder]
        readings[place] = replace(reading, rows=rows_left)
    left = {one.facility.code for one in refused} | {one.code for one in changed}
    lost = [str(facility) for facility in row.facility_ids if facility not in by_id]
    codes = facility_codes(session, lost)
    moved = [facility for facility in there if by_id[facility].rev != revs[facility]]
    preview = BulkPreview(
        selected=len(row.facility_ids),
        changed=tuple(sorted(changed, key=lambda one: one.code)),
        unchanged=tuple(_named(record) for record in records if record.code not in left),
        refused=tuple(sorted(refused, key=lambda one: one.facility.code)),
        since=_since(session, dict(zip(there, records, strict=True)), moved),
        gone=tuple(codes.get(one, one) for one in lost),
        warnings=warnings,
        seen="",
    )
    seen = _seen(preview, changes, [(record.code, record.rev) for record in records])
    return Looked(replace(preview, seen=seen), [one for one in readings if one.rows])


def _with_days(record: FacilityRecord, one: Difference) -> tuple[Difference, Text | None]:
    """Return a change with its days as no more than is known, and why the store would refuse them."""
    changes = dict(one.changes or {})
    after: dict[str, RoughDay] = {}
    for name in ("opened", "closed"):
        day, basis = f"{name}_on", f"{name}_basis"
        stored = record.properties[day], record.properties[basis]
        days = changes.pop(day, None)
        bases = changes.pop(basis, (stored[1], stored[1]))
        new = (
            stored[0] if days is None else None if days[1] is None else date.fromisoformat(days[1])
        )
        if new is not None:
            after[name] = RoughDay(new, DateBasis(bases[1]))
        if days is not None or bases[0] != bases[1]:
            changes[day] = written(*stored), written(new, bases[1])
    if len(after) == 2 and after["closed"].last < after["opened"].day:
        return one, Text(
            f"停用日期 {after['closed']} 早于启用日期 {after['opened']}。",
            f"closed_on {after['closed']} is before opened_on {after['opened']}.",
        )
    return replace(one, changes=changes), None


def _lies(record: FacilityRecord, within: Collection[str] | None) -> bool:
    return within is None or record.properties["region"] in within


def _named(record: FacilityRecord) -> Named:
    return Named(record.code, record.properties["name_zh"], record.properties["name_en"])


def _since(
    session: Session, records: Mapping[int, FacilityRecord], moved: Sequence[int]
) -> tuple[ChangedSince, ...]:
    """Say of facilities whose version is another now who changed them; the log knows of the first."""
    by = store.last_changes(session, moved[:_MOST_NAMED])
    return tuple(
        ChangedSince(
            _named(records[one]),
            by[one].actor if one in by else None,
            by[one].at if one in by else None,
        )
        for one in moved
    )


def _seen(preview: BulkPreview, changes: BulkChanges, revs: list[tuple[str, int]]) -> str:
    shown = [
        changes.model_dump(),
        revs,
        [(one.code, one.changes) for one in preview.changed],
        [one.facility.code for one in preview.refused],
        preview.gone,
    ]
    return hashlib.sha256(orjson.dumps(shown, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


def _rules(session: Session, settings: Settings, statuses: Mapping[str, str]) -> FacilityRules:
    options = ImportOptions(Datum.WGS84)
    rules = facility_rules(session, settings, options, edited=list(statuses))
    return replace(rules, unplaced="stated", statuses=statuses)


def _table(rows: Sequence[tuple[int, EditedRow]]) -> Table:
    """Return edits of the same columns as a table whose lines are their numbers."""
    return Table(
        list(rows[0][1].values),
        [
            Record(line, list(edit.values.values()), parse_geometry(edit.geometry), edit.geometry)
            for line, edit in rows
        ],
        has_geometry=True,
    )


def _read(
    session: Session, settings: Settings, rows: Sequence[tuple[FacilityRecord, EditedRow]]
) -> tuple[list[Reading[FacilityRow]], dict[int, tuple[Text, ...]], tuple[Text, ...]]:
    """Read edits as files are read, those of the same columns together.

    Returns
    -------
    The readings; by the place of a row that is not accepted why; and what is warned of, each once.
    """
    statuses = {record.code: record.properties["status"] for record, _ in rows}
    rules = _rules(session, settings, statuses)
    groups: dict[tuple[str, ...], list[tuple[int, EditedRow]]] = defaultdict(list)
    for line, (_, edit) in enumerate(rows):
        groups[tuple(edit.values)].append((line, edit))
    readings, wrong, warnings = [], {}, dict[str, Text]()
    for group in groups.values():
        reading = read_facilities(_table(group), rules)
        known = group[0][1].known
        readings.append(replace(reading, given=reading.given - known))
        for one in reading.rejected:
            wrong[one.line] = tuple(problem.text for problem in one.problems)
        warnings |= {one.text.en: one.text for one in reading.warnings}
    return readings, wrong, tuple(warnings.values())


def write_edits(
    session: Session, settings: Settings, reading: Reading[FacilityRow], *, dry_run: bool
) -> tuple[Difference, ...]:
    """Write the edits of a reading; in a dry run, only return what they would change."""
    batch = facility_batch(reading, settings.timezone, with_geometry=False)
    counts = write_facilities(
        session,
        batch,
        tolerance_m=settings.region_tolerance_m,
        dry_run=dry_run,
        most_described=MOST_BULK,
    )
    return counts.differences


def check_changes(
    session: Session,
    settings: Settings,
    changes: BulkChanges,
    within: Collection[str] | None,
) -> None:
    """Refuse values that no facility could get.

    Parameters
    ----------
    within
        The regions in which who asks may edit; None is everywhere.

    Raises
    ------
    InvalidValueError
        Naming the first field that is not accepted.
    """
    if changes.is_empty:
        accepted = Text("至少一项要改的内容", "at least one thing to change")
        raise InvalidValueError("changes", "", accepted)
    for name, value in changes.values.items():
        if name not in FIELDS or (value is None and name in ALWAYS_KNOWN):
            names = ", ".join(FIELDS)
            raise InvalidValueError(name, value, Text(names, names))
    region = changes.values.get("region")
    stand_in = {
        "code": "x",
        "kind": load_vocabulary().kinds[0].code,
        "name_zh": "x",
        "position_basis": PositionBasis.UNKNOWN,
        "status": Status.APPROVED,  # of which any day of opening may be right
        **changes.values,
        "amenities": list(changes.amenities),
    }
    edit = EditedRow(None, stand_in, frozenset(), moves=False)
    rules = _rules(session, settings, {})
    problems = read_facilities(_table([(1, edit)]), rules).problems
    if problems:
        error = InvalidValueError(problems[0].field, problems[0].value, problems[0].text)
        error.text = problems[0].text
        raise error
    if region is not None and within is not None and region not in within:
        error = InvalidValueError("region", region, _OUTSIDE)
        error.text = Text(
            "您不负责这个区域，不能把设施划进去。",
            "You are not responsible for this region, and cannot move facilities into it.",
        )
        raise error
