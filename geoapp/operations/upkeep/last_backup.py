"""When a whole backup was last written, for the monitor that says when one is overdue."""

from datetime import UTC, datetime
from pathlib import Path

import structlog

from geoapp.core.settings import Settings

log = structlog.get_logger(__name__)


def _mark(settings: Settings, *, base: bool) -> Path:
    return settings.data / ("last-base-backup" if base else "last-backup")


def note_backup(settings: Settings, *, base: bool = False) -> None:
    """Note that a backup was written now; the backup itself stands where this cannot be noted.

    Parameters
    ----------
    base
        Whether it is a copy of the cluster beside its log; otherwise it is a file.
    """
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        _mark(settings, base=base).touch()
    except OSError as error:
        log.warning("backup not noted", why=str(error))


def last_base_backup(settings: Settings) -> datetime | None:
    """Return when the cluster was last copied beside its log; None is never."""
    return _at(_mark(settings, base=True))


def last_backup(settings: Settings) -> datetime | None:
    """Return when the last whole backup of either kind was written; None is never."""
    found = [_at(_mark(settings, base=base)) for base in (False, True)]
    return max((moment for moment in found if moment is not None), default=None)


def _at(mark: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(mark.stat().st_mtime, UTC)
    except FileNotFoundError:
        return None
