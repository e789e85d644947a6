"""The store as one object: where it is, how to open a transaction, how to bring it up to date."""

import logging
import math
import os
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode
from weakref import WeakSet

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from geoapp.core.acting import acting
from geoapp.core.errors import GeoappError, InvalidValueError, UnavailableError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.store.cluster.cluster import Cluster

# Operations name the session that they pass on without knowing SQLAlchemy.
__all__ = [
    "Database",
    "Session",
    "is_connection_loss",
    "named_trouble",
    "open_database",
    "parse_database_url",
]

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5
POOL_SIZE = 5
POOL_OVERFLOW = 10
POOL_WAIT_SECONDS = 10.0
REVIVE_EVERY_SECONDS = 3.0
_SCHEMES = ("postgresql://", "postgres://", "postgresql+psycopg://")
# A connection that is lost or refused, an administrator's shutdown, and no room for another one.
_AWAY = ("08", "57P01", "57P02", "57P03", "53")

_INSUFFICIENT_PRIVILEGE = "42501"
_READ_ONLY = "25006"
# What is not over by itself in a moment: a full disk, a limit of the configuration.
_LASTING = ("53100", "53400")

_UNREACHABLE = Text(
    "数据库暂时无法连接，请稍后再试。", "The database does not answer now; try again later."
)
# PostgreSQL's class 53, insufficient resources: it answers, and says what it is short of.
_SHORT_OF = {
    "53100": Text(
        "数据库所在的磁盘已满，无法写入；请联系管理员清理磁盘。",
        "The disk of the database is full, so that nothing can be written; tell the operator.",
    ),
    "53200": Text(
        "数据库内存不足，请稍后再试，或联系管理员。",
        "The database is out of memory; try again later, or tell the operator.",
    ),
    "53300": Text(
        "数据库的连接数已满，请稍后再试，或联系管理员。",
        "The database has too many connections; try again later, or tell the operator.",
    ),
    "53": Text(
        "数据库的资源不足，请稍后再试，或联系管理员。",
        "The database is short of resources; try again later, or tell the operator.",
    ),
}

# The driver has no code for what a server says while it is being connected to, only its words; they are
# English unless the server was set to speak otherwise, and then the sentence is the plain one.
_REFUSED = (
    (
        re.compile(r"password authentication failed|no password supplied"),
        Text(
            "数据库不接受这个用户名或密码：请检查 DATABASE_URL。",
            "The database does not accept this user or password: check DATABASE_URL.",
        ),
    ),
    (
        re.compile(
            r'role ".*" does not exist|role ".*" is not permitted to log in|no pg_hba\.conf entry'
        ),
        Text(
            "数据库里没有这个用户，或不许它从这里连接：请检查 DATABASE_URL 和服务器的 pg_hba.conf。",
            "The database has no such user, or lets it in from elsewhere only: check DATABASE_URL and "
            "the server's pg_hba.conf.",
        ),
    ),
    (
        re.compile(r'database ".*" does not exist'),
        Text(
            "服务器上没有这个名称的数据库：请检查 DATABASE_URL，或先建库（createdb）。",
            "The server has no database of this name: check DATABASE_URL, or create it (createdb).",
        ),
    ),
    (
        re.compile(r"permission denied for database"),
        Text(
            "数据库用户没有连接这个库的权限：请授予权限（grant connect）。",
            "The user may not connect to this database: grant it the right (grant connect).",
        ),
    ),
)
# What may be over in a moment: a server that is not there yet, or is busy.
_MAY_PASS = (
    (re.compile(r"too many (clients|connections)|connection slots"), _SHORT_OF["53300"]),
    (
        re.compile(
            r"[Cc]onnection refused|Is the server running|could not translate|resolve|timeout expired|No route"
        ),
        Text(
            "数据库暂时无法连接：这个地址和端口没有应答。设了 DATABASE_URL 的，请检查；否则请稍后再试。",
            "The database does not answer now at this address and port. Check DATABASE_URL if it is "
            "set; otherwise try again later.",
        ),
    ),
)
_ACCEPTS_NO_WRITES = Text(
    "数据库是只读的，无法写入；请联系管理员（default_transaction_read_only，或连到了备用服务器）。",
    "The database is read-only, so that nothing can be written; tell the operator "
    "(default_transaction_read_only, or a standby server).",
)
_NO_RIGHTS = Text(
    "数据库用户没有所需的权限：请让它成为库的所有者，或授予权限（grant）。",
    "The user of the database lacks rights that are needed: make it the owner, or grant them.",
)

_open_databases: "WeakSet[Database]" = WeakSet()


