"""What a siting run found; weights are outdoor workers, shares 0 to 1, walks metres."""

from enum import StrEnum
from typing import ClassVar, Final

from geoapp.core.questions.siting import SitingModel
from geoapp.core.results.explanation import Explanation, NamedSite, OtherPlans, SameCost
from geoapp.core.results.kept import (
    Kept,
    KeptResult,
    KeptText,
    RunInputs,
    Upgrade,
    unchanged,
)
from geoapp.core.results.robust import Robustness
from geoapp.core.results.run import RunKind, RunState
from geoapp.core.results.status import SitingStatus
from geoapp.core.words import Level


class ObjectiveUnit(StrEnum):
    """What an objective counts."""

    WORKERS = "workers"
    WORKERS_SERVED = "workers_served"
    SITES = "sites"
    WORKER_METRES = "worker_metres"
    METRES = "metres"


class SitingFigures(Kept):
    """The whole, or a region, before and after the new sites."""

    weight: float
    point_count: int
    covered_before_weight: float
    covered_before_share: float | None
    covered_after_weight: float
    covered_after_share: float | None
    added_weight: float
    backup_before_weight: float
    backup_after_weight: float
    uncovered_weight: float


class KeptSitingRegion(SitingFigures):
    """A region's figures as the run keeps them, and how many of its sites it has."""

    sites: int


class SitingRegionFigures(KeptSitingRegion):
    """A region before and after a siting run's sites; weights are outdoor workers."""

    code: str
    name_zh: str
    name_en: str | None
    level: Level | None
    parent: str | None


class DistrictGain(Kept):
    """Workers of a district whom a site newly reaches; no code: of unknown district."""

    code: str | None
    name_zh: str | None
    name_en: str | None
    workers: float


class ZoneGain(Kept):
    """Workers of a gap zone whom a site newly reaches; no rank: of a zone that is not listed."""

    rank: int | None
    name_zh: str | None
    name_en: str | None
    workers: float


class SiteProperties(NamedSite):
    """A site of a siting run; ``adds`` are the workers whom it newly reaches after those before it.

    ``phase`` is the year in which it opens, of a plan in phases; ``size`` and ``seats`` are of a plan
    with several sizes, and ``cost`` is then that of the site in its size.
    """

    order: int
    region: str | None
    cost: float | None
    size: str | None = None
    seats: float | None = None
    fixed: bool
    phase: int | None = None
    adds: float
    by_district: tuple[DistrictGain, ...]
    by_zone: tuple[ZoneGain, ...] | None
    sample: bool


class Site(SiteProperties):
    """A site with its place in WGS-84, decimal degrees."""

    lon: float
    lat: float


class SitingGapProperties(Kept):
    """A gap zone before a siting run's sites; whom they reach of it, and who is left."""

    rank: int
    name: str
    name_zh: str
    name_en: str | None
    region: str | None
    workers: float
    reached_workers: float
    left_workers: float
    points: int
    worst_m: float | None
    mean_m: float | None
    nearest_code: str | None
    nearest_name: str | None
    nearest_name_en: str | None


class SitingGap(SitingGapProperties):
    """A gap zone with its area in WGS-84."""

    geometry_wkb: bytes


class CurvePoint(Kept):
    """What so many sites reach; shares are known where the objective counts workers alone."""

    p: int
    objective: float
    bound: float
    covered_share: float | None
    covered_share_bound: float | None


class SitingWalks(Kept):
    """Walks to the nearest station, before and after, of those who reach one; None = nobody does."""

    walk_mean_before_m: float | None
    walk_longest_before_m: float | None
    walk_mean_after_m: float | None
    walk_longest_after_m: float | None


class DistrictShare(Kept):
    """A district's covered share; no code: of unknown district."""

    code: str | None
    share: float


class GroupGain(Kept):
    """A group of workers, such as couriers, before and after; None: of whom no group was told."""

    group: str | None
    weight: float
    covered_before_share: float | None
    covered_after_share: float | None
    added_weight: float


class MomentFigures(Kept):
    """One of several moments, before and after the new sites.

    Attributes
    ----------
    at
        ISO 8601 with the offset from UTC.
    sites_open
        Whether the new sites are open then, by their hours; where nobody gave any, they are taken to be.
    weight, covered_before_weight, covered_after_weight
        Workers who are out there at this moment, and those of them within reach.
    counts
        How much it counts in the means beside the others: a whole number, 0 for not at all.
    """

    at: str
    sites_open: bool
    counts: int = 1
    weight: float
    covered_before_weight: float
    covered_after_weight: float


class PhaseFigures(Kept):
    """A phase of a plan with the sites of those before it; weights are workers newly reached.

    Attributes
    ----------
    year, sites, sites_total
        When it opens, and how many sites open in it and stand by then.
    added_weight, covered_share
        Newly reached by all that stand by then, and the share covered with what stood before.
    alone_weight, alone_bound
        What so many sites were found to reach newly if only this phase mattered, and what no so many
        reach more than.
    """

    year: int
    sites: int
    sites_total: int
    added_weight: float
    covered_share: float | None
    alone_weight: float
    alone_bound: float


