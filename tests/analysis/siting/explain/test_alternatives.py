"""Near-best plans equal trying all plans, one after another."""

from typing import Any

import numpy as np
import pytest

from geoapp.analysis.siting import SitingStatus, near_best, solve_mclp
from geoapp.analysis.siting.explain import plan_search
from geoapp.core.errors import InvalidValueError
from tests.analysis.siting.covering.test_spacing import keeps, random_conflicts
from tests.analysis.siting.instances import random_cover, some_rules, subsets
from tests.seeds import seeds


@pytest.mark.parametrize("seed", seeds(120))
def test_each_plan_is_the_best_that_differs_from_those_before(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cover = random_cover(rng, int(rng.integers(5, 40)), 8)
    weights = rng.integers(1, 20, len(cover)).astype(float)
    fixed, forbidden = some_rules(rng, 8)
    p = int(rng.integers(max(1, len(fixed)), 8 - len(forbidden) + 1))
    differ = int(rng.integers(1, 3))
    within = float(rng.choice([0.0, 0.1, 0.3]))
    rules: dict[str, object] = {}
    costs, budget, relation, share = np.zeros(8), np.inf, np.zeros((8, 8), bool), 0.0
    if seed % 4 == 1:
        costs, budget = rng.integers(1, 10, 8).astype(float), float(rng.integers(10, 40))
        rules = {"costs": costs, "budget": budget}
    elif seed % 4 == 2:
        relation = random_conflicts(rng, 8)
        rules = {"conflicts": relation}
    elif seed % 4 == 3:
        share = 0.5
        rules = {"backup_share": share}
    region = rng.integers(0, 3, len(cover))
    result = near_best(
        cover,
        weights,
        p,
        plans=4,
        within_share=within,
        differ=differ,
        regions=region,
        fixed=fixed,
        forbidden=forbidden,
        **rules,
    )

    def value(plan: list[int]) -> float:
        times = cover[:, plan].sum(axis=1)
        return float((1 - share) * weights[times > 0].sum() + share * weights[times > 1].sum())

    allowed = [
        plan
        for plan in subsets(8, fixed, forbidden)
        if (len(plan) <= p if rules else len(plan) == p)
        and costs[plan].sum() <= budget
        and keeps(relation, plan)
    ]
    if not allowed:
        assert result.best.status is SitingStatus.INFEASIBLE and not result.alternatives
        return
    assert result.best.objective == pytest.approx(max(map(value, allowed)))
    if not len(result.best.chosen):
        return

    def far(plan: list[int], other: list[int]) -> bool:
        given_up, taken = set(other) - set(plan), set(plan) - set(other)
        if not rules:
            assert len(given_up) == len(taken)
        few = len(set(other) - set(fixed))
        return len(taken) >= differ or len(given_up) >= min(differ, few) > 0

    before = [result.best.chosen.tolist()]
    for one in result.alternatives:
        left = [plan for plan in allowed if all(far(plan, other) for other in before)]
        plan = one.chosen.tolist()
        assert sorted(plan) in [sorted(other) for other in left]
        assert one.objective == pytest.approx(value(plan)) == pytest.approx(max(map(value, left)))
        assert one.status is SitingStatus.OPTIMAL
        assert one.objective >= (1 - within) * result.best.objective - 1e-9
        lost = result.best.objective - one.objective
        assert one.loss_share * result.best.objective == pytest.approx(lost)
        assert set(one.given_up) == set(before[0]) - set(plan)
        assert set(one.taken_instead) == set(plan) - set(before[0])
        met, first = cover[:, plan].any(axis=1), cover[:, before[0]].any(axis=1)
        for name, change in zip(result.regions, one.by_region, strict=True):
            mine = region == name
            assert change == weights[mine & met].sum() - weights[mine & first].sum()
        before.append(plan)
    left = [plan for plan in allowed if all(far(plan, other) for other in before)]
    good = max(map(value, left), default=-1.0) >= (1 - within) * result.best.objective - 1e-9
    if len(result.alternatives) < 3:
        assert result.exhausted is True and not good
    else:
        assert result.exhausted is None


def test_large_problems_give_plans_without_claiming_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_search, "_MOST_SEARCHED_ROWS", 10)
    rng = np.random.default_rng(8)
    cover = random_cover(rng, 400, 60)
    weights = rng.integers(1, 50, 400).astype(float)
    result = near_best(cover, weights, 8, plans=3, within_share=0.2, differ=2, fixed=[5])
    assert len(result.alternatives) == 2 and result.exhausted is None
    plans = [set(result.best.chosen), *(set(one.chosen) for one in result.alternatives)]
    assert all(5 in plan and len(plan) == 8 for plan in plans)
    assert min(len(a - b) for a in plans for b in plans if a is not b) >= 2
    for one in result.alternatives:
        assert one.objective >= 0.8 * result.best.objective
        assert one.bound == result.best.bound


def test_wrong_inputs_are_refused_by_name() -> None:
    for name, value in (("plans", 0), ("differ", 0), ("within_share", 2), ("regions", ["a"])):
        with pytest.raises(InvalidValueError) as caught:
            near_best(np.eye(3), [1, 1, 1], 1, **{name: value})
        assert caught.value.parameter == name


def test_a_plan_at_hand_is_departed_from() -> None:
    """The best plan is not sought again, and a lesser one has better alternatives."""
    rng = np.random.default_rng(3)
    cover = random_cover(rng, 60, 12)
    weights = rng.integers(1, 30, 60).astype(float)
    best = solve_mclp(cover, weights, 3)
    asked: dict[str, Any] = {"plans": 4, "within_share": 0.3, "differ": 2}
    told: list[int] = []
    given = near_best(cover, weights, 3, **asked, best=best, met=told.append)
    sought = near_best(cover, weights, 3, **asked)
    assert given.best is best
    assert [one.chosen.tolist() for one in given.alternatives] == [
        one.chosen.tolist() for one in sought.alternatives
    ]
    assert told == list(range(1, len(given.alternatives) + 1))
    lesser = solve_mclp(cover, weights, 3, forbidden=best.chosen)
    after = near_best(cover, weights, 3, **asked, best=lesser).alternatives
    assert sorted(after[0].chosen) == sorted(best.chosen)
    assert after[0].loss_share < 0


def test_plans_of_fewer_sites_are_not_forgotten() -> None:
    """With a budget plans differ in size: one dear site for two cheap ones is another plan."""
    #          dear  cheap cheap cheap
    cover = [[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 1]]
    budget = {"costs": [10, 5, 5, 6], "budget": 10}
    found = near_best(cover, [10, 10, 1, 1], plans=9, within_share=0.1, differ=2, **budget)
    assert found.best.chosen.tolist() == [0] and found.best.objective == 21
    assert [one.chosen.tolist() for one in found.alternatives] == [[1, 2]]
    assert found.alternatives[0].given_up.tolist() == [0]
    assert found.exhausted is True
    # Two of three are given up for one.
    cover = [[1, 0, 0, 0], [0, 1, 0, 1], [0, 0, 1, 1]]
    budget = {"costs": [1, 3, 3, 6], "budget": 7}
    found = near_best(cover, [10, 10, 10], plans=9, within_share=0, differ=2, **budget)
    plans = [found.best.chosen.tolist(), *(one.chosen.tolist() for one in found.alternatives)]
    assert sorted(map(sorted, plans)) == [[0, 1, 2], [0, 3]] and found.exhausted is True
