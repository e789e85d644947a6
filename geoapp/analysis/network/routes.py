"""The shortest walk as a line to draw: both straight legs and the way between them."""

from dataclasses import dataclass

import numpy as np
import shapely

from geoapp.analysis.geometry.spheroid import checked_lonlat
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.search import PlacesOnNetwork
from geoapp.analysis.network.snapping import Snapped
from geoapp.core.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class Route:
    """The shortest walk from one place to another.

    Attributes
    ----------
    line
        LineString, EPSG:4326: the place, its foot point on the network, the way, the other foot
        point, the other place. Of two places off the network that are walked between straight (see
        `geoapp.analysis.network.straight`), the two alone.
    walk_m
        Metres, both legs included.
    leg_from_m, leg_to_m
        Metres of the straight legs from and to the network, which no map shows as a way; a walk
        that goes straight is all ``leg_from_m``.
    """

    line: shapely.LineString
    walk_m: float
    leg_from_m: float
    leg_to_m: float


def foot_points(network: WalkingNetwork, snapped: Snapped) -> tuple[FloatArray, FloatArray]:
    """Return where places stand on the network: lon, lat (EPSG:4326), NaN off the network."""
    on = snapped.edge >= 0
    edge = np.where(on, snapped.edge, 0)
    start, end = network.edge_start[edge], network.edge_end[edge]
    length = (snapped.to_start + snapped.to_end).astype(np.float64)
    share = np.where(on, snapped.to_start / np.where(on, length, 1.0), np.nan)
    lon, lat = (
        np.asarray(values[start] + (values[end] - values[start]) * share)
        for values in (network.lon, network.lat)
    )
    return lon, lat


def route(
    index: PlacesOnNetwork,
    origin: Snapped,
    place: int,
    target: int,
    *,
    lon: float,
    lat: float,
    to_lon: float,
    to_lat: float,
) -> Route | None:
    """Return the shortest walk to one place of an index; None where there is no way.

    Parameters
    ----------
    origin, place
        Where from: places on the same network, and which of them.
    target
        Where to: position in the index.
    lon, lat, to_lon, to_lat
        Where the two places themselves are, decimal degrees, EPSG:4326.
    """
    (lon, to_lon), (lat, to_lat) = (
        values.tolist() for values in checked_lonlat([lon, to_lon], [lat, to_lat])
    )
    found = index.path(origin, place, target)
    if found is None:
        return None
    walk_m, nodes = found
    if len(nodes) == 0 and index.straight.walk_dm(origin, place, target) <= round(walk_m * 10):
        line = shapely.LineString([(lon, lat), (to_lon, to_lat)])
        return Route(line, walk_m, walk_m, 0.0)
    network = index.network
    from_lon, from_lat = foot_points(network, origin.one(place))
    end_lon, end_lat = foot_points(network, index.snapped.one(target))
    at = np.stack(
        [
            np.r_[lon, from_lon, network.lon[nodes], end_lon, to_lon],
            np.r_[lat, from_lat, network.lat[nodes], end_lat, to_lat],
        ],
        axis=1,
    )
    # Foot points count in whole decimetres: where there is no leg, the place itself stands for its.
    kept = np.ones(len(at), np.bool_)
    kept[1], kept[-2] = origin.leg[place] > 0, index.snapped.leg[target] > 0
    return Route(
        shapely.LineString(at[kept]),
        walk_m,
        float(origin.leg[place]) / 10,
        float(index.snapped.leg[target]) / 10,
    )
