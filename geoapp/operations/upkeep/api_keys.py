"""API keys: how a program shows on whose behalf it comes, without name and password.

A key is 256 random bits, so its SHA-256 is all that is kept and a single fast look-up finds it;
docs/decisions/0025-api-keys.md says why. It opens no more than its owner may do at that moment.
"""

import math
import re
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from geoapp.core.errors import ConflictError, InvalidValueError, NotFoundError, UnavailableError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_KEY_NAME_CHARACTERS, MOST_KEYS
from geoapp.core.roles import ROLE_TEXT, Role
from geoapp.operations.upkeep.second_factor import may_write
from geoapp.operations.upkeep.users import KeyInUse, SignedInUser, signed_in_as, stored_user
from geoapp.store.api_keys import (
    ApiKey,
    AppUser,
    add_key,
    delete_key,
    delete_keys,
    find_key,
    keys_of,
    lock_keys,
    note_used,
    take_place_of_key,
)
from geoapp.store.engine import Database

PREFIX: Final = "geoapp_"
DEFAULT_DAYS: Final = 90.0
MOST_DAYS: Final = 730.0
_TOKEN_BYTES = 32
_SHOWN_CHARACTERS = len(PREFIX) + 4
_SHAPE = re.compile(rf"{PREFIX}[\w-]{{43}}", re.ASCII)


class Scope(StrEnum):
    """What a key opens: reading alone, or all that its owner may do by the API."""

    READ = "read"
    WRITE = "write"


class MadeWith(StrEnum):
    """What whoever made a key had shown; the operator is on the machine itself."""

    ONE_FACTOR = "one_factor"
    SECOND_FACTOR = "second_factor"
    OPERATOR = "operator"


SCOPE_TEXT: Final = {
    Scope.READ: Text("只读", "reads only"),
    Scope.WRITE: Text("读写", "reads and writes"),
}


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """One line of the list of a user's keys; ``beginning`` is how the key starts."""

    id: int
    name: str
    beginning: str
    scope: Scope
    created_at: datetime
    expires_at: datetime
    last_used_on: date | None

    @property
    def has_run_out(self) -> bool:
        """Whether it opens nothing any more."""
        return self.expires_at <= datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """Whom a key lets in; ``wait_seconds`` above 0 says that it comes too fast."""

    user: SignedInUser | None
    wait_seconds: int = 0


def parse_scope(value: str) -> Scope:
    """Return the scope of this name.

    Raises
    ------
    InvalidValueError
        If there is no such scope.
    """
    try:
        return Scope(value)
    except ValueError:
        names = ", ".join(Scope)
        raise InvalidValueError("scope", value, Text(names, names)) from None


def make_key(
    database: Database,
    owner: str,
    name: str,
    *,
    scope: Scope,
    made_with: MadeWith,
    days: float = DEFAULT_DAYS,
) -> str:
    """Make a key for a user and return it: the only time that it is known.

    Parameters
    ----------
    name
        By which the owner tells it from others, and the history says who came.
    days
        After how many days it runs out.

    Raises
    ------
    NotFoundError
        If there is no such user.
    InvalidValueError
        If name or days are not accepted, the account is disabled, or a key that writes is asked for
        somebody who may only read.
    ConflictError
        If the user has a key of this name already, or too many.
    """
    name = name.strip()
    if not 1 <= len(name) <= MOST_KEY_NAME_CHARACTERS or not name.isprintable():
        most = MOST_KEY_NAME_CHARACTERS
        accepted = Text(f"1 至 {most} 个字符的名称", f"a name of 1 to {most} characters")
        raise InvalidValueError("name", name, accepted)
    if not 0 < days <= MOST_DAYS:
        accepted = Text(f"大于 0、至多 {MOST_DAYS:g} 天", f"above 0 and at most {MOST_DAYS:g} days")
        raise InvalidValueError("days", days, accepted)
    token = PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)
    with database.session() as session:
        user = stored_user(session, owner)
        if not user.active:
            accepted = Text(
                "可登录的账号，请先启用它", "an account that may sign in: enable it first"
            )
            raise InvalidValueError("name", owner, accepted)
        role = Role(user.role)
        if scope is Scope.WRITE and not may_write(role):
            named = ROLE_TEXT[role]
            accepted = Text(f"read（{named.zh}只能读）", f"read: a {named.en} may only read")
            raise InvalidValueError("scope", scope, accepted)
        lock_keys(session, user.id)
        present = keys_of(session, user.id)
        if any(one.name == name for one in present):
            raise ConflictError(
                Text(
                    f"已有名为“{name}”的密钥；请换个名称，或先吊销它。",
                    f"There is a key called “{name}”; choose another name, or revoke it first.",
                )
            )
        if len(present) >= MOST_KEYS:
            raise ConflictError(
                Text(
                    f"已有 {MOST_KEYS} 个密钥；请先吊销不用的。",
                    f"There are {MOST_KEYS} keys already; revoke those that are not needed.",
                )
            )
        add_key(
            session,
            ApiKey(
                user_id=user.id,
                name=name,
                token_hash=_hash(token),
                beginning=token[:_SHOWN_CHARACTERS],
                scope=scope,
                made_with=made_with,
                expires_at=datetime.now(UTC) + timedelta(days=days),
            ),
        )
    return token


