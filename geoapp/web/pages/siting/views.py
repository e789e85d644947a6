"""``/plan/siting``: where should the next stations go, and how good is that answer, provably?"""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SITING, SitingParameters
from geoapp.core.results.explanation import OtherPlan, OtherPlans, SameCost
from geoapp.core.results.siting import SITING_RUNS, Site, SitingRun
from geoapp.core.roles import Permission
from geoapp.core.units import format_change
from geoapp.core.words import FAMILY_TEXT, RUN_STATUS_TEXT, SAMPLE_TEXT, Level, RunStatus
from geoapp.operations.facilities.places import list_regions
from geoapp.operations.facilities.vocabularies import (
    read_candidate_sets,
    read_demand_sets,
    read_host_types,
)
from geoapp.operations.network.keeper import network_folder
from geoapp.operations.plan_report import MEDIA_TYPES, PROOF, plan_file
from geoapp.operations.proposals.read import list_proposals
from geoapp.operations.runs.state import read_run, recent_runs
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting import scenarios
from geoapp.operations.siting.forbidden_areas import read_areas
from geoapp.operations.siting.proof import keeps_proof
from geoapp.operations.siting.scenarios import SavedScenario, question_of
from geoapp.reports.deck import has_slides
from geoapp.reports.words.elsewhere import elsewhere_text
from geoapp.reports.words.fairness import worst_text
from geoapp.reports.words.moments import closed_text, counts_text, mean_text, moment_lines
from geoapp.reports.words.money import money_text
from geoapp.reports.words.phases import phase_lines
from geoapp.reports.words.question import question_lines, question_title
from geoapp.reports.words.same_cost import same_cost_lines
from geoapp.reports.words.seats import figure_names, seats_text
from geoapp.reports.words.siting import (
    alternative_words,
    among_text,
    ended_words,
    missing_lines,
    summary_texts,
    verdict,
)
from geoapp.store.proposals import ProposalFilter
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.heavy import heavy
from geoapp.web.edge.language import language, t
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.services import services
from geoapp.web.pages.chrome import moment_text
from geoapp.web.pages.coverage.planner import next_evening, run_number
from geoapp.web.pages.naming import naming
from geoapp.web.pages.question_form import form_parts
from geoapp.web.pages.region_names import region_names
from geoapp.web.pages.run_lines import QuestionLine
from geoapp.web.pages.scenarios import scenario_state
from geoapp.web.pages.siting.curve import curve_of
from geoapp.web.pages.siting.explained import explained_parts
from geoapp.web.pages.siting.freedom import freedom_parts
from geoapp.web.pages.siting.robust import robust_parts
from geoapp.web.pages.siting.trial import MOVED_TEXT, trial_question
from geoapp.web.pages.workspace import conditions, given_question, modes, without
from geoapp.web.pages.workspace_layers import FORBIDDEN, LOSERS, SITES, map_layers, own_layers

blueprint = Blueprint("siting", __name__)

_FORMATS = [one.removeprefix(".") for one in MEDIA_TYPES]


@dataclass(frozen=True, slots=True)
class ShownSite:
    """A site on the page.

    Attributes
    ----------
    covered_share
        What is covered once this one and those before it stand; None for those not chosen.
    lon, lat, at
        In WGS-84, and as text.
    """

    site: Site
    covered_share: float | None
    lon: float
    lat: float
    at: str


@blueprint.get("/plan/siting")
@require(Permission.RUN)
def show() -> str:
    """Show the form, the earlier runs, and the run that the address names."""
    database = services().database
    number, kept = request.args.get("run"), request.args.get("scenario")
    saved = None
    if kept is not None:
        saved = scenarios.read(database, signed_in(), run_number(kept), _version())
        number = None if saved.run is None else str(saved.run)
    run = None if number is None else _readable(run_number(number))
    names = region_names(database)
    known = _known(saved, run)
    demand_sets = read_demand_sets(database)
    on_streets = network_folder(services().settings) is not None
    return render_template(
        "planner/siting/page.html",
        modes=modes("siting.show", known["given"]),
        map_layers=map_layers(),
        own_layers=own_layers(SITES, LOSERS, FORBIDDEN),
        regions=names,
        demand_sets=demand_sets,
        candidate_sets=read_candidate_sets(database),
        families=list(FAMILY_TEXT.items()),
        on_streets=on_streets,
        districts_of=_districts(),
        hosts_of=read_host_types(database),
        suggested_at=next_evening(),
        lines=_lines(),
        texts=_texts(),
        known=known,
        form=form_parts(
            SITING,
            {"also_demand": _titled(demand_sets)},
            # Nobody knows where streets are that are not loaded.
            without=() if on_streets else ("near_streets_m", "near_streets"),
        ),
        **_parts(run, names),
    )


