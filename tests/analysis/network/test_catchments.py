"""Catchments by brute force: whose is each spot of each way, and how far is it."""

import numpy as np
import pytest
import shapely

from geoapp.analysis.network.catchments import catchment_pieces, catchments
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.isochrones import isochrones
from geoapp.analysis.network.search import PlacesOnNetwork
from geoapp.analysis.network.snapping import Snapped, snap
from tests.analysis.conftest import random_places


def spots(network: WalkingNetwork, edges: np.ndarray, seed: int) -> Snapped:
    """Return a place on each edge, in whole decimetres after its start."""
    length = network.edge_length_dm[edges]
    after = (np.random.default_rng(seed).random(len(edges)) * (length + 1)).astype(np.int32)
    none = np.zeros(len(edges))
    return Snapped(
        none.astype(np.uint8),
        edges.astype(np.int32),
        after,
        (length - after).astype(np.int32),
        none.astype(np.int32),
    )


# Many facilities, so that several stand on one edge; few, so that the limit decides.
@pytest.mark.parametrize(("count", "limit_m"), [(3000, 400.0), (12, 300.0), (1, 5000.0)])
def test_every_spot_is_its_nearest_facilitys(
    helsinki: WalkingNetwork, count: int, limit_m: float
) -> None:
    facilities = snap(helsinki, *random_places(helsinki, count, 3))
    pieces = catchment_pieces(helsinki, facilities, limit_m=limit_m)
    random = np.random.default_rng(4)
    edges = np.concatenate(
        [
            random.integers(0, helsinki.edge_count, 1500),
            random.choice(facilities.edge[facilities.edge >= 0], 500),
        ]
    )
    asked = spots(helsinki, edges, 5)
    # Beyond the limit too, so that "none" is told from "not far beyond".
    walks = PlacesOnNetwork(helsinki, facilities).within(asked, limit_m=limit_m + 50)
    by_edge: dict[int, list[int]] = {}
    for number, edge in enumerate(pieces.edge.tolist()):
        by_edge.setdefault(edge, []).append(number)
    inside = outside = 0
    for one, (edge, after) in enumerate(zip(edges.tolist(), asked.to_start.tolist(), strict=True)):
        row = slice(walks.indptr[one], walks.indptr[one + 1])
        walk_of = dict(zip(walks.indices[row].tolist(), walks.data[row].tolist(), strict=True))
        least = min(walk_of.values(), default=np.inf)
        owners = {
            int(pieces.place[number])
            for number in by_edge.get(edge, [])
            if pieces.low_dm[number] <= after <= pieces.high_dm[number]
        }
        if least <= limit_m * 10:
            assert owners, (edge, after, least)
            assert all(walk_of[owner] == least for owner in owners)
            inside += 1
        else:
            assert not owners
            outside += 1
    assert inside > 100
    assert outside > 10 or limit_m > 1000


def test_areas_hold_what_is_reached(helsinki: WalkingNetwork) -> None:
    facilities = snap(helsinki, *random_places(helsinki, 15, 6))
    areas = catchments(helsinki, facilities, limit_m=300)
    assert set(areas) <= set(np.flatnonzero(facilities.edge >= 0).tolist())
    assert all(area.is_valid and not area.is_empty for area in areas.values())
    whole = shapely.union_all(list(areas.values()))
    places = PlacesOnNetwork(helsinki, facilities)
    asked = spots(helsinki, np.arange(helsinki.edge_count), 7)
    share = asked.to_start / helsinki.edge_length_dm
    start, end = helsinki.edge_start, helsinki.edge_end
    lon = helsinki.lon[start] + share * (helsinki.lon[end] - helsinki.lon[start])
    lat = helsinki.lat[start] + share * (helsinki.lat[end] - helsinki.lat[start])
    reached = np.diff(places.within(asked, limit_m=300).indptr) > 0
    assert reached.sum() > 500
    assert shapely.intersects_xy(whole, lon[reached], lat[reached]).all()


def test_one_facility_has_its_whole_isochrone(helsinki: WalkingNetwork) -> None:
    lon, lat = random_places(helsinki, 5, 8)
    for place in range(5):
        alone = snap(helsinki, lon[place : place + 1], lat[place : place + 1])
        [area] = catchments(helsinki, alone, limit_m=400).values()
        [exact] = isochrones(helsinki, alone, limits_m=[400])
        # The exact area is the band of the same ways, less what cannot be reached.
        assert exact.area.difference(area.buffer(1e-6)).is_empty
        assert exact.area_m2 > 0


def test_off_the_network_there_is_none(helsinki: WalkingNetwork) -> None:
    away = snap(helsinki, np.array([0.0]), np.array([0.0]))
    assert catchments(helsinki, away, limit_m=500) == {}
