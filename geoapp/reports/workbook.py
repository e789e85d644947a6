"""A report as a workbook for a person: one sheet a question, numbers that are numbers."""

from copy import copy
from pathlib import Path
from typing import Final

import openpyxl
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.cell.cell import MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from geoapp.core.i18n import Language, Text, said
from geoapp.core.units import UNKNOWN
from geoapp.reports.book import lines_in, print_setup, text_width, write_text
from geoapp.reports.parts import (
    Cell,
    Column,
    Figure,
    Form,
    Report,
    Section,
    Table,
    shown,
    written,
)
from geoapp.reports.settled import settle_file

_FORMATS: Final = {
    Form.COUNT: "#,##0",
    Form.CHANGE: "+#,##0;-#,##0;0",
    Form.POINTS: "+0.0;-0.0;0.0",
    Form.SHARE: "0.0%",
    Form.METRES: "#,##0",
    Form.DECIMAL: "0.0",
    Form.RATIO: "0.00",
    Form.DEGREES: "0.00000",
    Form.DAY: "yyyy-mm-dd",
}
_LEAST_WIDTH, _MOST_WIDTH, _LINE_POINTS = 10, 48, 15.0
_HEAD = PatternFill("solid", fgColor="DDE8E1")
_RULE = Border(bottom=Side("thin", color="C8D0D4"))
_SOFT = "5C6870"


def write_workbook(report: Report, path: Path, language: Language | None) -> None:
    """Write a report; the same report gives the same bytes.

    Parameters
    ----------
    language
        In which language; None is both, Chinese first.
    """
    book = openpyxl.Workbook()
    cover = book.worksheets[0]
    _cover(cover, report, language)
    for section in report.sections:
        for table in section.tables:
            _sheet(book.create_sheet(), section, table, language)
    book.properties.title = said(report.title, language)
    book.properties.creator = "geoapp"
    book.save(path)
    settle_file(path, report.day)


def _name(text: Text, language: Language | None) -> str:
    """Return a sheet's name: in both languages the Chinese one, which alone is short enough."""
    return text.en if language == "en" else text.zh


def _cover(sheet: Worksheet, report: Report, language: Language | None) -> None:
    """Write the title, what the figures rest on, and what each section says in words and numbers."""
    sheet.title = _name(Text("封面", "Cover"), language)
    rows: list[tuple[str, str, Cell]] = [("title", said(report.title, language), None)]
    rows += [("line", said(label, language), value) for label, value in report.facts]
    for section in report.sections:
        rows.append(("heading", said(section.heading, language), None))
        rows += [("line", said(label, language), value) for label, value in section.figures]
        rows += [("words", said(line, language), None) for line in section.lines]
    sheet.column_dimensions["A"].width = 34
    sheet.column_dimensions["B"].width = 66
    for number, (kind, first, second) in enumerate(rows, start=1):
        head, value = sheet.cell(number, 1), sheet.cell(number, 2)
        write_text(head, first)
        lines = 1
        if kind == "line":
            _put_alone(value, second, language)
            head.alignment = Alignment(wrap_text=True, vertical="top")
            lines = max(lines_in(first, 34), lines_in(written(second, language), 66))
        else:
            sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=2)
            head.alignment = Alignment(wrap_text=True, vertical="top")
            lines = lines_in(first, 60 if kind == "title" else 96)
        if kind == "title":
            head.font = Font(bold=True, size=16)
        elif kind == "heading":
            head.font = Font(bold=True, size=12)
            head.fill = _HEAD
        sheet.row_dimensions[number].height = lines * (24.0 if kind == "title" else _LINE_POINTS)
    print_setup(sheet, landscape=False)


