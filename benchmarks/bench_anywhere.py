"""The best places anywhere: seconds, objective, bound and what is proven, whole cities and large ones.

Usage: python benchmarks/bench_anywhere.py [PART ...] [--demand FILE.npz] [--points N] [--seed N]

PART is any of (both, where none is named)
  city   p = 10, 50, 200 to 0.1 %, 10 s each, on --demand (arrays lon, lat, weight: what nobody covers
         yet), else on 26,000 seeded points gathered about 300 places of 60 km x 60 km
  large  p = 100 to 1 %, 60 s, on N points (1,000,000) spread likewise over 300 km x 300 km

The standard is 500 m on foot, a line of 500 / 1.3 m. Seconds are of the wall and of the processor, of the
whole call; loading the compiled loops is not counted. Memory is the greatest of the process so far.
"""

import argparse
import resource
import time
from pathlib import Path

import numpy as np

from geoapp.analysis.siting import solve_mclp_anywhere
from geoapp.analysis.siting.warm_up import warm_up

STANDARD_M = 500 / 1.3


def gathered(points: int, middles: int, side_deg: float, seed: int) -> tuple[np.ndarray, ...]:
    """Return lon, lat and whole weights of points about some places, a third of them spread evenly."""
    rng = np.random.default_rng(seed)
    middle = rng.random((middles, 2)) * side_deg
    place = middle[rng.integers(0, middles, points)] + rng.normal(0, 0.015, (points, 2))
    even = rng.random(points) < 1 / 3
    place[even] = rng.random((int(even.sum()), 2)) * side_deg
    return 120 + place[:, 0], 36 + place[:, 1], 1.0 + rng.geometric(0.15, points)


def solve(name: str, demand: tuple[np.ndarray, ...], p: int, gap: float, seconds: float) -> None:
    """Solve one instance and print its row."""
    processor, wall = time.process_time(), time.perf_counter()
    result = solve_mclp_anywhere(*demand, p, STANDARD_M, time_limit_seconds=seconds, target_gap=gap)
    processor, wall = time.process_time() - processor, time.perf_counter() - wall
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"| {name}, {len(demand[0])} points, p={p} | {result.objective:.0f} | {result.bound:.0f} "
        f"| {result.gap_share:.3%} | {result.status} | {wall:.1f} | {processor:.1f} "
        f"| {memory:.1f} GB |",
        flush=True,
    )


def main() -> None:
    """Run the parts that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=["city", "large"], default=["city", "large"])
    parser.add_argument("--demand", type=Path)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=14)
    asked = parser.parse_args()
    warm_up()
    print("| instance | objective | bound | gap | status | s | s of processor | peak memory |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    if "city" in asked.parts:
        if asked.demand is None:
            demand = gathered(26_000, 300, 0.6, asked.seed)
        else:
            held = np.load(asked.demand)
            demand = (held["lon"], held["lat"], held["weight"])
        for p in (10, 50, 200):
            solve("city", demand, p, 0.001, 10.0)
    if "large" in asked.parts:
        solve("large", gathered(asked.points, 3_000, 3.0, asked.seed), 100, 0.01, 60.0)


if __name__ == "__main__":
    main()
