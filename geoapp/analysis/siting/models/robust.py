"""Sites that are good whatever the demand turns out to be: one plan for several demands.

With v_s(y) how well a plan y does if demand s comes true, the plan sought has the greatest least of them,

    max  t   with  t <= v_s(y)  for every s,

where v_s is the covered share of demand s, what stands counted (Kouvelis & Yu 1997: absolute
robustness), or, for the least greatest regret (Savage 1951), what y newly reaches of demand s less the
most that a plan made for s alone newly reaches. Among such plans one that reaches much on average is
taken; that is not proven.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.covering.aggregate import merged
from geoapp.analysis.siting.covering.plain import Plan
from geoapp.analysis.siting.covering.program import mclp_model
from geoapp.analysis.siting.covering.ruled import keeps, refused
from geoapp.analysis.siting.milp import Model, dual_bound, relaxation_duals, solve
from geoapp.analysis.siting.models.mclp import most_covered, result_of
from geoapp.analysis.siting.problem import CoverProblem, Limits
from geoapp.analysis.siting.result import ROUND_OFF, Clock, Progress, SitingResult, whole
from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.results.status import SitingStatus

Criterion = Literal["regret", "share"]

# Levels are written in thousandths, so that the solver's own tolerance is far below the resolution.
_UNIT: Final = 1000.0
_RESOLUTION: Final = 1e-3  # of such thousandths: levels nearer to each other are the same
_ALONE_SHARE: Final = 0.5  # of the time, at most, for plans made for one demand alone
_SEARCH_SHARE: Final = 0.8  # of what is then left


@dataclass(frozen=True, slots=True)
class DemandCase:
    """A demand that may come true.

    Attributes
    ----------
    problem
        Whom candidates would newly cover of it, and its weights; the rules are those of every case.
    covered, total
        Weight that is covered already, and all of it.
    """

    problem: CoverProblem
    covered: float
    total: float


@dataclass(frozen=True, slots=True)
class RobustResult:
    """One plan for several demands.

    Attributes
    ----------
    plan
        Sites in order of what each adds of the first demand; objective and bound are of that demand:
        what they newly reach, and what no plan surpasses. Its status is that of the level.
    alone
        By case, the best plan that was found for it alone.
    reached
        By case, the weight that the plan newly covers.
    level, bound
        The least covered share (0 to 1), or the most that may be lost of any case (a weight); no plan
        has a greater, or a smaller one. nan where there is no plan.
    """

    plan: SitingResult
    alone: tuple[SitingResult, ...]
    reached: FloatArray
    level: float
    bound: float


def solve_robust(cases: Sequence[DemandCase], criterion: Criterion, limits: Limits) -> RobustResult:
    """Choose the sites that do best where they do worst.

    Parameters
    ----------
    cases
        At least one; they have the same candidates and rules.
    criterion
        ``share``: the least covered share is to be greatest; ``regret``: the most that is lost beside
        the best plan of a case alone is to be smallest.
    limits
        The gap that is enough is a difference of shares, or a share of the most that any case alone
        newly reaches. Half of the time at most is for the cases alone.
    """
    clock = limits.clock()
    none, start = refused("robust", cases[0].problem, clock)
    if none is not None:
        return RobustResult(none, (), np.zeros(len(cases)), math.nan, math.nan)
    alone = _alone(cases, clock)
    task = _Task.of(cases, alone, criterion)
    plans = [start, *(one.chosen for one in alone if not math.isnan(one.objective))]
    sites = max(plans, key=task.rank)
    sites, most = _searched(task, sites, clock, alone[0], limits.progress)
    sites = _widened(task, sites, clock)
    reached = task.reached(sites)
    level, bound = _told(task, cases, alone, reached, most, criterion)
    plan = Plan(sites, alone[0].bound, 0.0, "search", whole(cases[0].problem.weights), None)
    result = result_of(cases[0].problem, plan, clock, 0.0)
    apart = abs(level - bound) / task.largest
    status = SitingStatus.CANCELLED if clock.stopped else SitingStatus.TIME_LIMIT
    if apart <= _RESOLUTION / _UNIT:
        status, bound = SitingStatus.OPTIMAL, level
    elif apart <= limits.target_gap:
        status = SitingStatus.WITHIN_GAP
    return RobustResult(
        replace(result, model="robust", status=status, curve=(), seconds=clock.taken()),
        tuple(alone),
        reached,
        level,
        bound,
    )


def _alone(cases: Sequence[DemandCase], clock: Clock) -> list[SitingResult]:
    """Return the best plan for each demand alone, in at most half of the time."""
    part = _ALONE_SHARE * clock.left() / len(cases)
    return [
        most_covered(one.problem, Limits(max(0.01, part), cancelled=clock.cancelled))
        for one in cases
    ]


@dataclass(frozen=True, slots=True)
class _Task:
    """All cases as one: rows that the same candidates cover in a case are one row.

    Attributes
    ----------
    case
        By row, whose it is.
    scale, offset
        By case: the level in thousandths is ``scale`` times what is newly covered, and ``offset``.
    largest
        What a level of one is: a share, or the most that any case alone newly reaches.
    """

    cases: tuple[CoverProblem, ...]
    cover: sp.csr_array
    weights: FloatArray
    case: IntArray
    scale: FloatArray
    offset: FloatArray
    largest: float

    @classmethod
    def of(
        cls, cases: Sequence[DemandCase], alone: Sequence[SitingResult], criterion: Criterion
    ) -> "_Task":
        rows = [merged(one.problem.cover, one.problem.weights) for one in cases]
        best = np.array([_value(one) for one in alone])
        largest = max(float(best.max()), 1e-9) if criterion == "regret" else 1.0
        if criterion == "regret":
            scale = np.full(len(cases), _UNIT / largest)
            offset = -scale * best
        else:
            scale = np.array([_UNIT / one.total for one in cases])
            offset = scale * np.array([one.covered for one in cases])
        return cls(
            tuple(one.problem for one in cases),
            sp.csr_array(sp.vstack([one.cover for one in rows], format="csr")),
            np.concatenate([one.weights for one in rows]),
            np.repeat(np.arange(len(rows)), [len(one.weights) for one in rows]),
            scale,
            offset,
            largest,
        )

    def reached(self, sites: IntArray) -> FloatArray:
        """Return by case what a plan newly covers, on the points as given."""
        found = []
        for one in self.cases:
            opened = np.zeros(one.cover.shape[1])
            opened[sites] = 1.0
            found.append(math.fsum(one.weights[(one.cover @ opened) > 0]))
        return np.array(found)

    def level(self, sites: IntArray) -> float:
        return float((self.scale * self.reached(sites) + self.offset).min())

    def rank(self, sites: IntArray) -> tuple[float, float]:
        """Return what one plan is better by than another: its level, then the mean of the cases."""
        levels = self.scale * self.reached(sites) + self.offset
        return round(float(levels.min()) / _RESOLUTION) * _RESOLUTION, float(levels.mean())

    def model(self, least: float | None) -> Model:
        """Return the search for the greatest level, or the greatest mean with at least a level."""
        inner = mclp_model(self.cover, np.zeros(len(self.weights)), self.cases[0].rules)
        sites, width = self.cover.shape[1], len(inner.cost)
        rows, cases = len(self.weights), len(self.cases)
        worth = self.scale[self.case] * self.weights
        by_case = sp.csr_array((worth, (self.case, sites + np.arange(rows))), shape=(cases, width))
        level = sp.csr_array(-np.ones((cases, 1)))
        cost = np.zeros(width + 1)
        if least is None:
            cost[-1] = -1.0
        else:
            cost[sites : sites + rows] = -worth / cases
        blocks: list[list[sp.sparray | None]] = [
            [inner.rows, sp.csr_array((inner.rows.shape[0], 1))],
            [by_case, level],
        ]
        return Model(
            cost=cost,
            lower=np.append(inner.lower, -2 * _UNIT if least is None else least),
            upper=np.append(inner.upper, _UNIT),
            whole=np.append(inner.whole, False),
            rows=sp.csr_array(sp.block_array(blocks, format="csr")),
            row_lower=np.concatenate((inner.row_lower, -self.offset)),
            row_upper=np.concatenate((inner.row_upper, np.full(cases, np.inf))),
        )

    def point(self, sites: IntArray, level: float) -> FloatArray:
        """Return a plan as a point of the model."""
        opened = np.zeros(self.cover.shape[1])
        opened[sites] = 1.0
        return np.concatenate((opened, (self.cover @ opened) > 0, [min(level, _UNIT)]))


def _value(one: SitingResult) -> float:
    return 0.0 if math.isnan(one.objective) else one.objective


def _searched(
    task: _Task, sites: IntArray, clock: Clock, first: SitingResult, progress: Progress | None
) -> tuple[IntArray, float]:
    """Return the best plan, and a level (thousandths) that none surpasses."""
    everything = np.flatnonzero(task.cases[0].rules.allowed)
    most = min(task.level(everything), float(_UNIT))
    if most - task.level(sites) <= _RESOLUTION or clock.left() == 0:
        return sites, most
    model = task.model(None)
    duals = relaxation_duals(model, Clock(clock.share(_SEARCH_SHARE), clock.cancelled))
    if duals is not None:
        least, size = dual_bound(model, duals)
        most = min(most, -least + ROUND_OFF * size)
    if most - task.level(sites) <= _RESOLUTION or clock.left() == 0:
        return sites, most
    if progress is not None:
        progress(float(task.reached(sites)[0]), first.bound)
    answer = solve(
        model,
        Clock(clock.share(_SEARCH_SHARE), clock.cancelled),
        start=task.point(sites, task.level(sites)),
        stop_within=_RESOLUTION / 2,
    )
    if answer.x is not None:
        sites = _better(task, sites, answer.x)
    # The solver's own tolerance, of a level in thousandths.
    return sites, min(most, -answer.bound + 1e-6)


def _better(task: _Task, sites: IntArray, point: FloatArray) -> IntArray:
    """Return the plan of a point where it keeps the rules and is better than another."""
    found = np.flatnonzero(point[: task.cover.shape[1]] > 0.5)
    better = keeps(task.cases[0].rules, found) and task.rank(found) > task.rank(sites)
    return found if better else sites


def _widened(task: _Task, sites: IntArray, clock: Clock) -> IntArray:
    """Return a plan of the same level that reaches as much on average as is found in the time left."""
    if clock.left() == 0 or len(task.cases) == 1:
        return sites
    level = task.level(sites)
    model = task.model(min(level, _UNIT) - _RESOLUTION / 4)
    answer = solve(model, clock, start=task.point(sites, level), stop_within=_RESOLUTION)
    return sites if answer.x is None else _better(task, sites, answer.x)


def _told(
    task: _Task,
    cases: Sequence[DemandCase],
    alone: Sequence[SitingResult],
    reached: FloatArray,
    most: float,
    criterion: Criterion,
) -> tuple[float, float]:
    """Return the level and its bound in shares, or in what is lost at most and at least."""
    if criterion == "share":
        covered = np.array([one.covered for one in cases])
        level = float(((covered + reached) / np.array([one.total for one in cases])).min())
        return level, max(level, min(1.0, most / _UNIT))
    # What is lost is held against what no plan surpasses: it may be less, and is never more.
    loss = float(np.maximum(np.array([one.bound for one in alone]) - reached, 0.0).max())
    least = max(0.0, -most * task.largest / _UNIT)
    if all(whole(one.weights) for one in task.cases):
        least = float(math.ceil(least - _RESOLUTION * task.largest / _UNIT))
    return loss, min(loss, least)
