"""Reports made by themselves: on the first of each month that of the month before, and kept.

Taking a schedule, keeping its report and setting its next moment are one transaction: however many
workers there are, and wherever one dies, each month is reported once.
"""

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from geoapp.core.errors import InvalidValueError, NotFoundError, UnavailableError
from geoapp.core.i18n import Text
from geoapp.core.programmes import PromiseState
from geoapp.core.results.kept import KeptText
from geoapp.core.results.kept_reports import (
    KeptBand,
    KeptReport,
    KeyFigures,
    ReportOutcome,
    ReportSchedule,
)
from geoapp.core.settings import Settings
from geoapp.core.words import Every
from geoapp.operations.coverage import official as answers
from geoapp.operations.coverage.schedule import LAST_HOUR, next_moment
from geoapp.operations.monthly.facilities import in_place, opened_and_closed
from geoapp.operations.monthly.save import (
    FORMATS,
    Read,
    make_report,
    read_for_report,
    write_report,
)
from geoapp.operations.monthly.scope import Scope, scope_of
from geoapp.reports.deck import has_slides
from geoapp.reports.words.coverage import statement_text
from geoapp.store import kept_reports as store
from geoapp.store.engine import Database
from geoapp.store.runs import published as publications
from geoapp.store.runs import schedules
from geoapp.store.server import server_time

log = structlog.get_logger(__name__)

MOST_KEPT: Final = 24  # of one region
_REPORT = Text("月报", "report")


def _schedule(row: schedules.ReportSchedule) -> ReportSchedule:
    return ReportSchedule(
        region=row.region_code,
        hour=row.hour,
        created_by=row.created_by,
        next_at=row.next_at,
        last_at=row.last_at,
        last_outcome=None if row.last_outcome is None else ReportOutcome(row.last_outcome),
    )


def report_schedules(database: Database) -> list[ReportSchedule]:
    """Return all schedules of reports, the whole area first."""
    with database.session() as session:
        return [
            _schedule(row) for row in schedules.list_schedules(session, schedules.ReportSchedule)
        ]


def set_report_schedule(
    database: Database,
    settings: Settings,
    region: str | None,
    hour: int,
    by: str | None,
    kept_to: Sequence[str] = (),
) -> ReportSchedule:
    """Have the report of a region made and kept on the first of each month, for the month before.

    Parameters
    ----------
    region
        One whose answer is published; None is the whole area.
    hour
        At which full hour by the clocks of the service, 0 to 23.
    by
        Name of the account; None is the machine's own command.
    kept_to
        The regions that this account is kept to; none is everywhere.

    Raises
    ------
    InvalidValueError
        If the hour is none.
    NotAllowedError
        If the region is none of the account's.
    NotFoundError
        If nothing is published for the region.
    """
    if not 0 <= hour <= LAST_HOUR:
        raise InvalidValueError("hour", hour, Text("0 到 23 的整点", "a full hour, 0 to 23"))
    due = next_moment(Every.MONTH, hour, datetime.now(UTC), settings.timezone)
    with database.session() as session:
        answers.check_region(session, region, kept_to)
        if region not in publications.in_force(session):
            raise NotFoundError(answers.OFFICIAL, region)
        values = {"hour": hour, "created_by": by}
        kind = schedules.ReportSchedule
        return _schedule(schedules.set_schedule(session, kind, region, due, values))


def remove_report_schedule(
    database: Database, region: str | None, kept_to: Sequence[str] = ()
) -> None:
    """Make a region's reports no more by themselves; those that are kept stay.

    Raises
    ------
    NotAllowedError
        If the region is none of the account's.
    NotFoundError
        If it has no schedule.
    """
    with database.session() as session:
        answers.check_region(session, region, kept_to)
        if not schedules.remove_schedule(session, schedules.ReportSchedule, region):
            raise NotFoundError(Text("定时月报", "schedule of reports"), region)


