"""The story of a facility, and what changed since a day: sets with their words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from geoapp.core.errors import InvalidValueError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.parsing import parse_moment
from geoapp.core.results.undo import Undone
from geoapp.core.settings import Settings
from geoapp.operations.history.conflicts import Conflict
from geoapp.operations.history.labels import Labels, labels_for, labels_of
from geoapp.reports.words import history as words
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.read import regions_below
from geoapp.store.facilities.states import STATES
from geoapp.store.history.net import NetChange, Op, net_changes
from geoapp.store.history.sets import (
    Former,
    Records,
    SetFilter,
    StoredSet,
    facility_codes,
    facility_of_code,
    former_code,
    last_set_of_facility,
    list_sets,
    merged_into,
    moved_m,
    steps_in,
    stored_set,
)
from geoapp.store.history.undone import how_far_undone
from geoapp.store.regions import region_names_of

_FACILITY = Text("站点", "facility")
_SET = Text("变更", "change set")
# What the reader of a story does not need: it follows from another field, or names the row.
_UNTOLD = frozenset({"region_match", "region_distance_m", "id", "facility_id", "created_at"})
_MOST_STEPS = 300
_PAIR = "duplicate_decision"
_POINT_HEX = "0101000020"
_REGION = "region_code"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a set did to a record; ``record`` names it where a list has several."""

    record: str
    text: Text


@dataclass(frozen=True, slots=True)
class ToldSet:
    """A change set in words; ``lines`` are empty where only the summary was asked for."""

    stored: StoredSet
    summary: Text
    lines: tuple[Line, ...]
    undone: Undone = Undone.NO

    def document(self) -> dict[str, Any]:
        """Return it as programs read it, the command's ``--json`` and the API alike."""
        stored = self.stored
        # States come and go with their facility, and are counted where it is not.
        counted = [
            one
            for table, one in stored.counts.items()
            if table != STATES or "facility" not in stored.counts
        ]
        ops = {op: sum(one.get(op, 0) for one in counted) for op in Op}
        return {
            "id": stored.id,
            "at": stored.at.isoformat(),
            "actor": stored.actor,
            "role": stored.role,
            "via": stored.via,
            "key": stored.api_key,
            "reason": stored.reason,
            "summary": self.summary.zh,
            "summary_en": self.summary.en,
            "counts": {
                "inserted": ops[Op.INSERT],
                "updated": ops[Op.UPDATE],
                "deleted": ops[Op.DELETE],
                "by_table": stored.counts,
            },
            "undoes": stored.undoes,
            "undone_by": list(stored.undone_by),
            "undone_in_part": self.undone is Undone.IN_PART,
            "changes": [
                {"record": line.record, "text": line.text.zh, "text_en": line.text.en}
                for line in self.lines
            ],
        }


def parse_since(value: str, zone: str) -> datetime | None:
    """Return the moment from which on changes are asked for: a day from its first hour, or a moment.

    Raises
    ------
    InvalidValueError
        If it is neither.
    """
    if not value.strip():
        return None
    try:
        day = date.fromisoformat(value.strip())
    except ValueError:
        moment = parse_moment("since", value, zone)
        if moment is None:
            accepted = Text("日期，如 2026-11-27", "a date such as 2026-11-27")
            raise InvalidValueError("since", value, accepted) from None
        return moment
    if not 1970 <= day.year <= 9998:
        raise InvalidValueError("since", value, Text("1970 年以后的日期", "a date after 1970"))
    return datetime.combine(day, time(), ZoneInfo(zone))


def history_of(
    database: Database, settings: Settings, code: str, *, limit: int, before: int | None = None
) -> list[ToldSet]:
    """Return what was done to a facility, newest first, whether it is there, deleted or renamed.

    What was merged into it has its story there, too.

    Raises
    ------
    NotFoundError
        If no facility has or had the code.
    """
    with database.snapshot() as session:
        number = facility_of_code(session, code)
        if number is None:
            raise NotFoundError(_FACILITY, code)
        numbers = [number, *merged_into(session, number)]
        return told_of(session, settings, Records.facilities(numbers), limit=limit, before=before)


def told_of(
    session: Session, settings: Settings, of: Records, *, limit: int, before: int | None = None
) -> list[ToldSet]:
    """Return in words what was done to some records, newest first."""
    found = list_sets(session, SetFilter(of=of, before=before), limit=limit)
    return _told(session, settings, found, of=of)


def last_change_of(database: Database, code: str) -> int:
    """Return the last set of a facility's story, by which one knows later whether there is more.

    Raises
    ------
    NotFoundError
        If no facility has or had the code.
    """
    with database.snapshot() as session:
        number = facility_of_code(session, code)
        if number is None:
            raise NotFoundError(_FACILITY, code)
        return last_set_of_facility(session, number)


def changes_since(
    database: Database,
    *,
    since: datetime | None,
    region: str | None = None,
    actor: str | None = None,
    limit: int,
    before: int | None = None,
) -> list[ToldSet]:
    """Return the sets since a moment, newest first, each with its summary.

    Raises
    ------
    InvalidValueError
        If there is no such region.
    """
    with database.snapshot() as session:
        regions = None if region is None else regions_below(session, region)
        if regions == []:
            accepted = Text("已有区域的代码", "the code of a stored region")
            raise InvalidValueError("region", region, accepted)
        wanted = SetFilter(since=since, actor=actor, regions=regions, before=before)
        return [_summed_up(session, one, ()) for one in list_sets(session, wanted, limit=limit)]


