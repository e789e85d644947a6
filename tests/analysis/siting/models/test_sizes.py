"""Stations of several sizes: equal to trying all sites in all sizes, each judged by its least cut."""

import itertools
from typing import Any

import numpy as np
import pytest

from geoapp.analysis.siting import Limit, SitingStatus, limit_values, solve_mclp
from geoapp.core.errors import InvalidValueError
from tests.analysis.siting.covering.test_spacing import keeps, random_conflicts
from tests.analysis.siting.instances import random_cover, some_rules, subsets
from tests.analysis.siting.models.test_capacity import Turns, at_all_turns, some_turns
from tests.seeds import seeds


def best_of_all(
    cover: np.ndarray,
    weights: np.ndarray,
    seats: np.ndarray,
    costs: np.ndarray,
    plans: list[list[int]],
    budget: float,
    when: Turns,
) -> float | None:
    """Return the most that any of the plans serves in any sizes that the budget pays for; None = none."""
    best: float | None = None
    for plan in plans:
        for built in itertools.product(range(len(seats)), repeat=len(plan)):
            if sum(costs[site, size] for site, size in zip(plan, built, strict=True)) > budget:
                continue
            of_site = np.zeros(cover.shape[1])
            of_site[plan] = seats[list(built)]
            best = max(best or 0.0, at_all_turns(cover, weights, of_site, plan, when))
    return best


@pytest.mark.parametrize("seed", seeds(100))
def test_sizes_equal_trying_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sites, kinds = 5, int(rng.integers(1, 4))
    cover = random_cover(rng, int(rng.integers(1, 20)), sites)
    whole = seed % 3 != 0
    weights = rng.integers(0, 9, len(cover)).astype(float) if whole else rng.random(len(cover))
    seats = rng.integers(0, 25, kinds).astype(float) if whole else 3 * rng.random(kinds)
    costs = rng.integers(1, 12, kinds).astype(float)
    by_site = costs + (rng.integers(0, 5, sites)[:, None] if seed % 2 else np.zeros((sites, 1)))
    budget = float(rng.integers(3, 40))
    fixed, forbidden = some_rules(rng, sites)
    p = int(rng.integers(max(1, len(fixed)), sites - len(forbidden) + 1))
    rules: dict[str, Any] = {}
    least: dict[int, int] = {}
    most: dict[int, int] = {}
    district = rng.integers(0, 2, sites)
    relation = np.zeros((sites, sites), bool)
    use = int(rng.integers(0, 4))
    if use & 1:
        most = {int(g): int(rng.integers(0, 3)) for g in np.unique(district)}
        least = {int(district[0]): min(1, most[int(district[0])])}
        rules |= {"groups": district, "group_max": most, "group_min": least}
    if use & 2:
        relation = random_conflicts(rng, sites)
        rules["conflicts"] = relation
    when: Turns = (np.zeros(len(cover), np.int64), np.ones(1))
    if seed % 4 < 2:
        when = some_turns(rng, len(cover), whole)
        rules |= {"turns": when[0], "turn_shares": when[1]}
    plans = [
        plan
        for plan in subsets(sites, fixed, forbidden)
        if len(plan) <= p
        and keeps(relation, plan)
        and all((district[plan] == g).sum() <= n for g, n in most.items())
        and all((district[plan] == g).sum() >= n for g, n in least.items())
    ]
    best = best_of_all(cover, weights, seats, by_site, plans, budget, when)
    result = solve_mclp(
        cover,
        weights,
        p,
        fixed=fixed,
        forbidden=forbidden,
        sizes=seats,
        size_costs=by_site if seed % 2 else costs,
        budget=budget,
        **rules,
    )
    # A budget below every cost is no plan, though a plan without sites costs nothing.
    if best is None or result.status is SitingStatus.INFEASIBLE:
        assert result.status is SitingStatus.INFEASIBLE and result.reason is not None
        assert best is None or not best or by_site.min(axis=1).min() > budget
        return
    assert result.status is SitingStatus.OPTIMAL and result.bound == result.objective
    assert result.objective == pytest.approx(best, abs=1e-9)
    chosen = result.chosen.tolist()
    assert sorted(chosen) in [sorted(plan) for plan in plans]
    assert result.sizes is not None and len(result.sizes) == len(chosen)
    assert by_site[chosen, result.sizes].sum() <= budget
    # The flow keeps the seats of the size that each site has, and is the objective.
    assert result.served is not None
    served = result.served.toarray()
    assert served.sum() == pytest.approx(best, abs=1e-9)
    assert not served[~cover].any() and (served.sum(axis=1) <= weights + 1e-9).all()
    for turn, share in enumerate(when[1].tolist()):
        used = served[when[0] == turn].sum(axis=0)
        assert (used[chosen] <= seats[result.sizes] * share + 1e-9).all()
    assert result.gains.sum() == pytest.approx(best, abs=1e-9)


