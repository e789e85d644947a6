"""Which limit binds: each is loosened by one step and the problem solved again, exactly.

Shadow prices of a relaxation mislead for whole sites, so nothing is derived from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from geoapp.analysis.siting.covering.ruled import sites_model
from geoapp.analysis.siting.milp import solve
from geoapp.analysis.siting.models.mclp import most_covered
from geoapp.analysis.siting.problem import CoverProblem, Limits
from geoapp.analysis.siting.result import Cancelled, Clock, SitingResult
from geoapp.analysis.siting.rules import Rules
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.results.status import Limit, Loosening, SitingStatus


@dataclass(frozen=True, slots=True)
class LimitValue:
    """What loosening one limit would bring.

    Attributes
    ----------
    limit, group
        Which; the group's name where it is a quota, else None.
    now, loosened
        The limit and what it was set to instead.
    gain, gain_bound
        What the objective gains by it, and what it can gain at most; inf where no time was left to
        ask.
    room
        Whether any plan can make use of it: so many sites open, or so many of the group; None = time
        did not suffice to know.
    """

    limit: Limit
    group: Any
    now: float
    loosened: float
    gain: float
    gain_bound: float
    room: bool | None = True

    @property
    def binding(self) -> bool | None:
        """Whether the limit costs coverage: proven so or not, None = time did not suffice."""
        if self.gain > 0:
            return True
        return False if self.gain_bound <= 0 else None

    @property
    def outcome(self) -> Loosening:
        """Worth something, of no use, not to be had at all (the other rules leave no room), or unknown."""
        if self.gain > 0:
            return Loosening.GAIN
        if self.room is False:
            return Loosening.INFEASIBLE
        if self.gain_bound > 0 or self.room is None:
            return Loosening.UNKNOWN
        return Loosening.USELESS


def limit_values(
    cover: Any,
    weights: ArrayLike,
    p: int | None = None,
    *,
    budget_step: float | None = None,
    costs: ArrayLike | None = None,
    budget: float | None = None,
    groups: object = None,
    group_min: Mapping[Any, int] | None = None,
    group_max: Mapping[Any, int] | None = None,
    time_limit_seconds: float = 60.0,
    cancelled: Cancelled | None = None,
    **rules: Any,
) -> tuple[LimitValue, ...]:
    """Return what each limit costs: the objective when it is loosened by one, less that of now.

    Parameters
    ----------
    cover, weights, p, costs, budget, groups, group_min, group_max
        As in ``solve_mclp``.
    budget_step
        By how much the budget is raised; None = by the least cost above 0 of a candidate.
    time_limit_seconds, cancelled
        For all problems together.
    rules
        Other parameters of ``solve_mclp`` (fixed, forbidden, conflicts, backup_share, capacities),
        the same in all problems.

    Returns
    -------
    values
        Those that bring most first. Empty where nothing is feasible.
    """
    problem = CoverProblem.of(
        cover,
        weights,
        p,
        costs=costs,
        budget=budget,
        groups=groups,
        group_min=group_min,
        group_max=group_max,
        **rules,
    )
    limits = Limits(time_limit_seconds, cancelled=cancelled)
    return values_of_limits(problem, limits, budget_step=budget_step)


def values_of_limits(
    problem: CoverProblem,
    limits: Limits,
    *,
    now: SitingResult | None = None,
    budget_step: float | None = None,
) -> tuple[LimitValue, ...]:
    """Return what each limit costs, as ``limit_values`` does.

    Parameters
    ----------
    problem, limits
        The question; when to stop, for all problems together.
    now
        The answer to the question as it is; None = it is sought first.
    budget_step
        As in ``limit_values``.
    """
    clock = limits.clock()
    tasks = _loosened(problem, budget_step)
    if now is None:
        share = Limits(clock.share(1 / (len(tasks) + 1)), cancelled=limits.cancelled)
        now = most_covered(problem, share)
    if now.status is SitingStatus.INFEASIBLE or np.isnan(now.objective):
        return ()
    values: list[LimitValue] = []
    for number, (limit, group, old, new, rules) in enumerate(tasks):
        left = clock.left()
        if limit is Limit.SITES and not _affordable(rules):
            # A budget makes p the most sites, so that every plan of the loosened question is one of now.
            values.append(LimitValue(limit, group, old, new, 0.0, 0.0, False))
            continue
        if left == 0:
            values.append(LimitValue(limit, group, old, new, 0.0, np.inf, None))
            continue
        share = Limits(clock.share(1 / (len(tasks) - number)), cancelled=limits.cancelled)
        then = most_covered(replace(problem, rules=rules), share)
        if np.isnan(then.objective):
            # The plan of now keeps the loosened rules too, unless p is a number to be met exactly.
            none = then.status is SitingStatus.INFEASIBLE
            room, most = (False, 0.0) if none else (None, np.inf)
            values.append(LimitValue(limit, group, old, new, 0.0, most, room))
            continue
        gain = max(0.0, then.objective - now.objective)
        most = then.bound - now.objective
        if limit is Limit.SITES:
            most = min(most, _one_more(problem, now))
        most = max(gain, most)
        room = True if gain > 0 else _room(problem.groups, limit, group, new, rules, clock)
        values.append(LimitValue(limit, group, old, new, gain, most, room))
    return tuple(sorted(values, key=lambda value: -value.gain))


def _affordable(rules: Rules) -> bool:
    """Whether the budget is enough for as many of the cheapest sites as may be opened."""
    if rules.budget is None:
        return True
    cheapest = np.sort(rules.costs[rules.allowed])[: rules.p]
    return bool(cheapest.sum() <= rules.budget + 1e-9)


def _one_more(problem: CoverProblem, now: SitingResult) -> float:
    """Return what one site more gains at most.

    A plan without it is one of now, and it adds no more than all that it covers.
    """
    rules = problem.rules
    free = rules.allowed.copy()
    free[rules.fixed] = False
    if len(rules.least) and rules.least.any():  # without it a group may have too few
        return np.inf
    heaviest = float((problem.cover.T @ problem.weights)[free].max(initial=0.0))
    return now.bound - now.objective + heaviest


def _room(
    groups: tuple[Any, ...], limit: Limit, group: Any, new: float, rules: Rules, clock: Clock
) -> bool | None:
    """Say whether a plan has so many sites (of a group); None where time did not suffice.

    A greater budget and a smaller least number can always be made use of.
    """
    if limit not in (Limit.SITES, Limit.GROUP_MAX):
        return True
    wanted = np.ones(len(rules.allowed))
    if limit is Limit.GROUP_MAX:
        wanted = (rules.group == groups.index(group)).astype(np.float64)
    if float(wanted[rules.allowed].sum()) < new:
        return False
    if limit is Limit.SITES and rules.plain:
        return True
    answer = solve(sites_model(rules, -wanted), clock)
    if answer.x is not None and float(wanted[answer.x > 0.5].sum()) >= new:
        return True
    return False if answer.no_plan or -answer.bound < new - 1e-6 else None


_Task = tuple[Limit, Any, float, float, Rules]


def _loosened(problem: CoverProblem, step: float | None) -> list[_Task]:
    """Return each limit with what it is, what it is loosened to, and the rules then."""
    rules = problem.rules
    tasks: list[_Task] = []
    if rules.counts_sites and rules.p < int(rules.allowed.sum()):
        more_sites = replace(rules, p=rules.p + 1)
        tasks.append((Limit.SITES, None, rules.p, rules.p + 1, more_sites))
    if rules.budget is not None:
        paid = rules.costs[rules.costs > 0]
        more = step if step is not None else float(paid.min()) if len(paid) else 1.0
        if not more > 0:
            raise InvalidValueError("budget_step", more, Text("大于 0", "a number above 0"))
        if step is not None or len(paid):
            budget = rules.budget + more
            tasks.append((Limit.BUDGET, None, rules.budget, budget, replace(rules, budget=budget)))
    for number, name in enumerate(problem.groups):
        most, least = int(rules.most[number]), int(rules.least[number])
        if most < len(rules.allowed):
            looser = rules.most.copy()
            looser[number] += 1
            tasks.append((Limit.GROUP_MAX, name, most, most + 1, replace(rules, most=looser)))
        if least > 0:
            looser = rules.least.copy()
            looser[number] -= 1
            tasks.append((Limit.GROUP_MIN, name, least, least - 1, replace(rules, least=looser)))
    return tasks
