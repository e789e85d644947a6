"""``/api/v1/siting-runs``: who may start one, following it, reading what it proposes."""

import threading
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.worker import execute
from geoapp.store.engine import Database
from tests.web.api_client import GEOJSON, client_of, make_app, problem_of

ADDRESS = "/api/v1/siting-runs"
WANTED = {"p": 2, "standard_m": 500, "demand": "town", "spacing_m": 100}


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


def done(client: FlaskClient, town: Database, settings: Settings, **wanted: Any) -> dict[str, Any]:
    run = start(client, **wanted)
    execute(town, settings, run["id"], threading.Event())
    answer: dict[str, Any] = client.get(f"{ADDRESS}/{run['id']}").get_json()
    assert answer["status"] == "succeeded", answer
    return answer


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
                left = client_of(app, town, Role.ADMIN).get(f"{ADDRESS}/{run['id']}").get_json()
                assert left["status"] == "queued"


def test_from_start_to_sites(planner: FlaskClient, town: Database, settings: Settings) -> None:
    run = start(planner)
    address = f"{ADDRESS}/{run['id']}"
    assert (run["kind"], run["status"], run["result"]) == ("siting", "queued", None)
    problem_of(planner.get(f"{address}/sites"), 409)
    problem_of(planner.get(f"{address}/regions"), 409)

    execute(town, settings, run["id"], threading.Event())

    answer = planner.get(address).get_json()
    assert (answer["status"], answer["progress_share"], answer["error"]) == ("succeeded", 1.0, None)
    assert "created_by" not in answer
    result = answer["result"]
    assert (result["status"], result["gap_share"]) == ("optimal", 0)
    assert result["objective"] == result["bound"] == result["total"]["added_weight"] > 0
    assert [point["p"] for point in result["curve"]] == [1, 2]
    response = planner.get(f"{address}/sites")
    assert response.mimetype == GEOJSON
    sites = response.get_json(force=True)["features"]
    assert [site["properties"]["order"] for site in sites] == [1, 2]
    adds = [site["properties"]["adds"] for site in sites]
    assert sum(adds) == result["objective"]
    assert adds == sorted(adds, reverse=True)
    assert sites[0]["geometry"]["type"] == "Point"
    assert sites[0]["properties"]["by_district"][0]["name_zh"] == "市北区"
    assert sites[0]["properties"]["sample"] is False
    moved = planner.get(f"{address}/sites?datum=gcj02").get_json(force=True)["features"]
    assert moved[0]["geometry"] != sites[0]["geometry"]
    others = planner.get(f"{address}/sites?which=others").get_json(force=True)["features"]
    assert not {site["id"] for site in sites} & {site["id"] for site in others}
    rows = planner.get(f"{address}/regions").get_json()["regions"]
    by_code = {row["code"]: row for row in rows}
    assert by_code["370203"]["added_weight"] == result["objective"]
    assert by_code["370203"]["sites"] == 2
    assert planner.get(ADDRESS).get_json()["runs"][0] == answer
    # A siting run is no coverage run.
    problem_of(planner.get(f"/api/v1/coverage-runs/{run['id']}"), 404)


def test_drawn_in_another_datum(planner: FlaskClient, town: Database, settings: Settings) -> None:
    """What is drawn on a GCJ-02 base map comes back at the same place of that map."""
    drawn = [{"code": "画", "lon": 120.36, "lat": 36.075, "name": "路口", "cost": 2}]
    run = done(planner, town, settings, drawn=drawn, fixed=["画"], datum="gcj02", p=1)
    [site] = planner.get(f"{ADDRESS}/{run['id']}/sites?datum=gcj02").get_json(force=True)[
        "features"
    ]
    assert site["geometry"]["coordinates"] == pytest.approx([120.36, 36.075], abs=1e-6)
    assert site["properties"]["fixed"] is True
    stored = run["params"]["drawn"][0]
    assert abs(stored["lon"] - 120.36) > 0.003


def test_samples_are_called_samples(
    planner: FlaskClient, town: Database, settings: Settings
) -> None:
    with town.session() as session:
        session.execute(text("update facility set is_sample = true where code = 'T-1'"))
    run = done(planner, town, settings)
    assert run["inputs"]["sample"] is True
    sites = planner.get(f"{ADDRESS}/{run['id']}/sites").get_json(force=True)["features"]
    assert all(site["properties"]["sample"] for site in sites)


def test_cancel(planner: FlaskClient, town: Database, settings: Settings) -> None:
    run = start(planner)
    address = f"{ADDRESS}/{run['id']}"
    assert planner.post(f"{address}/cancel").get_json()["status"] == "cancelled"
    execute(town, settings, run["id"], threading.Event())
    assert planner.get(address).get_json()["status"] == "cancelled"
    problem_of(planner.get(f"{address}/sites"), 409)


