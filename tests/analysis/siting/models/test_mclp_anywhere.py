"""Sites at any place: against every circle intersection on the spheroid, and inputs at their limits."""

import itertools

import numpy as np
import pytest
import shapely
from pyproj import Geod

from geoapp.analysis.siting import SitingStatus, solve_mclp_anywhere
from geoapp.core.errors import InvalidValueError

GEOD = Geod(ellps="WGS84")


def away_m(place, lon, lat):
    """Return the geodesics from a place to some points."""
    return GEOD.inv(np.full(len(lon), place[0]), np.full(len(lat), place[1]), lon, lat)[2]


def counted(places, lon, lat, weights, standard_m):
    """Return the weight that some places cover."""
    reached = np.zeros(len(lon), bool)
    for place in places:
        reached |= away_m(place, lon, lat) <= standard_m
    return float(np.asarray(weights)[reached].sum())


def crossings(lon, lat, radius_m):
    """Return the points, and every place that lies at a geodesic from two of them (by bisection)."""
    first, second = (
        np.array(list(itertools.permutations(range(len(lon)), 2)), np.int64).reshape(-1, 2).T
    )
    azimuth, _, apart = GEOD.inv(lon[first], lat[first], lon[second], lat[second])
    met = (apart < 2 * radius_m) & (apart > 0)
    first, second, azimuth = first[met], second[met], azimuth[met]
    near, far = np.zeros(len(first)), np.full(len(first), 90.0)

    def at(turn):
        return GEOD.fwd(
            lon[first], lat[first], azimuth + turn, np.full(len(first), float(radius_m))
        )[:2]

    for _ in range(48):
        turn = 0.5 * (near + far)
        inside = GEOD.inv(*at(turn), lon[second], lat[second])[2] <= radius_m
        near, far = np.where(inside, turn, near), np.where(inside, far, turn)
    return np.concatenate((np.stack((lon, lat)), np.stack(at(near))), axis=1).T


def best_of_all(lon, lat, weights, p, standard_m, hair_m):
    """Return the most that p places cover, the standard being that much longer, by trying them all."""
    radius_m = standard_m + hair_m
    covers = {
        frozenset(np.flatnonzero(away_m(place, lon, lat) <= radius_m + 1e-7).tolist())
        for place in crossings(lon, lat, radius_m)
    }
    covers = [one for one in covers if not any(one < other for other in covers)]
    return max(
        (
            sum(weights[i] for i in frozenset().union(*some))
            for some in itertools.combinations(covers, min(p, len(covers)))
        ),
        default=0.0,
    )


# Away from everything, across the antimeridian, at a pole, on the equator.
MIDDLES = [(120.38, 36.07), (180.0, -16.8), (25.0, 89.9993), (0.0, 0.0)]


@pytest.mark.parametrize("middle", MIDDLES)
def test_equals_every_circle_intersection(middle):
    rng = np.random.default_rng(14)
    for standard_m in (60.0, 400.0, 9_000.0):
        for p in (1, 2, 3):
            count = int(rng.integers(2, 11))
            lon, lat, _ = GEOD.fwd(
                np.full(count, middle[0]),
                np.full(count, middle[1]),
                rng.uniform(0, 360, count),
                standard_m * 3 * np.sqrt(rng.uniform(0, 1, count)),
            )
            weights = rng.integers(0, 9, count).astype(float)
            result = solve_mclp_anywhere(lon, lat, weights, p, standard_m)
            assert result.places.shape == (p, 2)
            assert counted(result.places, lon, lat, weights, standard_m) == result.objective
            assert best_of_all(lon, lat, weights, p, standard_m, -1e-3) <= result.objective
            assert best_of_all(lon, lat, weights, p, standard_m, 0.0) <= result.bound
            assert best_of_all(lon, lat, weights, p, standard_m, 1e-3) >= result.bound
            assert result.status is SitingStatus.OPTIMAL
            assert result.gains.sum() == result.objective


def test_ties_and_coincident_points_never_put_the_bound_below_the_truth():
    # A lattice whose step the standard repeats: many points lie exactly at the standard.
    step = 0.001
    rng = np.random.default_rng(3)
    for _ in range(8):
        lon = 120.0 + step * rng.integers(0, 4, 9)
        lat = 36.0 + step * rng.integers(0, 4, 9)
        weights = rng.integers(1, 4, 9).astype(float)
        standard_m = away_m((120.0, 36.0), np.array([120.001]), np.array([36.0]))[0]
        for p in (1, 2):
            result = solve_mclp_anywhere(lon, lat, weights, p, standard_m)
            assert counted(result.places, lon, lat, weights, standard_m) == result.objective
            assert best_of_all(lon, lat, weights, p, standard_m, 0.0) <= result.bound
            assert best_of_all(lon, lat, weights, p, standard_m, -1e-3) <= result.objective


def test_the_standard_is_closed():
    lon, lat = np.array([120.0, 120.01]), np.array([36.0, 36.0])
    # A place between two points that lie twice the standard apart covers both, a micrometre less does not.
    apart = away_m((120.0, 36.0), lon, lat)[1]
    assert solve_mclp_anywhere(lon, lat, [1, 1], 1, apart / 2 + 1e-6).objective == 2
    short = solve_mclp_anywhere(lon, lat, [1, 1], 1, apart / 2 - 1e-4)
    assert (short.objective, short.bound) == (1, 1)
    # The place is the point itself.
    exact = solve_mclp_anywhere(lon, lat, [1, 2], 1, 0.0)
    assert exact.objective == 2
    assert tuple(exact.places[0]) == (120.01, 36.0)


