"""Runs in which each site may be built in several sizes, against every plan in every size."""

import itertools
from dataclasses import replace
from typing import Any

import pytest

from geoapp.core.errors import InvalidValueError
from geoapp.core.questions.siting import SitingModel
from geoapp.core.questions.sizes import SiteSize
from geoapp.core.settings import Settings
from geoapp.operations.proposals.read import list_proposals
from geoapp.operations.proposals.take import take_sites
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting.files import answer_lines
from geoapp.operations.siting.inputs import SitingInputs, read_siting_inputs
from geoapp.operations.siting.results import sites_of
from geoapp.store.engine import Database
from geoapp.store.proposals import ProposalFilter
from tests.operations.siting.five_hosts import HOSTS, WANTED, solved, town
from tests.operations.siting.test_capacity import most_served

__all__ = ["town"]

SIZES = (SiteSize("小", 12.0, 4.0), SiteSize("中", 25.0, 7.0), SiteSize("大", 80.0, 16.0))
SIZED: dict[str, Any] = {"p": None, "sizes": SIZES, "budget": 24.0, "standard_m": 600.0}


def best_served(inputs: SitingInputs, budget: float, most: int, allowed: Any) -> float:
    """Return the most workers that have a seat: every set of hosts in every size that can be paid."""
    own = [cost for *_, cost in HOSTS]
    best = 0.0
    for count in range(1, most + 1):
        for sites in itertools.combinations(range(5), count):
            if not allowed(sites):
                continue
            for built in itertools.product(SIZES, repeat=count):
                pairs = zip(sites, built, strict=True)
                if sum(own[site] + size.cost for site, size in pairs) <= budget:
                    seats = [size.seats for size in built]
                    best = max(best, most_served(inputs, sites, seats))
    return best


def test_no_plan_in_any_sizes_seats_more(
    town: Database, settings: Settings, subtests: pytest.Subtests
) -> None:
    inputs = read_siting_inputs(town, settings, replace(WANTED, **SIZED))
    cases: list[tuple[dict[str, Any], int, Any]] = [
        ({}, 5, lambda _sites: True),
        ({"budget": 45.0}, 5, lambda _sites: True),
        ({"p": 1}, 1, lambda _sites: True),
        ({"fixed": ("D",), "budget": 40.0}, 5, lambda sites: 3 in sites),
        ({"forbidden": ("E",)}, 5, lambda sites: 4 not in sites),
    ]
    for asked, most, allowed in cases:
        with subtests.test(asked=asked):
            run = solved(town, settings, **SIZED | asked)
            found = run.found
            budget = asked.get("budget", SIZED["budget"])
            assert found.status == "optimal"
            assert found.objective == found.bound
            assert found.objective == pytest.approx(best_served(inputs, budget, most, allowed))
            assert found.objective_unit == "workers_served"
            sites = sites_of(town, run.id)
            own = {code: cost for code, *_, cost in HOSTS}
            of_size = {one.name: one for one in SIZES}
            for one in sites:
                size = of_size[str(one.size)]
                assert (one.seats, one.cost) == (size.seats, own[one.code] + size.cost)
                assert one.adds <= size.seats + 1e-9
            assert found.cost == pytest.approx(sum(one.cost or 0 for one in sites))
            assert found.cost <= budget


def test_sizes_go_to_files_and_the_board(town: Database, settings: Settings) -> None:
    run = solved(town, settings, **SIZED)
    lines = {label.en: value for label, value in answer_lines(town, run, settings.timezone)}
    assert "小 (12 seats at 4)" in lines["question"]
    assert "seats together" in lines["sizes built"]
    take_sites(town, settings, run.id)
    costs = {one.order: one.cost for one in list_proposals(town, ProposalFilter())}
    assert costs == {one.order: one.cost for one in sites_of(town, run.id)}


def test_generated_candidates_cost_what_their_size_does(town: Database, settings: Settings) -> None:
    run = solved(town, settings, **SIZED | {"candidates": "generated", "spacing_m": 300.0})
    sites = sites_of(town, run.id)
    of_size = {one.name: one.cost for one in SIZES}
    assert sites and all(one.cost == of_size[str(one.size)] for one in sites)


def test_what_is_not_offered_with_sizes_is_refused(
    town: Database, subtests: pytest.Subtests
) -> None:
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("budget", {"budget": None, "p": 2}),
        ("capacity", {"capacity": 5.0}),
        ("site_cost", {"site_cost": 5.0}),
        ("backup_share", {"backup_share": 0.5}),
        ("alternatives", {"alternatives": 2}),
        ("budget", {"candidates": "anywhere"}),
        ("budget", {"phases": ((2101, 1), (2102, 1))}),
        ("sizes", {"model": SitingModel.EQUITY}),
    ]
    for name, change in wrong:
        with subtests.test(change=change), pytest.raises(InvalidValueError) as caught:
            siting_run.start(town, replace(WANTED, **SIZED | change), None)
        assert caught.value.parameter == name
