"""Named queries on applications and what belongs to them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_change
from sqlalchemy.orm import Session

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
# What a column of numbers holds; nothing has a greater one.
_MOST_NUMBER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class ApplicationRecord:
    """An application; its subject is a facility or an organisation, by code and name."""

    id: int
    scheme: str
    track: str
    form: str
    form_version: str
    facility: str | None
    organisation: str | None
    subject_name: str
    facility_status: str | None
    region_code: str | None
    state: str
    answers: Mapping[str, str]
    created_on: date
    rev: int

    @property
    def subject(self) -> str:
        """The code of the facility or the organisation."""
        return self.facility or self.organisation or ""


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A change of state."""

    id: int
    application_id: int
    before: str
    after: str
    on_day: date
    by_whom: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class PlanStepRecord:
    """A row of a plan."""

    id: int
    application_id: int
    plan: str
    time_words: str
    content: str
    units: str | None
    funds: str | None
    due_on: date | None
    done_on: date | None

    @property
    def whole(self) -> bool:
        """Whether it says when and what; a draft keeps what is half written."""
        return bool(self.time_words and self.content)


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    """A review; a ground is true where it applies, false where not."""

    id: int
    application_id: int
    reviewed_on: date
    reviewer: str
    heads: Mapping[str, str]
    grounds: Mapping[str, bool]
    decision: str
    note: str | None


@dataclass(frozen=True, slots=True)
class RecognitionRecord:
    """A title that was given."""

    id: int
    application_id: int
    title: str
    given_on: date
    until_on: date | None
    document: str
    revoked_on: date | None
    revoked_reason: str | None

    def in_force(self, day: date) -> bool:
        """Tell whether it holds on a day."""
        return (
            self.given_on <= day
            and (self.until_on is None or day <= self.until_on)
            and (self.revoked_on is None or day < self.revoked_on)
        )


@dataclass(frozen=True, slots=True)
class RatingRecord:
    """The rating of a year."""

    id: int
    application_id: int
    year: int
    heads: Mapping[str, str]
    grade: str
    note: str | None
    rated_on: date


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """An attached file without its content."""

    id: int
    application_id: int
    sha256: str
    name: str
    media_type: str
    size: int
    added_on: date


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom an application may be for; ``kind`` is ``facility`` or ``organisation``."""

    kind: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ApplicationFilter:
    """Which applications; None does not filter. A region includes those below."""

    scheme: str | None = None
    states: frozenset[tuple[str, str]] | None = None
    region: str | None = None
    facility: str | None = None
    organisation: str | None = None


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
    if number > _MOST_NUMBER:
        return None
    if lock:
        session.execute(select(Application.id).where(Application.id == number).with_for_update())
    row = session.execute(_applications().where(Application.id == number)).first()
    return None if row is None else ApplicationRecord(*row)


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


def _added(session: Session, table: type[Base], values: Mapping[str, Any]) -> int:
    number: int = session.scalars(
        insert(table).values(**values).returning(table.__table__.c.id)
    ).one()
    return number


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


def add_step(session: Session, values: Mapping[str, Any]) -> int:
    """Store a change of state."""
    return _added(session, ApplicationStep, values)


def plan_of(session: Session, numbers: Sequence[int] | None) -> list[PlanStepRecord]:
    """Return the rows of the plans of some applications (None: of all)."""
    return _of(session, PlanStep, PlanStepRecord, numbers)


def add_plan_step(session: Session, values: Mapping[str, Any]) -> int:
    """Store a row of a plan."""
    return _added(session, PlanStep, values)


def change_plan_step(
    session: Session, application: int, number: int, values: Mapping[str, Any]
) -> bool:
    """Change a row of a plan; return whether there was one."""
    if number > _MOST_NUMBER:
        return False
    found = session.scalars(
        update(PlanStep)
        .where(PlanStep.application_id == application, PlanStep.id == number)
        .values(**values)
        .returning(PlanStep.id)
    ).first()
    return found is not None


def reviews_of(session: Session, numbers: Sequence[int] | None) -> list[ReviewRecord]:
    """Return the reviews of some applications (None: of all), oldest first."""
    return _of(session, ApplicationReview, ReviewRecord, numbers)


def add_review(session: Session, values: Mapping[str, Any]) -> int:
    """Store a review."""
    return _added(session, ApplicationReview, values)


def recognitions_of(session: Session, numbers: Sequence[int] | None) -> list[RecognitionRecord]:
    """Return the recognitions of some applications (None: of all), oldest first."""
    return _of(session, Recognition, RecognitionRecord, numbers)


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


def ratings_of(session: Session, numbers: Sequence[int] | None) -> list[RatingRecord]:
    """Return the ratings of some applications (None: of all)."""
    return _of(session, Rating, RatingRecord, numbers)


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


def documents_of(session: Session, numbers: Sequence[int] | None) -> list[DocumentRecord]:
    """Return the files of some applications (None: of all), without their content."""
    return _of(session, ApplicationDocument, DocumentRecord, numbers)


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


def content_of(session: Session, sha256: str) -> bytes:
    """Return a file's content."""
    return session.scalars(select(DocumentFile.content).where(DocumentFile.sha256 == sha256)).one()


def delete_of(session: Session, what: str, application: int, number: int) -> bool:
    """Take away a row of a plan or a file (``plan`` or ``document``); return whether there was one."""
    if number > _MOST_NUMBER:
        return False
    table = {"plan": PlanStep, "document": ApplicationDocument}[what]
    columns = table.__table__.c
    found = session.scalars(
        delete(table)
        .where(columns.application_id == application, columns.id == number)
        .returning(columns.id)
    ).first()
    return found is not None


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
