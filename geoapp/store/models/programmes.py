"""Published plans: documents, programmes, indicators, facts that documents state, and evidence."""

from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.core.programmes import Comparator, Measure, Nature
from geoapp.store.models.base import Base, one_of


class Document(Base):
    """A published text; what is None is unknown."""

    __tablename__ = "document"
    code: Mapped[str] = mapped_column(primary_key=True)
    title_zh: Mapped[str]
    title_en: Mapped[str]
    issuer_zh: Mapped[str | None]
    issuer_en: Mapped[str | None]
    number: Mapped[str | None]
    published_on: Mapped[date | None]
    note_zh: Mapped[str | None]
    note_en: Mapped[str | None]
    url: Mapped[str | None]


class Programme(Base):
    """A published plan of a region, which need not be registered here."""

    __tablename__ = "programme"
    code: Mapped[str] = mapped_column(primary_key=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    region_code: Mapped[str]
    document_code: Mapped[str] = mapped_column(ForeignKey("document.code"))
    note_zh: Mapped[str | None]
    note_en: Mapped[str | None]


class Indicator(Base):
    """One promise of a programme; ``rule`` is a `geoapp.core.programmes.Rule`.

    ``care`` are the kinds of care events whose people count.
    """

    __tablename__ = "indicator"
    __table_args__ = (
        CheckConstraint(one_of("nature", Nature), "indicator_nature"),
        CheckConstraint(one_of("comparator", Comparator), "indicator_comparator"),
        CheckConstraint(one_of("measure", Measure), "indicator_measure"),
        CheckConstraint("(measure = 'store') = (rule is not null)", "indicator_rule"),
        CheckConstraint("value >= 0", "indicator_value"),
        CheckConstraint("period_from <= due", "indicator_period"),
    )
    programme_code: Mapped[str] = mapped_column(
        ForeignKey("programme.code", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(primary_key=True)
    sort: Mapped[int]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    nature: Mapped[str]
    comparator: Mapped[str]
    value: Mapped[float]
    unit: Mapped[str]
    period_from: Mapped[date | None]
    due: Mapped[date | None]
    recurrence: Mapped[str | None]
    scope: Mapped[str]
    measure: Mapped[str]
    rule: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    document_code: Mapped[str] = mapped_column(ForeignKey("document.code"))
    place: Mapped[str]
    shares_with: Mapped[list[str]] = mapped_column(server_default="{}")
    care: Mapped[list[str]] = mapped_column(server_default="{}")


def _of_indicator() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["programme_code", "indicator_code"],
        ["indicator.programme_code", "indicator.code"],
        ondelete="CASCADE",
    )


class IndicatorSplit(Base):
    """The part of a promise that its document gives to a region."""

    __tablename__ = "indicator_split"
    __table_args__ = (_of_indicator(), CheckConstraint("value >= 0", "indicator_split_value"))
    programme_code: Mapped[str] = mapped_column(primary_key=True)
    indicator_code: Mapped[str] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[float]


class IndicatorFact(Base):
    """A number that a document states of an indicator, or of a programme alone."""

    __tablename__ = "indicator_fact"
    __table_args__ = (
        _of_indicator(),
        CheckConstraint("indicator_code is null or as_of is not null", "indicator_fact_day"),
        CheckConstraint("value >= 0", "indicator_fact_value"),
        Index(
            "indicator_fact_once_idx",
            "programme_code",
            text("coalesce(indicator_code, '')"),
            text("coalesce(as_of, '-infinity'::date)"),
            "document_code",
            text("coalesce(name_zh, '')"),
            unique=True,
        ),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    programme_code: Mapped[str] = mapped_column(ForeignKey("programme.code", ondelete="CASCADE"))
    indicator_code: Mapped[str | None]
    as_of: Mapped[date | None]
    value: Mapped[float]
    unit: Mapped[str]
    name_zh: Mapped[str | None]
    name_en: Mapped[str | None]
    region_code: Mapped[str | None]
    document_code: Mapped[str] = mapped_column(ForeignKey("document.code"))
    place: Mapped[str | None]
    entered_by: Mapped[str | None]


class IndicatorEvidence(Base):
    """A facility or an organisation that a document counts for an indicator; once for each."""

    __tablename__ = "indicator_evidence"
    __table_args__ = (
        _of_indicator(),
        CheckConstraint(
            "num_nonnulls(facility_id, organisation_code) = 1", "indicator_evidence_one"
        ),
        Index(
            "indicator_evidence_once_idx",
            "programme_code",
            "indicator_code",
            text("coalesce(facility_id, 0)"),
            text("coalesce(organisation_code, '')"),
            unique=True,
        ),
        Index("indicator_evidence_facility_idx", "facility_id"),
        Index("indicator_evidence_organisation_idx", "organisation_code"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    programme_code: Mapped[str]
    indicator_code: Mapped[str]
    facility_id: Mapped[int | None] = mapped_column(ForeignKey("facility.id", ondelete="CASCADE"))
    organisation_code: Mapped[str | None] = mapped_column(
        ForeignKey("organisation.code", ondelete="CASCADE")
    )
    event_on: Mapped[date | None]
    document_code: Mapped[str] = mapped_column(ForeignKey("document.code"))
    place: Mapped[str | None]
