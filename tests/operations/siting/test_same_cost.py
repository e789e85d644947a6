"""Another plan at the same cost, against every plan there is."""

import itertools
from typing import Any

import pytest
import shapely

from geoapp.analysis.geometry.spheroid import GEOD
from geoapp.core.i18n import Text
from geoapp.core.questions.places import DrawnSite
from geoapp.core.questions.quota import Quota
from geoapp.core.questions.siting import SitingModel
from geoapp.core.settings import Settings
from geoapp.operations.siting.results import sites_of
from geoapp.reports.words.same_cost import same_cost_lines
from geoapp.store.engine import Database
from tests.operations.coverage.small_town import moment
from tests.operations.siting.five_hosts import HOSTS, Truth, plans, run_sql, solved, town
from tests.seed import TOWN_LAT, TOWN_LON

__all__ = ["town"]

COST = {code: cost for code, *_, cost in HOSTS}
DRAWN = (DrawnSite("M1", TOWN_LON, TOWN_LAT),)
AROUND = shapely.geometry.mapping(
    shapely.box(TOWN_LON - 1, TOWN_LAT + 0.002, TOWN_LON + 1, TOWN_LAT + 1)
)
MOMENTS = (moment("2026-11-24T10:00"), moment("2026-11-24T20:00"))
EAST = ("370203001", "370203002")


def best_other(truth: Truth, own: set[str], differ: int, allowed: Any, most: float) -> float | None:
    """Return the most that a plan of no more sites and cost reaches which is so far from one; None = none."""
    best: float | None = None
    for count in range(len(own) + 1):
        for plan in plans(count):
            codes = {"ABCDE"[one] for one in plan}
            apart = len(own - codes) >= differ
            if apart and sum(COST[one] for one in codes) <= most and allowed(codes):
                best = max(best or 0.0, truth.reached(plan))
    return best


def test_no_other_plan_at_the_cost_reaches_more(
    town: Database, settings: Settings, subtests: pytest.Subtests
) -> None:
    truth = Truth(town)
    cases: list[tuple[dict[str, Any], Any]] = [
        ({"p": 1}, lambda _codes: True),
        ({"p": 2}, lambda _codes: True),
        ({"p": 3}, lambda _codes: True),
        ({"p": 3, "fixed": ("E",)}, lambda codes: "E" in codes),
        ({"p": 2, "forbidden": ("B",)}, lambda codes: "B" not in codes),
        ({"p": None, "budget": 9.0}, lambda _codes: True),
        ({"p": 2, "budget": 7.0}, lambda _codes: True),
        (
            {"p": 3, "quotas": ((EAST[1], Quota(1, 1)),)},
            lambda codes: len(codes - {"C"}) == 1,
        ),
    ]
    for asked, allowed in cases:
        with subtests.test(asked=asked):
            run = solved(town, settings, **asked)
            own = {one.code for one in sites_of(town, run.id)}
            found = run.found.same_cost
            assert found is not None
            free = len(own - set(asked.get("fixed", ())))
            assert found.differ == (free + 1) // 2
            assert found.cost == sum(COST[one] for one in own)
            best = best_other(truth, own, found.differ, allowed, found.cost)
            if best is None:
                assert found.plan is None and found.none
                continue
            plan = found.plan
            assert plan is not None and not found.none
            assert plan.objective == plan.bound == pytest.approx(best)
            other = set(plan.sites)
            assert truth.reached(tuple(map("ABCDE".index, sorted(other)))) == plan.objective
            assert found.other_cost == sum(COST[one] for one in other) <= found.cost
            assert {one.code for one in plan.given_up} == own - other
            assert {one.code for one in plan.taken_instead} == other - own
            loss = run.found.objective - plan.objective
            assert plan.loss_share == pytest.approx(loss / run.found.objective)
            assert sum(plan.by_district.values()) == pytest.approx(-loss)
            said = same_cost_lines(found, {})
            assert said[1] == Text(
                "已证明这样的方案没有更好的。", "Proven: no such plan reaches more."
            )
            assert f"{found.cost:g}" in said[0].en


def test_without_costs_it_has_as_many_sites(town: Database, settings: Settings) -> None:
    run_sql(town, "update candidate set cost = null where code = 'A'")
    truth = Truth(town)
    run = solved(town, settings, p=2)
    own = {one.code for one in sites_of(town, run.id)}
    found = run.found.same_cost
    assert (found.cost, found.other_cost, found.differ) == (None, None, 1)
    best = max(
        truth.reached(plan)
        for plan in itertools.combinations(range(5), 2)
        if {"ABCDE"[one] for one in plan} != own
    )
    assert found.plan.objective == pytest.approx(best) and len(found.plan.sites) == 2
    assert "as many sites" in same_cost_lines(found, {})[0].en


