"""Lists as other systems export them: pages and XML called ``.xls``, Unicode text, lists in archives."""

import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from geoapp.core.errors import UnusableInputError
from geoapp.importers.formats import markup, zipped
from geoapp.importers.open import open_table, sheets_of

HEADER = ["编号", "类型", "名称", "经度", "纬度"]
ROW = ["007", "爱心驿站", "甲站", "120.5", "36"]
OTHER = ["008", "爱心驿站", "乙站", "120.6", "36"]


def read(path: Path, **options: Any) -> tuple[list[str], list[list[Any]]]:
    table = open_table(path, layer="facilities", **options)
    return table.columns, [record.cells for record in table.records]


def refused(path: Path, **options: Any) -> str:
    with pytest.raises(UnusableInputError) as caught:
        read(path, **options)
    return str(caught.value)


def html_rows(*rows: list[str], tag: str = "td") -> str:
    return "".join(f"<tr>{''.join(f'<{tag}>{one}</{tag}>' for one in row)}</tr>" for row in rows)


def xml_book(rows: str, before: str = "") -> str:
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<?mso-application progid="Excel.Sheet"?>'
        f'<Workbook xmlns="{space}" xmlns:ss="{space}"><Worksheet ss:Name="台账"><Table>{rows}'
        '</Table></Worksheet><Worksheet ss:Name="空"><Table/></Worksheet></Workbook>'
    )


def xml_row(cells: list[str], attributes: str = "") -> str:
    written = "".join(f'<Cell><Data ss:Type="String">{one}</Data></Cell>' for one in cells)
    return f"<Row{attributes}>{written}</Row>"


def test_a_page_called_xls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xls"
    title = "<tr><td colspan=5>某区站点一览</td></tr>"
    body = f"{title}{html_rows(HEADER, tag='th')}{html_rows(ROW)}"
    menu = "<table><tr><td>返回<script>var a = '<td>';</script></table>"
    page = (
        f"<html><head><meta charset='gb2312'></head><body>{menu}<table>{body}</table></body></html>"
    )
    for start, encoding in (("", "utf-8"), ("\ufeff", "utf-8"), ("", "gb18030")):
        path.write_bytes((start + page).encode(encoding))
        assert read(path) == (HEADER, [ROW])
    path.write_text(f"<table>{body}</table>", "utf-8")
    assert read(path) == (HEADER, [ROW])
    # What spans rows stands in each; Excel keeps more decimals than it shows.
    second = "<tr><td>008<td>乙<br>站<td x:num='120.654321'>120.7</td><td>36&nbsp;</tr>"
    first = "<tr><td>007<td rowspan=2>爱心驿站<td>甲&amp;站<td>120.5<td>36"
    path.write_text(f"<table>{html_rows(HEADER)}{first}{second}</table>", "utf-8")
    kept = [
        ["007", "爱心驿站", "甲&站", "120.5", "36"],
        ["008", "爱心驿站", "乙 站", "120.654321", "36"],
    ]
    assert read(path) == (HEADER, kept)
    # Two tables that look alike: which is meant is asked for.
    two = f"<table>{html_rows(HEADER, ROW)}</table><table>{html_rows(HEADER, OTHER)}</table>"
    path.write_text(two, "utf-8")
    assert "--sheet" in refused(path)
    assert sheets_of(path) == ["1", "2"]
    assert read(path, sheet="2") == (HEADER, [OTHER])
    path.write_text("<html><body>请登录</body></html>", "utf-8")
    assert "no table" in refused(path)
    path.write_text(f"<table><tr><td colspan=999999>{title}</table>", "utf-8")
    assert "too large" in refused(path)
    monkeypatch.setattr(markup, "MOST_MARKUP_CELLS", 1000)
    path.write_text(f"<table><tr><td rowspan=9999 colspan=99>a{'<tr>' * 99}</table>", "utf-8")
    assert "too large" in refused(path)


def test_an_xml_spreadsheet_called_xls(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    number = (
        '<Row ss:Index="5"><Cell><Data ss:Type="String">009</Data></Cell><Cell ss:Index="3"><Data '
        'ss:Type="String">丙</Data></Cell><Cell><Data ss:Type="Number">120.25</Data></Cell><Cell>'
        '<Data ss:Type="Number">36</Data></Cell></Row>'
    )
    path.write_text(xml_book(xml_row(HEADER) + xml_row(ROW) + number), "utf-8")
    assert sheets_of(path) == ["台账"]
    table = open_table(path, layer="facilities")
    assert table.columns == HEADER
    records = list(table.records)
    assert [record.line for record in records] == [2, 5]
    assert [record.cells for record in records] == [ROW, ["009", None, "丙", 120.25, 36]]
    outside = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>'
    path.write_text(xml_book(xml_row(["&b;"]), outside), "utf-8")
    assert "DOCTYPE" in refused(path)
    path.write_text(xml_book(xml_row(HEADER) + xml_row(ROW, ' ss:Index="99999999"')), "utf-8")
    assert "too large" in refused(path)
    path.write_text(xml_book(xml_row(HEADER))[:-20], "utf-8")
    assert "not a sound .xls" in refused(path)


def test_unicode_text(tmp_path: Path) -> None:
    text = "\r\n".join("\t".join(row) for row in (HEADER, ROW))
    for name, encoding in (("a.txt", "utf-16"), ("b.tsv", "utf-8"), ("c.TXT", "gb18030")):
        (tmp_path / name).write_bytes(text.encode(encoding))
        assert read(tmp_path / name) == (HEADER, [ROW])


def test_a_list_in_an_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "台账"
    for row in (HEADER, ROW):
        book.worksheets[0].append(row)
    book.save(tmp_path / "a.xlsx")
    workbook = (tmp_path / "a.xlsx").read_bytes()
    text = "\n".join(",".join(row) for row in (HEADER, ROW)).encode("gb18030")

    def packed(**files: bytes) -> Path:
        path = tmp_path / "清单.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("__MACOSX/._x.xlsx", b"x")
            archive.writestr("读我.txt", b"x")
            for suffix, content in files.items():
                archive.writestr(f"../../站点.{suffix}", content)
        return path

    assert read(packed(xlsx=workbook)) == (HEADER, [ROW])
    assert sheets_of(packed(xlsx=workbook)) == ["台账"]
    assert read(packed(csv=text)) == (HEADER, [ROW])
    assert sheets_of(packed(csv=text)) == []
    assert "holds 2 lists" in refused(packed(csv=text, xlsx=workbook))
    assert "not what its suffix" in refused(packed(xlsx=text))
    assert "Shapefile" in refused(packed(pdf=b"%PDF"))
    monkeypatch.setattr(zipped, "MOST_LIST_BYTES", 1000)
    assert "too large" in refused(packed(csv=b"a,b\n" * 9999))
    (tmp_path / "a.zip").write_bytes(packed(csv=text).read_bytes()[:-30])
    assert "not a sound" in refused(tmp_path / "a.zip")
