"""Runs of actions: what is promised is what a coverage run finds once the actions are carried out."""

import itertools
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import text

from geoapp.analysis.siting import ActionKind
from geoapp.core.errors import InvalidValueError
from geoapp.core.questions.actions import ActionParameters
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.questions.siting import DrawnSite
from geoapp.core.results.actions import ACTION_RUNS, Choice
from geoapp.core.settings import Settings
from geoapp.core.words import RunStatus
from geoapp.operations.actions import results as action_results
from geoapp.operations.actions import run as action_run
from geoapp.operations.actions.inputs import ActionInputs, read_action_inputs
from geoapp.operations.actions.solve import choices, solve_choice
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.runs.state import recent_runs
from geoapp.reports.words.actions import narrowed_text, summary_lines
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 24, 12, tzinfo=SHANGHAI)
EVENING = datetime(2026, 11, 24, 20, tzinfo=SHANGHAI)
NIGHT = datetime(2026, 11, 24, 23, tzinfo=SHANGHAI)


def site(code: str, east: float, north: float) -> DrawnSite:
    """Return a candidate in thousandths of a degree from the town's corner."""
    return DrawnSite(code, TOWN_LON + east / 1000, TOWN_LAT + north / 1000)


WANTED = ActionParameters(
    moments=(NOON, EVENING, NIGHT),
    budget=12.0,
    standard_m=400,
    spacing_m=5_000,
    drawn=(site("A", 6, 2), site("B", 4, 6), site("C", 7, 7)),
    build_cost=8.0,
    extend_cost=3.0,
    move_cost=5.0,
    upgrade_cost=4.0,
    close_saving=1.0,
    families=("station", "base"),
)


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    with database.session() as session:
        session.execute(text("update facility set opening_hours = '24/7' where code = 'T-3'"))
    return database


def covered(database: Database, settings: Settings, families: tuple[str, ...] | None) -> float:
    """Return the workers whom coverage runs find, averaged over the moments."""
    found = []
    for moment in WANTED.moments:
        wanted = CoverageParameters(standard_m=WANTED.standard_m, at=moment, families=families)
        run = coverage_run.run_here(database, settings, wanted)
        assert run.result is not None
        found.append(run.result.total.covered_weight)
    return float(np.mean(found))


def carry_out(database: Database, actions: list[dict[str, Any]]) -> None:
    """Do to the store what a plan says."""
    with database.session() as session:
        for one in actions:
            values = {"code": one.code, "lon": one.lon, "lat": one.lat}
            statement = {
                "build": "insert into facility (code, kind_code, name_zh, geom, timezone, "
                "opening_hours) values (:code, 'outdoor_station', '新', "
                "st_setsrid(st_makepoint(:lon, :lat), 4326), 'Asia/Shanghai', "
                "'Mo-Su 06:00-22:00')",
                "extend_hours": "update facility set opening_hours = coalesce(opening_hours || "
                "', ', '') || 'Mo-Su 06:00-22:00' where code = :code",
                "move": "update facility set geom = st_setsrid(st_makepoint(:lon, :lat), 4326) "
                "where code = :code",
                "upgrade": "update facility set kind_code = 'outdoor_station' where code = :code",
                "close": "update facility set status = 'closed' where code = :code",
            }[one.kind]
            session.execute(text(statement), values)


@pytest.mark.parametrize("budget", [0.0, 3.0, 8.0, 12.0, 30.0])
def test_a_plan_carried_out_covers_what_it_promised(
    town: Database, settings: Settings, budget: float
) -> None:
    before = covered(town, settings, WANTED.families)
    run = action_run.run_here(town, settings, replace(WANTED, budget=budget))
    assert run.status is RunStatus.SUCCEEDED
    result = run.result
    assert result is not None
    assert result.before == pytest.approx(before)
    assert result.status == "optimal"
    assert sum(one.cost for one in result.actions) == result.cost <= budget
    assert before + sum(one.adds for one in result.actions) == pytest.approx(result.objective)
    carry_out(town, result.actions)
    assert covered(town, settings, WANTED.families) == pytest.approx(result.objective)
    (district,) = result.districts
    assert district.before == pytest.approx(before)
    assert district.after == pytest.approx(result.objective)


def brute(inputs: ActionInputs, budget: float, kinds: set[ActionKind]) -> float:
    """Return the most workers that any set of actions has within reach, by trying them all."""
    offered = [n for n, one in enumerate(inputs.offered) if one.action.kind in kinds]
    cover, current = inputs.cover.toarray() > 0, inputs.current.toarray() > 0
    best = 0.0
    for size in range(4):
        for taken in itertools.combinations(offered, size):
            on = [str(inputs.offered[n].action.facility) for n in taken]
            if len(set(on)) < size:
                continue
            if sum(inputs.offered[n].action.cost for n in taken) > budget:
                continue
            stays = [n for n, code in enumerate(inputs.codes) if code not in on]
            reached = current[:, stays].any(axis=1) | cover[:, list(taken)].any(axis=1)
            best = max(best, float(inputs.weights[reached].sum()))
    return best / len(inputs.moments)


@pytest.mark.parametrize("budget", [3.0, 7.0, 12.0])
def test_no_three_actions_reach_more(town: Database, settings: Settings, budget: float) -> None:
    wanted = replace(WANTED, budget=budget, most_actions=3)
    inputs = read_action_inputs(town, settings, wanted)
    assert {one.action.kind for one in inputs.offered} == set(ActionKind)
    assert choices(inputs) == list(Choice)
    for choice, kinds in (
        (Choice.LONGER, {ActionKind.EXTEND_HOURS}),
        (Choice.BUILD, {ActionKind.BUILD}),
        (Choice.ALL, set(ActionKind)),
    ):
        solved = solve_choice(inputs, wanted, choice)
        assert solved.objective == pytest.approx(brute(inputs, budget, kinds))
        assert solved.bound == pytest.approx(solved.objective)


