"""New stations beside standing ones with seats: equal to trying all plans, each by two least cuts."""

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from geoapp.analysis.siting import SitingResult, SitingStatus, most_served, solve_mclp
from geoapp.core.errors import InvalidValueError
from tests.analysis.siting.covering.test_spacing import keeps, random_conflicts
from tests.analysis.siting.instances import random_cover, some_rules, subsets
from tests.analysis.siting.models.test_capacity import Turns, at_all_turns, some_turns
from tests.seeds import seeds

SITES = 5


@dataclass
class Instance:
    """Candidates first, then what stands; ``beyond`` says what a plan serves more than that alone."""

    cover: np.ndarray
    weights: np.ndarray
    standing: np.ndarray
    when: Turns

    def beyond(self, plan: list[int], seats: np.ndarray) -> float:
        every = np.concatenate((seats, self.standing))
        stands = list(range(SITES, len(every)))
        both, alone = (
            at_all_turns(self.cover, self.weights, every, sites, self.when)
            for sites in ([*plan, *stands], stands)
        )
        return both - alone

    @property
    def asked(self) -> dict[str, Any]:
        return {
            "standing": self.cover[:, SITES:],
            "standing_seats": self.standing,
            "turns": self.when[0],
            "turn_shares": self.when[1],
        }


def some_instance(rng: np.random.Generator, whole: bool) -> Instance:
    """Return sites that stand beside and upon candidates, some without a seat, some with seats for all."""
    stands = int(rng.integers(0, 4))
    cover = random_cover(rng, int(rng.integers(1, 22)), SITES + stands)
    for one in range(SITES, SITES + stands):
        if rng.random() < 0.3:
            cover[:, one] = cover[:, rng.integers(0, one)]  # at the same place as another
    weights = rng.integers(0, 9, len(cover)).astype(float) if whole else rng.random(len(cover))
    standing = rng.integers(0, 20, stands).astype(float) if whole else 2 * rng.random(stands)
    standing[rng.random(stands) < 0.2] = 0.0
    standing[rng.random(stands) < 0.15] = 1000.0
    when: Turns = (np.zeros(len(cover), np.int64), np.ones(1))
    if rng.random() < 0.5:
        when = some_turns(rng, len(cover), whole)
    return Instance(cover, weights, standing, when)


def check_flow(one: Instance, seats: np.ndarray, result: SitingResult) -> None:
    """Who has a seat more goes on from who had one, and all of them find one (least cut)."""
    assert result.served is not None and result.seated_before is not None
    served, before = result.served.toarray(), result.seated_before
    assert (served >= 0).all() and (before >= 0).all()
    assert served.sum() == pytest.approx(result.objective, abs=1e-7)
    after = before + served.sum(axis=1)
    assert (after <= one.weights + 1e-7).all()
    stands = list(range(SITES, SITES + len(one.standing)))
    every = np.concatenate((seats, one.standing))
    chosen = result.chosen.tolist()
    for people, sites in ((before, stands), (after, [*chosen, *stands])):
        found = at_all_turns(one.cover, people, every, sites, one.when)
        assert found == pytest.approx(people.sum(), abs=1e-7)
        assert at_all_turns(one.cover, one.weights, every, sites, one.when) == pytest.approx(
            people.sum(), abs=1e-7
        )
    assert served[:, chosen].sum(axis=0) == pytest.approx(result.gains, abs=1e-7)
    values = [one.beyond(chosen[:n], seats) for n in range(len(chosen) + 1)]
    assert result.gains == pytest.approx(np.diff(values), abs=1e-7)


@pytest.mark.parametrize("seed", seeds(300))
def test_beside_standing_seats_equal_trying_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one = some_instance(rng, seed % 3 != 0)
    whole = seed % 3 != 0
    seats = rng.integers(0, 20, SITES).astype(float) if whole else 2 * rng.random(SITES)
    fixed, forbidden = some_rules(rng, SITES)
    p = int(rng.integers(max(1, len(fixed)), SITES - len(forbidden) + 1))
    rules: dict[str, Any] = {}
    costs, budget = np.zeros(SITES), np.inf
    district, most = rng.integers(0, 3, SITES), dict[int, int]()
    relation = np.zeros((SITES, SITES), bool)
    use = int(rng.integers(0, 8))
    if use & 1:
        costs, budget = rng.integers(1, 10, SITES).astype(float), float(rng.integers(5, 30))
        rules |= {"costs": costs, "budget": budget}
    if use & 2:
        most = {int(g): int(rng.integers(0, 3)) for g in np.unique(district)}
        rules |= {"groups": district, "group_max": most}
    if use & 4:
        relation = random_conflicts(rng, SITES)
        rules["conflicts"] = relation
    plans = [
        plan
        for plan in subsets(SITES, fixed, forbidden)
        if len(plan) <= p
        and costs[plan].sum() <= budget
        and keeps(relation, plan)
        and all((district[plan] == g).sum() <= n for g, n in most.items())
    ]
    result = solve_mclp(
        one.cover[:, :SITES],
        one.weights,
        p,
        fixed=fixed,
        forbidden=forbidden,
        capacities=seats,
        **one.asked,
        **rules,
    )
    if not plans:
        assert result.status is SitingStatus.INFEASIBLE
        return
    best = max(one.beyond(plan, seats) for plan in plans)
    assert result.status is SitingStatus.OPTIMAL and result.bound == result.objective
    assert result.objective == pytest.approx(best, abs=1e-7)
    assert sorted(result.chosen.tolist()) in [sorted(plan) for plan in plans]
    check_flow(one, seats, result)


