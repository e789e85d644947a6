"""Named queries on the reports that wait for a steward, and on how long that takes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.core.voices import Outcome


@dataclass(frozen=True, slots=True)
class WaitingReport:
    """A report that nobody has settled; without ``facility_id`` it is a suggestion.

    ``at`` is when it was made, ``sent_at`` when it came.
    ``region`` is the facility's, or that of the suggested place; ``lon`` and ``lat`` (WGS-84) and
    ``place_name`` and ``place_words`` are the suggested place's.
    """

    id: int
    facility_id: int | None
    code: str | None
    name_zh: str | None
    name_en: str | None
    status: str | None
    region: str | None
    kind: str | None
    at: datetime
    sent_at: datetime
    missing: str | None
    note: str | None
    place_name: str | None
    place_words: str | None
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class InboxState:
    """How the inbox stands.

    Attributes
    ----------
    waiting, late
        How many reports wait, and how many of them for more than some days.
    settled
        How many were settled within ninety days.
    median_days
        How long the middle one of these had waited; None without any.
    """

    waiting: int
    late: int
    settled: int
    median_days: float | None


# Suggestions without a region are everybody's.
_WITHIN = """
    (cast(:within as text[]) is null or coalesce(f.region_code, r.region_code) = any(:within)
        or (r.facility_id is null and r.region_code is null))
"""
_REPORTS = "from worker_report r left join facility f on f.id = r.facility_id"
_FROM = f"{_REPORTS} where r.care and {_WITHIN}"
# In the order of `WaitingReport`.
_COLUMNS = """
    r.id, r.facility_id, f.code, f.name_zh, f.name_en, f.status,
    coalesce(f.region_code, r.region_code), r.kind, r.at, r.sent_at, r.missing, r.note,
    r.place_name, r.place_words, st_x(r.place), st_y(r.place)
"""
_SETTLE = """
    update worker_report set settled_at = now(), settled_as = :outcome, settled_by = :by, sender = null,
    others = null
    where settled_at is null
"""


def _within(regions: Collection[str] | None) -> dict[str, Any]:
    return {"within": None if regions is None else sorted(regions)}


def waiting_reports(
    session: Session, regions: Collection[str] | None, *, limit: int
) -> list[WaitingReport]:
    """Return the reports that wait, by when it was so, the earliest first; of some regions alone where given."""
    rows = session.execute(
        text(
            f"select {_COLUMNS} {_FROM} and r.settled_at is null order by r.at, r.id limit :limit"
        ),
        {"limit": limit, **_within(regions)},
    )
    return [WaitingReport(*row) for row in rows]


def count_waiting(session: Session, regions: Collection[str] | None) -> int:
    """Return how many reports wait."""
    count: int = session.execute(
        text(f"select count(*) {_FROM} and r.settled_at is null"), _within(regions)
    ).scalar_one()
    return count


def inbox_state(session: Session, regions: Collection[str] | None, *, late_days: int) -> InboxState:
    """Return how many reports wait, and how long it takes to settle one."""
    row = session.execute(
        text(
            f"""
            select count(*) filter (where r.settled_at is null),
                count(*) filter (where r.settled_at is null
                    and r.sent_at < now() - make_interval(days => :late)),
                count(*) filter (where r.settled_at > now() - interval '90 days'),
                percentile_cont(0.5) within group (
                    order by extract(epoch from r.settled_at - r.sent_at)::float8 / 86400)
                    filter (where r.settled_at > now() - interval '90 days')
            {_FROM}
            """
        ),
        {"late": late_days, **_within(regions)},
    ).one()
    return InboxState(*row)


def report_by_id(session: Session, number: int) -> WaitingReport | None:
    """Return one report that waits; None if there is none of this number, or it is settled."""
    row = session.execute(
        text(f"select {_COLUMNS} {_REPORTS} where r.id = :number and r.settled_at is null"),
        {"number": number},
    ).one_or_none()
    return None if row is None else WaitingReport(*row)


def settle_facility(
    session: Session, facility_id: int, up_to: int, outcome: Outcome, by: str | None
) -> int:
    """Settle the reports of a facility that wait, up to a number; return how many that were."""
    done = session.execute(
        text(f"{_SETTLE} and facility_id = :one and care and id <= :up_to returning id"),
        {"one": facility_id, "up_to": up_to, "outcome": outcome, "by": by},
    )
    return len(done.all())


def settle_one(session: Session, number: int, outcome: Outcome, by: str | None) -> None:
    """Settle one report, unless somebody was faster."""
    session.execute(
        text(f"{_SETTLE} and id = :number"),
        {"number": number, "outcome": outcome, "by": by},
    )
