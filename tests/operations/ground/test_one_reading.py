"""A run's reads all see one moment of the store, whatever is committed between two of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from geoapp.core.questions.actions import ActionParameters
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.questions.siting import DrawnSite, SitingParameters
from geoapp.core.results.kept import RunInputs
from geoapp.core.settings import Settings
from geoapp.operations.actions import run as action_run
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting.what_if import WhatIfService
from geoapp.store.engine import Database
from tests.editing import edited_after
from tests.seed import TOWN_LAT, TOWN_LON

NOON = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
SITES = (DrawnSite("A", TOWN_LON + 0.008, TOWN_LAT + 0.002),)
# A statement of each kind of read, by a word that only it has.
PLACES = {
    "versions": "from data_version",
    "demand": "from demand_point",
    "facilities": "row_number",
}

CHANGES = (
    "update facility set status = 'closed' where code = 'T-1'",
    "update demand_point set weight = weight * 2",
    "update demand_set set version = version + 1",
)

Answer = tuple[Any, ...]


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


def versions(inputs: RunInputs) -> dict[str, int]:
    """Return the versions that a run keeps, without that of the runs themselves."""
    return {name: number for name, number in inputs.versions.items() if name != "runs"}


def coverage_answer(database: Database, settings: Settings) -> Answer:
    run = coverage_run.run_here(database, settings, CoverageParameters(standard_m=400, at=NOON))
    assert run.result is not None and run.inputs is not None, run.error
    total = run.result.total
    return total.weight, total.covered_weight, run.result.facilities, versions(run.inputs)


def siting_answer(database: Database, settings: Settings) -> Answer:
    wanted = SitingParameters(p=1, standard_m=400, at=NOON, drawn=SITES)
    run = siting_run.run_here(database, settings, replace(wanted, spacing_m=5_000))
    assert run.result is not None and run.inputs is not None, run.error
    total = run.result.total
    return (
        total.weight,
        total.covered_before_weight,
        run.result.objective,
        versions(run.inputs),
    )


def action_answer(database: Database, settings: Settings, build_cost: float | None) -> Answer:
    wanted = ActionParameters(
        moments=(NOON,),
        budget=3.0,
        standard_m=400,
        spacing_m=5_000,
        drawn=SITES,
        extend_cost=3.0,
        close_saving=1.0,
        build_cost=build_cost,
    )
    run = action_run.run_here(database, settings, wanted)
    assert run.result is not None and run.inputs is not None, run.error
    return (
        run.result.weight,
        run.result.before,
        run.result.objective,
        run.inputs.facilities_counted,
        versions(run.inputs),
    )


def what_if_answer(database: Database, settings: Settings) -> Answer:
    told = WhatIfService(database, settings).ask(
        SitingParameters(p=1, standard_m=400, at=NOON), [(SITES[0].lon, SITES[0].lat)]
    )
    return told.weight, told.covered_before, told.covered_after


ANSWERS: dict[str, Callable[[Database, Settings], Answer]] = {
    "coverage": coverage_answer,
    "siting": siting_answer,
    "building": lambda database, settings: action_answer(database, settings, 8.0),
    "no building": lambda database, settings: action_answer(database, settings, None),
    "what if": what_if_answer,
}


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        *((kind, "facilities") for kind in ANSWERS),
        ("what if", "versions"),
        ("coverage", "demand"),
        ("siting", "versions"),
    ],
)
def test_an_edit_between_two_reads_is_seen_by_all_or_none(
    town: Database, settings: Settings, kind: str, place: str
) -> None:
    answer = ANSWERS[kind]
    before = answer(town, settings)
    with edited_after(town, PLACES[place], CHANGES) as fired:
        between = answer(town, settings)
    after = answer(town, settings)
    assert fired
    assert before != after
    # A what-if looks at the versions first, to see whether it knows the answer already.
    is_new = kind == "what if" and place == "versions"
    assert between == (after if is_new else before)
