"""Walks of all pairs: against the geodesic, the network's own table and the nearest facility."""

import numpy as np
import pytest

from geoapp.analysis.coverage.coverage import coverage
from geoapp.analysis.frames import DemandFrame, FacilityFrame
from geoapp.analysis.geometry.spheroid import geodesic_m
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.search import FAR, PlacesOnNetwork
from geoapp.analysis.network.snapping import Snap, snap
from geoapp.analysis.walks.pairs import PairWalks
from geoapp.core.errors import CancelledError, InvalidValueError
from geoapp.core.walking import Standard, WalkingEstimate
from tests.analysis.conftest import random_places

ESTIMATE = WalkingEstimate(detour_factor=1.3, speed_m_per_s=1.2)


def all_lines(lon: np.ndarray, lat: np.ndarray, to: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    many = len(to[0])
    flat = geodesic_m(
        np.repeat(lon, many),
        np.repeat(lat, many),
        np.tile(to[0], len(lon)),
        np.tile(to[1], len(lon)),
    )
    return np.asarray(flat).reshape(len(lon), many)


@pytest.mark.parametrize("limit_m", [80.0, 2_000.0, 60_000.0, None])
def test_estimates_are_all_pairs_within_the_limit(limit_m: float | None) -> None:
    random = np.random.default_rng(3)
    scale = 0.001 if limit_m == 80 else 0.3
    lon, lat = 120 + random.uniform(0, scale, 200), 36 + random.uniform(0, scale, 200)
    sites = np.r_[lon[:3], 120 + random.uniform(0, scale, 70)], np.r_[lat[:3], lat[20:90]]
    walks = PairWalks.of(lon, lat, estimate=ESTIMATE).within(*sites, limit_m=limit_m)
    truth = all_lines(lon, lat, sites) * 1.3
    inside = truth <= (np.inf if limit_m is None else limit_m)
    found = np.full(truth.shape, np.nan)
    row = np.repeat(np.arange(200), np.diff(walks.indptr))
    found[row, walks.indices] = walks.data
    assert (np.isfinite(found) == inside).all()
    assert inside.any()
    assert np.abs(found[inside] - truth[inside]).max() < 0.001
    assert (found[[0, 1, 2], [0, 1, 2]] == 0).all()
    assert walks.has_sorted_indices


def test_the_standard_is_closed() -> None:
    """A site exactly as far as the standard covers; a hair less and it does not."""
    lon, lat = np.array([120.0]), np.array([36.0])
    site = np.array([120.004]), np.array([36.001])
    walk_m = float(all_lines(lon, lat, site)[0, 0]) * 1.3
    walks = PairWalks.of(lon, lat, estimate=ESTIMATE)
    assert walks.cover(*site, Standard.of_metres(walk_m)).nnz == 1
    assert walks.cover(*site, Standard.of_metres(np.nextafter(walk_m, 0))).nnz == 0
    assert walks.cover(*site, Standard.of_seconds(walk_m / 1.2)).nnz == 1


def test_no_demand_and_no_sites() -> None:
    none = np.empty(0)
    one = np.array([120.0]), np.array([36.0])
    assert PairWalks.of(none, none, estimate=ESTIMATE).within(*one, limit_m=9.0).shape == (0, 1)
    assert PairWalks.of(*one, estimate=ESTIMATE).within(none, none, limit_m=9.0).shape == (1, 0)
    with pytest.raises(InvalidValueError):
        PairWalks.of(np.array([np.nan]), np.array([36.0]), estimate=ESTIMATE)


def test_a_cancel_stops_it() -> None:
    one = np.array([120.0]), np.array([36.0])
    with pytest.raises(CancelledError):
        PairWalks.of(*one, estimate=ESTIMATE).within(*one, limit_m=9.0, cancelled=lambda: True)


def places(network: WalkingNetwork, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Places over the network's box and beside it, so that some are off the network."""
    lon, lat = random_places(network, count, seed)
    lon[::7] += 0.02
    return lon, lat


def test_network_pairs_are_the_table_and_the_rest_is_estimated(helsinki: WalkingNetwork) -> None:
    demand, sites = places(helsinki, 120, 1), places(helsinki, 40, 2)
    walks = PairWalks.of(*demand, estimate=ESTIMATE, network=helsinki)
    snapped, placed = snap(helsinki, *demand), snap(helsinki, *sites)
    on, standing = snapped.state == Snap.ON, placed.state == Snap.ON
    assert 0 < on.sum() < 120
    assert 0 < standing.sum() < 40
    table = PlacesOnNetwork(helsinki, placed).table(snapped).astype(float)
    truth = np.where(table == FAR, np.inf, table / 10)
    factor = np.full(120, 1.3)
    lines = all_lines(*demand, sites) * factor[:, None]
    truth = np.where(on[:, None] & standing[None, :], truth, lines)
    found = np.full(truth.shape, np.inf)
    near = walks.within(*sites, limit_m=1_500)
    found[np.repeat(np.arange(120), np.diff(near.indptr)), near.indices] = near.data
    assert np.allclose(found, np.where(truth <= 1_500, truth, np.inf), atol=0.001)
    every = walks.within(*sites, limit_m=None)
    assert every.nnz == np.isfinite(truth).sum()
    assert (walks.stands == on).all()


def test_a_built_site_covers_what_it_was_said_to_cover(helsinki: WalkingNetwork) -> None:
    demand, sites = places(helsinki, 400, 4), places(helsinki, 12, 5)
    standard = Standard.of_seconds(420)
    cover = PairWalks.of(*demand, estimate=ESTIMATE, network=helsinki).cover(*sites, standard)
    built = coverage(
        DemandFrame.from_arrays(*demand, np.ones(400)),
        FacilityFrame.from_arrays(*sites, keys=list(range(12))),
        standard,
        estimate=ESTIMATE,
        network=helsinki,
    )
    times = np.diff(cover.indptr)
    assert ((times > 0) == built.covered).all()
    assert ((times > 1) == built.backup).all()
    assert built.covered.any()
    assert not built.covered.all()
