"""Named queries on who somebody is at a sign-in provider."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geoapp.store.models import AppUser, UserIdentity


@dataclass(frozen=True, slots=True)
class Identity:
    """Who an account is at a provider, since when."""

    issuer: str
    subject: str
    linked_at: datetime


def owner_of(session: Session, issuer: str, subject: str) -> AppUser | None:
    """Return whose account it is, disabled or not."""
    return session.scalars(
        select(AppUser)
        .join(UserIdentity, UserIdentity.user_id == AppUser.id)
        .where(UserIdentity.issuer == issuer, UserIdentity.subject == subject)
    ).one_or_none()


def identity_of(session: Session, user_id: int) -> Identity | None:
    """Return who an account is at its provider."""
    row = session.scalars(select(UserIdentity).where(UserIdentity.user_id == user_id)).one_or_none()
    return None if row is None else Identity(row.issuer, row.subject, row.linked_at)


def add_identity(session: Session, user_id: int, issuer: str, subject: str) -> bool:
    """Store who an account is, and tell whether it was free: the account, and the identity."""
    added = session.execute(
        insert(UserIdentity)
        .values(user_id=user_id, issuer=issuer, subject=subject)
        .on_conflict_do_nothing()
        .returning(UserIdentity.user_id)
    )
    return added.first() is not None


def delete_identity(session: Session, user_id: int) -> bool:
    """Forget who an account is at its provider, and tell whether it was known."""
    gone = session.execute(
        delete(UserIdentity).where(UserIdentity.user_id == user_id).returning(UserIdentity.user_id)
    )
    return gone.first() is not None
