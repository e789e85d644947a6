"""What a run of actions found: the plan as a list of actions in words, what it changes, what else."""

import math
from collections.abc import Collection

import numpy as np

from geoapp.core.i18n import Text
from geoapp.core.questions.actions import ActionParameters
from geoapp.core.results.actions import (
    ACTION_RUNS,
    ActionDistrict,
    ActionFindings,
    ActionRun,
    ChosenAction,
    ComparedChoice,
)
from geoapp.core.words import Level, RunStatus
from geoapp.operations.actions.inputs import ActionInputs
from geoapp.operations.actions.solve import Solved, average, best_of
from geoapp.operations.runs.lifecycle import Attempt, LostRunError
from geoapp.operations.runs.state import read_finished, run_state
from geoapp.reports.words.actions import action_text
from geoapp.store.engine import Database
from geoapp.store.facilities.read import regions_below
from geoapp.store.regions import region_codes
from geoapp.store.runs.runs import end_run, latest_asked, list_runs_about


def store_actions(
    database: Database,
    attempt: Attempt,
    inputs: ActionInputs,
    wanted: ActionParameters,
    solved: list[Solved],
) -> None:
    """Write the results and end the run, in one transaction.

    Raises
    ------
    LostRunError
        If the run is no longer this worker's; nothing is written.
    """
    best = best_of(solved, wanted.target_gap)
    weight = float(inputs.weights.sum()) / len(inputs.moments)
    findings = ActionFindings(
        weight=weight,
        before=best.before,
        before_share=best.before / weight,
        objective=best.objective,
        after_share=best.objective / weight,
        bound=best.bound,
        gap_share=_finite(best.gap_share),
        status=best.status,
        cost=best.cost,
        least_cost=best.least_cost,
        budget=wanted.budget,
        seconds=best.seconds,
        actions=_actions(inputs, wanted, best),
        comparison=tuple(_compared(inputs, one) for one in [*solved[:-1], best]),
        districts=_districts(inputs, best),
    )
    with database.session() as session:
        ended = end_run(
            session,
            attempt.run_id,
            attempt.number,
            RunStatus.SUCCEEDED,
            result=findings.stored(),
            inputs=inputs.rests_on.as_json(),
        )
        if not ended:
            raise LostRunError


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _compared(inputs: ActionInputs, one: Solved) -> ComparedChoice:
    kinds = [inputs.offered[n].action.kind for n in one.taken]
    return ComparedChoice(
        choice=one.choice,
        objective=one.objective,
        added=one.objective - one.before,
        bound=one.bound,
        gap_share=_finite(one.gap_share),
        status=one.status,
        cost=one.cost,
        kinds={kind: kinds.count(kind) for kind in dict.fromkeys(kinds)},
    )


def _actions(
    inputs: ActionInputs, wanted: ActionParameters, best: Solved
) -> tuple[ChosenAction, ...]:
    regions = {one.code: one for one in inputs.ground.regions}
    rows = []
    for order, (number, adds) in enumerate(zip(best.taken, best.adds, strict=True), 1):
        one = inputs.offered[number]
        code = None
        if one.target is not None and inputs.candidates is not None:
            code = inputs.candidates.region[one.target]
        named = regions.get(code or "")
        region = None if named is None else Text(named.name_zh, named.name_en or named.name_zh)
        words = action_text(one.action.kind, one.name, one.action.detail, wanted.new_hours, region)
        rows.append(
            ChosenAction(
                order=order,
                kind=one.action.kind,
                code=str(one.action.facility).removeprefix("new:"),
                name=one.name.zh,
                text_zh=words.zh,
                text_en=words.en,
                cost=one.action.cost,
                adds=adds,
                region=code,
                lon=one.lon,
                lat=one.lat,
            )
        )
    return tuple(rows)


def _districts(inputs: ActionInputs, best: Solved) -> tuple[ActionDistrict, ...]:
    """Return the districts that hold demand, before and after, averaged over the moments."""
    region = inputs.ground.demand.region
    if region is None:
        return ()
    above = inputs.ground.region_at(Level.DISTRICT, region)
    before = np.asarray(inputs.current.sum(axis=1)).reshape(-1) > 0
    everything = np.ones(len(before), np.bool_)
    names = {one.code: one for one in inputs.ground.regions}
    rows = []
    for code in sorted({one for one in above if one is not None}):
        points = np.array(above == code, dtype=np.bool_)
        weight, first, then = (
            average(inputs, mask, points) for mask in (everything, before, best.covered)
        )
        rows.append(
            ActionDistrict(
                code=code,
                name_zh=names[code].name_zh,
                name_en=names[code].name_en,
                weight=weight,
                before=first,
                before_share=first / weight if weight > 0 else None,
                after=then,
                after_share=then / weight if weight > 0 else None,
            )
        )
    return tuple(rows)


def latest_about(
    database: Database, regions: Collection[str | None], limit: int = 5
) -> list[ActionRun]:
    """Return the runs of actions that ended and were asked about these regions or parts of them.

    The newest first. None among the regions stands for a question about everything; alone, all regions
    are parts of it.
    """
    with database.session() as session:
        if set(regions) == {None}:
            below = set(region_codes(session))
        else:
            below = {code for one in regions if one for code in regions_below(session, one)}
        found = list_runs_about(session, ACTION_RUNS.name, below | set(regions), limit)
        return [run_state(run, ACTION_RUNS) for run in found]


def latest_answer(database: Database, asked: ActionParameters) -> ActionRun | None:
    """Return the newest run of a question, under way, failed or answered; None = it was not asked."""
    with database.snapshot() as session:
        found = latest_asked(session, ACTION_RUNS.name, asked.stored())
        return None if found is None else run_state(found, ACTION_RUNS)


def finished(database: Database, run_id: int) -> ActionRun:
    """Return a run of actions that has results.

    Raises
    ------
    NotFoundError
        If there is no such run.
    ConflictError
        If it has not succeeded.
    """
    return read_finished(database, ACTION_RUNS, run_id)
