"""Addresses that are told of changes, what they are still to be told, and each delivery."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.core.webhooks import Delivery, Trouble
from geoapp.store.models.base import Base, one_of


class Webhook(Base):
    """An address that is told of events; ``given_up`` counts deliveries since one arrived.

    Without ``secret_made_at`` the secret is as old as the webhook; ``former_secret`` signs along until
    ``former_until``.
    """

    __tablename__ = "webhook"
    __table_args__ = (
        CheckConstraint("(former_secret is null) = (former_until is null)", "webhook_former"),
    )
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    address: Mapped[str]
    events: Mapped[list[str]]
    region_code: Mapped[str | None]
    secret: Mapped[str]
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    given_up: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    stopped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    secret_made_at: Mapped[datetime | None]
    former_secret: Mapped[str | None]
    former_until: Mapped[datetime | None]


class WebhookEvent(Base):
    """What has happened and is still to be told: a change set, or a run that ended."""

    __tablename__ = "webhook_event"
    __table_args__ = (CheckConstraint("num_nonnulls(set_id, run_id) = 1", "webhook_event_one"),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    set_id: Mapped[int | None] = mapped_column(BigInteger)
    run_id: Mapped[int | None] = mapped_column(BigInteger)


class WebhookDelivery(Base):
    """One message for one address, the same at each try; ``job_id`` is its job in the queue."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint(one_of("status", Delivery), "webhook_delivery_status"),
        CheckConstraint(one_of("trouble", Trouble), "webhook_delivery_trouble"),
        Index("webhook_delivery_newest_idx", "webhook_id", "id"),
        Index("webhook_delivery_waiting_idx", "id", postgresql_where=text("status = 'waiting'")),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    message: Mapped[str]
    event: Mapped[str]
    body: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=Delivery.WAITING)
    tries: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    http_status: Mapped[int | None] = mapped_column(SmallInteger)
    trouble: Mapped[str | None]
    job_id: Mapped[int | None] = mapped_column(BigInteger)
