"""The best plan that is elsewhere, against every plan there is."""

import itertools
from typing import Any

import numpy as np
import pytest

from geoapp.analysis.siting import CoverProblem, Limits, SitingStatus, plan_elsewhere, solve_mclp
from geoapp.core.errors import InvalidValueError
from tests.analysis.siting.covering.test_spacing import keeps, random_conflicts
from tests.analysis.siting.instances import random_cover, some_rules
from tests.seeds import seeds


@pytest.mark.parametrize("seed", seeds(80))
def test_equal_to_trying_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = 7
    cover = random_cover(rng, int(rng.integers(1, 25)), count)
    weights = rng.integers(0, 9, len(cover)).astype(float)
    if seed % 3 == 0:
        weights += rng.random(len(cover))
    fixed, forbidden = some_rules(rng, count)
    p = int(rng.integers(max(1, len(fixed)), count - len(forbidden) + 1))
    rules: dict[str, Any] = {"fixed": fixed, "forbidden": forbidden}
    costs, budget = np.zeros(count), np.inf
    if seed % 2:
        costs, budget = rng.integers(1, 10, count).astype(float), float(rng.integers(8, 30))
        rules |= {"costs": costs, "budget": budget}
    relation = np.zeros((count, count), bool)
    if seed % 5 == 0:
        relation = random_conflicts(rng, count)
        rules["conflicts"] = relation
    best = solve_mclp(cover, weights, p, **rules)
    free = np.setdiff1d(best.chosen, fixed)
    if best.status is SitingStatus.INFEASIBLE or not len(free):
        return
    place = rng.random((count, 2))
    apart = np.linalg.norm(place[:, None] - place[None], axis=2)
    radius = float(rng.choice([0.0, 0.2, 0.4]))
    near = [np.flatnonzero(apart[site] <= radius) for site in free]
    differ = int(rng.integers(1, len(free) + 1))
    found = plan_elsewhere(
        CoverProblem.of(cover, weights, p, **rules), free, near, differ, Limits()
    )
    plans = []
    for many in range(p + 1):
        for some in itertools.combinations(range(count), many):
            plan = list(some)
            given_up = sum(not (set(one.tolist()) - set(fixed)) & set(plan) for one in near)
            if (
                set(fixed) <= set(plan)
                and not set(forbidden) & set(plan)
                and costs[plan].sum() <= budget
                and keeps(relation, plan)
                and given_up >= differ
            ):
                plans.append(plan)
    if not plans:
        assert found.status is SitingStatus.INFEASIBLE
        return
    most = max(float(weights[cover[:, plan].any(axis=1)].sum()) for plan in plans)
    assert found.status is SitingStatus.OPTIMAL
    assert found.objective == found.bound == pytest.approx(most, abs=1e-9)
    assert sorted(found.chosen.tolist()) in plans


def test_what_makes_no_question_is_refused() -> None:
    problem = CoverProblem.of(np.eye(3), [1, 1, 1], 2, fixed=[0])
    for plan, near, differ in (
        ([1], [[1]], 0),
        ([1], [[1]], 2),
        ([1], [], 1),
        ([0], [[0]], 1),
        ([1], [[7]], 1),
    ):
        with pytest.raises(InvalidValueError):
            plan_elsewhere(problem, plan, near, differ, Limits())
