"""The import wizard: a stranger's list step by step, mended, decided on, applied once, undone."""

import csv
import html
import io
import json
import re
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from pyproj import Transformer
from sqlalchemy import text
from werkzeug.test import TestResponse

from geoapp.core.geo import from_wgs84
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.operations.upkeep.sessions import open_session
from geoapp.operations.upkeep.users import save_user, set_rights
from geoapp.store.engine import Database
from geoapp.web.pages.steward.imports import check, pages, positions
from tests.seed import TOWN_LAT, TOWN_LON
from tests.web.api_client import client_of, make_app

# Beside T-1 under its own name; new; wrong kind; without a position.
HEADINGS = ("场所", "地点", "坐标", "类型", "备注")
ROWS: Sequence[Sequence[Any]] = (
    ("示例·T-1号", "台东路 1 号", f"{TOWN_LON + 0.0001},{TOWN_LAT}", "户外劳动者服务站点", "a"),
    (
        "海泊桥驿站",
        "台东路 2 号",
        f"{TOWN_LON + 0.005},{TOWN_LAT + 0.005}",
        "户外劳动者服务站点",
        "",
    ),
    ("山东路驿站", "山东路 3 号", f"{TOWN_LON - 0.005},{TOWN_LAT}", "宫殿", ""),
    ("延安路驿站", "延安路 4 号", "", "户外劳动者服务站点", ""),
)
MAP = {"field-0": "name_zh", "field-1": "address", "field-2": "lonlat", "field-3": "kind"}
COLUMNS = {**MAP, "field-4": "", "issue": "1", "key": "name_zh"}


