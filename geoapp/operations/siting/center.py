"""A siting run that makes the longest walk shortest with sites at any place: found first, then counted."""

import math

import numpy as np

from geoapp.analysis.geometry.spheroid import geodesic_m
from geoapp.analysis.siting import SitingResult, solve_p_center_anywhere
from geoapp.analysis.siting.result import Cancelled, Progress
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.settings import Settings
from geoapp.core.words import Basis
from geoapp.operations.siting.anywhere import land_of, line_m_of, no_rules, with_places
from geoapp.operations.siting.inputs import SitingInputs
from geoapp.operations.siting.solve import SitingPlan, no_plan
from geoapp.store.engine import Database

_ON_STREETS = Text(
    "候选集或 generated：走路网时，“任何地方”的最远步行还不能证明",
    "a candidate set, or generated: on a walking network nothing could be proven of the longest walk to "
    "places anywhere",
)
_NOT_FOUND = Text(
    "时限内没有找到能设站的地方", "no places where sites may stand were found in the time"
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
        If nothing could be proven of this demand: people walk on a network.
    """
    if inputs.rests_on.basis is Basis.NETWORK:
        raise InvalidValueError("candidates", wanted.candidates, _ON_STREETS)
    asked = inputs.weight > 0
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

    found = solve_p_center_anywhere(
        lon,
        lat,
        (wanted.p or 0) - len(inputs.fixed),
        existing_m=existing_m,
        inside=land_of(inputs, wanted, asked),
        forbidden=wanted.forbidden_shape(),
        time_limit_seconds=wanted.time_limit_seconds,
        target_gap=wanted.target_gap,
        progress=tell,
        cancelled=cancelled,
    )
    if math.isnan(found.objective):
        none = no_plan(inputs, wanted, _NOT_FOUND)
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
