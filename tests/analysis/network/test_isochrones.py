"""Isochrones hold what can be reached, and nothing that cannot."""

import itertools

import numpy as np
import pytest
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geoapp.analysis.network.bands import wide_band
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.isochrones import isochrones
from geoapp.analysis.network.reach import reach
from geoapp.analysis.network.snapping import Snapped, snap
from geoapp.core.errors import InvalidValueError
from tests.analysis.conftest import random_places

DEGREE_M = 111_319.49  # along the equator


def all_walks_dm(network: WalkingNetwork, origin: Snapped, place: int) -> np.ndarray:
    """Walks from one place to all nodes, by scipy."""
    graph = csr_array(
        (network.length_dm.astype(float), network.indices, network.indptr),
        shape=(network.node_count, network.node_count),
    )
    edge = origin.edge[place]
    ends = [network.edge_start[edge], network.edge_end[edge]]
    legs = np.array([origin.to_start[place], origin.to_end[place]]) + origin.leg[place]
    return (dijkstra(graph, indices=ends) + legs[:, None]).min(axis=0)


@pytest.mark.parametrize("limit_m", [30.0, 300.0, 720.0, 1500.0])
def test_every_node_is_on_its_side(helsinki: WalkingNetwork, limit_m: float) -> None:
    origins = snap(helsinki, *random_places(helsinki, 6, 21), limit_m=500)
    points = shapely.points(helsinki.lon, helsinki.lat)
    for place in range(len(origins)):
        walk_m = all_walks_dm(helsinki, origins, place) / 10
        [found] = isochrones(helsinki, origins, place, limits_m=[limit_m])
        shapely.prepare(found.area)
        inside = shapely.covers(found.area, points)
        assert found.area.is_valid
        assert found.nodes == (walk_m <= limit_m).sum()
        assert inside[walk_m <= limit_m].all()
        beyond = np.flatnonzero(inside & (walk_m > limit_m + 25))  # not to be reached: inf
        # Only where a node that is reached lies at the very same spot (another floor).
        reached = shapely.union_all(points[walk_m <= limit_m])
        assert (shapely.distance(reached, points[beyond]) < 1e-8).all()
        assert len(beyond) <= 2


@pytest.mark.parametrize("limit_dm", [0, 333, 5000])
def test_the_reach_is_cut_where_the_walk_ends(helsinki: WalkingNetwork, limit_dm: int) -> None:
    """Every decimetre of every edge is held against its walk, by either end or along the edge."""
    origins = snap(helsinki, *random_places(helsinki, 4, 22), limit_m=500)
    for place in range(len(origins)):
        walk_dm = all_walks_dm(helsinki, origins, place)
        found = reach(helsinki, origins, place, limit_dm=limit_dm)
        assert list(found.nodes) == list(np.flatnonzero(walk_dm <= limit_dm))
        assert list(found.walk_dm) == list(walk_dm[found.nodes])
        covered: dict[int, list[tuple[float, float]]] = {}
        for edge, low, high in zip(found.edge, found.low_dm, found.high_dm, strict=True):
            covered.setdefault(int(edge), []).append((low, high))
        for edge in range(helsinki.edge_count):
            length = int(helsinki.edge_length_dm[edge])
            at = np.arange(0, length + 1, 7 if length > 7 else 1)
            best = np.minimum(
                walk_dm[helsinki.edge_start[edge]] + at,
                walk_dm[helsinki.edge_end[edge]] + length - at,
            )
            if edge == origins.edge[place]:
                beside = np.abs(at - origins.to_start[place]) + origins.leg[place]
                best = np.minimum(best, beside)
            told = np.zeros(len(at), bool)
            for low, high in covered.get(edge, []):
                told |= (at >= low) & (at <= high)
            assert (told == (best <= limit_dm)).all()


def grid_town(side: int, spacing: float = 0.002) -> WalkingNetwork:
    """Blocks of 222.6 m along the equator, whole decimetres."""
    x, y = np.meshgrid(np.arange(side), np.arange(side))
    number = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()], 1),
            np.stack([number[:-1].ravel(), number[1:].ravel()], 1),
        ]
    )
    return WalkingNetwork.build(
        x.ravel() * spacing,
        y.ravel() * spacing,
        pairs[:, 0],
        pairs[:, 1],
        np.full(len(pairs), 2226),
    )


