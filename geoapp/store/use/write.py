"""Statements that write visits, opinions and care events, many rows at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import text

from geoapp.store.engine import Session

Rows = Literal["visits", "opinions", "care"]
_BATCH: Final = 5_000
# Of each kind: its table, the columns with their types, what makes a row the same, what is written to it.
_VISITS: Final = {
    "facility_id": "bigint",
    "day": "date",
    "hour": "integer",
    "n": "integer",
    "basis": "text",
}
_OPINIONS: Final = {"facility_id": "bigint", "day": "date", "stars": "integer", "n": "integer"}
_CARE: Final = {
    "code": "text",
    "kind": "text",
    "region_code": "text",
    "day": "date",
    "people": "integer",
    "unit": "text",
    "money": "double precision",
    "document": "text",
    "source": "text",
    "is_sample": "boolean",
}
_TABLES: Final[Mapping[Rows, tuple[str, Mapping[str, str], str, tuple[str, ...]]]] = {
    "visits": ("visit_count", _VISITS, "facility_id, day, coalesce(hour, -1), basis", ("n",)),
    "opinions": ("opinion_poll", _OPINIONS, "facility_id, day, stars", ("n",)),
    "care": ("care_event", _CARE, "code", tuple(name for name in _CARE if name != "code")),
}


@dataclass(frozen=True, slots=True)
class UseCounts:
    """What became of the rows; ``change_set`` takes them back, None if nothing changed."""

    inserted: int
    updated: int
    unchanged: int
    change_set: int | None = None


def write_use(
    session: Session,
    what: Rows,
    rows: Sequence[Mapping[str, Any]],
    given: frozenset[str],
    *,
    dry_run: bool = False,
) -> UseCounts:
    """Insert new rows and update those that differ; each key at most once among the rows.

    Parameters
    ----------
    given
        The columns that are written to rows that exist; others keep what is stored.
    dry_run
        Whether only the counts are wanted.
    """
    table, columns, key, values = _TABLES[what]
    writing = [name for name in values if name in given]
    # What the file does not speak of stays, also where nothing else is left to write.
    change = (
        f"do update set {', '.join(f'{name} = excluded.{name}' for name in writing)} where "
        f"({', '.join(f't.{name}' for name in writing)}) is distinct from "
        f"({', '.join(f'excluded.{name}' for name in writing)})"
        if writing
        else "do nothing"
    )
    arrays = ", ".join(f"cast(:{name} as {kind}[])" for name, kind in columns.items())
    statement = text(
        f"insert into {table} as t ({', '.join(columns)}) select * from unnest({arrays}) "
        f"on conflict ({key}) {change} returning (xmax = 0) as is_new"
    )
    fresh = changed = 0
    trial = session.begin_nested()
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        done = session.scalars(
            statement, {name: [row[name] for row in batch] for name in columns}
        ).all()
        fresh += sum(done)
        changed += len(done) - sum(done)
    if dry_run:
        trial.rollback()
    else:
        trial.commit()
    return UseCounts(fresh, changed, len(rows) - fresh - changed)


def add_voices(session: Session, facility_id: int, day: Any, tally: Mapping[int, int]) -> None:
    """Add voices to those of a facility's day; ``tally`` has how many gave so many stars."""
    session.execute(
        text(
            "insert into opinion_poll as t (facility_id, day, stars, n) values "
            "(:facility, :day, :stars, :n) on conflict (facility_id, day, stars) "
            "do update set n = t.n + excluded.n"
        ),
        [
            {"facility": facility_id, "day": day, "stars": stars, "n": n}
            for stars, n in sorted(tally.items())
        ],
    )


def delete_visit(session: Session, facility_id: int, number: int) -> bool:
    """Delete a count of a facility; return whether there was one."""
    gone = "delete from visit_count where facility_id = :facility and id = :id returning id"
    found = session.execute(text(gone), {"facility": facility_id, "id": number})
    return found.first() is not None


def delete_care(session: Session, code: str) -> bool:
    """Delete a care event; return whether there was one."""
    gone = "delete from care_event where code = :code returning code"
    return session.execute(text(gone), {"code": code}).first() is not None
