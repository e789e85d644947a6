"""What a monitor is told besides the requests: the store, its queue, the disk, the backups."""

import shutil
from dataclasses import dataclass
from datetime import datetime

from geoapp.core.errors import UnavailableError
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.last_backup import last_backup, last_base_backup
from geoapp.store.engine import Database
from geoapp.store.measures import Measures, measure
from geoapp.store.replica import ReplicaState
from geoapp.store.server import Archiver, archiver

__all__ = ["Archiver", "Measured", "Measures", "ReplicaState", "measure_all"]


@dataclass(frozen=True, slots=True)
class Measured:
    """``store`` is None while the database does not answer; ``disk_free_bytes`` is of the data folder.

    ``replica`` is None where there is none, or the database does not answer. ``backup_at`` is when
    the last whole backup was written from this data folder, and ``base_backup_at`` when the cluster
    was last copied beside its log, None for never. ``archiver`` is None where no log is kept.
    """

    store: Measures | None
    replica: ReplicaState | None
    disk_free_bytes: int | None
    backup_at: datetime | None
    base_backup_at: datetime | None = None
    archiver: Archiver | None = None


def measure_all(database: Database, settings: Settings) -> Measured:
    """Measure now. What cannot be measured is None, never 0."""
    try:
        with database.snapshot() as session:
            store = measure(session)
        replica = database.replica_state()
        kept = _archiver(database, settings)
    except UnavailableError:
        store, replica, kept = None, None, None
    try:
        free = shutil.disk_usage(settings.data).free
    except OSError:
        free = None
    moments = last_backup(settings), last_base_backup(settings)
    return Measured(store, replica, free, *moments, kept)


def _archiver(database: Database, settings: Settings) -> Archiver | None:
    if settings.wal_archive is None or settings.database_url is not None:
        return None
    with database.session() as session:
        return archiver(session)
