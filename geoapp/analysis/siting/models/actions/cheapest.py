"""Among the plans of actions that cover as much, a cheapest, and what none can cost less than."""

import math
from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.covering.aggregate import merged
from geoapp.analysis.siting.covering.program import mclp_model
from geoapp.analysis.siting.covering.ruled import (
    keeps,
    point_of,
    value_of,
)
from geoapp.analysis.siting.milp import dual_bound, relaxation_duals, solve
from geoapp.analysis.siting.models.actions.task import Task
from geoapp.analysis.siting.result import (
    ROUND_OFF,
    Clock,
    whole,
)
from geoapp.core.arrays import IntArray


def cheapest(task: Task, sites: IntArray, objective: float, clock: Clock) -> tuple[IntArray, float]:
    """Return a cheapest plan that covers as much, and a bound of what any such plan costs."""
    sites = _without_vain(task, sites, objective)
    rows = merged(task.cover, task.weights)
    model = mclp_model(rows.cover, rows.weights, replace(task.rules, budget=None))
    width, extra = task.cover.shape[1], len(rows.weights)
    slack = 0.5 if whole(rows.weights) else 1e-9 * max(1.0, objective)
    # In shares of the heaviest row: HiGHS takes entries below 1e-9 for nothing.
    unit = float(rows.weights.max(initial=0.0)) or 1.0
    asked = sp.csr_array(np.concatenate((np.zeros(width), rows.weights / unit))[None, :])
    model = replace(
        model,
        cost=np.concatenate((task.rules.costs, np.zeros(extra))),
        rows=sp.csr_array(sp.vstack((model.rows, asked), format="csr")),
        row_lower=np.append(model.row_lower, (objective - slack) / unit),
        row_upper=np.append(model.row_upper, np.inf),
    )
    least = math.fsum(np.minimum(task.rules.costs, 0.0))
    if clock.left() == 0:
        return sites, least
    duals = relaxation_duals(model, clock)
    if duals is not None:
        value, size = dual_bound(model, duals)
        least = max(least, value - ROUND_OFF * size)
    cost = math.fsum(task.rules.costs[sites])
    near = 1e-9 * float(np.abs(task.rules.costs).sum())
    if cost - least > near and clock.left() > 0:
        answer = solve(model, clock, start=point_of(model, rows.cover, sites))
        least = max(least, answer.bound)
        if answer.x is not None:
            found = np.flatnonzero(answer.x[:width] > 0.5)
            if (
                keeps(task.rules, found)
                and value_of(task.cover, task.weights, task.rules, found) >= objective
                and math.fsum(task.rules.costs[found]) < cost
            ):
                sites = _without_vain(task, found, objective)
                cost = math.fsum(task.rules.costs[sites])
    return sites, cost if cost - least <= near else least


def _without_vain(task: Task, sites: IntArray, objective: float) -> IntArray:
    """Return a plan without the actions that save nothing and without which no coverage is lost."""
    for action in sorted(sites[sites < len(task.actions)], key=lambda one: -task.rules.costs[one]):
        fewer = task.without(sites, int(action))
        if (
            task.rules.costs[action] >= 0
            and keeps(task.rules, fewer)
            and value_of(task.cover, task.weights, task.rules, fewer) >= objective
        ):
            sites = fewer
    return np.sort(sites)