@pytest.mark.parametrize("seed", seeds(150))
def test_sizes_beside_standing_seats_equal_trying_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one = some_instance(rng, seed % 3 != 0)
    kinds = int(rng.integers(1, 4))
    seats = rng.integers(0, 20, kinds) * (1.0 if seed % 3 else 0.1)
    costs = rng.integers(1, 12, kinds) + rng.integers(0, 5, SITES)[:, None].astype(float)
    budget = float(rng.integers(6, 40))
    best = 0.0
    for plan in subsets(SITES, [], []):
        for built in itertools.product(range(kinds), repeat=len(plan)):
            if costs[plan, list(built)].sum() <= budget:
                of_site = np.zeros(SITES)
                of_site[plan] = seats[list(built)]
                best = max(best, one.beyond(plan, of_site))
    result = solve_mclp(
        one.cover[:, :SITES],
        one.weights,
        sizes=seats,
        size_costs=costs,
        budget=budget,
        **one.asked,
    )
    if result.status is SitingStatus.INFEASIBLE:
        assert costs.min() > budget
        return
    assert result.status is SitingStatus.OPTIMAL and result.bound == result.objective
    assert result.objective == pytest.approx(best, abs=1e-7)
    assert result.sizes is not None
    assert costs[result.chosen, result.sizes].sum() <= budget
    of_site = np.zeros(SITES)
    of_site[result.chosen] = seats[result.sizes]
    check_flow(one, of_site, result)


@pytest.mark.parametrize("seed", seeds(100))
def test_most_served_is_the_least_cut(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one = some_instance(rng, seed % 2 == 0)
    every = np.concatenate((rng.integers(0, 20, SITES).astype(float), one.standing))
    once = (np.zeros(len(one.weights), np.int64), np.ones(1))
    sites = list(range(len(every)))
    best = at_all_turns(one.cover, one.weights, every, sites, once)
    relation = sp.csr_array(one.cover.astype(float))
    assert most_served(relation, one.weights, every) == pytest.approx(best, abs=1e-7)


def test_a_new_station_frees_a_seat_for_somebody_else() -> None:
    """Two corners share a station of 10 seats; one is in reach of the new one, the other gains too."""
    result = solve_mclp(
        [[1], [0]],
        [10, 10],
        1,
        capacities=[8],
        standing=[[1], [1]],
        standing_seats=[10],
    )
    assert result.objective == 8 and result.seated_before is not None
    assert result.seated_before.sum() == 10
    assert result.served is not None and result.served.sum() == 8


def test_who_has_a_seat_already_is_not_counted_again() -> None:
    asked: dict[str, Any] = {"capacities": [20], "standing": [[1], [1]]}
    enough = solve_mclp([[1], [1]], [6, 4], 1, standing_seats=[10], **asked)
    assert enough.objective == 0 and enough.status is SitingStatus.OPTIMAL
    none = solve_mclp([[1], [1]], [6, 4], 1, standing_seats=[0], **asked)
    assert none.objective == 10


def test_no_station_is_larger_than_those_need_whom_standing_ones_leave() -> None:
    result = solve_mclp(
        [[1]],
        [12],
        sizes=[5, 20],
        size_costs=[3, 9],
        budget=100,
        standing=[[1]],
        standing_seats=[8],
    )
    assert result.objective == 4 and result.sizes is not None
    assert result.sizes.tolist() == [0]


def test_small_amounts_beside_standing_seats_are_no_round_off() -> None:
    asked: dict[str, Any] = {"standing": [[1], [1]]}
    unit = 2.0**-20
    result = solve_mclp(
        [[1], [0]],
        np.array([3, 5]) * unit,
        1,
        capacities=[2 * unit],
        standing_seats=[unit],
        **asked,
    )
    assert result.objective == pytest.approx(2 * unit)
    assert result.seated_before is not None and result.seated_before.sum() == pytest.approx(unit)


def test_no_time_gives_a_plan_and_no_claim_beside_standing_seats() -> None:
    rng = np.random.default_rng(1)
    cover = random_cover(rng, 300, 60)
    weights = rng.integers(1, 50, 300).astype(float)
    seats = rng.integers(50, 300, 40).astype(float)
    asked: dict[str, Any] = {
        "capacities": seats,
        "standing": cover[:, 40:],
        "standing_seats": rng.integers(0, 200, 20),
    }
    stopped = solve_mclp(cover[:, :40], weights, 6, cancelled=lambda: True, **asked)
    best = solve_mclp(cover[:, :40], weights, 6, **asked)
    assert best.status is SitingStatus.OPTIMAL
    assert stopped.status is SitingStatus.CANCELLED
    assert stopped.objective <= best.objective <= stopped.bound


@pytest.mark.parametrize(
    "wrong",
    [
        {"standing": [[1]]},
        {"standing_seats": [1]},
        {"standing": [[1]], "standing_seats": [1, 2]},
        {"standing": [[1], [1]], "standing_seats": [1]},
        {"standing": [[1]], "standing_seats": [-1]},
        {"standing": [[1]], "standing_seats": [1], "capacities": None},
    ],
)
def test_what_does_not_fit_together_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError, match="standing"):
        solve_mclp([[1]], [1], 1, **({"capacities": [1]} | wrong))
