"""From the sea, or from beside the area, it is said how far away that is, and no walk leads over water."""

import re
import time
from contextlib import closing

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.web.api_client import make_app
from tests.web.conftest import Site, Visit, serve

# In Fushan Bay, more than a kilometre off shore; on a pier; and inland, beside the district.
BAY = (120.38, 36.04)
PIER = (120.3455, 36.0585)
INLAND = (120.36, 36.12)
# In the district, at its edge by the bay, and further inside.
SHORE = (120.38, 36.065)
INSIDE = (120.38, 36.07)


@pytest.fixture
def coast(database: Database) -> Database:
    """A district along the bay of Qingdao, with a station on the promenade that closes in the evening."""
    initialise(database)
    with database.session() as session:
        session.execute(
            text(
                "insert into region (code, level, name_zh, geom) values ('370202', 'district', '市南区', "
                "st_multi(st_makeenvelope(120.33, 36.063, 120.42, 36.09, 4326)))"
            )
        )
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, geom, opening_hours, region_code) values "
                "('P-1', 'outdoor_station', '海边', st_setsrid(st_makepoint(120.38, 36.064), 4326), "
                "'00:00-24:00', '370202')"
            )
        )
    return database


@pytest.fixture
def client(coast: Database, settings: Settings) -> FlaskClient:
    return make_app(settings, coast).test_client()


def results(client: FlaskClient, spot: tuple[float, float], **asked: object) -> str:
    lon, lat = spot
    return client.post("/finder/results?lang=zh", data={"lon": lon, "lat": lat, **asked}).text


def test_from_the_sea_the_line_is_told_and_no_walk(client: FlaskClient) -> None:
    page = results(client, BAY)
    assert "这个位置不在本服务的区域内，离它的边界 2.6 公里：它在海上。" in page
    assert "data-outside" in page
    assert "直线 2.7 公里" in page
    assert "您在海上，没有去那里的路" in page
    assert "步行" not in page.partition('class="found-entry"')[0]
    assert "没有去那里的路" in results(client, BAY, by="ebike")
    told = client.get(f"/api/v1/nearest?lon={BAY[0]}&lat={BAY[1]}&arrive=true").get_json(force=True)
    assert told["outside_note"]["zh"].endswith("它在海上。")
    assert told["outside_note"]["en"].endswith("2.6 km from its edge: at sea.")
    assert told["features"][0]["properties"]["open_on_arrival"] is None
    assert told["features"][0]["properties"]["arrival_note"]["zh"].startswith("开放中")


def test_beside_the_area_and_on_a_pier_a_walk_is_told(client: FlaskClient) -> None:
    for spot in (PIER, INLAND):
        page = results(client, spot)
        assert "这个位置不在本服务的区域内，离它的边界" in page
        assert "data-outside" in page
        assert "海上" not in page
    assert "步行" in results(client, PIER)
    # Whoever may be off by more than the shore is away may be on land.
    assert "没有去那里的路" not in results(client, BAY, accuracy=800)


def test_on_the_way_no_minutes_are_told_over_the_sea(client: FlaskClient) -> None:
    stops = [f"{lon},{lat}" for lon, lat in (SHORE, BAY, SHORE)]
    told = client.get("/api/v1/along", query_string={"stops": ";".join(stops)}).get_json(force=True)
    assert told["features"] == []
    assert [leg["way_m"] for leg in told["route"]["legs"]] == [None, None]
    page = client.get("/along", query_string={"lang": "zh", "stop": stops}).text
    assert "B：这个位置不在本服务的区域内，离它的边界 2.6 公里：它在海上。" in page
    assert "从 A 到 B 要过海，走不到，这一段没有算顺路站点" in page
    assert "不去站点" not in page
    page = client.get("/along", query_string={"lang": "zh", "stop": stops, "keep": 1}).text
    assert "从 A 到 C 要过海，走不到，这一段没有算顺路站点" in page
    assert "不去站点" not in page
    line = {"path": ";".join(stops)}
    assert client.get("/api/v1/along", query_string=line).get_json(force=True)["features"] == []
    # Beyond it a station is told with its hours of now: nobody knows when one gets there.
    stops = [f"{lon},{lat}" for lon, lat in (SHORE, BAY, SHORE, INSIDE)]
    told = client.get("/api/v1/along", query_string={"stops": ";".join(stops)}).get_json(force=True)
    [found] = [one["properties"] for one in told["features"]]
    assert (found["after_stop"], found["along_m"], found["arrives_at"]) == (3, None, None)
    assert found["arrival_note"]["zh"] == "开放中 · 近期不关"
    # Open on arrival is open now there; a station that is surely shut then is not told.
    asked = {"stops": ";".join(stops), "open_at": "2026-12-01T12:00"}
    told = client.get("/api/v1/along", query_string=asked).get_json(force=True)
    assert len(told["features"]) == 1


