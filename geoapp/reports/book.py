"""Sheets of a workbook that people read: text stays text, and a long one is wrapped, never cut."""

import unicodedata
from collections.abc import Sequence
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from geoapp.reports.file_table import plain
from geoapp.reports.tables import OOXML_ESCAPE

_LEAST_WIDTH: Final = 12
_MOST_WIDTH: Final = 60
# A row whose texts take more lines than a spreadsheet may show in a row is as high as it can be.
_LINE_POINTS: Final = 15.0
# What is wider is printed across the sheet.
_PORTRAIT_SIGNS: Final = 95
_PAPER_A4: Final = 9
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
    wide = sum(column.width for column in sheet.column_dimensions.values())
    print_setup(sheet, landscape=wide > _PORTRAIT_SIGNS)
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
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(rows[0]))}{len(rows)}"
    sheet.print_title_rows = "1:1"
    for column in sheet.iter_cols():
        head, *cells = column
        head.font = Font(bold=True)
        figures = [cell for cell in cells if type(cell.value) in (int, float)]
        numbers = [float(str(cell.value)) for cell in figures]
        shown = "0.0%" if head.value in shares else _number_format(numbers)
        for cell in figures:
            cell.number_format = shown
        # Numbers stand at the right; words beside them keep a distance.
        if numbers:
            head.alignment = Alignment(horizontal="right", vertical="top", wrap_text=True)
        elif head.column > 1:
            for cell in column:
                cell.alignment = Alignment(
                    horizontal="left",
                    indent=1,
                    vertical="top",
                    wrap_text=cell.alignment.wrap_text,
                )


def _number_format(numbers: Sequence[float]) -> str:
    """Return how the numbers of a column are shown: with as many decimals as one of them has, up to six."""
    decimals = max((_decimals(one) for one in numbers), default=0)
    return f"#,##0.{'0' * decimals}" if decimals else "#,##0"


def _decimals(number: float) -> int:
    return len(f"{number:.6f}".rstrip("0").partition(".")[2])


def print_setup(sheet: Worksheet, *, landscape: bool) -> None:
    """Set a sheet up to be printed: A4, as wide as one page, page numbers at the foot."""
    sheet.page_setup.paperSize = _PAPER_A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    foot = sheet.oddFooter
    assert foot is not None and foot.left is not None and foot.center is not None
    foot.left.text, foot.center.text = "&A", "&P / &N"


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
