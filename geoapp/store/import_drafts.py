"""Named queries on drafts of imports, and on what was accepted for lists with the same headings."""

from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, undefer

from geoapp.store.models import ImportDraft, ImportHabit

DraftKind = Literal["facilities", "public-map"]

__all__ = [
    "DraftKind",
    "ImportDraft",
    "ImportHabit",
    "add_draft",
    "delete_draft",
    "find_draft",
    "find_habit",
    "keep_habit",
    "list_drafts",
    "list_senders",
    "sweep_drafts",
]


def add_draft(
    session: Session,
    user_id: int,
    kind: DraftKind,
    file_name: str,
    content: bytes,
    choices: dict[str, Any],
    days: int,
) -> int:
    """Store a draft for so many days, and return its number."""
    row = ImportDraft(
        user_id=user_id,
        kind=kind,
        file_name=file_name,
        content=content,
        choices=choices,
        expires_at=func.now() + timedelta(days=days),
    )
    session.add(row)
    session.flush()
    return row.id


def find_draft(
    session: Session, user_id: int, kind: DraftKind, number: int, *, lock: bool = False
) -> ImportDraft | None:
    """Return somebody's own draft with its file, unless it has run out; ``lock`` keeps others waiting."""
    asked = (
        select(ImportDraft)
        .where(
            ImportDraft.id == number,
            ImportDraft.user_id == user_id,
            ImportDraft.kind == kind,
            ImportDraft.expires_at > func.now(),
        )
        .options(undefer(ImportDraft.content))
    )
    return session.scalars(asked.with_for_update() if lock else asked).one_or_none()


def list_drafts(session: Session, user_id: int, kind: DraftKind) -> list[ImportDraft]:
    """Return somebody's drafts that are not applied yet, the latest first, without their files."""
    return list(
        session.scalars(
            select(ImportDraft)
            .where(
                ImportDraft.user_id == user_id,
                ImportDraft.kind == kind,
                ImportDraft.done.is_(None),
                ImportDraft.expires_at > func.now(),
            )
            .order_by(ImportDraft.id.desc())
        )
    )


def delete_draft(session: Session, user_id: int, kind: DraftKind, number: int) -> bool:
    """Delete somebody's own draft, and tell whether there was one."""
    gone = session.execute(
        delete(ImportDraft)
        .where(ImportDraft.id == number, ImportDraft.user_id == user_id, ImportDraft.kind == kind)
        .returning(ImportDraft.id)
    )
    return gone.first() is not None


def sweep_drafts(session: Session) -> None:
    """Delete the drafts that have run out, whose ever they are."""
    session.execute(delete(ImportDraft).where(ImportDraft.expires_at <= func.now()))


def find_habit(session: Session, headings: bytes) -> ImportHabit | None:
    """Return what was accepted last for a list with these headings."""
    return session.get(ImportHabit, headings)


def keep_habit(session: Session, headings: bytes, choices: dict[str, Any], by: str) -> None:
    """Keep what was accepted for a list with these headings, in the place of what was before."""
    values = {"choices": choices, "accepted_by": by, "accepted_at": func.now()}
    session.execute(
        insert(ImportHabit)
        .values(headings=headings, **values)
        .on_conflict_do_update(index_elements=[ImportHabit.headings], set_=values)
    )


def list_senders(session: Session) -> list[str]:
    """Return those of whom lists were imported under their name, in order."""
    return list(
        session.scalars(
            text(
                "select choices ->> 'sender' from import_habit "
                "where choices ->> 'sender' is not null order by 1"
            )
        )
    )


def facilities_version(session: Session) -> int:
    """Return the counter that rises whenever a facility changes."""
    found: int = session.execute(
        text("select version from data_version where name = 'facilities'")
    ).scalar_one()
    return found
