"""What facilities were, from when to when."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.core.states import may_follow
from geoapp.core.words import Status

STATES: Final = "facility_state"


def restoring_states(session: Session) -> None:
    """Let facilities and their states be written as they were, each without the other following.

    It holds to the end of the transaction; `let_states_follow` brings both in step.
    """
    session.execute(text("select set_config('geoapp.states', 'restore', true)"))


def let_states_follow(session: Session, facility_ids: Sequence[int]) -> None:
    """Bring the states of some facilities in step with the facilities' status and dates."""
    session.execute(
        text("select geoapp_states_follow(cast(:ids as bigint[]))"), {"ids": list(facility_ids)}
    )


def take_states(session: Session, facility_id: int, other_id: int) -> None:
    """Give a facility another's states in place of its own; what it is then has to be written next.

    They come behind the numbers of those they replace, so that an undo finds these free.
    """
    numbers = {"id": facility_id, "other": other_id}
    last = session.execute(
        text("select max(n) from facility_state where facility_id = :id and not announced"), numbers
    ).scalar_one()
    restoring_states(session)
    session.execute(text("delete from facility_state where facility_id = :id"), numbers)
    session.execute(
        text(
            "insert into facility_state (facility_id, n, status, from_on, to_on, date_basis, announced) "
            "select :id, case when announced then n else n + :last end, status, from_on, to_on, "
            "date_basis, announced from facility_state where facility_id = :other order by n"
        ),
        numbers | {"last": last},
    )
    session.execute(text("select set_config('geoapp.states', '', true)"))


_STEPS = text(
    """
    select facility_id, before, status from (
        select facility_id, status, lag(status) over (partition by facility_id order by n) as before
        from facility_state where facility_id = any(cast(:ids as bigint[])) and not announced
    ) s where before is not null
    """
)


def wrong_steps(session: Session, facility_ids: Sequence[int]) -> set[int]:
    """Return which facilities have a state that cannot follow the one before it."""
    rows = session.execute(_STEPS, {"ids": list(facility_ids)})
    return {one for one, before, after in rows if not may_follow(Status(before), Status(after))}


def without_taken(session: Session, images: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Leave out the states in whose place a facility has another by now."""
    taken = {
        (facility_id, n)
        for facility_id, n in session.execute(
            text(
                "select facility_id, n from facility_state "
                "where facility_id = any(cast(:ids as bigint[]))"
            ),
            {"ids": sorted({one["facility_id"] for one in images})},
        )
    }
    return [dict(one) for one in images if (one["facility_id"], one["n"]) not in taken]
