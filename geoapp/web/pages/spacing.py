"""``/standards/CODE/spacing``: stations that are too close, places that are too far from any."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from flask import Blueprint, Response, make_response, render_template, request

from geoapp.core.errors import InvalidValueError
from geoapp.core.geo import geometry_from_wgs84
from geoapp.core.i18n import Text
from geoapp.core.results.spacing import ClosePair, FarArea, FarStretch, SpacingResult
from geoapp.core.roles import Permission
from geoapp.core.spacing import By
from geoapp.core.units import format_metres
from geoapp.core.words import Datum, Level
from geoapp.operations.facilities.places import list_regions
from geoapp.operations.standards.files import save_spacing
from geoapp.operations.standards.spacing import check_spacing
from geoapp.reports.words import spacing as words
from geoapp.reports.words import standards as standard_words
from geoapp.web.edge.access import require
from geoapp.web.edge.heavy import heavy
from geoapp.web.edge.language import language
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.services import services
from geoapp.web.pages.naming import naming
from geoapp.web.pages.paging import Page, paged

T = TypeVar("T")

blueprint = Blueprint("spacing", __name__)

MOST_DRAWN = 200
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/standards/<string:code>/spacing")
@require(Permission.SEE_UNPUBLISHED)
@heavy
def show(code: str) -> Response:
    """Show which stations are too close, and where people work too far from any."""
    result = _result(code)
    pairs, areas = paged(result.pairs, "pairs_page"), paged(result.areas, "areas_page")
    stretches = paged(_stretches(result), "streets_page")
    regions = list_regions(services().database)
    page = render_template(
        "manager/spacing.html",
        result=result,
        standard=result.standard,
        rule=result.standard.spacing,
        words=words,
        samples=standard_words.samples_text(result),
        yardstick=standard_words.yardstick_text(result.standard, result.region),
        regions={
            one.code: Text(one.name_zh, one.name_en or one.name_zh)
            for one in regions
            if one.level != Level.STREET or one.code == result.region
        },
        names=naming().regions,
        query={"region": result.region, "by": result.by},
        pairs=pairs,
        areas=areas,
        stretches=stretches,
        shown=_drawn(pairs, areas, stretches, result),
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@blueprint.get("/standards/<string:code>/spacing.xlsx")
@require(Permission.SEE_UNPUBLISHED)
@heavy
def workbook(code: str) -> Response:
    """Answer the same as a workbook, whole."""
    result = _result(code)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spacing.xlsx"
        save_spacing(services().database, result, path, language())
        response = Response(path.read_bytes(), mimetype=_XLSX)
    name = "-".join(part for part in (code, "spacing", result.region, result.by) if part)
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.xlsx")
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _result(code: str) -> SpacingResult:
    by = request.args.get("by", "").strip()
    if by and by not in get_args(By):
        listed = ", ".join(get_args(By))
        raise InvalidValueError("by", by[:40], Text(listed, listed))
    region = without_nul(request.args.get("region", "")).strip() or None
    parts = services()
    chosen: By | None = "walk" if by == "walk" else "line" if by else None
    return check_spacing(parts.database, parts.settings, code, region, chosen)


def _stretches(result: SpacingResult) -> tuple[FarStretch, ...]:
    return () if result.streets is None else result.streets.stretches


def _numbered(rows: Sequence[T], page: Page[T]) -> list[tuple[int, T]]:
    """Return what the map draws of a list, by its place in it: the first ones, and those of the page."""
    own = range(page.first, page.last + 1)
    numbers = sorted({*range(1, min(len(rows), MOST_DRAWN) + 1), *own})
    return [(number, rows[number - 1]) for number in numbers]


def _drawn(
    pairs: Page[ClosePair], areas: Page[FarArea], stretches: Page[FarStretch], result: SpacingResult
) -> dict[str, Any]:
    """Return pairs, areas and stretches as the map draws them, in WGS-84."""

    def place(lon: float, lat: float) -> tuple[float, float]:
        return round(lon, 6), round(lat, 6)

    return {
        "pairs": [
            {
                "key": f"pair-{number}",
                "line": [place(end.lon, end.lat) for end in (one.one, one.other)],
                "said": f"{one.one.name.pick(language())} – {one.other.name.pick(language())}: "
                f"{format_metres(one.away_m).pick(language())}",
            }
            for number, one in _numbered(result.pairs, pairs)
        ],
        "areas": [
            {
                "key": f"area-{number}",
                **dict(zip(("lon", "lat"), place(one.lon, one.lat), strict=True)),
                "outline": geometry_from_wgs84(one.outline_wkb, Datum.WGS84),
                "said": f"{one.place.pick(language())}: "
                f"{words.farthest_text(one).pick(language())}",
            }
            for number, one in _numbered(result.areas, areas)
        ],
        "stretches": [
            {
                "key": f"stretch-{number}",
                "line": geometry_from_wgs84(one.line_wkb, Datum.WGS84),
                "said": f"{words.street_text(one).pick(language())}: "
                f"{format_metres(one.length_m).pick(language())}",
            }
            for number, one in _numbered(_stretches(result), stretches)
        ],
    }
