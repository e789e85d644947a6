"""Named queries on the state of the data: what is unknown, old or out of place."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

Shortfall = Literal["hours", "entry", "verified", "region"]

# Conditions of our own, never of a caller's. Facilities closed for good need no care.
_LACKS: dict[Shortfall, str] = {
    # None given, or only words that nobody could read (see `core.hours.read_or_keep`).
    "hours": """(opening_hours is null or opening_hours ~ '^"[^"]*"$')""",
    "entry": "entry is null",
    "verified": "(verified_on is null or verified_on < current_date - 365)",
    "region": "region_code is null",
}
_KEPT = "status <> 'closed'"


def lack_condition(lack: Shortfall) -> str:
    """Return the SQL condition, on ``facility``, that a facility kept up lacks something."""
    return f"({_KEPT} and {_LACKS[lack]})"


@dataclass(frozen=True, slots=True)
class DataState:
    """How many facilities there are by status, and how many of those kept up lack what."""

    by_status: dict[str, int]
    kept: int
    lacking: dict[Shortfall, int]


def data_state(session: Session) -> DataState:
    """Count the facilities."""
    by_status = {
        status: count
        for status, count in session.execute(
            text("select status, count(*) from facility group by status")
        )
    }
    columns = ", ".join(
        f"count(*) filter (where {lack}) as {name}" for name, lack in _LACKS.items()
    )
    row = session.execute(
        text(f"select count(*) as kept, {columns} from facility where {_KEPT}")
    ).one()
    lacking: dict[Shortfall, int] = {name: getattr(row, name) for name in _LACKS}
    return DataState(by_status=by_status, kept=row.kept, lacking=lacking)
