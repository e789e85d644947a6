"""What would close each gap zone, and which facilities cover the same workers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from geoapp.analysis.candidates import GeneratedSites, from_demand
from geoapp.analysis.coverage.coverage import CoverageResult
from geoapp.analysis.coverage.gaps import GapResult
from geoapp.analysis.frames import DemandFrame, numbered
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.siting import (
    Overlap,
    SitingStatus,
    closers,
    counted_overlaps,
    solve_lscp,
)
from geoapp.analysis.walks.pairs import PairWalks
from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.results.coverage import Closer, OverlapFigures
from geoapp.store.engine import Session
from geoapp.store.facilities.read import PlacedFacility
from geoapp.store.runs.found import run_array
from geoapp.store.runs.inputs import facility_names

CLOSED_ZONES: Final = 100
_CLOSERS: Final = 3
MOST_OVERLAPS: Final = 50
_MOST_CANDIDATES: Final = 20_000
# Of one zone; it is small, so that this is plenty.
_ZONE_SECONDS: Final = 0.5
_SPACINGS: Final = (50.0, 300.0)

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class ZoneClosers:
    """What would close a gap zone.

    Attributes
    ----------
    closers
        The best places for a first station, WGS-84.
    sites_needed, proven
        The fewest stations that reach all whom any station could, and whether it is proven.
    out_of_reach_workers
        Whom none reaches.
    """

    closers: tuple[Closer, ...]
    sites_needed: int
    proven: bool
    out_of_reach_workers: float


def closer_arrays(
    demand: DemandFrame,
    result: CoverageResult,
    zones: GapResult,
    network: WalkingNetwork | None,
    progress: Progress | None = None,
) -> list[tuple[str, NDArray[Any]]]:
    """Return what would close the greatest gap zones, as the arrays that a run keeps.

    ``gap_closers``: rows of (rank, lon, lat, workers of the zone within the standard of a station
    there); ``gap_needed``: rows of (rank, the fewest such stations, 1 = proven, workers whom none
    reaches). Candidates are made of the uncovered demand, no nearer to each other than half the
    standard as a straight line (50 to 300 m). Without arrays: more pairs than memory should hold.
    """
    bare = np.flatnonzero((zones.zone_of_point > 0) & (zones.zone_of_point <= CLOSED_ZONES))
    weight = result.weight[bare]
    lon, lat = demand.lon[bare], demand.lat[bare]
    sites = _candidates(lon, lat, weight, result.standard.line_m(result.estimate) / 2)
    if not len(sites):
        return [("gap_closers", np.empty((0, 4))), ("gap_needed", np.empty((0, 4)))]
    walks = PairWalks.of(lon, lat, estimate=result.estimate, network=network)
    try:
        cover = walks.cover(sites.lon, sites.lat, result.standard, progress=progress)
    except InvalidValueError:
        return []
    found: list[list[float]] = []
    needed: list[list[float]] = []
    for rank in range(1, min(len(zones.zones), CLOSED_ZONES) + 1):
        rows = np.flatnonzero(zones.zone_of_point[bare] == rank)
        for site, workers in closers(cover, weight, rows, most=_CLOSERS):
            found.append([rank, sites.lon[site], sites.lat[site], workers])
        needed.append([rank, *_needed(cover, weight, rows)])
    return [
        ("gap_closers", np.array(found).reshape(-1, 4)),
        ("gap_needed", np.array(needed).reshape(-1, 4)),
    ]


def _candidates(
    lon: FloatArray, lat: FloatArray, weight: FloatArray, spacing_m: float
) -> GeneratedSites:
    least_m, most_m = _SPACINGS
    spacing_m = min(max(spacing_m, least_m), most_m)
    sites = from_demand(lon, lat, weight, spacing_m=spacing_m)
    while len(sites) > _MOST_CANDIDATES:
        spacing_m *= 2
        sites = from_demand(lon, lat, weight, spacing_m=spacing_m)
    return sites


def _needed(cover: sp.csr_array, weight: FloatArray, rows: IntArray) -> tuple[float, float, float]:
    """Return the fewest sites that cover what can be covered, whether proven, and what is left."""
    zone = sp.csr_array(cover[rows])
    within = np.diff(zone.indptr) > 0
    left = float(weight[rows[~within]].sum())
    if not within.any():
        return 0.0, 1.0, left
    here = sp.csr_array(zone[np.flatnonzero(within)])
    used = np.unique(here.indices)
    answer = solve_lscp(here[:, used], time_limit_seconds=_ZONE_SECONDS)
    return answer.objective, float(answer.status is SitingStatus.OPTIMAL), left


def overlap_arrays(
    demand: DemandFrame,
    result: CoverageResult,
    counted: Sequence[PlacedFacility],
    network: WalkingNetwork | None,
    progress: Progress | None = None,
) -> list[tuple[str, NDArray[Any]]]:
    """Return the pairs of facilities that overlap most, as the arrays that a run keeps.

    A facility with several places covers what any of them covers; an area counts by its point.
    Without arrays: more pairs than memory should hold.
    """
    rows = np.flatnonzero(result.weight > 0)
    places = sorted(counted, key=lambda one: (one.code, one.place))
    codes, _ = numbered(one.code for one in places)
    lon, lat = (np.array([getattr(one, name) for one in places]) for name in ("lon", "lat"))
    walks = PairWalks.of(
        demand.lon[rows], demand.lat[rows], estimate=result.estimate, network=network
    )
    found: tuple[Overlap, ...] = ()
    total = 0
    if len(codes) > 1:
        try:
            cover = walks.cover(lon, lat, result.standard, progress=progress)
        except InvalidValueError:
            return []
        found, total = counted_overlaps(
            cover,
            result.weight[rows],
            most=MOST_OVERLAPS,
            facilities=[one.code for one in places],
        )
    return [
        (
            "overlap_codes",
            np.array([[codes[one.first], codes[one.second]] for one in found], np.str_).reshape(
                -1, 2
            ),
        ),
        ("overlap_weights", np.array([[one.shared, one.share] for one in found]).reshape(-1, 2)),
        ("overlap_total", np.array([total])),
    ]


def stored_overlap_total(session: Session, run_id: int) -> int | None:
    """Return how many pairs of facilities overlap at all; None where it is not known."""
    total = run_array(session, run_id, "overlap_total")
    return None if total is None else int(total[0])


def stored_overlaps(session: Session, run_id: int, limit: int) -> list[OverlapFigures] | None:
    """Return the pairs of facilities that overlap most, by share; None where it is not known."""
    codes = run_array(session, run_id, "overlap_codes")
    weights = run_array(session, run_id, "overlap_weights")
    if codes is None or weights is None:
        return None
    names = facility_names(session, [str(one) for one in np.unique(codes[:limit])])
    unknown = (None, None)
    found = []
    for (first, second), (shared, share) in zip(codes[:limit], weights[:limit], strict=True):
        first_zh, first_en = names.get(str(first), unknown)
        second_zh, second_en = names.get(str(second), unknown)
        found.append(
            OverlapFigures(
                first_code=str(first),
                first_name_zh=first_zh,
                first_name_en=first_en,
                second_code=str(second),
                second_name_zh=second_zh,
                second_name_en=second_en,
                shared_weight=float(shared),
                share=float(share),
            )
        )
    return found


def stored_closers(session: Session, run_id: int) -> dict[int, ZoneClosers]:
    """Return by rank of a zone what would close it; zones of which it is not known are left out."""
    found = run_array(session, run_id, "gap_closers")
    needed = run_array(session, run_id, "gap_needed")
    if found is None or needed is None:
        return {}
    places: dict[int, list[Closer]] = {}
    for rank, lon, lat, workers in found.tolist():
        places.setdefault(int(rank), []).append(Closer(lon=lon, lat=lat, workers=workers))
    return {
        int(rank): ZoneClosers(tuple(places.get(int(rank), ())), int(sites), bool(proven), left)
        for rank, sites, proven, left in needed.tolist()
    }
