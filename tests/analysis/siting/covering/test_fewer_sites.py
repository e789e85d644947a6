"""Exchanges that look for covering plans with fewer sites: plans stay plans, optima stay optima."""

import numpy as np
import pytest
import scipy.sparse as sp

from geoapp.analysis.siting import SitingStatus, solve_lscp, solve_p_center
from geoapp.analysis.siting.covering import set_covering
from geoapp.analysis.siting.covering.aggregate import merged
from geoapp.analysis.siting.covering.fewer_sites import Goal, with_fewer
from geoapp.analysis.siting.result import Clock
from tests.analysis.siting.instances import some_rules, subsets, town_cover
from tests.seeds import seeds


@pytest.mark.parametrize("seed", seeds(60))
def test_set_covering_with_exchanges_equals_trying_all(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(set_covering, "_QUICK_ENTRIES", -1)
    monkeypatch.setattr(set_covering, "_PATIENCE", 4)
    rng = np.random.default_rng(seed)
    cover = town_cover(rng, 30, 9, 0.45)
    weights = rng.integers(1, 9, 30).astype(float)
    share = float(rng.choice([1.0, 0.8]))
    fixed, forbidden = some_rules(rng, 9)
    plans = [
        plan
        for plan in subsets(9, fixed, forbidden)
        if weights[cover[:, plan].any(axis=1)].sum() >= share * weights.sum() - 1e-9
    ]
    result = solve_lscp(cover, weights, share=share, fixed=fixed, forbidden=forbidden)
    if not plans:
        assert result.status is SitingStatus.INFEASIBLE
        return
    assert result.status is SitingStatus.OPTIMAL
    assert result.objective == min(map(len, plans))
    assert sorted(result.chosen.tolist()) in [sorted(plan) for plan in plans]


def test_a_plan_of_all_sites_shrinks_and_keeps_what_is_fixed() -> None:
    rng = np.random.default_rng(3)
    cover = town_cover(rng, 400, 60, 0.3)
    rows = merged(sp.csr_array(cover * 1.0), np.ones(400))
    total = float(rows.weights.sum())
    fixed, allowed = np.array([7, 4]), np.ones(60, bool)
    allowed[[0, 1]] = False
    all_ = np.concatenate((fixed, np.setdiff1d(np.flatnonzero(allowed), fixed)))
    best = solve_lscp(cover, fixed=fixed, forbidden=[0, 1])
    assert best.status is SitingStatus.OPTIMAL
    least = int(best.objective)
    goal = Goal(rows.cover, rows.weights, total, fixed, allowed)
    sites = with_fewer(goal, all_, least=least, clock=Clock(60.0), patience=20)
    assert set(fixed) <= set(sites) and not {0, 1} & set(sites)
    assert cover[:, sites].any(axis=1).all() == cover[:, all_].any(axis=1).all()
    assert least <= len(sites) <= least + 2
    more = with_fewer(goal, all_, least=least + 5, clock=Clock(60.0), patience=20)
    assert len(more) == least + 5


def test_p_center_with_exchanges_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    points, places = rng.random((150, 2)), rng.random((40, 2))
    away = np.hypot(*(points[:, None] - places[None]).transpose(2, 0, 1))
    plain = [solve_p_center(away, p, fixed=[3]).objective for p in (1, 2, 5, 9)]
    monkeypatch.setattr(set_covering, "_QUICK_ENTRIES", -1)
    for p, objective in zip((1, 2, 5, 9), plain, strict=True):
        again = solve_p_center(away, p, fixed=[3])
        assert (again.objective, again.bound) == (objective, objective)
        assert again.status is SitingStatus.OPTIMAL and 3 in again.chosen