def list_keys(database: Database, owner: str) -> list[KeyEntry]:
    """Return the keys of a user, those that have run out too, the latest first.

    Raises
    ------
    NotFoundError
        If there is no such user.
    """
    with database.session() as session:
        return [
            KeyEntry(
                id=one.id,
                name=one.name,
                beginning=one.beginning,
                scope=Scope(one.scope),
                created_at=one.created_at,
                expires_at=one.expires_at,
                last_used_on=one.last_used_on,
            )
            for one in keys_of(session, stored_user(session, owner).id)
        ]


def revoke_key(database: Database, owner: str, number: int) -> None:
    """Revoke one key of a user, from the next request on.

    Raises
    ------
    NotFoundError
        If there is no such user, or the user has no such key.
    """
    with database.session() as session:
        user = stored_user(session, owner)
        if number >= 2**31 or not delete_key(session, user.id, number):
            raise NotFoundError(Text("密钥", "key"), str(number))


def revoke_keys(database: Database, owner: str) -> None:
    """Revoke every key of a user.

    Raises
    ------
    NotFoundError
        If there is no such user.
    """
    with database.session() as session:
        delete_keys(session, stored_user(session, owner).id)


def looks_like_key(text: str) -> bool:
    """Tell whether a text has the form of a key, be there such a key or not."""
    return _SHAPE.fullmatch(text) is not None


def check_key(
    database: Database, token: str, *, day: date, per_minute: int, counted: bool = True
) -> KeyCheck:
    """Tell whom a key lets in, and note that it was used on this day.

    Parameters
    ----------
    per_minute
        How many requests of one key are answered within a minute.
    counted
        Whether this request counts; one that is answered in two steps counts once.
    """
    if not looks_like_key(token):
        return KeyCheck(None)
    if counted:
        try:
            with database.session() as session:
                found = find_key(session, _hash(token))
                if found is None:
                    return KeyCheck(None)
                wait = take_place_of_key(session, found[0].id, per_minute)
                if wait == 0 and found[0].last_used_on != day:
                    note_used(session, found[0].id, day)
                return KeyCheck(_known(*found), math.ceil(wait))
        except UnavailableError:
            # A full disk takes no count, and programs go on reading all the same.
            pass
    with database.session() as session:
        found = find_key(session, _hash(token))
        return KeyCheck(None if found is None else _known(*found))


def _known(key: ApiKey, user: AppUser) -> SignedInUser:
    in_use = KeyInUse(
        name=key.name,
        may_write=key.scope == Scope.WRITE,
        by_one_factor=key.made_with == MadeWith.ONE_FACTOR,
    )
    return replace(signed_in_as(user), key=in_use)


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8")).digest()
