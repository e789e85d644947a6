"""Links by which somebody without an account sees what is shared of a region."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Integer, func
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.store.models.base import Base


class Share(Base):
    """What is shared of a region (none: the whole area) up to the end of a day, and by whom.

    ``token_hash`` is the SHA-256 of what stands in the link; ``note`` says for whom it was made.
    """

    __tablename__ = "share"
    __table_args__ = (
        CheckConstraint("parts <> '{}' and parts <@ array['report', 'use']", "share_parts"),
    )
    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"))
    region_code: Mapped[str | None]
    parts: Mapped[list[str]]
    note: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    until_on: Mapped[date]
    last_used_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]


class SharePace(Base):
    """Until when the requests by a link that were let through take up its rate."""

    __tablename__ = "share_pace"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)
    share_id: Mapped[int] = mapped_column(
        ForeignKey("share.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    busy_until: Mapped[datetime]
