"""Duplicates through the API, in one's regions and outside; and on the command line."""

import json

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text

from geoapp.cli import main
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.users import save_user
from geoapp.store.engine import Database
from tests.web.api_client import PASSWORD, client_of, make_app, problem_of


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


@pytest.fixture
def app(town: Database, settings: Settings) -> Flask:
    return make_app(settings, town)


MERGE = "/api/v1/facilities/T-1/merge"
STATIONS = "update facility set name_zh = '台东驿站' where code in ('T-1', 'T-2')"


def test_pairs_are_listed_decided_and_merged(app: Flask, town: Database) -> None:
    with town.session() as session:
        session.execute(text(STATIONS))
    steward = client_of(app, town, Role.STEWARD)
    body = steward.get("/api/v1/duplicates?region=370203").get_json()
    (pair,) = body["pairs"]
    assert (body["total"], body["is_cut"], body["cursor"]) == (1, False, None)
    assert (pair["first"]["code"], pair["second"]["code"]) == ("T-1", "T-2")
    assert (pair["alike"], pair["same_phone"], round(pair["distance_m"])) == (1.0, None, 180)
    later = {"first": "T-2", "second": "T-1", "state": "later"}
    assert steward.post("/api/v1/duplicates", json=later).get_json() == later
    assert steward.get("/api/v1/duplicates").get_json()["pairs"] == []
    (put_off,) = steward.get("/api/v1/duplicates?state=later").get_json()["pairs"]
    assert put_off["decided_by"] == "a-steward"
    asked = {"other": "T-2", "other_version": pair["second"]["version"], "take": {}}
    problem_of(steward.post(MERGE, json=asked), 422, "If-Match")
    stale = steward.post(MERGE, json=asked, headers={"If-Match": '"1"'})
    problem_of(stale, 409)
    version = {"If-Match": f'"{pair["first"]["version"]}"'}
    done = steward.post(MERGE, json=asked, headers=version)
    assert done.status_code == 200
    assert done.headers["ETag"] == f'"{done.get_json()["version"]}"'
    old = app.test_client().get("/api/v1/facilities/T-2")
    assert (old.status_code, old.headers["Location"].split("?")[0]) == (
        *(308, "/api/v1/facilities/T-1"),
    )
    # Whoever sends the merged code again does not make a new facility of it.
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [120.35, 36.07]},
        "properties": {"code": "T-2", "kind": "outdoor_station", "name_zh": "又来了"},
    }
    problem_of(steward.post("/api/v1/facilities", json=feature), 422, "code")
    undone = steward.post(f"/api/v1/change-sets/{done.get_json()['change_set']}/undo", json={})
    assert undone.status_code == 200
    assert app.test_client().get("/api/v1/facilities/T-2").status_code == 200


def test_both_must_lie_in_ones_regions(app: Flask, town: Database) -> None:
    with town.session() as session:
        session.execute(text(STATIONS))
        session.execute(
            text(
                "insert into region (code, parent_code, level, name_zh) values "
                "('370202', '370200', 'district', '市南区')"
            )
        )
        session.execute(text("update facility set region_code = '370202' where code = 'T-2'"))
    save_user(town, "wang", Role.STEWARD, PASSWORD, regions=["370203"])
    wang = app.test_client()
    wang.post("/sign-in", data={"name": "wang", "password": PASSWORD})
    bodies = ({"other": "T-2", "other_version": None}, {"other": "T-1", "other_version": None})
    for code, body in zip(("T-1", "T-2"), bodies, strict=True):
        address = f"/api/v1/facilities/{code}/merge"
        problem_of(wang.post(address, json=body, headers={"If-Match": "*"}), 403)
    different = {"first": "T-1", "second": "T-2", "state": "different"}
    problem_of(wang.post("/api/v1/duplicates", json=different), 403)
    with town.session() as session:
        session.execute(text("update facility set region_code = '370203' where code = 'T-2'"))
    assert wang.post("/api/v1/duplicates", json=different).status_code == 200


def test_the_commands_say_and_do_the_same(town: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with town.session() as session:
        session.execute(text(STATIONS))
    monkeypatch.setenv("DATABASE_URL", town.url)
    runner = CliRunner()
    listed = json.loads(runner.invoke(main, ["duplicates", "--json"]).output)
    assert [one["first"]["code"] for one in listed["pairs"]] == ["T-1"]
    assert (
        "remember"
        in runner.invoke(main, ["duplicates", "--different", "T-1", "T-2"]).output.lower()
    )
    assert json.loads(runner.invoke(main, ["duplicates", "--json"]).output)["total"] == 0
    shown = runner.invoke(main, ["merge", "T-1", "T-2", "--dry-run"]).output
    assert "position\t" in shown
    merged = runner.invoke(main, ["merge", "T-1", "T-2", "--take", "entry=other", "--json"])
    assert json.loads(merged.output)["taken_from_merged"] == ["entry"]
    refused = runner.invoke(main, ["merge", "T-1", "T-2"])
    assert (refused.exit_code, "No such facility" in refused.output) == (2, True)
