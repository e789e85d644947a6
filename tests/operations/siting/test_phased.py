"""Plans in phases on a town: against every nested plan there is, and through to the board."""

import itertools
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.quota import Quota
from geoapp.core.questions.siting import SitingModel, SitingParameters
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.maps.registry import registry
from geoapp.operations.layers.rows import read_layer, read_moment
from geoapp.operations.plan_paper import plan_paper
from geoapp.operations.proposals.read import list_proposals
from geoapp.operations.proposals.take import take_sites
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting.files import answer_lines
from geoapp.operations.siting.results import sites_of
from geoapp.reports.words.siting import summary_lines
from geoapp.store.engine import Database
from geoapp.store.proposals import ProposalFilter
from tests.operations.siting.five_hosts import WANTED, Truth, plans, solved, town

__all__ = ["town"]

PHASES = ((2101, 1), (2102, 2), (2103, 1))


def nested(allowed: Any) -> list[tuple[tuple[int, ...], ...]]:
    """Return all plans of one, three and four hosts of which each holds those before it."""
    return [
        (first, second, third)
        for first, second, third in itertools.product(plans(1), plans(3), plans(4))
        if set(first) <= set(second) <= set(third) and allowed(first, third)
    ]


def test_the_phases_are_the_best_of_all_nested_plans(
    town: Database, settings: Settings, subtests: pytest.Subtests
) -> None:
    truth = Truth(town)
    cases: list[tuple[dict[str, Any], Any]] = [
        ({}, lambda _first, _third: True),
        ({"fixed": ("E",)}, lambda first, _third: 4 in first),
        ({"forbidden": ("B",)}, lambda _first, third: 1 not in third),
    ]
    for asked, allowed in cases:
        with subtests.test(asked=asked):
            run = solved(town, settings, p=None, phases=PHASES, **asked)
            found = run.result
            best = max(sum(map(truth.reached, plan)) for plan in nested(allowed)) / 3
            assert found.objective == found.bound == pytest.approx(best)
            assert found.status == "optimal"
            sites = sites_of(town, run.id)
            assert [one.phase for one in sites] == [2101, 2102, 2102, 2103]
            numbers = ["ABCDE".index(one.code) for one in sites]
            for one, size in zip(found.phases, (1, 3, 4), strict=True):
                assert one.sites_total == size
                assert one.added_weight == truth.reached(tuple(numbers[:size]))
                alone = max(
                    truth.reached(plan)
                    for plan in plans(size)
                    if {"ABCDE".index(code) for code in asked.get("fixed", ())} <= set(plan)
                    and not {"ABCDE".index(code) for code in asked.get("forbidden", ())} & set(plan)
                )
                assert one.alone_weight == one.alone_bound == alone
            assert found.total.added_weight == found.phases[-1].added_weight
            assert sum(one.adds for one in sites) == found.total.added_weight


def test_phases_go_to_files_and_the_board_with_their_years(
    town: Database, settings: Settings
) -> None:
    run = solved(town, settings, p=None, phases=PHASES)
    assert run.params["phases"] == {"2101": 1, "2102": 2, "2103": 1}
    assert SitingParameters.from_stored(run.params) == replace(WANTED, p=4, phases=PHASES)
    told = {label.en: value for label, value in summary_lines(run)}
    assert "1 site more, 1 by then" in told["2101"]
    assert "price of the phases" in told["2103"]
    lines = {label.en: value for label, value in answer_lines(town, run, settings.timezone)}
    assert "1 site in 2101, 2 sites in 2102, 1 site in 2103" in lines["question"]
    # On the map's pop-ups and on the pages of the sites, too.
    layer = registry().get("proposals", Role.PLANNER)
    moment = read_moment(town, settings, run.id)
    rows = read_layer(town, layer, moment.context).rows
    assert [row["year"] for row in rows] == ["2101", "2102", "2102", "2103"]
    lines = [dict(site.lines) for site in plan_paper(town, settings, run).sites]
    assert [one[Text("哪年建", "Built in")].en for one in lines] == [row["year"] for row in rows]
    take_sites(town, settings, run.id)
    board = sorted((one.order, one.planned_on) for one in list_proposals(town, ProposalFilter()))
    years = (2101, 2102, 2102, 2103)
    assert board == [(n, date(year, 12, 31)) for n, year in enumerate(years, start=1)]


def test_what_a_plan_in_phases_does_not_honour_is_refused(
    town: Database, settings: Settings, subtests: pytest.Subtests
) -> None:
    wrong: dict[str, Any] = {
        "p": 5,
        "budget": 9.0,
        "quotas": (("370203", Quota(1, None)),),
        "min_spacing_m": 300.0,
        "capacity": 5.0,
        "backup_share": 0.5,
        "alternatives": 2,
        "candidates": "anywhere",
        "fixed": ("A", "B"),
    }
    for name, value in wrong.items():
        with subtests.test(name=name), pytest.raises(InvalidValueError) as caught:
            asked = replace(WANTED, p=4, phases=PHASES)
            siting_run.start(town, replace(asked, **{name: value}), None)
        assert caught.value.parameter == name
    with pytest.raises(InvalidValueError, match="mclp"):
        siting_run.start(town, replace(WANTED, p=4, phases=PHASES, model=SitingModel.EQUITY), None)
