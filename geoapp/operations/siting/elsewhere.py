"""What places anywhere could reach at most, beside a plan that was found among candidates."""

import math
from typing import Final

import numpy as np

from geoapp.analysis.siting import solve_mclp_anywhere
from geoapp.analysis.siting.result import Cancelled
from geoapp.core.questions.siting import SitingModel, SitingParameters
from geoapp.core.words import Basis
from geoapp.operations.siting.inputs import SitingInputs
from geoapp.operations.siting.solve import SitingPlan

# What a run may take longer for it: this much search after the first sweep around all points, which is
# quick for so many.
_SECONDS: Final = 8.0
_MOST_POINTS: Final = 100_000
_NEAR: Final = 0.001  # nobody reads a bound more exactly


def most_anywhere(
    inputs: SitingInputs,
    wanted: SitingParameters,
    plan: SitingPlan,
    *,
    cancelled: Cancelled | None = None,
) -> float | None:
    """Return the workers whom as many sites, wherever they stand, newly reach at most.

    None where that would not be a comparison of like with like: with rules that places anywhere are not
    held to, for other models, on a walking network, and for more than 100,000 points.
    """
    by_line = inputs.rests_on.basis is Basis.ESTIMATE and inputs.walks.network is None
    objective = plan.result.objective
    if (
        wanted.model is not SitingModel.MCLP
        or wanted.anywhere
        or wanted.p is None
        or wanted.ruled
        or not by_line
        or math.isnan(objective)
    ):
        return None
    held = inputs.covered_with(inputs.fixed)
    waiting = inputs.waiting & ~held
    if np.count_nonzero(waiting) > _MOST_POINTS:
        return None
    found = solve_mclp_anywhere(
        inputs.demand.lon[waiting],
        inputs.demand.lat[waiting],
        inputs.weight[waiting],
        wanted.p - len(inputs.fixed),
        wanted.standard.line_m(inputs.estimate),
        time_limit_seconds=_SECONDS,
        target_gap=_NEAR,
        cancelled=cancelled,
    )
    given = math.fsum(inputs.weight[held & ~inputs.covered])
    return max(given + found.bound, objective)
