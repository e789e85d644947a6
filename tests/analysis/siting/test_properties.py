"""What must hold between the models, whatever the town."""

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geoapp.analysis.siting import (
    SitingStatus,
    solve_equity,
    solve_lscp,
    solve_mclp,
    solve_p_center,
    solve_p_median,
)

SITES = 6


@st.composite
def towns(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Draw whole-number impedances (some unreachable) and weights."""
    demand = draw(st.integers(1, 12))
    entry = st.one_of(st.integers(0, 12).map(float), st.just(float("inf")))
    rows = st.lists(entry, min_size=SITES, max_size=SITES)
    away = draw(st.lists(rows, min_size=demand, max_size=demand))
    weights = draw(st.lists(st.integers(0, 9), min_size=demand, max_size=demand))
    return np.array(away), np.array(weights, float)


@settings(max_examples=60, deadline=None)
@given(towns(), st.integers(0, 12), st.integers(1, SITES))
def test_set_covering_and_p_center_say_the_same(
    town: tuple[np.ndarray, np.ndarray], standard: int, p: int
) -> None:
    away, _ = town
    fewest = solve_lscp(away <= standard)
    center = solve_p_center(away, p)
    within = center.status is SitingStatus.OPTIMAL and center.objective <= standard
    assert within == (fewest.status is SitingStatus.OPTIMAL and fewest.objective <= p)


@settings(max_examples=60, deadline=None)
@given(towns(), st.integers(0, 12))
def test_as_many_sites_as_set_covering_needs_cover_all(
    town: tuple[np.ndarray, np.ndarray], standard: int
) -> None:
    away, weights = town
    fewest = solve_lscp(away <= standard, weights)
    if fewest.status is SitingStatus.OPTIMAL and fewest.objective >= 1:
        sites = int(fewest.objective)
        assert solve_mclp(away <= standard, weights, sites).objective == weights.sum()
        if sites > 1:
            assert solve_mclp(away <= standard, weights, sites - 1).objective < weights.sum()
        share = solve_lscp(away <= standard, weights, share=0.5)
        assert share.objective <= fewest.objective


@settings(max_examples=40, deadline=None)
@given(towns(), st.integers(0, 12))
@example((np.full((1, SITES), 3.0), np.array([2.0])), 5)  # no exchange could save anything
def test_more_sites_never_cover_less_nor_cost_more(
    town: tuple[np.ndarray, np.ndarray], standard: int
) -> None:
    away, weights = town
    covered = [solve_mclp(away <= standard, weights, p).objective for p in range(1, SITES + 1)]
    assert covered == sorted(covered)
    # Each site adds no more than the one before: not so for optima, but their bound by p sites.
    assert all(value <= p * covered[0] for p, value in enumerate(covered, 1))
    totals = [solve_p_median(away, weights, p) for p in range(1, SITES + 1)]
    reached = [one.objective for one in totals if one.status is SitingStatus.OPTIMAL]
    assert reached == sorted(reached, reverse=True)
    seated = solve_mclp(away <= standard, weights, 2, capacities=np.full(SITES, 5.0))
    assert seated.objective <= min(covered[1], 10)


@settings(max_examples=40, deadline=None)
@given(towns(), st.integers(0, 12), st.integers(1, SITES), st.randoms(use_true_random=False))
def test_permuting_inputs_permutes_outputs(
    town: tuple[np.ndarray, np.ndarray], standard: int, p: int, random: object
) -> None:
    away, weights = town
    rows, columns = list(range(len(away))), list(range(SITES))
    random.shuffle(rows)  # type: ignore[attr-defined]
    random.shuffle(columns)  # type: ignore[attr-defined]
    turned, other = away[rows][:, columns], weights[rows]
    cover, turned_cover = away <= standard, turned <= standard
    for first, second, value in (
        (solve_mclp(cover, weights, p), solve_mclp(turned_cover, other, p), "covered"),
        (solve_p_center(away, p), solve_p_center(turned, p), "worst"),
        (solve_p_median(away, weights, p), solve_p_median(turned, other, p), "total"),
        (solve_lscp(cover, weights), solve_lscp(turned_cover, other), "sites"),
    ):
        assert first.status is second.status
        if first.status is SitingStatus.INFEASIBLE:
            continue
        assert first.objective == second.objective
        plan = [columns[site] for site in second.chosen]
        if value == "covered":
            assert weights[cover[:, plan].any(axis=1)].sum() == first.objective
        elif value == "worst":
            assert away[:, plan].min(axis=1).max() == first.objective


@settings(max_examples=40, deadline=None)
@given(towns(), st.integers(0, 12), st.integers(1, SITES))
def test_lifting_the_worst_never_covers_more_than_covering_most(
    town: tuple[np.ndarray, np.ndarray], standard: int, p: int
) -> None:
    away, weights = town
    region = np.arange(len(away)) % 3
    most = solve_mclp(away <= standard, weights, p)
    fair = solve_equity(away <= standard, weights, p, region)
    assert fair.plan.objective <= most.objective
    total = np.bincount(region, weights, region.max() + 1)
    met = (away <= standard)[:, most.chosen].any(axis=1)
    share = np.bincount(region[met], weights[met], len(total))[total > 0] / total[total > 0]
    if len(share):
        assert fair.levels[0].objective >= share.min() - 1e-9
