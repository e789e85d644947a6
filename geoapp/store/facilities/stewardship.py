"""Named queries on the state of the data: what is unknown, old or out of place."""

from dataclasses import dataclass
from datetime import date
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


@dataclass(frozen=True, slots=True)
class DataState:
    """How many facilities there are by status, and how many of those kept up lack what."""

    by_status: dict[str, int]
    kept: int
    lacking: dict[Shortfall, int]


@dataclass(frozen=True, slots=True)
class FacilityLine:
    """One facility of a list."""

    code: str
    name_zh: str
    name_en: str | None
    kind_code: str
    status: str
    region_code: str | None
    opening_hours_raw: str | None
    verified_on: date | None
    is_sample: bool


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


def lacking_facilities(
    session: Session, lack: Shortfall, *, after: str, limit: int
) -> list[FacilityLine]:
    """Return facilities that lack something, by code, those after a code, ``limit`` at most."""
    rows = session.execute(
        text(
            "select code, name_zh, name_en, kind_code, status, region_code, opening_hours_raw, "
            f"verified_on, is_sample from facility where {_KEPT} and {_LACKS[lack]} "
            "and code > :after order by code limit :limit"
        ),
        {"after": after, "limit": limit},
    )
    return [FacilityLine(*row) for row in rows]
