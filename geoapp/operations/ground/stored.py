"""What the store holds of a question's ground: read once, in one snapshot, for every kind of run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from geoapp.analysis.frames import DemandFrame
from geoapp.core.calendar import WorkCalendar
from geoapp.core.errors import InvalidValueError, NotFoundError
from geoapp.core.hours import state
from geoapp.core.i18n import Text
from geoapp.core.questions.uncertain import check_demands
from geoapp.core.walking import Standard
from geoapp.core.words import Family, Status
from geoapp.operations.ground.in_service import (
    in_service,
    profiles_of,
)
from geoapp.operations.ground.standing import is_recent, surely_in_service
from geoapp.store.engine import Session
from geoapp.store.facilities.as_of import AsOf
from geoapp.store.facilities.read import (
    PlacedFacility,
    data_versions,
    read_changes,
    read_placed_on,
    regions_below,
)
from geoapp.store.facilities.unplaced import UnplacedFacility, unplaced_facilities
from geoapp.store.runs.demand_rows import (
    DemandRows,
    StoredDemand,
    no_demand,
    read_demand,
    stored_demand,
)
from geoapp.store.runs.inputs import RegionRow, find_demand_set, read_regions
from geoapp.store.vocabulary import load_calendar

Progress = Callable[[float, Text], None]


class GroundQuestion(Protocol):
    """What every question says of its ground."""

    @property
    def demand(self) -> str | None:
        """Code of the demand set; None is the newest."""

    @property
    def region(self) -> str | None:
        """Whose demand, the regions below included; None is all of it."""

    @property
    def families(self) -> tuple[str, ...] | None:
        """Which families of facilities count; None is all."""

    @property
    def at(self) -> datetime | None:
        """The moment that is asked about; None = opening hours do not count."""

    @property
    def standard(self) -> Standard:
        """Greatest acceptable walk."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Demand, facilities, regions and calendar as they were at one moment of the store.

    Attributes
    ----------
    demand, demand_code, demand_is_sample
        The points of the question's region, and the set that they are from.
    placed
        Every open facility at each of its places, whatever its family and its days; where the
        question's moment is long past, those that were or may have been open on that day.
    unplaced
        Every such facility without a position in the question's region, or in none that is known
        where all demand is asked for.
    regions
        All of them, in order of code.
    versions
        The counters of the data, and the demand set's, to be kept with the result.
    """

    demand: DemandRows
    demand_code: str
    demand_is_sample: bool
    placed: tuple[PlacedFacility, ...]
    unplaced: tuple[UnplacedFacility, ...]
    regions: tuple[RegionRow, ...]
    calendar: WorkCalendar
    versions: dict[str, int]

    @property
    def parents(self) -> dict[str, str | None]:
        """By region the one above."""
        return {one.code: one.parent_code for one in self.regions}

    def demand_frame(self) -> DemandFrame:
        """Return the demand as the analysis takes it."""
        return DemandFrame.from_arrays(
            self.demand.lon,
            self.demand.lat,
            self.demand.weight,
            region=self.demand.region,
            hours=profiles_of(self.demand),
        )

    def standing(self, families: tuple[str, ...] | None, at: datetime) -> list[PlacedFacility]:
        """Return the facilities of some families that are in service on the day of a moment."""
        return [
            one
            for one in self.placed
            if (families is None or one.family in families) and in_service(one, at)
        ]

    def without_position(self, families: tuple[str, ...] | None, at: datetime) -> int:
        """Return how many facilities would stand then, and take no part: nobody knows where."""
        return sum(
            (families is None or one.family in families) and in_service(one, at)
            for one in self.unplaced
        )

    def out_of_season(
        self, families: tuple[str, ...] | None, at: datetime, region: str | None
    ) -> int:
        """Return how many open facilities of a region stand nowhere on the day of a moment."""
        parents = self.parents

        def inside(code: str | None) -> bool:
            while code is not None and code != region:
                code = parents.get(code)
            return code == region

        known = [one for one in self.placed if families is None or one.family in families]
        standing = {one.code for one in known if in_service(one, at)}
        return len(
            {
                one.code
                for one in known
                if one.code not in standing and (region is None or inside(one.region_code))
            }
        )

    def is_open(self, one: PlacedFacility, at: datetime) -> bool | None:
        """Tell whether a facility in service is open at a moment; None is unknown.

        Of a past day that is also unknown where nobody knows since when the facility stands.
        """
        return self.would_be_open(one, at, one.opening_hours)

    def would_be_open(self, one: PlacedFacility, at: datetime, hours: str | None) -> bool | None:
        """Tell the same with other hours than a facility's own."""
        known = state(
            hours, at, timezone=one.timezone, calendar=self.calendar, lon=one.lon, lat=one.lat
        )
        return None if known and not surely_in_service(one, at) else known

    def lacks_opening_date(self, one: PlacedFacility, at: datetime) -> bool:
        """Tell whether it is unknown that a facility was open for want of its dates alone."""
        if surely_in_service(one, at):
            return False
        hours = one.opening_hours
        return (
            state(
                hours, at, timezone=one.timezone, calendar=self.calendar, lon=one.lon, lat=one.lat
            )
            is True
        )


