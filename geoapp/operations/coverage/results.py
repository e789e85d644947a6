"""What a coverage run found: written at its end, read by pages, files and the API."""

from collections.abc import Sequence

import shapely

from geoapp.analysis.coverage.gaps import GapZone
from geoapp.core.arrays import BoolArray
from geoapp.core.errors import ConflictError
from geoapp.core.i18n import Text
from geoapp.core.results.coverage import (
    COVERAGE_RUNS,
    AccessByRegion,
    CoverageFigures,
    CoverageFindings,
    CoverageGap,
    CoverageRun,
    FacilityLoadFigures,
    KeptRegion,
    NetworkFigures,
    OverlapFigures,
    RegionFigures,
    StraightLineFigures,
)
from geoapp.core.settings import Settings
from geoapp.core.words import Level, RunStatus
from geoapp.operations.coverage.closers import (
    stored_closers,
    stored_overlap_total,
    stored_overlaps,
)
from geoapp.operations.coverage.found import MAX_ZONES, CoverageFound
from geoapp.operations.coverage.inputs import CoverageInputs
from geoapp.operations.coverage.loads import facility_loads, load_arrays, load_totals
from geoapp.operations.coverage.measures import access_figures, access_totals
from geoapp.operations.coverage.reasons import reasons_by_zone
from geoapp.operations.ground.in_service import basis_of
from geoapp.operations.ground.reading import run_inputs
from geoapp.operations.runs.lifecycle import Attempt, LostRunError
from geoapp.operations.runs.state import read_finished
from geoapp.reports.words.coverage import demand_code
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.places import region_names
from geoapp.store.facilities.read import PlacedFacility
from geoapp.store.runs.found import FiguresRow, GapRow, run_gaps, run_regions, save_results
from geoapp.store.runs.inputs import find_demand_set
from geoapp.store.runs.runs import end_run


def store_results(
    database: Database,
    attempt: Attempt,
    settings: Settings,
    inputs: CoverageInputs,
    found: CoverageFound,
) -> None:
    """Write the results and end the run, in one transaction.

    Raises
    ------
    LostRunError
        If the run is no longer this worker's; nothing is written.
    """
    result, counted, access = found.result, inputs.counted, found.access
    rows = []
    for one in result.regions:
        code = one.code or ""
        measured = None if access is None else access.regions.get(code)
        figures = KeptRegion(
            **CoverageFigures.model_validate(one).model_dump(),
            straight_line=StraightLineFigures.of(found.line_by_region.get(code)),
            access=None if measured is None else access_figures(measured),
        )
        rows.append(FiguresRow(code, figures.as_json()))
    gaps = [gap_row(zone, counted) for zone in found.zones.zones]
    arrays = {
        **dict(load_arrays(result, counted)),
        **dict(found.arrays),
    }
    with database.session() as session:
        ended = end_run(
            session,
            attempt.run_id,
            attempt.number,
            RunStatus.SUCCEEDED,
            result=_findings(inputs, found).stored(),
            inputs=run_inputs(
                settings, inputs.stored, inputs.ways, basis_of(result), inputs.without_position
            )
            .model_copy(update={"out_of_season": inputs.out_of_season})
            .as_json(),
        )
        if not ended:
            raise LostRunError
        save_results(session, attempt.run_id, regions=rows, gaps=gaps, arrays=arrays)


def _findings(inputs: CoverageInputs, found: CoverageFound) -> CoverageFindings:
    """Return the run's figures in all."""
    result, zones, hours = found.result, found.zones, found.hours
    unknown = {
        one.code for one, known in zip(inputs.placed, inputs.states, strict=True) if known is None
    }

    local = inputs.local
    undated = {
        one.code
        for one, known in zip(inputs.placed, inputs.states, strict=True)
        if known is None and local is not None and inputs.stored.lacks_opening_date(one, local)
    }

    def workers(points: BoolArray) -> float:
        return float(result.weight[points].sum())

    return CoverageFindings(
        total=CoverageFigures.model_validate(result.total),
        without_region=CoverageFigures.of(result.without_region),
        standard_walk_m=result.standard.walk_m(result.estimate),
        standard_line_m=result.standard.line_m(result.estimate),
        facilities=len({one.code for one in inputs.placed}),
        facilities_counted=len({one.code for one in inputs.counted}),
        facilities_hours_unknown=len(unknown),
        facilities_undated=len(undated),
        gap_zones=len(zones.zones),
        gap_rest_zones=zones.rest_zones,
        gap_rest_workers=zones.rest_workers,
        network=NetworkFigures.of(result.network),
        straight_line=StraightLineFigures.of(found.line),
        uncovered_closed_weight=None if hours is None else workers(hours.closed),
        uncovered_hours_unknown_weight=None if hours is None else workers(hours.unknown),
        gap_reasons=reasons_by_zone(result, zones, hours),
        access=None if found.access is None else access_totals(found.access),
    )


def gap_row(zone: GapZone, counted: Sequence[PlacedFacility]) -> GapRow:
    """Return a gap zone as a run keeps it."""
    nearest = None if zone.nearest_position is None else counted[zone.nearest_position]
    return GapRow(
        rank=zone.rank,
        name_zh=zone.name.zh,
        name_en=zone.name.en,
        region_code=zone.region_code,
        geometry_wkb=shapely.to_wkb(zone.geometry),
        points=zone.point_count,
        workers=zone.workers,
        worst_m=zone.worst_m,
        mean_m=zone.mean_m,
        nearest_code=None if nearest is None else nearest.code,
        nearest_name=None if nearest is None else nearest.name,
    )


