"""Stations with so many seats: equal to trying all plans, each judged by its greatest flow."""

import itertools

import networkx as nx
import numpy as np
import pytest

from geoapp.analysis.siting import SitingStatus, solve_mclp
from geoapp.core.errors import InvalidValueError
from tests.analysis.siting.covering.test_spacing import keeps, random_conflicts
from tests.analysis.siting.instances import random_cover, some_rules, subsets
from tests.seeds import seeds


def flow(cover: np.ndarray, weights: np.ndarray, seats: np.ndarray, plan: list[int]) -> float:
    """Return the greatest flow from demand points to the sites of a plan (networkx)."""
    graph = nx.DiGraph()
    graph.add_nodes_from(("from", "to"))
    for point in range(len(cover)):
        graph.add_edge("from", ("i", point), capacity=weights[point])
        for site in plan:
            if cover[point, site]:
                graph.add_edge(("i", point), ("j", site))
    for site in plan:
        graph.add_edge(("j", site), "to", capacity=seats[site])
    return float(nx.maximum_flow_value(graph, "from", "to"))


def by_subsets(cover: np.ndarray, weights: np.ndarray, seats: np.ndarray, plan: list[int]) -> float:
    """Return the same by the least cut: over all sets of full sites (Ford & Fulkerson 1956)."""
    least = np.inf
    for size in range(len(plan) + 1):
        for full in itertools.combinations(plan, size):
            rest = [site for site in plan if site not in full]
            within = weights[cover[:, rest].any(axis=1)].sum()
            least = min(least, seats[list(full)].sum() + within)
    return float(least)


Turns = tuple[np.ndarray, np.ndarray]


def at_all_turns(
    cover: np.ndarray, weights: np.ndarray, seats: np.ndarray, plan: list[int], when: Turns
) -> float:
    """Return the same where seats are free again at each turn."""
    turns, shares = when
    return sum(
        by_subsets(cover[turns == turn], weights[turns == turn], seats * share, plan)
        for turn, share in enumerate(shares.tolist())
    )


def some_turns(rng: np.random.Generator, points: int, whole: bool) -> Turns:
    """Return by point its turn of a few, and what a seat is at each."""
    count = int(rng.integers(1, 4))
    shares = rng.integers(1, 4, count).astype(float) if whole else 0.1 + rng.random(count)
    return rng.integers(0, count, points), shares


@pytest.mark.parametrize("seed", seeds(150))
def test_capacities_equal_trying_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cover = random_cover(rng, int(rng.integers(1, 25)), 7)
    whole = seed % 3 != 0
    weights = rng.integers(0, 9, len(cover)).astype(float) if whole else rng.random(len(cover))
    seats = rng.integers(0, 25, 7).astype(float) if whole else 3 * rng.random(7)
    fixed, forbidden = some_rules(rng, 7)
    p = int(rng.integers(max(1, len(fixed)), 7 - len(forbidden) + 1))
    rules: dict[str, object] = {}
    costs, budget = np.zeros(7), np.inf
    district = rng.integers(0, 3, 7)
    most: dict[int, int] = {}
    relation = np.zeros((7, 7), bool)
    use = int(rng.integers(0, 8))
    if use & 1:
        costs, budget = rng.integers(1, 10, 7).astype(float), float(rng.integers(5, 30))
        rules |= {"costs": costs, "budget": budget}
    if use & 2:
        most = {int(g): int(rng.integers(0, 3)) for g in np.unique(district)}
        rules |= {"groups": district, "group_max": most}
    if use & 4:
        relation = random_conflicts(rng, 7)
        rules["conflicts"] = relation
    when: Turns = (np.zeros(len(cover), np.int64), np.ones(1))
    if seed % 2:
        when = some_turns(rng, len(cover), whole)
        rules |= {"turns": when[0], "turn_shares": when[1]}
    plans = [
        plan
        for plan in subsets(7, fixed, forbidden)
        if len(plan) <= p
        and costs[plan].sum() <= budget
        and keeps(relation, plan)
        and all((district[plan] == g).sum() <= n for g, n in most.items())
    ]
    result = solve_mclp(
        cover, weights, p, fixed=fixed, forbidden=forbidden, capacities=seats, **rules
    )
    if not plans:
        assert result.status is SitingStatus.INFEASIBLE and result.reason is not None
        return
    best = max(at_all_turns(cover, weights, seats, plan, when) for plan in plans)
    assert result.status is SitingStatus.OPTIMAL and result.bound == result.objective
    assert result.objective == pytest.approx(best, abs=1e-9)
    chosen = result.chosen.tolist()
    assert sorted(chosen) in [sorted(plan) for plan in plans]
    assert len(chosen) == p or use
    assert chosen[: len(fixed)] == fixed
    parts = [
        flow(cover[when[0] == turn], weights[when[0] == turn], seats * share, chosen)
        for turn, share in enumerate(when[1].tolist())
    ]
    assert sum(parts) == pytest.approx(best)
    # What each adds is the difference of two greatest flows, and falls.
    values = [at_all_turns(cover, weights, seats, chosen[:n], when) for n in range(len(chosen) + 1)]
    assert result.gains == pytest.approx(np.diff(values), abs=1e-9)
    assert (np.diff(result.gains[len(fixed) :]) <= 1e-9).all()
    # The flow keeps every limit and is the objective.
    assert result.served is not None
    served = result.served.toarray()
    assert served.sum() == pytest.approx(best)
    assert (served >= 0).all() and not served[~cover].any()
    assert (served.sum(axis=1) <= weights + 1e-9).all()
    for turn, share in enumerate(when[1].tolist()):
        assert (served[when[0] == turn].sum(axis=0) <= seats * share + 1e-9).all()
    assert not np.delete(served, chosen, axis=1).any()
    assert ((result.assignment >= 0) == (served.sum(axis=1) > 0)).all()
    met = np.flatnonzero(result.assignment >= 0)
    assert (served[met, result.assignment[met]] == served[met].max(axis=1)).all()


