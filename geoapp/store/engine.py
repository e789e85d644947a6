"""The store as one object: where it is, how to open a transaction, how to bring it up to date."""

import logging
import math
import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode
from weakref import WeakSet

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geoapp.core.acting import acting
from geoapp.core.errors import (
    FullDiskError,
    GeoappError,
    InvalidValueError,
    ReplicaLostError,
    UnavailableError,
)
from geoapp.core.i18n import Text
from geoapp.core.reading import reading
from geoapp.core.settings import Settings
from geoapp.store.cluster.cluster import Cluster
from geoapp.store.replica import Replica, ReplicaState
from geoapp.store.trouble import (
    DISK_IS_FULL,
    INSUFFICIENT_PRIVILEGE,
    READ_ONLY,
    named_trouble,
)

# Operations name the session that they pass on without knowing SQLAlchemy.
__all__ = [
    "Database",
    "Session",
    "open_database",
    "parse_database_url",
]

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5
# A machine that vanished says nothing; without these whoever asks it would wait for a quarter of an hour.
# One that is at work on a long question answers them: its kernel does.
PATIENCE: Final = {
    "connect_timeout": str(CONNECT_SECONDS),
    "tcp_user_timeout": "5000",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
}
POOL_SIZE = 5
POOL_OVERFLOW = 10
POOL_WAIT_SECONDS = 10.0
REVIVE_EVERY_SECONDS = 3.0
_SCHEMES = ("postgresql://", "postgres://", "postgresql+psycopg://")
_open_databases: "WeakSet[Database]" = WeakSet()


def _forget_connections() -> None:
    """Let a forked child make connections of its own instead of talking through its parent's."""
    for database in _open_databases:
        database.engine.dispose(close=False)
        if database.replica is not None:
            database.replica.forget()


os.register_at_fork(after_in_child=_forget_connections)