def _titled(demand_sets: list[dict[str, Any]]) -> dict[str, Text]:
    """Return what demand sets are called, by code; samples say so."""
    titled = {}
    for one in demand_sets:
        zh, en = one["name_zh"], one["name_en"] or one["name_zh"]
        sample = one["sample"] and SAMPLE_TEXT.zh not in zh
        titled[one["code"]] = Text(f"{zh}（示例）", f"{en} (sample)") if sample else Text(zh, en)
    return titled


def _districts() -> dict[str, list[str]]:
    """Return by code of a region (empty: everywhere) the districts that are in it."""
    regions = list_regions(services().database)
    districts = [one for one in regions if one.level == Level.DISTRICT]
    found = {"": [one.code for one in districts]}
    for one in districts:
        found.setdefault(one.code, []).append(one.code)
        if one.parent_code is not None:
            found.setdefault(one.parent_code, []).append(one.code)
    return found


def _version() -> int | None:
    version = request.args.get("version")
    return None if version is None else run_number(version)


def _known(saved: SavedScenario | None, run: SitingRun | None) -> dict[str, Any]:
    """Return what the form starts with: a scenario, or what a run was asked."""
    question, before = None, None
    if saved is not None:
        question = saved.question
    elif run is not None:
        question = question_of(run)
    elif "like" in request.args:
        asked_before = _readable(run_number(request.args["like"]))
        question = without(question_of(asked_before), request.args.getlist("drop"))
        before = _answered_before(asked_before)
    return {
        "given": given_question(question),
        "scenario": None if saved is None else scenario_state(saved),
        "without": request.args.getlist("without"),
        "before": before,
    }


def _answered_before(run: SitingRun) -> dict[str, Any]:
    """Return the sites of an answer that stays in sight, faintly, until its question is asked anew."""
    chosen = siting_results.sites_of(services().database, run.id)
    sites = [
        [round(one.lon, 6), round(one.lat, 6), one.order, one.label.pick(language())]
        for one in chosen
    ]
    return {"run": run.id, "sites": sites}


@blueprint.post("/plan/siting/areas")
@require(Permission.RUN)
def areas() -> Response:
    """Answer the polygons of a GeoJSON text in WGS-84."""
    return json_reply({"areas": read_areas(request.get_data())})


@blueprint.get("/plan/siting/runs/<int:run_id>")
@require(Permission.RUN)
def result(run_id: int) -> str:
    """Answer a run's result alone, for the page that has followed it."""
    names = region_names(services().database)
    run = _readable(run_id)
    return render_template(
        "planner/siting/result.html", lines=_lines(), fresh=True, **_parts(run, names)
    )


@blueprint.get("/plan/siting/<int:run_id>.<ext>")
@require(Permission.RUN)
@heavy
def download(run_id: int, ext: str) -> Response:
    """Answer a run as a file."""
    if ext not in _FORMATS:
        raise NotFound
    scenarios.check_readable(services().database, signed_in(), run_id)
    parts = services()
    name, content = plan_file(parts.database, parts.settings, run_id, f".{ext}", language())
    response = Response(content, mimetype=MEDIA_TYPES[f".{ext}"])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _readable(run_id: int) -> SitingRun:
    scenarios.check_readable(services().database, signed_in(), run_id)
    return read_run(services().database, SITING_RUNS, run_id)


def _recent() -> list[SitingRun]:
    database = services().database
    hidden = scenarios.hidden_runs(database, signed_in())
    return [run for run in recent_runs(database, SITING_RUNS) if run.id not in hidden]


def _title(run: SitingRun) -> Text:
    return question_title(SitingParameters.from_stored(run.params), naming())


def _line(run: SitingRun) -> QuestionLine:
    told = RUN_STATUS_TEXT[run.status]
    if run.result is not None:
        total = run.result.total
        before, after = total.covered_before_share, total.covered_after_share
        if before is not None and after is not None:
            shares = format_change(before, after)
            told = Text(shares, shares)
    done = run.result is not None
    return QuestionLine(run.id, _title(run), moment_text(run.created_at), told, done)


def _lines() -> list[QuestionLine]:
    return [_line(one) for one in _recent()]


