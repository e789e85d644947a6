"""Maximal covering component by component: the answers of trying all plans, bounds that hold when stopped."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from geoapp.analysis.siting import CoverProblem, Limits, SitingStatus, most_covered
from geoapp.analysis.siting.covering.aggregate import merged
from geoapp.analysis.siting.covering.dual import bounds_of
from geoapp.analysis.siting.parts.components import Answer, Sought, components_of, solve_component
from geoapp.analysis.siting.parts.sharing import Each, best_share, most_covered_in_parts, share_at
from geoapp.core.errors import InvalidValueError
from tests.analysis.siting.instances import random_cover, some_rules, subsets
from tests.seeds import seeds


def each(some: Iterable[Sought], look: Callable[[], None]) -> Iterator[Answer]:
    """Do the work here."""
    for one in some:
        look()
        yield solve_component(one)


class Stopping:
    """Does the work here until so many answers are given; then somebody cancels."""

    def __init__(self, answers: int) -> None:
        self._left = answers

    def limits_and_each(self) -> tuple[Limits, Each]:
        """Return limits and a worker that know of it."""
        return Limits(cancelled=lambda: self._left < 0), self._each

    def _each(self, some: Iterable[Sought], look: Callable[[], None]) -> Iterator[Answer]:
        for one in some:
            self._left -= 1
            look()
            yield solve_component(one)


def towns(rng: np.random.Generator, count: int, sites: int) -> np.ndarray:
    """Return a cover of towns that lie apart, their rows and columns mixed."""
    parts = [random_cover(rng, int(rng.integers(1, 25)), sites) for _ in range(count)]
    cover = sp.block_diag(parts).toarray() > 0
    return cover[rng.permutation(len(cover))][:, rng.permutation(cover.shape[1])]


@pytest.mark.parametrize("seed", seeds(80))
def test_the_share_is_that_of_trying_all_plans(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cover = towns(rng, 3, 3)
    weights = (
        rng.integers(0, 20, len(cover)).astype(float) if seed % 3 else 10 * rng.random(len(cover))
    )
    fixed, forbidden = some_rules(rng, 9)
    p = int(rng.integers(max(1, len(fixed)), 9 - len(forbidden) + 1))
    problem = CoverProblem.of(
        sp.csr_array(cover.astype(float)), weights, p, fixed=fixed, forbidden=forbidden
    )
    result = most_covered_in_parts(problem, Limits(), each)
    best = {
        size: max(
            float(weights[cover[:, plan].any(axis=1)].sum())
            for plan in subsets(9, fixed, forbidden)
            if len(plan) == size
        )
        for size in range(max(1, len(fixed)), p + 1)
    }
    assert result.status is SitingStatus.OPTIMAL
    assert result.objective == result.bound == pytest.approx(best[p], abs=1e-9)
    assert result.objective == pytest.approx(
        most_covered(problem, Limits()).objective, rel=1e-12, abs=1e-12
    )
    assert len(set(result.chosen.tolist())) == p and set(fixed) <= set(result.chosen.tolist())
    assert not set(forbidden) & set(result.chosen.tolist())
    assert [point.p for point in result.curve] == sorted(best)
    for point in result.curve:
        assert point.objective <= best[point.p] + 1e-9 <= point.bound + 2e-9
    # With the prices anybody counts a bound again.
    assert result.prices is not None and ((result.prices >= 0) & (result.prices <= weights)).all()


@pytest.mark.parametrize("seed", seeds(10))
def test_stopped_at_any_moment_plan_and_bound_hold(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cover = towns(rng, 4, 30)
    weights = rng.integers(1, 20, len(cover)).astype(float)
    problem = CoverProblem.of(sp.csr_array(cover.astype(float)), weights, 12)
    truth = most_covered(problem, Limits()).objective
    for after in (0, 1, 2, 4):
        result = most_covered_in_parts(problem, *Stopping(after).limits_and_each())
        assert result.objective <= truth <= result.bound
        assert len(result.chosen) == 12
        if result.bound > result.objective:
            assert result.status is SitingStatus.CANCELLED


def test_what_is_said_of_one_number_of_sites_holds_for_all() -> None:
    rng = np.random.default_rng(3)
    cover = random_cover(rng, 40, 9).astype(float)
    rows = merged(sp.csr_array(cover), rng.integers(1, 20, 40).astype(float))
    truth = [0.0] + [
        max(
            float(rows.weights[(rows.cover.toarray()[:, list(plan)] > 0).any(axis=1)].sum())
            for plan in itertools.combinations(range(9), number)
        )
        for number in range(1, 10)
    ]
    for p in range(1, 10):
        answer = solve_component(Sought(0, rows.cover, rows.weights, p, 60.0, 0.0))
        assert answer.bounds[p] == answer.reached[p] == truth[p]
        assert (answer.bounds >= truth).all()
        assert (answer.reached <= truth[: p + 1]).all()
        by_site = sp.csr_array(rows.cover.T)
        again = bounds_of(by_site, rows.weights, answer.prices / rows.weights, 9)
        assert (again >= np.array(truth) - 1e-9).all()


def test_components_touch_nothing_else_and_single_sites_are_one() -> None:
    cover = np.zeros((6, 7))
    cover[0, [1, 4]] = cover[1, [4, 6]] = 1  # sites 1, 4, 6
    cover[2, 0] = cover[3, 0] = cover[4, 3] = 1  # sites that share nobody; 2 reaches nobody
    cover[5, 5] = 1
    weights = np.arange(1.0, 7.0)
    found = components_of(sp.csr_array(cover), weights)
    assert [sorted(one.sites.tolist()) for one in found] == [[0, 2, 3, 5], [1, 4, 6]]
    assert [sorted(one.rows.tolist()) for one in found] == [[2, 3, 4, 5], [0, 1]]
    for one in found:
        assert (one.weights == weights[one.rows]).all()
        assert (one.cover.toarray() == cover[np.ix_(one.rows, one.sites)]).all()


def test_shares_of_curves_that_are_not_concave() -> None:
    curves = [np.array([0.0, 1.0, 10.0]), np.array([0.0, 6.0, 7.0]), np.array([0.0, 5.0, 5.0, 5.0])]
    best, shares = best_share(curves, 4)
    assert best.tolist() == [0.0, 6.0, 11.0, 16.0, 21.0]
    assert share_at(shares, 3) == [2, 1, 0]
    assert share_at(shares, 2) == [0, 1, 1]  # one price would take the first curve's two
    assert share_at(best_share(curves, 9)[1], 9) == [2, 2, 1]


def test_rules_that_tie_components_are_refused() -> None:
    problem = CoverProblem.of(sp.csr_array(np.eye(3)), np.ones(3), 2, backup_share=0.5)
    with pytest.raises(InvalidValueError, match="no rule but a number of sites"):
        most_covered_in_parts(problem, Limits(), each)
    seated = replace(CoverProblem.of(sp.csr_array(np.eye(3)), np.ones(3), 2), capacities=np.ones(3))
    with pytest.raises(InvalidValueError, match="no rule but a number of sites"):
        most_covered_in_parts(seated, Limits(), each)
