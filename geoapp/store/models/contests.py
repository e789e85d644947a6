"""Contests of service projects, and what was entered for them."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, FetchedValue, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.store.models.base import Base


class Contest(Base):
    """A contest; ``None`` is unknown.

    ``entered`` and ``finalists`` are the numbers that were made public, which may be more than the
    entries that are known by name. ``rules`` and ``stage`` are codes of the data; ``criteria`` are
    separated by semicolons.
    """

    __tablename__ = "contest"
    __table_args__ = (
        CheckConstraint(
            "entered >= 0 and finalists >= 0 and finalists <= entered", "contest_numbers"
        ),
    )
    code: Mapped[str] = mapped_column(primary_key=True)
    name_zh: Mapped[str]
    name_en: Mapped[str | None]
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    rules: Mapped[str] = mapped_column(server_default=text("'common'"))
    stage: Mapped[str]
    entered: Mapped[int | None]
    finalists: Mapped[int | None]
    criteria: Mapped[str | None]
    document: Mapped[str | None]
    document_on: Mapped[date | None]
    source: Mapped[str | None]
    is_sample: Mapped[bool] = mapped_column(server_default=text("false"))
    rev: Mapped[int] = mapped_column(BigInteger, server_default=FetchedValue())


class ContestEntry(Base):
    """A project of an organisation; the mean of the experts' points by criterion, all workers' votes."""

    __tablename__ = "contest_entry"
    __table_args__ = (CheckConstraint("votes >= 0", "contest_entry_votes"),)
    contest_code: Mapped[str] = mapped_column(
        ForeignKey("contest.code", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(primary_key=True)
    organisation: Mapped[str]
    name_zh: Mapped[str | None]
    points: Mapped[str | None]
    votes: Mapped[int | None]
    finalist: Mapped[bool | None]
    prize: Mapped[str | None]
    item_code: Mapped[str | None] = mapped_column(ForeignKey("service_item.code"))
    source: Mapped[str | None]
    is_sample: Mapped[bool] = mapped_column(server_default=text("false"))
    rev: Mapped[int] = mapped_column(BigInteger, server_default=FetchedValue())
