"""Who is asking: sign-in sessions, and the guard before what is not public."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from flask import Flask, Request, current_app, g, redirect, request, url_for
from flask import Response as FlaskResponse
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, current_user
from itsdangerous import BadSignature
from werkzeug.wrappers import Response

from geoapp.core.acting import Acting, Via, declare
from geoapp.core.errors import NotAllowedError
from geoapp.core.i18n import Text
from geoapp.core.roles import ROLE_TEXT, Permission, Role, allows
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.second_factor import may_write
from geoapp.operations.upkeep.sessions import find_by_token
from geoapp.operations.upkeep.users import SignedInUser
from geoapp.web.edge import credentials
from geoapp.web.edge.problems import is_for_program, problem
from geoapp.web.edge.services import services

_SET_UP_FIRST = Text(
    "本系统要求能修改数据的账号开启两步验证；请先在“我的账号”里开启。",
    "Accounts that may change things need a second factor here; turn it on first on “My account”.",
)
_STATE_WITH_FACTOR = Text(
    "管理者登记承诺的数，要先在“我的账号”里开启两步验证。",
    "A manager enters numbers of promises once a second factor is on: turn it on on “My account”.",
)
_WITHOUT_FACTOR = Text(
    "这个密钥建立时没有经过两步验证，而本系统现在要求它；请另建一个密钥。",
    "This key was made without a second factor, which is required here now. Make another one.",
)
_READS_ONLY = Text("这个密钥只能读，不能修改。", "This key reads only; it changes nothing.")
_NOT_BY_KEY = Text(
    "凭密钥不能管理账号；请在网页上登录。", "A key does not open accounts; sign in on the page."
)
P = ParamSpec("P")
R = TypeVar("R")

_REQUIRED = "required_permission"
_SAME = "same_for_everybody"
_READING = ("GET", "HEAD", "OPTIONS")
_FOR_PERSONS = (Permission.OWN_ACCOUNT, Permission.ADMINISTER)


def current_role() -> Role | None:
    """Return the role of who is signed in, or None."""
    return current_user.role if current_user.is_authenticated else None


def signed_in() -> SignedInUser:
    """Return who is signed in; only behind ``require``."""
    user: SignedInUser = current_user._get_current_object()
    return user


def may(permission: Permission) -> bool:
    """Tell whether who asks may do this."""
    return allows(current_role(), permission)


def require(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only those with a permission pass: others sign in first, or are refused.

    The guard stands before everything else, so that somebody who may not do a thing at all is told
    so, and not which of the values is wrong.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        setattr(view, _REQUIRED, permission)
        return view

    return decorate


def required_permission(view: Callable[..., object]) -> Permission | None:
    """Return what a view requires; None = it is open to everybody."""
    permission: Permission | None = getattr(view, _REQUIRED, None)
    return permission


def same_for_everybody(view: Callable[P, R]) -> Callable[P, R]:
    """Say of a view that who asks makes no difference, so that shared caches keep one answer for all."""
    setattr(view, _SAME, True)
    return view


def _by_header(_request: Request) -> SignedInUser | None:
    """Return who a program says it is with its question."""
    if not credentials.are_given():
        return None
    found = credentials.identify()
    if isinstance(found, credentials.Refusal):
        g.refused_credentials = found
        return None
    g.known_by_header = True
    return found


class _Sessions(SecureCookieSessionInterface):
    """Sessions in cookies; nothing is prepared to read the one of somebody who sent none.

    How long somebody stays signed in is the store's to say. By the age of the cookie a clock that is set
    back would sign everybody out: what was signed later than now counts as forged.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        sent = request.cookies.get(self.get_cookie_name(app))
        signing = self.get_signing_serializer(app) if sent else None
        if sent is None or signing is None:
            return self.session_class()
        try:
            return self.session_class(signing.loads(sent))
        except BadSignature:
            return self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: FlaskResponse) -> None:
        """Leave answers that are the same for everybody as they are: others vary with the cookie."""
        view = app.view_functions.get(request.endpoint or "")
        if not getattr(view, _SAME, False):
            super().save_session(app, session, response)


