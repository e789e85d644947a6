"""``/api/v1/action-runs``: start, follow, read; for those who may."""

import threading

import pytest
from flask import Flask

from geoapp.core.geo import from_wgs84
from geoapp.core.results.actions import ACTION_RUNS
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.operations.runs.state import read_run, recent_runs
from geoapp.operations.worker import execute
from geoapp.store.engine import Database
from tests.web.api_client import client_of, make_app, problem_of

ASKED = {
    "standard_m": 400,
    "budget": 9,
    "moments": ["2026-11-24T20:00"],
    "extend_cost": 2,
    "build_cost": 5,
    "spacing_m": 100,
}
ADDRESS = "/api/v1/action-runs"


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


@pytest.fixture
def app(town: Database, settings: Settings) -> Flask:
    return make_app(settings, town)


def test_a_run_from_start_to_actions(app: Flask, town: Database, settings: Settings) -> None:
    client = client_of(app, town, Role.PLANNER)
    drawn = [{"code": "D1", "lon": 120.3568, "lat": 36.0751}]
    started = client.post(ADDRESS, json={**ASKED, "drawn": drawn, "datum": "gcj02"})
    assert started.status_code == 202
    number = started.get_json()["id"]
    assert started.headers["Location"] == f"{ADDRESS}/{number}"
    assert client.get(f"{ADDRESS}/{number}/actions").status_code == 409
    execute(town, settings, number, threading.Event())
    state = client.get(f"{ADDRESS}/{number}").get_json()
    assert state["result"]["status"] == "optimal"
    assert state["result"]["cost"] <= 9
    found = read_run(town, ACTION_RUNS, number)
    assert found.params["drawn"][0]["lon"] != drawn[0]["lon"]
    rows = client.get(f"{ADDRESS}/{number}/actions?datum=gcj02").get_json()["features"]
    assert [one["properties"]["adds"] for one in rows] == [
        one["adds"] for one in state["result"]["actions"]
    ]
    first = state["result"]["actions"][0]
    lon, lat = from_wgs84(lon=first["lon"], lat=first["lat"], datum=Datum.GCJ02)
    assert rows[0]["geometry"]["coordinates"] == pytest.approx([float(lon), float(lat)])
    assert [one["id"] for one in client.get(ADDRESS).get_json()["runs"]] == [number]
    assert client.post(f"{ADDRESS}/{number}/cancel").get_json()["status"] == "succeeded"
    # A manager may read what a planner found; a worker need not know what is only thought of.
    assert client_of(app, town, Role.MANAGER).get(f"{ADDRESS}/{number}").status_code == 200
    problem_of(client_of(app, town, None).get(f"{ADDRESS}/{number}"), 401)


def test_what_is_refused_with_its_reason(
    app: Flask, town: Database, subtests: pytest.Subtests
) -> None:
    for change in [
        {"moments": []},
        {"moments": ["now"]},
        {"moments": ["yesterday"]},
        {"standard_seconds": 300},
        {"standard_m": None},
        {"budget": -1},
        {"extend_cost": None, "build_cost": None},
        {"hours": "whenever"},
        {"region": "nowhere"},
        {"more": 1},
    ]:
        with subtests.test(change=change):
            client = client_of(app, town, Role.PLANNER)
            told = problem_of(client.post(ADDRESS, json=ASKED | change), 422)
            assert told["detail_zh"]
            assert recent_runs(town, ACTION_RUNS) == []
