"""How facilities are used and liked, and care for workers: sums by day, nobody by name."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.core.use import Basis, CareUnit
from geoapp.store.models.base import Base, one_of


class VisitCount(Base):
    """How many visits a facility had in an hour of a day, or on the whole day (no hour)."""

    __tablename__ = "visit_count"
    __table_args__ = (
        CheckConstraint("hour between 0 and 23", "visit_count_hour"),
        CheckConstraint("n >= 0", "visit_count_n"),
        CheckConstraint(one_of("basis", Basis), "visit_count_basis"),
        Index(
            "visit_count_once_idx",
            "facility_id",
            "day",
            text("coalesce(hour, -1)"),
            "basis",
            unique=True,
        ),
        Index("visit_count_day_idx", "day"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id", ondelete="CASCADE"))
    day: Mapped[date]
    hour: Mapped[int | None]
    n: Mapped[int]
    basis: Mapped[str]


class OpinionPoll(Base):
    """How many gave a facility so many stars on a day."""

    __tablename__ = "opinion_poll"
    __table_args__ = (
        CheckConstraint("stars between 1 and 5", "opinion_poll_stars"),
        CheckConstraint("n >= 0", "opinion_poll_n"),
        Index("opinion_poll_day_idx", "day"),
    )
    facility_id: Mapped[int] = mapped_column(
        ForeignKey("facility.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    stars: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    n: Mapped[int]


class CareEvent(Base):
    """Care for workers on a day: how many people, or how often people came, and what it cost.

    ``None`` is unknown. ``money`` is in yuan.
    """

    __tablename__ = "care_event"
    __table_args__ = (
        CheckConstraint(one_of("unit", CareUnit), "care_event_unit"),
        CheckConstraint("(people is null) = (unit is null)", "care_event_counted"),
        CheckConstraint("people >= 0 and money >= 0", "care_event_amounts"),
        Index("care_event_day_idx", "day"),
    )
    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    day: Mapped[date]
    people: Mapped[int | None]
    unit: Mapped[str | None]
    money: Mapped[float | None]
    document: Mapped[str | None]
    source: Mapped[str | None]
    is_sample: Mapped[bool] = mapped_column(server_default=text("false"))
