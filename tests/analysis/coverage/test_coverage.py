"""Coverage on a town with answers known in advance, and against brute force."""

from datetime import UTC, datetime, timedelta, timezone

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import Point, box

from geoapp.analysis.coverage.coverage import coverage
from geoapp.analysis.coverage.region_figures import HISTOGRAM_EDGES_M, Tally
from geoapp.analysis.frames import DemandFrame, FacilityFrame
from geoapp.analysis.nearest.bulk import two_nearest
from geoapp.analysis.nearest.index import FacilityIndex
from geoapp.analysis.siting import criticality
from geoapp.core.errors import CancelledError, InvalidValueError
from geoapp.core.walking import Standard, WalkingEstimate

GEOD = Geod(ellps="WGS84")
M = 180 / np.pi / 6378137.0  # degrees per metre along the equator, which is a circle of radius a
STRAIGHT = WalkingEstimate(detour_factor=1.0, speed_m_per_s=1.0)


def street_town():
    """One street on the equator: a demand point every 100 m from 0 to 1000 m, weights 1 to 11.

    Region A1 holds 0 to 300 m (weights 1 2 3 4), A2 400 to 700 m (5 6 7 8), B 800 to 1000 m
    (9 10 11); A1 and A2 lie in A, A and B in C. Facilities: west at 50 m, middle at 250 m, east at
    700 m.
    """
    demand = DemandFrame.from_arrays(
        np.arange(11) * 100 * M,
        np.zeros(11),
        np.arange(1, 12),
        region=["A1"] * 4 + ["A2"] * 4 + ["B"] * 3,
    )
    facilities = FacilityFrame.from_arrays(
        np.array([50, 250, 700]) * M, np.zeros(3), keys=["west", "middle", "east"]
    )
    return demand, facilities, {"A1": "A", "A2": "A", "A": "C", "B": "C"}


def test_the_street_town_by_hand():
    demand, facilities, parents = street_town()
    seen = []
    result = coverage(
        demand,
        facilities,
        Standard.of_metres(200.5),
        estimate=STRAIGHT,
        parents=parents,
        progress=seen.append,
    )
    # at     0   100  200  300  400  500  600  700  800  900 1000
    # west   50   50  150  250  350  450 ...
    # middle 250 150   50   50  150  250  350  450 ...
    # east   700 ...             300  200  100    0  100  200  300
    nearest_m = [50, 50, 50, 50, 150, 200, 100, 0, 100, 200, 300]
    second_m = [250, 150, 150, 250, 300, 250, 350, 450, 550, 650, 750]
    assert result.walk_m == pytest.approx(nearest_m, abs=1e-6)
    assert result.backup_walk_m == pytest.approx(second_m, abs=1e-6)
    assert result.nearest_position.tolist() == [0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 2]
    assert result.second_position.tolist() == [1, 1, 0, 0, 2, 1, 1, 1, 1, 1, 1]
    # Only 1000 m (weight 11) is beyond 200.5 m; only 100 and 200 m (weights 2, 3) have two.
    assert result.covered.tolist() == [True] * 10 + [False]
    assert result.backup.tolist() == [False, True, True] + [False] * 8
    total = result.total
    assert (total.weight, total.covered_weight, total.backup_weight) == (66, 55, 5)
    assert (total.uncovered_weight, total.unreachable_weight) == (11, 0)
    assert total.covered_share == 55 / 66
    assert total.uncovered_share == 11 / 66
    # Rising: 0 (8) 50 (1 2 3 4) 100 (7 9) 150 (5) 200 (6 10) 300 (11): reached 8, 18, 34, 39, 55, 66.
    # Tenths of 66: 6.6 -> 0 m, 33 -> 100 m, 59.4 -> 300 m.
    # Mean: (0 + 50 x 10 + 100 x 16 + 150 x 5 + 200 x 16 + 300 x 11) / 66 = 9350 / 66.
    walk = total.walk
    assert [walk.p10_m, walk.p50_m, walk.p90_m] == pytest.approx([0, 100, 300], abs=1e-6)
    assert walk.mean_m == pytest.approx(9350 / 66)
    assert walk.greatest_m == pytest.approx(300, abs=1e-6)
    assert sum(walk.histogram_weight) == 66
    # Load: west 1 + 2, middle 3 + 4 + 5, east 6 + ... + 11 = 51. Alone: west 1, middle 4 + 5,
    # east 6 + 7 + 8 + 9 + 10 = 40.
    assert result.facility_weight.tolist() == [3, 12, 51]
    assert result.facility_reach_weight.tolist() == [3, 12, 40]  # 11 is too far from the east
    assert result.facility_sole_weight.tolist() == [1, 9, 40]
    rows = {row.code: row for row in result.regions}
    assert list(rows) == ["A", "A1", "A2", "B", "C"]
    assert [rows[code].weight for code in rows] == [36, 10, 26, 30, 66]
    assert [rows[code].covered_weight for code in rows] == [36, 10, 26, 19, 55]
    assert [rows[code].point_count for code in rows] == [8, 4, 4, 3, 11]
    assert rows["A1"].backup_share == 0.5
    assert rows["B"].walk.p50_m == pytest.approx(200, abs=1e-6)  # 9 at 100, 10 at 200, 11 at 300
    assert rows["C"].walk == total.walk
    assert result.without_region is None
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_the_histogram_is_closed_above():
    # 100 m falls into the first bin (0 to 100], 150 m into the second, 20 km beyond the last.
    demand = DemandFrame.from_arrays(np.array([99.999, 150, 20_000]) * M, [0.0] * 3, [1, 2, 4])
    facilities = FacilityFrame.from_arrays([0.0], [0.0], keys=["F"])
    result = coverage(demand, facilities, Standard.of_metres(500), estimate=STRAIGHT)
    assert result.total.walk.histogram_weight == (
        1,
        2,
        *[0] * (len(HISTOGRAM_EDGES_M) - 2),
        4,
    )


