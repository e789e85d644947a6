"""What a coverage run found: written at its end, read by pages, files and the API."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from geoalchemy2.shape import from_shape
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from geoapp.analysis.coverage.access_report import AccessReport
from geoapp.analysis.coverage.coverage import CoverageResult
from geoapp.analysis.coverage.gaps import GapResult, GapZone
from geoapp.analysis.coverage.straight_line import StraightLine
from geoapp.core.errors import ConflictError
from geoapp.core.i18n import Text
from geoapp.core.results.run import RunState
from geoapp.core.words import RunStatus
from geoapp.operations.coverage.closers import OverlapOf, stored_closers, stored_overlaps
from geoapp.operations.coverage.loads import FacilityLoad, facility_loads, load_arrays
from geoapp.operations.runs.lifecycle import Attempt, LostRunError, read_finished
from geoapp.store.engine import Database
from geoapp.store.facilities.read import PlacedFacility
from geoapp.store.models import RunArray, RunGap, RunRegion
from geoapp.store.runs.inputs import read_regions
from geoapp.store.runs.runs import end_run, run_gaps, run_regions, save_results

KIND = "coverage"
MAX_ZONES = 500
_CLOSING = ("closers", "sites_needed", "sites_needed_proven", "out_of_reach_workers")


def figures_of(one: Any) -> dict[str, Any]:
    """Return a region's figures as the run keeps them."""
    return {name: value for name, value in asdict(one).items() if name != "code"}


def store_results(
    database: Database,
    attempt: Attempt,
    summary: dict[str, Any],
    told: dict[str, Any],
    result: CoverageResult,
    zones: GapResult,
    counted: list[PlacedFacility],
    lines: Mapping[str, StraightLine],
    access: AccessReport,
    more: Sequence[tuple[str, NDArray[Any]]],
) -> None:
    """Write the results and end the run, in one transaction.

    Parameters
    ----------
    more
        Further arrays that the run keeps, by name.
    """
    rows = []
    for one in result.regions:
        compared = lines.get(one.code or "")
        figures = figures_of(one)
        figures["straight_line"] = None if compared is None else asdict(compared)
        measured = access.regions.get(one.code or "")
        figures["access"] = None if measured is None else measured.stored()
        rows.append(RunRegion(run_id=attempt.run_id, region_code=one.code or "", figures=figures))
    gaps = [gap_row(attempt.run_id, zone, counted) for zone in zones.zones]
    arrays = [
        RunArray(run_id=attempt.run_id, name=name, data=array_bytes(values))
        for name, values in (
            ("walk_m", result.walk_m.astype(np.float32)),
            ("covered", result.covered),
            ("backup", result.backup),
            *load_arrays(result, counted),
            *more,
        )
    ]
    with database.session() as session:
        ended = end_run(
            session,
            attempt.run_id,
            attempt.number,
            RunStatus.SUCCEEDED,
            result=summary,
            inputs=told,
        )
        if not ended:
            raise LostRunError
        save_results(session, attempt.run_id, rows, gaps, arrays)


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
