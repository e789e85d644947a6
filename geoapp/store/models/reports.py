"""Reports of months that are made by themselves: when, and those that were made."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    SmallInteger,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.core.results.kept_reports import ReportOutcome
from geoapp.store.models.base import Base, one_of


class ReportSchedule(Base):
    """When the report of a region's month is made; no region is the whole area."""

    __tablename__ = "report_schedule"
    __table_args__ = (
        UniqueConstraint(
            "region_code", name="report_schedule_region", postgresql_nulls_not_distinct=True
        ),
        CheckConstraint("hour between 0 and 23", "report_schedule_hour"),
        CheckConstraint(one_of("last_outcome", ReportOutcome), "report_schedule_outcome"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    region_code: Mapped[str | None]
    hour: Mapped[int] = mapped_column(SmallInteger)
    created_by: Mapped[str | None]
    next_at: Mapped[datetime]
    last_at: Mapped[datetime | None]
    last_outcome: Mapped[str | None]


class KeptReport(Base):
    """The report of a region's month, named by the month's first day, and its greatest figures."""

    __tablename__ = "kept_report"
    __table_args__ = (
        UniqueConstraint(
            "region_code", "month", name="kept_report_once", postgresql_nulls_not_distinct=True
        ),
        CheckConstraint("extract(day from month) = 1", "kept_report_month"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    region_code: Mapped[str | None]
    month: Mapped[date]
    made_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    figures: Mapped[dict[str, Any]]


class KeptReportFile(Base):
    """A kept report as a file of a format."""

    __tablename__ = "kept_report_file"
    report_id: Mapped[int] = mapped_column(
        ForeignKey("kept_report.id", ondelete="CASCADE"), primary_key=True
    )
    suffix: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]
