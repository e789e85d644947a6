"""``/ogc/`` for people: pages by negotiation, with all that programs get; robots and the list of stations."""

import json
import re
from html import unescape
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.layers.files import FILE_FORMATS
from geoapp.store.engine import Database
from geoapp.web.ogc.documents import CONFORMS_TO
from tests.web.api_client import client_of, make_app, problem_of
from tests.web.conftest import Site, Visit, fits, serious_violations

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
STATIONS = "/ogc/collections/stations"
PAGES = (
    "/ogc/",
    "/ogc/conformance",
    "/ogc/collections",
    STATIONS,
    f"{STATIONS}/queryables",
    f"{STATIONS}/sortables",
    f"{STATIONS}/items",
    f"{STATIONS}/items/T-1",
)


@pytest.fixture
def app(shown_town_template: str, database: Database, settings: Settings) -> Flask:
    return make_app(settings, database)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_every_answer_is_a_page_for_who_reads_pages(
    client: FlaskClient, subtests: pytest.Subtests
) -> None:
    for path in PAGES:
        with subtests.test(path=path):
            page = client.get(path, headers=BROWSER)
            assert (page.status_code, page.mimetype) == (200, "text/html")
            assert "public" not in page.headers["Cache-Control"]
            for accept in ("*/*", "application/json", "application/geo+json, */*;q=0.1", ""):
                told = client.get(path, headers={"Accept": accept})
                assert "json" in told.mimetype, accept
                assert "Accept" in told.vary and "Accept" in page.vary
            assert client.get(f"{path}?f=json", headers=BROWSER).mimetype != "text/html"
            body = client.get(f"{path}?f=html", headers={"Accept": "application/json"}).text
            [as_json] = re.findall(
                r'<link rel="alternate" type="application/json" href="([^"]+)"', body
            )
            assert client.get(unescape(as_json)).get_json(force=True)
    # Whatever was kept for programs is not given to people, and the other way round.
    assert client.get(f"{STATIONS}/items", headers=BROWSER).mimetype == "text/html"
    assert client.get(f"{STATIONS}/items").mimetype == "application/geo+json"
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html" in CONFORMS_TO
    assert client.get("/ogc/api?f=html").mimetype == "text/html"


def test_pages_hold_what_programs_get(client: FlaskClient, database: Database) -> None:
    """The name is escaped, unknown is said, the files are of the same question."""
    with database.session() as session:
        session.execute(text("update facility set name_zh = '<b>名</b>' where code = 'T-2'"))
    page = client.get(f"{STATIONS}/items?f=html&lang=zh&limit=1&sortby=-code").text
    assert "&lt;b&gt;名&lt;/b&gt;" in page and "<b>名</b>" not in page
    assert "未知" in page
    [following] = re.findall(r'rel="next" href="([^"]+)"', page)
    rest = client.get(unescape(following), headers=BROWSER).text
    assert 'rel="next"' not in rest
    file = f"{STATIONS}/items?sortby=-code&amp;f=gpkg&amp;download=1"
    assert file in page and file in rest
    answer = client.get(f"{STATIONS}/items?limit=1")
    links = answer.headers.getlist("Link")
    assert any('rel="next"; type="application/geo+json"' in one for one in links)
    assert any('rel="alternate"; type="text/html"' in one for one in links)
    told = client.get(STATIONS).headers.getlist("Link")
    assert any('rel="http://www.opengis.net/def/rel/ogc/1.0/queryables"' in one for one in told)
    # All formats that there are, of what is asked for and not of this page.
    offered = [one for one in answer.get_json()["links"] if one["rel"] == "enclosure"]
    assert {one["type"] for one in offered} == {one.mimetype for one in FILE_FORMATS.values()}
    assert all("limit" not in one["href"] for one in offered)
    for one in offered:
        assert f'<link rel="alternate" type="{one["type"]}"' in page
    item = client.get(f"{STATIONS}/items/T-1?f=html").text
    assert "注意" not in item  # nobody doubts anything
    # It stands where it stands, and is not closed: nothing of that is unknown. Its host is.
    assert "停靠点" not in item and "停用日期" not in item
    assert re.search(r"所在单位</dt><dd><span[^>]*>未知", item)
    [facts] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', item, re.S)
    told = json.loads(facts)
    assert told["@type"] == "CivicStructure" and told["identifier"] == "T-1"
    assert told["geo"]["@type"] == "GeoCoordinates" and told["telephone"] == "0532 8888 0001"
    assert "alternateName" not in told or told["alternateName"]


def test_errors_are_pages_for_people_and_problems_for_programs(
    client: FlaskClient, app: Flask, database: Database
) -> None:
    for path, status in (
        ("/ogc/collections/nothing", 404),
        (f"{STATIONS}/items?nothing=1", 400),
        (f"{STATIONS}/items/nothing", 404),
        ("/ogc/conformance?f=pdf", 400),
    ):
        page = client.get(path, headers=BROWSER if "f=" not in path else {})
        assert page.status_code == status
        assert page.mimetype == ("text/html" if "f=" not in path else "application/problem+json")
        problem_of(client.get(path), status)
    hidden = "/ogc/collections/proposals/items"
    assert "/sign-in" in client.get(hidden, headers=BROWSER).text
    problem_of(client.get(hidden), 401)
    planner = client_of(app, database, Role.PLANNER)
    assert planner.get(hidden, headers=BROWSER).status_code == 200


def test_what_search_engines_may_read(
    client: FlaskClient, database: Database, settings: Settings
) -> None:
    """Pages of real stations in service, by the address that people know; no samples."""
    with database.session() as session:
        session.execute(text("update facility set is_sample = code = 'T-1', code = code || '&甲'"))
    told = client.get("/robots.txt").text
    assert "Allow: /stations/\n" in told and told.count("Disallow: /\n") == 1
    assert "Allow: /$\nAllow: /?place=\n" in told
    assert 'content="noindex"' in client.get("/").text  # as long as there are samples
    assert "Sitemap: http://localhost/sitemap.xml" in told
    assert "http://localhost/sitemap-1.xml" in client.get("/sitemap.xml").text
    part = client.get("/sitemap-1.xml")
    # Shared caches keep one of each for all.
    for path in ("/robots.txt", "/sitemap.xml", "/sitemap-1.xml"):
        assert "Cookie" not in client.get(path).headers.get("Vary", "")
    found = ElementTree.fromstring(part.data).iterfind("{*}url/{*}loc")
    paths = [one.text for one in found]
    assert paths == [f"http://localhost/stations/T-{number}&%E7%94%B2" for number in (2, 3, 4, 6)]
    assert client.get(paths[0] or "").status_code == 200
    with database.session() as session:
        session.execute(text("update facility set is_sample = false"))
    real = make_app(settings, database).test_client()
    assert "noindex" not in real.get("/").text + real.get("/?place=370203").text
    assert client.get("/sitemap-2.xml").status_code == 404
    assert client.get("/sitemap-0.xml").status_code == 404
    shut = make_app(settings.model_copy(update={"robots": "none"}), database).test_client()
    assert shut.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
    assert shut.get("/sitemap.xml").status_code == 404


def test_the_pages_on_a_phone_and_a_desk(visit: Visit, site: Site) -> None:
    for size in ("phone", "desktop"):
        page = visit(site, STATIONS, size=size)
        frame = page.frame_locator("iframe")
        expect(frame.locator(".folium-map")).to_be_visible()
        assert fits(page)
        assert serious_violations(page) == []
        page.goto(f"{site.url}{STATIONS}/items")
        expect(page.get_by_role("table")).to_be_visible()
        assert fits(page)
        assert serious_violations(page) == []
