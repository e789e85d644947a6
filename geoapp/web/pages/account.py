"""``/account``: one's own password, and where one is signed in."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import logout_user
from werkzeug.wrappers import Response

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.roles import ROLE_TEXT, Permission
from geoapp.operations.upkeep.passwords import ADVICE
from geoapp.operations.upkeep.sessions import (
    end_session,
    end_sessions,
    list_sessions,
)
from geoapp.operations.upkeep.users import authenticate, set_password
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.entering import enter_as
from geoapp.web.edge.security import count_failure, refuse_after_failures
from geoapp.web.edge.services import services
from geoapp.web.pages.region_names import region_names

blueprint = Blueprint("account", __name__)
DIFFERENT = Text("两次输入的新密码不一样。", "The two new passwords differ.")


def refused_password(refused: InvalidValueError) -> Text:
    """Say that a password was not stored, and what a better one looks like."""
    wanted = refused.accepted
    return Text(f"新密码没有保存。请用{wanted.zh}。", f"Not saved. Please choose {wanted.en}.")


def _page(problem: Text | None = None, *, done: bool = False) -> str:
    user = signed_in()
    return render_template(
        "account.html",
        user=user,
        role=ROLE_TEXT[user.role],
        sessions=list_sessions(services().database, user.name),
        problem=problem,
        done=done,
        advice=ADVICE,
        regions=region_names(services().database) if user.regions else {},
    )


@blueprint.get("/account")
@require(Permission.OWN_ACCOUNT)
def show() -> str:
    """Show who one is here, where one is signed in, and the form for a new password."""
    return _page(done="done" in request.args)


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
    refuse_after_failures(user.name)
    given = request.form.get("new", "")
    if authenticate(parts.database, user.name, request.form.get("current", "")) is None:
        count_failure(user.name)
        return _page(Text("现在的密码不对。", "The present password is wrong.")), 422
    if given != request.form.get("again", ""):
        return _page(DIFFERENT), 422
    try:
        set_password(parts.database, user.name, given)
    except InvalidValueError as refused:
        return _page(refused_password(refused)), 422
    enter_as(user)
    return redirect(url_for("account.show", done=""))
