"""A plan for a moment keeps its promise once its sites are opened, then and through the day."""

from dataclasses import replace
from typing import Any

import pytest

from geoapp.core.errors import InvalidValueError
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.questions.siting import DrawnSite, SitingModel, SitingParameters
from geoapp.core.results.siting import SITING_RUNS
from geoapp.core.settings import Settings
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.runs.state import recent_runs
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting.results import sites_of
from geoapp.operations.siting.what_if import WhatIfService
from geoapp.reports.words.siting import verdict
from geoapp.store.engine import Database
from tests.operations.coverage.small_town import moment, run_sql
from tests.operations.siting.opened import open_sites
from tests.seed import TOWN_LAT, TOWN_LON

NIGHT = moment("2026-11-24T22:00")
# Some of the town's people work in the morning alone.
WANTED = SitingParameters(p=2, standard_m=300.0, at=NIGHT, hours="早6点到晚11点")


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    run_sql(
        database,
        "update demand_point set weight = 5 + id % 11, hours = case when id % 3 = 0 then "
        "array_fill(1::real, array[12]) || array_fill(0.25::real, array[12]) end",
    )
    return database


def covered(town: Database, settings: Settings, wanted: SitingParameters, at: Any) -> float:
    asked = CoverageParameters(standard_m=wanted.standard_m, families=wanted.families, at=at)
    run = coverage_run.run_here(town, settings, asked)
    assert run.result is not None
    return run.result.total.covered_weight


# The fewest stations have no promise of their own number; several demands have none at one moment.
@pytest.mark.parametrize("model", sorted(set(SitingModel) - {SitingModel.LSCP, SitingModel.ROBUST}))
@pytest.mark.parametrize("families", [None, ("base", "home")])
def test_the_promise_holds_at_the_moment_and_through_the_day(
    town: Database, settings: Settings, model: SitingModel, families: tuple[str, ...] | None
) -> None:
    wanted = replace(WANTED, model=model, families=families)
    run = siting_run.run_here(town, settings, wanted)
    assert run.result is not None
    promised = run.result.total.covered_after_weight
    assert promised > run.result.total.covered_before_weight
    places = [(one.lon, one.lat) for one in sites_of(town, run.id)]
    # What the hours imply, told by another way: the places tried at each moment while they are open.
    tried = WhatIfService(town, settings)
    implied = {}
    for text, is_open in (("06:00", True), ("12:30", True), ("22:59", True), ("23:00", False)):
        at = moment(f"2026-11-24T{text}")
        implied[at] = tried.ask(replace(wanted, at=at), places if is_open else []).covered_after
    whenever = tried.ask(replace(wanted, at=None), places).covered_after
    open_sites(town, settings, run)
    assert covered(town, settings, wanted, NIGHT) == promised
    for at, figure in implied.items():
        assert covered(town, settings, wanted, at) == pytest.approx(figure, rel=1e-12), at
    assert covered(town, settings, wanted, None) == whenever


def test_the_promise_holds_without_a_moment(town: Database, settings: Settings) -> None:
    for hours in (None, "Mo-Fr 09:00-17:00"):
        run = siting_run.run_here(town, settings, replace(WANTED, p=1, at=None, hours=hours))
        assert run.result is not None
        codes = open_sites(town, settings, run)
        assert covered(town, settings, WANTED, None) == run.result.total.covered_after_weight
        rows = run_sql(town, "select opening_hours from facility where code = :code", code=codes[0])
        assert rows[0].opening_hours == hours


def test_where_the_sun_decides_the_run_tells(town: Database, settings: Settings) -> None:
    """Only the run knows the places."""
    run = siting_run.run_here(town, settings, replace(WANTED, hours="sunrise-sunset"))
    assert run.error is not None
    assert "closed then" in run.error.en
    run = siting_run.run_here(town, settings, replace(WANTED, hours="sunset-sunrise"))
    assert run.error is None


@pytest.mark.parametrize(
    ("hours", "why"),
    [
        ("06:00-22:00", "closed then"),
        ("Sa-Su 00:00-24:00", "closed then"),
        ("10:00+", "not certain"),
        ("随所在单位", "such as 08:00-18:00"),
    ],
)
def test_hours_by_which_the_sites_are_not_open_then_are_refused(
    town: Database, settings: Settings, hours: str, why: str
) -> None:
    with pytest.raises(InvalidValueError, match=why) as caught:
        siting_run.run_here(town, settings, replace(WANTED, hours=hours))
    assert caught.value.parameter == "hours"
    with pytest.raises(InvalidValueError, match=why):
        siting_run.start(town, replace(WANTED, hours=hours), None, settings=settings)
    assert recent_runs(town, SITING_RUNS) == []


def test_without_hours_the_verdict_says_what_it_rests_on(
    town: Database, settings: Settings
) -> None:
    run = siting_run.run_here(town, settings, replace(WANTED, hours=None))
    assert "前提是新站点那时开放" in verdict(run).zh
    assert "no hours were given" in verdict(run).en
    assert run.result is not None
    open_sites(town, settings, run)
    # Unknown is not open: only what stood already is known to be.
    assert covered(town, settings, WANTED, NIGHT) == run.result.total.covered_before_weight
    for other in (WANTED, replace(WANTED, at=None, hours=None)):
        assert "前提" not in verdict(siting_run.run_here(town, settings, replace(other, p=1))).zh


def test_facilities_to_be_upgraded_keep_their_own_hours(town: Database, settings: Settings) -> None:
    wanted = replace(
        WANTED, p=1, hours=None, families=("station", "base"), candidates="facilities:home"
    )
    # Nobody knows when the one home is open; a plan for the night cannot promise anything of it.
    refused = siting_run.run_here(town, settings, wanted)
    assert refused.error is not None
    assert "a set that has candidates" in refused.error.en
    run_sql(town, "update facility set opening_hours = '20:00-02:00' where code = 'T-3'")
    run = siting_run.run_here(town, settings, wanted)
    assert run.result is not None
    assert "前提" not in verdict(run).zh
    open_sites(town, settings, run)
    assert covered(town, settings, wanted, NIGHT) == run.result.total.covered_after_weight
    # A place drawn beside them has no hours of its own.
    drawn = replace(wanted, drawn=(DrawnSite("M", TOWN_LON + 0.004, TOWN_LAT + 0.004),))
    assert drawn.rests_on_unknown_hours
