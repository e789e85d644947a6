"""Where each field of a record comes from, and that it is still right."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from geoapp.core.i18n import Text
from geoapp.core.roles import Permission
from geoapp.core.units import format_moment
from geoapp.operations.history.sources import confirm_field, field_sources
from geoapp.reports.words.history import actor_text, via_text
from geoapp.web.edge.access import require
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.services import services
from geoapp.web.pages.steward.form import expected_rev

blueprint = Blueprint("steward_sources", __name__)


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A field's source in words; ``change_set`` is None where the value is older than the log."""

    field: str
    change_set: int | None = None
    at: Text | None = None
    who: Text | None = None
    via: Text | None = None
    reason: str | None = None
    confirmed_on: date | None = None
    confirmed_by: Text | None = None


def source_lines(code: str) -> list[SourceLine]:
    """Return where the fields of a facility come from, those that have a value."""
    parts = services()
    lines = []
    for one in field_sources(parts.database, code):
        line = SourceLine(one.field)
        origin, confirmed = one.origin, one.confirmed
        if origin is not None or confirmed is not None:
            line = SourceLine(
                one.field,
                change_set=None if origin is None else origin.set_id,
                at=None if origin is None else format_moment(origin.at, parts.settings.timezone),
                who=None
                if origin is None
                else actor_text(origin.actor, origin.role, origin.api_key),
                via=None if origin is None else via_text(origin.via),
                reason=None if origin is None else origin.reason,
                confirmed_on=None if confirmed is None else confirmed.confirmed_on,
                confirmed_by=None
                if confirmed is None
                else actor_text(confirmed.actor, confirmed.role),
            )
        lines.append(line)
    return lines


@blueprint.post("/steward/sources/<path:code>")
@require(Permission.EDIT)
def confirm(code: str) -> Response:
    """Store that a field is still right today."""
    parts = services()
    field = without_nul(request.form.get("field", ""))
    confirm_field(parts.database, parts.settings, code, field, expected_rev=expected_rev())
    return redirect(url_for("steward_record.show", code=code, _anchor="sources-title"))
