"""Isochrones: the area around everything that can be walked to within a limit, as polygons.

The reached part R of the network, cut at the exact distance, is widened by ``width_m`` on both
sides; what lies nearer to a part U that cannot be reached (the other side of a cut, a street under
a bridge, a courtyard behind a wall) is taken out again:

    area = (R + width - (U + half width) - caps) + thread - pins,

where *caps* are flat pieces over the first metres beyond each cut (so that the area ends at the
cut and not at a half circle behind it), *thread* is R itself, widened by a hand's breadth, and
*pins* are the nodes of U, a finger wide, where they lie in the thread (on another level of a
bridge or a stair). So every node that can be reached is inside and every other one outside, unless
one of each lies at the very same spot. A drawing, not the test of coverage.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geoapp.analysis.geometry.planes import LocalPlane, area_m2, as_multipolygon
from geoapp.analysis.network.edge_lines import EdgeLines
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.reach import Reach, reach
from geoapp.analysis.network.search import decimetres
from geoapp.analysis.network.snapping import Snapped
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

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
        _isochrone(network, reach(network, origin, place, limit_dm=decimetres(limit_m)), width_m)
        for limit_m in limits_m
    )


def _isochrone(network: WalkingNetwork, found: Reach, width_m: float) -> Isochrone:
    limit_m = found.limit_dm / 10
    if len(found.edge) == 0:
        return Isochrone(limit_m, shapely.MultiPolygon(), 0.0, 0.0, 0)
    middle = int(network.edge_start[found.edge[0]])
    plane = LocalPlane.around(float(network.lon[middle]), float(network.lat[middle]), kind="aeqd")
    xy = EdgeLines(network, plane)
    inside = xy.pieces(found.edge, found.low_dm, found.high_dm)
    rest = xy.pieces(found.rest_edge, found.rest_low_dm, found.rest_high_dm)
    beyond = np.setdiff1d(_edges_near(network, found.edge, width_m), found.edge)
    whole = xy.pieces(
        beyond, np.zeros(len(beyond)), network.edge_length_dm[beyond].astype(np.float64)
    )
    band = shapely.union_all(shapely.buffer(inside, width_m, quad_segs=_SEGMENTS))
    shapely.prepare(band)
    rest, whole = (some[shapely.intersects(band, some)] for some in (rest, whole))
    ends = xy.points(np.setdiff1d(_nodes_of(network, found.rest_edge), found.nodes))
    # Flat where the walk ends, round everywhere else.
    taken = np.concatenate(
        [
            shapely.buffer(rest, width_m / 2, quad_segs=_SEGMENTS, cap_style="flat"),
            shapely.buffer(whole, width_m / 2, quad_segs=_SEGMENTS),
            shapely.buffer(ends, width_m / 2, quad_segs=_SEGMENTS),
        ]
    )
    caps = shapely.buffer(_caps(xy, found, width_m), width_m * 1.01, cap_style="flat")
    out = shapely.union_all(np.concatenate([taken, caps]))
    parts = shapely.get_parts(shapely.difference(band, out))
    parts = parts[shapely.area(parts) >= _LEAST_PART_M2]
    parts = parts[np.unique(shapely.STRtree(inside).query(parts, predicate="intersects")[0])]
    # Where nothing was taken out, the thread is in the band already.
    shapely.prepare(out)
    touched = inside[shapely.intersects(out, inside)]
    thread = shapely.union_all(shapely.buffer(touched, _THREAD_M, quad_segs=1))
    whole_area = shapely.union_all([*parts, thread])
    pins = _pins(
        xy.points(np.setdiff1d(_nodes_of(network, np.union1d(beyond, found.edge)), found.nodes)),
        xy.points(found.nodes),
        thread,
    )
    if len(pins):
        whole_area = shapely.difference(whole_area, shapely.union_all(pins))
    polygons = as_multipolygon(plane.lonlat(np.array([whole_area], dtype=object))[0])
    return Isochrone(
        limit_m,
        polygons,
        area_m2(polygons),
        float((found.high_dm - found.low_dm).sum()) / 10,
        len(found.nodes),
    )


def _nodes_of(network: WalkingNetwork, edge: NDArray[Any]) -> NDArray[np.int32]:
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


def _caps(lines: EdgeLines, found: Reach, width_m: float) -> NDArray[Any]:
    """Return the first metres beyond each cut."""
    edge, low, high = found.rest_edge, found.rest_low_dm, found.rest_high_dm
    length = lines.network.edge_length_dm[edge].astype(np.float64)
    most = width_m * 10
    after, before = low > 0, high < length
    # Between two cuts each cap goes half way; the strip of the rest takes the middle.
    return np.concatenate(
        [
            lines.pieces(edge[after], low[after], np.minimum(high, low + most)[after]),
            lines.pieces(edge[before], np.maximum(low, high - most)[before], high[before]),
        ]
    )


def _edges_near(network: WalkingNetwork, edge: NDArray[np.int32], margin_m: float) -> NDArray[Any]:
    """Return the edges whose cells touch the box around some edges, and a margin."""
    grid = network.grid
    node = np.concatenate([network.edge_start[edge], network.edge_end[edge]])
    lon, lat = network.lon[node], network.lat[node]
    north = margin_m * 2 / 110_000
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
