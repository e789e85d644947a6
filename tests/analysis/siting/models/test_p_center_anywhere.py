"""p-center at any place: against every circle that up to three points determine."""

import itertools
import math

import numpy as np
import pytest
import shapely
from pyproj import Geod
from scipy.optimize import fsolve

from geoapp.analysis.siting import SitingStatus, solve_p_center_anywhere
from geoapp.core.errors import InvalidValueError

GEOD = Geod(ellps="WGS84")


def ways(places: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return the geodesics from every place to every point, shape (places, points)."""
    many, count = len(places), len(lon)
    from_lon, from_lat = (np.repeat(places[:, axis], count) for axis in (0, 1))
    return GEOD.inv(from_lon, from_lat, np.tile(lon, many), np.tile(lat, many))[2].reshape(
        many, count
    )


def middles(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return the middle of the smallest circle about each one, two and three points."""
    found = [(a, b) for a, b in zip(lon, lat, strict=True)]
    for i, j in itertools.combinations(range(len(lon)), 2):
        azimuth, _, metres = GEOD.inv(lon[i], lat[i], lon[j], lat[j])
        found.append(GEOD.fwd(lon[i], lat[i], azimuth, metres / 2)[:2])
    scale = np.array([1 / 90_000, 1 / 111_000])
    for some in itertools.combinations(range(len(lon)), 3):
        x, y = np.mod(lon[list(some)], 360), lat[list(some)]
        start = np.array([x.mean(), y.mean()])

        def unlike(step: np.ndarray, x=x, y=y, start=start) -> np.ndarray:
            away = ways((start + step * scale)[None], x, y)[0]
            return away[1:] - away[0]

        step = fsolve(unlike, np.zeros(2), xtol=1e-13, full_output=True)[0]
        if np.abs(step).max() < 1e5 and np.abs(unlike(step)).max() < 1e-6:
            found.append(tuple(start + step * scale))
    return np.array(found)


def best_of_all(lon: np.ndarray, lat: np.ndarray, existing_m: np.ndarray, p: int) -> float:
    """Return the least longest way with p of the middles: those of the best plan are among them."""
    away = ways(middles(lon, lat), lon, lat)
    best = float(existing_m.max())
    for some in itertools.combinations(range(len(away)), min(p, len(lon))):
        best = min(best, float(np.minimum(existing_m, away[list(some)].min(axis=0)).max()))
    return best


@pytest.mark.parametrize("seed", range(4))
def test_equal_to_every_circle_that_points_determine(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for trial in range(8):
        count, p = int(rng.integers(1, 9)), int(rng.integers(1, 3))
        middle = ((120.38, 36.07), (180.0, -16.8), (25.0, 60.2))[trial % 3]
        far = (400.0, 8_000.0)[trial % 2]
        lon, lat, _ = GEOD.fwd(
            np.full(count, middle[0]),
            np.full(count, middle[1]),
            rng.uniform(0, 360, count),
            far * np.sqrt(rng.uniform(0, 1, count)),
        )
        if trial % 4 == 3:
            lon[-1], lat[-1] = lon[0], lat[0]
        existing = np.full(count, np.inf)
        if trial % 2:
            existing = rng.uniform(0, 2 * far, count)
        best = best_of_all(lon, lat, existing, p)
        found = solve_p_center_anywhere(lon, lat, p, existing_m=existing, time_limit_seconds=20)
        told = (seed, trial, best, found.objective, found.bound)
        near = max(1e-7 * best, 1e-4)
        assert found.status is SitingStatus.OPTIMAL, told
        assert found.objective == pytest.approx(best, abs=2 * near), told
        assert found.bound <= best + near, told
        assert len(found.places) <= p
        away = existing
        if len(found.places):
            away = np.minimum(existing, ways(found.places, lon, lat).min(axis=0))
        assert found.objective == pytest.approx(away.max(), abs=1e-6), told


def test_a_town_keeps_to_its_ground_and_its_bound_does_not() -> None:
    rng = np.random.default_rng(5)
    lon, lat = 120 + 0.1 * rng.random(2000), 36 + 0.1 * rng.random(2000)
    reports: list[tuple[float, float]] = []
    free = solve_p_center_anywhere(
        lon, lat, 4, progress=lambda *one: reports.append(one), time_limit_seconds=20
    )
    assert free.status is SitingStatus.OPTIMAL
    assert ways(free.places, lon, lat).min(axis=0).max() == pytest.approx(free.objective, abs=1e-6)
    assert all(bound <= free.objective + 1e-3 <= longest + 2e-3 for longest, bound in reports)
    half = shapely.box(119.9, 35.9, 120.05, 36.2)
    kept = solve_p_center_anywhere(lon, lat, 4, inside=half, time_limit_seconds=2)
    assert all(shapely.intersects_xy(half, *place) for place in kept.places)
    assert kept.bound <= free.objective + 1e-3 < kept.objective
    shut = solve_p_center_anywhere(lon, lat, 4, forbidden=half, time_limit_seconds=2)
    assert not any(shapely.intersects_xy(half, *place) for place in shut.places)
    assert shut.objective > free.objective


def test_no_time_gives_a_plan_and_no_claim() -> None:
    rng = np.random.default_rng(6)
    lon, lat = 120 + 0.1 * rng.random(500), 36 + 0.1 * rng.random(500)
    best = solve_p_center_anywhere(lon, lat, 3)
    stopped = solve_p_center_anywhere(lon, lat, 3, cancelled=lambda: True)
    assert stopped.status is SitingStatus.CANCELLED
    assert stopped.bound <= best.objective <= stopped.objective


def test_few_points_and_none() -> None:
    assert solve_p_center_anywhere([], [], 2).objective == 0
    alone = solve_p_center_anywhere([120.0, 120.0], [36.0, 36.0], 3)
    assert alone.objective == alone.bound == 0 and len(alone.places) == 1
    stands = solve_p_center_anywhere([120.0, 121.0], [36.0, 36.0], 0, existing_m=[5.0, 70.0])
    assert stands.objective == stands.bound == 70
    nothing = solve_p_center_anywhere([120.0], [36.0], 0)
    assert math.isnan(nothing.objective)
    for wrong in ({"existing_m": [-1.0]}, {"existing_m": [math.nan]}, {"existing_m": [1.0, 2.0]}):
        with pytest.raises(InvalidValueError):
            solve_p_center_anywhere([120.0], [36.0], 1, **wrong)
