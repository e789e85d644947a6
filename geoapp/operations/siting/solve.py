"""One of the models on a siting run's inputs; what stands already is open whatever is chosen.

Maximal covering: demand that facilities cover is taken out, so that the objective is the workers
newly reached; where their seats count, all demand is in, and the library knows the facilities apart from
its columns. With a backup share, and in set covering, facilities are fixed columns that cover
what they cover (two of them carry all that backup asks); p-median and p-center have one fixed
column with the walk to the nearest facility. What such columns add is taken off the answer again.
"""

import math
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting import (
    CoverProblem,
    CurvePoint,
    EquityResult,
    Limits,
    Phase,
    SitingResult,
    SitingStatus,
    fairest,
    most_covered,
    solve_lscp,
    solve_p_center,
    solve_p_median,
)
from geoapp.analysis.siting.covering.ruled import below_every_cost, cheapest_left
from geoapp.analysis.siting.result import Cancelled, Progress, gap_share
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingModel, SitingParameters
from geoapp.operations.siting.inputs import SitingInputs
from geoapp.operations.siting.parts import most_covered_on
from geoapp.operations.siting.rules import SitingRules, rules_of
from geoapp.operations.siting.walks import impedances, kept_rows
from geoapp.operations.workforce import Workforce


@dataclass(frozen=True, slots=True)
class Asked:
    """A covering question as the library takes it, made once for a run.

    Attributes
    ----------
    problem
        Columns are the candidates, then ``standing`` fixed ones for the facilities.
    standing, base
        How many those are, and what they add to the objective.
    """

    problem: CoverProblem
    standing: int = 0
    base: float = 0.0


@dataclass(frozen=True, slots=True)
class SitingPlan:
    """A model's answer in terms of the new sites alone.

    Attributes
    ----------
    result
        As the library gives it, with positions of candidates; its objective, bound, gap and numbers
        of sites are without what facilities add (see the module).
    rules
        What the sites had to keep to.
    asked
        What the library was asked; None where nothing was, and for models of another kind.
    unreachable_weight
        Demand that neither a facility nor a candidate reaches on foot, left out of p-median and
        p-center; with sites anywhere on the streets, what is within reach of no place there. None for
        all else.
    equity
        The districts' shares and what is proven of them, facilities included; None for other models.
    phases
        Of a plan in phases what opens in each; none for others.
    """

    result: SitingResult
    rules: SitingRules
    asked: Asked | None = None
    unreachable_weight: float | None = None
    equity: EquityResult | None = None
    phases: tuple[Phase, ...] = ()

    @property
    def forbidden(self) -> IntArray:
        """Candidates that no plan may open."""
        return self.rules.forbidden

    @property
    def conflicts(self) -> IntArray:
        """Pairs of candidates, shape (n, 2), that none may open together."""
        return self.rules.conflicts


def solve_siting(
    inputs: SitingInputs,
    wanted: SitingParameters,
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    workforce: Workforce | None = None,
) -> SitingPlan:
    """Solve the model that is asked for.

    Parameters
    ----------
    progress, cancelled
        Called with the best objective and bound so far; asked whether to stop and keep the best so
        far.

    Raises
    ------
    InvalidValueError
        If the library refuses a value.
    """
    limits = Limits(wanted.time_limit_seconds, wanted.target_gap, progress, cancelled)
    rules = rules_of(inputs, wanted)
    if rules.never is not None:
        return SitingPlan(no_plan(inputs, wanted, rules.never), rules)
    # For several demands: by its own alone, which tells as well whether any plan keeps the rules.
    if wanted.model in (SitingModel.MCLP, SitingModel.ROBUST):
        return _mclp(inputs, wanted, rules, limits, workforce)
    if wanted.model is SitingModel.LSCP:
        return SitingPlan(_lscp(inputs, wanted, rules, limits), rules)
    if wanted.model is SitingModel.EQUITY:
        return _equity(inputs, wanted, rules, limits)
    return _by_walk(inputs, wanted, rules, limits)


def no_plan(inputs: SitingInputs, wanted: SitingParameters, reason: Text) -> SitingResult:
    """Return the answer that there is no plan, and why."""
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


