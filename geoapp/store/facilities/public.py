"""Facilities whose pages whoever searches the web may find: in service or to be again, and no samples."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from geoapp.core.words import Status
from geoapp.store.models import Facility


def _listed() -> tuple[ColumnElement[bool], ...]:
    return (Facility.status.in_((Status.OPEN, Status.SUSPENDED)), Facility.is_sample.is_(False))


def count_listed(session: Session) -> int:
    """Return how many there are."""
    return session.scalar(select(func.count()).select_from(Facility).where(*_listed())) or 0


def listed_codes(session: Session, *, limit: int, offset: int) -> list[tuple[str, datetime]]:
    """Return codes in order, each with when its record was changed last."""
    found = session.execute(
        select(Facility.code, Facility.updated_at)
        .where(*_listed())
        .order_by(Facility.code)
        .limit(limit)
        .offset(offset)
    )
    return [(code, at) for code, at in found]
