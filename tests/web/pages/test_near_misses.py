"""What the finder says where what fits is far, or nothing fits: with, and without a network, and without scripts."""

import re
from contextlib import closing
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.core.settings import Settings
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON
from tests.web.api_client import make_app
from tests.web.conftest import Site, Visit, serve

# Some 30 km away over land, and the only one with a shower.
FAR = """
insert into facility (code, kind_code, name_zh, name_en, geom, status, opening_hours, amenities)
values ('F-1', 'outdoor_station', '远处', 'Far', st_setsrid(st_makepoint(120.61, 36.24), 4326),
    'open', '24/7', '{microwave,drinking_water,toilet,shower}')
"""
HERE = {"lon": TOWN_LON, "lat": TOWN_LAT}


@pytest.fixture
def client(town_template: str, database: Database, settings: Settings) -> FlaskClient:
    with database.session() as session:
        session.execute(text(FAR))
    return make_app(settings, database).test_client()


def misses(page: str) -> list[tuple[str, str]]:
    """Return code and button of each near miss."""
    rows = re.findall(r'<ul class="misses">(.*?)</ul>', page, re.S)
    return re.findall(r'/stations/([^"?]+)".*?data-drop="([^"]+)"', "".join(rows), re.S)


def test_where_what_fits_is_far_each_condition_in_the_way_is_named(client: FlaskClient) -> None:
    asked = HERE | {"amenity": ["microwave", "toilet"], "open": "1"}
    page = client.post("/finder/results?lang=zh", data=asked).text
    assert "离得最近的一处路程" in page
    assert misses(page) == [("T-1", "toilet")]
    assert "只差一个条件的最近一处：" in page
    assert "去掉“厕所”再找" in page
    assert "远处" in page  # what fits is told as well


def test_where_no_single_condition_is_enough_the_fewest_are_named(client: FlaskClient) -> None:
    asked = HERE | {"amenity": ["microwave", "toilet", "shower"], "open": "1"}
    page = client.post("/finder/results?lang=zh", data=asked).text
    assert misses(page) == [("T-1", "toilet shower")]
    assert "附近最接近的一处差 2 个条件" in page
    assert "去掉“厕所”、“淋浴”再找" in page
    # And where nothing fits anywhere.
    asked["amenity"] = ["microwave", "toilet", "shower", "first_aid"]
    page = client.post("/finder/results?lang=en", data=asked).text
    [(code, drops)] = misses(page)
    assert (code, set(drops.split())) == ("T-1", {"toilet", "shower", "first_aid"})
    assert "misses 3" in page


def test_where_something_fits_within_a_walk_nothing_is_missed(client: FlaskClient) -> None:
    # T-1 has a microwave and is open; T-3 has seats, and nobody knows its hours.
    for asked in ({"amenity": "microwave", "open": "1"}, {"amenity": "seating", "open": "1"}):
        page = client.post("/finder/results?lang=zh", data=HERE | asked).text
        assert 'class="cards"' in page
        assert "只差一个条件" not in page
    assert "没有确知到时开放的站点" in page
    # And without scripts.
    page = client.get("/?lon=120.35&lat=36.07&amenity=microwave&open=1&asked=1&lang=en").text
    assert 'class="cards"' in page
    assert "misses only one condition" not in page


def test_without_scripts_a_link_asks_without_them(client: FlaskClient) -> None:
    page = client.get("/?place=370203&amenity=microwave&amenity=toilet&amenity=shower&lang=zh").text
    [link] = re.findall(r'<a class="button plain-only" href="([^"]+)"', page)
    asked = parse_qs(urlsplit(link.replace("&amp;", "&")).query)
    assert asked["amenity"] == ["microwave"]
    assert asked["place"] == ["370203"]
    assert "T-1" in client.get(link.replace("&amp;", "&")).text


