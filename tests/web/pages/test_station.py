"""A station's page: everything that is known of it, and the sign for its door."""

import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import expect
from pypdf import PdfReader
from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.core.voices import found_true_text
from geoapp.operations.services.edit import add_desk, add_offer, add_service
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.seed import announce_years, fill_town
from tests.web.api_client import make_app
from tests.web.conftest import Site, Visit, fits, serious_violations

# 300 signs in the name, no position, a telephone with an extension, closed on a day, hours unread.
MORE = """
update facility set name_zh = repeat('很长的名字', 60), name_en = null where code = 'T-4';
update facility set phone = '0532-12345678转801、12351', opening_hours = null,
    opening_hours_raw = '看门口' where code = 'T-3';
update facility set closed_on = '2025-03-01' where code = 'T-5';
"""


@pytest.fixture
def client(shown_town_template: str, database: Database, settings: Settings) -> FlaskClient:
    with database.session() as session:
        session.execute(text(MORE))
    return make_app(settings, database).test_client()


def words(page: str) -> str:
    """Return what a page says, without its marks."""
    seen = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", page, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", seen))


def test_a_rough_position_is_said_wherever_one_is_sent_there(
    client: FlaskClient, database: Database
) -> None:
    with database.session() as session:
        session.execute(
            text(
                "update facility set position_basis = 'address', position_accuracy_m = 1680"
                " where code = 'T-1'"
            )
        )
    page = words(client.get("/stations/T-1?lang=zh").text)
    assert "位置只是大概，可能差 1.7 公里" in page
    assert "may be 1.7 km off" in words(client.get("/stations/T-1?lang=en").text)
    assert "位置只是大概" not in words(client.get("/stations/T-3?lang=zh").text)


def test_what_is_known_is_told_and_what_is_not_is_unknown(client: FlaskClient) -> None:
    first = words(client.get("/stations/T-1?lang=zh").text)
    for told in (
        "示例·T-1",
        "开放中",
        "市北区",
        "0532 8888 0001",
        "示例路 1 号",
        "微波炉",
        "：没有",
        "（今天）",
        "名字特别",
    ):
        assert told in first, told
    third = client.get("/stations/T-3?lang=zh").text
    assert "&lt;b&gt;名&lt;/b&gt;" in third
    assert "开放时间未知" in words(third)
    assert 'href="tel:053212345678,801"' in third
    assert 'href="tel:12351"' in third
    english = words(client.get("/stations/T-1?lang=en").text)
    assert "Open" in english
    assert not re.search(
        r"[\u4e00-\u9fff]", re.sub(r"青岛市市北区示例路 1 号|中文|很长的名字|名|引号", "", english)
    )


def test_who_is_out_of_service_keeps_a_page_that_says_why(
    client: FlaskClient, database: Database
) -> None:
    closed = words(client.get("/stations/T-5?lang=zh").text)
    assert "2025 年 3 月 1 日起停用" in closed
    assert "导航" not in closed
    assert "您到了吗" not in closed
    assert "您看到它还开着？" in closed
    assert "T-1" in closed  # the nearest others
    assert "暂停服务，原因和恢复日期未知" in words(client.get("/stations/T-6?lang=zh").text)
    with database.session() as session:
        session.execute(
            text(
                "update facility set status_note = '装修<b>，12 月 15 日恢复' "
                "where code in ('T-1', 'T-5', 'T-6')"
            )
        )
    told = client.get("/stations/T-6?lang=zh").text
    assert "暂停服务：装修&lt;b&gt;，12 月 15 日恢复" in told
    assert "起停用：装修" in words(client.get("/stations/T-5?lang=zh").text)
    # Of one in service it says nothing: what it was shut for is over.
    assert "装修" not in client.get("/stations/T-1?lang=zh").text
    assert client.get("/stations/T-9").status_code == 404


def test_one_without_a_position_is_not_said_to_be_out_of_service(
    client: FlaskClient, database: Database
) -> None:
    with database.session() as session:
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, position_basis, region_code) "
                "values ('N-1', 'service_base', '某处', 'region_only', '370203')"
            )
        )
    told = words(client.get("/stations/N-1?lang=zh").text)
    assert "没有登记，只知道在市北区" in told
    assert "位置没有登记，所以找站时找不到它" in told
    assert "不在服务期内" not in told
    assert client.get("/stations/N-1/sign.pdf").status_code == 200


