"""Named queries on schedules: when published answers are computed anew, and reports made."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geoapp.store.models import CoverageSchedule, ReportSchedule

__all__ = [
    "CoverageSchedule",
    "ReportSchedule",
    "has_due",
    "list_schedules",
    "remove_schedule",
    "set_schedule",
    "take_due",
]
S = TypeVar("S", CoverageSchedule, ReportSchedule)


def list_schedules(session: Session, kind: type[S]) -> list[S]:
    """Return all schedules of a kind, the whole area first."""
    return list(session.scalars(select(kind).order_by(kind.region_code.asc().nulls_first())))


def set_schedule(
    session: Session,
    kind: type[S],
    region: str | None,
    next_at: datetime,
    values: Mapping[str, Any],
) -> S:
    """Set a region's schedule, in the place of the one that it has."""
    changed = {**values, "next_at": next_at}
    made = insert(kind).values(region_code=region, **changed)
    session.execute(
        made.on_conflict_do_update(constraint=f"{kind.__tablename__}_region", set_=changed)
    )
    # Equal rows are told apart by nothing but the region, of which none is one as well.
    return session.scalars(
        select(kind).where(kind.region_code.is_not_distinct_from(region)),
        execution_options={"populate_existing": True},
    ).one()


def remove_schedule(
    session: Session, kind: type[CoverageSchedule | ReportSchedule], region: str | None
) -> bool:
    """Remove a region's schedule; False where it has none."""
    removed = session.execute(
        delete(kind).where(kind.region_code.is_not_distinct_from(region)).returning(kind.id)
    )
    return removed.scalar_one_or_none() is not None


def has_due(session: Session) -> bool:
    """Tell whether any schedule is due."""
    return any(
        session.scalar(select(kind.id).where(kind.next_at <= func.clock_timestamp()).limit(1))
        is not None
        for kind in (CoverageSchedule, ReportSchedule)
    )


def take_due(session: Session, kind: type[S]) -> S | None:
    """Return a schedule that is due, locked until the end of the transaction; None if there is none.

    One that another worker has taken is passed over.
    """
    return session.scalars(
        select(kind)
        .where(kind.next_at <= func.clock_timestamp())
        .order_by(kind.next_at, kind.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
