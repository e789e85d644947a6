"""Users: adding one, signing in, and telling who a session belongs to.

A session names the user and the user's salt; a new password
makes a new salt, so every older session ends with it.
"""

import re
import secrets
from dataclasses import dataclass

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
from geoapp.store.users import AppUser, all_users, new_user, user_by_id, user_by_name

_NAME = re.compile(r"[\w.@-]{1,64}")


@dataclass(frozen=True, slots=True)
class SignedInUser:
    """Somebody who is signed in, as the web layer needs it."""

    id: int
    name: str
    role: Role
    session_salt: str
    is_active: bool = True
    is_authenticated: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return what the session cookie carries."""
        return f"{self.id}:{self.session_salt}"


@dataclass(frozen=True, slots=True)
class UserEntry:
    """One line of the list of users."""

    name: str
    role: Role
    active: bool
    is_sample: bool


def _signed_in(user: AppUser) -> SignedInUser:
    return SignedInUser(
        id=user.id, name=user.name, role=Role(user.role), session_salt=user.session_salt
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
    is_sample: bool = False,
    replace: bool = False,
) -> SignedInUser:
    """Add a user, or with ``replace`` give an existing one a new role and password.

    Raises
    ------
    InvalidValueError
        If the name has other characters than letters, digits and ``. @ _ -``, or the password is
        short or easily guessed.
    ConflictError
        If the name is taken and ``replace`` is not set.
    """
    if not _NAME.fullmatch(name):
        accepted = Text("1 至 64 个字母、数字或 . @ _ -", "1 to 64 letters, digits or . @ _ -")
        raise InvalidValueError("name", name, accepted)
    check_password(name, password)
    with database.session() as session:
        user = user_by_name(session, name)
        if user is not None and not replace:
            raise ConflictError(Text(f"用户 {name} 已存在。", f"User {name} exists already."))
        if user is None:
            user = new_user(session, name)
        user.role = role
        user.password_hash = hash_password(password)
        _end_sessions(user)
        user.active = True
        user.is_sample = is_sample
        session.flush()
        return _signed_in(user)


def _end_sessions(user: AppUser) -> None:
    user.session_salt = secrets.token_urlsafe(12)


def _stored(session: Session, name: str) -> AppUser:
    user = user_by_name(session, name)
    if user is None:
        raise NotFoundError(Text("用户", "user"), name)
    return user


def end_sessions(database: Database, name: str) -> None:
    """End every session of a user, on all devices.

    Raises
    ------
    NotFoundError
        If there is no such user.
    """
    with database.session() as session:
        _end_sessions(_stored(session, name))


def set_active(database: Database, name: str, *, active: bool) -> None:
    """Let a user sign in or not; whoever may not is signed out, and stays so when let in again.

    Raises
    ------
    NotFoundError
        If there is no such user.
    """
    with database.session() as session:
        user = _stored(session, name)
        user.active = active
        _end_sessions(user)


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
        user = _stored(session, name)
        user.password_hash = hash_password(password)
        _end_sessions(user)


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
        return _signed_in(user)


def find_by_session(database: Database, session_id: str) -> SignedInUser | None:
    """Return the user that a session cookie names, if the session still holds."""
    number, _, salt = session_id.partition(":")
    if not number.isdecimal():
        return None
    with database.session() as session:
        user = user_by_id(session, int(number))
        if user is None or not user.active or not secrets.compare_digest(user.session_salt, salt):
            return None
        return _signed_in(user)


def list_users(database: Database) -> list[UserEntry]:
    """Return all users, by name."""
    with database.session() as session:
        return [
            UserEntry(
                name=user.name, role=Role(user.role), active=user.active, is_sample=user.is_sample
            )
            for user in all_users(session)
        ]
