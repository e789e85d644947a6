"""Statements that add voices, and take counts and care events away."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from geoapp.store.engine import Session


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
