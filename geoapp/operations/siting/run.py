"""Siting runs: where the next stations should go, and how far from the best that can be at most."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from geoapp.analysis.siting import SitingStatus
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingModel, SitingParameters
from geoapp.core.results.siting import SITING_RUNS, SitingRun, StreetsNear
from geoapp.core.settings import Settings
from geoapp.core.units import counted, format_metres
from geoapp.operations.ground.near import NearGround, near_only
from geoapp.operations.ground.near_streets import check_streets
from geoapp.operations.ground.reading import check_siting
from geoapp.operations.runs.lifecycle import Attempt, Work, do_here
from geoapp.operations.runs.queue import enqueue
from geoapp.operations.runs.watch import Watch
from geoapp.operations.siting.alternatives import other_plans
from geoapp.operations.siting.anywhere import best_places
from geoapp.operations.siting.center import central_places
from geoapp.operations.siting.dropped import without_dropped
from geoapp.operations.siting.elsewhere import most_anywhere
from geoapp.operations.siting.elsewhere_anywhere import places_elsewhere
from geoapp.operations.siting.fewest import fewest_places
from geoapp.operations.siting.inputs import SitingInputs, read_siting_inputs
from geoapp.operations.siting.limits import explain
from geoapp.operations.siting.parts import check_in_parts
from geoapp.operations.siting.phased import plan_in_phases
from geoapp.operations.siting.results import Beside, store_siting
from geoapp.operations.siting.robust import robust_plan
from geoapp.operations.siting.same_cost import plan_at_same_cost
from geoapp.operations.siting.solve import SitingPlan, solve_siting
from geoapp.operations.workforce import Workforce
from geoapp.store.engine import Database

_SAVING = Text("保存结果", "Saving the results")
_SOLVING = Text("求解", "Solving")
_ELSEWHERE = Text("与任何地方相比", "Comparing with places anywhere")
_READ_SHARE = 0.4
_SOLVED_SHARE = 0.9
_EXPLAINED_SHARE = 0.95


def _newly_reached(objective: float) -> Text:
    some = counted(objective, "人", "worker")
    return Text(f"新增覆盖 {some.zh}", f"{some.en} newly reached")


def _newly_seated(objective: float) -> Text:
    some = counted(objective, "人", "worker")
    return Text(f"新有座位 {some.zh}", f"{some.en} newly seated")


def _walked(objective: float) -> Text:
    some = counted(objective, "人·米", "worker-metre")
    return Text(f"加权步行 {some.zh}", f"{some.en} walked")


def _longest(objective: float) -> Text:
    shown = format_metres(objective)
    return Text(f"最远步行 {shown.zh}", f"longest walk {shown.en}")


_BEST = {
    SitingModel.MCLP: _newly_reached,
    SitingModel.LSCP: lambda objective: counted(objective, "个站点", "site"),
    SitingModel.P_MEDIAN: _walked,
    SitingModel.EQUITY: _newly_reached,
    SitingModel.ROBUST: _newly_reached,
    SitingModel.P_CENTER: _longest,
}

_ANYWHERE = {
    SitingModel.MCLP: best_places,
    SitingModel.LSCP: fewest_places,
    SitingModel.P_CENTER: central_places,
}


def start(
    database: Database,
    wanted: SitingParameters,
    created_by: str | None,
    *,
    settings: Settings | None = None,
) -> SitingRun:
    """Queue a run and return its state.

    Parameters
    ----------
    settings
        Whose clocks the hours of new sites are by, and whose streets they may have to be near; without it
        only the run itself tells whether the sites are open at the moment, and whether there are streets.

    Raises
    ------
    InvalidValueError
        If a value is not accepted, or the model does not honour one.
    """
    _check(database, settings, wanted)
    return enqueue(database, SITING_RUNS, wanted.stored(), created_by)


def run_here(
    database: Database,
    settings: Settings,
    wanted: SitingParameters,
    progress: Callable[[float, Text], None] | None = None,
    workforce: Workforce | None = None,
) -> SitingRun:
    """Do a run from this process, for the command line, and return how it ended.

    Parameters
    ----------
    workforce
        Who searches, component by component; None = this process does, all at once.

    Raises
    ------
    InvalidValueError
        If the question cannot be answered, or not in parts.
    """
    _check(database, settings, wanted)
    if workforce is not None:
        check_in_parts(wanted)
    doing = work(database, settings, workforce)
    return do_here(database, SITING_RUNS, wanted.stored(), doing, progress)


def _check(database: Database, settings: Settings | None, wanted: SitingParameters) -> None:
    if settings is not None:
        check_streets(settings, wanted)
    with database.session() as session:
        check_siting(session, wanted, None if settings is None else settings.timezone)


def work(database: Database, settings: Settings, workforce: Workforce | None = None) -> Work:
    """Return the function that does a queued run; parameters as in `run_here`."""

    def do(attempt: Attempt, params: dict[str, Any]) -> None:
        wanted = SitingParameters.from_stored(params)
        _compute(database, settings, attempt, wanted, workforce)

    return do


def _compute(
    database: Database,
    settings: Settings,
    attempt: Attempt,
    wanted: SitingParameters,
    workforce: Workforce | None,
) -> None:
    wanted, dropped = without_dropped(database, wanted)
    near = near_only(database, settings, wanted)
    wanted = near.wanted
    inputs = read_siting_inputs(
        database,
        settings,
        wanted,
        lambda share, step: attempt.progress(_READ_SHARE * share, step),
    )
    inputs = replace(inputs, surely_forbidden=near.surely)
    attempt.progress(_READ_SHARE, _SOLVING)
    watch = Watch(
        attempt,
        heading=_SOLVING,
        best=_newly_seated if wanted.seated else _BEST[wanted.model],
        step=_SOLVING,
        share=_READ_SHARE,
        until=_SOLVED_SHARE,
    )
    robust = None
    if wanted.anywhere:
        find = _ANYWHERE[wanted.model]
        inputs, plan = find(
            database,
            settings,
            inputs,
            wanted,
            progress=watch.tell,
            cancelled=watch.cancelled,
        )
    elif wanted.model is SitingModel.ROBUST:
        plan, robust = robust_plan(inputs, wanted, progress=watch.tell, cancelled=watch.cancelled)
    elif wanted.phases:
        plan = plan_in_phases(inputs, wanted, progress=watch.tell, cancelled=watch.cancelled)
    else:
        plan = solve_siting(
            inputs, wanted, progress=watch.tell, cancelled=watch.cancelled, workforce=workforce
        )
    if watch.stopped is not None:
        nothing = math.isnan(plan.result.objective)
        # A plan that was met before the cancel stays; its status says that it was cancelled.
        if not watch.keeps_best or (nothing and plan.result.status is not SitingStatus.INFEASIBLE):
            raise watch.stopped
    anywhere_bound = None
    if watch.stopped is None and not wanted.anywhere:
        watch.at(_SOLVED_SHARE, _ELSEWHERE)
        anywhere_bound = most_anywhere(inputs, wanted, plan, cancelled=watch.cancelled)
    explanation = None
    # Limits are compared among candidates, and for a number of sites that open at once.
    if not wanted.anywhere and not wanted.phases:
        explanation = explain(
            inputs,
            wanted,
            plan,
            tell=lambda step: watch.at(_SOLVED_SHARE, step),
            cancelled=watch.cancelled,
        )
    others = other_plans(
        inputs,
        wanted,
        plan,
        tell=lambda step: watch.at(_EXPLAINED_SHARE, step),
        cancelled=watch.cancelled,
    )
    same_cost = None
    if watch.stopped is None and wanted.anywhere:
        same_cost = places_elsewhere(
            database,
            settings,
            inputs,
            wanted,
            plan,
            tell=lambda step: watch.at(_EXPLAINED_SHARE, step),
            cancelled=watch.cancelled,
        )
    elif watch.stopped is None:
        same_cost = plan_at_same_cost(
            inputs,
            wanted,
            plan,
            tell=lambda step: watch.at(_EXPLAINED_SHARE, step),
            cancelled=watch.cancelled,
        )
    if watch.stopped is None:
        attempt.progress(_EXPLAINED_SHARE, _SAVING)
    elif not watch.keeps_best:
        raise watch.stopped
    rests_on = inputs.rests_on.model_copy(
        update={
            "dropped": dropped,
            "near_hosts": near.hosts,
            "near_streets": _streets_near(near, inputs, plan),
        }
    )
    store_siting(
        database,
        attempt,
        replace(inputs, rests_on=rests_on),
        wanted,
        plan,
        Beside(explanation, others, same_cost, anywhere_bound, robust),
    )


def _streets_near(near: NearGround, inputs: SitingInputs, plan: SitingPlan) -> StreetsNear | None:
    """Return what is told of the streets that the sites had to be near, each site measured once more."""
    if near.streets is None:
        return None
    held, chosen, limit_m = inputs.candidates, plan.result.chosen, near.wanted.near_streets_m
    told = near.streets.told(held.lon[chosen], held.lat[chosen])
    if told.farthest_m is not None and limit_m is not None and told.farthest_m > limit_m:
        raise RuntimeError(f"a site is {told.farthest_m} m from a street, of {limit_m} asked")
    return told
