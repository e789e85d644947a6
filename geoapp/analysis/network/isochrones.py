"""Isochrones: the area around everything that can be walked to within a limit, as polygons.

The reached part R of the network, cut at the exact distance, is widened on both sides by what may
still be walked there, at most ``width_m``: a strip along the way that ends in a tip where the walk
ends. The place's own leg to the network counts as a way. What lies nearer to a part U that cannot
be reached (the other side of a cut, a street under a bridge, a courtyard behind a wall) is taken
out again:

    area = (R + width - (U + half width)) + thread - pins,

where *thread* is R itself, widened by a hand's breadth, and *pins* are the nodes of U, a finger
wide, where they lie in the thread (on another level of a bridge or a stair). So every node that can
be reached is inside and every other one outside, unless one of each lies at the very same spot; the
place itself is inside, whatever else is there. All that is added grows with the limit and all that
is taken out shrinks, so the area of a longer walk holds that of a shorter one. A drawing, not the
test of coverage.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geoapp.analysis.geometry.planes import LocalPlane, area_m2, as_multipolygon
from geoapp.analysis.network.bands import INNER, Spurs, wide_band
from geoapp.analysis.network.edge_lines import EdgeLines
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.reach import Reach, reach
from geoapp.analysis.network.search import decimetres
from geoapp.analysis.network.snapping import Snapped
from geoapp.core.arrays import FloatArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.walking import ACROSS_KIND

WIDTH_M: Final = 25.0
_THREAD_M: Final = 0.1
_PIN_M: Final = 0.05
_SAME_M: Final = 0.001
_LEAST_PART_M2: Final = 1.0  # crumbs of a subtraction; the thread is no crumb, however thin
_SEGMENTS: Final = 4  # of a quarter circle


@dataclass(frozen=True, slots=True)
class Isochrone:
    """What is within a walk of one place.

    Attributes
    ----------
    limit_m
        The longest walk, metres, the leg to the network included.
    area
        MultiPolygon, EPSG:4326; empty where nothing is reached.
    area_m2
        On the spheroid, holes left out.
    length_m
        Metres of ways within the walk.
    nodes
        Nodes within the walk.
    """

    limit_m: float
    area: shapely.MultiPolygon
    area_m2: float
    length_m: float
    nodes: int


def isochrones(
    network: WalkingNetwork,
    origin: Snapped,
    place: int = 0,
    *,
    limits_m: Sequence[float],
    width_m: float = WIDTH_M,
) -> tuple[Isochrone, ...]:
    """Return the area within each of some walks from one place; walks to it are as long.

    Parameters
    ----------
    origin, place
        Places on the network, and which of them.
    limits_m
        The longest walks, metres, each 0 to 20,000.
    width_m
        How far from a way the area goes, 1 to 200 m.

    Raises
    ------
    InvalidValueError
        If a limit or the width is not acceptable.
    """
    if not 1.0 <= width_m <= 200.0:
        raise InvalidValueError("width_m", width_m, Text("1 到 200 米", "1 to 200 m"))
    for limit_m in limits_m:
        if not 0.0 <= limit_m <= 20_000.0:
            raise InvalidValueError("limits_m", limit_m, Text("0 到 20000 米", "0 to 20,000 m"))
    return tuple(
        _isochrone(
            _Origin.of(network, origin, place),
            reach(network, origin, place, limit_dm=decimetres(limit_m)),
            width_m,
        )
        for limit_m in limits_m
    )


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where an isochrone starts, on a plane around it; the same plane for every limit."""

    lines: EdgeLines
    edge: int
    to_start_dm: float
    leg_m: float
    at: FloatArray
    foot: FloatArray

    @classmethod
    def of(cls, network: WalkingNetwork, origin: Snapped, place: int) -> "_Origin":
        edge = int(origin.edge[place])
        start, end = network.edge_start[max(edge, 0)], network.edge_end[max(edge, 0)]
        length = max(1, int(origin.to_start[place]) + int(origin.to_end[place]))
        share = float(origin.to_start[place]) / length
        foot_lon = float(network.lon[start] + (network.lon[end] - network.lon[start]) * share)
        foot_lat = float(network.lat[start] + (network.lat[end] - network.lat[start]) * share)
        plane = LocalPlane.around(foot_lon, foot_lat, kind="aeqd")
        foot = plane.forward(np.array([foot_lon]), np.array([foot_lat]))
        # Where only the foot point is known, there is no leg to draw.
        known = not np.isnan(origin.lon[place])
        at = plane.forward(origin.lon[[place]], origin.lat[[place]]) if known else foot
        leg_m = float(origin.leg[place]) / 10
        to_start = float(origin.to_start[place])
        return cls(EdgeLines(network, plane), edge, to_start, leg_m, at[0], foot[0])


