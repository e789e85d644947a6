"""Named queries on the reports of months that are kept, and on their files."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geoapp.store.models import KeptReport, KeptReportFile

__all__ = ["KeptReport", "file_of", "file_sizes", "get_report", "list_reports", "put_report"]


def put_report(
    session: Session,
    region: str | None,
    month: date,
    figures: Mapping[str, Any],
    files: Mapping[str, bytes],
    most: int,
) -> int:
    """Keep a region's report of a month, in the place of one of the same month; return its number.

    Parameters
    ----------
    files
        By suffix.
    most
        How many of the region are kept; the oldest months leave.
    """
    made = insert(KeptReport).values(region_code=region, month=month, figures=dict(figures))
    number = session.execute(
        made.on_conflict_do_update(
            constraint="kept_report_once",
            set_={"figures": made.excluded.figures, "made_at": func.clock_timestamp()},
        ).returning(KeptReport.id)
    ).scalar_one()
    session.execute(delete(KeptReportFile).where(KeptReportFile.report_id == number))
    session.add_all(
        KeptReportFile(report_id=number, suffix=suffix, content=content)
        for suffix, content in files.items()
    )
    session.flush()
    own = KeptReport.region_code.is_not_distinct_from(region)
    stay = select(KeptReport.id).where(own).order_by(KeptReport.month.desc()).limit(most)
    session.execute(delete(KeptReport).where(own, KeptReport.id.not_in(stay)))
    return number


def list_reports(session: Session) -> list[KeptReport]:
    """Return the kept reports: the whole area first, of each region the newest month first."""
    return list(
        session.scalars(
            select(KeptReport).order_by(
                KeptReport.region_code.asc().nulls_first(), KeptReport.month.desc()
            )
        )
    )


def get_report(session: Session, number: int) -> KeptReport | None:
    """Return the report of this number."""
    return session.get(KeptReport, number)


def file_sizes(session: Session) -> dict[int, dict[str, int]]:
    """Return how large the files are, in bytes, by report and suffix."""
    found: dict[int, dict[str, int]] = {}
    rows = session.execute(
        select(
            KeptReportFile.report_id,
            KeptReportFile.suffix,
            func.octet_length(KeptReportFile.content),
        ).order_by(KeptReportFile.report_id, KeptReportFile.suffix)
    )
    for number, suffix, size in rows:
        found.setdefault(number, {})[suffix] = size
    return found


def file_of(session: Session, number: int, suffix: str) -> bytes | None:
    """Return a report's file of a format."""
    return session.scalar(
        select(KeptReportFile.content).where(
            KeptReportFile.report_id == number, KeptReportFile.suffix == suffix
        )
    )
