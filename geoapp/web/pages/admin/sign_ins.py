"""``/admin/sign-ins``: who signed in or tried to, for administrators."""

import tempfile
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, render_template, request, url_for
from pydantic import Field

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_NAME_CHARACTERS, MOST_TIME_CHARACTERS
from geoapp.core.roles import Permission
from geoapp.core.sign_ins import FAILED, OUTCOME_TEXT, WAY_TEXT, Outcome, Way
from geoapp.operations.history.read import parse_since
from geoapp.operations.upkeep.sign_ins import SignInFilter, export_sign_ins, list_sign_ins
from geoapp.web.edge.access import require
from geoapp.web.edge.parameters import Parameters, without_nul
from geoapp.web.edge.services import services

blueprint = Blueprint("admin_sign_ins", __name__)

PAGE_SIZE: Final = 100
_FAILED: Final = "failed"


class Asked(Parameters):
    """Which attempts; an empty value asks nothing."""

    name: str = Field("", max_length=MOST_NAME_CHARACTERS)
    way: str = Field("", max_length=MOST_NAME_CHARACTERS)
    outcome: str = Field("", max_length=MOST_NAME_CHARACTERS)
    since: str = Field("", max_length=MOST_TIME_CHARACTERS)
    before: int | None = Field(None, ge=1, le=2**63 - 1)


def _filter(asked: Asked) -> SignInFilter:
    """Return what is asked for.

    Raises
    ------
    InvalidValueError
        If there is no such way or outcome, or the day is none.
    """
    return SignInFilter(
        name=without_nul(asked.name).strip() or None,
        ways=_ways(asked.way),
        outcomes=_outcomes(asked.outcome),
        since=parse_since(asked.since, services().settings.timezone),
        before=asked.before,
    )


def _ways(said: str) -> tuple[Way, ...]:
    if said and said not in list(Way):
        names = ", ".join(Way)
        raise InvalidValueError("way", said, Text(names, names))
    return (Way(said),) if said else ()


def _outcomes(said: str) -> tuple[Outcome, ...]:
    if said == _FAILED:
        return FAILED
    if said and said not in list(Outcome):
        names = ", ".join((_FAILED, *Outcome))
        raise InvalidValueError("outcome", said, Text(names, names))
    return (Outcome(said),) if said else ()


@blueprint.get("/admin/sign-ins")
@require(Permission.ADMINISTER)
def listed() -> str:
    """List attempts, the latest first."""
    asked = Asked.read()
    found = list_sign_ins(services().database, _filter(asked), limit=PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    given: dict[str, Any] = {
        name: value for name, value in request.args.items() if name != "before"
    }
    earlier = url_for(".listed", **given, before=shown[-1].id) if len(found) > PAGE_SIZE else None
    return render_template(
        "admin/sign_ins.html",
        rows=shown,
        asked=asked,
        ways=WAY_TEXT,
        outcomes=OUTCOME_TEXT,
        failed=FAILED,
        earlier=earlier,
        file=url_for(".table", **given),
        days=services().settings.sign_in_days,
    )


@blueprint.get("/admin/sign-ins.csv")
@require(Permission.ADMINISTER)
def table() -> Response:
    """Answer the attempts that are asked for as CSV, with a byte-order mark for Excel."""
    wanted = _filter(Asked.read())
    parts = services()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sign-ins.csv"
        export_sign_ins(parts.database, parts.settings, wanted, path)
        response = Response(path.read_bytes(), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename="sign-ins.csv")
    response.headers["Cache-Control"] = "private, no-store"
    return response
