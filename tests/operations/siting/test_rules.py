"""Rules of siting runs: quotas, spacing, areas, candidates, and what is refused."""

import math
from dataclasses import replace

import numpy as np
import pytest

from geoapp.core.errors import InvalidValueError
from geoapp.core.questions.siting import DrawnSite, Quota, SitingModel, SitingParameters
from geoapp.core.results.siting import SITING_RUNS
from geoapp.core.settings import Settings
from geoapp.core.words import RunStatus
from geoapp.operations.runs.state import recent_runs
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting import run as siting_run
from geoapp.store.engine import Database
from tests.operations.coverage.small_town import moment
from tests.operations.siting.five_hosts import (
    HOSTS,
    WANTED,
    Truth,
    codes,
    plans,
    run_sql,
    solved,
    town,
)
from tests.seed import TOWN_LAT, TOWN_LON

__all__ = ["town"]


def test_rules(town: Database, settings: Settings) -> None:
    truth = Truth(town)
    costs = [cost for *_, cost in HOSTS]
    run = solved(town, settings, p=None, budget=9.0)
    affordable = [
        plan for p in range(1, 6) for plan in plans(p) if sum(costs[one] for one in plan) <= 9
    ]
    assert run.result.objective == max(truth.reached(plan) for plan in affordable)
    assert run.result.cost <= 9
    run = solved(town, settings, p=3, fixed=("E",), forbidden=("B",))
    assert "E" in codes(town, run)
    assert "B" not in codes(town, run)
    held = [plan for plan in plans(3) if 4 in plan and 1 not in plan]
    assert run.result.objective == max(truth.reached(plan) for plan in held)
    first = siting_results.sites_of(town, run.id)[0]
    assert (first.code, first.fixed) == ("E", True)
    assert all(o.code != "B" for o in siting_results.sites_of(town, run.id, chosen=False))
    # One of the west (C alone stands there) and at most one of the east.
    quotas = (("370203001", Quota(least=1)), ("370203002", Quota(most=1)))
    run = solved(town, settings, p=3, quotas=quotas)
    assert run.result.objective == max(truth.reached((2, one)) for one in (0, 1, 3, 4))
    rows = {row.code: row.sites for row in siting_results.region_figures(town, run.id)}
    assert rows == {"370200": 2, "370203": 2, "370203001": 1, "370203002": 1}


def test_spacing_from_sites_and_facilities(town: Database, settings: Settings) -> None:
    """D and E are 222 m apart; E is 286 m from T-2; B is 286 m from T-4, C 379 m."""
    truth = Truth(town)
    run = solved(town, settings, p=5, min_spacing_m=260.0)
    free = [plan for p in range(1, 6) for plan in plans(p) if not {3, 4} <= set(plan)]
    assert run.result.objective == max(truth.reached(plan) for plan in free)
    assert not {"D", "E"} <= codes(town, run)
    assert not {"D", "E"} & {o.code for o in siting_results.sites_of(town, run.id, chosen=False)}
    run = solved(town, settings, p=5, min_spacing_m=300.0)
    assert not {"B", "E"} & codes(town, run)
    stuck = solved(town, settings, p=2, min_spacing_m=300.0, fixed=("E",)).result
    assert stuck.status == "infeasible"
    assert "E" in stuck.reason.en
    nowhere = solved(town, settings, p=2, min_spacing_m=5_000.0).result
    assert nowhere.status == "infeasible"


def test_infeasible_is_an_answer_with_what_would_do(town: Database, settings: Settings) -> None:
    run = solved(town, settings, p=1, fixed=("A",), quotas=(("370203001", Quota(least=1)),))
    assert run.result.status == "infeasible"
    assert run.result.needed_p == 2
    assert run.result.objective is None
    assert run.result.proven is False
    assert run.result.total.added_weight == 0
    assert siting_results.sites_of(town, run.id) == []
    poor = solved(town, settings, p=None, budget=1.0, fixed=("A",)).result
    assert (poor.status, poor.needed_budget) == ("infeasible", 5.0)
    backed = solved(
        town, settings, p=1, fixed=("A",), backup_share=0.5, quotas=(("370203001", Quota(least=1)),)
    ).result
    assert (backed.status, backed.needed_p) == ("infeasible", 2)
    assert "2" in backed.reason.en


