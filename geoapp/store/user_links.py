"""Named queries on the links by which somebody chooses a password."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geoapp.store.models import AppUser, UserLink


def put_link(session: Session, user_id: int, token_hash: bytes, expires_at: datetime) -> None:
    """Store the link of a user instead of any older one."""
    values = {"token_hash": token_hash, "expires_at": expires_at}
    session.execute(
        insert(UserLink)
        .values(user_id=user_id, **values)
        .on_conflict_do_update(index_elements=["user_id"], set_=values)
    )


def link_owner(session: Session, token_hash: bytes, *, use: bool) -> AppUser | None:
    """Return whose link this is while it holds; a disabled account has none.

    Parameters
    ----------
    use
        Whether it is used up with this transaction; of two at once, one finds it gone.
    """
    holds = (UserLink.token_hash == token_hash) & (UserLink.expires_at > func.now())
    if use:
        number = session.execute(
            delete(UserLink).where(holds).returning(UserLink.user_id)
        ).scalar_one_or_none()
    else:
        number = session.scalars(select(UserLink.user_id).where(holds)).one_or_none()
    if number is None:
        return None
    return session.scalars(
        select(AppUser).where(AppUser.id == number, AppUser.active)
    ).one_or_none()


def delete_link(session: Session, user_id: int) -> None:
    """Put a user's link out of use."""
    session.execute(delete(UserLink).where(UserLink.user_id == user_id))


def links_until(session: Session) -> dict[int, datetime]:
    """Return until when each user's link holds, by the user's number."""
    rows = session.execute(
        select(UserLink.user_id, UserLink.expires_at).where(UserLink.expires_at > func.now())
    )
    return {number: until for number, until in rows}
