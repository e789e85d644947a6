"""Named queries on links by which somebody without an account sees what is shared."""

from datetime import date

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from geoapp.store.models import AppUser, Share, SharePace
from geoapp.store.pace import take_place

__all__ = [
    "AppUser",
    "Share",
    "add_share",
    "count_standing",
    "find_share",
    "get_share",
    "list_shares",
    "lock_shares",
    "note_opened",
    "revoke",
    "take_place_of_share",
]


def lock_shares(session: Session, name: str) -> AppUser | None:
    """Return a user, for whom nobody else makes a link until the end."""
    return session.scalars(
        select(AppUser).where(AppUser.name == name).with_for_update()
    ).one_or_none()


def count_standing(session: Session, user_id: int, today: date) -> int:
    """Return how many links of a user are in force."""
    return session.execute(
        select(func.count()).where(
            Share.user_id == user_id, Share.revoked_at.is_(None), Share.until_on >= today
        )
    ).scalar_one()


def add_share(session: Session, share: Share) -> Share:
    """Store a link."""
    session.add(share)
    session.flush()
    session.refresh(share)
    return share


def list_shares(session: Session, limit: int) -> list[tuple[Share, AppUser]]:
    """Return the links and whose they are, the newest first."""
    found = session.execute(
        select(Share, AppUser)
        .join(AppUser, AppUser.id == Share.user_id)
        .order_by(Share.id.desc())
        .limit(limit)
    )
    return [(share, maker) for share, maker in found]


def get_share(session: Session, number: int) -> Share | None:
    """Return the link of this number."""
    return session.get(Share, number)


def find_share(session: Session, token_hash: bytes, today: date) -> tuple[Share, AppUser] | None:
    """Return the link of this sum while it is in force, and whose it is; none of a disabled account."""
    found = session.execute(
        select(Share, AppUser)
        .join(AppUser, AppUser.id == Share.user_id)
        .where(
            Share.token_hash == token_hash,
            Share.until_on >= today,
            Share.revoked_at.is_(None),
            AppUser.active,
        )
    ).one_or_none()
    return None if found is None else (found[0], found[1])


def revoke(session: Session, number: int, by: str) -> bool:
    """Revoke a link; False where that was done before."""
    done = session.execute(
        update(Share)
        .where(Share.id == number, Share.revoked_at.is_(None))
        .values(revoked_at=func.clock_timestamp(), revoked_by=by)
        .returning(Share.id)
    )
    return done.scalar_one_or_none() is not None


def note_opened(session: Session, number: int, day: date) -> None:
    """Note on which day a link was opened last."""
    session.execute(
        update(Share)
        .where(Share.id == number, or_(Share.last_used_on.is_(None), Share.last_used_on < day))
        .values(last_used_on=day)
    )


def take_place_of_share(session: Session, number: int, per_minute: int) -> float:
    """Count a request by a link, unless it comes too fast: then return how many seconds to wait."""
    return take_place(session, SharePace, number, per_minute)
