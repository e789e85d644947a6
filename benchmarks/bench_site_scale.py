"""Maximal covering by components: in one piece, by one and by two workers of a local Dask.

Towns of very different size lie too far apart to share demand, as in a country; candidates lie in each.
Told are the seconds, the workers reached and the bound of each way, in one run on one machine. Fails where
two that are proven best differ, or a plan surpasses another's bound.

Usage: python benchmarks/bench_site_scale.py [--points 200000] [--sites 8000] [-p 400] [--seconds 60]
"""

import argparse
import os
import time
from collections.abc import Callable

import numpy as np
import scipy.sparse as sp
from scipy.spatial import cKDTree

from geoapp.analysis.siting import CoverProblem, Limits, SitingResult, SitingStatus, most_covered
from geoapp.operations.siting.parts import most_covered_on
from geoapp.operations.workforce import open_workforce

TOWNS, REACH_M = 300, 500.0


def country(points: int, sites: int, p: int) -> CoverProblem:
    """Return a problem of towns that do not touch."""
    rng = np.random.default_rng(20261130)
    share = rng.pareto(1.2, TOWNS) + 0.05
    share /= share.sum()
    wide_m = 12_000 * np.sqrt(share / share.max())

    def placed(count: int) -> np.ndarray:
        town = rng.choice(TOWNS, count, p=share)
        away = rng.normal(size=(count, 2)) * wide_m[town][:, None] / 3
        return away + np.c_[town * 100_000.0, np.zeros(count)]

    demand, candidates = placed(points), placed(sites)
    pairs = cKDTree(demand).query_ball_tree(cKDTree(candidates), REACH_M)
    first = np.concatenate(([0], np.cumsum([len(one) for one in pairs])))
    columns = np.concatenate([np.sort(np.array(one, np.int64)) for one in pairs])
    cover = sp.csr_array((np.ones(len(columns)), columns, first), shape=(points, sites))
    return CoverProblem.of(cover, rng.integers(1, 40, points).astype(float), p)


def main() -> None:
    """Measure."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--points", type=int, default=200_000)
    asked.add_argument("--sites", type=int, default=8_000)
    asked.add_argument("-p", type=int, default=400)
    asked.add_argument("--seconds", type=float, default=60.0)
    given = asked.parse_args()
    problem = country(given.points, given.sites, given.p)
    print(
        f"{given.points:,} demand points, {given.sites:,} candidates, {problem.cover.nnz:,} pairs, "
        f"p = {given.p}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start"
    )
    found: list[SitingResult] = []

    def tell(name: str, solve: Callable[[CoverProblem, Limits], SitingResult]) -> None:
        start = time.perf_counter()
        result = solve(problem, Limits(given.seconds))
        found.append(result)
        print(
            f"{name}: {time.perf_counter() - start:.1f} s, {result.objective:,.0f} workers, bound "
            f"{result.bound:,.0f} (gap {result.gap_share:.3%}), {result.status}"
        )

    tell("in one piece", most_covered)
    for workers in (1, 2):
        with open_workforce("local", workers) as workforce:
            tell(
                f"{workers} worker(s)",
                lambda asked, limits, here=workforce: most_covered_on(here, asked, limits),
            )
    best = {one.objective for one in found if one.status is SitingStatus.OPTIMAL}
    if len(best) > 1 or max(one.objective for one in found) > min(one.bound for one in found):
        raise SystemExit("the answers differ")


if __name__ == "__main__":
    main()