class BuiltSize(Kept):
    """The size in which a site of a plan with several sizes is built, and what it seats."""

    name: str
    seats: float


class FairnessLevel(Kept):
    """What was reached for so many of the worst districts together."""

    lowest: int
    objective: float
    bound: float | None
    proven: bool


class Fairness(Kept):
    """The districts, the worst served first, and how far down that order is proven."""

    districts: tuple[DistrictShare, ...]
    proven_districts: int
    levels: tuple[FairnessLevel, ...]


class CandidateSource(Kept):
    """Where the candidates come from: a stored set, or generated ones; and how many there are."""

    count: int
    drawn: int = 0
    set: str | None = None
    version: int | None = None
    generated: str | None = None
    spacing_m: float | None = None


class DroppedPlace(Kept):
    """A site that the board had dropped, and why; left out with what lies around it."""

    proposal: int
    name_zh: str
    name_en: str | None
    reason: str | None


class ExistingSeats(Kept):
    """Seats of the facilities that stood, where a plan counts them.

    Attributes
    ----------
    facilities, unknown
        How many counted that somebody asked about reaches, and of how many of them no seats are recorded.
    taken
        How many seats each of the latter was taken to have.
    seats
        Of all of them together.
    """

    facilities: int
    unknown: int
    taken: float
    seats: float


class StreetsNear(Kept):
    """The streets that new sites had to be near.

    Attributes
    ----------
    which
        As in the question: ``streets`` or ``ways``.
    pieces
        How many pieces of street, from one bend or crossing to the next.
    source
        Name of the walking network; None = it has none.
    farthest_m
        How far the farthest site is from a street at most, by geodesic; None without sites.
    """

    which: str
    pieces: int
    source: str | None
    farthest_m: float | None


class SitingRunInputs(RunInputs):
    """What a siting run rests on.

    Attributes
    ----------
    candidates
        None where none were asked for.
    network_weight
        Workers who are on the walking network.
    sample
        Whether the demand, or a facility that counted, is a sample.
    dropped
        What was left out because the board had dropped it.
    near_hosts
        Of how many hosts new sites had to be near; None where that was not asked.
    near_streets
        Which streets new sites had to be near; None where that was not asked.
    existing_seats
        The seats of what stood; None where they did not count. Where they did, covered means with a seat
        wherever workers are counted.
    """

    candidates: CandidateSource | None = None
    network_weight: float | None = None
    facilities_counted: int | None = None
    demand_is_sample: bool = False
    sample: bool = False
    dropped: tuple[DroppedPlace, ...] = ()
    near_hosts: int | None = None
    near_streets: StreetsNear | None = None
    existing_seats: ExistingSeats | None = None


class SitingFindings(KeptResult):
    """What a siting run found.

    Attributes
    ----------
    objective, bound, gap_share
        None where there is no plan; a gap also where it is not known.
    bound_basis
        How the bound was found.
    cost
        Of all sites; None where a cost is not known.
    reason, needed_p, needed_budget, reachable_share
        Why there is no plan, and what the solver knows would be needed.
    unreachable_weight
        Workers whom no walk reaches and who are left out (models of distance); with sites anywhere on
        the streets, those within reach of no place where one may stand.
    equity, robust
        Of the models of these names alone.
    groups
        The largest groups of workers; None where nobody told any, or the run is from before.
    same_cost
        Another plan at the same cost; None where it was not sought.
    anywhere_bound
        Workers whom as many sites at any place newly reach at most; None where candidates are not
        compared with places anywhere.
    moments
        Each of several moments; all other figures are the mean over these. None for one or none.
    phases
        Of a plan in phases each; the objective is the mean of what they newly reach, and all other
        figures are of the last. None for others.
    built
        Of a plan with several sizes that of each site, in their order. None for others.
    gap_zones, gap_rest_zones, gap_rest_workers
        Zones before the sites; None for a run from before they were kept.
    """

    upgrades: ClassVar[tuple[Upgrade, ...]] = (unchanged,)

    model: SitingModel
    status: SitingStatus
    proven: bool
    objective: float | None
    objective_unit: ObjectiveUnit
    bound: float | None
    bound_basis: str
    gap_share: float | None
    sites: int
    cost: float | None
    total: SitingFigures
    curve: tuple[CurvePoint, ...]
    seconds: float
    reason: KeptText | None
    needed_p: int | None
    needed_budget: float | None
    reachable_share: float | None
    unreachable_weight: float | None
    standard_walk_m: float
    standard_line_m: float
    walks: SitingWalks | None = None
    equity: Fairness | None = None
    robust: Robustness | None = None
    explanation: Explanation | None = None
    alternatives: OtherPlans | None = None
    same_cost: SameCost | None = None
    anywhere_bound: float | None = None
    groups: tuple[GroupGain, ...] | None = None
    moments: tuple[MomentFigures, ...] | None = None
    phases: tuple[PhaseFigures, ...] | None = None
    built: tuple[BuiltSize, ...] | None = None
    gap_zones: int | None = None
    gap_rest_zones: int | None = None
    gap_rest_workers: float | None = None


SitingRun = RunState[SitingFindings, SitingRunInputs]
SITING_RUNS: Final = RunKind("siting", SitingFindings, SitingRunInputs)
