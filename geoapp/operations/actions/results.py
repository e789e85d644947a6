"""What a run of actions found: the plan as a list of actions in words, what it changes, what else."""

import math
from typing import Any, Final

import numpy as np

from geoapp.analysis.siting import ActionKind
from geoapp.core.i18n import Text
from geoapp.core.questions.actions import ActionParameters
from geoapp.core.results.run import RunState
from geoapp.core.words import Level, RunStatus
from geoapp.operations.actions.inputs import ActionInputs, Offered
from geoapp.operations.actions.solve import Solved, average, best_of
from geoapp.operations.runs.lifecycle import Attempt, LostRunError, read_finished
from geoapp.store.engine import Database
from geoapp.store.runs.runs import end_run

KIND: Final = "actions"


def action_text(one: Offered, hours: str, region: Text | None) -> Text:
    """Return an action in words: what is done to whom, and where."""
    where = Text("", "") if region is None else Text(f"（{region.zh}）", f" ({region.en})")
    detail = one.action.detail or Text("", "")
    return {
        ActionKind.BUILD: Text(
            f"新建站点 {one.name}{where.zh}，{hours} 开放",
            f"Build a station at {one.name}{where.en}, open {hours}",
        ),
        ActionKind.EXTEND_HOURS: Text(
            f"{one.name}{where.zh}延长开放时间，{detail.zh}",
            f"{one.name}{where.en}: longer hours, {detail.en}",
        ),
        ActionKind.MOVE: Text(
            f"{one.name}{detail.zh}{where.zh}", f"Move {one.name} {detail.en}{where.en}"
        ),
        ActionKind.UPGRADE: Text(
            f"{one.name}{where.zh}升级为服务户外劳动者的站点",
            f"Upgrade {one.name}{where.en} to serve outdoor workers",
        ),
        ActionKind.CLOSE: Text(
            f"撤销 {one.name}{where.zh}，附近另有站点",
            f"Close {one.name}{where.en}; others are near",
        ),
    }[one.action.kind]


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
    result = _summary(inputs, wanted, best) | {
        "actions": _actions(inputs, wanted, best),
        "comparison": [_compared(inputs, one) for one in [*solved[:-1], best]],
        "districts": _districts(inputs, best),
    }
    told = inputs.told | {"moments": [one.isoformat() for one in inputs.moments]}
    with database.session() as session:
        ended = end_run(
            session,
            attempt.run_id,
            attempt.number,
            RunStatus.SUCCEEDED,
            result=result,
            inputs=told,
        )
        if not ended:
            raise LostRunError


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _summary(inputs: ActionInputs, wanted: ActionParameters, best: Solved) -> dict[str, Any]:
    weight = float(inputs.weights.sum()) / len(inputs.moments)
    return {
        "weight": weight,
        "before": best.before,
        "before_share": best.before / weight,
        "objective": best.objective,
        "after_share": best.objective / weight,
        "bound": best.bound,
        "gap_share": _finite(best.gap_share),
        "status": str(best.status),
        "cost": best.cost,
        "least_cost": best.least_cost,
        "budget": wanted.budget,
        "seconds": best.seconds,
    }


def _compared(inputs: ActionInputs, one: Solved) -> dict[str, Any]:
    kinds = [str(inputs.offered[n].action.kind) for n in one.taken]
    return {
        "choice": str(one.choice),
        "objective": one.objective,
        "added": one.objective - one.before,
        "bound": one.bound,
        "gap_share": _finite(one.gap_share),
        "status": str(one.status),
        "cost": one.cost,
        "kinds": {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)},
    }


def _actions(inputs: ActionInputs, wanted: ActionParameters, best: Solved) -> list[dict[str, Any]]:
    regions = {one.code: one for one in inputs.ground.regions}
    rows = []
    for order, (number, adds) in enumerate(zip(best.taken, best.adds, strict=True), 1):
        one = inputs.offered[number]
        code = None
        if one.target is not None and inputs.candidates is not None:
            code = inputs.candidates.region[one.target]
        named = regions.get(code or "")
        region = None if named is None else Text(named.name_zh, named.name_en or named.name_zh)
        words = action_text(one, wanted.hours, region)
        rows.append(
            {
                "order": order,
                "kind": str(one.action.kind),
                "code": str(one.action.facility).removeprefix("new:"),
                "name": one.name,
                "text_zh": words.zh,
                "text_en": words.en,
                "cost": one.action.cost,
                "adds": adds,
                "region": code,
                "lon": one.lon,
                "lat": one.lat,
            }
        )
    return rows


def _districts(inputs: ActionInputs, best: Solved) -> list[dict[str, Any]]:
    """Return the districts that hold demand, before and after, averaged over the moments."""
    region = inputs.ground.demand.region
    if region is None:
        return []
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
            {
                "code": code,
                "name_zh": names[code].name_zh,
                "name_en": names[code].name_en,
                "weight": weight,
                "before": first,
                "before_share": first / weight if weight > 0 else None,
                "after": then,
                "after_share": then / weight if weight > 0 else None,
            }
        )
    return rows


def finished(database: Database, run_id: int) -> RunState:
    """Return a run of actions that has results.

    Raises
    ------
    NotFoundError
        If there is no such run.
    ConflictError
        If it has not succeeded.
    """
    return read_finished(database, KIND, run_id)
