"""The schema of the store, brought up to date.

A migration whose module says ``expands = True`` only adds: the version of geoapp before it goes on
beside the new one. ``schema_serves`` names every revision whose geoapp works with the tables as they are.
"""

from enum import Enum
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from geoapp.core.errors import MissingPartError, UnavailableError
from geoapp.core.i18n import Text
from geoapp.store.engine import Database
from geoapp.store.trouble import is_connection_loss

MIGRATIONS = Path(__file__).resolve().parent / "migrations"


_MIGRATE_LOCK = 7_305_807_042  # any constant that nothing else in the database uses


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


@cache
def head_revision() -> str:
    """Return the revision that this version of geoapp needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise LookupError(f"no migrations in {MIGRATIONS}")
    return head


@cache
def known_revisions() -> frozenset[str]:
    """Return every revision that this version of geoapp can bring up to date."""
    script = ScriptDirectory.from_config(_config())
    return frozenset(step.revision for step in script.walk_revisions())


@cache
def serving_revisions() -> frozenset[str]:
    """Return the revisions whose geoapp still works with the tables that this version needs."""
    script = ScriptDirectory.from_config(_config())
    step = script.get_revision(head_revision())
    serving = {step.revision}
    while getattr(step.module, "expands", False) and isinstance(step.down_revision, str):
        step = script.get_revision(step.down_revision)
        serving.add(step.revision)
    return frozenset(serving)


class Fit(Enum):
    """How the store's tables stand to this version of geoapp."""

    FIT = "fit"
    OLDER = "older"
    NEWER = "newer"


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def current_revision(database: Database) -> str | None:
    """Return the store's revision, or None if it was never made ready."""
    with database.session() as session:
        return _revision(session.connection())


def fit_of(database: Database) -> Fit:
    """Tell whether this version of geoapp can use the store's tables, and if not, which is the older."""
    with database.session() as session:
        return _fit(session.connection())


def _fit(connection: Connection) -> Fit:
    found = _revision(connection)
    if found == head_revision():
        return Fit.FIT
    if found is None or found in known_revisions():
        return Fit.OLDER
    serves = connection.scalar(
        text(
            "select exists (select from schema_serves where revision = :mine and tables = :found)"
        ),
        {"mine": head_revision(), "found": found},
    )
    return Fit.FIT if serves else Fit.NEWER


def goes_on(database: Database) -> bool:
    """Tell whether the geoapp that uses these older tables goes on after they were brought up to date."""
    return current_revision(database) in serving_revisions()


def migrate(database: Database) -> None:
    """Make or update the tables, in one transaction; two processes at once do not collide.

    Raises
    ------
    MissingPartError
        If the database has no PostGIS or no pg_trgm and this user cannot add it.
    UnavailableError
        If the database does not answer, or was made by a newer geoapp.
    """
    if fit_of(database) is Fit.FIT:
        return
    with database.session() as session:
        connection = session.connection()
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _MIGRATE_LOCK})
        fit = _fit(connection)
        if fit is Fit.FIT:
            return
        if fit is Fit.NEWER:
            raise UnavailableError(newer_text(_revision(connection)))
        require_extensions(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.execute(text("delete from schema_serves"))
        connection.execute(
            text("insert into schema_serves (revision, tables) values (:revision, :head)"),
            [{"revision": one, "head": head_revision()} for one in sorted(serving_revisions())],
        )


def newer_text(revision: str | None) -> Text:
    """Say that a newer geoapp has brought the tables up to date, which this one cannot use."""
    return Text(
        f"数据库由更新版本的 geoapp 建立（版本 {revision}）；请升级 geoapp。",
        f"The store was made by a newer geoapp (revision {revision}); upgrade geoapp.",
    )


def require_extensions(connection: Connection) -> None:
    """Add what the tables need of the server, unless it is there.

    Raises
    ------
    MissingPartError
        If the server has it not, or this user cannot add it.
    """
    _require_postgis(connection)
    _require_trigrams(connection)


def _require_trigrams(connection: Connection) -> None:
    """Add ``pg_trgm``, by which names are searched; it comes with PostgreSQL's contrib modules."""
    try:
        connection.execute(text("create extension if not exists pg_trgm"))
    except DBAPIError as error:
        if is_connection_loss(error):
            raise
        raise MissingPartError(
            Text(
                "数据库没有 pg_trgm：请在数据库服务器上安装 PostgreSQL 的 contrib 模块（Debian："
                "postgresql 软件包自带），再由管理员在该数据库中执行 CREATE EXTENSION pg_trgm;",
                "The database has no pg_trgm: install PostgreSQL's contrib modules on the "
                "database's server (Debian: part of the postgresql package), then let its "
                "administrator run in this database: CREATE EXTENSION pg_trgm;",
            )
        ) from error


def _require_postgis(connection: Connection) -> None:
    if connection.scalar(text("select 1 from pg_extension where extname = 'postgis'")):
        return
    try:
        connection.execute(text("create extension if not exists postgis"))
    except DBAPIError as error:
        if is_connection_loss(error):
            raise
        raise MissingPartError(
            Text(
                "数据库没有 PostGIS：请在数据库服务器上安装 PostGIS（Debian："
                "sudo apt-get install -y postgresql-postgis），"
                "再由管理员在该数据库中执行 CREATE EXTENSION postgis;",
                "The database has no PostGIS: install it on the database's server (Debian: "
                "sudo apt-get install -y postgresql-postgis), then let its administrator run in "
                "this database: CREATE EXTENSION postgis;",
            )
        ) from error
