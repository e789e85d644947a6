"""The exact nearest index against geodesic brute force."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import Point, Polygon, box

from geoapp.analysis.nearest.index import FacilityIndex, Place
from geoapp.core.errors import InvalidValueError

GEOD = Geod(ellps="WGS84")
POLE_RADIUS_M = 6356752.314245
FLATTENING = 1 / 298.257223563


def brute(lon, lat, keys, *, at, k, mask=None, max_m=None):
    """All geodesics, then order by (distance, key)."""
    count = len(lon)
    distance_m = GEOD.inv(np.full(count, at[0]), np.full(count, at[1]), lon, lat)[2]
    good = [
        place
        for place in range(count)
        if (mask is None or mask[place]) and (max_m is None or distance_m[place] <= max_m)
    ]
    good.sort(key=lambda place: (distance_m[place], keys[place]))
    return good[:k], distance_m[good[:k]]


def uniform_points(rng, count):
    return rng.uniform(-180, 180, count), np.degrees(np.arcsin(rng.uniform(-1, 1, count)))


def unit_vectors(lon, lat):
    """Points on the auxiliary sphere of reduced latitudes, where b * angle <= geodesic.

    ds^2 = (a^2 sin^2 u + b^2 cos^2 u) du^2 + a^2 cos^2 u dl^2 >= b^2 (du^2 + cos^2 u dl^2).
    """
    reduced = np.arctan((1 - FLATTENING) * np.tan(np.radians(lat)))
    lam = np.radians(lon)
    return np.stack(
        (np.cos(reduced) * np.cos(lam), np.cos(reduced) * np.sin(lam), np.sin(reduced)), axis=-1
    )


# The first hundred by default; the thousand take ten times as long and find what they find.
@pytest.mark.parametrize("asked_times", [100, pytest.param(1000, marks=pytest.mark.slow)])
def test_a_thousand_queries_over_two_hundred_thousand_points_are_exact(asked_times):
    # The truth: every point whose proven least distance (another bound than the index's own) is
    # within the k-th geodesic found so far gets its geodesic. One metre covers rounding.
    rng = np.random.default_rng(20261123)
    lon, lat = uniform_points(rng, 200_000)
    keys = [f"F{number:06d}" for number in rng.permutation(200_000)]
    index = FacilityIndex.build(lon, lat, keys=keys)
    vectors = unit_vectors(lon, lat)
    asked_lon, asked_lat = uniform_points(rng, 1000)
    asked = unit_vectors(asked_lon, asked_lat)
    for number in range(asked_times):
        x, y = asked_lon[number], asked_lat[number]
        angle = np.arccos(np.clip(vectors @ asked[number], -1, 1))
        some = np.argpartition(angle, 10)[:10]
        reach_m = GEOD.inv(np.full(10, x), np.full(10, y), lon[some], lat[some])[2].max()
        able = np.flatnonzero(POLE_RADIUS_M * angle <= reach_m + 1)
        expected, expected_m = brute(
            lon[able], lat[able], [keys[one] for one in able], at=(x, y), k=10
        )
        answer = index.query(lon=x, lat=y, k=10)
        assert answer.positions.tolist() == able[expected].tolist()
        assert answer.distance_m.tolist() == expected_m.tolist()


def test_a_few_of_them_against_every_geodesic():
    rng = np.random.default_rng(7)
    lon, lat = uniform_points(rng, 200_000)
    keys = list(range(200_000))
    index = FacilityIndex.build(lon, lat, keys=keys)
    for x, y in [(0.0, 90.0), (180.0, 0.0), (-180.0, -12.5), (120.3, 36.1)]:
        expected, expected_m = brute(lon, lat, keys, at=(x, y), k=50)
        answer = index.query(lon=x, lat=y, k=50)
        assert answer.positions.tolist() == expected
        assert answer.distance_m.tolist() == expected_m.tolist()


@pytest.mark.parametrize("share", [0.5, 0.05, 0.001])
def test_clustered_places_with_filters(share):
    rng = np.random.default_rng(3)
    centre = rng.integers(0, 5, 20_000)
    lon = np.array([120.3, 120.38, 179.9999, 0.0, -60.0])[centre] + rng.normal(0, 0.01, 20_000)
    lon = (lon + 180) % 360 - 180
    lat = np.array([36.1, 36.07, 0.0, 89.99, -36.0])[centre] + rng.normal(0, 0.001, 20_000)
    keys = list(range(20_000))
    mask = rng.random(20_000) < share
    index = FacilityIndex.build(lon, lat, keys=keys)
    chosen = index.select(mask)
    assert len(chosen) == np.count_nonzero(mask)
    for x, y in [(120.31, 36.1), (-179.9999, 0.001), (77.0, 90.0), (-60.0, -36.0), (30.0, 10.0)]:
        expected, expected_m = brute(lon, lat, keys, at=(x, y), k=10, mask=mask)
        for answer in (
            index.query(lon=x, lat=y, k=10, mask=mask),
            index.query(lon=x, lat=y, k=10, mask=lambda positions: mask[positions]),
            chosen.query(lon=x, lat=y, k=10),
        ):
            assert answer.positions.tolist() == expected
            assert answer.distance_m.tolist() == expected_m.tolist()


def coordinates():
    """Few values, so that duplicates, poles and the antimeridian are common."""
    lon = st.sampled_from([-180.0, -179.9, 0.0, 120.0, 120.001, 179.95, 180.0])
    lat = st.sampled_from([-90.0, -36.0, 0.0, 36.0, 36.0001, 89.9999, 90.0])
    return st.tuples(st.one_of(lon, st.floats(-180, 180)), st.one_of(lat, st.floats(-90, 90)))


@settings(max_examples=150, deadline=None)
@given(
    places=st.lists(st.tuples(coordinates(), st.booleans()), max_size=40),
    at=coordinates(),
    k=st.integers(1, 50),
    max_m=st.one_of(st.none(), st.floats(0, 2.1e7), st.just(0.0)),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_places_like_brute_force(places, at, k, max_m, seed):
    lon = np.array([place[0][0] for place in places])
    lat = np.array([place[0][1] for place in places])
    mask = np.array([place[1] for place in places], dtype=bool)
    keys = [f"K{one}" for one in np.random.default_rng(seed).permutation(len(places))]
    index = FacilityIndex.build(lon, lat, keys=keys)
    for chosen in (None, mask):
        expected, expected_m = brute(lon, lat, keys, at=at, k=k, mask=chosen, max_m=max_m)
        answer = index.query(lon=at[0], lat=at[1], k=k, mask=chosen, max_m=max_m)
        assert answer.positions.tolist() == expected
        assert answer.distance_m.tolist() == expected_m.tolist()


@settings(max_examples=60, deadline=None)
@given(
    start=st.dictionaries(st.integers(0, 30), coordinates(), max_size=25),
    steps=st.lists(
        st.tuples(
            st.dictionaries(st.integers(0, 40), coordinates(), max_size=6),
            st.sets(st.integers(0, 40), max_size=4),
        ),
        max_size=6,
    ),
    at=coordinates(),
    rebuild_share=st.sampled_from([0.0, 100.0]),
)
def test_changes_answer_like_a_fresh_index(start, steps, at, rebuild_share):
    truth = dict(start)
    index = FacilityIndex.build(
        [lon for lon, _ in start.values()], [lat for _, lat in start.values()], keys=list(start)
    )
    for upserts, deletions in steps:
        before = (len(index), index.alive.copy())
        changed = index.with_changes(
            [Place(key, lon, lat) for key, (lon, lat) in upserts.items()],
            deletions,
            rebuild_share=rebuild_share,
        )
        assert (len(index), index.alive.tolist()) == (before[0], before[1].tolist())
        index = changed
        truth = {key: at_ for key, at_ in truth.items() if key not in deletions} | upserts
    keys = list(truth)
    lon = np.array([truth[key][0] for key in keys])
    lat = np.array([truth[key][1] for key in keys])
    expected, expected_m = brute(lon, lat, keys, at=at, k=12)
    answer = index.query(lon=at[0], lat=at[1], k=12)
    assert [index.keys[one] for one in answer.positions] == [keys[one] for one in expected]
    assert answer.distance_m.tolist() == expected_m.tolist()
    assert len(index) == len(truth)
    assert {key for key in range(41) if index.position_of(key) is not None} == set(truth)
    chosen = index.select(index.keys != (keys[0] if keys else None))
    assert len(chosen) == max(0, len(truth) - 1)
    found = [index.keys[one] for one in chosen.query(lon=at[0], lat=at[1], k=50).positions]
    assert sorted(found) == sorted(keys[1:])


def test_many_changes_rebuild_and_say_so():
    index = FacilityIndex.build([120.0], [36.0], keys=["A"])
    for number in range(64):
        index = index.with_changes([Place(f"B{number}", 120.0, 36.0 + number / 1000)])
    assert (index.layout, index.position_count) == (0, 65)
    index = index.with_changes(deletions=["A"])
    assert (index.layout, index.position_count, len(index)) == (1, 64, 64)
    assert [index.keys[one] for one in index.query(lon=120.0, lat=36.0, k=2).positions] == [
        "B0",
        "B1",
    ]


def test_equal_places_are_ordered_by_key():
    keys = ["QD9", "QD10", "QD1", "ZZ"]
    index = FacilityIndex.build([120.0] * 4, [36.0] * 4, keys=keys)
    for k, expected in (
        (1, ["QD1"]),
        (3, ["QD1", "QD10", "QD9"]),
        (9, ["QD1", "QD10", "QD9", "ZZ"]),
    ):
        answer = index.query(lon=120.0, lat=36.0, k=k)
        assert [keys[one] for one in answer.positions] == expected
        assert (answer.distance_m == 0).all()
    thousand = FacilityIndex.build([120.0] * 1000, [36.0] * 1000, keys=list(range(1000, 0, -1)))
    answer = thousand.query(lon=119.0, lat=35.0, k=3)
    assert thousand.keys[answer.positions].tolist() == [1, 2, 3]


def test_max_m_is_inclusive():
    index = FacilityIndex.build([120.01], [36.0], keys=["A"])
    exact_m = GEOD.inv(120.0, 36.0, 120.01, 36.0)[2]
    assert len(index.query(lon=120.0, lat=36.0, k=1, max_m=exact_m).positions) == 1
    less_m = np.nextafter(exact_m, 0)
    assert len(index.query(lon=120.0, lat=36.0, k=1, max_m=less_m).positions) == 0


def test_areas_count_by_their_nearest_point():
    # A street block of 0.01 x 0.01 degrees with a yard in it, and two points.
    block = Polygon(
        box(120.00, 36.00, 120.01, 36.01).exterior,
        [box(120.004, 36.004, 120.006, 36.006).exterior.coords],
    )
    index = FacilityIndex.build(
        [120.002, 120.03, 120.005],
        [36.002, 36.0, 36.0051],
        keys=["block", "east", "yard"],
        areas=[block, None, None],
    )
    inside = index.query(lon=120.009, lat=36.009, k=3)
    assert [index.keys[one] for one in inside.positions] == ["block", "yard", "east"]
    assert inside.distance_m[0] == 0
    # In the yard's middle the wall is 0.001 degrees away: south/north 111 m, east/west 90 m.
    yard = index.query(lon=120.005, lat=36.005, k=1)
    assert index.keys[yard.positions[0]] == "yard"
    wall = index.query(lon=120.005, lat=36.005, k=3, mask=np.array([True, False, False]))
    assert wall.distance_m[0] == pytest.approx(
        GEOD.inv(120.005, 36.005, 120.004, 36.005)[2], abs=1e-5
    )
    east = index.query(lon=120.021, lat=36.005, k=3)
    assert [index.keys[one] for one in east.positions] == ["east", "block", "yard"]
    assert index.query(lon=120.021, lat=36.005, k=3, max_m=985.0).positions.tolist() == [1]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), k=st.integers(1, 12), stepwise=st.booleans())
def test_points_and_areas_together_like_brute_force(seed, k, stepwise):
    rng = np.random.default_rng(seed)
    count = 60
    lon, lat = 120 + rng.uniform(0, 0.1, count), 36 + rng.uniform(0, 0.1, count)
    radius_deg = 10 ** rng.uniform(-4, -1.5, count)
    areas = [
        Point(x, y).buffer(r, quad_segs=2) if one else None
        for x, y, r, one in zip(lon, lat, radius_deg, rng.random(count) < 0.6, strict=True)
    ]
    mask = rng.random(count) < 0.7
    if stepwise:
        index = FacilityIndex.build(lon[:30], lat[:30], keys=list(range(30)), areas=areas[:30])
        index = index.with_changes(
            [Place(one, lon[one], lat[one], areas[one]) for one in range(30, count)]
        )
    else:
        index = FacilityIndex.build(lon, lat, keys=list(range(count)), areas=areas)
    at = 120 + rng.uniform(-0.05, 0.15), 36 + rng.uniform(-0.05, 0.15)
    # Oracle: each place alone in an index has no competitor, and its own distance is tested in
    # test_outlines against densified outlines.
    alone_m = [
        FacilityIndex.build([x], [y], keys=[0], areas=[area])
        .query(lon=at[0], lat=at[1], k=1)
        .distance_m[0]
        for x, y, area in zip(lon, lat, areas, strict=True)
    ]
    expected = sorted(np.flatnonzero(mask).tolist(), key=lambda one: (alone_m[one], one))[:k]
    for answer in (
        index.query(lon=at[0], lat=at[1], k=k, mask=mask),
        index.select(mask).query(lon=at[0], lat=at[1], k=k),
    ):
        assert answer.positions.tolist() == expected
        assert answer.distance_m.tolist() == [alone_m[one] for one in expected]


def test_threads_share_one_index():
    rng = np.random.default_rng(5)
    lon, lat = uniform_points(rng, 5000)
    index = FacilityIndex.build(lon, lat, keys=list(range(5000)))
    asked = list(zip(*uniform_points(rng, 400), strict=True))

    def ask(at):
        return index.query(lon=at[0], lat=at[1], k=5).positions.tolist()

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, asked)) == [ask(at) for at in asked]


def test_no_places_at_all():
    index = FacilityIndex.build([], [], keys=[])
    assert len(index) == 0
    assert len(index.query(lon=0.0, lat=0.0, k=3).positions) == 0
    assert len(index.select(np.zeros(0, dtype=bool)).query(lon=0.0, lat=0.0, k=3).positions) == 0
    emptied = FacilityIndex.build([1.0, 1.0], [2.0, 2.0], keys=["A", "B"]).with_changes((), "AB")
    assert (len(emptied), emptied.layout) == (0, 0)
    for mask in (None, np.ones(2, dtype=bool), lambda positions: positions >= 0):
        assert len(emptied.query(lon=0.0, lat=0.0, k=3, mask=mask).positions) == 0
    grown = index.with_changes([Place("A", 1.0, 2.0)])
    assert grown.query(lon=1.0, lat=2.0, k=3).distance_m.tolist() == [0.0]


@pytest.mark.parametrize(
    ("parameter", "asked"),
    [
        ("lon", {"lon": float("nan")}),
        ("lon", {"lon": 180.001}),
        ("lat", {"lat": -90.5}),
        ("k", {"k": 0}),
        ("max_m", {"max_m": -1.0}),
        ("max_m", {"max_m": float("nan")}),
        ("mask", {"mask": np.ones(3, dtype=bool)}),
        ("mask", {"mask": np.ones(1, dtype=int)}),
    ],
)
def test_a_senseless_question_is_refused(parameter, asked):
    index = FacilityIndex.build([120.0], [36.0], keys=["A"])
    with pytest.raises(InvalidValueError) as caught:
        index.query(**{"lon": 120.0, "lat": 36.0, "k": 1, **asked})
    assert caught.value.parameter == parameter


def test_senseless_places_are_refused():
    for lon, lat, keys, areas in (
        ([np.inf], [0.0], ["A"], None),
        ([0.0], [91.0], ["A"], None),
        ([0.0, 1.0], [0.0], ["A", "B"], None),
        ([0.0, 1.0], [0.0, 1.0], ["A", "A"], None),
        ([0.0], [0.0], [], None),
        ([0.0], [0.0], ["A"], [Point(0, 0)]),
        ([0.0], [0.0], ["A"], [Polygon()]),
        ([0.0], [0.0], ["A"], [box(0, 0, 60, 60)]),
    ):
        with pytest.raises(InvalidValueError):
            FacilityIndex.build(lon, lat, keys=keys, areas=areas)