def newly_covering(inputs: SitingInputs, wanted: SitingParameters, rules: SitingRules) -> Asked:
    """Return the question of maximal covering: the demand that nothing covers, or has a seat for, yet."""
    left = inputs.seatable
    seats = None if wanted.capacity is None else np.full(len(inputs.candidates), wanted.capacity)
    problem = CoverProblem.of(
        kept_rows(inputs.cover, left),
        inputs.weight[left],
        _most_sites(inputs, wanted, rules),
        fixed=inputs.fixed,
        capacities=seats,
        **_turns_of(inputs, left),
        **_standing_of(inputs, left),
        **_rules_with(inputs, wanted, rules, 0) | _sizes_of(inputs, wanted),
    )
    return Asked(problem)


def _backup_covering(inputs: SitingInputs, wanted: SitingParameters, rules: SitingRules) -> Asked:
    """Return the question with a backup share: two columns stand for what facilities cover."""
    backup, count = wanted.backup_share, len(inputs.candidates)
    base = (1 - backup) * float(inputs.weight[inputs.covered].sum())
    base += backup * float(inputs.weight[inputs.backup].sum())
    p = _most_sites(inputs, wanted, rules)
    problem = CoverProblem.of(
        sp.hstack([inputs.cover, _column(inputs.covered), _column(inputs.backup)], format="csr"),
        inputs.weight,
        None if p is None else p + 2,
        fixed=np.r_[inputs.fixed, count, count + 1],
        backup_share=backup,
        **_rules_with(inputs, wanted, rules, 2),
    )
    return Asked(problem, 2, base)


def _fair_covering(inputs: SitingInputs, wanted: SitingParameters, rules: SitingRules) -> Asked:
    """Return the question of the worst district: one column stands for what facilities cover."""
    count = len(inputs.candidates)
    p = _most_sites(inputs, wanted, rules)
    problem = CoverProblem.of(
        sp.hstack([inputs.cover, _column(inputs.covered)], format="csr"),
        inputs.weight,
        None if p is None else p + 1,
        fixed=np.r_[inputs.fixed, count],
        **_rules_with(inputs, wanted, rules, 1),
    )
    return Asked(problem, 1, float(inputs.weight[inputs.covered].sum()))


def nothing_affordable(
    inputs: SitingInputs, wanted: SitingParameters, asked: Asked
) -> SitingResult | None:
    """Return the answer that the budget is not enough for any site; None where it is for some."""
    least = cheapest_left(asked.problem.rules)
    if least is None or len(inputs.fixed):
        return None
    reason = below_every_cost(asked.problem.rules, least)
    return replace(no_plan(inputs, wanted, reason), needed_budget=least)


def _most_sites(inputs: SitingInputs, wanted: SitingParameters, rules: SitingRules) -> int | None:
    """Return the number of sites; with a spacing it is the most, so no more than may be opened."""
    if wanted.p is None or wanted.min_spacing_m is None:
        return wanted.p
    return min(wanted.p, len(inputs.candidates) - len(rules.forbidden))


def _rules_with(
    inputs: SitingInputs, wanted: SitingParameters, rules: SitingRules, standing: int
) -> dict[str, Any]:
    """Return the rules by the library's names, for so many columns of facilities behind."""
    labels = np.array([*rules.labels, *[None] * standing], dtype=object)
    priced = wanted.budget is not None
    return {
        "forbidden": rules.forbidden,
        "groups": labels if rules.grouped else None,
        "group_min": rules.least,
        "group_max": rules.most,
        "conflicts": rules.conflicts,
        "costs": np.r_[inputs.candidates.cost, np.zeros(standing)] if priced else None,
        "budget": wanted.budget,
    }


def _sizes_of(inputs: SitingInputs, wanted: SitingParameters) -> dict[str, Any]:
    """Return the sizes by the library's names, in place of costs; nothing where none are asked for."""
    if not wanted.sizes:
        return {}
    return {
        "costs": None,
        "sizes": [one.seats for one in wanted.sizes],
        "size_costs": own_costs(inputs)[:, None] + [one.cost for one in wanted.sizes],
    }


def _turns_of(inputs: SitingInputs, rows: BoolArray) -> dict[str, Any]:
    """Return when the demand points of some rows want their seats; nothing where it is at one time."""
    turns = None if inputs.moments is None else inputs.moments.turns
    if turns is None:
        return {}
    return {"turns": turns.of[rows], "turn_shares": turns.share}


