"""The parts that large covering problems need: exact merging, figures, bounds for every vector."""

import subprocess
import sys

import numpy as np
import pytest
import scipy.sparse as sp

from geoapp.analysis.siting import SitingStatus, solve_mclp
from geoapp.analysis.siting.covering import aggregate
from geoapp.analysis.siting.covering import large as large_mclp
from geoapp.analysis.siting.covering import plain as plain_mclp
from geoapp.analysis.siting.covering.aggregate import merged
from geoapp.analysis.siting.covering.dual import DualAscent, bounds_of
from geoapp.analysis.siting.covering.exchange import Exchange
from geoapp.analysis.siting.covering.greedy import greedy, weight_covered
from geoapp.analysis.siting.result import Clock
from tests.analysis.siting.instances import random_cover, subsets


class OneMark:
    """A generator that marks every column alike, so that all sets of one size collide."""

    def integers(self, low: int, high: int, count: int, dtype: type) -> np.ndarray:
        """Return the same mark for every column."""
        return np.ones(count, dtype)


@pytest.mark.parametrize("collide", [False, True])
def test_rows_are_merged_where_the_sets_are_equal_and_only_there(
    collide: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(5)
    cover = rng.random((300, 6)) < 0.4
    weights = rng.integers(0, 5, 300).astype(float)
    if collide:
        monkeypatch.setattr(aggregate.np.random, "default_rng", lambda seed: OneMark())
    rows = merged(sp.csr_array(cover.astype(float)), weights)
    sets = [tuple(row) for row in rows.cover.toarray() > 0]
    assert len(set(sets)) == len(sets)
    for row in range(300):
        number = rows.row_of[row]
        if weights[row] == 0 or not cover[row].any():
            assert number == -1
        else:
            assert sets[number] == tuple(cover[row])
    for number, one in enumerate(sets):
        same = (cover == np.array(one)).all(axis=1)
        assert rows.weights[number] == weights[same].sum()


def reduced(seed: int, demand: int, sites: int) -> tuple[sp.csr_array, sp.csr_array, np.ndarray]:
    """Return merged rows, their transpose and weights."""
    rng = np.random.default_rng(seed)
    cover = sp.csr_array(random_cover(rng, demand, sites).astype(float))
    rows = merged(cover, rng.integers(1, 50, demand).astype(float))
    by_site = sp.csr_array(rows.cover.T)
    by_site.sort_indices()
    return rows.cover, by_site, rows.weights


@pytest.mark.parametrize("seed", range(20))
def test_every_dual_vector_bounds_every_plan(seed: int) -> None:
    cover, by_site, weights = reduced(seed, 60, 8)
    rng = np.random.default_rng(seed)
    best = [
        max(
            weight_covered(by_site, weights, np.array(plan, dtype=int))
            for plan in subsets(8, [], [])
            if len(plan) == size
        )
        for size in range(5)
    ]
    first = greedy(cover, by_site, weights, 4)
    assert (first.reached <= np.array(best) + 1e-9).all()
    assert (first.bounds >= np.array(best) - 1e-9).all()
    y = np.zeros(8)
    y[first.sites] = 1.0
    ascent = DualAscent(cover, by_site, weights, 4, y)
    dual = ascent.run(Clock(10), good_enough=0.0, until_seconds=10)
    for v in (rng.random(len(weights)), rng.normal(size=len(weights)), dual.v):
        assert (bounds_of(by_site, weights, v, 4) >= np.array(best) - 1e-9).all()
    # The relaxation's value lies between the two, to the accuracy that is asked.
    assert dual.reached <= dual.bound + 1e-9
    assert dual.bound - dual.reached <= 0.01 * dual.bound


def test_exchanges_better_a_plan_and_keep_its_size() -> None:
    cover, by_site, weights = reduced(1, 3000, 200)
    start = np.arange(12)
    exchange = Exchange(cover, by_site, weights, start)
    before = exchange.value
    assert before == weight_covered(by_site, weights, start)
    for _ in range(5):
        exchange.improve(20)
        assert len(set(exchange.sites.tolist())) == 12
        assert exchange.value == weight_covered(by_site, weights, exchange.sites) >= before
        before = exchange.value
    assert start.tolist() == list(range(12))
    quick = greedy(cover, by_site, weights, 12)
    assert exchange.value >= quick.reached[-1]
    exchange.restart(start)
    assert exchange.value == weight_covered(by_site, weights, start) < before


@pytest.mark.parametrize("seed", range(4))
def test_the_way_of_large_problems_claims_nothing_that_is_not_so(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(seed)
    cover = random_cover(rng, 500, 40)
    weights = rng.integers(1, 30, 500)
    exact = solve_mclp(cover, weights, 6)
    assert exact.status is SitingStatus.OPTIMAL
    for module in (plain_mclp, large_mclp):
        monkeypatch.setattr(module, "MOST_SEARCHED_ROWS", 10)
    near = solve_mclp(cover, weights, 6, target_gap=0.05, time_limit_seconds=2)
    assert near.objective <= exact.objective <= near.bound
    assert (near.status is SitingStatus.WITHIN_GAP) == (0 < near.gap_share <= 0.05)
    assert len(near.chosen) == 6


def test_after_the_warm_up_nothing_is_compiled() -> None:
    """In a process of its own: a large problem finds its code ready."""
    code = """
import numpy as np
from geoapp.analysis.siting import solve_mclp
from geoapp.analysis.siting.covering import aggregate, dual as covering_dual, plain
from geoapp.analysis.siting.kernels import dual, exchange, rebuild, waste
from geoapp.analysis.siting.warm_up import warm_up

def compiled():
    return [
        len(one.signatures)
        for module in (aggregate, dual, exchange, rebuild, waste)
        for one in vars(module).values()
        if hasattr(one, "signatures")
    ]

warm_up()
before = compiled()
plain.MOST_SEARCHED_ROWS = covering_dual._COMPILED = 10
random = np.random.default_rng(1)
cover = random.random((500, 40)) < 0.1
solve_mclp(cover, random.integers(1, 30, 500), 6, target_gap=0.05, time_limit_seconds=2)
assert sum(before) > 3 and compiled() == before, (before, compiled())
"""
    subprocess.run([sys.executable, "-c", code], check=True)
