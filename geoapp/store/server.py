"""What the database's server says of itself."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session


def server_version(session: Session) -> str:
    """Return PostgreSQL's version in its own words."""
    return str(session.execute(text("show server_version")).scalar_one())


def server_time(session: Session) -> datetime:
    """Return the moment by the server's clock."""
    now: datetime = session.execute(text("select clock_timestamp()")).scalar_one()
    return now


def postgis_version(session: Session) -> str:
    """Return PostGIS's version; the database must have it."""
    return str(session.execute(text("select postgis_lib_version()")).scalar_one())
