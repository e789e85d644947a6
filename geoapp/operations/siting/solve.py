"""One of the models on a siting run's inputs; what stands already is open whatever is chosen.

Maximal covering: demand that facilities cover is taken out, so that the objective is the workers
newly reached. With a backup share, and in set covering, facilities are fixed columns that cover
what they cover (two of them carry all that backup asks); p-median and p-center have one fixed
column with the walk to the nearest facility. What such columns add is taken off the answer again.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting import (
    CurvePoint,
    EquityResult,
    SitingResult,
    SitingStatus,
    solve_equity,
    solve_lscp,
    solve_mclp,
    solve_p_center,
    solve_p_median,
)
from geoapp.analysis.siting.result import Cancelled, Progress, gap_share
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingModel, SitingParameters
from geoapp.operations.siting.inputs import SitingInputs
from geoapp.operations.siting.rules import SitingRules, rules_of
from geoapp.operations.siting.walks import impedances, kept_rows


@dataclass(frozen=True, slots=True)
class SitingPlan:
    """A model's answer in terms of the new sites alone.

    Attributes
    ----------
    result
        As the library gives it, with positions of candidates; its objective, bound, gap and numbers
        of sites are without what facilities add (see the module).
    unreachable_weight
        Demand that neither a facility nor a candidate reaches on foot, left out of p-median and
        p-center; None for the covering models.
    forbidden, conflicts
        Candidates that no plan may open, and pairs (n, 2) that none may open together.
    equity
        The districts' shares and what is proven of them, facilities included; None for other models.
    """

    result: SitingResult
    forbidden: IntArray
    conflicts: IntArray
    unreachable_weight: float | None = None
    equity: EquityResult | None = None


def solve_siting(
    inputs: SitingInputs,
    wanted: SitingParameters,
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> SitingPlan:
    """Solve the model that is asked for.

    Parameters
    ----------
    progress, cancelled
        Told the best objective and bound so far; asked whether to stop and keep the best so far.

    Raises
    ------
    InvalidValueError
        If the library refuses a value.
    """
    clock: dict[str, Any] = {
        "time_limit_seconds": wanted.time_limit_seconds,
        "target_gap": wanted.target_gap,
        "cancelled": cancelled,
    }
    rules = rules_of(inputs, wanted)
    if rules.never is not None:
        result = _none(inputs, wanted, rules.never)
    elif wanted.model is SitingModel.MCLP:
        result = _mclp(inputs, wanted, rules, clock, progress)
    elif wanted.model is SitingModel.LSCP:
        result = _lscp(inputs, wanted, rules, clock, progress)
    elif wanted.model is SitingModel.EQUITY:
        return _equity(inputs, wanted, rules, clock, progress)
    else:
        return _by_walk(inputs, wanted, rules, clock, progress)
    return SitingPlan(result, rules.forbidden, rules.conflicts)


def _none(inputs: SitingInputs, wanted: SitingParameters, reason: Text) -> SitingResult:
    return SitingResult(
        model=str(wanted.model),
        chosen=np.empty(0, np.int64),
        gains=np.empty(0),
        objective=math.nan,
        bound=math.nan,
        bound_basis="none",
        gap_share=math.nan,
        status=SitingStatus.INFEASIBLE,
        curve=(),
        assignment=np.full(len(inputs.weight), -1, np.int64),
        seconds=0.0,
        reason=reason,
    )


def _column(mask: BoolArray) -> sp.csr_array:
    return sp.csr_array(mask.astype(np.float64)[:, None])


def plain_question(
    inputs: SitingInputs, wanted: SitingParameters, rules: SitingRules
) -> tuple[sp.csr_array, FloatArray, int | None, dict[str, Any]]:
    """Return what maximal covering asks of the library.

    The demand that nothing covers yet, its weights, the number of sites, and the rules by the
    library's names.
    """
    left = ~inputs.covered & (inputs.weight > 0)
    p = wanted.p
    if p is not None and wanted.min_spacing_m is not None:
        p = min(p, len(inputs.candidates) - len(rules.forbidden))  # then p is the most sites
    asked: dict[str, Any] = {
        "fixed": inputs.fixed,
        "forbidden": rules.forbidden,
        "groups": np.array(rules.labels, dtype=object) if rules.grouped else None,
        "group_min": rules.least,
        "group_max": rules.most,
        "conflicts": rules.conflicts,
        "costs": None if wanted.budget is None else inputs.candidates.cost,
        "budget": wanted.budget,
    }
    return kept_rows(inputs.cover, left), inputs.weight[left], p, asked


def _mclp(
    inputs: SitingInputs,
    wanted: SitingParameters,
    rules: SitingRules,
    clock: dict[str, Any],
    progress: Progress | None,
) -> SitingResult:
    backup = wanted.backup_share
    count = len(inputs.candidates)
    rows, weights, p, asked = plain_question(inputs, wanted, rules)
    if backup == 0:
        if wanted.capacity is not None:
            asked["capacities"] = np.full(count, wanted.capacity)
        result = solve_mclp(rows, weights, p, progress=progress, **asked, **clock)
        return _new_only(result, count, 0, 0.0, wanted)
    base = (1 - backup) * float(inputs.weight[inputs.covered].sum())
    base += backup * float(inputs.weight[inputs.backup].sum())
    standing = [_column(inputs.covered), _column(inputs.backup)]
    asked["fixed"] = np.r_[inputs.fixed, count, count + 1]
    if rules.grouped:
        asked["groups"] = np.array([*rules.labels, None, None], dtype=object)
    if wanted.budget is not None:
        asked["costs"] = np.r_[inputs.candidates.cost, 0.0, 0.0]
    result = solve_mclp(
        sp.hstack([inputs.cover, *standing], format="csr"),
        inputs.weight,
        None if p is None else p + 2,
        backup_share=backup,
        progress=_shifted(progress, base),
        **asked,
        **_strict(clock, base),
    )
    return _new_only(result, count, 2, base, wanted)


def _lscp(
    inputs: SitingInputs,
    wanted: SitingParameters,
    rules: SitingRules,
    clock: dict[str, Any],
    progress: Progress | None,
) -> SitingResult:
    count = len(inputs.candidates)
    result = solve_lscp(
        sp.hstack([inputs.cover, _column(inputs.covered)], format="csr"),
        inputs.weight,
        share=wanted.share,
        fixed=np.r_[inputs.fixed, count],
        forbidden=rules.forbidden,
        conflicts=rules.conflicts,
        progress=_shifted(progress, 1.0),
        **_strict(clock, 1.0),
    )
    return _new_only(result, count, 1, 1.0, wanted)


def _equity(
    inputs: SitingInputs,
    wanted: SitingParameters,
    rules: SitingRules,
    clock: dict[str, Any],
    progress: Progress | None,
) -> SitingPlan:
    """Lift the district served worst, facilities counted; demand of unknown district is one more."""
    count = len(inputs.candidates)
    base = float(inputs.weight[inputs.covered].sum())
    found = solve_equity(
        sp.hstack([inputs.cover, _column(inputs.covered)], format="csr"),
        inputs.weight,
        None if wanted.p is None else wanted.p + 1,
        [code or "" for code in inputs.districts()],
        fixed=np.r_[inputs.fixed, count],
        forbidden=rules.forbidden,
        groups=np.array([*rules.labels, None], dtype=object) if rules.grouped else None,
        group_min=rules.least,
        group_max=rules.most,
        conflicts=rules.conflicts,
        costs=None if wanted.budget is None else np.r_[inputs.candidates.cost, 0.0],
        budget=wanted.budget,
        progress=_shifted(progress, base),
        **_strict(clock, base),
    )
    result = _new_only(found.plan, count, 1, base, wanted)
    if found.levels and not all(level.proven for level in found.levels):
        result = replace(result, status=found.plan.status)
    return SitingPlan(result, rules.forbidden, rules.conflicts, equity=found)


def _by_walk(
    inputs: SitingInputs,
    wanted: SitingParameters,
    rules: SitingRules,
    clock: dict[str, Any],
    progress: Progress | None,
) -> SitingPlan:
    """Solve p-median or p-center in metres walked."""
    count = len(inputs.candidates)
    walks = impedances(inputs)
    usable = np.ones(count, np.bool_)
    usable[rules.forbidden] = False
    allowed = sp.csr_array(walks)
    allowed.data = usable[walks.indices].astype(np.float64)
    reached = (allowed.sum(axis=1) > 0) | np.isfinite(inputs.existing_m)
    asked = inputs.weight > 0
    unreachable = float(inputs.weight[asked & ~reached].sum())
    rows = asked & reached
    if not rows.any():
        text = Text("没有需求点可步行到达", "no demand can be reached on foot")
        none = replace(_none(inputs, wanted, text), reachable_share=0.0)
        return SitingPlan(none, rules.forbidden, rules.conflicts, unreachable)
    matrix = kept_rows(walks, rows)
    existing_m = inputs.existing_m[rows]
    near = np.flatnonzero(np.isfinite(existing_m))
    standing = int(len(near) > 0)
    if standing:
        column = sp.csr_array(
            (existing_m[near], (near, np.zeros(len(near), np.int64))), shape=(matrix.shape[0], 1)
        )
        matrix = sp.hstack([matrix, column], format="csr")
    more: dict[str, Any] = {
        "fixed": np.r_[inputs.fixed, np.arange(count, count + standing)],
        "forbidden": rules.forbidden,
        "progress": progress,
        **clock,
    }
    p = (wanted.p or 0) + standing
    if wanted.model is SitingModel.P_MEDIAN:
        result = solve_p_median(matrix, inputs.weight[rows], p, **more)
    else:
        result = solve_p_center(matrix, p, **more)
    new = _new_only(result, count, standing, 0.0, wanted)
    return SitingPlan(new, rules.forbidden, rules.conflicts, unreachable)


def _shifted(progress: Progress | None, base: float) -> Progress | None:
    if progress is None:
        return None
    tell = progress
    return lambda objective, bound: tell(objective - base, bound - base)


def _strict(clock: dict[str, Any], base: float) -> dict[str, Any]:
    """Let the library stop at a proof alone where its gap is not a share of what is new."""
    return clock | {"target_gap": 0.0} if base > 0 else clock


def _new_only(
    result: SitingResult, count: int, standing: int, base: float, wanted: SitingParameters
) -> SitingResult:
    """Return an answer without the columns of facilities and what they add to the objective."""
    new = result.chosen < count
    plan = not math.isnan(result.objective)
    objective, bound = result.objective - base, result.bound - base
    status, gap = result.status, result.gap_share
    if plan and base > 0:
        gap = gap_share(objective, bound)
        if gap == 0:
            status = SitingStatus.OPTIMAL
        elif gap <= wanted.target_gap:
            status = SitingStatus.WITHIN_GAP
    needed = None if result.needed_p is None else result.needed_p - standing
    reason = result.reason
    if reason is not None and standing and needed is not None:
        # The library counts the columns of facilities, too.
        reason = (
            Text(f"至少需要新建 {needed} 个站点", f"{needed} new sites are needed")
            if result.status is SitingStatus.INFEASIBLE
            else Text(
                f"时限内没有找到可行方案；新建 {needed} 个站点可以",
                f"no plan was met in the time; {needed} new sites do",
            )
        )
    return replace(
        result,
        chosen=result.chosen[new],
        gains=result.gains[new] if len(result.gains) == len(new) else result.gains,
        objective=objective,
        bound=bound,
        gap_share=gap,
        status=status,
        curve=tuple(
            CurvePoint(one.p - standing, one.objective - base, one.bound - base)
            for one in result.curve
        ),
        needed_p=needed,
        reason=reason,
    )
