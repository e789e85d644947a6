"""What an operator watches: the queue, the runs, the workers, how large and how fresh the store is."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

# A monitor asks every few seconds; a store that is busy is not made busier by it.
_AT_MOST = "set local statement_timeout = '5s'"
_RUNS = text("select kind, status, count(*) as n from run group by 1, 2 order by 1, 2")
_ONE = text(
    """
    select
        (select count(*) from run where status = 'failed'
            and finished_at > clock_timestamp() - interval '1 day') as failed_last_day,
        (select coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float
            from run where status = 'queued') as waiting_s,
        (select count(*) from procrastinate_workers
            where last_heartbeat between clock_timestamp() - interval '1 minute'
                and clock_timestamp() + interval '1 minute') as workers,
        pg_database_size(current_database()) as bytes,
        (select count(*) from facility) as facilities,
        (select max(updated_at) from facility) as changed_at,
        (select count(*) from webhook where stopped_at is not null) as webhooks_stopped,
        (select count(*) from webhook_delivery where status = 'waiting') as webhooks_waiting
    """
)


class Measures(NamedTuple):
    """Sizes in bytes, times in seconds; ``runs`` counts runs by kind and status.

    ``waiting_s`` is how long the oldest queued run has waited, 0 without one; ``changed_at`` is when
    a facility was changed last, None without facilities. ``webhooks_stopped`` are those that nothing
    reached; ``webhooks_waiting`` counts deliveries.
    """

    runs: dict[tuple[str, str], int]
    failed_last_day: int
    waiting_s: float
    workers: int
    bytes: int
    facilities: int
    changed_at: datetime | None
    webhooks_stopped: int
    webhooks_waiting: int


def measure(session: Session) -> Measures:
    """Return what there is to watch in the store."""
    session.execute(text(_AT_MOST))
    runs = {(row.kind, row.status): int(row.n) for row in session.execute(_RUNS)}
    return Measures(runs, *session.execute(_ONE).one())
