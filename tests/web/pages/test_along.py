"""``/along``: stops by words, by taps and by position; what each station adds; on foot and by e-bike."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.core.settings import Settings
from geoapp.operations.network.importing import import_network
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.analysis.conftest import extract
from tests.seed import TOWN_LAT, TOWN_LON
from tests.web.api_client import client_of, make_app, problem_of
from tests.web.conftest import Site, Visit, fits, serious_violations, serve

HERE = (24.9414, 60.1710)
A, B = f"{TOWN_LON - 0.002},{TOWN_LAT}", f"{TOWN_LON + 0.004},{TOWN_LAT}"


@pytest.fixture
def client(town_template: str, database: Database, settings: Settings) -> FlaskClient:
    return client_of(make_app(settings, database), database)


@pytest.fixture
def streets(database: Database, settings: Settings) -> Iterator[Site]:
    """Helsinki's network, and two stations a street away from each other."""
    initialise(database)
    import_network(database, settings, extract())
    with database.session() as session:
        session.execute(
            text(
                """
                insert into facility (code, kind_code, name_zh, geom, opening_hours, timezone) values
                ('W-1', 'outdoor_station', '近处', st_setsrid(st_makepoint(24.9450, 60.1695), 4326),
                    '24/7', 'Europe/Helsinki'),
                ('W-2', 'outdoor_station', '旁边', st_setsrid(st_makepoint(24.9480, 60.1710), 4326),
                    '24/7', 'Europe/Helsinki')
                """
            )
        )
    for url in serve(create_app(settings, database)):
        yield Site(url, database)


def listed(client: FlaskClient, **values: object) -> str:
    response = client.post("/along/results", data=values)
    assert response.status_code == 200, response.get_data(as_text=True)
    assert response.headers["Cache-Control"] == "no-store"
    return response.get_data(as_text=True)


def names(page: str) -> list[str]:
    return re.findall(r'data-code="([^"]+)"', page)


def drops(page: str) -> list[str]:
    return re.findall(r'data-drop="([^"]+)"', page)


def test_stops_are_words_or_positions(client: FlaskClient) -> None:
    page = listed(client, stop=[f"我的位置 ({A})", "示例·T-2"])
    assert names(page)[0] == "T-1"
    assert "<strong>A</strong> 我的位置 → <strong>B</strong> 示例·T-2" in page
    assert "就在路上" in page
    assert "A、B 之间" in page
    assert "估算" in page
    # Rows that are left empty are none; one stop is no way yet.
    assert names(listed(client, stop=[A, "", B])) == names(listed(client, stop=[A, B]))
    assert "写下两处以上" in listed(client, stop=[A, ""])
    # What is not found is said by its name, and nothing is told about the rest.
    page = listed(client, stop=[A, "无此地方甲乙丙"])
    assert "没有找到“无此地方甲乙丙”" in page
    assert names(page) == []
    # Full-width signs, and a blank between; latitude first is told, and no address of the sea.
    lon, lat = A.split(",")
    wide = A.translate({ord(one): ord(one) + 0xFEE0 for one in "0123456789.,"})
    assert names(listed(client, stop=[wide, f"{B.replace(',', ' ')}"])) == names(
        listed(client, stop=[A, B])
    )
    page = listed(client, stop=[f"{lat},{lon}", B])
    assert f"“{lat},{lon}”不是一个位置：先经度" in page
    # Where only the place is known that an address begins with, that is said.
    page = listed(client, stop=[A, "市北区没有的路 3 号"])
    assert "“市北区没有的路 3 号”只认出了“市北区”，其余的没有找到" in page
    assert "只认出了" not in listed(client, stop=[A, "市北区"])
    # A street with its house numbers is words, and is not looked for off Africa.
    assert "没有找到“香港中路12,14”" in listed(client, stop=[A, "香港中路12,14"])


def test_stops_at_the_same_place_are_said_to_be_so(client: FlaskClient) -> None:
    page = listed(client, stop=[A, A])
    assert "A 到 B 是同一个地方：下面算的是从那里去一趟再回来。" in page
    assert "不去站点" not in page
    assert names(page)[0] == "T-1"
    page = listed(client, stop=[A, A, B])
    assert "A 和 B 是同一个地方。" in page
    assert "不去站点" in page
    assert "同一个地方" not in listed(client, stop=[A, B])


