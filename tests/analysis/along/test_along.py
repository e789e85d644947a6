"""What going by a place adds: held against every place on every leg, walked by scipy."""

import numpy as np
import pytest
from pyproj import Geod

from geoapp.analysis.along.by_line import beside_line_by_line, dense, detours_by_line
from geoapp.analysis.along.detours import Detours
from geoapp.analysis.along.on_network import beside_line, detours, legs
from geoapp.analysis.nearest.index import FacilityIndex
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.search import PlacesOnNetwork
from geoapp.analysis.network.snapping import Snapped, snap
from tests.analysis.conftest import Truth, random_places

GEOD = Geod(ellps="WGS84")


def told(found: Detours) -> dict[tuple[int, int], tuple[int, int]]:
    """By leg and place: decimetres to the place, and decimetres added."""
    rows = zip(
        found.leg.tolist(),
        found.position.tolist(),
        np.round(found.to_m * 10).astype(int).tolist(),
        np.round(found.added_m * 10).astype(int).tolist(),
        strict=True,
    )
    return {(leg, place): (to, added) for leg, place, to, added in rows}


def by_brute_force(
    network: WalkingNetwork, stops: Snapped, places: Snapped, mask: np.ndarray, limit_m: float
) -> dict[tuple[int, int], tuple[int, int]]:
    """Each place on each leg, by the words of the rule."""
    to_places = Truth.of(network, stops, places).walk_dm
    between = Truth.of(network, stops, stops).walk_dm
    found = {}
    for leg in range(len(stops) - 1):
        for place in np.flatnonzero(mask).tolist():
            to, onward = to_places[leg, place], to_places[leg + 1, place]
            walk = 0.0 if stops_equal(stops, leg) else between[leg, leg + 1]
            if not np.isfinite([to, onward, walk]).all():
                continue
            added = max(0.0, to + onward - walk)
            if added <= limit_m * 10:
                found[leg, place] = (round(to), round(added))
    return found


def stops_equal(stops: Snapped, leg: int) -> bool:
    return bool(stops.lon[leg] == stops.lon[leg + 1] and stops.lat[leg] == stops.lat[leg + 1])