def test_a_walk_on_a_bin_edge_belongs_below_it():
    walk_m = np.array([0.0, 100.0, np.nextafter(100.0, 101), 10_000.0, np.inf])
    covered = np.zeros(5, dtype=bool)
    row = Tally.build(walk_m, np.array([1.0, 2, 4, 8, 16]), covered, covered).whole()
    assert row.walk.histogram_weight[:2] == (3, 4)
    assert row.walk.histogram_weight[-2:] == (8, 0)
    assert row.unreachable_weight == 16
    # Reached 1, 3, 7, 15, 31: a tenth is 3.1, a half 15.5 lies among the unreachable.
    assert (row.walk.p10_m, row.walk.p50_m) == (walk_m[2], None)


def test_equality_with_the_standard_is_covered():
    line_m = GEOD.inv(120.0, 36.0, 120.005, 36.002)[2]
    demand = DemandFrame.from_arrays([120.0], [36.0], [1.0])
    facilities = FacilityFrame.from_arrays([120.005], [36.002], keys=["F"])
    estimate = WalkingEstimate()
    exact_m = line_m * estimate.detour_factor
    for standard_m, covered in ((exact_m, True), (np.nextafter(exact_m, 0), False)):
        result = coverage(demand, facilities, Standard.of_metres(standard_m), estimate=estimate)
        assert result.covered.tolist() == [covered]


def test_no_facility_is_unreachable_and_no_demand_has_no_share():
    demand, _, parents = street_town()
    none = FacilityFrame.from_arrays([], [], keys=[])
    result = coverage(demand, none, Standard.of_metres(500), estimate=STRAIGHT, parents=parents)
    assert result.nearest_position.tolist() == [-1] * 11
    assert np.isinf(result.walk_m).all()
    assert (result.total.unreachable_weight, result.total.uncovered_weight) == (66, 66)
    assert result.total.covered_share == 0
    walk = result.total.walk
    assert (walk.p10_m, walk.p50_m, walk.mean_m, walk.greatest_m) == (None,) * 4
    assert sum(walk.histogram_weight) == 0
    empty = DemandFrame.from_arrays([], [], [], region=[])
    _, facilities, _ = street_town()
    for places in (facilities, none):
        result = coverage(empty, places, Standard.of_metres(500), estimate=STRAIGHT)
        assert (result.total.weight, result.total.covered_share, result.total.walk) == (
            0,
            None,
            None,
        )
        assert result.regions == ()
        assert len(result.facility_weight) == len(places)


