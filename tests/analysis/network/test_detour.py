"""The detour factor of a network: measured, kept with it, used where it lies and nowhere else."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geoapp.analysis.frames import FacilityFrame
from geoapp.analysis.network.demand_walks import two_nearest_by_walk
from geoapp.analysis.network.detour import local_estimate, measured_detour, with_detour
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.core.geo import geodesic_m
from geoapp.core.walking import WalkingEstimate

ESTIMATE = WalkingEstimate(detour_factor=1.3)


def grid_town(side: int, step_m: float) -> WalkingNetwork:
    """Return square streets at the equator, where a degree of both is about as long."""
    step = step_m / 111_320
    lon, lat = (
        axis.ravel() for axis in np.meshgrid(np.arange(side) * step, np.arange(side) * step)
    )
    number = np.arange(side * side).reshape(side, side)
    start = np.r_[number[:, :-1].ravel(), number[:-1].ravel()]
    end = np.r_[number[:, 1:].ravel(), number[1:].ravel()]
    length_m = np.asarray(geodesic_m(lon[start], lat[start], lon[end], lat[end]))
    return WalkingNetwork.build(
        lon,
        lat,
        start,
        end,
        np.rint(length_m * 10).astype(np.int64),
        np.zeros(len(start), np.uint8),
    )


def test_square_streets() -> None:
    # Seen from all directions alike, square streets are 4 / pi = 1.273 times as long as the line.
    assert measured_detour(grid_town(60, 25)) == pytest.approx(4 / np.pi, abs=0.01)


def test_helsinki_equals_scipy(helsinki: WalkingNetwork) -> None:
    found = measured_detour(helsinki)
    largest = np.flatnonzero(helsinki.part == 0)
    origins = np.random.default_rng(0).choice(largest, 200, replace=False)
    streets = csr_array((helsinki.length_dm, helsinki.indices, helsinki.indptr))
    walks = dijkstra(streets, indices=origins, limit=30_000) / 10
    lines = np.array(
        [
            geodesic_m(
                np.full(helsinki.node_count, helsinki.lon[one]),
                np.full(helsinki.node_count, helsinki.lat[one]),
                helsinki.lon,
                helsinki.lat,
            )
            for one in origins
        ]
    )
    counts = np.isfinite(walks) & (lines >= 200) & (lines <= 600)
    assert counts.sum() > 10_000
    assert found == pytest.approx(walks[counts].sum() / lines[counts].sum(), rel=1e-12)


def test_too_small_to_tell() -> None:
    assert measured_detour(grid_town(3, 20)) is None


def test_kept_with_the_network(helsinki: WalkingNetwork, tmp_path: Path) -> None:
    measured = with_detour(helsinki)
    assert measured.detour_factor is not None
    measured.save(tmp_path / "one")
    assert WalkingNetwork.load(tmp_path / "one").detour_factor == measured.detour_factor
    assert measured.version == helsinki.version
    helsinki.save(tmp_path / "two")
    assert WalkingNetwork.load(tmp_path / "two").detour_factor is None


def test_used_where_the_network_lies(helsinki: WalkingNetwork) -> None:
    network = replace(helsinki, detour_factor=1.5)
    west, south, east, north = network.bounds
    inside = local_estimate(network, ESTIMATE, lon=(west + east) / 2, lat=(south + north) / 2)
    assert inside.detour_factor == 1.5
    assert inside.speed_m_per_s == ESTIMATE.speed_m_per_s
    assert local_estimate(network, ESTIMATE, lon=120.38, lat=36.07) is ESTIMATE
    assert local_estimate(None, ESTIMATE, lon=west, lat=south) is ESTIMATE
    assert local_estimate(helsinki, ESTIMATE, lon=west, lat=south) is ESTIMATE
    # The facility is far from any street, so both askers are estimated, each by its own factor.
    frame = FacilityFrame.from_arrays([west - 1], [south], keys=[0])
    lon, lat = np.array([west, 120.38]), np.array([south, 36.07])
    found = two_nearest_by_walk(network, frame.index, lon, lat, estimate=ESTIMATE)
    line_m = [geodesic_m(one, other, west - 1, south) for one, other in zip(lon, lat, strict=True)]
    assert found.walk_m[:, 0] == pytest.approx([line_m[0] * 1.5, line_m[1] * 1.3])
