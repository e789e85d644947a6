"""``/account``: one's own password, API keys, and where one is signed in."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_login import logout_user
from werkzeug.wrappers import Response

from geoapp.core.errors import ConflictError, InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_KEY_NAME_CHARACTERS
from geoapp.core.parsing import parse_whole
from geoapp.core.roles import ROLE_TEXT, Permission
from geoapp.core.sign_ins import Way
from geoapp.operations.upkeep.api_keys import (
    DEFAULT_DAYS,
    MOST_DAYS,
    SCOPE_TEXT,
    MadeWith,
    list_keys,
    make_key,
    parse_scope,
    revoke_key,
)
from geoapp.operations.upkeep.identities import linked_as
from geoapp.operations.upkeep.passwords import ADVICE
from geoapp.operations.upkeep.second_factor import may_write
from geoapp.operations.upkeep.sessions import (
    end_session,
    end_sessions,
    list_sessions,
)
from geoapp.operations.upkeep.users import authenticate, set_password
from geoapp.web.edge.access import needs_second_factor, require, signed_in
from geoapp.web.edge.attempts import count_failure, refuse_after_failures
from geoapp.web.edge.entering import enter_as
from geoapp.web.edge.provider import provider
from geoapp.web.edge.services import public_address, services
from geoapp.web.pages.proof import unproven
from geoapp.web.pages.region_names import region_names

blueprint = Blueprint("account", __name__)
DIFFERENT = Text("两次输入的新密码不一样。", "The two new passwords differ.")
KEY_DAYS = (30, 90, 365, 730)


def refused_password(refused: InvalidValueError) -> Text:
    """Say that a password was not stored, and what a better one looks like."""
    wanted = refused.accepted
    return Text(f"新密码没有保存。请用{wanted.zh}。", f"Not saved. Please choose {wanted.en}.")


def account_page(
    problem: Text | None = None,
    *,
    key_problem: Text | None = None,
    link_problem: Text | None = None,
    done: str | None = None,
) -> str:
    """Return the page, with what was refused beside its form."""
    user, theirs = signed_in(), provider()
    return render_template(
        "account.html",
        user=user,
        role=ROLE_TEXT[user.role],
        sessions=list_sessions(services().database, user.name),
        keys=list_keys(services().database, user.name),
        scopes=SCOPE_TEXT,
        key_days=KEY_DAYS,
        usual_days=int(DEFAULT_DAYS),
        most_name=MOST_KEY_NAME_CHARACTERS,
        may_write=may_write(user.role),
        needs_factor=needs_second_factor(user) and not user.second_factor,
        given=request.form,
        problem=problem,
        key_problem=key_problem,
        provider=None if theirs is None else theirs.title,
        linked=None if theirs is None else linked_as(services().database, user.name),
        link_problem=link_problem,
        done=done,
        advice=ADVICE,
        regions=region_names(services().database) if user.regions else {},
    )


@blueprint.get("/account")
@require(Permission.OWN_ACCOUNT)
def show() -> str:
    """Show who one is here, where one is signed in, and the form for a new password."""
    return account_page(done=request.args.get("done"))


@blueprint.post("/account/sessions/<int:number>/end")
@require(Permission.OWN_ACCOUNT)
def end(number: int) -> Response:
    """End one of one's own sessions; the present one is a sign-out."""
    user = signed_in()
    end_session(services().database, user.name, number)
    if number == user.session_id:
        logout_user()
        return redirect(url_for("finder.show"))
    return redirect(url_for("account.show"))


@blueprint.post("/account/sessions/end")
@require(Permission.OWN_ACCOUNT)
def end_all() -> Response:
    """Sign out everywhere, here too."""
    end_sessions(services().database, signed_in().name)
    logout_user()
    return redirect(url_for("finder.show"))


@blueprint.post("/account/password")
@require(Permission.OWN_ACCOUNT)
def change_password() -> Response | tuple[str, int]:
    """Change one's own password, which ends every session but begins a new one here."""
    parts, user = services(), signed_in()
    refuse_after_failures(user.name, Way.PASSWORD)
    given = request.form.get("new", "")
    if authenticate(parts.database, user.name, request.form.get("current", "")) is None:
        count_failure(user.name, Way.PASSWORD)
        return account_page(Text("现在的密码不对。", "The present password is wrong.")), 422
    if given != request.form.get("again", ""):
        return account_page(DIFFERENT), 422
    try:
        set_password(parts.database, user.name, given, keep_keys=True)
    except InvalidValueError as refused:
        return account_page(refused_password(refused)), 422
    enter_as(user, Way.PASSWORD)
    return redirect(url_for("account.show", done="password"))


@blueprint.post("/account/keys")
@require(Permission.OWN_ACCOUNT)
def add_key() -> Response | tuple[str, int]:
    """Make a key and show it once; who it is is asked again, as a session may be left open."""
    parts, user = services(), signed_in()
    if needs_second_factor(user) and not user.second_factor:
        raise ConflictError(Text("请先开启两步验证。", "Turn on the second factor first."))
    refused = unproven("key_password")
    if refused is not None:
        return account_page(key_problem=refused), 422
    name = request.form.get("key_name", "").strip()
    try:
        key = make_key(
            parts.database,
            user.name,
            name,
            scope=parse_scope(request.form.get("scope", "")),
            made_with=MadeWith.SECOND_FACTOR if user.second_factor else MadeWith.ONE_FACTOR,
            days=parse_whole("days", request.form.get("days", ""), 1, int(MOST_DAYS)),
        )
    except (InvalidValueError, ConflictError) as wrong:
        status = 409 if isinstance(wrong, ConflictError) else 422
        return account_page(key_problem=wrong.text), status
    page = render_template("account_key.html", name=name, key=key, base=public_address(""))
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/account/keys/<int:number>/revoke")
@require(Permission.OWN_ACCOUNT)
def remove_key(number: int) -> Response:
    """Revoke one of one's own keys."""
    revoke_key(services().database, signed_in().name, number)
    return redirect(url_for("account.show", done="key", _anchor="keys"))
