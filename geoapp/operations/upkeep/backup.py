"""Keep the whole store in one file, and get it back."""

from dataclasses import dataclass
from pathlib import Path

from geoapp.store import backup as store_backup
from geoapp.store.engine import Database
from geoapp.store.migrate import current_revision, head_revision, migrate


@dataclass(frozen=True, slots=True)
class BackupReport:
    """A backup that was written."""

    path: Path
    size_bytes: int


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """A backup that was restored: its tables' revision, and the one they were brought to."""

    path: Path
    revision: str
    migrated_to: str


def backup(database: Database, path: Path) -> BackupReport:
    """Write the whole store to a file in pg_dump's custom format, while it is in use.

    The file holds users' password hashes; only its owner can read it.

    Raises
    ------
    InvalidValueError, MissingPartError, UnavailableError
        As in `geoapp.store.backup.dump`; an older file of this name is untouched then.
    """
    store_backup.dump(database, path)
    return BackupReport(path=path, size_bytes=path.stat().st_size)


def restore(database: Database, path: Path, force: bool = False) -> RestoreReport:
    """Fill the store from a backup and bring its tables up to date.

    Parameters
    ----------
    force
        Replace what is stored; without it a store that holds data is refused.

    Raises
    ------
    UnusableInputError, ConflictError, MissingPartError, UnavailableError
        As in `geoapp.store.backup.restore`; the store is as before then.
    """
    store_backup.restore(database, path, force=force)
    revision = current_revision(database)
    migrate(database)
    return RestoreReport(path=path, revision=revision or "", migrated_to=head_revision())
