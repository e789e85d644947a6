"""Applications, their subjects and what belongs to them."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from geoapp.store.applications.records import (
    MOST_NUMBER,
    ApplicationFilter,
    ApplicationRecord,
    DocumentRecord,
    PlanStepRecord,
    RatingRecord,
    RecognitionRecord,
    ReviewRecord,
    StepRecord,
    Subject,
)
from geoapp.store.facilities.read import regions_below
from geoapp.store.models import (
    Application,
    ApplicationDocument,
    ApplicationReview,
    ApplicationStep,
    Change,
    DocumentFile,
    Facility,
    Organisation,
    PlanStep,
    Rating,
    Recognition,
)
from geoapp.store.models.base import Base

R = TypeVar("R")


def _applications() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Application.id,
            Application.scheme,
            Application.track,
            Application.form,
            Application.form_version,
            Facility.code,
            Organisation.code,
            func.coalesce(Facility.name_zh, Organisation.name_zh),
            Facility.status,
            Application.region_code,
            Application.state,
            Application.answers,
            Application.created_on,
            Application.rev,
        )
        .outerjoin(Facility, Facility.id == Application.facility_id)
        .outerjoin(Organisation, Organisation.code == Application.organisation_code)
        .order_by(Application.id)
    )


def applications(session: Session, wanted: ApplicationFilter) -> list[ApplicationRecord]:
    """Return the applications wanted in the order in which they were made."""
    query = _applications()
    if wanted.scheme is not None:
        query = query.where(Application.scheme == wanted.scheme)
    if wanted.region is not None:
        query = query.where(Application.region_code.in_(regions_below(session, wanted.region)))
    if wanted.facility is not None:
        query = query.where(Facility.code == wanted.facility)
    if wanted.organisation is not None:
        query = query.where(Organisation.code == wanted.organisation)
    found = [ApplicationRecord(*row) for row in session.execute(query)]
    if wanted.states is None:
        return found
    return [one for one in found if (one.scheme, one.state) in wanted.states]


def schemes_and_tracks(session: Session, numbers: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return the scheme and the track of some applications by number, those that are gone included."""
    if not numbers:
        return {}
    rows = session.execute(
        select(Change.key, Change.after["scheme"].astext, Change.after["track"].astext)
        .where(Change.table_name == "application", Change.op == "insert", Change.key.in_(numbers))
        .order_by(Change.seq)
    )
    return {key: (scheme, track) for key, scheme, track in rows if scheme and track}


def application_by_id(
    session: Session, number: int, *, lock: bool = False
) -> ApplicationRecord | None:
    """Return an application; ``lock`` lets other writers of it wait for this transaction's end."""
    if number > MOST_NUMBER:
        return None
    if lock:
        session.execute(select(Application.id).where(Application.id == number).with_for_update())
    row = session.execute(_applications().where(Application.id == number)).first()
    return None if row is None else ApplicationRecord(*row)


def subjects_called(session: Session, words: str, *, limit: int) -> list[Subject]:
    """Return what has a code, else what has some words in its name, at most ``limit``, by name."""
    both = (
        (select(Facility.code, Facility.name_zh), "facility", Facility),
        (select(Organisation.code, Organisation.name_zh), "organisation", Organisation),
    )
    found = [
        Subject(kind, *row)
        for query, kind, table in both
        for row in session.execute(query.where(table.code == words))
    ]
    if found or not words:
        return found
    for query, kind, table in both:
        like = query.where(table.name_zh.contains(words, autoescape=True))
        rows = session.execute(like.order_by(table.name_zh).limit(limit))
        found += [Subject(kind, *row) for row in rows]
    return sorted(found, key=lambda one: one.name)[:limit]


def subjects(
    session: Session, facility: str | None, organisation: str | None
) -> tuple[int | None, str | None, str | None] | None:
    """Return a subject's number or code and its region; None where nothing has the code."""
    if facility is not None:
        place = session.execute(
            select(Facility.id, Facility.region_code).where(Facility.code == facility)
        ).first()
        return None if place is None else (place[0], None, place[1])
    body = session.execute(
        select(Organisation.code, Organisation.region_code).where(Organisation.code == organisation)
    ).first()
    return None if body is None else (None, body[0], body[1])


def _of(
    session: Session, table: type[Base], record: type[R], numbers: Sequence[int] | None
) -> list[R]:
    columns = table.__table__.c
    query = select(*(columns[one.name] for one in fields(record)))  # type: ignore[arg-type]
    if numbers is not None:
        query = query.where(columns.application_id.in_(numbers))
    make: Callable[..., R] = record
    return [make(*row) for row in session.execute(query.order_by(columns.id))]


def steps_of(session: Session, numbers: Sequence[int] | None) -> list[StepRecord]:
    """Return the changes of state of some applications (None: of all), oldest first."""
    return _of(session, ApplicationStep, StepRecord, numbers)


def plan_of(session: Session, numbers: Sequence[int] | None) -> list[PlanStepRecord]:
    """Return the rows of the plans of some applications (None: of all)."""
    return _of(session, PlanStep, PlanStepRecord, numbers)


def reviews_of(session: Session, numbers: Sequence[int] | None) -> list[ReviewRecord]:
    """Return the reviews of some applications (None: of all), oldest first."""
    return _of(session, ApplicationReview, ReviewRecord, numbers)


def recognitions_of(session: Session, numbers: Sequence[int] | None) -> list[RecognitionRecord]:
    """Return the recognitions of some applications (None: of all), oldest first."""
    return _of(session, Recognition, RecognitionRecord, numbers)


def ratings_of(session: Session, numbers: Sequence[int] | None) -> list[RatingRecord]:
    """Return the ratings of some applications (None: of all)."""
    return _of(session, Rating, RatingRecord, numbers)


def documents_of(session: Session, numbers: Sequence[int] | None) -> list[DocumentRecord]:
    """Return the files of some applications (None: of all), without their content."""
    return _of(session, ApplicationDocument, DocumentRecord, numbers)


def content_of(session: Session, sha256: str) -> bytes:
    """Return a file's content."""
    return session.scalars(select(DocumentFile.content).where(DocumentFile.sha256 == sha256)).one()


def set_of_step(session: Session, numbers: Sequence[int]) -> dict[int, int]:
    """Return the change set in which each step was written, by the step's number."""
    rows = session.execute(
        select(Change.key, Change.set_id).where(
            Change.table_name == "application_step",
            Change.op == "insert",
            Change.key.in_([str(number) for number in numbers]),
        )
    )
    return {int(key): set_id for key, set_id in rows}


def application_count(session: Session, organisation: str) -> int:
    """Return how many applications an organisation has."""
    return session.scalars(
        select(func.count()).where(Application.organisation_code == organisation)
    ).one()
