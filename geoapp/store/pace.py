"""How fast a key or a link is used: one count for all processes."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.store.models import ApiKeyPace, SharePace

# Each request takes up its share of a minute; whoever has a minute taken up waits. So a burst of a
# whole minute's requests passes, and after it one at a time. A count that is lost in a crash costs
# nothing, so that nobody waits for the disk. More than a minute is taken up by nobody: a clock that was
# ahead has left it, and it counts for nothing.
_TAKEN = """
    case when p.busy_until > clock_timestamp() + interval '1 minute' then clock_timestamp()
    else greatest(p.busy_until, clock_timestamp()) end
"""
_TAKE = f"""
    with quickly as (select set_config('synchronous_commit', 'off', true))
    insert into {{table}} as p ({{owner}}, busy_until)
    select :id, clock_timestamp() + make_interval(secs => :share) from quickly
    on conflict ({{owner}}) do update
        set busy_until = {_TAKEN} + make_interval(secs => :share)
        where {_TAKEN} + make_interval(secs => :share)
            <= clock_timestamp() + interval '1 minute'
    returning busy_until
"""
_WAIT = """
    select extract(epoch from busy_until - clock_timestamp()) + :share - 60
    from {table} where {owner} = :id
"""
_OWNERS = {ApiKeyPace: "key_id", SharePace: "share_id"}


def take_place(
    session: Session, paces: type[ApiKeyPace | SharePace], number: int, per_minute: int
) -> float:
    """Count a request, unless it comes too fast: then return how many seconds to wait.

    Parameters
    ----------
    paces
        Where the counts are kept.
    number
        Of the key or link.
    """
    names = {"table": paces.__tablename__, "owner": _OWNERS[paces]}
    given = {"id": number, "share": 60 / per_minute}
    if session.execute(text(_TAKE.format(**names)), given).first() is not None:
        return 0.0
    wait = session.execute(text(_WAIT.format(**names)), given).scalar_one_or_none()
    return 0.0 if wait is None else max(float(wait), 0.001)
