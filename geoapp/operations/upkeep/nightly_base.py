"""A copy of the cluster beside its log every night, made by the service's own worker."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from geoapp.core.errors import GeoappError
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.last_backup import last_base_backup
from geoapp.store.engine import Database

# After the backup into a file, which the timer begins at 03:20, and before anybody comes to work.
AT: Final = time(3, 50)
_LOCK: Final = "base-backup.lock"

log = structlog.get_logger(__name__)


def is_base_due(settings: Settings, now: datetime) -> bool:
    """Tell whether the night's copy is still to be made; the first one is due at once.

    Never where the settings keep no log, or say that copies are made by hand.
    """
    if (
        settings.wal_archive is None
        or settings.database_url is not None
        or settings.base_backups_keep == 0
    ):
        return False
    last = last_base_backup(settings)
    return last is None or last < _night_before(now, settings.timezone)


def _night_before(now: datetime, zone: str) -> datetime:
    """Return the last moment at which a copy was due."""
    here = now.astimezone(ZoneInfo(zone))
    tonight = datetime.combine(here.date(), AT, here.tzinfo)
    if tonight <= here:
        return tonight
    return datetime.combine(here.date() - timedelta(days=1), AT, here.tzinfo)


def make_due_base(database: Database, settings: Settings, now: datetime) -> None:
    """Make the night's copy where it is due and no other worker makes it; what fails is in the log."""
    # It loads the libraries of the analyses, which a worker that waits has no use for.
    from geoapp.operations.upkeep.base_backup import base_backup  # noqa: PLC0415

    with _alone(settings) as alone:
        if not alone or not is_base_due(settings, now):
            return
        try:
            report = base_backup(database, settings, keep=settings.base_backups_keep)
        except GeoappError as error:
            log.error("no base backup", why=error.text.en)
            return
        log.info("base backup", name=report.folder.name, removed=len(report.removed))


@contextmanager
def _alone(settings: Settings) -> Iterator[bool]:
    number = os.open(settings.data / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(number)
