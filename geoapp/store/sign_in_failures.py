"""Failed attempts to sign in, by keys that name nobody; forgotten after a minute."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

SECONDS = 60
# What a clock that was ahead has left would else count until it is so late.
_RECENT = f"at between clock_timestamp() - interval '{SECONDS} seconds' and clock_timestamp()"


def recent_failures(session: Session, keys: Sequence[bytes]) -> list[int]:
    """Return how often each key has failed within the last minute, in the order of the keys."""
    rows = session.execute(
        text(
            f"select key, count(*) from sign_in_failure where key = any(:keys) and {_RECENT} "
            "group by key"
        ),
        {"keys": list(keys)},
    )
    counts = {bytes(key): count for key, count in rows}
    return [counts.get(key, 0) for key in keys]


def add_failure(session: Session, keys: Sequence[bytes]) -> None:
    """Count a failure for each key, and forget those older than a minute."""
    session.execute(text(f"delete from sign_in_failure where not ({_RECENT})"))
    session.execute(
        text("insert into sign_in_failure (key) select unnest(cast(:keys as bytea[]))"),
        {"keys": list(keys)},
    )
