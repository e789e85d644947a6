"""Duplicates in the steward's browser: decided on, merged, stale pages told, without a script too."""

import html
import re

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.store.engine import Database
from tests.web.api_client import client_of, make_app
from tests.web.conftest import Site, Visit, fits, serious_violations, sign_in

LIST, PAIR = "/steward/duplicates", "/steward/duplicates/pair"
ALIKE = (
    "update facility set name_zh = '台东驿站', phone = case code when 'T-1' then '110' end "
    "where code in ('T-1', 'T-2')"
)


@pytest.fixture
def client(town_template: str, database: Database, settings: Settings) -> FlaskClient:
    run(database, ALIKE)
    return client_of(make_app(settings, database), database, Role.STEWARD)


def run(database: Database, statement: str) -> None:
    with database.session() as session:
        session.execute(text(statement))


def codes(database: Database) -> list[str]:
    with database.session() as session:
        return list(session.scalars(text("select code from facility order by code")))


def fields(page: str) -> dict[str, str]:
    """Return the fields of the form that merges, as a browser would send them."""
    [form] = re.findall(r'<form class="card stack" method="post".*?</form>', page, re.S)
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    chosen = re.findall(r'name="(take-[^"]+)" value="([^"]+)" checked', form)
    return {name: html.unescape(value) for name, value in (*hidden, *chosen)}


def test_a_stale_page_is_told_and_keeps_what_was_chosen(
    client: FlaskClient, database: Database
) -> None:
    page = client.get(PAIR, query_string={"survivor": "T-1", "other": "T-2"})
    sent = fields(page.get_data(as_text=True))
    assert (sent["take-phone"], sent["take-entry"]) == ("survivor", "survivor")
    sent["take-entry"] = "other"
    run(database, "update facility set address = '新地址' where code = 'T-2'")
    refused = client.post(PAIR, data=sent)
    shown = refused.get_data(as_text=True)
    assert refused.status_code == 409
    assert "T-2 已被他人修改" in shown
    assert "新地址" in shown
    assert {"T-1", "T-2"} <= set(codes(database))
    again = fields(shown)
    assert again["take-entry"] == "other"
    done = client.post(PAIR, data=again)
    assert done.status_code == 302
    assert "T-2" not in codes(database)
    # The old code leads to the record that stays; the notice leads to what can be taken back.
    old = client.get("/steward/facilities/T-2")
    assert (old.status_code, old.headers["Location"]) == (302, "/steward/facilities/T-1")
    assert "/steward/history/" in client.get(done.headers["Location"]).get_data(as_text=True)
    # Two that stand far apart are one only once somebody says so.
    page = client.get(PAIR, query_string={"survivor": "T-1", "other": "T-4"}).text
    assert 'name="far"' not in page
    asked = client.post(PAIR, data=fields(page))
    assert (asked.status_code, "相距 858 米" in asked.text) == (409, True)
    assert 'name="far" value="1" required' in asked.text
    assert client.post(PAIR, data=fields(asked.text) | {"far": "1"}).status_code == 302


def test_what_is_not_a_pair_is_said(client: FlaskClient) -> None:
    assert client.get(PAIR).status_code == 422
    assert client.get(PAIR, query_string={"survivor": "T-1", "other": "X"}).status_code == 404
    assert (
        client.post(LIST, data={"first": "T-1", "second": "T-1", "verdict": "open"}).status_code
        == 422
    )
    assert client.get(f"{LIST}?region=370203&state=later").status_code == 200
    assert client.get(f"{LIST}?state=never").status_code == 422


def test_a_steward_decides_takes_it_back_and_merges(site: Site, visit: Visit) -> None:
    run(site.database, ALIKE)
    page = visit(site, "/sign-in")
    sign_in(site, page, Role.STEWARD)
    page.goto(site.url + LIST)
    expect(page.locator("#pairs > li")).to_have_count(1)
    assert serious_violations(page) == []
    page.get_by_role("button", name="不是同一处").click()
    expect(page.get_by_role("status")).to_contain_text("已记住")
    expect(page.locator("#pairs > li")).to_have_count(0)
    page.goto(f"{site.url}{LIST}?state=different")
    page.get_by_role("button", name="收回判断").click()
    page.goto(site.url + LIST)
    page.get_by_role("link", name="并排比较").click()
    expect(page.locator("#map")).to_have_attribute("data-drawn", "2")
    assert serious_violations(page) == []
    # On a phone both values of a field are in sight, and nothing has to be pushed aside.
    for width in (320, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert fits(page), width
        box = page.locator("#choices").locator("..")
        assert box.evaluate("box => box.scrollWidth <= box.clientWidth"), width
        for choice in page.locator("#choices input").all():
            place = choice.bounding_box()
            assert place is not None and 0 < place["x"] < width - place["width"], width
    assert serious_violations(page) == []
    page.get_by_role("button", name="合并，留下").click()
    expect(page.get_by_role("status")).to_contain_text("T-2 → T-1")
    assert "T-2" not in codes(site.database)