def test_blocks_stay_holes_and_ends_are_flat() -> None:
    town = grid_town(9)
    middle = snap(town, [0.008], [0.008])
    [found] = isochrones(town, middle, limits_m=[500.0])
    # 500 m of blocks of 222.6 m reach two crossings out: 1 + 4 + 8 = 13 of them.
    assert found.nodes == 13
    # Two blocks out on the axes, at the diagonal one and one: the four inner blocks are closed.
    assert sum(len(part.interiors) for part in found.area.geoms) == 4
    east = shapely.Point(0.012 + 54.8 / DEGREE_M - 1e-6, 0.008)
    assert found.area.covers(east)
    for beyond_m in (0.5, 10.0, 24.0):
        end = 0.012 + (54.8 + beyond_m) / DEGREE_M
        assert not found.area.covers(shapely.Point(end, 0.008))
        assert not found.area.covers(shapely.Point(end, 0.008 + 20 / DEGREE_M))
    # 16 edges whole; 54.8 m beyond the crossings two out: 3 ways from those on the axes, 2 more from
    # those at the diagonals.
    pieces = 4 * 3 * 54.8 + 4 * 2 * 54.8
    assert found.length_m == pytest.approx(16 * 222.6 + pieces, abs=0.5)


def test_a_street_under_a_bridge_is_not_inside() -> None:
    """Two streets cross without meeting; from the one, only the crossing itself is shared."""
    streets = WalkingNetwork.build(
        np.array([0.0, 0.004, 0.002, 0.002]),
        np.array([0.0, 0.0, -0.002, 0.002]),
        [0, 2],
        [1, 3],
        [4453, 4423],
    )
    origin = snap(streets, [0.001], [0.0])
    [found] = isochrones(streets, origin, limits_m=[1000.0])
    assert found.nodes == 2
    for north_m in (1.0, 5.0, 20.0):
        assert not found.area.covers(shapely.Point(0.002, north_m / DEGREE_M))
        assert found.area.covers(shapely.Point(0.001, north_m / DEGREE_M))
    assert found.area.covers(shapely.Point(0.002, 0.0))


def test_off_the_network_nothing_is_reached(helsinki: WalkingNetwork) -> None:
    away = snap(helsinki, [120.0], [36.0])
    [found] = isochrones(helsinki, away, limits_m=[500.0])
    assert found.area.is_empty
    assert (found.area_m2, found.length_m, found.nodes) == (0.0, 0.0, 0)


@pytest.mark.parametrize(("limit_m", "width_m"), [(-1.0, 25.0), (np.nan, 25.0), (500.0, 0.0)])
def test_values_are_checked(helsinki: WalkingNetwork, limit_m: float, width_m: float) -> None:
    origin = snap(helsinki, *random_places(helsinki, 1, 1))
    with pytest.raises(InvalidValueError):
        isochrones(helsinki, origin, limits_m=[limit_m], width_m=width_m)


def test_with_nothing_beyond_the_whole_street_is_rounded() -> None:
    street = WalkingNetwork.build(np.array([0.0, 0.001]), np.zeros(2), [0], [1], [1113])
    [found] = isochrones(street, snap(street, [0.0004], [0.0]), limits_m=[500.0])
    assert found.length_m == 111.3
    # Two sides of 25 m and two half circles; a circle of 16 corners has 97.4 % of its area.
    assert found.area_m2 == pytest.approx(111.32 * 50 + 0.974 * np.pi * 25**2, rel=2e-3)


def test_the_place_is_inside_and_a_shorter_walk_is_inside_a_longer_one(
    helsinki: WalkingNetwork,
) -> None:
    lon, lat = random_places(helsinki, 40, 31)
    origins = snap(helsinki, lon, lat)
    on = np.flatnonzero(origins.state == 0)
    assert (origins.leg[on] > 600).any()  # some are farther from the network than the shortest walk
    for place in on[:10].tolist():
        areas = [
            one.area for one in isochrones(helsinki, origins, place, limits_m=[60.0, 360.0, 720.0])
        ]
        assert all(area.covers(shapely.Point(lon[place], lat[place])) for area in areas)
        for shorter, longer in itertools.pairwise(areas):
            out = shorter.difference(longer).area * DEGREE_M**2 * np.cos(np.radians(60.17))
            assert out < 0.5  # square metres: where a thread ends


def test_ways_inside_the_bands_of_others_change_nothing() -> None:
    """The area of a dense town is the union of all bands, although most of them are left out."""
    random = np.random.default_rng(3)
    start = random.uniform(0, 600, (2500, 2))
    end = start + random.uniform(-40, 40, (2500, 2))
    end[:20] = start[:20] + random.uniform(300, 900, (20, 2))
    lone = np.array([[2000.0, 2000.0]])  # a street far away, and a ring around a hole
    start, end = np.concatenate([start, lone]), np.concatenate([end, lone + 50])
    hollow = np.hypot(*(start - 300).T) > 150
    start, end = start[hollow], end[hollow]
    every = shapely.linestrings(np.stack([start, end], axis=1))
    plain = shapely.union_all(shapely.buffer(every, 25.0, quad_segs=4))
    band = shapely.union_all(wide_band(start, end, 25.0))
    assert band.is_valid
    assert band.symmetric_difference(plain).area < 1e-6 * plain.area
