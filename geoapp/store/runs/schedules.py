"""Named queries on schedules: when the published answer of a region is computed anew."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geoapp.core.words import Every
from geoapp.store.models import CoverageSchedule

__all__ = [
    "CoverageSchedule",
    "has_due",
    "list_schedules",
    "remove_schedule",
    "set_schedule",
    "take_due",
]


def list_schedules(session: Session) -> list[CoverageSchedule]:
    """Return all schedules, the whole area first."""
    return list(
        session.scalars(
            select(CoverageSchedule).order_by(CoverageSchedule.region_code.asc().nulls_first())
        )
    )


def set_schedule(
    session: Session, region: str | None, every: Every, hour: int, by: str | None, next_at: datetime
) -> CoverageSchedule:
    """Set a region's schedule, in the place of the one that it has."""
    values = {"every": every, "hour": hour, "created_by": by, "next_at": next_at}
    made = insert(CoverageSchedule).values(region_code=region, **values)
    session.execute(
        made.on_conflict_do_update(constraint="coverage_schedule_region", set_=values),
    )
    # Equal rows are told apart by nothing but the region, of which none is one as well.
    return session.scalars(
        select(CoverageSchedule).where(CoverageSchedule.region_code.is_not_distinct_from(region)),
        execution_options={"populate_existing": True},
    ).one()


def remove_schedule(session: Session, region: str | None) -> bool:
    """Remove a region's schedule; False where it has none."""
    removed = session.execute(
        delete(CoverageSchedule)
        .where(CoverageSchedule.region_code.is_not_distinct_from(region))
        .returning(CoverageSchedule.id)
    )
    return removed.scalar_one_or_none() is not None


def has_due(session: Session) -> bool:
    """Tell whether any schedule is due."""
    due = select(CoverageSchedule.id).where(CoverageSchedule.next_at <= func.clock_timestamp())
    return session.scalar(due.limit(1)) is not None


def take_due(session: Session) -> CoverageSchedule | None:
    """Return a schedule that is due, locked until the end of the transaction; None if there is none.

    One that another worker has taken is passed over.
    """
    return session.scalars(
        select(CoverageSchedule)
        .where(CoverageSchedule.next_at <= func.clock_timestamp())
        .order_by(CoverageSchedule.next_at, CoverageSchedule.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
