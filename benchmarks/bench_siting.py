"""Siting models on seeded instances: seconds, objective, bound and what is proven.

Usage: python benchmarks/bench_siting.py [PART ...] [--seed N] [--shape SHAPE ...] [--pmed FOLDER]

PART is any of (all, where none is named)
  peer     10,000 x 500 beside spopt (PySAL) with HiGHS, from the same arrays, to the same optimum
  p100     1,000,000 x 5,000, p = 100, gap asked 1 %, 10 s
  p500     1,000,000 x 5,000, p = 500, gap asked 1 %, 60 s
  p200     100,000 x 5,000, p = 200, gap asked 0.5 %, 60 s
  limit    the 1,000,000 x 5,000 instance with a limit of one second
  fair     the worst district first: 36,000 x 11,000, ten districts, p = 10 and 20, 60 s
  pmed     OR-Library's p-median problems: --pmed names the folder of pmed*.txt and optima.csv

SHAPE is clustered, network or uniform (all three, where none is named). Seconds are of the whole call,
from the sparse cover to the result; making the instance and its cover is not counted, loading the
compiled loops neither. spopt needs `pip install geoapp[bench]`. A checksum is of the sorted sites.
"""

import argparse
import csv
import resource
import time
import zlib
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import dijkstra
from scipy.spatial.distance import cdist
from siting_instances import SHAPES, cover_within, instance, radius_of_share

from geoapp.analysis.siting import SitingResult, solve_equity, solve_mclp, solve_p_median
from geoapp.analysis.siting.warm_up import warm_up

PARTS = ("peer", "p100", "p500", "p200", "limit", "fair", "pmed")
# Metres, or the share of the demand that one site covers on average.
STANDARDS = (1500.0, 0.002)
PEER_STANDARDS = (2500.0, 4000.0)


def checksum(sites: np.ndarray) -> str:
    """Return a checksum of a plan, whatever its order."""
    return f"{zlib.crc32(np.sort(sites).astype('<i8').tobytes()):08x}"


def told(name: str, weight: float, result: SitingResult, known: str = "") -> None:
    """Print one row."""
    share = f"{result.objective / weight:.1%}" if weight else ""
    print(
        f"| {name} | {share} | {result.objective:.0f} | {result.bound:.0f} | {result.gap_share:.3%} "
        f"| {result.status} | {result.bound_basis} | {result.seconds:.2f} "
        f"| {checksum(result.chosen)} | {known} |",
        flush=True,
    )


def headed(last: str) -> None:
    """Print the head of a table."""
    print(
        f"\n| instance | covered | objective | bound | gap | status | basis | s | sites | {last} |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|", flush=True)


def large(
    shapes: list[str], demand: int, p: int, gap: float, seconds: float, seed: int, only: int = 2
) -> None:
    """Solve large covering instances under several standards."""
    headed("peak memory")
    for shape in shapes:
        points, places, weights = instance(shape, demand, 5000, seed)
        for standard in STANDARDS[:only]:
            metres = standard
            if standard < 1:
                metres = radius_of_share(points, places, standard)
            cover = cover_within(points, places, metres)
            result = solve_mclp(cover, weights, p, target_gap=gap, time_limit_seconds=seconds)
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
            name = f"{shape} {demand} x 5000, p={p}, {metres:.0f} m, seed {seed}"
            told(name, weights.sum(), result, f"{memory:.1f} GB")


