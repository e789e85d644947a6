"""Plans of actions equal trying all of them, with closures, moves, limits and conflicts."""

import itertools

import numpy as np
import pytest

from geoapp.analysis.siting import Action, ActionKind, SitingStatus, sliced, solve_actions
from geoapp.core.errors import InvalidValueError
from tests.seeds import seeds

KINDS = (ActionKind.EXTEND_HOURS, ActionKind.MOVE, ActionKind.UPGRADE, ActionKind.CLOSE)


@pytest.mark.parametrize("seed", seeds(200))
def test_actions_equal_trying_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, standing, new = int(rng.integers(1, 30)), 3, int(rng.integers(1, 6))
    current = rng.random((rows, standing)) < 0.3
    codes = [f"s{number}" for number in range(standing)]
    actions, columns = [], []
    for _ in range(4):
        kind = KINDS[int(rng.integers(4))]
        code = codes[int(rng.integers(standing))]
        cost = float(rng.integers(-6, 0) if kind is ActionKind.CLOSE else rng.integers(0, 6))
        actions.append(Action(kind, code, cost))
        closed = kind is ActionKind.CLOSE
        columns.append(np.zeros(rows, bool) if closed else rng.random(rows) < 0.4)
    for number in range(new):
        actions.append(Action(ActionKind.BUILD, f"n{number % 4}", float(rng.integers(1, 9))))
        columns.append(rng.random(rows) < 0.3)
    cover = np.array(columns).T
    weights = rng.integers(0, 9, rows).astype(float) if seed % 3 else rng.random(rows)
    budget = float(rng.integers(-8, 20))
    most = None if seed % 2 else int(rng.integers(0, 4))
    count = len(actions)
    conflict = np.triu(rng.random((count + standing,) * 2) < (0.15 if seed % 4 > 1 else 0), 1)
    cost = np.array([action.cost for action in actions])

    def stands(plan: tuple[int, ...]) -> list[int]:
        gone = {actions[one].facility for one in plan}
        return [*plan, *(count + e for e, code in enumerate(codes) if code not in gone)]

    def value(plan: tuple[int, ...]) -> float:
        both = np.hstack((cover, current))[:, stands(plan)]
        return float(weights[both.any(axis=1)].sum())

    def keeps(plan: tuple[int, ...]) -> bool:
        on = [actions[one].facility for one in plan]
        there = stands(plan)
        apart = conflict[np.ix_(there, there)].copy()
        old = np.array(there) >= count
        apart[np.ix_(old, old)] = False
        return len(set(on)) == len(on) and (most is None or len(plan) <= most) and not apart.any()

    plans = [
        plan
        for size in range(count + 1)
        for plan in itertools.combinations(range(count), size)
        if keeps(plan)
    ]
    allowed = [plan for plan in plans if cost[list(plan)].sum() <= budget]
    result = solve_actions(
        cover,
        weights,
        actions,
        budget,
        current=current,
        existing=codes,
        most_actions=most,
        conflicts=conflict,
    )
    assert result.before == pytest.approx(value(()))
    if not allowed:
        assert result.status is SitingStatus.INFEASIBLE and result.reason is not None
        assert result.needed_budget == min(cost[list(plan)].sum() for plan in plans)
        return
    best = max(map(value, allowed))
    mine = tuple(sorted(one.index for one in result.taken))
    assert mine in allowed
    assert result.status is SitingStatus.OPTIMAL and result.bound == result.objective
    assert result.objective == pytest.approx(best, abs=1e-9) == pytest.approx(value(mine))
    assert result.cost == cost[list(mine)].sum()
    assert result.cost == min(
        cost[list(plan)].sum() for plan in allowed if value(plan) >= best - 1e-9
    )
    assert result.least_cost == pytest.approx(result.cost)
    assert weights[result.covered].sum() == pytest.approx(best)
    assert sum(one.adds for one in result.taken) == pytest.approx(best - value(()))
    done: tuple[int, ...] = ()
    for one in result.taken:
        assert one.adds == pytest.approx(value((*done, one.index)) - value(done))
        done = (*done, one.index)


