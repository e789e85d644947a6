"""Sessions: one for each sign-in on each device, until it is ended or runs out.

The browser holds a random token; the store holds its SHA-256, so that nobody who reads the store
can sign in with it. No address is kept, and of the time of last use only the hour.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from geoapp.core.errors import NotFoundError, UnavailableError
from geoapp.core.i18n import Text
from geoapp.operations.upkeep.users import SignedInUser, signed_in_as, stored_user
from geoapp.store.engine import Database
from geoapp.store.sessions import (
    add_session,
    delete_expired,
    delete_session,
    delete_sessions,
    find_session,
    live_sessions,
    note_seen,
)

_TOKEN_BYTES = 32
_SEEN_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SessionEntry:
    """One line of the list of a user's sessions."""

    id: int
    device: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


def open_session(
    database: Database, user: SignedInUser, *, device: str, days: float
) -> SignedInUser:
    """Begin a session for somebody who has just shown who they are.

    Parameters
    ----------
    device
        The browser and system in plain words; empty where they are not known.
    days
        After how many days the session runs out.
    """
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    expires_at = datetime.now(UTC) + timedelta(days=days)
    with database.session() as session:
        delete_expired(session)
        row = add_session(session, user.id, _hash(token), device, expires_at)
        return replace(user, session_id=row.id, token=token)


def find_by_token(database: Database, token: str) -> SignedInUser | None:
    """Return whose session this token opens, if the session still holds."""
    with database.session() as session:
        found = find_session(session, _hash(token))
        if found is None:
            return None
        row, user = found
        known = replace(signed_in_as(user), session_id=row.id, token=token)
    if datetime.now(UTC) - row.seen_at >= _SEEN_EVERY:
        try:
            with database.session() as session:
                note_seen(session, row.id)
        except UnavailableError:
            # A full disk takes no note, and people go on reading all the same.
            pass
    return known


def list_sessions(database: Database, name: str) -> list[SessionEntry]:
    """Return where a user is signed in, the latest first.

    Raises
    ------
    NotFoundError
        If there is no such user.
    """
    with database.session() as session:
        return [
            SessionEntry(row.id, row.device, row.created_at, row.seen_at, row.expires_at)
            for row in live_sessions(session, stored_user(session, name).id)
        ]


def end_session(database: Database, name: str, number: int) -> None:
    """End one session of a user.

    Raises
    ------
    NotFoundError
        If there is no such user, or the user has no such session.
    """
    with database.session() as session:
        if not delete_session(session, stored_user(session, name).id, number):
            raise NotFoundError(Text("登录", "session"), str(number))


def end_sessions(database: Database, name: str) -> None:
    """End every session of a user, on all devices.

    Raises
    ------
    NotFoundError
        If there is no such user.
    """
    with database.session() as session:
        delete_sessions(session, stored_user(session, name).id)
