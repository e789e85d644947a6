"""What a coverage run found: written at its end, read by pages, files and the API."""

import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from geoalchemy2.shape import from_shape
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from geoapp.analysis.coverage.gaps import GapZone
from geoapp.core.errors import ConflictError
from geoapp.core.i18n import Text
from geoapp.core.results.run import RunState
from geoapp.core.settings import Settings
from geoapp.core.words import RunStatus
from geoapp.operations.coverage.closers import OverlapOf, stored_closers, stored_overlaps
from geoapp.operations.coverage.found import MAX_ZONES, CoverageFound
from geoapp.operations.coverage.inputs import CoverageInputs
from geoapp.operations.coverage.loads import FacilityLoad, facility_loads, load_arrays
from geoapp.operations.coverage.measures import stored_access
from geoapp.operations.coverage.reasons import gap_reasons, told_of
from geoapp.operations.ground.in_service import basis_of
from geoapp.operations.ground.reading import told_of_ways
from geoapp.operations.runs.lifecycle import Attempt, LostRunError, read_finished
from geoapp.store.engine import Database
from geoapp.store.facilities.read import PlacedFacility
from geoapp.store.models import RunArray, RunGap, RunRegion
from geoapp.store.runs.inputs import read_regions
from geoapp.store.runs.runs import end_run, run_gaps, run_regions, save_results

KIND = "coverage"
_CLOSING = ("closers", "sites_needed", "sites_needed_proven", "out_of_reach_workers")


def figures_of(one: Any) -> dict[str, Any]:
    """Return a region's figures as the run keeps them."""
    return {name: value for name, value in asdict(one).items() if name != "code"}


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
        compared = found.line_by_region.get(one.code or "")
        figures = figures_of(one)
        figures["straight_line"] = None if compared is None else asdict(compared)
        measured = access.regions.get(one.code or "")
        figures["access"] = None if measured is None else measured.stored()
        rows.append(RunRegion(run_id=attempt.run_id, region_code=one.code or "", figures=figures))
    gaps = [gap_row(attempt.run_id, zone, counted) for zone in found.zones.zones]
    arrays = [
        RunArray(run_id=attempt.run_id, name=name, data=array_bytes(values))
        for name, values in (
            ("walk_m", result.walk_m.astype(np.float32)),
            ("covered", result.covered),
            ("backup", result.backup),
            *load_arrays(result, counted),
            *found.arrays,
        )
    ]
    with database.session() as session:
        ended = end_run(
            session,
            attempt.run_id,
            attempt.number,
            RunStatus.SUCCEEDED,
            result=_summary(inputs, found),
            inputs=told_of_ways(settings, inputs.stored, inputs.ways, basis_of(result)),
        )
        if not ended:
            raise LostRunError
        save_results(session, attempt.run_id, rows, gaps, arrays)


def _summary(inputs: CoverageInputs, found: CoverageFound) -> dict[str, Any]:
    """Return the run's figures in all."""
    result, zones, line = found.result, found.zones, found.line
    outside, network = result.without_region, result.network
    unknown = {
        one.code for one, known in zip(inputs.placed, inputs.states, strict=True) if known is None
    }
    return {
        "total": figures_of(result.total),
        "without_region": None if outside is None else figures_of(outside),
        "standard_walk_m": result.standard.walk_m(result.estimate),
        "standard_line_m": result.standard.line_m(result.estimate),
        "facilities": len({one.code for one in inputs.placed}),
        "facilities_counted": len({one.code for one in inputs.counted}),
        "facilities_hours_unknown": len(unknown),
        "gap_zones": len(zones.zones),
        "gap_rest_zones": zones.rest_zones,
        "gap_rest_workers": zones.rest_workers,
        "network": None if network is None else asdict(network),
        "straight_line": None if line is None else asdict(line),
        **told_of(found.hours, result),
        "gap_reasons": gap_reasons(result, zones, found.hours),
        "access": stored_access(found.access),
    }


def array_bytes(values: NDArray[Any]) -> bytes:
    """Return an array in NumPy's own format."""
    target = io.BytesIO()
    np.save(target, values, allow_pickle=False)
    return target.getvalue()


