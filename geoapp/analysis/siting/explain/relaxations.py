"""Which limit binds, and what the cheapest way to a better answer is: by solving again, exactly.

Shadow prices of a relaxation mislead for whole sites, so each limit is loosened by one and the
problem solved anew; every answer carries its bound.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from geoapp.analysis.siting.checks import (
    Sites,
    checked_both,
    checked_clock,
    checked_cover,
    checked_impedance,
    checked_numbers,
    checked_p,
    checked_share,
)
from geoapp.analysis.siting.distance.center_search import within
from geoapp.analysis.siting.models.lscp import solve_lscp
from geoapp.analysis.siting.models.mclp import solve_mclp
from geoapp.analysis.siting.result import Cancelled, Clock, SitingResult
from geoapp.core.arrays import FloatArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.results.siting import Limit, SitingStatus


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
        What the objective gains by it, and what it can gain at most.
    binding
        True = it costs coverage, False = proven that it does not, None = time did not suffice.
    """

    limit: Limit
    group: Any
    now: float
    loosened: float
    gain: float
    gain_bound: float

    @property
    def binding(self) -> bool | None:
        """Whether the limit costs coverage."""
        if self.gain > 0:
            return True
        return False if self.gain_bound <= 0 else None


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
    clock = checked_clock(time_limit_seconds, 0.0, None, cancelled)
    relation = checked_cover(cover)
    given: dict[str, Any] = {
        **rules,
        "p": p,
        "costs": costs,
        "budget": budget,
        "groups": groups,
        "group_min": group_min,
        "group_max": group_max,
    }
    tasks = _loosened(relation.shape[1], given, budget_step)
    left = len(tasks) + 1

    def solved(parameters: dict[str, Any], left: int) -> SitingResult:
        seconds = max(clock.left() / left, 0.01)
        return solve_mclp(
            relation, weights, **parameters, time_limit_seconds=seconds, cancelled=cancelled
        )

    now = solved(given, left)
    if now.status is SitingStatus.INFEASIBLE or np.isnan(now.objective):
        return ()
    values: list[LimitValue] = []
    for number, (limit, group, old, new, change) in enumerate(tasks):
        then = solved(given | change, left - 1 - number)
        # The plan of now keeps the loosened rules too.
        gain = max(0.0, then.objective - now.objective)
        most = max(gain, then.bound - now.objective)
        values.append(LimitValue(limit, group, old, new, gain, most))
    return tuple(sorted(values, key=lambda value: -value.gain))


_Loosened = tuple[Limit, Any, float, float, dict[str, Any]]


def _loosened(sites: int, given: dict[str, Any], step: float | None) -> list[_Loosened]:
    """Return each limit with the parameters that loosen it."""
    tasks: list[_Loosened] = []
    p, budget = given["p"], given["budget"]
    _, allowed = checked_both(given.get("fixed", ()), given.get("forbidden", ()), sites)
    if p is not None and p < int(allowed.sum()):
        tasks.append((Limit.SITES, None, p, p + 1, {"p": p + 1}))
    if budget is not None:
        cost = checked_numbers("costs", given["costs"], sites)
        paid = cost[cost > 0]
        more = step if step is not None else float(paid.min()) if len(paid) else 1.0
        if not more > 0:
            raise InvalidValueError("budget_step", more, Text("大于 0", "a number above 0"))
        tasks.append((Limit.BUDGET, None, budget, budget + more, {"budget": budget + more}))
    for group, most in (given["group_max"] or {}).items():
        change = {"group_max": {**given["group_max"], group: most + 1}}
        tasks.append((Limit.GROUP_MAX, group, most, most + 1, change))
    for group, least in (given["group_min"] or {}).items():
        if least > 0:
            change = {"group_min": {**given["group_min"], group: least - 1}}
            tasks.append((Limit.GROUP_MIN, group, least, least - 1, change))
    return tasks


