"""Maximal covering equals trying all plans, with every rule and all of them together."""

import math

import numpy as np
import pytest
import scipy.sparse as sp

from geoapp.analysis.siting import SitingResult, SitingStatus, solve_mclp
from geoapp.core.errors import InvalidValueError
from tests.analysis.siting.instances import random_cover, some_rules, subsets
from tests.seeds import seeds


def covered(cover: np.ndarray, weights: np.ndarray, sites: list[int], share: float = 0) -> float:
    """Return the objective of a plan, by its definition."""
    times = cover[:, sites].sum(axis=1)
    return float((1 - share) * weights[times > 0].sum() + share * weights[times > 1].sum())


def check(result: SitingResult, cover: np.ndarray, weights: np.ndarray, share: float = 0) -> None:
    """Hold what every answer says of itself."""
    chosen = result.chosen.tolist()
    assert len(set(chosen)) == len(chosen)
    assert result.objective == pytest.approx(covered(cover, weights, chosen, share), abs=1e-9)
    assert result.gains.sum() == pytest.approx(result.objective, abs=1e-9)
    assert result.bound >= result.objective
    served = cover[:, chosen].any(axis=1)
    assert ((result.assignment >= 0) == served).all()
    points = np.flatnonzero(served)
    assert cover[points, result.assignment[points]].all()


@pytest.mark.parametrize("seed", seeds(150))
def test_plain_mclp_equals_trying_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cover = random_cover(rng, int(rng.integers(1, 60)), 9)
    whole = seed % 3 != 0
    weights = rng.integers(0, 20, len(cover)).astype(float) if whole else rng.random(len(cover))
    fixed, forbidden = some_rules(rng, 9)
    p = int(rng.integers(max(1, len(fixed)), 9 - len(forbidden) + 1))
    result = solve_mclp(sp.csr_array(cover), weights, p, fixed=fixed, forbidden=forbidden)
    best = {
        size: max(
            covered(cover, weights, plan)
            for plan in subsets(9, fixed, forbidden)
            if len(plan) == size
        )
        for size in range(max(1, len(fixed)), p + 1)
    }
    check(result, cover, weights)
    assert result.objective == pytest.approx(best[p], abs=1e-9)
    assert result.status is SitingStatus.OPTIMAL and result.gap_share == 0
    assert len(result.chosen) == p
    assert result.chosen[: len(fixed)].tolist() == fixed
    assert not set(forbidden) & set(result.chosen.tolist())
    # The curve never claims what is not so, and never falls.
    assert [point.p for point in result.curve][-1] == p
    for point in result.curve:
        if point.p in best:
            assert point.objective - 1e-9 <= best[point.p] <= point.bound + 1e-9
    assert all(
        a.objective <= b.objective and a.bound <= b.bound
        for a, b in zip(result.curve, result.curve[1:], strict=False)
    )
    free = result.gains[len(fixed) :]
    assert (np.diff(free) <= 1e-9).all()


@pytest.mark.parametrize("seed", seeds(150))
def test_mclp_with_rules_equals_trying_all(seed: int) -> None:
    rng = np.random.default_rng(1000 + seed)
    cover = random_cover(rng, int(rng.integers(1, 40)), 8)
    weights = rng.integers(0, 20, len(cover)).astype(float)
    fixed, forbidden = some_rules(rng, 8)
    rules: dict[str, object] = {}
    costs, budget = np.zeros(8), math.inf
    district = rng.integers(0, 3, 8)
    least, most, share = {}, {}, 0.0
    use = int(rng.integers(1, 8))  # every combination of the three
    if use & 1:
        costs, budget = rng.integers(1, 10, 8).astype(float), float(rng.integers(5, 40))
        rules |= {"costs": costs, "budget": budget}
    if use & 2:
        present = np.unique(district).tolist()
        least = {int(g): int(rng.integers(0, 3)) for g in present if rng.random() < 0.6}
        most = {int(g): int(rng.integers(1, 4)) for g in present if rng.random() < 0.6}
        rules |= {"groups": district, "group_min": least, "group_max": most}
    if use & 4:
        share = float(rng.choice([0.25, 0.5, 0.75, 1.0]))
        rules["backup_share"] = share
    p = int(rng.integers(1, 8 - len(forbidden) + 1))
    plans = [
        plan
        for plan in subsets(8, fixed, forbidden)
        if costs[plan].sum() <= budget
        and all((district[plan] == g).sum() >= n for g, n in least.items())
        and all((district[plan] == g).sum() <= n for g, n in most.items())
    ]
    result = solve_mclp(cover, weights, p, fixed=fixed, forbidden=forbidden, **rules)
    allowed = [plan for plan in plans if len(plan) <= p]
    if not allowed:
        assert result.status is SitingStatus.INFEASIBLE
        assert result.reason is not None and not len(result.chosen)
        if result.needed_p is not None and result.needed_p > p and result.needed_budget is None:
            assert result.needed_p == min(map(len, plans))
        return
    check(result, cover, weights, share)
    assert result.status is SitingStatus.OPTIMAL
    assert result.objective == pytest.approx(
        max(covered(cover, weights, plan, share) for plan in allowed), abs=1e-6
    )
    assert sorted(result.chosen.tolist()) in [sorted(plan) for plan in allowed]


