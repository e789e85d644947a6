"""XLSX workbooks: one sheet, read by calamine after its size has been checked."""

import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
from python_calamine import CalamineError, CalamineWorkbook

from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text
from geoapp.importers.formats.sheets import Fit, Rows, pick_sheet, rows_of
from geoapp.importers.formats.table import Record, Table, check_width, counted, trimmed_header

MOST_UNPACKED_BYTES = 2 * 1024**3
# Excel stops at 32,767 characters in a cell; what is far above is not a table.
MOST_CELL_BYTES = 8 * 1024**2
MOST_CELLS = 20_000_000
_CHUNK = 1024 * 1024
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
# A cell that does not say where it stands stands after the one before it.
_ANY_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_ERROR_CELLS = (b' t="e"', b" t='e'")
# A number format of zeros alone shows 7 as 00007: leading zeros that are meant.
_PADDING = re.compile(r"0{2,18}")
_MOST_EXACT = 1e15  # Excel keeps 15 digits


def open_xlsx(path: Path, *, sheet: str | None = None, fit: Fit | None = None) -> Table:
    """Open one sheet of a workbook.

    Parameters
    ----------
    sheet
        Its name or number; None = the one that looks like the data.
    fit
        How many columns the first rows of a sheet name; None = the first sheet is read.

    Raises
    ------
    UnusableInputError
        If it is not a workbook, unpacks to more than may be held, or its cells spread too far.
    """
    has_errors = check_xlsx(path)

    def mend(name: str, rows: Rows) -> None:
        if has_errors or _has_padding(path):
            _mend_cells(path, name, rows)

    return open_book(path, sheet=sheet, fit=fit, mend=mend)


def open_book(
    path: Path,
    *,
    sheet: str | None,
    fit: Fit | None,
    mend: Callable[[str, Rows], None] | None = None,
) -> Table:
    """Open one sheet of a workbook whose size has been checked; ``mend`` puts back what calamine drops."""
    try:
        book = CalamineWorkbook.from_path(str(path))
        chosen, told = pick_sheet(path, book, sheet, fit)
        rows = rows_of(chosen)
        merged = chosen.merged_cell_ranges or []
    except CalamineError as error:
        raise broken(path, str(error)) from None
    if mend is not None:
        mend(chosen.name, rows)
    hints = _spread_merged(rows, merged)
    return table_of(path, chosen.name, rows, (*hints, *told))


def table_of(path: Path, name: str, rows: Rows, hints: tuple[Text, ...]) -> Table:
    """Return a sheet's rows as a table, its first in which something stands as the header.

    Raises
    ------
    UnusableInputError
        If nothing stands in it.
    """
    records = counted(_records(rows))
    first = next(records, None)
    if first is None:
        raise UnusableInputError(
            Text(
                f"{path.name} 的工作表“{name}”是空的。",
                f"The sheet {name!r} of {path.name} is empty.",
            )
        )
    names = trimmed_header(first.cells)
    check_width(path, len(names))
    return Table(columns=names, records=records, has_geometry=False, hints=hints)


def broken(path: Path, detail: str) -> UnusableInputError:
    """Say that a file is not the workbook that its suffix says."""
    return UnusableInputError(
        Text(
            f"{path.name} 不是完好的 {path.suffix.lower()} 工作簿（{detail}）。",
            f"{path.name} is not a sound {path.suffix.lower()} workbook ({detail}).",
        )
    )


def check_xlsx(path: Path) -> bool:
    """Unpack every part once without keeping it, so that no bomb and no far cell reaches calamine.

    Returns
    -------
    Whether a cell holds an error.

    Raises
    ------
    UnusableInputError
        If it is not a workbook, unpacks to more than may be held, or its cells spread too far.
    """
    has_errors = False
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            total = sum(part.file_size for part in parts)
            if total > MOST_UNPACKED_BYTES:
                raise UnusableInputError(
                    Text(
                        f"{path.name} 解压后有 {total / 1e9:.1f} GB，最多接受"
                        f" {MOST_UNPACKED_BYTES / 1e9:.1f} GB；请改用 CSV。",
                        f"{path.name} unpacks to {total / 1e9:.1f} GB, more than the"
                        f" {MOST_UNPACKED_BYTES / 1e9:.1f} GB accepted; use CSV instead.",
                    )
                )
            if "[Content_Types].xml" not in archive.namelist():
                raise broken(path, "a ZIP archive, 普通压缩包")
            for part in parts:
                is_sheet = part.filename.startswith("xl/worksheets/")
                has_errors |= _check_part(path, archive, part, is_sheet)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise broken(path, str(error)) from None
    return has_errors


