"""A day of a steward: a manager's messy sheet in, mended, applied; a station moved; the import undone."""

import io
from pathlib import Path

import openpyxl
from playwright.sync_api import expect
from sqlalchemy import text

from geoapp.core.geo import from_wgs84
from geoapp.core.roles import Role
from geoapp.core.words import Datum
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON
from tests.web.conftest import Site, Visit, serious_violations, sign_in

STREETS = [
    "台东",
    "海泊",
    "延安",
    "威海",
    "登州",
    "辽宁",
    "黄台",
    "泰山",
    "华阳",
    "兴隆",
    "鞍山",
    "抚顺",
]
NEW = [
    "利津",
    "桦川",
    "丹山",
    "洛阳",
    "郑州",
    "宁乡",
    "萍乡",
    "嘉定",
    "鄱阳",
    "温州",
    "金华",
    "瑞昌",
    "四流",
]
KIND = "户外劳动者服务站点"
# Each in one cell that cannot be read: the kind, the day, the number, the latitude, the status.
BAD = {
    "小白干路驿站": {"类别": "宫殿"},
    "大港驿站": {"核实日期": "上个月"},
    "普集驿站": {"容纳人数": "许多"},
    "商河驿站": {"纬度": "不详"},
    "包头驿站": {"状态": "差不多"},
}
MENDED = {
    "类别": KIND,
    "核实日期": "2026-01-05",
    "容纳人数": "12",
    "纬度": "36.071",
    "状态": "启用",
}
HEADINGS = ("场所", "详细地址", "经度", "纬度", "类别", "坐标取自", "容纳人数", "核实日期", "状态")


def place_of(number: int) -> tuple[float, float]:
    """Return a place of its own for each row, 250 m and more from every other."""
    return TOWN_LON - 0.009 + number % 6 * 0.003, TOWN_LAT - 0.008 + number // 6 * 0.003


def store_first(database: Database) -> None:
    """Enter twelve stations that the sheet has again, some metres beside."""
    with database.session() as session:
        for number, street in enumerate(STREETS):
            lon, lat = place_of(number)
            session.execute(
                text(
                    "insert into facility (code, kind_code, name_zh, geom, status, region_code, "
                    "region_match, phone) values (:code, 'outdoor_station', :name, "
                    "st_setsrid(st_makepoint(:lon, :lat), 4326), 'open', '370203', 'inside', '1')"
                ),
                {"code": f"S-{number:02}", "name": f"{street}驿站", "lon": lon, "lat": lat},
            )


def write_sheet(path: Path) -> None:
    """Write the sheet: a title, no codes, two datums, twelve stations again, five bad rows."""
    book = openpyxl.Workbook()
    book.active.append(("2026 年驿站统计表",))
    book.active.append(HEADINGS)
    names = [f"{street}驿站" for street in (*STREETS, *NEW)] + list(BAD)
    for number, name in enumerate(names):
        lon, lat = place_of(number)
        datum = Datum.GCJ02 if number % 2 else Datum.WGS84
        lon, lat = from_wgs84(lon=lon + 0.0002, lat=lat, datum=datum)
        row = {
            "场所": name,
            "详细地址": f"{name[:2]}路 {number} 号",
            "经度": lon,
            "纬度": lat,
            "类别": KIND,
            "坐标取自": "高德" if number % 2 else "GPS",
            "容纳人数": 10,
            "核实日期": "2026-01-04",
            "状态": "启用",
        } | BAD.get(name, {})
        book.active.append([row[heading] for heading in HEADINGS])
    book.save(path)


def test_a_day_of_a_steward(site: Site, visit: Visit, tmp_path: Path) -> None:
    store_first(site.database)
    sheet = tmp_path / "统计表.xlsx"
    write_sheet(sheet)
    page = visit(site, size="phone")
    sign_in(site, page, Role.STEWARD)
    page.goto(site.url + "/steward")
    page.get_by_role("link", name="导入", exact=True).click()
    page.set_input_files("#file", sheet)
    page.get_by_role("button", name="上传并查看").click()

    expect(page.locator("h1")).to_have_text("统计表.xlsx")
    page.get_by_label("场所").select_option("name_zh")
    expect(page.get_by_label("类别")).to_have_value("kind")
    expect(page.get_by_label("给没有编号的行编号")).to_be_checked()
    assert serious_violations(page) == []
    page.get_by_role("button", name="下一步：位置").click()

    expect(page.get_by_label("逐行按“坐标取自”一列")).to_be_checked()
    expect(page.locator("#map")).to_have_attribute("data-ready", "true")
    assert serious_violations(page) == []
    page.get_by_role("button", name="下一步：核对").click()

    figures = page.locator("#counts dd")
    expect(figures).to_have_text(["13", "0", "0", "12", "5", "0"])
    expect(page.get_by_role("button", name="导入", exact=True)).to_have_count(0)
    assert serious_violations(page) == []
    page.get_by_label("更新 S-00").check()
    for name, cells in BAD.items():
        row = page.locator("#rejected li", has_text=name)
        for heading in cells:
            row.get_by_label(heading).fill(MENDED[heading])
    page.get_by_role("button", name="待定的都跳过").click()
    expect(figures).to_have_text(["18", "1", "0", "0", "0", "11"])
    expect(page.locator("#changed")).to_contain_text("台东路 0 号")
    page.get_by_role("button", name="导入", exact=True).click()
    expect(figures).to_have_text(["18", "1", "0", "0", "11"])
    report = page.url

    page.goto(site.url + "/steward/facilities/S-00")
    page.fill("#lat", "36.0701")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_contain_text("已保存")

    page.goto(report)
    page.get_by_role("button", name="整个撤销").click()
    expect(page.locator("#conflicts")).to_contain_text("S-00")
    page.get_by_role("button", name="撤销其余的，这些保留现在的").click()
    expect(page.locator("h1")).to_contain_text("变更")
    page.goto(site.url + "/steward/facilities/S-00/history")
    told = page.locator(".story > li")
    expect(told).to_have_count(4)
    expect(told.nth(2)).to_contain_text("统计表.xlsx")
    page.goto(site.url + "/steward/facilities?q=台东")
    with page.expect_download() as download:
        page.get_by_role("link", name="电话核实单").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert [row[0] for row in book.worksheets[0].iter_rows(min_row=3, values_only=True)] == [
        "台东驿站"
    ]
    with site.database.session() as session:
        left = session.scalar(text("select count(*) from facility where name_zh like '%驿站'"))
    assert left == len(STREETS)
