"""A steward's list: words and conditions, map and table in step, and export of what is listed."""

import csv
import io
import re

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.store.engine import Database
from tests.web.api_client import client_of, make_app
from tests.web.conftest import Site, Visit, serious_violations, sign_in


@pytest.fixture
def client(town_template: str, database: Database, settings: Settings) -> FlaskClient:
    return client_of(make_app(settings, database), database, Role.STEWARD)


def test_the_list_and_the_file_hold_the_same(
    client: FlaskClient, subtests: pytest.Subtests
) -> None:
    for query, codes in [
        ("", ["T-1", "T-2", "T-3", "T-4", "T-5", "T-6"]),
        ("q=shili", ["T-1", "T-2", "T-3", "T-4", "T-5", "T-6"]),
        ("q=T-2", ["T-2"]),
        ("status=closed", ["T-5"]),
        ("family=station&status=open", ["T-1", "T-2"]),
        ("kind=worker_home", ["T-3"]),
        ("lack=hours", ["T-3"]),
        ("region=370200&lack=entry", ["T-3"]),
        ("q=T&lack=region", []),
        ("after=T-4&q=&region=", ["T-5", "T-6"]),
    ]:
        with subtests.test(query=query, codes=codes):
            page = client.get(f"/steward/facilities?{query}").get_data(as_text=True)
            assert [
                code
                for code in ("T-1", "T-2", "T-3", "T-4", "T-5", "T-6")
                if f'<td class="whole">{code}</td>' in page
            ] == codes
            if "after" not in query:
                file = client.get(f"/steward/facilities.csv?{query}")
                assert "attachment" in file.headers["Content-Disposition"]
                rows = list(
                    csv.DictReader(io.StringIO(file.get_data(as_text=True).lstrip("\ufeff")))
                )
                assert [row["编号"] for row in rows] == codes


def test_numbers_of_districts_lead_to_their_lists(client: FlaskClient) -> None:
    page = client.get("/steward").get_data(as_text=True)
    [linked] = re.findall(r'href="(/steward/facilities\?region=370203&amp;lack=hours)">1</a>', page)
    listed = client.get(linked.replace("&amp;", "&")).get_data(as_text=True)
    assert "1 处设施" in listed and '<td class="whole">T-3</td>' in listed
    old = client.get("/steward/facilities?lack=verified&days=90").get_data(as_text=True)
    assert 'name="days" type="number" min="1" max="36500" value="90"' in old
    assert "/steward/facilities.csv?lack=verified&amp;days=90" in old


def test_what_is_not_accepted_is_said(client: FlaskClient, subtests: pytest.Subtests) -> None:
    for query in [
        "days=0",
        "days=many",
        "status=lost",
        "kind=palace",
        "region=999999",
        "lack=colour",
        "q=" + "a" * 101,
    ]:
        with subtests.test(query=query):
            assert client.get(f"/steward/facilities?{query}").status_code == 422
            assert client.get(f"/steward/facilities.xlsx?{query}").status_code == 422


def test_only_known_formats_are_answered(client: FlaskClient) -> None:
    for suffix in ("xlsx", "geojson", "gpkg"):
        assert client.get(f"/steward/facilities.{suffix}").status_code == 200
    assert client.get("/steward/facilities.exe").status_code == 404


def test_map_and_table_move_together(site: Site, visit: Visit) -> None:
    """Found by pinyin; a row chosen is a mark chosen, and a mark leads to its row."""
    page = visit(site, "/sign-in", size="desktop")
    sign_in(site, page, Role.STEWARD)
    page.goto(site.url + "/steward/facilities")
    expect(page.locator("#map")).to_have_attribute("data-drawn", "6")
    page.fill("#q", "mingzi")
    page.press("#q", "Enter")
    expect(page.locator("#found")).to_have_text("1 处设施")
    expect(page.locator("#map")).to_have_attribute("data-drawn", "1")
    page.locator("#map .leaflet-interactive").first.click()
    expect(page.locator("#facilities tr.chosen")).to_contain_text("T-2")
    assert serious_violations(page) == []
    page.locator("#facilities tbody a").click()
    expect(page.locator("#name_zh")).to_have_value(
        "名字特别特别长的工会户外劳动者综合服务站点暨新就业形态劳动者暖心驿站（重庆南路店）"
    )


def test_what_cannot_be_found_yet_is_said_and_no_file_leaves_it_out(
    client: FlaskClient, database: Database
) -> None:
    with database.session() as session:
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, geom) "
                "select 'N' || n, 'outdoor_station', '新站' || n, "
                "st_setsrid(st_makepoint(120.35, 36.07), 4326) from generate_series(1, 450) n"
            )
        )
    assert "处刚改动的设施" in client.get("/steward/facilities?q=xinzhan").get_data(as_text=True)
    assert client.get("/steward/facilities.csv?q=xinzhan").status_code == 503
    file = client.get("/steward/facilities.csv?q=xinzhan").get_data(as_text=True)
    assert file.count("新站") == 450
    assert "处刚改动" not in client.get("/steward/facilities?q=xinzhan").get_data(as_text=True)
