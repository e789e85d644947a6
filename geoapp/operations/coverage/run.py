"""Coverage runs: who is within the standard of a facility, who is not, and where the gaps are."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from geoapp.analysis.coverage.coverage import coverage
from geoapp.analysis.coverage.gaps import gap_zones as find_gap_zones
from geoapp.analysis.frames import DemandFrame
from geoapp.core.calendar import WorkCalendar
from geoapp.core.errors import InvalidValueError, NotFoundError
from geoapp.core.hours import state
from geoapp.core.i18n import Text
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.results.run import RunState
from geoapp.core.settings import Settings
from geoapp.core.walking import WalkingEstimate
from geoapp.core.words import Family
from geoapp.operations.coverage.closers import closer_arrays, overlap_arrays
from geoapp.operations.coverage.measures import access_of, stored_access
from geoapp.operations.coverage.network import against_lines
from geoapp.operations.coverage.reasons import gap_reasons, hours_gap, told_of
from geoapp.operations.coverage.results import KIND, MAX_ZONES, figures_of, store_results
from geoapp.operations.ground.in_service import (
    _basis,
    _frame_of,
    in_service,
    named_regions,
    now,
    profiles_of,
)
from geoapp.operations.network.keeper import NetworkKeeper
from geoapp.operations.runs import lifecycle as runs
from geoapp.operations.runs.lifecycle import Attempt
from geoapp.store.engine import Database
from geoapp.store.facilities.read import PlacedFacility, data_versions, read_changes, regions_below
from geoapp.store.runs.inputs import (
    DemandRows,
    RegionRow,
    find_demand_set,
    read_demand,
    read_regions,
)
from geoapp.store.vocabulary import load_calendar

_READING = Text("读取数据", "Reading the data")
_SEARCHING = Text("计算步行距离", "Measuring walks")
_GATHERING = Text("归并盲区", "Gathering gap zones")
_CLOSING = Text("比较盲区与重叠", "Comparing gap zones and overlaps")
_SAVING = Text("保存结果", "Saving the results")


@dataclass(frozen=True, slots=True)
class _Inputs:
    demand: DemandRows
    demand_code: str
    placed: list[PlacedFacility]
    regions: list[RegionRow]
    calendar: WorkCalendar
    versions: dict[str, int]


def _check(session: Session, wanted: CoverageParameters) -> None:
    """Refuse at once what the worker could not do."""
    if wanted.region is not None and not regions_below(session, wanted.region):
        raise InvalidValueError(
            "region", wanted.region, Text("已有区域的代码", "the code of a stored region")
        )
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


def start(database: Database, wanted: CoverageParameters, created_by: str | None) -> RunState:
    """Queue a run and return its state.

    Raises
    ------
    InvalidValueError
        If the region, the demand set or a family is not known.
    """
    with database.session() as session:
        _check(session, wanted)
    return read(database, runs.enqueue(database, KIND, wanted.stored(), created_by))


def run_here(
    database: Database,
    settings: Settings,
    wanted: CoverageParameters,
    progress: Callable[[float, Text], None] | None = None,
) -> RunState:
    """Do a run in this process, for the command line, and return how it ended."""
    with database.session() as session:
        _check(session, wanted)
    run_id = runs.store_run(database, KIND, wanted.stored(), None)
    runs.perform_here(database, run_id, work(database, settings), progress)
    return read(database, run_id)


def work(database: Database, settings: Settings) -> runs.Work:
    """Return the function that does a queued run."""

    def do(attempt: Attempt, params: dict[str, Any]) -> None:
        _compute(database, settings, attempt, CoverageParameters.from_stored(params))

    return do


def _read(database: Database, wanted: CoverageParameters) -> _Inputs:
    """Read everything at one moment of the store."""
    with database.session() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        _check(session, wanted)
        demand_set = find_demand_set(session, wanted.demand)
        if demand_set is None:  # _check has refused this
            raise NotFoundError(Text("需求集", "demand set"), str(wanted.demand))
        below = None if wanted.region is None else regions_below(session, wanted.region)
        versions = data_versions(session)
        versions["demand_set"] = demand_set.version
        return _Inputs(
            demand=read_demand(session, demand_set.id, below),
            demand_code=demand_set.code,
            placed=read_changes(session, -1).placed,
            regions=read_regions(session),
            calendar=load_calendar(session),
            versions=versions,
        )


def _compute(
    database: Database, settings: Settings, attempt: Attempt, wanted: CoverageParameters
) -> None:
    attempt.progress(0.0, _READING)
    inputs = _read(database, wanted)
    moment = wanted.at or now()
    placed = [
        one
        for one in inputs.placed
        if (wanted.families is None or one.family in wanted.families) and in_service(one, moment)
    ]
    states = [
        state(one.opening_hours, moment, timezone=one.timezone, calendar=inputs.calendar)
        for one in placed
    ]
    counted = placed
    if wanted.at is not None:
        counted = [one for one, known in zip(placed, states, strict=True) if known is True]
    demand = DemandFrame.from_arrays(
        inputs.demand.lon,
        inputs.demand.lat,
        inputs.demand.weight,
        region=inputs.demand.region,
        hours=profiles_of(inputs.demand),
    )
    facilities = _frame_of(counted)
    estimate = WalkingEstimate(
        detour_factor=settings.detour_factor, speed_m_per_s=settings.walking_speed_m_per_s
    )
    attempt.progress(0.1, _SEARCHING)
    network = NetworkKeeper(settings).current()
    local = None if wanted.at is None else wanted.at.astimezone(ZoneInfo(settings.timezone))
    parents = {one.code: one.parent_code for one in inputs.regions}
    result = coverage(
        demand,
        facilities,
        wanted.standard,
        estimate=estimate,
        network=network,
        parents=parents,
        at=local,
        progress=lambda share: attempt.progress(0.1 + 0.6 * share, _SEARCHING),
    )
    lines = against_lines(demand, facilities, result, parents)
    hours = None
    if wanted.at is not None:
        hours = hours_gap(demand, result, _frame_of(placed), states, network)
    access = access_of(
        demand, inputs.demand.group, counted, result, network, parents, estimate=estimate
    )
    attempt.progress(0.7, _GATHERING)
    zones = find_gap_zones(
        demand,
        result,
        regions=named_regions(inputs.regions),
        max_zones=MAX_ZONES,
        progress=lambda share: attempt.progress(0.7 + 0.1 * share, _GATHERING),
    )
    attempt.progress(0.8, _CLOSING)
    more = [
        *closer_arrays(
            demand,
            result,
            zones,
            network,
            lambda share: attempt.progress(0.8 + 0.05 * share, _CLOSING),
        ),
        *overlap_arrays(
            demand,
            result,
            counted,
            network,
            lambda share: attempt.progress(0.85 + 0.1 * share, _CLOSING),
        ),
    ]
    attempt.progress(0.95, _SAVING)
    summary = {
        "total": figures_of(result.total),
        "without_region": None
        if result.without_region is None
        else figures_of(result.without_region),
        "standard_walk_m": wanted.standard.walk_m(estimate),
        "standard_line_m": wanted.standard.line_m(estimate),
        "facilities": len({one.code for one in placed}),
        "facilities_counted": len({one.code for one in counted}),
        "facilities_hours_unknown": len(
            {one.code for one, known in zip(placed, states, strict=True) if known is None}
        ),
        "gap_zones": len(zones.zones),
        "gap_rest_zones": zones.rest_zones,
        "gap_rest_workers": zones.rest_workers,
        "network": None if result.network is None else asdict(result.network),
        "straight_line": None if lines is None else asdict(lines[0]),
        **told_of(hours, result),
        "gap_reasons": gap_reasons(result, zones, hours),
        "access": stored_access(access),
    }
    told = {
        "versions": inputs.versions,
        "demand": inputs.demand_code,
        "basis": _basis(result),
        "network": None if network is None else network.version,
        "detour_factor": settings.detour_factor,
        "network_detour_factor": None if network is None else network.detour_factor,
        "walking_speed_m_per_s": settings.walking_speed_m_per_s,
        "timezone": settings.timezone,
        "calendar_years": sorted(inputs.calendar.years)[-1:],
    }
    store_results(
        database,
        attempt,
        summary,
        told,
        result,
        zones,
        counted,
        {} if lines is None else lines[1],
        access,
        more,
    )


def read(database: Database, run_id: int) -> RunState:
    """Return a coverage run's state."""
    return runs.read_run(database, KIND, run_id)


def recent(database: Database, limit: int = 20) -> list[RunState]:
    """Return the newest coverage runs, newest first."""
    return runs.recent_runs(database, KIND, limit)


def latest(database: Database) -> RunState | None:
    """Return the coverage run that succeeded last, or None."""
    return runs.latest_success(database, KIND)


def cancel(database: Database, run_id: int) -> RunState:
    """Cancel a coverage run."""
    return runs.cancel(database, KIND, run_id)