def test_stops_that_are_far_apart_or_outside_are_said_to_be_so(client: FlaskClient) -> None:
    # A degree of longitude on this parallel of WGS-84 is 90.1 km: the leg of 0.3 is 27 km.
    page = listed(client, stop=[A, B, f"{TOWN_LON + 0.304},{TOWN_LAT}"])
    assert "从 B 到 C 直线 27 公里，相邻两处最多 20 公里" in page
    assert names(page) == []
    many = [f"{TOWN_LON + 0.2 * step},{TOWN_LAT}" for step in range(5)]
    assert "全程直线相加 72.1 公里，最多 60 公里" in listed(client, stop=many)
    page = listed(client, stop=["2.35,48.85", "2.36,48.86"])
    assert "A、B：这个位置不在本服务的区域内：它在海上或境外。" in page
    # That is why nothing is found: nothing else is said of it, and nobody is asked to leave out conditions.
    assert "没有多花" not in page
    assert "试着去掉" not in page
    abroad = {"stop": ["2.35,48.85", "2.36,48.86"]}
    page = client.post("/along/results?lang=en", data=abroad).get_data(as_text=True)
    assert "A, B: This position lies outside the area" in page
    assert "No station" not in page
    assert "不在本服务的区域内" not in listed(client, stop=[A, B])


def test_that_one_of_the_stops_lies_outside_is_said_alone_where_that_is_why(
    client: FlaskClient,
) -> None:
    outside = f"{TOWN_LON + 0.1},{TOWN_LAT + 0.12}"  # on land: from there a way is reckoned
    lacking = ["toilet", "shower"]
    page = listed(client, stop=[A, outside], amenity=lacking)
    assert "B：这个位置不在本服务的区域内" in page
    assert "没有多花" not in page
    assert "试着去掉" not in page
    # A leg that lies inside has nothing on it whatever the last stop is, and a condition that alone stands in the
    # way is told.
    page = listed(client, stop=[A, B, outside], amenity=lacking)
    assert "C：这个位置不在本服务的区域内" in page
    assert "没有多花" in page
    page = listed(client, stop=[A, outside], amenity=["toilet"])
    assert "没有多花" in page
    assert drops(page) == ["toilet"]


def test_by_e_bike_words_and_links_are_those_of_a_ride(client: FlaskClient) -> None:
    stops = [A, f"{TOWN_LON + 0.004},{TOWN_LAT + 0.002}"]
    on_foot, ridden = listed(client, stop=stops), listed(client, stop=stops, by="ebike")
    assert "多走" in on_foot
    assert "mode=walk" in on_foot
    assert "多骑" in ridden
    assert "mode=ride" in ridden
    assert "mode=walk" not in ridden
    assert "电动车速度" in ridden
    english = client.post("/along/results?lang=en", data={"stop": stops, "by": "ebike"})
    assert "more (" in english.get_data(as_text=True)


def test_conditions_and_a_line_that_is_kept_to(client: FlaskClient) -> None:
    assert names(listed(client, stop=[A, B], amenity="microwave")) == ["T-1"]
    nothing = listed(client, stop=[A, B], amenity="toilet")
    assert "没有多花 15 分钟以内的站点" in nothing
    # Which condition stands in the way, what is there without it, and a button.
    assert drops(nothing) == ["toilet"]
    assert "去掉“厕所”再找" in nothing
    nothing = listed(client, stop=[A, B], amenity=["toilet", "seating"], more_minutes="5")
    assert drops(nothing) == []
    assert "试着去掉几个条件" in nothing
    nothing = listed(client, stop=[A, B], amenity="seating", more_minutes="5")
    assert drops(nothing) == ["seating", "10"]
    assert "多花到 10 分钟再找" in nothing
    # The home's hours are unknown: it is on the way, and not known to be open.
    assert "T-3" in names(listed(client, stop=[A, B]))
    assert "T-3" not in names(listed(client, stop=[A, B], open="1"))
    assert "沿线" in listed(client, stop=[A, B], keep="1")
    assert "T-3" not in names(listed(client, stop=[A, B], more_minutes="5"))
    # T-3 does not say how one gets in: it stays, and the card says so.
    assert "T-3" in names(listed(client, stop=[A, B], without="card"))
    assert "能不能进：未知" in listed(client, stop=[A, B], without="card")
    # Nor does any say for whom it is: who does not say who they are is promised nothing.
    unsure = listed(client, stop=[A, B], without="card", surely="1")
    assert (names(unsure), drops(unsure)) == ([], ["enter", "surely"])
    english = client.post(
        "/along/results?lang=en",
        data={"stop": [A, B], "amenity": "seating", "may_enter": "worker", "surely": "1"},
    ).get_data(as_text=True)
    assert drops(english) == ["enter", "surely"]
    assert "Search without “I may enter: Outdoor worker”" in english


