"""Several sheets or layers of a file read as one table: each row says from which it came."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from geoapp.core.errors import InvalidValueError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.importers.formats.table import Record, Table
from geoapp.importers.open import open_table, sheets_of
from geoapp.importers.rows.columns import COLUMNS, count_known, folded

# All that have the same headings; no sheet of Excel may be called so.
ALL_ALIKE: Final = "*"
MOST_TOGETHER: Final = 200
_ALL: Final = "all"
_LINES: Final = 1000
_COLUMN: Final = "工作表"
_MOST_NAMED: Final = 20
_FOLDERS: Final = (".kml", ".kmz")

Sheets = str | tuple[str, ...] | None
"""One sheet, several, ``all`` or `ALL_ALIKE`; None = the one that looks like the data."""


def open_sheets(
    path: Path,
    *,
    layer: str,
    encoding: str | None = None,
    sheet: Sheets = None,
    crs: str | None = None,
    header: int | None = None,
) -> Table:
    """Open a file as `open_table` does, or several of its sheets or layers as one table.

    Lines are counted on from one sheet to the next, in whole thousands, so that each is unique.

    Raises
    ------
    InvalidValueError
        If there is no such sheet.
    UnusableInputError
        If the file cannot be read, or the sheets have not the same headings.
    """

    def opened(name: str | None) -> Table:
        return open_table(path, layer=layer, encoding=encoding, sheet=name, crs=crs, header=header)

    if sheet is None and path.suffix.lower() in _FOLDERS and len(sheets_of(path)) > 1:
        # A map's folders are one list in parts, as districts, and not lists to choose from.
        return open_sheets(path, layer=layer, encoding=encoding, sheet=ALL_ALIKE, crs=crs)
    if sheet is None or (isinstance(sheet, str) and sheet not in (_ALL, ALL_ALIKE)):
        return opened(sheet)
    names = sheets_of(path, shown=True)
    if sheet in names:
        return opened(str(sheet))
    if not names:
        accepted = Text("不写：这个文件只有一张表", "none: this file has one table alone")
        raise InvalidValueError("--sheet", str(sheet)[:80], accepted)
    stated = None if isinstance(sheet, str) else tuple(dict.fromkeys(sheet))
    meant = names if stated is None else stated
    if len(meant) > MOST_TOGETHER:
        accepted = Text(f"最多 {MOST_TOGETHER} 张", f"at most {MOST_TOGETHER} sheets")
        raise InvalidValueError("--sheet", len(meant), accepted)
    tables: dict[str, Table] = {}
    unread: UnusableInputError | None = None
    for name in meant:
        try:
            table = opened(name)
        except UnusableInputError as error:
            if stated is not None:
                raise
            unread = unread or error
            continue  # an empty sheet is none of the data
        tables[name] = replace(table, records=list(table.records))
    if unread is not None and not tables:
        raise unread
    alike = _alike(tables, layer)
    if stated is not None and len(alike) < len(tables):
        raise _unlike(path, tables)
    return _joined(alike, [name for name in names if name not in alike])


def _key(table: Table) -> tuple[Any, ...]:
    """Return by which headings are the same: in any order, unless one of them is there twice."""
    names = [folded(name) for name in table.columns]
    is_plain = len({*names}) == len(names)
    return table.has_geometry, tuple(sorted(names) if is_plain else names)


def _alike(tables: dict[str, Table], layer: str) -> dict[str, Table]:
    """Return the sheets with the same headings: those that name most columns, of these the most sheets."""
    groups: dict[tuple[Any, ...], dict[str, Table]] = {}
    for name, table in tables.items():
        groups.setdefault(_key(table), {})[name] = table

    def mark(group: dict[str, Table]) -> tuple[int, int]:
        first = next(iter(group.values()))
        return count_known(first.columns, layer) if layer in COLUMNS else 0, len(group)

    return max(groups.values(), key=mark)


def _unlike(path: Path, tables: dict[str, Table]) -> UnusableInputError:
    [first, *others] = tables.items()
    name, other = next(one for one in others if _key(one[1]) != _key(first[1]))
    lacking = [one for one in first[1].columns if one not in other.columns] or ["—"]
    more = [one for one in other.columns if one not in first[1].columns] or ["—"]
    return UnusableInputError(
        Text(
            f"{path.name} 的工作表“{name}”和“{first[0]}”的表头不同（缺：{'、'.join(lacking[:9])}；"
            f"多：{'、'.join(more[:9])}），不能一起读。",
            f"The sheets {name!r} and {first[0]!r} of {path.name} have not the same headings (lacking "
            f"{', '.join(lacking[:9])}; more: {', '.join(more[:9])}): they cannot be read together.",
        )
    )


def _joined(tables: dict[str, Table], left: Sequence[str]) -> Table:
    first = next(iter(tables.values()))
    column = _COLUMN
    while column in first.columns:
        column += "_"
    records: list[Record] = []
    hints: list[Text] = []
    begins: list[tuple[str, int]] = []
    before = 0
    for name, table in tables.items():
        begins.append((name, before))
        last = 0
        for record in _in_order(table, first.columns):
            last = max(last, record.line)
            line, cells = before + record.line, [name, *record.cells]
            records.append(replace(record, line=line, cells=cells))
        before += (last // _LINES + 1) * _LINES
        hints += [Text(f"“{name}”：{one.zh}", f"{name!r}: {one.en}") for one in table.hints]
    return replace(
        first,
        columns=[column, *first.columns],
        records=records,
        hints=(*hints, _told(begins, left)),
    )


def _in_order(table: Table, columns: Sequence[str]) -> Sequence[Record]:
    """Return a table's rows with their cells in the order of other columns of the same names."""
    names, wanted = [folded(one) for one in table.columns], [folded(one) for one in columns]
    records = list(table.records)
    if names == wanted:
        return records
    places = [names.index(name) for name in wanted]
    width = len(places)
    return [
        replace(
            record,
            cells=[
                *(record.cells[one] if one < len(record.cells) else None for one in places),
                *record.cells[width:],
            ],
        )
        for record in records
    ]


def _told(begins: Sequence[tuple[str, int]], left: Sequence[str]) -> Text:
    shown = begins[:_MOST_NAMED]
    zh = "、".join(f"“{name}”" + (f"（行号加 {line}）" if line else "") for name, line in shown)
    en = ", ".join(
        f"{name!r}" + (f" (lines from {line} on)" if line else "") for name, line in shown
    )
    if len(begins) > len(shown):
        zh, en = zh + "……", en + " …"
    zh, en = f"一起读了 {len(begins)} 张工作表：{zh}。", f"Read together ({len(begins)}): {en}."
    if left:
        named = left[:_MOST_NAMED]
        zh += f"没有读表头不同、空的或未选的：{'、'.join(f'“{one}”' for one in named)}。"
        en += f" Not read, as they are empty, have other headings or were not named: {', '.join(map(repr, named))}."
    return Text(zh, en)
