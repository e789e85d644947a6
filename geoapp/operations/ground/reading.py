"""The ground of every question about sites: demand, what stands, the ways to walk, in one reading."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from geoapp.analysis.coverage.coverage import CoverageResult, coverage
from geoapp.analysis.coverage.region_figures import lineage
from geoapp.analysis.frames import DemandFrame, FacilityFrame
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.walks.pairs import PairWalks
from geoapp.core.arrays import BoolArray, FloatArray
from geoapp.core.errors import InvalidValueError, NotFoundError
from geoapp.core.hours import state
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.settings import Settings
from geoapp.core.walking import Standard, WalkingEstimate
from geoapp.core.words import Basis, Family, Level
from geoapp.operations.ground.candidates import (
    candidate_positions,
    check_count,
    no_candidates,
    read_candidate_rows,
    stored_candidates,
    with_drawn,
)
from geoapp.operations.ground.in_service import in_service, now, profiles_of
from geoapp.operations.network.keeper import NetworkKeeper
from geoapp.store.engine import Database
from geoapp.store.facilities.read import PlacedFacility, data_versions, read_changes, regions_below
from geoapp.store.runs.inputs import (
    DemandRows,
    RegionRow,
    find_demand_set,
    read_demand,
    read_regions,
)
from geoapp.store.runs.sites import CandidateRows
from geoapp.store.vocabulary import load_calendar

Progress = Callable[[float, Text], None]


@dataclass(frozen=True, slots=True)
class Ground:
    """Demand and what stands already, read at one moment: what a what-if starts from.

    Attributes
    ----------
    demand, demand_code, weight
        The n demand points, their set's code, and their weights at the moment asked.
    walks
        Asks for the walks to any other sites: ``walks.cover(lon, lat, standard)``.
    existing
        The places of facilities that count.
    existing_m
        By demand point, the walk to the nearest of them in metres; inf = none.
    covered, backup
        By demand point, at least one, at least two of them within the standard.
    standing
        All that the coverage analysis says of them.
    regions, parents
        All regions, and for each code the one above.
    standard, estimate
        What was asked, and how lines become walks.
    told
        What it all rests on, for the run's inputs: versions, basis, demand, samples.
    """

    demand: DemandFrame
    demand_code: str
    weight: FloatArray
    walks: PairWalks
    existing: tuple[PlacedFacility, ...]
    existing_m: FloatArray
    covered: BoolArray
    backup: BoolArray
    standing: CoverageResult
    regions: tuple[RegionRow, ...]
    parents: dict[str, str | None]
    standard: Standard
    estimate: WalkingEstimate
    told: dict[str, Any]

    def region_at(self, level: Level, codes: NDArray[np.object_]) -> NDArray[np.object_]:
        """Return for region codes the region of a level that holds each; None = there is none."""
        levels = {one.code: one.level for one in self.regions}
        above: dict[str | None, str | None] = {None: None}
        for code in {one for one in codes if one is not None}:
            line = lineage(code, self.parents)
            above[code] = next((one for one in line if levels.get(one) == level), None)
        return np.array([above[code] for code in codes], dtype=object)

    def districts(self) -> NDArray[np.object_]:
        """Return by demand point its district, or its own region where there are none; None = unknown."""
        own = self.demand.region
        if own is None:
            return np.full(len(self.weight), None, dtype=object)
        above = self.region_at(Level.DISTRICT, own)
        return np.array(
            [code or other for code, other in zip(above, own, strict=True)], dtype=object
        )


@dataclass(frozen=True, slots=True)
class _Stored:
    """What one snapshot of the store holds of it."""

    demand: DemandRows
    demand_code: str
    candidates: CandidateRows | None
    placed: list[PlacedFacility]
    regions: list[RegionRow]
    told: dict[str, Any]
    calendar: Any


def check_siting(session: Session, wanted: SitingParameters) -> None:
    """Refuse at once what cannot be done.

    Raises
    ------
    InvalidValueError
        If a value is out of range, names nothing that is stored, or is not honoured by the model.
    """
    wanted.check()
    _check_region(session, "region", wanted.region)
    for code, _ in wanted.quotas:
        _check_region(session, "quotas", code)
    if find_demand_set(session, wanted.demand) is None:
        accepted = Text(
            "已导入的需求集代码（先用 geoapp import demand 导入）",
            "the code of an imported demand set (geoapp import demand)",
        )
        raise InvalidValueError("demand", wanted.demand, accepted)
    for family in wanted.families or ():
        if family not in set(Family):
            names = ", ".join(Family)
            raise InvalidValueError("families", family, Text(names, names))
    if wanted.generated:
        with_drawn(session, wanted, no_candidates(), 0.0)
    else:
        stored = with_drawn(session, wanted, stored_candidates(session, wanted), 0.0)
        candidate_positions(stored, "fixed", wanted.fixed)
        candidate_positions(stored, "forbidden", wanted.forbidden)
        check_count(wanted, stored)


def _check_region(session: Session, parameter: str, code: str | None) -> None:
    if code is not None and not regions_below(session, code):
        accepted = Text("已有区域的代码", "the code of a stored region")
        raise InvalidValueError(parameter, code, accepted)


def read_stored(
    database: Database,
    settings: Settings,
    wanted: SitingParameters,
    network: WalkingNetwork | None,
    estimate: WalkingEstimate,
    *,
    candidates_too: bool,
) -> _Stored:
    """Read everything at one moment of the store."""
    with database.session() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        check_siting(session, wanted)
        demand_set = find_demand_set(session, wanted.demand)
        if demand_set is None:  # refused above
            raise NotFoundError(Text("需求集", "demand set"), str(wanted.demand))
        below = None if wanted.region is None else regions_below(session, wanted.region)
        versions = data_versions(session)
        versions["demand_set"] = demand_set.version
        demand = read_demand(session, demand_set.id, below)
        told: dict[str, Any] = {"versions": versions, "demand": demand_set.code}
        candidates = None
        if candidates_too:
            candidates, told["candidates"] = read_candidate_rows(
                session,
                wanted,
                demand,
                network=network,
                estimate=estimate,
                tolerance_m=settings.region_tolerance_m,
            )
        told["demand_is_sample"] = demand_set.is_sample
        return _Stored(
            demand=demand,
            demand_code=demand_set.code,
            candidates=candidates,
            placed=read_changes(session, -1).placed,
            regions=read_regions(session),
            told=told,
            calendar=load_calendar(session),
        )


def _counted(stored: _Stored, wanted: SitingParameters) -> list[PlacedFacility]:
    """Return the facilities that count, as coverage runs count them."""
    moment = wanted.at or now()
    placed = [
        one
        for one in stored.placed
        if (wanted.families is None or one.family in wanted.families) and in_service(one, moment)
    ]
    if wanted.at is None:
        return placed
    return [
        one
        for one in placed
        if state(one.opening_hours, moment, timezone=one.timezone, calendar=stored.calendar) is True
    ]


def _standing(
    wanted: SitingParameters,
    demand: DemandFrame,
    counted: list[PlacedFacility],
    estimate: WalkingEstimate,
    network: WalkingNetwork | None,
    zone: str,
) -> CoverageResult:
    """Return what the facilities cover, by the very function of coverage runs."""
    facilities = FacilityFrame.from_arrays(
        [one.lon for one in counted],
        [one.lat for one in counted],
        keys=[(one.code, one.place) for one in counted],
        areas=[None if one.area_wkb is None else shapely.from_wkb(one.area_wkb) for one in counted],
    )
    local = None if wanted.at is None else wanted.at.astimezone(ZoneInfo(zone))
    return coverage(
        demand, facilities, wanted.standard, estimate=estimate, network=network, at=local
    )


def read_ground(database: Database, settings: Settings, wanted: SitingParameters) -> Ground:
    """Read and measure the demand and what stands already, without any candidates.

    Raises
    ------
    InvalidValueError
        If the question cannot be answered from what is stored.
    """
    network, estimate = ways_to_walk(settings)
    stored = read_stored(database, settings, wanted, network, estimate, candidates_too=False)
    return measure_ground(settings, wanted, stored, network, estimate)


def ways_to_walk(settings: Settings) -> tuple[WalkingNetwork | None, WalkingEstimate]:
    """Return the network in use, if there is one, and the estimate for where it does not reach."""
    estimate = WalkingEstimate(
        detour_factor=settings.detour_factor, speed_m_per_s=settings.walking_speed_m_per_s
    )
    return NetworkKeeper(settings).current(), estimate


def measure_ground(
    settings: Settings,
    wanted: SitingParameters,
    stored: _Stored,
    network: WalkingNetwork | None,
    estimate: WalkingEstimate,
) -> Ground:
    """Measure who is covered by what stands, from rows that were read in one go."""
    demand = DemandFrame.from_arrays(
        stored.demand.lon,
        stored.demand.lat,
        stored.demand.weight,
        region=stored.demand.region,
        hours=profiles_of(stored.demand),
    )
    counted = _counted(stored, wanted)
    now_covered = _standing(wanted, demand, counted, estimate, network, settings.timezone)
    if not now_covered.weight.sum() > 0:
        accepted = Text("有需求的区域与时刻", "a region and a moment where there is demand")
        raise InvalidValueError("demand", stored.demand_code, accepted)
    walks = PairWalks.of(demand.lon, demand.lat, estimate=estimate, network=network)
    on_network = float(now_covered.weight[walks.stands].sum())
    told = stored.told | {
        "basis": Basis.NETWORK if on_network > 0 else Basis.ESTIMATE,
        "network": None if network is None else network.version,
        "network_weight": on_network,
        "detour_factor": settings.detour_factor,
        "network_detour_factor": None if network is None else network.detour_factor,
        "walking_speed_m_per_s": settings.walking_speed_m_per_s,
        "timezone": settings.timezone,
        "calendar_years": sorted(stored.calendar.years)[-1:],
        "facilities_counted": len({one.code for one in counted}),
        "sample": bool(stored.told["demand_is_sample"] or any(one.is_sample for one in counted)),
    }
    return Ground(
        demand=demand,
        demand_code=stored.demand_code,
        weight=now_covered.weight,
        walks=walks,
        existing=tuple(counted),
        existing_m=now_covered.walk_m,
        covered=now_covered.covered,
        backup=now_covered.backup,
        standing=now_covered,
        regions=tuple(stored.regions),
        parents={one.code: one.parent_code for one in stored.regions},
        standard=wanted.standard,
        estimate=estimate,
        told=told,
    )
