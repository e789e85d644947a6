"""Several sheets or layers as one table, and the folders of a KMZ."""

import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from geoapp.core.errors import InvalidValueError, UnusableInputError
from geoapp.importers.open import sheets_of
from geoapp.importers.together import Sheets, open_sheets

HEADINGS = ["编号", "名称", "经度", "纬度"]


def write_book(path: Path) -> Path:
    """Write three districts (one with its columns in another order), a summary and a hidden copy."""
    book = openpyxl.Workbook()
    sheets: dict[str, list[list[Any]]] = {
        "说明": [["本表由各区填报"], ["共三张"]],
        "市南": [["2026 年"], HEADINGS, ["A1", "甲", 120.1, 36.1], ["A2", "乙", 120.2, 36.2]],
        "市北": [["名称", "编号", "纬度", "经度"], ["丙", "B1", 36.3, 120.3]],
        "空": [],
        "黄岛": [HEADINGS, ["C1", "丁", 120.4, 36.4]],
        "旧": [HEADINGS, ["A1", "旧", 120.1, 36.1]],
    }
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    del book["Sheet"]
    book["旧"].sheet_state = "hidden"
    book.save(path)
    return path


def read(path: Path, sheet: Sheets) -> tuple[list[str], dict[int, list[Any]], str]:
    table = open_sheets(path, layer="facilities", sheet=sheet)
    rows = {record.line: record.cells for record in table.records}
    return table.columns, rows, " ".join(hint.zh for hint in table.hints)


@pytest.mark.parametrize("sheet", ["all", "*"])
def test_all_sheets_with_the_same_headings_are_one_table(tmp_path: Path, sheet: str) -> None:
    columns, rows, told = read(write_book(tmp_path / "a.xlsx"), sheet)
    assert columns == ["工作表", *HEADINGS]
    assert rows == {
        3: ["市南", "A1", "甲", 120.1, 36.1],
        4: ["市南", "A2", "乙", 120.2, 36.2],
        1002: ["市北", "B1", "丙", 120.3, 36.3],
        2002: ["黄岛", "C1", "丁", 120.4, 36.4],
    }
    assert "“市北”（行号加 1000）" in told
    assert "没有读表头不同、空的或未选的：“说明”、“空”" in told


def test_some_sheets_are_named_and_must_be_alike(tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx")
    assert [row[1] for row in read(path, ("黄岛", "市南"))[1].values()] == ["C1", "A1", "A2"]
    with pytest.raises(UnusableInputError, match="表头不同"):
        read(path, ("市南", "说明"))
    with pytest.raises(InvalidValueError, match="市西"):
        read(path, ("市南", "市西"))
    with pytest.raises(InvalidValueError, match="只有一张表"):
        (tmp_path / "a.csv").write_text("编号,名称\n1,甲\n", encoding="utf-8")
        read(tmp_path / "a.csv", "all")


def test_the_folders_of_a_kmz_are_read_together_or_one_is_chosen(tmp_path: Path) -> None:
    folder = (
        "<Folder><name>{0}</name><Placemark><name>{0}站</name><ExtendedData><Data name='编号'>"
        "<value>{1}</value></Data></ExtendedData><Point><coordinates>120.5,36,0</coordinates></Point>"
        "</Placemark></Folder>"
    )
    body = folder.format("市南", "A1") + folder.format("市北", "B1")
    kml = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'
    path = tmp_path / "a.kmz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("files/old.kml", "<kml/>")
        archive.writestr("doc.kml", kml)
    assert sheets_of(path) == ["市南", "市北"]
    columns, rows, _ = read(path, "市北")
    assert dict(zip(columns, rows[1], strict=True))["编号"] == "B1"
    for chosen in ("all", None):  # folders are one list in parts
        columns, rows, _ = read(path, chosen)
        place = columns.index("编号")
        assert [(row[0], row[place]) for row in rows.values()] == [("市南", "A1"), ("市北", "B1")]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(UnusableInputError, match="KMZ"):
        read(path, None)
