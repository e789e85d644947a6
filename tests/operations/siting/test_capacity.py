"""Runs in which each new site seats so many, against every plan and every way to fill the seats."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

from geoapp.core.errors import InvalidValueError
from geoapp.core.questions.siting import SitingModel, SitingParameters
from geoapp.core.settings import Settings
from geoapp.operations.plan_report import save_plan
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting.inputs import SitingInputs, read_siting_inputs
from geoapp.operations.siting.proof import keeps_proof, verify_file
from geoapp.operations.siting.results import sites_of
from geoapp.reports.words.proof import proof_lines
from geoapp.reports.words.siting import summary_lines
from geoapp.store.engine import Database

WANTED = SitingParameters(p=2, standard_m=300.0, spacing_m=300.0, capacity=25.0)


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


def seated(cover: np.ndarray, weight: np.ndarray, seats: Sequence[float]) -> float:
    """Return the most workers that have a seat of so many by site, by a linear program of who sits where."""
    pairs = [(row, column) for row, column in np.argwhere(cover).tolist()]
    if not pairs:
        return 0.0
    rules = np.zeros((len(weight) + len(seats), len(pairs)))
    for number, (row, column) in enumerate(pairs):
        rules[row, number] = rules[len(weight) + column, number] = 1.0
    return -float(linprog(-np.ones(len(pairs)), A_ub=rules, b_ub=[*weight, *seats]).fun)


def most_served(inputs: SitingInputs, sites: tuple[int, ...], seats: list[float]) -> float:
    """Return the same of some candidates, of whom nothing covers yet."""
    left = np.flatnonzero(~inputs.covered & (inputs.weight > 0))
    return seated(inputs.cover.toarray()[np.ix_(left, sites)] > 0, inputs.weight[left], seats)


@pytest.mark.parametrize("seats", [1.0, 5.0, 25.0, 1_000.0])
def test_no_plan_seats_more(
    town: Database, settings: Settings, tmp_path: Path, seats: float
) -> None:
    wanted = replace(WANTED, capacity=seats)
    inputs = read_siting_inputs(town, settings, wanted)
    best = max(
        most_served(inputs, sites, [seats, seats])
        for sites in itertools.combinations(range(len(inputs.candidates)), 2)
    )
    run = siting_run.run_here(town, settings, wanted)
    assert run.result is not None
    assert run.result.status == "optimal"
    assert run.result.objective == pytest.approx(best)
    assert run.result.objective_unit == "workers_served"
    total = run.result.total
    assert total.added_weight == pytest.approx(best)
    assert total.covered_after_weight == pytest.approx(total.covered_before_weight + best)
    assert total.uncovered_weight == pytest.approx(total.weight - total.covered_after_weight)
    assert run.result.curve[-1].objective == run.result.objective
    sites = sites_of(town, run.id)
    assert sum(one.adds for one in sites) == pytest.approx(best)
    for one in sites:
        assert one.adds <= seats + 1e-9
        for parts in (one.by_district, one.by_zone):
            assert sum(part.workers for part in parts) <= seats + 1e-9
    assert sites_of(town, run.id, chosen=False) == []
    labels = [label.zh for label, _ in summary_lines(run)]
    assert "新增服务人数（有座位的）" in labels
    path = tmp_path / "plan.proof.json"
    save_plan(town, settings, run.id, path)
    proof, check = verify_file(path)
    assert check.faults == () and check.objective == pytest.approx(best)
    assert best <= check.shown + 1e-9
    said = proof_lines(proof, check)
    assert any(f"{seats:,.0f} seats at each" in one.en for one in said)
    assert any("坐下" in one.zh or "有座位" in one.zh for one in said)


def test_what_is_not_offered_with_seats_is_refused(
    town: Database, subtests: pytest.Subtests
) -> None:
    for change in [
        {"capacity": 0.5},
        {"capacity": float("nan")},
        {"backup_share": 0.5},
        {"alternatives": 2},
        {"model": SitingModel.EQUITY},
        {"model": SitingModel.P_MEDIAN},
    ]:
        with subtests.test(change=change), pytest.raises(InvalidValueError):
            siting_run.start(town, replace(WANTED, **change), None)  # type: ignore[arg-type]


def test_with_rules_beside_the_seats_no_proof_is_kept(town: Database, settings: Settings) -> None:
    for more in ({"existing_seats": 5.0}, {"min_spacing_m": 400.0}):
        run = siting_run.run_here(town, settings, replace(WANTED, **more))
        assert run.result is not None
        assert not keeps_proof(town, run.id)
    assert keeps_proof(town, siting_run.run_here(town, settings, WANTED).id)
