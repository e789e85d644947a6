"""Another plan at the same cost beside a siting run's own: what it would lose to build elsewhere."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from geoapp.analysis.geometry.spheroid import geodesic_m
from geoapp.analysis.siting import (
    Alternative,
    CoverProblem,
    Limits,
    SitingStatus,
    plan_elsewhere,
)
from geoapp.analysis.siting.result import Cancelled
from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingModel, SitingParameters
from geoapp.core.results.explanation import SameCost
from geoapp.operations.siting.alternatives import other_plan
from geoapp.operations.siting.inputs import SitingInputs
from geoapp.operations.siting.recount import gains_by_district
from geoapp.operations.siting.solve import SitingPlan

# Of the time that a run may solve, so much more may be spent on it.
TIME_SHARE: Final = 0.1
MOST_SECONDS: Final = 8.0
# Generated candidates stand side by side: nearer than so much of the standard is no other place.
NEAR_SHARE: Final = 0.5

SEEKING: Final = Text("另找一个同样费用的方案", "Seeking another plan at the same cost")


def plan_at_same_cost(
    inputs: SitingInputs,
    wanted: SitingParameters,
    plan: SitingPlan,
    *,
    tell: Callable[[Text], None] | None = None,
    cancelled: Cancelled | None = None,
) -> SameCost | None:
    """Return the best plan that costs no more and gives up at least half of the sites.

    Of generated candidates none stands within half the standard of a site that is given up. Where costs
    are not known of every candidate it has no more sites instead. Sites that must be opened are in both.
    None where it is not sought: for other models than maximal covering, for sites anywhere (which
    ``places_elsewhere`` serves), with seats, backup or phases, and where no site could be another.

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
        tell(SEEKING)
    problem, cost = _at_most_as_dear(inputs, asked.problem, plan)
    differ = (len(free) + 1) // 2
    near_m = NEAR_SHARE * inputs.standard.line_m(inputs.estimate) if wanted.generated else 0.0
    found = plan_elsewhere(
        problem,
        free,
        [_about(inputs, site, near_m) for site in free.tolist()],
        differ,
        Limits(most_seconds(wanted), cancelled=cancelled),
    )
    if cancelled is not None and cancelled():
        return None
    none = math.isnan(found.objective)
    gains: dict[str, float] = {}
    if not none:
        own, other = (inputs.covered_with(sites) for sites in (result.chosen, found.chosen))
        gains = gains_by_district(inputs, other, own)
    return SameCost(
        plan=None
        if none
        else other_plan(
            inputs,
            Alternative(
                chosen=found.chosen,
                objective=found.objective,
                loss_share=1 - found.objective / result.objective if result.objective else 0.0,
                bound=found.bound,
                status=found.status,
                given_up=np.setdiff1d(result.chosen, found.chosen),
                taken_instead=np.setdiff1d(found.chosen, result.chosen),
                by_region=np.array(list(gains.values())),
            ),
            tuple(gains),
        ),
        none=found.status is SitingStatus.INFEASIBLE,
        differ=differ,
        near_m=near_m,
        cost=cost,
        other_cost=None
        if none or cost is None
        else math.fsum(inputs.candidates.cost[found.chosen]),
    )


def _about(inputs: SitingInputs, site: int, near_m: float) -> IntArray:
    """Return the candidates within some metres of one, by line."""
    held = inputs.candidates
    if near_m <= 0:
        return np.array([site])
    away_m: FloatArray = geodesic_m(
        float(held.lon[site]), float(held.lat[site]), held.lon, held.lat
    )
    return np.flatnonzero(away_m <= near_m)


def most_seconds(wanted: SitingParameters) -> float:
    """Return how long another plan is sought."""
    return min(TIME_SHARE * wanted.time_limit_seconds, MOST_SECONDS)


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