def test_one_facility_has_no_second_and_a_mask_closes_facilities():
    demand, facilities, _ = street_town()
    result = coverage(
        demand,
        facilities,
        Standard.of_metres(500),
        estimate=STRAIGHT,
        open_mask=np.array([False, True, False]),
    )
    assert set(result.nearest_position.tolist()) == {1}
    assert np.isinf(result.backup_walk_m).all()
    assert result.total.backup_weight == 0
    with pytest.raises(InvalidValueError, match="mask"):
        coverage(
            demand,
            facilities,
            Standard.of_metres(500),
            estimate=STRAIGHT,
            open_mask=np.array([True]),
        )


def test_unknown_regions_are_counted_apart():
    demand, facilities, _ = street_town()
    half = DemandFrame.from_arrays(
        demand.lon, demand.lat, demand.weight, region=["A"] * 5 + [None] * 6
    )
    result = coverage(half, facilities, Standard.of_metres(500), estimate=STRAIGHT)
    assert [row.code for row in result.regions] == ["A"]
    assert result.regions[0].weight == 15
    assert result.without_region.weight == 51
    assert result.without_region.code is None


def test_hours_weigh_the_demand_of_the_moment():
    day = np.zeros(24)
    day[22] = 0.5
    week = np.zeros(168)
    week[24 + 22] = 0.25  # Tuesday 22:00
    demand = DemandFrame.from_arrays([0.0] * 3, [0.0] * 3, [8, 8, 8], hours=[day, week, None])
    china = timezone(timedelta(hours=8))
    # Tuesday 24 November 2026, 22:30: 8 x 0.5, 8 x 0.25, 8 without profile.
    assert demand.weight_at(datetime(2026, 11, 24, 22, 30, tzinfo=china)).tolist() == [4, 2, 8]
    assert demand.weight_at(datetime(2026, 11, 25, 22, 30, tzinfo=UTC)).tolist() == [4, 0, 8]
    assert demand.weight_at(None).tolist() == [8, 8, 8]
    with pytest.raises(InvalidValueError, match="at"):
        demand.weight_at(datetime(2026, 11, 24, 22, 30))
    facilities = FacilityFrame.from_arrays([0.0], [0.0], keys=["F"])
    result = coverage(
        demand,
        facilities,
        Standard.of_metres(500),
        estimate=STRAIGHT,
        at=datetime(2026, 11, 24, 22, tzinfo=china),
    )
    assert result.total.covered_weight == 14


def test_cancel_stops():
    demand, facilities, _ = street_town()
    with pytest.raises(CancelledError):
        coverage(
            demand, facilities, Standard.of_metres(500), estimate=STRAIGHT, cancelled=lambda: True
        )


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(0, 12),
    spread=st.sampled_from([0.0, 0.02, 60.0]),
    rounded=st.booleans(),
)
def test_like_brute_force_and_under_permutation(seed, count, spread, rounded):
    rng = np.random.default_rng(seed)
    lon, lat = 10 + spread * rng.normal(size=50), np.clip(spread * rng.normal(size=50), -90, 90)
    places_lon = 10 + spread * rng.normal(size=count)
    places_lat = np.clip(spread * rng.normal(size=count), -90, 90)
    lon, places_lon = (lon + 180) % 360 - 180, (places_lon + 180) % 360 - 180
    if rounded:  # many equal distances
        lon, lat, places_lon, places_lat = (
            np.round(a, 2) for a in (lon, lat, places_lon, places_lat)
        )
    weight = rng.integers(0, 5, 50)
    keys = [int(one) for one in rng.permutation(count)]
    demand = DemandFrame.from_arrays(lon, lat, weight)
    facilities = FacilityFrame.from_arrays(places_lon, places_lat, keys=keys)
    estimate, standard = WalkingEstimate(), Standard.of_seconds(900)
    result = coverage(demand, facilities, standard, estimate=estimate)
    for one in range(50):
        line_m = GEOD.inv(
            np.full(count, lon[one]), np.full(count, lat[one]), places_lon, places_lat
        )[2]
        order = sorted(range(count), key=lambda place: (line_m[place], keys[place]))
        walk_m = [line_m[place] * 1.3 for place in order] + [np.inf, np.inf]
        assert [result.walk_m[one], result.backup_walk_m[one]] == walk_m[:2]
        assert result.nearest_position[one] == (order[0] if order else -1)
        assert result.covered[one] == (walk_m[0] / 1.2 <= 900)
        assert result.backup[one] == (walk_m[1] / 1.2 <= 900)
    assert result.total.weight == weight.sum()
    assert result.total.covered_weight == weight[result.covered].sum()
    shuffle, shuffle_places = rng.permutation(50), rng.permutation(count)
    again = coverage(
        DemandFrame.from_arrays(lon[shuffle], lat[shuffle], weight[shuffle]),
        FacilityFrame.from_arrays(
            places_lon[shuffle_places],
            places_lat[shuffle_places],
            keys=[keys[place] for place in shuffle_places],
        ),
        standard,
        estimate=estimate,
    )
    assert again.walk_m.tolist() == result.walk_m[shuffle].tolist()
    assert again.total.covered_weight == result.total.covered_weight
    assert again.facility_weight.tolist() == result.facility_weight[shuffle_places].tolist()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(0, 8))
