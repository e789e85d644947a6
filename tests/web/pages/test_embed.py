"""Maps in other sites' frames, and feeds of what is new."""

from datetime import date
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect
from pydantic import ValidationError
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.facilities import news
from geoapp.store.engine import Database
from tests.web.api_client import client_of, make_app, problem_of
from tests.web.conftest import serve

PORTAL = "https://portal.example.org"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def town(shown_town_template: str, database: Database) -> Database:
    return database


@pytest.fixture
def offered(settings: Settings) -> Settings:
    return settings.model_copy(update={"embed_ancestors": f"{PORTAL} https://*.example.gov.cn"})


@pytest.fixture
def app(town: Database, offered: Settings) -> Flask:
    return make_app(offered, town)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_only_named_sites_may_frame_it(
    client: FlaskClient, app: Flask, town: Database, settings: Settings
) -> None:
    page = client.get("/embed?lang=en")
    policy = page.headers["Content-Security-Policy"]
    assert f"frame-ancestors {PORTAL} https://*.example.gov.cn" in policy
    assert "unsafe" not in policy.split("style-src")[0]
    assert "X-Frame-Options" not in page.headers
    assert "Set-Cookie" not in page.headers
    assert "X-Frame-Options" in client.get("/maps/stations.html").headers
    # The same for whoever is signed in: what everybody sees, and no name.
    planner = client_of(app, town, Role.PLANNER)
    assert planner.get("/embed?layers=proposals").status_code == 403
    assert "Set-Cookie" not in planner.get("/embed?layers=stations").headers
    assert client.get("/embed?layers=nothing").status_code == 404
    assert client.get("/embed?layers=").status_code == 422
    assert client.get("/embed?run=1").status_code == 422
    shut = make_app(settings, town).test_client()
    assert shut.get("/embed").status_code == 404
    assert "/embed" not in shut.get("/maps/stations.html").text


def test_what_to_copy_stands_on_public_maps(
    client: FlaskClient, app: Flask, town: Database
) -> None:
    address = "http://localhost/embed?layers=stations,bases&amp;lang=zh"
    for path in ("/maps/stations,bases.html",):
        page = client.get(path).text.replace("%2C", ",").replace("&amp;amp;", "&amp;")
        assert f"&lt;iframe src=&quot;{address}" in page
    assert "&lt;iframe" in client.get("/ogc/collections/stations?f=html").text
    assert "&lt;iframe" not in client.get("/maps/stations.html?download=1").text
    planner = client_of(app, town, Role.PLANNER)
    assert "&lt;iframe" not in planner.get("/maps/proposals.html").text


def test_sites_that_are_none_are_refused() -> None:
    for value in ("*", "portal.example.org", "https://a.example; script-src *", "'self'"):
        with pytest.raises(ValidationError):
            Settings(embed_ancestors=value)


def test_it_stands_in_a_portals_page(browser: Browser, town: Database, settings: Settings) -> None:
    def portal(environ: dict, start_response: object) -> list[bytes]:  # type: ignore[type-arg]
        start_response("200 OK", [("Content-Type", "text/html")])  # type: ignore[operator]
        return [f"<title>p</title><iframe src='{inner[0]}/embed' width=600 height=500>".encode()]

    inner: list[str] = []
    for portal_url in serve(portal):
        for allowed in (portal_url, PORTAL):
            own = make_app(settings.model_copy(update={"embed_ancestors": allowed}), town)
            for url in serve(own):
                inner[:] = [url]
                context = browser.new_context()
                page = context.new_page()
                page.goto(portal_url)
                frame = page.frame_locator("iframe").locator(".folium-map")
                expect(frame).to_have_count(1 if allowed == portal_url else 0)
                assert context.cookies() == []
                context.close()


def test_feeds_tell_what_is_public(client: FlaskClient, town: Database) -> None:
    """Known days alone, no proposals, no names of persons, sample said; regions with those below."""
    with town.session() as session:
        session.execute(
            text(
                """
                update facility set opened_on = date_trunc('month', current_date), opened_basis = 'month'
                    where code = 'T-2';
                update facility set status = 'proposed', opened_on = current_date + 9,
                    opened_basis = 'known' where code = 'T-3';
                update facility set closed_on = current_date + 40, closed_basis = 'known',
                    is_sample = true where code = 'T-4';
                update facility set opened_on = current_date - 900, opened_basis = 'known'
                    where code = 'T-6';
                """
            )
        )
    with town.session() as session:  # later, as the record's own clock says
        session.execute(
            text(
                "update facility set opened_on = current_date - 3, opened_basis = 'known', "
                "is_sample = false, name_zh = '甲 & <乙>' where code = 'T-1'"
            )
        )
    feed = ElementTree.fromstring(client.get("/feeds/changes.atom?lang=zh").data)
    entries = feed.findall(f"{ATOM}entry")
    titles = [one.findtext(f"{ATOM}title") for one in entries]
    assert titles[0] == "甲 & <乙>" and len(titles) == 5
    assert any((title or "").endswith("（示例）") for title in titles)
    assert entries[0].findtext(f"{ATOM}id") == "http://localhost/stations/T-1"
    for element in (feed, *entries):
        assert element.findtext(f"{ATOM}updated")
    calendar = client.get("/feeds/openings.ics?lang=zh")
    assert calendar.mimetype == "text/calendar"
    told = calendar.text.replace("\r\n ", "")
    assert [line for line in told.split("\r\n") if line.startswith("UID")] == [
        "UID:T-1-open@geoapp",
        "UID:T-4-close@geoapp",
    ]
    assert "SUMMARY:启用：甲 & <乙>" in told
    assert "NAME:户外劳动者服务站点：启用和停用" in told
    # Where it is, a page that tells more, and nobody's day taken up.
    assert "LOCATION:青岛市市北区示例路 1 号\r\nURL:http://localhost/stations/T-1" in told
    assert told.count("TRANSP:TRANSPARENT") == told.count("BEGIN:VEVENT") == 2
    assert "demo" not in told
    assert told.count("BEGIN:VTIMEZONE") == 1 and "TZID:Asia/Shanghai" in told
    tag = client.get("/feeds/changes.atom").headers["ETag"]
    again = client.get("/feeds/changes.atom", headers={"If-None-Match": tag})
    assert again.status_code == 304
    [code] = {one.status_code for one in map(client.get, ("/feeds/changes.atom?region=370203",))}
    assert code == 200
    problem_of(client.get("/feeds/changes.atom?region=nowhere"), 422, "region")
    problem_of(client.get("/feeds/openings.ics?days=3"), 422, "days")
    known = news.openings_and_closings(town, date.today(), None)
    assert [one.opens for one in known] == [True, False]