def test_degenerate_inputs():
    none = solve_mclp_anywhere([], [], [], 2, 500)
    assert none.places.shape == (2, 2)
    assert (none.objective, none.bound, none.status) == (0, 0, "optimal")
    no_sites = solve_mclp_anywhere([120.0], [36.0], [5], 0, 500)
    assert no_sites.places.shape == (0, 2)
    assert (no_sites.objective, no_sites.bound, no_sites.status) == (0, 0, "optimal")
    one = solve_mclp_anywhere([120.0], [36.0], [5], 1, 500)
    assert one.places.tolist() == [[120.0, 36.0]]
    assert (one.objective, one.bound) == (5, 5)
    weightless = solve_mclp_anywhere([120.0, 121.0], [36.0, 36.0], [0, 0], 1, 500)
    assert (weightless.objective, weightless.bound) == (0, 0)
    assert np.isfinite(weightless.places).all()
    # More sites than points: each point once, the rest adds nothing and stands at points.
    many = solve_mclp_anywhere([120.0, 121.0, 120.0], [36.0, 36.0, 36.0], [1, 2, 4], 5, 500)
    assert many.gains.tolist() == [5, 2, 0, 0, 0]
    assert np.isfinite(many.places).all()
    assert many.assignment.tolist() == [0, 1, 0]
    # Two longitudes of one pole are one place.
    pole = solve_mclp_anywhere([10.0, -130.0], [90.0, 90.0], [1, 1], 1, 10)
    assert pole.objective == 2
    shares = solve_mclp_anywhere([120.0, 120.001], [36.0, 36.0], [0.1, 0.2], 1, 500)
    assert shares.objective == pytest.approx(0.3)
    assert shares.status is SitingStatus.OPTIMAL


def test_sites_keep_to_the_ground_and_the_bound_is_over_every_place():
    rng = np.random.default_rng(8)
    lon, lat = 120 + 0.02 * rng.random(60), 36 + 0.02 * rng.random(60)
    weights = rng.integers(1, 9, 60).astype(float)
    free = solve_mclp_anywhere(lon, lat, weights, 2, 500)
    inside = shapely.box(120.0, 36.0, 120.01, 36.02)
    forbidden = shapely.Point(*free.places[0]).buffer(0.003)
    kept = solve_mclp_anywhere(lon, lat, weights, 2, 500, inside=inside, forbidden=forbidden)
    assert shapely.intersects_xy(inside, *kept.places.T).all()
    assert not shapely.intersects_xy(forbidden, *kept.places.T).any()
    assert counted(kept.places, lon, lat, weights, 500) == kept.objective
    assert 0 < kept.objective <= free.objective <= kept.bound
    # Where nothing is forbidden that a plan would want, the plan and its proof are the same.
    wide = solve_mclp_anywhere(lon, lat, weights, 2, 500, inside=shapely.box(119, 35, 121, 37))
    assert (wide.objective, wide.status) == (free.objective, SitingStatus.OPTIMAL)
    nowhere = solve_mclp_anywhere(lon, lat, weights, 2, 500, inside=shapely.box(10, 10, 11, 11))
    assert nowhere.objective == 0
    assert np.isnan(nowhere.places).all()
    assert nowhere.bound >= free.objective


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("lon", {"lon": [np.nan]}),
        ("lat", {"lat": [91.0]}),
        ("weights", {"weights": [np.nan]}),
        ("weights", {"weights": [-1.0]}),
        ("weights", {"weights": [1.0, 2.0]}),
        ("p", {"p": -1}),
        ("p", {"p": 1.5}),
        ("p", {"p": True}),
        ("standard_m", {"standard_m": np.nan}),
        ("standard_m", {"standard_m": -1.0}),
        ("standard_m", {"standard_m": 100_001.0}),
        ("time_limit_seconds", {"time_limit_seconds": 0.0}),
        ("target_gap", {"target_gap": -0.1}),
    ],
)
def test_wrong_inputs_are_named(name, wrong):
    given = {"lon": [120.0], "lat": [36.0], "weights": [1.0], "p": 1, "standard_m": 500.0}
    with pytest.raises(InvalidValueError) as refused:
        solve_mclp_anywhere(**(given | wrong))
    assert refused.value.parameter == name


def test_no_time_gives_a_plan_and_an_honest_bound():
    rng = np.random.default_rng(5)
    lon, lat = 120 + 0.05 * rng.random(400), 36 + 0.05 * rng.random(400)
    weights = rng.integers(1, 9, 400).astype(float)
    hasty = solve_mclp_anywhere(lon, lat, weights, 5, 400, cancelled=lambda: True)
    assert hasty.status is SitingStatus.CANCELLED
    proven = solve_mclp_anywhere(lon, lat, weights, 5, 400)
    assert proven.status is SitingStatus.OPTIMAL
    assert 0 < hasty.objective <= proven.objective <= hasty.bound
