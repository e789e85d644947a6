"""Workbooks other than XLSX: XLS of old Excel and ODS of LibreOffice, their sizes checked first."""

import zipfile
from pathlib import Path
from typing import Final
from xml.parsers import expat

from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text
from geoapp.importers.formats.sheets import Fit
from geoapp.importers.formats.table import Table
from geoapp.importers.formats.xlsx import (
    MOST_CELL_BYTES,
    MOST_CELLS,
    MOST_UNPACKED_BYTES,
    broken,
    open_book,
)

# The format ends at 65,536 rows and 256 columns, and packs nothing: the file's size is its content's.
MOST_XLS_BYTES: Final = 256 * 1024**2
_CHUNK: Final = 1024 * 1024
_TABLE: Final = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_VALUE: Final = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 value"
_ROW: Final = _TABLE + "table-row"
_CELLS: Final = frozenset({_TABLE + "table-cell", _TABLE + "covered-table-cell"})


def open_xls(path: Path, *, sheet: str | None = None, fit: Fit | None = None) -> Table:
    """Open one sheet of an XLS workbook.

    Raises
    ------
    UnusableInputError
        If it is none, is encrypted, or is too large.
    """
    check_xls(path)
    return open_book(path, sheet=sheet, fit=fit)


def check_xls(path: Path) -> None:
    """Refuse a file that is larger than any such workbook.

    Raises
    ------
    UnusableInputError
        If it is.
    """
    size = path.stat().st_size
    if size > MOST_XLS_BYTES:
        raise _too_much(path, f"{size / 1e6:,.0f} MB", f"{MOST_XLS_BYTES / 1e6:,.0f} MB")


def open_ods(path: Path, *, sheet: str | None = None, fit: Fit | None = None) -> Table:
    """Open one sheet of an ODS workbook.

    Raises
    ------
    UnusableInputError
        If it is none, unpacks to more than may be held, or repeats its cells too often.
    """
    check_ods(path)
    return open_book(path, sheet=sheet, fit=fit)


def check_ods(path: Path) -> None:
    """Read a workbook once without keeping it, so that no bomb and no far cell reaches calamine.

    Raises
    ------
    UnusableInputError
        If it is none, unpacks to more than may be held, or repeats its cells too often.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if "content.xml" not in archive.namelist():
                raise broken(path, "content.xml")
            total = sum(part.file_size for part in archive.infolist())
            if total > MOST_UNPACKED_BYTES:
                raise _too_much(
                    path, f"{total / 1e6:,.0f} MB", f"{MOST_UNPACKED_BYTES / 1e6:,.0f} MB"
                )
            _check_cells(path, archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise broken(path, str(error)) from None


class _Extent:
    """How far the cells of a workbook spread: repeated ones count as often as they are repeated."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = self.width = self.most_width = self.repeated = 0
        self.text = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.text = 0
        if name == _TABLE + "table":
            self.rows = self.most_width = 0
        elif name == _ROW:
            self.repeated = _count(attributes.get(_TABLE + "number-rows-repeated"))
            self.rows += self.repeated
            self.width = 0
        elif name in _CELLS:
            self.width += _count(attributes.get(_TABLE + "number-columns-repeated"))
            if any(key.startswith(_VALUE) for key in attributes):
                self.hold()

    def words(self, text: str) -> None:
        self.text += len(text.encode())
        if self.text > MOST_CELL_BYTES:
            raise _too_much(self.path, "一格 / a cell", f"{MOST_CELL_BYTES:,} B")
        if text.strip():
            self.hold()

    def hold(self) -> None:
        """Count a cell that holds something; empty ones beyond the last of these are never kept."""
        self.most_width = max(self.most_width, self.width)
        if self.rows * self.most_width > MOST_CELLS:
            raise _too_much(self.path, f"{self.rows:,} × {self.most_width:,}", f"{MOST_CELLS:,}")

    def doctype(self, *_: object) -> None:
        raise broken(self.path, "DOCTYPE")


def _check_cells(path: Path, archive: zipfile.ZipFile) -> None:
    """Read the cells once without keeping them."""
    extent = _Extent(path)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = extent.start
    parser.CharacterDataHandler = extent.words
    parser.StartDoctypeDeclHandler = extent.doctype
    try:
        with archive.open("content.xml") as file:
            while chunk := file.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise broken(path, str(error)) from None


def _count(words: str | None) -> int:
    return int(words) if words is not None and words.isdecimal() and len(words) < 12 else 1


def _too_much(path: Path, found: str, most: str) -> UnusableInputError:
    return UnusableInputError(
        Text(
            f"{path.name} 过大（{found}，最多 {most}）；请清空数据以外的单元格，或改用 CSV。",
            f"{path.name} is too large ({found}, at most {most}); clear the cells outside the data, or "
            "use CSV.",
        )
    )