def test_what_makes_no_sense_is_refused(client: FlaskClient) -> None:
    for values, parameter in (
        ({"stop": [A] * 11}, "stops"),
        ({"stop": [A, B], "by": "rocket"}, "by"),
        ({"stop": [A, B], "may_enter": "boss"}, "may_enter"),
        ({"stop": [A, B], "more_minutes": "x"}, "more_minutes"),
    ):
        answer = client.post("/along/results", data=values, headers={"Accept": "application/json"})
        problem_of(answer, 422, parameter)


def test_without_scripts_it_is_a_form(site: Site, visit: Visit) -> None:
    page = visit(site, "/along", scripts=False)
    fields = page.locator("input[name=stop]")
    fields.nth(0).fill(A)
    fields.nth(1).fill(B)
    page.get_by_label("电动车").check(force=True)
    page.get_by_role("button", name="找顺路的站点").click()
    expect(page.locator(".found").first).to_contain_text("就在路上")
    expect(page.get_by_label("电动车")).to_be_checked()
    assert "120" not in page.url  # no stop stands in the address


def ready(page: Page) -> None:
    page.locator("body[data-ready=true]").wait_for()


def test_a_rider_on_the_streets(streets: Site, visit: Visit) -> None:
    page = visit(streets, "/along", position=HERE)
    ready(page)
    fields = page.locator("input[name=stop]")
    expect(page.get_by_text("写下两处以上")).to_be_visible()
    # Sent with nothing, it says what is wanted, and where.
    page.get_by_role("button", name="找顺路的站点").click()
    expect(page.get_by_role("status").filter(has_text="再写一处要去的地方")).to_be_visible()
    expect(fields.first).to_be_focused()
    page.get_by_role("button", name="从我的位置出发").click()
    expect(fields.first).to_have_value("我的位置 (24.94140,60.17100)")
    fields.nth(1).fill("24.9500,60.1680")
    fields.nth(1).press("Enter")
    cards = page.locator(".found")
    expect(cards).to_have_count(2)
    expect(page.get_by_role("status").filter(has_text="顺路，多花时间少的在前")).to_be_visible()
    expect(page.locator(".route")).to_contain_text("按步行路网")
    expect(cards.first).to_contain_text("A、B 之间")
    # The way is drawn along the streets, with the stops by their letters and the stations by number.
    way = page.locator("#map path.way")
    assert (way.get_attribute("d") or "").count("L") > 4
    expect(page.locator("#map .stop-mark")).to_have_text(["A", "B"])
    expect(page.locator("#map .badge")).to_have_count(2)
    assert serious_violations(page) == []
    # Its page opens beside this one: the stops, which are kept nowhere, stay.
    cards.first.locator(".found-pick").click()
    star = cards.first.locator("[data-star]")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    with page.context.expect_page() as beside:
        cards.first.get_by_role("link", name="站点页面").click()
    expect(beside.value.locator("h1")).to_contain_text(
        "近处" if names(page.content())[0] == "W-1" else "旁边"
    )
    beside.value.close()
    expect(fields.nth(1)).to_have_value("24.9500,60.1680")

    # By e-bike: fewer minutes, said to be an estimate of a ride; remembered on the phone.
    before = page.locator("#map").get_attribute("data-drawn")
    page.get_by_label("电动车").check(force=True)
    expect(page.locator("#map")).not_to_have_attribute("data-drawn", before or "")
    expect(page.locator(".route")).to_contain_text("电动车速度")

    # A station pressed on the map is the one in the list.
    page.locator("#map .marker .badge", has_text="2").click()
    expect(page.locator(".found.chosen")).to_have_attribute("data-code", "W-2")
    expect(page.locator(".found.chosen .found-pick")).to_be_focused()
    # So is one pressed by a key, which is called by its number and the station.
    page.locator("#map").get_by_role("button", name="1 近处", exact=True).press("Enter")
    expect(page.locator(".found.chosen")).to_have_attribute("data-code", "W-1")
    expect(page.locator(".found.chosen .found-pick")).to_be_focused()

    # A tap on the map is a further stop; it moves to the front by its button, and goes.
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 120)
    expect(fields).to_have_count(3)
    expect(fields.nth(2)).to_have_value(re.compile(r"^地图上的点 \("))
    tapped = fields.nth(2).input_value()
    expect(page.locator("#map .stop-mark")).to_have_text(["A", "B", "C"])
    rows = page.locator(".stop")
    rows.nth(2).get_by_role("button", name="往前移").click()
    expect(fields.nth(1)).to_have_value(tapped)
    expect(fields.nth(1)).to_be_focused()
    rows.nth(1).get_by_role("button", name="去掉").click()
    expect(fields).to_have_count(2)
    expect(fields.nth(1)).to_have_value("24.9500,60.1680")
    expect(page.locator("#map .stop-mark")).to_have_text(["A", "B"])
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    page.goto(streets.url + "/along")
    ready(page)
    expect(page.get_by_label("电动车")).to_be_checked()
    assert fields.first.input_value() == ""  # stops are kept nowhere
    # The finder knows it as well.
    page.goto(streets.url + "/")
    expect(page.get_by_label("骑电动车")).to_be_checked()
    expect(page.locator(".found-walk").first).to_contain_text("骑行")
    page.get_by_label("骑电动车").uncheck(force=True)
    expect(page.locator(".found-walk").first).to_contain_text("步行")


