"""Lists as public bodies keep them, small and nasty: the exact rows that each becomes, or what it asks."""

import csv
from pathlib import Path
from typing import Any

import pyproj
import pytest
import shapely

from geoapp.core.errors import GeoappError
from geoapp.core.words import Datum
from geoapp.importers.open import open_table
from geoapp.importers.prepare import Choices, prepare, propose
from geoapp.importers.problems import Findings, Reading
from geoapp.importers.rows.basis import Unplaced
from geoapp.importers.rows.degrees import read_angle, read_pair
from geoapp.importers.rows.facilities import read_facilities
from geoapp.importers.rows.facility_row import FacilityRow, FacilityRules
from geoapp.importers.rows.issue import DEFAULT_KEY, CodeIssuer, key_of
from geoapp.importers.rows.place_checks import PlaceRules, RegionOutlines
from geoapp.importers.rows.region_names import RegionNames, read_region

REGIONS = RegionOutlines(
    parents={"370200": None, "370202": "370200", "370203": "370200"},
    names={"370200": "青岛市", "370202": "市南区", "370203": "市北区"},
    outlines={
        "370200": shapely.box(120, 36, 120.6, 36.3),
        "370202": shapely.box(120, 36, 120.3, 36.3),
        "370203": shapely.box(120.3, 36, 120.6, 36.3),
    },
)
EAST, NORTH = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:4549", always_xy=True).transform(
    120.15, 36.15
)


