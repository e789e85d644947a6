"""All gap zones of one region of a run, where the run lists only the greatest of all its zones."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.coverage.gaps import gap_zones
from geoapp.analysis.frames import DemandFrame
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.results.coverage import CoverageRun
from geoapp.core.walking import Standard, WalkingEstimate
from geoapp.operations.ground.in_service import profiles_of
from geoapp.store.engine import Session
from geoapp.store.facilities.read import regions_below
from geoapp.store.runs.demand_rows import read_demand
from geoapp.store.runs.found import run_array
from geoapp.store.runs.inputs import find_demand_set

_MOST = 500


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a run kept of its demand points."""

    standard: Standard
    estimate: WalkingEstimate
    nearest_position: IntArray
    walk_m: FloatArray
    covered: BoolArray
    weight: FloatArray


def gaps_of_region(session: Session, run: CoverageRun, region: str) -> list[BaseGeometry] | None:
    """Return the shapes (EPSG:4326) of a region's gap zones, the one with most workers first.

    None where the demand is no longer what the run read, or the run kept too little.
    """
    question = CoverageParameters.from_stored(run.params)
    demand_set = find_demand_set(session, run.inputs.demand)
    if demand_set is None or demand_set.version != run.inputs.versions.get("demand_set"):
        return None
    covered = run_array(session, run.id, "covered")
    walk_m = run_array(session, run.id, "walk_m")
    below = None if question.region is None else regions_below(session, question.region)
    rows = read_demand(session, demand_set.id, below)
    if covered is None or walk_m is None or not len(rows) == len(covered) == len(walk_m):
        return None
    inside = np.isin(rows.region.astype(str), regions_below(session, region))
    whole = DemandFrame.from_arrays(rows.lon, rows.lat, rows.weight, hours=profiles_of(rows))
    zone = ZoneInfo(run.inputs.timezone or "UTC")
    weight = whole.weight_at(None if question.at is None else question.at.astimezone(zone))
    kept = _Kept(
        standard=question.standard,
        estimate=WalkingEstimate(
            run.inputs.detour_factor or WalkingEstimate().detour_factor,
            run.inputs.walking_speed_m_per_s or WalkingEstimate().speed_m_per_s,
        ),
        nearest_position=np.full(int(inside.sum()), -1, np.int64),
        walk_m=walk_m[inside].astype(np.float64),
        covered=covered[inside].astype(np.bool_),
        weight=weight[inside],
    )
    own = DemandFrame.from_arrays(rows.lon[inside], rows.lat[inside], rows.weight[inside])
    return [one.geometry for one in gap_zones(own, kept, max_zones=_MOST).zones]
