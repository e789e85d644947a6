"""Who is asking: sign-in sessions, and the guard before what is not public."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from flask import Flask, Request, current_app, g, redirect, request, url_for
from flask_login import LoginManager, current_user
from werkzeug.wrappers import Response

from geoapp.core.acting import Acting, Via, declare
from geoapp.core.errors import NotAllowedError
from geoapp.core.i18n import Text
from geoapp.core.roles import ROLE_TEXT, Permission, Role, allows
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.second_factor import may_write
from geoapp.operations.upkeep.sessions import find_by_token
from geoapp.operations.upkeep.users import SignedInUser, authenticate
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.problems import is_for_program, problem
from geoapp.web.edge.security import count_failure, refuse_after_failures
from geoapp.web.edge.services import services

_WRONG = Text("用户名或密码不对。", "Wrong name or password.")
_WANTS_CODE = Text(
    "这个账号开启了两步验证，不能只凭密码使用 API。请给程序单独的账号。",
    "This account has a second factor: its password alone does not open the API. "
    "Give the program an account of its own.",
)
_SET_UP_FIRST = Text(
    "本系统要求能修改数据的账号开启两步验证；请先在“我的账号”里开启。",
    "Accounts that may change things need a second factor here; turn it on first on “My account”.",
)
P = ParamSpec("P")
R = TypeVar("R")

_REQUIRED = "required_permission"
_API = "/api/"


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


def _may_name_itself() -> bool:
    """Tell whether a program gives name and password with its question."""
    given = request.authorization
    return given is not None and given.type == "basic" and request.path.startswith(_API)


def _by_header(_request: Request) -> SignedInUser | None:
    """Return who a program says it is by HTTP Basic authentication; for the API alone."""
    given = request.authorization
    if given is None or not _may_name_itself():
        return None
    name, password = without_nul(given.username or ""), given.password or ""
    refuse_after_failures(name)
    user = authenticate(services().database, name, password)
    if user is None:
        count_failure(name)
        return None
    if user.second_factor:
        g.wants_code = True
        return None
    g.known_by_header = True
    return user


def _guard() -> Response | None:
    if _may_name_itself() and not current_user.is_authenticated:
        # Wrong credentials are told at once, also where nobody would have asked for any.
        refused = problem(401, _WANTS_CODE if g.get("wants_code") else _WRONG)
        refused.headers["WWW-Authenticate"] = 'Basic realm="geoapp"'
        return refused
    view = current_app.view_functions.get(request.endpoint or "")
    permission = None if view is None else required_permission(view)
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
    if permission is not Permission.OWN_ACCOUNT and _lacks_second_factor():
        if is_for_program():
            raise NotAllowedError(_SET_UP_FIRST)
        return redirect(url_for("second_factor.show"))
    return None


def _lacks_second_factor() -> bool:
    """Tell whether who is signed in may write, and has no second factor although it is required."""
    user = signed_in()
    required = services().settings.require_second_factor and may_write(user.role)
    return required and not user.second_factor


_READING = ("GET", "HEAD", "OPTIONS")


def _declare_actor() -> None:
    """Say who acts, for the store's log. Whoever only reads changes nothing that is logged."""
    declare(None)  # what the thread did before is over, however it ended
    if request.method in _READING:
        return
    user = signed_in() if current_user.is_authenticated else None
    declare(
        Acting(
            Via.API if request.path.startswith(_API) else Via.WEB,
            actor=None if user is None else user.name,
            role=None if user is None else str(user.role),
            regions=() if user is None else user.regions,
        )
    )


def _end_acting(_error: BaseException | None) -> None:
    declare(None)


def init_access(app: Flask, settings: Settings) -> None:
    """Set up sessions: cookies whose session and user are looked up anew at each request."""
    # Its context processor would ask the store for the user even on the page that says the store is
    # away; templates use what geoapp.web.pages.chrome gives them.
    manager = LoginManager(app, add_context_processor=False)
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SECURE=settings.secure_cookies,
    )

    app.before_request(_guard)
    app.before_request(_declare_actor)
    app.teardown_request(_end_acting)

    def load(token: str) -> SignedInUser | None:
        return find_by_token(services().database, token)

    manager.user_loader(load)

    manager.request_loader(_by_header)
    app.jinja_env.globals.update(may=may, current_role=current_role, Permission=Permission)
