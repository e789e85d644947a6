"""What an opened station really newly covers, by the arithmetic of the plan that promised it."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from geoapp.core.errors import ConflictError, InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.proposals import ProposalState
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.settings import Settings
from geoapp.core.words import Status
from geoapp.operations.ground.in_service import in_service, now
from geoapp.operations.ground.reading import check_siting, measure_ground, ways_to_walk
from geoapp.operations.ground.stored import Stored, read_stored
from geoapp.operations.proposals.read import found_proposal
from geoapp.operations.proposals.seated import newly_served
from geoapp.store.engine import Database
from geoapp.store.proposals import ProposalRecord, later_facilities

_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Fact:
    """Promise against fact; weights are workers.

    Attributes
    ----------
    at
        The moment for which it was counted; None = opening hours do not count, or it is the mean over
        the several moments of the plan.
    workers
        Whom the station newly covers; None = that cannot be told.
    reason
        Why it cannot be told, or why it is nobody.
    demand
        The code of the demand set that was counted.
    """

    promised: float
    workers: float | None
    at: datetime | None
    demand: str | None
    reason: Text | None = None


def fact_of(database: Database, settings: Settings, number: int) -> Fact:
    """Count whom an opened proposal's station newly covers now.

    The standard, the families, the region, the demand set and the hour of the week are those of the
    plan. As the plan counted it after the sites before it, what its sites behind this one became is
    left out: whom both reach is the first one's.

    Raises
    ------
    NotFoundError
        If there is no such proposal.
    ConflictError
        If it is not open yet.
    """
    with database.snapshot() as session:
        record = found_proposal(session, number)
        if record.state != ProposalState.OPEN:
            raise ConflictError(
                Text(
                    f"“{record.name_zh}”还没有开放，没有实际可比。",
                    f"“{record.name_zh}” is not open yet: there is no fact to compare.",
                )
            )
        asked = SitingParameters.from_stored(record.question)
        wanted = _this_week(asked)
        try:
            check_siting(session, wanted)
            stored = read_stored(session, wanted, settings.timezone)
        except InvalidValueError as error:
            return Fact(record.promised, None, _at(wanted), wanted.demand, error.text)
        behind = later_facilities(session, record.run, record.order)
        of_plan = later_facilities(session, record.run, 1)
    known = _cannot_be_told(record, stored, wanted, settings.timezone)
    if known is not None:
        workers, reason = known
        return Fact(record.promised, workers, _at(wanted), stored.demand_code, reason)
    ways = ways_to_walk(settings)
    if asked.seated:
        return _with_seats(record, settings, wanted, stored, of_plan, behind, asked.existing_seats)
    try:
        before = measure_ground(settings, wanted, _without(stored, behind), ways)
        others = [code for code in behind if code != record.facility]
        after = measure_ground(settings, wanted, _without(stored, others), ways)
    except InvalidValueError as error:
        return Fact(record.promised, None, _at(wanted), stored.demand_code, error.text)
    # Over several moments the rows of the two differ, so that only their sums can be compared.
    workers = math.fsum(after.weight[after.covered]) - math.fsum(before.weight[before.covered])
    return Fact(record.promised, max(0.0, workers), _at(wanted), stored.demand_code)


def _with_seats(
    record: ProposalRecord,
    settings: Settings,
    wanted: SitingParameters,
    stored: Stored,
    of_plan: Sequence[str],
    behind: Sequence[str],
    existing_seats: float | None,
) -> Fact:
    """Count whom a station has seats for, as its plan did: each of the plan's as many as it seats."""
    assert record.facility is not None  # or nothing is to be counted
    try:
        ground = measure_ground(settings, wanted, _without(stored, of_plan), ways_to_walk(settings))
    except InvalidValueError as error:
        return Fact(record.promised, None, _at(wanted), wanted.demand, error.text)
    before = [code for code in of_plan if code not in behind]
    workers = newly_served(ground, stored, before, record.facility, wanted.at, existing_seats)
    reason = None
    if workers is None:
        reason = Text(
            "方案算的是有座位的人，这一站或方案里它前面的站点没有登记座位",
            "the plan counted workers with a seat, and the seats of this station, or of one before it in "
            "the plan, are not recorded",
        )
    return Fact(record.promised, workers, _at(wanted), stored.demand_code, reason)


def _plain(wanted: SitingParameters) -> SitingParameters:
    """Return of a question what its ground is: who, how far, when, with what."""
    return SitingParameters(
        p=1,
        standard_m=wanted.standard_m,
        standard_seconds=wanted.standard_seconds,
        region=wanted.region,
        demand=wanted.demand,
        families=wanted.families,
        at=wanted.at,
        period=wanted.period,
        moments=wanted.moments,
        hour_weights=wanted.hour_weights,
    )


def _this_week(wanted: SitingParameters) -> SitingParameters:
    """Return a question's ground at the next moments of the same hours of the week.

    Moments that are to come stay; of several all move together, once the first has passed.
    """
    plain = _plain(wanted)
    first = min(wanted.moments, default=wanted.at)
    if first is None or first >= now():
        return plain
    later = -((first - now()) // _WEEK) * _WEEK
    return replace(
        plain,
        at=None if plain.at is None else plain.at + later,
        moments=tuple(one + later for one in plain.moments),
    )


def _at(wanted: SitingParameters) -> datetime | None:
    return None if wanted.several else wanted.at


def _without(stored: Stored, codes: Collection[str]) -> Stored:
    return replace(stored, placed=tuple(one for one in stored.placed if one.code not in codes))


def _cannot_be_told(
    record: ProposalRecord, stored: Stored, wanted: SitingParameters, zone: str
) -> tuple[float | None, Text] | None:
    """Return what is known without counting, with its reason; None where it must be counted."""
    if record.facility is None:
        return None, Text(
            "对应的站点已从站点数据里删除", "its facility was deleted from the register"
        )
    if record.facility_status != Status.OPEN:
        return 0.0, Text("站点现在没有启用", "the station is not in service now")
    mine = [one for one in stored.placed if one.code == record.facility]
    if not mine:
        return None, Text("站点没有位置", "the station has no position")
    if wanted.families is not None and mine[0].family not in wanted.families:
        return None, Text(
            "站点的类型不在这个方案计算的类别里", "the plan does not count facilities of its family"
        )
    times = wanted.times(zone) or (wanted.at or now(),)
    if not any(in_service(one, time) for one in mine for time in times):
        return 0.0, Text("站点那天还没有启用", "the station is not in service on that day")
    if wanted.at is None and not wanted.several:
        return None
    open_then = [stored.is_open(one, time) for one in mine for time in times]
    if True in open_then:
        return None
    if None in open_then:
        return None, Text(
            "站点的开放时间未知，那时是否开放说不准",
            "the station's hours are unknown, and so is whether it is open then",
        )
    return 0.0, Text("站点那时不开放", "the station is closed then")