def test_a_facility_more_never_lowers_coverage(seed, count):
    rng = np.random.default_rng(seed)
    demand = DemandFrame.from_arrays(
        120 + rng.uniform(0, 0.05, 80), 36 + rng.uniform(0, 0.05, 80), rng.uniform(0, 9, 80)
    )
    lon, lat = 120 + rng.uniform(0, 0.05, count + 1), 36 + rng.uniform(0, 0.05, count + 1)
    before, after = (
        coverage(
            demand,
            FacilityFrame.from_arrays(lon[:some], lat[:some], keys=list(range(some))),
            Standard.of_metres(800),
            estimate=WalkingEstimate(),
        )
        for some in (count, count + 1)
    )
    assert (after.covered >= before.covered).all()
    assert (after.backup >= before.backup).all()
    assert (after.walk_m <= before.walk_m).all()
    assert after.total.covered_weight >= before.total.covered_weight


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 20))
def test_bulk_answers_like_one_at_a_time_with_areas(seed, count):
    rng = np.random.default_rng(seed)
    lon, lat = 120 + rng.uniform(0, 0.05, count), 36 + rng.uniform(0, 0.05, count)
    areas = [
        box(x - r, y - r, x + r, y + r) if one else None
        for x, y, r, one in zip(
            lon, lat, 10 ** rng.uniform(-4, -2, count), rng.random(count) < 0.7, strict=True
        )
    ]
    index = FacilityIndex.build(lon, lat, keys=list(range(count)), areas=areas)
    ask_lon, ask_lat = 120 + rng.uniform(0, 0.05, 60), 36 + rng.uniform(0, 0.05, 60)
    found = two_nearest(index, ask_lon, ask_lat)
    for one in range(60):
        answer = index.query(lon=ask_lon[one], lat=ask_lat[one], k=2)
        got = len(answer.positions)
        assert found.positions[one, :got].tolist() == answer.positions.tolist()
        assert found.line_m[one, :got] == pytest.approx(answer.distance_m, abs=1e-6)
        assert found.positions[one, got:].tolist() == [-1] * (2 - got)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("areas", [False, True])
def test_places_of_one_facility_are_no_backup_of_each_other(seed, areas):
    # Some facilities have many places side by side: more than the three that are tried first.
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 40))
    codes = rng.choice(["a", "b", "c"], count, p=[0.8, 0.15, 0.05]).tolist()
    lon = 120 + 0.004 * rng.random(count) + np.where([one == "a" for one in codes], 0.0, 0.006)
    lat = 36 + 0.004 * rng.random(count)
    shapes = [
        box(x - 1e-4, y - 1e-4, x + 1e-4, y + 1e-4) if areas and one else None
        for x, y, one in zip(lon, lat, rng.random(count) < 0.6, strict=True)
    ]
    frame = FacilityFrame.from_arrays(
        lon, lat, keys=list(range(count)), areas=shapes, facilities=codes
    )
    demand = DemandFrame.from_arrays(
        120 + 0.01 * rng.random(80), 36 + 0.004 * rng.random(80), rng.integers(1, 9, 80)
    )
    counts = rng.random(count) < 0.9
    standard = Standard.of_metres(400)
    result = coverage(demand, frame, standard, estimate=STRAIGHT, open_mask=counts)
    walk_m = np.array(
        [
            frame.index.distance_m(np.arange(count), lon=x, lat=y)
            for x, y in zip(demand.lon, demand.lat, strict=True)
        ]
    )
    walk_m[:, ~counts] = np.inf
    each = list(frame.facilities)
    assert each == list(dict.fromkeys(codes))
    by_facility = np.column_stack(
        [walk_m[:, [one == code for one in codes]].min(axis=1) for code in each]
    )
    ranked = np.sort(np.column_stack([by_facility, np.full((80, 1), np.inf)]), axis=1)
    assert result.walk_m == pytest.approx(ranked[:, 0], abs=1e-6)
    assert result.backup_walk_m == pytest.approx(ranked[:, 1], abs=1e-6)
    near = by_facility <= 400
    assert result.backup.tolist() == (near.sum(axis=1) >= 2).tolist()
    for number in range(len(each)):
        left = np.delete(near, number, axis=1).any(axis=1)
        assert result.facility_sole_weight[number] == demand.weight[near[:, number] & ~left].sum()
    assert result.facility_weight.sum() == demand.weight[np.isfinite(ranked[:, 0])].sum()
    assert result.facility_reach_weight.sum() == demand.weight[ranked[:, 0] <= 400].sum()
    assert (result.facility_sole_weight <= result.facility_reach_weight).all()
    # The siting library tells the same of the relation.
    by_place = (walk_m <= 400).astype(float)
    lost = criticality(by_place, demand.weight, facilities=codes)
    assert lost.tolist() == result.facility_sole_weight.tolist()


