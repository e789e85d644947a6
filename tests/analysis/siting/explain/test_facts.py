"""Reasons, criticality, overlap and relaxations by their definitions."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from geoapp.analysis.siting import (
    GapReason,
    Limit,
    LimitValue,
    Loosening,
    cheapest_relaxations,
    closers,
    criticality,
    gap_reasons,
    limit_values,
    overlaps,
    unreachable_demand,
)
from geoapp.analysis.siting.explain.limits import values_of_limits
from geoapp.analysis.siting.models.mclp import most_covered
from geoapp.analysis.siting.problem import CoverProblem, Limits
from geoapp.analysis.siting.result import SitingResult
from geoapp.core.errors import InvalidValueError
from tests.analysis.siting.instances import random_cover, random_impedance, some_rules, subsets
from tests.seeds import seeds


@pytest.mark.parametrize("seed", seeds(60))
def test_figures_of_sites_are_what_their_definitions_say(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cover = random_cover(rng, int(rng.integers(1, 40)), 7)
    weights = rng.integers(0, 9, len(cover)).astype(float)
    lost = criticality(sp.csr_array(cover), weights)
    for site in range(7):
        rest = np.delete(cover, site, axis=1)
        assert lost[site] == weights[cover.any(axis=1)].sum() - weights[rest.any(axis=1)].sum()
    pairs = overlaps(cover, weights, most=100)
    expected = {}
    for one in range(7):
        for other in range(one + 1, 7):
            shared = weights[cover[:, one] & cover[:, other]].sum()
            if shared:
                either = weights[cover[:, one] | cover[:, other]].sum()
                expected[one, other] = (shared, shared / either)
    assert {(pair.first, pair.second): (pair.shared, pair.share) for pair in pairs} == {
        pair: pytest.approx(value) for pair, value in expected.items()
    }
    order = [(-pair.share, -pair.shared) for pair in pairs]
    assert order == sorted(order)
    assert overlaps(cover, weights, most=2) == pairs[:2]
    _, forbidden = some_rules(rng, 7)
    free = [site for site in range(7) if site not in forbidden]
    none = unreachable_demand(cover, weights, forbidden=forbidden)
    missed = ~cover[:, free].any(axis=1) & (weights > 0)
    assert none.points.tolist() == np.flatnonzero(missed).tolist()
    assert none.weight == weights[missed].sum()
    assert none.share == (none.weight / weights.sum() if weights.any() else None)
    gap = np.flatnonzero(rng.random(len(cover)) < 0.5)
    best = closers(cover, weights, gap, most=3)
    gains = {site: weights[gap][cover[gap, site]].sum() for site in range(7)}
    assert [weight for _, weight in best] == sorted(
        (gain for gain in gains.values() if gain > 0), reverse=True
    )[:3]
    assert all(gains[site] == weight for site, weight in best)


@pytest.mark.parametrize("seed", seeds(30))
def test_two_places_of_a_facility_are_no_backup_of_each_other(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cover = random_cover(rng, int(rng.integers(1, 40)), 9)
    weights = rng.integers(0, 9, len(cover)).astype(float)
    codes = rng.choice(["a", "b", "c", "d"], 9).tolist()
    each = list(dict.fromkeys(codes))
    lost = criticality(cover, weights, facilities=codes)
    reached = weights[cover.any(axis=1)].sum()
    for number, code in enumerate(each):
        rest = cover[:, [one != code for one in codes]]
        assert lost[number] == reached - weights[rest.any(axis=1)].sum()
    shared = {
        (pair.first, pair.second): pair.shared
        for pair in overlaps(cover, weights, most=100, facilities=codes)
    }
    from_any = [cover[:, [one == code for one in codes]].any(axis=1) for code in each]
    expected = {
        (one, other): weights[from_any[one] & from_any[other]].sum()
        for one in range(len(each))
        for other in range(one + 1, len(each))
    }
    assert shared == {pair: weight for pair, weight in expected.items() if weight}


def test_every_gap_has_its_reason() -> None:
    # One station. Point 0: open. 1: hours unknown. 2: closed. 3: behind a river. 4: far away.
    reasons = gap_reasons(
        [[1], [0], [0], [0], [0]],
        [[1], [1], [1], [0], [0]],
        [False, False, True, True, False],
        maybe_open=[[0], [1], [0], [0], [0]],
    )
    assert [reasons.points(reason).tolist() for reason in GapReason] == [[0], [1], [2], [3], [4]]
    assert reasons.weight([5, 4, 3, 2, 1]) == dict(zip(GapReason, [5, 4, 3, 2, 1], strict=True))
    known = gap_reasons([[0]], [[1]], [True])
    assert known.points(GapReason.CLOSED).tolist() == [0]
    for cut_off in ([[True]], [True, False], [1]):
        with pytest.raises(InvalidValueError, match="cut_off"):
            gap_reasons([[0]], [[1]], cut_off)
    with pytest.raises(InvalidValueError, match="facilities"):
        criticality([[1, 0]], [1], facilities=["a"])


@pytest.mark.parametrize("seed", seeds(50))
def test_limits_are_worth_what_solving_again_gives(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cover = random_cover(rng, int(rng.integers(5, 40)), 8)
    weights = rng.integers(1, 20, len(cover)).astype(float)
    costs, budget = rng.integers(1, 10, 8).astype(float), float(rng.integers(5, 30))
    district = np.array([0, 0, 0, 1, 1, 1, 2, 2])
    least, most = {0: 1}, {1: 1, 2: 1}
    p = int(rng.integers(1, 9))
    fixed, _ = some_rules(rng, 8)

    def best(p: int, budget: float, least: dict[int, int], most: dict[int, int]) -> float:
        return max(
            (
                float(weights[cover[:, plan].any(axis=1)].sum())
                for plan in subsets(8, fixed, [])
                if len(plan) <= p
                and costs[plan].sum() <= budget
                and all((district[plan] == g).sum() >= n for g, n in least.items())
                and all((district[plan] == g).sum() <= n for g, n in most.items())
            ),
            default=-1.0,
        )

    now = best(p, budget, least, most)
    values = limit_values(
        cover,
        weights,
        p,
        costs=costs,
        budget=budget,
        budget_step=3,
        groups=district,
        group_min=least,
        group_max=most,
        fixed=fixed,
    )
    if now < 0:
        assert values == ()
        return
    expected = {
        (Limit.BUDGET, None): best(p, budget + 3, least, most),
        (Limit.GROUP_MAX, 1): best(p, budget, least, {1: 2, 2: 1}),
        (Limit.GROUP_MAX, 2): best(p, budget, least, {1: 1, 2: 2}),
        (Limit.GROUP_MIN, 0): best(p, budget, {}, most),
    }
    if p < 8:
        expected[Limit.SITES, None] = best(p + 1, budget, least, most)
    assert {(value.limit, value.group): value.gain for value in values} == {
        key: value - now for key, value in expected.items()
    }

    def room(value: LimitValue) -> bool:
        """Whether some plan has so many sites, of the group where it is one."""
        mine = district == value.group if value.group is not None else np.ones(8, bool)
        limits = {"p": p, "most": dict(most)}
        if value.limit is Limit.SITES:
            limits["p"] = p + 1
        elif value.limit is Limit.GROUP_MAX:
            limits["most"][value.group] += 1
        else:
            return True
        return any(
            mine[plan].sum() >= value.loosened
            and len(plan) <= limits["p"]
            and costs[plan].sum() <= budget
            and all((district[plan] == g).sum() >= n for g, n in least.items())
            and all((district[plan] == g).sum() <= n for g, n in limits["most"].items())
            for plan in subsets(8, fixed, [])
        )

    for value in values:
        assert value.gain_bound == value.gain and value.binding == (value.gain > 0)
        outcome = Loosening.GAIN if value.gain else Loosening.USELESS
        assert value.outcome is (outcome if room(value) else Loosening.INFEASIBLE)
    assert [value.gain for value in values] == sorted((v.gain for v in values), reverse=True)


@pytest.mark.parametrize("seed", seeds(60))
def test_relaxations_are_the_least_that_suffice(seed: int) -> None:
    rng = np.random.default_rng(seed)
    impedance = random_impedance(rng, int(rng.integers(2, 20)), 7)
    weights = rng.integers(1, 9, len(impedance)).astype(float)
    costs = rng.integers(1, 9, 7).astype(float)
    fixed, forbidden = some_rules(rng, 7)
    share = float(rng.choice([0.5, 0.8, 1.0]))
    p, standard = int(rng.integers(max(1, len(fixed)), 8 - len(forbidden))), 8.0
    plans = list(subsets(7, fixed, forbidden))

    def enough(plan: list[int], standard: float) -> bool:
        met = (impedance[:, plan] <= standard).any(axis=1)
        return bool(weights[met].sum() >= share * weights.sum() - 1e-9)

    sites, money, reach = cheapest_relaxations(
        impedance,
        weights,
        p,
        standard,
        share=share,
        costs=costs,
        budget=6.0,
        fixed=fixed,
        forbidden=forbidden,
    )
    good = [plan for plan in plans if enough(plan, standard)]
    assert (sites.limit, sites.now, sites.needed) == (
        Limit.SITES,
        p,
        min(map(len, good), default=None),
    )
    assert money.needed == min((costs[plan].sum() for plan in good), default=None)
    far = [
        value
        for value in np.unique(impedance[np.isfinite(impedance)])
        if any(enough(plan, value) for plan in plans if len(plan) == p)
    ]
    assert reach.needed == min(far, default=None)
    assert all(one.proven for one in (sites, money, reach))


def test_one_site_more_beyond_the_budget_or_the_time() -> None:
    cover, weights = np.eye(4, dtype=int), [40, 10, 30, 25]
    sites, _ = sorted(
        limit_values(cover, weights, 2, costs=[8, 8, 8, 8], budget=16),
        key=lambda value: value.limit is not Limit.SITES,
    )
    assert (sites.limit, sites.outcome) == (Limit.SITES, Loosening.INFEASIBLE)
    assert (sites.gain, sites.gain_bound) == (0, 0)


@pytest.mark.parametrize("seed", seeds(20))
def test_one_site_more_gains_no_more_than_the_heaviest(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(seed)
    cover = random_cover(rng, 20, 7)
    weights = rng.integers(1, 20, 20).astype(float)
    p, backup = int(rng.integers(1, 7)), float(rng.choice([0, 0.3, 0.8]))
    problem = CoverProblem.of(cover, weights, p, backup_share=backup)
    now = most_covered(problem, Limits(60))
    more = most_covered(CoverProblem.of(cover, weights, p + 1, backup_share=backup), Limits(60))

    def unsettled(problem: CoverProblem, limits: Limits) -> SitingResult:
        return replace(more, objective=now.objective, bound=float(weights.sum()) * 10)

    monkeypatch.setattr("geoapp.analysis.siting.explain.limits.most_covered", unsettled)
    (value,) = values_of_limits(problem, Limits(60), now=now)
    heaviest = float((cover * weights[:, None]).sum(axis=0).max())
    assert more.objective - now.objective <= value.gain_bound + 1e-9
    assert value.gain_bound <= heaviest + 1e-9


def test_no_time_claims_nothing() -> None:
    rng = np.random.default_rng(3)
    away = rng.integers(0, 1000, (300, 50)).astype(float)
    limits = cheapest_relaxations(away, np.ones(300), 3, 10.0, share=0.9, cancelled=lambda: True)
    assert not limits[-1].proven and limits[-1].needed is None


def test_wrong_inputs_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="budget"):
        cheapest_relaxations([[1.0]], [1], 1, 1.0, share=1, costs=[1])
    with pytest.raises(InvalidValueError, match="budget_step"):
        limit_values([[1]], [1], costs=[1], budget=1, budget_step=0)