def _parts(run: SitingRun | None, names: dict[str, Text]) -> dict[str, Any]:
    """Return what ``planner/siting/result.html`` needs of a run."""
    if run is None or run.status is not RunStatus.SUCCEEDED or run.result is None:
        return {"run": run, "found": None}
    database = services().database
    found, total = run.result, run.result.total
    covered = total.covered_before_weight
    sites = []
    chosen = siting_results.sites_of(database, run.id)
    for site in chosen:
        covered += site.adds
        sites.append(_shown(site, covered / total.weight if total.weight else None))
    others = [
        _shown(site, None) for site in siting_results.sites_of(database, run.id, chosen=False)
    ]
    regions = [
        one
        for one in siting_results.region_figures(database, run.id)
        if one.level is Level.DISTRICT
    ]
    return {
        "run": run,
        "found": found,
        "anywhere_run": SitingParameters.from_stored(run.params).anywhere,
        "total": total,
        "title": _title(run).pick(language()),
        "conditions": conditions(SitingParameters.from_stored(run.params), "siting.show", run.id),
        "verdict": verdict(run).pick(language()),
        "missing": missing_lines(found),
        "elsewhere": elsewhere_text(run),
        "seats": seats_text(run),
        "figure_names": figure_names(run),
        "money": money_text(found),
        "worst": worst_text(found, names),
        "among": None
        if run.inputs.candidates is None
        else among_text(run.inputs.candidates, run.inputs.basis),
        "lines_told": [
            *(
                (label.pick(language()), value.pick(language()))
                for label, value in (
                    *question_lines(
                        SitingParameters.from_stored(run.params), naming(), run.inputs.demand
                    ),
                    *summary_texts(run, naming().demand),
                )
            ),
        ],
        "sites": sites,
        "on_board": on_board(run.id),
        "others": others,
        "moments": [
            {
                "line": one,
                "notes": [words for words in (counts_text(one), closed_text(one)) if words.zh],
            }
            for one in moment_lines(run)
        ],
        "moments_mean": mean_text(run),
        "phases": phase_lines(run),
        "districts": regions,
        "region_names": names,
        "alternatives": _alternatives(found.alternatives, names),
        "same_cost": _same_cost(found.same_cost, names),
        "curve": curve_of(found),
        "sample": run.inputs.sample,
        "formats": [
            one
            for one in _FORMATS
            if (f".{one}" != PROOF or keeps_proof(services().database, run.id))
            and (one != "pptx" or has_slides())
        ],
        **explained_parts(run, names),
        **robust_parts(found, naming().demand),
        **freedom_parts(run, chosen),
        "trial": trial_question(run, len(chosen)),
    }


def on_board(run_id: int) -> dict[int, int]:
    """Return the proposals that a run's sites became, by the order of the site."""
    found = list_proposals(services().database, ProposalFilter(run=run_id))
    return {one.order: one.id for one in found}


def _alternatives(found: OtherPlans | None, names: dict[str, Text]) -> dict[str, Any] | None:
    """Return other plans in words, with the places of their other sites for the map."""
    if found is None:
        return None
    plans = [
        {"words": alternative_words(one, names), "places": _instead(one)} for one in found.plans
    ]
    return {"plans": plans, "ended": ended_words(found)}


def _same_cost(found: SameCost | None, names: dict[str, Text]) -> dict[str, Any] | None:
    """Return another plan at the same cost in words, with the places of its other sites for the map."""
    if found is None:
        return None
    lines = same_cost_lines(found, names)
    return {"lines": lines, "places": None if found.plan is None else _instead(found.plan)}


def _instead(plan: OtherPlan) -> list[list[Any]]:
    return [
        [round(site.lon, 6), round(site.lat, 6), site.label.pick(language())]
        for site in plan.taken_instead
    ]


def _shown(site: Site, covered_share: float | None) -> ShownSite:
    return ShownSite(
        site=site,
        covered_share=covered_share,
        lon=round(site.lon, 6),
        lat=round(site.lat, 6),
        at=f"{site.lon:.5f}, {site.lat:.5f}",
    )


def _texts() -> dict[str, str]:
    return {
        "no_family": t("请至少选一类设施。", "Choose at least one family of facilities."),
        "no_moment": t("请填日期和时间。", "Give a date and a time."),
        "offline": t("连不上服务，正在重试…", "The service cannot be reached; trying again…"),
        "cancelling": t("正在停止，保留目前最好的方案…", "Stopping, keeping the best so far…"),
        "worker": t("人", "worker"),
        "workers": t("人", "workers"),
        "adds": t("新增", "adds"),
        "must": t("必选点", "Must have"),
        "shown": t("地图上空心的是改建的站点。", "Hollow on the map: the sites built instead."),
        "area": t("画出的范围", "Drawn area"),
        "draw_end": t("不画了", "Stop drawing"),
        "saved": t("已保存，第 {version} 版。", "Saved as version {version}."),
        "remove": t("去掉", "Remove"),
        "before": t("之前的答案", "The answer before"),
        "measuring": t("正在计算…", "Computing…"),
        "barred": t("在禁设范围里", "where none may stand"),
        "barred_sites": t(
            "第 {sites} 处在禁设范围里。", "Of the sites {sites} lies where none may stand. "
        ),
        **{name: t(text) for name, text in MOVED_TEXT.items()},
    }