def test_from_another_continent_the_line_is_told_and_no_way(client: FlaskClient) -> None:
    page = client.post("/finder/results?lang=zh", data={"lon": 2.35, "lat": 48.86}).text
    assert re.search(r"离得最近的一处直线 [89],\d{3} 公里", page)
    assert "路程" not in page
    answer = client.get("/api/v1/nearest?lon=2.35&lat=48.86&arrive=true").get_json(force=True)
    assert "直线" in answer["beyond_note"]["zh"]
    assert "in a straight line" in answer["beyond_note"]["en"]


@pytest.mark.parametrize(
    ("lon", "lat", "by"),
    [
        (2.35, 48.86, "walk"),
        (0.0, 0.0, "walk"),
        (0.0, 0.0, "ebike"),
        # A walk of four hours, a ride of more than one.
        (TOWN_LON - 0.146, TOWN_LAT, "walk"),
        (TOWN_LON - 0.146, TOWN_LAT, "ebike"),
    ],
)
def test_of_what_is_too_far_the_hours_of_now_are_told(
    client: FlaskClient, database: Database, lon: float, lat: float, by: str
) -> None:
    opens = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(minutes=30)
    with database.session() as session:
        session.execute(
            text("update facility set opening_hours = :hours where opening_hours is not null"),
            {"hours": f"{opens:%H:%M}-{opens + timedelta(hours=8):%H:%M}"},
        )
    asked = {"lon": lon, "lat": lat, "by": by}
    page = client.post("/finder/results?lang=zh", data=asked).text
    assert f"{opens:%H:%M} 开放" in page
    assert "到时开放" not in page
    assert "开放中" not in page
    # Asked for open doors, none is called so.
    page = client.post("/finder/results?lang=zh", data=asked | {"open": "1"}).text
    assert "到时开放" not in page
    assert "开放中" not in page


def test_the_phone_says_the_same(
    town_template: str, database: Database, settings: Settings, visit: Visit
) -> None:
    with database.session() as session:
        session.execute(text(FAR))
    with closing(serve(create_app(settings, database))) as urls:
        site = Site(next(urls), database)
        page = visit(site, "/?lang=zh", keeps=True)
        expect(page.locator("body[data-offline=ready]")).to_be_attached(timeout=30_000)
        for is_online in (True, False):
            if not is_online:
                urls.close()
            page.evaluate("localStorage.clear()")
            page.goto(f"{site.url}/?lang=zh&amenity=microwave&amenity=toilet&amenity=shower&open=1")
            rows = page.locator(".misses > li")
            expect(rows).to_have_count(1)
            expect(rows.first).to_contain_text("示例·T-1")
            expect(page.locator(".nearly")).to_contain_text("附近最接近的一处差 2 个条件")
            expect(page.locator("#results .found").first).to_contain_text("远处")
            rows.first.get_by_role("button", name="去掉“厕所”、“淋浴”再找").click()
            expect(page.locator("#results .found").first).to_contain_text("示例·T-1")
            expect(page.locator("#status")).to_contain_text("最近的在前")
            # Where something fits within a walk, nothing is said to be missed.
            page.goto(
                f"{site.url}/?lang=zh&place=370203&amenity=microwave&amenity=drinking_water&open=1"
            )
            expect(page.locator("#results .found")).to_have_count(1)
            expect(page.locator(".misses")).to_have_count(0)
            # Of a position known to some kilometres nobody can tell what is nearest.
            page.evaluate(
                "() => { navigator.geolocation.getCurrentPosition = (got) =>"
                f" got({{ coords: {{ longitude: {TOWN_LON}, latitude: {TOWN_LAT}, accuracy: 80000 }} }}); }}"
            )
            page.click("#locate")
            expect(page.locator("#status")).to_contain_text("列出")
            expect(page.locator(".odd").first).to_contain_text("80 公里")
            expect(page.locator("#status")).not_to_contain_text("最近的在前")
            page.evaluate(
                "() => { navigator.geolocation.getCurrentPosition = (got) =>"
                " got({ coords: { longitude: 2.35, latitude: 48.86, accuracy: 10 } }); }"
            )
            page.click("#locate")
            told = page.locator("#results")
            expect(told).to_contain_text(re.compile(r"离得最近的一处直线 [89],\d{3} 公里"))
            expect(told).not_to_contain_text("路程")