def test_a_few_large_stations_or_many_small_ones() -> None:
    """Where people stand together one large station is cheaper, where they do not small ones are."""
    crowded, spread = [[1, 1, 1]] * 3, np.eye(3)
    asked: dict[str, Any] = {"sizes": [10, 30], "size_costs": [4, 9], "budget": 12}
    one = solve_mclp(crowded, [10, 10, 10], **asked)
    assert (one.objective, one.sizes.tolist() if one.sizes is not None else None) == (30, [1])
    three = solve_mclp(spread, [10, 10, 10], **asked)
    assert three.objective == 30 and three.sizes is not None
    assert three.sizes.tolist() == [0, 0, 0]


def test_no_station_is_larger_than_it_is_used() -> None:
    result = solve_mclp(np.eye(2), [8, 25], sizes=[10, 30], size_costs=[4, 9], budget=100)
    assert result.sizes is not None
    assert dict(zip(result.chosen.tolist(), result.sizes.tolist(), strict=True)) == {0: 0, 1: 1}


def test_no_time_gives_a_plan_and_no_claim() -> None:
    rng = np.random.default_rng(3)
    cover = random_cover(rng, 300, 40)
    weights = rng.integers(1, 50, 300).astype(float)
    asked: dict[str, Any] = {"sizes": [60, 150, 400], "size_costs": [5, 9, 20], "budget": 60}
    stopped = solve_mclp(cover, weights, 8, cancelled=lambda: True, **asked)
    best = solve_mclp(cover, weights, 8, **asked)
    assert best.status is SitingStatus.OPTIMAL
    assert stopped.status is SitingStatus.CANCELLED and len(stopped.chosen)
    assert 0 < stopped.objective <= best.objective <= stopped.bound


def test_small_amounts_are_no_round_off() -> None:
    rng = np.random.default_rng(4)
    cover = random_cover(rng, 12, 4)
    weights = rng.random(12)
    asked: dict[str, Any] = {"size_costs": [3, 5], "budget": 11}
    great = solve_mclp(cover, weights, sizes=[1, 2], **asked)
    small = solve_mclp(cover, weights / 2**20, sizes=np.array([1, 2]) / 2**20, **asked)
    assert small.objective == pytest.approx(great.objective / 2**20, rel=1e-9)
    assert small.status is SitingStatus.OPTIMAL


def test_what_more_money_would_bring() -> None:
    values = limit_values(
        np.eye(2), [8, 25], None, sizes=[10, 30], size_costs=[4, 9], budget=9, budget_step=4
    )
    assert [(one.limit, one.gain) for one in values] == [(Limit.BUDGET, 8.0)]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"sizes": [1]}, "size_costs"),
        ({"sizes": [1], "size_costs": [1, 2], "budget": 3}, "size_costs"),
        ({"sizes": [], "size_costs": [], "budget": 3}, "sizes"),
        ({"sizes": [-1], "size_costs": [1], "budget": 3}, "sizes"),
        ({"sizes": [1], "size_costs": [1]}, "budget"),
        ({"sizes": [1], "size_costs": [1], "budget": 3, "costs": [1]}, "costs"),
        ({"sizes": [1], "size_costs": [1], "budget": 3, "capacities": [1]}, "capacities"),
        ({"sizes": [1], "size_costs": [1], "budget": 3, "backup_share": 0.5}, "backup_share"),
    ],
)
def test_what_sizes_cannot_be_had_with_is_refused(given: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        solve_mclp([[1]], [1], 1, **given)
    assert caught.value.parameter == named
