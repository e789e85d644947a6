"""Users: adding one, checking who somebody is, and shutting accounts.

A new password, a role given anew and a disabled account each end every session of the user.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from geoapp.core.errors import ConflictError, InvalidValueError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.roles import Role
from geoapp.operations.upkeep.passwords import (
    check_password,
    decoy_hash,
    fits,
    hash_password,
    is_outdated,
)
from geoapp.store.engine import Database, Session
from geoapp.store.regions import region_codes
from geoapp.store.sessions import delete_sessions
from geoapp.store.users import AppUser, all_users, new_user, user_by_name

_NAME = re.compile(r"[\w.@-]{1,64}")


@dataclass(frozen=True, slots=True)
class SignedInUser:
    """Somebody who has shown who they are, as the web layer needs it.

    ``regions`` are those that the account may change things in, none = everywhere. ``session_id``
    and ``token`` are those of the session; a program that gives name and password with its question
    has none.
    """

    id: int
    name: str
    role: Role
    regions: tuple[str, ...] = ()
    session_id: int | None = None
    token: str = field(default="", repr=False)
    is_active: bool = True
    is_authenticated: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return what the session cookie carries: the token that opens the session."""
        return self.token


@dataclass(frozen=True, slots=True)
class UserEntry:
    """One line of the list of users."""

    name: str
    role: Role
    active: bool
    is_sample: bool
    regions: tuple[str, ...] = ()


def signed_in_as(user: AppUser) -> SignedInUser:
    """Return a stored user as somebody who has shown who they are, without a session."""
    return SignedInUser(
        id=user.id, name=user.name, role=Role(user.role), regions=tuple(user.regions)
    )


def parse_role(value: str) -> Role:
    """Return the role of this name.

    Raises
    ------
    InvalidValueError
        If there is no such role.
    """
    try:
        return Role(value)
    except ValueError:
        names = ", ".join(Role)
        raise InvalidValueError("role", value, Text(names, names)) from None


def save_user(
    database: Database,
    name: str,
    role: Role,
    password: str,
    *,
    regions: Sequence[str] = (),
    is_sample: bool = False,
    replace: bool = False,
) -> SignedInUser:
    """Add a user, or with ``replace`` give an existing one role, regions and password anew.

    Parameters
    ----------
    regions
        Codes of the regions in which the user may change things; none = everywhere.

    Raises
    ------
    InvalidValueError
        If the name has other characters than letters, digits and ``. @ _ -``, or the password is
        short or easily guessed; if there is no such region, or it is given to an administrator.
    ConflictError
        If the name is taken and ``replace`` is not set.
    """
    if not _NAME.fullmatch(name):
        accepted = Text("1 至 64 个字母、数字或 . @ _ -", "1 to 64 letters, digits or . @ _ -")
        raise InvalidValueError("name", name, accepted)
    check_password(name, password)
    with database.session() as session:
        _check_regions(session, role, regions)
        user = user_by_name(session, name)
        if user is not None and not replace:
            raise ConflictError(Text(f"用户 {name} 已存在。", f"User {name} exists already."))
        if user is None:
            user = new_user(session, name)
        user.role = role
        user.regions = sorted(set(regions))
        user.password_hash = hash_password(password)
        user.active = True
        user.is_sample = is_sample
        session.flush()
        delete_sessions(session, user.id)
        return signed_in_as(user)


def _check_regions(session: Session, role: Role, regions: Sequence[str]) -> None:
    if regions and role == Role.ADMIN:
        accepted = Text("空：系统管理员不限区域", "none: an administrator is not kept to regions")
        raise InvalidValueError("region", " ".join(regions), accepted)
    known = set(region_codes(session)) if regions else set()
    for code in regions:
        if code not in known:
            accepted = Text("已有区域的代码", "the code of a stored region")
            raise InvalidValueError("region", code, accepted)


def set_regions(database: Database, name: str, regions: Sequence[str]) -> None:
    """Keep a user to regions, or with none let the user change things everywhere; from now on.

    Raises
    ------
    NotFoundError
        If there is no such user.
    InvalidValueError
        If there is no such region, or the user is an administrator.
    """
    with database.session() as session:
        user = stored_user(session, name)
        _check_regions(session, Role(user.role), regions)
        user.regions = sorted(set(regions))


def stored_user(session: Session, name: str) -> AppUser:
    """Return the row of a user.

    Raises
    ------
    NotFoundError
        If there is no such user.
    """
    user = user_by_name(session, name)
    if user is None:
        raise NotFoundError(Text("用户", "user"), name)
    return user


def set_active(database: Database, name: str, *, active: bool) -> None:
    """Let a user sign in or not; whoever may not is signed out, and stays so when let in again.

    Raises
    ------
    NotFoundError
        If there is no such user.
    """
    with database.session() as session:
        user = stored_user(session, name)
        user.active = active
        delete_sessions(session, user.id)


def set_password(database: Database, name: str, password: str) -> None:
    """Give a user a new password, which ends every session; role and standing stay.

    Raises
    ------
    NotFoundError
        If there is no such user.
    InvalidValueError
        If the password is short or easily guessed.
    """
    check_password(name, password)
    with database.session() as session:
        user = stored_user(session, name)
        user.password_hash = hash_password(password)
        delete_sessions(session, user.id)


def authenticate(database: Database, name: str, password: str) -> SignedInUser | None:
    """Return the user if name and password fit, else None.

    An unknown name takes as long as a wrong password, so that names cannot be guessed by timing.
    """
    with database.session() as session:
        user = user_by_name(session, name)
        stored = user.password_hash if user is not None else decoy_hash()
        if not fits(stored, password) or user is None or not user.active:
            return None
        if is_outdated(user.password_hash):
            user.password_hash = hash_password(password)
        return signed_in_as(user)


def list_users(database: Database) -> list[UserEntry]:
    """Return all users, by name."""
    with database.session() as session:
        return [
            UserEntry(
                name=user.name,
                role=Role(user.role),
                active=user.active,
                is_sample=user.is_sample,
                regions=tuple(user.regions),
            )
            for user in all_users(session)
        ]
