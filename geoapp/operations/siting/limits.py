"""Why a siting plan is no better, or why there is none, and what the least is that would do.

Every figure comes from solving again with one thing changed, as the run itself solves: with its rules,
and with a proof. What the time does not suffice for is left out, and said to be left out.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from geoapp.analysis.siting import (
    Limit,
    Limits,
    LimitValue,
    Loosening,
    SitingStatus,
    unreachable_demand,
    values_of_limits,
)
from geoapp.analysis.siting.result import Cancelled, Clock
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingModel, SitingParameters
from geoapp.core.results.explanation import (
    Explanation,
    LeastRelaxation,
    LoosenedLimit,
    Unreachable,
)
from geoapp.core.results.status import Outcome
from geoapp.operations.siting.inputs import SitingInputs
from geoapp.operations.siting.recount import by_district
from geoapp.operations.siting.relax import Question, towards, would_do
from geoapp.operations.siting.solve import SitingPlan
from geoapp.operations.siting.walks import kept_rows

# Of the time that a run may solve, so much more may be spent on explaining its answer.
TIME_SHARE: Final = 0.25
MOST_SECONDS: Final = 15.0
# What people ask for: the least of these shares that the plan does not reach is the one explained.
GOALS: Final = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)

Tell = Callable[[Text], None]
_EXPLAINING = Text(
    "已有方案，正在比较各项限制（此时取消，方案保留）",
    "There is a plan; comparing its limits (a cancel keeps the plan)",
)


def explain(
    inputs: SitingInputs,
    wanted: SitingParameters,
    plan: SitingPlan,
    *,
    tell: Tell | None = None,
    cancelled: Cancelled | None = None,
) -> Explanation:
    """Return why the answer is no better and what would do, as the run keeps it.

    Takes at most ``TIME_SHARE`` of the run's time limit.

    Parameters
    ----------
    tell, cancelled
        Called with the step; asked whether to stop: what is known by then stays.
    """
    seconds = min(TIME_SHARE * wanted.time_limit_seconds, MOST_SECONDS)
    question = Question(inputs, wanted, plan, Clock(seconds, cancelled))
    if tell is not None:
        tell(_EXPLAINING)
    result = plan.result
    covering = wanted.model not in (SitingModel.P_MEDIAN, SitingModel.P_CENTER)
    limits: list[LoosenedLimit] = []
    relaxations: list[LeastRelaxation] = []
    goal: float | None = None
    complete = True
    if result.status is SitingStatus.INFEASIBLE:
        relaxations = would_do(question)
    elif wanted.model is SitingModel.MCLP and result.status is SitingStatus.OPTIMAL:
        limits, complete = _limits(question)
        goal = _goal(question)
        if goal is not None:
            relaxations = towards(question, goal)
    elif wanted.model is SitingModel.MCLP:
        # A plan that may yet be bettered as it is has no limits that can be compared.
        complete = False
    complete = complete and all(one.outcome is not Outcome.UNKNOWN for one in relaxations)
    return Explanation(
        unreachable=_unreachable(question) if covering else None,
        limits=tuple(limits),
        goal_share=goal,
        relaxations=tuple(relaxations),
        seconds=question.clock.taken(),
        complete=complete,
    )


def _unreachable(question: Question) -> Unreachable:
    """Return the demand that nothing covers, whatever of the candidates is built."""
    inputs = question.inputs
    waiting = np.flatnonzero(~inputs.covered & (inputs.weight > 0))
    lost = unreachable_demand(
        kept_rows(inputs.cover, ~inputs.covered & (inputs.weight > 0)),
        inputs.weight[waiting],
        forbidden=question.plan.forbidden,
    )
    rows = waiting[lost.points]
    total = float(inputs.weight.sum())
    return Unreachable(
        workers=lost.weight,
        share=lost.weight / total if total > 0 else None,
        by_district=by_district(inputs.districts()[rows], inputs.weight[rows]),
    )


# What each limit costs


def _limits(question: Question) -> tuple[list[LoosenedLimit], bool]:
    """Return what the plan would gain by each limit loosened by one step, and whether all were asked."""
    asked, result = question.plan.asked, question.plan.result
    left = question.clock.left()
    if asked is None or left == 0:
        return [], False
    # Half of the time is for the relaxations.
    values = values_of_limits(
        asked.problem,
        Limits(0.5 * left, cancelled=question.clock.cancelled),
        now=replace(result, objective=result.objective + asked.base),
    )
    complete = all(one.outcome is not Loosening.UNKNOWN for one in values)
    return [
        _limit(one, asked.standing) for one in values if math.isfinite(one.gain_bound)
    ], complete


def _limit(value: LimitValue, standing: int) -> LoosenedLimit:
    """Return what a limit costs as the run keeps it, without the columns of facilities."""
    more = standing if value.limit is Limit.SITES else 0
    return LoosenedLimit(
        limit=value.limit,
        region=value.group,
        now=value.now - more,
        loosened=value.loosened - more,
        gain=value.gain,
        gain_bound=value.gain_bound,
        binding=value.binding,
        outcome=value.outcome,
    )


def _goal(question: Question) -> float | None:
    """Return the least share that people ask for and that the plan does not reach."""
    inputs = question.inputs
    if inputs.moments is not None:
        return None  # with another standard each moment has other rows
    after = inputs.covered_with(question.plan.result.chosen)
    total = float(inputs.weight.sum())
    reached = float(inputs.weight[after].sum()) / total if total > 0 else 1.0
    return next((goal for goal in GOALS if goal > reached * (1 + 1e-12)), None)
