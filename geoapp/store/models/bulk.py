"""Edits of many facilities at once, between being chosen and being made."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.store.models.base import Base


class BulkEdit(Base):
    """Which facilities somebody is about to change, and how; its owner's alone.

    ``revs`` are the facilities' versions when the changes were chosen; ``asked`` is the query of the
    list that they come from; ``done`` says what became of it, None before it was applied.
    """

    __tablename__ = "bulk_edit"
    __table_args__ = (Index("bulk_edit_user_id_idx", "user_id"),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"))
    asked: Mapped[str]
    facility_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    revs: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    changes: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    done: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
