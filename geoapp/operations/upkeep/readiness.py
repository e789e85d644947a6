"""Can the service do its work now: the database answers, has our tables, and can be written to."""

import logging
import threading
import time
from dataclasses import dataclass
from typing import Final

from geoapp.core.errors import UnavailableError
from geoapp.core.i18n import Text
from geoapp.store.engine import Database
from geoapp.store.migrate import Fit, fit_of
from geoapp.store.server import cannot_write

log = logging.getLogger(__name__)

WRITE_EVERY_SECONDS: Final = 10.0
_NOT_FIT: Final = {
    Fit.OLDER: Text(
        "数据库的表结构不是最新的：请运行 geoapp init。",
        "The tables of the store are not up to date: run geoapp init.",
    ),
    Fit.NEWER: Text(
        "数据库的表结构属于更新版本的 geoapp：请升级这一个。",
        "The tables of the store are those of a newer geoapp: upgrade this one.",
    ),
}


@dataclass(frozen=True, slots=True)
class ReadyState:
    """Whether the database answers, is up to date and can be written to; and why not."""

    database: bool
    migrated: bool
    writable: bool
    cause: Text | None

    @property
    def ready(self) -> bool:
        """Whether all is as it should be."""
        return self.cause is None


class Readiness:
    """Looks whether the service can do its work; may be asked often, and from any thread.

    Parameters
    ----------
    write_every_seconds
        How long what a write showed stands for the present.
    """

    def __init__(
        self, database: Database, *, write_every_seconds: float = WRITE_EVERY_SECONDS
    ) -> None:
        self._database = database
        self._every_seconds = write_every_seconds
        self._lock = threading.Lock()
        self._cannot_write: Text | None = None
        self._written_at: float | None = None
        self._said: Text | None = None

    def look(self) -> ReadyState:
        """Look now; the log says when it is no longer ready, why, and when it is again."""
        state = self._look()
        if state.cause != self._said:
            self._said = state.cause
            if state.cause is None:
                log.warning("ready again")
            else:
                log.error("not ready: %s", state.cause.en)
        return state

    def _look(self) -> ReadyState:
        away = self._database.trouble()
        if away is not None:
            return ReadyState(False, False, False, away.text)
        try:
            fit = fit_of(self._database)
        except UnavailableError as error:
            return ReadyState(False, False, False, error.text)
        cannot_write = self._try_to_write()
        cause = cannot_write or _NOT_FIT.get(fit)
        return ReadyState(True, fit is Fit.FIT, cannot_write is None, cause)

    def _try_to_write(self) -> Text | None:
        """Return why nothing can be written, as of now or of a moment ago."""
        with self._lock:
            now = time.monotonic()
            if self._written_at is None or now - self._written_at >= self._every_seconds:
                self._cannot_write = cannot_write(self._database)
                self._written_at = now
            return self._cannot_write
