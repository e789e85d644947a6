"""``/steward/reports``: what workers report, settled with one press."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geoapp.core.errors import ConflictError, InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.parsing import parse_whole
from geoapp.core.roles import Permission
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.voices import OUTCOME_TEXT, REPORT_TEXT, Outcome, ReportKind, doubt_text
from geoapp.core.words import STATUS_TEXT, Status
from geoapp.operations.moment import today
from geoapp.operations.voices.inbox import (
    MOST_SHOWN,
    read_inbox,
    settle_reports,
    settle_suggestion,
)
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.services import services
from geoapp.web.pages.region_names import region_names

blueprint = Blueprint("steward_reports", __name__)


@blueprint.get("/steward/reports")
@require(Permission.EDIT)
def listed() -> str:
    """Show what waits, what happened earliest first, each facility's reports together."""
    return _page()


def _page(refused: Text | None = None) -> str:
    parts = services()
    names = region_names(parts.database)
    region = without_nul(request.values.get("region", ""))
    inbox = read_inbox(
        parts.database,
        parts.settings,
        own=signed_in().regions,
        region=region if region in names else None,
    )
    day = today(parts.settings)
    return render_template(
        "steward/reports.html",
        inbox=inbox,
        doubts={one.first.code: doubt_text(one.doubt, day) for one in inbox.waiting if one.doubt},
        region=region,
        regions=names,
        kinds={str(kind): text for kind, text in REPORT_TEXT.items()},
        amenities={one.code: one.text for one in load_vocabulary().amenities},
        statuses={str(status): text for status, text in STATUS_TEXT.items()},
        may_suspend=(str(Status.OPEN),),
        suggest=str(ReportKind.SUGGEST),
        outcomes=OUTCOME_TEXT,
        late_days=parts.settings.reports_late_days,
        keep_days=parts.settings.reports_keep_days,
        most=MOST_SHOWN,
        refused=refused,
    )


@blueprint.post("/steward/reports")
@require(Permission.EDIT)
def settle() -> Response | tuple[str, int]:
    """Settle a facility's reports, or a suggestion, and show what is left."""
    form, parts = request.form, services()
    outcome = _outcome(form.get("outcome", ""))
    number = parse_whole("number", form.get("number", ""), 1, 2**63 - 1)
    try:
        if form.get("code"):
            code = without_nul(form["code"])
            settle_reports(parts.database, parts.settings, code, number, outcome)
        else:
            settle_suggestion(parts.database, number, outcome, signed_in().regions)
    except ConflictError as error:
        return _page(error.text), 409
    region = without_nul(form.get("region", "")) or None
    return redirect(url_for("steward_reports.listed", region=region, settled=outcome))


def _outcome(value: str) -> Outcome:
    if value not in list(Outcome):
        accepted = ", ".join(Outcome)
        raise InvalidValueError("outcome", value, Text(accepted, accepted))
    return Outcome(value)