class Lists:
    """Reads texts as files of facilities."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(
        self,
        text: str,
        *,
        kind: str | None = None,
        issuer: CodeIssuer | None = None,
        unplaced: Unplaced = "never",
        **choices: Any,
    ) -> Reading[FacilityRow]:
        path = self.folder / "list.csv"
        path.write_text(text, encoding="utf-8")
        opened = open_table(path, layer="facilities")
        table = prepare(opened, Choices(**choices), REGIONS.named).table
        rules = FacilityRules(
            PlaceRules(REGIONS, 3000.0, Datum.WGS84),
            default_kind=kind,
            issuer=issuer,
            unplaced=unplaced,
        )
        return read_facilities(table, rules)

    def asked(self, text: str, **choices: Any) -> str:
        with pytest.raises(GeoappError) as caught:
            self.read(text, **choices)
        return str(caught.value)


@pytest.fixture
def lists(tmp_path: Path) -> Lists:
    return Lists(tmp_path)


def places(reading: Reading[FacilityRow]) -> list[tuple[str, float, float]]:
    return [(row.name_zh, round(row.lon, 6), round(row.lat, 6)) for row in reading.rows]


def problems(reading: Reading[FacilityRow]) -> list[tuple[int, str, str]]:
    return [(one.line, one.field, one.code) for one in reading.problems]


A = ("甲", 120.15, 36.15)
B = ("乙", 120.25, 36.25)

MARK = '"'
ONE_CELL = [
    '"120.15,36.15","120.25,36.25"',
    '"36.15,120.15","36.25,120.25"',
    '"120.15，36.15","120.25 36.25"',
    '"(120.15, 36.15)","[120.25,36.25]"',
    '"POINT(120.15 36.15)","120.25;36.25"',
    '"120,15 36,15","120,25; 36,25"',
    '"36°09\'00""N 120°09\'00""E","36°15\'N, 120°15\'E"',
    "N36.15E120.15,E120.25 N36.25",
    '北纬36度9分，东经120度9分,"东经120.25°、北纬36.25°"',
    "１２０．１５　３６．１５,120.25/36.25",
    "经度：120.15 纬度：36.15,纬度36.25；经度120.25",
]


@pytest.mark.parametrize("cells", ONE_CELL)
@pytest.mark.parametrize("header", ["经纬度", "坐标（高德）", "说不清"])
def test_both_coordinates_in_one_cell(lists: Lists, cells: str, header: str) -> None:
    """Under a name or without any: the content tells it."""
    first, second = (f'"{cell.replace(MARK, MARK * 2)}"' for cell in next(csv.reader([cells])))
    rows = f"编号,类别,站点名称,{header}\n1,爱心驿站,甲,{first}\n2,爱心驿站,乙,{second}\n"
    reading = lists.read(rows)
    assert (places(reading), problems(reading)) == ([A, B], [])
    assert reading.extra == ()


TWO_CELLS = [
    ("120.15°", "36.15°"),
    ("E120.15", "N36.15"),
    ("120°9′0″", "36°9′0″"),
    ("120°09'00\"E", "36°09'00\"N"),
    ("东经120度9分", "北纬36度9分"),
    ("１２０．１５", "３６．１５"),
    ("120,15", "36,15"),
    ("+120.15", " 36.15 "),
    ("\u200b120.15", "36.15\ufeff；"),
]


@pytest.mark.parametrize(("lon", "lat"), TWO_CELLS)
def test_coordinates_as_people_write_them(lists: Lists, lon: str, lat: str) -> None:
    lon, lat = lon.replace('"', '""'), lat.replace('"', '""')
    reading = lists.read(f'编号,类型,名称,东经,北纬\n1,爱心驿站,甲,"{lon}","{lat}"\n')
    assert (places(reading), problems(reading)) == ([A], [])


@pytest.mark.parametrize(
    "cell",
    ["120°60'", "120.5°30'", "-10S", "N36E", "1.2.3", "abc", "120 30", "", None, True, "9" * 99],
)
def test_what_is_no_coordinate(cell: Any) -> None:
    assert read_angle(cell) is None


@pytest.mark.parametrize("cell", ["120.15", "1,2,3", "120.15,", "甲,乙", "", None, [1], ["a", 2]])
def test_what_is_no_pair(cell: Any) -> None:
    assert read_pair(cell) is None


def test_an_order_that_may_be_either_is_asked_for(lists: Lists) -> None:
    rows = '编号,类型,名称,坐标\n1,爱心驿站,甲,"80.5,40.5"\n'
    told = lists.asked(rows)
    assert "80.5,40.5" in told and "--order" in told
    reading = lists.read(rows, order="lat,lon")
    # Far from the regions of this store, but read: that is what rejects it.
    assert problems(reading) == [(2, "lon, lat", "outside_country")]


def test_pairs_in_both_orders_are_told_apart_row_by_row(lists: Lists) -> None:
    reading = lists.read(
        '编号,类型,名称,坐标\n1,爱心驿站,甲,"120.15,36.15"\n2,爱心驿站,乙,"36.25,120.25"\n'
        '3,爱心驿站,丙,"80,40"\n'
    )
    assert places(reading) == [A, B]
    assert [one[:2] for one in problems(reading)] == [(4, "lon"), (4, "lat")]


def test_swapped_columns_are_said_and_one_wrong_row_is_refused(lists: Lists) -> None:
    head = "编号,类型,名称,经度,纬度\n"
    row = "{},爱心驿站,{},36.15,120.15\n"
    reading = lists.read(head + row.format(1, "甲") + row.format(2, "乙") + row.format(3, "丙"))
    assert [place[1:] for place in places(reading)] == [(120.15, 36.15)] * 3
    assert any("swapped (in all 3 rows)" in hint.en for hint in reading.hints)
    reading = lists.read(head + row.format(1, "甲") + "2,爱心驿站,乙,120.25,36.25\n")
    assert (places(reading), problems(reading)) == ([B], [(2, "lon, lat", "swapped")])


@pytest.mark.parametrize("northing_first", [False, True])
def test_eastings_and_northings(lists: Lists, northing_first: bool) -> None:
    """Surveyors call the northing X; which is which, the numbers say."""
    x, y = (NORTH, EAST) if northing_first else (EAST, NORTH)
    rows = f"编号,类型,名称,X,Y\n1,爱心驿站,甲,{x:.3f},{y:.3f}\n2,爱心驿站,乙,{x:.3f},不详\n"
    assert "--crs" in lists.asked(rows)
    reading = lists.read(rows, crs="EPSG:4549")
    assert places(reading) == [A]
    assert (3, "not_a_number") in [(line, code) for line, _, code in problems(reading)]
    assert "--datum gcj02" in lists.asked(rows, crs="EPSG:4549", datum=Datum.GCJ02)
    assert "--crs" in lists.asked(rows, crs="EPSG:nowhere")


def test_headings_name_the_system_of_eastings_and_northings(lists: Lists) -> None:
    head = "编号,类型,名称,X（EPSG:4549）,Y（EPSG:4549）\n"
    rows = f'1,爱心驿站,甲,"{NORTH:,.3f}","{EAST:,.3f}"\n'
    assert places(lists.read(head + rows)) == [A]
    # Said otherwise, it is that; not said, it is asked for, though no cell is a number of degrees.
    assert places(lists.read(head + rows, crs="EPSG:4549")) == [A]
    assert "--crs" in lists.asked(head.replace("（EPSG:4549）", "") + rows)


def test_eastings_and_northings_in_one_cell(lists: Lists) -> None:
    rows = f'编号,类型,名称,坐标\n1,爱心驿站,甲,"{EAST:.3f},{NORTH:.3f}"\n'
    assert places(lists.read(rows, crs="4549")) == [A]


def test_names_of_registers(lists: Lists) -> None:
    reading = lists.read(
        "序号,站点编码,驿站类型,驿站名称,详细地址（必填）,联系方式,对外开放时间,点位经度,点位纬度,建成时间,备注\n"
        "1,007,户外劳动者驿站,甲,某路1号,0532-88880000,8:00-18:00,120.15,36.15,45413,无\n"
    )
    [row] = reading.rows
    assert (row.code, row.kind_code, row.address) == ("007", "outdoor_station", "某路1号")
    assert (row.phone, row.opening_hours) == ("0532-88880000", "08:00-18:00")
    assert str(row.opened_on) == "2024-05-01"
    assert row.extra == {"序号": "1", "备注": "无"}
    assert [one.code for one in reading.warnings] == ["serial_date"]


def test_columns_that_no_name_explains_are_told_by_content(lists: Lists) -> None:
    text = "编号,名称,甲栏,乙栏,丙栏,丁栏,手机\n1,甲,爱心驿站,120.1501,36.1501,8:00-18:00,13800000000\n"
    reading = lists.read(text)
    [row] = reading.rows
    assert (row.kind_code, row.lon, row.lat) == ("care_post", 120.1501, 36.1501)
    assert row.opening_hours == "08:00-18:00"
    # A number that may be a person's own is not published because it looks like one.
    assert row.phone is None and row.extra == {"手机": "13800000000"}
    assert sum("by its content" in hint.en for hint in reading.hints) == 4
    assert any("'column=phone'" in hint.en for hint in reading.hints)
    path = lists.folder / "list.csv"
    _, proposal = propose(open_table(path, layer="facilities"), Choices())
    assert [(one.field, one.by, one.samples[0]) for one in proposal.columns] == [
        ("code", "name", "1"),
        ("name_zh", "name", "甲"),
        ("kind", "content", "爱心驿站"),
        ("lon", "content", "120.1501"),
        ("lat", "content", "36.1501"),
        ("opening_hours", "content", "8:00-18:00"),
        (None, "none", "13800000000"),
    ]
    assert proposal.columns[6].maybe == ("phone",)


def test_columns_that_mean_the_same_are_asked_for(lists: Lists) -> None:
    text = "编号,类型,站名,设施名称,经度,纬度\n1,爱心驿站,甲,丁,120.15,36.15\n"
    told = lists.asked(text)
    assert "--map '站名=name_zh' / --map '设施名称=name_zh'" in told
    reading = lists.read(text, columns=("站名=name_zh",))
    assert places(reading) == [A]
    assert reading.rows[0].extra == {"设施名称": "丁"}
    text = "编号,名称,大项,小项,经度,纬度\n1,甲,爱心驿站,司机之家,120.15,36.15\n"
    assert "--map '小项=kind'" in lists.asked(text)


def test_a_map_goes_before_names(lists: Lists) -> None:
    text = "编号,类型,名称,全名,经度,纬度\n1,爱心驿站,某,甲,120.15,36.15\n"
    reading = lists.read(text, columns=("全名=名称", "类型=-"), kind="station")
    assert places(reading) == [A]
    assert reading.rows[0].kind_code == "outdoor_station"
    assert reading.rows[0].extra == {"名称": "某", "类型": "爱心驿站"}
    for wrong in ("无此列=name_zh", "全名=nothing", "全名"):
        assert "--map" in lists.asked(text, columns=(wrong,))
    assert "--map" in lists.asked(text, columns=("全名=name_zh", "名称=name_zh"))


def test_a_name_whose_content_says_otherwise_is_kept_aside(lists: Lists) -> None:
    text = "编号,类型,名称,服务内容,位置,经度,纬度\n1,爱心驿站,甲,歇歇脚,某路,120.15,36.15\n"
    reading = lists.read(text)
    assert (places(reading), problems(reading)) == ([A], [])
    assert reading.rows[0].extra == {"服务内容": "歇歇脚"}
    assert reading.rows[0].address == "某路"
    assert any("--map '服务内容=amenities'" in hint.en for hint in reading.hints)
    reading = lists.read('编号,类型,名称,位置\n1,爱心驿站,甲,"120.15,36.15"\n')
    assert places(reading) == [A] and reading.rows[0].address is None


def test_totals_notes_and_repeated_headings_are_no_places(lists: Lists) -> None:
    """They are said and passed over, though rows without a position are taken in; the rest is read."""
    rows = [
        "驿站 名称,類型,所在区,经 度,緯度,启用日期,状态,容纳人数",
        "甲,愛心驛站,市南,120.15,36.15,20240501,正常开放,20",
        "合计站,爱心驿站,市南,,,2024-05-01 08:30:00,,",
        "市南区小 计,2,,,,,,20",
        "驿站 名称,類型,所在区,经 度,緯度,启用日期,状态,容纳人数",
        "乙,爱心驿站,市北区,120.35,36.15,,暂停服务,",
        "總計：3處,,,,,,,40",
        "一、市南区（2处）,,,,,,,",
        ",,备注：数据截至去年,,,,,",
        "填表人：张三,,,审核人：李四,,,,",
    ]
    reading = lists.read("\n".join(rows), issuer=issuer_of(), unplaced="always")
    assert [(row.name_zh, row.status, str(row.opened_on)) for row in reading.rows] == [
        ("甲", "open", "2024-05-01"),
        ("合计站", "open", "2024-05-01"),
        ("乙", "suspended", "None"),
    ]
    assert reading.rows[0].kind_code == "care_post" and problems(reading) == []
    assert reading.hints[0].zh == (
        "6 行是合计、说明、分段标题或重复的表头，不当站点读取：第 4 市南区小 计；5 驿站 名称；7 總計：3處；"
        "8 一、市南区（2处）；9 备注：数据截至去年；10 填表人：张三。"
    )


def test_an_error_in_a_column_leaves_the_column_what_it_is(lists: Lists) -> None:
    head = "编号,类型,名称,服务内容,经度,纬度\n"
    row = "{},爱心驿站,{},{},120.15,36.15\n"
    reading = lists.read(head + row.format(1, "甲", "饮水") + row.format(2, "乙", "#N/A"))
    assert (places(reading), problems(reading)) == ([A], [(3, "amenities", "excel_error")])


NO_CODES = "名称,地址,经度,纬度\n甲,一路,120.15,36.15\n乙,二路,120.35,36.15\n丙,三路,120.16,36.15\n"


def issuer_of(*stored: FacilityRow) -> CodeIssuer:
    known: dict[tuple[str, ...], list[str]] = {}
    for row in stored:
        key = key_of({"name_zh": row.name_zh, "address": row.address}, DEFAULT_KEY)
        known.setdefault(key, []).append(row.code)
    return CodeIssuer(DEFAULT_KEY, known, [row.code for row in stored])


def test_codes_are_issued_and_stay(lists: Lists) -> None:
    told = lists.asked(NO_CODES)
    assert "--kind" in told and "--issue-codes" in told
    first = lists.read(NO_CODES, kind="care_post", issuer=issuer_of())
    assert [row.code for row in first.rows] == [
        "370202-care_post-0001",
        "370203-care_post-0001",
        "370202-care_post-0002",
    ]
    # Turned round, with a new place in front, in another width: the same places keep their codes.
    turned = "名称,地址,经度,纬度\n丁,四路,120.17,36.15\n丙, 三 路,120.16,36.15\n甲,一路。,120.15,36.15\n"
    again = lists.read(turned, kind="care_post", issuer=issuer_of(*first.rows))
    assert [row.code for row in again.rows] == [
        "370202-care_post-0003",
        "370202-care_post-0002",
        "370202-care_post-0001",
    ]


def test_a_code_names_the_region_that_a_place_off_the_coast_is_matched_to(lists: Lists) -> None:
    # 3 km south of the outlines at most, and beyond.
    text = "名称,地址,经度,纬度\n栈桥,一路,120.15,35.99\n远,二路,120.35,35.9\n"
    rows = lists.read(text, kind="care_post", issuer=issuer_of()).rows
    assert [row.code for row in rows] == ["370202-care_post-0001", "0-care_post-0001"]


def test_districts_are_read_by_their_names_and_no_code_pretends_one(lists: Lists) -> None:
    """As people write them; a name that fits none or several is refused, and nothing is guessed."""
    written = ["市南区", "市南", "青岛市 市南区", "山东省青岛市市南", "青島市/市南區", "370202"]
    head = "名称,地址,{},经度,纬度\n"
    rows = [f"站{n},路{n},{cell},," for n, cell in enumerate(written)]
    rows += [
        "江,路,江苏省青岛市市南区,,",
        "两,路,市南区、市北区,,",
        "空,路,,,",
        "市,路,青岛市,120.4,36.15",
    ]
    for heading in ("所在区", "所属区（市）", "区县"):
        text = head.format(heading) + "\n".join(rows)
        reading = lists.read(text, kind="care_post", issuer=issuer_of(), unplaced="always")
        south, city = reading.rows[:-1], reading.rows[-1]
        assert {row.region for row in south} == {"370202"}
        assert [row.code for row in south] == [f"370202-care_post-000{n}" for n in range(1, 7)]
        # Where a row names the city, its position tells the district.
        assert (city.region, city.code) == (None, "370203-care_post-0001")
        assert problems(reading) == [
            (8, "region", "unknown_region"),
            (9, "region", "unknown_region"),
            (10, "region, lon, lat", "no_region"),
        ]


def test_a_name_that_several_regions_have_is_asked_for() -> None:
    names = RegionNames(
        {"110100": None, "110105": "110100", "220104": None},
        {"110100": "北京市", "110105": "朝阳区", "220104": "朝阳区"},
    )
    for words, codes in (
        ("朝阳", ("110105", "220104")),
        ("北京朝阳", ("110105",)),
        ("吉林省朝阳区", ("220104",)),
        ("北京市市辖区朝阳区", ("110105",)),
        ("南区", ()),
    ):
        assert names.codes_of(words) == codes
    found = Findings(2)
    read_region(found, "朝阳区", names)
    [problem] = found.problems
    assert problem.code == "ambiguous_region"
    assert "北京市朝阳区（110105）、朝阳区（220104）" in problem.text.zh


def test_a_column_of_areas_that_are_no_regions_is_kept_aside(lists: Lists) -> None:
    reading = lists.read("编号,类型,名称,区,经度,纬度\n1,爱心驿站,甲,A区,120.15,36.15\n")
    assert (places(reading), reading.rows[0].extra) == ([A], {"区": "A区"})
    text = "编号,类型,名称,区县,行政区划代码,经度,纬度\n1,爱心驿站,甲,市南,370202,120.15,36.15\n"
    assert lists.read(text).rows[0].region == "370202"


def test_equal_keys_are_a_problem_of_both_rows(lists: Lists) -> None:
    text = NO_CODES + "甲,一路,120.2,36.2\n戊,五路,999,36.2\n"
    reading = lists.read(text, kind="care_post", issuer=issuer_of())
    assert [row.code for row in reading.rows] == ["370203-care_post-0001", "370202-care_post-0001"]
    assert problems(reading) == [
        (2, "code", "duplicate_key"),
        (5, "code", "duplicate_key"),
        (6, "lon", "out_of_range"),
    ]
    assert "line 5" in reading.problems[0].text.en


def test_a_key_that_two_stored_places_have_is_a_problem(lists: Lists) -> None:
    rows = lists.read(NO_CODES, kind="care_post", issuer=issuer_of()).rows
    issuer = CodeIssuer(("address",), {("一路",): ["x", "y"]}, ["x", "y"])
    reading = lists.read(NO_CODES, kind="care_post", issuer=issuer)
    assert problems(reading) == [(2, "code", "ambiguous_key")]
    assert len(reading.rows) == len(rows) - 1


@pytest.mark.parametrize(
    ("cell", "day", "basis"),
    [
        ("45413.5", "2024-05-01", "known"),
        ("2024.5.1", "2024-05-01", "known"),
        ("２０２４年 5 月 1 日", "2024-05-01", "known"),
        ("2024/5/1 8:30", "2024-05-01", "known"),
        ("2024-05-01T20:00:00+08:00", "2024-05-01", "known"),
        ("2024年5月1日 下午3:20", "2024-05-01", "known"),
        ("2024年5月", "2024-05-01", "month"),
        ("2024年5月份", "2024-05-01", "month"),
        ("2024.5", "2024-05-01", "month"),
        ("2024年", "2024-01-01", "year"),
    ],
)
def test_days_as_people_write_them(lists: Lists, cell: str, day: str, basis: str) -> None:
    reading = lists.read(f"编号,类型,名称,启用日期,经度,纬度\n1,爱心驿站,甲,{cell},120.15,36.15\n")
    [row] = reading.rows
    assert (str(row.opened_on), row.opened_basis) == (day, basis)


def test_days_that_may_be_several_are_refused_by_their_chinese_name(lists: Lists) -> None:
    for cell in ("5/1/2024", "2024.1", "2024-05-01T20:00:00Z", "45413.", "99999.5"):
        reading = lists.read(
            f"编号,类型,名称,启用日期,经度,纬度\n1,爱心驿站,甲,{cell},120.15,36.15\n"
        )
        [problem] = reading.problems
        assert problem.text.zh.startswith(f"启用日期的值“{cell}”")


def test_an_address_in_another_district_than_its_column_is_said(lists: Lists) -> None:
    head = "编号,类型,名称,所在区,地址,经度,纬度\n"
    rows = {
        "青岛市市北区乙路 1 号": "address_in_another",
        "青岛市 市南区甲路 1 号": None,
        "青岛市甲路 1 号": None,
        "市北一路 3 号": None,
        "市南区和市北区交界": None,
    }
    for address, said in rows.items():
        reading = lists.read(head + f"1,爱心驿站,甲,市南区,{address},120.15,36.15\n")
        assert [one.code for one in reading.warnings] == ([said] if said else []), address
        assert reading.rows[0].region == "370202"


def test_names_tell_the_kind_where_no_column_does(lists: Lists) -> None:
    head, row = "编号,名称,经度,纬度\n", "{},{},120.15,36.15\n"
    names = ("甲爱心驿站", "乙爱心驿站（示范）", "丙户外劳动者驿站", "丁爱心驿站", "戊")
    text = head + "".join(row.format(number, name) for number, name in enumerate(names))
    reading = lists.read(text)
    assert [one.kind_code for one in reading.rows] == [
        "care_post",
        "care_post",
        "outdoor_station",
        "care_post",
    ]
    assert problems(reading) == [(6, "kind", "required")]
    assert any("按名称末尾读取" in hint.zh for hint in reading.hints)
    # A title tells it where names do not.
    titled = f"某区户外劳动者爱心驿站（2024年）一览表\n{head}{row.format(1, '甲')}"
    reading = lists.read(titled)
    assert [one.kind_code for one in reading.rows] == ["care_post"]
    assert any("按标题" in hint.zh for hint in reading.hints)
    # Said for all, nothing is read from names; and names that tell nothing are asked about.
    assert {one.kind_code for one in lists.read(text, kind="care_post").rows} == {"care_post"}
    assert "--kind" in lists.asked(head + row.format(1, "甲"))


def test_columns_of_one_name_are_kept_apart(lists: Lists) -> None:
    reading = lists.read("编号,类型,名称,备注,经度,纬度,备注\n1,爱心驿站,甲,一,120.15,36.15,二\n")
    assert reading.rows[0].extra == {"备注": "一", "备注_7": "二"}