def test_spacing_keeps_new_stations_away(town: Database, settings: Settings) -> None:
    wanted = replace(WANTED, budget=100.0, close_saving=None, min_spacing_m=300.0)
    run = action_run.run_here(town, settings, wanted)
    free = action_run.run_here(town, settings, replace(wanted, min_spacing_m=None))
    assert run.result is not None
    assert free.result is not None
    assert run.result.objective <= free.result.objective
    carry_out(town, run.result.actions)
    new = [one.code for one in run.result.actions if one.kind in ("build", "move")]
    assert new
    with town.session() as session:
        nearest = session.execute(
            text(
                "select min(st_distance(a.geom::geography, b.geom::geography)) from facility a, "
                "facility b where a.code = any(:new) and b.code <> a.code and b.status = 'open' "
                "and b.kind_code <> 'worker_home'"
            ),
            {"new": new},
        ).scalar_one()
    assert nearest >= 300


def test_the_plan_is_in_words_and_in_order(town: Database, settings: Settings) -> None:
    run = action_run.run_here(
        town, settings, replace(WANTED, budget=11.0, move_cost=None, close_saving=None)
    )
    result = action_results.finished(town, run.id).result
    assert result is not None
    assert [one.choice for one in result.comparison] == ["longer", "build", "all"]
    longer, build, everything = result.comparison
    assert everything.objective >= max(longer.objective, build.objective)
    adds = [one.adds for one in result.actions]
    assert adds == sorted(adds, reverse=True)
    for one in result.actions:
        assert one.text_zh != one.text_en
        assert one.name in one.text_zh


def test_what_cannot_be_asked_is_refused(town: Database, subtests: pytest.Subtests) -> None:
    for change, member in [
        ({"moments": ()}, "moments"),
        ({"moments": (NOON,) * 25}, "moments"),
        ({"standard_seconds": 300.0}, "standard_m"),
        ({"budget": -1.0}, "budget"),
        ({"budget": float("nan")}, "budget"),
        ({"build_cost": -2.0}, "build_cost"),
        ({"hours": "late"}, "hours"),
        ({"most_actions": 0}, "most_actions"),
        ({"region": "nowhere"}, "region"),
        ({"families": ("x",)}, "families"),
        (
            dict.fromkeys(
                ("build_cost", "extend_cost", "move_cost", "upgrade_cost", "close_saving")
            ),
            "actions",
        ),
    ]:
        with subtests.test(change=change, member=member):
            with pytest.raises(InvalidValueError) as refused:
                action_run.start(town, replace(WANTED, **change), "ann")
            assert refused.value.parameter == member
            assert recent_runs(town, ACTION_RUNS) == []


def test_kept_as_it_was_asked() -> None:
    assert ActionParameters.from_stored(WANTED.stored()) == replace(
        WANTED, moments=tuple(datetime.fromisoformat(one.isoformat()) for one in WANTED.moments)
    )


def test_what_was_left_out_of_the_choice_is_said_beside_the_verdict(
    town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read_action_inputs(town, settings, WANTED)
    assert whole.rests_on.narrowed == ()
    assert narrowed_text(whole.rests_on) is None
    for name in ("MOST_MOVED", "MOST_TARGETS", "MOST_CLOSED"):
        monkeypatch.setattr(f"geoapp.operations.actions.inputs.{name}", 1)
    run = action_run.run_here(town, settings, WANTED)
    told = [(one.kind, one.among, one.considered, one.total) for one in run.inputs.narrowed]
    moves, every = len({*whole.codes} & moved(whole)), len(whole.codes)
    assert moves > 1 < every
    assert told == [
        ("move", "places", 1, len(targets(whole))),
        ("move", "facilities", 1, moves),
        ("close", "facilities", 1, every),
    ]
    (said,) = [value for label, value in summary_lines(run) if label.en == "considered"]
    assert f"撤销只考虑最不受依赖的 1 处设施（共 {every} 处）；证明只就这些而言。" in said
    assert f"close: only 1 of {every} facilities, those on which fewest depend" in said


def moved(inputs: ActionInputs) -> set[str]:
    return {str(one.action.facility) for one in inputs.offered if one.action.kind == "move"}


def targets(inputs: ActionInputs) -> set[int | None]:
    return {one.target for one in inputs.offered if one.action.kind == "move"}


def test_an_action_with_a_cost_that_nobody_can_take_is_no_fault(
    town: Database, settings: Settings
) -> None:
    """Every family counts already, so that there is nothing to upgrade; the others are compared."""
    run = action_run.run_here(town, settings, replace(WANTED, families=None))
    assert run.status is RunStatus.SUCCEEDED, run.error
    assert run.inputs.offered["upgrade"] == 0 < run.inputs.offered["build"]
    only = replace(WANTED, families=None, build_cost=None, extend_cost=None, move_cost=None)
    with pytest.raises(InvalidValueError) as caught:
        read_action_inputs(town, settings, replace(only, close_saving=None))
    assert caught.value.parameter == "actions"


@pytest.mark.parametrize("families", [("home",), ("station", "base")])
def test_nobody_stands_yet(town: Database, settings: Settings, families: tuple[str, ...]) -> None:
    """Without any facility there is nothing to extend, move, upgrade or close: building is left."""
    with town.session() as session:
        session.execute(text("update facility set status = 'closed'"))
    run = action_run.run_here(town, settings, replace(WANTED, families=families))
    assert run.status is RunStatus.SUCCEEDED, run.error
    assert run.result is not None and run.result.objective > run.result.before == 0
