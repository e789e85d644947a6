"""Organisations, and what each does for which facility."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.core.words import OrganisationKind, OrganisationRole
from geoapp.store.models.base import Base, one_of


class Organisation(Base):
    """A union, an enterprise, a park, a partner: somebody, not a place.

    ``region_code`` is the region that a document names for it and is never taken from its name;
    None where the document names a group alone (``group_name``), or nothing.
    """

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint(one_of("kind", OrganisationKind), "organisation_kind"),
        CheckConstraint("parent_code <> code", "organisation_own_parent"),
        Index("organisation_region_idx", "region_code"),
        Index("organisation_parent_idx", "parent_code"),
    )
    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str | None]
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    group_name: Mapped[str | None]
    # Checked at the end of the transaction, so that a file may name a parent before its row.
    parent_code: Mapped[str | None] = mapped_column(
        ForeignKey("organisation.code", deferrable=True, initially="DEFERRED")
    )
    # What a document calls it, and under whom it lists it, in the document's words.
    listed_as: Mapped[str | None]
    listed_under: Mapped[str | None]
    document: Mapped[str | None]
    document_on: Mapped[date | None]
    place_in_document: Mapped[str | None]
    source: Mapped[str | None]
    rev: Mapped[int] = mapped_column(BigInteger, server_default="0")
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class FacilityRole(Base):
    """What an organisation does for a facility, from a day to a day (both included, None open)."""

    __tablename__ = "facility_role"
    __table_args__ = (
        CheckConstraint(one_of("role", OrganisationRole), "facility_role_role"),
        CheckConstraint("valid_from <= valid_to", "facility_role_period"),
        Index("facility_role_facility_idx", "facility_id"),
        Index(
            "facility_role_once_idx",
            "organisation_code",
            "facility_id",
            "role",
            text("coalesce(valid_from, '-infinity'::date)"),
            unique=True,
        ),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id", ondelete="CASCADE"))
    organisation_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    role: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    source: Mapped[str | None]
