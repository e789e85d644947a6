"""Telling what was found at a place: plain forms that a page answers, and in place on the finder."""

import re

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.store.engine import Database
from tests.web.api_client import client_of, make_app
from tests.web.conftest import Site, Visit, serious_violations


@pytest.fixture
def client(
    town_template: str, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> FlaskClient:
    # What was just sent is asked for at once, and not within a quarter of a second.
    monkeypatch.setattr("geoapp.operations.nearest.snapshot.CHECK_SECONDS", 0.0)
    return client_of(make_app(settings, database, csrf=True), database)


def kept(database: Database, query: str) -> list[tuple[object, ...]]:
    with database.session() as session:
        return [tuple(row) for row in session.execute(text(query))]


def key_in(page: str) -> str:
    """Return the key of a page's first form."""
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_form_without_scripts_is_answered_by_a_page(
    client: FlaskClient, database: Database
) -> None:
    page = client.get("/stations/T-1")
    assert "Set-Cookie" not in page.headers  # pages for workers name nobody
    sent = {"key": key_in(page.get_data(as_text=True)), "kind": "shut"}
    for again in ("", "已经记过，只算一次"):
        told = client.post("/stations/T-1/report", data=sent)
        assert told.status_code == 200
        assert "在这里，但关着门" in told.get_data(as_text=True)
        assert again in told.get_data(as_text=True)
    # Another button of the same form says something else.
    client.post("/stations/T-1/report", data=sent | {"kind": "moved"})
    rating = {"key": sent["key"], "stars": "2", "missing": "microwave", "note": " 没有热水 "}
    assert client.post("/stations/T-1/report", data=rating).status_code == 200
    client.post(
        "/stations/T-1/report",
        data={"key": "another-key-of-it", "kind": "shut"},
        environ_overrides={"REMOTE_ADDR": "198.51.100.1"},
    )
    assert kept(database, "select kind, rated, missing, note from worker_report order by id") == [
        ("shut", False, None, None),
        ("moved", False, None, None),
        (None, True, "microwave", "没有热水"),
        ("shut", False, None, None),
    ]
    assert "工人反映关着门（2 人" in client.get("/stations/T-1").get_data(as_text=True)
    for wrong in ({"kind": "suggest"}, {"kind": "x"}, {"stars": "9"}, {}):
        given = {"key": sent["key"]} | wrong
        assert client.post("/stations/T-1/report", data=given).status_code == 422, wrong
    elsewhere = client.post(
        "/stations/T-1/report", data=sent, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert elsewhere.status_code == 403


def test_without_scripts_no_words_name_a_button_that_needs_them(client: FlaskClient) -> None:
    """What holds such a button is hidden without scripts, and so must be what is said of it."""
    suggest = client.get("/suggest?lang=zh").get_data(as_text=True)
    here = re.search(r'<div class="field" id="here" hidden.*?</div>', suggest, re.DOTALL)
    assert here is not None
    assert suggest.count("我就在这里") == here[0].count("我就在这里") == 2
    finder = client.get("/?lang=zh").get_data(as_text=True)
    spoken = re.findall(r'<span class="([^"]*)">点“我的位置”', finder)
    assert spoken == ["needs-script"]
    assert '<span class="plain-only">选一个区域，再按“查找”。' in finder


def test_a_place_is_suggested(client: FlaskClient, database: Database) -> None:
    sent = {"key": key_in(client.get("/suggest").get_data(as_text=True)), "name": "东门岗亭"}
    assert client.post("/suggest", data=sent).status_code == 422
    sent |= {"where": "东门内", "region": "370203", "lon": "", "lat": ""}
    assert "已收到" in client.post("/suggest", data=sent).get_data(as_text=True)
    assert kept(database, "select place_name, place_words, region_code from worker_report") == [
        ("东门岗亭", "东门内", "370203")
    ]


def test_one_tap_on_a_card_keeps_the_list(site: Site, visit: Visit) -> None:
    page = visit(site)
    card = page.locator("#results .found").first
    card.locator(".found-pick").click()
    card.locator(".facts > summary").click()
    button = card.locator(".tell button", has_text="关着门")
    size = button.bounding_box()
    assert size is not None
    assert size["height"] >= 44
    button.click()
    expect(card.locator(".tell [role=status]")).to_have_text("已收到，谢谢。")
    assert kept(site.database, "select kind from worker_report") == [("shut",)]
    page.goto(site.url + "/stations/T-1")
    assert serious_violations(page) == []