def test_what_the_rules_need_is_the_least_that_works() -> None:
    cover = np.eye(4, dtype=bool)
    rules = {"groups": ["a", "a", "b", "b"], "group_min": {"a": 2, "b": 1}}
    few = solve_mclp(cover, [1, 1, 1, 1], 2, **rules)
    assert few.status is SitingStatus.INFEASIBLE and few.needed_p == 3
    assert solve_mclp(cover, [1, 1, 1, 1], 3, **rules).status is SitingStatus.OPTIMAL
    poor = solve_mclp(cover, [1, 1, 1, 1], 3, costs=[2, 3, 5, 4], budget=8, **rules)
    assert poor.status is SitingStatus.INFEASIBLE and poor.needed_budget == 9
    enough = solve_mclp(cover, [1, 1, 1, 1], costs=[2, 3, 5, 4], budget=9, **rules)
    assert sorted(enough.chosen.tolist()) == [0, 1, 3]
    never = solve_mclp(cover, [1, 1, 1, 1], 3, forbidden=[0], **rules)
    assert never.status is SitingStatus.INFEASIBLE and never.needed_p is None
    assert "group a" in never.reason.en and "组 a" in never.reason.zh
    held = solve_mclp(cover, [1, 1, 1, 1], 1, fixed=[0, 3])
    assert held.status is SitingStatus.INFEASIBLE and held.needed_p == 2


def test_permuting_the_inputs_permutes_the_answer() -> None:
    rng = np.random.default_rng(7)
    cover = random_cover(rng, 200, 30)
    weights = rng.integers(1, 1000, 200).astype(float)
    rows, columns = rng.permutation(200), rng.permutation(30)
    plain = solve_mclp(cover, weights, 5)
    turned = solve_mclp(cover[rows][:, columns], weights[rows], 5)
    assert turned.objective == plain.objective
    assert sorted(columns[turned.chosen].tolist()) == sorted(plain.chosen.tolist())


def test_stored_zeros_do_not_cover_and_repeated_entries_count_once() -> None:
    stored = sp.csr_array((np.array([0.0, 1.0]), np.array([0, 1]), np.array([0, 1, 2])))
    assert solve_mclp(stored, [5, 3], 1).objective == 3
    twice = sp.csr_array((np.ones(2), np.array([0, 0]), np.array([0, 2])), shape=(1, 2))
    assert solve_mclp(twice, [5], 2, backup_share=1.0).objective == 0


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"p": 0}, "p"),
        ({"p": 4}, "p"),
        ({"p": 1.5}, "p"),
        ({"p": None}, "p"),
        ({"p": 3, "forbidden": [0]}, "p"),
        ({"weights": [1, -1]}, "weights"),
        ({"weights": [1, math.nan]}, "weights"),
        ({"weights": [1]}, "weights"),
        ({"fixed": [3]}, "fixed"),
        ({"fixed": [0.5]}, "fixed"),
        ({"fixed": [0], "forbidden": [0]}, "forbidden"),
        ({"costs": [1, 1, 1]}, "budget"),
        ({"costs": [1, 1, 1], "budget": -1}, "budget"),
        ({"group_min": {"a": 1}}, "groups"),
        ({"groups": ["a", "a", "b"], "group_min": {"c": 1}}, "group_min"),
        ({"groups": ["a", "a", "b"], "group_max": {"a": -1}}, "group_max"),
        ({"backup_share": 2}, "backup_share"),
        ({"time_limit_seconds": 0}, "time_limit_seconds"),
        ({"target_gap": -1}, "target_gap"),
        ({"cover": np.ones(3)}, "cover"),
        ({"cover": np.array([[math.nan, 1, 1], [1, 1, 1]])}, "cover"),
    ],
)
def test_wrong_inputs_are_refused_by_name(change: dict[str, object], name: str) -> None:
    inputs: dict[str, object] = {"cover": np.ones((2, 3)), "weights": [1, 1], "p": 1} | change
    with pytest.raises(InvalidValueError) as caught:
        solve_mclp(**inputs)
    assert caught.value.parameter == name


def test_cancelling_keeps_the_best_so_far_and_claims_nothing() -> None:
    rng = np.random.default_rng(3)
    cover = random_cover(rng, 400, 60)
    weights = rng.integers(1, 100, 400)
    told: list[tuple[float, float]] = []
    result = solve_mclp(
        cover, weights, 6, cancelled=lambda: True, progress=lambda a, b: told.append((a, b))
    )
    assert len(result.chosen) == 6
    assert result.status in (SitingStatus.CANCELLED, SitingStatus.OPTIMAL)
    assert (result.status is SitingStatus.OPTIMAL) == (result.gap_share == 0)
    best = solve_mclp(cover, weights, 6)
    assert result.objective <= best.objective <= result.bound
    assert told[-1] == (result.objective, result.bound)
