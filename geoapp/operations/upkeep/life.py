"""Which life of the store a process answers from, so that no answer of a former one is taken for it.

Counters and numbers of runs go back when the store is brought back from a backup, and come again with
other data behind them. docs/decisions/0069-lives-of-the-store.md says more.
"""

import threading
import time
from typing import Final

from geoapp.store.engine import Database
from geoapp.store.life import begin_life, life_of

LOOK_SECONDS: Final = 0.25


class LifeKeeper:
    """Looks which life it is, at most every quarter of a second; for all threads."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database
        self._lock: Final = threading.Lock()
        self._known: str | None = None
        self._until = 0.0

    def now(self) -> str:
        """Return a text that no other life of this store, and no other store, has.

        Raises
        ------
        UnavailableError
            If the database does not answer; or it was just brought back and takes no writes.
        """
        with self._lock:
            if self._known is None or time.monotonic() >= self._until:
                self._known = self._look()
                self._until = time.monotonic() + LOOK_SECONDS
            return self._known

    def _look(self) -> str:
        with self._database.snapshot() as session:
            found = life_of(session)
        if found is None:
            with self._database.session() as session:
                begin_life(session)
                found = life_of(session)
        return str(found)
