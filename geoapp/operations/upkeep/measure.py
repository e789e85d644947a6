"""What a monitor is told besides the requests: the store, its queue, the disk, the backups."""

import shutil
from dataclasses import dataclass
from datetime import datetime

from geoapp.core.errors import UnavailableError
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.last_backup import last_backup
from geoapp.store.engine import Database
from geoapp.store.measures import Measures, measure
from geoapp.store.replica import ReplicaState

__all__ = ["Measured", "Measures", "ReplicaState", "measure_all"]


@dataclass(frozen=True, slots=True)
class Measured:
    """``store`` is None while the database does not answer; ``disk_free_bytes`` is of the data folder.

    ``replica`` is None where there is none, or the database does not answer. ``backup_at`` is when
    the last whole backup was written from this data folder, None for never.
    """

    store: Measures | None
    replica: ReplicaState | None
    disk_free_bytes: int | None
    backup_at: datetime | None


def measure_all(database: Database, settings: Settings) -> Measured:
    """Measure now. What cannot be measured is None, never 0."""
    try:
        with database.snapshot() as session:
            store = measure(session)
        replica = database.replica_state()
    except UnavailableError:
        store, replica = None, None
    try:
        free = shutil.disk_usage(settings.data).free
    except OSError:
        free = None
    return Measured(store, replica, free, last_backup(settings))