class Database:
    """The store. One per process; its methods may be called from any thread.

    Parameters
    ----------
    parameters
        libpq's connection parameters.
    cluster
        The private cluster that the parameters lead to, if it is one; started anew if it dies.
    pg_bin
        Where PostgreSQL's programs lie (``GEOAPP_PG_BIN``), for backups.
    read_parameters
        Those of a standby that answers what may be a moment old (`geoapp.core.reading`).
    read_lag_seconds
        How old that may be.
    """

    def __init__(
        self,
        parameters: Mapping[str, str],
        *,
        cluster: Cluster | None = None,
        pg_bin: Path | None = None,
        read_parameters: Mapping[str, str] | None = None,
        read_lag_seconds: float = 0.75,
    ) -> None:
        known = {**PATIENCE, "application_name": "geoapp"}
        self.parameters: dict[str, str] = known | dict(parameters)
        self.pg_bin = pg_bin
        self._cluster = cluster
        self.engine: Engine = create_engine(
            "postgresql+psycopg://",
            connect_args=self.parameters,
            # An error's text goes to the log; values may tell where somebody is.
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW,
            pool_timeout=POOL_WAIT_SECONDS,
        )
        self.replica = (
            None
            if read_parameters is None
            else Replica(read_parameters, self._single, lag_seconds=read_lag_seconds)
        )
        self._reviving = threading.Lock()
        self._revived_at = -math.inf
        self._has_no_room = False
        _open_databases.add(self)

    @property
    def conninfo(self) -> str:
        """Return libpq's connection string, password included: never show or log it."""
        return make_conninfo(**self.parameters)

    @property
    def url(self) -> str:
        """Return the address in the form of ``DATABASE_URL``, password included."""
        rest = {name: value for name, value in self.parameters.items() if value}
        name = rest.pop("dbname", "")
        return f"postgresql:///{quote(name, safe='')}?{urlencode(rest, quote_via=quote)}"

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open one transaction: committed at the end, rolled back on an error.

        Raises
        ------
        UnavailableError
            If the database does not answer, goes away before the end, or cannot be written to.
            Nothing was changed then, except in the rare case that the answer to the commit itself
            was lost.
        NotAllowedError
            If who acts is kept to regions, and something that was changed lies outside them.
        """
        what = reading()
        if what is not None:
            what.from_primary = True  # a replica might not have yet what is seen here
        with (
            named_trouble(INSUFFICIENT_PRIVILEGE, READ_ONLY),
            self._checkout() as connection,
            Session(connection, expire_on_commit=False) as session,
            session.begin(),
        ):
            _name_the_actor(session)
            yield session

    @contextmanager
    def snapshot(self, *, scratch: bool = False) -> Iterator[Session]:
        """Open a reading of one moment: what is committed meanwhile is not seen by any of its reads.

        For whatever needs more than one read: a result that mixes two versions of the store is wrong
        in a way that nobody can see. And for whatever changes nothing: where the present question
        may be answered from a replica (`geoapp.core.reading`), this is how it is.

        Parameters
        ----------
        scratch
            Whether temporary tables may be made; without them, the database refuses every write.

        Raises
        ------
        UnavailableError
            If the database does not answer, or goes away before the end.
        ReplicaLostError
            If it was a replica that did.
        """
        what = reading()
        held = None
        if self.replica is not None and what is not None and not (scratch or what.from_primary):
            held = self.replica.checkout(what.floor)
        if held is not None and what is not None and self.replica is not None:
            connection, position = held
            what.floor, what.from_replica = max(what.floor, position), True
            try:
                with self.replica.reading(connection):
                    yield from _snapshot_on(connection, scratch=False)
            except ReplicaLostError:
                what.from_primary = True
                raise
            return
        if what is not None:
            what.from_primary = True
        with (
            named_trouble(INSUFFICIENT_PRIVILEGE),
            self._checkout() as connection,
        ):
            yield from _snapshot_on(connection, scratch=scratch)

    def single(self, statement: str) -> object:
        """Return the one value of a statement that the primary runs.

        Raises
        ------
        UnavailableError
            If the database does not answer.
        """
        with named_trouble(INSUFFICIENT_PRIVILEGE):
            return self._single(statement)

    def _single(self, statement: str) -> object:
        with self._checkout() as connection:
            return connection.exec_driver_sql(statement).scalar_one()

    def replica_state(self) -> ReplicaState | None:
        """Ask how the replica is; None where there is none.

        Raises
        ------
        UnavailableError
            If the primary does not answer.
        """
        if self.replica is None:
            return None
        with named_trouble(INSUFFICIENT_PRIVILEGE):
            return self.replica.state()

    def position(self) -> int:
        """Return the position of the log after whatever was committed before.

        Raises
        ------
        UnavailableError
            If the database does not answer.
        """
        return int(str(self.single("select pg_current_wal_insert_lsn() - '0/0'")))

    def _checkout(self) -> Connection:
        try:
            return self.engine.connect()
        except DBAPIError:
            if not self._revive():
                raise
            return self.engine.connect()

    def _revive(self) -> bool:
        """Start the private server again if it died, at most once in a few seconds.

        Raises
        ------
        FullDiskError
            If it lacks the room to start.
        """
        if self._cluster is None:
            return False
        with self._reviving:
            if time.monotonic() - self._revived_at < REVIVE_EVERY_SECONDS:
                # Another thread has just tried.
                if self._has_no_room:
                    raise FullDiskError(DISK_IS_FULL)
                return True
            self._has_no_room = False
            if self._cluster.pid is None:
                log.warning("the database server is gone; starting it again")
            try:
                self._cluster.start()
            except FullDiskError as error:
                log.error("the database server does not start: %s", error.text.en)
                self._has_no_room = True
                raise FullDiskError(DISK_IS_FULL) from error  # without the folder's name
            except GeoappError as error:
                log.error("the database server does not start: %s", error.text.en)
                return False
            finally:
                self._revived_at = time.monotonic()
            return True

    def trouble(self) -> UnavailableError | None:
        """Return why the database does not answer; None if it does.

        A private server that died is started again.
        """
        found = None
        for _ in range(2):  # the first may meet a connection that is about to break
            try:
                with self.session() as session:
                    session.execute(text("select 1"))
            except UnavailableError as error:
                found = error
                continue
            return None
        return found

    def is_alive(self) -> bool:
        """Tell whether the database answers; a private server that died is started again."""
        return self.trouble() is None

    def close(self) -> None:
        """Give back every connection; stop the private server if nobody else uses it."""
        self.engine.dispose()
        if self.replica is not None:
            self.replica.engine.dispose()
        if self._cluster is not None:
            self._cluster.stop()


def _snapshot_on(connection: Connection, *, scratch: bool) -> Iterator[Session]:
    # Both are taken back when the connection returns to the pool.
    connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=not scratch)
    with Session(connection, expire_on_commit=False) as session, session.begin():
        yield session


_NAME_THE_ACTOR = text(
    "select set_config('geoapp.via', :via, true), set_config('geoapp.actor', :actor, true), "
    "set_config('geoapp.role', :role, true), set_config('geoapp.reason', :reason, true), "
    "set_config('geoapp.undoes', :undoes, true), set_config('geoapp.import_id', :import_id, true), "
    "set_config('geoapp.regions', :regions, true), set_config('geoapp.api_key', :api_key, true)"
)


def _name_the_actor(session: Session) -> None:
    """Tell the database who acts, for this transaction alone.

    Its log writes it down, and its triggers keep the account to its regions.
    """
    who = acting()
    if who is None:
        return
    said = {
        "via": who.via,
        "actor": who.actor,
        "role": who.role,
        "reason": who.reason,
        "undoes": who.undoes,
        "import_id": who.import_id,
        "api_key": who.api_key,
        "regions": "\x1f".join(who.regions),
    }
    session.execute(
        _NAME_THE_ACTOR,
        {name: "" if value is None else str(value) for name, value in said.items()},
    )


def parse_database_url(url: str, setting: str = "DATABASE_URL") -> dict[str, str]:
    """Return libpq's parameters of a ``DATABASE_URL``, or of another setting of this form.

    Raises
    ------
    InvalidValueError
        If it is none of PostgreSQL's; its text does not repeat a password.
    """
    scheme = next((scheme for scheme in _SCHEMES if url.startswith(scheme)), None)
    accepted = Text(
        "postgresql://用户:密码@主机:端口/数据库", "postgresql://user:password@host:port/database"
    )
    if scheme is None:
        shown = url.partition("://")[0] if "://" in url else ""
        raise InvalidValueError(setting, f"{shown}…", accepted)
    try:
        found = conninfo_to_dict(f"postgresql://{url.removeprefix(scheme)}")
    except psycopg.ProgrammingError:
        raise InvalidValueError(setting, f"{scheme}…", accepted) from None
    return {name: str(value) for name, value in found.items() if value is not None}


def open_database(settings: Settings) -> Database:
    """Return the store of these settings: ``DATABASE_URL``, else the private cluster, started.

    An address of one's own is not tried here, so that the service starts and waits for it.

    Raises
    ------
    MissingPartError
        If PostgreSQL with PostGIS is needed and not installed.
    UnavailableError
        If the private cluster does not start.
    """
    if settings.database_url:
        read_url = settings.database_read_url
        return Database(
            parse_database_url(settings.database_url),
            pg_bin=settings.pg_bin,
            read_parameters=None
            if read_url is None
            else parse_database_url(read_url, "DATABASE_READ_URL"),
            read_lag_seconds=settings.read_lag_seconds,
        )
    cluster = Cluster(settings.data, pg_bin=settings.pg_bin, archive=settings.wal_archive)
    cluster.start()
    return Database(cluster.parameters(), cluster=cluster, pg_bin=settings.pg_bin)
