"""``/api/v1/coverage-runs``: who may start one, following it, reading its results."""

import threading
from typing import Any

import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.worker import execute
from geoapp.store.engine import Database
from tests.web.api_client import GEOJSON, client_of, make_app, problem_of

ADDRESS = "/api/v1/coverage-runs"
WANTED = {"standard_m": 500, "demand": "town"}


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


@pytest.fixture
def app(town: Database, settings: Settings) -> Flask:
    return make_app(settings, town)


@pytest.fixture
def planner(app: Flask, town: Database) -> FlaskClient:
    return client_of(app, town, Role.PLANNER)


def start(client: FlaskClient, **wanted: Any) -> dict[str, Any]:
    response = client.post(ADDRESS, json={**WANTED, **wanted})
    assert response.status_code == 202, response.get_data(as_text=True)
    body: dict[str, Any] = response.get_json()
    assert response.headers["Location"] == f"{ADDRESS}/{body['id']}"
    return body


def test_who_may_start_and_cancel(app: Flask, town: Database, subtests: pytest.Subtests) -> None:
    for role in [None, *Role]:
        with subtests.test(role=role):
            run = start(client_of(app, town, Role.PLANNER))
            client = client_of(app, town, role)
            expected = {None: 401, Role.PLANNER: 202, Role.ADMIN: 202}.get(role, 403)
            started = client.post(ADDRESS, json=WANTED)
            cancelled = client.post(f"{ADDRESS}/{run['id']}/cancel")
            if expected == 202:
                assert (started.status_code, cancelled.status_code) == (202, 200)
            else:
                problem_of(started, expected)
                problem_of(cancelled, expected)
                assert client.get(f"{ADDRESS}/{run['id']}").get_json()["status"] == "queued"


def test_from_start_to_results(planner: FlaskClient, town: Database, settings: Settings) -> None:
    run = start(planner)
    address = f"{ADDRESS}/{run['id']}"
    assert (run["status"], run["progress_share"], run["result"]) == ("queued", 0.0, None)
    problem_of(planner.get(f"{address}/regions"), 409)
    problem_of(planner.get(f"{address}/gaps"), 409)
    problem_of(planner.get(f"{address}/facilities"), 409)
    problem_of(planner.get(f"{address}/overlaps"), 409)
    problem_of(planner.get(f"{address}/access"), 409)

    execute(town, settings, run["id"], threading.Event())

    # Results are public, and say what they were computed from.
    anybody = client_of(make_app(settings, town), town)
    response = anybody.get(address)
    assert response.headers["Cache-Control"] == "no-cache"
    done = response.get_json()
    assert (done["status"], done["progress_share"], done["error"]) == ("succeeded", 1.0, None)
    assert done["params"]["standard_m"] == 500
    assert done["inputs"]
    assert "created_by" not in done
    total = done["result"]["total"]
    assert total["weight"] == 250
    assert 0 < total["covered_weight"] < 250
    regions = anybody.get(f"{address}/regions").get_json()
    assert regions["run"] == run["id"]
    by_code = {row["code"]: row for row in regions["regions"]}
    assert by_code["370203"]["covered_weight"] == total["covered_weight"]
    gaps = anybody.get(f"{address}/gaps")
    assert gaps.mimetype == GEOJSON
    zones = gaps.get_json(force=True)["features"]
    workers = [zone["properties"]["workers"] for zone in zones]
    assert workers == sorted(workers, reverse=True)
    assert sum(workers) == total["uncovered_weight"]
    for zone in zones:
        outline = shapely.geometry.shape(zone["geometry"])
        assert outline.is_valid
        assert outline.area > 0
    moved = anybody.get(f"{address}/gaps?datum=gcj02").get_json(force=True)["features"]
    assert moved[0]["geometry"] != zones[0]["geometry"]
    newest = anybody.get(ADDRESS).get_json()["runs"]
    assert newest[0] == done
    access = anybody.get(f"{address}/access").get_json()
    assert access["total"]["walk"]["weight"] == 250
    assert set(access["regions"]) == set(by_code)
    loads = anybody.get(f"{address}/facilities?limit=2").get_json()
    assert loads["run"] == run["id"]
    assert len(loads["facilities"]) == 2 < loads["total"]
    first, second = (one["sole_weight"] for one in loads["facilities"])
    assert total["covered_weight"] > first >= second
    problem_of(anybody.get(f"{address}/facilities?limit=0"), 422)
    pairs = anybody.get(f"{address}/overlaps?limit=1").get_json()
    assert len(pairs["overlaps"]) == 1 <= pairs["total"]
    assert 0 < pairs["overlaps"][0]["share"] <= 1
    places = {
        datum: anybody.get(f"{address}/gaps?datum={datum}").get_json()["features"][0]["properties"]
        for datum in ("wgs84", "gcj02")
    }
    one, moved = (places[datum]["closers"][0] for datum in ("wgs84", "gcj02"))
    assert one["workers"] == moved["workers"] > 0
    assert 0.001 < abs(one["lon"] - moved["lon"]) < 0.02
    assert places["wgs84"]["sites_needed"] >= 1


