"""``/api/v1/change-sets``, a facility's history, undo, and what became of old codes."""

import json
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.cli import main
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.store.engine import Database
from tests.web.api_client import client_of, make_app, problem_of

FACILITIES = "/api/v1/facilities"
SETS = "/api/v1/change-sets"
ANY = {"If-Match": "*"}


@pytest.fixture
def app(town_template: str, database: Database, settings: Settings) -> Flask:
    return make_app(settings, database)


@pytest.fixture
def steward(app: Flask, database: Database) -> FlaskClient:
    return client_of(app, database, Role.STEWARD)


def patch(client: FlaskClient, code: str, **properties: Any) -> None:
    answer = client.patch(f"{FACILITIES}/{code}", json={"properties": properties}, headers=ANY)
    assert answer.status_code == 200, answer.get_data(as_text=True)


def told(client: FlaskClient, address: str) -> list[dict[str, Any]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: list[dict[str, Any]] = answer.get_json()["change_sets"]
    return found


def test_a_facilitys_story_is_told_and_taken_back(steward: FlaskClient) -> None:
    patch(steward, "T-1", opening_hours="8:00-18:00")
    moved = {"properties": {"lon": 120.35, "lat": 36.0728}, "reason": "实地核对"}
    assert steward.patch(f"{FACILITIES}/T-1", json=moved, headers=ANY).status_code == 200
    for wrong in ("长" * 501, 1, "\x00"):
        refused = steward.patch(f"{FACILITIES}/T-1", json=moved | {"reason": wrong}, headers=ANY)
        assert problem_of(refused, 422)["parameter"] == "reason"
    newest, older, first = told(steward, f"{FACILITIES}/T-1/history")
    assert newest["id"] > older["id"] > first["id"]
    assert (newest["actor"], newest["role"], newest["via"]) == ("a-steward", "steward", "api")
    assert newest["counts"]["updated"] == 1
    assert (newest["reason"], older["reason"]) == ("实地核对", None)
    assert [one["text"] for one in newest["changes"]] == ["移动了 311 米"]
    assert any(one["text"].startswith("改了开放时间：24/7 → ") for one in older["changes"]), older[
        "changes"
    ]
    assert [one["text"] for one in first["changes"]] == ["新增 1 处站点“示例·T-1”"]
    undone = steward.post(f"{SETS}/{newest['id']}/undo", json={"reason": "点错了"})
    assert undone.status_code == 200
    assert undone.get_json()["changed"] == 1
    last = told(steward, f"{FACILITIES}/T-1/history?limit=1")[0]
    assert (last["undoes"], last["reason"]) == (newest["id"], "点错了")
    assert steward.get(f"{FACILITIES}/T-1").get_json()["geometry"]["coordinates"] == [120.35, 36.07]
    problem_of(steward.post(f"{SETS}/{newest['id']}/undo"), 409)
    problem_of(steward.post(f"{SETS}/{newest['id']}/undo", data="no JSON"), 422)


def test_conflicts_are_listed_and_settled(steward: FlaskClient) -> None:
    patch(steward, "T-1", phone="110")
    first = told(steward, f"{FACILITIES}/T-1/history?limit=1")[0]["id"]
    patch(steward, "T-1", phone="119")
    refused = problem_of(steward.post(f"{SETS}/{first}/undo", json={}), 409)
    (conflict,) = refused["conflicts"]
    assert (conflict["before"], conflict["after"], conflict["current"]) == (None, "110", "119")
    for wrong in ("x", {conflict["id"]: "x"}):
        errors = problem_of(steward.post(f"{SETS}/{first}/undo", json={"keep": wrong}), 422)
        assert {one["parameter"] for one in errors["errors"]} <= {"keep", f"keep.{conflict['id']}"}
        assert errors["parameter"] == "keep"
    settled = steward.post(f"{SETS}/{first}/undo", json={"keep": {conflict["id"]: "before"}})
    assert settled.status_code == 200
    assert steward.get(f"{FACILITIES}/T-1").get_json()["properties"]["phone"] is None


def test_a_deleted_facility_is_gone_and_comes_back(
    app: Flask, database: Database, steward: FlaskClient
) -> None:
    anybody = client_of(app, database)
    before = steward.get(f"{FACILITIES}/T-2").get_json()
    assert steward.delete(f"{FACILITIES}/T-2?reason=重复", headers=ANY).status_code == 204
    gone = problem_of(steward.get(f"{FACILITIES}/T-2"), 410)
    assert "a-steward" in gone["detail"]
    problem_of(anybody.get(f"{FACILITIES}/T-2"), 404)
    assert "T-2" not in anybody.get(FACILITIES).get_data(as_text=True)
    deleted = told(steward, f"{FACILITIES}/T-2/history")[0]
    assert (deleted["counts"]["deleted"], deleted["reason"]) == (1, "重复")
    assert steward.post(f"{SETS}/{deleted['id']}/undo", json={}).status_code == 200
    after = steward.get(f"{FACILITIES}/T-2").get_json()
    for one in (before, after):
        for name in ("rev", "updated_at"):
            del one["properties"][name]
    assert after == before


def test_an_old_code_leads_to_the_new_one(
    app: Flask, database: Database, steward: FlaskClient
) -> None:
    with database.session() as session:
        session.execute(text("update facility set code = 'X-1' where code = 'T-1'"))
    moved = client_of(app, database).get(f"{FACILITIES}/T-1?datum=gcj02")
    assert moved.status_code == 308
    assert moved.headers["Location"].endswith("/facilities/X-1?datum=gcj02")
    assert told(steward, f"{FACILITIES}/T-1/history") == told(steward, f"{FACILITIES}/X-1/history")


def test_sets_are_listed_by_day_region_and_person(steward: FlaskClient, database: Database) -> None:
    patch(steward, "T-1", phone="110")
    newest = told(steward, SETS)[0]
    assert newest["summary"] == "修改 1 处站点"
    assert newest["summary_en"] == "changed 1 facility"
    assert told(steward, f"{SETS}?since=2999-01-01") == []
    assert told(steward, f"{SETS}?region=370200&actor=a-steward")[0] == newest
    assert told(steward, f"{SETS}?actor=nobody") == []
    problem_of(steward.get(f"{SETS}?since=yesterday"), 422, "since")
    problem_of(steward.get(f"{SETS}?region=999999"), 422, "region")
    page = steward.get(f"{SETS}?limit=1").get_json()
    older = told(steward, f"{SETS}?limit=1&cursor={page['cursor']}")[0]
    assert older["id"] < newest["id"]
    problem_of(steward.get(f"{SETS}/999999"), 404)
    problem_of(steward.get(f"{FACILITIES}/NOWHERE/history"), 404)


def test_rights_are_an_administrators_to_take_back(
    app: Flask, database: Database, steward: FlaskClient
) -> None:
    planner = client_of(app, database, Role.PLANNER)
    problem_of(planner.get(SETS), 403)
    problem_of(planner.post(f"{SETS}/1/undo", json={}), 403)
    problem_of(client_of(app, database).get(SETS), 401)
    added = next(one["id"] for one in told(steward, SETS) if "个用户" in one["summary"])
    problem_of(steward.post(f"{SETS}/{added}/undo", json={}), 403)


def test_what_holds_for_all_is_an_administrators_to_take_back(
    app: Flask, database: Database, steward: FlaskClient
) -> None:
    for change in (
        "update kind set name_zh = name_zh || '改' where code = 'care_post'",
        "update region set population = 7 where code = '370203'",
    ):
        with database.session() as session:
            session.execute(text(change))
        newest = told(steward, f"{SETS}?limit=1")[0]["id"]
        problem_of(steward.post(f"{SETS}/{newest}/undo", json={}), 403)
    admin = client_of(app, database, Role.ADMIN)
    assert admin.post(f"{SETS}/{newest}/undo", json={}).status_code == 200


def test_a_place_that_moves_is_as_far_off_as_nobody_knows(
    database: Database, steward: FlaskClient
) -> None:
    with database.session() as session:
        session.execute(text("update facility set position_accuracy_m = 1680 where code = 'T-1'"))
    patch(steward, "T-1", phone="110")
    assert accuracy(steward) == 1680
    patch(steward, "T-1", lon=120.35, lat=36.0728)
    assert accuracy(steward) is None


def accuracy(client: FlaskClient) -> Any:
    return client.get(f"{FACILITIES}/T-1").get_json()["properties"]["position_accuracy_m"]


def test_the_command_tells_and_takes_back_the_same(
    database: Database, settings: Settings, steward: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    patch(steward, "T-1", phone="110")
    monkeypatch.setenv("DATABASE_URL", database.url)
    monkeypatch.setenv("GEOAPP_DATA", str(settings.data))
    runner = CliRunner()
    listed = json.loads(runner.invoke(main, ["history", "T-1", "--json"]).output)
    assert listed["change_sets"] == told(steward, f"{FACILITIES}/T-1/history")
    shown = runner.invoke(main, ["history", "T-1", "--limit", "1"])
    assert "a-steward（数据管理员）（接口）改了电话：未知 → 110" in shown.output
    number = str(listed["change_sets"][0]["id"])
    done = runner.invoke(main, ["undo", number, "--json"])
    assert json.loads(done.output)["changed"] == 1
    newest = told(steward, f"{FACILITIES}/T-1/history")[0]
    assert newest["via"] == "cli"
    again = runner.invoke(main, ["undo", number])
    assert again.exit_code == 2
    assert "taken back by" in again.output
