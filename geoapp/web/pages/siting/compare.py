"""Two plans side by side on maps, in all and by district: siting runs, or scenarios."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request

from geoapp.core.i18n import Text
from geoapp.core.roles import Permission
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting import scenarios
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.services import services
from geoapp.web.pages.coverage.planner import run_number
from geoapp.web.pages.coverage.planner_sides import PlanSide, side_of_run, side_of_scenario

blueprint = Blueprint("siting_compare", __name__)


@dataclass(frozen=True, slots=True)
class Compared:
    """One district in both plans: shares covered afterwards, and workers newly reached, b - a."""

    name: Text
    shares: tuple[float | None, float | None]
    difference: float


@blueprint.get("/plan/siting/compare")
@require(Permission.RUN)
def show() -> str:
    """Show what the siting runs ``a`` and ``b`` have in common and where they differ."""
    database = services().database
    numbers = [run_number(request.args.get(name, "")) for name in ("a", "b")]
    for number in numbers:
        scenarios.check_readable(database, signed_in(), number)
    sides = [side_of_run(siting_results.finished(database, number)) for number in numbers]
    return _page(sides, "siting.show", "run", numbers)


@blueprint.get("/plan/scenarios/compare")
@require(Permission.SEE_UNPUBLISHED)
def show_scenarios() -> str:
    """Show what the scenarios ``a`` and ``b`` have in common and where they differ."""
    database = services().database
    numbers = [run_number(request.args.get(name, "")) for name in ("a", "b")]
    sides = [side_of_scenario(scenarios.read(database, signed_in(), number)) for number in numbers]
    return _page(sides, "scenarios.show", "number", numbers)


def _page(sides: list[PlanSide], endpoint: str, parameter: str, numbers: list[int]) -> str:
    places = [{one.at for one in side.sites} for side in sides]
    return render_template(
        "planner/siting/compare.html",
        sides=sides,
        endpoint=endpoint,
        targets=[{parameter: number} for number in numbers],
        same=sides[0].asked == sides[1].asked,
        shared=places[0] & places[1],
        districts=_districts(*sides),
    )


def _districts(first: PlanSide, second: PlanSide) -> list[Compared]:
    a, b = ({one.code: one for one in side.districts} for side in (first, second))
    return [
        Compared(
            name=(a.get(code) or b[code]).name,
            shares=(
                a[code].after_share if code in a else None,
                b[code].after_share if code in b else None,
            ),
            difference=(b[code].added if code in b else 0.0)
            - (a[code].added if code in a else 0.0),
        )
        for code in sorted(set(a) | set(b))
    ]
