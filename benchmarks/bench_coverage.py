"""Coverage of 1,000,000 demand points by 2,000 facilities, beside a search that is not exact.

The peer is scipy's k-d tree with k = 2 on all cores over unit-sphere coordinates: the nearest two
by chord, no geodesics, no regions, no figures. Usage: python benchmarks/bench_coverage.py
[demand facilities]
"""

import os
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from geoapp.analysis.coverage.areas import cover_area, cover_areas
from geoapp.analysis.coverage.coverage import coverage
from geoapp.analysis.coverage.gaps import gap_zones
from geoapp.analysis.frames import DemandFrame, FacilityFrame
from geoapp.core.walking import Standard, WalkingEstimate


def unit_vectors(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return points on the unit sphere."""
    lam, phi = np.radians(lon), np.radians(lat)
    return np.stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)), axis=1)


def timed(work: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    """Return the median seconds of some runs, and the last answer."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        answer = work()
        seconds.append(time.perf_counter() - start)
    return sorted(seconds)[times // 2], answer


def main() -> None:
    """Print the table."""
    count, places = (
        int(one) for one in (*sys.argv[1:3], *("1000000", "2000")[len(sys.argv) - 1 :])
    )
    rng = np.random.default_rng(20261123)
    lon, lat = 120 + rng.uniform(0, 0.6, count), 36 + rng.uniform(0, 0.5, count)
    places_lon, places_lat = 120 + rng.uniform(0, 0.6, places), 36 + rng.uniform(0, 0.5, places)
    region = np.array([f"R{number:03d}" for number in range(140)], dtype=object)
    demand = DemandFrame.from_arrays(
        lon, lat, rng.integers(1, 20, count), region=region[rng.integers(0, 140, count)]
    )
    facilities = FacilityFrame.from_arrays(places_lon, places_lat, keys=list(range(places)))
    parents = {code: f"D{number % 10}" for number, code in enumerate(region)}
    standard, estimate = Standard.of_metres(500), WalkingEstimate()

    def peer() -> Any:
        tree = cKDTree(unit_vectors(places_lon, places_lat))
        return tree.query(unit_vectors(lon, lat), k=2, workers=-1)

    peer_seconds, _ = timed(peer)
    seconds, result = timed(
        lambda: coverage(demand, facilities, standard, estimate=estimate, parents=parents)
    )
    gap_seconds, gaps = timed(lambda: gap_zones(demand, result), 1)
    area_seconds, _ = timed(
        lambda: cover_area(cover_areas(facilities, standard, estimate=estimate)), 1
    )
    uncovered = int(np.count_nonzero(~result.covered))
    print(f"{count:,} demand points, {places:,} facilities, {os.cpu_count()} cores")
    print(f"{'plain k-d tree, k = 2, chords only':<52}{peer_seconds:8.2f} s   1.00")
    print(
        f"{'coverage: exact, backup, regions, distribution':<52}{seconds:8.2f} s"
        f"{seconds / peer_seconds:7.2f}"
    )
    zones = len(gaps.zones) + gaps.rest_zones
    print(f"{f'gap zones: {uncovered:,} uncovered -> {zones:,} zones':<52}{gap_seconds:8.2f} s")
    print(f"{'cover areas, one union':<52}{area_seconds:8.2f} s")


if __name__ == "__main__":
    main()
