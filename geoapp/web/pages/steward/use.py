"""``/steward/use/CODE`` and ``/steward/care``: visits, voices and care events entered by hand."""

from collections.abc import Mapping
from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geoapp.core.errors import ConflictError, InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.roles import Permission
from geoapp.core.use import BASIS_TEXT, CARE_UNIT_TEXT, STARS, Basis, CareUnit
from geoapp.operations.facilities.read import read_facility
from geoapp.operations.moment import today
from geoapp.operations.use.edit import (
    add_care,
    add_opinions,
    put_visits,
    take_care,
    take_visits,
)
from geoapp.operations.use.read import facility_use, latest_care, latest_counts
from geoapp.reports.words import use as words
from geoapp.web.edge.access import require
from geoapp.web.edge.services import services
from geoapp.web.pages.region_names import region_names
from geoapp.web.pages.steward.form import sent

blueprint = Blueprint("steward_use", __name__)

_VISITS: Final = ("day", "hour", "n", "basis")
_STARS: Final = tuple(f"stars-{stars}" for stars in STARS)
_FORMS: Final = {"visits": _VISITS, "opinions": ("day", *_STARS)}
_CARE: Final = ("code", "kind", "region", "day", "people", "unit", "money", "document", "source")


@blueprint.get("/steward/use/<path:code>")
@require(Permission.EDIT)
def show(code: str) -> str:
    """Show a facility's figures by quarter, ready to be added to."""
    return _page(code)


@blueprint.post("/steward/use/<path:code>")
@require(Permission.EDIT)
def save(code: str) -> Response | tuple[str, int]:
    """Store a count of visits, or add a tally of voices."""
    form = request.form.get("do", "")
    if form not in _FORMS:
        accepted = ", ".join(_FORMS)
        raise InvalidValueError("do", form[:40], Text(accepted, accepted))
    values = sent(_FORMS[form])
    parts = services()
    try:
        if form == "visits":
            given = {name: value for name, value in values.items() if value}
            number = put_visits(parts.database, parts.settings, code, given)
        else:
            tally = {stars: values.get(f"stars-{stars}", "") for stars in STARS}
            day = values.get("day", "")
            number = add_opinions(parts.database, parts.settings, code, day, tally)
    except InvalidValueError as error:
        return _page(code, form=form, values=values, wrong=error.text), 422
    return redirect(url_for("steward_use.show", code=code, saved=number or 0))


@blueprint.post("/steward/use/take/<int:number>/<path:code>")
@require(Permission.EDIT)
def take(number: int, code: str) -> Response:
    """Take a count of visits away; an undo brings it back."""
    done = take_visits(services().database, code, number if number < 2**63 else 0)
    return redirect(url_for("steward_use.show", code=code, saved=done or 0))


@blueprint.get("/steward/care")
@require(Permission.EDIT)
def care() -> str:
    """Show the latest care events, and the form for a new one."""
    return _care_page()


@blueprint.post("/steward/care")
@require(Permission.EDIT)
def save_care() -> Response | tuple[str, int]:
    """Store a new care event."""
    values = sent(_CARE)
    parts = services()
    try:
        given = {name: value for name, value in values.items() if value}
        number = add_care(parts.database, parts.settings, given)
    except (InvalidValueError, ConflictError) as error:
        status = 409 if isinstance(error, ConflictError) else 422
        return _care_page(values=values, wrong=error.text), status
    return redirect(url_for("steward_use.care", saved=number or 0))


@blueprint.post("/steward/care/take/<path:code>")
@require(Permission.EDIT)
def take_event(code: str) -> Response:
    """Take a care event away; an undo brings it back."""
    done = take_care(services().database, code)
    return redirect(url_for("steward_use.care", saved=done or 0))


def _saved() -> int | None:
    """Return the change set of what was saved just now; 0 if nothing had to change."""
    saved = request.args.get("saved", "")
    return int(saved) if saved.isascii() and saved.isdigit() and len(saved) < 19 else None


def _page(
    code: str,
    *,
    form: str = "",
    values: Mapping[str, str] | None = None,
    wrong: Text | None = None,
) -> str:
    parts = services()
    return render_template(
        "steward/use.html",
        record=read_facility(parts.database, code, unpublished=True),
        figures=facility_use(parts.database, code)[1],
        counts=latest_counts(parts.database, code),
        bases=[
            (basis, BASIS_TEXT[basis]) for basis in (Basis.REPORTED, Basis.DOOR, Basis.IMPORTED)
        ],
        basis_texts=BASIS_TEXT,
        stars=STARS,
        today=today(parts.settings),
        words=words,
        saved=_saved(),
        form=form,
        values=values or {},
        wrong=wrong,
    )


def _care_page(*, values: Mapping[str, str] | None = None, wrong: Text | None = None) -> str:
    parts = services()
    return render_template(
        "steward/care.html",
        events=latest_care(parts.database),
        regions=region_names(parts.database),
        units=[(unit, CARE_UNIT_TEXT[unit]) for unit in CareUnit],
        today=today(parts.settings),
        words=words,
        saved=_saved(),
        values=values or {},
        wrong=wrong,
    )
