"""A siting run that asks for the fewest sites, wherever they stand: found first, then counted."""

import math
from typing import Any

import numpy as np

from geoapp.analysis.siting import (
    FewestResult,
    SitingResult,
    SitingStatus,
    solve_lscp_anywhere,
    solve_lscp_on_streets,
)
from geoapp.analysis.siting.models.lscp import required_weight
from geoapp.analysis.siting.result import Cancelled, Progress, gap_share
from geoapp.analysis.walks.pairs import PairWalks
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.settings import Settings
from geoapp.core.units import format_share
from geoapp.core.words import Basis
from geoapp.operations.siting.anywhere import land_of, line_m_of, no_rules, with_places
from geoapp.operations.siting.inputs import SitingInputs
from geoapp.operations.siting.solve import SitingPlan
from geoapp.store.engine import Database

# Walks by line are lengths times the detour factor: what is rounded there must not lose anybody.
_WITHIN = 1 - 1e-15
_NOT_FOUND = Text(
    "在能设站的地方没有找到覆盖得够的方案",
    "no plan that covers enough was found where sites may stand",
)


def fewest_places(
    database: Database,
    settings: Settings,
    inputs: SitingInputs,
    wanted: SitingParameters,
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> tuple[SitingInputs, SitingPlan]:
    """Find the fewest places, and return them as candidates that are all chosen, with the plan.

    Parameters
    ----------
    inputs, progress, cancelled
        As of ``best_places``; sites that must be opened count.

    Raises
    ------
    InvalidValueError
        If nothing could be proven of this demand.
    """
    held = inputs.covered_with(inputs.fixed)
    waiting = ~held & (inputs.weight > 0)
    given, reached = len(inputs.fixed), math.fsum(inputs.weight[held])

    def tell(objective: float, bound: float) -> None:
        if progress is not None:
            progress(given + objective, given + bound)

    required = None
    if wanted.share < 1:
        required = required_weight(wanted.share, inputs.weight) - reached
    asked: dict[str, Any] = {
        "required": required,
        "inside": land_of(inputs, wanted, waiting),
        "forbidden": wanted.forbidden_shape(),
        "time_limit_seconds": wanted.time_limit_seconds,
        "target_gap": wanted.target_gap if given == 0 else 0.0,
        "progress": tell,
        "cancelled": cancelled,
    }
    lon, lat, weight = (
        some[waiting] for some in (inputs.demand.lon, inputs.demand.lat, inputs.weight)
    )
    on_streets = inputs.rests_on.basis is Basis.NETWORK
    if on_streets:
        walks = PairWalks.of(lon, lat, estimate=inputs.estimate, network=inputs.walks.network)
        found = solve_lscp_on_streets(
            walks, weight, wanted.standard, surely=inputs.surely_forbidden, **asked
        )
    else:
        line_m = line_m_of(inputs, wanted, waiting) * _WITHIN
        found = solve_lscp_anywhere(lon, lat, weight, line_m, **asked)
    share = (reached + found.reachable) / math.fsum(inputs.weight)
    unreached = math.fsum(weight) - found.reachable if on_streets else None
    if math.isnan(found.objective):
        none = _nothing(inputs, found, share)
        return inputs, SitingPlan(none, no_rules(given), unreachable_weight=unreached)
    inputs = with_places(database, settings, inputs, found.places)
    count = len(inputs.candidates)
    bound = given + found.bound
    result = SitingResult(
        model="lscp",
        chosen=np.arange(count),
        gains=np.empty(0),
        objective=float(count),
        bound=bound,
        bound_basis="dual",
        gap_share=gap_share(count, bound),
        status=found.status,
        curve=(),
        assignment=np.full(len(inputs.weight), -1, np.int64),
        seconds=found.seconds,
        reachable_share=share,
    )
    return inputs, SitingPlan(result, no_rules(count), unreachable_weight=unreached)


def _nothing(inputs: SitingInputs, found: FewestResult, share: float) -> SitingResult:
    """Return the answer that there is no plan, and why."""
    reason = _NOT_FOUND
    if found.status is SitingStatus.INFEASIBLE:
        shown = format_share(math.floor(share * 1000) / 1000)
        reason = Text(
            f"能设站的街道全用上，也只能覆盖需求的 {shown}",
            f"all the streets where sites may stand together cover {shown} of the demand",
        )
    return SitingResult(
        model="lscp",
        chosen=np.empty(0, np.int64),
        gains=np.empty(0),
        objective=math.nan,
        bound=math.nan,
        bound_basis="none",
        gap_share=math.nan,
        status=found.status,
        curve=(),
        assignment=np.full(len(inputs.weight), -1, np.int64),
        seconds=found.seconds,
        reason=reason,
    )