def one_change_set(database: Database, settings: Settings, set_id: int) -> ToldSet:
    """Return a set with what it did, at most the first few hundred rows of it.

    Raises
    ------
    NotFoundError
        If there is no such set.
    """
    with database.snapshot() as session:
        stored = stored_set(session, set_id)
        if stored is None:
            raise NotFoundError(_SET, str(set_id))
        return _told(session, settings, [stored], of=None)[0]


def tell_conflicts(database: Database, conflicts: Sequence[Conflict]) -> list[Text]:
    """Return in words what is no longer as a set left it; facilities by their codes."""
    keys = [one.key for one in conflicts if one.table == "facility"]
    with database.snapshot() as session:
        codes = facility_codes(session, keys)
    return [
        words.conflict_text(
            one.table,
            codes.get(one.key, one.key) if one.table == "facility" else one.key,
            one.field,
            (one.before, one.current),
            None if one.later is None else one.later.set_id,
        )
        for one in conflicts
    ]


def find_former(database: Database, code: str) -> Former | None:
    """Return what became of a code that no facility has; None if none ever had it."""
    with database.snapshot() as session:
        return former_code(session, code)


def _summed_up(session: Session, stored: StoredSet, lines: tuple[Line, ...]) -> ToldSet:
    undone, _ = how_far_undone(session, stored)
    return ToldSet(stored, words.summary(stored.counts, stored.reason), lines, undone)


def _told(
    session: Session, settings: Settings, sets: Sequence[StoredSet], *, of: Records | None
) -> list[ToldSet]:
    steps = steps_in(session, [one.id for one in sets], of=of, most=_MOST_STEPS)
    rows = {set_id: net_changes(found) for set_id, found in steps.items()}
    every = [row for found in rows.values() for row in found]
    names, labels = _names(session, every), labels_of(session, settings, every)
    regions = {_REGION: _region_texts(session, every)}
    moves = [(row.before["geom"], row.after["geom"]) for row in every if _is_move(row)]
    metres = dict(zip(moves, moved_m(session, moves), strict=True))
    return [
        _summed_up(
            session,
            one,
            tuple(
                line
                for row in rows[one.id]
                if not _is_told(row, rows[one.id])
                for line in _lines(row, metres, names, {**regions, **labels_for(row, labels)})
            ),
        )
        for one in sets
    ]


# By tables that say of a record what its own change in the same set says.
_FOLLOWS = {STATES: "facility", "proposal_step": "proposal"}


def _region_texts(session: Session, rows: Sequence[NetChange]) -> dict[str, Text]:
    """Return what the regions are called that rows lay in or lie in now."""
    images = [image for row in rows for image in (row.before, row.after) if image]
    codes = {str(image[_REGION]) for image in images if image.get(_REGION)}
    return {
        code: Text(f"{zh} {code}", f"{en or zh} {code}")
        for code, (zh, en) in region_names_of(session, sorted(codes)).items()
    }


def _is_told(row: NetChange, rows: Sequence[NetChange]) -> bool:
    """Tell whether a state says nothing that its record's own change in the set does not say."""
    own = _FOLLOWS.get(row.table)
    return own is not None and any(
        f"{own}:{other.key}" in row.belongs for other in rows if other.table == own
    )


def _is_move(row: NetChange) -> bool:
    return row.op is Op.UPDATE and bool(row.before.get("geom")) and bool(row.after.get("geom"))


def _names(session: Session, rows: Sequence[NetChange]) -> dict[str, str]:
    """Return the codes of facilities by their number, those that went included."""
    from_log = {
        row.key: str((row.after or row.before)["code"])
        for row in rows
        if row.table == "facility" and "code" in (row.after or row.before)
    }
    named = {row.key for row in rows if row.table == "facility"}
    named |= {one for row in rows if row.table == _PAIR for one in _ids(row)}
    return facility_codes(session, sorted(named)) | from_log


def _ids(row: NetChange) -> list[str]:
    """Return the numbers of the two facilities that a decision is about."""
    return [str(one) for one in orjson.loads(row.key)]


def _record(row: NetChange, names: dict[str, str]) -> str:
    """Return what a row is known by: facilities by their codes."""
    if row.table == _PAIR:
        return " / ".join(names.get(one, one) for one in _ids(row))
    return names.get(row.key, row.key) if row.table == "facility" else row.key


def _lines(
    row: NetChange,
    metres: dict[tuple[str, str], float],
    names: dict[str, str],
    labels: Labels,
) -> list[Line]:
    record = _record(row, names)
    if row.op is not Op.UPDATE:
        image = row.after if row.op is Op.INSERT else row.before
        called = next(
            (
                str(image[name])
                for name in ("name_zh", "label_zh", "caption_zh", "name", "old")
                if image.get(name)
            ),
            None,
        )
        return [Line(record, words.row_text(row.table, str(row.op), called))]
    lines = []
    for name in sorted(row.after):
        old, new = row.before[name], row.after[name]
        if name in _UNTOLD or (name == "opening_hours_raw" and "opening_hours" in row.after):
            continue
        if name == "geom" and _is_move(row):
            reshaped = not (old.startswith(_POINT_HEX) and new.startswith(_POINT_HEX))
            text = words.move_text(metres[old, new], reshaped=reshaped)
        elif isinstance(old or new, dict) and name in labels:
            parts = words.part_texts(name, old or {}, new or {}, labels[name])
            lines += [Line(record, part) for part in parts]
            continue
        else:
            text = words.change_text(name, old, new, labels.get(name))
        lines.append(Line(record, text))
    return lines
