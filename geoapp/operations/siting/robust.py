"""A siting run for several demands of which nobody knows which comes true: one plan, good for each."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from geoapp.analysis.siting.models.robust import DemandCase, RobustResult, solve_robust
from geoapp.analysis.siting.problem import Limits
from geoapp.analysis.siting.result import Cancelled, Progress
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.results.robust import DemandOutcome, RecurringSite, Robustness
from geoapp.operations.siting.inputs import SitingInputs
from geoapp.operations.siting.places import told_places
from geoapp.operations.siting.rules import rules_of
from geoapp.operations.siting.solve import SitingPlan, newly_covering, no_plan, nothing_affordable
from geoapp.store.runs.inputs import RegionRow

MOST_DISTRICTS: Final = 12  # each is asked about twice
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
    cases_of = _cases(inputs, wanted)
    every = [one.inputs for one in cases_of]
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
    return plan, _kept(cases_of, wanted, cases, found) if found.alone else None


@dataclass(frozen=True, slots=True)
class _Case:
    """A demand that may come true; ``district`` has more or fewer workers in it by the share ``change``."""

    inputs: SitingInputs
    district: RegionRow | None = None
    change: float | None = None


def _cases(inputs: SitingInputs, wanted: SitingParameters) -> list[_Case]:
    """Return the demand sets that are asked about, and the first with each district off in turn.

    Raises
    ------
    InvalidValueError
        If there are too many districts.
    """
    cases = [_Case(one) for one in (inputs, *inputs.also)]
    if wanted.demand_off_share is None:
        return cases
    off = wanted.demand_off_share
    districts = inputs.districts()
    some = {code for code in districts[inputs.weight > 0].tolist() if code is not None}
    if not 0 < len(some) <= MOST_DISTRICTS:
        accepted = Text(
            f"需求在 1 至 {MOST_DISTRICTS} 个区里时的份额（现在是 {len(some)} 个），可限定区域",
            f"a share where the demand lies in 1 to {MOST_DISTRICTS} districts (now {len(some)}); a region "
            "limits them",
        )
        raise InvalidValueError("demand_off_share", off, accepted)
    names = {one.code: one for one in inputs.regions}
    for code in sorted(some):
        for change in (off, -off):
            factor = np.where(districts == code, 1 + change, 1.0)
            cases.append(_Case(replace(inputs, weight=inputs.weight * factor), names[code], change))
    return cases


def _kept(
    cases_of: list[_Case], wanted: SitingParameters, cases: list[DemandCase], found: RobustResult
) -> Robustness:
    """Return what a plan comes to for each demand, as the run keeps it."""
    outcomes = []
    for known, case, alone, reached in zip(
        cases_of, cases, found.alone, found.reached.tolist(), strict=True
    ):
        one, district = known.inputs, known.district
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
                district_zh=None if district is None else district.name_zh,
                district_en=None if district is None else district.name_en or district.name_zh,
                change=known.change,
            )
        )
    return Robustness(
        criterion=wanted.criterion,
        level=found.level,
        bound=found.bound,
        demands=tuple(outcomes),
        sites=_recurring(cases_of[0].inputs, found),
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
