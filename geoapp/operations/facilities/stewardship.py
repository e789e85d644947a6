"""What a data steward looks after: what is unknown, old or out of place."""

from dataclasses import dataclass
from typing import get_args

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.store.engine import Database
from geoapp.store.facilities import stewardship as store
from geoapp.store.facilities.stewardship import DataState, FacilityLine, Shortfall

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class LackingPage:
    """One page of a list; ``after`` asks for the next one, None at the end."""

    lines: list[FacilityLine]
    after: str | None


def read_data_state(database: Database) -> DataState:
    """Return how many facilities there are and what they lack."""
    with database.snapshot() as session:
        return store.data_state(session)


def parse_shortfall(value: str) -> Shortfall:
    """Return what a list is of.

    Raises
    ------
    InvalidValueError
        If it is not a known shortfall.
    """
    known: tuple[Shortfall, ...] = get_args(Shortfall)
    for one in known:
        if one == value:
            return one
    names = ", ".join(known)
    raise InvalidValueError("list", value, Text(names, names))


def list_lacking(database: Database, lack: Shortfall, after: str = "") -> LackingPage:
    """Return a page of the facilities that lack something, by code."""
    with database.session() as session:
        found = store.lacking_facilities(session, lack, after=after, limit=PAGE_SIZE + 1)
    more = len(found) > PAGE_SIZE
    lines = found[:PAGE_SIZE]
    return LackingPage(lines=lines, after=lines[-1].code if more else None)