def _guard() -> Response | None:
    given = credentials.are_given()
    view = current_app.view_functions.get(request.endpoint or "")
    permission = None if view is None else required_permission(view)
    if permission is None and not given:
        return None  # who asks makes no difference, and is not looked up
    if given and not current_user.is_authenticated:
        # Wrong credentials are told at once, also where nobody would have asked for any.
        refused: credentials.Refusal = g.refused_credentials
        answer = problem(refused.status, refused.text)
        if refused.retry_after_seconds:
            answer.headers["Retry-After"] = str(refused.retry_after_seconds)
        return answer
    if current_user.is_authenticated:
        _check_key(permission)
    if permission is None:
        return None
    role = current_role()
    if role is None:
        if is_for_program():
            return problem(401, Text("请先登录。", "Sign in first."))
        return redirect(url_for("sign_in.show", next=request.script_root + request.path))
    if not allows(role, permission):
        raise NotAllowedError(
            Text(
                f"您的角色（{ROLE_TEXT[role].zh}）没有这项权限。",
                f"Your role ({ROLE_TEXT[role].en}) does not permit this.",
            )
        )
    if signed_in().key is None and lacks_second_factor(permission):
        if is_for_program():
            is_asked_of_all = needs_second_factor(signed_in())
            raise NotAllowedError(_SET_UP_FIRST if is_asked_of_all else _STATE_WITH_FACTOR)
        # A form that was sent is lost: only a page can be gone back to.
        wanted = request.script_root + request.path if request.method in _READING else None
        return redirect(url_for("second_factor.show", next=wanted))
    return None


def _check_key(permission: Permission | None) -> None:
    """Refuse what a key does not open, whatever its owner may do."""
    user = signed_in()
    if user.key is None:
        return
    if not user.key.may_write and request.method not in _READING:
        raise NotAllowedError(_READS_ONLY)
    if permission in _FOR_PERSONS:
        raise NotAllowedError(_NOT_BY_KEY)
    if user.key.by_one_factor and needs_second_factor(user):
        raise NotAllowedError(_WITHOUT_FACTOR)


def needs_second_factor(user: SignedInUser) -> bool:
    """Tell whether a second factor is required of somebody here."""
    return services().settings.require_second_factor and may_write(user.role)


def lacks_second_factor(permission: Permission) -> bool:
    """Tell whether who is signed in must turn on a second factor before they do something.

    Where it is required, that is everything but their own account. A role that writes nothing else
    states a fact with a second factor alone, wherever it is.
    """
    user = signed_in()
    if user.second_factor or permission is Permission.OWN_ACCOUNT:
        return False
    states = permission is Permission.STATE and not may_write(user.role)
    return states or needs_second_factor(user)


def _declare_actor() -> None:
    """Say who acts, for the store's log. Whoever only reads changes nothing that is logged."""
    declare(None)  # what the thread did before is over, however it ended
    if request.method in _READING:
        return
    user = signed_in() if current_user.is_authenticated else None
    declare(
        Acting(
            Via.API if request.path.startswith(credentials.API) else Via.WEB,
            actor=None if user is None else user.name,
            role=None if user is None else str(user.role),
            regions=() if user is None else user.regions,
            api_key=None if user is None or user.key is None else user.key.name,
        )
    )


def _end_acting(_error: BaseException | None) -> None:
    declare(None)


def init_access(app: Flask, settings: Settings) -> None:
    """Set up sessions: cookies whose session and user are looked up anew at each request."""
    # Its context processor would ask the store for the user even on the page that says the store is
    # away; templates use what geoapp.web.pages.chrome gives them.
    manager = LoginManager(app, add_context_processor=False)
    # It would write into the session of whoever is not signed in; such an answer, on its way while
    # somebody signs in elsewhere in the browser, would put its own cookie over the new one.
    manager.session_protection = None
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SECURE=settings.secure_cookies,
    )

    app.session_interface = _Sessions()
    app.before_request(_guard)
    app.before_request(_declare_actor)
    app.teardown_request(_end_acting)

    def load(token: str) -> SignedInUser | None:
        return find_by_token(services().database, token)

    manager.user_loader(load)

    manager.request_loader(_by_header)
    app.jinja_env.globals.update(may=may, current_role=current_role, Permission=Permission)