def test_generated_sites_are_given_up_for_places_elsewhere(
    town: Database, settings: Settings
) -> None:
    """A candidate beside the site that is given up is no other place."""
    asked: dict[str, Any] = {
        "p": 3,
        "candidates": "generated",
        "spacing_m": 60.0,
        "standard_m": 300.0,
    }
    run = solved(town, settings, **asked)
    found, sites = run.found.same_cost, sites_of(town, run.id)
    assert found.near_m == pytest.approx(0.5 * 300 / 1.3)
    plan = found.plan
    assert plan is not None and plan.objective == plan.bound < run.found.objective
    others = {one.code: (one.lon, one.lat) for one in plan.taken_instead}
    others |= {one.code: (one.lon, one.lat) for one in sites if one.code in plan.sites}
    alone = [
        one
        for one in plan.given_up
        if all(GEOD.inv(one.lon, one.lat, *place)[2] > found.near_m for place in others.values())
    ]
    assert len(alone) >= found.differ == 2
    assert "of these" in same_cost_lines(found, {})[0].en


def test_where_there_is_nothing_else_to_build_it_builds_less(
    town: Database, settings: Settings
) -> None:
    run = solved(town, settings, p=3, forbidden=("A", "B"))
    found = run.found.same_cost
    assert len(found.plan.given_up) == 2 and not found.plan.taken_instead
    said = [line.en for line in same_cost_lines(found, {})[2:]]
    assert sum("Not built: " in one for one in said) == 2
    assert not any("Built instead" in one for one in said)


def test_it_is_not_sought_where_it_could_not_be_proven(
    town: Database, settings: Settings, subtests: pytest.Subtests
) -> None:
    for asked in (
        {"p": 2, "backup_share": 0.5},
        {"p": 2, "capacity": 9.0},
        {"p": None, "phases": ((2101, 1), (2102, 1))},
        {"p": 2, "model": SitingModel.EQUITY},
        {"p": 1, "fixed": ("A",)},
        {"p": None, "model": SitingModel.LSCP, "share": 0.9, "candidates": "anywhere"},
    ):
        with subtests.test(asked=asked):
            assert solved(town, settings, **asked).found.same_cost is None


def test_anywhere_half_of_the_sites_go_elsewhere(
    town: Database, settings: Settings, subtests: pytest.Subtests
) -> None:
    for asked in (
        {"p": 3, "standard_m": 200.0},
        {"p": 4, "standard_m": 200.0, "drawn": DRAWN, "fixed": ("M1",)},
        {"p": 3, "standard_m": 200.0, "forbidden_areas": (AROUND,)},
        {"p": 2, "standard_m": 300.0, "region": "370203"},
        {"p": 3, "standard_m": 200.0, "moments": MOMENTS},
    ):
        with subtests.test(asked=asked):
            run = solved(town, settings, candidates="anywhere", **asked)
            found, sites = run.found.same_cost, sites_of(town, run.id)
            own = {one.code: (one.lon, one.lat) for one in sites}
            free = [one for one in sites if not one.fixed]
            plan = found.plan
            assert found.near_m == pytest.approx(0.5 * asked["standard_m"] / 1.3)
            assert found.differ == len(plan.given_up) == (len(free) + 1) // 2
            assert len(plan.sites) <= len(own)
            gone = {one.code for one in plan.given_up}
            instead = {one.code: (one.lon, one.lat) for one in plan.taken_instead}
            # The others stay as they are, must-haves among them.
            assert set(plan.sites) == (set(own) - gone) | set(instead)
            assert not gone & {one.code for one in sites if one.fixed}
            places = {**{code: own[code] for code in set(own) - gone}, **instead}
            for code in gone:
                for place in places.values():
                    if place in instead.values():
                        assert GEOD.inv(*own[code], *place)[2] > found.near_m
            for place in instead.values():
                assert (
                    not shapely.geometry.shape(AROUND).contains(shapely.Point(place))
                    or "forbidden_areas" not in asked
                )
            # What it newly reaches is what these places reach when each must be there.
            drawn = tuple(DrawnSite(code, *place) for code, place in places.items())
            again = solved(
                town,
                settings,
                **{
                    **asked,
                    "p": len(drawn),
                    "drawn": drawn,
                    "fixed": tuple(places),
                    "forbidden_areas": (),
                },
            )
            assert again.found.objective == pytest.approx(plan.objective)
            assert plan.objective <= plan.bound
            assert plan.bound >= run.found.objective
            loss = run.found.objective - plan.objective
            assert plan.loss_share == pytest.approx(loss / run.found.objective)
            assert sum(plan.by_district.values()) == pytest.approx(-loss)
            assert "as many sites" in same_cost_lines(found, {})[0].en
