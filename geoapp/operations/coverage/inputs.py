"""What a coverage run starts from: demand, facilities and whether they are open, the ways to walk."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from geoapp.analysis.frames import DemandFrame
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.settings import Settings
from geoapp.operations.ground.in_service import now
from geoapp.operations.ground.reading import Ways, ways_to_walk
from geoapp.operations.ground.stored import Stored, check_ground, read_stored
from geoapp.store.engine import Database
from geoapp.store.facilities.read import PlacedFacility, read_placed_ever
from geoapp.store.runs.demand_rows import StoredDemand


@dataclass(frozen=True, slots=True)
class CoverageInputs:
    """Everything that a coverage run takes from the store, of one moment.

    Attributes
    ----------
    stored
        The reading that all of this is from.
    demand, ways
        As the analysis takes them.
    placed, states
        The facilities in service, and of each whether it is open at the moment; None = unknown.
    counted
        Those that count: all of them, or those known to be open where the question has a moment.
    without_position
        How many facilities would stand too, and nobody knows where.
    out_of_season
        How many are open and do not stand on that day.
    ever
        Every facility that stands or ever stood, at each of its places; empty where the question has
        a moment.
    local
        The moment of the question by the service's clock; None where hours do not count.
    """

    stored: Stored
    demand: DemandFrame
    ways: Ways
    placed: list[PlacedFacility]
    states: list[bool | None]
    counted: list[PlacedFacility]
    without_position: int
    out_of_season: int
    ever: tuple[PlacedFacility, ...]
    local: datetime | None


def local_moment(settings: Settings, wanted: CoverageParameters) -> datetime | None:
    """Return the moment of a question by the service's clock; None where hours do not count."""
    return None if wanted.at is None else wanted.at.astimezone(ZoneInfo(settings.timezone))


def read_coverage_inputs(
    database: Database,
    settings: Settings,
    wanted: CoverageParameters,
    *,
    take: Callable[[StoredDemand], None] | None = None,
) -> CoverageInputs:
    """Read what a coverage run needs, in one snapshot.

    Parameters
    ----------
    take
        As in `read_stored`; the inputs then have no demand.

    Raises
    ------
    InvalidValueError
        If the question names something that is not stored.
    """
    with database.snapshot() as session:
        check_ground(session, wanted)
        stored = read_stored(session, wanted, settings.timezone, take=take)
        ever = () if wanted.at is not None else tuple(read_placed_ever(session))
    moment = wanted.at or now()
    placed = stored.standing(wanted.families, moment)
    states = [stored.is_open(one, moment) for one in placed]
    counted = placed
    if wanted.at is not None:
        counted = [one for one, known in zip(placed, states, strict=True) if known is True]
    return CoverageInputs(
        stored=stored,
        demand=stored.demand_frame(),
        ways=ways_to_walk(settings),
        placed=placed,
        states=states,
        counted=counted,
        without_position=stored.without_position(wanted.families, moment),
        out_of_season=stored.out_of_season(wanted.families, moment, wanted.region),
        ever=ever,
        local=local_moment(settings, wanted),
    )