@pytest.fixture
def mouth(coast: Database) -> Database:
    """The same, with the other shore of the bay's mouth: a station on it lies farther off than those opposite."""
    with coast.session() as session:
        session.execute(
            text(
                "insert into region (code, level, name_zh, geom) values ('370211', 'district', '黄岛区', "
                "st_multi(st_makeenvelope(119.9, 35.8, 120.25, 36.0, 4326)))"
            )
        )
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, geom, opening_hours, region_code) values "
                "('P-2', 'outdoor_station', '这边', st_setsrid(st_makepoint(120.19, 35.95), 4326), "
                "'00:00-24:00', '370211'), "
                "('P-3', 'outdoor_station', '对面', st_setsrid(st_makepoint(120.301, 36.056), 4326), "
                "'00:00-24:00', '370202')"
            )
        )
    return coast


# On the far shore, from where the promenade is the nearest by line.
OVER_THERE = (120.282, 36.016)
OVER_SEA = "直线 4.8 公里 · 中间隔着海，不知道怎么过去"


def test_over_the_sea_no_minutes_and_no_arrival_are_told(
    mouth: Database, settings: Settings
) -> None:
    client = make_app(settings, mouth).test_client()
    page = results(client, OVER_THERE, by="ebike", open="1")
    names = re.findall(r'class="found".*? data-name="(.*?)"', page)
    assert names == ["这边", "对面", "海边"]
    here, _, there = page.partition('data-name="海边"')[0].partition('data-name="对面"')
    assert "骑行" in here
    assert re.sub(r"<.*?>", "", there).count(OVER_SEA) == 1
    assert "分钟" not in there.partition('class="found-more"')[0]
    lon, lat = OVER_THERE
    asked = f"lon={lon}&lat={lat}&by=ebike"
    told = client.get(f"/api/v1/nearest?{asked}&arrive=true").get_json(force=True)
    here, there = (one["properties"] for one in told["features"][:2])
    assert (here["code"], here["open_on_arrival"], "no_way_note" in here) == ("P-2", True, False)
    assert there["code"] == "P-3"
    assert there["no_way_note"] == {
        "zh": "中间隔着海，不知道怎么过去",
        "en": "the sea is between, no known way there",
    }
    unknown = ("walk_m", "walk_seconds", "ride_seconds", "open_on_arrival")
    assert [there[one] for one in unknown] == [None] * 4
    assert there["distance_m"] == pytest.approx(4750, abs=100)
    # Without arrivals the order is that by distance, and the walk the line by the detour factor.
    plain = client.get(f"/api/v1/nearest?lon={lon}&lat={lat}").get_json(force=True)["features"]
    far = [one["properties"]["distance_m"] for one in plain]
    assert far == sorted(far)
    over = next(one["properties"] for one in plain if one["properties"]["code"] == "P-3")
    assert over["walk_m"] == pytest.approx(settings.detour_factor * over["distance_m"], rel=1e-4)
    assert "no_way_note" not in over
    walk = client.get(f"/api/v1/route?from={lon},{lat}&to=P-1").get_json(force=True)
    assert (walk["geometry"], walk["properties"]["walk_m"]) == (None, None)
    # The page without scripts says so too, in English as well.
    page = client.get(f"/?{asked}&lang=en").text
    assert "the sea is between, no known way there" in page
    # On the way: a leg over the water, and a station over the water from both stops.
    stops = f"{lon},{lat};{SHORE[0]},{SHORE[1]}"
    told = client.get("/api/v1/along", query_string={"stops": stops}).get_json(force=True)
    assert (told["features"], told["route"]["legs"][0]["way_m"]) == ([], None)
    line = client.get("/api/v1/along", query_string={"path": stops}).get_json(force=True)
    assert (line["features"], line["route"]["legs"][0]["way_m"]) == ([], None)
    stops = f"{lon},{lat};120.2,35.96"
    asked_ = {"stops": stops, "more_minutes": "60", "by": "ebike"}
    told = client.get("/api/v1/along", query_string=asked_).get_json(force=True)
    assert [one["id"] for one in told["features"]] == ["P-2"]
    assert told["route"]["legs"][0]["way_m"] is not None


