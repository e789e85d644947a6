"""``/publications/reports``: the months' reports that are kept, compared, and when they are made."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from geoapp.core.i18n import Text
from geoapp.core.results.kept_reports import KeptBand, KeptReport, KeyFigures
from geoapp.core.roles import Permission
from geoapp.core.units import UNKNOWN, format_count, format_difference, format_points, format_share
from geoapp.operations.monthly import kept
from geoapp.operations.monthly.save import MEDIA_TYPES
from geoapp.reports.words import monthly as words
from geoapp.reports.words.kept_reports import report_outcome_text, report_schedule_text
from geoapp.reports.words.question import area_text
from geoapp.reports.words.states import range_text
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.parameters import full_hour, without_nul
from geoapp.web.edge.services import services
from geoapp.web.pages.coverage.published import published_areas
from geoapp.web.pages.coverage.standing import is_own, own_regions
from geoapp.web.pages.naming import naming

blueprint = Blueprint("kept_reports", __name__, url_prefix="/publications/reports")


@dataclass(frozen=True, slots=True)
class Line:
    """A figure in the newest report and in the one before; ``change`` is None where none can be told."""

    name: Text
    now: str
    then: str
    change: Text | None


@dataclass(frozen=True, slots=True)
class Kept:
    """The reports of an area, the newest first, and how the newest differs from the one before.

    ``unlike`` is what both published runs were asked, where that differs.
    """

    area: Text
    reports: list[KeptReport]
    lines: list[Line]
    unlike: list[Text]


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """One schedule in the list; ``mine`` tells whether the asker may change it."""

    region: str
    mine: bool
    text: Text
    last: Text | None


@blueprint.get("")
@require(Permission.SEE_UNPUBLISHED)
def listed() -> str:
    """List the kept reports, and when further ones are made."""
    database, names, own = services().database, naming(), own_regions()
    return render_template(
        "manager/reports.html",
        areas=[
            _kept(area_text(region, names.regions), list(some))
            for region, some in groupby(kept.kept_reports(database), key=lambda one: one.region)
        ],
        schedules=[
            ScheduleLine(
                one.region or "",
                is_own(one.region, own),
                report_schedule_text(one, names.regions, names.zone),
                report_outcome_text(one, names.zone),
            )
            for one in kept.report_schedules(database)
        ],
        offered=published_areas(),
        most=kept.MOST_KEPT,
    )


def _kept(area: Text, reports: list[KeptReport]) -> Kept:
    now = reports[0].figures
    then = reports[1].figures if len(reports) > 1 else None
    unlike = []
    if then is not None and now.asked and then.asked and now.asked != then.asked:
        unlike = [then.asked.text, now.asked.text]
    return Kept(area, reports, _lines(now, then, comparable=not unlike), unlike)


_COUNTS: Final[tuple[tuple[Text, Callable[[KeyFigures], float | None]], ...]] = (
    (words.COVERED, lambda one: one.covered),
    (words.UNCOVERED, lambda one: one.uncovered),
)
_BANDS: Final[tuple[tuple[Text, Callable[[KeyFigures], KeptBand]], ...]] = (
    (words.IN_PLACE, lambda one: one.in_place),
    (words.OPENED, lambda one: one.opened),
    (words.CLOSED, lambda one: one.closed),
)
_PROMISES: Final[tuple[tuple[Text, Callable[[KeyFigures], int]], ...]] = (
    (Text("承诺", "promises"), lambda one: one.promises),
    (Text("其中已兑现", "of these met"), lambda one: one.met),
)


def _lines(now: KeyFigures, then: KeyFigures | None, *, comparable: bool) -> list[Line]:
    """Return the figures of the newest report beside those of the one before."""
    share = None if then is None else then.covered_share
    return [
        _share_line(now.covered_share, share, comparable=comparable),
        *(
            _count_line(name, of(now), None if then is None else of(then), comparable=comparable)
            for name, of in _COUNTS
        ),
        *(_band_line(name, of(now), None if then is None else of(then)) for name, of in _BANDS),
        *(
            _count_line(name, of(now), None if then is None else of(then), comparable=True)
            for name, of in _PROMISES
        ),
    ]


def _share_line(now: float | None, then: float | None, *, comparable: bool) -> Line:
    change = None
    if comparable and now is not None and then is not None:
        change = format_points(now - then)
    return Line(words.COVERED_SHARE, format_share(now), format_share(then), change)


def _count_line(name: Text, now: float | None, then: float | None, *, comparable: bool) -> Line:
    change = None
    if comparable and now is not None and then is not None:
        change = _same(format_difference(now - then))
    return Line(name, format_count(now), format_count(then), change)


def _band_line(name: Text, now: KeptBand, then: KeptBand | None) -> Line:
    change = None
    # Of what may be there or not no change is known for certain.
    if then is not None and not now.possible and not then.possible:
        change = _same(format_difference(now.known - then.known))
    told = UNKNOWN if then is None else range_text(then.band)
    return Line(name, range_text(now.band), told, change)


def _same(text: str) -> Text:
    return Text(text, text)


@blueprint.get("/<int:number>.<suffix>")
@require(Permission.SEE_UNPUBLISHED)
def file(number: int, suffix: str) -> Response:
    """Answer a kept report as it was made."""
    name, content = kept.kept_file(services().database, number, suffix)
    response = Response(content, mimetype=MEDIA_TYPES[f".{suffix}"])
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/schedules")
@require(Permission.PUBLISH)
def set_schedule() -> BaseResponse:
    """Have a region's reports made by themselves, or no more."""
    user, parts = signed_in(), services()
    region = without_nul(request.form.get("region", "")) or None
    if request.form.get("every") == "never":
        kept.remove_report_schedule(parts.database, region, user.regions)
    else:
        hour = full_hour(request.form.get("hour", ""))
        kept.set_report_schedule(
            parts.database, parts.settings, region, hour, user.name, user.regions
        )
    return redirect(url_for("kept_reports.listed"), 303)
