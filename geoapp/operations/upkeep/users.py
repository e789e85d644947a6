"""Users: adding one, checking who somebody is, and shutting accounts.

A new password and a disabled account each end every session of the user, and put an open link to
choose a password out of use; API keys too, unless it is the owner who changes the password. Role and
regions count from the next request on.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

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
from geoapp.store.api_keys import delete_keys
from geoapp.store.engine import Database, Session
from geoapp.store.regions import region_codes
from geoapp.store.sessions import count_live, delete_sessions
from geoapp.store.user_links import delete_link, links_until
from geoapp.store.users import AppUser, all_users, new_user, user_by_name, user_by_number

_MOST_NUMBER = 2**31 - 1
_NAME = re.compile(r"[\w.@-]{1,64}")


@dataclass(frozen=True, slots=True)
class KeyInUse:
    """The API key by which a program comes; ``by_one_factor`` is how it was made."""

    name: str
    may_write: bool
    by_one_factor: bool


@dataclass(frozen=True, slots=True)
class SignedInUser:
    """Somebody who has shown who they are, as the web layer needs it.

    ``regions`` are those that the account may change things in, none = everywhere. ``session_id``
    and ``token`` are those of the session; a program that gives name and password, or a ``key``,
    with its question has none. ``second_factor`` tells whether a code is asked for after the
    password.
    """

    id: int
    name: str
    role: Role
    regions: tuple[str, ...] = ()
    second_factor: bool = False
    has_password: bool = True
    session_id: int | None = None
    token: str = field(default="", repr=False)
    key: KeyInUse | None = None
    is_active: bool = True
    is_authenticated: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return what the session cookie carries: the token that opens the session."""
        return self.token


@dataclass(frozen=True, slots=True)
class UserEntry:
    """One line of the list of users.

    ``sessions`` is on how many devices the user is signed in; ``link_until`` is until when a link
    to choose a password holds that nobody has used yet.
    """

    id: int
    name: str
    role: Role
    active: bool
    is_sample: bool
    regions: tuple[str, ...] = ()
    sessions: int = 0
    link_until: datetime | None = None
    second_factor: bool = False