def check_ground(session: Session, question: GroundQuestion) -> None:
    """Refuse a region, a demand set or a family that is not known.

    Raises
    ------
    InvalidValueError
        If it names one.
    """
    check_region(session, "region", question.region)
    if find_demand_set(session, question.demand) is None:
        accepted = Text(
            "已导入的需求集代码（先用 geoapp import demand 导入）",
            "the code of an imported demand set (geoapp import demand)",
        )
        raise InvalidValueError("demand", question.demand, accepted)
    for family in question.families or ():
        if family not in set(Family):
            names = ", ".join(Family)
            raise InvalidValueError("families", family, Text(names, names))


def check_demand_sets(session: Session, code: str | None, others: Sequence[str]) -> None:
    """Refuse further demand sets that are not stored, or the question's own (None: the newest) again.

    Raises
    ------
    InvalidValueError
        If there is such a one.
    """
    for other in others:
        if find_demand_set(session, other) is None:
            accepted = Text("已导入的需求集代码", "codes of imported demand sets")
            raise InvalidValueError("also_demand", other, accepted)
    own = find_demand_set(session, code) if others else None
    if own is not None:
        check_demands(own.code, others)


def check_region(session: Session, parameter: str, code: str | None) -> None:
    """Refuse a region that is not stored.

    Raises
    ------
    InvalidValueError
        If there is none of this code.
    """
    if code is not None and not regions_below(session, code):
        accepted = Text("已有区域的代码", "the code of a stored region")
        raise InvalidValueError(parameter, code, accepted)


def read_stored(
    session: Session,
    question: GroundQuestion,
    zone: str,
    *,
    take: Callable[[StoredDemand], None] | None = None,
) -> Stored:
    """Read what a question rests on.

    Parameters
    ----------
    session
        A snapshot of the database, so that all of it is of one moment.
    zone
        The service's, by whose clocks a moment that is long past belongs to a day.
    take
        Called with the demand, to take its points as they stream in; what is returned then holds none
        of them. None = all points are read.

    Raises
    ------
    NotFoundError
        If there is no such demand set; ``check_ground`` refuses it before.
    """
    versions = data_versions(session)
    demand_set = find_demand_set(session, question.demand)
    if demand_set is None:
        raise NotFoundError(Text("需求集", "demand set"), str(question.demand))
    below = None if question.region is None else regions_below(session, question.region)
    as_of = None
    if question.at is not None and not is_recent(question.at):
        clock = ZoneInfo(zone)
        as_of = AsOf(
            question.at.astimezone(clock).date(),
            datetime.now(clock).date(),
            frozenset({Status.OPEN}),
        )
    placed = read_changes(session, -1).placed if as_of is None else read_placed_on(session, as_of)
    if take is None:
        demand = read_demand(session, demand_set.id, below)
    else:
        take(stored_demand(session, demand_set.id, below))
        demand = no_demand()
    return Stored(
        demand=demand,
        demand_code=demand_set.code,
        demand_is_sample=demand_set.is_sample,
        placed=tuple(placed),
        unplaced=tuple(unplaced_facilities(session, below, as_of)),
        regions=tuple(read_regions(session)),
        calendar=load_calendar(session),
        versions=versions | {"demand_set": demand_set.version},
    )