def _isochrone(origin: _Origin, found: Reach, width_m: float) -> Isochrone:
    limit_m = found.limit_dm / 10
    if origin.edge < 0:
        return Isochrone(limit_m, shapely.MultiPolygon(), 0.0, 0.0, 0)
    xy = origin.lines
    network, plane = xy.network, xy.plane
    wide, narrow, discs = _parts_of_band(origin, found, width_m)
    band = shapely.union_all(
        [*wide_band(*wide, width_m), *narrow.shapes(width_m, _THREAD_M), *discs]
    )
    shapely.prepare(band)
    rest = xy.pieces(found.rest_edge, found.rest_low_dm, found.rest_high_dm)
    beyond = np.setdiff1d(_edges_near(origin, found.edge, width_m), found.edge)
    whole = xy.pieces(
        beyond, np.zeros(len(beyond)), network.edge_length_dm[beyond].astype(np.float64)
    )
    whole = whole[shapely.dwithin(band, whole, width_m)]
    unreached = np.setdiff1d(
        np.concatenate([_nodes_of(network, found.rest_edge), _nodes_of(network, beyond)]),
        found.nodes,
    )
    ends = xy.points(unreached)
    near = ends[shapely.dwithin(band, ends, width_m)]
    taken = np.concatenate(
        [
            # Flat where the walk ends; round at the nodes.
            shapely.buffer(np.concatenate([rest, whole]), width_m / 2, cap_style="flat"),
            shapely.buffer(near, width_m / 2, quad_segs=_SEGMENTS),
        ]
    )
    out = shapely.union_all(taken)
    inside = xy.pieces(found.edge, found.low_dm, found.high_dm)
    inside = np.append(inside, _leg_line(origin, limit_m))
    parts = shapely.get_parts(shapely.difference(band, out))
    parts = parts[shapely.area(parts) >= _LEAST_PART_M2]
    parts = parts[_hold_some(parts, inside)]
    # Where nothing was taken out, the thread is in the band already.
    cut = np.unique(shapely.STRtree(inside).query(taken, predicate="intersects")[1])
    thread = shapely.union_all(shapely.buffer(inside[cut], _THREAD_M, quad_segs=1))
    own = shapely.buffer(shapely.Point(origin.at), _THREAD_M, quad_segs=1)
    whole_area = shapely.union_all([*parts, thread, own])
    pins = _pins(ends, xy.points(found.nodes), thread)
    pins = pins[~shapely.intersects(pins, shapely.Point(origin.at))]
    if len(pins):
        whole_area = shapely.difference(whole_area, shapely.union_all(pins))
    is_way = network.edge_kind[found.edge] != ACROSS_KIND
    polygons = as_multipolygon(plane.lonlat(np.array([whole_area], dtype=object))[0])
    return Isochrone(
        limit_m,
        polygons,
        area_m2(polygons),
        float((found.high_dm - found.low_dm)[is_way].sum()) / 10,
        len(found.nodes),
    )


def _leg_line(origin: _Origin, limit_m: float) -> Any:
    """Return the part of the place's own leg that is within the limit."""
    share = min(1.0, limit_m / origin.leg_m) if origin.leg_m > 0 else 0.0
    return shapely.LineString([origin.at, origin.at + (origin.foot - origin.at) * share])


def _parts_of_band(
    origin: _Origin, found: Reach, width_m: float
) -> tuple[tuple[FloatArray, FloatArray], Spurs, NDArray[Any]]:
    """Return segments as wide as the band is, pieces that are narrower somewhere, and discs.

    All pieces of the network are walked along from a node, or from the foot point. Discs stand
    around the nodes where a narrower piece begins, and around the place itself.
    """
    xy, limit_m = origin.lines, found.limit_dm / 10
    network = xy.network
    edge = np.unique(found.edge[found.edge != origin.edge])
    start, end = network.edge_start[edge], network.edge_end[edge]
    length_m = network.edge_length_dm[edge] / 10

    def left_at(node: NDArray[Any]) -> FloatArray:
        place = np.minimum(np.searchsorted(found.nodes, node), max(0, len(found.nodes) - 1))
        if len(found.nodes) == 0:
            return np.full(len(node), -1.0)
        known = found.nodes[place] == node
        return np.where(known, limit_m - found.walk_dm[place] / 10, -1.0)

    a, b = xy.ends(edge)
    left_a, left_b = left_at(start), left_at(end)
    # Wide all along: in the middle, where the walks from both ends meet, there is least left.
    is_wide = (left_a >= width_m) & (left_b >= width_m)
    is_wide &= (left_a + left_b - length_m) / 2 >= width_m
    some = ~is_wide
    scale = np.hypot(*(b - a).T) / length_m  # drawn metres for a metre walked

    def spurs(here: FloatArray, there: FloatArray, left: FloatArray, kept: Any) -> Spurs:
        return Spurs(here[kept], there[kept], left[kept] * np.minimum(1.0, scale[kept]))

    own, own_is_wide = _own_pieces(origin, left_at, limit_m, width_m)
    pieces = [
        spurs(a, b, left_a, some & (left_a >= 0)),
        spurs(b, a, left_b, some & (left_b >= 0)),
        *own,
    ]
    narrow = Spurs(
        np.concatenate([one.start for one in pieces]),
        np.concatenate([one.end for one in pieces]),
        np.concatenate([one.left_m for one in pieces]),
    )
    nodes = np.intersect1d(np.concatenate([start[some], end[some]]), found.nodes)
    nodes = np.union1d(nodes, np.intersect1d(_nodes_of(network, [origin.edge]), found.nodes))
    # Inside of the half circles of wide bands, wherever their corners lie.
    radius = np.clip(left_at(nodes), _THREAD_M, width_m) * INNER
    discs = [shapely.buffer(xy.points(nodes), radius, quad_segs=_SEGMENTS)]
    for spot, left in ((origin.at, limit_m), (origin.foot, limit_m - origin.leg_m)):
        if left >= 0:
            size = min(max(left, _THREAD_M), width_m) * INNER
            discs.append(np.array([shapely.buffer(shapely.Point(spot), size, quad_segs=4)]))
    from_xy, to_xy = a[is_wide], b[is_wide]
    if own_is_wide:
        own_a, own_b = xy.ends(np.array([origin.edge]))
        from_xy, to_xy = np.concatenate([from_xy, own_a]), np.concatenate([to_xy, own_b])
    return (from_xy, to_xy), narrow, np.concatenate(discs)


