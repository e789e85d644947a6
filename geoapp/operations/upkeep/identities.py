"""Coming in by a sign-in provider (OpenID Connect): whose account it is, and what it may do.

An account is known by the provider's issuer and subject, never by a name or an e-mail address, which
somebody else may have had or may claim. docs/decisions/0026-sign-in-provider.md says more.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from geoapp.core.acting import Via, act
from geoapp.core.errors import ConflictError, NotAllowedError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.rights_by_claim import RightsByClaim
from geoapp.operations.upkeep.users import (
    SignedInUser,
    add_user_without_password,
    check_name,
    give_rights,
    name_that_looks_like,
    signed_in_as,
    stored_user,
)
from geoapp.store.engine import Database
from geoapp.store.identities import (
    Identity,
    add_identity,
    delete_identity,
    identity_of,
    owner_of,
)
from geoapp.store.sessions import delete_sessions

_NO_ACCOUNT = Text(
    "这个登录没有关联到这里的账号。有密码的，请先用密码登录，再到“我的账号”关联；没有账号的，请联系管理员。",
    "No account here is linked to this sign-in. Sign in with your password and link it on "
    "“My account”; without an account, ask an administrator.",
)
_NO_ROLE = Text(
    "单位的登录系统没有给您这里的角色，请联系管理员。",
    "The sign-in provider gives you no role here. Ask an administrator.",
)
_DISABLED = Text("账号已停用，请联系管理员。", "The account is disabled. Ask an administrator.")
_NO_PASSWORD = Text(
    "这个账号没有密码，解除关联之后就进不来了。请管理员先给一个设置密码的链接。",
    "This account has no password: without the link nobody would come in. Ask an administrator for "
    "a link to choose a password first.",
)


def enter(
    database: Database,
    issuer: str,
    claims: Mapping[str, Any],
    *,
    name_claim: str,
    rights: RightsByClaim | None,
    create: bool,
) -> SignedInUser:
    """Return whose account somebody comes to, whom the provider vouches for.

    With ``rights``, role and regions become those that the claims give now.

    Parameters
    ----------
    claims
        What the provider says, checked.
    name_claim
        Which of them names a new account.
    rights
        What role and regions claims give; None leaves them to administrators.
    create
        Whether somebody without an account gets one; only with ``rights``.

    Raises
    ------
    NotAllowedError
        If there is no account, it is disabled, or the claims give no role.
    InvalidValueError
        If a new account's name is not accepted, or the rights name a region that is not stored.
    ConflictError
        If a new account's name is taken: it is not guessed that both are one person.
    """
    subject = str(claims["sub"])
    given = None if rights is None else rights.rights_of(claims)
    name = str(claims.get(name_claim) or "").strip()
    # What this changes is done by the provider's word, before anybody is signed in.
    said = f"OpenID Connect {issuer}"
    with (
        act(via=Via.WEB, actor=name or subject, role=None, reason=said),
        database.session() as session,
    ):
        user = owner_of(session, issuer, subject)
        if user is None and not create:
            raise NotAllowedError(_NO_ACCOUNT)
        if user is not None and not user.active:
            raise NotAllowedError(_DISABLED)
        if rights is not None and given is None:
            raise NotAllowedError(_NO_ROLE)
        if user is not None:
            if given is not None:
                give_rights(session, user, given.role, given.regions)
            return signed_in_as(user)
        if given is None:
            raise NotAllowedError(_NO_ACCOUNT)
        check_name(name)
        same = name_that_looks_like(session, name)
        if same is not None:
            raise ConflictError(_same_name(name, same))
        user = add_user_without_password(session, name, given.role, given.regions)
        add_identity(session, user.id, issuer, subject)
        return signed_in_as(user)


def _same_name(name: str, same: str) -> Text:
    """Say why nobody gets an account of this name, and what to do."""
    happened = (
        Text(f"这里已有名为 {same} 的账号", f"There is an account called {same} already")
        if same == name
        else Text(
            f"单位的登录说您叫 {name}；这里已有账号 {same}，只差大小写或全角半角，分不清是不是同一人，没有给您新建账号",
            f"Your organisation's sign-in calls you {name}. There is an account called {same} already, "
            "which differs in capitals or width alone: it is not guessed that both are one person, "
            "and no account was made",
        )
    )
    return Text(
        f"{happened.zh}。是您的，请用账号 {same} 和它的密码登录，再到“我的账号”关联；不是您的，请联系管理员。",
        f"{happened.en}. If it is yours, sign in as {same} with its password and link it on "
        "“My account”; if not, ask an administrator.",
    )


def link(database: Database, owner: str, issuer: str, subject: str) -> None:
    """Let an account be entered by a provider from now on.

    Raises
    ------
    NotFoundError
        If there is no such user.
    ConflictError
        If the account is linked already, or the identity to another account.
    """
    with database.session() as session:
        user = stored_user(session, owner)
        if not add_identity(session, user.id, issuer, subject):
            raise ConflictError(
                Text(
                    "没有关联：这个账号或这个登录已经有关联；请先解除。",
                    "Not linked: the account or this sign-in is linked already; take that link away "
                    "first.",
                )
            )


def linked_as(database: Database, owner: str) -> Identity | None:
    """Return who an account is at a provider; None if it is not linked.

    Raises
    ------
    NotFoundError
        If there is no such user.
    """
    with database.session() as session:
        return identity_of(session, stored_user(session, owner).id)


def end_sessions_of(database: Database, issuer: str, subject: str, until: datetime) -> None:
    """End the sessions of whoever a provider says to have signed out there; nobody is no fault.

    Parameters
    ----------
    until
        Sessions that began later stay: somebody has come anew.
    """
    with database.session() as session:
        user = owner_of(session, issuer, subject)
        if user is not None:
            delete_sessions(session, user.id, until)


def unlink(database: Database, owner: str, *, by_owner: bool) -> None:
    """Keep an account from being entered by its provider.

    Parameters
    ----------
    by_owner
        Whether its owner does so, who must not be left without a way in.

    Raises
    ------
    NotFoundError
        If there is no such user, or no link.
    ConflictError
        If the owner has no password.
    """
    with database.session() as session:
        user = stored_user(session, owner)
        if by_owner and not user.password_hash:
            raise ConflictError(_NO_PASSWORD)
        if not delete_identity(session, user.id):
            raise NotFoundError(Text("关联", "link of"), owner)
