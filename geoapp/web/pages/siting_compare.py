"""``/plan/siting/compare``: two siting runs side by side, in all and by district."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request

from geoapp.core.i18n import Text
from geoapp.core.roles import Permission
from geoapp.operations import siting_results
from geoapp.operations.runs import RunState
from geoapp.operations.siting_files import gap_words
from geoapp.web.access import require
from geoapp.web.language import language
from geoapp.web.pages.plan import run_number
from geoapp.web.pages.region_names import region_names
from geoapp.web.pages.siting import siting_title
from geoapp.web.services import services

blueprint = Blueprint("siting_compare", __name__)

# What must be equal for shares to mean the same.
_ASKED = ("standard_m", "standard_seconds", "region", "families", "at")


@dataclass(frozen=True, slots=True)
class Compared:
    """One district in both runs: shares covered afterwards, and workers newly reached, second - first."""

    name: str
    shares: tuple[float | None, float | None]
    difference: float


@blueprint.get("/plan/siting/compare")
@require(Permission.RUN)
def show() -> str:
    """Show what the runs ``a`` and ``b`` have in common and where they differ."""
    database = services().database
    numbers = [run_number(request.args.get(name, "")) for name in ("a", "b")]
    runs = [siting_results.finished(database, number) for number in numbers]
    names = region_names(database)
    sites = [siting_results.sites_of(database, number) for number in numbers]
    codes = [{site["code"] for site in some} for some in sites]
    same = all(runs[0].params[name] == runs[1].params[name] for name in _ASKED) and runs[
        0
    ].inputs.get("demand") == runs[1].inputs.get("demand")
    return render_template(
        "planner/siting_compare.html",
        plans=[_plan(run, len(some), names) for run, some in zip(runs, sites, strict=True)],
        same=same,
        shared=len(codes[0] & codes[1]),
        districts=_districts(numbers),
    )


def _plan(run: RunState, sites: int, names: dict[str, Text]) -> dict[str, Any]:
    result = run.result or {}
    return {
        "id": run.id,
        "title": siting_title(run, names).pick(language()),
        "verdict": gap_words(result).pick(language()),
        "sites": sites,
        "total": result["total"],
    }


def _districts(numbers: list[int]) -> list[Compared]:
    first, second = (
        {
            row["code"]: row
            for row in siting_results.region_figures(services().database, number)
            if row["level"] == "district"
        }
        for number in numbers
    )
    rows = []
    for code in sorted(set(first) | set(second)):
        a, b = first.get(code), second.get(code)
        known: dict[str, Any] = a or b or {}
        rows.append(
            Compared(
                name=Text(known["name_zh"], known["name_en"] or known["name_zh"]).pick(language()),
                shares=(
                    a["covered_after_share"] if a else None,
                    b["covered_after_share"] if b else None,
                ),
                difference=(b["added_weight"] if b else 0.0) - (a["added_weight"] if a else 0.0),
            )
        )
    return rows
