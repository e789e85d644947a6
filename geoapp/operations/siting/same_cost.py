"""Another plan at the same cost beside a siting run's own: what it would lose to build elsewhere."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from geoapp.analysis.siting import CoverProblem, Limits, Near, SitingStatus, plans_near_best
from geoapp.analysis.siting.result import Cancelled
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingModel, SitingParameters
from geoapp.core.results.explanation import SameCost
from geoapp.operations.siting.alternatives import other_plan
from geoapp.operations.siting.inputs import SitingInputs
from geoapp.operations.siting.solve import SitingPlan

# Of the time that a run may solve, so much more may be spent on it.
TIME_SHARE: Final = 0.1
MOST_SECONDS: Final = 8.0

_SEEKING = Text("另找一个同样费用的方案", "Seeking another plan at the same cost")


def plan_at_same_cost(
    inputs: SitingInputs,
    wanted: SitingParameters,
    plan: SitingPlan,
    *,
    tell: Callable[[Text], None] | None = None,
    cancelled: Cancelled | None = None,
) -> SameCost | None:
    """Return the best plan that costs no more and of which at least half of the sites are others.

    Where costs are not known of every candidate it has no more sites instead. Sites that must be opened are
    in both. None where it is not sought: for other models than maximal covering, for sites anywhere, with
    seats, backup or phases, and where no site could be another.

    Parameters
    ----------
    tell, cancelled
        Called with the step; asked whether to stop: then nothing is said of it.
    """
    result, asked = plan.result, plan.asked
    free = np.setdiff1d(result.chosen, inputs.fixed)
    if (
        wanted.model is not SitingModel.MCLP
        or wanted.anywhere
        or wanted.seated
        or wanted.phases
        or wanted.backup_share > 0
        or asked is None
        or result.status in (SitingStatus.INFEASIBLE, SitingStatus.CANCELLED)
        or not len(free)
    ):
        return None
    if tell is not None:
        tell(_SEEKING)
    problem, cost = _at_most_as_dear(inputs, asked.problem, plan)
    differ = (len(free) + 1) // 2
    seconds = min(TIME_SHARE * wanted.time_limit_seconds, MOST_SECONDS)
    districts = inputs.districts()[inputs.waiting]
    found = plans_near_best(
        problem,
        Near(plans=2, within_share=1.0, differ=differ, regions=[code or "" for code in districts]),
        Limits(seconds, cancelled=cancelled),
        best=result,
    )
    other = found.alternatives[0] if found.alternatives else None
    if other is None and found.exhausted is None and cancelled is not None and cancelled():
        return None
    return SameCost(
        plan=None if other is None else other_plan(inputs, other, found.regions),
        none=other is None and found.exhausted is True,
        differ=differ,
        cost=cost,
        other_cost=None
        if other is None or cost is None
        else math.fsum(inputs.candidates.cost[other.chosen]),
    )


def _at_most_as_dear(
    inputs: SitingInputs, problem: CoverProblem, plan: SitingPlan
) -> tuple[CoverProblem, float | None]:
    """Return the question within the plan's own cost, and that cost; as it is where costs are not known."""
    costs = inputs.candidates.cost
    if not np.isfinite(costs).all():
        return problem, None
    cost = math.fsum(costs[plan.result.chosen])
    rules = problem.rules
    most = min(rules.p, len(plan.result.chosen)) if rules.budget is None else rules.p
    return replace(problem, rules=replace(rules, costs=costs, budget=cost, p=most)), cost
