"""Two to four plans beside each other on maps, in all, by district and group: siting runs, or scenarios."""

import tempfile
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from geoapp.core.roles import Permission
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting import scenarios
from geoapp.operations.siting.compare import check_plans, compare, shared_sites
from geoapp.reports.siting.compared import FORMATS, LETTERS, write_comparison
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.heavy import heavy
from geoapp.web.edge.language import language
from geoapp.web.edge.services import services
from geoapp.web.pages.coverage.planner import run_number
from geoapp.web.pages.coverage.planner_sides import PlanSide, side_of_run, side_of_scenario

blueprint = Blueprint("siting_compare", __name__)

_MEDIA: Final = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv",
}


@blueprint.get("/plan/siting/compare")
@require(Permission.RUN)
def show() -> str:
    """Show what the siting runs that the address names have in common and where they differ."""
    numbers = _numbers("run")
    return _page(_runs(numbers), "siting.show", "run", numbers)


@blueprint.get("/plan/siting/compare.<ext>")
@require(Permission.RUN)
@heavy
def download(ext: str) -> Response:
    """Answer the same as a file."""
    if f".{ext}" not in FORMATS:
        raise NotFound
    numbers = _numbers("run")
    found = compare([one.plan for one in _runs(numbers)])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"plans-{'-'.join(map(str, numbers))}.{ext}"
        write_comparison(found, path, language())
        response = Response(path.read_bytes(), mimetype=_MEDIA[f".{ext}"])
    response.headers.set("Content-Disposition", "attachment", filename=path.name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("/plan/scenarios/compare")
@require(Permission.SEE_UNPUBLISHED)
def show_scenarios() -> str:
    """Show what the scenarios that the address names have in common and where they differ."""
    numbers = _numbers("scenario")
    database = services().database
    sides = [side_of_scenario(scenarios.read(database, signed_in(), number)) for number in numbers]
    return _page(sides, "scenarios.show", "number", numbers)


def _numbers(name: str) -> list[int]:
    """Return which plans the address names: by their own name, or as ``a`` and ``b``."""
    given = request.args.getlist(name) or [
        request.args[letter] for letter in ("a", "b") if letter in request.args
    ]
    numbers = [run_number(one) for one in given]
    check_plans(numbers)
    return numbers


def _runs(numbers: list[int]) -> list[PlanSide]:
    database = services().database
    for number in numbers:
        scenarios.check_readable(database, signed_in(), number)
    return [side_of_run(siting_results.finished(database, number)) for number in numbers]


def _page(sides: list[PlanSide], endpoint: str, parameter: str, numbers: list[int]) -> str:
    plans = [one.plan for one in sides]
    return render_template(
        "planner/siting/compare.html",
        sides=sides,
        letters=LETTERS,
        endpoint=endpoint,
        targets=[{parameter: number} for number in numbers],
        found=compare(plans),
        shared=shared_sites(plans),
        runs=numbers if parameter == "run" else [],
        formats=[one.removeprefix(".") for one in FORMATS],
    )
