"""Set covering: fewest sites so that all demand, or a share of it, is covered (Toregas et al. 1971)."""

from dataclasses import replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from geoapp.analysis.siting.checks import (
    Sites,
    checked_both,
    checked_cover,
    checked_numbers,
    checked_share,
)
from geoapp.analysis.siting.covering.aggregate import merged
from geoapp.analysis.siting.covering.ruled import solve_ruled, value_of
from geoapp.analysis.siting.covering.set_covering import Cheapest, Covering, cheapest_cover
from geoapp.analysis.siting.problem import Limits
from geoapp.analysis.siting.result import (
    Cancelled,
    Clock,
    Progress,
    SitingResult,
    gap_share,
    infeasible,
    settled_bound,
    status_of,
    whole,
)
from geoapp.analysis.siting.rules import Rules
from geoapp.analysis.siting.spacing import (
    checked_conflicts,
    conflict_of_fixed,
    spacing_rows,
)
from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.i18n import Text
from geoapp.core.results.status import SitingStatus


def solve_lscp(
    cover: Any,
    weights: ArrayLike | None = None,
    *,
    share: float = 1.0,
    costs: ArrayLike | None = None,
    fixed: Sites = (),
    forbidden: Sites = (),
    conflicts: Any = (),
    time_limit_seconds: float = 60.0,
    target_gap: float = 0.0,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> SitingResult:
    """Choose the fewest (or cheapest) sites that cover the demand.

    Parameters
    ----------
    cover
        Relation, shape (n_demand, n_candidate): nonzero iff the candidate covers the demand point.
    weights
        By demand point, from 0 up; points of weight 0 need not be covered. None = one each.
    share
        Part of all the weight that must be covered (partial set covering; Daskin & Owen 1999).
    costs
        By candidate; None = one each, so the objective is the number of sites.
    fixed, forbidden
        Positions of candidates that must be open (they count), that must not be.
    conflicts
        Sites that may not both be open, as in ``solve_mclp``.
    time_limit_seconds, target_gap, progress, cancelled
        As in ``solve_mclp``.

    Raises
    ------
    InvalidValueError
        If an input is not what is said above.
    """
    clock = Limits(time_limit_seconds, target_gap, progress, cancelled).clock()
    relation = checked_cover(cover)
    demand, sites = relation.shape
    weight = checked_numbers("weights", weights, demand)
    kept, allowed = checked_both(fixed, forbidden, sites)
    checked_share("share", share)
    cost = checked_numbers("costs", costs, sites)
    reachable = (relation @ allowed.astype(np.float64)) > 0
    total, most = float(weight.sum()), float(weight[reachable].sum())
    required = required_weight(share, weight)
    if most < required:
        reached = most / total
        return infeasible(
            "lscp",
            demand,
            clock,
            Text(
                f"候选点合起来只能覆盖需求的 {reached:.2%}",
                f"all candidates together cover {reached:.2%} of the demand",
            ),
            reachable_share=reached,
        )
    pairs = checked_conflicts(conflicts, sites)
    never = conflict_of_fixed(pairs, kept)
    if never is not None:
        return infeasible("lscp", demand, clock, never)
    rows = merged(relation, weight)
    task = Covering(
        rows.cover,
        rows.weights,
        None if share == 1 else required,
        cost,
        kept,
        allowed,
        spacing_rows(pairs, sites),
    )
    answer = cheapest_cover(task, clock, target_gap)
    if answer.sites is None:
        # Without other rules the greedy plan covers whatever can be covered.
        return _too_near(relation, weight, task, answer, clock)
    chosen = np.concatenate((kept, np.setdiff1d(answer.sites, kept)))
    objective = float(cost[chosen].sum())
    bound = settled_bound(objective, answer.bound, float(cost.sum()), whole(cost), -1)
    clock.report(objective, bound)
    return SitingResult(
        model="lscp",
        chosen=chosen,
        gains=np.empty(0),
        objective=objective,
        bound=bound,
        bound_basis=answer.basis,
        gap_share=gap_share(objective, bound),
        status=status_of(objective, bound, target_gap, clock),
        curve=(),
        assignment=first_cover(relation, chosen),
        seconds=clock.taken(),
        reachable_share=most / total if total else None,
    )


def _too_near(
    cover: sp.csr_array, weights: FloatArray, task: Covering, answer: Cheapest, clock: Clock
) -> SitingResult:
    """Return the answer that sites which keep their spacing do not cover enough, and what they can."""
    if answer.bound < np.inf:
        none = infeasible(
            "lscp",
            len(weights),
            clock,
            Text(
                "时限内没有找到既覆盖需求又符合间距要求的方案",
                "no plan that covers the demand and keeps the spacing was found in time",
            ),
        )
        stopped = SitingStatus.CANCELLED if clock.stopped else SitingStatus.TIME_LIMIT
        return replace(none, status=stopped)
    count = cover.shape[1]
    rules = Rules(
        p=count,
        fixed=task.fixed,
        allowed=task.allowed,
        costs=task.costs,
        budget=None,
        group=np.full(count, -1),
        least=np.empty(0, np.int64),
        most=np.empty(0, np.int64),
        backup_share=0.0,
        side=task.side,
    )
    plan = solve_ruled(cover, weights, rules, task.fixed, clock, 0.0)
    reached = value_of(cover, weights, rules, plan.sites) / float(weights.sum())
    return infeasible(
        "lscp",
        len(weights),
        clock,
        Text(
            f"符合间距要求的站点覆盖不了这么多需求，可覆盖 {reached:.2%}",
            f"sites that keep their spacing cannot cover so much; {reached:.2%} can be covered",
        ),
        reachable_share=reached,
    )


def required_weight(share: float, weights: FloatArray) -> float:
    """Return the weight to be covered; for whole numbers a whole number."""
    required = share * float(weights.sum())
    if share == 1:
        return required
    return float(np.ceil(required - 1e-9)) if whole(weights) else required * (1 - 1e-12)


def first_cover(cover: sp.csr_array, chosen: IntArray) -> IntArray:
    """Return by demand point the first of the chosen sites that covers it; -1 = none."""
    part = sp.csr_array(cover[:, chosen])
    assignment = np.full(cover.shape[0], -1, np.int64)
    served = np.diff(part.indptr) > 0
    if served.any():
        assignment[served] = chosen[np.minimum.reduceat(part.indices, part.indptr[:-1][served])]
    return assignment