def test_a_region_has_its_own_demand_and_candidates(town: Database, settings: Settings) -> None:
    truth = Truth(town)
    run = solved(town, settings, p=1, region="370203001")
    assert codes(town, run) == {"C"}
    west = np.array([code == "370203001" for code in truth.region])
    assert run.result.total.weight == truth.weight[west].sum()
    with pytest.raises(InvalidValueError, match="p:"):
        siting_run.start(town, replace(WANTED, p=2, region="370203001"), None)


def test_drawn_and_generated_candidates(town: Database, settings: Settings) -> None:
    drawn = (DrawnSite("我的点", TOWN_LON + 0.008, TOWN_LAT + 0.004, "路口", 1.5),)
    run = solved(town, settings, p=2, drawn=drawn, fixed=("我的点",))
    site = siting_results.sites_of(town, run.id)[0]
    assert (site.code, site.fixed, site.name, site.cost) == (
        "我的点",
        True,
        "路口",
        1.5,
    )
    assert site.region == "370203"
    made = solved(town, settings, candidates=None, p=3, spacing_m=100.0)
    assert made.inputs.candidates.generated == "generated"
    assert made.inputs.candidates.count == 25
    # Candidates at every demand point: one more site always reaches somebody who is not.
    assert made.result.objective >= solved(town, settings, p=3).result.objective
    again = solved(town, settings, candidates=None, p=3, spacing_m=100.0)
    assert codes(town, made) == codes(town, again)
    one = sorted(codes(town, made))[0]
    without = solved(town, settings, candidates=None, p=3, spacing_m=100.0, forbidden=(one,))
    assert one not in codes(town, without)
    with pytest.raises(InvalidValueError, match="drawn"):
        siting_run.start(town, replace(WANTED, drawn=(DrawnSite("A", 120.0, 36.0),)), None)


def test_generated_sites_cost_what_is_said(town: Database, settings: Settings) -> None:
    """Three for the price of three, and as good as any three; a site with a cost of its own keeps it."""
    free = solved(town, settings, candidates=None, p=3, spacing_m=100.0)
    paid = solved(
        town, settings, candidates=None, p=None, spacing_m=100.0, budget=26.0, site_cost=8.0
    )
    assert free.result is not None
    assert paid.result is not None
    assert len(codes(town, paid)) == 3
    assert paid.result.objective == free.result.objective
    dear = DrawnSite("X", TOWN_LON + 0.004, TOWN_LAT + 0.003, cost=20.0)
    own = solved(
        town,
        settings,
        candidates=None,
        p=None,
        spacing_m=100.0,
        budget=28.0,
        site_cost=8.0,
        drawn=(dear,),
        fixed=("X",),
    )
    assert len(codes(town, own)) == 2


def test_forbidden_areas(town: Database, settings: Settings) -> None:
    square = [[120.357, 36.069], [120.359, 36.069], [120.359, 36.079], [120.357, 36.079]]
    area = {"type": "Polygon", "coordinates": [[*square, square[0]]]}
    run = solved(town, settings, p=3, forbidden_areas=(area,))
    assert codes(town, run) == {"C", "D", "E"}
    for bad in ({"type": "Point", "coordinates": [1, 2]}, {"type": "Polygon"}, {"a": 1}):
        with pytest.raises(InvalidValueError, match="forbidden_areas"):
            siting_run.start(town, replace(WANTED, forbidden_areas=(bad,)), None)