def test_every_place_wants_its_facility():
    with pytest.raises(InvalidValueError, match="facilities"):
        FacilityFrame.from_arrays([120.0], [36.0], keys=["A"], facilities=["A", "B"])


def test_many_facilities_at_one_place():
    index = FacilityIndex.build([120.0] * 300, [36.0] * 300, keys=list(range(300, 0, -1)))
    found = two_nearest(index, np.array([120.01, 121.0]), np.array([36.0, 37.0]))
    assert index.keys[found.positions].tolist() == [[1, 2], [1, 2]]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_few_facilities_at_equal_distance(count):
    index = FacilityIndex.build([120.0] * count, [36.0] * count, keys=list(range(count, 0, -1)))
    found = two_nearest(index, np.array([120.01]), np.array([36.0]))
    expected = [count - 1, count - 2 if count > 1 else -1]
    assert found.positions.tolist() == [expected]


def test_frames_take_geodataframes():
    frame = gpd.GeoDataFrame(
        {"weight": [3, 4], "district": ["A", None], "geometry": [Point(120, 36), Point(121, 36)]},
        crs="EPSG:4326",
    )
    demand = DemandFrame.from_geodataframe(frame, region="district")
    assert demand.region.tolist() == ["A", None]
    places = gpd.GeoDataFrame(
        {"code": ["P", "Q"], "geometry": [Point(120, 36), box(120.99, 35.99, 121.01, 36.01)]},
        crs="EPSG:4326",
    )
    facilities = FacilityFrame.from_geodataframe(places)
    result = coverage(demand, facilities, Standard.of_metres(1), estimate=STRAIGHT)
    assert result.covered.tolist() == [True, True]  # the second lies inside the area
    wrong = [
        ("crs", frame.set_crs("EPSG:4490", allow_override=True)),
        ("crs", frame.set_crs(None, allow_override=True)),
        ("columns", frame.drop(columns="weight")),
        ("weight", frame.assign(weight=[1.0, np.nan])),
        ("weight", frame.assign(weight=[1.0, -1.0])),
        ("index", frame.set_index(np.array([0, 0]))),
        ("geometry", frame.set_geometry([Point(120, 36), box(0, 0, 1, 1)], crs="EPSG:4326")),
        ("geometry", frame.set_geometry([Point(120, 36), Point()], crs="EPSG:4326")),
    ]
    for parameter, bad in wrong:
        with pytest.raises(InvalidValueError) as caught:
            DemandFrame.from_geodataframe(bad, region="district")
        assert caught.value.parameter == parameter


def test_senseless_demand_is_refused():
    for wrong in (
        {"weight": [1.0, 2.0]},
        {"region": ["A", "B"]},
        {"hours": [np.ones(23)]},
        {"hours": [np.full(24, 1.5)]},
        {"hours": [np.full(24, np.nan)]},
        {"hours": []},
    ):
        with pytest.raises(InvalidValueError):
            DemandFrame.from_arrays(**{"lon": [0.0], "lat": [0.0], "weight": [1.0]} | wrong)


def test_regions_in_a_circle_are_refused():
    demand, facilities, _ = street_town()
    with pytest.raises(InvalidValueError, match="parents"):
        coverage(
            demand,
            facilities,
            Standard.of_metres(500),
            estimate=STRAIGHT,
            parents={"A1": "A", "A": "A1"},
        )
