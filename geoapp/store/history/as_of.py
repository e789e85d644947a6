"""A table as it was at a moment: what is there now, with every change since put back."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.store.history.net import Image, Op
from geoapp.store.history.rows import LoggedTable, all_images

_SINCE = text(
    """
    select c.key, c.op, c.before from change c join change_set s on s.id = c.set_id
    where c.table_name = :table and s.at > :moment order by c.seq desc
    """
)


def images_as_of(session: Session, table: LoggedTable, moment: datetime) -> dict[str, Image]:
    """Return the rows of a table, by key, as they were at a moment.

    The session's output must be as the log's (`rows.fix_output`). Images leave out what is null; a
    set counts from the moment of its first change.
    """
    rows = all_images(session, table)
    for key, op, before in session.execute(_SINCE, {"table": table.name, "moment": moment}):
        if op == Op.INSERT:
            rows.pop(key, None)
        elif op == Op.DELETE:
            rows[key] = before
        else:
            put_back = rows.get(key, {}) | before
            rows[key] = {name: value for name, value in put_back.items() if value is not None}
    return rows


def began_at(session: Session) -> datetime:
    """Return the moment from which the log runs."""
    moment: datetime = session.execute(text("select min(at) from change_set")).scalar_one()
    return moment
