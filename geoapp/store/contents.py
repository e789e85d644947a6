"""What the store's tables hold, in one line each: to compare a store with a copy of it."""

from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session


class Held(NamedTuple):
    """How many rows a table has, and a sum over them in which no order counts."""

    rows: int
    digest: str


# The same value is written in the same way by every server.
_ONE_WAY = (
    "set local timezone = 'UTC'",
    "set local datestyle = 'ISO, YMD'",
    "set local intervalstyle = 'postgres'",
    "set local bytea_output = 'hex'",
    "set local extra_float_digits = 1",
)
_TABLES = (
    "select relname from pg_class c where relnamespace = 'public'::regnamespace and "
    "relkind = 'r' and not exists (select from pg_depend where objid = c.oid and deptype = 'e') "
    "order by 1"
)
# 60 bits of each row's MD5, added up: rows may come in any order, and one that changed is seen.
_SUM = (
    "select count(*), coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint), 0)::text "
    'from public."{table}" t'
)


def held(session: Session, *, without: frozenset[str] = frozenset()) -> dict[str, Held]:
    """Return what each of our tables holds, by its name, but for some tables."""
    for setting in _ONE_WAY:
        session.execute(text(setting))
    names = [name for name in session.scalars(text(_TABLES)) if name not in without]
    found: dict[str, Held] = {}
    for name in names:
        rows, digest = session.execute(text(_SUM.format(table=name))).one()
        found[name] = Held(rows, digest)
    return found