def _forget_connections() -> None:
    """Let a forked child make connections of its own instead of talking through its parent's."""
    for database in _open_databases:
        database.engine.dispose(close=False)


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
    """

    def __init__(
        self,
        parameters: Mapping[str, str],
        *,
        cluster: Cluster | None = None,
        pg_bin: Path | None = None,
    ) -> None:
        known = {"connect_timeout": str(CONNECT_SECONDS), "application_name": "geoapp"}
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
        self._reviving = threading.Lock()
        self._revived_at = -math.inf
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
        """
        with (
            named_trouble(_INSUFFICIENT_PRIVILEGE, _READ_ONLY),
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
        in a way that nobody can see.

        Parameters
        ----------
        scratch
            Whether temporary tables may be made; without them, the database refuses every write.

        Raises
        ------
        UnavailableError
            If the database does not answer, or goes away before the end.
        """
        with (
            named_trouble(_INSUFFICIENT_PRIVILEGE),
            self._checkout() as connection,
        ):
            # Both are taken back when the connection returns to the pool.
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=not scratch
            )
            with Session(connection, expire_on_commit=False) as session, session.begin():
                yield session

    def _checkout(self) -> Connection:
        try:
            return self.engine.connect()
        except DBAPIError:
            if not self._revive():
                raise
            return self.engine.connect()

    def _revive(self) -> bool:
        """Start the private server again if it died, at most once in a few seconds."""
        if self._cluster is None:
            return False
        with self._reviving:
            if time.monotonic() - self._revived_at < REVIVE_EVERY_SECONDS:
                return True  # another thread has just tried
            if self._cluster.pid is None:
                log.warning("the database server is gone; starting it again")
            try:
                self._cluster.start()
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
        if self._cluster is not None:
            self._cluster.stop()


_NAME_THE_ACTOR = text(
    "select set_config('geoapp.via', :via, true), set_config('geoapp.actor', :actor, true), "
    "set_config('geoapp.role', :role, true), set_config('geoapp.reason', :reason, true), "
    "set_config('geoapp.undoes', :undoes, true), set_config('geoapp.import_id', :import_id, true)"
)


def _name_the_actor(session: Session) -> None:
    """Tell the database who acts, for this transaction alone: its log writes it down."""
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
    }
    session.execute(
        _NAME_THE_ACTOR,
        {name: "" if value is None else str(value) for name, value in said.items()},
    )


def is_connection_loss(error: BaseException) -> bool:
    """Tell whether an error of the driver means that the database is away, not that we erred."""
    if isinstance(error, PoolTimeoutError):
        return True
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or (
            error.orig is not None and is_connection_loss(error.orig)
        )
    if isinstance(error, psycopg.OperationalError):
        return error.sqlstate is None or error.sqlstate.startswith(_AWAY)
    return False


@contextmanager
def named_trouble(*states: str) -> Iterator[None]:
    """Say of the driver's errors within the block what is the matter with the database.

    Parameters
    ----------
    states
        Further SQLSTATEs that are the database's trouble here, and no error of ours.

    Raises
    ------
    UnavailableError
        In place of an error that means that the database cannot serve.
    """
    try:
        yield
    except (DBAPIError, PoolTimeoutError, psycopg.OperationalError) as error:
        if not is_connection_loss(error) and _state(error) not in states:
            raise
        raise _unavailable(error) from error


def _state(error: BaseException) -> str:
    driver = error.orig if isinstance(error, DBAPIError) else error
    return getattr(driver, "sqlstate", None) or ""


def _unavailable(error: BaseException) -> UnavailableError:
    """Return what to say of a database that cannot serve now, and whether waiting may help."""
    state, said = _state(error), str(error)
    if state == _INSUFFICIENT_PRIVILEGE:
        return UnavailableError(_NO_RIGHTS)
    if state == _READ_ONLY:
        return UnavailableError(_ACCEPTS_NO_WRITES)
    short_of = _SHORT_OF.get(state) or _SHORT_OF.get(state[:2])
    if short_of is not None:
        return UnavailableError(short_of, may_pass=state not in _LASTING)
    if not state:
        for known, may_pass in ((_REFUSED, False), (_MAY_PASS, True)):
            for pattern, sentence in known:
                if pattern.search(said):
                    return UnavailableError(sentence, may_pass=may_pass)
    return UnavailableError(_UNREACHABLE, may_pass=True)


def parse_database_url(url: str) -> dict[str, str]:
    """Return libpq's parameters of a ``DATABASE_URL``.

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
        raise InvalidValueError("DATABASE_URL", f"{shown}…", accepted)
    try:
        found = conninfo_to_dict(f"postgresql://{url.removeprefix(scheme)}")
    except psycopg.ProgrammingError:
        raise InvalidValueError("DATABASE_URL", f"{scheme}…", accepted) from None
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
        return Database(parse_database_url(settings.database_url), pg_bin=settings.pg_bin)
    cluster = Cluster(settings.data, pg_bin=settings.pg_bin)
    cluster.start()
    return Database(cluster.parameters(), cluster=cluster, pg_bin=settings.pg_bin)
