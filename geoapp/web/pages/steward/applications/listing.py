"""The list of applications by state with what is due, a new one, and the calendar."""

from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, render_template, request, url_for
from pydantic import Field
from werkzeug.wrappers import Response as BaseResponse

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_CODE_CHARACTERS, MOST_REGION_CHARACTERS
from geoapp.core.roles import Permission
from geoapp.core.schemes import Stage, schemes
from geoapp.operations.applications.due import due
from geoapp.operations.applications.read import list_applications
from geoapp.operations.applications.write import (
    DraftThereError,
    find_subjects,
    start_application,
)
from geoapp.operations.moment import today
from geoapp.reports.calendar_file import CalendarEntry, calendar_file
from geoapp.reports.words.applications import STAGE_TEXT
from geoapp.web.edge.access import require
from geoapp.web.edge.language import language
from geoapp.web.edge.parameters import Parameters, without_nul
from geoapp.web.edge.services import services
from geoapp.web.pages.region_names import region_names
from geoapp.web.pages.steward.applications import sent

blueprint = Blueprint("applications_list", __name__)


class Asked(Parameters):
    """Which applications; None asks nothing."""

    stage: Stage | None = None
    region: str | None = Field(None, max_length=MOST_REGION_CHARACTERS)


@blueprint.get("/steward/applications")
@require(Permission.EDIT)
def show() -> str:
    """List applications by state, each with what is due next."""
    given = {name: without_nul(value).strip() for name, value in request.args.items()}
    asked = Asked.check({name: value for name, value in given.items() if value})
    parts = services()
    found = list_applications(parts.database, parts.settings, region=asked.region)
    day = today(parts.settings)
    next_due = {}
    for one in reversed(due(parts.database, parts.settings, day)):
        if one.application is not None:
            next_due[one.application] = one
    groups = [
        (stage, text, [one for one in found if one.stage is stage])
        for stage, text in STAGE_TEXT.items()
    ]
    return render_template(
        "steward/applications/list.html",
        asked=asked,
        groups=groups,
        total=len(found),
        next_due=next_due,
        today=day,
        regions=region_names(parts.database),
    )


@blueprint.get("/steward/applications/new")
@require(Permission.EDIT)
def blank() -> str:
    """Show the form that begins an application."""
    given = {name: without_nul(request.args.get(name, "")) for name in ("track", "subject")}
    return _new_page({name: value[:MOST_CODE_CHARACTERS] for name, value in given.items()})


@blueprint.post("/steward/applications/new")
@require(Permission.EDIT)
def begin() -> BaseResponse | tuple[str, int]:
    """Begin an application; where several subjects may be meant, ask which."""
    parts = services()
    values = {name: sent.words(name) for name in ("track", "subject", "chosen")}
    scheme, _, track = values["track"].partition("/")
    kind, _, code = values["chosen"].partition("/")
    if not code:
        found = find_subjects(parts.database, values["subject"])
        if len(found) != 1:
            return _new_page(values, found, nothing=not found), 422
        kind, code = found[0].kind, found[0].code
    try:
        number = start_application(
            parts.database,
            parts.settings,
            scheme=scheme,
            track=track,
            facility=code if kind == "facility" else None,
            organisation=code if kind == "organisation" else None,
            answers={},
        )
    except InvalidValueError as error:
        return _new_page(values, wrong=error.text), 422
    except DraftThereError as error:
        return _new_page(values, wrong=error.text, draft=error.number), 409
    return redirect(url_for("applications_form.show", number=number))


def _new_page(
    values: dict[str, str],
    found: object = (),
    *,
    nothing: bool = False,
    wrong: Text | None = None,
    draft: int | None = None,
) -> str:
    return render_template(
        "steward/applications/new.html",
        values=values,
        found=found,
        nothing=nothing,
        wrong=wrong,
        draft=draft,
        schemes=list(schemes(services().settings).values()),
    )


@blueprint.get("/steward/applications/calendar")
@require(Permission.EDIT)
def calendar() -> str:
    """Show what is due, by day; what is overdue first."""
    parts = services()
    day = today(parts.settings)
    return render_template(
        "steward/applications/calendar.html",
        dues=due(parts.database, parts.settings, day),
        today=day,
        schemes=list(schemes(parts.settings).values()),
    )


@blueprint.get("/steward/applications/calendar.ics")
@require(Permission.EDIT)
def calendar_download() -> Response:
    """Return what is due as a file that calendars read."""
    parts = services()
    entries = [
        CalendarEntry(one.key, one.on, one.text.pick(language()))
        for one in due(parts.database, parts.settings, today(parts.settings))
    ]
    zone = ZoneInfo(parts.settings.timezone)
    response = Response(calendar_file(entries, zone), mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'attachment; filename="applications.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response
