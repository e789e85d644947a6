"""Who does what for a facility, and what it is part of: added, ended and removed on its record."""

from datetime import date

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_CODE_CHARACTERS, MOST_NAME_CHARACTERS
from geoapp.core.roles import Permission
from geoapp.core.words import OrganisationRole
from geoapp.operations.facilities.parts import join_part, part_parts
from geoapp.operations.organisations.edit import NewRole, end_role, give_role, take_role
from geoapp.operations.organisations.read import organisation_named
from geoapp.web.edge.access import require
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.services import services

blueprint = Blueprint("steward_relations", __name__)


@blueprint.post("/steward/relations/organisations/<path:code>")
@require(Permission.EDIT)
def organisation(code: str) -> Response:
    """Say that an organisation does something for the facility from a day to a day."""
    database = services().database
    named = _text("organisation", MOST_NAME_CHARACTERS)
    asked = request.form.get("role", "")
    try:
        role = OrganisationRole(asked)
    except ValueError:
        accepted = ", ".join(OrganisationRole)
        raise InvalidValueError("role", asked[:40], Text(accepted, accepted)) from None
    new = NewRole(code, role, _day("valid_from"), _day("valid_to"))
    give_role(database, organisation_named(database, named), new)
    return _back(code)


@blueprint.post("/steward/relations/organisations/<path:code>/<int:number>")
@require(Permission.EDIT)
def organisation_done(code: str, number: int) -> Response:
    """End what an organisation does on a day, or remove what was entered by mistake."""
    database = services().database
    of = _text("organisation", MOST_CODE_CHARACTERS)
    if request.form.get("do") == "remove":
        take_role(database, of, _stored(number), expected_rev=None)
    else:
        end_role(database, of, _stored(number), _day("valid_to"))
    return _back(code)


@blueprint.post("/steward/relations/parts/<path:code>")
@require(Permission.EDIT)
def part(code: str) -> Response:
    """Say that another facility is a part of this one from a day to a day."""
    inner = _text("part", MOST_CODE_CHARACTERS)
    join_part(services().database, code, inner, _day("valid_from"), _day("valid_to"))
    return _back(code)


@blueprint.post("/steward/relations/parts/<path:code>/<int:number>")
@require(Permission.EDIT)
def part_done(code: str, number: int) -> Response:
    """Remove a part that was entered by mistake; the facility itself stays."""
    part_parts(services().database, code, _stored(number), expected_rev=None)
    return _back(code)


def _text(name: str, most: int) -> str:
    value = without_nul(request.form.get(name, "")).strip()
    if not value or len(value) > most:
        accepted = Text(f"1 到 {most} 个字符", f"1 to {most} characters")
        raise InvalidValueError(name, value[:40], accepted)
    return value


def _day(name: str) -> date | None:
    value = request.form.get(name, "").strip()
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        accepted = Text("日期，如 2026-11-27", "a date such as 2026-11-27")
        raise InvalidValueError(name, value[:40], accepted) from None


def _stored(number: int) -> int:
    """Return a number as the store can hold it; none is 0."""
    return number if number < 2**63 else 0


def _back(code: str) -> Response:
    return redirect(url_for("steward_record.show", code=code, _anchor="relations"))