def grid_town(rows: int, columns: int, seed: int, cut_row: int | None = None) -> WalkingNetwork:
    """A town of streets of uneven lengths; with a row cut away, two towns that nothing joins."""
    random = np.random.default_rng(seed)
    number = np.arange(rows * columns).reshape(rows, columns)
    start = np.r_[number[:, :-1].ravel(), number[:-1].ravel()]
    end = np.r_[number[:, 1:].ravel(), number[1:].ravel()]
    if cut_row is not None:
        crosses = (start // columns == cut_row) & (end // columns == cut_row + 1)
        start, end = start[~crosses], end[~crosses]
    return WalkingNetwork.build(
        np.tile(np.arange(columns) * 0.001, rows),
        np.repeat(np.arange(rows) * 0.001, columns),
        start,
        end,
        random.integers(1100, 1900, len(start)),
    )


@pytest.mark.parametrize("seed", range(6))
def test_small_towns_equal_brute_force(seed: int) -> None:
    network = grid_town(15, 15, seed)
    random = np.random.default_rng(100 + seed)
    lon, lat = random_places(network, 4, seed)
    # Stops that are one and the same, and a station that stands at a stop.
    lon, lat = np.r_[lon, lon[-1], lon[0]], np.r_[lat, lat[-1], lat[0]]
    stops = snap(network, lon, lat)
    at_lon, at_lat = random_places(network, 60, 50 + seed)
    places = snap(network, np.r_[at_lon, lon[1]], np.r_[at_lat, lat[1]])
    mask = random.random(len(places)) < 0.8
    mask[-1] = True
    index = PlacesOnNetwork(network, places)
    walks = legs(PlacesOnNetwork(network, stops))
    for limit_m in (0.0, 137.4, 600.0, 5000.0):
        found = detours(index, stops, walks, mask=mask, most_added_m=limit_m)
        assert told(found) == by_brute_force(network, stops, places, mask, limit_m)
    # The station at the second stop adds nothing, before it and after it.
    nothing = told(detours(index, stops, walks, mask=mask, most_added_m=0.0))
    assert nothing[0, len(places) - 1][1] == nothing[1, len(places) - 1][1] == 0


def test_helsinki_equals_brute_force(helsinki: WalkingNetwork) -> None:
    stops = snap(helsinki, *random_places(helsinki, 7, 21), limit_m=500)
    places = snap(helsinki, *random_places(helsinki, 150, 22), limit_m=500)
    everybody = np.ones(150, np.bool_)
    found = detours(
        PlacesOnNetwork(helsinki, places),
        stops,
        legs(PlacesOnNetwork(helsinki, stops)),
        mask=everybody,
        most_added_m=900.0,
    )
    expected = by_brute_force(helsinki, stops, places, everybody, 900.0)
    assert told(found) == expected
    assert len({leg for leg, _ in expected}) >= 3


def test_a_leg_without_a_way_has_no_stations_and_the_others_have() -> None:
    # Both halves hold more than LEAST_PART nodes, so that one may stand on either.
    network = grid_town(30, 15, 3, cut_row=14)
    south, north = (0.0072, 0.0051), (0.0068, 0.0243)
    stops = snap(network, *np.array([south, (0.002, 0.003), north, (0.012, 0.027)]).T)
    places = snap(network, *random_places(network, 40, 9))
    everybody = np.ones(len(places), np.bool_)
    walks = legs(PlacesOnNetwork(network, stops))
    assert [one is None for one in walks] == [False, True, False]
    index = PlacesOnNetwork(network, places)
    found = told(detours(index, stops, walks, mask=everybody, most_added_m=800.0))
    assert found == by_brute_force(network, stops, places, everybody, 800.0)
    assert {leg for leg, _ in found} == {0, 2}
    # A stop off the network: neither of its legs is walked.
    off = stops.only(np.array([True, True, True, False]))
    walks = legs(PlacesOnNetwork(network, off))
    assert [one is None for one in walks] == [False, True, True]
    rest = told(detours(index, off, walks, mask=everybody, most_added_m=800.0))
    assert rest == {key: value for key, value in found.items() if key[0] == 0}


def test_by_straight_lines_equals_brute_force() -> None:
    random = np.random.default_rng(4)
    lon, lat = 120.3 + random.random(300) * 0.1, 36.0 + random.random(300) * 0.1
    index = FacilityIndex.build(lon, lat, keys=list(range(300)))
    mask = random.random(300) < 0.7
    ends = ((120.32, 36.02), (120.38, 36.07))
    straight_m = GEOD.inv(*ends[0], *ends[1])[2]
    for limit_m in (5.0, 400.0, 3000.0):
        found = detours_by_line(index, 2, ends, mask=mask, detour_factor=1.3, most_added_m=limit_m)
        expected = {}
        for place in np.flatnonzero(mask).tolist():
            to_m = GEOD.inv(*ends[0], lon[place], lat[place])[2]
            added_m = 1.3 * (to_m + GEOD.inv(lon[place], lat[place], *ends[1])[2] - straight_m)
            if added_m <= limit_m:
                expected[place] = (1.3 * to_m, added_m)
        assert set(found.leg.tolist()) <= {2}
        assert dict(zip(found.position.tolist(), found.added_m.tolist(), strict=True)) == (
            pytest.approx({place: added for place, (_, added) in expected.items()}, abs=1e-6)
        )
        assert dict(zip(found.position.tolist(), found.to_m.tolist(), strict=True)) == (
            pytest.approx({place: to for place, (to, _) in expected.items()}, abs=1e-6)
        )
    # There and back between two stops that are one: twice the way.
    there = detours_by_line(
        index, 0, (ends[0], ends[0]), mask=mask, detour_factor=1.3, most_added_m=3000.0
    )
    assert there.added_m == pytest.approx(2 * there.to_m)


def test_a_line_is_cut_into_short_steps_and_keeps_its_points() -> None:
    lon, lat = np.array([120.3, 120.301, 120.301]), np.array([36.0, 36.0, 36.0005])
    at_lon, at_lat, at_m = dense(lon, lat, 20.0)
    first_m, second_m = (
        GEOD.inv(lon[one], lat[one], lon[one + 1], lat[one + 1])[2] for one in range(2)
    )
    # 90.2 m and 55.5 m: five and three steps.
    assert len(at_lon) == 1 + 5 + 3
    assert at_m[[0, 5, 8]] == pytest.approx([0.0, first_m, first_m + second_m])
    assert np.diff(at_m).max() <= 20.0
    assert (at_lon[[0, 5, 8]] == lon).all()
    assert (at_lat[[0, 5, 8]] == lat).all()


def test_beside_a_drawn_line_one_goes_there_and_back(helsinki: WalkingNetwork) -> None:
    lon, lat, _ = dense(np.array([24.935, 24.945, 24.950]), np.array([60.168, 60.170, 60.166]), 20)
    points = snap(helsinki, lon, lat)
    at_lon, at_lat = random_places(helsinki, 120, 31)
    places = snap(helsinki, at_lon, at_lat)
    mask = np.random.default_rng(1).random(120) < 0.8
    found = beside_line(PlacesOnNetwork(helsinki, places), points, mask=mask, most_added_m=1600.0)
    walks = Truth.of(helsinki, points, places).walk_dm.min(axis=0)
    expected = {
        place: 2 * walks[place]
        for place in np.flatnonzero(mask).tolist()
        if 2 * walks[place] <= 16_000
    }
    assert dict(zip(found.position.tolist(), (found.added_m * 10).tolist(), strict=True)) == (
        pytest.approx(expected)
    )
    assert len(expected) > 10
    to = Truth.of(helsinki, points, places).walk_dm
    assert (to[found.leg, found.position] == np.round(found.to_m * 10)).all()

    index = FacilityIndex.build(at_lon, at_lat, keys=list(range(120)))
    by_line = beside_line_by_line(
        index, lon, lat, mask=mask, detour_factor=1.3, most_added_m=1600.0
    )
    straight_m = np.array(
        [
            [GEOD.inv(x, y, px, py)[2] for px, py in zip(at_lon, at_lat, strict=True)]
            for x, y in zip(lon, lat, strict=True)
        ]
    ).min(axis=0)
    wanted = {
        place: 2.6 * straight_m[place]
        for place in np.flatnonzero(mask).tolist()
        if 2.6 * straight_m[place] <= 1600.0
    }
    assert dict(zip(by_line.position.tolist(), by_line.added_m.tolist(), strict=True)) == (
        pytest.approx(wanted, abs=1e-3)
    )
    assert len(wanted) > 10
