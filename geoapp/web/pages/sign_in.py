"""``/sign-in`` and ``/sign-out``."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response

from geoapp.core.acting import act
from geoapp.core.i18n import Text
from geoapp.core.sign_ins import Way
from geoapp.operations.upkeep.second_factor import check_code
from geoapp.operations.upkeep.sessions import end_session
from geoapp.operations.upkeep.users import authenticate
from geoapp.web.edge.access import signed_in
from geoapp.web.edge.attempts import count_failure, refuse_after_failures
from geoapp.web.edge.entering import BY_PROVIDER, admit, enter_as, half_entered
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.provider import provider
from geoapp.web.edge.services import services
from geoapp.web.pages.chrome import first_page
from geoapp.web.pages.proof import refused_code

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/sign-in")
def show() -> str:
    """Show the form."""
    return _form(next=request.args.get("next", ""), failed=False)


def _form(**more: object) -> str:
    theirs = provider()
    given = {"name": "", "provider": None if theirs is None else theirs.title, **more}
    return render_template("sign_in.html", **given)


@blueprint.post("/sign-in")
def enter() -> Response | tuple[str, int]:
    """Sign in, and go on to the page that asked for it."""
    name = without_nul(request.form.get("name", "")).strip()
    refuse_after_failures(name, Way.PASSWORD)
    wanted = request.form.get("next", "")
    user = authenticate(services().database, name, request.form.get("password", ""))
    if user is None:
        count_failure(name, Way.PASSWORD)
        return _form(next=wanted, name=name, failed=True), 401
    session.pop(BY_PROVIDER, None)
    return admit(user, Way.PASSWORD, wanted if is_own_path(wanted) else first_page(user.role))


@blueprint.get("/sign-in/code")
def ask_code() -> Response | tuple[str, int]:
    """Ask for the second factor of somebody whose password fits."""
    return _begin_anew() if half_entered() is None else _code_page()


def _code_page(problem: Text | None = None, status: int = 200) -> tuple[str, int]:
    return render_template("sign_in_code.html", problem=problem), status


def _begin_anew() -> tuple[str, int]:
    return _form(next="", late=True), 410


@blueprint.post("/sign-in/code")
def enter_code() -> Response | tuple[str, int]:
    """Sign in with the code, or a recovery code."""
    entering = half_entered()
    if entering is None:
        return _begin_anew()
    user, wanted = entering
    refuse_after_failures(user.name, Way.CODE)
    with act(actor=user.name, role=str(user.role)):  # whose recovery code the log tells of
        checked = check_code(services().database, user.id, request.form.get("code", ""))
    if not checked.fits:
        count_failure(user.name, Way.CODE)
        return _code_page(refused_code(checked), 429 if checked.wait_seconds else 401)
    enter_as(user, Way.CODE)
    return redirect(wanted)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End this session in the store too: a copied cookie is worth nothing then."""
    if current_user.is_authenticated:
        user = signed_in()
        if user.session_id is not None:
            end_session(services().database, user.name, user.session_id)
    logout_user()
    if session.pop(BY_PROVIDER, None) is not None and provider() is not None:
        # Else whoever sits down here next comes in with one press.
        return redirect(url_for("provider.leave_there_too"))
    return redirect(url_for("finder.show"))


def is_own_path(wanted: str) -> bool:
    """Tell whether an address is a plain path on this server: no host, no scheme, no tricks."""
    return (
        wanted.startswith("/") and not wanted.startswith("//") and not set(wanted) & set("\\\r\n\t")
    )
