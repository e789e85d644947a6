"""A siting run that makes the longest walk shortest with sites at any place: found first, then counted."""

import math
from typing import Any

import numpy as np

from geoapp.analysis.geometry.spheroid import geodesic_m
from geoapp.analysis.siting import (
    CenterResult,
    SitingResult,
    SitingStatus,
    solve_p_center_anywhere,
    solve_p_center_on_streets,
)
from geoapp.analysis.siting.result import Cancelled, Progress
from geoapp.analysis.walks.pairs import PairWalks, shortest_of_each
from geoapp.core.arrays import BoolArray
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.settings import Settings
from geoapp.core.words import Basis
from geoapp.operations.siting.anywhere import land_of, line_m_of, no_rules, with_places
from geoapp.operations.siting.inputs import SitingInputs
from geoapp.operations.siting.solve import SitingPlan, no_plan
from geoapp.store.engine import Database

_NOT_FOUND = Text(
    "时限内没有找到能设站的地方", "no places where sites may stand were found in the time"
)
_TOO_FAR_APART = Text(
    "能设站的街道上，这么多处到不了所有人（步行 100 公里以内）",
    "no so many places on the streets where sites may stand reach everybody (within a walk of 100 km)",
)


def central_places(
    database: Database,
    settings: Settings,
    inputs: SitingInputs,
    wanted: SitingParameters,
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> tuple[SitingInputs, SitingPlan]:
    """Find the places, and return them as candidates that are all chosen, with the plan.

    Parameters
    ----------
    inputs, progress, cancelled
        As of ``best_places``; objective and bound are metres walked.

    Raises
    ------
    InvalidValueError
        If nothing could be proven of this demand.
    """
    asked = inputs.weight > 0
    limits: dict[str, Any] = {
        "inside": land_of(inputs, wanted, asked),
        "forbidden": wanted.forbidden_shape(),
        "time_limit_seconds": wanted.time_limit_seconds,
        "target_gap": wanted.target_gap,
        "cancelled": cancelled,
    }
    found, factor = (
        _on_streets(inputs, wanted, asked, progress, limits)
        if inputs.rests_on.basis is Basis.NETWORK
        else _by_line(inputs, wanted, asked, progress, limits)
    )
    if math.isnan(found.objective):
        reason = _TOO_FAR_APART if found.status is SitingStatus.INFEASIBLE else _NOT_FOUND
        none = no_plan(inputs, wanted, reason)
        return inputs, SitingPlan(none, no_rules(len(inputs.fixed)), unreachable_weight=0.0)
    inputs = with_places(database, settings, inputs, found.places)
    count = len(inputs.candidates)
    result = SitingResult(
        model="p_center",
        chosen=np.arange(count),
        gains=np.empty(0),
        objective=found.objective * factor,
        bound=found.bound * factor,
        bound_basis="search",
        gap_share=found.gap_share,
        status=found.status,
        curve=(),
        assignment=np.full(len(inputs.weight), -1, np.int64),
        seconds=found.seconds,
    )
    return inputs, SitingPlan(result, no_rules(count), unreachable_weight=0.0)


def _by_line(
    inputs: SitingInputs,
    wanted: SitingParameters,
    asked: BoolArray,
    progress: Progress | None,
    limits: dict[str, Any],
) -> tuple[CenterResult, float]:
    """Return the places, in metres by line, and the factor that makes walks of these."""
    lon, lat = inputs.demand.lon[asked], inputs.demand.lat[asked]
    # Walks are lines times one factor, whatever the standard.
    factor = inputs.standard.walk_m(inputs.estimate) / line_m_of(inputs, wanted, asked)
    existing_m = inputs.existing_m[asked] / factor
    held = inputs.candidates
    for site in inputs.fixed.tolist():
        away_m = geodesic_m(float(held.lon[site]), float(held.lat[site]), lon, lat)
        existing_m = np.minimum(existing_m, away_m)

    def tell(objective: float, bound: float) -> None:
        if progress is not None:
            progress(objective * factor, bound * factor)

    sites = (wanted.p or 0) - len(inputs.fixed)
    limits = {**limits, "existing_m": existing_m, "progress": tell}
    return solve_p_center_anywhere(lon, lat, sites, **limits), factor


def _on_streets(
    inputs: SitingInputs,
    wanted: SitingParameters,
    asked: BoolArray,
    progress: Progress | None,
    limits: dict[str, Any],
) -> tuple[CenterResult, float]:
    """Return the places, in metres walked."""
    walks = PairWalks.of(
        inputs.demand.lon[asked],
        inputs.demand.lat[asked],
        estimate=inputs.estimate,
        network=inputs.walks.network,
    )
    existing_m = inputs.existing_m[asked]
    held, fixed = inputs.candidates, inputs.fixed
    if len(fixed):
        given = walks.within(held.lon[fixed], held.lat[fixed], limit_m=None)
        existing_m = np.minimum(existing_m, shortest_of_each(given))
    sites = (wanted.p or 0) - len(fixed)
    limits = {
        **limits,
        "surely": inputs.surely_forbidden,
        "existing_m": existing_m,
        "progress": progress,
    }
    return solve_p_center_on_streets(walks, sites, **limits), 1.0