def test_the_station_that_adds_less_lies_above_and_the_chosen_one_above_all(
    site: Site, visit: Visit
) -> None:
    with site.database.session() as session:
        session.execute(
            text(
                "update facility set opening_hours = '24/7', geom = st_translate((select geom from "
                "facility where code = 'T-1'), 0.0003, -0.0004) where code = 'T-2'"
            )
        )
    page = visit(site, f"/along?lang=zh&stop={A}&stop={B}")
    ready(page)
    cards, marks = page.locator(".found"), page.locator("#map .marker[role=button]")
    for _ in range(60):  # what is written past the service is seen up to a second later
        if cards.count() > 1:
            break
        page.wait_for_timeout(500)
        page.reload()
        ready(page)
    expect(cards.first).to_have_attribute("data-code", "T-1")
    expect(cards.nth(1)).to_have_attribute("data-code", "T-2")
    upper = "one => one.style.zIndex - document.querySelectorAll('#map .marker[role=button]')[1].style.zIndex > 0"
    assert marks.first.evaluate(upper)
    cards.nth(1).locator(".found-pick").click()
    expect(marks.nth(1)).to_have_class(re.compile("chosen"))
    assert not marks.first.evaluate(upper)
    expect(marks.nth(1)).to_have_attribute("tabindex", "0")
    cards.nth(1).locator(".found-pick").click()
    expect(page.locator("#map .chosen")).to_have_count(0)
    assert marks.first.evaluate(upper)


def test_a_stop_at_a_station_stands_beside_its_marker(site: Site, visit: Visit) -> None:
    page = visit(site, f"/along?lang=zh&stop={A}&stop={TOWN_LON},{TOWN_LAT}")
    ready(page)
    stop, station = page.locator("#map .stop-mark").last, page.locator("#map .marker .badge").first
    expect(stop).to_have_text("B")
    expect(page.locator("#map .marker[role=button]").first).to_have_attribute(
        "aria-label", "1 示例·T-1"
    )
    one, other = stop.bounding_box(), station.bounding_box()
    assert one is not None
    assert other is not None
    assert one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
    # In high contrast letters have an edge of their own: it has no backgrounds.
    page.emulate_media(forced_colors="active")
    for mark in page.locator(".stop-mark").all():
        assert mark.evaluate("one => getComputedStyle(one).borderTopWidth") == "2px"


