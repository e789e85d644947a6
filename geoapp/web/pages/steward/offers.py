"""``/steward/services/CODE``: what help a facility offers, and its duty desks."""

from collections.abc import Callable, Mapping
from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geoapp.core.errors import ConflictError, InvalidValueError, NotAllowedError
from geoapp.core.i18n import Text
from geoapp.core.roles import Permission
from geoapp.core.services import load_categories
from geoapp.operations.facilities.read import read_facility
from geoapp.operations.services.edit import (
    add_desk,
    add_offer,
    add_service,
    take_desk,
    take_offer,
)
from geoapp.operations.services.read import list_items, services_of
from geoapp.store.engine import Database
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.services import services
from geoapp.web.pages.steward.form import sent

blueprint = Blueprint("steward_offers", __name__)

_OFFER: Final = ("service", "hours", "phone", "valid_from", "valid_to", "source")
_DESK: Final = ("name_zh", "phone", "hours", "source")
_SERVICE: Final = (
    "code",
    "category",
    "name_zh",
    "name_en",
    "audience",
    "process",
    "time_limit",
    "promise",
    "first_responsible",
    "document",
    "source",
)
_FORMS: Final = {"offer": _OFFER, "desk": _DESK, "service": _SERVICE}


@blueprint.get("/steward/services/<path:code>")
@require(Permission.EDIT)
def show(code: str) -> str:
    """Show what help the facility offers, ready to be changed."""
    return _page(code, saved="saved" in request.args)


@blueprint.post("/steward/services/<path:code>")
@require(Permission.EDIT)
def save(code: str) -> Response | tuple[str, int]:
    """Add a service of the facility, a duty desk, or a service that nobody offers yet."""
    form = request.form.get("do", "")
    if form not in _FORMS:
        accepted = ", ".join(_FORMS)
        raise InvalidValueError("do", form[:40], Text(accepted, accepted))
    values = {name: value for name, value in sent(_FORMS[form]).items() if value}
    try:
        _add(form)(services().database, code, values)
    except (InvalidValueError, ConflictError) as error:
        status = 409 if isinstance(error, ConflictError) else 422
        return _page(code, form=form, values=values, wrong=error.text), status
    return redirect(url_for("steward_offers.show", code=code, saved=""))


@blueprint.post("/steward/services/take/<kind>/<int:number>/<path:code>")
@require(Permission.EDIT)
def take(kind: str, number: int, code: str) -> Response:
    """Take a service or a duty desk of the facility away; an undo brings it back."""
    takes = {"offer": take_offer, "desk": take_desk}
    if kind not in takes:
        accepted = ", ".join(takes)
        raise InvalidValueError("kind", kind[:40], Text(accepted, accepted))
    takes[kind](services().database, code, number if number < 2**63 else 0)
    return redirect(url_for("steward_offers.show", code=code, saved=""))


def _add(form: str) -> Callable[[Database, str, Mapping[str, str]], None]:
    return {"offer": add_offer, "desk": add_desk, "service": _add_service}[form]


def _add_service(database: Database, code: str, values: Mapping[str, str]) -> None:
    """Store a service for everybody, which those may do who are not kept to a region."""
    read_facility(database, code, unpublished=True)
    if signed_in().regions:
        raise NotAllowedError(
            Text(
                "服务事项全市共用，限定区域的账号不能添加。",
                "A service is for all regions; an account that is kept to some cannot add one.",
            )
        )
    add_service(database, values)


def _page(
    code: str,
    *,
    saved: bool = False,
    form: str = "",
    values: Mapping[str, str] | None = None,
    wrong: Text | None = None,
) -> str:
    parts = services()
    record = read_facility(parts.database, code, unpublished=True)
    offers, desks = services_of(parts.database, parts.settings, code)
    return render_template(
        "steward/services.html",
        record=record,
        offers=offers,
        desks=desks,
        items=list_items(parts.database),
        categories=load_categories().categories,
        for_all=not signed_in().regions,
        saved=saved,
        form=form,
        values=values or {},
        wrong=wrong,
    )
