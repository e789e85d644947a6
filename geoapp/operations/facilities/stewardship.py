"""What a data steward looks after: what is unknown, old or out of place."""

from typing import get_args

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.store.engine import Database
from geoapp.store.facilities import stewardship as store
from geoapp.store.facilities.stewardship import DataState, Shortfall

LACK_TEXT: dict[Shortfall, Text] = {
    "hours": Text("开放时间未知", "Opening hours unknown"),
    "entry": Text("怎么进门未知", "Way in unknown"),
    "verified": Text("一年内没有核实", "Not verified within a year"),
    "region": Text("不在任何区域内", "Outside every region"),
}


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
    raise InvalidValueError("lack", value, Text(names, names))