def test_refuses_at_once_what_cannot_be_done(town: Database, subtests: pytest.Subtests) -> None:
    for changes, parameter in [
        ({"p": None}, "p"),
        ({"p": 0}, "p"),
        ({"p": 6}, "p"),
        ({"p": 1, "fixed": ("A", "B")}, "p"),
        ({"model": SitingModel.LSCP}, "p"),
        ({"model": SitingModel.LSCP, "p": None, "quotas": (("370203", Quota(1)),)}, "quotas"),
        ({"model": SitingModel.P_MEDIAN, "budget": 5.0}, "budget"),
        ({"model": SitingModel.P_CENTER, "backup_share": 0.5}, "backup_share"),
        ({"model": SitingModel.P_MEDIAN, "min_spacing_m": 500.0}, "min_spacing_m"),
        ({"share": 0.9}, "share"),
        ({"standard_m": None}, "standard_m"),
        ({"region": "999999"}, "region"),
        ({"demand": "nowhere"}, "demand"),
        ({"candidates": "nowhere"}, "candidates"),
        ({"candidates": None, "budget": 5.0}, "budget"),
        ({"families": ("castle",)}, "families"),
        ({"fixed": ("Z",)}, "fixed"),
        ({"forbidden": ("Z",)}, "forbidden"),
        ({"fixed": ("A",), "forbidden": ("A",)}, "forbidden"),
        ({"quotas": (("999999", Quota(1)),)}, "quotas"),
        ({"quotas": (("370203", Quota(2, 1)),)}, "quotas"),
        ({"quotas": (("370203", Quota(-1)),)}, "quotas"),
        ({"time_limit_seconds": 0.0}, "time_limit_seconds"),
        ({"time_limit_seconds": math.nan}, "time_limit_seconds"),
        ({"target_gap": -0.1}, "target_gap"),
        ({"spacing_m": 1.0}, "spacing_m"),
    ]:
        with subtests.test(changes=changes, parameter=parameter):
            with pytest.raises(InvalidValueError) as refused:
                siting_run.start(town, replace(WANTED, **changes), None)
            assert refused.value.parameter == parameter
            assert recent_runs(town, SITING_RUNS) == []


def test_quotas_of_regions_that_hold_each_other_are_refused(
    town: Database, settings: Settings
) -> None:
    quotas = (("370203", Quota(most=1)), ("370203001", Quota(most=1)))
    run = siting_run.run_here(town, settings, replace(WANTED, quotas=quotas))
    assert run.status is RunStatus.FAILED
    assert run.error is not None
    assert "quotas" in run.error.en


def test_no_demand_is_said(town: Database, settings: Settings) -> None:
    run_sql(town, "update demand_point set weight = 0")
    run = siting_run.run_here(town, settings, WANTED)
    assert run.status is RunStatus.FAILED
    assert run.error is not None
    assert "demand" in run.error.en


def test_parameters_survive_being_stored() -> None:
    full = replace(
        WANTED,
        drawn=(DrawnSite("x", 1.0, 2.0),),
        fixed=("A",),
        quotas=(("370203", Quota(1, 2)),),
        families=("station",),
        at=moment("2026-11-24T22:00"),
        forbidden_areas=({"type": "Polygon", "coordinates": []},),
    )
    assert SitingParameters.from_stored(full.stored()) == full


@pytest.mark.parametrize("candidates", ["hosts", "generated"])
def test_areas_that_take_every_candidate_say_how_many(
    town: Database, settings: Settings, candidates: str
) -> None:
    ring = [[120.0, 35.5], [121.0, 35.5], [121.0, 36.5], [120.0, 36.5], [120.0, 35.5]]
    wanted = replace(
        WANTED, candidates=candidates, forbidden_areas=({"type": "Polygon", "coordinates": [ring]},)
    )
    if candidates == "generated":
        told = siting_run.run_here(town, settings, wanted).error
        assert told is not None
    else:
        with pytest.raises(InvalidValueError) as refused:
            siting_run.start(town, wanted, None)
        told = refused.value.text
        assert "全部 5 个候选点" in told.zh
    assert told.en.startswith("forbidden_areas:")
    assert "they take all" in told.en


def test_a_drawn_place_outside_the_region_asked_is_named(
    town: Database, settings: Settings
) -> None:
    drawn = (DrawnSite("D1", 0.0, 0.0),)
    wanted = replace(WANTED, region="370203", drawn=drawn, fixed=("D1",))
    told = siting_run.run_here(town, settings, wanted).error
    assert told is not None
    assert told.en.startswith("drawn: 'D1'")
    assert "370203" in told.en
    assert "370203" in told.zh
    inside = (DrawnSite("D1", TOWN_LON + 0.008, TOWN_LAT + 0.004),)
    assert siting_run.run_here(town, settings, replace(wanted, drawn=inside)).result is not None
