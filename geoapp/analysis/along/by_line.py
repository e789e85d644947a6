"""What going by a place adds, estimated from straight lines on the spheroid times a detour factor."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geoapp.analysis.along.detours import Detours
from geoapp.analysis.geometry.spheroid import ecef, geodesic_m
from geoapp.analysis.nearest.index import FacilityIndex
from geoapp.core.arrays import FloatArray

# More than a degree of latitude is anywhere, so that no place within a limit is left out.
_METRES_PER_DEGREE: Final = 110_000.0


def detours_by_line(
    index: FacilityIndex,
    leg: int,
    ends: tuple[tuple[float, float], tuple[float, float]],
    *,
    mask: NDArray[np.bool_],
    detour_factor: float,
    most_added_m: float,
) -> Detours:
    """Return the places that one leg may go by for no more than a limit.

    Parameters
    ----------
    leg, ends
        The leg's number, and its two stops as (lon, lat), decimal degrees, EPSG:4326.
    mask
        By position, which places count.
    detour_factor
        Metres of way per straight metre.
    most_added_m
        The limit in metres; closed.
    """
    (lon, lat), (to_lon, to_lat) = ends
    line_m = float(geodesic_m(lon, lat, np.array([to_lon]), np.array([to_lat]))[0])
    # A place at a greater distance from the stop adds more, whatever remains from there.
    farthest_m = line_m + most_added_m / detour_factor
    near = index.query(lon=lon, lat=lat, k=max(1, len(index)), mask=mask, max_m=farthest_m)
    position = near.positions.astype(np.int64)
    onward_m = index.distance_m(position, lon=to_lon, lat=to_lat)
    # A line is the shortest; below 0 is what the last bits of a float say.
    added_m = np.maximum(detour_factor * (near.distance_m + onward_m - line_m), 0.0)
    kept = added_m <= most_added_m
    return Detours(
        np.full(int(kept.sum()), leg, np.int64),
        position[kept],
        detour_factor * near.distance_m[kept],
        added_m[kept],
    )


def dense(
    lon: FloatArray, lat: FloatArray, step_m: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return points along a line, no farther apart than a step: lon, lat, metres from its start.

    The line's own points are among them. A part of it is taken for straight in degrees, as it is drawn.
    """
    length_m = geodesic_m(lon[:-1], lat[:-1], lon[1:], lat[1:])
    lons, lats, at_m = [lon[:1]], [lat[:1]], [np.zeros(1)]
    begun_m = 0.0
    for part, part_m in enumerate(length_m.tolist()):
        pieces = max(1, int(np.ceil(part_m / step_m)))
        share = np.arange(1, pieces + 1) / pieces
        lons.append(lon[part] + (lon[part + 1] - lon[part]) * share)
        lats.append(lat[part] + (lat[part + 1] - lat[part]) * share)
        at_m.append(begun_m + part_m * share)
        begun_m += part_m
    return np.concatenate(lons), np.concatenate(lats), np.concatenate(at_m)


def beside_line_by_line(
    index: FacilityIndex,
    lon: FloatArray,
    lat: FloatArray,
    *,
    mask: NDArray[np.bool_],
    detour_factor: float,
    most_added_m: float,
) -> Detours:
    """Return the places that going to and coming back from adds no more than a limit to a line.

    Parameters
    ----------
    lon, lat
        Points of the line close to each other (see `dense`), decimal degrees, EPSG:4326.
    mask, detour_factor, most_added_m
        As for `detours_by_line`.

    Returns
    -------
    One pair for each place; ``leg`` is the point of the line that is nearest, and where the line comes by
    there more than once, the first time. A place is its point, also where it has an area.
    """
    reach_m = most_added_m / 2 / detour_factor
    margin = reach_m / _METRES_PER_DEGREE
    narrow = max(0.01, float(np.cos(np.radians(min(89.0, float(np.abs(lat).max()) + margin)))))
    wanted = np.flatnonzero(
        mask
        & index.alive
        & (np.abs(index.lat - (lat.min() + lat.max()) / 2) <= np.ptp(lat) / 2 + margin)
        & (np.abs(index.lon - (lon.min() + lon.max()) / 2) <= np.ptp(lon) / 2 + margin / narrow)
    )
    _, first = np.unique(np.stack([lon, lat]), axis=1, return_index=True)
    # The nearest by chord is the nearest on the ground.
    tree = cKDTree(ecef(lon[first], lat[first]))
    at_lon, at_lat = index.lon[wanted], index.lat[wanted]
    point = first[tree.query(ecef(at_lon, at_lat))[1]].astype(np.int64)
    away_m = geodesic_m(lon[point], lat[point], at_lon, at_lat)
    added_m = 2 * detour_factor * away_m
    kept = added_m <= most_added_m
    return Detours(point[kept], wanted[kept], detour_factor * away_m[kept], added_m[kept])