def _standing_of(inputs: SitingInputs, rows: BoolArray) -> dict[str, Any]:
    """Return whom facilities cover of some rows, and their seats; nothing where these do not count."""
    if inputs.stands is None:
        return {}
    return {
        "standing": kept_rows(inputs.stands.cover, rows),
        "standing_seats": inputs.stands.seats,
    }


def own_costs(inputs: SitingInputs) -> FloatArray:
    """Return by candidate its own cost, which is added to that of a size; 0 where it has none."""
    return np.nan_to_num(inputs.candidates.cost)


def _mclp(
    inputs: SitingInputs,
    wanted: SitingParameters,
    rules: SitingRules,
    limits: Limits,
    workforce: Workforce | None,
) -> SitingPlan:
    make = _backup_covering if wanted.backup_share > 0 else newly_covering
    asked = make(inputs, wanted, rules)
    none = nothing_affordable(inputs, wanted, asked)
    if none is not None:
        return SitingPlan(none, rules, asked)
    search = most_covered if workforce is None else partial(most_covered_on, workforce)
    found = search(asked.problem, _shifted(limits, asked.base))
    return SitingPlan(_new_only(found, inputs, asked.standing, asked.base, wanted), rules, asked)


def _lscp(
    inputs: SitingInputs, wanted: SitingParameters, rules: SitingRules, limits: Limits
) -> SitingResult:
    count = len(inputs.candidates)
    shifted = _shifted(limits, 1.0)
    result = solve_lscp(
        sp.hstack([inputs.cover, _column(inputs.covered)], format="csr"),
        inputs.weight,
        share=wanted.share,
        fixed=np.r_[inputs.fixed, count],
        forbidden=rules.forbidden,
        conflicts=rules.conflicts,
        **_as_parameters(shifted),
    )
    return _new_only(result, inputs, 1, 1.0, wanted)


def _equity(
    inputs: SitingInputs, wanted: SitingParameters, rules: SitingRules, limits: Limits
) -> SitingPlan:
    """Lift the district served worst, facilities counted; demand of unknown district is one more."""
    asked = _fair_covering(inputs, wanted, rules)
    none = nothing_affordable(inputs, wanted, asked)
    if none is not None:
        return SitingPlan(none, rules, asked)
    districts = [code or "" for code in inputs.districts()]
    found = fairest(asked.problem, districts, _shifted(limits, asked.base))
    result = _new_only(found.plan, inputs, asked.standing, asked.base, wanted)
    if found.levels and not all(level.proven for level in found.levels):
        result = replace(result, status=found.plan.status)
    return SitingPlan(result, rules, asked, equity=found)


def _by_walk(
    inputs: SitingInputs,
    wanted: SitingParameters,
    rules: SitingRules,
    limits: Limits,
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
        none = replace(no_plan(inputs, wanted, text), reachable_share=0.0)
        return SitingPlan(none, rules, unreachable_weight=unreachable)
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
        **_as_parameters(limits),
    }
    p = (wanted.p or 0) + standing
    if wanted.model is SitingModel.P_MEDIAN:
        result = solve_p_median(matrix, inputs.weight[rows], p, **more)
    else:
        result = solve_p_center(matrix, p, **more)
    new = _new_only(result, inputs, standing, 0.0, wanted)
    return SitingPlan(new, rules, unreachable_weight=unreachable)


def _as_parameters(limits: Limits) -> dict[str, Any]:
    """Return limits as the parameters of the library's solvers."""
    return {one.name: getattr(limits, one.name) for one in fields(limits)}


def _shifted(limits: Limits, base: float) -> Limits:
    """Return limits that report without what facilities add, of which a gap would be a share too.

    The library then stops at a proof alone.
    """
    if base == 0:
        return limits
    report = limits.progress
    if report is None:
        return replace(limits, target_gap=0.0)
    return replace(
        limits,
        target_gap=0.0,
        progress=lambda objective, bound: report(objective - base, bound - base),
    )


def _new_only(
    result: SitingResult,
    inputs: SitingInputs,
    standing: int,
    base: float,
    wanted: SitingParameters,
) -> SitingResult:
    """Return an answer without the columns of facilities and what they add to the objective."""
    new = result.chosen < len(inputs.candidates)
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
                f"no plan was found in time; {needed} new sites do",
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