def test_the_help_of_a_place_is_told_with_its_own_hours(
    client: FlaskClient, database: Database
) -> None:
    service = {"code": "L-1", "category": "法律援助", "name_zh": "劳动争议咨询"}
    add_service(database, service | {"name_en": "Advice", "time_limit": "3 个工作日"})
    add_offer(database, "T-1", {"service": "L-1", "phone": "12351"})
    add_offer(database, "T-2", {"service": "L-1", "valid_to": "2020-12-31"})
    add_desk(database, "T-1", {"phone": "0532-1234567转8", "hours": "24/7"})
    page = client.get("/stations/T-1?lang=zh").text
    told = words(page)
    # The place is open around the clock; of the service that says nothing.
    assert "劳动争议咨询 办理时间未知 办理时限： 3 个工作日" in told
    assert "值班台 现在办理 · 全天 24 小时" in told
    assert 'href="tel:05321234567,8"' in page
    assert "能帮什么忙" not in client.get("/stations/T-2?lang=zh").text
    assert "Advice Hours unknown" in words(client.get("/stations/T-1?lang=en").text)


def _facts_of(page: str) -> dict[str, Any]:
    [data] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    facts: dict[str, Any] = json.loads(data)
    return facts


def test_machines_read_the_same(client: FlaskClient, database: Database) -> None:
    announce_years(database)
    facts = _facts_of(client.get("/stations/T-3").text)
    assert facts["name"] == '<b>名</b>&"引号"'
    assert (facts["geo"]["longitude"], facts["geo"]["latitude"]) == (120.35, 36.074)
    assert facts["amenityFeature"] == [
        {
            "@type": "LocationFeatureSpecification",
            "name": "桌椅",
            "propertyID": "seating",
            "value": True,
        }
    ]
    assert "maximumAttendeeCapacity" not in facts
    assert "openingHoursSpecification" not in facts  # its hours are not known
    hours = _facts_of(client.get("/stations/T-4").text)["openingHoursSpecification"]
    assert len(hours) == 7
    # Days as schema.org has them, by ISO 8601.
    days = [date.fromisoformat(one["validFrom"]) for one in hours]
    assert days == [days[0] + timedelta(days=ahead) for ahead in range(7)]
    assert all(one["validFrom"] == one["validThrough"] for one in hours)
    assert all(one["dayOfWeek"].endswith(f"/{on:%A}") for one, on in zip(hours, days, strict=True))
    told = {(one["dayOfWeek"].rpartition("/")[2], one["opens"], one["closes"]) for one in hours}
    assert ("Sunday", "00:00", "00:00") in told
    # A holiday is a closed one among the working days.
    assert {(one[1], one[2]) for one in told} <= {("09:00", "17:00"), ("00:00", "00:00")}
    always = _facts_of(client.get("/stations/T-1").text)["openingHoursSpecification"]
    assert {(one["opens"], one["closes"]) for one in always} == {("00:00", "23:59")}


@pytest.mark.parametrize("status", ["closed", "suspended"])
def test_machines_read_that_a_place_is_shut(
    client: FlaskClient, database: Database, status: str
) -> None:
    with database.session() as session:
        change = text("update facility set status = :status where code = 'T-4'")
        session.execute(change, {"status": status})
    hours = _facts_of(client.get("/stations/T-4").text)["openingHoursSpecification"]
    assert len(hours) == 7
    assert {(one["opens"], one["closes"]) for one in hours} == {("00:00", "00:00")}


def test_pages_write_days_and_moments_as_the_api_does(client: FlaskClient) -> None:
    told = {"on": date(2026, 12, 1), "at": datetime(2026, 12, 1, 8, tzinfo=UTC)}
    written = client.application.json.dumps(told)
    assert json.loads(written) == {"on": "2026-12-01", "at": "2026-12-01T08:00:00+00:00"}


