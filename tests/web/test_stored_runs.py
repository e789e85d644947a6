"""A run that an older version stored opens in every place: API, pages, files, terminal."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.commands import actions as actions_command
from geoapp.commands import coverage as coverage_command
from geoapp.commands import site as site_command
from geoapp.core.results.actions import ACTION_RUNS
from geoapp.core.results.coverage import COVERAGE_RUNS
from geoapp.core.results.siting import SITING_RUNS
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.actions import run as action_run
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.runs.state import read_run
from geoapp.operations.siting import run as siting_run
from geoapp.operations.upkeep.init import initialise
from geoapp.store.cluster.cluster import Cluster
from geoapp.store.engine import Database
from tests.conftest import run_sql
from tests.stored_runs import seed_stored_runs, stored_rows
from tests.web.api_client import client_of, make_app, problem_of

ROWS = stored_rows()
RUNS: list[dict[str, Any]] = ROWS["run"]
DONE = [run for run in RUNS if run["status"] == "succeeded"]
PLACES = {"coverage": "coverage-runs", "siting": "siting-runs", "actions": "action-runs"}
PAGES = {"coverage": "/plan", "siting": "/plan/siting", "actions": "/plan/actions"}
OPERATIONS: dict[str, Any] = {
    "coverage": coverage_run,
    "siting": siting_run,
    "actions": action_run,
}
KINDS: dict[str, Any] = {
    "coverage": COVERAGE_RUNS,
    "siting": SITING_RUNS,
    "actions": ACTION_RUNS,
}
COMMANDS: dict[str, Any] = {
    "coverage": (coverage_command, ["--standard", "500m"]),
    "siting": (site_command, ["-p", "2", "--standard", "500m"]),
    "actions": (
        actions_command,
        ["--standard", "500m", "--budget", "1", "--build", "1", "--at", "2026-11-24T21:00"],
    ),
}


def name_of(run: dict[str, Any]) -> str:
    """Return what a run is, for the name of a test."""
    return str(ROWS["names"].get(str(run["id"]), run["kind"]))


@dataclass(frozen=True, slots=True)
class Town:
    """The store with the runs, and a planner who asks."""

    database: Database
    settings: Settings
    client: FlaskClient


@pytest.fixture(scope="module")
def town(
    cluster: Cluster, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    """The store with the runs; no test changes it."""
    run_sql(cluster, f"create database stored_runs template {template_database}")
    database = Database(cluster.parameters("stored_runs"))
    initialise(database)
    seed_stored_runs(database)
    settings = Settings(data=tmp_path_factory.mktemp("data"), database_url=None)
    client = client_of(make_app(settings, database), database, Role.PLANNER)
    yield Town(database, settings, client)
    database.close()
    run_sql(cluster, "drop database stored_runs with (force)")


def answer(town: Town, address: str) -> Any:
    """Return the JSON that an address answers."""
    response = town.client.get(address)
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_json(force=True)


@pytest.mark.parametrize("run", RUNS, ids=name_of)
def test_the_api_answers_what_is_stored(town: Town, run: dict[str, Any]) -> None:
    told = answer(town, f"/api/v1/{PLACES[run['kind']]}/{run['id']}")
    for member in ("id", "kind", "status", "params", "inputs", "result"):
        assert told[member] == run[member], member


@pytest.mark.parametrize("kind", PLACES)
def test_the_api_lists_them(town: Town, kind: str) -> None:
    told = answer(town, f"/api/v1/{PLACES[kind]}")["runs"]
    stored = {run["id"]: run["result"] for run in RUNS if run["kind"] == kind}
    assert {one["id"]: one["result"] for one in told} == stored


@pytest.mark.parametrize("run", [one for one in DONE if one["kind"] != "actions"], ids=name_of)
def test_figures_by_region_are_those_stored(town: Town, run: dict[str, Any]) -> None:
    told = answer(town, f"/api/v1/{PLACES[run['kind']]}/{run['id']}/regions")["regions"]
    stored = [
        one["figures"] | {"code": one["region_code"]}
        for one in ROWS["run_region"]
        if one["run_id"] == run["id"]
    ]
    names = {"code", "name_zh", "name_en", "level", "parent"}
    assert [one["name_zh"] for one in told] == ["青岛市", "市北区", "西街道", "东街道"]
    for one, kept in zip(told, stored, strict=True):
        assert one | kept == one
        assert set(one) == names | set(kept)


@pytest.mark.parametrize("run", [one for one in DONE if one["kind"] != "actions"], ids=name_of)
def test_gap_zones_are_those_stored(town: Town, run: dict[str, Any]) -> None:
    told = answer(town, f"/api/v1/{PLACES[run['kind']]}/{run['id']}/gaps")["features"]
    stored = [one for one in ROWS["run_gap"] if one["run_id"] == run["id"]]
    assert len(told) == len(stored) == run["result"]["gap_zones"]
    names = ("rank", "name_zh", "name_en", "workers", "points", "worst_m", "mean_m", "nearest_code")
    for feature, kept in zip(told, stored, strict=True):
        for name in names:
            assert feature["properties"][name] == kept[name]
        assert feature["geometry"]["type"] == "MultiPolygon"


@pytest.mark.parametrize("run", [one for one in DONE if one["kind"] == "siting"], ids=name_of)
def test_sites_are_those_stored(town: Town, run: dict[str, Any]) -> None:
    for which, chosen in (("chosen", True), ("others", False)):
        told = answer(town, f"/api/v1/siting-runs/{run['id']}/sites?which={which}")["features"]
        stored = [
            one for one in ROWS["run_site"] if (one["run_id"], one["chosen"]) == (run["id"], chosen)
        ]
        assert [
            (one["id"], one["properties"]["adds"], one["properties"]["cost"]) for one in told
        ] == [(one["code"], one["adds"], one["cost"]) for one in stored]
        assert all(
            {gain["code"]: gain["workers"] for gain in one["properties"]["by_district"]}
            == kept["by_district"]
            for one, kept in zip(told, stored, strict=True)
        )


@pytest.mark.parametrize("run", RUNS, ids=name_of)
def test_its_page_opens(town: Town, run: dict[str, Any]) -> None:
    for language in ("zh", "en"):
        response = town.client.get(f"{PAGES[run['kind']]}?run={run['id']}&lang={language}")
        assert response.status_code == 200
        shown = 'id="figures-title"' in response.get_data(as_text=True)
        assert shown is (run["status"] == "succeeded")


@pytest.mark.parametrize("run", [one for one in DONE if one["kind"] == "coverage"], ids=name_of)
def test_the_managers_page_opens(town: Town, run: dict[str, Any]) -> None:
    page = town.client.get(f"/coverage?run={run['id']}").get_data(as_text=True)
    assert f"{run['result']['total']['covered_share'] * 100:.1f}%" in page
    assert 'id="access-title"' in page
    assert ('id="line-title"' in page) is (run["result"]["network"] is not None)


def test_two_plans_are_compared(town: Town) -> None:
    first, second, *_ = numbers = [run["id"] for run in DONE if run["kind"] == "siting"][:4]
    assert town.client.get(f"/plan/siting/compare?a={first}&b={second}").status_code == 200
    asked = "&".join(f"run={number}" for number in numbers)
    page = town.client.get(f"/plan/siting/compare?{asked}&lang=en")
    assert page.status_code == 200
    # A run of before groups were kept has none, and nothing is said of them.
    assert 'id="groups"' not in page.text
    for ext in ("xlsx", "csv"):
        assert town.client.get(f"/plan/siting/compare.{ext}?{asked}").status_code == 200
    assert town.client.get(f"/plan/siting/compare.pdf?{asked}").status_code == 404
    assert town.client.get(f"/plan/siting/compare?run={first}").status_code == 422
    assert town.client.get(f"/plan/siting/compare?run={first}&run={first}").status_code == 422


@pytest.mark.parametrize("run", DONE, ids=name_of)
def test_the_terminal_and_its_files_tell_it(
    town: Town, run: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    module, arguments = COMMANDS[run["kind"]]

    @contextmanager
    def store(*_given: Any) -> Iterator[tuple[Settings, Database]]:
        yield town.settings, town.database

    monkeypatch.setattr(module, "open_store", store)
    operation = OPERATIONS[run["kind"]]
    monkeypatch.setattr(
        operation,
        "run_here",
        lambda *_given: read_run(town.database, KINDS[run["kind"]], run["id"]),
    )
    command = {"coverage": "coverage", "siting": "site", "actions": "actions"}[run["kind"]]
    for suffix in ("geojson", "xlsx"):
        file = tmp_path / f"run.{suffix}"
        told = CliRunner().invoke(getattr(module, command), [*arguments, "-o", str(file)])
        assert told.exit_code == 0, told.output
        assert file.name in told.output
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "run.xlsx").read_bytes()))
    assert len(book.sheetnames) > 1


def test_one_that_cannot_be_read_says_so_and_spoils_no_list(
    database: Database, settings: Settings
) -> None:
    initialise(database)
    seed_stored_runs(database)
    number = DONE[0]["id"]
    with database.session() as session:
        session.execute(
            text("update run set result = result || '{\"version\": 99}' where id = :number"),
            {"number": number},
        )
    client = client_of(make_app(settings, database), database, Role.PLANNER)
    told = client.get(f"/api/v1/coverage-runs/{number}").get_json()
    assert told["result"] is None
    assert "99" in told["error"]["zh"]
    problem = problem_of(client.get(f"/api/v1/coverage-runs/{number}/regions"), 409)
    assert "99" in problem["detail"]
    assert client.get("/plan").status_code == 200
    assert "99" in client.get(f"/plan/runs/{number}").get_data(as_text=True)
    listed = client.get("/api/v1/coverage-runs").get_json()["runs"]
    assert [one["result"] is None for one in listed if one["id"] == number] == [True]
