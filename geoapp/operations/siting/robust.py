"""A siting run for several demands of which nobody knows which comes true: one plan, good for each."""

from collections import Counter
from dataclasses import replace

import numpy as np

from geoapp.analysis.siting.models.robust import DemandCase, RobustResult, solve_robust
from geoapp.analysis.siting.problem import Limits
from geoapp.analysis.siting.result import Cancelled, Progress
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.results.robust import DemandOutcome, RecurringSite, Robustness
from geoapp.operations.siting.inputs import SitingInputs
from geoapp.operations.siting.places import told_places
from geoapp.operations.siting.rules import rules_of
from geoapp.operations.siting.solve import SitingPlan, newly_covering, no_plan, nothing_affordable

_MOST_SITES = 100  # of those that come up again and again


def robust_plan(
    inputs: SitingInputs,
    wanted: SitingParameters,
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> tuple[SitingPlan, Robustness | None]:
    """Find the plan that does best where it does worst, and what it comes to for each demand.

    Parameters
    ----------
    progress, cancelled
        Called with what is newly reached of the question's own demand and what no plan surpasses; asked
        whether to stop and keep the best so far.
    """
    every = (inputs, *inputs.also)
    rules = rules_of(inputs, wanted)
    if rules.never is not None:
        return SitingPlan(no_plan(inputs, wanted, rules.never), rules), None
    asked = [newly_covering(one, wanted, rules) for one in every]
    none = nothing_affordable(inputs, wanted, asked[0])
    if none is not None:
        return SitingPlan(none, rules, asked[0]), None
    cases = [
        DemandCase(
            task.problem,
            float(one.weight[one.covered].sum()),
            float(one.weight.sum()),
        )
        for one, task in zip(every, asked, strict=True)
    ]
    found = solve_robust(
        cases,
        wanted.criterion.value,
        Limits(wanted.time_limit_seconds, wanted.target_gap, progress, cancelled),
    )
    plan = SitingPlan(replace(found.plan, prices=None), rules, asked[0])
    return plan, _kept(inputs, wanted, cases, found) if found.alone else None


def _kept(
    inputs: SitingInputs, wanted: SitingParameters, cases: list[DemandCase], found: RobustResult
) -> Robustness:
    """Return what a plan comes to for each demand, as the run keeps it."""
    outcomes = []
    for one, case, alone, reached in zip(
        (inputs, *inputs.also), cases, found.alone, found.reached.tolist(), strict=True
    ):
        outcomes.append(
            DemandOutcome(
                demand=one.demand_code,
                version=one.stored.versions["demand_set"],
                sample=one.rests_on.sample,
                weight=case.total,
                covered_before_weight=case.covered,
                covered_after_share=(case.covered + reached) / case.total,
                reached=reached,
                best=alone.objective,
                bound=alone.bound,
                lost=max(0.0, alone.bound - reached),
            )
        )
    return Robustness(
        criterion=wanted.criterion,
        level=found.level,
        bound=found.bound,
        demands=tuple(outcomes),
        sites=_recurring(inputs, found),
    )


def _recurring(inputs: SitingInputs, found: RobustResult) -> tuple[RecurringSite, ...]:
    """Return the sites of all these plans, the most frequent first."""
    times = Counter(site for one in found.alone for site in one.chosen.tolist())
    chosen = set(found.plan.chosen.tolist())
    order = sorted(chosen | set(times), key=lambda site: (-times[site], site not in chosen, site))
    order = order[:_MOST_SITES]
    held = inputs.candidates
    return tuple(
        RecurringSite(
            code=held.code[site],
            name=held.name[site],
            place_zh=place.zh,
            place_en=place.en,
            times=times[site],
            in_plan=site in chosen,
            lon=float(held.lon[site]),
            lat=float(held.lat[site]),
        )
        for site, place in zip(
            order, told_places(inputs, np.array(order, dtype=np.int64)), strict=True
        )
    )
