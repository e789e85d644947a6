"""Workbooks and CSV files for people: no name is run, none is cut, and imports read names as they were."""

import csv
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from geoapp.core.i18n import Text
from geoapp.core.results.coverage import OverlapFigures, RegionFigures
from geoapp.importers.formats.csv import open_csv
from geoapp.reports.book import add_table, fill_sheet
from geoapp.reports.coverage.sheets import overlaps_table
from geoapp.reports.coverage.tables import CoverageTables, write_coverage
from geoapp.reports.parts import Report, Section
from geoapp.reports.workbook import write_workbook

NAMES = ("=1+1", "+86", "-2+3", "@SUM(A1)", '=HYPERLINK("http://a.example")', "#REF!")


def tables(name: str) -> CoverageTables:
    """Return a run's tables with one region of a name, and a title that begins with it."""
    told = {"code": "1", "name_zh": name, "name_en": name, "weight": 2.5}
    region = RegionFigures.model_construct(**(dict.fromkeys(RegionFigures.model_fields) | told))
    asked = [(Text("问题", "question"), Text(name, name))]
    return CoverageTables(question=asked, about={}, regions=[region], gaps=[], overlaps=[])


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_looks_like_a_formula_is_text(name: str, tmp_path: Path) -> None:
    pair = OverlapFigures.model_construct(
        **dict.fromkeys(OverlapFigures.model_fields) | {"first_name_zh": name, "first_code": name}
    )
    table = overlaps_table([pair], 1)
    report = Report(
        Text(name, name), date(2026, 11, 1), False, [], [Section(table.title, tables=[table])]
    )
    write_workbook(report, tmp_path / "run.xlsx", "zh")
    book = openpyxl.load_workbook(tmp_path / "run.xlsx")
    cells = [cell for row in book["重叠"].iter_rows(min_row=2) for cell in row]
    assert [cell.data_type for cell in cells if cell.value == name] == ["s", "s"]
    assert not [one for sheet in book for row in sheet for one in row if one.data_type in "fe"]
    write_coverage(tables(name), tmp_path / "run.csv")
    with (tmp_path / "run.csv").open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    assert row["name_zh"][0] not in "=+-@"
    [record] = open_csv(tmp_path / "run.csv").records
    assert record.cells[1:3] == [name, name]


def test_a_name_of_400_signs_is_wrapped_in_a_column_that_fits_a_screen(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    long = "很长的名称" * 80
    fill_sheet(sheet, [["code", "name", "weight"], ["1", long, 2.5], ["2", "短", 1]])
    book.save(tmp_path / "long.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "long.xlsx").worksheets[0]
    assert sheet["B2"].value == long
    assert sheet["B2"].alignment.wrap_text
    assert sheet.column_dimensions["B"].width == 60
    # 400 signs of two widths in a column of 58: 14 lines.
    assert sheet.row_dimensions[2].height == pytest.approx(14 * 15)
    assert sheet.row_dimensions[3].height is None
    assert sheet["C2"].value == 2.5


def test_a_table_is_read_and_printed_as_a_person_does(tmp_path: Path) -> None:
    """Whole people are whole, a position keeps its place, a share is a percent; one page across on paper."""
    book = openpyxl.Workbook()
    head = ["区域", "劳动者", "比例", "经度", "最近的站", "离最近的站（米）"]
    rows = [
        ["市南区", 302150.0, 0.577, 120.384567, "某站", 81.4],
        ["市北区", 12.0, None, 120.3, "某站", "走不到"],
    ]
    add_table(book, "各区", [head, *rows], shares=("比例",))
    book.save(tmp_path / "book.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["各区"]
    formats = [cell.number_format for cell in sheet[2]]
    assert formats == ["General", "#,##0", "0.0%", "#,##0.000000", "General", "#,##0.0"]
    assert [sheet[f"{letter}1"].alignment.horizontal for letter in "BDF"] == ["right"] * 3
    assert sheet["E2"].alignment.indent == 1
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:F3")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$1:$1"
