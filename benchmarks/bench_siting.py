"""Siting models on seeded instances: seconds, objective, bound and what is proven.

Usage: python benchmarks/bench_siting.py mclp SHAPE DEMAND SITES P RADIUS_M [GAP SECONDS SEED]
       python benchmarks/bench_siting.py pmed FOLDER     (OR-Library's pmed*.txt and optima.csv)

SHAPE is clustered, network or uniform. Seconds are of the whole call, from the sparse cover to the
result; making the instance and its cover is not counted. The first line of a process includes
loading the compiled loops.
"""

import csv
import sys
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import dijkstra
from siting_instances import cover_within, instance

from geoapp.analysis.siting import SitingResult, solve_mclp, solve_p_median


def told(name: str, result: SitingResult, known: str = "") -> None:
    """Print one row."""
    print(
        f"| {name} | {result.objective:.0f} | {result.bound:.0f} | {result.gap_share:.3%} "
        f"| {result.status} | {result.bound_basis} | {result.seconds:.2f} | {known} |",
        flush=True,
    )


def mclp(arguments: list[str]) -> None:
    """Solve one covering instance, after a small one that loads the compiled loops."""
    shape = arguments[0]
    demand, sites, p = (int(float(one)) for one in arguments[1:4])
    radius_m = float(arguments[4])
    gap, seconds, seed = (
        float(one) for one in (*arguments[5:8], *("0.01", "60", "0")[len(arguments) - 5 :])
    )
    points, places, weights = instance("uniform", 50_000, 400, 1)
    solve_mclp(cover_within(points, places, 4000), weights, 20, time_limit_seconds=5)
    points, places, weights = instance(shape, demand, sites, int(seed))
    cover = cover_within(points, places, radius_m)
    result = solve_mclp(cover, weights, p, target_gap=gap, time_limit_seconds=seconds)
    told(f"{shape} {demand} x {sites} p={p} r={radius_m:g} seed={seed:g}", result)


def pmed(folder: Path) -> None:
    """Solve OR-Library's p-median instances."""
    with (folder / "optima.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        numbers = np.array((folder / f"{row['instance']}.txt").read_text().split(), int)
        length = np.zeros((numbers[0], numbers[0]))
        for one, other, cost in numbers[3:].reshape(-1, 3):
            length[one - 1, other - 1] = length[other - 1, one - 1] = cost
        result = solve_p_median(dijkstra(sp.csr_array(length)), None, int(row["p"]))
        told(f"{row['instance']} p={row['p']}", result, row["optimum_literature"])


if __name__ == "__main__":
    print("| instance | objective | bound | gap | status | basis | seconds | known optimum |")
    print("|---|---|---|---|---|---|---|---|")
    if sys.argv[1:2] == ["mclp"] and len(sys.argv) >= 7:
        mclp(sys.argv[2:])
    elif sys.argv[1:2] == ["pmed"] and len(sys.argv) == 3:
        pmed(Path(sys.argv[2]))
    else:
        raise SystemExit(__doc__)
