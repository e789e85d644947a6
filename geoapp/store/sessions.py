"""Named queries on the sessions of those who are signed in."""

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from geoapp.store.models import AppUser, UserSession

__all__ = [
    "UserSession",
    "add_session",
    "count_live",
    "delete_expired",
    "delete_session",
    "delete_sessions",
    "find_session",
    "live_sessions",
    "note_seen",
]


def add_session(
    session: Session, user_id: int, token_hash: bytes, device: str, expires_at: datetime
) -> UserSession:
    """Store a session, and return it."""
    row = UserSession(user_id=user_id, token_hash=token_hash, device=device, expires_at=expires_at)
    session.add(row)
    session.flush()
    return row


def find_session(session: Session, token_hash: bytes) -> tuple[UserSession, AppUser] | None:
    """Return the live session of this token, and whose it is; a disabled account has none."""
    found = session.execute(
        select(UserSession, AppUser)
        .join(AppUser, AppUser.id == UserSession.user_id)
        .where(
            UserSession.token_hash == token_hash,
            UserSession.expires_at > func.now(),
            AppUser.active,
        )
    ).one_or_none()
    return None if found is None else (found[0], found[1])


def note_seen(session: Session, number: int) -> None:
    """Note in which hour a session was used last."""
    hour = func.date_trunc("hour", func.now())
    session.execute(
        update(UserSession)
        .where(UserSession.id == number, UserSession.seen_at < hour)
        .values(seen_at=hour)
    )


def live_sessions(session: Session, user_id: int) -> list[UserSession]:
    """Return the sessions of a user that have not run out, the latest first."""
    return list(
        session.scalars(
            select(UserSession)
            .where(UserSession.user_id == user_id, UserSession.expires_at > func.now())
            .order_by(UserSession.created_at.desc(), UserSession.id.desc())
        )
    )


def count_live(session: Session) -> dict[int, int]:
    """Return how many live sessions there are, by the user's number."""
    rows = session.execute(
        select(UserSession.user_id, func.count())
        .where(UserSession.expires_at > func.now())
        .group_by(UserSession.user_id)
    )
    return {number: count for number, count in rows}


def delete_session(session: Session, user_id: int, number: int) -> bool:
    """Delete one session of a user, and tell whether there was one."""
    gone = session.execute(
        delete(UserSession)
        .where(UserSession.user_id == user_id, UserSession.id == number)
        .returning(UserSession.id)
    )
    return gone.first() is not None


def delete_sessions(session: Session, user_id: int, until: datetime | None = None) -> None:
    """Delete all sessions of a user, or those that began no later than a moment."""
    gone = delete(UserSession).where(UserSession.user_id == user_id)
    if until is not None:
        gone = gone.where(UserSession.created_at <= until)
    session.execute(gone)


def delete_expired(session: Session) -> None:
    """Delete the sessions that have run out, whose ever they are."""
    session.execute(delete(UserSession).where(UserSession.expires_at <= func.now()))
