"""Catchments: what is nearer on foot to one facility than to all others, and within the standard.

One pass over the network finds the nearest facility of every place on every way; the ways of each
are widened to an area. Together the catchments are all that is covered; neighbours overlap by no
more than the width of a way. Drawings, not the test of coverage.
"""

import itertools
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geoapp.analysis.geometry.planes import LocalPlane, as_multipolygon, middle_of
from geoapp.analysis.network.edge_lines import EdgeLines
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.isochrones import WIDTH_M
from geoapp.analysis.network.routes import foot_points
from geoapp.analysis.network.search import FAR, decimetres, nearest_of_nodes
from geoapp.analysis.network.snapping import Snapped
from geoapp.core.arrays import FloatArray

_SEGMENTS: Final = 4  # of a quarter circle
_Piece = tuple[int, int, float, float]


@dataclass(frozen=True, slots=True)
class WayPieces:
    """Pieces of edges, each with the facility that is nearest to all of it.

    Attributes
    ----------
    edge, place
        int64: the edge, and the facility's position.
    low_dm, high_dm
        From where to where after the edge's start, decimetres.
    """

    edge: NDArray[np.int64]
    place: NDArray[np.int64]
    low_dm: FloatArray
    high_dm: FloatArray


def catchment_pieces(network: WalkingNetwork, facilities: Snapped, *, limit_m: float) -> WayPieces:
    """Return by nearest facility all pieces of ways within a walk of one.

    Parameters
    ----------
    facilities
        Places on the network; those that are not on it have no piece.
    limit_m
        The longest walk, metres, the leg to the network included.
    """
    limit = float(decimetres(limit_m))
    walk, owner = nearest_of_nodes(network, facilities, limit_m=limit_m)
    walk_dm, place = walk.reshape(-1), owner.reshape(-1)
    start, end = np.asarray(network.edge_start), np.asarray(network.edge_end)
    # An edge that a facility stands on is cut there too.
    own_edges = np.unique(facilities.edge[facilities.edge >= 0])
    near = np.minimum(walk_dm[start], walk_dm[end]) < FAR
    near[own_edges] = False
    edge = np.flatnonzero(near)
    length = network.edge_length_dm[edge].astype(np.float64)
    from_start, from_end = (
        np.where(walk_dm[ends[edge]] < FAR, walk_dm[ends[edge]], np.inf) for ends in (start, end)
    )
    low, high = _halves(np.zeros(len(edge)), length, from_start, from_end, limit)
    pieces = [
        (edge, place[start[edge]], np.zeros(len(edge)), low),
        (edge, place[end[edge]], high, length),
    ]
    beside = [
        piece
        for one in own_edges.tolist()
        for piece in _cut_by_places(network, facilities, one, walk_dm, place, limit)
    ]
    if beside:
        of_edge, of_place, low_dm, high_dm = (
            np.array(column) for column in zip(*beside, strict=True)
        )
        pieces.append((of_edge, of_place, low_dm, high_dm))
    edges, places, lows, highs = (np.concatenate(column) for column in zip(*pieces, strict=True))
    kept = highs > lows
    return WayPieces(
        edges[kept].astype(np.int64), places[kept].astype(np.int64), lows[kept], highs[kept]
    )


def _halves(
    a: Any, b: Any, walk_a: Any, walk_b: Any, limit: float
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return how far one gets from a towards b, and from b towards a: to the middle or the limit."""
    with np.errstate(invalid="ignore"):
        middle = (a + b + walk_b - walk_a) / 2  # inf, -inf or nan where one end is out of reach
    low = np.minimum(a + (limit - walk_a), np.where(np.isfinite(walk_b), middle, b))
    high = np.maximum(b - (limit - walk_b), np.where(np.isfinite(walk_a), middle, a))
    low = np.where(np.isfinite(walk_a), np.clip(low, a, b), a)
    high = np.where(np.isfinite(walk_b), np.clip(high, a, b), b)
    return low, high


def _cut_by_places(
    network: WalkingNetwork,
    facilities: Snapped,
    edge: int,
    walk_dm: NDArray[Any],
    place: NDArray[Any],
    limit: float,
) -> list[_Piece]:
    """Return the pieces of one edge with facilities on it."""
    start, end = int(network.edge_start[edge]), int(network.edge_end[edge])
    length = float(network.edge_length_dm[edge])
    anchors = [
        (float(facilities.to_start[one]), float(facilities.leg[one]), int(one))
        for one in np.flatnonzero(facilities.edge == edge)
    ]
    for offset, node in ((0.0, start), (length, end)):
        walk = float(walk_dm[node]) if walk_dm[node] < FAR else np.inf
        anchors.append((offset, walk, int(place[node])))
    anchors.sort()
    # A place beside another may be the farther one even where it stands.
    for order in (range(1, len(anchors)), range(len(anchors) - 2, -1, -1)):
        step = order.step
        for number in order:
            offset, walk, _ = anchors[number]
            other, other_walk, other_place = anchors[number - step]
            if other_walk + abs(offset - other) < walk:
                anchors[number] = (offset, other_walk + abs(offset - other), other_place)
    pieces: list[_Piece] = []
    for (a, walk_a, place_a), (b, walk_b, place_b) in itertools.pairwise(anchors):
        low, high = _halves(a, b, walk_a, walk_b, limit)
        pieces += [(edge, place_a, a, float(low)), (edge, place_b, float(high), b)]
    return pieces


def catchments(
    network: WalkingNetwork, facilities: Snapped, *, limit_m: float, width_m: float = WIDTH_M
) -> dict[int, shapely.MultiPolygon]:
    """Return by position the areas (EPSG:4326) of the facilities that are nearest to some way."""
    pieces = catchment_pieces(network, facilities, limit_m=limit_m)
    if len(pieces.edge) == 0:
        return {}
    ends = network.edge_start[pieces.edge]
    plane = LocalPlane.around(*middle_of(network.lon[ends], network.lat[ends]), kind="aeqd")
    lines = EdgeLines(network, plane).pieces(pieces.edge, pieces.low_dm, pieces.high_dm)
    # A facility's own leg to the network is a way too: it stands in its own area.
    owners = np.unique(pieces.place)
    owners = owners[~np.isnan(facilities.lon[owners])]
    foot = plane.forward(*(values[owners] for values in foot_points(network, facilities)))
    at = plane.forward(facilities.lon[owners], facilities.lat[owners])
    legs = shapely.linestrings(np.stack([at, foot], axis=1))
    lines = np.concatenate([lines, legs])
    place = np.concatenate([pieces.place, owners])
    order = np.argsort(place, kind="stable")
    wide = shapely.buffer(lines[order], width_m, quad_segs=_SEGMENTS)
    places, first = np.unique(place[order], return_index=True)
    shapes = np.array([shapely.union_all(some) for some in np.split(wide, first[1:])], dtype=object)
    return {
        int(place): as_multipolygon(shape)
        for place, shape in zip(places, plane.lonlat(shapes), strict=True)
    }
