"""Say of two facilities that they are not the same, or put the question off; or ask it again."""

from geoapp.core.acting import acting
from geoapp.operations.duplicates.find import State, two_facilities
from geoapp.store.duplicates.read import delete_decision, write_decision
from geoapp.store.engine import Database
from geoapp.store.facilities.write import lock_facilities


def decide(database: Database, first: str, second: str, state: State) -> None:
    """Remember what somebody decided; ``open`` forgets it, so that the pair is offered again.

    Raises
    ------
    NotFoundError
        If a facility is not there.
    InvalidValueError
        If both codes are the same.
    NotAllowedError
        If who acts may not edit both.
    """
    who = acting()
    with database.session() as session:
        lock_facilities(session)
        (one, _), (other, _) = two_facilities(session, first, second)
        if state == "open":
            delete_decision(session, one, other)
        else:
            write_decision(session, one, other, state, who.actor if who else None)
