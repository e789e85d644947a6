"""The ground of every question about sites: demand, what stands, the ways to walk, in one reading."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from geoapp.analysis.coverage.coverage import CoverageResult, coverage
from geoapp.analysis.coverage.region_figures import lineage
from geoapp.analysis.frames import DemandFrame
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.walks.pairs import PairWalks, kept_walks
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.results.kept import RunInputs
from geoapp.core.results.siting import SitingRunInputs
from geoapp.core.settings import DEFAULT_ZONE, Settings
from geoapp.core.walking import Standard, WalkingEstimate
from geoapp.core.words import Basis, Level
from geoapp.operations.ground.candidates import (
    candidate_positions,
    check_count,
    no_candidates,
    stored_candidates,
    with_drawn,
)
from geoapp.operations.ground.hour_weights import weights_at
from geoapp.operations.ground.in_service import frame_of, in_service, now
from geoapp.operations.ground.moments import Moments, over_moments
from geoapp.operations.ground.near_hosts import hosts_named
from geoapp.operations.ground.new_sites import check_open_then, open_at
from geoapp.operations.ground.standing import is_recent
from geoapp.operations.ground.stored import (
    Stored,
    check_demand_sets,
    check_ground,
    check_region,
    read_stored,
)
from geoapp.operations.network.keeper import NetworkKeeper
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.read import PlacedFacility
from geoapp.store.runs.inputs import RegionRow
from geoapp.store.vocabulary import load_calendar


@dataclass(frozen=True, slots=True)
class Ways:
    """How people walk: on the network that is loaded, and by estimate where there is none."""

    network: WalkingNetwork | None
    estimate: WalkingEstimate


@dataclass(frozen=True, slots=True)
class Ground:
    """Demand and what stands already, read at one moment: what a what-if starts from.

    Over several moments a demand point is here once for each way in which facilities stand to it, with
    the mean of its workers (see ``Moments``): wherever demand points are told of, those are meant.

    Attributes
    ----------
    demand, demand_code, weight
        The n demand points, their set's code, and their weights at the moment asked.
    walks
        Walks from the points of the demand set; ``cover_of`` says whom sites cover.
    existing
        The places of facilities that count (of several moments, at one at least).
    existing_m
        By demand point, the walk to the nearest of them in metres; inf = none. Over several moments
        the longest at any.
    covered, backup
        By demand point, at least one, at least two of them within the standard.
    standing
        All that the coverage analysis says of them; over several moments by point of the demand set.
    moments
        The several moments; None where the question is about one or none.
    stored
        The reading that all of this is from.
    regions, parents
        All regions, and for each code the one above.
    standard, estimate
        What was asked, and how lines become walks.
    rests_on
        What it all rests on, as the run keeps it: versions, basis, demand, samples.
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
    stored: Stored
    regions: tuple[RegionRow, ...]
    parents: dict[str, str | None]
    standard: Standard
    estimate: WalkingEstimate
    rests_on: SitingRunInputs
    moments: Moments | None

    @property
    def waiting(self) -> BoolArray:
        """By demand point, whether nobody covers it and new sites could: they are open then."""
        waiting = ~self.covered & (self.weight > 0)
        return waiting if self.moments is None else waiting & self.moments.served

    @property
    def point(self) -> IntArray:
        """By demand point, its place in the demand set."""
        return np.arange(len(self.weight)) if self.moments is None else self.moments.point

    def cover_of(
        self, lon: FloatArray, lat: FloatArray, progress: Callable[[float], None] | None = None
    ) -> sp.csr_array:
        """Return which demand points m sites (EPSG:4326) cover: ones, CSR of shape (n, m)."""
        cover = self.walks.cover(lon, lat, self.standard, progress=progress)
        return cover if self.moments is None else self.moments.rows_of(cover)

    def walks_of(self, lon: FloatArray, lat: FloatArray) -> sp.csr_array:
        """Return the walks in metres of all pairs that ``cover_of`` names: CSR of shape (n, m), zeros stored."""
        limit_m = self.standard.walk_m(self.estimate) + 0.2  # as for the cover
        walks = self.walks.within(lon, lat, limit_m=limit_m)
        walks = kept_walks(walks, self.standard.covers(walks.data, self.estimate))
        if self.moments is None:
            return walks
        rows = sp.csr_array(walks[self.moments.point])
        return kept_walks(rows, np.repeat(self.moments.served, np.diff(rows.indptr)))

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


def check_siting(session: Session, wanted: SitingParameters, zone: str | None = None) -> None:
    """Refuse at once what cannot be done.

    Parameters
    ----------
    zone
        Whose clocks the hours of new sites are by; None leaves it to the run to hold them against the
        moment.

    Raises
    ------
    InvalidValueError
        If a value is out of range, names nothing that is stored, or is not honoured by the model.
    """
    wanted.check()
    check_ground(session, wanted)
    first = min(wanted.times(zone or DEFAULT_ZONE), default=None)
    if first is not None and not is_recent(first):
        accepted = Text(
            "最近一年或以后的时刻：多个时刻的选址是为将来的",
            "moments of the last year or later: a plan over several moments is for days to come",
        )
        raise InvalidValueError("at" if wanted.at else "moments", first.isoformat(), accepted)
    if zone is not None and (wanted.hours is not None or wanted.hour_weights):
        calendar = load_calendar(session)
        check_open_then(wanted, zone, calendar)
        weights_at(wanted, zone, calendar)
    check_demand_sets(session, wanted.demand, wanted.also_demand)
    if wanted.near_hosts is not None:
        hosts_named(session, wanted.near_hosts)
    for code, _ in wanted.quotas:
        check_region(session, "quotas", code)
    if wanted.anywhere:
        drawn = with_drawn(wanted, no_candidates())
        candidate_positions(drawn, "fixed", wanted.fixed)
    elif wanted.generated:
        with_drawn(wanted, no_candidates())
    else:
        stored = with_drawn(wanted, stored_candidates(session, wanted))
        candidate_positions(stored, "fixed", wanted.fixed)
        candidate_positions(stored, "forbidden", wanted.forbidden)
        check_count(wanted, stored)


