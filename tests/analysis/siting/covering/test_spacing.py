"""Least spacing equals trying all plans, in maximal and in set covering, with all other rules."""

import math

import numpy as np
import pytest
import scipy.sparse as sp

from geoapp.analysis.siting import SitingStatus, pairs_nearer_than, solve_lscp, solve_mclp
from geoapp.analysis.siting.spacing import cliques
from geoapp.core.errors import InvalidValueError
from tests.analysis.siting.instances import random_cover, some_rules, subsets
from tests.seeds import seeds


def random_conflicts(rng: np.random.Generator, sites: int) -> np.ndarray:
    """Return a relation in one direction: sites on a square that are near each other."""
    places = rng.random((sites, 2))
    away = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    return np.triu(away < rng.uniform(0.1, 0.6), 1)


def keeps(relation: np.ndarray, plan: list[int]) -> bool:
    """Say whether no two sites of a plan are in conflict."""
    return not relation[np.ix_(plan, plan)].any()


@pytest.mark.parametrize("seed", seeds(150))
def test_mclp_with_spacing_equals_trying_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cover = random_cover(rng, int(rng.integers(1, 40)), 9)
    weights = rng.integers(0, 20, len(cover)).astype(float)
    relation = random_conflicts(rng, 9)
    fixed, forbidden = some_rules(rng, 9)
    rules: dict[str, object] = {}
    costs, budget, share = np.zeros(9), math.inf, 0.0
    district = rng.integers(0, 3, 9)
    least: dict[int, int] = {}
    use = int(rng.integers(0, 8))
    if use & 1:
        costs, budget = rng.integers(1, 10, 9).astype(float), float(rng.integers(5, 40))
        rules |= {"costs": costs, "budget": budget}
    if use & 2:
        least = {int(g): int(rng.integers(0, 3)) for g in np.unique(district)}
        rules |= {"groups": district, "group_min": least}
    if use & 4:
        share = float(rng.choice([0.25, 0.5]))
        rules["backup_share"] = share
    p = int(rng.integers(1, 9 - len(forbidden) + 1))
    given = sp.csr_array(relation) if seed % 2 else np.argwhere(relation)
    result = solve_mclp(
        cover, weights, p, fixed=fixed, forbidden=forbidden, conflicts=given, **rules
    )
    plans = [
        plan
        for plan in subsets(9, fixed, forbidden)
        if keeps(relation, plan) and all((district[plan] == g).sum() >= n for g, n in least.items())
    ]
    allowed = [plan for plan in plans if len(plan) <= p and costs[plan].sum() <= budget]
    if not allowed:
        assert result.status is SitingStatus.INFEASIBLE and result.reason is not None
        if result.needed_p is None:
            assert not plans
            return
        assert result.needed_p == min(map(len, plans), default=None) or not plans
        if result.needed_budget is not None and plans:
            enough = max(p, result.needed_p)
            assert result.needed_budget == min(
                costs[plan].sum() for plan in plans if len(plan) <= enough
            )
        return

    def value(plan: list[int]) -> float:
        times = cover[:, plan].sum(axis=1)
        return float((1 - share) * weights[times > 0].sum() + share * weights[times > 1].sum())

    assert result.status is SitingStatus.OPTIMAL
    assert sorted(result.chosen.tolist()) in [sorted(plan) for plan in allowed]
    assert result.objective == pytest.approx(max(map(value, allowed)), abs=1e-6)
    assert result.objective == pytest.approx(value(result.chosen.tolist()))


@pytest.mark.parametrize("seed", seeds(150))
def test_lscp_with_spacing_equals_trying_all(seed: int) -> None:
    rng = np.random.default_rng(500 + seed)
    cover = random_cover(rng, int(rng.integers(1, 30)), 9)
    weights = rng.integers(1, 9, len(cover)).astype(float)
    relation = random_conflicts(rng, 9)
    share = float(rng.choice([1.0, 0.8, 0.5]))
    costs = rng.integers(1, 9, 9).astype(float) if seed % 2 else np.ones(9)
    fixed, forbidden = some_rules(rng, 9)
    result = solve_lscp(
        cover,
        weights,
        share=share,
        costs=costs,
        fixed=fixed,
        forbidden=forbidden,
        conflicts=relation | relation.T,
    )
    kept = [plan for plan in subsets(9, fixed, forbidden) if keeps(relation, plan)]

    def reached(plan: list[int]) -> float:
        return float(weights[cover[:, plan].any(axis=1)].sum() / weights.sum())

    plans = [plan for plan in kept if reached(plan) >= share - 1e-9]
    if not plans:
        assert result.status is SitingStatus.INFEASIBLE and result.reason is not None
        if "spacing" in result.reason.en:
            assert result.reachable_share == pytest.approx(max(map(reached, kept)))
        return
    assert result.status is SitingStatus.OPTIMAL and result.bound == result.objective
    assert result.objective == min(costs[plan].sum() for plan in plans)
    assert sorted(result.chosen.tolist()) in [sorted(plan) for plan in plans]


@pytest.mark.parametrize("seed", range(20))
def test_cliques_hold_every_pair_and_nothing_else(seed: int) -> None:
    rng = np.random.default_rng(seed)
    relation = random_conflicts(rng, 25)
    both = relation | relation.T
    sets = cliques(np.argwhere(relation), 25)
    held = np.zeros_like(both)
    for one in sets:
        assert len(one) > 1
        held[np.ix_(one, one)] = True
    np.fill_diagonal(held, False)
    assert (held == both).all()
    assert len(sets) <= relation.sum()


def test_pairs_are_measured_on_the_spheroid_and_the_smaller_spacing_counts() -> None:
    # One degree of latitude at the equator is 110,574 m; the sites stand 0, 553, 1,106, 3,317 m north.
    lat = [0.0, 0.005, 0.01, 0.03]
    lon = [120.0] * 4
    near = pairs_nearer_than(1000, lon=lon, lat=lat)
    assert near.tolist() == [[0, 1], [1, 2]]
    assert pairs_nearer_than([1000, 500, 1000, 1000], lon=lon, lat=lat).tolist() == []
    assert pairs_nearer_than(1200, lon=lon, lat=lat).tolist() == [[0, 1], [0, 2], [1, 2]]
    assert pairs_nearer_than(1200, lon=lon, lat=lat, fixed=[0, 2]).tolist() == [[0, 1], [1, 2]]
    # At the same place and at exactly the spacing.
    assert pairs_nearer_than(0, lon=[1, 1], lat=[2, 2]).tolist() == []
    assert pairs_nearer_than(1, lon=[1], lat=[2]).shape == (0, 2)


def test_fixed_sites_in_conflict_are_named_and_wrong_relations_refused() -> None:
    cover = np.eye(3)
    for result in (
        solve_mclp(cover, [1, 1, 1], 3, fixed=[0, 2], conflicts=[(2, 0)]),
        solve_lscp(cover, fixed=[0, 2], conflicts=[(2, 0)]),
    ):
        assert result.status is SitingStatus.INFEASIBLE
        assert "0 and 2" in result.reason.en and "0 与 2" in result.reason.zh
    wrong: list[object] = [
        [(0, 3)],
        [(1, 1)],
        [(0, 1, 2)],
        [(0.5, 1)],
        np.ones((2, 2), bool),
        sp.csr_array(np.full((3, 3), math.nan)),
    ]
    for one in wrong:
        with pytest.raises(InvalidValueError, match="conflicts"):
            solve_mclp(cover, [1, 1, 1], 1, conflicts=one)
