"""Schedules: the published answer of a region, computed anew by night or month and proposed.

Nothing is published by a clock: what is computed waits beside the published answer until a manager
has compared the two. Where nothing has changed, nothing is computed.
"""

import calendar
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog

from geoapp.core.errors import GeoappError, InvalidValueError, NotFoundError, UnavailableError
from geoapp.core.i18n import Text
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.results.coverage import COVERAGE_RUNS
from geoapp.core.results.published import Schedule
from geoapp.core.settings import Settings
from geoapp.core.words import Every, Outcome
from geoapp.operations.coverage import official as answers
from geoapp.operations.ground.stored import check_ground
from geoapp.operations.runs.queue import defer
from geoapp.operations.runs.state import read_run
from geoapp.store.engine import Database, Session
from geoapp.store.runs import published as publications
from geoapp.store.runs import schedules as store
from geoapp.store.runs.runs import add_run
from geoapp.store.server import server_time

log = structlog.get_logger(__name__)

LAST_HOUR = 23


def _value(row: store.CoverageSchedule) -> Schedule:
    return Schedule(
        region=row.region_code,
        every=Every(row.every),
        hour=row.hour,
        created_by=row.created_by,
        next_at=row.next_at,
        last_at=row.last_at,
        last_outcome=None if row.last_outcome is None else Outcome(row.last_outcome),
        last_run=row.last_run_id,
    )


def next_moment(every: Every, hour: int, now: datetime, zone: str) -> datetime:
    """Return when a schedule is due next after a moment, by the clocks of a zone."""
    local = now.astimezone(ZoneInfo(zone))
    day = local.date() if every is Every.NIGHT else local.date().replace(day=1)
    while True:
        due = datetime.combine(day, time(hour), local.tzinfo).astimezone(UTC)
        if due > now:
            return due
        days = 1 if every is Every.NIGHT else calendar.monthrange(day.year, day.month)[1]
        day += timedelta(days=days)


def schedules(database: Database) -> list[Schedule]:
    """Return all schedules, the whole area first."""
    with database.session() as session:
        return [_value(row) for row in store.list_schedules(session, store.CoverageSchedule)]


def set_schedule(
    database: Database,
    settings: Settings,
    region: str | None,
    every: Every,
    hour: int,
    by: str | None,
    kept_to: Sequence[str] = (),
) -> Schedule:
    """Have the published answer of a region computed anew every night or month.

    Parameters
    ----------
    region
        One whose answer is published; None is the whole area.
    hour
        At which full hour by the clocks of the service, 0 to 23.
    by
        Whose question the runs are.
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
    due = next_moment(every, hour, datetime.now(UTC), settings.timezone)
    with database.session() as session:
        answers.check_region(session, region, kept_to)
        if region not in publications.in_force(session):
            raise NotFoundError(answers.OFFICIAL, region)
        values = {"every": every, "hour": hour, "created_by": by}
        return _value(store.set_schedule(session, store.CoverageSchedule, region, due, values))


def remove_schedule(database: Database, region: str | None, kept_to: Sequence[str] = ()) -> None:
    """Compute a region's published answer anew no more by itself.

    Raises
    ------
    NotAllowedError
        If the region is none of the account's.
    NotFoundError
        If it has no schedule.
    """
    with database.session() as session:
        answers.check_region(session, region, kept_to)
        if not store.remove_schedule(session, store.CoverageSchedule, region):
            raise NotFoundError(Text("定时计算", "schedule"), region)


def do_due(database: Database, settings: Settings) -> int:
    """Start the runs of all schedules that are due, and tell how many were due.

    Taking a schedule, storing its run and setting its next moment are one transaction: however many
    workers there are, and wherever one dies, each moment is answered once.
    """
    done = 0
    while True:
        run_id = None
        with database.session() as session:
            row = store.take_due(session, store.CoverageSchedule)
            if row is None:
                return done
            outcome, run_id = _answer(database, settings, session, row)
            # By the clock that says what is due: by another, the next moment may be due already, for ever.
            now = server_time(session)
            row.last_at, row.last_outcome = now, outcome
            row.last_run_id = run_id if run_id is not None else row.last_run_id
            row.next_at = next_moment(Every(row.every), row.hour, now, settings.timezone)
        if run_id is not None:
            defer(database, run_id)
        done += 1


def _answer(
    database: Database, settings: Settings, session: Session, row: store.CoverageSchedule
) -> tuple[Outcome, int | None]:
    """Store the run that a schedule asks for, where there is anything new to compute."""
    known = publications.in_force(session).get(row.region_code)
    if known is None:
        return Outcome.UNPUBLISHED, None
    try:
        newest = read_run(database, COVERAGE_RUNS, known.run_id)
        wanted = CoverageParameters.from_stored(newest.params)
        if row.last_run_id is not None and row.last_run_id > known.run_id:
            # What was proposed last and is not published yet need not be computed twice.
            proposed = read_run(database, COVERAGE_RUNS, row.last_run_id)
            if proposed.result is not None and proposed.params == newest.params:
                newest = proposed
        if answers.freshness(database, settings, newest).is_fresh:
            return Outcome.UNCHANGED, None
        wanted.check()
        check_ground(session, wanted)
    except UnavailableError:
        raise
    except GeoappError as error:
        log.warning("a scheduled answer is refused", region=row.region_code, why=error.text.en)
        return Outcome.REFUSED, None
    return Outcome.STARTED, add_run(session, COVERAGE_RUNS.name, wanted.stored(), row.created_by)
