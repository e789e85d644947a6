"""A standby that answers readings: when it may be asked, how far it is behind, and when it is not asked.

PostgreSQL replicates; here it is only decided whom to ask. Every quarter of the limit a process notes
the position of the primary's log. A standby that has replayed what the primary had written at a
moment holds every change that was answered as saved before that moment: so no clocks of two machines
are compared, and a standby that is cut off from its primary is found out, though it believes itself
up to date.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import psycopg
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from geoapp.core.errors import ReplicaLostError
from geoapp.core.i18n import Text
from geoapp.store.trouble import is_connection_loss, is_refused

log = logging.getLogger(__name__)

CONNECT_SECONDS: Final = 3
# Nobody waits long for a standby: the primary is there.
POOL_WAIT_SECONDS: Final = 0.5
REST_SECONDS: Final = 2.0
# Who asks how it is waits no longer to learn whether it catches up; with a greater limit it is not said.
JUDGE_SECONDS: Final = 3.0
# A machine that vanished says nothing; without these its connections would wait for minutes.
_PATIENCE: Final = {
    "connect_timeout": str(CONNECT_SECONDS),
    "tcp_user_timeout": "3000",
    "keepalives_idle": "2",
    "keepalives_interval": "1",
    "keepalives_count": "3",
}
_REPLAYED: Final = "select case when pg_is_in_recovery() then pg_last_wal_replay_lsn() - '0/0' end"
# A primary's; what another session was told is saved lies before it.
WRITTEN: Final = (
    "select case when not pg_is_in_recovery() then pg_current_wal_flush_lsn() - '0/0' end"
)
# The server's, and the database's on it: a standby holds every database of its primary.
IDENTITY: Final = (
    "select system_identifier || '/' || (select oid from pg_database where datname = current_database())"
    " from pg_control_system()"
)

_NOT_TRIED: Final = Text("还没有试过", "not tried yet")
_NO_STANDBY: Final = Text(
    "DATABASE_READ_URL 指的不是备用服务器（它自己能写）：请改正，或去掉这项设置。",
    "DATABASE_READ_URL leads to no standby (it takes writes itself): mend it, or leave it out.",
)
_ANOTHER: Final = Text(
    "DATABASE_READ_URL 指的是另一台服务器的备用服务器，或另一个库：请改正。",
    "DATABASE_READ_URL leads to a standby of another server, or to another database: mend it.",
)
_NO_PRIMARY: Final = Text(
    "DATABASE_URL 指的是备用服务器，读写都到不了主服务器：请改正。",
    "DATABASE_URL leads to a standby, so that nothing reaches the primary: mend it.",
)
_REFUSED: Final = Text(
    "副本不接受这个用户、密码或库名，查询由主库回答：请检查 DATABASE_READ_URL 和副本的 pg_hba.conf。",
    "The replica does not accept this user, password or database; the primary answers: check "
    "DATABASE_READ_URL and the standby's pg_hba.conf.",
)
_BEHIND: Final = Text(
    "副本落后太多，查询由主库回答；追上后自动恢复。不追上的，看它的日志、复制连接和 pg_is_wal_replay_paused()",
    "The replica is too far behind; the primary answers until it has caught up. Where it does not, look at its "
    "log, its connection to the primary and pg_is_wal_replay_paused()",
)
_AWAY: Final = Text(
    "副本没有应答，查询由主库回答；它回来后自动恢复。",
    "The replica does not answer; the primary answers until it does.",
)


@dataclass(frozen=True, slots=True)
class ReplicaState:
    """Whether the replica may be asked; ``behind_bytes`` of the log it lacks, None where unknown."""

    cause: Text | None
    behind_bytes: int | None

    @property
    def fit(self) -> bool:
        """Whether it may be asked."""
        return self.cause is None

    @property
    def text(self) -> Text:
        """How it is, in a sentence."""
        if self.cause is not None and self.behind_bytes:
            return Text(
                f"{self.cause.zh}（晚 {self.behind_bytes:,} 字节的日志）",
                f"{self.cause.en} ({self.behind_bytes:,} bytes of the log behind)",
            )
        if self.cause is not None:
            return self.cause
        if not self.behind_bytes:
            return Text("可用，和主库一致", "answers readings; as the primary")
        return Text(
            f"可用，比主库晚 {self.behind_bytes:,} 字节的日志",
            f"answers readings; {self.behind_bytes:,} bytes of the log behind the primary",
        )


class Replica:
    """The standby of ``DATABASE_READ_URL``. One per process; for any thread.

    Parameters
    ----------
    parameters
        libpq's connection parameters.
    ask_primary
        Runs one statement on the primary and returns its single value.
    lag_seconds
        How old, at most, what it answers may be.
    """

    def __init__(
        self,
        parameters: Mapping[str, str],
        ask_primary: Callable[[str], object],
        *,
        lag_seconds: float,
    ) -> None:
        self.parameters = _PATIENCE | {"application_name": "geoapp"} | dict(parameters)
        self.lag_seconds = lag_seconds
        self._ask_primary = ask_primary
        self.engine: Engine = create_engine(
            "postgresql+psycopg://",
            connect_args=self.parameters,
            hide_parameters=True,
            pool_timeout=POOL_WAIT_SECONDS,
            pool_size=5,
            max_overflow=10,
        )
        self._notes: deque[tuple[float, int]] = deque()
        self.forget()

    def forget(self) -> None:
        """Let a forked child begin anew: its parent's connections and threads are not its own."""
        self.engine.dispose(close=False)
        self._noting, self._trying = threading.Lock(), threading.Lock()
        self._notes.clear()
        self._fit = False
        self._cause: Text | None = _NOT_TRIED
        self._again_at = 0.0
        self._is_behind = False

    @contextmanager
    def reading(self, connection: Connection) -> Iterator[None]:
        """Read on a connection that `checkout` gave; it is given back at the end.

        Raises
        ------
        ReplicaLostError
            If the database is to blame, whatever it says: the primary says it again, or does better.
        """
        try:
            with connection:
                yield
        except (DBAPIError, psycopg.Error) as error:
            if is_connection_loss(error):
                self._leave(_AWAY, error)
            raise ReplicaLostError from error

    def checkout(self, floor: int) -> tuple[Connection, int] | None:
        """Return a connection that holds the log up to ``floor`` and all of a moment ago; and its position.

        None where the primary must be asked: while the replica is behind, away, or not tried yet.
        """
        if not self._is_usable():
            return None
        try:
            newest = self._needed()
        except (DBAPIError, PoolTimeoutError, psycopg.Error):
            return None  # the primary itself says what is the matter with it
        if newest is None:
            self._leave(_NO_PRIMARY, None)
            return None
        needed = max(floor, newest)
        try:
            connection = self.engine.connect()
        except (DBAPIError, PoolTimeoutError) as error:
            self._leave(_AWAY, error)
            return None
        try:
            # Before the transaction begins, which sees at least as much.
            position = _whole(_single(_raw(connection), _REPLAYED))
        except psycopg.Error as error:
            connection.invalidate()
            connection.close()
            self._leave(_AWAY, error)
            return None
        if position is None or position < needed:
            connection.close()
            if position is None:
                self._leave(_NO_STANDBY, None)
            self._tell_behind(True)
            return None
        self._tell_behind(False)
        return connection, position

    def state(self) -> ReplicaState:
        """Ask now how it is; tries it, if that was not done yet.

        Where it is behind, this waits for as long as it may be, to tell whether it answers at all.

        Raises
        ------
        DBAPIError
            If the primary does not answer.
        """
        self._try()
        if not self._fit:
            return ReplicaState(self._cause, None)
        written = _whole(self._ask_primary(WRITTEN))
        replayed = self._replayed()
        if written is None or replayed is None:
            return ReplicaState(self._cause, None)
        behind, now = written - replayed, time.monotonic()
        until, given_up = now + self.lag_seconds, now + min(self.lag_seconds, JUDGE_SECONDS)
        while replayed < written and time.monotonic() < given_up:
            time.sleep(self.lag_seconds / 10)
            replayed = self._replayed()
            if replayed is None:
                return ReplicaState(self._cause, None)
        is_late = replayed < written and time.monotonic() >= until
        return ReplicaState(_BEHIND if is_late else self._cause, max(0, behind))

    def _replayed(self) -> int | None:
        """Return how far it has come, however far behind that is."""
        try:
            with psycopg.connect(**self.parameters, autocommit=True) as raw:  # type: ignore[arg-type]
                return _whole(_single(raw, _REPLAYED))
        except psycopg.Error as error:
            self._leave(_AWAY, error)
            return None

    def _needed(self) -> int | None:
        """Return the position that the primary's log had at a moment within the limit."""
        with self._noting:
            now = time.monotonic()
            while self._notes and now - self._notes[0][0] > self.lag_seconds:
                self._notes.popleft()
            if not self._notes or now - self._notes[-1][0] >= self.lag_seconds / 4:
                written = _whole(self._ask_primary(WRITTEN))
                if written is None:
                    return None
                self._notes.append((now, written))
            return self._notes[0][1]

    def _is_usable(self) -> bool:
        if self._fit:
            return True
        # Tried in a thread of its own: nobody's question waits for a machine that is away.
        if time.monotonic() >= self._again_at and not self._trying.locked():
            threading.Thread(target=self._try, name="geoapp-replica", daemon=True).start()
        return False

    def _try(self) -> None:
        """Look whether it is a standby of the primary; log what has changed."""
        if not self._trying.acquire(blocking=False):
            return
        try:
            if self._fit:
                return
            cause, why = None, None
            try:
                with psycopg.connect(**self.parameters, autocommit=True) as raw:  # type: ignore[arg-type]
                    if _single(raw, _REPLAYED) is None:
                        cause = _NO_STANDBY
                    elif _single(raw, IDENTITY) != self._ask_primary(IDENTITY):
                        cause = _ANOTHER
                    elif self._ask_primary(WRITTEN) is None:
                        cause = _NO_PRIMARY
            except (DBAPIError, PoolTimeoutError, psycopg.Error) as error:
                cause, why = _REFUSED if is_refused(error) else _AWAY, error
            if cause is None:
                if self._cause is not _NOT_TRIED:
                    log.warning("the replica is asked again")
                self._fit, self._cause = True, None
            else:
                self._leave(cause, why)
        finally:
            self._trying.release()

    def _leave(self, cause: Text, error: BaseException | None) -> None:
        """Do not ask it for a while."""
        self._fit, self._again_at = False, time.monotonic() + REST_SECONDS
        self.engine.dispose()
        if self._cause != cause:
            said = "" if error is None else f" ({type(error).__name__})"
            log.warning("the replica is not asked: %s%s", cause.en, said)
        self._cause = cause

    def _tell_behind(self, behind: bool) -> None:
        if behind != self._is_behind:
            self._is_behind = behind
            log.info("the replica is %s", "behind; the primary answers" if behind else "up to date")


def _whole(value: object) -> int | None:
    """Return a position, which the driver gives as a decimal number."""
    return None if value is None else int(str(value))


def _raw(connection: Connection) -> psycopg.Connection[tuple[object, ...]]:
    raw = connection.connection.driver_connection
    if not isinstance(raw, psycopg.Connection):
        raise TypeError(type(raw))
    return raw


def _single(raw: psycopg.Connection[tuple[object, ...]], statement: str) -> object:
    """Return the one value of a statement, in no transaction that would outlive it."""
    before, raw.autocommit = raw.autocommit, True
    try:
        row = raw.execute(statement.encode()).fetchone()
    finally:
        if not raw.closed:
            raw.autocommit = before
    return None if row is None else row[0]
