"""The rows of the logged tables against the log: whether what is stored is what was written down."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.store.history.rows import LoggedTable, fix_output, logged_tables

# How many keys of a table are named; all are counted.
NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Misfit:
    """The rows of one table that are not as the log has them.

    Attributes
    ----------
    changed
        How many rows have other values than were last logged.
    gone
        How many rows are missing, though the log has not seen them go.
    unlogged
        How many rows are there, though the log has not seen them come, or has seen them go.
    keys
        The keys of the first few, as the log has them.
    """

    table: str
    changed: int
    gone: int
    unlogged: int
    keys: tuple[str, ...]


# Triggers that write while others wait may log one statement's parts out of order, yet within one
# set. So a value is right if its last set has it, and a set that has a row both come and go says
# nothing about it. A row older than the log is known by what was logged since.
_MISFITS = """
with log as (
    select key, set_id, seq, op, first_value(set_id) over w as last_set,
        first_value(op) over (partition by key order by seq) as first_op
    from change where table_name = :table and set_id > :after
    window w as (partition by key order by seq desc)
), seen as (
    select key, count(*) as changes, min(first_op) as first_op,
        bool_or(op <> 'delete') filter (where set_id = last_set) as came,
        bool_or(op = 'delete') filter (where set_id = last_set) as went,
        max(seq) filter (where op = 'insert') as born
    from log group by key
), now as materialized (
    select {key} as key, {image} as image from "{name}" t
), doubtful as materialized (
    select n.key, n.image, s.born, coalesce((
        select min(b.seq) from change b where b.table_name = :table and b.key = n.key
        and b.set_id = (select set_id from change where table_name = :table and key = n.key
            and seq = s.born)
    ), 0) as since
    from now n join seen s on s.key = n.key
    where s.came and not (s.changes = 1 and s.born is not null and (
        select c.after from change c where c.table_name = :table and c.key = n.key
        and c.seq = s.born) = n.image)
), fields as (
    select d.key, f.key as field, c.set_id, max(c.seq) as seq,
        bool_or(f.value = coalesce(d.image -> f.key, 'null')) as fits
    from doubtful d
    join change c on c.table_name = :table and c.key = d.key and c.seq >= d.since
        and c.set_id > :after
    cross join lateral jsonb_each(c.after) f
    where f.key = any(:content)
    group by d.key, f.key, c.set_id
), judged as (
    select distinct on (key, field) key, field, fits from fields order by key, field, seq desc
), misfits as (
    select key, 'changed' as what from judged where not fits
    union
    select d.key, 'changed' from doubtful d cross join lateral jsonb_object_keys(d.image) f
    where d.born is not null and f = any(:empty)
    and not exists (select from judged j where j.key = d.key and j.field = f)
    union all
    select s.key, 'gone' from seen s where not s.went
    and not exists (select from now n where n.key = s.key)
    union all
    select n.key, 'unlogged' from now n left join seen s on s.key = n.key
    where not s.came or s.key is null and {younger}
)
select count(*) filter (where what = 'changed') as changed,
    count(*) filter (where what = 'gone') as gone,
    count(*) filter (where what = 'unlogged') as unlogged,
    (array_agg(key order by length(key), key))[1:{named}] as keys
from misfits
"""
# Numbers only rise, so a row with a higher one than the first that the log saw come is no older.
_YOUNGER = "n.key::bigint > (select min(key::bigint) from seen where first_op = 'insert')"

# What a new row leaves out and nobody wrote since is null: but for columns that came later with a
# value of their own.
_EMPTY = text(
    "select attname::text from pg_attribute where attrelid = cast(:name as regclass) "
    "and attnum > 0 and not attisdropped and not attnotnull and not atthasdef and attgenerated = ''"
)
_NUMBERED = text(
    "select attidentity <> '' from pg_attribute "
    "where attrelid = cast(:name as regclass) and attname = :key"
)
_RESTORED = text("select coalesce(max(id), 0) from change_set where via = 'restore'")


def misfits(session: Session, left_out: Collection[str]) -> list[Misfit]:
    """Return the logged tables whose rows are not as the log has them; nothing if all fit.

    Secrets, counters and stamps are not in the log and are not looked at, nor are rows that were
    there before the log was, as far as nothing was logged of them. A row of a table that has no
    numbers of its own and of which the log says nothing may be such a one.

    Parameters
    ----------
    session
        A snapshot: rows and log of one moment.
    left_out
        The tables whose rows a restore leaves out; what was logged of them before says nothing.
    """
    fix_output(session)
    restored = session.execute(_RESTORED).scalar_one()
    found = (
        _misfit(session, table, restored if name in left_out else 0)
        for name, table in logged_tables(session).items()
    )
    return [one for one in found if one is not None]


def _misfit(session: Session, table: LoggedTable, after: int) -> Misfit | None:
    numbered = len(table.keys) == 1 and session.scalar(
        _NUMBERED, {"name": table.name, "key": next(iter(table.keys))}
    )
    empty = set(session.scalars(_EMPTY, {"name": table.name})) & set(table.columns)
    changed, gone, unlogged, keys = session.execute(
        text(
            _MISFITS.format(
                key=table.key,
                image=table.image,
                name=table.name,
                named=NAMED,
                younger=_YOUNGER if numbered else "false",
            )
        ),
        {
            "table": table.name,
            "after": after,
            "content": list(table.columns),
            "empty": sorted(empty),
        },
    ).one()
    if not changed + gone + unlogged:
        return None
    return Misfit(table.name, changed, gone, unlogged, tuple(keys))