def make_due(database: Database, settings: Settings) -> int:
    """Make the reports that are due, and tell how many were due.

    After a pause of months that of the latest month alone is made.
    """
    done = 0
    while True:
        with database.session() as session:
            row = schedules.take_due(session, schedules.ReportSchedule)
            if row is None:
                return done
            # By the clock that says what is due: by another, the next moment may be due already, for ever.
            now = server_time(session)
            local = now.astimezone(ZoneInfo(settings.timezone)).date()
            month = (local.replace(day=1) - timedelta(days=1)).replace(day=1)
            if row.region_code not in publications.in_force(session):
                outcome = ReportOutcome.UNPUBLISHED
            else:
                outcome = ReportOutcome.MADE
                try:
                    scope = scope_of(database, settings, row.region_code, f"{month:%Y-%m}")
                    figures, files = _make(scope)
                    store.put_report(
                        session, row.region_code, month, figures.as_json(), files, MOST_KEPT
                    )
                except UnavailableError:
                    raise  # it is looked at again
                except Exception:
                    # One region's data that cannot be told of must not keep the others from theirs.
                    log.exception("a report is not made", region=row.region_code, month=str(month))
                    outcome = ReportOutcome.FAILED
            row.last_at, row.last_outcome = now, outcome
            row.next_at = next_moment(Every.MONTH, row.hour, now, settings.timezone)
        done += 1


def _make(scope: Scope) -> tuple[KeyFigures, dict[str, bytes]]:
    """Return a report's figures, and its files in both languages by suffix."""
    read = read_for_report(scope)
    report = make_report(scope, read)
    files = {}
    with tempfile.TemporaryDirectory() as folder:
        for suffix in FORMATS:
            if suffix == ".pptx" and not has_slides():
                continue
            path = Path(folder) / f"report{suffix}"
            write_report(report, path, None)
            files[suffix.removeprefix(".")] = path.read_bytes()
    return _figures(scope, read), files


def _figures(scope: Scope, read: Read) -> KeyFigures:
    own = None if read.answer is None else read.answer.own
    asked = None
    if read.answer is not None:
        names = scope.naming
        told = statement_text(read.answer.run, names.regions, names.demand, names.zone)
        asked = KeptText(zh=told.zh, en=told.en)
    opened, closed = opened_and_closed(read.register)
    states = [one.verdict.state for found in read.board for one in found.standings]
    return KeyFigures(
        asked=asked,
        covered_share=None if own is None else own.covered_share,
        covered=None if own is None else own.covered_weight,
        uncovered=None if own is None else own.uncovered_weight,
        in_place=KeptBand.model_validate(in_place(read.register)),
        opened=KeptBand.model_validate(opened),
        closed=KeptBand.model_validate(closed),
        promises=len(states),
        met=states.count(PromiseState.MET),
    )


def _value(row: store.KeptReport, sizes: dict[str, int]) -> KeptReport:
    return KeptReport(
        row.id, row.region_code, row.month, row.made_at, KeyFigures.checked(row.figures), sizes
    )


def kept_reports(database: Database) -> list[KeptReport]:
    """Return what is kept: the whole area first, of each region the newest month first."""
    with database.session() as session:
        sizes = store.file_sizes(session)
        return [_value(row, sizes.get(row.id, {})) for row in store.list_reports(session)]


def kept_file(database: Database, number: int, suffix: str) -> tuple[str, bytes]:
    """Return a kept report as a file's name and content.

    Parameters
    ----------
    suffix
        Without the dot.

    Raises
    ------
    NotFoundError
        If there is no such report, or it is not kept in this format.
    """
    with database.session() as session:
        row = store.get_report(session, number) if 0 < number < 2**63 else None
        content = None if row is None else store.file_of(session, number, suffix)
        if row is None or content is None:
            raise NotFoundError(_REPORT, f"{number}.{suffix}"[:40])
        area = "all" if row.region_code is None else row.region_code
        return f"report-{area}-{row.month:%Y-%m}.{suffix}", content
