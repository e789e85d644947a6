"""What changed, told in the browser, and taken back there."""

import re

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.store.engine import Database
from tests.web.api_client import client_of, make_app
from tests.web.conftest import Site, Visit, fits, serious_violations, sign_in


@pytest.fixture
def client(town_template: str, database: Database, settings: Settings) -> FlaskClient:
    return client_of(make_app(settings, database), database, Role.STEWARD)


def _phone(client: FlaskClient, phone: str) -> None:
    answer = client.patch(
        "/api/v1/facilities/T-1", json={"properties": {"phone": phone}}, headers={"If-Match": "*"}
    )
    assert answer.status_code == 200


def _newest(client: FlaskClient) -> int:
    page = client.get("/steward/history").get_data(as_text=True)
    return max(int(number) for number in re.findall(r"/steward/history/(\d+)", page))


def test_an_edit_is_told_and_taken_back(client: FlaskClient) -> None:
    _phone(client, "111")
    number = _newest(client)
    for address in ("/steward/facilities/T-1/history", f"/steward/history/{number}"):
        page = client.get(address).get_data(as_text=True)
        assert "a-steward（" in page
        assert "改了电话：未知 → 111" in page
    done = client.post(f"/steward/history/{number}/undo", data={"reason": " 号码有误 "})
    assert done.status_code == 302
    assert "原因：号码有误" in client.get(done.headers["Location"]).text
    assert client.get("/api/v1/facilities/T-1").get_json(force=True)["properties"]["phone"] is None
    # Kinds and regions are told by their names.
    sorted_as = {"kind": "sanitation_post", "region": "370200", "position_basis": "region_only"}
    changed = client.patch(
        "/api/v1/facilities/T-1", json={"properties": sorted_as}, headers={"If-Match": "*"}
    )
    assert changed.status_code == 200
    told = client.get("/steward/facilities/T-1/history?lang=zh").get_data(as_text=True)
    assert "→ 环卫驿站" in told
    assert "改了区域：市北区 370203 → 青岛市 370200" in told
    # Once more there is nothing to take back, and the page says so.
    again = client.post(f"/steward/history/{number}/undo")
    assert again.status_code == 409
    assert 'role="alert"' in again.get_data(as_text=True)
    # What only an administrator may take back is not offered; the first set of a store holds that.
    reserved = client.get("/steward/history/2").get_data(as_text=True)
    assert "只有系统管理员可以撤销这组变更" in reserved
    assert "/steward/history/2/undo" not in reserved


@pytest.mark.parametrize(("keep", "left"), [("current", "222"), ("before", None)])
def test_what_was_changed_since_is_shown_and_settled(
    client: FlaskClient, keep: str, left: str | None
) -> None:
    _phone(client, "111")
    number = _newest(client)
    _phone(client, "222")
    refused = client.post(f"/steward/history/{number}/undo", data={"reason": "点错了"})
    assert refused.status_code == 409
    assert 'value="点错了"' in refused.text  # it is not to be typed again
    assert "站点 T-1 的电话：原来是未知，现在是222" in refused.get_data(as_text=True)
    settled = client.post(f"/steward/history/{number}/undo", data={"keep": keep})
    assert settled.status_code in (302, 409)  # keeping all of it leaves nothing to take back
    stored = client.get("/api/v1/facilities/T-1").get_json(force=True)["properties"]["phone"]
    assert stored == left


def test_what_was_kept_is_taken_back_later(client: FlaskClient) -> None:
    properties = {"phone": "111", "host": "银行"}
    answer = client.patch(
        "/api/v1/facilities/T-1", json={"properties": properties}, headers={"If-Match": "*"}
    )
    assert answer.status_code == 200
    number = _newest(client)
    _phone(client, "222")
    address = f"/steward/history/{number}"
    assert client.post(f"{address}/undo", data={"keep": "current"}).status_code == 302
    document = client.get(f"/api/v1/change-sets/{number}").get_json()
    assert (document["undone_in_part"], len(document["undone_by"])) == (True, 1)
    page = client.get(address).text
    assert "已撤销一部分" in page
    assert "撤销其余的" in page
    assert "1 处没有撤销" in client.get(f"/steward/history/{_newest(client)}").text
    assert "已撤销一部分" in client.get("/steward/history").text
    assert client.post(f"{address}/undo", data={"keep": "before"}).status_code == 302
    page = client.get(address).text
    assert ("已撤销一部分" in page, "撤销其余的" in page, "已被撤销" in page) == (
        False,
        False,
        True,
    )
    stored = client.get("/api/v1/facilities/T-1").get_json(force=True)["properties"]
    assert (stored["phone"], stored["host"]) == (None, None)


def test_questions_are_answered_or_refused(client: FlaskClient, subtests: pytest.Subtests) -> None:
    for address, status in [
        ("/steward/history?since=soon", 422),
        ("/steward/history?region=999999", 422),
        ("/steward/history?before=0", 422),
        ("/steward/history?since=2026-01-01&region=370203&actor=nobody", 200),
        ("/steward/history/999999", 404),
        ("/steward/facilities/NONE/history", 404),
        ("/steward/facilities/T-1/history?before=x", 422),
    ]:
        with subtests.test(address=address, status=status):
            assert client.get(address).status_code == status


def test_a_wrong_way_to_settle_is_refused(client: FlaskClient) -> None:
    _phone(client, "111")
    answer = client.post(f"/steward/history/{_newest(client)}/undo", data={"keep": "mine"})
    assert answer.status_code == 422


def test_a_story_is_read_and_taken_back_on_a_phone(site: Site, visit: Visit) -> None:
    """From the record to its story, to one change, and back to how it was."""
    page = visit(site, "/sign-in")
    sign_in(site, page, Role.STEWARD)
    page.goto(site.url + "/steward/facilities/T-1")
    page.fill("#host", "银行")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="变更记录").click()
    expect(page.locator(".story li").first).to_contain_text("改了依托单位：未知 → 银行")
    assert fits(page)
    assert serious_violations(page) == []
    page.locator(".story a").first.click()
    page.get_by_role("button", name="撤销这组变更").click()
    expect(page.locator("#did + p")).to_contain_text("撤销了")
    assert serious_violations(page) == []
    page.goto(site.url + "/steward/facilities/T-1")
    expect(page.locator("#host")).to_have_value("")
