"""The call sheet of a list: whom to ring, what to ask, and room for the answers."""

from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from geoapp.core.i18n import Text
from geoapp.operations.facilities.desk import list_desk
from geoapp.reports.book import fill_sheet, lines_in
from geoapp.store.engine import Database
from geoapp.store.facilities.read import FacilityFilter
from geoapp.store.facilities.records import FacilityRecord

# Some weeks of calls, on about a hundred pages.
MOST_CALLS: Final = 2_000

# By what they hold, headings with widths in narrow signs; together they fill a page of A4 across.
COLUMNS: Final = {
    "name": (Text("名称", "Name"), 26),
    "phone": (Text("电话", "Telephone"), 15),
    "address": (Text("地址", "Address"), 24),
    "questions": (Text("要问的", "To ask"), 30),
    "still_open": (Text("还开着吗", "Still open?"), 12),
    "opening_hours": (Text("开放时间", "Opening hours"), 20),
    "entry": (Text("怎么进门", "Way in"), 16),
    "note": (Text("其他", "Other"), 20),
    "code": (Text("编号", "Code"), 14),
}
_ANSWERS: Final = 4
_STILL_OPEN = Text("还开着吗？", "Still open?")
_WHERE = Text("具体在哪里？街道、门牌、楼层", "Where exactly? Street, number, floor")
_HOURS = Text("几点开门、几点关门？", "Open from when to when?")
_ENTRY = Text("工人怎么进门？", "How do workers get in?")
_PHONE = Text("打哪个电话能找到人？", "Which number is answered?")
_OPENED = Text("哪天启用的？", "Opened on which day?")


def questions(record: FacilityRecord) -> list[Text]:
    """Return what is to be asked about a facility: whether it is still open, and what is unknown."""
    stored = record.properties
    asked = [_STILL_OPEN]
    if record.geometry_wkb is None:
        asked.append(_WHERE)
    # Words that nobody could read are kept in quotation marks: the hours are unknown.
    hours = stored["opening_hours"]
    if hours is None or (hours[0] == hours[-1] == '"' and '"' not in hours[1:-1]):
        asked.append(_HOURS)
    for name, question in (("entry", _ENTRY), ("phone", _PHONE), ("opened_on", _OPENED)):
        if stored[name] is None:
            asked.append(question)
    return asked


def write_call_sheet(
    database: Database, path: Path, wanted: FacilityFilter, *, english: bool = False
) -> int:
    """Write a workbook to be printed or filled in, by code; return how many facilities it holds.

    Where the list is longer than `MOST_CALLS`, the first line says so.

    Raises
    ------
    InvalidValueError
        If a kind or region is not known.
    """
    page = list_desk(database, wanted, None, limit=MOST_CALLS)

    def said(text: Text) -> str:
        return text.en if english else text.zh

    rows: list[list[Any]] = [[said(_title(len(page.records), page.total))]]
    rows.append([said(heading) for heading, _ in COLUMNS.values()])
    for record in page.records:
        stored = record.properties
        name = (stored["name_en"] if english else None) or stored["name_zh"]
        rows.append(
            [
                name,
                stored["phone"] or "",
                stored["address"] or "",
                "\n".join(said(question) for question in questions(record)),
                *[""] * _ANSWERS,
                record.code,
            ]
        )
    book = openpyxl.Workbook()
    sheet = book[book.sheetnames[0]]
    sheet.title = said(Text("电话核实单", "Call sheet"))
    fill_sheet(sheet, rows)
    _print_across(sheet)
    book.save(path)
    return len(page.records)


def _title(listed: int, total: int) -> Text:
    if listed < total:
        return Text(
            f"电话核实单：共 {total} 处，本表只列前 {listed} 处，其余请按区域分开下载",
            f"Call sheet: the first {listed} of {total} facilities; ask by region for the others",
        )
    return Text(f"电话核实单：共 {total} 处", f"Call sheet: {total} facilities")


def _print_across(sheet: Worksheet) -> None:
    """Make the sheet fit a page across, its headings on every page, with lines to write between."""
    line = Side(style="thin", color="999999")
    for column, (_, width) in zip("ABCDEFGHI", COLUMNS.values(), strict=True):
        sheet.column_dimensions[column].width = width
    for number, row in enumerate(sheet.iter_rows(min_row=2), start=2):
        lines = 1
        for cell, (_, width) in zip(row, COLUMNS.values(), strict=True):
            cell.border = Border(left=line, right=line, top=line, bottom=line)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            lines = max(lines, lines_in(str(cell.value or ""), width))
        sheet.row_dimensions[number].height = min(400.0, 6.0 + lines * 15.0)
    for cell in (sheet["A1"], *sheet[2]):
        cell.font = Font(bold=True)
    sheet["A1"].alignment = Alignment(wrap_text=False)
    sheet.row_dimensions[1].height = 20.0
    sheet.freeze_panes = "B3"
    sheet.print_title_rows = "2:2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if sheet.oddFooter is not None:
        sheet.oddFooter.center.text = "&P / &N"