def _check_part(
    path: Path, archive: zipfile.ZipFile, part: zipfile.ZipInfo, is_sheet: bool
) -> bool:
    """Refuse a part that is too large; tell whether a cell of it holds an error."""
    has_errors = False
    columns: set[bytes] = set()
    rows = in_row = most_in_row = 0
    rest = b""
    text_bytes = 0
    is_xml = part.filename.endswith(".xml")
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK):  # the check sum at the end refuses parts that lie
            mark = chunk.find(b"<")
            text_bytes += len(chunk) if mark < 0 else mark
            if is_xml and text_bytes > MOST_CELL_BYTES:
                raise _vast_cell(path)
            if mark >= 0:
                text_bytes = len(chunk) - 1 - chunk.rfind(b"<")
            if not is_sheet:
                continue
            whole, end, left = (rest + chunk).rpartition(b">")
            first, *others = _ROW.split(whole + end)
            in_row += len(_ANY_CELL.findall(first))
            most_in_row = max(most_in_row, in_row)
            for piece in others:
                in_row = len(_ANY_CELL.findall(piece))
                most_in_row = max(most_in_row, in_row)
            rows += len(others)
            has_errors = has_errors or any(mark in whole for mark in _ERROR_CELLS)
            for column, row in _CELL.findall(whole + end):
                columns.add(column)
                rows = max(rows, int(row))
            rest = left
    width = max((_column_number(column) for column in columns), default=0)
    width = max(width, most_in_row)
    if width * rows > MOST_CELLS:
        raise UnusableInputError(
            Text(
                f"{path.name} 的单元格散布在 {rows:,} 行 × {width:,} 列内，过大；"
                "请把数据区以外的单元格清空后重试。",
                f"The cells of {path.name} spread over {rows:,} rows x {width:,} columns, which is "
                "too much; clear the cells outside the data.",
            )
        )
    return has_errors


def _vast_cell(path: Path) -> UnusableInputError:
    return UnusableInputError(
        Text(
            f"{path.name} 有过大的单元格（超过 {MOST_CELL_BYTES:,} 字节）；请删去其内容。",
            f"{path.name}: a cell is too large (over {MOST_CELL_BYTES:,} bytes); clear it.",
        )
    )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _spread_merged(
    rows: list[list[Any]], merged: list[tuple[tuple[int, int], tuple[int, int]]]
) -> tuple[Text, ...]:
    """Write what stands in merged cells into every row that they span; return what to tell the user.

    A file keeps the value in the first cell alone. Across columns it is not spread: an address over
    two columns is no telephone number.
    """
    down = across = 0
    for (top, left), (bottom, right) in merged:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        value = rows[top][left]
        if bottom > top and value not in (None, ""):
            down += 1
            for row in rows[top + 1 : bottom + 1]:
                if left < len(row):
                    row[left] = value
        across += right > left and top > 0
    hints = []
    if down:
        hints.append(
            Text(
                f"合并的单元格 {down:,} 处，其内容已填到所跨的每一行。",
                f"Merged cells ({down:,}): their content was taken for every row that they span.",
            )
        )
    if across:
        hints.append(
            Text(
                f"横向合并的单元格 {across:,} 处，只算作其第一列。",
                f"Cells merged across columns ({across:,}) count for their first column alone.",
            )
        )
    return tuple(hints)


def _has_padding(path: Path) -> bool:
    """Tell whether a workbook has a number format of leading zeros."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith("styles.xml")]
        return any(re.search(rb'formatCode="0{2,18}"', archive.read(name)) for name in names)


def _mend_cells(path: Path, sheet: str, rows: Rows) -> None:
    """Put back what calamine drops: leading zeros of a number format, and the words of an error."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        read = book[sheet]
        read.reset_dimensions()  # what a file says of its extent need not be so
        for row, cells in zip(rows, read.iter_rows(), strict=False):
            for place, cell in enumerate(cells):
                value = cell.value
                if cell.data_type == "e":
                    row[place] = str(value)
                elif isinstance(value, int) and _PADDING.fullmatch(cell.number_format or ""):
                    row[place] = f"{value:0{len(cell.number_format)}d}"
    finally:
        book.close()


def _records(rows: list[list[Any]]) -> Iterator[Record]:
    for number, row in enumerate(rows, start=1):
        yield Record(number, [_plain(cell) for cell in row])


def _plain(cell: Any) -> Any:
    """Return a cell as a person reads it: whole numbers without decimals, ISO dates."""
    if isinstance(cell, str | bool):
        return cell
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < _MOST_EXACT else cell
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell) if isinstance(cell, timedelta) else cell
