"""Applications and what belongs to them, written."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import delete, func, insert, update
from sqlalchemy.dialects.postgresql import insert as insert_or_change
from sqlalchemy.orm import Session

from geoapp.store.applications.records import MOST_NUMBER
from geoapp.store.models import (
    Application,
    ApplicationDocument,
    ApplicationReview,
    ApplicationStep,
    DocumentFile,
    PlanStep,
    Rating,
    Recognition,
)
from geoapp.store.models.base import Base


def add_application(session: Session, values: Mapping[str, Any]) -> int:
    """Store an application; return its number."""
    return _added(session, Application, values)


def change_application(session: Session, number: int, values: Mapping[str, Any]) -> None:
    """Change some columns of an application."""
    session.execute(update(Application).where(Application.id == number).values(**values))


def stamp_application(session: Session, number: int) -> None:
    """Raise an application's version: what belongs to it has changed."""
    session.execute(
        update(Application).where(Application.id == number).values(updated_at=func.now())
    )


def _added(session: Session, table: type[Base], values: Mapping[str, Any]) -> int:
    number: int = session.scalars(
        insert(table).values(**values).returning(table.__table__.c.id)
    ).one()
    return number


def add_step(session: Session, values: Mapping[str, Any]) -> int:
    """Store a change of state."""
    return _added(session, ApplicationStep, values)


def add_plan_step(session: Session, values: Mapping[str, Any]) -> int:
    """Store a row of a plan."""
    return _added(session, PlanStep, values)


def change_plan_step(
    session: Session, application: int, number: int, values: Mapping[str, Any]
) -> bool:
    """Change a row of a plan; return whether there was one."""
    if number > MOST_NUMBER:
        return False
    found = session.scalars(
        update(PlanStep)
        .where(PlanStep.application_id == application, PlanStep.id == number)
        .values(**values)
        .returning(PlanStep.id)
    ).first()
    return found is not None


def add_review(session: Session, values: Mapping[str, Any]) -> int:
    """Store a review."""
    return _added(session, ApplicationReview, values)


def add_recognition(session: Session, values: Mapping[str, Any]) -> int:
    """Store a recognition."""
    return _added(session, Recognition, values)


def revoke_recognition(session: Session, number: int, day: date, reason: str) -> None:
    """Write down that a recognition was revoked, from which day on and why."""
    session.execute(
        update(Recognition)
        .where(Recognition.id == number)
        .values(revoked_on=day, revoked_reason=reason)
    )


def write_rating(session: Session, values: Mapping[str, Any]) -> None:
    """Store the rating of a year, or change the one that is there."""
    found = session.scalars(
        update(Rating)
        .where(Rating.application_id == values["application_id"], Rating.year == values["year"])
        .values(**values)
        .returning(Rating.id)
    ).first()
    if found is None:
        _added(session, Rating, values)


def add_document(session: Session, values: Mapping[str, Any], content: bytes) -> int:
    """Store a file; the same content is kept once, and kept again if it was erased."""
    session.execute(
        insert_or_change(DocumentFile)
        .values(sha256=values["sha256"], content=content)
        .on_conflict_do_update(
            index_elements=["sha256"],
            set_={"content": content},
            where=func.octet_length(DocumentFile.content) == 0,
        )
    )
    return _added(session, ApplicationDocument, values)


def delete_of(session: Session, what: str, application: int, number: int) -> bool:
    """Take away a row of a plan or a file (``plan`` or ``document``); return whether there was one."""
    if number > MOST_NUMBER:
        return False
    table = {"plan": PlanStep, "document": ApplicationDocument}[what]
    columns = table.__table__.c
    found = session.scalars(
        delete(table)
        .where(columns.application_id == application, columns.id == number)
        .returning(columns.id)
    ).first()
    return found is not None
