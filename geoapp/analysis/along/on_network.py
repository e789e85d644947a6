"""What going by a place adds on a walking network: exact, by whole decimetres."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoapp.analysis.along.detours import Detours
from geoapp.analysis.network.routes import Route, route
from geoapp.analysis.network.search import FAR, PlacesOnNetwork, decimetres, nearest_of_all
from geoapp.analysis.network.snapping import Snapped


def legs(stops: PlacesOnNetwork) -> list[Route | None]:
    """Return the shortest walk between each two stops that follow each other.

    None where there is no way, or one of the two is not on the network.
    """
    snapped = stops.snapped
    edge = np.maximum(snapped.edge, 0)
    part = np.where(snapped.edge >= 0, stops.network.part[stops.network.edge_start[edge]], -1)
    found: list[Route | None] = []
    for leg in range(max(0, len(stops) - 1)):
        if part[leg] < 0 or part[leg + 1] < 0:
            found.append(None)
            continue
        # No search of a whole country for a way that is not there.
        is_joined = part[leg] == part[leg + 1] or (
            stops.straight.walk_dm(snapped, leg, leg + 1) < FAR
        )
        ends = {
            "lon": float(snapped.lon[leg]),
            "lat": float(snapped.lat[leg]),
            "to_lon": float(snapped.lon[leg + 1]),
            "to_lat": float(snapped.lat[leg + 1]),
        }
        found.append(route(stops, snapped, leg, leg + 1, **ends) if is_joined else None)
    return found


def detours(
    places: PlacesOnNetwork,
    stops: Snapped,
    walks: list[Route | None],
    *,
    mask: NDArray[np.bool_],
    most_added_m: float,
) -> Detours:
    """Return all pairs of a leg and a place that add no more than a limit.

    Parameters
    ----------
    places
        Where one may go by.
    stops
        The stops, on the same network.
    walks
        The walk of each leg: see `legs`. Legs without one have no pairs.
    mask
        By position, which places count.
    most_added_m
        The limit in metres; closed.

    Notes
    -----
    Streets are walked both ways, so that one search from each stop serves the leg before it and
    the one after it. No place farther from either stop than the leg and the limit together can be
    within the limit: the searches end there.
    """
    limit = decimetres(most_added_m)
    walk_dm = np.array([FAR if one is None else round(one.walk_m * 10) for one in walks], np.int64)
    joined = walk_dm < FAR
    reach = np.where(joined, walk_dm + limit, -1)
    found: list[Detours] = []
    before = None
    for stop in range(len(stops)):
        farthest = max(reach[max(0, stop - 1) : stop + 1], default=-1)
        away = None
        if farthest >= 0:
            away = np.full(len(places), FAR, np.int64)
            near = places.nearest(
                stops, stop, k=max(1, len(places)), mask=mask, limit_m=float(farthest) / 10
            )
            away[near.positions] = near.walk_dm
        if stop > 0 and joined[stop - 1] and before is not None and away is not None:
            found.append(_pairs(stop - 1, before, away, int(walk_dm[stop - 1]), limit))
        before = away
    return Detours.joined(found)


def _pairs(
    leg: int, to: NDArray[np.int64], onward: NDArray[np.int64], walk_dm: int, limit: int
) -> Detours:
    # Two straight walks beside the network (see `straight`) may be shorter than the way itself.
    added = np.maximum(to + onward - walk_dm, 0)
    position = np.flatnonzero((to < FAR) & (onward < FAR) & (added <= limit))
    return Detours(
        np.full(len(position), leg, np.int64), position, to[position] / 10, added[position] / 10
    )


def beside_line(
    places: PlacesOnNetwork, points: Snapped, *, mask: NDArray[np.bool_], most_added_m: float
) -> Detours:
    """Return the places that going to and coming back from adds no more than a limit to a line.

    Parameters
    ----------
    points
        Points of the line, close to each other, on the same network; those off it are passed by.
    mask, most_added_m
        As for `detours`.

    Returns
    -------
    One pair for each place: ``leg`` is the point at which the line is left, the one from which the
    walk is shortest (of points equally near, the first), ``added_m`` twice ``to_m``.
    """
    wanted = np.flatnonzero(mask & (places.snapped.edge >= 0))
    columns: list[NDArray[Any]] = [values[wanted] for values in places.snapped.columns()]
    walk_dm, point = nearest_of_all(
        places.network, points, Snapped(*columns), limit_m=most_added_m / 2
    )
    near = walk_dm[:, 0] < FAR
    to_m = walk_dm[near, 0] / 10
    return Detours(point[near, 0].astype(np.int64), wanted[near], to_m, 2 * to_m)
