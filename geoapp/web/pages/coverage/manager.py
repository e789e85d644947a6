"""``/coverage``: how well are we covered, by the published answer, district by district?"""

import csv
import io
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, request

from geoapp.core.errors import NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.ranks import ranks
from geoapp.core.results.coverage import (
    COVERAGE_RUNS,
    AccessFigures,
    AccessTotals,
    CoverageRun,
    StraightLineFigures,
)
from geoapp.core.roles import Permission
from geoapp.core.units import format_share
from geoapp.core.words import FAMILY_TEXT, GROUP_TEXT, RunStatus
from geoapp.operations.actions.results import latest_about
from geoapp.operations.coverage import official as answers
from geoapp.operations.coverage import results as coverage_results
from geoapp.operations.coverage.days import needed_on_day
from geoapp.operations.coverage.files import save_run
from geoapp.operations.coverage.listed import Listed, figures_of_region, listed, top_region
from geoapp.operations.coverage.provision import provisions
from geoapp.operations.facilities.places import containing
from geoapp.operations.runs.state import read_run
from geoapp.reports.words import worst_gaps
from geoapp.reports.words.changes import RANK_NOTE, WHO_COMPUTES, change_text
from geoapp.reports.words.coverage import (
    Figures,
    circles_text,
    figures_of,
    outside_text,
    reasons_text,
    run_line,
    season_text,
    share_text,
    walking_text,
)
from geoapp.reports.words.official import freshness_text, published_text
from geoapp.reports.words.question import question_title
from geoapp.web.edge.access import may
from geoapp.web.edge.heavy import heavy, kept
from geoapp.web.edge.language import language
from geoapp.web.edge.services import services
from geoapp.web.pages.coverage.changes import (
    CHANGE_COLUMNS,
    asked_by,
    asked_since,
    change_cells,
    compared,
    history_of,
    multiples,
)
from geoapp.web.pages.coverage.monthly import form_parts
from geoapp.web.pages.coverage.planner import is_sample, map_link, run_number, statement_of
from geoapp.web.pages.coverage.standing import is_own, own_regions, standing_of
from geoapp.web.pages.naming import naming
from geoapp.web.pages.run_lines import QuestionLine, line_of_actions

blueprint = Blueprint("coverage", __name__)

MOST_ZONES = 10

