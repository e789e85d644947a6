"""Services for workers: what there is, where it is offered, and the desks that answer for it."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.store.models.base import Base


class ServiceItem(Base):
    """A service as a list of services states it; ``None`` is unknown.

    ``first_responsible`` is a role or a post, never a person's name.
    """

    __tablename__ = "service_item"
    code: Mapped[str] = mapped_column(primary_key=True)
    category: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str | None]
    audience: Mapped[str | None]
    process: Mapped[str | None]
    time_limit: Mapped[str | None]
    promise: Mapped[str | None]
    first_responsible: Mapped[str | None]
    document: Mapped[str | None]
    document_on: Mapped[date | None]
    source: Mapped[str | None]
    is_sample: Mapped[bool] = mapped_column(server_default=text("false"))


class ServiceOffer(Base):
    """A service at a facility or by an organisation, from a day to a day (both included)."""

    __tablename__ = "service_offer"
    __table_args__ = (
        CheckConstraint("num_nonnulls(facility_id, organisation_code) = 1", "service_offer_one"),
        CheckConstraint("valid_from <= valid_to", "service_offer_period"),
        Index("service_offer_facility_idx", "facility_id"),
        Index("service_offer_organisation_idx", "organisation_code"),
        Index(
            "service_offer_once_idx",
            "item_code",
            text("coalesce(facility_id, 0)"),
            text("coalesce(organisation_code, '')"),
            text("coalesce(valid_from, '-infinity'::date)"),
            unique=True,
        ),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    item_code: Mapped[str] = mapped_column(ForeignKey("service_item.code"))
    facility_id: Mapped[int | None] = mapped_column(ForeignKey("facility.id", ondelete="CASCADE"))
    organisation_code: Mapped[str | None] = mapped_column(ForeignKey("organisation.code"))
    # Hours of the service, not of the place; OpenStreetMap's syntax and the words as they came.
    hours: Mapped[str | None]
    hours_raw: Mapped[str | None]
    phone: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    source: Mapped[str | None]
    is_sample: Mapped[bool] = mapped_column(server_default=text("false"))


class DutyDesk(Base):
    """The desk of a centre that answers for its services, with its public telephone."""

    __tablename__ = "duty_desk"
    __table_args__ = (Index("duty_desk_once_idx", "facility_id", "phone", unique=True),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id", ondelete="CASCADE"))
    name_zh: Mapped[str | None]
    phone: Mapped[str]
    hours: Mapped[str | None]
    hours_raw: Mapped[str | None]
    source: Mapped[str | None]
    is_sample: Mapped[bool] = mapped_column(server_default=text("false"))
