"""Drafts of imports, and what was accepted for lists with the same headings."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, func, text
from sqlalchemy.orm import Mapped, deferred, mapped_column

from geoapp.store.models.base import Base


class ImportDraft(Base):
    """A file that somebody is about to import, and what was chosen so far; its owner's alone.

    ``content`` is None once it was applied; ``done`` then says what became of it.
    """

    __tablename__ = "import_draft"
    __table_args__ = (
        Index("import_draft_user_id_idx", "user_id"),
        CheckConstraint("kind in ('facilities', 'public-map')", "import_draft_kind"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(server_default="facilities")
    file_name: Mapped[str]
    content: Mapped[bytes | None] = deferred(mapped_column())
    choices: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    done: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]


class ImportHabit(Base):
    """What was chosen last for a list with these headings (their SHA-256), and by whom."""

    __tablename__ = "import_habit"
    headings: Mapped[bytes] = mapped_column(primary_key=True)
    choices: Mapped[dict[str, Any]]
    accepted_by: Mapped[str]
    accepted_at: Mapped[datetime] = mapped_column(server_default=func.now())
