"""What a rule of spacing is held against, read at one moment: stations, demand, regions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geoapp.analysis.spacing import workers_per_km2
from geoapp.core.arrays import BoolArray, FloatArray
from geoapp.core.spacing import Spacing
from geoapp.core.standards import Standard
from geoapp.core.words import Level
from geoapp.operations.facilities.read import check_region
from geoapp.operations.ground.in_service import in_service, now
from geoapp.store.engine import Database
from geoapp.store.facilities.read import PlacedFacility, read_changes
from geoapp.store.facilities.unplaced import unplaced_facilities
from geoapp.store.runs.demand_rows import DemandRows, no_demand, read_demand
from geoapp.store.runs.inputs import (
    OutlinedRegion,
    RegionRow,
    find_demand_set,
    outlines_in,
    read_regions,
)

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class SpacingGround:
    """What the store holds.

    Attributes
    ----------
    placed
        Stations of the standard's kinds in service, at their places; all of them samples where
        ``sample`` is set, else none.
    left_out_samples, without_position
        Samples beside real stations, and stations that nobody knows the position of.
    demand, demand_code, demand_sample
        The demand of the newest set.
    regions, outlines
        All regions; the outlines, whole, of those in the bounds that were asked for.
    """

    placed: list[PlacedFacility]
    sample: bool
    left_out_samples: int
    without_position: int
    demand: DemandRows
    demand_code: str | None
    demand_sample: bool
    regions: list[RegionRow]
    outlines: list[OutlinedRegion]

    @property
    def parents(self) -> dict[str, str | None]:
        """For each region the one above it."""
        return {one.code: one.parent_code for one in self.regions}

    @property
    def levels(self) -> dict[str, str]:
        """For each region its level."""
        return {one.code: one.level for one in self.regions}


def read_spacing_ground(
    database: Database, standard: Standard, region: str | None, bounds: Bounds | None
) -> SpacingGround:
    """Read what a rule is held against.

    Parameters
    ----------
    bounds
        West, south, east, north (degrees) of where outlines are wanted; None: nowhere.

    Raises
    ------
    InvalidValueError
        If there is no such region.
    """
    at = now()
    with database.snapshot() as session:
        check_region(session, region)
        placed = [
            one
            for one in read_changes(session, -1).placed
            if one.kind in standard.kinds and in_service(one, at)
        ]
        unplaced = [
            one
            for one in unplaced_facilities(session, None, None)
            if one.kind in standard.kinds and in_service(one, at)
        ]
        demand_set = find_demand_set(session, None)
        demand = no_demand() if demand_set is None else read_demand(session, demand_set.id, None)
        regions = read_regions(session)
        outlines = [] if bounds is None else outlines_in(session, bounds)
        code = None if demand_set is None else demand_set.code
        made_up = demand_set is not None and demand_set.is_sample
    samples = {one.code for one in placed if one.is_sample}
    sample = bool(placed) and all(one.is_sample for one in placed)
    return SpacingGround(
        placed=[one for one in placed if one.is_sample is sample],
        sample=sample,
        left_out_samples=0 if sample else len(samples),
        without_position=sum(one.is_sample is sample for one in unplaced),
        demand=demand,
        demand_code=code,
        demand_sample=made_up,
        regions=regions,
        outlines=outlines,
    )


def inside_of(region: str | None, parents: Mapping[str, str | None]) -> frozenset[str] | None:
    """Return a region with all below it; None is everywhere."""
    if region is None:
        return None
    return frozenset(code for code in parents if region in above(code, parents))


def above(code: str | None, parents: Mapping[str, str | None]) -> Iterator[str]:
    """Yield a region and those above it, upwards."""
    seen: set[str] = set()
    while code is not None and code not in seen:
        seen.add(code)
        yield code
        code = parents.get(code)


def district_of(
    code: str | None, parents: Mapping[str, str | None], levels: Mapping[str, str]
) -> str | None:
    """Return the district that a region is or lies in; None where it lies in none."""
    return next((one for one in above(code, parents) if levels.get(one) == Level.DISTRICT), None)


def busy_at(
    rule: Spacing,
    ground: SpacingGround,
    lon: FloatArray,
    lat: FloatArray,
    codes: Sequence[str | None],
) -> BoolArray:
    """Tell which places (degrees, EPSG:4326) lie where it is busy by a rule.

    Parameters
    ----------
    codes
        Of each place its region; None is unknown.
    """
    busy = rule.busy
    if busy is None:
        return np.zeros(len(lon), np.bool_)
    if busy.regions is not None:
        named, parents = set(busy.regions), ground.parents
        within = {code: bool(named & set(above(code, parents))) for code in set(codes)}
        return np.array([within[code] for code in codes], dtype=np.bool_)
    assert busy.workers_per_km2 is not None
    density = workers_per_km2(
        ground.demand.lon,
        ground.demand.lat,
        ground.demand.weight,
        at_lon=lon,
        at_lat=lat,
        around_m=busy.around_m,
    )
    return np.asarray(density >= busy.workers_per_km2)


def regions_at(
    outlines: Sequence[OutlinedRegion], lon: FloatArray, lat: FloatArray
) -> list[str | None]:
    """Return by place (degrees, EPSG:4326) the deepest region whose outline holds it; None: none does."""
    depth = {level: number for number, level in enumerate(Level)}
    ranked = sorted(outlines, key=lambda one: (-depth[Level(one.level)], one.code))
    found: list[str | None] = [None] * len(lon)
    if not ranked or not len(lon):
        return found
    best = np.full(len(lon), len(ranked), np.int64)
    tree = shapely.STRtree(np.asarray(shapely.points(lon, lat)))
    shapes = np.array([shapely.from_wkb(one.outline_wkb) for one in ranked], dtype=object)
    region, place = tree.query(shapes, predicate="intersects")
    np.minimum.at(best, place, region)
    codes = [*(one.code for one in ranked), None]
    return [codes[number] for number in best.tolist()]
