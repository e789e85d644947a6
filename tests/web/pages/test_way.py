"""The finder draws the walk to the chosen station, on the real network of Helsinki."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.network.importing import import_network
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.analysis.conftest import extract
from tests.web.conftest import Site, Visit, serious_violations, serve, sign_in

LON, LAT = 24.9414, 60.1710


@pytest.fixture
def helsinki_site(database: Database, settings: Settings) -> Iterator[Site]:
    initialise(database)
    import_network(database, settings, extract())
    with database.session() as session:
        session.execute(
            text(
                """
                insert into facility (code, kind_code, name_zh, geom, opening_hours, timezone) values
                ('W-1', 'outdoor_station', '近处', st_setsrid(st_makepoint(24.9450, 60.1695), 4326),
                    '24/7', 'Europe/Helsinki'),
                ('W-2', 'outdoor_station', '远处', st_setsrid(st_makepoint(24.80, 60.30), 4326),
                    '24/7', 'Europe/Helsinki')
                """
            )
        )
    for url in serve(create_app(settings, database)):
        yield Site(url, database)


def test_a_steward_sees_what_the_network_consists_of(helsinki_site: Site, visit: Visit) -> None:
    page = visit(helsinki_site, size="desktop")
    sign_in(helsinki_site, page, Role.STEWARD)
    page.goto(helsinki_site.url + "/steward")
    section = page.locator("section[aria-labelledby=network]")
    expect(section).to_contain_text("Helsinki")
    expect(section.locator(".figure")).to_have_count(7)
    expect(section).to_contain_text("绕行系数")
    assert serious_violations(page) == []
    section.get_by_role("link").click()
    page.wait_for_selector("html[data-ready=yes]")
    page.locator(".leaflet-control-layers").hover()
    page.get_by_label("步行路网").check()
    expect(page.locator(".legend")).to_contain_text("与其他部分不连通")


@pytest.mark.parametrize("size", ["phone", pytest.param("desktop", marks=pytest.mark.slow)])
def test_a_planner_sees_the_walk_from_anywhere(
    helsinki_site: Site, visit: Visit, size: str
) -> None:
    page = visit(helsinki_site, size=size)
    sign_in(helsinki_site, page, Role.PLANNER)
    page.goto(helsinki_site.url + "/plan")
    expect(page.locator("#map[data-drawn]")).to_be_visible()
    told = page.locator("#walk-told")
    expect(told).to_be_hidden()
    page.locator("#map").scroll_into_view_if_needed()
    page.locator("#map").click()
    # Wherever in the world was clicked, one of the two is nearest, and the answer says how it knows.
    expect(told.get_by_role("status")).to_contain_text("最近的是")
    expect(told.get_by_role("status")).to_contain_text("估算")
    expect(page.locator("#map .leaflet-overlay-pane path")).to_have_count(4)
    assert serious_violations(page) == []
    told.get_by_role("button").click()
    expect(told).to_be_hidden()
    expect(page.locator("#map .leaflet-overlay-pane path")).to_have_count(0)


@pytest.mark.parametrize("size", ["phone", pytest.param("desktop", marks=pytest.mark.slow)])
def test_the_walk_is_drawn(helsinki_site: Site, visit: Visit, size: str) -> None:
    page = visit(helsinki_site, size=size, position=(LON, LAT))
    cards = page.locator(".found")
    expect(cards).to_have_count(2)
    expect(cards.first.locator(".found-walk")).not_to_contain_text("估算")
    expect(cards.nth(1).locator(".found-walk")).to_contain_text("估算")
    asked = []
    page.on("request", lambda request: asked.append(request))
    cards.first.locator(".found-pick").click()
    expect(page.locator("#map[data-way='W-1'] path.way")).to_have_count(1)
    [way] = [request for request in asked if "/finder/way" in request.url]
    # The position is in no address.
    assert way.method == "POST"
    assert "24.9" not in way.url
    drawn = page.locator("path.way").get_attribute("d") or ""
    assert drawn.count("L") > 3
    assert serious_violations(page) == []
    # An estimate is no way to draw.
    cards.nth(1).locator(".found-pick").click()
    expect(page.locator("path.way")).to_have_count(0)
    assert len([request for request in asked if "/finder/way" in request.url]) == 1
