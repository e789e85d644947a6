"""Lifting the worst district first equals ordering all plans by their sorted shares."""

from collections.abc import Callable

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.spatial import cKDTree

from geoapp.analysis.siting import SitingStatus, solve_equity, solve_mclp
from geoapp.core.errors import InvalidValueError
from tests.analysis.siting.covering.test_spacing import keeps, random_conflicts
from tests.analysis.siting.instances import random_cover, some_rules, subsets, town_cover
from tests.seeds import seeds


@pytest.mark.parametrize("seed", seeds(150))
def test_equity_equals_trying_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cover = random_cover(rng, int(rng.integers(3, 30)), 8)
    weights = rng.integers(0, 9, len(cover)).astype(float)
    region = rng.integers(0, 4, len(cover))
    names = np.array(["a", "b", "c", "d"])
    fixed, forbidden = some_rules(rng, 8)
    p = int(rng.integers(max(1, len(fixed)), 8 - len(forbidden) + 1))
    rules: dict[str, object] = {}
    costs, budget, relation = np.zeros(8), np.inf, np.zeros((8, 8), bool)
    district, most = rng.integers(0, 2, 8), {}
    if seed % 4 == 1:
        costs, budget = rng.integers(1, 10, 8).astype(float), float(rng.integers(10, 40))
        rules = {"costs": costs, "budget": budget}
    elif seed % 4 == 2:
        relation = random_conflicts(rng, 8)
        rules = {"conflicts": relation}
    elif seed % 4 == 3:
        most = {int(g): 2 for g in np.unique(district)}
        rules = {"groups": district, "group_max": most}
    result = solve_equity(
        cover, weights, p, names[region], fixed=fixed, forbidden=forbidden, **rules
    )
    plans = [
        plan
        for plan in subsets(8, fixed, forbidden)
        if len(plan) <= p
        and costs[plan].sum() <= budget
        and keeps(relation, plan)
        and all((district[plan] == g).sum() <= n for g, n in most.items())
    ]
    if not plans:
        assert result.plan.status is SitingStatus.INFEASIBLE and result.levels == ()
        return
    total = np.bincount(region, weights, 4)

    def key(plan: list[int]) -> tuple[float, ...]:
        met = cover[:, plan].any(axis=1)
        share = np.bincount(region[met], weights[met], 4)[total > 0] / total[total > 0]
        return (*np.round(np.sort(share), 9).tolist(), float(weights[met].sum()))

    best = max(map(key, plans))
    chosen = result.plan.chosen.tolist()
    assert sorted(chosen) in [sorted(plan) for plan in plans]
    assert key(chosen) == best
    assert result.plan.status is SitingStatus.OPTIMAL
    assert result.plan.objective == result.plan.bound == best[-1]
    for number, name in enumerate(result.regions):
        code = names.tolist().index(name)
        met = cover[:, chosen].any(axis=1) & (region == code)
        if total[code]:
            assert result.shares[number] == pytest.approx(weights[met].sum() / total[code])
        else:
            assert np.isnan(result.shares[number])
    assert [level.lowest for level in result.levels] == list(range(1, (total > 0).sum() + 1))
    assert all(level.proven for level in result.levels)
    sums = [level.objective for level in result.levels]
    assert sums == pytest.approx(np.cumsum(best[:-1]).tolist())


def test_one_level_is_the_greatest_least_share_and_then_most_weight() -> None:
    # Two districts; the first has all the weight. One site for all of it, one for the other.
    cover = [[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 0, 0]]
    weights = [50, 50, 1, 1]
    fair = solve_equity(cover, weights, 2, ["a", "a", "b", "b"], levels=1)
    assert sorted(fair.plan.chosen.tolist()) == [0, 2]
    assert fair.shares.tolist() == [1.0, 0.5]
    assert len(fair.levels) == 1 and fair.levels[0].objective == pytest.approx(0.5)
    most = solve_mclp(cover, weights, 1)
    one = solve_equity(cover, weights, 1, ["a", "a", "b", "b"], levels=1)
    # With one site some district stays at 0: then the weight decides.
    assert one.plan.objective == most.objective and one.levels[0].objective == 0


def test_no_time_proves_no_level() -> None:
    rng = np.random.default_rng(4)
    cover = town_cover(rng, 120, 25, 0.15)
    weights = rng.integers(1, 50, 120).astype(float)
    region = rng.integers(0, 3, 120)
    result = solve_equity(cover, weights, 6, region, cancelled=lambda: True)
    assert result.plan.status is SitingStatus.CANCELLED
    assert len(result.plan.chosen) == 6 and not result.levels[-1].proven
    full = solve_equity(cover, weights, 6, region)
    assert full.plan.status is SitingStatus.OPTIMAL
    assert result.levels[0].objective <= full.levels[0].objective <= result.levels[0].bound
    assert full.plan.objective <= result.plan.bound


def test_wrong_inputs_are_refused_by_name() -> None:
    for change, name in (({"regions": ["a"]}, "regions"), ({"levels": 0}, "levels")):
        with pytest.raises(InvalidValueError) as caught:
            solve_equity(
                **{"cover": np.eye(2), "weights": [1, 1], "p": 1, "regions": [1, 2]} | change
            )
        assert caught.value.parameter == name


def stop_after(asks: int) -> Callable[[], bool]:
    """Return a wish to stop that comes after so many questions, on every machine the same."""
    left = iter(range(asks))
    return lambda: next(left, None) is None


@pytest.mark.parametrize("p", [10, 20])
def test_the_worst_districts_are_lifted_where_an_exact_search_takes_long(p: int) -> None:
    """Ten districts side by side, each better served than the one before it, as in a whole city."""
    rng = np.random.default_rng(30)
    points, places = rng.uniform(0, 50, (8_000, 2)), rng.uniform(0, 50, (2_000, 2))
    near = cKDTree(places).query_ball_point(points, 0.9)
    region = (points[:, 0] // 5).astype(int)
    stands = rng.random(8_000) < 0.1 + 0.06 * region
    rows = [[*one, 2_000] if there else one for one, there in zip(near, stands, strict=True)]
    first = np.concatenate(([0], np.cumsum([len(one) for one in rows])))
    index = np.concatenate(rows).astype(int)
    cover = sp.csr_array((np.ones(len(index)), index, first), shape=(8_000, 2_001))
    weights = rng.integers(1, 30, 8_000).astype(float)
    result = solve_equity(
        cover, weights, p + 1, region, fixed=[2_000], cancelled=stop_after(20 * p)
    )
    assert len(set(result.plan.chosen.tolist())) == p + 1

    total = np.bincount(region, weights)

    def shares(sites: list[int]) -> np.ndarray:
        met = np.asarray(cover[:, sites].sum(axis=1)).ravel() > 0
        return np.bincount(region[met], weights[met], 10) / total

    before = np.sort(shares([2_000]))
    after = np.sort(shares(result.plan.chosen.tolist()))
    assert after == pytest.approx(np.sort(result.shares))
    # As good as giving the worst district the sites that cover most of it, as long as it is worst.
    plan = [2_000]
    while len(plan) <= p:
        left = np.asarray(cover[:, plan].sum(axis=1)).ravel() == 0
        mine = left & (region == np.argmin(shares(plan)))
        plan.append(int(np.argmax(cover.T @ np.where(mine, weights, 0.0))))
    assert after[0] >= np.sort(shares(plan))[0] > before[0] + 0.01
    assert result.levels[0].objective == pytest.approx(after[0])
    assert after[0] <= result.levels[0].bound <= 1.0
    assert result.plan.bound <= weights.sum()
