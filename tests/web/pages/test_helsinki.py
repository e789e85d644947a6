"""The finder on Helsinki's real places and streets, as `geoapp demo --city helsinki` serves them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from geoapp.app import create_app
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.words import OSM_ATTRIBUTION
from geoapp.operations.demo.helsinki import REGION, STANDARD_M, TIMEZONE, load_helsinki
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.answers import publish_run
from tests.web.conftest import Site, Visit, serious_violations, serve, sign_in

LON, LAT = 24.9414, 60.1710


@pytest.fixture
def helsinki_demo(database: Database, settings: Settings) -> Iterator[Site]:
    initialise(database)
    there = settings.model_copy(update={"timezone": TIMEZONE})
    load_helsinki(database, there)
    publish_run(database, there, CoverageParameters(standard_m=STANDARD_M, region=REGION))
    for url in serve(create_app(there, database)):
        yield Site(url, database)


@pytest.mark.parametrize("size", ["phone", pytest.param("desktop", marks=pytest.mark.slow)])
def test_the_finder_walks_there(helsinki_demo: Site, visit: Visit, size: str) -> None:
    page = visit(helsinki_demo, size=size, position=(LON, LAT))
    cards = page.locator(".found")
    # At night and on Sundays few are open.
    page.get_by_label("到时开放").uncheck()
    expect(cards).to_have_count(6)
    for number in range(cards.count()):
        expect(cards.nth(number).locator(".found-walk")).not_to_contain_text("估算")
    # Real places are no samples.
    expect(page.locator(".found .tag")).to_have_count(0)
    # Maps that know Finland come first.
    links = cards.first.locator(".go-list a")
    expect(links).to_have_count(5)
    assert "google" in (links.first.get_attribute("href") or "")
    cards.nth(2).locator(".found-pick").click()
    code = cards.nth(2).get_attribute("data-code")
    expect(page.locator(f"#map[data-way='{code}'] path.way")).to_have_count(1)
    credit = page.locator(".leaflet-control-attribution")
    expect(credit).to_have_text(OSM_ATTRIBUTION)
    box = credit.bounding_box()
    assert box is not None
    on_top = page.evaluate(
        "([x, y]) => document.elementsFromPoint(x, y)[0].className",
        [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2],
    )
    assert "attribution" in on_top
    assert serious_violations(page) == []


def test_the_map_opens_at_helsinki(helsinki_demo: Site, visit: Visit) -> None:
    page = visit(helsinki_demo, size="desktop", position=None)
    expect(page.locator("#map[data-ready=true]")).to_be_visible()
    # The one region, all of it, in sight: the outline takes up most of the map's height.
    outline = page.locator("#map path.leaflet-interactive, #map .leaflet-land-pane path").first
    shape, frame = outline.bounding_box(), page.locator("#map").bounding_box()
    assert shape is not None
    assert frame is not None
    assert 0.5 < shape["height"] / frame["height"] < 1


def test_the_planner_and_the_manager(helsinki_demo: Site, visit: Visit) -> None:
    page = visit(helsinki_demo, "/coverage", size="desktop")
    expect(page.locator("h1")).to_contain_text("赫尔辛基数据范围")
    expect(page.locator("h1 .tag, h1 + .tag, .tag").first).to_have_text("示例")
    sign_in(helsinki_demo, page, Role.PLANNER)
    page.goto(helsinki_demo.url + "/plan?run=1")
    expect(page.locator("body")).to_contain_text("按步行路网（100% 的需求）")
    page.goto(helsinki_demo.url + "/maps/stations,regions.html?lang=zh")
    expect(page.locator("header.heading")).to_contain_text(OSM_ATTRIBUTION)
