"""The schema of the store, brought up to date."""

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


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def current_revision(database: Database) -> str | None:
    """Return the store's revision, or None if it was never made ready."""
    with database.session() as session:
        return _revision(session.connection())


def is_current(database: Database) -> bool:
    """Tell whether the store's tables are those that this version of geoapp needs."""
    return current_revision(database) == head_revision()


def migrate(database: Database) -> None:
    """Make or update the tables, in one transaction; two processes at once do not collide.

    Raises
    ------
    MissingPartError
        If the database has no PostGIS or no pg_trgm and this user cannot add it.
    UnavailableError
        If the database does not answer, or was made by a newer geoapp.
    """
    if is_current(database):
        return
    with database.session() as session:
        connection = session.connection()
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _MIGRATE_LOCK})
        found = _revision(connection)
        if found == head_revision():
            return
        if found is not None and found not in known_revisions():
            raise UnavailableError(
                Text(
                    f"数据库由更新版本的 geoapp 建立（版本 {found}）；请升级 geoapp。",
                    f"The store was made by a newer geoapp (revision {found}); upgrade geoapp.",
                )
            )
        require_extensions(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


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
