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

from geoapp.analysis.siting.covering.ruled import (
    keeps,
    searched_plan,
    sites_model,
    solve_ruled,
    value_of,
)
from geoapp.analysis.siting.milp import solve
from geoapp.analysis.siting.models.actions.cheapest import cheapest
from geoapp.analysis.siting.models.actions.task import Action, Task, task_of
from geoapp.analysis.siting.problem import Limits
from geoapp.analysis.siting.result import (
    BoundBasis,
    Cancelled,
    Clock,
    Progress,
    gap_share,
    settled_bound,
    status_of,
)
from geoapp.core.arrays import BoolArray, IntArray
from geoapp.core.i18n import Text
from geoapp.core.results.status import SitingStatus


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
    task = task_of(cover, weights, actions, budget, current, existing, most_actions, conflicts)
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
    sites, least_cost = cheapest(task, plan.sites, objective, clock)
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
        covered=task.times(sites) > 0,
        seconds=clock.taken(),
    )


def _nothing_offered(task: Task, clock: Clock) -> ActionPlan:
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
        covered=task.times(task.before) > 0,
        seconds=clock.taken(),
        reason=reason,
        needed_budget=None if reason is None else 0.0,
    )


def _no_plan(task: Task, clock: Clock) -> ActionPlan:
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
        covered=task.times(task.before) > 0,
        seconds=clock.taken(),
        reason=reason,
        needed_budget=needed,
    )


def _in_order(task: Task, sites: IntArray) -> tuple[TakenAction, ...]:
    """Return the actions of a plan, each the one that adds most after those before it."""
    by_column = sp.csc_array(task.cover)

    def rows(column: int | None) -> IntArray:
        if column is None:
            return np.empty(0, np.int64)
        return np.asarray(
            by_column.indices[by_column.indptr[column] : by_column.indptr[column + 1]]
        )

    waiting = [int(one) for one in sites if one < len(task.actions)]
    times = task.times(task.before)
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