def _sheet(sheet: Worksheet, section: Section, table: Table, language: Language | None) -> None:
    """Write a table below its title, with filters, and with its head always in sight."""
    sheet.title = _name(table.sheet, language)
    widths = _widths(table, language)
    top = sheet.cell(1, 1)
    write_text(top, said(table.title, language))
    top.font = Font(bold=True, size=13)
    across = max(30, sum(widths))
    below = [said(one, language) for one in (*table.notes,)] or [said(section.heading, language)]
    for number, text in enumerate(below, start=2):
        note = sheet.cell(number, 1)
        write_text(note, text)
        note.font = Font(color=_SOFT)
        note.alignment = Alignment(wrap_text=True, vertical="top")
        if len(widths) > 1:
            sheet.merge_cells(
                start_row=number, end_row=number, start_column=1, end_column=len(widths)
            )
        sheet.row_dimensions[number].height = lines_in(text, across) * _LINE_POINTS
    head = len(below) + 2
    for place, (column, width) in enumerate(zip(table.columns, widths, strict=True), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
        cell = sheet.cell(head, place)
        write_text(cell, _heading(column, language))
        cell.font = Font(bold=True)
        cell.fill = _HEAD
        cell.border = _RULE
        cell.alignment = Alignment(
            wrap_text=True,
            vertical="center",
            horizontal="right" if column.form.is_number else "left",
            # Words beside a number of the column before would run into it.
            indent=0 if column.form.is_number or place == 1 else 1,
        )
    sheet.row_dimensions[head].height = _LINE_POINTS * max(
        lines_in(_heading(one, language), width)
        for one, width in zip(table.columns, widths, strict=True)
    )
    dressed: dict[tuple[bool, str, bool], StyleArray] = {}
    for number, row in enumerate(table.rows, start=head + 1):
        lines = 1
        for place, (column, value) in enumerate(zip(table.columns, row, strict=True), start=1):
            cell = sheet.cell(number, place)
            _put(cell, column.form, value, language, dressed)
            if isinstance(cell.value, str):
                lines = max(lines, lines_in(cell.value, widths[place - 1]))
            if table.total and number == head + len(table.rows):
                cell.font = Font(bold=True)
        sheet.row_dimensions[number].height = min(400.0, lines * _LINE_POINTS)
    last = head + len(table.rows) - (1 if table.total else 0)
    letter = get_column_letter(len(table.columns))
    # Sums stay where they are when somebody sorts or filters.
    sheet.auto_filter.ref = f"A{head}:{letter}{max(last, head)}"
    sheet.freeze_panes = f"B{head + 1}"
    sheet.print_title_rows = f"{head}:{head}"
    print_setup(sheet, landscape=True)


def _heading(column: Column, language: Language | None) -> str:
    if language is None and column.text.zh != column.text.en:
        return f"{column.text.zh}\n{column.text.en}"
    return said(column.text, language)


def _put(
    cell: SheetCell | MergedCell,
    form: Form,
    value: Cell,
    language: Language | None,
    dressed: dict[tuple[bool, str, bool], StyleArray],
) -> None:
    """Write one value; what is unknown is a dash, so that nobody takes it for a nought.

    Parameters
    ----------
    dressed
        How cells of a kind look, by side and format, which is kept: working it out takes longer than
        all else of a long table.
    """
    if isinstance(value, Figure):
        form, value = value.form, value.value
    number_format = "General"
    if value is None:
        write_text(cell, UNKNOWN)
    elif isinstance(value, str | Text):
        write_text(cell, shown(value, form, language))
    else:
        cell.value = value
        number_format = _format(form, value)
    kind = (form.is_number, number_format, cell.column == 1)
    if kind not in dressed:
        cell.border = _RULE
        cell.alignment = Alignment(
            wrap_text=not form.is_number,
            vertical="top",
            horizontal="right" if form.is_number else "left",
            indent=0 if form.is_number or cell.column == 1 else 1,
        )
        cell.number_format = number_format
        dressed[kind] = copy(cell._style)  # type: ignore[union-attr]
    cell._style = copy(dressed[kind])  # type: ignore[union-attr]


def _put_alone(cell: SheetCell | MergedCell, value: Cell, language: Language | None) -> None:
    """Write a value of the cover at the left, where its label is; a number stays a number."""
    if isinstance(value, Figure) and value.value is not None:
        cell.value = value.value
        cell.number_format = _format(value.form, value.value)
    else:
        write_text(cell, written(value, language))
    cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")


def _format(form: Form, value: object) -> str:
    if form is Form.AMOUNT:
        return (
            "#,##0" if isinstance(value, int | float) and float(value).is_integer() else "#,##0.0"
        )
    return _FORMATS.get(form, "General")


def _widths(table: Table, language: Language | None) -> list[int]:
    """Return the width of each column in signs: as wide as its texts, up to a limit."""
    found = []
    for place, column in enumerate(table.columns):
        texts = [shown(row[place], column.form, language) for row in table.rows]
        body = max((text_width(one) for one in texts), default=0)
        head = max(text_width(part) for part in _heading(column, language).splitlines())
        # A long heading over short figures is wrapped; the button of a filter takes three signs.
        wanted = max(body + 2, min(head, 16) + 3)
        found.append(min(_MOST_WIDTH, max(_LEAST_WIDTH, wanted)))
    return found
