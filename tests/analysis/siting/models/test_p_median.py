"""p-median equals trying all plans, and meets OR-Library's optima."""

import csv
import math
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.sparse.csgraph import dijkstra

from geoapp.analysis.siting import SitingStatus, solve_p_median
from geoapp.core.errors import InvalidValueError
from tests.analysis.siting.instances import random_impedance, some_rules, subsets
from tests.seeds import seeds


@pytest.mark.parametrize("seed", seeds(200))
def test_p_median_equals_trying_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    impedance = random_impedance(rng, int(rng.integers(1, 25)), 9)
    weights = rng.integers(0, 9, len(impedance)).astype(float)
    if seed % 3 == 0:
        weights, impedance = rng.random(len(impedance)), impedance * 0.37
    fixed, forbidden = some_rules(rng, 9)
    p = int(rng.integers(1, 9 - len(forbidden) + 1))
    counted = weights > 0

    def total(plan: list[int]) -> float:
        away = impedance[:, plan].min(axis=1, initial=math.inf)
        return float(weights[counted] @ away[counted])

    plans = [plan for plan in subsets(9, fixed, forbidden) if total(plan) < math.inf]
    best = min((total(plan) for plan in plans if len(plan) == p), default=math.inf)
    result = solve_p_median(impedance, weights, p, fixed=fixed, forbidden=forbidden)
    if best == math.inf:
        assert result.status is SitingStatus.INFEASIBLE and result.reason is not None
        assert result.needed_p == min(map(len, plans), default=None) or len(fixed) > p
        return
    assert result.objective == pytest.approx(best, rel=1e-9)
    assert result.status is SitingStatus.OPTIMAL and result.bound == result.objective
    assert len(set(result.chosen.tolist())) == p
    assert result.chosen[: len(fixed)].tolist() == fixed
    assert not set(forbidden) & set(result.chosen.tolist())
    reached = np.flatnonzero(result.assignment >= 0)
    assert set(np.flatnonzero(counted)) <= set(reached)
    nearest = impedance[:, result.chosen].min(axis=1)
    assert (impedance[reached, result.assignment[reached]] == nearest[reached]).all()
    row, column = np.nonzero(np.isfinite(impedance))
    stored = sp.csr_array((impedance[row, column], (row, column)), shape=impedance.shape)
    again = solve_p_median(stored, weights, p, fixed=fixed, forbidden=forbidden)
    assert again.objective == pytest.approx(best, rel=1e-9)


def test_more_sites_never_cost_more() -> None:
    rng = np.random.default_rng(2)
    away = rng.integers(1, 100, (80, 30)).astype(float)
    totals = [solve_p_median(away, None, p).objective for p in range(1, 31, 3)]
    assert totals == sorted(totals, reverse=True)


def pmed(folder: Path, name: str) -> np.ndarray:
    """Return all-pairs shortest paths; where an edge is repeated its last cost counts."""
    numbers = np.array((folder / f"{name}.txt").read_text().split(), int)
    size = numbers[0]
    length = np.zeros((size, size))
    for one, other, cost in numbers[3:].reshape(-1, 3):
        length[one - 1, other - 1] = length[other - 1, one - 1] = cost
    return dijkstra(sp.csr_array(length))


# One of each size by default: 100, 200, 300 and 400 places.
@pytest.mark.parametrize(
    "numbers", [(1, 6, 11, 16), pytest.param(range(1, 21), marks=pytest.mark.slow)]
)
def test_pmed1_to_20_are_all_met_and_proven(shared_data: Path, numbers: Collection[int]) -> None:
    folder = shared_data / "optim" / "pmed"
    with (folder / "optima.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 20
    for number in numbers:
        row = rows[number - 1]
        assert row["instance"] == f"pmed{number}"
        result = solve_p_median(pmed(folder, row["instance"]), None, int(row["p"]))
        assert result.objective == result.bound == float(row["optimum_literature"]), row
        assert result.status is SitingStatus.OPTIMAL


def test_wrong_inputs_are_refused() -> None:
    for inputs in ((np.ones((2, 2)), [1], 1), (np.ones((2, 2)), None, 3)):
        with pytest.raises(InvalidValueError):
            solve_p_median(*inputs)