def finished(database: Database, run_id: int) -> CoverageRun:
    """Return a coverage run that has results.

    Raises
    ------
    NotFoundError
        If there is no such coverage run.
    ConflictError
        If it has not succeeded.
    """
    return read_finished(database, COVERAGE_RUNS, run_id)


def rests_on_sample(database: Database, run: CoverageRun) -> bool:
    """Tell whether a run's demand is generated."""
    with database.snapshot() as session:
        found = find_demand_set(session, demand_code(run))
    return found is not None and found.is_sample


def region_figures(database: Database, run_id: int) -> list[RegionFigures]:
    """Return a finished run's figures by region, in order of code.

    Raises
    ------
    ConflictError
        If the run has not succeeded.
    """
    finished(database, run_id)
    with database.snapshot() as session:
        names = {one.code: one for one in region_names(session, outlined=False)}
        rows = []
        for row in run_regions(session, run_id):
            region = names.get(row.region_code)
            kept = KeptRegion.checked(row.figures)
            rows.append(
                RegionFigures(
                    code=row.region_code,
                    name_zh=region.name_zh if region else row.region_code,
                    name_en=region.name_en if region else row.region_code,
                    level=Level(region.level) if region else None,
                    parent=region.parent_code if region else None,
                    **dict(kept),
                )
            )
        return rows


def gap_zones(
    database: Database, run_id: int, region: str | None = None, most: int = MAX_ZONES
) -> list[CoverageGap]:
    """Return a finished run's gap zones by rank, those with most workers first.

    Parameters
    ----------
    region
        Only zones that lie mainly in this region; None is everywhere.
    most
        No more than so many; a run lists its `MAX_ZONES` greatest.

    Raises
    ------
    ConflictError
        If the run has not succeeded.
    """
    found = finished(database, run_id).found
    with database.snapshot() as session:
        closing = stored_closers(session, run_id)
        zones = []
        for gap, nearest_name_en in run_gaps(session, run_id, most, region):
            closed = closing.get(gap.rank)
            zones.append(
                CoverageGap(
                    rank=gap.rank,
                    name=gap.name_zh,
                    name_zh=gap.name_zh,
                    name_en=gap.name_en,
                    region=gap.region_code,
                    workers=gap.workers,
                    points=gap.points,
                    cut_off_workers=found.gap_workers("cut_off", gap.rank),
                    closed_workers=found.gap_workers("closed", gap.rank),
                    hours_unknown_workers=found.gap_workers("hours_unknown", gap.rank),
                    worst_m=gap.worst_m,
                    mean_m=gap.mean_m,
                    nearest_code=gap.nearest_code,
                    nearest_name=gap.nearest_name,
                    nearest_name_en=nearest_name_en,
                    closers=None if closed is None else closed.closers,
                    sites_needed=None if closed is None else closed.sites_needed,
                    sites_needed_proven=None if closed is None else closed.proven,
                    out_of_reach_workers=None if closed is None else closed.out_of_reach_workers,
                    geometry_wkb=gap.geometry_wkb,
                )
            )
        return zones


def stored_gaps(session: Session, run_id: int) -> list[tuple[GapRow, str | None]]:
    """Return a run's gap zones by rank, each with its nearest facility's English name of today."""
    return run_gaps(session, run_id, MAX_ZONES)


def loads(database: Database, run_id: int, limit: int) -> list[FacilityLoadFigures]:
    """Return the facilities that most depends on in a finished run.

    Raises
    ------
    ConflictError
        If the run has not succeeded.
    """
    finished(database, run_id)
    with database.snapshot() as session:
        return facility_loads(session, run_id, limit)


def facility_overlaps(database: Database, run_id: int, limit: int) -> list[OverlapFigures] | None:
    """Return the pairs of facilities that overlap most in a finished run, by share.

    None for a run from before there were any, or with too many pairs to be counted.

    Raises
    ------
    ConflictError
        If the run has not succeeded.
    """
    finished(database, run_id)
    with database.snapshot() as session:
        return stored_overlaps(session, run_id, limit)


def overlap_total(database: Database, run_id: int) -> int | None:
    """Return how many pairs of facilities overlap at all in a run; None where it is not known."""
    with database.snapshot() as session:
        return stored_overlap_total(session, run_id)


def facility_totals(database: Database, run_id: int) -> tuple[int, int]:
    """Return how many facilities counted in a run, and on how many somebody depends alone."""
    with database.snapshot() as session:
        return load_totals(session, run_id)


def access_measures(database: Database, run_id: int) -> AccessByRegion:
    """Return the accessibility measures of a finished run: in all, by region, by group.

    Raises
    ------
    ConflictError
        If the run has not succeeded, or is from before there were such measures.
    """
    kept = finished(database, run_id).found.access
    if kept is None:
        raise ConflictError(
            Text(
                f"运行 {run_id} 没有可达性指标（较早的版本所算），请重新运行。",
                f"Run {run_id} has no accessibility measures (it is from an earlier version); run it "
                "again.",
            )
        )
    with database.snapshot() as session:
        regions = {
            row.region_code: KeptRegion.checked(row.figures).access
            for row in run_regions(session, run_id)
        }
    known = {code: one for code, one in regions.items() if one is not None}
    return AccessByRegion(**dict(kept), regions=known)
