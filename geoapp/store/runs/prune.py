"""Old runs that nothing refers to: which they are, how large, and removing them."""

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

# Tables that refer to runs and are no part of one, by the database's own word: a table that is
# added later keeps its runs without a line here.
_REFERRING = text(
    """
    select c.conrelid::regclass::text as "table", a.attname as "column"
    from pg_constraint c
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    where c.contype = 'f' and c.confrelid = 'run'::regclass and c.confdeltype <> 'c'
    order by 1, 2
    """
)
# The newest answer to a kind of question in a region stays, however old it is: pages open with it.
_OLD = """
    select r.id from run r
    where r.status in ('succeeded', 'failed', 'cancelled')
        and r.finished_at < clock_timestamp() - :older_than
        and (r.status <> 'succeeded' or exists (
            select from run n
            where n.kind = r.kind and n.status = 'succeeded'
                and n.params ->> 'region' is not distinct from r.params ->> 'region'
                and (n.finished_at, n.id) > (r.finished_at, r.id)))
        {unreferred}
    order by r.id
"""
_SIZE = text("select coalesce(sum(octet_length(data)), 0) from run_array where run_id = any(:runs)")


class OldRuns(NamedTuple):
    """Runs by number, oldest first, and the bytes of the arrays that they keep."""

    runs: list[int]
    array_bytes: int


def old_runs(session: Session, older_than: timedelta) -> OldRuns:
    """Return ended runs older than so long that nothing but their own parts refers to."""
    unreferred = "".join(
        f" and not exists (select from {row.table} x where x.{row.column} = r.id)"
        for row in session.execute(_REFERRING)
    )
    statement = text(_OLD.format(unreferred=unreferred))
    runs = list(session.scalars(statement, {"older_than": older_than}))
    return OldRuns(runs, int(session.execute(_SIZE, {"runs": runs}).scalar_one()))


def lock_runs(session: Session, runs: list[int]) -> None:
    """Let nobody begin to refer to these runs until the transaction ends."""
    session.execute(
        text("select from run where id = any(:runs) order by id for update"), {"runs": runs}
    )


def delete_runs(session: Session, runs: list[int]) -> None:
    """Remove runs with all that they found."""
    session.execute(text("delete from run where id = any(:runs)"), {"runs": runs})
