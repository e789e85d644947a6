"""One plan for several demands: against every plan there is, on small random instances."""

import itertools
import math

import numpy as np
import pytest
import scipy.sparse as sp

from geoapp.analysis.siting.models.robust import DemandCase, solve_robust
from geoapp.analysis.siting.problem import CoverProblem, Limits
from geoapp.core.results.status import SitingStatus


def town(seed):
    """Return the cases of a small town with some rules, and every plan that keeps them."""
    rng = np.random.default_rng(seed)
    sites, p = int(rng.integers(3, 9)), int(rng.integers(1, 4))
    p = min(p, sites - 1)
    fixed = [0] if seed % 4 == 1 else []
    forbidden = [sites - 1] if seed % 5 == 2 else []
    costs, budget = None, None
    if seed % 3 == 0:
        costs, budget = rng.integers(1, 9, sites).astype(float), 12.0
    cases = []
    for _ in range(int(rng.integers(1, 5))):
        demand = int(rng.integers(1, 15))
        cover = sp.csr_array((rng.random((demand, sites)) < 0.35).astype(float))
        weights = rng.integers(0, 20, demand).astype(float)
        if seed % 2:
            weights = rng.random(demand)
        problem = CoverProblem.of(
            cover, weights, p, fixed=fixed, forbidden=forbidden, costs=costs, budget=budget
        )
        covered = float(rng.integers(0, 10))
        cases.append(DemandCase(problem, covered, covered + math.fsum(weights) + 1.0))
    exact = budget is None
    every = [
        plan
        for k in range(p + 1)
        for plan in itertools.combinations(range(sites), k)
        if (k == p or not exact)
        and set(fixed) <= set(plan)
        and not set(forbidden) & set(plan)
        and (costs is None or costs[list(plan)].sum() <= budget)
    ]
    return cases, every


def reached(case, plan):
    opened = np.zeros(case.problem.cover.shape[1])
    opened[list(plan)] = 1
    return math.fsum(case.problem.weights[(case.problem.cover @ opened) > 0])


@pytest.mark.parametrize("criterion", ["regret", "share"])
def test_no_plan_does_better_where_it_does_worst(criterion):
    tried = 0
    for seed in range(20):
        cases, every = town(seed)
        found = solve_robust(cases, criterion, Limits(20.0))
        if not every:
            assert found.plan.status is SitingStatus.INFEASIBLE, seed
            continue
        tried += 1
        best = [max(reached(one, plan) for plan in every) for one in cases]

        def level(plan, cases=cases, best=best):
            got = [reached(one, plan) for one in cases]
            if criterion == "share":
                return min((one.covered + n) / one.total for one, n in zip(cases, got, strict=True))
            return max(b - n for b, n in zip(best, got, strict=True))

        truth = (max if criterion == "share" else min)(level(plan) for plan in every)
        chosen = tuple(sorted(found.plan.chosen.tolist()))
        assert found.plan.status is SitingStatus.OPTIMAL, seed
        assert chosen in every or any(set(chosen) >= set(plan) for plan in every), seed
        assert [one.objective for one in found.alone] == pytest.approx(best), seed
        assert found.level == pytest.approx(level(chosen), abs=1e-9), seed
        assert found.level == pytest.approx(truth, abs=1e-5), seed
        assert found.level == found.bound
        assert found.reached.tolist() == [reached(one, chosen) for one in cases]
        assert found.plan.objective == pytest.approx(found.reached[0])
        assert found.plan.bound == pytest.approx(best[0])
    assert tried >= 16


def test_one_demand_alone_is_maximal_covering():
    cases, _ = town(4)
    found = solve_robust(cases[:1], "regret", Limits(20.0))
    assert (found.level, found.plan.objective) == (0.0, found.alone[0].objective)


def test_what_is_not_settled_is_never_below_the_truth():
    for seed in range(5):
        cases, every = town(seed)
        if not every:
            continue
        best = [max(reached(one, plan) for plan in every) for one in cases]
        least = min(
            max(b - reached(one, plan) for b, one in zip(best, cases, strict=True))
            for plan in every
        )
        hasty = solve_robust(cases, "regret", Limits(0.01, cancelled=lambda: True))
        assert hasty.bound <= least + 1e-9, seed
        assert hasty.level >= least - 1e-9, seed
