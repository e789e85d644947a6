"""Servers of stores that were there for a moment, whose process was killed before it could end them.

A restore to a moment, a drill and a crossing to another version each run a server on files of their
own in the data folder. Nothing else ends it, or finds its files, once they are killed.
"""

from pathlib import Path
from typing import Final

from geoapp.core.files import sweep
from geoapp.store.cluster.process import end_orphans, end_server

UNTIL: Final = ".geoapp-until-"
CHECK: Final = ".geoapp-check-"
MAJOR: Final = ".geoapp-major-"
_STOP_SECONDS: Final = 10.0
# Where a cluster lies in such a folder.
_CLUSTERS: Final = ("pg", "store/pg")


def end_left_over(folder: Path) -> None:
    """End the servers that were left over in a data folder, and remove their files.

    Raises
    ------
    OSError
        If one does not end, or its files cannot be reached.
    """
    for prefix in (UNTIL, CHECK, MAJOR):
        # The store of such a folder is started while its process holds that folder's lock.
        if not any(folder.glob(f"{prefix}*")):
            continue
        sweep(folder, prefix, end_servers_in)


def end_servers_in(work: Path) -> None:
    """End whatever server runs on files in a folder that nobody works in any more."""
    for cluster in (work / name for name in _CLUSTERS):
        end_server(cluster, None, _STOP_SECONDS)
        # One that does not say its own number, or was named by another path.
        end_orphans(cluster)
