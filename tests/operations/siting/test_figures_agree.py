"""Every figure of one answer agrees with every other, for each model, and so do opened stations."""

from dataclasses import replace
from typing import Any

import pytest

from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.questions.siting import Quota, SitingModel, SitingParameters
from geoapp.core.results.siting import SitingRun
from geoapp.core.settings import Settings
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting import run as siting_run
from geoapp.reports.words.siting import verdict
from geoapp.store.engine import Database
from tests.operations.coverage.test_run import moment, run_sql
from tests.operations.siting.opened import open_sites

NIGHT = moment("2026-11-24T22:00")
WANTED = SitingParameters(p=3, standard_m=300.0, spacing_m=200.0, time_limit_seconds=10.0)
AT_NIGHT = {"at": NIGHT, "hours": "18:00-24:00"}
QUESTIONS: dict[str, dict[str, Any]] = {
    "mclp": {},
    "mclp at night": AT_NIGHT,
    "mclp at night, hours unknown": {"at": NIGHT},
    "mclp with backup": {**AT_NIGHT, "backup_share": 0.5},
    "mclp with seats": {**AT_NIGHT, "capacity": 20.0},
    "mclp with quotas": {**AT_NIGHT, "quotas": (("370203", Quota(1, 2)),)},
    "equity": {**AT_NIGHT, "model": SitingModel.EQUITY},
    "lscp": {**AT_NIGHT, "model": SitingModel.LSCP, "p": None, "share": 0.8},
    "p_median": {**AT_NIGHT, "model": SitingModel.P_MEDIAN},
    "p_center": {**AT_NIGHT, "model": SitingModel.P_CENTER},
    "p_center without a moment": {"model": SitingModel.P_CENTER, "hours": "24/7"},
}


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    run_sql(
        database,
        "update demand_point set weight = 5 + id % 11, "
        "hours = case when id % 2 = 0 then array_fill(0.5::real, array[24]) end",
    )
    return database


def near(value: float) -> Any:
    return pytest.approx(value, rel=1e-9, abs=1e-9)


def check_totals(town: Database, run: SitingRun) -> None:
    found, total = run.found, run.found.total
    assert total.covered_before_weight + total.added_weight == near(total.covered_after_weight)
    assert total.covered_after_weight + total.uncovered_weight == near(total.weight)
    for part in ("before", "after"):
        share = getattr(total, f"covered_{part}_share")
        assert share * total.weight == near(getattr(total, f"covered_{part}_weight"))
    [top] = [one for one in siting_results.region_figures(town, run.id) if one.parent is None]
    for name in type(total).model_fields:
        assert getattr(top, name) == pytest.approx(getattr(total, name)), name
    # The zones hold all who were out of reach before, and what is reached of them is what is added.
    zones = siting_results.gap_zones(town, run.id)
    before = total.weight - total.covered_before_weight
    assert sum(one.workers for one in zones) + (found.gap_rest_workers or 0.0) == near(before)
    assert sum(one.reached_workers for one in zones) == near(total.added_weight)
    assert sum(one.left_workers for one in zones) == near(total.uncovered_weight)


def check_sites(town: Database, run: SitingRun) -> None:
    sites = siting_results.sites_of(town, run.id)
    assert [one.order for one in sites] == list(range(1, run.found.sites + 1))
    assert sum(one.adds for one in sites) == near(run.found.total.added_weight)
    for one in sites:
        for gains in (one.by_district, one.by_zone or ()):
            assert sum(gain.workers for gain in gains) == near(one.adds)


def check_objective(run: SitingRun, wanted: SitingParameters) -> None:
    found, total = run.found, run.found.total
    meant = total.added_weight
    if found.walks is not None:  # the models of distance
        longest, mean = found.walks.walk_longest_after_m, found.walks.walk_mean_after_m
        assert longest is not None
        assert mean is not None
        meant = longest if found.objective_unit == "metres" else mean * total.weight
    elif found.objective_unit == "sites":
        meant = float(found.sites)
    if wanted.backup_share:
        again = total.backup_after_weight - total.backup_before_weight
        meant = (1 - wanted.backup_share) * total.added_weight + wanted.backup_share * again
    assert found.objective == near(meant)
    # Proven is what the bound says, and nothing is proven without a plan.
    assert found.objective is not None
    assert found.bound is not None
    if found.proven:
        assert found.status == "optimal"
        assert found.objective == near(found.bound)
        assert found.gap_share == 0
    if found.curve and found.objective_unit != "sites":
        assert found.curve[-1].objective == near(found.objective)
    if found.equity is not None:
        [district] = found.equity.districts
        assert district.share == near(total.covered_after_share or 0.0)


def test_the_figures_of_an_answer_agree(
    town: Database, settings: Settings, subtests: pytest.Subtests
) -> None:
    for name, question in QUESTIONS.items():
        with subtests.test(name=name):
            wanted = replace(WANTED, **question)
            run = siting_run.run_here(town, settings, wanted)
            assert run.error is None
            assert run.found.proven
            check_totals(town, run)
            check_sites(town, run)
            check_objective(run, wanted)
            # And with the coverage of the town once its stations are open, where they are known to be.
            open_sites(town, settings, run)
            asked = CoverageParameters(standard_m=wanted.standard_m, at=wanted.at)
            after = coverage_run.run_here(town, settings, asked).found.total
            total = run.found.total
            promised = total.covered_after_weight
            if wanted.rests_on_unknown_hours:
                promised = total.covered_before_weight
            if wanted.capacity is None:  # who is within reach of a station has no seat there yet
                assert after.covered_weight == near(promised)
            else:
                assert after.covered_weight >= promised


def test_nothing_is_proven_of_a_plan_that_is_none(town: Database, settings: Settings) -> None:
    wanted = replace(WANTED, **AT_NIGHT, quotas=(("370203", Quota(4, None)),))
    run = siting_run.run_here(town, settings, wanted)
    found = run.found
    assert (found.status, found.objective, found.bound, found.sites) == (
        "infeasible",
        None,
        None,
        0,
    )
    assert found.total.added_weight == 0
    assert "前提" not in verdict(run).zh