@dataclass(frozen=True, slots=True)
class Relaxation:
    """How far one limit must give way, all others kept, so that enough demand is covered.

    Attributes
    ----------
    limit
        Sites, budget or standard.
    now, needed
        The limit, and what suffices; None = however far it gives way, it is not enough (or nothing
        that is enough was met in time).
    at_least
        Nothing less than this suffices; inf where nothing does.
    """

    limit: Limit
    now: float
    needed: float | None
    at_least: float

    @property
    def proven(self) -> bool:
        """Whether ``needed`` is the least that suffices, or it is proven that nothing does."""
        return self.at_least == (np.inf if self.needed is None else self.needed)


def cheapest_relaxations(
    impedance: Any,
    weights: ArrayLike,
    p: int,
    standard: float,
    *,
    share: float,
    costs: ArrayLike | None = None,
    budget: float | None = None,
    fixed: Sites = (),
    forbidden: Sites = (),
    time_limit_seconds: float = 60.0,
    cancelled: Cancelled | None = None,
) -> tuple[Relaxation, ...]:
    """Return how many sites, what budget or which standard would cover a share of the demand.

    Parameters
    ----------
    impedance
        Dense (inf = unreachable) or CSR, shape (n_demand, n_candidate); CSR must hold the pairs up
        to the greatest standard worth considering.
    weights
        By demand point.
    p, standard
        As they are: number of sites, fixed ones included; greatest impedance, in its unit.
    share
        Of all weight that should be covered.
    costs, budget
        By candidate, and the budget as it is; both or none. Then the budget is asked for too, with
        any number of sites.
    fixed, forbidden
        As in ``solve_mclp``.
    time_limit_seconds, cancelled
        For all questions together.

    Raises
    ------
    InvalidValueError
        If an input is not what is said above.
    """
    clock = checked_clock(time_limit_seconds, 0.0, None, cancelled)
    matrix = checked_impedance(impedance)
    weight = checked_numbers("weights", weights, matrix.shape[0])
    checked_share("share", share)
    _, allowed = checked_both(fixed, forbidden, matrix.shape[1])
    p = checked_p(p, allowed)
    if (costs is None) != (budget is None):
        raise InvalidValueError(
            "budget", budget, Text("与 costs 同时给出的预算", "a budget given together with costs")
        )
    cover = within(matrix, standard)
    found: list[Relaxation] = []
    asked: list[tuple[Limit, float, ArrayLike | None]] = [(Limit.SITES, float(p), None)]
    if budget is not None:
        asked.append((Limit.BUDGET, float(budget), costs))
    for number, (limit, now, price) in enumerate(asked):
        answer = solve_lscp(
            cover,
            weight,
            share=share,
            costs=price,
            fixed=fixed,
            forbidden=forbidden,
            time_limit_seconds=max(clock.left() / (len(asked) + 1 - number), 0.01),
            cancelled=cancelled,
        )
        if answer.status is SitingStatus.INFEASIBLE:
            found.append(Relaxation(limit, now, None, np.inf))
        else:
            found.append(Relaxation(limit, now, answer.objective, answer.bound))
    found.append(_standard(matrix, weight, p, standard, share, fixed, forbidden, clock))
    return tuple(found)


def _standard(
    matrix: Any,
    weights: FloatArray,
    p: int,
    standard: float,
    share: float,
    fixed: Sites,
    forbidden: Sites,
    clock: Clock,
) -> Relaxation:
    """Return the least standard with which p sites cover the share.

    It is one of the impedances (or 0, where nothing is asked), so their order is halved again and
    again (partial p-center; Daskin & Owen 1999).
    """
    required = share * float(weights.sum()) * (1 - 1e-12)
    values = np.unique(np.append(matrix.data, 0.0))
    low, high = 0, len(values)
    while low < high:
        if clock.left() == 0:
            break
        # The greatest first: if that is not enough, nothing is.
        middle = len(values) - 1 if high == len(values) else (low + high) // 2
        answer = solve_mclp(
            within(matrix, values[middle]),
            weights,
            p,
            fixed=fixed,
            forbidden=forbidden,
            time_limit_seconds=clock.left(),
            cancelled=clock.cancelled,
        )
        if answer.objective >= required:
            high = middle
        elif answer.bound < required or answer.status is SitingStatus.INFEASIBLE:
            low = middle + 1
        else:
            break
    least = float(values[low]) if low < len(values) else np.inf
    return Relaxation(
        Limit.STANDARD, standard, float(values[high]) if high < len(values) else None, least
    )
