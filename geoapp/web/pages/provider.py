"""Signing in and out by the provider that the operator names, and linking one's account to it."""

import time

from flask import Blueprint, make_response, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from geoapp.core.errors import (
    ConflictError,
    InvalidValueError,
    NotAllowedError,
    NotFoundError,
    UnavailableError,
)
from geoapp.core.i18n import Text
from geoapp.core.roles import Permission
from geoapp.core.sign_ins import Outcome, Way
from geoapp.operations.upkeep.identities import end_sessions_of, enter, link, unlink
from geoapp.operations.upkeep.sign_ins import name_at_provider
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.attempts import note
from geoapp.web.edge.entering import BY_PROVIDER, admit
from geoapp.web.edge.logout_token import WrongLogoutTokenError, signed_out
from geoapp.web.edge.provider import Provider, provider
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.security import csrf
from geoapp.web.edge.services import services
from geoapp.web.pages.account import account_page
from geoapp.web.pages.chrome import first_page
from geoapp.web.pages.proof import unproven
from geoapp.web.pages.sign_in import is_own_path

blueprint = Blueprint("provider", __name__)

_LINKING, _WANTED = "linking", "wanted"
_SECONDS_TO_LINK = 600
_TOO_LATE = Text("时间过了，请重新关联。", "That took too long. Please begin to link anew.")


def _provider() -> Provider:
    """Return the provider.

    Raises
    ------
    NotFoundError
        Where there is none.
    """
    found = provider()
    if found is None:
        raise NotFoundError(Text("登录方式", "way to sign in"), "provider")
    return found


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/sign-in/provider")
def leave() -> Response:
    """Send the browser to the provider."""
    session[_WANTED] = request.args.get("next", "")
    return _unkept(_provider().leave_for_it())


@blueprint.get("/sign-in/provider/return")
def come_back() -> Response:
    """Take in whoever comes back from the provider, or link the account that asked for it."""
    theirs = _provider()
    try:
        claims = theirs.claims()
    except NotAllowedError:
        note(Way.PROVIDER, Outcome.WRONG, None)
        raise
    wanted = str(session.pop(_WANTED, ""))
    linking = session.pop(_LINKING, None)
    database = services().database
    if linking is not None:
        if not current_user.is_authenticated or signed_in().id != linking["user"]:
            raise NotAllowedError(_TOO_LATE)
        if time.time() > linking["until"]:
            raise NotAllowedError(_TOO_LATE)
        link(database, signed_in().name, theirs.issuer, str(claims["sub"]))
        return _unkept(redirect(url_for("account.show", done="linked", _anchor="provider")))
    try:
        user = enter(
            database,
            theirs.issuer,
            claims,
            name_claim=theirs.name_claim,
            rights=theirs.rights,
            create=theirs.create_users,
        )
    except (NotAllowedError, ConflictError, InvalidValueError):
        owner = name_at_provider(database, theirs.issuer, str(claims["sub"]))
        note(Way.PROVIDER, Outcome.REFUSED, owner)
        raise
    session[BY_PROVIDER] = time.time()
    return _unkept(
        admit(user, Way.PROVIDER, wanted if is_own_path(wanted) else first_page(user.role))
    )


@blueprint.post("/account/provider/link")
@require(Permission.OWN_ACCOUNT)
def begin_link() -> Response | tuple[str, int]:
    """Go to the provider to link one's own account."""
    theirs = _provider()
    refused = unproven("link_password")
    if refused is not None:
        return account_page(link_problem=refused), 422
    session[_LINKING] = {"user": signed_in().id, "until": time.time() + _SECONDS_TO_LINK}
    # A page and no redirect: pages do not send forms to other hosts.
    return _leaving(url_for("provider.leave"), theirs)


@blueprint.post("/account/provider/unlink")
@require(Permission.OWN_ACCOUNT)
def take_link_away() -> Response:
    """Keep one's own account from being entered by the provider."""
    unlink(services().database, signed_in().name, by_owner=True)
    return redirect(url_for("account.show", done="unlinked", _anchor="provider"))


@blueprint.post("/sign-out/provider")
def sign_out_by_provider() -> Response:
    """End the sessions of somebody who signed out at the provider, by its signed word alone.

    What the specification of the back channel asks for: 200 also where nobody is signed in, 400 for
    a token that is not accepted.
    """
    theirs = _provider()
    try:
        out = signed_out(theirs, request.form.get("logout_token", ""))
    except WrongLogoutTokenError as error:
        body = {"error": "invalid_request", "error_description": str(error)}
        return _unkept(json_reply(body, 400))
    end_sessions_of(services().database, theirs.issuer, out.subject, out.until)
    return _unkept(Response(status=200))


@blueprint.get("/sign-out/provider")
def leave_there_too() -> Response:
    """Go on to the provider, to sign out there too, where it offers that."""
    theirs = _provider()
    try:
        address = theirs.sign_out_address()
    except UnavailableError:
        address = None  # here one is signed out all the same
    return redirect(url_for("finder.show")) if address is None else _leaving(address, theirs)


def _leaving(address: str, theirs: Provider) -> Response:
    return _unkept(
        make_response(render_template("leaving.html", address=address, title=theirs.title))
    )


csrf.exempt(sign_out_by_provider)  # a program of the provider sends it, with its own signature
