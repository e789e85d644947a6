"""Which actions to take with a budget: build here, open that one longer, move, upgrade, close.

A maximal covering problem over actions instead of sites (budgeted: Khuller, Moss & Naor 1999;
opening and closing together: Wang, Batta, Bhadury & Rump 2003):

    max  sum_i w_i z_i
    with z_i <= sum_a b_ia x_a + sum_e c_ie k_e       a row is covered by an action or an unchanged one
         k_e + sum_{a on e} x_a = 1                   an existing facility stays as it is, or one action
         sum_{a on f} x_a <= 1                        at a new place at most one action
         sum_a cost_a x_a <= B,  sum_a x_a <= n       costs below 0 are savings

where b_ia = 1 iff row i is covered once action a is taken, c_ie = 1 iff existing facility e covers
it as it is, w_i its weight. Rows may be demand points, or demand points by class of hours (see
``slices.sliced``). Among the plans that cover so much the cheapest is then looked for.
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from geoapp.analysis.siting.checks import checked_cover, checked_numbers
from geoapp.analysis.siting.covering.aggregate import merged
from geoapp.analysis.siting.covering.program import mclp_model
from geoapp.analysis.siting.covering.ruled import (
    keeps,
    point_of,
    searched_plan,
    sites_model,
    solve_ruled,
    value_of,
)
from geoapp.analysis.siting.milp import dual_bound, relaxation_duals, solve
from geoapp.analysis.siting.problem import Limits
from geoapp.analysis.siting.result import (
    ROUND_OFF,
    BoundBasis,
    Cancelled,
    Clock,
    Progress,
    gap_share,
    settled_bound,
    status_of,
    whole,
)
from geoapp.analysis.siting.rules import Rules, SideRows
from geoapp.analysis.siting.spacing import checked_conflicts, spacing_rows
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.actions import ACTION_TEXT, ActionKind
from geoapp.core.results.status import SitingStatus


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done, and what it costs.

    Attributes
    ----------
    kind
        What is done.
    facility
        The existing facility (its code) or the new place to which it is done; of all actions on one
        at most one is taken.
    cost
        In any unit of money; below 0 it saves.
    detail
        Said after the name: the new hours, the new address.
    """

    kind: ActionKind
    facility: Hashable
    cost: float
    detail: Text | None = None

    @property
    def text(self) -> Text:
        """The action in words, with its cost."""
        what, detail = ACTION_TEXT[self.kind], self.detail or Text("", "")
        zh = f"{what.zh} {self.facility}{'，' if detail.zh else ''}{detail.zh}"
        en = f"{what.en} {self.facility}{', ' if detail.en else ''}{detail.en}"
        if self.cost < 0:
            return Text(f"{zh}：节省 {-self.cost:g}", f"{en}: saves {-self.cost:g}")
        return Text(f"{zh}：费用 {self.cost:g}", f"{en}: costs {self.cost:g}")


@dataclass(frozen=True, slots=True)
class TakenAction:
    """An action of a plan: its position among those offered, and the weight that it adds.

    ``adds`` is counted after the actions before it in the plan; below 0 where coverage is lost.
    """

    index: int
    action: Action
    adds: float


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """What to do, and how far from the best possible it can be at most.

    Attributes
    ----------
    taken
        In order of what each adds; those that lose coverage last.
    cost, least_cost
        Of the plan; no plan that covers as much costs less than ``least_cost``.
    before, objective, bound
        Weight covered when nothing is done, by the plan, and no plan covers more than ``bound``.
    bound_basis, gap_share, status
        As in ``SitingResult``; about the weight covered.
    covered
        By row: whether it is covered once the plan is carried out.
    seconds
        Time taken.
    reason, needed_budget
        Why there is no plan, and the least budget for which there is one; None for a plan.
    """

    taken: tuple[TakenAction, ...]
    cost: float
    least_cost: float
    before: float
    objective: float
    bound: float
    bound_basis: BoundBasis
    gap_share: float
    status: SitingStatus
    covered: BoolArray
    seconds: float
    reason: Text | None = None
    needed_budget: float | None = None


