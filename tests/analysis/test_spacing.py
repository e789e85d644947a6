"""Stations against a rule of spacing, every pair and every place measured one by one."""

import itertools
import math

import numpy as np
import pytest

from geoapp.analysis.geometry.spheroid import geodesic_m
from geoapp.analysis.spacing import too_close, workers_per_km2
from geoapp.analysis.walks.pairs import PairWalks
from geoapp.core.walking import WalkingEstimate


def line_m(lon: np.ndarray, lat: np.ndarray, one: int, other: int) -> float:
    return float(geodesic_m(lon[one], lat[one], lon[other : other + 1], lat[other : other + 1])[0])


@pytest.mark.parametrize("seed", range(6))
def test_pairs_and_density_by_brute_force(seed: int) -> None:
    random = np.random.default_rng(seed)
    lon, lat = 120 + random.uniform(0, 0.03, 60), 36 + random.uniform(0, 0.03, 60)
    lon[7], lat[7] = lon[3], lat[3]  # two stations at one door
    station = np.arange(60)
    station[11] = station[12]  # one that stands at two places
    least = np.where(random.random(60) < 0.3, 250.0, 700.0)
    estimate = WalkingEstimate(detour_factor=1.3)
    walks = PairWalks.of(lon, lat, estimate=estimate)
    for factor, found in (
        (1.0, too_close(lon, lat, least, station)),
        (1.3, too_close(lon, lat, least, station, walks)),
    ):
        truth = {}
        for one, other in itertools.combinations(range(60), 2):
            away = factor * line_m(lon, lat, one, other)
            if station[one] != station[other] and away < min(least[one], least[other]):
                truth[one, other] = away
        pairs = [tuple(pair) for pair in found.pairs.tolist()]
        assert dict(zip(pairs, found.away_m.tolist(), strict=True)) == pytest.approx(
            truth, abs=0.001
        )
        assert (3, 7) in truth
        assert sorted(found.away_m.tolist()) == found.away_m.tolist()
        assert found.least_m.tolist() == [min(least[a], least[b]) for a, b in pairs]

    workers = random.integers(0, 50, 60).astype(np.float64)
    at_lon, at_lat = np.r_[lon[:5], 121.0], np.r_[lat[:5], 37.0]
    # The rim counts: one of them lies exactly as far away as is looked.
    around_m = line_m(lon, lat, 0, 1)
    density = workers_per_km2(lon, lat, workers, at_lon=at_lon, at_lat=at_lat, around_m=around_m)
    for place in range(6):
        away = geodesic_m(np.full(60, at_lon[place]), np.full(60, at_lat[place]), lon, lat)
        near = workers[np.asarray(away) <= around_m].sum()
        assert density[place] == pytest.approx(near / (math.pi * (around_m / 1000) ** 2))
    assert density[5] == 0


def test_exactly_as_far_as_the_rule_says_complies() -> None:
    lon, lat = np.array([120.0, 120.004]), np.array([36.0, 36.001])
    away, stations = line_m(lon, lat, 0, 1), np.arange(2)
    assert len(too_close(lon, lat, np.full(2, away), stations).pairs) == 0
    assert len(too_close(lon, lat, np.full(2, np.nextafter(away, np.inf)), stations).pairs) == 1
    assert len(too_close(lon[:1], lat[:1], np.array([500.0]), stations[:1]).pairs) == 0
