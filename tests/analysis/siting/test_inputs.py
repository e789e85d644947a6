"""Every form of the inputs means the same, and the corners have answers of their own."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from geoapp.analysis.siting import (
    Action,
    ActionKind,
    SitingResult,
    SitingStatus,
    cheapest_relaxations,
    closers,
    criticality,
    near_best,
    overlaps,
    solve_actions,
    solve_equity,
    solve_lscp,
    solve_mclp,
    solve_p_center,
    solve_p_median,
)
from geoapp.core.errors import InvalidValueError

COVER = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0]])
AWAY = np.array([[0.0, 5, 9], [4, 0, 2], [7, 3, 0]])
NOBODY = np.zeros((0, 3))


def repeated() -> sp.csr_array:
    """Return the cover with a stored zero, an entry twice, and columns out of order."""
    return sp.csr_array(
        (
            np.array([1.0, 1, 0, 1, 1, 2, 1]),
            np.array([2, 0, 1, 1, 1, 1, 0]),
            np.array([0, 3, 5, 7]),
        ),
        shape=(3, 3),
    )


FORMS: dict[str, Callable[[], Any]] = {
    "bool": lambda: COVER.astype(bool),
    "list": lambda: COVER.tolist(),
    "float32": lambda: COVER.astype(np.float32),
    "csr_array": lambda: sp.csr_array(COVER),
    "csr_matrix": lambda: sp.csr_matrix(COVER),
    "csr of bool": lambda: sp.csr_array(COVER.astype(bool)),
    "csc": lambda: sp.csc_matrix(COVER),
    "coo": lambda: sp.coo_array(COVER),
    "lil": lambda: sp.lil_array(COVER),
    "repeated": repeated,
}


@pytest.mark.parametrize("form", FORMS)
def test_all_forms_of_a_cover_are_the_same_relation(form: str) -> None:
    cover = FORMS[form]()
    before = cover.copy() if hasattr(cover, "copy") else list(cover)
    assert solve_mclp(cover, [4, 2, 1], 1).chosen.tolist() == [0]
    assert solve_mclp(cover, [4, 2, 1], 1).objective == 5
    assert solve_lscp(cover).objective == 2
    assert criticality(cover, [4, 2, 1]).tolist() == [0, 2, 0]
    unchanged = before != cover
    assert not (unchanged.nnz if sp.issparse(unchanged) else np.any(unchanged))


def stored_zeros() -> sp.csr_array:
    """Return the impedances as CSR that holds its zeros."""
    row, column = np.indices(AWAY.shape)
    return sp.csr_array((AWAY.ravel(), (row.ravel(), column.ravel())), shape=AWAY.shape)


@pytest.mark.parametrize(
    "form",
    [
        lambda: AWAY,
        lambda: AWAY.tolist(),
        lambda: AWAY.astype(int),
        lambda: AWAY.astype(np.float32),
        stored_zeros,
        lambda: sp.csr_matrix(stored_zeros()),
        lambda: sp.csc_array(stored_zeros()),
    ],
)
def test_all_forms_of_impedances_are_the_same(form: Callable[[], Any]) -> None:
    assert solve_p_median(form(), None, 1).objective == 8
    assert solve_p_median(form(), [3, 1, 1], 2).chosen.tolist() == [0, 2]
    assert solve_p_center(form(), 1).objective == 5


def test_what_is_not_stored_is_out_of_reach_and_a_stored_zero_is_at_the_door() -> None:
    # The zeros of the diagonal are lost: no site is reached from its own place.
    lost = sp.csr_array(AWAY)
    one = solve_p_median(lost, None, 1)
    assert one.status is SitingStatus.INFEASIBLE and one.needed_p == 2
    assert solve_p_median(lost, None, 2).objective == min(4 + 5 + 3, 9 + 4 + 7, 5 + 2 + 3)
    assert solve_p_center(stored_zeros(), 3).objective == 0


@pytest.mark.parametrize(
    "solve",
    [
        lambda p: solve_mclp(NOBODY, [], p),
        lambda p: solve_mclp(NOBODY, [], p, capacities=[1, 1, 1]),
        lambda p: solve_mclp(NOBODY, [], p, backup_share=0.5),
        lambda p: solve_mclp(COVER, [0, 0, 0], p),
        lambda p: solve_mclp(np.zeros((2, 3)), [1, 1], p),
        lambda p: solve_p_median(NOBODY, [], p),
        lambda p: solve_p_median(AWAY, [0, 0, 0], p),
        lambda p: solve_p_center(NOBODY, p),
        lambda p: solve_equity(NOBODY, [], p, []).plan,
        lambda p: solve_equity(COVER, [0, 0, 0], p, ["a", "b", "c"]).plan,
        lambda p: near_best(NOBODY, [], p).best,
    ],
)
def test_without_demand_every_plan_is_proven_best(solve: Callable[[int], SitingResult]) -> None:
    for p in (1, 2, 3):
        result = solve(p)
        assert result.status is SitingStatus.OPTIMAL
        assert result.objective == result.bound == result.gap_share == 0
        assert len(set(result.chosen.tolist())) == p


def test_without_demand_nothing_is_needed() -> None:
    for result in (solve_lscp(NOBODY), solve_lscp(COVER, [0, 0, 0]), solve_lscp(COVER, share=0)):
        assert result.status is SitingStatus.OPTIMAL and not len(result.chosen)
    assert solve_actions(np.zeros((0, 1)), [], [Action(ActionKind.BUILD, "n", 1)], 1).taken == ()
    assert [one.needed for one in cheapest_relaxations(NOBODY, [], 1, 5, share=1)] == [0, 0]
    assert overlaps(NOBODY, []) == () and closers(NOBODY, [], []) == ()


def test_all_sites_are_the_best_plan_of_all_sites() -> None:
    assert solve_mclp(COVER, [4, 2, 1], 3).objective == 7
    assert solve_p_median(AWAY, None, 3).objective == 0
    assert solve_p_center(AWAY, 3).objective == 0
    for solve in (
        lambda p: solve_mclp(COVER, [4, 2, 1], p),
        lambda p: solve_p_median(AWAY, None, p),
        lambda p: solve_p_center(AWAY, p),
    ):
        for p in (0, 4, -1, 1.0, True, "1"):
            with pytest.raises(InvalidValueError, match="p"):
                solve(p)


def test_very_small_and_very_large_weights_are_told_apart() -> None:
    assert solve_mclp(COVER, [1e-9, 3e-9, 0], 1).chosen.tolist() == [1]
    large = solve_mclp(COVER, [1e15, 3e15, 0.5], 1)
    assert large.chosen.tolist() == [1] and large.bound >= large.objective
    assert solve_p_median(AWAY * 1e-9, None, 1).objective == pytest.approx(8e-9)


def test_hardly_any_time_gives_an_answer_that_claims_nothing_unproven() -> None:
    rng = np.random.default_rng(0)
    points, places = rng.random((500, 2)), rng.random((80, 2))
    away = np.hypot(*(points[:, None] - places[None]).transpose(2, 0, 1))
    weights = rng.integers(1, 99, 500).astype(float)
    short = {"time_limit_seconds": 1e-6}
    best = solve_mclp(away <= 0.1, weights, 12)
    for quick, slow, sense in (
        (solve_mclp(away <= 0.1, weights, 12, **short), best, 1),
        (solve_p_median(away, weights, 12, **short), solve_p_median(away, weights, 12), -1),
        (solve_p_center(away, 12, **short), solve_p_center(away, 12), -1),
    ):
        assert len(set(quick.chosen.tolist())) == 12
        assert slow.status is SitingStatus.OPTIMAL
        assert sense * quick.objective <= sense * slow.objective <= sense * quick.bound
        assert (quick.status is SitingStatus.OPTIMAL) == (quick.objective == quick.bound)