@dataclass(frozen=True, slots=True)
class _Task:
    """Columns are the actions, then the existing facilities left as they are."""

    cover: sp.csr_array
    weights: FloatArray
    actions: tuple[Action, ...]
    stays: dict[Hashable, int]
    rules: Rules

    @property
    def before(self) -> IntArray:
        """The plan in which nothing is done."""
        return np.arange(len(self.actions), self.cover.shape[1])

    def without(self, sites: IntArray, action: int) -> IntArray:
        """Return a plan in which one action is not taken."""
        rest = sites[sites != action]
        stays = self.stays.get(self.actions[action].facility)
        return rest if stays is None else np.append(rest, stays)


def solve_actions(
    cover: Any,
    weights: ArrayLike,
    actions: Sequence[Action],
    budget: float,
    *,
    current: Any = None,
    existing: Sequence[Hashable] = (),
    most_actions: int | None = None,
    conflicts: Any = (),
    time_limit_seconds: float = 60.0,
    target_gap: float = 0.0,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> ActionPlan:
    """Choose the actions that cover most demand weight within a budget.

    Parameters
    ----------
    cover
        Relation, shape (n_row, n_action): nonzero iff the facility or place of the action covers
        the row once the action is taken. The column of a closure is empty.
    weights
        By row, from 0 up.
    actions
        What can be done, one by column of ``cover``.
    budget
        The most that the actions may cost together; below 0, the least that they must save.
    current, existing
        Relation of the existing facilities as they are, shape (n_row, n_existing), and their codes,
        which ``Action.facility`` names. An existing facility to which nothing is done stays.
    most_actions
        Take no more actions than this.
    conflicts
        Pairs that may not both stand afterwards, as in ``solve_mclp``; positions are the actions,
        then n_action + the existing ones. Pairs of two existing ones are of no effect.
    time_limit_seconds, target_gap, progress, cancelled
        As in ``solve_mclp``.

    Raises
    ------
    InvalidValueError
        If an input is not what is said above.
    """
    clock = Limits(time_limit_seconds, target_gap, progress, cancelled).clock()
    task = _task(cover, weights, actions, budget, current, existing, most_actions, conflicts)
    if not task.actions:
        return _nothing_offered(task, clock)
    base: IntArray | None = task.before
    if not keeps(task.rules, task.before):
        base = searched_plan(task.rules, clock)
    if base is None:
        return _no_plan(task, clock)
    plan = solve_ruled(task.cover, task.weights, task.rules, base, clock, target_gap)
    objective = value_of(task.cover, task.weights, task.rules, plan.sites)
    bound = settled_bound(objective, plan.bound, plan.size, plan.integral, 1)
    sites, least_cost = _cheapest(task, plan.sites, objective, clock)
    clock.report(objective, bound)
    cost = math.fsum(task.rules.costs[sites])
    return ActionPlan(
        taken=_in_order(task, sites),
        cost=cost,
        least_cost=min(least_cost, cost),
        before=value_of(task.cover, task.weights, task.rules, task.before),
        objective=objective,
        bound=bound,
        bound_basis=plan.basis,
        gap_share=gap_share(objective, bound),
        status=status_of(objective, bound, target_gap, clock),
        covered=_times(task, sites) > 0,
        seconds=clock.taken(),
    )


def _nothing_offered(task: _Task, clock: Clock) -> ActionPlan:
    """Return the answer where there is no action: all stays, unless something must be saved."""
    before = value_of(task.cover, task.weights, task.rules, task.before)
    reason: Text | None = None
    if task.rules.budget is not None and task.rules.budget < 0:
        reason = Text("没有可以节省费用的措施", "there is no action that saves anything")
    objective = before if reason is None else math.nan
    return ActionPlan(
        taken=(),
        cost=0.0 if reason is None else math.nan,
        least_cost=0.0 if reason is None else math.nan,
        before=before,
        objective=objective,
        bound=objective,
        bound_basis="none",
        gap_share=0.0 if reason is None else math.nan,
        status=SitingStatus.OPTIMAL if reason is None else SitingStatus.INFEASIBLE,
        covered=_times(task, task.before) > 0,
        seconds=clock.taken(),
        reason=reason,
        needed_budget=None if reason is None else 0.0,
    )


def _task(
    cover: Any,
    weights: ArrayLike,
    actions: Sequence[Action],
    budget: float,
    current: Any,
    existing: Sequence[Hashable],
    most_actions: int | None,
    conflicts: Any,
) -> _Task:
    """Check the inputs and write the rules."""
    relation = checked_cover(cover, none_too=True)
    rows, count = relation.shape
    if len(actions) != count:
        raise InvalidValueError(
            "actions", len(actions), Text(f"{count} 个措施", f"{count} actions, one by column")
        )
    wrong = [one.cost for one in actions if not math.isfinite(one.cost)]
    if wrong or not math.isfinite(budget):
        raise InvalidValueError(
            "cost" if wrong else "budget", (*wrong, budget)[0], Text("有限的数", "a finite number")
        )
    if most_actions is not None and most_actions < 0:
        raise InvalidValueError(
            "most_actions", most_actions, Text("不小于 0", "a number from 0 up")
        )
    stays = {code: count + number for number, code in enumerate(existing)}
    if len(stays) < len(existing):
        raise InvalidValueError("existing", len(existing), Text("不重复的代码", "different codes"))
    if len(existing):
        now = checked_cover(current)
        if now.shape != (rows, len(existing)):
            raise InvalidValueError(
                "current",
                now.shape,
                Text(f"形状为（{rows}，{len(existing)}）", f"shape ({rows}, {len(existing)})"),
            )
        relation = sp.csr_array(sp.hstack((relation, now), format="csr"))
        relation.sort_indices()
    elif current is not None and np.shape(current)[1]:
        raise InvalidValueError("existing", "", Text("现有设施的代码", "the existing ones' codes"))
    width = relation.shape[1]
    costs = np.array([*(float(one.cost) for one in actions), *([0.0] * len(existing))])
    pairs = checked_conflicts(conflicts, width)
    pairs = pairs[(pairs < count).any(axis=1)]
    rules = Rules(
        p=width,
        fixed=np.empty(0, np.int64),
        allowed=np.ones(width, bool),
        costs=costs,
        budget=float(budget),
        group=np.full(width, -1),
        least=np.empty(0, np.int64),
        most=np.empty(0, np.int64),
        backup_share=0.0,
        side=_side(actions, stays, width, most_actions, pairs),
    )
    return _Task(relation, checked_numbers("weights", weights, rows), tuple(actions), stays, rules)


def _side(
    actions: Sequence[Action],
    stays: dict[Hashable, int],
    width: int,
    most_actions: int | None,
    pairs: IntArray,
) -> SideRows:
    """Return one action by facility, the number of actions and the spacing as rows."""
    members: dict[Hashable, list[int]] = {code: [column] for code, column in stays.items()}
    for number, action in enumerate(actions):
        members.setdefault(action.facility, []).append(number)
    sets = [(columns, float(code in stays)) for code, columns in members.items()]
    lower = [least if least else -np.inf for _, least in sets]
    upper = [1.0] * len(sets)
    row = np.repeat(np.arange(len(sets)), [len(columns) for columns, _ in sets])
    column = np.array([one for columns, _ in sets for one in columns], dtype=np.int64)
    parts: list[Any] = [sp.csr_array((np.ones(len(row)), (row, column)), shape=(len(sets), width))]
    if most_actions is not None:
        parts.append(sp.csr_array((np.arange(width) < len(actions)).astype(np.float64)[None, :]))
        lower.append(-np.inf)
        upper.append(float(most_actions))
    apart = spacing_rows(pairs, width)
    if apart is not None:
        parts.append(apart.rows)
        lower.extend(apart.lower)
        upper.extend(apart.upper)
    return SideRows(sp.csr_array(sp.vstack(parts, format="csr")), np.array(lower), np.array(upper))


def _no_plan(task: _Task, clock: Clock) -> ActionPlan:
    """Return the answer that no plan keeps the rules, and the least budget for which one does."""
    free = replace(task.rules, budget=None)
    answer = solve(sites_model(free, task.rules.costs), clock)
    needed = None if answer.x is None else math.fsum(task.rules.costs[answer.x > 0.5])
    if needed is not None:
        reason = Text(f"预算至少需要 {needed:g}", f"the least budget that works is {needed:g}")
    elif answer.no_plan:
        reason = Text("各项规则互相矛盾", "the rules contradict each other")
    else:
        reason = Text(
            "时限内没有找到符合规则的方案", "no plan that keeps the rules was found in time"
        )
    proven = needed is not None or answer.no_plan
    status = SitingStatus.CANCELLED if clock.stopped else SitingStatus.TIME_LIMIT
    return ActionPlan(
        taken=(),
        cost=math.nan,
        least_cost=math.nan,
        before=value_of(task.cover, task.weights, task.rules, task.before),
        objective=math.nan,
        bound=math.nan,
        bound_basis="none",
        gap_share=math.nan,
        status=SitingStatus.INFEASIBLE if proven else status,
        covered=_times(task, task.before) > 0,
        seconds=clock.taken(),
        reason=reason,
        needed_budget=needed,
    )


def _cheapest(
    task: _Task, sites: IntArray, objective: float, clock: Clock
) -> tuple[IntArray, float]:
    """Return a cheapest plan that covers as much, and a bound of what any such plan costs."""
    sites = _without_vain(task, sites, objective)
    rows = merged(task.cover, task.weights)
    model = mclp_model(rows.cover, rows.weights, replace(task.rules, budget=None))
    width, extra = task.cover.shape[1], len(rows.weights)
    slack = 0.5 if whole(rows.weights) else 1e-9 * max(1.0, objective)
    # In shares of the heaviest row: HiGHS takes entries below 1e-9 for nothing.
    unit = float(rows.weights.max(initial=0.0)) or 1.0
    asked = sp.csr_array(np.concatenate((np.zeros(width), rows.weights / unit))[None, :])
    model = replace(
        model,
        cost=np.concatenate((task.rules.costs, np.zeros(extra))),
        rows=sp.csr_array(sp.vstack((model.rows, asked), format="csr")),
        row_lower=np.append(model.row_lower, (objective - slack) / unit),
        row_upper=np.append(model.row_upper, np.inf),
    )
    least = math.fsum(np.minimum(task.rules.costs, 0.0))
    if clock.left() == 0:
        return sites, least
    duals = relaxation_duals(model, clock)
    if duals is not None:
        value, size = dual_bound(model, duals)
        least = max(least, value - ROUND_OFF * size)
    cost = math.fsum(task.rules.costs[sites])
    near = 1e-9 * float(np.abs(task.rules.costs).sum())
    if cost - least > near and clock.left() > 0:
        answer = solve(model, clock, start=point_of(model, rows.cover, sites))
        least = max(least, answer.bound)
        if answer.x is not None:
            found = np.flatnonzero(answer.x[:width] > 0.5)
            if (
                keeps(task.rules, found)
                and value_of(task.cover, task.weights, task.rules, found) >= objective
                and math.fsum(task.rules.costs[found]) < cost
            ):
                sites = _without_vain(task, found, objective)
                cost = math.fsum(task.rules.costs[sites])
    return sites, cost if cost - least <= near else least


def _without_vain(task: _Task, sites: IntArray, objective: float) -> IntArray:
    """Return a plan without the actions that save nothing and without which no coverage is lost."""
    for action in sorted(sites[sites < len(task.actions)], key=lambda one: -task.rules.costs[one]):
        fewer = task.without(sites, int(action))
        if (
            task.rules.costs[action] >= 0
            and keeps(task.rules, fewer)
            and value_of(task.cover, task.weights, task.rules, fewer) >= objective
        ):
            sites = fewer
    return np.sort(sites)


def _times(task: _Task, sites: IntArray) -> IntArray:
    """Return by row how many of the facilities of a plan cover it."""
    open_ = np.zeros(task.cover.shape[1])
    open_[sites] = 1.0
    return np.asarray(np.rint(task.cover @ open_), dtype=np.int64)


def _in_order(task: _Task, sites: IntArray) -> tuple[TakenAction, ...]:
    """Return the actions of a plan, each the one that adds most after those before it."""
    by_column = sp.csc_array(task.cover)

    def rows(column: int | None) -> IntArray:
        if column is None:
            return np.empty(0, np.int64)
        return np.asarray(
            by_column.indices[by_column.indptr[column] : by_column.indptr[column + 1]]
        )

    waiting = [int(one) for one in sites if one < len(task.actions)]
    times = _times(task, task.before)
    order: list[TakenAction] = []
    while waiting:
        adds: dict[int, float] = {}
        for one in waiting:
            new, old = rows(one), rows(task.stays.get(task.actions[one].facility))
            gained = math.fsum(task.weights[new[times[new] == 0]])
            lost = np.setdiff1d(old[times[old] == 1], new)
            adds[one] = gained - math.fsum(task.weights[lost])
        best = max(waiting, key=lambda one: (adds[one], -one))
        waiting.remove(best)
        times[rows(best)] += 1
        times[rows(task.stays.get(task.actions[best].facility))] -= 1
        order.append(TakenAction(best, task.actions[best], adds[best]))
    return tuple(order)
