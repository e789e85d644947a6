"""What a coverage run found; weights are outdoor workers, shares 0 to 1, walks metres."""

from typing import ClassVar, Final

from pydantic import Field

from geoapp.core.results.kept import Kept, KeptResult, RunInputs, Upgrade, unchanged
from geoapp.core.results.run import RunKind, RunState
from geoapp.core.words import Level


class Walk(Kept):
    """How far workers walk, and how many in each class of distance."""

    p10_m: float | None
    p50_m: float | None
    p90_m: float | None
    mean_m: float | None
    greatest_m: float | None
    histogram_weight: tuple[float, ...]


class StraightLineFigures(Kept):
    """What straight lines would have told of the demand on the walking network."""

    on_weight: float
    cut_off_weight: float
    off_weight: float
    walk_covered_share: float | None
    line_covered_share: float | None
    estimate_covered_share: float | None
    line_wrong_weight: float
    estimate_wrong_weight: float
    detour_factor: float | None


class NetworkFigures(Kept):
    """How far the walking network carried a result, and why those out of reach are."""

    on_weight: float
    cut_off_weight: float
    off_weight: float
    walked_weight: float
    detour_factor: float | None
    uncovered_far_weight: float
    uncovered_cut_off_weight: float
    uncovered_off_weight: float


class WalkMeasures(Kept):
    """How far workers walk to the nearest facility; quantiles by percent of the workers."""

    weight: float
    unreachable_share: float | None
    mean_m: float | None
    quantiles_m: dict[str, float | None]
    worst_mean_m: float | None
    gini: float | None


class SupplyMeasures(Kept):
    """How much there is for each worker, and how evenly it lies."""

    mean: float | None
    none_share: float | None
    worst_mean: float | None
    gini: float | None


class AccessFigures(Kept):
    """The measures of some of the demand."""

    walk: WalkMeasures
    within: SupplyMeasures
    shared: SupplyMeasures
    shared_enhanced: SupplyMeasures
    seats: SupplyMeasures | None
    seats_enhanced: SupplyMeasures | None


class AccessTotals(Kept):
    """The measures of all demand and by group of workers; regions keep theirs."""

    total: AccessFigures
    groups: dict[str, AccessFigures]
    regions_gini: float | None
    groups_gini: float | None
    facilities: int
    capacity_known: int


class AccessByRegion(AccessTotals):
    """The measures of all demand, by group of workers, and by code of a region."""

    regions: dict[str, AccessFigures]


class CoverageFigures(Kept):
    """What the whole, a region, or the demand of unknown region has."""

    weight: float
    point_count: int
    covered_weight: float
    covered_share: float | None
    backup_weight: float
    backup_share: float | None
    uncovered_weight: float
    uncovered_share: float | None
    unreachable_weight: float
    walk: Walk | None


class KeptRegion(CoverageFigures):
    """A region's figures as the run keeps them."""

    straight_line: StraightLineFigures | None = None
    access: AccessFigures | None = None


class RegionFigures(KeptRegion):
    """A region's figures in a run; weights are outdoor workers."""

    code: str
    name_zh: str
    name_en: str | None
    level: Level | None
    parent: str | None
    straight_line: StraightLineFigures | None
    access: AccessFigures | None


class Closer(Kept):
    """Where a station would reach most of a gap zone; ``workers`` of the zone within the standard."""

    lon: float
    lat: float
    workers: float


class GapProperties(Kept):
    """A gap zone of a run."""

    rank: int
    name: str
    name_zh: str
    name_en: str | None
    region: str | None
    workers: float
    points: int
    cut_off_workers: float | None
    closed_workers: float | None
    hours_unknown_workers: float | None
    worst_m: float | None
    mean_m: float | None
    nearest_code: str | None
    nearest_name: str | None
    nearest_name_en: str | None
    closers: tuple[Closer, ...] | None
    sites_needed: int | None
    sites_needed_proven: bool | None
    out_of_reach_workers: float | None


class CoverageGap(GapProperties):
    """A gap zone with its area in WGS-84."""

    geometry_wkb: bytes


class FacilityLoadFigures(Kept):
    """What rests on a facility in a run; weights are outdoor workers.

    Attributes
    ----------
    name_zh, name_en
        Of today; None where the facility is no longer stored, or has no English name.
    nearest_weight
        Whose nearest facility it is.
    sole_weight
        Whom no other facility covers: they would be out of reach without it.
    """

    code: str
    name_zh: str | None
    name_en: str | None
    nearest_weight: float
    sole_weight: float


class OverlapFigures(Kept):
    """Two facilities that cover the same workers; ``share`` of those whom either covers.

    Attributes
    ----------
    first_code, second_code
        In order of code; names are of today, None where a facility is no longer stored.
    shared_weight
        Workers whom both cover.
    """

    first_code: str
    first_name_zh: str | None
    first_name_en: str | None
    second_code: str
    second_name_zh: str | None
    second_name_en: str | None
    shared_weight: float
    share: float


class CoverageFindings(KeptResult):
    """What a coverage run found.

    Attributes
    ----------
    without_region
        Of the demand whose region is not known; None where there is none.
    standard_walk_m, standard_line_m
        The standard as walked metres, and as a straight line by the estimate.
    facilities, facilities_counted, facilities_hours_unknown
        In service; those that counted at the moment asked; those not known to be open then or not.
    facilities_undated
        Of the last, those whose hours hold then, and of which only their dates leave open whether they
        were there.
    gap_zones, gap_rest_zones, gap_rest_workers
        Zones that are listed, and those that are not.
    network, straight_line
        None without a walking network.
    uncovered_closed_weight, uncovered_hours_unknown_weight
        Out of reach because what is near is closed, or may be; None where hours did not count.
    gap_reasons
        By reason and rank of a zone, the workers concerned; a reason that is not there was not
        looked for.
    access
        None for a run from before there were such measures.
    """

    upgrades: ClassVar[tuple[Upgrade, ...]] = (unchanged,)

    total: CoverageFigures
    without_region: CoverageFigures | None = None
    standard_walk_m: float
    standard_line_m: float
    facilities: int
    facilities_counted: int
    facilities_hours_unknown: int
    facilities_undated: int = 0
    gap_zones: int
    gap_rest_zones: int
    gap_rest_workers: float
    network: NetworkFigures | None = None
    straight_line: StraightLineFigures | None = None
    uncovered_closed_weight: float | None = None
    uncovered_hours_unknown_weight: float | None = None
    gap_reasons: dict[str, dict[str, float]] = Field(default_factory=dict)
    access: AccessTotals | None = None

    def gap_workers(self, reason: str, rank: int) -> float | None:
        """Return the workers of a gap zone to whom a reason applies; None = it was not looked for."""
        if reason not in self.gap_reasons:
            return None
        return self.gap_reasons[reason].get(str(rank), 0.0)


CoverageRun = RunState[CoverageFindings, RunInputs]
COVERAGE_RUNS: Final = RunKind("coverage", CoverageFindings, RunInputs)
