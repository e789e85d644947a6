"""Large problems with rules: the same optima by prices and rebuilding, and bounds that hold."""

import math

import numpy as np
import pytest
import scipy.sparse as sp

from geoapp.analysis.siting import SitingStatus, solve_mclp
from geoapp.analysis.siting.covering import ruled as ruled_mclp
from geoapp.analysis.siting.covering.aggregate import merged
from geoapp.analysis.siting.covering.ruled import keeps, value_of
from geoapp.analysis.siting.covering.ruled_search import _bound, rebuilt, without_hopeless
from geoapp.analysis.siting.problem import CoverProblem
from geoapp.analysis.siting.result import Clock
from geoapp.analysis.siting.rules import Rules
from tests.analysis.siting.covering.test_spacing import random_conflicts
from tests.analysis.siting.instances import random_cover, some_rules, subsets, town_cover
from tests.seeds import seeds


def problem(seed: int) -> tuple[np.ndarray, np.ndarray, int, dict[str, object], Rules]:
    """Return a small problem with one or more rules, as parameters and as the models hold them."""
    rng = np.random.default_rng(seed)
    cover = random_cover(rng, int(rng.integers(8, 40)), 8)
    weights = rng.integers(1, 20, len(cover)).astype(float)
    fixed, forbidden = some_rules(rng, 8)
    p = int(rng.integers(max(1, len(fixed)), 8 - len(forbidden) + 1))
    rules: dict[str, object] = {"fixed": fixed, "forbidden": forbidden}
    use = int(rng.integers(1, 16))
    if use & 1:
        rules |= {"costs": rng.integers(1, 10, 8).astype(float), "budget": 25.0}
    if use & 2:
        rules |= {"groups": rng.integers(0, 2, 8), "group_max": {0: 2}, "group_min": {1: 1}}
        rules["groups"][0] = 1  # type: ignore[index]
        rules["groups"][1] = 0  # type: ignore[index]
    if use & 4:
        rules["conflicts"] = random_conflicts(rng, 8)
    if use & 8:
        rules["backup_share"] = 0.25
    return cover, weights, p, rules, CoverProblem.of(cover, weights, p, **rules).rules


def all_plans(rules: Rules) -> list[np.ndarray]:
    """Return every plan that keeps the rules."""
    forbidden = np.flatnonzero(~rules.allowed).tolist()
    plans = (np.array(plan, dtype=np.int64) for plan in subsets(8, rules.fixed.tolist(), forbidden))
    return [plan for plan in plans if keeps(rules, plan)]


@pytest.mark.parametrize("seed", seeds(120))
def test_the_large_way_equals_trying_all(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ruled_mclp, "_QUICK_ENTRIES", -1)
    monkeypatch.setattr(ruled_mclp, "_REBUILD_SHARE", 0.0 if seed % 2 else 0.0005)
    cover, weights, p, given, rules = problem(seed)
    plans = all_plans(rules)
    result = solve_mclp(cover, weights, p, **given)
    if not plans:
        assert result.status is SitingStatus.INFEASIBLE
        return
    best = max(value_of(sp.csr_array(cover * 1.0), weights, rules, plan) for plan in plans)
    assert result.objective == pytest.approx(best, abs=1e-6)
    assert result.status is SitingStatus.OPTIMAL
    assert keeps(rules, result.chosen)


@pytest.mark.parametrize("seed", seeds(40))
def test_every_vector_bounds_every_plan_and_says_what_sites_lack(seed: int) -> None:
    cover, weights, _, _, rules = problem(seed)
    rows = merged(sp.csr_array(cover * 1.0), weights)
    if not len(rows.weights):
        return
    by_site = sp.csr_array(rows.cover.T)
    values = {
        tuple(plan.tolist()): value_of(rows.cover, rows.weights, rules, plan)
        for plan in all_plans(rules)
    }
    rng = np.random.default_rng(seed)
    for v in (
        rng.random(len(rows.weights)),
        np.zeros(len(rows.weights)),
        np.ones(len(rows.weights)),
    ):
        found = _bound(by_site, rows.weights, rules, v, Clock(10.0))
        if found is None:
            assert not values
            continue
        goal = float(np.median(list(values.values()))) if values else 0.0
        kept = without_hopeless(rules, found, goal, False)
        for plan, value in values.items():
            held = found.lacks[list(plan)].max() if plan else 0.0
            assert value <= found.bound - held + 1e-9 * found.size
            if value > goal:
                assert kept[list(plan)].all()


@pytest.mark.parametrize("seed", seeds(40))
def test_rebuilding_keeps_the_rules_and_never_loses(seed: int) -> None:
    cover, weights, _, _, rules = problem(seed)
    plans = all_plans(rules)
    rows = merged(sp.csr_array(cover * 1.0), weights)
    if not plans or not len(rows.weights):
        return
    values = [value_of(rows.cover, rows.weights, rules, plan) for plan in plans]
    start = plans[int(np.argmin(values))]
    sites = rebuilt(rows.cover, rows.weights, rules, start, max(values), Clock(60.0), 0.05)
    assert keeps(rules, sites)
    assert min(values) <= value_of(rows.cover, rows.weights, rules, sites) <= max(values) + 1e-9


def test_what_takes_too_long_is_not_called_optimal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ruled_mclp, "_QUICK_ENTRIES", -1)
    rng = np.random.default_rng(1)
    cover = town_cover(rng, 500, 60, 0.13)
    weights = rng.integers(1, 99, 500).astype(float)
    rules = {"groups": np.arange(60) % 4, "group_max": {0: 3, 1: 2}}
    exact = solve_mclp(cover, weights, 8, **rules)
    monkeypatch.setattr(ruled_mclp, "_MOST_SEARCHED_ENTRIES", -1)
    quick = solve_mclp(cover, weights, 8, **rules, time_limit_seconds=1.0)
    assert exact.status is SitingStatus.OPTIMAL
    assert quick.objective <= exact.objective <= quick.bound
    assert quick.bound < 1.1 * exact.objective
    assert quick.objective > 0.97 * exact.objective
    assert (quick.status is SitingStatus.OPTIMAL) == math.isclose(quick.gap_share, 0)
    near = solve_mclp(cover, weights, 8, **rules, target_gap=0.2)
    assert near.seconds < 30 and near.gap_share <= 0.2
