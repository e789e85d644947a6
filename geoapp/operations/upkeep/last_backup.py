"""When a whole backup was last written, for the monitor that says when one is overdue."""

from datetime import UTC, datetime
from pathlib import Path

import structlog

from geoapp.core.settings import Settings

log = structlog.get_logger(__name__)


def _mark(settings: Settings) -> Path:
    return settings.data / "last-backup"


def note_backup(settings: Settings) -> None:
    """Note that a backup was written now; the backup itself stands where this cannot be noted."""
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        _mark(settings).touch()
    except OSError as error:
        log.warning("backup not noted", why=str(error))


def last_backup(settings: Settings) -> datetime | None:
    """Return when the last whole backup was written from this data folder; None is never."""
    try:
        return datetime.fromtimestamp(_mark(settings).stat().st_mtime, UTC)
    except FileNotFoundError:
        return None
