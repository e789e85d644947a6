"""``/admin/users``: who may sign in, for administrators.

One's own account is changed on ``/account``: so an administrator cannot shut out the last one.
"""

from collections.abc import Sequence

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geoapp.core.errors import ConflictError, InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.roles import ROLE_TEXT, Permission
from geoapp.operations.upkeep.api_keys import SCOPE_TEXT, list_keys, revoke_key
from geoapp.operations.upkeep.identities import linked_as, unlink
from geoapp.operations.upkeep.links import INVITE_DAYS, RESET_DAYS, invite, link_path, reset
from geoapp.operations.upkeep.second_factor import reset_second_factor
from geoapp.operations.upkeep.sessions import end_session, end_sessions, list_sessions
from geoapp.operations.upkeep.users import (
    UserEntry,
    list_users,
    parse_role,
    rights_seen,
    set_active,
    set_rights,
    user_entry,
)
from geoapp.operations.webhooks.edit import list_webhooks
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.services import public_address, services
from geoapp.web.pages.region_names import region_names

blueprint = Blueprint("admin_users", __name__)

DONE = {
    "rights": Text("角色和区域已更改，立即生效。", "Role and regions are changed, from now on."),
    "off": Text(
        "账号已停用，全部登录和密钥已作废。",
        "The account is disabled; every session and key has ended.",
    ),
    "on": Text("账号已启用。", "The account may sign in again."),
    "factor": Text(
        "两步验证已重置，全部登录和密钥已作废。",
        "The second factor is off; every session and key has ended.",
    ),
    "sessions": Text("登录已结束。", "The session has ended."),
    "key": Text("密钥已吊销。", "The key is revoked."),
    "unlinked": Text("关联已解除。", "The link is taken away."),
}


@blueprint.get("/admin/users")
@require(Permission.ADMINISTER)
def listed() -> str:
    """List everybody who has an account."""
    database = services().database
    return render_template(
        "admin/users.html",
        users=list_users(database),
        roles=ROLE_TEXT,
        regions=region_names(database),
        stopped=sum(1 for one in list_webhooks(database) if one.stopped_at is not None),
    )


@blueprint.get("/admin/users/invite")
@require(Permission.ADMINISTER)
def invitation() -> str:
    """Show the form by which somebody is invited."""
    return _invitation()


def _invitation(
    problem: Text | None = None, *, name: str = "", role: str = "", kept_to: Sequence[str] = ()
) -> str:
    return render_template(
        "admin/invite.html",
        problem=problem,
        name=name,
        role=role,
        kept_to=kept_to,
        roles=ROLE_TEXT,
        regions=region_names(services().database),
        days=INVITE_DAYS,
    )


@blueprint.post("/admin/users/invite")
@require(Permission.ADMINISTER)
def send() -> Response | tuple[str, int]:
    """Add somebody, and show the link once."""
    name, role = request.form.get("name", "").strip(), request.form.get("role", "")
    kept_to = request.form.getlist("region")
    try:
        token = invite(services().database, name, parse_role(role), regions=kept_to)
    except (InvalidValueError, ConflictError) as refused:
        status = 409 if isinstance(refused, ConflictError) else 422
        return _invitation(refused.text, name=name, role=role, kept_to=kept_to), status
    return _link(name, token, INVITE_DAYS, invited=True)


