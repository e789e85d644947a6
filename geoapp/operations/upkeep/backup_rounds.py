"""Backups by the clock: each under its own moment's name, the newest few kept."""

import re
from datetime import UTC, datetime
from pathlib import Path

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.backup import BackupReport, backup
from geoapp.store.engine import Database

# By name as by time.
_OURS = re.compile(r"geoapp-\d{8}T\d{6}Z\.backup")


def backup_round(
    database: Database,
    settings: Settings,
    folder: Path,
    *,
    keep: int,
    with_keys: bool = False,
    now: datetime | None = None,
) -> tuple[BackupReport, list[Path]]:
    """Write a new backup to a folder, then remove all but the newest ``keep`` of those made so.

    Files of other names stay. Nothing is removed unless the new one is there and whole: where a
    damaged network had to be left out of it, the older ones may be the last that hold it.

    Raises
    ------
    InvalidValueError
        If it is no folder, or cannot be written.
    MissingPartError, UnavailableError
        As in `geoapp.operations.upkeep.backup.backup`; nothing was removed then.
    """
    if not folder.is_dir():
        accepted = Text("已有的文件夹（--keep）", "a folder that is there (--keep)")
        raise InvalidValueError("FILE", folder, accepted)
    moment = now or datetime.now(UTC)
    target = folder / f"geoapp-{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}.backup"
    report = backup(database, settings, target, with_keys=with_keys)
    if report.damage is not None:
        return report, []
    ours = sorted(path for path in folder.iterdir() if _OURS.fullmatch(path.name))
    older = [path for path in ours if path.name < target.name]
    # A clock that was set back leaves younger names behind; those are not ours to judge.
    removed = older[: max(0, len(older) + 1 - keep)]
    for path in removed:
        path.unlink()
    return report, removed