def peer(shapes: list[str], seed: int) -> None:
    """Solve 10,000 x 500 with spopt and with ours, from the same coordinates and weights."""
    try:
        import pulp  # noqa: PLC0415  (an extra)
        from spopt.locate import MCLP  # noqa: PLC0415
    except ImportError:
        print("\npeer: spopt is not installed (pip install geoapp[bench]); nothing is compared")
        return
    headed("spopt's objective, seconds (of which building), ratio")
    for shape in shapes:
        points, places, weights = instance(shape, 10_000, 500, seed)
        for metres in PEER_STANDARDS:
            impedance = cdist(points, places)
            start = time.perf_counter()
            model = MCLP.from_cost_matrix(impedance, weights, metres, 20)
            built = time.perf_counter() - start
            model = model.solve(pulp.HiGHS(msg=False))
            theirs = time.perf_counter() - start
            start = time.perf_counter()
            result = solve_mclp(sp.csr_array(impedance <= metres), weights, 20)
            ours = time.perf_counter() - start
            value = model.problem.objective.value()
            note = "" if abs(value - result.objective) < 0.5 else " NOT EQUAL"
            told(
                f"{shape} 10000 x 500, p=20, {metres:.0f} m, seed {seed}",
                weights.sum(),
                result,
                f"{value:.0f}{note}, {theirs:.1f} s ({built:.1f}), {theirs / ours:.0f} x",
            )


def fair(shapes: list[str], seed: int) -> None:
    """Lift the worst of ten districts, of which some are served better than others already."""
    print("\n| instance | worst before | worst after | bound | levels proven | status | s |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for shape in shapes:
        points, places, weights = instance(shape, 36_000, 11_000, seed)
        district = np.minimum(points[:, 0] // 10_000, 9).astype(int)
        rng = np.random.default_rng(seed)
        stands = sp.csr_array((rng.random(len(points)) < 0.1 + 0.05 * district)[:, None] * 1.0)
        cover = sp.csr_array(sp.hstack((cover_within(points, places, 500.0), stands), format="csr"))
        standing = len(places)
        for p in (10, 20):
            result = solve_equity(cover, weights, p + 1, district, fixed=[standing])
            total = np.bincount(district, weights)
            before = np.bincount(district, weights * stands.toarray()[:, 0]) / total
            proven = sum(level.proven for level in result.levels)
            print(
                f"| {shape} 36000 x 11000, p={p}, 500 m, seed {seed} | {before.min():.2%} "
                f"| {np.nanmin(result.shares):.2%} | {result.levels[0].bound:.2%} | {proven} "
                f"| {result.plan.status} | {result.plan.seconds:.1f} |",
                flush=True,
            )


def pmed(folder: Path | None) -> None:
    """Solve OR-Library's p-median instances."""
    if folder is None:
        print("\npmed: name the folder of OR-Library's files with --pmed")
        return
    headed("known optimum")
    with (folder / "optima.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        numbers = np.array((folder / f"{row['instance']}.txt").read_text().split(), int)
        length = np.zeros((numbers[0], numbers[0]))
        for one, other, cost in numbers[3:].reshape(-1, 3):
            length[one - 1, other - 1] = length[other - 1, one - 1] = cost
        result = solve_p_median(dijkstra(sp.csr_array(length)), None, int(row["p"]))
        told(f"{row['instance']} p={row['p']}", 0.0, result, row["optimum_literature"])


def main() -> None:
    """Run the parts asked for, one after another."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--shape", nargs="+", choices=SHAPES, default=list(SHAPES))
    parser.add_argument("--pmed", type=Path)
    asked = parser.parse_args()
    unknown = set(asked.part) - set(PARTS)
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))}: the parts are {', '.join(PARTS)}")
    parts = asked.part or PARTS
    warm_up()
    if "peer" in parts:
        peer(asked.shape, asked.seed)
    if "p100" in parts:
        large(asked.shape, 1_000_000, 100, 0.01, 10.0, asked.seed)
    if "p500" in parts:
        large(asked.shape, 1_000_000, 500, 0.01, 60.0, asked.seed)
    if "p200" in parts:
        large(asked.shape, 100_000, 200, 0.005, 60.0, asked.seed)
    if "limit" in parts:
        large(asked.shape, 1_000_000, 500, 0.0, 1.0, asked.seed, only=1)
    if "fair" in parts:
        fair(asked.shape, asked.seed)
    if "pmed" in parts:
        pmed(asked.pmed)


if __name__ == "__main__":
    main()
