"""Applications of bases, complexes, enterprises and partners, and what became of them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    FetchedValue,
    ForeignKey,
    Identity,
    Index,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.store.models.base import Base


class Application(Base):
    """An application of a facility or of an organisation under a published scheme."""

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(facility_id, organisation_code) = 1", "application_one_subject"
        ),
        Index("application_facility_idx", "facility_id"),
        Index("application_organisation_idx", "organisation_code"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    scheme: Mapped[str]
    track: Mapped[str]
    form: Mapped[str]
    form_version: Mapped[str]
    facility_id: Mapped[int | None] = mapped_column(ForeignKey("facility.id", ondelete="CASCADE"))
    organisation_code: Mapped[str | None] = mapped_column(ForeignKey("organisation.code"))
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    state: Mapped[str]
    answers: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    created_on: Mapped[date] = mapped_column(server_default=func.current_date())
    rev: Mapped[int] = mapped_column(BigInteger, server_default=FetchedValue())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


def _of_application() -> Mapped[int]:
    return mapped_column(ForeignKey("application.id", ondelete="CASCADE"), index=False)


class ApplicationStep(Base):
    """A change of an application's state: from which to which, on which day, by whom and why."""

    __tablename__ = "application_step"
    __table_args__ = (Index("application_step_application_idx", "application_id"),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    application_id: Mapped[int] = _of_application()
    before: Mapped[str]
    after: Mapped[str]
    on_day: Mapped[date]
    by_whom: Mapped[str | None]
    reason: Mapped[str | None]


class PlanStep(Base):
    """A row of a plan: when, what, who, with what money; ``due_on`` is what the calendar shows."""

    __tablename__ = "plan_step"
    __table_args__ = (
        CheckConstraint("plan in ('three_years', 'year')", "plan_step_plan"),
        Index("plan_step_application_idx", "application_id"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    application_id: Mapped[int] = _of_application()
    plan: Mapped[str]
    time_words: Mapped[str]
    content: Mapped[str]
    units: Mapped[str | None]
    funds: Mapped[str | None]
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]


class ApplicationReview(Base):
    """A review: what was said under each head, which grounds apply, what was decided."""

    __tablename__ = "application_review"
    __table_args__ = (
        CheckConstraint(
            "decision in ('approved', 'refused', 'opinion')", "application_review_decision"
        ),
        Index("application_review_application_idx", "application_id"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    application_id: Mapped[int] = _of_application()
    reviewed_on: Mapped[date]
    reviewer: Mapped[str]
    heads: Mapped[dict[str, Any]]
    grounds: Mapped[dict[str, Any]]
    decision: Mapped[str]
    note: Mapped[str | None]


class Recognition(Base):
    """A title that was given, from a day until a day (None: without end), unless it was revoked."""

    __tablename__ = "recognition"
    __table_args__ = (
        CheckConstraint("given_on <= until_on", "recognition_period"),
        CheckConstraint("given_on <= revoked_on", "recognition_revoked"),
        Index("recognition_application_idx", "application_id"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    application_id: Mapped[int] = _of_application()
    title: Mapped[str]
    given_on: Mapped[date]
    until_on: Mapped[date | None]
    document: Mapped[str]
    revoked_on: Mapped[date | None]
    revoked_reason: Mapped[str | None]


class Rating(Base):
    """The rating of a year: what was said under each head, and the grade."""

    __tablename__ = "rating"
    __table_args__ = (
        CheckConstraint("year between 2000 and 2200", "rating_year"),
        Index("rating_once_idx", "application_id", "year", unique=True),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    application_id: Mapped[int] = _of_application()
    year: Mapped[int]
    heads: Mapped[dict[str, Any]]
    grade: Mapped[str]
    note: Mapped[str | None]
    rated_on: Mapped[date]


class DocumentFile(Base):
    """A file's content by its digest.

    It stays when a document is taken away, so that an undo can bring it back. Of one that was erased
    for good nothing is left, unless the same file is attached anew; ``erased_at`` stays.
    """

    __tablename__ = "document_file"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]
    erased_at: Mapped[datetime | None]
    erased_by: Mapped[str | None]


class ApplicationDocument(Base):
    """A file that was attached to an application."""

    __tablename__ = "application_document"
    __table_args__ = (Index("application_document_application_idx", "application_id"),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    application_id: Mapped[int] = _of_application()
    sha256: Mapped[str] = mapped_column(ForeignKey("document_file.sha256"))
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    added_on: Mapped[date]
