"""Files as strangers keep them: every format, sheets beside the data, headers in two rows."""

import json
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pytest
import shapely
import xlwt

from geoapp.core.errors import InvalidValueError, UnusableInputError
from geoapp.importers.formats import workbooks
from geoapp.importers.formats.table import Table
from geoapp.importers.open import open_table

HEADER = ["编号", "类型", "名称", "经度", "纬度"]
ROW = ["007", "爱心驿站", "甲站", 120.5, 36]


def cells(table: Table) -> list[list[Any]]:
    return [record.cells for record in table.records]


def points(table: Table) -> list[tuple[float, ...]]:
    return [tuple(round(one, 6) for one in record.geometry.coords[0]) for record in table.records]  # type: ignore[union-attr]


def refused(path: Path, **options: Any) -> str:
    with pytest.raises((UnusableInputError, InvalidValueError)) as caught:
        list(open_table(path, layer="facilities", **options).records)
    return str(caught.value)


def write_ods(path: Path, rows: str) -> Path:
    """Write the least that is an ODS workbook; ``rows`` are its rows in XML."""
    content = (
        '<?xml version="1.0"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="表1">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr("content.xml", content)
    return path


def ods_row(row: list[Any]) -> str:
    def cell(value: Any) -> str:
        if isinstance(value, str):
            return (
                '<table:table-cell office:value-type="string"><text:p>'
                f"{value}</text:p></table:table-cell>"
            )
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'

    return f"<table:table-row>{''.join(map(cell, row))}</table:table-row>"


def test_an_old_workbook(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("台账")
    sheet.write(0, 0, "某区站点一览")
    for number, row in enumerate([HEADER, ROW], start=1):
        for place, value in enumerate(row):
            sheet.write(number, place, value)
    book.save(str(tmp_path / "a.xls"))
    table = open_table(tmp_path / "a.xls", layer="facilities")
    assert table.columns == HEADER
    assert cells(table) == [ROW]
    (tmp_path / "b.xlsx").write_bytes((tmp_path / "a.xls").read_bytes())
    assert "call it .xls" in refused(tmp_path / "b.xlsx")


def test_a_workbook_of_libreoffice(tmp_path: Path) -> None:
    empty = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    path = write_ods(tmp_path / "a.ods", ods_row(HEADER) + ods_row(ROW) + empty)
    table = open_table(path, layer="facilities")
    assert table.columns == HEADER
    assert cells(table) == [ROW]


def test_a_cell_repeated_beyond_measure_is_refused(tmp_path: Path) -> None:
    bomb = (
        '<table:table-row table:number-rows-repeated="1000000"><table:table-cell '
        'table:number-columns-repeated="16000" office:value-type="float" office:value="1"/>'
        "</table:table-row>"
    )
    assert "too large" in refused(write_ods(tmp_path / "a.ods", ods_row(HEADER) + bomb))
    with zipfile.ZipFile(tmp_path / "b.ods", "w") as archive:
        archive.writestr("other.xml", "<a/>")
    assert "not a sound .ods" in refused(tmp_path / "b.ods")


def test_a_large_old_workbook_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_XLS_BYTES", 100)
    (tmp_path / "a.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 200)
    assert "too large" in refused(tmp_path / "a.xls")


def write_sheets(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_the_sheet_with_the_data_is_found_or_asked_for(tmp_path: Path) -> None:
    note = [["填表说明"], ["请按实填写"]]
    path = write_sheets(tmp_path / "a.xlsx", {"说明": note, "台账": [HEADER, ROW]})
    table = open_table(path, layer="facilities")
    assert cells(table) == [ROW]
    assert [one.en for one in table.hints] == ["Only the sheet '台账' of 2 was read."]
    other = [["B", "爱心驿站", "乙站", 120.5, 36.5]]
    path = write_sheets(tmp_path / "b.xlsx", {"市南": [HEADER, ROW], "市北": [HEADER, *other]})
    told = refused(path)
    assert "“市南”、“市北”" in told and "--sheet" in told
    assert cells(open_table(path, layer="facilities", sheet="市北")) == other
    assert cells(open_table(path, layer="facilities", sheet="2")) == other
    assert "“市南”" in refused(path, sheet="市东")


def test_a_header_in_two_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["全区户外劳动者驿站汇总表"])
    sheet.append(["编号", "类型", "名称", "位置", None, "备注"])
    sheet.append([None, None, None, "经度", "纬度", None])
    sheet.append([*ROW, "好"])
    for area in ("A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:F3"):
        sheet.merge_cells(area)
    book.save(tmp_path / "a.xlsx")
    table = open_table(tmp_path / "a.xlsx", layer="facilities")
    assert table.columns == [*HEADER, "备注"]
    assert [(record.line, record.cells) for record in table.records] == [(4, [*ROW, "好"])]
    assert any("two rows and ends with line 3" in one.en for one in table.hints)


def test_the_first_row_of_data_is_no_header(tmp_path: Path) -> None:
    path = write_sheets(
        tmp_path / "a.xlsx", {"表": [["名称", "地址"], ["甲站", "位置"], ["乙站", "丙"]]}
    )
    assert cells(open_table(path, layer="facilities")) == [["甲站", "位置"], ["乙站", "丙"]]


KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>站点</name><Placemark>
<name>甲站</name><ExtendedData><Data name="编号"><value>A</value></Data>
<Data name="地址"><value>某路</value></Data></ExtendedData>
<Point><coordinates>120.5,36,0</coordinates></Point></Placemark></Folder></Document></kml>"""


def test_kml(tmp_path: Path) -> None:
    path = tmp_path / "a.kml"
    path.write_text(KML, encoding="utf-8")
    table = open_table(path, layer="facilities")
    [record] = list(table.records)
    row = dict(zip(table.columns, record.cells, strict=True))
    assert row == {"Name": "甲站", "description": None, "编号": "A", "地址": "某路"}
    assert record.geometry.coords[0] == (120.5, 36.0)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        '<OGRVRTDataSource><OGRVRTLayer name="a"/></OGRVRTDataSource>',
        '<!DOCTYPE a [<!ENTITY b "c">]><kml xmlns="http://www.opengis.net/kml/2.2"/>',
        "<kml><open>",
    ],
)
def test_xml_that_is_no_map_is_refused(tmp_path: Path, text: str) -> None:
    for suffix in ("kml", "gml"):
        (tmp_path / f"a.{suffix}").write_text(text, encoding="utf-8")
        assert "not a sound" in refused(tmp_path / f"a.{suffix}")


def frame(crs: str = "EPSG:4326") -> gpd.GeoDataFrame:
    shapes = gpd.GeoSeries([shapely.Point(120.5, 36.0)], crs="EPSG:4326").to_crs(crs)
    return gpd.GeoDataFrame({"code": ["A"], "name": ["甲站"]}, geometry=shapes)


def test_gml_leaves_nothing_beside_it(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "a.gml", driver="GML", engine="pyogrio")
    (tmp_path / "a.xsd").unlink()
    table = open_table(tmp_path / "a.gml", layer="facilities")
    assert points(table) == [(120.5, 36.0)]
    assert [one.name for one in tmp_path.iterdir()] == ["a.gml"]


def zipped_shape(folder: Path, crs: str, encoding: str, without: tuple[str, ...] = ()) -> Path:
    made = folder / "made"
    made.mkdir()
    frame(crs).to_file(made / "站点.shp", engine="pyogrio", encoding=encoding)
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        for part in made.iterdir():
            if part.suffix not in without:
                archive.write(part, f"数据/{part.name}")
    return folder / "a.zip"


def test_a_shapefile_in_metres_and_gbk(tmp_path: Path) -> None:
    """The .prj says which metres; the words are GBK and no .cpg says so."""
    path = zipped_shape(tmp_path, "EPSG:4549", "gb18030", without=(".cpg",))
    table = open_table(path, layer="facilities")
    records = list(table.records)
    assert dict(zip(table.columns, records[0].cells, strict=True))["name"] == "甲站"
    assert points(Table([], records, has_geometry=True)) == [(120.5, 36.0)]


def test_a_shapefile_without_its_prj_is_asked_for_it(tmp_path: Path) -> None:
    path = zipped_shape(tmp_path, "EPSG:4549", "utf-8", without=(".prj",))
    assert "--crs" in refused(path)
    assert points(open_table(path, layer="facilities", crs="EPSG:4549")) == [(120.5, 36.0)]
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("a.txt", "x")
    assert "one Shapefile" in refused(tmp_path / "b.zip")


def test_topojson(tmp_path: Path) -> None:
    body = {
        "type": "Topology",
        "arcs": [],
        "objects": {
            "站点": {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Point", "coordinates": [120.5, 36], "properties": {"code": "A"}}
                ],
            }
        },
    }
    path = tmp_path / "a.json"
    path.write_text(json.dumps(body), encoding="utf-8")
    assert points(open_table(path, layer="facilities")) == [(120.5, 36.0)]
    body["arcs"] = [[[0, 0]] * 21_000]
    body["objects"] = {"a": {"type": "LineString", "arcs": [0] * 1000}}
    path.write_text(json.dumps(body), encoding="utf-8")
    assert "too large" in refused(path)


def test_plain_lists_in_json(tmp_path: Path) -> None:
    rows = [{"id": "A", "name": "甲站", "location": {"lng": 120.5, "lat": 36}, "tags": ["x"]}]
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"code": 0, "data": {"list": rows}}), encoding="utf-8")
    table = open_table(path, layer="facilities")
    assert table.columns == ["id", "name", "lng", "lat", "tags"]
    assert cells(table) == [["A", "甲站", 120.5, 36, ["x"]]]
    path.write_text(json.dumps({"new": rows, "old": rows}), encoding="utf-8")
    assert "“new”、“old”" in refused(path)
    assert len(cells(open_table(path, layer="facilities", sheet="old"))) == 1


def test_choices_that_a_format_has_no_use_for_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("编号,名称\n1,甲\n", encoding="utf-8")
    assert "--sheet" in refused(tmp_path / "a.csv", sheet="表1")
    (tmp_path / "a.kml").write_text(KML, encoding="utf-8")
    assert "--crs" in refused(tmp_path / "a.kml", crs="EPSG:4547")
    frame().to_file(tmp_path / "a.geojson", driver="GeoJSON", engine="pyogrio")
    assert "--crs" in refused(tmp_path / "a.geojson", crs="EPSG:4547")
