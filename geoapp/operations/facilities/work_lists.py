"""What a steward has to do, counted once for each state of the data and kept while it is true."""

import threading
from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np

from geoapp.analysis.network.detour import within_bounds
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.snapping import Snap, snap
from geoapp.core.errors import ConflictError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.operations.duplicates.find import DuplicateFinder
from geoapp.operations.moment import today
from geoapp.operations.network.keeper import NetworkKeeper
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.read import FacilityFilter, count_of_facilities, data_version
from geoapp.store.facilities.stewardship import (
    FAR_FROM_STREETS_M,
    OLD_DAYS,
    DataState,
    data_state,
    kept_points,
)
from geoapp.store.history.chain import log_length

_NO_NETWORK = Text(
    "没有步行路网，不知道哪些离街道远；先导入路网。",
    "There is no walking network, so it is not known which are far from a street: import one first.",
)


# The log's length, the day, the version of the facilities (reports raise it, and are not logged), and
# that of the network.
_Moment = tuple[int, date, int, str | None]


def _moment(session: Session, day: date, network: WalkingNetwork | None) -> _Moment:
    length = log_length(session)
    version = data_version(session, "facilities")
    return length, day, version, None if network is None else network.version


def old_before(day: date, days: int = OLD_DAYS) -> date:
    """Return the day before which what was verified is old, on a day where the service is."""
    return day - timedelta(days=days)


class WorkLists:
    """The counts of the steward's lists, and which facilities stand far from any street.

    For all threads; whoever asks while it is being counted waits for the same answer.
    """

    def __init__(self, database: Database, settings: Settings, duplicates: DuplicateFinder) -> None:
        self._database = database
        self._duplicates = duplicates
        self._settings = settings
        self._networks = NetworkKeeper(settings)
        self._lock = threading.Lock()
        self._far: tuple[tuple[int, str], tuple[int, ...]] | None = None
        self._state: tuple[_Moment, DataState] | None = None
        self._counts: tuple[_Moment, dict[str, int]] | None = None

    @property
    def knows_streets(self) -> bool:
        """Whether a walking network is loaded."""
        return self._networks.sound() is not None

    def far_from_streets(self) -> tuple[int, ...]:
        """Return the numbers of the facilities kept up that stand far from any street.

        Only where the network lies: beyond its bounds nobody knows the streets.

        Raises
        ------
        ConflictError
            If there is no walking network.
        """
        network = self._networks.sound()
        if network is None:
            raise ConflictError(_NO_NETWORK)
        with self._lock, self._database.snapshot() as session:
            return self._found_far(session, network)

    def state(self) -> DataState:
        """Return how many facilities there are and what they lack, as the store is now."""
        network = self._networks.sound()
        with self._lock, self._database.snapshot() as session:
            day = today(self._settings)
            key = _moment(session, day, network)
            if self._state is None or self._state[0] != key:
                far = () if network is None else self._found_far(session, network)
                suspected = self._duplicates.suspected_in(session)
                self._state = key, data_state(session, old_before(day), far, suspected)
            return self._state[1]

    def count(self, lists: Mapping[str, FacilityFilter]) -> dict[str, int]:
        """Return how many facilities some lists hold, by what names them; the same name, the same list."""
        network = self._networks.sound()
        with self._lock, self._database.snapshot() as session:
            key = _moment(session, today(self._settings), network)
            if self._counts is None or self._counts[0] != key:
                self._counts = key, {}
            known = self._counts[1]
            for name, wanted in lists.items():
                if name not in known:
                    known[name] = count_of_facilities(session, wanted)
            return {name: known[name] for name in lists}

    def _found_far(self, session: Session, network: WalkingNetwork) -> tuple[int, ...]:
        key = data_version(session, "facilities"), network.version
        if self._far is None or self._far[0] != key:
            self._far = key, _far_from(network, kept_points(session))
        return self._far[1]


def _far_from(network: WalkingNetwork, points: list[tuple[int, float, float]]) -> tuple[int, ...]:
    numbers = np.array([number for number, _, _ in points], np.int64)
    lon = np.array([lon for _, lon, _ in points], np.float64)
    lat = np.array([lat for _, _, lat in points], np.float64)
    inside = within_bounds(network, lon, lat)
    if not inside.any():
        return ()
    found = snap(network, lon[inside], lat[inside], limit_m=FAR_FROM_STREETS_M)
    return tuple(numbers[inside][found.state == Snap.OFF].tolist())