def test_a_seasonal_place_says_when_its_hours_are_given_again(
    client: FlaskClient, database: Database
) -> None:
    later = date.today().replace(day=15) + timedelta(days=90)
    month = f"{later:%b}"
    with database.session() as session:
        session.execute(
            text("update facility set opening_hours = :hours where code = 'T-2'"),
            {"hours": f"{month} 08:00-21:00"},
        )
    page = words(client.get("/stations/T-2?lang=zh").text)
    assert f"{later.month}月1日起有开放时间" in page
    assert page.count("未知：开放时间没有提到") == 1  # one row for all days
    assert "这七天" in page
    assert "00:00–24:00" not in page
    english = words(client.get("/stations/T-2?lang=en").text)
    assert f"hours are given from 1 {later:%B}" in english
    # A short card leaves out why hours are unknown, but not from when on they are known.
    near = client.get("/?lon=120.35&lat=36.07&lang=zh").text
    told = [
        "".join(row.split()) for row in re.findall(r'<span class="note when">([^<]+)</span>', near)
    ]
    assert told == [f"·开放时间没有提到一年中的这一段，{later.month}月1日起有开放时间"]
    assert near.count('<span class="note">') >= 1
    kept = client.get("/api/v1/offline/stations").get_json()
    reasons = [part[2] for day in kept["patterns"] for part in day if len(part) > 2]
    assert {one["zh"] for one in reasons if one.get("when")} == {told[0].removeprefix("·")}
    assert any("when" not in one for one in reasons)


def test_what_staff_found_true_is_told_in_one_language(
    client: FlaskClient, database: Database
) -> None:
    with database.session() as session:
        session.execute(
            text("update facility set status_note = :note where code = 'T-6'"),
            {"note": found_true_text(None).both()},
        )
    chinese = words(client.get("/stations/T-6?lang=zh").text)
    assert "暂停服务：工人反映有问题，已核实。" in chinese
    assert "workers reported" not in chinese
    english = words(client.get("/stations/T-6?lang=en").text)
    assert "Suspended: workers reported a problem, which was checked." in english
    assert "工人反映" not in english


def test_a_link_is_shown_by_a_map_elsewhere(database: Database, settings: Settings) -> None:
    initialise(database)
    fill_town(database)
    public = settings.model_copy(update={"public_url": "https://stations.example.org/yz"})
    client = make_app(public, database).test_client()
    head = dict(
        re.findall(
            r'<meta (?:property|name)="([^"]+)" content="([^"]*)">',
            client.get("/stations/T-1").text,
        )
    )
    address = "https://stations.example.org/yz/stations/T-1"
    assert (head["og:url"], head["og:type"]) == (address, "place")
    assert head["og:image"] == f"{address}/map.png?lang=zh"
    assert head["og:image:alt"].startswith("地图：")
    assert head["twitter:card"] == "summary_large_image"
    for path in ("/stations/T-1/map.png?lang=zh", "/finder/map.png?lang=en"):
        answer = client.get(path)
        assert answer.mimetype == "image/png", path
        assert Image.open(io.BytesIO(answer.data)).size == (1200, 630)
        # Made once, until something of the register is another.
        tag = {"If-None-Match": answer.headers["ETag"]}
        assert client.get(path, headers=tag).status_code == 304
        with database.session() as session:
            session.execute(
                text("update facility set name_zh = name_zh || '二' where code = 'T-1'")
            )
        assert client.get(path, headers=tag).status_code == 200
    # The pin stands at the station, in the middle of the map.
    spot = Image.open(io.BytesIO(client.get("/stations/T-1/map.png").data)).getpixel((600, 215))
    assert spot == (11, 92, 138)
    # One without a known position has no map, and promises none.
    with database.session() as session:
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, position_basis, region_code) "
                "values ('N-1', 'service_base', '某处', 'region_only', '370203')"
            )
        )
    assert client.get("/stations/N-1/map.png").status_code == 404
    assert "og:image" not in client.get("/stations/N-1").text
    assert "og:image" in client.get("/").text