_FORMATS = {
    "gpkg": "application/geopackage+sqlite3",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
    "png": "image/png",
}
# Lower edges of the five classes of the map, as shares.
EDGES = (0.0, 0.2, 0.4, 0.6, 0.8)
LEGEND = (
    ("class-1", "< 20%"),
    ("class-2", "20–40%"),
    ("class-3", "40–60%"),
    ("class-4", "60–80%"),
    ("class-5", "≥ 80%"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One district's line in the table."""

    code: str
    text: Text
    figures: Figures
    class_name: str
    rank: int | None
    line: StraightLineFigures | None
    access: AccessFigures | None


def class_of(share: float | None) -> str:
    """Return the colour class of a share; none is a class of its own."""
    if share is None:
        return "class-none"
    return f"class-{sum(share >= edge for edge in EDGES)}"


@dataclass(frozen=True, slots=True)
class Crumb:
    """A region that contains what a page shows."""

    code: str
    text: Text


@blueprint.get("/coverage")
def show() -> str:
    """Show the published answer, or the run that the address names."""
    run = run_of_address()
    if run is None or run.result is None:
        signed = may(Permission.PUBLISH) or may(Permission.RUN)
        done = answers.waiting(services().database) if signed else []
        return render_template(
            "manager/coverage.html", run=None, waiting=[run_line(one, naming()) for one in done]
        )
    found = listed(services().database, run.id, None)
    return _page(
        run,
        figures_of(run.result.total),
        found,
        # A province above the area asked about has figures, and no published answer of its own.
        by_hour=answers.run_region(run) or top_region(services().database, run.id),
        title=question_title(CoverageParameters.from_stored(run.params), naming()).pick(language()),
        crumbs=[],
        region=None,
        reasons=reasons_text(run).pick(language()),
        outside=outside_text(run).pick(language()),
        line=run.result.straight_line,
        circles=None
        if run.result.straight_line is None
        else circles_text(run.result.straight_line),
        access=run.result.access,
        groups=_groups(run.result.access),
    )


@blueprint.get("/coverage/<region>")
def of_region(region: str) -> str:
    """Show what the published answer says of one region and of those directly below it."""
    run = run_of_address(region)
    if run is None or run.result is None:
        return render_template("manager/coverage.html", run=None, waiting=[])
    found = listed(services().database, run.id, region)
    if found.own is None:
        what = Text(f"区域在运行 {run.id} 里的结果", f"result of run {run.id} for the region")
        raise NotFoundError(what, region)
    own = figures_of(found.own)
    asked = replace(CoverageParameters.from_stored(run.params), region=region)
    return _page(
        run,
        own,
        found,
        by_hour=region,
        title=question_title(asked, naming()).pick(language()),
        crumbs=answered_crumbs(region),
        region=region,
        wider=_wider(run, region, own),
        reasons="",
        outside="",
        line=None,
        circles=None,
        access=None,
        groups=[],
    )


def _page(
    run: CoverageRun,
    figures: Figures,
    found: Listed,
    *,
    region: str | None,
    **parts: Any,
) -> str:
    """Render what the whole and one region share.

    Parameters
    ----------
    found
        The table's regions, and the map's: neighbours are drawn there, too.
    region
        Whose figures these are; None is all that the run was asked about.
    """
    rows = _rows(found)
    history = history_of(run, region, found)
    database, settings = services().database, services().settings
    standing = standing_of(run)
    fresh = answers.freshness(database, settings, run) if standing.in_force else None
    sample = is_sample(run)
    return render_template(
        "manager/coverage.html",
        run=run,
        # Within a run that the address names its other pages name it, too.
        named_run=request.args.get("run"),
        region=region,
        season=season_text(run.inputs.out_of_season).pick(language()),
        statement=statement_of(run).pick(language()),
        share=share_text(
            run, figures, naming().regions, settings.timezone, sample=sample, region=region
        ),
        figures=figures,
        walking=walking_text(figures, run.inputs.walking_speed_m_per_s).pick(language()),
        rows=rows,
        classes={code: class_of(share) for code, share in found.shares.items()},
        notes={code: format_share(share) for code, share in found.shares.items()},
        # What a region's map shows first: its parts, or itself among its neighbours.
        focus=[] if region is None else [row.code for row in rows],
        legend=LEGEND,
        rank_note=RANK_NOTE,
        change_text=change_text,
        who_computes=WHO_COMPUTES,
        sample=sample,
        map_link=map_link(run),
        level=found.level,
        compared=compared(run, region, found, figures.covered_share, history),
        multiples=multiples([(row.code, row.text) for row in rows], history),
        within=found.within,
        standing=standing,
        fresh=None if fresh is None else freshness_text(fresh).pick(language()),
        is_fresh=fresh is not None and fresh.is_fresh,
        # What a deleted or an unpublished facility was called is not for everybody.
        changed_since=answers.changed_since(database, run)
        if fresh is not None and fresh.facilities and may(Permission.SEE_UNPUBLISHED)
        else [],
        changed_count=0 if fresh is None else fresh.facilities,
        # The report is of what is published, and of no other run that the address may name.
        provided=provisions(
            database,
            settings,
            {row.code: row.figures.weight for row in rows},
            region or answers.run_region(run),
        ),
        families=FAMILY_TEXT,
        zones=coverage_results.gap_zones(database, run.id, region, MOST_ZONES),
        gap_words=worst_gaps,
        actions=_actions(run, region) if may(Permission.SEE_UNPUBLISHED) else [],
        # Who is kept to regions shares what is of these alone.
        may_share=is_own(region or answers.run_region(run), own_regions()),
        report_form=form_parts() if standing.in_force and may(Permission.SEE_UNPUBLISHED) else None,
        **parts,
    )


def _actions(run: CoverageRun, region: str | None) -> list[QuestionLine]:
    """Return the newest comparisons of longer hours with new stations for what a page shows."""
    about = {region} if region is not None else {None, answers.run_region(run)}
    return [line_of_actions(one) for one in latest_about(services().database, about)]


def crumbs_of(region: str) -> list[Crumb]:
    """Return the regions that contain one, from the widest to its parent."""
    names = naming().regions
    above = containing(services().database, region)
    return [Crumb(code, names.get(code, Text(code, code))) for code in above[::-1]]


def _wider(run: CoverageRun, region: str, figures: Figures) -> tuple[str, int] | None:
    """Return what a later answer for a wider area says of a region, and its run, if it differs.

    A region's own answer stands on its page even where its city's was published after it.
    """
    database, names = services().database, naming()
    standing = answers.in_force(database)
    own = standing.get(region)
    if own is None or own.run_id != run.id or request.args.get("run") is not None:
        return None
    above = [standing.get(code) for code in (None, *(one.code for one in crumbs_of(region)))]
    later = [one for one in above if one is not None and one.published_at > own.published_at]
    if not later:
        return None
    newest = max(later, key=lambda one: one.published_at)
    found = figures_of_region(database, newest.run_id, region)
    if found is None or found.covered_weight == figures.covered_weight:
        return None
    said = published_text(newest, names.regions, names.zone).pick(language())
    return (
        f"{said}{Text('：', ': ').pick(language())}{format_share(found.covered_share)}",
        newest.run_id,
    )


def answered_crumbs(region: str) -> list[Crumb]:
    """Return of the regions that contain one those whose page has an answer to show."""
    every = crumbs_of(region)
    if request.args.get("run") is not None:
        return every
    database = services().database
    return [one for one in every if answers.official(database, one.code) is not None]


@blueprint.get("/coverage.csv")
@kept()
def table() -> Response:
    """Answer a page's table as CSV, with a byte-order mark so that Excel reads the names."""
    region = request.args.get("region")
    run = run_of_address(region)
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(
        ["code", "name_zh", "name_en", *Figures.__dataclass_fields__, "rank", *CHANGE_COLUMNS]
    )
    if run is not None:
        found = listed(services().database, run.id, region)
        change = change_cells(run, region, found)
        for row in _rows(found):
            writer.writerow(
                [
                    *(row.code, row.text.zh, row.text.en, *asdict(row.figures).values(), row.rank),
                    *change(row.code, row.figures.covered_share),
                ]
            )
    response = Response("\ufeff" + lines.getvalue(), mimetype="text/csv")
    parts = ["coverage", None if run is None else str(run.id), region]
    name = "-".join(part for part in parts if part is not None)
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.csv")
    return response


@blueprint.get("/coverage/runs/<int:run_id>.<suffix>")
@heavy
def file(run_id: int, suffix: str) -> Response:
    """Answer a run's figures, gap zones or map as a file for people or for GIS programs."""
    if suffix not in _FORMATS:
        raise NotFoundError(Text("格式", "format"), suffix[:40])
    parts = services()
    with tempfile.TemporaryDirectory() as folder:
        region = (request.args.get("region") or None) if suffix == "png" else None
        path = Path(folder) / f"coverage-{run_id}.{suffix}"
        before = request.args.get("before") if suffix == "xlsx" else None
        since = asked_since() if suffix == "xlsx" and asked_by() else None
        on_day = None
        if since is not None:
            run = coverage_results.finished(parts.database, run_id)
            on_day = needed_on_day(parts.database, parts.settings, run, since)
        save_run(
            parts.database,
            parts.settings,
            run_id,
            path,
            language(),
            region,
            before=None if before is None else run_number(before),
            on_day=on_day,
        )
        response = Response(path.read_bytes(), mimetype=_FORMATS[suffix])
    # A region is one of the run's here: of others there is no map.
    name = path.name if region is None else f"{path.stem}-{region}.{suffix}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def run_of_address(region: str | None = None) -> CoverageRun | None:
    """Return the run that the address names, or what is published for a region."""
    database = services().database
    if region is not None and region not in naming().regions:
        raise NotFoundError(Text("区域", "region"), region)
    number = request.args.get("run")
    if number is None:
        found = answers.official(database, region)
        return None if found is None else found.run
    run = read_run(database, COVERAGE_RUNS, run_number(number))
    return run if run.status is RunStatus.SUCCEEDED else None


def _groups(access: AccessTotals | None) -> list[tuple[Text, AccessFigures]]:
    """Return the groups of workers with their measures, the greatest first."""
    found = [] if access is None else list(access.groups.items())
    found.sort(key=lambda item: (-item[1].walk.weight, item[0]))
    return [(GROUP_TEXT.get(name, Text(name, name)), one) for name, one in found]


def _rows(found: Listed) -> list[Row]:
    # The lowest region is alone on its page: its rank is that among those beside it.
    alone = found.own is not None and found.rows == [found.own]
    places = ranks(found.shares if alone else {one.code: one.covered_share for one in found.rows})
    return [
        Row(
            one.code,
            Text(one.name_zh, one.name_en or one.name_zh),
            figures_of(one),
            class_of(one.covered_share),
            places.get(one.code),
            one.straight_line,
            one.access,
        )
        for one in found.rows
    ]
