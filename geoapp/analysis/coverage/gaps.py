"""Gap zones: uncovered demand gathered into ranked places that one could serve.

Uncovered points are put into square cells of half the link distance (the standard as a straight
line); cells that touch, corners included, form a zone. A zone whose extent is longer than four link
distances is halved across its longer side until it is not. The cells belong to the study area and
not to the order of the points, so the same demand gives the same zones however it is listed. Each
uncovered point is in one zone, and their figures add up to all of the uncovered demand; how they are
drawn is told in `zone_shapes`.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.coverage.zone_shapes import zone_shapes
from geoapp.analysis.frames import DemandFrame
from geoapp.analysis.geometry.planes import LocalPlane, middle_of
from geoapp.analysis.nearest.bulk import Cancelled, Progress, raise_if
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.walking import Standard, WalkingEstimate

_DIAMETER_LINKS: Final = 4.0
_CENTRAL: Final = 1 / 3


class Part(StrEnum):
    """Where in its region a zone lies."""

    CENTRE = "centre"
    EAST = "east"
    NORTH_EAST = "north-east"
    NORTH = "north"
    NORTH_WEST = "north-west"
    WEST = "west"
    SOUTH_WEST = "south-west"
    SOUTH = "south"
    SOUTH_EAST = "south-east"


PART_TEXT: Final = {
    Part.CENTRE: Text("中部", "centre"),
    Part.EAST: Text("东部", "east"),
    Part.NORTH_EAST: Text("东北部", "north-east"),
    Part.NORTH: Text("北部", "north"),
    Part.NORTH_WEST: Text("西北部", "north-west"),
    Part.WEST: Text("西部", "west"),
    Part.SOUTH_WEST: Text("西南部", "south-west"),
    Part.SOUTH: Text("南部", "south"),
    Part.SOUTH_EAST: Text("东南部", "south-east"),
}
_COMPASS: Final = list(Part)[1:]


@dataclass(frozen=True, slots=True)
class NamedRegion:
    """A region to name zones by: its name and its shape (EPSG:4326)."""

    name: Text
    geometry: BaseGeometry


class Reach(Protocol):
    """What zones need to know of a coverage result; arrays by demand point."""

    @property
    def standard(self) -> Standard:
        """Greatest acceptable walk."""

    @property
    def estimate(self) -> WalkingEstimate:
        """How straight metres become walked ones."""

    @property
    def nearest_position(self) -> IntArray:
        """The nearest facility; -1 = none."""

    @property
    def walk_m(self) -> FloatArray:
        """The walk to it in metres; inf = unreachable."""

    @property
    def covered(self) -> BoolArray:
        """Whether it is near enough."""

    @property
    def weight(self) -> FloatArray:
        """Workers."""


@dataclass(frozen=True, slots=True)
class GapZone:
    """One zone.

    Attributes
    ----------
    rank
        1 = the most workers.
    name
        Region, part of the region and rank.
    geometry
        EPSG:4326, valid; holds all the zone's points, no covered point and none of another zone, and
        overlaps no other zone (see `zone_shapes`).
    point_count, workers
        Uncovered demand points in it and their weight.
    mean_m, worst_m
        Walk to the nearest facility in metres, weighted mean and greatest; None = unreachable.
    nearest_position
        Facility nearest to any of its points; None = there is none.
    lon, lat
        The demand point nearest to the zone's centre of weight (EPSG:4326).
    region_code, part
        Region with most of its weight and where in it the zone lies; None = unknown.
    """

    rank: int
    name: Text
    geometry: shapely.MultiPolygon
    point_count: int
    workers: float
    mean_m: float | None
    worst_m: float | None
    nearest_position: int | None
    lon: float
    lat: float
    region_code: str | None
    part: Part | None


@dataclass(frozen=True, slots=True)
class GapResult:
    """Ranked zones, and what lies beyond the last one listed.

    Attributes
    ----------
    zones
        Most workers first, then the worst walk.
    rest_zones, rest_workers
        Zones left out by `max_zones`, and their weight.
    zone_of_point
        By demand point the rank of its zone; 0 = covered or without weight; -1 = a zone left out.
    """

    zones: tuple[GapZone, ...]
    rest_zones: int
    rest_workers: float
    zone_of_point: IntArray


@dataclass(frozen=True, slots=True)
class _Draft:
    points: IntArray
    workers: float
    worst_m: float
    lon: float
    lat: float


def gap_zones(
    demand: DemandFrame,
    result: Reach,
    *,
    regions: Mapping[str, NamedRegion] | None = None,
    max_zones: int = 200,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> GapResult:
    """Gather the uncovered demand of a coverage result into zones.

    Parameters
    ----------
    demand
        The demand that the result was computed for.
    result
        Coverage of it.
    regions
        By region code the name and shape to name zones by.
    max_zones
        How many to describe; the rest is counted.
    progress, cancelled
        As in `coverage`.

    Raises
    ------
    InvalidValueError
        If max_zones is below 1 or the result belongs to other demand.
    CancelledError
        If cancelled.
    """
    if max_zones < 1:
        raise InvalidValueError("max_zones", max_zones, Text("正整数", "a positive whole number"))
    if len(demand) != len(result.covered):
        raise InvalidValueError(
            "demand", len(demand), Text("结果所属的需求点", "the demand of this result")
        )
    zone_of_point = np.zeros(len(demand), dtype=np.int64)
    open_points = np.flatnonzero(~result.covered & (result.weight > 0))
    if len(open_points) == 0:
        return GapResult((), 0, 0.0, zone_of_point)
    plane = LocalPlane.around(*middle_of(demand.lon[open_points], demand.lat[open_points]))
    xy = plane.forward(demand.lon[open_points], demand.lat[open_points])
    link_m = result.standard.line_m(result.estimate)
    side_m = link_m / 2
    cells, cell_of_point = np.unique(
        np.floor(xy / side_m).astype(np.int64), axis=0, return_inverse=True
    )
    by_cell = np.argsort(cell_of_point, kind="stable")
    bounds = np.searchsorted(cell_of_point[by_cell], np.arange(len(cells) + 1))
    drafts = []
    for held in _divided(cells, np.arange(len(cells)), _DIAMETER_LINKS * link_m / side_m):
        raise_if(cancelled)
        points = np.concatenate([by_cell[bounds[cell] : bounds[cell + 1]] for cell in held])
        drafts.append(_draft(demand, result, open_points[points], xy[points]))
    drafts.sort(key=lambda one: (-one.workers, -one.worst_m, one.lon, one.lat))
    for number, draft in enumerate(drafts, start=1):
        zone_of_point[draft.points] = number if number <= max_zones else -1
    kept = drafts[:max_zones]
    apart = result.covered | (zone_of_point != 0)  # where nobody is, nothing is to be kept apart
    shapes = zone_shapes(
        demand.lon[apart], demand.lat[apart], zone_of_point[apart], len(kept), link_m
    )
    zones = []
    for number, draft in enumerate(kept):
        raise_if(cancelled)
        zones.append(_zone(number + 1, draft, shapes[number], demand, result, regions or {}))
        if progress is not None:
            progress((number + 1) / len(kept))
    rest = drafts[max_zones:]
    return GapResult(
        tuple(zones), len(rest), math.fsum(draft.workers for draft in rest), zone_of_point
    )


def _divided(cells: IntArray, held: IntArray, greatest_cells: float) -> Iterator[IntArray]:
    """Yield the cells of each zone: touching each other and of limited extent."""
    waiting = [held]
    while waiting:
        some = waiting.pop()
        label = _touching(cells[some])
        by_label = np.argsort(label, kind="stable")
        for component in np.split(some[by_label], np.flatnonzero(np.diff(label[by_label])) + 1):
            low, high = cells[component].min(axis=0), cells[component].max(axis=0) + 1
            if math.hypot(*(high - low).tolist()) <= greatest_cells:
                yield component
                continue
            axis = int(np.argmax(high - low))
            upper = 2 * cells[component, axis] >= low[axis] + high[axis] - 1
            waiting.extend((component[upper], component[~upper]))


def _touching(cells: IntArray) -> IntArray:
    """Give numbers to the groups of cells that touch by a side or a corner."""
    if len(cells) == 1:
        return np.zeros(1, dtype=np.int64)
    pairs = cKDTree(cells).query_pairs(1.5, output_type="ndarray")
    count = len(cells)
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    labels: IntArray = connected_components(links, directed=False)[1].astype(np.int64)
    return labels


def _draft(
    demand: DemandFrame,
    result: Reach,
    points: IntArray,
    xy: FloatArray,
) -> _Draft:
    """Weigh a zone and find its middle; sums by fsum, so that the order does not matter."""
    weight = result.weight[points]
    workers = math.fsum(weight)
    middle = np.array([math.fsum(xy[:, axis] * weight) / workers for axis in (0, 1)])
    # Rounded to the millimetre, or the order of equally central points would hang on rounding.
    away_m = np.round(np.hypot(*(xy - middle).T), 3)
    lon, lat = demand.lon[points], demand.lat[points]
    centre = np.lexsort((lat, lon, away_m))[0]
    return _Draft(
        points=points,
        workers=workers,
        worst_m=float(result.walk_m[points].max()),
        lon=float(lon[centre]),
        lat=float(lat[centre]),
    )


def _zone(
    rank: int,
    draft: _Draft,
    shape: shapely.MultiPolygon,
    demand: DemandFrame,
    result: Reach,
    regions: Mapping[str, NamedRegion],
) -> GapZone:
    walk_m, weight = result.walk_m[draft.points], result.weight[draft.points]
    reachable = math.isfinite(draft.worst_m)
    nearest = result.nearest_position[draft.points]
    first = int(np.lexsort((nearest, walk_m))[0])
    code = _main_region(demand.region, draft.points, weight)
    region = regions.get(code) if code is not None else None
    part = None if region is None else part_of(region.geometry, lon=draft.lon, lat=draft.lat)
    return GapZone(
        rank=rank,
        name=_name(rank, region, part),
        geometry=shape,
        point_count=len(draft.points),
        workers=draft.workers,
        mean_m=math.fsum(walk_m * weight) / draft.workers if reachable else None,
        worst_m=draft.worst_m if reachable else None,
        nearest_position=int(nearest[first]) if nearest[first] >= 0 else None,
        lon=draft.lon,
        lat=draft.lat,
        region_code=code,
        part=part,
    )


def _main_region(region: NDArray[Any] | None, points: IntArray, weight: FloatArray) -> str | None:
    """Return the known region with most of the weight, the first by code among equals."""
    if region is None:
        return None
    weight_of: dict[str, list[float]] = {}
    for code, one in zip(region[points].tolist(), weight.tolist(), strict=True):
        if code is not None:
            weight_of.setdefault(code, []).append(one)
    return min(weight_of, key=lambda code: (-math.fsum(weight_of[code]), code), default=None)


def part_of(shape: BaseGeometry, *, lon: float, lat: float) -> Part:
    """Tell where in a region's extent a point lies: in its middle third, or in which direction."""
    west, south, east, north = shape.bounds
    right = 2 * (lon - west) / (east - west) - 1 if east > west else 0.0
    up = 2 * (lat - south) / (north - south) - 1 if north > south else 0.0
    if max(abs(right), abs(up)) <= _CENTRAL:
        return Part.CENTRE
    return _COMPASS[round(math.degrees(math.atan2(up, right)) / 45) % 8]


def _name(rank: int, region: NamedRegion | None, part: Part | None) -> Text:
    if region is None or part is None:
        return Text(f"盲区 {rank}", f"Gap {rank}")
    where = PART_TEXT[part]
    return Text(
        f"{region.name.zh}{where.zh} · 盲区 {rank}", f"{region.name.en} {where.en} · gap {rank}"
    )
