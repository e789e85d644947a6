"""The least that one limit of a siting question must give way, all others kept, so that it is enough."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting import (
    Limit,
    Relaxation,
    SitingStatus,
    cheapest_relaxations,
    solve_lscp,
)
from geoapp.analysis.siting.result import Clock
from geoapp.core.errors import CancelledError
from geoapp.core.questions.quota import Quota
from geoapp.core.questions.siting import SitingModel, SitingParameters
from geoapp.core.results.explanation import LeastRelaxation
from geoapp.core.results.status import SHARE, SPACING, Outcome
from geoapp.operations.siting.inputs import SitingInputs
from geoapp.operations.siting.solve import SitingPlan, solve_siting

# A walk of more than so many times the standard is not proposed as one.
LONGEST_STANDARD: Final = 3.0
_MOST_PAIRS: Final = 20_000_000
_SPACING_STEP_M: Final = 10.0


@dataclass(frozen=True, slots=True)
class Question:
    """What is explained, and how long that may take."""

    inputs: SitingInputs
    wanted: SitingParameters
    plan: SitingPlan
    clock: Clock

    def solved(self, parts: int, **changes: Any) -> SitingPlan:
        """Return the answer to the question with something changed, in a part of the time left."""
        seconds = self.clock.share(1 / parts)
        asked = replace(self.wanted, **changes, time_limit_seconds=seconds)
        return solve_siting(self.inputs, asked, cancelled=self.clock.cancelled)

    def feasible(self, parts: int, **changes: Any) -> bool | None:
        """Say whether there is a plan with something changed; None where time did not suffice."""
        if self.clock.left() == 0:
            return None
        result = self.solved(parts, **changes, target_gap=1.0).result
        if not math.isnan(result.objective):
            return True
        return False if result.status is SitingStatus.INFEASIBLE else None


def with_quota(wanted: SitingParameters, code: str, quota: Quota) -> tuple[tuple[str, Quota], ...]:
    """Return the quotas with that of one region changed."""
    return tuple((one, quota if one == code else held) for one, held in wanted.quotas)


def _told(
    limit: str,
    now: float,
    needed: float | None,
    outcome: Outcome,
    *,
    at_least: float | None = None,
    region: str | None = None,
    unit: str | None = None,
) -> LeastRelaxation:
    """Return a relaxation as the run keeps it.

    ``needed`` is enough; nothing less than ``at_least`` is, as far as it is known. ``never``: however
    far it gives way (a standard: up to ``at_least``), it is not enough.
    """
    return LeastRelaxation(
        limit=limit,
        region=region,
        unit=unit,
        now=now,
        needed=needed,
        at_least=at_least,
        outcome=outcome,
        proven=outcome is Outcome.NEVER or (needed is not None and at_least == needed),
    )


# Where there is no plan


def would_do(question: Question) -> list[LeastRelaxation]:
    """Return for each limit how far it alone must give way so that there is a plan.

    Those that are not enough alone are left out, unless time did not suffice to know.
    """
    wanted = question.wanted
    asks: list[Callable[[int], LeastRelaxation]] = []
    if wanted.model in (SitingModel.MCLP, SitingModel.EQUITY, SitingModel.ROBUST):
        asks += _of_quotas(question)
        for limit, name in ((Limit.SITES, "p"), (Limit.BUDGET, "budget")):
            now, needed = getattr(wanted, name), getattr(question.plan.result, f"needed_{name}")
            if now is not None and needed is not None and needed > now:
                asks.append(_needed(question, limit, name, float(now), float(needed)))
    if wanted.model is SitingModel.LSCP:
        reachable = question.plan.result.reachable_share
        if reachable is not None:
            asks.append(_needed(question, SHARE, "share", wanted.share, reachable))
        if wanted.min_spacing_m is None and question.inputs.moments is None:
            asks.append(lambda _left: _reaching_standard(question))
    if wanted.min_spacing_m is not None:
        asks.append(_of_spacing(question, wanted.min_spacing_m))
    found = [ask(len(asks) - number) for number, ask in enumerate(asks)]
    return [one for one in found if one.outcome is not Outcome.NEVER or one.unit is not None]


def _needed(
    question: Question, limit: str, name: str, now: float, needed: float
) -> Callable[[int], LeastRelaxation]:
    """Ask whether what the library names is enough; where it counts in whole numbers, the least."""

    def ask(left: int) -> LeastRelaxation:
        value = int(needed) if name == "p" else needed
        known = question.feasible(3 * left, **{name: value})
        if known is None:
            return _told(limit, now, None, Outcome.UNKNOWN)
        if not known:
            return _told(limit, now, None, Outcome.NEVER)
        # Without a spacing, all candidates together can be opened and reach this share.
        least = needed if name == "share" and question.wanted.min_spacing_m is None else None
        if name == "p" and question.feasible(2 * left, p=int(needed) - 1) is False:
            least = needed
        return _told(limit, now, needed, Outcome.ENOUGH, at_least=least)

    return ask


def _of_quotas(question: Question) -> list[Callable[[int], LeastRelaxation]]:
    """Ask how much fewer, or more, sites each region must be let have."""
    wanted = question.wanted
    asks: list[Callable[[int], LeastRelaxation]] = []

    def ask(limit: Limit, code: str, quota: Quota, now: int, last: int) -> None:
        step = -1 if limit is Limit.GROUP_MIN else 1

        def changed(value: float) -> dict[str, Any]:
            least = int(value) if limit is Limit.GROUP_MIN else quota.least
            most = int(value) if limit is Limit.GROUP_MAX else quota.most
            return {"quotas": with_quota(wanted, code, Quota(least, most))}

        asks.append(
            lambda left: _least_step(
                question,
                left,
                limit,
                now,
                [now + step * n for n in range(1, abs(last - now) + 1)],
                changed,
                region=code,
            )
        )

    for code, quota in wanted.quotas:
        if quota.least:
            ask(Limit.GROUP_MIN, code, quota, quota.least, 0)
        if quota.most is not None and wanted.p is not None and quota.most < wanted.p:
            ask(Limit.GROUP_MAX, code, quota, quota.most, wanted.p)
    return asks


def _of_spacing(question: Question, spacing_m: float) -> Callable[[int], LeastRelaxation]:
    """Ask how near stations must be let stand, in steps of 10 m; 0 = without any spacing."""
    steps = np.arange(math.ceil(spacing_m / _SPACING_STEP_M) - 1, -1, -1) * _SPACING_STEP_M

    def changed(value: float) -> dict[str, Any]:
        return {"min_spacing_m": value or None}

    return lambda left: _least_step(
        question, left, SPACING, spacing_m, steps.tolist(), changed, unit="metres"
    )


def _least_step(
    question: Question,
    left: int,
    limit: str,
    now: float,
    steps: list[float],
    changed: Callable[[float], dict[str, Any]],
    *,
    region: str | None = None,
    unit: str | None = None,
) -> LeastRelaxation:
    """Return the first of ever looser steps with which there is a plan, by halving."""
    parts = left * (math.ceil(math.log2(len(steps) + 1)) + 1)
    known = question.feasible(parts, **changed(steps[-1])) if steps else False
    if not known:
        outcome = Outcome.UNKNOWN if known is None else Outcome.NEVER
        return _told(limit, now, None, outcome, region=region)
    low, high = 0, len(steps) - 1
    while low < high:
        middle = (low + high) // 2
        known = question.feasible(parts, **changed(steps[middle]))
        if known is None:
            break
        low, high = (low, middle) if known else (middle + 1, high)
    return _told(
        limit,
        now,
        float(steps[high]),
        Outcome.ENOUGH,
        at_least=float(steps[low]),
        region=region,
        unit=unit,
    )


def _reaching_standard(question: Question) -> LeastRelaxation:
    """Return the least standard by which all candidates together reach the share asked."""
    inputs = question.inputs
    longest_m = LONGEST_STANDARD * inputs.standard.walk_m(inputs.estimate)
    matrix = _walks(question, longest_m)
    if matrix is None:
        return _standard(question, None, None, Outcome.UNKNOWN)
    allowed = np.ones(matrix.shape[1], np.bool_)
    allowed[question.plan.forbidden] = False
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    usable = allowed[matrix.indices]
    nearest_m = inputs.existing_m.copy()
    np.minimum.at(nearest_m, row[usable], matrix.data[usable])
    order = np.argsort(nearest_m, kind="stable")
    reached = np.cumsum(inputs.weight[order])
    required = question.wanted.share * float(inputs.weight.sum()) * (1 - 1e-12)
    needed = float(nearest_m[order[np.searchsorted(reached, required)]])
    if needed > longest_m:
        return _standard(question, None, longest_m, Outcome.NEVER)
    return _standard(question, needed, needed, Outcome.ENOUGH)


def _standard(
    question: Question, needed_m: float | None, least_m: float | None, outcome: Outcome
) -> LeastRelaxation:
    """Return a standard that must give way, in the unit that was asked."""
    inputs = question.inputs
    metres = question.wanted.standard_m is not None
    unit = 1.0 if metres else inputs.estimate.speed_m_per_s
    return _told(
        Limit.STANDARD,
        inputs.standard.walk_m(inputs.estimate) / unit,
        None if needed_m is None else needed_m / unit,
        outcome,
        at_least=None if least_m is None else least_m / unit,
        unit="metres" if metres else "seconds",
    )


# Where a plan reaches less than people want


def towards(question: Question, goal: float) -> list[LeastRelaxation]:
    """Return how many sites, what budget or what standard would reach a share of the demand.

    Where quotas, a spacing or backup bind the plan as well, nothing is answered: these questions are
    not asked of them all together. With a budget alone it is the budget that is asked.
    """
    wanted = question.wanted
    grouped = bool(wanted.quotas or wanted.host_quotas)
    if grouped or wanted.min_spacing_m is not None or wanted.backup_share > 0 or wanted.seated:
        return []
    if wanted.budget is None:
        return _sites_and_standard(question, float(wanted.p or 0), goal)
    return [] if wanted.p is not None else [_budget(question, wanted.budget, goal)]


def _budget(question: Question, budget: float, goal: float) -> LeastRelaxation:
    inputs, clock = question.inputs, question.clock
    count = len(inputs.candidates)
    if clock.left() == 0:
        return _told(Limit.BUDGET, budget, None, Outcome.UNKNOWN)
    standing = sp.csr_array(inputs.covered.astype(np.float64)[:, None])
    answer = solve_lscp(
        sp.hstack([inputs.cover, standing], format="csr"),
        inputs.weight,
        share=goal,
        costs=np.r_[inputs.candidates.cost, 0.0],
        fixed=np.r_[inputs.fixed, count],
        forbidden=question.plan.forbidden,
        time_limit_seconds=clock.share(),
        cancelled=clock.cancelled,
    )
    if answer.status is SitingStatus.INFEASIBLE:
        return _told(Limit.BUDGET, budget, None, Outcome.NEVER)
    return _told(Limit.BUDGET, budget, answer.objective, Outcome.ENOUGH, at_least=answer.bound)


def _sites_and_standard(question: Question, p: float, goal: float) -> list[LeastRelaxation]:
    inputs = question.inputs
    standard_m = inputs.standard.walk_m(inputs.estimate)
    matrix = _walks(question, LONGEST_STANDARD * standard_m)
    if matrix is None:
        return [
            _told(Limit.SITES, p, None, Outcome.UNKNOWN),
            _standard(question, None, None, Outcome.UNKNOWN),
        ]
    count = len(inputs.candidates)
    near = np.flatnonzero(np.isfinite(inputs.existing_m))
    column = sp.csr_array(
        (inputs.existing_m[near], (near, np.zeros(len(near), np.int64))),
        shape=(len(inputs.weight), 1),
    )
    sites, standard = cheapest_relaxations(
        sp.hstack([matrix, column], format="csr"),
        inputs.weight,
        int(p) + 1,
        standard_m,
        share=goal,
        fixed=np.r_[inputs.fixed, count],
        forbidden=question.plan.forbidden,
        time_limit_seconds=question.clock.share(),
        cancelled=question.clock.cancelled,
    )
    return [_of_sites(sites, p), _of_standard(question, standard)]


def _of_sites(found: Relaxation, p: float) -> LeastRelaxation:
    """Return the library's answer without the column of facilities."""
    if found.needed is None:
        return _told(Limit.SITES, p, None, Outcome.NEVER if found.proven else Outcome.UNKNOWN)
    least = found.at_least - 1
    return _told(Limit.SITES, p, found.needed - 1, Outcome.ENOUGH, at_least=least)


def _of_standard(question: Question, found: Relaxation) -> LeastRelaxation:
    if found.needed is None and found.proven:
        # Farther was not measured.
        inputs = question.inputs
        longest_m = LONGEST_STANDARD * inputs.standard.walk_m(inputs.estimate)
        return _standard(question, None, longest_m, Outcome.NEVER)
    outcome = Outcome.UNKNOWN if found.needed is None else Outcome.ENOUGH
    return _standard(question, found.needed, found.at_least, outcome)


def _walks(question: Question, limit_m: float) -> sp.csr_array | None:
    """Return walks to candidates that are shorter than to any facility; None where time ends."""
    inputs, clock = question.inputs, question.clock
    ratio = limit_m / inputs.standard.walk_m(inputs.estimate)
    if inputs.cover.nnz * ratio**2 > _MOST_PAIRS:
        return None
    try:
        return inputs.walks.within(
            inputs.candidates.lon,
            inputs.candidates.lat,
            limit_m=limit_m,
            closer_than_m=np.where(inputs.weight > 0, inputs.existing_m, 0.0),
            cancelled=lambda: clock.left() == 0,
        )
    except CancelledError:
        return None
