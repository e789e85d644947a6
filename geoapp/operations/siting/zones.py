"""The gap zones that a siting run starts from, and which of its sites reaches whom in them."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from geoapp.analysis.coverage.gaps import GapResult
from geoapp.analysis.coverage.gaps import gap_zones as find_gap_zones
from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.results.siting import SitingGap, ZoneGain
from geoapp.operations.coverage.found import MAX_ZONES
from geoapp.operations.coverage.results import gap_row, stored_gaps
from geoapp.operations.ground.in_service import named_regions
from geoapp.operations.siting.inputs import SitingInputs
from geoapp.operations.siting.recount import Found
from geoapp.store.engine import Session
from geoapp.store.runs.found import GapRow, run_array

# Rows of (chosen, rank of the site, rank of the zone, workers); zone -1 is one that is not listed.
_GAINS: Final = "zone_gains"


@dataclass(frozen=True, slots=True)
class SiteZones:
    """The gap zones before a run's sites, and what each site reaches of them.

    Attributes
    ----------
    gaps
        As a coverage run would find them.
    gains
        Shape (n, 4): 1 = chosen or 0 = among the others, rank of the site, rank of the zone or -1
        = a zone that is not listed, workers newly reached.
    """

    gaps: GapResult
    gains: FloatArray


def zones_of(inputs: SitingInputs, found: Found) -> SiteZones:
    """Gather the demand that nothing covers before into zones, as coverage runs do."""
    gaps = find_gap_zones(
        inputs.demand if inputs.moments is None else inputs.moments.demand,
        inputs.standing,
        regions=named_regions(inputs.regions),
        max_zones=MAX_ZONES,
    )
    gains = [
        (float(chosen), float(rank), float(zone), workers)
        for chosen, sites in (
            (True, zip(found.rows, found.workers, strict=True)),
            (False, zip(found.other_rows, found.other_workers, strict=True)),
        )
        for rank, (rows, each) in enumerate(sites, start=1)
        for zone, workers in _by_zone(*_in_gaps(inputs, gaps, rows, each))
    ]
    return SiteZones(gaps, np.array(gains).reshape(-1, 4))


def _in_gaps(
    inputs: SitingInputs, gaps: GapResult, rows: IntArray, each: FloatArray
) -> tuple[IntArray, FloatArray]:
    """Return the zones and workers of those rows that nothing covers before.

    Where seats of what stands count, others gain as well: they are within reach, and in no zone.
    """
    bare = ~inputs.covered[rows]
    return gaps.zone_of_point[inputs.point[rows[bare]]], each[bare]


def _by_zone(zones: IntArray, each: FloatArray) -> list[tuple[int, float]]:
    """Return the workers of some points by zone, most first, given those of each point."""
    zone, place = np.unique(zones, return_inverse=True)
    workers = np.bincount(place, each, len(zone))
    order = np.lexsort((zone, -workers))
    return [(int(zone[one]), float(workers[one])) for one in order]


def zone_rows(inputs: SitingInputs, zones: SiteZones) -> tuple[list[GapRow], dict[str, FloatArray]]:
    """Return what is written of them: the zones, and arrays by name."""
    gaps = [gap_row(zone, inputs.existing) for zone in zones.gaps.zones]
    return gaps, {_GAINS: zones.gains}


def gains_by_zone(
    session: Session, run_id: int, *, chosen: bool
) -> dict[int, tuple[ZoneGain, ...]] | None:
    """Return by rank of a site whom it newly reaches by zone, most first.

    None for a run from before there were zones. A zone without a rank is one that is not listed.
    """
    gains = run_array(session, run_id, _GAINS)
    if gains is None:
        return None
    names = {gap.rank: gap for gap, _ in stored_gaps(session, run_id)}
    found: dict[int, list[ZoneGain]] = {}
    for _, rank, zone, workers in gains[gains[:, 0] == chosen].tolist():
        gap = names.get(int(zone))
        found.setdefault(int(rank), []).append(
            ZoneGain(
                rank=None if gap is None else gap.rank,
                name_zh=None if gap is None else gap.name_zh,
                name_en=None if gap is None else gap.name_en,
                workers=workers,
            )
        )
    return {rank: tuple(gained) for rank, gained in found.items()}


def siting_gaps(session: Session, run_id: int) -> list[SitingGap]:
    """Return the gap zones of a siting run by rank, each with whom the sites reach of it.

    Empty for a run from before there were zones.
    """
    gains = run_array(session, run_id, _GAINS)
    if gains is None:
        return []
    mine = gains[(gains[:, 0] == 1) & (gains[:, 2] > 0)]
    reached = np.bincount(mine[:, 2].astype(np.int64), mine[:, 3], MAX_ZONES + 1)
    return [
        SitingGap(
            rank=gap.rank,
            name=gap.name_zh,
            name_zh=gap.name_zh,
            name_en=gap.name_en,
            region=gap.region_code,
            workers=gap.workers,
            reached_workers=float(reached[gap.rank]),
            left_workers=max(0.0, gap.workers - float(reached[gap.rank])),
            points=gap.points,
            worst_m=gap.worst_m,
            mean_m=gap.mean_m,
            nearest_code=gap.nearest_code,
            nearest_name=gap.nearest_name,
            nearest_name_en=nearest_name_en,
            geometry_wkb=gap.geometry_wkb,
        )
        for gap, nearest_name_en in stored_gaps(session, run_id)
    ]