@pytest.mark.parametrize(("size", "width"), [("a4", 210), ("A6", 105)])
def test_the_sign_is_one_page_with_the_address(client: FlaskClient, size: str, width: int) -> None:
    for code in ("T-1", "T-3", "T-4"):
        answer = client.get(f"/stations/{code}/sign.pdf?size={size}")
        assert answer.mimetype == "application/pdf"
        [page] = PdfReader(io.BytesIO(answer.data)).pages
        assert float(page.mediabox.width) * 25.4 / 72 == pytest.approx(width, abs=0.1)
        assert f"/stations/{code}" in page.extract_text()
        # Either is a press away.
        assert (
            f"/stations/{code}/sign.pdf?size={size.lower()}" in client.get(f"/stations/{code}").text
        )


def test_the_sign_leads_to_where_people_reach_the_service(
    database: Database, settings: Settings
) -> None:
    initialise(database)
    fill_town(database)
    public = settings.model_copy(update={"public_url": "https://stations.example.org/yz"})
    answer = make_app(public, database).test_client().get("/stations/T-1/sign.pdf")
    [page] = PdfReader(io.BytesIO(answer.data)).pages
    assert "https://stations.example.org/yz/stations/T-1" in page.extract_text()


def test_the_sign_of_a_closed_place_tells_no_hours(client: FlaskClient) -> None:
    [page] = PdfReader(io.BytesIO(client.get("/stations/T-5/sign.pdf").data)).pages
    told = page.extract_text()
    assert "停用" in told and "Closed for good" in told
    assert "开放时间：" not in told
    assert "sign.pdf" not in client.get("/stations/T-5").text
    assert "sign.pdf" in client.get("/stations/T-1").text


def test_an_unknown_paper_is_refused(client: FlaskClient) -> None:
    assert client.get("/stations/T-1/sign.pdf?size=a3").status_code == 422
    assert client.get("/stations/T-9/sign.pdf").status_code == 404


def test_the_page_on_a_phone(site: Site, visit: Visit) -> None:
    page = visit(site, "/stations/T-1?lang=zh")
    expect(page.locator(".marker.chosen")).to_be_visible()
    expect(page.locator(".near > li")).to_have_count(3)
    assert serious_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    # What one presses is not printed.
    page.emulate_media(media="print")
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("main button:visible")).to_have_count(0)
    page.emulate_media(media="screen")
    # One near by is opened from the list, and from the map by a finger or a key.
    page.click(".near a >> nth=0")
    expect(page.locator("h1")).to_contain_text("名字特别特别长")
    page.go_back()
    page.locator("#map").get_by_role("link", name=re.compile("^1 .*名字特别特别长")).press("Enter")
    expect(page.locator("h1")).to_contain_text("名字特别特别长")
    page.locator("#map").get_by_role("link", name="1 示例·T-1", exact=True).click()
    expect(page.locator("h1")).to_contain_text("示例·T-1")


def test_large_characters_on_a_narrow_phone_fit_with_hours_of_two_parts(
    site: Site, visit: Visit
) -> None:
    with site.database.session() as session:
        session.execute(
            text(
                "update facility set opening_hours = 'Mo-Su 08:30-12:00,13:30-17:30'"
                " where code = 'T-1'"
            )
        )
    page = visit(site, "/stations/T-1?lang=zh")
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate("document.documentElement.classList.add('large')")
    expect(page.locator(".hours .today")).to_contain_text("13:30")
    assert fits(page)
    # Characters made large by the phone, and not by us: no media query knows.
    for path in ("/stations/T-1", "/services", "/services/catalogue", "/", "/along", "/suggest"):
        for language in ("zh", "en"):
            page.goto(f"{site.url}{path}?lang={language}")
            page.evaluate("document.documentElement.classList.add('large')")
            assert fits(page), path
            for px in (24, 28, 32):
                page.evaluate("px => { document.documentElement.style.fontSize = px; }", f"{px}px")
                for width in (320, 390):
                    page.set_viewport_size({"width": width, "height": 640})
                    assert fits(page), (path, language, px, width)
                    menu = page.locator(".menu > summary").bounding_box()
                    assert menu and menu["x"] + menu["width"] <= width, (path, px, width)