def _counted(stored: Stored, wanted: SitingParameters) -> list[PlacedFacility]:
    """Return the facilities that count, as coverage runs count them."""
    placed = stored.standing(wanted.families, wanted.at or now())
    if wanted.at is None:
        return placed
    return [one for one in placed if stored.is_open(one, wanted.at) is True]


def _counted_then(
    stored: Stored, wanted: SitingParameters, times: tuple[datetime, ...]
) -> tuple[list[PlacedFacility], BoolArray]:
    """Return the places that count at some moment, and which do at which, shape (moments, places)."""
    mine = [
        one for one in stored.placed if wanted.families is None or one.family in wanted.families
    ]
    then = np.array(
        [
            [in_service(one, time) and stored.is_open(one, time) is True for one in mine]
            for time in times
        ],
        dtype=np.bool_,
    ).reshape(len(times), len(mine))
    ever = np.flatnonzero(then.any(axis=0))
    return [mine[place] for place in ever.tolist()], then[:, ever]


def ways_to_walk(settings: Settings) -> Ways:
    """Return how people walk now."""
    estimate = WalkingEstimate(
        detour_factor=settings.detour_factor, speed_m_per_s=settings.walking_speed_m_per_s
    )
    return Ways(NetworkKeeper(settings).current(), estimate)


def run_inputs(
    settings: Settings, stored: Stored, ways: Ways, basis: Basis, without_position: int
) -> RunInputs:
    """Return what a result rests on, as the run keeps it: versions, basis, speeds, calendar."""
    network = ways.network
    return RunInputs(
        versions=stored.versions,
        demand=stored.demand_code,
        basis=basis,
        network=None if network is None else network.version,
        detour_factor=settings.detour_factor,
        network_detour_factor=None if network is None else network.detour_factor,
        walking_speed_m_per_s=settings.walking_speed_m_per_s,
        timezone=settings.timezone,
        calendar_years=tuple(sorted(stored.calendar.years)[-1:]),
        without_position=without_position,
    )


def read_ground(database: Database, settings: Settings, wanted: SitingParameters) -> Ground:
    """Read and measure the demand and what stands already, without any candidates.

    Raises
    ------
    InvalidValueError
        If the question cannot be answered from what is stored.
    """
    with database.snapshot() as session:
        check_siting(session, wanted)
        stored = read_stored(session, wanted, settings.timezone)
    return measure_ground(settings, wanted, stored, ways_to_walk(settings))


def measure_ground(
    settings: Settings, wanted: SitingParameters, stored: Stored, ways: Ways
) -> Ground:
    """Measure who is covered by what stands, by the very function of coverage runs.

    Raises
    ------
    InvalidValueError
        If there is no demand.
    """
    network, estimate = ways.network, ways.estimate
    demand = stored.demand_frame()
    times = wanted.times(settings.timezone)
    moments: Moments | None = None
    held: Moments | CoverageResult
    if times:
        counted, then = _counted_then(stored, wanted, times)
        moments = over_moments(
            demand,
            counted,
            then,
            times,
            open_at(wanted, settings.timezone, stored.calendar),
            weights_at(wanted, settings.timezone, stored.calendar),
            wanted.standard,
            seated=wanted.seated,
            estimate=estimate,
            network=network,
        )
        standing, held = moments.standing, moments
    else:
        counted = _counted(stored, wanted)
        local = None if wanted.at is None else wanted.at.astimezone(ZoneInfo(settings.timezone))
        standing = held = coverage(
            demand, frame_of(counted), wanted.standard, estimate=estimate, network=network, at=local
        )
    if not held.weight.sum() > 0:
        accepted = Text("有需求的区域与时刻", "a region and a moment where there is demand")
        raise InvalidValueError("demand", stored.demand_code, accepted)
    walks = PairWalks.of(demand.lon, demand.lat, estimate=estimate, network=network)
    point = np.arange(len(demand)) if moments is None else moments.point
    on_network = float(held.weight[walks.stands[point]].sum())
    basis = Basis.NETWORK if on_network > 0 else Basis.ESTIMATE
    left_out = stored.without_position(wanted.families, min(times, default=wanted.at or now()))
    rests_on = SitingRunInputs(
        **dict(run_inputs(settings, stored, ways, basis, left_out)),
        demand_is_sample=stored.demand_is_sample,
        network_weight=on_network,
        facilities_counted=len({one.code for one in counted}),
        sample=stored.demand_is_sample or any(one.is_sample for one in counted),
    )
    return Ground(
        demand=demand if moments is None else moments.frame(),
        demand_code=stored.demand_code,
        weight=held.weight,
        walks=walks,
        existing=tuple(counted),
        existing_m=standing.walk_m[point],
        covered=held.covered,
        backup=held.backup,
        standing=standing,
        stored=stored,
        regions=stored.regions,
        parents=stored.parents,
        standard=wanted.standard,
        estimate=estimate,
        rests_on=rests_on,
        moments=moments,
    )
