"""``/coverage``: how well are we covered, district by district?"""

import csv
import io
from dataclasses import asdict, dataclass

from flask import Blueprint, Response, render_template, request

from geoapp.core.i18n import Text
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.results.coverage import (
    COVERAGE_RUNS,
    AccessFigures,
    AccessTotals,
    CoverageRun,
    StraightLineFigures,
)
from geoapp.core.units import format_share
from geoapp.core.words import GROUP_TEXT, Level, RunStatus
from geoapp.operations.coverage import results as coverage_results
from geoapp.operations.facilities.vocabularies import read_demand_sets
from geoapp.operations.runs.state import latest_run, read_run
from geoapp.reports.words.coverage import (
    Figures,
    circles_text,
    demand_code,
    figures_of,
    outside_text,
    reasons_text,
    share_text,
    statement_text,
)
from geoapp.reports.words.question import question_title
from geoapp.web.edge.heavy import kept
from geoapp.web.edge.language import language
from geoapp.web.edge.services import services
from geoapp.web.pages.coverage.planner import map_link, run_number
from geoapp.web.pages.naming import naming
from geoapp.web.pages.region_names import region_names

blueprint = Blueprint("coverage", __name__)

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
    line: StraightLineFigures | None
    access: AccessFigures | None


def class_of(share: float | None) -> str:
    """Return the colour class of a share; none is a class of its own."""
    if share is None:
        return "class-none"
    return f"class-{sum(share >= edge for edge in EDGES)}"


@blueprint.get("/coverage")
def show() -> str:
    """Show the latest run that succeeded, or the one that the address names."""
    run = _run()
    if run is None or run.result is None:
        return render_template("manager/coverage.html", run=None)
    database, zone = services().database, services().settings.timezone
    names = region_names(database)
    sets = read_demand_sets(database)
    demand = {one["code"]: Text(one["name_zh"], one["name_en"] or one["name_zh"]) for one in sets}
    figures = figures_of(run.result.total)
    rows = _rows(run, names)
    sample = any(one["sample"] for one in sets if one["code"] == demand_code(run))
    return render_template(
        "manager/coverage.html",
        run=run,
        title=question_title(CoverageParameters.from_stored(run.params), naming()).pick(language()),
        statement=statement_text(run, names, demand, zone).pick(language()),
        figures=figures,
        reasons=reasons_text(run).pick(language()),
        outside=outside_text(run).pick(language()),
        line=run.result.straight_line,
        circles=None
        if run.result.straight_line is None
        else circles_text(run.result.straight_line),
        access=run.result.access,
        groups=_groups(run.result.access),
        rows=rows,
        classes={row.code: row.class_name for row in rows},
        notes={row.code: format_share(row.figures.covered_share) for row in rows},
        legend=LEGEND,
        share=share_text(run, figures, names, zone, sample=sample),
        sample=sample,
        map_link=map_link(run),
    )


@blueprint.get("/coverage.csv")
@kept()
def table() -> Response:
    """Answer the table as CSV, with a byte-order mark so that Excel reads the names."""
    run = _run()
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(["code", "name_zh", "name_en", *Figures.__dataclass_fields__])
    if run is not None:
        for row in _rows(run, region_names(services().database)):
            writer.writerow([row.code, row.text.zh, row.text.en, *asdict(row.figures).values()])
    response = Response("\ufeff" + lines.getvalue(), mimetype="text/csv")
    name = "coverage" if run is None else f"coverage-{run.id}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _run() -> CoverageRun | None:
    database = services().database
    number = request.args.get("run")
    if number is None:
        return latest_run(database, COVERAGE_RUNS)
    run = read_run(database, COVERAGE_RUNS, run_number(number))
    return run if run.status is RunStatus.SUCCEEDED else None


def _groups(access: AccessTotals | None) -> list[tuple[Text, AccessFigures]]:
    """Return the groups of workers with their measures, the greatest first."""
    found = [] if access is None else list(access.groups.items())
    found.sort(key=lambda item: (-item[1].walk.weight, item[0]))
    return [(GROUP_TEXT.get(name, Text(name, name)), one) for name, one in found]


def _rows(run: CoverageRun, names: dict[str, Text]) -> list[Row]:
    found = coverage_results.region_figures(services().database, run.id)
    rows = []
    for one in found:
        if one.level is not Level.DISTRICT:
            continue
        figures = figures_of(one)
        name = names.get(one.code, Text(one.code, one.code))
        colour = class_of(figures.covered_share)
        rows.append(Row(one.code, name, figures, colour, one.straight_line, one.access))
    return rows
