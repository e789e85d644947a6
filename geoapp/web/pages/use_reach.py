"""``/use/reach``: visits beside the demand that each facility should see, drawn, mapped and listed."""

import math
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, render_template, request

from geoapp.core.errors import NotFoundError
from geoapp.core.roles import Permission
from geoapp.core.use import USE_FIELD_TEXT, UseField, parse_quarter
from geoapp.operations.coverage.official import OFFICIAL
from geoapp.operations.use.reach import UseAgainstReach, UsedFacility, use_against_reach
from geoapp.operations.use.reach_book import lines_text, write_reach
from geoapp.reports.words import use as words
from geoapp.reports.words.official import published_text
from geoapp.web.edge.access import require
from geoapp.web.edge.heavy import whole_file
from geoapp.web.edge.language import language
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.services import services
from geoapp.web.pages.coverage.planner import statement_of
from geoapp.web.pages.naming import naming
from geoapp.web.pages.paging import paged

blueprint = Blueprint("use_reach", __name__)

MOST_DRAWN: Final = 3_000
# The drawing in its own units: where its axes begin and end.
_LEFT, _RIGHT, _TOP, _BOTTOM = 40.0, 400.0, 12.0, 270.0
_STEPS: Final = (1, 2, 5, 10)
# Round shares of a scale that stand evenly where it is one of square roots.
_MARKS: Final = (0.0, 0.1, 0.3, 0.6, 1.0)


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale of square roots from zero on: its marks, and where the median stands.

    Most facilities have little of both and a few have very much: a plain scale would heap the most.
    """

    ticks: list[tuple[float, str]]
    middle: float | None


@dataclass(frozen=True, slots=True)
class Dot:
    """A facility in the drawing."""

    x: float
    y: float
    field: UseField | None
    name: str


@dataclass(frozen=True, slots=True)
class Scatter:
    """Workers to the right, visits upwards."""

    across: Axis
    up: Axis
    dots: list[Dot]


@blueprint.get("/use/reach")
@require(Permission.SEE_UNPUBLISHED)
def show() -> str:
    """Show a quarter; without one the latest of which something is known."""
    told, region = _asked()
    names = naming()
    published = told.official
    drawn = [one for one in told.facilities if one.lonlat is not None][:MOST_DRAWN]
    return render_template(
        "manager/use_reach.html",
        told=told,
        region=region,
        regions=names.regions,
        words=words,
        fields=USE_FIELD_TEXT,
        lines=lines_text(told),
        published=None
        if published is None
        else published_text(published.publication, names.regions, names.zone),
        statement=None if published is None else statement_of(published.run),
        scatter=_scatter(told),
        points=[_point(one) for one in drawn],
        listed=paged(told.facilities),
        asked={"quarter": request.args.get("quarter") or None, "region": region},
    )


@blueprint.get("/use/reach.xlsx")
@require(Permission.SEE_UNPUBLISHED)
@whole_file
def workbook() -> Response:
    """Answer the same as a workbook, with all facilities."""
    told, region = _asked()
    if told.official is None:
        raise NotFoundError(OFFICIAL, region)
    if told.quarter is None:
        raise NotFoundError(words.TITLE_REACH, region)
    parts = services()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "use-reach.xlsx"
        write_reach(parts.database, told, path, parts.settings.timezone, language())
        body = path.read_bytes()
    response = Response(
        body, mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="use-reach.xlsx"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _asked() -> tuple[UseAgainstReach, str | None]:
    quarter = request.args.get("quarter", "").strip()
    region = without_nul(request.args.get("region", "")).strip() or None
    wanted = parse_quarter("quarter", quarter) if quarter else None
    return use_against_reach(services().database, wanted, region), region


def _scatter(told: UseAgainstReach) -> Scatter | None:
    """Return the drawing of all that are compared; None of fewer than two."""
    pairs = [(one, pair) for one in told.facilities if (pair := one.compared) is not None]
    if len(pairs) < 2:
        return None
    most_x = _round_up(max(pair.reach for _, pair in pairs))
    most_y = _round_up(max(pair.visits for _, pair in pairs))

    def x(reach: float) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * math.sqrt(reach / most_x), 1)

    def y(visits: float) -> float:
        return round(_BOTTOM - (_BOTTOM - _TOP) * math.sqrt(visits / most_y), 1)

    middles = told.middles
    return Scatter(
        Axis(
            [(x(most_x * one), f"{most_x * one:,.10g}") for one in _MARKS],
            None if middles is None else x(middles.reach),
        ),
        Axis(
            [(y(most_y * one), f"{most_y * one:,.10g}") for one in _MARKS],
            None if middles is None else y(middles.visits),
        ),
        [
            Dot(x(pair.reach), y(pair.visits), one.field, one.name.pick(language()))
            for one, pair in pairs
        ],
    )


def _round_up(number: float) -> float:
    """Return the next of 1, 2, 5 times a power of ten: where a scale ends well."""
    if number <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(number))
    return next((step * power for step in _STEPS if number <= step * power), 10 * power)


def _point(one: UsedFacility) -> dict[str, Any]:
    """Return a facility as the map draws it, in WGS-84."""
    assert one.lonlat is not None, "those without a position are not drawn"
    lon, lat = one.lonlat
    reach = None if one.reach is None else one.reach.weight
    return {
        "lon": round(lon, 7),
        "lat": round(lat, 7),
        "name": one.name.pick(language()),
        "field": one.field,
        "said": words.field_text(one.visits_a_day, reach, one.field).pick(language()),
    }
