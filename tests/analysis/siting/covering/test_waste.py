"""What no plan can avoid is found exactly, and what is taken off a bound leaves every plan below it."""

import itertools
import time
from threading import Timer

import numpy as np
import pytest
import scipy.sparse as sp

from geoapp.analysis.siting import SitingStatus, solve_mclp
from geoapp.analysis.siting.covering import large as large_mclp
from geoapp.analysis.siting.covering import plain as plain_mclp
from geoapp.analysis.siting.covering.aggregate import merged
from geoapp.analysis.siting.covering.dual import DualAscent, bounds_of
from geoapp.analysis.siting.covering.greedy import weight_covered
from geoapp.analysis.siting.covering.waste import Neighbourhoods
from geoapp.analysis.siting.kernels.waste import least_waste
from tests.analysis.siting.instances import random_cover
from tests.seeds import seeds

NO_HALT = np.zeros(1, np.bool_)


def waste_of(
    cover: np.ndarray, never: np.ndarray, twice: np.ndarray, own: np.ndarray, plan: np.ndarray
) -> float:
    """Count the waste of a set of sites as it is defined."""
    times = cover @ plan
    again = twice @ np.maximum(times - 1, 0)
    return float(never[times == 0].sum() + again + own @ plan)


@pytest.mark.parametrize("seed", seeds(300))
def test_the_least_waste_is_that_of_brute_force(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cover = (rng.random((rng.integers(1, 16), rng.integers(1, 9))) < rng.uniform(0.1, 0.7)) * 1
    cover = cover[cover.any(axis=1)]
    rows, sites = cover.shape
    never, twice = (rng.integers(0, 10, rows).astype(float) for _ in range(2))
    own = rng.integers(0, 4, sites).astype(float)
    plans = [np.array(one) for one in itertools.product((0, 1), repeat=sites)]
    least = min(waste_of(cover, never, twice, own, plan) for plan in plans)
    by_row, by_site = sp.csr_array(cover), sp.csr_array(cover.T)
    matrices = [
        one.astype(np.int32)
        for one in (by_row.indptr, by_row.indices, by_site.indptr, by_site.indices)
    ]
    for limit in (1e9, least + 1, least, least - 1):
        best = np.zeros(sites, np.bool_)
        found, used = least_waste(*matrices, never, twice, own, limit, 10**6, best, NO_HALT)
        assert used >= 0 and found == min(least, limit)
        if limit > least:
            assert waste_of(cover, never, twice, own, best * 1) == least


@pytest.mark.parametrize("seed", seeds(40))
def test_bounds_below_the_relaxation_hold_for_every_plan(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = merged(sp.csr_array(random_cover(rng, 60, 9).astype(float)), rng.uniform(1, 50, 60))
    by_site = sp.csr_array(rows.cover.T)
    by_site.sort_indices()
    p = int(rng.integers(1, 6))
    plans = [np.array(one) for one in itertools.combinations(range(9), p)]
    values = [weight_covered(by_site, rows.weights, plan) for plan in plans]
    best = plans[int(np.argmax(values))]
    y = np.zeros(9)
    y[best] = 1.0
    ascent = DualAscent(rows.cover, by_site, rows.weights, p, y)
    for _ in range(20):
        ascent.advance()
    some = plans[int(rng.integers(len(plans)))]
    for v in (ascent.best.v, rng.random(len(rows.weights)), rng.integers(0, 2, len(rows.weights))):
        bound = bounds_of(by_site, rows.weights, v, p)[p]
        for plan, size in ((best, 1), (best, p), (some, 2), (some, p)):
            for branches in (3, 10**6):
                parts = Neighbourhoods(rows.cover, by_site, rows.weights, p, plan, size)
                steps = list(parts.least(v, branches, NO_HALT))
                # Every step on the way is a bound of its own, and they only become better.
                assert steps == sorted(steps) and steps[0] >= 0
                assert bound - steps[-1] >= max(values) - 1e-9 * bound


def test_a_relaxation_that_proves_nothing_is_surpassed() -> None:
    # Three sites in a ring, each pair meeting one demand point of weight 10, and each site alone one of
    # weight 1. With v = 1/2: U = 33 / 2 + (10 + 10 + 1) / 2 = 27, where one site covers 21.
    cover = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    weights = np.array([10.0, 10, 10, 1, 1, 1])
    rows = merged(sp.csr_array(cover.astype(float)), weights)
    by_site = sp.csr_array(rows.cover.T)
    by_site.sort_indices()
    v = np.full(6, 0.5)
    assert bounds_of(by_site, rows.weights, v, 1)[1] == 27
    parts = Neighbourhoods(rows.cover, by_site, rows.weights, 1, np.array([0]), 1)
    # No site wastes 33 / 2, one (10 + 1 + 1) / 2 = 6, two 10 / 2 + 1 / 2 = 5.5, three 30 / 2 = 15.
    assert list(parts.least(v, 100, NO_HALT))[-1] == pytest.approx(5.5)


def test_a_raised_flag_stops_the_search_and_what_is_proven_stays_true() -> None:
    rng = np.random.default_rng(4)
    cover = sp.csr_array(random_cover(rng, 2000, 120).astype(float))
    rows = merged(cover, rng.uniform(1, 50, 2000))
    by_site = sp.csr_array(rows.cover.T)
    by_site.sort_indices()
    parts = Neighbourhoods(rows.cover, by_site, rows.weights, 12, np.arange(12), 12)
    halt = np.zeros(1, np.bool_)
    timer = Timer(0.2, lambda: halt.__setitem__(0, True))
    start = time.perf_counter()
    timer.start()
    steps = list(parts.least(np.full(len(rows.weights), 0.3), 10**9, halt))
    assert time.perf_counter() - start < 5
    assert steps[-1] >= 0
    assert not any(parts.least(np.full(len(rows.weights), 0.3), 10**9, halt))


@pytest.mark.parametrize("seed", range(6))
def test_the_way_of_large_problems_ends_at_the_optimum_or_says_how_far(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(seed)
    cover = random_cover(rng, 400, 30)
    weights = rng.integers(1, 30, 400)
    exact = solve_mclp(cover, weights, 6)
    for module in (plain_mclp, large_mclp):
        monkeypatch.setattr(module, "MOST_SEARCHED_ROWS", 1)
    told: list[tuple[float, float]] = []
    near = solve_mclp(
        cover,
        weights,
        6,
        time_limit_seconds=1,
        progress=lambda objective, bound: told.append((objective, bound)),
    )
    assert near.objective <= exact.objective <= near.bound
    assert (near.status is SitingStatus.OPTIMAL) == (near.bound == near.objective)
    assert all(objective <= exact.objective <= bound + 1e-6 for objective, bound in told)
    bounds = [bound for _, bound in told]
    assert bounds == sorted(bounds, reverse=True)
