"""``/plan/actions``: longer hours, new stations, moves: what helps most for one budget?"""

import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from geoapp.core.i18n import Text
from geoapp.core.questions.actions import ACTIONS, COSTS, ActionParameters
from geoapp.core.results.actions import (
    ACTION_RUNS,
    CHOICE_TEXT,
    ActionFindings,
    ActionRun,
    ChosenAction,
)
from geoapp.core.roles import Permission
from geoapp.core.words import FAMILY_TEXT, RunStatus
from geoapp.operations.actions.files import save_actions
from geoapp.operations.facilities.vocabularies import read_candidate_sets, read_demand_sets
from geoapp.operations.ground.in_service import now
from geoapp.operations.network.keeper import network_folder
from geoapp.operations.runs.state import read_run, recent_runs
from geoapp.reports.words.actions import kinds_text, narrowed_text, verdict
from geoapp.reports.words.question import question_lines, question_title
from geoapp.web.edge.access import may, require
from geoapp.web.edge.heavy import heavy
from geoapp.web.edge.language import language, t
from geoapp.web.edge.services import services
from geoapp.web.pages.chrome import moment_text
from geoapp.web.pages.coverage.planner import run_number
from geoapp.web.pages.naming import naming
from geoapp.web.pages.question_form import form_parts
from geoapp.web.pages.region_names import region_names
from geoapp.web.pages.run_lines import QuestionLine, line_of_actions
from geoapp.web.pages.workspace import conditions, given_question, modes, without
from geoapp.web.pages.workspace_layers import ACTIONS_SHOWN, map_layers, own_layers

blueprint = Blueprint("actions", __name__)

HOURS = (6, 9, 12, 15, 18, 21, 23)
_CHOSEN_HOURS = (12, 18, 21)
_FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "csv": "text/csv",
}


@blueprint.get("/plan/actions")
@require(Permission.SEE_UNPUBLISHED)
def show() -> str:
    """Show the earlier runs, the run that the address names, and the form to whoever may ask."""
    database = services().database
    number = request.args.get("run")
    run = None if number is None else read_run(database, ACTION_RUNS, run_number(number))
    drawn = {"map_layers": map_layers(), "own_layers": own_layers(ACTIONS_SHOWN)}
    if not may(Permission.RUN):
        return render_template(
            "planner/actions/reading.html",
            modes=modes("actions.show"),
            lines=_lines(),
            **drawn,
            **_parts(run),
        )
    given = given_question(_asked_before(run))
    names = region_names(database)
    return render_template(
        "planner/actions/page.html",
        modes=modes("actions.show", given),
        **drawn,
        known={"given": given},
        regions=names,
        demand_sets=read_demand_sets(database),
        candidate_sets=read_candidate_sets(database),
        families=list(FAMILY_TEXT.items()),
        on_streets=network_folder(services().settings) is not None,
        day=_next_workday(),
        offered_hours=HOURS,
        chosen_hours=_CHOSEN_HOURS,
        lines=_lines(),
        texts=_texts(),
        form=form_parts(ACTIONS),
        costs=set(COSTS.values()),
        **_parts(run),
    )


def _asked_before(run: ActionRun | None) -> ActionParameters | None:
    """Return the question of a run that is shown, or of one that is to be asked without something."""
    if run is not None:
        return ActionParameters.from_stored(run.params)
    if "like" not in request.args:
        return None
    like = read_run(services().database, ACTION_RUNS, run_number(request.args["like"]))
    return without(ActionParameters.from_stored(like.params), request.args.getlist("drop"))


@blueprint.get("/plan/actions/runs/<int:run_id>")
@require(Permission.RUN)
def result(run_id: int) -> str:
    """Answer a run's result alone, for the page that has followed it."""
    run = read_run(services().database, ACTION_RUNS, run_id)
    return render_template("planner/actions/result.html", lines=_lines(), fresh=True, **_parts(run))


@blueprint.get("/plan/actions/<int:run_id>.<ext>")
@require(Permission.SEE_UNPUBLISHED)
@heavy
def download(run_id: int, ext: str) -> Response:
    """Answer a run as a file."""
    if ext not in _FORMATS:
        raise NotFound
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"actions-{run_id}.{ext}"
        save_actions(services().database, run_id, path, services().settings.timezone, language())
        response = Response(path.read_bytes(), mimetype=_FORMATS[ext])
    response.headers["Content-Disposition"] = f'attachment; filename="{path.name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _next_workday() -> str:
    day = now().astimezone(ZoneInfo(services().settings.timezone)).date() + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day.isoformat()


def _lines() -> list[QuestionLine]:
    return [line_of_actions(run) for run in recent_runs(services().database, ACTION_RUNS)]


@dataclass(frozen=True, slots=True)
class Way:
    """A way to spend the budget; ``length`` of its bar, 0 to 1 of the best."""

    title: Text
    what: Text
    verdict: Text
    added: float
    cost: float
    length: float


@dataclass(frozen=True, slots=True)
class ShownAction:
    """An action on the page: its place in WGS-84."""

    action: ChosenAction
    lon: float
    lat: float


def _ways(found: ActionFindings) -> list[Way]:
    most = max(one.added for one in found.comparison)
    return [
        Way(
            title=CHOICE_TEXT[one.choice],
            what=kinds_text(one.kinds),
            verdict=verdict(one),
            added=one.added,
            cost=one.cost,
            length=one.added / most if most > 0 else 0.0,
        )
        for one in found.comparison
    ]


def _shown(one: ChosenAction) -> ShownAction:
    return ShownAction(one, round(one.lon, 6), round(one.lat, 6))


def _parts(run: ActionRun | None) -> dict[str, Any]:
    """Return what ``planner/actions/result.html`` needs of a run."""
    if run is None or run.status is not RunStatus.SUCCEEDED or run.result is None:
        return {"run": run, "found": None}
    found = run.result
    wanted = ActionParameters.from_stored(run.params)
    zone = ZoneInfo(services().settings.timezone)
    return {
        "run": run,
        "found": found,
        "ways": _ways(found),
        "actions": [_shown(one) for one in found.actions],
        "title": question_title(ActionParameters.from_stored(run.params), naming()).pick(
            language()
        ),
        "conditions": conditions(wanted, "actions.show", run.id),
        "verdict": verdict(found).pick(language()),
        "lines_told": [
            (label.pick(language()), value.pick(language()))
            for label, value in question_lines(wanted, naming())
        ],
        "moments": [moment_text(one.astimezone(zone)).pick(language()) for one in wanted.moments],
        "hours": wanted.hours,
        "unknown": run.inputs.facilities_hours_unknown,
        "narrowed": narrowed_text(run.inputs),
        "sample": run.inputs.sample,
        "formats": list(_FORMATS),
    }


def _texts() -> dict[str, str]:
    return {
        "no_family": t("请至少选一类设施。", "Choose at least one family of facilities."),
        "no_moment": t("请填日期，至少选一个时刻。", "Give a date and choose at least one hour."),
        "no_cost": t("请至少填一项费用。", "Give the cost of at least one kind of action."),
        "offline": t("连不上服务，正在重试…", "The service cannot be reached; trying again…"),
        "cancelling": t("正在停止，保留目前最好的方案…", "Stopping, keeping the best so far…"),
    }
