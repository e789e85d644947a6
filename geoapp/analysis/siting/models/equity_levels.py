"""The linear programme of a level of fairness, and the search for a plan that is better at it."""

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.covering.program import mclp_model
from geoapp.analysis.siting.covering.ruled import keeps, value_of
from geoapp.analysis.siting.milp import Model, dual_bound, relaxation_duals, solve
from geoapp.analysis.siting.models.equity_start import Districts
from geoapp.analysis.siting.result import BoundBasis, Clock
from geoapp.core.arrays import FloatArray, IntArray

RESOLUTION = 1e-6
# Shares are written in thousandths, so that the solver's own tolerance is far below the resolution.
UNIT = 1000.0


def level_model(task: Districts, kept: list[float], lowest: int) -> Model:
    """Return the model of a level, or of the weight (lowest = 0), with the levels before kept.

    Columns: sites y, rows z, shares s by region, then t and d by region for each level.
    """
    regions = len(task.total)
    deep = max(len(kept), lowest)
    inner = mclp_model(task.cover, task.weights, task.rules)
    width = len(inner.cost)
    rows, sites = len(task.weights), task.cover.shape[1]
    share = sp.csr_array(
        (
            UNIT * task.weights / task.total[task.region],
            (task.region, sites + np.arange(rows)),
        ),
        shape=(regions, width),
    )
    eye = sp.eye_array(regions, format="csr")
    blocks: list[list[sp.sparray | None]] = [
        [inner.rows, None, *([None] * deep)],
        [-share, eye, *([None] * deep)],
    ]
    lower, upper = [inner.row_lower, np.zeros(regions)], [inner.row_upper, np.zeros(regions)]
    cost = np.concatenate((inner.cost if lowest == 0 else np.zeros(width), np.zeros(regions)))
    costs = [cost]
    for level in range(1, deep + 1):
        before: list[sp.sparray | None] = [None] * (level - 1)
        after: list[sp.sparray | None] = [None] * (deep - level)
        falls = sp.csr_array(sp.hstack((np.ones((regions, 1)), -eye)))
        blocks.append([None, -eye, *before, falls, *after])
        lower.append(np.full(regions, -np.inf))
        upper.append(np.zeros(regions))
        theta = np.concatenate(([float(level)], -np.ones(regions)))
        if level <= len(kept):
            blocks.append([None, None, *before, sp.csr_array(theta[None, :]), *after])
            lower.append(np.array([UNIT * (kept[level - 1] - RESOLUTION / 2)]))
            upper.append(np.array([np.inf]))
        costs.append(-theta if level == lowest else np.zeros(regions + 1))
    matrix = sp.csr_array(sp.block_array(blocks, format="csr"))
    more = regions + deep * (regions + 1)
    return Model(
        cost=np.concatenate(costs),
        lower=np.concatenate((inner.lower, np.zeros(more))),
        upper=np.concatenate((inner.upper, np.full(more, UNIT))),
        whole=np.concatenate((inner.whole, np.zeros(more, bool))),
        rows=matrix,
        row_lower=np.concatenate(lower),
        row_upper=np.concatenate(upper),
    )


def searched_level(
    task: Districts,
    model: Model,
    sites: IntArray,
    lowest: int,
    value: float,
    clock: Clock,
    stop: float,
) -> tuple[IntArray, float, float, BoundBasis]:
    """Return the better plan, a lower bound of the model, the size of its terms and its proof."""
    least = float(np.minimum(model.cost * model.upper, 0.0).sum())
    size = abs(least)
    if clock.left() == 0:
        return sites, least, size, "none"
    duals = relaxation_duals(model, clock)
    proof: BoundBasis = "none"
    if duals is not None:
        proven, terms = dual_bound(model, duals)
        if proven > least:
            least, size, proof = proven, terms, "dual"
    if value - least <= max(stop, 1e-9 * abs(value)) or clock.left() == 0:
        return sites, least, size, proof
    answer = solve(model, clock, start=_point(task, model, sites), stop_within=stop)
    if answer.x is not None:
        found = np.flatnonzero(answer.x[: task.cover.shape[1]] > 0.5)
        if keeps(task.rules, found) and fairer(task, found, sites, lowest):
            sites = found
    if answer.bound > least + 1e-9 * size:
        least, proof = answer.bound, "search"
    return sites, least, size, proof


def fairer(task: Districts, found: IntArray, sites: IntArray, lowest: int) -> bool:
    """Say whether a plan is better at a level and, as far as shares are told apart, no worse before."""
    new, old = np.sort(task.shares(found)), np.sort(task.shares(sites))
    theirs, mine = np.cumsum(new), np.cumsum(old)
    before = (lowest or len(new) + 1) - 1
    if lowest == 0:
        return bool(np.all(theirs >= mine - RESOLUTION)) and value_of(
            task.cover, task.weights, task.rules, found
        ) > value_of(task.cover, task.weights, task.rules, sites)
    no_worse = bool(np.all(theirs[:before] >= mine[:before] - RESOLUTION))
    return no_worse and bool(theirs[lowest - 1] > mine[lowest - 1])


def _point(task: Districts, model: Model, sites: IntArray) -> FloatArray:
    """Return a plan as a point of a level's model."""
    point = np.zeros(len(model.cost))
    point[sites] = 1.0
    count, rows = task.cover.shape[1], len(task.weights)
    point[count : count + rows] = (task.cover @ point[:count]) > 0
    share = UNIT * task.shares(sites)
    at = count + rows
    point[at : at + len(share)] = share
    at += len(share)
    order = np.sort(share)
    level = 0
    while at < len(point):
        point[at] = order[level]
        point[at + 1 : at + 1 + len(share)] = np.maximum(0.0, order[level] - share)
        at, level = at + 1 + len(share), level + 1
    return point
