"""Routes are the walks they are said to be; speeds and warm-up do what they promise."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Geod

from geoapp.analysis.network.effort import with_speeds
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.routes import foot_points, route
from geoapp.analysis.network.search import PlacesOnNetwork
from geoapp.analysis.network.snapping import snap
from geoapp.core.errors import InvalidValueError
from geoapp.importers.osm.walk import CLASSES
from tests.analysis.conftest import random_places

GEOD = Geod(ellps="WGS84")


def test_a_route_is_as_long_as_its_walk(helsinki: WalkingNetwork) -> None:
    lon, lat = random_places(helsinki, 80, 31)
    to_lon, to_lat = random_places(helsinki, 80, 32)
    origins, places = snap(helsinki, lon, lat), snap(helsinki, to_lon, to_lat)
    index = PlacesOnNetwork(helsinki, places)
    walk_dm = index.table(origins)
    for one in range(80):
        found = route(
            index,
            origins,
            one,
            one,
            lon=lon[one],
            lat=lat[one],
            to_lon=to_lon[one],
            to_lat=to_lat[one],
        )
        assert found is not None
        assert found.walk_m == walk_dm[one, one] / 10
        assert (found.leg_from_m, found.leg_to_m) == (origins.leg[one] / 10, places.leg[one] / 10)
        assert found.line.coords[0] == (lon[one], lat[one])
        assert found.line.coords[-1] == (to_lon[one], to_lat[one])
        # Roundings to whole decimetres: a little for each of the line's pieces.
        assert GEOD.geometry_length(found.line) == pytest.approx(
            found.walk_m, abs=0.06 * len(found.line.coords)
        )


def street() -> WalkingNetwork:
    return WalkingNetwork.build(
        np.array([0.0, 0.001, 0.002, 0.01, 0.011]),
        np.zeros(5),
        [0, 1, 3],
        [1, 2, 4],
        [1113, 1113, 1113],
        [0, 1, 0],
    )


def test_both_ends_on_one_edge_need_no_crossing() -> None:
    town = street()
    places = snap(town, [0.0002, 0.0008], [0.0001, 0.0])
    index = PlacesOnNetwork(town, places)
    found = route(index, places, 0, 1, lon=0.0002, lat=0.0001, to_lon=0.0008, to_lat=0.0)
    assert found is not None
    # 11.06 m of leg, then 60 % of the edge of 111.3 m.
    assert found.walk_m == pytest.approx(11.1 + 66.8, abs=0.11)
    assert np.allclose(found.line.coords, [(0.0002, 0.0001), (0.0002, 0), (0.0008, 0)], atol=1e-6)


def test_nobody_walks_where_there_is_no_way_or_no_need() -> None:
    town = street()
    places = snap(town, [0.0005, 0.0105], [0.0, 0.0])
    index = PlacesOnNetwork(town, places)
    there = {"lon": 0.0005, "lat": 0.0}
    assert route(index, places, 0, 1, **there, to_lon=0.0105, to_lat=0.0) is None
    stay = route(index, places, 0, 0, **there, to_lon=0.0005, to_lat=0.0)
    assert stay is not None
    assert stay.walk_m == 0
    assert stay.line.length == 0


def test_foot_points_lie_on_their_edges(helsinki: WalkingNetwork) -> None:
    lon, lat = random_places(helsinki, 50, 33)
    snapped = snap(helsinki, np.r_[lon, 120.0], np.r_[lat, 36.0])
    foot_lon, foot_lat = foot_points(helsinki, snapped)
    assert np.isnan([foot_lon[-1], foot_lat[-1]]).all()
    leg_m = GEOD.inv(lon, lat, foot_lon[:-1], foot_lat[:-1])[2]
    assert leg_m == pytest.approx(snapped.leg[:-1] / 10, abs=0.2)
    for one in range(50):
        ends = [
            (helsinki.lon[node], helsinki.lat[node])
            for node in (
                helsinki.edge_start[snapped.edge[one]],
                helsinki.edge_end[snapped.edge[one]],
            )
        ]
        point = shapely.Point(foot_lon[one], foot_lat[one])
        assert shapely.LineString(ends).distance(point) < 1e-9


def test_steps_at_half_the_speed_count_twice(helsinki: WalkingNetwork) -> None:
    steps = CLASSES.index("steps")
    slow = with_speeds(helsinki, {steps: 0.5})
    is_steps = helsinki.edge_kind == steps
    assert is_steps.sum() > 100
    assert (slow.edge_length_dm[is_steps] == 2 * helsinki.edge_length_dm[is_steps]).all()
    assert (slow.edge_length_dm[~is_steps] == helsinki.edge_length_dm[~is_steps]).all()
    assert (slow.edge_start == helsinki.edge_start).all()
    assert slow.version != helsinki.version
    assert with_speeds(helsinki, {}).version == helsinki.version


@pytest.mark.parametrize("speeds", [{0: 0.0}, {0: 3.0}, {0: np.nan}, {256: 1.0}, {-1: 1.0}])
def test_speeds_are_checked(speeds: dict[int, float]) -> None:
    with pytest.raises(InvalidValueError, match="speed_share"):
        with_speeds(street(), speeds)


def test_after_the_warm_up_nothing_is_compiled(helsinki: WalkingNetwork, tmp_path: Path) -> None:
    """In a process of its own: every kind of question on a loaded network finds its code ready."""
    helsinki.save(tmp_path / "net")
    code = """
import sys
from pathlib import Path
import numpy as np
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.isochrones import isochrones
from geoapp.analysis.network.kernels import bands, cover, field, search, straight
from geoapp.analysis.network.search import PlacesOnNetwork, nearest_of_all
from geoapp.analysis.network.snapping import snap
from geoapp.analysis.network.warm_up import warm_up

def compiled():
    return [
        len(one.signatures)
        for module in (bands, cover, field, search, straight)
        for one in vars(module).values()
        if hasattr(one, "signatures")
    ]

warm_up()
before = compiled()
network = WalkingNetwork.load(Path(sys.argv[1]))
west, south, east, north = network.bounds
random = np.random.default_rng(1)
lon, lat = random.uniform(west, east, 3000), random.uniform(south, north, 3000)
places = snap(network, lon, lat)
one = snap(network, lon[0], lat[0])
index = PlacesOnNetwork(network, places)
index.nearest(one, k=5)
index.nearest(one, k=5, mask=np.arange(3000) % 2 == 0, limit_m=500)
index.within(one, limit_m=500)
index.table(one)
index.path(one, 0, 77)
isochrones(network, one, limits_m=[300.0])
for most in (1, 3):
    nearest_of_all(network, places, places, most=most, limit_m=900)
assert sum(before) >= 6, before
assert compiled() == before, (compiled(), before)
"""
    subprocess.run([sys.executable, "-c", code, tmp_path / "net"], check=True)
