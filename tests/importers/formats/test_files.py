"""Files that are not what they seem: each is refused with one clear sentence."""

import codecs
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geoapp.core.errors import GeoappError, InvalidValueError, UnusableInputError
from geoapp.importers.formats import csv as csv_files
from geoapp.importers.open import open_table


def rows(path: Path) -> list[list[object]]:
    return [record.cells for record in open_table(path).records]


def refused(path: Path) -> str:
    with pytest.raises(UnusableInputError) as caught:
        list(open_table(path).records)
    assert caught.value.text.zh
    return caught.value.text.en


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_three_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("编号,名称\n1,㐀驿站\n".encode(encoding))
    table = open_table(path)
    assert table.columns == ["编号", "名称"]
    assert [record.cells for record in table.records] == [["1", "㐀驿站"]]


def test_other_encodings_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("编号,名称\n1,驿站\n".encode("utf-16"))
    assert [one.cells for one in open_table(path).records] == [["1", "驿站"]]  # its mark proves it
    path.write_bytes(codecs.BOM_UTF16_LE + b"\x00\xd8\x00")
    assert "UTF-16" in refused(path)
    path.write_bytes("编号,名称\n1,驿站\n".encode("utf-16-le"))
    assert "binary" in refused(path)
    path.write_bytes("编号\n1\n".encode() + b"\xff\xff\xff")
    assert "not UTF-8 (it breaks near byte 10), not GB18030" in refused(path)


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "utf-16"])
def test_the_encoding_may_be_stated(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("code,name\nA,台中\n".encode(encoding))
    table = open_table(path, encoding=encoding)
    assert [record.cells for record in table.records] == [["A", "台中"]]
    with pytest.raises(InvalidValueError, match="latin-7"):
        open_table(path, encoding="latin-7")


@pytest.mark.parametrize(
    ("encoding", "words", "hint"),
    [
        ("gb18030", ["市南区户外劳动者驿站", "香港中路１号", "暖心小屋"], False),
        ("big5", ["虛構歇腳點驛站", "中正路１號", "勞工休息站"], True),
    ],
)
def test_gb18030_and_big5_are_told_apart(
    tmp_path: Path, encoding: str, words: list[str], hint: bool
) -> None:
    """Most bytes of one are valid in the other; the wrong reading was stored as rare characters."""
    path = tmp_path / "a.csv"
    path.write_bytes(("code,name\n" + "".join(f"A,{one}\n" for one in words)).encode(encoding))
    table = open_table(path)
    assert [record.cells[1] for record in table.records] == words
    assert [words[0] in one.en and "Big5" in one.en for one in table.hints] == [True] * hint


def test_an_encoding_that_cannot_be_told_is_asked_for(tmp_path: Path) -> None:
    """The bytes of 驿 are 鷋 in Big5: one character alone says nothing."""
    path = tmp_path / "a.csv"
    path.write_bytes("code,name\nA,驿\n".encode("gb18030"))
    told = refused(path)
    assert "GB18030: “驿”" in told
    assert "Big5: “" in told
    assert "--encoding" in told


@pytest.mark.parametrize("mark", [";", "\t"])
def test_other_delimiters(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"code{mark}name\nA{mark}b, c\n", encoding="utf-8")
    assert rows(path) == [["A", "b, c"]]


def test_a_stated_delimiter_and_a_title_are_no_data(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("sep=;\n编号;名称;经度;纬度\nA;甲,乙;120;36\n", encoding="utf-8")
    table = open_table(path, layer="facilities")
    assert table.columns == ["编号", "名称", "经度", "纬度"]
    assert [(one.line, one.cells) for one in table.records] == [(3, ["A", "甲,乙", "120", "36"])]
    path.write_text("2026 年站点一览\n\n编号;名称;经度;纬度\nA;甲;120;36\n", encoding="utf-8")
    table = open_table(path, layer="facilities")
    assert table.columns == ["编号", "名称", "经度", "纬度"]
    assert [(one.line, one.cells) for one in table.records] == [(4, ["A", "甲", "120", "36"])]
    assert [one.en for one in table.hints] == [
        "The header stands in line 3; what is above it was not read as data (1)."
    ]


QUOTES = [
    # Closed in its line, with one in the middle: read as it is meant.
    ('1,"东路（"近市场）,x\n2,b,y\n', [(2, False), (3, False)]),
    # Never closed.
    ('1,"南路,x\n2,b,y\n3,c,z\n', [(2, True), (3, False), (4, False)]),
    # Closed by the next one that was never closed.
    ('1,"南路,x\n2,b,y\n3,"c,z\n4,d,w\n', [(2, True), (3, False), (4, True), (5, False)]),
    # Two that were never closed, one after the other.
    ('1,"a,x\n2,"b,y\n3,c,z\n', [(2, True), (3, True), (4, False)]),
    # Line breaks inside a cell are meant, in the first column, the last, and with marks of their own.
    ('1,"a\nb",x\n2,c,y\n', [(2, False), (4, False)]),
    ('"1\n\n9",b,x\n2,c,"y\n""z"""\n3,d,w\n', [(2, False), (5, False), (7, False)]),
]


@pytest.mark.parametrize(("text", "expected"), QUOTES)
def test_an_unclosed_quotation_mark_swallows_nothing(
    tmp_path: Path, text: str, expected: list[tuple[int, bool]]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"code,name,note\n{text}", encoding="utf-8")
    read = [(record.line, record.broken is not None) for record in open_table(path).records]
    assert read == expected


def test_lines_are_where_rows_begin(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,b\n"1\n2",x\n\n3,y\n', encoding="utf-8")
    assert [(record.line, record.cells) for record in open_table(path).records] == [
        (2, ["1\n2", "x"]),
        (5, ["3", "y"]),
    ]


def test_a_huge_cell_is_refused_without_reading_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_files, "MOST_CELL_CHARACTERS", 1000)
    monkeypatch.setattr(csv_files, "MOST_LINE_CHARACTERS", 2000)
    path = tmp_path / "a.csv"
    path.write_text("code,name\nA," + "x" * 5000 + "\n", encoding="utf-8")
    assert "line 2: a cell is too large" in refused(path)
    # Many short lines inside one pair of quotation marks.
    path.write_text('code,name\nA,"' + "x\n" * 5000 + '"\n', encoding="utf-8")
    assert "a cell is too large" in refused(path)


def workbook(path: Path, cells: dict[str, object], formats: dict[str, str] | None = None) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for place, value in cells.items():
        book.active[place] = value
        book.active[place].number_format = (formats or {}).get(place, "General")
    book.save(path)


def rewrite_sheet(path: Path, change: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = change(parts["xl/worksheets/sheet1.xml"])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_numbers_are_read_with_the_zeros_that_they_show(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    cells = {"A1": "code", "B1": "n", "A2": 7, "B2": 7, "A3": 12345678, "B3": 0.5}
    workbook(path, cells, {"A2": "00000", "A3": "00000", "B3": "00"})
    assert rows(path) == [["00007", 7], ["12345678", 0.5]]
    book = openpyxl.load_workbook(path)
    book.worksheets[0].merge_cells("A2:A3")
    book.save(path)
    assert rows(path) == [["00007", 7], ["00007", 0.5]]


def test_cells_that_hold_an_error_are_read_as_their_words(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["code", "n", "phone"], ["A", 1, "2"], ["B", 2]):
        sheet.append(row)
    for place, words in {"A2": "#REF!", "C3": "#N/A", "C5": "#DIV/0!"}.items():
        sheet[place].value = words
        sheet[place].data_type = "e"
    sheet.merge_cells("C3:C4")
    book.save(path)
    # Some programs state an extent that is not so.
    rewrite_sheet(path, lambda sheet: sheet.replace(b'ref="A1:C5"', b'ref="A1"'))
    assert rows(path) == [
        ["#REF!", 1, "2"],
        ["B", 2, "#N/A"],
        ["", "", "#N/A"],
        ["", "", "#DIV/0!"],
    ]


def test_merged_cells_are_read_in_every_row_that_they_span(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["区", "名称", "电话"],
        ["市南", "甲", None],
        [None, "乙", "1"],
        ["市北", "丙", "2"],
    ):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("B2:C2")
    book.save(path)
    table = open_table(path)
    assert [one.cells for one in table.records] == [
        ["市南", "甲", ""],
        ["市南", "乙", "1"],
        ["市北", "丙", "2"],
    ]
    assert [one.en.partition(" ")[0] for one in table.hints] == ["Merged", "Cells"]


@pytest.mark.parametrize("wide", [False, True])
def test_cells_that_do_not_say_where_they_stand_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wide: bool
) -> None:
    """A sheet without references unpacked to gigabytes behind the check of its size."""
    path = tmp_path / "a.xlsx"
    workbook(path, {"A1": "code"})
    row = b"<row>" + b"<c><v>1</v></c>" * 30 + b"</row>"
    sheet = row + b"<row><c><v>1</v></c></row>" * 70 if wide else row * 80
    rewrite_sheet(
        path,
        lambda _: (
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            + sheet
            + b"</sheetData></worksheet>"
        ),
    )
    assert len(rows(path)) >= 70
    monkeypatch.setattr("geoapp.importers.formats.xlsx.MOST_CELLS", 2000)
    assert "rows x 30 columns" in refused(path)


def test_a_cell_of_a_gigabyte_in_a_small_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    openpyxl.Workbook().save(path)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/sharedStrings2.xml", "w", force_zip64=True) as file,
    ):
        file.write(b"<sst><si><t>")
        for _ in range(1024):
            file.write(b"x" * 1024**2)
        file.write(b"</t></si></sst>")
    assert path.stat().st_size < 8 * 1024**2
    assert "a cell is too large" in refused(path)


def test_16384_columns(tmp_path: Path) -> None:
    names = [f"c{number}" for number in range(16_384)]
    path = tmp_path / "a.csv"
    path.write_text(",".join(names) + "\n" + ",".join("1" * 16_384) + "\n", encoding="utf-8")
    assert "16,384 columns" in refused(path)
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(names)
    book.save(tmp_path / "a.xlsx")
    assert "16,384 columns" in refused(tmp_path / "a.xlsx")


def test_a_far_cell_is_refused_before_it_takes_memory(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = "code"
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "a.xlsx")
    assert "1,048,576 rows x 16,384 columns" in refused(tmp_path / "a.xlsx")


def test_zip_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.xml", b" " * 3_000_000)
    monkeypatch.setattr("geoapp.importers.formats.xlsx.MOST_UNPACKED_BYTES", 2_000_000)
    assert "unpacks to" in refused(tmp_path / "a.xlsx")


def test_a_broken_workbook(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    (tmp_path / "a.xlsx").write_bytes(buffer.getvalue()[:-100])
    assert "not a sound .xlsx" in refused(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert "not a sound .xlsx" in refused(tmp_path / "b.xlsx")
    with zipfile.ZipFile(tmp_path / "c.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
    assert "not a sound .xlsx" in refused(tmp_path / "c.xlsx")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"SQLite format 3\x00", "GeoPackage"),
        ("a.csv", b"PK\x03\x04 zip", "ZIP"),
        ("a.xlsx", b"code,name\n1,2\n", "text or something else"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old .xls"),
        ("a.gpkg", b'{"type": "FeatureCollection"}', "JSON"),
        ("a.geojson", b"code,name\n", "not JSON"),
        ("a.csv", b'{"type": "FeatureCollection"}', "JSON"),
        ("a.csv", b"<!DOCTYPE html><html>", "web page"),
        ("a.csv", b"\x89PNG\r\n\x1a\n", "PNG"),
        ("a.csv", b"%PDF-1.7", "PDF"),
        ("a.csv", b"\x1f\x8b\x08", "gzip"),
    ],
)
def test_content_that_is_not_what_the_suffix_says(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content + b"\n" * 20)
    message = refused(tmp_path / name)
    assert "not what its suffix" in message
    assert said in message


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.geojson", "a.gpkg"])
def test_empty_missing_and_folders(tmp_path: Path, name: str) -> None:
    assert "cannot be read" in refused(tmp_path / name)
    (tmp_path / name).write_bytes(b"\xef\xbb\xbf \n")
    assert "empty" in refused(tmp_path / name)
    (tmp_path / name).unlink()
    (tmp_path / name).mkdir()
    assert "cannot be read" in refused(tmp_path / name)


def test_unknown_suffix(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match=r"\.gpkg"):
        open_table(tmp_path / "a.shp")


def test_broken_sqlite(tmp_path: Path) -> None:
    (tmp_path / "a.gpkg").write_bytes(b"SQLite format 3\x00" + b"\x01" * 4000)
    assert "not a sound GeoPackage" in refused(tmp_path / "a.gpkg")


def test_geopackages_are_brought_to_degrees(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"code": ["A"], "number": [3], "day": ["2024-01-01"]},
        geometry=[shapely.Point(120.38, 36.07)],
        crs="EPSG:4326",
    )
    frame.to_crs("EPSG:4549").to_file(tmp_path / "a.gpkg", layer="x", driver="GPKG")
    [record] = open_table(tmp_path / "a.gpkg").records
    assert isinstance(record.geometry, shapely.Point)
    assert record.geometry.x == pytest.approx(120.38, abs=1e-6)
    assert record.geometry.y == pytest.approx(36.07, abs=1e-6)
    assert record.cells == ["A", 3, "2024-01-01"]
    with pytest.warns(UserWarning, match="crs"):
        frame.set_crs(None, allow_override=True).to_file(tmp_path / "b.gpkg", driver="GPKG")
    assert "does not state its coordinate" in refused(tmp_path / "b.gpkg")


@pytest.mark.parametrize(
    ("crs", "accepted"),
    [
        (None, True),
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, True),
        ({"type": "name", "properties": {"name": "EPSG:4490"}}, True),
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4214"}}, False),
        ("x", False),
    ],
)
def test_geojson_crs(tmp_path: Path, crs: object, accepted: bool) -> None:
    body = {"type": "FeatureCollection", "crs": crs, "features": []}
    (tmp_path / "a.geojson").write_text(json.dumps(body), encoding="utf-8")
    if accepted:
        assert rows(tmp_path / "a.geojson") == []
    else:
        assert "states the crs" in refused(tmp_path / "a.geojson")


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:EPSG::4549", "EPSG:4549"])
def test_geojson_that_states_a_projection_is_converted(tmp_path: Path, name: str) -> None:
    """As QGIS and others write it, of the 2008 format; rows without a place come along."""
    shapes = [{"type": "Point", "coordinates": [500000, 4000000]}, None]
    features = [
        {"type": "Feature", "properties": {"名称": f"甲{n}"}, "geometry": shape}
        for n, shape in enumerate(shapes)
    ]
    crs = {"type": "name", "properties": {"name": name}}
    body = {"type": "FeatureCollection", "name": "x", "crs": crs, "features": features}
    (tmp_path / "a.geojson").write_text(json.dumps(body), encoding="utf-8")
    table = open_table(tmp_path / "a.geojson")
    first, second = table.records
    assert (table.columns, first.cells, second.cells) == (["名称"], ["甲0"], ["甲1"])
    assert isinstance(first.geometry, shapely.Point)
    assert first.geometry.x == pytest.approx(120.0)
    assert first.geometry.y == pytest.approx(36.1305, abs=1e-3)
    assert second.geometry is None


def test_json_that_is_no_collection(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text('{"type": "Topology"}', encoding="utf-8")
    assert "not a sound TopoJSON" in refused(path)
    path.write_text('{"type": ', encoding="utf-8")
    assert "not valid JSON" in refused(path)
    path.write_text("[" * 100_000, encoding="utf-8")
    assert "not valid JSON" in refused(path)
    path.write_text(
        '{"type": "FeatureCollection", "features": [1, {"type": "Feature", "properties": 3}]}',
        encoding="utf-8",
    )
    assert rows(path) == [[], []]  # two rows, to be rejected for what they lack


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    content=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8")),
    suffix=st.sampled_from([".csv", ".xlsx", ".geojson", ".gpkg"]),
    magic=st.sampled_from([b"", b"PK\x03\x04", b"SQLite format 3\x00", b"{", b"a,b\n"]),
)
def test_no_content_is_more_than_refused(
    tmp_path: Path, content: bytes, suffix: str, magic: bytes
) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(magic + content)
    try:
        list(open_table(path).records)
    except GeoappError as error:
        assert error.text.zh and error.text.en
