"""Other plans nearly as good as a siting run's: the best site on paper may have no landlord."""

from collections.abc import Callable
from typing import Any

import numpy as np

from geoapp.analysis.siting import Alternative, Limits, Near, SitingStatus, plans_near_best
from geoapp.analysis.siting.result import Cancelled
from geoapp.core.arrays import IntArray
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.results.explanation import OtherPlan, OtherPlans, PlanSite
from geoapp.operations.siting.inputs import SitingInputs
from geoapp.operations.siting.places import told_places
from geoapp.operations.siting.solve import SitingPlan


def other_plans(
    inputs: SitingInputs,
    wanted: SitingParameters,
    plan: SitingPlan,
    *,
    tell: Callable[[Text], None] | None = None,
    cancelled: Cancelled | None = None,
) -> OtherPlans | None:
    """Return the plans that are asked for besides the run's own, as the run keeps them.

    Parameters
    ----------
    tell, cancelled
        Called with the step; asked whether to stop: those found by then stay.

    Returns
    -------
    alternatives
        None where none are asked for or there is no plan.
    """
    result = plan.result
    if (
        not wanted.alternatives
        or plan.asked is None
        or result.status is SitingStatus.INFEASIBLE
        or not len(result.chosen)
    ):
        return None
    districts = inputs.districts()[inputs.waiting]

    def found_so_far(count: int) -> None:
        if tell is not None:
            tell(Text(f"另找方案：已有 {count - 1} 个", f"Other plans: {count - 1} so far"))

    found = plans_near_best(
        plan.asked.problem,
        Near(
            plans=wanted.alternatives + 1,
            within_share=wanted.within_share,
            differ=wanted.differ,
            regions=[code or "" for code in districts],
        ),
        Limits(wanted.time_limit_seconds, cancelled=cancelled),
        best=result,
        found_so_far=found_so_far,
    )
    return OtherPlans(
        plans=tuple(other_plan(inputs, one, found.regions) for one in found.alternatives),
        exhausted=found.exhausted,
        differ=wanted.differ,
        within_share=wanted.within_share,
    )


def other_plan(
    inputs: SitingInputs,
    one: Alternative,
    regions: tuple[Any, ...],
    own: SitingInputs | None = None,
) -> OtherPlan:
    """Return a plan of the library as a run keeps it, with what each of some regions gains or loses.

    Parameters
    ----------
    own
        Inputs whose candidates the sites that are given up are, where the plan's are others.
    """
    changes = {
        str(code): float(change)
        for code, change in zip(regions, one.by_region.tolist(), strict=True)
        if change != 0
    }
    return OtherPlan(
        objective=one.objective,
        loss_share=one.loss_share,
        bound=one.bound if np.isfinite(one.bound) else None,
        status=one.status,
        sites=tuple(str(inputs.candidates.code[site]) for site in one.chosen.tolist()),
        given_up=_sites(own or inputs, one.given_up),
        taken_instead=_sites(inputs, one.taken_instead),
        by_district=changes,
    )


def _sites(inputs: SitingInputs, sites: IntArray) -> tuple[PlanSite, ...]:
    held = inputs.candidates
    return tuple(
        PlanSite(
            code=str(held.code[site]),
            name=held.name[site],
            place_zh=place.zh,
            place_en=place.en,
            region=held.region[site],
            lon=float(held.lon[site]),
            lat=float(held.lat[site]),
        )
        for site, place in zip(sites.tolist(), told_places(inputs, sites), strict=True)
    )
