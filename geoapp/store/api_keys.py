"""Named queries on the keys by which programs come in."""

from datetime import date

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from geoapp.store.models import ApiKey, ApiKeyPace, AppUser
from geoapp.store.pace import take_place

__all__ = [
    "ApiKey",
    "AppUser",
    "add_key",
    "delete_key",
    "delete_keys",
    "find_key",
    "keys_of",
    "lock_keys",
    "note_used",
    "take_place_of_key",
]


def add_key(session: Session, key: ApiKey) -> None:
    """Store a key."""
    session.add(key)
    session.flush()


def lock_keys(session: Session, user_id: int) -> None:
    """Let nobody else make a key for this user until the end."""
    session.execute(select(AppUser.id).where(AppUser.id == user_id).with_for_update())


def find_key(session: Session, token_hash: bytes) -> tuple[ApiKey, AppUser] | None:
    """Return the key of this sum while it holds, and whose it is; a disabled account has none."""
    found = session.execute(
        select(ApiKey, AppUser)
        .join(AppUser, AppUser.id == ApiKey.user_id)
        .where(ApiKey.token_hash == token_hash, ApiKey.expires_at > func.now(), AppUser.active)
    ).one_or_none()
    return None if found is None else (found[0], found[1])


def keys_of(session: Session, user_id: int) -> list[ApiKey]:
    """Return the keys of a user, those that have run out too, the latest first."""
    return list(
        session.scalars(
            select(ApiKey)
            .where(ApiKey.user_id == user_id)
            .order_by(ApiKey.created_at.desc(), ApiKey.id.desc())
        )
    )


def delete_key(session: Session, user_id: int, number: int) -> bool:
    """Delete one key of a user, and tell whether there was one."""
    gone = session.execute(
        delete(ApiKey).where(ApiKey.user_id == user_id, ApiKey.id == number).returning(ApiKey.id)
    )
    return gone.first() is not None


def delete_keys(session: Session, user_id: int) -> None:
    """Delete all keys of a user."""
    session.execute(delete(ApiKey).where(ApiKey.user_id == user_id))


def note_used(session: Session, number: int, day: date) -> None:
    """Note on which day a key was used last."""
    session.execute(
        update(ApiKey)
        .where(ApiKey.id == number, or_(ApiKey.last_used_on.is_(None), ApiKey.last_used_on < day))
        .values(last_used_on=day)
    )


def take_place_of_key(session: Session, number: int, per_minute: int) -> float:
    """Count a request of a key, unless it comes too fast: then return how many seconds to wait."""
    return take_place(session, ApiKeyPace, number, per_minute)
