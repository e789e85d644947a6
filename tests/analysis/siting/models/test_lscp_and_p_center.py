"""Set covering and p-center equal trying all plans, and agree with each other and with coverage."""

import math

import numpy as np
import pytest
import scipy.sparse as sp

from geoapp.analysis.siting import SitingStatus, solve_lscp, solve_mclp, solve_p_center
from geoapp.core.errors import InvalidValueError
from tests.analysis.siting.instances import random_cover, random_impedance, some_rules, subsets
from tests.seeds import seeds


@pytest.mark.parametrize("seed", seeds(150))
def test_lscp_equals_trying_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cover = random_cover(rng, int(rng.integers(1, 40)), 9)
    weights = rng.integers(0, 9, len(cover)).astype(float)
    if seed % 3 == 0:
        weights = rng.random(len(cover))
    share = float(rng.choice([1.0, 1.0, 0.95, 0.8, 0.5]))
    costs = None if seed % 2 else rng.integers(0, 9, 9).astype(float)
    fixed, forbidden = some_rules(rng, 9)
    price = np.ones(9) if costs is None else costs
    plans = [
        plan
        for plan in subsets(9, fixed, forbidden)
        if weights[cover[:, plan].any(axis=1)].sum() >= share * weights.sum() - 1e-9
    ]
    result = solve_lscp(cover, weights, share=share, costs=costs, fixed=fixed, forbidden=forbidden)
    if not plans:
        assert result.status is SitingStatus.INFEASIBLE and result.reason is not None
        free = [one for one in range(9) if one not in forbidden]
        most = weights[cover[:, free].any(axis=1)].sum() / weights.sum()
        assert result.reachable_share == pytest.approx(most) and most < share
        return
    assert result.status is SitingStatus.OPTIMAL and result.bound == result.objective
    assert result.objective == pytest.approx(min(price[plan].sum() for plan in plans))
    assert sorted(result.chosen.tolist()) in [sorted(plan) for plan in plans]
    assert ((result.assignment >= 0) == cover[:, result.chosen].any(axis=1)).all()


@pytest.mark.parametrize("seed", seeds(150))
def test_p_center_equals_trying_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    impedance = random_impedance(rng, int(rng.integers(1, 25)), 8)
    fixed, forbidden = some_rules(rng, 8)
    p = int(rng.integers(1, 8 - len(forbidden) + 1))

    def worst(plan: list[int]) -> float:
        return float(impedance[:, plan].min(axis=1, initial=math.inf).max())

    plans = [plan for plan in subsets(8, fixed, forbidden) if worst(plan) < math.inf]
    best = min((worst(plan) for plan in plans if len(plan) <= p), default=math.inf)
    result = solve_p_center(impedance, p, fixed=fixed, forbidden=forbidden)
    if best == math.inf:
        assert result.status is SitingStatus.INFEASIBLE and result.reason is not None
        fewest = min(map(len, plans), default=None)
        assert result.needed_p == fewest or len(fixed) > p
        return
    assert (result.status, result.objective, result.bound) == (SitingStatus.OPTIMAL, best, best)
    assert len(result.chosen) == p and set(fixed) <= set(result.chosen.tolist())
    assert not set(forbidden) & set(result.chosen.tolist())
    served = impedance[np.arange(len(impedance)), result.assignment]
    assert (served == impedance[:, result.chosen].min(axis=1)).all()
    # The stored form gives the same answer, its zeros being reached at once.
    row, column = np.nonzero(np.isfinite(impedance))
    stored = sp.csr_array((impedance[row, column], (row, column)), shape=impedance.shape)
    again = solve_p_center(stored, p, fixed=fixed, forbidden=forbidden)
    assert again.objective == best


@pytest.mark.parametrize("seed", range(20))
def test_the_models_agree(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points, places = rng.random((60, 2)), rng.random((15, 2))
    away = np.hypot(*(points[:, None] - places[None]).transpose(2, 0, 1)).round(3)
    weights = rng.integers(1, 9, 60)
    center = {p: solve_p_center(away, p).objective for p in range(1, 7)}
    assert list(center.values()) == sorted(center.values(), reverse=True)
    for standard in (0.3, 0.45, 0.6, *center.values()):
        cover = away <= standard
        fewest = solve_lscp(cover)
        for p, worst in center.items():
            possible = fewest.status is SitingStatus.OPTIMAL and fewest.objective <= p
            assert possible == (worst <= standard)
        if fewest.status is SitingStatus.OPTIMAL:
            sites = int(fewest.objective)
            assert solve_mclp(cover, weights, sites).objective == weights.sum()
            if sites > 1:
                assert solve_mclp(cover, weights, sites - 1).objective < weights.sum()


def test_wrong_impedances_are_refused() -> None:
    for wrong in ([[-1.0]], [[math.nan]], [[-math.inf]], [1.0], np.empty((2, 0))):
        with pytest.raises(InvalidValueError, match="impedance"):
            solve_p_center(np.array(wrong), 1)
    twice = sp.csr_array((np.ones(2), np.array([0, 0]), np.array([0, 2])), shape=(1, 1))
    with pytest.raises(InvalidValueError, match="impedance"):
        solve_p_center(twice, 1)
    with pytest.raises(InvalidValueError, match="share"):
        solve_lscp(np.ones((1, 1)), share=1.1)