def _own_pieces(
    origin: _Origin, left_at: Any, limit_m: float, width_m: float
) -> tuple[list[Spurs], bool]:
    """Return the leg, and the place's own edge both ways from the foot point and from its ends.

    Also whether the edge is wide all along, as seen from the foot point.
    """
    network = origin.lines.network
    edge = np.array([origin.edge])
    a, b = origin.lines.ends(edge)
    foot, at = origin.foot[None], origin.at[None]
    length_m = float(network.edge_length_dm[origin.edge]) / 10
    scale = min(1.0, float(np.hypot(*(b - a)[0])) / length_m)
    left_m = limit_m - origin.leg_m
    pieces = [Spurs(at, foot, np.array([limit_m]))]
    if left_m >= 0:
        left = np.array([left_m * scale])
        pieces += [Spurs(foot, a, left), Spurs(foot, b, left)]
    for node, here, there in (
        (network.edge_start[edge], a, b),
        (network.edge_end[edge], b, a),
    ):
        if (left_of := left_at(node))[0] >= 0:
            pieces.append(Spurs(here, there, left_of * scale))
    farther_m = max(origin.to_start_dm / 10, length_m - origin.to_start_dm / 10)
    return pieces, left_m - farther_m >= width_m


def _hold_some(parts: NDArray[Any], lines: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell which polygons hold a bit of some lines."""
    found = np.zeros(len(parts), np.bool_)
    if len(parts) == 0:
        return found
    shapely.prepare(parts)
    tree = shapely.STRtree(lines)
    for number, part in enumerate(parts):
        near = lines[tree.query(part)]
        # A large part holds most of what is in its box: a few are asked before all of them.
        found[number] = any(
            bool(shapely.intersects(part, some).any()) for some in (near[:50], near[50:])
        )
    return found


def _nodes_of(network: WalkingNetwork, edge: Any) -> NDArray[np.int32]:
    return np.union1d(network.edge_start[edge], network.edge_end[edge])


def _pins(beyond: NDArray[Any], reached: NDArray[Any], thread: Any) -> NDArray[Any]:
    """Return small discs around the points beyond that lie in the thread, beside those reached."""
    shapely.prepare(thread)
    beyond = beyond[shapely.intersects(thread, beyond)]
    if len(beyond) == 0 or len(reached) == 0:
        return shapely.buffer(beyond, _PIN_M, quad_segs=2)
    tree = shapely.STRtree(reached)
    _, apart_m = tree.query_nearest(beyond, return_distance=True, all_matches=False)
    return shapely.buffer(beyond, np.minimum(_PIN_M, apart_m / 2), quad_segs=2)[apart_m > _SAME_M]


def _edges_near(origin: _Origin, edge: NDArray[np.int32], margin_m: float) -> NDArray[Any]:
    """Return the edges whose cells touch the box around some edges and the place, and a margin."""
    network = origin.lines.network
    grid = network.grid
    node = _nodes_of(network, np.append(edge, origin.edge))
    lon, lat = network.lon[node], network.lat[node]
    north = (margin_m * 2 + origin.leg_m) / 110_000
    east = north / max(0.01, float(np.cos(np.radians(np.abs(lat).max()))))
    left = max(0, int((lon.min() - east - grid.west) / grid.cell))
    right = min(grid.columns - 1, int((lon.max() + east - grid.west) / grid.cell))
    low = max(0, int((lat.min() - north - grid.south) / grid.cell))
    high = min(grid.rows - 1, int((lat.max() + north - grid.south) / grid.cell))
    rows = [
        grid.edges[
            grid.first[row * grid.columns + left] : grid.first[row * grid.columns + right + 1]
        ]
        for row in range(low, high + 1)
    ]
    return np.unique(np.concatenate(rows))