def test_the_phone_says_the_same_over_the_sea(
    mouth: Database, settings: Settings, visit: Visit
) -> None:
    lon, lat = OVER_THERE
    with closing(serve(create_app(settings, mouth))) as urls:
        site = Site(next(urls), mouth)
        page = visit(site, "/?lang=zh", keeps=True, position=OVER_THERE)
        expect(page.locator("body[data-offline=ready]")).to_be_attached(timeout=30_000)
        page.locator("input[name=by][value=ebike]").evaluate("one => { one.click(); }")
        for is_online in (True, False):
            if not is_online:
                urls.close()
            page.goto(f"{site.url}/?lang=zh")
            cards = page.locator("#results .found")
            expect(cards).to_have_count(3)
            expect(cards.nth(0)).to_contain_text("这边")
            expect(cards.nth(0).locator(".found-walk")).to_contain_text("骑行")
            expect(cards.nth(1).locator(".found-walk")).to_contain_text(OVER_SEA)
            spots = f"stop={lon},{lat}&stop={SHORE[0]},{SHORE[1]}"
            for keep in ("", "&keep=1"):
                page.goto(f"{site.url}/along?{spots}&lang=zh{keep}")
                expect(page.locator("#results .notice", has_text="要过海")).to_have_text(
                    "从 A 到 B 要过海，走不到，这一段没有算顺路站点"
                )
                expect(page.locator("#results .found")).to_have_count(0)
            page.goto(
                f"{site.url}/along?stop={lon},{lat}&stop=120.2,35.96&by=ebike&more_minutes=60&lang=zh"
            )
            expect(page.locator("#results .found")).to_have_attribute("data-code", "P-2")


def test_the_phone_says_the_same(coast: Database, settings: Settings, visit: Visit) -> None:
    with closing(serve(create_app(settings, coast))) as urls:
        site = Site(next(urls), coast)
        page = visit(site, "/?lang=zh", keeps=True, position=BAY)
        expect(page.locator("body[data-offline=ready]")).to_be_attached(timeout=30_000)
        for is_online in (True, False):
            if not is_online:
                urls.close()
            page.goto(f"{site.url}/?lang=zh")
            expect(page.locator("#results .found-walk").first).to_contain_text(
                "直线 2.7 公里 · 您在海上"
            )
            expect(page.locator(".odd").first).to_contain_text("它在海上")
            expect(page.locator("#results .found-state").first).to_contain_text("开放中")
            expect(page.locator("#status")).to_have_text("列出 1 处")
            spots = "".join(f"stop={lon},{lat}&" for lon, lat in (SHORE, BAY, SHORE, INSIDE))
            page.goto(f"{site.url}/along?{spots}lang=zh")
            expect(page.locator("#results .notice", has_text="要过海")).to_have_text(
                [f"从 {one} 要过海，走不到，这一段没有算顺路站点" for one in ("A 到 B", "B 到 C")]
            )
            expect(page.locator("#results .found-state")).to_have_text("开放中 · 近期不关")
            expect(page.locator("#results .found-walk")).to_contain_text("C、D 之间（估算）")
            expect(page.locator("#route")).not_to_contain_text("不去站点")
            page.goto(f"{site.url}/along?{spots}lang=zh&keep=1")
            expect(page.locator("#results .notice", has_text="要过海")).to_have_text(
                "从 A 到 D 要过海，走不到，这一段没有算顺路站点"
            )
            expect(page.locator("#results .found")).to_have_count(0)


def test_a_province_that_frames_its_districts_is_not_the_area(
    coast: Database, client: FlaskClient
) -> None:
    """The outline of a whole province stands around the one district whose stations are known."""
    with coast.session() as session:
        session.execute(
            text(
                "insert into region (code, level, name_zh, geom) values ('370000', 'province', '山东省', "
                "st_multi(st_makeenvelope(119, 35, 122, 38, 4326)))"
            )
        )
        session.execute(text("update region set parent_code = '370000' where code = '370202'"))
    lon, lat = INLAND

    def told() -> tuple[bool, bool]:
        api = client.get(f"/api/v1/nearest?lon={lon}&lat={lat}&arrive=true").get_json(force=True)
        return "离它的边界 3.3 公里" in results(client, INLAND), api.get("outside_note") is not None

    assert told() == (True, True)
    # A station that is known to be in the province, and no nearer, makes all of it the area.
    with coast.session() as session:
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, geom, region_code) values "
                "('P-2', 'outdoor_station', '省里', st_setsrid(st_makepoint(119.5, 36.5), 4326), '370000')"
            )
        )
    for _ in range(100):
        if told() == (False, False):
            break
        time.sleep(0.1)
    assert told() == (False, False)
