"""Sheets of a workbook that people read: text stays text, and a long one is wrapped, never cut."""

import unicodedata
from collections.abc import Sequence
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from geoapp.reports.file_table import plain
from geoapp.reports.tables import OOXML_ESCAPE

_LEAST_WIDTH: Final = 12
_MOST_WIDTH: Final = 60
# A row whose texts take more lines than a spreadsheet may show in a row is as high as it can be.
_LINE_POINTS: Final = 15.0
_MOST_POINTS: Final = 405.0


def fill_sheet(sheet: Worksheet, rows: Sequence[Sequence[Any]], *, first_width: int = 0) -> None:
    """Write rows, with columns as wide as their texts up to a limit, beyond which texts are wrapped.

    Parameters
    ----------
    first_width
        The least width of the first column, in signs.
    """
    widths: dict[int, int] = {1: first_width}
    for row in rows:
        for place, value in enumerate(row, start=1):
            if isinstance(value, str):
                widths[place] = max(widths.get(place, 0), text_width(value) + 2)
    for place, width in widths.items():
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = min(_MOST_WIDTH, max(_LEAST_WIDTH, width))
    for number, row in enumerate(rows, start=1):
        lines = 1
        for place, value in enumerate(row, start=1):
            cell = sheet.cell(number, place)
            if not isinstance(value, str):
                cell.value = plain(value)
                continue
            write_text(cell, value)
            taken = lines_in(value, _MOST_WIDTH)
            if taken > 1:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                lines = max(lines, taken)
        if lines > 1:
            sheet.row_dimensions[number].height = min(_MOST_POINTS, lines * _LINE_POINTS)


def add_table(
    book: Workbook, title: str, rows: Sequence[Sequence[Any]], *, shares: Sequence[str] = ()
) -> None:
    """Add a table that can be filtered, with a head that stays in sight.

    Parameters
    ----------
    rows
        The head first.
    shares
        The heads of the columns that hold shares (0 to 1), shown as percent.
    """
    sheet = book.create_sheet(title)
    fill_sheet(sheet, rows)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(rows[0]))}{len(rows)}"
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            if isinstance(cell.value, float):
                share = sheet.cell(1, cell.column).value in shares
                cell.number_format = "0.0%" if share else "#,##0.00"


def write_text(cell: Cell | MergedCell, text: str) -> None:
    """Write a text that stays one: a name that looks like a formula is none."""
    cell.value = OOXML_ESCAPE.sub(r"_x005F_\1", ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"


def text_width(text: str) -> int:
    """Return how many narrow signs the longest line of a text is wide."""
    return max((_narrow(line) for line in text.splitlines()), default=0)


def _narrow(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line)


def lines_in(text: str, width: int) -> int:
    """Return how many lines a text takes in a column of a width in narrow signs."""
    return sum(max(1, -(-_narrow(line) // (width - 2))) for line in text.splitlines()) or 1
