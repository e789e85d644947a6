"""p-center: the least greatest impedance with p sites (Hakimi 1964)."""

from dataclasses import replace
from typing import Any

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.checks import (
    Sites,
    checked_both,
    checked_impedance,
    checked_p,
)
from geoapp.analysis.siting.covering.aggregate import merged
from geoapp.analysis.siting.covering.set_covering import Covering, cheapest_cover
from geoapp.analysis.siting.distance.center_search import CenterSearch, nearest_chosen, within
from geoapp.analysis.siting.problem import Limits
from geoapp.analysis.siting.result import (
    BoundBasis,
    Cancelled,
    Clock,
    Progress,
    SitingResult,
    gap_share,
    infeasible,
    status_of,
)
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.i18n import Text
from geoapp.core.results.status import SitingStatus


def unreachable(
    model: str,
    impedance: sp.csr_array,
    weights: FloatArray,
    p: int,
    kept: IntArray,
    allowed: BoolArray,
    clock: Clock,
) -> tuple[SitingResult | None, IntArray]:
    """Return why p sites cannot reach all demand, or None and some that do.

    Parameters
    ----------
    model
        Named in the answer.
    impedance, weights
        Stored pairs are reachable; points of weight 0 need not be reached.
    p, kept, allowed, clock
        As in the models.
    """
    demand = impedance.shape[0]
    if len(kept) > p:
        text = Text(f"固定站点已有 {len(kept)} 个", f"{len(kept)} sites are fixed")
        return infeasible(model, demand, clock, text, needed_p=len(kept)), kept
    cover = within(impedance, np.inf)
    reached = (cover @ allowed.astype(np.float64)) > 0
    if not reached[weights > 0].all():
        share = float(weights[reached].sum() / weights.sum())
        text = Text(
            f"有 {int((~reached & (weights > 0)).sum())} 个需求点到不了任何候选点",
            f"{int((~reached & (weights > 0)).sum())} demand points reach no candidate",
        )
        return infeasible(model, demand, clock, text, reachable_share=share), kept
    rows = merged(cover, weights)
    task = Covering(rows.cover, rows.weights, None, np.ones(cover.shape[1]), kept, allowed)
    quick = cheapest_cover(task, clock, 0.0, most=p)
    if quick.sites is not None:
        return None, quick.sites
    fewest = cheapest_cover(task, clock, 0.0)
    assert fewest.sites is not None  # all demand is reached by the allowed sites
    if len(fewest.sites) <= p:
        return None, fewest.sites
    enough = len(fewest.sites)
    if max(quick.bound, fewest.bound) <= p + 1e-6:
        text = Text(
            f"在时限内没有找到 {p} 个站点就能到达全部需求的方案；{enough} 个可以",
            f"no plan of {p} sites that reaches all demand was found in time; {enough} sites do",
        )
        none = infeasible(model, demand, clock, text, needed_p=enough)
        stopped = SitingStatus.CANCELLED if clock.stopped else SitingStatus.TIME_LIMIT
        return replace(none, status=stopped), fewest.sites
    if fewest.bound > enough - 1 + 1e-6:
        text = Text(
            f"到达全部需求至少要 {enough} 个站点", f"reaching all demand takes {enough} sites"
        )
    else:
        text = Text(
            f"{p} 个站点到不了全部需求，{enough} 个可以",
            f"{p} sites cannot reach all demand; {enough} can",
        )
    return infeasible(model, demand, clock, text, needed_p=enough), fewest.sites


def solve_p_center(
    impedance: Any,
    p: int,
    *,
    fixed: Sites = (),
    forbidden: Sites = (),
    time_limit_seconds: float = 60.0,
    target_gap: float = 0.0,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> SitingResult:
    """Choose p sites so that the demand point that is served worst is served best.

    The optimum is one of the impedances, so their order is halved again and again: within S at most
    p sites cover all demand iff the optimum is at most S (Minieka 1970). Whether they do is asked of
    few demand points at a time (see ``center_search``).

    Parameters
    ----------
    impedance
        Dense (inf = unreachable) or CSR (what is not stored is unreachable), shape
        (n_demand, n_candidate), from 0 up, in any unit.
    p
        Number of sites, fixed ones included.
    fixed, forbidden, time_limit_seconds, target_gap, progress, cancelled
        As in ``solve_mclp``.

    Raises
    ------
    InvalidValueError
        If an input is not what is said above.
    """
    clock = Limits(time_limit_seconds, target_gap, progress, cancelled).clock()
    matrix = checked_impedance(impedance)
    demand, sites = matrix.shape
    kept, allowed = checked_both(fixed, forbidden, sites)
    p = checked_p(p, allowed)
    refused, best = unreachable("p_center", matrix, np.ones(demand), p, kept, allowed, clock)
    if refused is not None:
        return refused
    worst = float(nearest_chosen(matrix, best)[1].max(initial=0.0))
    # Each point is at least as far as its nearest allowed site.
    floor = float(nearest_chosen(matrix, np.flatnonzero(allowed))[1].max(initial=0.0))
    values = np.unique(matrix.data)
    values = values[(values >= floor) & (values <= worst)]
    basis: BoundBasis = "dual"
    search = CenterSearch(matrix, p, kept, allowed, clock, best, worst)
    low, high = search.first_left(values), len(values) - 1
    while low < high and clock.left() > 0:
        middle = (low + high) // 2
        possible, proof = search.possible(float(values[middle]))
        high = int(np.searchsorted(values, search.worst))
        if possible is None:
            break
        if not possible:
            low = middle + 1
            basis = "search" if proof == "search" else basis
        clock.report(search.worst, float(values[low]))
        if gap_share(search.worst, float(values[low])) <= target_gap:
            break
    best = search.best
    bound = float(values[low]) if len(values) else search.worst
    chosen = _filled(kept, best, allowed, p)
    assignment, away = nearest_chosen(matrix, chosen)
    objective = float(away.max(initial=0.0))
    return SitingResult(
        model="p_center",
        chosen=chosen,
        gains=np.empty(0),
        objective=objective,
        bound=min(bound, objective),
        bound_basis=basis,
        gap_share=gap_share(objective, min(bound, objective)),
        status=status_of(objective, min(bound, objective), target_gap, clock),
        curve=(),
        assignment=assignment,
        seconds=clock.taken(),
    )


def _filled(kept: IntArray, sites: IntArray, allowed: BoolArray, p: int) -> IntArray:
    """Return exactly p sites: the fixed, the plan's, and the first that are left."""
    rest = np.setdiff1d(sites, kept)
    spare = np.setdiff1d(np.flatnonzero(allowed), np.concatenate((kept, rest)))
    return np.concatenate((kept, rest, spare))[:p]
