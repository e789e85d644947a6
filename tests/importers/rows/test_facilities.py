"""Rows with trouble: each is located, coded, and explained in both languages."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import pytest
import shapely

from geoapp.core.errors import UnusableInputError
from geoapp.core.geo import from_wgs84
from geoapp.core.words import Datum
from geoapp.importers.formats.table import Record, Table
from geoapp.importers.problems import Reading
from geoapp.importers.rows.facilities import read_facilities
from geoapp.importers.rows.facility_row import FacilityRow, FacilityRules
from geoapp.importers.rows.place_checks import PlaceRules, RegionOutlines

CITY = shapely.box(120, 36, 120.6, 36.3)
WEST = shapely.box(120, 36, 120.3, 36.3)
EAST = shapely.box(120.3, 36, 120.6, 36.3)
REGIONS = RegionOutlines(
    parents={"370200": None, "370202": "370200", "370203": "370200", "999": None},
    names={"370200": "青岛市", "370202": "市南区", "370203": "市北区", "999": "无图"},
    outlines={"370200": CITY, "370202": WEST, "370203": EAST},
)
GOOD = {"code": "A", "kind": "station", "name_zh": "站", "lon": 120.15, "lat": 36.15}


def read(
    *rows: dict[str, Any],
    regions: RegionOutlines = REGIONS,
    datum: Datum = Datum.WGS84,
    anywhere: bool = False,
    on_map: Collection[int] = (),
) -> Reading[FacilityRow]:
    names = list(dict.fromkeys(name for row in rows for name in row))
    records = [
        Record(number, [row.get(name) for name in names]) for number, row in enumerate(rows, 2)
    ]
    rules = FacilityRules(PlaceRules(regions, 3000.0, datum, anywhere, on_map=on_map))
    return read_facilities(Table(names, records, has_geometry=False), rules)


def codes(reading: Reading[FacilityRow]) -> list[tuple[str, str]]:
    for problem in reading.problems:
        assert problem.text.zh and problem.text.en
        assert problem.text.zh != problem.text.en
    return [(problem.field, problem.code) for problem in reading.problems]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"code": ""}, ("code", "required")),
        ({"code": "x" * 201}, ("code", "too_long")),
        ({"code": "A\x00"}, ("code", "bad_character")),
        ({"code": "A/1"}, ("code", "slash_in_code")),
        ({"code": "Ａ／1"}, ("code", "slash_in_code")),
        ({"code": 3.702021990010113e17}, ("code", "digits_lost")),
        ({"code": "3.70203E+11"}, ("code", "digits_lost")),
        ({"code": ".."}, ("code", "dots_for_code")),
        ({"code": "370203.0"}, ("code", "not_a_code")),
        ({"code": True}, ("code", "not_a_code")),
        ({"code": 3.5}, ("code", "not_a_code")),
        ({"code": "2026-03-01"}, ("code", "not_a_code")),
        ({"code": "#REF!"}, ("code", "excel_error")),
        ({"name_zh": "#N/A"}, ("name_zh", "excel_error")),
        ({"phone": "13812345678.0"}, ("phone", "not_a_code")),
        ({"phone": "1.38E+10"}, ("phone", "digits_lost")),
        ({"phone": "abc"}, ("phone", "bad_phone")),
        ({"name_zh": None}, ("name_zh", "required")),
        ({"name_zh": "a\x1bb"}, ("name_zh", "bad_character")),
        ({"name_zh": "\ud800"}, ("name_zh", "bad_character")),
        ({"name_zh": "\u202e\u200b\u200d"}, ("name_zh", "required")),
        ({"kind": "宫殿"}, ("kind", "unknown_kind")),
        ({"kind": " "}, ("kind", "required")),
        ({"status": "maybe"}, ("status", "unknown_word")),
        ({"entry": "window"}, ("entry", "unknown_word")),
        ({"access": "cats"}, ("access", "unknown_word")),
        ({"opened_on": "1/2/2024"}, ("opened_on", "bad_date")),
        ({"closed_on": "2024-02-30"}, ("closed_on", "bad_date")),
        ({"opened_on": 2024.1}, ("opened_on", "one_month_of_two")),
        ({"opened_on": "2024-02-02", "closed_on": "2024-02-01"}, ("closed_on", "dates_reversed")),
        ({"verified_on": "2100-01-01"}, ("verified_on", "not_yet")),
        ({"opening_hours": ["08:00-18:00"]}, ("opening_hours", "not_text")),
        ({"amenities": "微波炉;飞碟"}, ("amenities", "unknown_amenity")),
        ({"amenities": "wifi", "no_amenities": "WiFi"}, ("no_amenities", "amenity_in_both")),
        ({"capacity": "-1"}, ("capacity", "bad_number")),
        ({"capacity": "many"}, ("capacity", "bad_number")),
        ({"capacity": 3_000_000_000}, ("capacity", "bad_number")),
        ({"position_accuracy_m": "nan"}, ("position_accuracy_m", "bad_number")),
        ({"timezone": "Mars/North"}, ("timezone", "unknown_zone")),
        ({"timezone": "../../etc/passwd"}, ("timezone", "unknown_zone")),
        ({"sample": "perhaps"}, ("sample", "bad_flag")),
        ({"region": "370299"}, ("region", "unknown_region")),
        ({"places": "somewhere"}, ("places", "bad_places")),
        ({"places": '[{"lon": 1}]'}, ("places", "bad_places")),
        ({"extra": "[1]"}, ("extra", "bad_extra")),
        ({"备注": "x\x00"}, ("extra", "bad_extra")),
        ({"lon": ""}, ("lon", "required")),
        ({"lat": "N36"}, ("lat", "not_a_number")),
        ({"lon": "nan"}, ("lon", "not_a_number")),
        ({"lat": "inf"}, ("lat", "not_a_number")),
        ({"lon": float("nan")}, ("lon", "not_a_number")),
        ({"lon": 200, "lat": 36}, ("lon", "out_of_range")),
        ({"lon": 120, "lat": 190}, ("lat", "out_of_range")),
        ({"lon": 36.15, "lat": 120.15}, ("lon, lat", "swapped")),
        ({"lon": 0, "lat": 0}, ("lon, lat", "zero_zero")),
        ({"lon": 2.35, "lat": 48.85}, ("lon, lat", "outside_country")),
        ({"region": "370203", "lon": 120.1}, ("region", "far_from_region")),
        ({"geometry_wkt": "POINT(1"}, ("geometry_wkt", "bad_geometry")),
        ({"geometry_wkt": "LINESTRING(120 36, 120 37)"}, ("geometry_wkt", "geometry_type")),
        ({"geometry_wkt": "POLYGON EMPTY"}, ("geometry_wkt", "empty_geometry")),
        (
            {"geometry_wkt": "POLYGON((120 36, 120.1 36, 120.2 36, 120 36))"},
            ("geometry_wkt", "bad_geometry"),
        ),
        (
            {"geometry_wkt": "POLYGON((120.2 36.2,120.21 36.2,120.21 36.21,120.2 36.2))"},
            ("geometry_wkt", "geometry_disagrees"),
        ),
    ],
)
def test_one_trouble_one_problem(change: dict[str, Any], expected: tuple[str, str]) -> None:
    reading = read({**GOOD, **change}, {**GOOD, "code": "B"})
    assert codes(reading) == [expected]
    assert [row.code for row in reading.rows] == ["B"]
    assert reading.rejected[0].line == 2
    assert (reading.read, len(reading.rows)) == (2, 1)


def test_telephones_are_free_text_and_none_is_said() -> None:
    written = ("0532-83011111转801", "12351 / １３８0000", "无", "—")
    reading = read(*({**GOOD, "code": f"A{n}", "phone": one} for n, one in enumerate(written)))
    assert [row.phone for row in reading.rows] == [written[0], "12351 / 1380000", None, None]
    assert [(one.line, one.code) for one in reading.warnings] == [(4, "no_phone"), (5, "no_phone")]


def test_a_date_may_be_said_to_be_unknown() -> None:
    reading = read(*({**GOOD, "code": f"A{n}", "opened_on": one} for n, one in enumerate("无—")))
    assert [row.opened_on for row in reading.rows] == [None, None]
    assert [(one.line, one.code) for one in reading.warnings] == [(2, "no_date"), (3, "no_date")]


def test_unreadable_hours_never_reject_a_row() -> None:
    reading = read(
        {**GOOD, "opening_hours": "吃饭时间"}, {**GOOD, "opening_hours": "?", "code": ""}
    )
    [row] = reading.rows
    assert (row.opening_hours, row.opening_hours_raw) == ('"吃饭时间"', "吃饭时间")
    # A row that is rejected for something else warns of nothing.
    [warning] = reading.warnings
    assert (warning.line, warning.field, warning.code) == (2, "opening_hours", "unreadable_hours")
    assert "吃饭时间" in warning.text.zh
    assert "吃饭时间" in warning.text.en


def test_a_kind_with_words_around_it_is_read_and_said() -> None:
    reading = read(
        {**GOOD, "kind": "市南区爱心驿站（示范）"}, {**GOOD, "code": "B", "kind": "爱心驿站"}
    )
    assert [row.kind_code for row in reading.rows] == ["care_post", "care_post"]
    [warning] = reading.warnings
    assert (warning.line, warning.field, warning.code) == (2, "kind", "kind_by_its_end")
    assert "爱心驿站" in warning.text.zh and "care_post" in warning.text.en


def test_every_problem_of_a_row_is_told() -> None:
    reading = read({**GOOD, "lat": "x", "kind": "?", "capacity": "?"})
    assert codes(reading) == [
        ("kind", "unknown_kind"),
        ("capacity", "bad_number"),
        ("lat", "not_a_number"),
    ]


def test_a_line_of_totals_is_told_once() -> None:
    reading = read(GOOD, {"备注": "合计 1"})
    assert codes(reading) == [("code", "no_facility")]
    assert reading.problems[0].value == "合计 1"
    # With a position it is a facility, of which every missing cell is told.
    assert len(read({"lon": 120.15, "lat": 36.15, "code": ""}, GOOD).problems) == 3


def test_names_of_the_field_are_understood() -> None:
    names = {
        "站点编号": "A",
        "站点类型": "爱心驿站",
        "站点名称": "站",
        "经度": 120.15,
        "纬度": 36.15,
    }
    more = {"联系电话": "1", "详细地址": "路", "服务时间": "24小时"}
    reading = read({**names, **more})
    assert (reading.problems, reading.extra) == ((), ())
    [row] = reading.rows
    assert (row.phone, row.address, row.opening_hours) == ("1", "路", "24/7")


@pytest.mark.parametrize("other", ["Ａ－１", "A\u200b-1", "\ufeffA-1", "A-\u00ad1"])
def test_a_code_is_one_whatever_its_width(other: str) -> None:
    [row] = read({**GOOD, "code": other}).rows
    assert row.code == "A-1"
    assert codes(read({**GOOD, "code": "A-1"}, {**GOOD, "code": other})) == [
        ("code", "duplicate_code")
    ]


def test_coordinates_are_read_whatever_their_width() -> None:
    reading = read({**GOOD, "lon": "１２０．１５", "lat": "＋３６．１２５"})
    assert codes(reading) == []
    (row,) = reading.rows
    assert (row.lon, row.lat) == (120.15, 36.125)


def test_duplicate_codes_name_the_first_line() -> None:
    reading = read(GOOD, {**GOOD, "code": "B"}, {**GOOD, "name_zh": "again"})
    assert codes(reading) == [("code", "duplicate_code")]
    assert "line 2" in reading.problems[0].text.en
    assert reading.rejected[0].line == 4


def test_swapped_within_range_is_noticed_by_the_regions() -> None:
    # Urumqi's district, 87.6 E 43.8 N: both orders are numbers that a latitude may have.
    west = RegionOutlines({"650100": None}, {}, {"650100": shapely.box(87, 43, 88, 44)})
    assert codes(read({**GOOD, "lon": 43.8, "lat": 87.6}, regions=west)) == [
        ("lon, lat", "swapped")
    ]


def test_an_empty_store_and_anywhere_accept_every_country() -> None:
    helsinki = {**GOOD, "lon": 24.94, "lat": 60.17}
    assert codes(read(helsinki, regions=RegionOutlines())) == []
    assert codes(read(helsinki, anywhere=True)) == []
    # 200 km are counted from the outlines: 1.5 degrees west of 120 E are about 135 km.
    assert codes(read({**GOOD, "lon": 118.5})) == []
    assert codes(read({**GOOD, "lon": 117.5})) == [("lon, lat", "outside_country")]


@pytest.mark.parametrize("real", [Datum.GCJ02, Datum.BD09])
def test_a_wrong_datum_is_named(real: Datum) -> None:
    # In the west by WGS-84, 200 m from the east; map services show it in the east.
    lon, lat = from_wgs84(lon=120.2978, lat=36.15, datum=real)
    assert lon > 120.3 + 0.0015
    reading = read({**GOOD, "lon": lon, "lat": lat, "region": "370202"})
    assert codes(reading) == [("lon, lat", "wrong_datum")]
    assert f"--datum {real}" in reading.problems[0].text.en
    right = read({**GOOD, "lon": lon, "lat": lat, "region": "370202"}, datum=real)
    assert codes(right) == []
    assert right.rows[0].lon == pytest.approx(120.2978, abs=1e-7)


def test_a_place_on_the_map_is_not_taken_for_a_wrong_datum() -> None:
    # In the west, in a list in BD-09 whose row names the east; by GCJ-02 it would lie there.
    near, far = (from_wgs84(lon=lon, lat=36.15, datum=Datum.BD09) for lon in (120.2978, 120.2))
    rows = [
        {**GOOD, "code": str(lon), "lon": lon, "lat": lat, "region": "370203"}
        for lon, lat in (near, far)
    ]
    reading = read(*rows, datum=Datum.BD09, on_map={2, 3})
    assert codes(reading) == [("region", "far_from_region")]
    said = reading.problems[0].text
    assert "在地图上放的位置（WGS-84 120.200000, 36.150000）" in said.zh
    assert "datum" not in said.en
    # What a list says of itself is still doubted.
    assert codes(read(*rows, datum=Datum.BD09)) != codes(reading)


def test_a_pier_is_not_taken_for_a_wrong_datum() -> None:
    # 300 m east of the last district there is only the sea: within the tolerance.
    assert codes(read({**GOOD, "lon": 120.6033, "region": "370203"})) == []


def test_a_doubtful_file_is_doubted_as_a_whole() -> None:
    rows = [
        {
            **GOOD,
            "code": str(number),
            "lon": 120.6033,
            "lat": 36.22 + number / 100,
            "region": "370203",
        }
        for number in range(5)
    ]
    reading = read(*rows)
    assert reading.problems == ()
    assert "GCJ-02" in reading.hints[0].en
    assert read(*rows[:2]).hints == ()


@pytest.mark.parametrize("missing", ["code", "kind", "name_zh", "lon", "lat"])
def test_missing_columns(missing: str) -> None:
    row = {name: value for name, value in GOOD.items() if name != missing}
    with pytest.raises(UnusableInputError, match=missing):
        read(row)


@pytest.mark.parametrize("pair", [("lon", "经度"), ("code", "Code "), ("备注", "备注")])
def test_two_columns_of_one_meaning(pair: Sequence[str]) -> None:
    table = Table([*GOOD, *pair], [], has_geometry=False)
    with pytest.raises(UnusableInputError, match="same"):
        read_facilities(table, FacilityRules(PlaceRules(REGIONS, 3000.0, Datum.WGS84)))


def test_names_in_either_language_and_any_order() -> None:
    chinese = {
        "纬度": "36.15",
        "经度": "120.15",
        " 名称": "站",
        "类型": "司机之家",
        "编号": 7,
        "状态": "暂停",
        "设施": "微波炉、饮水，空调",
        "无设施": "厕所",
        "进入方式": "刷脸进入",
        "开放对象": "工会会员",
        "区域代码": 370202,
        "启用日期": "2024年5月1日",
        "ＣＡＰＡＣＩＴＹ": "20人",
        "备注": "x",
    }
    reading = read(chinese)
    assert reading.problems == ()
    [row] = reading.rows
    assert (row.code, row.kind_code, row.status) == ("7", "drivers_home", "suspended")
    assert row.amenities == ("microwave", "drinking_water", "air_conditioning")
    assert (row.no_amenities, row.entry, row.access) == (("toilet",), "face", "members")
    assert (row.region, str(row.opened_on), row.capacity) == ("370202", "2024-05-01", 20)
    assert row.extra == {"备注": "x"}
    assert reading.extra == ("备注",)


def test_what_the_service_says_itself_is_not_obeyed() -> None:
    reading = read({**GOOD, "name": "other", "rev": 9, "family": "home", "reject_line": 3})
    assert reading.rows[0].name_zh == "站"
    assert reading.ignored == ("name", "rev", "family", "reject_line")
    assert reading.is_rejects_file


def test_no_amenity_is_guessed() -> None:
    [row] = read(GOOD).rows
    assert (row.amenities, row.no_amenities, row.entry, row.capacity) == ((), (), None, None)


def test_a_bow_tie_is_repaired(tmp_path: Path) -> None:
    bow = "POLYGON((120.1 36.1, 120.12 36.12, 120.12 36.1, 120.1 36.12, 120.1 36.1))"
    reading = read({**GOOD, "lon": "", "lat": "", "geometry_wkt": bow})
    [warned] = reading.warnings
    assert (warned.field, warned.code) == ("geometry_wkt", "mended_outline")
    assert "120.11 36.11" in warned.text.zh
    [row] = reading.rows
    assert row.area is not None
    assert row.area.is_valid
    assert row.area.geom_type == "MultiPolygon"