def as_csv(headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(headings)
    writer.writerows(rows)
    return buffer.getvalue().encode()


@pytest.fixture
def client(town_template: str, database: Database, settings: Settings) -> FlaskClient:
    return client_of(make_app(settings, database), database, Role.STEWARD)


def send(client: FlaskClient, content: bytes, name: str = "台账.csv") -> TestResponse:
    return client.post("/steward/import", data={"file": (io.BytesIO(content), name)})


def begin(client: FlaskClient, content: bytes, name: str = "台账.csv") -> str:
    """Send a file, and return the draft's address."""
    answer = send(client, content, name)
    assert answer.status_code == 302, words(answer)
    return answer.headers["Location"].removesuffix("/columns")


def words(answer: TestResponse) -> str:
    return html.unescape(answer.get_data(as_text=True))


def counts(page: str) -> list[int]:
    """Return the figures of a page: new, changed, unchanged, and the rest."""
    [figures] = re.findall(r'<dl class="figures" id="counts">(.*?)</dl>', page, re.S)
    return [int(one.replace(",", "")) for one in re.findall(r"<dd>([\d,]+)</dd>", figures)]


def seen(page: str) -> str:
    return re.findall(r'name="seen" value="([^"]*)"', page)[0]


def codes(database: Database) -> list[str]:
    with database.session() as session:
        return list(session.scalars(text("select code from facility order by code")))


def test_a_list_is_mended_decided_on_applied_once_and_undone(
    client: FlaskClient, database: Database
) -> None:
    before = codes(database)
    draft = begin(client, as_csv(HEADINGS, ROWS))
    page = words(client.get(f"{draft}/columns"))
    assert "4 行，每一列读作什么" in page
    assert "台东路 1 号 · 台东路 2 号" in page
    answer = client.post(f"{draft}/columns", data=COLUMNS)
    assert answer.headers["Location"] == f"{draft}/positions"
    page = words(client.get(f"{draft}/positions"))
    assert "3 行有坐标" in page
    assert "延安路 4 号" in page
    sent = {
        "datum": "wgs84",
        "line": "5",
        "lon-5": str(TOWN_LON + 0.008),
        "lat-5": str(TOWN_LAT - 0.005),
    }
    assert client.post(f"{draft}/positions", data=sent).headers["Location"] == f"{draft}/check"
    page = words(client.get(f"{draft}/check"))
    assert counts(page) == [2, 0, 0, 1, 1, 0]  # what is undecided is not new, too
    assert "宫殿" in page
    # Importing is not offered, nor possible, before the row that may be T-1 is decided on.
    assert 'value="apply"' not in page
    refused = client.post(f"{draft}/check", data={"action": "apply", "seen": seen(page)})
    assert (refused.status_code, codes(database)) == (409, before)
    mend = {
        "row-2": "update:T-1",
        "cell-4-3": "户外劳动者服务站点",
        "was-cell-4-3": "宫殿",
        "action": "look",
    }
    assert client.post(f"{draft}/check", data=mend).status_code == 302
    page = words(client.get(f"{draft}/check"))
    assert counts(page) == [3, 1, 0, 0, 0, 0]
    assert "120.350000, 36.070000</td><td>120.350100, 36.070000" in page
    assert codes(database) == before
    done = client.post(f"{draft}/check", data={"action": "apply", "seen": seen(page)})
    assert done.headers["Location"] == draft
    report = words(client.get(draft))
    assert counts(report) == [3, 1, 0, 0, 0]
    after = codes(database)
    assert len(after) == len(before) + 3
    # The same press once more, or going back, imports nothing twice.
    client.post(f"{draft}/check", data={"action": "apply", "seen": seen(page)})
    assert client.get(f"{draft}/check").headers["Location"] == draft
    assert codes(database) == after
    with database.session() as session:
        kept = session.execute(text("select content from import_draft")).scalar_one()
        placed = session.execute(
            text("select st_x(geom), st_y(geom) from facility where name_zh = '延安路驿站'")
        ).one()
    assert kept is None
    assert placed == pytest.approx((TOWN_LON + 0.008, TOWN_LAT - 0.005))
    [undo] = re.findall(r'action="(/steward/history/\d+/undo)"', report)
    assert client.post(undo).status_code == 302
    assert codes(database) == before


def test_a_row_matched_by_hand_keeps_what_its_blank_cells_do_not_say(client: FlaskClient) -> None:
    row = ("示例·T-1号", "", f"{TOWN_LON + 0.0001},{TOWN_LAT}", "户外劳动者服务站点", "", "")
    draft = begin(client, as_csv((*HEADINGS, "时间"), [row]))
    client.post(f"{draft}/columns", data={**COLUMNS, "field-5": "opening_hours"})
    client.post(f"{draft}/positions", data={"datum": "wgs84"})
    client.post(f"{draft}/check", data={"row-2": "update:T-1"})
    page = words(client.get(f"{draft}/check"))
    assert counts(page)[1] == 1
    assert "个已知的值保留：表里没有写" in page
    assert "个已知的值将变为未知" not in page
    client.post(f"{draft}/check", data={"blank": "clear"})
    assert "个已知的值将变为未知：表里是空白" in words(client.get(f"{draft}/check"))


def test_a_senders_next_list_gets_the_last_choices_though_its_headings_change(
    client: FlaskClient,
) -> None:
    def sent(headings: Sequence[str], sender: str) -> str:
        content = as_csv(headings, [ROWS[1]])
        data = {"file": (io.BytesIO(content), "台账.csv"), "sender": sender}
        return client.post("/steward/import", data=data).headers["Location"]

    odd = ("哪儿", "甲", "乙", "丙", "丁")
    draft = sent(odd, "市北区总工会").removesuffix("/columns")
    client.post(f"{draft}/columns", data=COLUMNS)
    client.post(f"{draft}/positions", data={"datum": "gcj02"})
    page = words(client.get(f"{draft}/check"))
    client.post(f"{draft}/check", data={"action": "apply", "seen": seen(page)})
    assert '<option value="市北区总工会">' in words(client.get("/steward/import"))
    # Another column in front, and one is gone.
    other = ("序号", *odd[:4])
    page = words(client.get(sent(other, " 市北区总工会")))
    assert "这家的表导入过" in page
    selected = {
        place: re.findall(r'value="([^"]*)" selected', body)
        for place, body in re.findall(r'<select id="field-(\d)"(.*?)</select>', page, re.S)
    }
    assert [selected[place] for place in "1234"] == [["name_zh"], ["address"], ["lonlat"], ["kind"]]
    # Nobody else's list is read so.
    assert "这家的表导入过" not in words(client.get(sent(other, "崂山区")))


def test_any_row_is_left_out_and_taken_back_and_the_rejected_are_a_file(
    client: FlaskClient, database: Database, subtests: pytest.Subtests
) -> None:
    before = codes(database)
    draft = begin(client, as_csv(HEADINGS, ROWS))
    client.post(f"{draft}/columns", data=COLUMNS)
    client.post(f"{draft}/positions", data={"datum": "wgs84"})
    client.post(f"{draft}/check", data={"row-2": "update:T-1"})
    with subtests.test("a row that changes, and one that is new"):
        assert counts(words(client.get(f"{draft}/check"))) == [1, 1, 0, 0, 2, 0]
        client.post(f"{draft}/check", data={"out-2": "1", "out-3": "1"})
        page = words(client.get(f"{draft}/check"))
        assert counts(page) == [0, 0, 0, 0, 2, 2]
        assert "收回第 3 行 海泊桥驿站" in page
        client.post(f"{draft}/check", data={"back-3": "1"})
        page = words(client.get(f"{draft}/check"))
        assert counts(page) == [1, 0, 0, 0, 2, 1]
    with subtests.test("before"):
        early = client.get(f"{draft}/rejects")
        rows = list(csv.DictReader(io.StringIO(early.get_data(as_text=True).lstrip("\ufeff"))))
        assert [(row["reject_line"], row["场所"]) for row in rows] == [
            ("4", "山东路驿站"),
            ("5", "延安路驿站"),
        ]
        assert "宫殿" in rows[0]["reject_reason_zh"]
        assert rows[1]["坐标"] == ""
        assert ".rejects.csv" in early.headers["Content-Disposition"]
    with subtests.test("after, and mended it goes in"):
        client.post(f"{draft}/check", data={"action": "apply", "seen": seen(page)})
        assert f'href="{draft}/rejects"' in words(client.get(draft))
        late = client.get(f"{draft}/rejects")
        assert late.get_data() == early.get_data()
        again = begin(
            client, late.get_data().replace("宫殿".encode(), "爱心驿站".encode()), "b.csv"
        )
        client.post(f"{again}/columns", data={**COLUMNS, "kind": ""})
        client.post(f"{again}/positions", data={"datum": "wgs84"})
        page = words(client.get(f"{again}/check"))
        assert counts(page)[:2] == [1, 0]
        assert len(codes(database)) == len(before) + 1
    with subtests.test("nobody else's, and none where nothing is rejected"):
        good = begin(client, as_csv(HEADINGS, ROWS[1:2]), "c.csv")
        client.post(f"{good}/columns", data=COLUMNS)
        client.post(f"{good}/positions", data={"datum": "wgs84"})
        assert client.get(f"{good}/rejects").status_code == 404


def test_places_are_typed_as_people_write_them_and_a_slip_loses_nothing(
    client: FlaskClient,
) -> None:
    nowhere = [("延安路驿站", "延安路 4 号", "", "户外劳动者服务站点", "")] * 2
    draft = begin(client, as_csv(HEADINGS, [*ROWS[1:2], *nowhere]))
    client.post(f"{draft}/columns", data=COLUMNS)
    sent = {"datum": "gcj02", "line": ["3", "4"], "lon-3": "E１２０．３８", "lat-3": "36°04'12\"N"}
    # Latitude in the field of the longitude.
    answer = client.post(f"{draft}/positions", data=sent | {"lon-4": "36°N", "out-4": ""})
    page = words(answer)
    assert answer.status_code == 422
    assert "第 4 行的经度“36°N”看不懂" in page
    assert all(f'value="{typed}"' in html.unescape(page) for typed in ("E１２０．３８", "36°N"))
    assert re.search(r'value="gcj02" checked', page)
    answer = client.post(f"{draft}/positions", data=sent | {"out-4": "1"})
    assert answer.status_code == 302
    page = words(client.get(f"{draft}/positions"))
    assert 'value="120.3800000"' in page
    assert 'value="36.0700000"' in page


def test_what_changes_is_shown_in_words() -> None:
    shown = [
        check.shown_value("amenities", ["drinking_water"]).zh,
        check.shown_value("opened_basis", "known").zh,
        check.shown_value("extra", {"序号": 4}).zh,
        check.shown_value("kind", "care_post").en,
        check.shown_value("opened_on", None).zh,
    ]
    assert shown == ["饮水", "确知", "序号: 4", "Care post", "—"]


def test_what_changed_since_it_was_looked_at_is_looked_at_again(
    client: FlaskClient, database: Database
) -> None:
    draft = begin(client, as_csv(HEADINGS, ROWS[1:2]))
    client.post(f"{draft}/columns", data=COLUMNS)
    client.post(f"{draft}/positions", data={"datum": "wgs84"})
    page = words(client.get(f"{draft}/check"))
    with database.session() as session:
        session.execute(text("update facility set phone = '1' where code = 'T-1'"))
    before = codes(database)
    answer = client.post(f"{draft}/check", data={"action": "apply", "seen": seen(page)})
    assert answer.status_code == 409
    assert "又有改动" in words(answer)
    assert codes(database) == before
    again = {"action": "apply", "seen": seen(words(answer))}
    assert client.post(f"{draft}/check", data=again).headers["Location"] == draft


def test_drafts_are_their_owners_alone_and_do_not_mix(
    client: FlaskClient, database: Database, settings: Settings
) -> None:
    first, second = (
        begin(client, as_csv(HEADINGS, ROWS)),
        begin(client, as_csv(("编号",), [("x",)])),
    )
    other = make_app(settings, database).test_client()
    user = save_user(database, "b", Role.ADMIN, "a long enough password")
    with other.session_transaction() as session:
        session["_user_id"] = open_session(database, user, device="x", days=1).get_id()
    for step in ("", "/columns", "/positions", "/check"):
        assert other.get(f"{first}{step}").status_code == 404
    assert other.post(f"{first}/cancel").status_code == 404
    # A program that starts anew finds the draft where it was.
    client.post(f"{first}/columns", data=COLUMNS)
    fresh = client_of(make_app(settings, database), database, Role.STEWARD)
    assert fresh.get(first).headers["Location"] == f"{first}/positions"
    assert "1 行，每一列读作什么" in words(fresh.get(f"{second}/columns"))
    assert fresh.post(f"{second}/cancel").status_code == 302
    assert fresh.get(f"{second}/columns").status_code == 404
    with database.session() as session:
        session.execute(text("update import_draft set expires_at = now()"))
    assert fresh.get(f"{first}/columns").status_code == 404


def test_the_same_headings_bring_the_last_choices_back(
    client: FlaskClient, database: Database
) -> None:
    headings = ("场所", "地点", "坐标", "甲", "备注")
    rows = [("海泊桥驿站", "台东路 2 号", ROWS[1][2], "x", "户外劳动者服务站点")]
    draft = begin(client, as_csv(headings, rows))
    chosen = {**COLUMNS, "field-3": "!", "field-4": "", "kind": "worker_home"}
    client.post(f"{draft}/columns", data=chosen)
    client.post(f"{draft}/positions", data={"datum": "gcj02"})
    page = words(client.get(f"{draft}/check"))
    client.post(f"{draft}/check", data={"action": "apply", "seen": seen(page)})
    again = begin(
        client, as_csv(headings, [("别处驿站", "别处", "120.35,36.07", "y", "户外劳动者服务站点")])
    )
    page = words(client.get(f"{again}/columns"))
    assert "按上次的选择填好了（a-steward）" in page
    assert '<option value="worker_home" selected>' in page
    assert re.search(r'name="field-3">.*?value="!" selected', page, re.S)
    client.post(f"{again}/columns", data=chosen)
    page = words(client.get(f"{again}/positions"))
    assert re.search(r'value="gcj02" checked', page)


def test_another_sheet_and_header_are_read(client: FlaskClient) -> None:
    book = openpyxl.Workbook()
    book.active.title = "甲"
    for row in (("2026 年统计表",), ("名称", "经度", "纬度"), ("子", 120.35, 36.07)):
        book.active.append(row)
    book.create_sheet("乙").append(("名称", "经度", "纬度"))
    book["乙"].append(("丑", 120.35, 36.07))
    saved = io.BytesIO()
    book.save(saved)
    draft = begin(client, saved.getvalue(), "两张.xlsx")
    page = words(client.get(f"{draft}/columns"))
    assert "“工作表或图层”" in page  # both look like the data: one is to be chosen
    client.post(f"{draft}/sheet", data={"sheet": "甲"})
    page = words(client.get(f"{draft}/columns"))
    assert '<option value="1" selected>名称 | 经度 | 纬度' in page
    client.post(f"{draft}/sheet", data={"sheet": "甲", "header": "0"})
    assert "<strong>2026 年统计表</strong>" in words(client.get(f"{draft}/columns"))
    client.post(f"{draft}/sheet", data={"sheet": "*"})
    page = words(client.get(f"{draft}/columns"))
    assert "2 行，每一列读作什么" in page
    assert '<p class="small soft">甲 · 乙</p>' in page  # their names are a column


def test_rows_in_two_datums_are_read_each_in_its_own(
    client: FlaskClient, database: Database
) -> None:
    rows = []
    for number, (service, datum) in enumerate(
        (("高德", Datum.GCJ02), ("GPS", Datum.WGS84), ("百度", Datum.BD09))
    ):
        lon, lat = from_wgs84(lon=TOWN_LON + number / 200, lat=TOWN_LAT, datum=datum)
        rows.append((f"{service}驿站", f"{lon},{lat}", "户外劳动者服务站点", service))
    draft = begin(client, as_csv(("名称", "坐标（GPS）", "类型", "取自"), rows))
    columns = {"field-0": "name_zh", "field-1": "lonlat", "field-2": "kind", "issue": "1"}
    client.post(f"{draft}/columns", data={**columns, "key": "name_zh"})
    page = words(client.get(f"{draft}/positions"))
    assert "逐行按“取自”一列" in page and "表头写明：坐标（GPS）" in page
    # On the map each row stands where its own datum has it, and in no reading of the whole list.
    [readings] = re.findall(r'<script id="readings" type="application/json">(.*?)</script>', page)
    by_row = {one["datum"]: one["points"] for one in json.loads(readings)}["column-3"]
    placed = [(TOWN_LON + number / 200, TOWN_LAT) for number in range(3)]
    assert by_row == [pytest.approx(place, abs=1e-5) for place in placed]
    client.post(f"{draft}/positions", data={"datum": "column-3"})
    page = words(client.get(f"{draft}/check"))
    client.post(f"{draft}/check", data={"all": "as_listed"})
    page = words(client.get(f"{draft}/check"))
    client.post(f"{draft}/check", data={"action": "apply", "seen": seen(page)})
    with database.session() as session:
        found = session.execute(
            text(
                "select st_x(geom), st_y(geom) from facility where name_zh like '%驿站' "
                "order by st_x(geom)"
            )
        ).all()
    assert [one for point in found for one in point] == pytest.approx(
        [TOWN_LON, TOWN_LAT, TOWN_LON + 0.005, TOWN_LAT, TOWN_LON + 0.01, TOWN_LAT], abs=1e-6
    )


def test_long_lists_are_turned_page_by_page_and_mended_on_each(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_SHOWN", 2)
    monkeypatch.setattr(check, "MOST_SHOWN", 2)
    monkeypatch.setattr(positions, "_MOST_ON_MAP", 3)
    place = f"{TOWN_LON},{TOWN_LAT}"
    kind = "户外劳动者服务站点"
    bad = [
        (f"坏{n}站", f"甲路 {n} 号", f"{TOWN_LON + n / 300},{TOWN_LAT}", "宫殿", "")
        for n in range(5)
    ]
    bare = [(f"无{n}站", f"乙路 {n} 号", "", kind, "") for n in range(3)]
    draft = begin(client, as_csv(HEADINGS, [*bad, *bare, ("远处站", "丙路", place, kind, "")]))
    client.post(f"{draft}/columns", data=COLUMNS)
    page = words(client.get(f"{draft}/positions"))
    assert "无1站" in page and "无2站" not in page
    assert "地图上画的是前 3 行" in page
    sent = {"line": ["7", "8"], "out-7": "1", "go": "unplaced:2"}
    turned = client.post(f"{draft}/positions", data=sent).headers["Location"]
    # The row that was left out on the first page is kept so, and nothing is accepted by turning.
    assert turned == f"{draft}/positions?unplaced=2#unplaced"
    assert client.get(turned).headers["Location"] == f"{draft}/positions"  # two are left: one page
    assert client.get(f"{draft}/check").headers["Location"] == draft
    client.post(f"{draft}/positions", data={"datum": "wgs84"})
    page = words(client.get(f"{draft}/check?rejected=2"))
    assert "坏2站" in page and "坏3站" in page and "坏1站" not in page and "第 2 / 4 页" in page
    mend = {"cell-4-3": kind, "was-cell-4-3": "宫殿", "go": "rejected:3"}
    turned = client.post(f"{draft}/check?rejected=2", data=mend).headers["Location"]
    assert turned == f"{draft}/check?rejected=3#rejected"
    page = words(client.get(turned))
    assert counts(page)[0] >= 1 and counts(page)[4] == 6
    assert client.get(f"{draft}/check?rejected=99&new=7").headers["Location"] == (
        f"{draft}/check?rejected=3"
    )


def test_systems_of_eastings_and_northings_are_proposed_and_one_is_chosen(
    client: FlaskClient,
) -> None:
    to_metres = Transformer.from_crs("EPSG:4326", "EPSG:4549", always_xy=True)
    east, north = to_metres.transform(TOWN_LON, TOWN_LAT)
    rows = [(f"{n}站", north + 500 * n, east + 10, "户外劳动者服务站点") for n in range(2)]
    draft = begin(client, as_csv(("名称", "X", "Y", "类型"), rows))
    fields = {"field-0": "name_zh", "field-1": "lon", "field-2": "lat", "field-3": "kind"}
    client.post(f"{draft}/columns", data={**fields, "issue": "1", "key": "name_zh"})
    page = words(client.get(f"{draft}/positions"))
    assert re.findall(r'name="proposed" value="([^"]+)"', page) == [
        "EPSG:4549",
        "EPSG:2385",
        "EPSG:2437",
    ]
    assert "guess" not in page and "按此读取" in page
    [readings] = re.findall(r'<script id="readings" type="application/json">(.*?)</script>', page)
    shown = {one["datum"]: one["points"] for one in json.loads(readings)}
    assert shown["EPSG:4549"][0] == pytest.approx([TOWN_LON, TOWN_LAT], abs=2e-4)
    # Nothing is taken before one is chosen; then the datum is asked as ever.
    assert client.get(f"{draft}/check").headers["Location"] == draft
    client.post(f"{draft}/positions", data={"datum": "", "crs": "", "proposed": "EPSG:4549"})
    page = words(client.get(f"{draft}/positions"))
    assert 'value="EPSG:4549"' in page and "2 行有坐标" in page
    client.post(f"{draft}/positions", data={"datum": "wgs84", "crs": "EPSG:4549"})
    assert counts(words(client.get(f"{draft}/check")))[:1] == [2]


def test_rows_outside_a_stewards_region_are_told_before_the_press(
    client: FlaskClient, database: Database
) -> None:
    with database.session() as session:
        for one in (
            "insert into region (code, parent_code, level, name_zh, geom) values ('370202', "
            "'370200', 'district', '市南区', "
            "st_multi(st_makeenvelope(120.36, 36.06, 120.38, 36.08, 4326)))",
            "insert into facility (code, kind_code, name_zh, geom, status, region_code, "
            "region_match) values ('X-1', 'outdoor_station', '外', "
            "st_setsrid(st_makepoint(120.365, 36.07), 4326), 'open', '370202', 'inside')",
        ):
            session.execute(text(one))
    set_rights(database, "a-steward", regions=["370203"])
    kind = "户外劳动者服务站点"
    rows = [
        ("N-1", "区内驿站", 120.353, 36.073, kind),
        ("N-2", "区外驿站", 120.372, 36.073, kind),
        ("X-1", "挪到区内的", 120.352, 36.075, kind),  # registered beside: not hers to move
    ]
    draft = begin(client, as_csv(("编号", "名称", "经度", "纬度", "类型"), rows))
    fields = {
        f"field-{n}": name for n, name in enumerate(("code", "name_zh", "lon", "lat", "kind"))
    }
    client.post(f"{draft}/columns", data=fields)
    client.post(f"{draft}/positions", data={"datum": "wgs84"})
    page = words(client.get(f"{draft}/check"))
    assert counts(page) == [1, 0, 0, 0, 2, 0]
    assert "这一行在市南区 370202，不在您的区域（市北区 370203）内" in page
    assert "已登记的 X-1 在市南区 370202，不在您的区域（市北区 370203）内" in page
    client.post(f"{draft}/check", data={"action": "apply", "seen": seen(page)})
    assert counts(words(client.get(draft))) == [1, 0, 0, 2, 0]
    assert {"N-1", "N-2"} & {*codes(database)} == {"N-1"}


def test_what_cannot_be_used_is_said_and_not_kept(
    client: FlaskClient, database: Database, subtests: pytest.Subtests
) -> None:
    for name, content, said in [
        ("a.pdf", b"%PDF-1.4", "后缀为"),
        ("a.csv", b"%PDF-1.4", "它是PDF 文件"),
        ("a.csv", b"", "是空文件"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "已加密"),
        ("a.csv", b",".join(b"c%d" % n for n in range(1200)) + b"\n", "1,200 列"),
        ("a", b"x", "带后缀的文件名"),
    ]:
        with subtests.test(name=name, content=content, said=said):
            answer = send(client, content, name)
            assert answer.status_code == 422
            assert said in words(answer)
            with database.session() as session:
                assert session.execute(text("select count(*) from import_draft")).scalar_one() == 0


def test_rows_without_a_position_do_not_lie_beside_the_district_that_they_name(
    client: FlaskClient,
) -> None:
    placed, unplaced = ((*ROWS[at][:4], "市北区") for at in (1, 3))
    draft = begin(client, as_csv(HEADINGS, [placed, unplaced]))
    client.post(f"{draft}/columns", data=COLUMNS)
    page = words(client.get(f"{draft}/positions"))
    assert set(re.findall(r"落在本行写明的区内 (\d+ / \d+)", page)) == {"1 / 1"}


def test_a_row_with_exchanged_degrees_is_shown_and_put_right_by_a_press(
    client: FlaskClient, database: Database
) -> None:
    head = ("名称", "类型", "经度", "纬度")
    kind = ROWS[0][3]
    rows = [
        ("甲", kind, TOWN_LON, TOWN_LAT),
        ("乙", kind, TOWN_LAT, TOWN_LON),
        ("丙", kind, "不明", TOWN_LAT),
    ]
    draft = begin(client, as_csv(head, rows))
    names = {"field-0": "name_zh", "field-1": "kind", "field-2": "lon", "field-3": "lat"}
    client.post(f"{draft}/columns", data={**names, "issue": "1", "key": "name_zh"})
    page = words(client.get(f"{draft}/positions"))
    assert "2 行的坐标没有写、读不懂或写反了" in page
    assert f"表里写的坐标：{TOWN_LAT}, {TOWN_LON}" in page and f"不明, {TOWN_LAT}" in page
    assert re.findall(r'name="exchange-(\d+)" value="1" >', page) == ["3"]
    sent = {"datum": "wgs84", "line": ["3", "4"], "out-4": "1"}
    client.post(f"{draft}/positions", data=sent)
    page = words(client.get(f"{draft}/check"))
    assert counts(page)[0] == 1 and "经度和纬度写反了" in page
    client.post(f"{draft}/positions", data={**sent, "exchange-3": "1"})
    page = words(client.get(f"{draft}/check"))
    assert counts(page)[0] == 2 and "这些行的经度和纬度互换读取：第 3 行" in page
    page = words(client.get(f"{draft}/positions"))
    assert re.findall(r'name="exchange-(\d+)" value="1" checked>', page) == ["3"]