def test_twelve_until_ten_or_five_new_ones() -> None:
    # Two stations that close at 18:00 and two new places, on four demand points by day and evening.
    # By day 10 workers at each point, in the evening 8. Stations cover points 0 and 1.
    near = np.eye(4, dtype=bool)
    codes = ["A", "B", "C", "D"]
    actions = [
        *(Action(ActionKind.EXTEND_HOURS, code, 1.0) for code in codes[:2]),
        *(Action(ActionKind.BUILD, code, 3.0) for code in codes[2:]),
    ]
    weights = np.array([[10.0] * 4, [8.0] * 4])
    current, flat = sliced(near[:, :2], np.array([[True, True], [False, False]]), weights)
    # New stations are open by day only.
    after, _ = sliced(near, np.array([[True] * 4, [True, True, False, False]]), weights)
    known = {"current": current, "existing": codes[:2]}
    plan = solve_actions(after, flat, actions, 3.0, **known)
    assert [one.index for one in plan.taken] == [0, 1]
    assert (plan.before, plan.objective, plan.cost) == (20, 36, 2)
    assert plan.taken[0].action.text.en == "open longer A: costs 1"
    assert plan.taken[0].action.text.zh == "延长开放时间 A：费用 1"
    longer = solve_actions(after[:, :2], flat, actions[:2], 6.0, **known)
    newer = solve_actions(after[:, 2:], flat, actions[2:], 6.0, **known)
    assert (longer.objective, longer.cost) == (36, 2)
    assert (newer.objective, newer.cost) == (40, 6)


def test_closing_one_of_two_that_overlap_pays_for_another() -> None:
    # A and B both reach point 0; nobody reaches point 1.
    current = [[1, 1], [0, 0]]
    actions = [
        Action(ActionKind.CLOSE, "A", -4.0),
        Action(ActionKind.CLOSE, "B", -3.0),
        Action(ActionKind.BUILD, "N", 4.0, detail=None),
    ]
    plan = solve_actions(
        [[0, 0, 0], [0, 0, 1]], [5, 7], actions, 0.0, current=current, existing=["A", "B"]
    )
    assert [(one.action.facility, one.adds) for one in plan.taken] == [("N", 7), ("A", 0)]
    assert plan.cost == 0 and plan.objective == 12
    assert plan.taken[1].action.text.en == "close A: saves 4"
    never = solve_actions(
        [[0, 0, 0], [0, 0, 1]], [5, 7], actions, -10.0, current=current, existing=["A", "B"]
    )
    assert never.status is SitingStatus.INFEASIBLE and never.needed_budget == -7


def test_rows_by_class_of_hours() -> None:
    cover, weights = sliced([[1, 1], [0, 1]], [[True, False], [True, True]], [[1, 2], [3, 4]])
    assert cover.toarray().tolist() == [[1, 0], [0, 0], [1, 1], [0, 1]]
    assert weights.tolist() == [1, 2, 3, 4]
    for open_, weight in (
        ([[True]], [[1, 2]]),
        ([[1, 0]], [[1, 2]]),
        ([[True, True]], [[1]]),
        ([[True, True]], [[1, -1]]),
        ([[True, True]], [[1, np.nan]]),
    ):
        with pytest.raises(InvalidValueError):
            sliced([[1, 1], [0, 1]], open_, weight)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"actions": []}, "actions"),
        ({"budget": np.nan}, "budget"),
        ({"actions": [Action(ActionKind.BUILD, "n", np.inf)]}, "cost"),
        ({"existing": ["a", "a"], "current": [[1, 1]]}, "existing"),
        ({"existing": ["a"], "current": [[1, 1]]}, "current"),
        ({"current": [[1, 1]]}, "existing"),
        ({"most_actions": -1}, "most_actions"),
        ({"weights": [1, 2]}, "weights"),
    ],
)
def test_wrong_inputs_are_refused_by_name(change: dict[str, object], name: str) -> None:
    inputs: dict[str, object] = {
        "cover": [[1]],
        "weights": [1],
        "actions": [Action(ActionKind.BUILD, "n", 1.0)],
        "budget": 1.0,
    }
    with pytest.raises(InvalidValueError) as caught:
        solve_actions(**inputs | change)
    assert caught.value.parameter == name


@pytest.mark.parametrize("rows", [0, 3])
def test_no_action_offered_leaves_all_as_it_is(rows: int) -> None:
    none, current = np.zeros((rows, 0)), np.array([[1, 0], [0, 0], [0, 1]])[:rows]
    weights = [5, 3, 2][:rows]
    plan = solve_actions(none, weights, [], 4, current=current, existing=["a", "b"])
    assert plan.taken == () and plan.reason is None and plan.status is SitingStatus.OPTIMAL
    assert plan.before == plan.objective == plan.bound == (7 if rows else 0)
    assert plan.covered.tolist() == [True, False, True][:rows]
    assert solve_actions(none, weights, [], 0).objective == 0
    saving = solve_actions(none, weights, [], -1)
    assert saving.status is SitingStatus.INFEASIBLE and saving.reason is not None
    cover, weight = sliced(none, np.zeros((2, 0), bool), np.ones((2, rows)))
    assert cover.shape == (2 * rows, 0) and len(weight) == 2 * rows
