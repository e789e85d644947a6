"""The way to one facility, and what lies within a walk of it."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.network.isochrones import isochrones
from geoapp.analysis.network.routes import route as shortest
from geoapp.analysis.network.snapping import Snap, snap
from geoapp.core.errors import InvalidValueError, NotFoundError
from geoapp.core.geo import check_lonlat, circle
from geoapp.core.i18n import Text
from geoapp.core.words import Basis
from geoapp.operations.nearest.rough import rough_m
from geoapp.operations.nearest.service import NearestService
from geoapp.operations.nearest.snapshot import Filters, Snapshot
from geoapp.store.facilities.read import PlacedFacility

# The area of a longer walk takes more than a second or two to draw.
MOST_WALK_M = 4_000.0
_GRID_DEGREES = 1e-7
_FACILITY = Text("在用的站点", "facility in service")


@dataclass(frozen=True, slots=True)
class Route:
    """A walk to a facility.

    Attributes
    ----------
    line
        From the asker to the facility, EPSG:4326; a straight line where the walk is estimated,
        None where there is no way on the network, or an estimate would cross the sea.
    distance_m, walk_m, walk_seconds
        Straight, on foot, and the time for that; None where there is no way.
    """

    facility: PlacedFacility
    line: shapely.LineString | None
    distance_m: float
    walk_m: float | None
    walk_seconds: float | None
    basis: Basis


@dataclass(frozen=True, slots=True)
class WalkArea:
    """What lies within a walk of a facility; ``area`` is EPSG:4326, MultiPolygon or Polygon."""

    facility: PlacedFacility
    walk_m: float
    area: BaseGeometry
    basis: Basis


def find_in_service(snapshot: Snapshot, code: str) -> tuple[int, PlacedFacility]:
    """Return a facility's position and where it stands now."""
    mask = snapshot.select(Filters(), datetime.now(UTC), open_only=False).mask
    for place in range(snapshot.most_places + 1):
        position = snapshot.index.position_of((code, place))
        facility = None if position is None else snapshot.facilities[position]
        if position is not None and facility is not None and mask[position]:
            return position, facility
    raise NotFoundError(_FACILITY, code[:100])


def route(service: NearestService, *, lon: float, lat: float, code: str) -> Route:
    """Return the shortest walk from a place (degrees, WGS-84) to a facility in service.

    Raises
    ------
    InvalidValueError
        If the place makes no sense.
    NotFoundError
        If no facility in service has this code.
    """
    check_lonlat(lon, lat)
    snapshot, ways = service.ground()
    position, facility = find_in_service(snapshot, code)
    distance_m = float(snapshot.index.distance_m(np.array([position]), lon=lon, lat=lat)[0])
    if ways is not None and ways.snapped.edge[position] >= 0:
        asker = snap(ways.network, [lon], [lat])
        if asker.state[0] == Snap.ON:
            found = shortest(
                ways.places,
                asker,
                0,
                position,
                lon=lon,
                lat=lat,
                to_lon=facility.lon,
                to_lat=facility.lat,
            )
            if found is None:
                return Route(facility, None, distance_m, None, None, Basis.NETWORK)
            seconds = service.estimate.seconds(found.walk_m)
            return Route(facility, found.line, distance_m, found.walk_m, seconds, Basis.NETWORK)
    estimate = service.estimate
    if ways is not None:
        estimate = ways.estimate_at(estimate, lon=lon, lat=lat)
    ground = snapshot.ground
    over_m = ground.sea_m(lon, lat, np.array([facility.lon]), np.array([facility.lat]))
    if ground.is_at_sea(lon, lat) or ground.is_sea(float(over_m[0]), rough_m(facility)):
        return Route(facility, None, distance_m, None, None, Basis.ESTIMATE)
    walk_m = estimate.walk_m(distance_m)
    line = shapely.LineString([(lon, lat), (facility.lon, facility.lat)])
    seconds = service.estimate.seconds(walk_m)
    return Route(facility, line, distance_m, walk_m, seconds, Basis.ESTIMATE)


def walk_area(
    service: NearestService, *, code: str, minutes: float | None, metres: float | None
) -> WalkArea:
    """Return what lies within a walk of a facility: minutes or metres, one of them.

    Raises
    ------
    InvalidValueError
        If neither or both are given, or the walk is longer than ``MOST_WALK_M``.
    NotFoundError
        If no facility in service has this code.
    """
    if (minutes is None) == (metres is None):
        raise InvalidValueError(
            "minutes", minutes, Text("minutes 或 metres 之一", "either minutes or metres")
        )
    walk_m = metres if metres is not None else service.estimate.metres((minutes or 0) * 60)
    if not 1 <= walk_m <= MOST_WALK_M:
        raise InvalidValueError(
            "metres" if minutes is None else "minutes",
            metres if minutes is None else minutes,
            Text(f"步行 1 至 {MOST_WALK_M:,.0f} 米", f"a walk of 1 to {MOST_WALK_M:,.0f} m"),
        )
    snapshot, ways = service.ground()
    position, facility = find_in_service(snapshot, code)
    if ways is not None and ways.snapped.edge[position] >= 0:
        [found] = isochrones(ways.network, ways.snapped, position, limits_m=[walk_m])
        # On the grid that answers are rounded to, so that rounding makes no ring cross itself.
        reached: BaseGeometry = shapely.set_precision(found.area, _GRID_DEGREES)
        return WalkArea(facility, walk_m, reached, Basis.NETWORK)
    estimate = service.estimate
    if ways is not None:
        estimate = ways.estimate_at(estimate, lon=facility.lon, lat=facility.lat)
    radius_m = walk_m / estimate.detour_factor
    area = circle(lon=facility.lon, lat=facility.lat, radius_m=radius_m)
    return WalkArea(facility, walk_m, area, Basis.ESTIMATE)
