"""Plans in phases against every nested plan there is."""

import itertools
from typing import Any

import numpy as np
import pytest

from geoapp.analysis.siting import SitingStatus, solve_mclp, solve_phases
from geoapp.core.errors import InvalidValueError


def best_nested(
    cover: np.ndarray, weights: np.ndarray, opening: list[int], fixed: list[int], shut: list[int]
) -> float:
    """Return the greatest sum over the phases of the weight covered, by trying every nested plan."""

    def value(sites: frozenset[int]) -> float:
        return float(weights[cover[:, sorted(sites)].any(axis=1)].sum())

    allowed = frozenset(range(cover.shape[1])) - set(shut)
    best: dict[frozenset[int], float] = {frozenset(): 0.0}
    for phase, number in enumerate(opening):
        after: dict[frozenset[int], float] = {}
        for held, sum_ in best.items():
            for more in itertools.combinations(sorted(allowed - held), number):
                sites = held | set(more)
                if phase == 0 and not set(fixed) <= sites:
                    continue
                after[sites] = max(after.get(sites, -1.0), sum_ + value(sites))
        best = after
    return max(best.values())


def test_the_price_of_nesting() -> None:
    """The best single site stands in the middle, and is no part of the best two."""
    cover = [[1, 0, 0], [1, 0, 1], [0, 1, 1], [0, 1, 0]]
    found = solve_phases(cover, [2, 3, 3, 2], [1, 1])
    # An end first, then the other: 5 + 10; the middle first: 6 + 8.
    assert (found.objective, found.bound, found.status) == (15, 15, SitingStatus.OPTIMAL)
    assert [(one.covered, one.alone, one.alone_bound) for one in found.phases] == [
        (5, 6, 6),
        (10, 10, 10),
    ]


def test_a_plan_in_phases_is_the_best_of_all_nested_plans() -> None:
    random = np.random.default_rng(14)
    for trial in range(30):
        points, sites = int(random.integers(4, 14)), int(random.integers(5, 8))
        cover = random.random((points, sites)) < random.choice([0.15, 0.3, 0.5])
        if trial % 2:  # along a street the best middle is in the way of the best two ends
            street = np.linspace(0, 1, points)[:, None] - np.linspace(0, 1, sites)
            cover = abs(street) <= 0.21
        weights = random.integers(0, 9, points).astype(float)
        if trial % 4 > 1:
            weights += random.random(points)
        opening = random.integers(1, 3, int(random.integers(1, 4))).tolist()
        while sum(opening) > sites - 1:
            opening.pop()
        fixed = [0] if trial % 5 == 0 else []
        shut = [sites - 1] if trial % 3 == 0 else []
        found = solve_phases(cover, weights, opening, fixed=fixed, forbidden=shut)
        best = best_nested(cover, weights, opening, fixed, shut)
        assert found.objective == pytest.approx(best, rel=1e-9, abs=1e-9), trial
        assert found.status is SitingStatus.OPTIMAL
        held: list[int] = []
        total = 0.0
        for phase, number in zip(found.phases, opening, strict=True):
            assert len(phase.opened) == number
            held += phase.opened.tolist()
            assert len(set(held)) == len(held)
            covered = weights[cover[:, held].any(axis=1)].sum()
            assert phase.covered == pytest.approx(covered)
            total += phase.gains.sum()
            assert total == pytest.approx(covered)
            alone = solve_mclp(cover, weights, len(held), fixed=fixed, forbidden=shut)
            assert phase.alone == phase.alone_bound == pytest.approx(alone.objective)
        assert set(fixed) <= set(found.phases[0].opened.tolist())
        assert not set(shut) & set(held)


def test_a_bound_holds_though_there_is_no_time() -> None:
    random = np.random.default_rng(15)
    cover = random.random((60, 9)) < 0.25
    weights = random.integers(1, 9, 60).astype(float)
    quick = solve_phases(cover, weights, [1, 2, 2], time_limit_seconds=1e-6)
    best = best_nested(cover, weights, [1, 2, 2], [], [])
    assert quick.objective <= best <= quick.bound
    stopped = solve_phases(cover, weights, [1, 2, 2], cancelled=lambda: True)
    assert stopped.objective <= best <= stopped.bound
    assert [len(one.opened) for one in stopped.phases] == [1, 2, 2]


@pytest.mark.parametrize(
    ("opening", "more", "named"),
    [
        ([], {}, "opening"),
        ([1, 0], {}, "opening"),
        ([1, 1], {"fixed": [0, 1]}, "fixed"),
        ([2, 2], {}, "p"),
    ],
)
def test_what_cannot_be_had_in_phases_is_refused(
    opening: list[int], more: dict[str, Any], named: str
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        solve_phases(np.eye(3), [1, 1, 1], opening, **more)
    assert caught.value.parameter == named
