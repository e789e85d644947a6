"""A siting run in phases: nested plans, each with what so many sites could cover if only it mattered."""

from dataclasses import replace

import numpy as np

from geoapp.analysis.siting import SitingResult, solve_phases
from geoapp.analysis.siting.result import Cancelled, Progress
from geoapp.core.questions.siting import SitingParameters
from geoapp.operations.siting.inputs import SitingInputs
from geoapp.operations.siting.rules import rules_of
from geoapp.operations.siting.solve import SitingPlan
from geoapp.operations.siting.walks import kept_rows


def plan_in_phases(
    inputs: SitingInputs,
    wanted: SitingParameters,
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> SitingPlan:
    """Return the plan whose phases, all together, newly cover most; its objective is their mean.

    Parameters
    ----------
    progress, cancelled
        Called with the best objective and bound so far; asked whether to stop and keep the best so far.

    Raises
    ------
    InvalidValueError
        If the library refuses a value.
    """
    count = len(wanted.phases)

    def tell(objective: float, bound: float) -> None:
        if progress is not None:
            progress(objective / count, bound / count)

    rules = rules_of(inputs, wanted)
    left = inputs.waiting
    found = solve_phases(
        kept_rows(inputs.cover, left),
        inputs.weight[left],
        [number for _, number in wanted.phases],
        fixed=inputs.fixed,
        forbidden=rules.forbidden,
        time_limit_seconds=wanted.time_limit_seconds,
        target_gap=wanted.target_gap,
        progress=tell,
        cancelled=cancelled,
    )
    result = SitingResult(
        model="mclp",
        chosen=np.concatenate([one.opened for one in found.phases]),
        gains=np.concatenate([one.gains for one in found.phases]),
        objective=found.objective / count,
        bound=found.bound / count,
        bound_basis="search",
        gap_share=found.gap_share,
        status=found.status,
        curve=(),
        assignment=np.full(len(inputs.weight), -1, np.int64),
        seconds=found.seconds,
    )
    return replace(SitingPlan(result, rules), phases=found.phases)
