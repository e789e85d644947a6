"""XLSX workbooks: the first sheet, read by calamine after its size has been checked."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text
from geoapp.importers.formats.table import Record, Table, check_width, counted, trimmed_header

MOST_UNPACKED_BYTES = 2 * 1024**3
# Excel stops at 32,767 characters in a cell; what is far above is not a table.
MOST_CELL_BYTES = 8 * 1024**2
MOST_CELLS = 60_000_000
_CHUNK = 1024 * 1024
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_OVERLAP = 512


def open_xlsx(path: Path) -> Table:
    """Open a workbook's first sheet.

    Raises
    ------
    UnusableInputError
        If it is not a workbook, unpacks to more than may be held, or its cells spread too far.
    """
    _check_size(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
        if not book.sheet_names:
            raise UnusableInputError(
                Text(f"{path.name} 没有工作表。", f"{path.name} has no sheet.")
            )
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise _broken(path, str(error)) from None
    records = counted(_records(rows))
    first = next(records, None)
    if first is None:
        raise UnusableInputError(
            Text(f"{path.name} 的第一张工作表是空的。", f"The first sheet of {path.name} is empty.")
        )
    names = trimmed_header(first.cells)
    check_width(path, len(names))
    hints: tuple[Text, ...] = ()
    if len(book.sheet_names) > 1:
        hints = (
            Text(
                f"只读了第一张工作表“{book.sheet_names[0]}”（共 {len(book.sheet_names)} 张）。",
                f"Only the first sheet {book.sheet_names[0]!r} of {len(book.sheet_names)} was read.",
            ),
        )
    return Table(columns=names, records=records, has_geometry=False, hints=hints)


def _broken(path: Path, detail: str) -> UnusableInputError:
    return UnusableInputError(
        Text(
            f"{path.name} 不是完好的 .xlsx 工作簿（{detail}）。",
            f"{path.name} is not a sound .xlsx workbook ({detail}).",
        )
    )


def _check_size(path: Path) -> None:
    """Unpack every part once without keeping it, so that no bomb and no far cell reaches calamine."""
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
                raise _broken(path, "a ZIP archive, 普通压缩包")
            for part in parts:
                is_sheet = part.filename.startswith("xl/worksheets/")
                _check_part(path, archive, part, is_sheet)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise _broken(path, str(error)) from None


def _check_part(
    path: Path, archive: zipfile.ZipFile, part: zipfile.ZipInfo, is_sheet: bool
) -> None:
    columns: set[bytes] = set()
    rows = 0
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
            rest += chunk
            for column, row in _CELL.findall(rest):
                columns.add(column)
                rows = max(rows, int(row))
            rest = rest[-_OVERLAP:]
    width = max((_column_number(column) for column in columns), default=0)
    if width * rows > MOST_CELLS:
        raise UnusableInputError(
            Text(
                f"{path.name} 的单元格散布在 {rows:,} 行 × {width:,} 列内，过大；"
                "请把数据区以外的单元格清空后重试。",
                f"The cells of {path.name} spread over {rows:,} rows x {width:,} columns, which is "
                "too much; clear the cells outside the data.",
            )
        )


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


def _records(rows: list[list[Any]]) -> Iterator[Record]:
    for number, row in enumerate(rows, start=1):
        yield Record(number, [_plain(cell) for cell in row])


def _plain(cell: Any) -> Any:
    """Return a cell as a person reads it: whole numbers without decimals, ISO dates."""
    if isinstance(cell, str | bool):
        return cell
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < 1e15 else cell
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell) if isinstance(cell, timedelta) else cell