def gap_row(run_id: int, zone: GapZone, counted: Sequence[PlacedFacility]) -> RunGap:
    """Return a gap zone as a run keeps it."""
    nearest = None if zone.nearest_position is None else counted[zone.nearest_position]
    return RunGap(
        run_id=run_id,
        rank=zone.rank,
        name_zh=zone.name.zh,
        name_en=zone.name.en,
        region_code=zone.region_code,
        geom=from_shape(zone.geometry, srid=4326),
        points=zone.point_count,
        workers=zone.workers,
        worst_m=zone.worst_m,
        mean_m=zone.mean_m,
        nearest_code=None if nearest is None else nearest.code,
        nearest_name=None if nearest is None else nearest.name,
    )


def _finished(database: Database, run_id: int) -> RunState:
    return read_finished(database, KIND, run_id)


def region_figures(database: Database, run_id: int) -> list[dict[str, Any]]:
    """Return a finished run's figures by region, in order of code.

    Raises
    ------
    ConflictError
        If the run has not succeeded.
    """
    _finished(database, run_id)
    with database.session() as session:
        names = {one.code: one for one in read_regions(session)}
        rows = []
        for row in run_regions(session, run_id):
            region = names.get(row.region_code)
            rows.append(
                {
                    "code": row.region_code,
                    "name_zh": region.name_zh if region else row.region_code,
                    "name_en": region.name_en if region else row.region_code,
                    "level": region.level if region else None,
                    "parent": region.parent_code if region else None,
                    # Runs from before there were such figures have none.
                    "straight_line": None,
                    "access": None,
                    **row.figures,
                }
            )
        return rows


def gap_zones(database: Database, run_id: int) -> list[dict[str, Any]]:
    """Return a finished run's gap zones by rank; ``geometry_wkb`` is WGS-84.

    Raises
    ------
    ConflictError
        If the run has not succeeded.
    """
    reasons = (_finished(database, run_id).result or {}).get("gap_reasons", {})

    def workers(reason: str, rank: int) -> float | None:
        found: float | None = reasons.get(reason, {}).get(str(rank), 0.0)
        return found if reason in reasons else None

    unknown: dict[str, Any] = dict.fromkeys(_CLOSING)
    with database.session() as session:
        closing = stored_closers(session, run_id)
        return [
            {
                "rank": gap.rank,
                "name": gap.name_zh,
                "name_zh": gap.name_zh,
                "name_en": gap.name_en,
                "region": gap.region_code,
                "workers": gap.workers,
                "points": gap.points,
                "cut_off_workers": workers("cut_off", gap.rank),
                "closed_workers": workers("closed", gap.rank),
                "hours_unknown_workers": workers("hours_unknown", gap.rank),
                "worst_m": gap.worst_m,
                "mean_m": gap.mean_m,
                "nearest_code": gap.nearest_code,
                "nearest_name": gap.nearest_name,
                "nearest_name_en": nearest_name_en,
                **closing.get(gap.rank, unknown),
                "geometry_wkb": bytes(gap.geom.data),
            }
            for gap, nearest_name_en in stored_gaps(session, run_id)
        ]


def stored_gaps(session: Session, run_id: int) -> list[tuple[RunGap, str | None]]:
    """Return a run's gap zones by rank, each with its nearest facility's English name of today."""
    return run_gaps(session, run_id, MAX_ZONES)


def loads(database: Database, run_id: int, limit: int) -> list[FacilityLoad]:
    """Return the facilities that most depends on in a finished run.

    Raises
    ------
    ConflictError
        If the run has not succeeded.
    """
    _finished(database, run_id)
    with database.session() as session:
        return facility_loads(session, run_id, limit)


def facility_overlaps(database: Database, run_id: int, limit: int) -> list[OverlapOf] | None:
    """Return the pairs of facilities that overlap most in a finished run, by share.

    None for a run from before there were any, or with too many pairs to be counted.

    Raises
    ------
    ConflictError
        If the run has not succeeded.
    """
    _finished(database, run_id)
    with database.session() as session:
        return stored_overlaps(session, run_id, limit)


def access_measures(database: Database, run_id: int) -> dict[str, Any]:
    """Return the accessibility measures of a finished run: in all, by region, by group.

    Raises
    ------
    ConflictError
        If the run has not succeeded, or is from before there were such measures.
    """
    kept = (_finished(database, run_id).result or {}).get("access")
    if kept is None:
        raise ConflictError(
            Text(
                f"运行 {run_id} 没有可达性指标，请重新运行。",
                f"Run {run_id} has no accessibility measures; run it again.",
            )
        )
    with database.session() as session:
        rows = run_regions(session, run_id)
        return {**kept, "regions": {row.region_code: row.figures["access"] for row in rows}}
