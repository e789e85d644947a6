"""``/account/second-factor``: a code from the phone at sign-in, turned on and off by its owner."""

import re

import segno
from flask import Blueprint, make_response, render_template, request, url_for
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from geoapp.core.errors import ConflictError
from geoapp.core.i18n import Text
from geoapp.core.roles import Permission
from geoapp.operations.upkeep.second_factor import (
    app_address,
    begin,
    begun,
    check_code,
    confirm,
    may_write,
    renew_codes,
    standing_of,
    turn_off,
)
from geoapp.web.edge.access import lacks_second_factor, may, require, signed_in
from geoapp.web.edge.services import services
from geoapp.web.pages.proof import refused_code, unproven_by_password
from geoapp.web.pages.sign_in import is_own_path

blueprint = Blueprint("second_factor", __name__)


def _is_required() -> bool:
    return services().settings.require_second_factor and may_write(signed_in().role)


def _wanted() -> str | None:
    """Return the page of this server that somebody was on the way to, if any."""
    given = request.values.get("next", "")
    return given if is_own_path(given) else None


def _page(problem: Text | None = None, status: int = 200, done: Text | None = None) -> Response:
    user = signed_in()
    page = render_template(
        "second_factor.html",
        standing=standing_of(services().database, user.id),
        required=_is_required(),
        states=may(Permission.STATE) and lacks_second_factor(Permission.STATE),
        wanted=_wanted(),
        user=user,
        problem=problem,
        done=done,
    )
    return _unkept(page, status)


def _unkept(page: str, status: int) -> Response:
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _set_up(secret: str, problem: Text | None = None, status: int = 200) -> Response:
    address = app_address(secret, signed_in().name)
    page = render_template(
        "second_factor_set_up.html",
        picture=segno.make(address, error="m").svg_data_uri(scale=5, border=3, light="white"),
        address=address,
        secret=" ".join(re.findall(".{1,4}", secret)),
        problem=problem,
        wanted=_wanted(),
    )
    return _unkept(page, status)


def _codes(codes: list[str], done: Text) -> Response:
    onward = _wanted() or url_for("account.show")
    page = render_template("recovery_codes.html", codes=codes, done=done, onward=onward)
    return _unkept(page, 200)


@blueprint.get("/account/second-factor")
@require(Permission.OWN_ACCOUNT)
def show() -> Response:
    """Show whether it is on, and what can be done about it."""
    return _page()


@blueprint.post("/account/second-factor/start")
@require(Permission.OWN_ACCOUNT)
def start() -> Response:
    """Show what the app reads; the password is asked for, as a session may be left open."""
    database, user = services().database, signed_in()
    refused = unproven_by_password("password")
    if refused is not None:
        return _page(refused, 422)
    return _set_up(begin(database, user.id))


@blueprint.post("/account/second-factor/confirm")
@require(Permission.OWN_ACCOUNT)
def finish() -> Response:
    """Turn it on with a first code, and show the recovery codes once."""
    database, user = services().database, signed_in()
    secret = begun(database, user.id)
    if secret is None:
        raise ConflictError(Text("请先开始设置。", "Begin to set it up first."))
    checked, codes = confirm(database, user.id, request.form.get("code", ""))
    if not checked.fits:
        return _set_up(secret, refused_code(checked), 422)
    return _codes(codes, Text("两步验证已开启。", "The second factor is on."))


def _refused() -> Response | None:
    """Check the code that was sent along, and return the page that says that it does not fit."""
    checked = check_code(services().database, signed_in().id, request.form.get("code", ""))
    if checked.fits:
        return None
    return _page(refused_code(checked), TooManyRequests.code if checked.wait_seconds else 422)


@blueprint.post("/account/second-factor/codes")
@require(Permission.OWN_ACCOUNT)
def new_codes() -> Response:
    """Make new recovery codes, which ends the older ones."""
    refused = _refused()
    if refused is not None:
        return refused
    codes = renew_codes(services().database, signed_in().id)
    return _codes(codes, Text("旧的恢复码已作废。", "The older recovery codes are out of use."))


@blueprint.post("/account/second-factor/off")
@require(Permission.OWN_ACCOUNT)
def off() -> Response:
    """Turn it off, unless it is required."""
    if _is_required():
        raise ConflictError(
            Text("本系统要求两步验证，不能关闭。", "A second factor is required here and stays on.")
        )
    refused = _refused()
    if refused is not None:
        return refused
    turn_off(services().database, signed_in().id)
    return _page(done=Text("两步验证已关闭。", "The second factor is off."))
