"""Where only open doors are listed, it is said which nearer ones have unknown hours, and a button lists them too."""

import re
from contextlib import closing
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.core.settings import Settings
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON
from tests.web.api_client import make_app
from tests.web.conftest import Site, Visit, fits, serve

# T-3, whose hours are unknown, is nearer than T-1, which never shuts; so is T-4, which is shut for good on any day.
HERE = (TOWN_LON, TOWN_LAT + 0.005)
LEFT_OUT = "还有 1 处开放时间未知，最近的 144 米。"
LISTED = "开放时间未知的也列在里面。"


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    """The town with T-2 shut for the year, and nearer than the open one."""
    with database.session() as session:
        session.execute(
            text(
                "update facility set opening_hours = 'off', geom = st_setsrid(st_makepoint(:lon, :lat), 4326) "
                "where code in ('T-2', 'T-4')"
            ),
            {"lon": HERE[0] + 0.001, "lat": HERE[1]},
        )
    return database


@pytest.fixture
def client(town: Database, settings: Settings) -> FlaskClient:
    return make_app(settings, town).test_client()


def codes(page: str) -> list[str]:
    return re.findall(r'class="found".*? data-code="(.*?)"', page)


def test_nearer_ones_of_unknown_hours_are_said_to_be_left_out(client: FlaskClient) -> None:
    asked = {"lon": HERE[0], "lat": HERE[1]}
    page = client.post("/finder/results?lang=zh", data=asked | {"open": "1"}).text
    assert codes(page) == ["T-1"]
    assert LEFT_OUT in page
    assert 'data-unknown="1"' in page
    page = client.post("/finder/results?lang=en", data=asked | {"open": "1"}).text
    assert "1 more with unknown hours, nearest 144 m." in page
    page = client.post("/finder/results?lang=zh", data=asked | {"open": "1", "unknown": "1"}).text
    assert codes(page) == ["T-3", "T-1"]
    assert LISTED in page
    assert LEFT_OUT not in page
    # All are listed where open ones are not asked for, and from where the open one is nearer nothing is hidden.
    for other in ({}, {"unknown": "1"}, {"open": "1", "lat": TOWN_LAT - 0.001}):
        page = client.post("/finder/results?lang=zh", data=asked | other).text
        assert "hours-left-out" not in page
    # What does not fit otherwise is not counted.
    wanted = asked | {"open": "1", "amenity": "microwave"}
    assert "hours-left-out" not in client.post("/finder/results?lang=zh", data=wanted).text


def test_a_region_lists_as_before(client: FlaskClient) -> None:
    page = client.post(
        "/finder/results?lang=zh", data={"place": "370203", "open": "1", "unknown": "1"}
    ).text
    assert codes(page) == ["T-1"]
    assert "hours-left-out" not in page


def test_without_scripts_links_do_it(client: FlaskClient) -> None:
    address = f"/?lon={HERE[0]}&lat={HERE[1]}&open=1&asked=1&lang=zh"
    shown = []
    for _ in range(3):
        page = client.get(address).text
        shown.append(codes(page))
        [link] = re.findall(
            r'hours-left-out.*?<a class="button plain-only" href="(.*?)"', page, re.S
        )
        address = link.replace("&amp;", "&")
    assert shown == [["T-1"], ["T-3", "T-1"], ["T-1"]]
    assert "unknown" in parse_qs(urlsplit(address).query)


def test_a_press_lists_them_with_a_network_and_without(
    town: Database, settings: Settings, visit: Visit
) -> None:
    with closing(serve(create_app(settings, town))) as urls:
        site = Site(next(urls), town)
        page = visit(site, "/?lang=zh", keeps=True, position=HERE)
        expect(page.locator("body[data-offline=ready]")).to_be_attached(timeout=30_000)
        line, cards = page.locator(".hours-left-out"), page.locator("#results .found")
        for is_online in (True, False):
            if not is_online:
                urls.close()
            # What is wanted once is not wanted for good.
            page.goto(f"{site.url}/?lang=zh")
            expect(line).to_contain_text(LEFT_OUT)
            expect(cards).to_have_count(1)
            page.set_viewport_size({"width": 320, "height": 640})
            assert fits(page)
            line.locator("button").click()
            expect(cards).to_have_count(2)
            expect(cards.first).to_have_attribute("data-code", "T-3")
            expect(line).to_contain_text(LISTED)
            line.locator("button", has_text="不列").click()
            expect(cards).to_have_count(1)
            expect(line).to_contain_text(LEFT_OUT)