def test_cancel(planner: FlaskClient, town: Database, settings: Settings) -> None:
    run = start(planner)
    address = f"{ADDRESS}/{run['id']}"
    assert planner.post(f"{address}/cancel").get_json()["status"] == "cancelled"
    execute(town, settings, run["id"], threading.Event())
    assert planner.get(address).get_json()["status"] == "cancelled"
    problem_of(planner.get(f"{address}/gaps"), 409)
    # A run that has ended stays as it is.
    done = start(planner)
    execute(town, settings, done["id"], threading.Event())
    answer = planner.post(f"{ADDRESS}/{done['id']}/cancel").get_json()
    assert answer["status"] == "succeeded"


def test_what_is_not_accepted(planner: FlaskClient, subtests: pytest.Subtests) -> None:
    for body, parameter in [
        ({}, "standard_m"),
        ({"standard_m": 500, "standard_seconds": 600}, "standard_m"),
        ({"standard_m": 0}, "standard_m"),
        ({"standard_m": 100_001}, "standard_m"),
        ({"standard_m": "500"}, "standard_m"),
        ({"standard_seconds": -1}, "standard_seconds"),
        ({"standard_m": 500, "region": "999999"}, "region"),
        ({"standard_m": 500, "region": "a\x00b"}, "region"),
        ({"standard_m": 500, "demand": "nobody"}, "demand"),
        ({"standard_m": 500, "demand": "a\x00b"}, "demand"),
        ({"standard_m": 500, "families": ["castle"]}, "families.0"),
        ({"standard_m": 500, "families": []}, "families"),
        ({"standard_m": 500, "at": "yesterday"}, "at"),
        ({"standard_m": 500, "colour": "red"}, "colour"),
    ]:
        with subtests.test(body=body, parameter=parameter):
            problem_of(planner.post(ADDRESS, json=body), 422, parameter)
            assert planner.get(ADDRESS).get_json()["runs"] == []


def test_unknown_run(planner: FlaskClient, subtests: pytest.Subtests) -> None:
    for number in ["0", "999", "9" * 40]:
        with subtests.test(number=number):
            for address in (number, f"{number}/regions", f"{number}/gaps"):
                problem_of(planner.get(f"{ADDRESS}/{address}"), 404)
            problem_of(planner.post(f"{ADDRESS}/{number}/cancel"), 404)


def test_the_moment_decides_who_is_covered(
    planner: FlaskClient, town: Database, settings: Settings
) -> None:
    """At 22:00 only T-1 is known to be open; without a moment opening hours do not count."""
    figures = []
    for at in (None, "2026-11-24T22:00"):
        run = start(planner, at=at) if at else start(planner)
        execute(town, settings, run["id"], threading.Event())
        result = planner.get(f"{ADDRESS}/{run['id']}").get_json()["result"]
        figures.append((result["facilities_counted"], result["total"]["covered_weight"]))
    assert [counted for counted, _ in figures] == [4, 1]
    assert figures[1][1] < figures[0][1]