def _link(name: str, token: str, days: float, *, invited: bool) -> Response:
    page = render_template(
        "admin/link.html",
        name=name,
        link=public_address(link_path(token)),
        days=days,
        invited=invited,
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/admin/users/<int:number>")
@require(Permission.ADMINISTER)
def show(number: int) -> str:
    """Show one account, and what can be done about it."""
    return _page(user_entry(services().database, number))


def _page(user: UserEntry, problem: Text | None = None) -> str:
    database = services().database
    return render_template(
        "admin/user.html",
        user=user,
        own=user.id == signed_in().id,
        problem=problem,
        done=DONE.get(request.args.get("done", "")),
        roles=ROLE_TEXT,
        regions=region_names(database),
        seen=rights_seen(user.role, user.regions),
        sessions=list_sessions(database, user.name),
        keys=list_keys(database, user.name),
        linked=linked_as(database, user.name),
        scopes=SCOPE_TEXT,
        days=RESET_DAYS,
    )


def _somebody_else(number: int) -> UserEntry:
    """Return the account, unless it is one's own.

    Raises
    ------
    NotFoundError
        If there is no such user.
    ConflictError
        If it is one's own.
    """
    user = user_entry(services().database, number)
    if user.id == signed_in().id:
        raise ConflictError(
            Text(
                "自己的账号在“我的账号”里改；角色和停用由另一位管理员改。",
                "Change your own account on “My account”; another administrator changes your role "
                "or disables you.",
            )
        )
    return user


def _back(number: int, done: str) -> Response:
    return redirect(url_for("admin_users.show", number=number, done=done))


@blueprint.post("/admin/users/<int:number>/rights")
@require(Permission.ADMINISTER)
def change_rights(number: int) -> Response | tuple[str, int]:
    """Give another role, or other regions."""
    user = _somebody_else(number)
    try:
        set_rights(
            services().database,
            user.name,
            role=parse_role(request.form.get("role", "")),
            regions=request.form.getlist("region"),
            seen=request.form.get("seen", ""),
        )
    except InvalidValueError as refused:
        return _page(user, refused.text), 422
    except ConflictError as refused:
        return _page(user_entry(services().database, number), refused.text), 409
    return _back(number, "rights")


@blueprint.post("/admin/users/<int:number>/standing")
@require(Permission.ADMINISTER)
def change_standing(number: int) -> Response:
    """Disable an account, which ends its sessions, or let it sign in again."""
    user = _somebody_else(number)
    active = request.form.get("active", "")
    if active not in ("yes", "no"):
        raise InvalidValueError("active", active[:20], Text("yes 或 no", "yes or no"))
    set_active(services().database, user.name, active=active == "yes")
    return _back(number, "on" if active == "yes" else "off")


@blueprint.post("/admin/users/<int:number>/reset")
@require(Permission.ADMINISTER)
def reset_password(number: int) -> Response | tuple[str, int]:
    """Put password and sessions out of use, and show a link by which a new one is chosen."""
    user = _somebody_else(number)
    try:
        token = reset(services().database, user.name)
    except InvalidValueError as refused:
        return _page(user, refused.text), 422
    return _link(user.name, token, RESET_DAYS, invited=False)


@blueprint.post("/admin/users/<int:number>/second-factor/reset")
@require(Permission.ADMINISTER)
def reset_factor(number: int) -> Response:
    """Take somebody's second factor away, whose phone is lost; every session ends."""
    reset_second_factor(services().database, _somebody_else(number).name)
    return _back(number, "factor")


@blueprint.post("/admin/users/<int:number>/sessions/<int:session>/end")
@require(Permission.ADMINISTER)
def end(number: int, session: int) -> Response:
    """End one session of somebody."""
    end_session(services().database, _somebody_else(number).name, session)
    return _back(number, "sessions")


@blueprint.post("/admin/users/<int:number>/sessions/end")
@require(Permission.ADMINISTER)
def end_all(number: int) -> Response:
    """End every session of somebody."""
    end_sessions(services().database, _somebody_else(number).name)
    return _back(number, "sessions")


@blueprint.post("/admin/users/<int:number>/keys/<int:key>/revoke")
@require(Permission.ADMINISTER)
def remove_key(number: int, key: int) -> Response:
    """Revoke one API key of somebody."""
    revoke_key(services().database, _somebody_else(number).name, key)
    return _back(number, "key")


@blueprint.post("/admin/users/<int:number>/provider/unlink")
@require(Permission.ADMINISTER)
def take_link_away(number: int) -> Response:
    """Keep somebody's account from being entered by the sign-in provider."""
    unlink(services().database, _somebody_else(number).name, by_owner=False)
    return _back(number, "unlinked")
