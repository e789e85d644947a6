"""``/password/TOKEN``: somebody who was sent a link chooses the password of an account."""

from flask import Blueprint, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from geoapp.core.errors import GoneError, InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.sign_ins import Way
from geoapp.operations.upkeep.links import name_of_link, use_link
from geoapp.operations.upkeep.passwords import ADVICE
from geoapp.web.edge.attempts import count_failure, refuse_after_failures
from geoapp.web.edge.entering import admit
from geoapp.web.edge.services import services
from geoapp.web.pages.account import DIFFERENT, refused_password

blueprint = Blueprint("choose_password", __name__)


def _owner(token: str) -> str:
    """Return whose link it is; trying links is slowed down as trying passwords is."""
    key = f"link {token}"
    refuse_after_failures(key, Way.LINK)
    try:
        return name_of_link(services().database, token)
    except GoneError:
        count_failure(key, Way.LINK)
        raise


def _page(name: str, problem: Text | None = None) -> Response:
    page = render_template("choose_password.html", name=name, problem=problem, advice=ADVICE)
    response = make_response(page, 200 if problem is None else 422)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/password/<token>")
def show(token: str) -> Response:
    """Show the form; opening the link does not use it up, as mail programs open links too."""
    return _page(_owner(token))


@blueprint.post("/password/<token>")
def choose(token: str) -> Response:
    """Store the password, and sign in; with a second factor, its code is asked for."""
    name, given = _owner(token), request.form.get("new", "")
    if given != request.form.get("again", ""):
        return _page(name, DIFFERENT)
    try:
        user = use_link(services().database, token, given)
    except InvalidValueError as refused:
        return _page(name, refused_password(refused))
    return admit(user, Way.LINK, url_for("account.show", done=""))
