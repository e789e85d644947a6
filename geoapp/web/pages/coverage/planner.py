"""``/plan``: run a coverage, follow it, see the gaps on the map and in a table."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.coverage import COVERAGE, CoverageParameters
from geoapp.core.results.coverage import COVERAGE_RUNS, CoverageRun
from geoapp.core.roles import Permission
from geoapp.core.words import BASIS_TEXT, FAMILY_TEXT, RunStatus
from geoapp.operations.coverage import results as coverage_results
from geoapp.operations.facilities.vocabularies import read_demand_sets
from geoapp.operations.runs.state import read_run, recent_runs
from geoapp.reports.words.coverage import (
    RunLine,
    figures_of,
    near_unknown,
    outside_text,
    reasons_text,
    run_line,
    statement_text,
    zones_text,
)
from geoapp.reports.words.question import question_title
from geoapp.web.edge.access import require
from geoapp.web.edge.language import language, t
from geoapp.web.edge.services import services
from geoapp.web.pages.naming import naming
from geoapp.web.pages.question_form import form_parts
from geoapp.web.pages.workspace import conditions, given_question, modes, without
from geoapp.web.pages.workspace_layers import ZONES, map_layers, own_layers

blueprint = Blueprint("plan", __name__)

MOST_LOADS = 10
MOST_OVERLAPS = 10


@blueprint.get("/plan")
@require(Permission.RUN)
def show() -> str:
    """Show the form, the earlier runs, and the run that the address names."""
    database = services().database
    number = request.args.get("run")
    run = None
    if number is not None:
        run = read_run(database, COVERAGE_RUNS, run_number(number))
    given = given_question(_asked_before(run))
    return render_template(
        "planner/coverage/page.html",
        modes=modes("plan.show", given),
        map_layers=map_layers("gaps"),
        own_layers=own_layers(ZONES),
        known={"given": given},
        asked=form_parts(COVERAGE)["asked"],
        regions=naming().regions,
        demand_sets=read_demand_sets(database),
        families=list(FAMILY_TEXT.items()),
        runs=_lines(),
        suggested_at=next_evening(),
        texts=_texts(),
        walk_words=_walk_words(),
        **run_parts(run),
    )


def _asked_before(run: CoverageRun | None) -> CoverageParameters | None:
    """Return the question of a run that is shown, or of one that is to be asked without something."""
    if run is not None:
        return CoverageParameters.from_stored(run.params)
    if "like" not in request.args:
        return None
    like = read_run(services().database, COVERAGE_RUNS, run_number(request.args["like"]))
    return without(CoverageParameters.from_stored(like.params), request.args.getlist("drop"))


@blueprint.get("/plan/runs/<int:run_id>")
@require(Permission.RUN)
def result(run_id: int) -> str:
    """Answer a run's result alone, for the page that has followed it."""
    database = services().database
    return render_template(
        "planner/coverage/result.html",
        runs=_lines(),
        fresh=True,
        **run_parts(read_run(database, COVERAGE_RUNS, run_id)),
    )


def _lines() -> list[RunLine]:
    return [run_line(one, naming()) for one in recent_runs(services().database, COVERAGE_RUNS)]


def run_number(value: str) -> int:
    """Return the number of a run as an address names it."""
    if not (value.isascii() and value.isdecimal() and len(value) < 19):
        raise InvalidValueError("run", value, Text("运行编号", "the number of a run"))
    return int(value)


def statement_of(run: CoverageRun) -> Text:
    """Return what a run's figures rest on."""
    names = naming()
    return statement_text(run, names.regions, names.demand, names.zone)


def is_sample(run: CoverageRun) -> bool:
    """Tell whether a run's demand is generated."""
    return coverage_results.rests_on_sample(services().database, run)


def run_parts(run: CoverageRun | None) -> dict[str, Any]:
    """Return what ``planner/coverage/result.html`` needs of a run."""
    if run is None or run.status is not RunStatus.SUCCEEDED or run.result is None:
        return {"run": run, "figures": None, "gaps": []}
    database = services().database
    return {
        "run": run,
        "figures": figures_of(run.result.total),
        "gaps": coverage_results.gap_zones(database, run.id),
        "zones_shown": zones_text(
            run.result.gap_zones, run.result.gap_rest_zones, run.result.gap_rest_workers
        ).pick(language()),
        "near_unknown": t(
            f"附近有，{near_unknown(run.result).zh}", f"Near one, {near_unknown(run.result).en}"
        ),
        "loads": [
            one
            for one in coverage_results.loads(database, run.id, MOST_LOADS)
            if one.sole_weight > 0
        ],
        "loads_total": coverage_results.facility_totals(database, run.id)[1],
        "overlaps": coverage_results.facility_overlaps(database, run.id, MOST_OVERLAPS),
        "overlaps_total": coverage_results.overlap_total(database, run.id),
        "title": question_title(CoverageParameters.from_stored(run.params), naming()).pick(
            language()
        ),
        "conditions": conditions(CoverageParameters.from_stored(run.params), "plan.show", run.id),
        "reasons": reasons_text(run).pick(language()),
        "outside": outside_text(run).pick(language()),
        "statement": statement_of(run).pick(language()),
        "sample": is_sample(run),
        "map_link": map_link(run),
    }


def map_link(run: CoverageRun) -> str:
    """Return the address of a run's Folium map."""
    return f"/maps/stations,bases,homes,without_position,gaps,regions.html?run={run.id}&lang={language()}"


def next_evening() -> str:
    """Return the moment that is asked about most: a working evening, next Tuesday at ten."""
    today = datetime.now(ZoneInfo(services().settings.timezone)).date()
    tuesday = today + timedelta(days=(1 - today.weekday()) % 7)
    return f"{tuesday.isoformat()}T22:00"


def _walk_words() -> dict[str, str]:
    return {
        "looking": t("正在找…", "Looking…"),
        "failed": t("没有找到，请稍后再试。", "That did not work; try again later."),
        "none": t("附近没有设施。", "There is no facility."),
        "from": t(
            "最近的是 {name}：步行 {walk} 米，约 {minutes} 分钟（{basis}）。"
            "浅色是离它步行 5 分钟和 10 分钟的范围。",
            "The nearest is {name}: {walk} m on foot, about {minutes} min ({basis}). "
            "Shaded: within 5 and 10 minutes of it.",
        ),
        "no_way": t(
            "最近的是 {name}，但步行路网上没有通路。",
            "The nearest is {name}, but there is no way to it on the walking network.",
        ),
        "around": t(
            "浅色是离 {name} 步行 5 分钟和 10 分钟的范围（{basis}）。",
            "Shaded: within 5 and 10 minutes of {name} on foot ({basis}).",
        ),
        **{basis.value: t(text) for basis, text in BASIS_TEXT.items()},
    }


def _texts() -> dict[str, str]:
    return {
        "no_family": t("请至少选一类设施。", "Choose at least one family of facilities."),
        "no_moment": t("请填日期和时间。", "Give a date and a time."),
        "offline": t("连不上服务，正在重试…", "The service cannot be reached; trying again…"),
        "cancelling": t("正在取消…", "Cancelling…"),
        "worker": t("人", "worker"),
        "workers": t("人", "workers"),
    }