def signed_in_as(user: AppUser) -> SignedInUser:
    """Return a stored user as somebody who has shown who they are, without a session."""
    return SignedInUser(
        id=user.id,
        name=user.name,
        role=Role(user.role),
        regions=tuple(user.regions),
        second_factor=user.second_factor,
        has_password=bool(user.password_hash),
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
        If the name is taken, in capitals or other width too, and ``replace`` is not set.
    """
    check_name(name)
    check_password(name, password)
    with database.session() as session:
        user = user_by_name(session, name) if replace else None
        if user is None:
            user = add_user(session, name, role, password, regions=regions)
        else:
            give_rights(session, user, role, regions)
            give_password(session, user, password)
            user.active = True
        user.is_sample = is_sample
        return signed_in_as(user)


def check_name(name: str) -> None:
    """Refuse a name that an account cannot have.

    Raises
    ------
    InvalidValueError
        If it has other characters than letters, digits and ``. @ _ -``.
    """
    if not _NAME.fullmatch(name):
        accepted = Text("1 至 64 个字母、数字或 . @ _ -", "1 to 64 letters, digits or . @ _ -")
        raise InvalidValueError("name", name, accepted)


def add_user(
    session: Session, name: str, role: Role, password: str, *, regions: Sequence[str]
) -> AppUser:
    """Add a user whose name and password were checked.

    Raises
    ------
    InvalidValueError
        If there is no such region, or it is given to an administrator.
    ConflictError
        If the name is taken, in capitals or other width too.
    """
    user = add_user_without_password(session, name, role, regions)
    user.password_hash = hash_password(password)
    session.flush()
    return user


def add_user_without_password(
    session: Session, name: str, role: Role, regions: Sequence[str]
) -> AppUser:
    """Add a user whose name was checked, and who comes in by a provider alone.

    Raises
    ------
    InvalidValueError
        If there is no such region, or it is given to an administrator.
    ConflictError
        If the name is taken, in capitals or other width too.
    """
    same = name_that_looks_like(session, name)
    if same is not None:
        raise ConflictError(Text(f"用户 {same} 已存在。", f"User {same} exists already."))
    _check_regions(session, role, regions)
    user = new_user(session, name)
    user.role = role
    user.regions = sorted(set(regions))
    user.password_hash = ""
    session.flush()
    return user


def name_that_looks_like(session: Session, name: str) -> str | None:
    """Return the name of the account that is called so, or so but for capitals or width."""
    return next((one.name for one in all_users(session) if _looks(one.name) == _looks(name)), None)


def _looks(name: str) -> str:
    # Who changed what is told by the name: Wang and wang would be taken for one person.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def give_password(
    session: Session, user: AppUser, password: str, *, keep_keys: bool = False
) -> None:
    """Store a password that was checked; sessions, a link and keys end with the one before."""
    user.password_hash = hash_password(password)
    _shut_out(session, user, keep_keys=keep_keys)


def _shut_out(session: Session, user: AppUser, *, keep_keys: bool = False) -> None:
    delete_sessions(session, user.id)
    delete_link(session, user.id)
    if not keep_keys:
        delete_keys(session, user.id)


def give_rights(session: Session, user: AppUser, role: Role, regions: Sequence[str]) -> None:
    """Give a user a role and regions, from the next request on.

    Raises
    ------
    InvalidValueError
        If there is no such region, or it is given to an administrator.
    """
    _check_regions(session, role, regions)
    user.role = role
    user.regions = sorted(set(regions))


def _check_regions(session: Session, role: Role, regions: Sequence[str]) -> None:
    if regions and role == Role.ADMIN:
        accepted = Text("空：系统管理员不限区域", "none: an administrator is not kept to regions")
        raise InvalidValueError("region", " ".join(regions), accepted)
    known = set(region_codes(session)) if regions else set()
    for code in regions:
        if code not in known:
            accepted = Text("已有区域的代码", "the code of a stored region")
            raise InvalidValueError("region", code, accepted)


def set_rights(
    database: Database,
    name: str,
    *,
    role: Role | None = None,
    regions: Sequence[str] | None = None,
    seen: str | None = None,
) -> None:
    """Give a user another role or other regions, from the next request on; None leaves it.

    No regions at all let the user change things everywhere.

    Parameters
    ----------
    seen
        The rights that whoever changes them has seen, as `rights_seen` says them; None accepts any.

    Raises
    ------
    NotFoundError
        If there is no such user.
    InvalidValueError
        If there is no such region, or regions are given to an administrator.
    ConflictError
        If somebody else has changed them since.
    """
    with database.session() as session:
        user = stored_user(session, name, lock=True)
        if seen is not None and seen != rights_seen(user.role, user.regions):
            raise ConflictError(
                Text(
                    f"您打开页面后，他人改了 {name} 的权限，您的没有保存。下面是现在的权限，看过再改。",
                    f"Somebody else changed the rights of {name} since you opened the page, and yours "
                    "were not saved. Below are those of now: look at them and change them again.",
                )
            )
        give_rights(
            session,
            user,
            Role(user.role) if role is None else role,
            user.regions if regions is None else regions,
        )


def rights_seen(role: str, regions: Sequence[str]) -> str:
    """Return role and regions as one word, by which a form tells what its reader has seen."""
    return ",".join([role, *sorted(regions)])


def stored_user(session: Session, name: str, *, lock: bool = False) -> AppUser:
    """Return the row of a user, locked against other writers if asked.

    Raises
    ------
    NotFoundError
        If there is no such user.
    """
    user = user_by_name(session, name, lock=lock)
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
        _shut_out(session, user)


def set_password(database: Database, name: str, password: str, *, keep_keys: bool = False) -> None:
    """Give a user a new password, which ends every session; role and standing stay.

    Parameters
    ----------
    keep_keys
        Whether API keys go on: where the owner changes the password. Anybody else does so because
        the account may be in other hands.

    Raises
    ------
    NotFoundError
        If there is no such user.
    InvalidValueError
        If the password is short or easily guessed.
    """
    check_password(name, password)
    with database.session() as session:
        give_password(session, stored_user(session, name), password, keep_keys=keep_keys)


def authenticate(database: Database, name: str, password: str) -> SignedInUser | None:
    """Return the user if name and password fit, else None.

    An unknown name takes as long as a wrong password, so that names cannot be guessed by timing.
    """
    with database.session() as session:
        user = user_by_name(session, name)
        # '' is the hash of no password; checking against it would be done at once, and tell.
        stored = (user.password_hash if user is not None else "") or decoy_hash()
        if not fits(stored, password) or user is None or not user.active:
            return None
        if is_outdated(user.password_hash):
            user.password_hash = hash_password(password)
        return signed_in_as(user)


def list_users(database: Database) -> list[UserEntry]:
    """Return all users, by name."""
    with database.session() as session:
        sessions, links = count_live(session), links_until(session)
        return [
            _entry(user, sessions.get(user.id, 0), links.get(user.id))
            for user in all_users(session)
        ]


def user_entry(database: Database, number: int) -> UserEntry:
    """Return the user of a number.

    Raises
    ------
    NotFoundError
        If there is no such user.
    """
    with database.session() as session:
        user = user_by_number(session, number) if number <= _MOST_NUMBER else None
        if user is None:
            raise NotFoundError(Text("用户", "user"), str(number))
        sessions, links = count_live(session), links_until(session)
        return _entry(user, sessions.get(user.id, 0), links.get(user.id))


def _entry(user: AppUser, sessions: int, link_until: datetime | None) -> UserEntry:
    return UserEntry(
        id=user.id,
        name=user.name,
        role=Role(user.role),
        active=user.active,
        is_sample=user.is_sample,
        regions=tuple(user.regions),
        sessions=sessions,
        link_until=link_until,
        second_factor=user.second_factor,
    )