def test_seats_for_all_are_as_good_as_no_limit() -> None:
    rng = np.random.default_rng(1)
    cover = random_cover(rng, 200, 25)
    weights = rng.integers(1, 50, 200).astype(float)
    free = solve_mclp(cover, weights, 4)
    seated = solve_mclp(cover, weights, 4, capacities=np.full(25, weights.sum()))
    assert seated.objective == free.objective and seated.status is SitingStatus.OPTIMAL
    assert seated.gains.tolist() == free.gains.tolist()


def test_half_the_seats_serve_half_and_a_corner_may_be_split() -> None:
    # 10 workers at one corner within reach of two stations of 4 seats each.
    result = solve_mclp([[1, 1]], [10], 2, capacities=[4, 4])
    assert result.objective == 8 and result.served is not None
    assert result.served.toarray().tolist() == [[4, 4]]


def test_a_seat_is_free_again_at_each_turn() -> None:
    """By day 10 and by night 3 workers want the 4 seats; twice as many hours are of the night."""
    result = solve_mclp(
        [[1], [1]], [10 / 3, 3 * 2 / 3], 1, capacities=[4], turns=[0, 1], turn_shares=[1 / 3, 2 / 3]
    )
    assert result.objective == pytest.approx(4 / 3 + 2)
    for wrong in ({"turns": [0, 2]}, {"turns": [0]}, {"turn_shares": None}, {"turns": [0.5, 0]}):
        with pytest.raises(InvalidValueError, match="turn"):
            solve_mclp(
                [[1], [1]],
                [1, 1],
                1,
                capacities=[4],
                **{"turns": [0, 1], "turn_shares": [1, 1]} | wrong,  # type: ignore[arg-type]
            )


def test_no_time_gives_a_plan_and_no_claim() -> None:
    rng = np.random.default_rng(1)
    cover = random_cover(rng, 300, 40)
    weights = rng.integers(1, 50, 300).astype(float)
    seats = rng.integers(50, 300, 40).astype(float)
    result = solve_mclp(cover, weights, 6, capacities=seats, cancelled=lambda: True)
    best = solve_mclp(cover, weights, 6, capacities=seats)
    assert best.status is SitingStatus.OPTIMAL
    assert result.status is SitingStatus.CANCELLED and len(result.chosen) == 6
    assert result.objective <= best.objective <= result.bound


def test_seats_and_backup_are_refused_together() -> None:
    with pytest.raises(InvalidValueError, match="seat serves once"):
        solve_mclp([[1]], [1], 1, capacities=[1], backup_share=0.5)
    for wrong in ([1, 2], [-1], [np.nan]):
        with pytest.raises(InvalidValueError, match="capacities"):
            solve_mclp([[1]], [1], 1, capacities=wrong)
