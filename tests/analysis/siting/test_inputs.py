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


def every_model(weights: np.ndarray, **rules: object) -> dict[str, SitingResult]:
    """Return the answer of each model on one seeded town; rules where the model honours them."""
    rng = np.random.default_rng(29)
    points, places = rng.random((40, 2)), rng.random((10, 2))
    away = np.hypot(*(points[:, None] - places[None]).transpose(2, 0, 1))
    cover, region = away <= 0.3, np.arange(40) % 3
    seats = np.full(10, 8.0 * float(weights[0]))
    near = {"conflicts": [(0, 1), (2, 3)]}
    found = {
        "mclp": solve_mclp(cover, weights, 3, **rules),
        "spaced": solve_mclp(cover, weights, 3, **near, **rules),
        "backup": solve_mclp(cover, weights, 3, backup_share=0.25, **rules),
        "seats": solve_mclp(cover, weights, 3, capacities=seats, **rules),
        "equity": solve_equity(cover, weights, 3, region, **rules).plan,
    }
    if "budget" not in rules:
        found["lscp"] = solve_lscp(cover, weights, share=0.8, **rules)
        found["p_median"] = solve_p_median(away, weights, 3, **rules)
        found["p_center"] = solve_p_center(away, 3, **rules)
    return found


@pytest.mark.parametrize("unit", [1.0, 0.37, 1e12, 1e-12])
def test_every_figure_of_an_answer_agrees_with_the_others(unit: float) -> None:
    """Whatever the unit of weights is: objective, gains, curve, gap, status and who is served."""
    plain = np.random.default_rng(1).integers(1, 9, 40).astype(float)
    known = every_model(plain)
    for name, result in every_model(plain * unit).items():
        factor = 1.0 if name in ("lscp", "p_center") else unit
        close = pytest.approx(known[name].objective * factor, rel=1e-9)
        assert result.status is SitingStatus.OPTIMAL, name
        assert result.objective == result.bound == close and result.gap_share == 0, name
        if len(result.gains):
            assert float(result.gains.sum()) == pytest.approx(result.objective, rel=1e-9), name
        if result.curve:
            last = result.curve[-1]
            assert (last.objective, last.bound) == (result.objective, result.bound), name
            assert last.p == len(result.chosen)
        assert set(result.assignment.tolist()) - {-1} <= set(result.chosen.tolist())
        if name in ("mclp", "spaced", "equity"):
            reached = float((plain * unit)[result.assignment >= 0].sum())
            assert reached == pytest.approx(result.objective, rel=1e-9), name
        if name == "seats":
            assert result.served is not None
            seats = 8.0 * float(plain[0] * unit)
            by_site = np.asarray(result.served.sum(axis=0)).ravel()
            assert by_site.sum() == pytest.approx(result.objective, rel=1e-9)
            assert by_site.max() <= seats * (1 + 1e-9)


def test_nothing_is_proven_where_nothing_can_be_opened() -> None:
    weights = np.ones(40)
    for result in every_model(weights, costs=np.full(10, 5.0), budget=3.0).values():
        assert result.status is SitingStatus.INFEASIBLE and result.needed_budget == 5
        assert result.reason is not None and "5" in result.reason.en and not len(result.chosen)
    with pytest.raises(InvalidValueError) as caught:
        every_model(weights, forbidden=range(10))
    assert caught.value.parameter == "forbidden"
    with pytest.raises(InvalidValueError) as caught:
        solve_mclp([[1, 1]], [1], costs=[1, 1], budget=2, forbidden=[0, 1])
    assert caught.value.parameter == "forbidden"
    # What is heavier than all the rest together hides nothing: 150 seats are 150 seats.
    heavy = np.append(np.ones(3), 1e12)
    seated = solve_mclp(np.eye(4), heavy, 2, capacities=[50, 50, 50, 50])
    assert seated.objective == 51 and seated.bound >= 51
