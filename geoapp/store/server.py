"""What the database's server says of itself, and whether it can be written to."""

import logging
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geoapp.core.errors import UnavailableError
from geoapp.core.i18n import Text
from geoapp.store.engine import Database

log = logging.getLogger(__name__)

_CANNOT_WRITE = Text(
    "数据库无法写入，详情见服务日志。", "The database cannot be written to; see the server's log."
)


def server_version(session: Session) -> str:
    """Return PostgreSQL's version in its own words."""
    return str(session.execute(text("show server_version")).scalar_one())


class Archiver(NamedTuple):
    """Whether the server keeps its log, and whether it has failed to since; ``failed`` is when.

    ``waiting`` counts whole segments of the log that are still to be kept.
    """

    on: bool
    fails: bool
    failed: datetime | None
    waiting: int


def archiver(session: Session) -> Archiver:
    """Return how the private cluster keeps its log."""
    found = session.execute(
        text(
            "select current_setting('archive_mode') <> 'off', "
            "coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false), "
            "last_failed_time, (select count(*) from pg_ls_archive_statusdir() "
            "where name like '%.ready') from pg_stat_archiver"
        )
    )
    return Archiver(*found.one())


def server_time(session: Session) -> datetime:
    """Return the moment by the server's clock."""
    now: datetime = session.execute(text("select clock_timestamp()")).scalar_one()
    return now


def cannot_write(database: Database) -> Text | None:
    """Write some pages to the disk of the database; return why that is not possible, None if it is.

    They are new pages each time, and go at the end of the transaction: what is written into pages
    that a table has already succeeds on a full disk, too. Nobody waits for it, nor it for anybody, as
    a backup that holds every table of ours.
    """
    try:
        with database.session() as session:
            # The disk where our tables lie, wherever temporary ones are meant to.
            session.execute(text("set local temp_tablespaces = ''"))
            session.execute(
                text(
                    "create temporary table geoapp_readiness on commit drop as "
                    "select n from generate_series(1, 2000) n"
                )
            )
    except UnavailableError as error:
        return error.text
    except DBAPIError:
        log.exception("the database cannot be written to")
        return _CANNOT_WRITE
    return None


def postgis_version(session: Session) -> str:
    """Return PostGIS's version; the database must have it."""
    return str(session.execute(text("select postgis_lib_version()")).scalar_one())
