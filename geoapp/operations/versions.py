"""The counters of the data as a process knows them, for what is asked hundreds of times in a second."""

import threading
import time
from collections.abc import Mapping
from typing import Final

from geoapp.store.engine import Database
from geoapp.store.facilities.read import data_versions

LOOK_SECONDS: Final = 0.25


class VersionKeeper:
    """Looks which versions there are, at most every quarter of a second; for all threads.

    So an edit by any process is seen by all within a second, as `nearest` does it. Where a replica
    answers, each question is asked of the store: how far it must have come is the question's own.
    """

    def __init__(self, database: Database) -> None:
        self._database: Final = database
        self._lock: Final = threading.Lock()
        self._known: Mapping[str, int] = {}
        self._until = 0.0

    def now(self) -> Mapping[str, int]:
        """Return all counters by name, as they were no longer ago than `LOOK_SECONDS`.

        Raises
        ------
        UnavailableError
            If the database does not answer.
        """
        if self._database.replica is not None:
            return self._look()
        with self._lock:
            asked = time.monotonic()
            if asked >= self._until:
                self._known = self._look()
                self._until = asked + LOOK_SECONDS
            return self._known

    def _look(self) -> Mapping[str, int]:
        with self._database.snapshot() as session:
            return data_versions(session)
