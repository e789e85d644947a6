"""Accessibility measures against brute force, arithmetic, and PySAL's `access`."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from access import fca, weights
from hypothesis import given
from hypothesis import strategies as st

from geoapp.analysis.coverage.access import (
    ENHANCED_WEIGHTS,
    cumulative_opportunities,
    gini,
    supply_summary,
    two_step,
    walk_summary,
    weighted_quantile,
    worst_mean,
    zone_weights,
)
from geoapp.core.errors import InvalidValueError

STANDARD_M = 900.0
PAIRS = st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 9)), min_size=1, max_size=30)


def columns(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    values, weight = np.array(pairs, float).T
    return values, weight


def spread(pairs: list[tuple[int, int]]) -> np.ndarray:
    """Return one value for each worker, ascending."""
    return np.sort(np.repeat(*np.array(pairs).T)).astype(float)


@given(PAIRS, st.sampled_from([0.1, 0.5, 0.8, 0.95, 1.0]))
def test_quantile_equals_that_of_each_worker(pairs: list[tuple[int, int]], share: float) -> None:
    people = spread(pairs)
    found = weighted_quantile(*columns(pairs), share)
    if not len(people):
        assert found is None
    else:
        assert found == people[int(np.ceil(share * len(people) - 1e-9)) - 1]


@given(PAIRS)
def test_gini_equals_its_definition(pairs: list[tuple[int, int]]) -> None:
    people = spread(pairs)
    found = gini(*columns(pairs))
    if not people.sum():
        assert found is None
    else:
        differences = np.abs(people[:, None] - people[None, :])
        assert found == pytest.approx(differences.mean() / 2 / people.mean(), abs=1e-12)


@given(PAIRS, st.floats(0.1, 1000))
def test_gini_has_no_unit(pairs: list[tuple[int, int]], scale: float) -> None:
    values, weight = columns(pairs)
    assert gini(values * scale, weight) == pytest.approx(gini(values, weight), abs=1e-9)
    assert gini(values[::-1], weight[::-1]) == pytest.approx(gini(values, weight), abs=1e-12)


def test_gini_of_known_distributions() -> None:
    assert gini([5, 5, 5], [1, 2, 3]) == pytest.approx(0, abs=1e-12)
    # One of ten has all: 1 - 1/10.
    assert gini([0, 7], [9, 1]) == pytest.approx(0.9)
    with pytest.raises(InvalidValueError):
        gini([1, np.inf], [1, 1])


@given(PAIRS, st.booleans())
def test_worst_tenth(pairs: list[tuple[int, int]], greatest: bool) -> None:
    # Ten times as many people, so that a tenth is a whole number of them.
    people = np.sort(np.repeat(spread(pairs), 10))
    found = worst_mean(*columns(pairs), greatest=greatest)
    if not len(people):
        assert found is None
    else:
        tenth = len(people) // 10
        worst = people[-tenth:] if greatest else people[:tenth]
        assert found == pytest.approx(worst.mean())


def test_unreachable_demand_is_an_answer_of_its_own() -> None:
    # 6 walk 100 m, 3 walk 400 m, 1 reaches none.
    told = walk_summary([100, 400, np.inf, 50], [6, 3, 1, 0])
    assert told.weight == 10
    assert told.unreachable_share == pytest.approx(0.1)
    assert told.mean_m == pytest.approx((600 + 1200) / 9)
    assert told.quantiles_m == {0.5: 100, 0.8: 400, 0.9: 400, 0.95: None}
    assert told.worst_mean_m is None
    nobody = walk_summary([], [])
    assert (nobody.weight, nobody.unreachable_share, nobody.mean_m) == (0, None, None)
    alone = walk_summary([np.inf], [2])
    assert (alone.unreachable_share, alone.mean_m, alone.gini) == (1, None, None)


def town(seed: int) -> tuple[sp.csr_array, np.ndarray, np.ndarray, pd.DataFrame]:
    """Return walks within the standard, demand, supply, and the walks as PySAL wants them."""
    random = np.random.default_rng(seed)
    walk_m = np.rint(random.uniform(0, 2000, (40, 12)) / 100) * 100  # many at the edges of zones
    row, column = np.nonzero(walk_m <= STANDARD_M)
    walks = sp.csr_array((walk_m[row, column], (row, column)), shape=walk_m.shape)
    costs = pd.DataFrame({"origin": row, "dest": column, "cost": walk_m[row, column]})
    demand = random.integers(1, 50, 40).astype(float)
    return walks, demand, random.integers(0, 30, 12).astype(float), costs


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("enhanced", [False, True])
def test_two_step_equals_pysal(seed: int, enhanced: bool) -> None:
    walks, demand, supply, costs = town(seed)
    steps = {STANDARD_M * part / 3: weight for part, weight in enumerate(ENHANCED_WEIGHTS, 1)}
    oracle = fca.two_stage_fca(
        pd.DataFrame({"demand": demand}),
        pd.DataFrame({"supply": supply}),
        costs,
        max_cost=STANDARD_M,
        demand_index=True,
        supply_index=True,
        weight_fn=weights.step_fn(steps) if enhanced else None,
    )
    found = two_step(
        walks, demand, supply, decay=zone_weights(walks, STANDARD_M) if enhanced else None
    )
    wanted = oracle.reindex(range(40)).fillna(0).to_numpy()
    assert found == pytest.approx(wanted)
    # What all have together is what the facilities within reach have.
    within = np.unique(walks.indices)
    assert found @ demand == pytest.approx(supply[within].sum())


@pytest.mark.parametrize("seed", range(3))
def test_cumulative_opportunities_equal_pysal(seed: int) -> None:
    walks, _, supply, costs = town(seed)
    oracle = fca.weighted_catchment(
        pd.DataFrame({"supply": supply}),
        costs,
        max_cost=STANDARD_M,
        cost_source="dest",
        cost_dest="origin",
        loc_index=True,
        loc_value="supply",
    )
    found = cumulative_opportunities(walks, supply)
    assert found == pytest.approx(oracle.reindex(range(40)).fillna(0).to_numpy())
    counted = cumulative_opportunities(walks, np.ones(12))
    assert counted.tolist() == np.diff(walks.indptr).tolist()


def test_a_walk_of_nothing_is_a_walk() -> None:
    walks = sp.csr_array((np.array([0.0]), np.array([0]), np.array([0, 1, 1])), shape=(2, 1))
    assert cumulative_opportunities(walks, [4]).tolist() == [4, 0]
    assert two_step(walks, [2, 5], [4]).tolist() == [2, 0]
    assert zone_weights(walks, 300).tolist() == [1.0]


def test_supply_summary_with_arithmetic() -> None:
    # 5 workers have nothing, 5 have 2 each.
    told = supply_summary([0, 2], [5, 5])
    assert (told.mean, told.none_share, told.worst_mean) == (1, 0.5, 0)
    assert told.gini == pytest.approx(0.5)
    with pytest.raises(InvalidValueError):
        two_step(sp.csr_array((2, 1)), [1, 1], [-1])
    with pytest.raises(InvalidValueError):
        weighted_quantile([1], [1], 0)
