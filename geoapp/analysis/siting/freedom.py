"""The freedom of a site: where it may stand instead, the others staying, at so little a loss.

Let w_i be the weight of a demand point that nothing but this site covers, or nothing covers yet, and

    f(q) = sum_i w_i [geodesic(q, i) <= S],

so that f(site) is what the plan would lose without it and f(site) - f(q) what it loses when the site
moves to q. The area of a loss of at most a share e is {q : f(q) >= (1 - e) f(site)}, a union of cells of
the arrangement of discs about the demand points.

It is found by halving boxes of longitude and latitude. A box of half diagonal h about a middle c is in
when the points within S - h of c suffice, and out when those within S + h do not; what is neither is
halved, and left out where it is as small as the accuracy. So

- every place that is returned truly loses at most the share (``geometry.spheroid`` bounds geodesics by
  chords from both sides, so that no rounding and no map projection has a say), and
- every place that is left out, on allowed ground and within reach, would lose more were the standard
  shorter by ``Freedom.accuracy_m`` (a seventieth of it; more within a few standards of a pole).

Boxes make stairs: the union is drawn in by a box and simplified by less (``geometry.squares``), so both
statements are about the outline that is drawn.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.geometry.planes import area_m2
from geoapp.analysis.geometry.spheroid import (
    checked_lonlat,
    ecef,
    geodesic_m,
    greatest_chord_m,
)
from geoapp.analysis.siting.anywhere.boxes import REACH, Boxes, within_the_world
from geoapp.analysis.siting.checks import checked_numbers
from geoapp.core.arrays import IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_STANDARD_M

SHARES: Final = (0.02, 0.05, 0.1)


@dataclass(frozen=True, slots=True)
class FreedomArea:
    """Where a site may stand at a loss.

    Attributes
    ----------
    share
        The greatest loss, as a share of what the site adds.
    area
        EPSG:4326, edges straight in degrees; without parts where there is no such place.
    area_m2
        On the spheroid.
    any_way_m
        The site may be moved so far in every direction; 0 where it cannot.
    farthest_m
        The greatest geodesic from the site to a place of the area.
    """

    share: float
    area: shapely.MultiPolygon
    area_m2: float
    any_way_m: float
    farthest_m: float


@dataclass(frozen=True, slots=True)
class Freedom:
    """Where one site may stand instead, the others staying.

    Attributes
    ----------
    weight
        What the plan would lose without the site.
    areas
        In order of the shares asked for, each within the next; empty where the weight is 0: without a
        loss there is no limit to moving.
    accuracy_m
        Places that are left out would lose more were the standard shorter by this.
    """

    weight: float
    areas: tuple[FreedomArea, ...]
    accuracy_m: float


def plan_freedom(
    lon: ArrayLike,
    lat: ArrayLike,
    weights: ArrayLike,
    places: ArrayLike,
    standard_m: float,
    *,
    ground: Sequence[BaseGeometry | None] | None = None,
    shares: Sequence[float] = SHARES,
    asked: Sequence[int] | None = None,
) -> Iterator[Freedom]:
    """Yield by site of a plan where it may stand instead, each by itself, the others staying.

    Parameters
    ----------
    lon, lat
        Demand points that nothing but the plan covers, decimal degrees, EPSG:4326.
    weights
        By demand point, from 0 up.
    places
        Shape (p, 2): lon and lat of the sites, EPSG:4326.
    standard_m
        Greatest geodesic from a site to a demand point that it covers, closed; 0 to 100,000.
    ground
        By site asked for, the area (EPSG:4326, edges straight in degrees) in which it may stand;
        None = everywhere.
    shares
        The greatest losses asked for, as shares of what each site adds; 0 to 1.
    asked
        The sites to be told of, by position; None = all. ``ground`` has one for each.

    Raises
    ------
    InvalidValueError
        If an input is not what is said above.
    """
    lon_deg, lat_deg = checked_lonlat(lon, lat)
    weight = checked_numbers("weights", np.ravel(np.asarray(weights, float)), len(lon_deg))
    if not 0 <= standard_m <= MOST_STANDARD_M:  # NaN too
        raise InvalidValueError(
            "standard_m",
            standard_m,
            Text(f"0 至 {MOST_STANDARD_M:g} 米", f"0 to {MOST_STANDARD_M:g} metres"),
        )
    sites = np.asarray(places, np.float64).reshape(-1, 2)
    site_lon, site_lat = checked_lonlat(sites[:, 0], sites[:, 1])
    counts = np.flatnonzero(weight > 0)
    lon_deg, lat_deg, weight = lon_deg[counts], lat_deg[counts], weight[counts]
    xyz = ecef(lon_deg, lat_deg)
    middles = ecef(site_lon, site_lat)
    tree = cKDTree(xyz) if len(xyz) else None

    def around(site: int, reach_m: float) -> IntArray:
        if tree is None:
            return np.empty(0, np.int64)
        found = tree.query_ball_point(middles[site], greatest_chord_m(reach_m))
        return np.array(sorted(found), np.int64)

    covered = []
    times = np.zeros(len(weight), np.int64)
    for site in range(len(sites)):
        some = around(site, standard_m)
        away_m = geodesic_m(site_lon[site], site_lat[site], lon_deg[some], lat_deg[some])
        covered.append(some[away_m <= standard_m])
        times[covered[site]] += 1
    for place, site in enumerate(range(len(sites)) if asked is None else asked):
        others = times.copy()
        others[covered[site]] -= 1
        some = around(site, (1 + REACH) * standard_m)
        some = some[others[some] == 0]
        own = math.fsum(weight[covered[site]][others[covered[site]] == 0])
        areas: tuple[FreedomArea, ...] = ()
        boxes = Boxes(float(site_lon[site]), float(site_lat[site]), standard_m)
        if own > 0:
            allowed = None if ground is None else ground[place]
            found = boxes.areas(xyz[some], weight[some], own, shares, allowed)
            areas = tuple(
                _told(boxes, share, area) for share, area in zip(shares, found, strict=True)
            )
        yield Freedom(own, areas, boxes.accuracy_m)


def _told(boxes: Boxes, share: float, area: shapely.MultiPolygon) -> FreedomArea:
    if area.is_empty:
        return FreedomArea(share, area, 0.0, 0.0, 0.0)
    corners = shapely.get_coordinates(area)
    lon = (corners[:, 0] + 180) % 360 - 180
    away_m = geodesic_m(boxes.lon, boxes.lat, lon, corners[:, 1])
    any_way_m = 0.0
    if shapely.intersects_xy(area, boxes.lon, boxes.lat):
        # With degrees as short as they are anywhere here, no edge is nearer than this says.
        east_m, north_m = boxes.degree_m
        level = _scaled(area.boundary, east_m / north_m)
        site = shapely.Point(boxes.lon * east_m / north_m, boxes.lat)
        any_way_m = float(shapely.distance(level, site)) * north_m
    return FreedomArea(
        share=share,
        area=within_the_world(area),
        area_m2=area_m2(area),
        any_way_m=any_way_m,
        farthest_m=float(away_m.max()),
    )


def _scaled(shape: BaseGeometry, factor: float) -> BaseGeometry:
    return shapely.transform(shape, lambda xy: xy * (factor, 1.0))
