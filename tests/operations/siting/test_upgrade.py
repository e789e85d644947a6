"""Facilities that do not count as candidates, and drawn sites where none may stand."""

from dataclasses import replace

import pytest

from geoapp.core.errors import InvalidValueError
from geoapp.core.questions.siting import DrawnSite, SitingParameters
from geoapp.core.settings import Settings
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting.results import sites_of
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON

WANTED = SitingParameters(
    p=1, standard_m=400, families=("station", "base"), candidates="facilities:home"
)


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


def test_a_home_is_upgraded(town: Database, settings: Settings) -> None:
    run = siting_run.run_here(town, settings, WANTED)
    (site,) = sites_of(town, run.id)
    assert (site.code, site.name) == ("T-3", "示例·T-3")
    assert run.inputs.candidates.count == 1
    # What it adds is what it covers once it counts.
    every = siting_run.run_here(
        town, settings, replace(WANTED, families=None, candidates="generated", p=1)
    )
    assert run.result is not None
    assert every.result is not None
    after = run.result.total.covered_after_weight
    assert after == every.result.total.covered_before_weight


def test_what_cannot_be_upgraded_is_refused(town: Database, subtests: pytest.Subtests) -> None:
    for change in [
        {"candidates": "facilities:x"},
        {"families": None},
        {"candidates": "facilities:base"},
        {"p": 2},
        {"budget": 5.0},
    ]:
        with subtests.test(change=change), pytest.raises(InvalidValueError):
            siting_run.start(town, replace(WANTED, **change), None)  # type: ignore[arg-type]


@pytest.mark.parametrize("candidates", ["generated", "facilities:home"])
def test_a_drawn_site_may_not_stand_in_a_forbidden_area(town: Database, candidates: str) -> None:
    lon, lat = TOWN_LON + 0.006, TOWN_LAT + 0.002
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    square = {
        "type": "Polygon",
        "coordinates": [[[lon + x / 1000, lat + y / 1000] for x, y in corners]],
    }
    wanted = replace(
        WANTED,
        candidates=candidates,
        drawn=(DrawnSite("M1", lon, lat),),
        forbidden_areas=(square,),
    )
    with pytest.raises(InvalidValueError, match="M1"):
        siting_run.start(town, wanted, None)
    siting_run.start(town, replace(wanted, drawn=(DrawnSite("M1", lon + 0.002, lat),)), None)
