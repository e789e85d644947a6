"""Exact nearest queries on 200,000 places, beside a plain k-d tree that is not exact.

The peer asks scipy's k-d tree for 10 places by chord on the unit sphere, from Python, one query at
a time, without a geodesic. Usage: python benchmarks/bench_nearest_index.py [places]
"""

import math
import sys
import time
from collections.abc import Callable

import numpy as np
from scipy.spatial import cKDTree

from geoapp.analysis.nearest.index import FacilityIndex, Place

QUERIES = 5000
K = 10


def rate(ask: Callable[[float, float], object], asked: list[tuple[float, float]]) -> float:
    """Return queries per second, the best of three rounds."""
    best = math.inf
    for _ in range(3):
        start = time.perf_counter()
        for lon, lat in asked:
            ask(lon, lat)
        best = min(best, time.perf_counter() - start)
    return len(asked) / best


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    rng = np.random.default_rng(20261123)
    lon, lat = 119.5 + rng.uniform(0, 2, count), 35.5 + rng.uniform(0, 2, count)
    asked = list(
        zip(
            (119.5 + rng.uniform(0, 2, QUERIES)).tolist(),
            (35.5 + rng.uniform(0, 2, QUERIES)).tolist(),
            strict=True,
        )
    )
    lam, phi = np.radians(lon), np.radians(lat)
    tree = cKDTree(
        np.stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)), axis=1)
    )

    def plain(at_lon: float, at_lat: float) -> object:
        x, y = math.radians(at_lon), math.radians(at_lat)
        point = (math.cos(y) * math.cos(x), math.cos(y) * math.sin(x), math.sin(y))
        return tree.query(point, k=K)

    start = time.perf_counter()
    index = FacilityIndex.build(lon, lat, keys=[f"F{number:06d}" for number in range(count)])
    build_seconds = time.perf_counter() - start
    half, rare = rng.random(count) < 0.5, rng.random(count) < 0.001
    selection = index.select(rare)
    start = time.perf_counter()
    changed = index.with_changes([Place("NEW", 120.0, 36.0)], ["F000000"])
    change_ms = (time.perf_counter() - start) * 1000
    peer = rate(plain, asked)
    print(
        f"{count:,} places, k = {K}; built in {build_seconds:.2f} s, one change {change_ms:.1f} ms"
    )
    print(f"{'plain k-d tree, chords only':<44}{peer:10,.0f} queries/s   1.00")
    for name, ask in (
        ("exact", lambda x, y: index.query(lon=x, lat=y, k=K)),
        ("exact, after a change", lambda x, y: changed.query(lon=x, lat=y, k=K)),
        ("exact, mask of half", lambda x, y: index.query(lon=x, lat=y, k=K, mask=half)),
        ("exact, mask of 0.1 %", lambda x, y: index.query(lon=x, lat=y, k=K, mask=rare)),
        ("exact, selection of 0.1 %", lambda x, y: selection.query(lon=x, lat=y, k=K)),
    ):
        per_second = rate(ask, asked)
        print(f"{name:<44}{per_second:10,.0f} queries/s{per_second / peer:7.2f}")


if __name__ == "__main__":
    main()
