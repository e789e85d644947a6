"""Filled call sheets read back: what each answer would change, before any of it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from geoapp.core.errors import UnusableInputError
from geoapp.core.hours import read_or_keep
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_SHEET_ANSWERS
from geoapp.core.words import CALL_TEXT, ENTRY_TEXT, CallOutcome
from geoapp.importers.formats.table import Record, bad_character
from geoapp.importers.open import open_table
from geoapp.importers.rows.cells import as_text
from geoapp.importers.rows.entry import entry_of, not_understood
from geoapp.operations.facilities.calls import COLUMNS, MOST_CALLS
from geoapp.store.engine import Database
from geoapp.store.facilities.read import facilities_by_code
from geoapp.store.facilities.records import FacilityRecord, facility_records

# What people write under "Still open?".
_OUTCOMES: Final[Mapping[CallOutcome, str]] = {
    CallOutcome.REACHED: "是 开 开着 还开 还开着 在开 营业 正常 正常开放 在 对 有 yes y open √ ✓ 1",
    CallOutcome.CLOSED: "否 不 关 关了 关闭 已关 已关闭 停 停了 停用 已停用 不开 不开了 撤了 撤销 no n closed × x 0",
    CallOutcome.MOVED: "搬 搬了 搬走 搬走了 已搬 搬迁 已搬迁 迁址 moved",
    CallOutcome.NOBODY: "没人接 无人接 无人接听 没人 打不通 未接通 未接 关机 忙 nobody no_answer busy",
}
_OUTCOME_OF: Final = {word: one for one, words in _OUTCOMES.items() for word in words.split()}
_FIELDS: Final = {
    "phone": Text("电话", "telephone"),
    "address": Text("地址", "address"),
    "opening_hours": Text("开放时间", "opening hours"),
    "entry": Text("怎么进门", "way in"),
}


@dataclass(frozen=True, slots=True)
class SheetAnswer:
    """What a line of a filled sheet says of a facility.

    Attributes
    ----------
    rev
        The facility's version that the answer was compared with.
    changes
        What would be stored, by the columns of a facility file; ``lines`` say it.
    problem
        Why nothing of the line can be taken over; None = it can.
    note
        Words under "Other", which somebody has to read.
    """

    line: int
    code: str
    name: str
    rev: int = 0
    outcome: CallOutcome | None = None
    changes: dict[str, str] | None = None
    again_on: date | None = None
    lines: tuple[Text, ...] = ()
    problem: Text | None = None
    note: str | None = None


def read_call_sheet(database: Database, path: Path, today: date) -> list[SheetAnswer]:
    """Return what a filled call sheet says, in its order; lines without an answer are left out.

    Who was not reached is to be called again tomorrow.

    Raises
    ------
    InvalidValueError, UnusableInputError
        If it is no workbook, no call sheet, or holds more than `MOST_SHEET_ANSWERS` answers.
    """
    table = open_table(path, layer="facilities")
    places = _places(table.columns)
    filled = []
    for number, record in enumerate(table.records):
        if number > MOST_CALLS:
            raise _too_many(MOST_CALLS)
        cells = {name: _cell(record, place) for name, place in places.items()}
        if any(cells[name] for name in ("still_open", "opening_hours", "entry", "note")):
            filled.append((record.line, cells))
    if len(filled) > MOST_SHEET_ANSWERS:
        raise _too_many(MOST_SHEET_ANSWERS)
    with database.snapshot() as session:
        codes = [cells["code"] for _, cells in filled if cells["code"]]
        found = facilities_by_code(session, codes)
        stored = {one.code: one for one in facility_records(session, found)}
    return [_answer(line, cells, stored.get(cells["code"] or ""), today) for line, cells in filled]


def _too_many(most: int) -> UnusableInputError:
    return UnusableInputError(
        Text(f"一张单子最多 {most} 条，请分开。", f"A sheet may hold {most}: split it.")
    )


def _places(columns: list[str]) -> dict[str, int]:
    """Return where each column of a call sheet stands."""
    names = {column.strip().casefold(): place for place, column in enumerate(columns)}
    found = {}
    for name, (heading, _) in COLUMNS.items():
        place = names.get(heading.zh.casefold(), names.get(heading.en.casefold()))
        if place is None:
            raise UnusableInputError(
                Text(
                    f"这不是电话核实单：缺少“{heading.zh}”一列。",
                    f"This is no call sheet: the column {heading.en!r} is missing.",
                )
            )
        found[name] = place
    return found


def _cell(record: Record, place: int) -> str | None:
    value: Any = record.cells[place] if place < len(record.cells) else None
    return as_text(value)


def _answer(
    line: int, cells: Mapping[str, str | None], stored: FacilityRecord | None, today: date
) -> SheetAnswer:
    code, name = cells["code"] or "", cells["name"] or ""

    def unusable(zh: str, en: str) -> SheetAnswer:
        return SheetAnswer(line, code, name, problem=Text(zh, en), note=cells["note"])

    if stored is None:
        return unusable("没有这个编号的设施。", "There is no facility of this code.")
    if any(bad_character(cell) for cell in cells.values() if cell):
        return unusable("含控制字符。", "It holds control characters.")
    said = (cells["still_open"] or "").casefold().strip("。.!！ ")
    outcome = _OUTCOME_OF.get(said.replace(" ", "_"), None if said else CallOutcome.REACHED)
    if outcome is None:
        return unusable(f"看不懂“{said[:40]}”。", f"{said[:40]!r} is not understood.")
    if not said and not (cells["opening_hours"] or cells["entry"]):
        return unusable("只有备注，请看了再填。", "There is a note alone: read it, and type it in.")
    changes, lines = {}, [CALL_TEXT[outcome]]
    if outcome in (CallOutcome.REACHED, CallOutcome.MOVED):
        hours, entry = cells["opening_hours"], cells["entry"]
        if hours and not read_or_keep(hours)[1]:
            return unusable(
                f"看不懂开放时间“{hours[:60]}”。", f"The hours {hours[:60]!r} are not understood."
            )
        way_in = entry_of(entry) if entry else None
        if entry and way_in is None:
            why = not_understood(entry)
            return unusable(why.zh, why.en)
        heard = {
            "opening_hours": hours,
            "entry": None if way_in is None else str(way_in),
            "phone": cells["phone"],
            "address": cells["address"],
        }
        for field, value in heard.items():
            before = stored.properties[field]
            if field == "opening_hours" and stored.hours_words:
                before = stored.hours_words
            if value and value != before:
                changes[field] = value
                lines.append(_change(field, before, value))
        if outcome is CallOutcome.MOVED and "address" not in changes:
            return unusable(
                "搬走了，但“地址”还是原来的。", "It has moved, and “Address” is the old one."
            )
    return SheetAnswer(
        line,
        code,
        stored.properties["name_zh"],
        stored.rev,
        outcome,
        changes,
        today + timedelta(days=1) if outcome is CallOutcome.NOBODY else None,
        tuple(lines),
        note=cells["note"],
    )


def _change(field: str, before: str | None, after: str) -> Text:
    words = {str(entry): text for entry, text in ENTRY_TEXT.items()} if field == "entry" else {}

    def told(value: str | None) -> Text:
        unknown = Text("未知", "unknown")
        return unknown if value is None else words.get(value, Text(value, value))

    name, old, new = _FIELDS[field], told(before), told(after)
    return Text(f"{name.zh}：{old.zh} → {new.zh}", f"{name.en}: {old.en} → {new.en}")
