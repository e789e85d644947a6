"""Named queries on edits of many facilities at once: which, at which versions, and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, text
from sqlalchemy.orm import Session

from geoapp.store.facilities.read import FacilityFilter, filter_conditions
from geoapp.store.models import BulkEdit, Facility

__all__ = [
    "BulkEdit",
    "LastChange",
    "add_bulk",
    "chosen_facilities",
    "count_statuses",
    "delete_bulk",
    "find_bulk",
    "found_facilities",
    "last_changes",
    "revs_of",
    "sweep_bulks",
]


def found_facilities(session: Session, wanted: FacilityFilter, limit: int) -> list[tuple[int, int]]:
    """Return number and version of the facilities of a list, in order of code, at most ``limit``."""
    return _versions(session, filter_conditions(session, wanted), limit)


def chosen_facilities(session: Session, codes: Sequence[str], limit: int) -> list[tuple[int, int]]:
    """Return number and version of the facilities of some codes, in order of code."""
    return _versions(session, [Facility.code.in_(codes)], limit)


def _versions(
    session: Session, conditions: Sequence[ColumnElement[bool]], limit: int
) -> list[tuple[int, int]]:
    asked = select(Facility.id, Facility.rev).where(*conditions).order_by(Facility.code)
    return [(number, rev) for number, rev in session.execute(asked.limit(limit))]


def revs_of(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """Return the present versions of some facilities by number, without those that are gone."""
    rows = session.execute(select(Facility.id, Facility.rev).where(Facility.id.in_(ids)))
    return {number: rev for number, rev in rows}


def count_statuses(session: Session, ids: Sequence[int]) -> dict[str, int]:
    """Return how many of some facilities have which status."""
    asked = select(Facility.status, func.count()).where(Facility.id.in_(ids))
    return {status: count for status, count in session.execute(asked.group_by(Facility.status))}


@dataclass(frozen=True, slots=True)
class LastChange:
    """Who changed a facility last, and when; None for somebody not signed in."""

    actor: str | None
    at: datetime


def last_changes(session: Session, ids: Sequence[int]) -> dict[int, LastChange]:
    """Return the last change in the log of some facilities, or of what belongs to them."""
    rows = session.execute(
        text(
            """
            select n.id, s.actor, s.at from unnest(cast(:ids as bigint[])) as n(id)
            cross join lateral (
                select max(set_id) as set_id from (
                    select set_id from change
                        where table_name = 'facility' and key = cast(n.id as text)
                    union all
                    select set_id from change
                        where belongs is not null and belongs && array['facility:' || n.id]
                ) touched
            ) last join change_set s on s.id = last.set_id
            """
        ),
        {"ids": list(ids)},
    )
    return {number: LastChange(actor, at) for number, actor, at in rows}


def add_bulk(
    session: Session, user_id: int, asked: str, versions: Sequence[tuple[int, int]], days: int
) -> int:
    """Keep which facilities somebody is about to change for so many days, and return its number."""
    row = BulkEdit(
        user_id=user_id,
        asked=asked,
        facility_ids=[number for number, _ in versions],
        revs=[rev for _, rev in versions],
        changes={},
        done=None,
        expires_at=func.now() + timedelta(days=days),
    )
    session.add(row)
    session.flush()
    return row.id


def find_bulk(
    session: Session, user_id: int, number: int, *, lock: bool = False
) -> BulkEdit | None:
    """Return somebody's own bulk edit unless it has run out; ``lock`` keeps others waiting."""
    asked = select(BulkEdit).where(
        BulkEdit.id == number, BulkEdit.user_id == user_id, BulkEdit.expires_at > func.now()
    )
    return session.scalars(asked.with_for_update() if lock else asked).one_or_none()


def delete_bulk(session: Session, user_id: int, number: int) -> bool:
    """Delete somebody's own bulk edit, and tell whether there was one."""
    gone = session.execute(
        delete(BulkEdit)
        .where(BulkEdit.id == number, BulkEdit.user_id == user_id)
        .returning(BulkEdit.id)
    )
    return gone.first() is not None


def sweep_bulks(session: Session) -> None:
    """Delete the bulk edits that have run out, whose ever they are."""
    session.execute(delete(BulkEdit).where(BulkEdit.expires_at <= func.now()))
