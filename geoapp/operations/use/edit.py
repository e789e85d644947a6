"""Visits, voices and care events entered one by one, held against a file's rules."""

from collections.abc import Mapping

from geoapp.core.errors import ConflictError, InvalidValueError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.core.use import STARS, Basis
from geoapp.importers.rows.columns import CARE_COLUMNS, OPINION_COLUMNS, VISIT_COLUMNS
from geoapp.importers.rows.keyed import read_given
from geoapp.importers.rows.use import read_care, read_opinions, read_visits
from geoapp.operations.facilities.read import facility_number
from geoapp.operations.imports.named_regions import known_regions
from geoapp.operations.moment import today
from geoapp.store.engine import Database
from geoapp.store.history.chain import current_set
from geoapp.store.keyed import write_keyed
from geoapp.store.use.write import add_voices, delete_care, delete_visit


def put_visits(
    database: Database, settings: Settings, facility: str, values: Mapping[str, str]
) -> int | None:
    """Store how many visits a facility had; another count of the same time and basis goes.

    Parameters
    ----------
    values
        The columns of a file of visits; the basis is "reported" where none is given.

    Returns
    -------
    The change set; None if it was stored so before.

    Raises
    ------
    NotFoundError
        If there is no such facility.
    InvalidValueError
        Naming the first value that is not accepted.
    """
    with database.session() as session:
        known = {facility: facility_number(session, facility)}
        given = {"basis": Basis.REPORTED, **values, "facility": facility}
        day = today(settings)
        reading = read_given([given], VISIT_COLUMNS, lambda table: read_visits(table, known, day))
        write_keyed(session, "visits", reading.rows, frozenset({"n"}))
        return current_set(session)


def add_opinions(
    database: Database, settings: Settings, facility: str, day: str, tally: Mapping[int, str]
) -> int | None:
    """Add a tally of voices to those that a facility has of a day.

    Parameters
    ----------
    tally
        How many gave so many stars, as text; what is empty is none.

    Returns
    -------
    The change set that takes them back.

    Raises
    ------
    NotFoundError
        If there is no such facility.
    InvalidValueError
        Naming the first value that is not accepted, or if nobody gave a star.
    """
    with database.session() as session:
        number = facility_number(session, facility)
        known = {facility: number}
        until = today(settings)
        given = [
            {"facility": facility, "day": day, "stars": str(stars), "n": tally[stars]}
            for stars in STARS
            if tally.get(stars)
        ]
        if not given:
            raise _nobody()
        reading = read_given(
            given, OPINION_COLUMNS, lambda table: read_opinions(table, known, until)
        )
        voices = {row["stars"]: row["n"] for row in reading.rows if row["n"]}
        if not voices:
            raise _nobody()
        add_voices(session, number, reading.rows[0]["day"], voices)
        return current_set(session)


def add_care(database: Database, settings: Settings, values: Mapping[str, str]) -> int | None:
    """Store a new care event; ``values`` are the columns of a file of care events.

    Raises
    ------
    InvalidValueError
        Naming the first value that is not accepted.
    ConflictError
        If the code is taken.
    """
    with database.session() as session:
        known = known_regions(session)
        day = today(settings)
        reading = read_given([values], CARE_COLUMNS, lambda table: read_care(table, known, day))
        if not write_keyed(session, "care", reading.rows, frozenset()).inserted:
            code = reading.rows[0]["code"]
            raise ConflictError(
                Text(f"编号 {code} 的活动已有。", f"There is an event with the code {code}.")
            )
        return current_set(session)


def take_visits(database: Database, facility: str, number: int) -> int | None:
    """Take a count of visits away; an undo brings it back.

    Raises
    ------
    NotFoundError
        If there is no such facility, or it has no such count.
    """
    with database.session() as session:
        if not delete_visit(session, facility_number(session, facility), number):
            raise NotFoundError(Text("到访计数", "count of visits"), str(number))
        return current_set(session)


def take_care(database: Database, code: str) -> int | None:
    """Take a care event away; an undo brings it back.

    Raises
    ------
    NotFoundError
        If there is none with the code.
    """
    with database.session() as session:
        if "\x00" in code or not delete_care(session, code):
            raise NotFoundError(Text("活动", "care event"), code)
        return current_set(session)


def _nobody() -> InvalidValueError:
    accepted = Text("至少一个人的评价", "the opinion of at least one person")
    return InvalidValueError("n", "", accepted)
