"""Links that are used once: whoever is sent one chooses the password of an account.

They invite somebody new, and help somebody who has forgotten a password. Nobody else ever knows
the password; the store holds a link's SHA-256.
"""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from geoapp.core.errors import GoneError, InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.roles import Role
from geoapp.operations.upkeep.passwords import check_password
from geoapp.operations.upkeep.users import (
    SignedInUser,
    add_user,
    check_name,
    give_password,
    signed_in_as,
    stored_user,
)
from geoapp.store.engine import Database, Session
from geoapp.store.user_links import link_owner, put_link

INVITE_DAYS: Final = 7.0
RESET_DAYS: Final = 2.0
MOST_DAYS: Final = 90.0
_TOKEN_BYTES = 32


def link_path(token: str) -> str:
    """Return where a link leads on the service."""
    return f"/password/{token}"


def invite(
    database: Database,
    name: str,
    role: Role,
    *,
    regions: Sequence[str] = (),
    days: float = INVITE_DAYS,
) -> str:
    """Add a user whose password nobody knows, and return the token of the link.

    Raises
    ------
    InvalidValueError
        If the name, a region or the number of days is not accepted.
    ConflictError
        If the name is taken.
    """
    check_name(name)
    _check_days(days)
    with database.session() as session:
        user = add_user(session, name, role, secrets.token_urlsafe(_TOKEN_BYTES), regions=regions)
        return _make_link(session, user.id, days)


def reset(database: Database, name: str, *, days: float = RESET_DAYS) -> str:
    """Put a user's password and sessions out of use, and return the token of the link.

    Raises
    ------
    NotFoundError
        If there is no such user.
    InvalidValueError
        If the number of days is not accepted, or the account is disabled.
    """
    _check_days(days)
    with database.session() as session:
        user = stored_user(session, name)
        if not user.active:
            accepted = Text(
                "可登录的账号，请先启用它", "an account that may sign in: enable it first"
            )
            raise InvalidValueError("name", name, accepted)
        give_password(session, user, secrets.token_urlsafe(_TOKEN_BYTES))
        return _make_link(session, user.id, days)


def name_of_link(database: Database, token: str) -> str:
    """Return whose password a link is for.

    Raises
    ------
    GoneError
        If it was used, has run out, or never was one.
    """
    with database.session() as session:
        user = link_owner(session, _hash(token), use=False)
        if user is None:
            raise _none()
        return user.name


def use_link(database: Database, token: str, password: str) -> SignedInUser:
    """Store the password that somebody chose, and use the link up.

    Raises
    ------
    GoneError
        If the link was used, has run out, or never was one.
    InvalidValueError
        If the password is short or easily guessed; the link stays.
    """
    with database.session() as session:
        user = link_owner(session, _hash(token), use=True)
        if user is None:
            raise _none()
        check_password(user.name, password)
        give_password(session, user, password)
        return signed_in_as(user)


def _check_days(days: float) -> None:
    if not 0 < days <= MOST_DAYS:
        accepted = Text(f"大于 0、至多 {MOST_DAYS:g} 天", f"above 0 and at most {MOST_DAYS:g} days")
        raise InvalidValueError("days", days, accepted)


def _make_link(session: Session, user_id: int, days: float) -> str:
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    put_link(session, user_id, _hash(token), datetime.now(UTC) + timedelta(days=days))
    return token


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


def _none() -> GoneError:
    return GoneError(
        Text(
            "这个链接已用过、已过期或不完整。请向管理员再要一个。",
            "This link was used, has run out, or is cut short. Ask an administrator for another.",
        )
    )