def test_all_models(planner: FlaskClient, town: Database, settings: Settings) -> None:
    runs = []
    for wanted in (
        {"model": "lscp", "p": None, "share": 0.9},
        {"model": "p-median"},
        {"model": "p_center"},
        {"quotas": {"370203": {"min": 1, "max": 1}}},
        {"min_spacing_m": 250, "backup_share": 0.5},
    ):
        run = done(planner, town, settings, **wanted)
        assert run["result"]["status"] == "optimal", wanted
        assert run["result"]["sites"] >= 1, wanted
        runs.append(run)
    # Plans beside each other, the first being what the others are measured by.
    first, _, _, quota, spaced = (one["id"] for one in runs)
    told = planner.get(f"{ADDRESS}/compare?run={first}&run={quota}&run={spaced}").get_json()
    assert told["runs"] == [first, quota, spaced]
    assert {one["label"]["en"] for one in told["asked"]} >= {"model"}
    [added] = [one for one in told["whole"] if one["label"]["en"] == "Workers newly reached"]
    assert added["values"] == [
        planner.get(f"{ADDRESS}/{one}").get_json()["result"]["total"]["added_weight"]
        for one in told["runs"]
    ]
    assert [len(sites) for sites in told["sites"]] == [
        one["result"]["sites"] for one in runs if one["id"] in told["runs"]
    ]
    for query in (
        f"run={first}",
        f"run={first}&run={first}",
        "run=1&run=x",
        "run=1&run=2&run=3&run=4&run=5",
    ):
        problem_of(planner.get(f"{ADDRESS}/compare?{query}"), 422)
    problem_of(planner.get(f"{ADDRESS}/compare?run={first}&run=9999"), 404)
    # The papers are in the language that is asked for, by its parameter or as everywhere.
    page = f"{ADDRESS}/{quota}/report?format=html"
    for query, headers, words in (
        ("", {}, "选址方案"),
        ("&lang=en", {}, "Siting plan"),
        ("&language=en", {}, "Siting plan"),
        ("", {"Accept-Language": "en"}, "Siting plan"),
        ("&language=zh&lang=en", {}, "选址方案"),
    ):
        paper = planner.get(page + query, headers=headers).get_data(as_text=True)
        assert words in paper, query


def test_what_is_not_accepted(planner: FlaskClient, subtests: pytest.Subtests) -> None:
    for body, parameter in [
        ({"standard_m": None}, "standard_m"),
        ({"standard_seconds": 600}, "standard_m"),
        ({"p": None}, "p"),
        ({"p": 0}, "p"),
        ({"p": 2.5}, "p"),
        ({"p": True}, "p"),
        ({"model": "best"}, "model"),
        ({"model": "lscp"}, "p"),
        ({"model": "p_median", "budget": 5}, "budget"),
        ({"budget": 5}, "budget"),
        ({"region": "999999"}, "region"),
        ({"demand": "a\x00b"}, "demand"),
        ({"candidates": "nobody"}, "candidates"),
        ({"fixed": ["a"], "forbidden": ["a"]}, "forbidden"),
        ({"quotas": {"999999": {"min": 1}}}, "quotas"),
        ({"quotas": {"370203": {"min": 2, "max": 1}}}, "quotas"),
        ({"drawn": [{"code": "a", "lon": 181, "lat": 0}]}, "drawn.0.lon"),
        ({"drawn": [{"code": "a", "lon": 1, "lat": 0}] * 2}, "drawn"),
        ({"forbidden_areas": [{"type": "Polygon", "coordinates": ["\x00"]}]}, "forbidden_areas"),
        ({"forbidden_areas": [{"type": "Polygon", "coordinates": []}]}, "forbidden_areas"),
        ({"at": "yesterday"}, "at"),
        ({"time_limit_seconds": 0}, "time_limit_seconds"),
        ({"share": 0.5}, "share"),
        ({"colour": "red"}, "colour"),
    ]:
        with subtests.test(body=body, parameter=parameter):
            problem_of(planner.post(ADDRESS, json={**WANTED, **body}), 422, parameter)
            assert planner.get(ADDRESS).get_json()["runs"] == []


def test_a_list_that_is_not_accepted_is_not_told_as_missing(planner: FlaskClient) -> None:
    many = {"moments": ["2026-11-24T10:00"] * 25}
    told = problem_of(planner.post(ADDRESS, json={**WANTED, **many}), 422, "moments")
    assert told["detail_zh"] == "“时刻”的值“[…]”无效：应为至多 24 项。"


def test_unknown_run(planner: FlaskClient, subtests: pytest.Subtests) -> None:
    for number in ["0", "999", "9" * 40]:
        with subtests.test(number=number):
            for address in (number, f"{number}/sites", f"{number}/regions"):
                problem_of(planner.get(f"{ADDRESS}/{address}"), 404)
            problem_of(planner.post(f"{ADDRESS}/{number}/cancel"), 404)
