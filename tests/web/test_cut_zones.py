"""A list of gap zones that is cut says so, wherever it is read: page, API, files, map, terminal."""

import json
from pathlib import Path

import openpyxl
import pyogrio
import pytest

from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.results.coverage import CoverageRun
from geoapp.core.results.siting import SitingRun
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.coverage import found as coverage_found
from geoapp.operations.coverage import results as coverage_results
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.coverage.files import save_coverage
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting import zones as siting_zones
from geoapp.operations.siting.files import save_siting
from geoapp.reports.words.coverage import counted_text, map_note
from geoapp.reports.words.naming import Naming
from geoapp.store.engine import Database
from tests.web.api_client import client_of, make_app

LISTED = 2


@pytest.fixture
def town(town_template: str, database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    for module in (coverage_found, siting_zones):
        monkeypatch.setattr(module, "MAX_ZONES", LISTED)
    return database


def told(run: CoverageRun | SitingRun) -> tuple[str, str]:
    """Return the sentence, from the run's own numbers."""
    found = run.found
    rest, workers = found.gap_rest_zones, found.gap_rest_workers
    assert rest is not None
    assert rest > 1
    assert workers is not None
    assert found.gap_zones == LISTED
    every = LISTED + rest
    return (
        f"显示前 2 处，共 {every} 处；其余含 {workers:.0f} 人",
        f"the first 2 of {every} gap zones are shown; the rest hold {workers:.0f} workers",
    )


def test_of_a_coverage_run(town: Database, settings: Settings, tmp_path: Path) -> None:
    run = coverage_run.run_here(town, settings, CoverageParameters(standard_m=30.0))
    zh, en = told(run)
    visitor = client_of(make_app(settings, town), town, Role.PLANNER)
    answer = visitor.get(f"/api/v1/coverage-runs/{run.id}/gaps").get_json(force=True)
    assert len(answer["features"]) == LISTED
    assert answer["total_zones"] == LISTED + answer["rest_zones"]
    listed = sum(one["properties"]["workers"] for one in answer["features"])
    assert listed + answer["rest_workers"] == run.found.total.uncovered_weight
    for language, words in (("zh", zh), ("en", en)):
        page = visitor.get(f"/plan?run={run.id}&lang={language}").get_data(as_text=True)
        assert words in page
    for suffix in ("xlsx", "gpkg", "geojson"):
        save_coverage(town, run.id, tmp_path / f"run.{suffix}")
    sheet = openpyxl.load_workbook(tmp_path / "run.xlsx")["盲区"]
    assert any(zh in str(cell.value) for row in sheet.iter_rows() for cell in row)
    lines = pyogrio.read_dataframe(tmp_path / "run.gpkg", layer="question")
    assert any(en in value for value in lines["value"])
    held = json.loads((tmp_path / "run.geojson").read_text(encoding="utf-8"))
    assert held["run"]["result"]["gap_rest_zones"] == answer["rest_zones"]
    # The number of zones is that of all of them, not of the list.
    assert counted_text(run.found).zh.startswith(f"盲区 {answer['total_zones']} 处（{zh}）")
    assert zh in map_note(run, Naming(settings.timezone)).zh


def test_of_a_siting_run(town: Database, settings: Settings, tmp_path: Path) -> None:
    run = siting_run.run_here(town, settings, SitingParameters(p=1, standard_m=30.0))
    zh, _ = told(run)
    visitor = client_of(make_app(settings, town), town, Role.PLANNER)
    answer = visitor.get(f"/api/v1/siting-runs/{run.id}/gaps").get_json(force=True)
    assert answer["total_zones"] == LISTED + answer["rest_zones"]
    assert answer["rest_workers"] == run.found.gap_rest_workers
    save_siting(town, run.id, tmp_path / "run.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "run.xlsx")["封面"]
    assert any(zh in str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_a_whole_list_says_nothing(town: Database, settings: Settings) -> None:
    run = coverage_run.run_here(town, settings, CoverageParameters(standard_m=800.0))
    assert run.found.gap_rest_zones == 0
    assert "显示前" not in counted_text(run.found).zh + map_note(run, Naming(settings.timezone)).zh


def test_short_tables_of_a_page_say_of_how_many(
    town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The facilities that most depends on, and the pairs that overlap most."""
    run = coverage_run.run_here(town, settings, CoverageParameters(standard_m=400.0))
    _, needed = coverage_results.facility_totals(town, run.id)
    pairs = coverage_results.overlap_total(town, run.id)
    assert needed > 1 and pairs is not None and pairs > 1
    planner = client_of(make_app(settings, town), town, Role.PLANNER)
    whole = planner.get(f"/plan?run={run.id}").get_data(as_text=True)
    assert "loads-cut" not in whole and "overlaps-cut" not in whole
    for name in ("MOST_LOADS", "MOST_OVERLAPS"):
        monkeypatch.setattr(f"geoapp.web.pages.coverage.planner.{name}", 1)
    page = planner.get(f"/plan?run={run.id}").get_data(as_text=True)
    assert f'id="loads-cut">显示 1 / 共 {needed}</p>' in page
    assert f'id="overlaps-cut">显示 1 / 共 {pairs}</p>' in page
