"""Named queries on those who sign in."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from geoapp.store.models import AppUser

__all__ = ["AppUser", "all_users", "new_user", "user_by_name", "user_by_number"]


def new_user(session: Session, name: str) -> AppUser:
    """Return a user who is stored at the next flush, once everything is filled in."""
    user = AppUser(name=name)
    session.add(user)
    return user


def user_by_name(session: Session, name: str, *, lock: bool = False) -> AppUser | None:
    """Return the user of this name, locked against other writers if asked."""
    query = select(AppUser).where(AppUser.name == name)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def user_by_number(session: Session, number: int) -> AppUser | None:
    """Return the user of this number."""
    return session.scalars(select(AppUser).where(AppUser.id == number)).one_or_none()


def all_users(session: Session) -> list[AppUser]:
    """Return all users, by name."""
    return list(session.scalars(select(AppUser).order_by(AppUser.name)))