def test_who_i_am_is_the_same_here_and_in_the_finder(site: Site, visit: Visit) -> None:
    page = visit(site, "/along", position=None)
    ready(page)
    page.click("#enter > summary")
    page.locator("#enter label", has_text="户外劳动者").click()
    page.get_by_role("button", name="好了").click()
    chip = page.locator("#enter > summary")
    expect(chip).to_have_text("我能进：户外劳动者")
    page.goto(site.url + "/")
    expect(chip).to_have_text("我能进：户外劳动者")
    # A link to a place is made as for somebody on foot, and answered as one goes.
    page.get_by_label("骑电动车").check(force=True)
    page.goto(site.url + "/?place=370203")
    expect(page.locator(".found .go-more").first).to_have_text("骑车去")
    page.goto(site.url + "/along")
    expect(chip).to_have_text("我能进：户外劳动者")
    page.click("#enter > summary")
    page.get_by_role("button", name="去掉这一条").click()
    expect(chip).to_have_text("我能进")
    assert fits(page)


def test_what_an_address_asks_goes_before_what_is_remembered(site: Site, visit: Visit) -> None:
    page = visit(site, "/along", position=None)
    ready(page)
    page.click("#enter > summary")
    page.locator("#enter label", has_text="户外劳动者").click()
    page.locator("#enter label", has_text="没有 App").click()
    page.get_by_role("button", name="好了").click()
    page.get_by_label("电动车").check(force=True)
    chip = page.locator("#enter > summary")
    page.goto(site.url + "/along?asked=1&may_enter=member")
    ready(page)
    expect(chip).to_have_text("我能进：工会会员")
    expect(page.get_by_label("步行")).to_be_checked()
    page.goto(site.url + "/along?amenity=toilet")
    ready(page)
    expect(chip).to_have_text("我能进")
    page.goto(site.url + "/along")
    ready(page)
    expect(chip).to_have_text("我能进：户外劳动者，没有 App")
    expect(page.get_by_label("电动车")).to_be_checked()
    # And the other way round: nothing is remembered, and all of the address is taken.
    page.evaluate("localStorage.clear()")
    page.click("#enter > summary")
    page.get_by_role("button", name="去掉这一条").click()
    page.get_by_label("步行").check(force=True)
    page.goto(site.url + "/along?may_enter=worker&without=app&surely=1&by=ebike&amenity=toilet")
    ready(page)
    expect(chip).to_have_text("我能进：户外劳动者，没有 App")
    assert page.locator("#enter input[name=surely]").is_checked()
    expect(page.get_by_label("电动车")).to_be_checked()
    assert page.locator("input[name=amenity][value=toilet]").is_checked()


def test_without_a_network_and_with_nothing_kept_it_is_said(streets: Site, visit: Visit) -> None:
    page = visit(streets, "/along", size="desktop", language="en")
    ready(page)
    page.context.set_offline(True)
    fields = page.locator("input[name=stop]")
    fields.nth(0).fill("24.9414,60.1710")
    fields.nth(1).fill("24.9500,60.1680")
    page.get_by_role("button", name="Find stations on the way").click()
    expect(page.get_by_role("alert")).to_contain_text("no stations are kept on this device")
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".found")).to_have_count(2)
    expect(page.get_by_role("alert")).to_be_hidden()


def test_another_answer_takes_away_nothing_that_was_begun(streets: Site, visit: Visit) -> None:
    page = visit(streets, "/along")
    ready(page)
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "/along/results" in one.url else None)
    fields = page.locator("input[name=stop]")
    fields.nth(0).fill("24.9414,60.1710")
    fields.nth(0).blur()
    fields.nth(1).fill("24.9500,60.1680")
    fields.nth(1).press("Enter")
    expect(page.locator(".found")).to_have_count(2)
    assert len(asked) == 1  # a stop that Enter ends changes and is sent
    card = page.locator(".found[data-code=W-2]")
    card.locator(".found-pick").click()
    expect(card).to_have_class(re.compile("chosen"))
    before = page.locator("#map").get_attribute("data-drawn")
    page.evaluate(
        "const more = document.querySelector('select[name=more_minutes]');"
        "more.selectedIndex = more.selectedIndex + 1;"
        "more.dispatchEvent(new Event('change', { bubbles: true }))"
    )
    expect(page.locator("#map")).not_to_have_attribute("data-drawn", before or "")
    expect(card).to_have_class(re.compile("chosen"))
    expect(card.locator(".found-more")).to_have_attribute("open", "")
    expect(card.locator(".found-pick")).to_be_focused()
