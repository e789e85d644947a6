"""Maximal covering by components, with an exact share of the number of sites between them.

With f_c(k) the most that k sites of component c cover, the most that p sites cover is

    max  sum_c f_c(k_c)    over whole numbers k_c with  sum_c k_c <= p.

f_c is not concave, so no common price finds the share: it is found by dynamic programming, which is exact
for curves of any form. f_c itself is known between what a plan reaches, l_c(k), and what is proven, u_c(k).

- The share problem over u is a bound: for the best plan's own share, sum f_c(k_c) <= sum u_c(k_c).
- The share problem over l is a plan, the best one that the plans at hand make together.

Where the two differ, each component that the best share over u leaves open (l < u at its number of
sites) is solved for that number: roughly at first, since the share still moves, then ever nearer. Once none
is left open there, the sum of u is that of a plan: both meet, and the plan is proven best. Whenever it is
stopped before, bound and plan hold as they are.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.covering.aggregate import merged
from geoapp.analysis.siting.covering.plain import Plan
from geoapp.analysis.siting.covering.ruled import refused
from geoapp.analysis.siting.models.mclp import result_of
from geoapp.analysis.siting.parts.components import Answer, Known, Sought, components_of
from geoapp.analysis.siting.problem import CoverProblem, Limits
from geoapp.analysis.siting.result import Clock, CurvePoint, SitingResult, whole
from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

Each = Callable[[Iterable[Sought], Callable[[], None]], Iterator[Answer]]

_STAGES = (1e-2, 1e-3, 1e-4, 0.0)  # how near the best a component is solved, one after another
_FIRST_SHARE = 0.5  # of the time left, for one component at one number of sites
_NEAR = 1e-12  # sums of the same numbers in another order, as a share


class _Stopped(Exception):  # noqa: N818  (no error: the time is over, and what is known stays)
    pass


def most_covered_in_parts(problem: CoverProblem, limits: Limits, each: Each) -> SitingResult:
    """Choose the sites that cover most weight, component by component.

    The answer is that of `most_covered`: of the same objective where both are proven best (of several
    plans that reach as much, it may be another).

    Parameters
    ----------
    problem
        One of a number of sites alone.
    limits
        When to stop.
    each
        Does `solve_component` on each of what it is given, wherever that is, and yields the answers; calls
        the function now and then, which may raise to stop.

    Raises
    ------
    InvalidValueError
        If there are other rules: they tie the components to each other.
    """
    clock, rules = limits.clock(), problem.rules
    if not rules.plain or problem.capacities is not None:
        accepted = Text("只有站点数一项规则的问题", "a problem with no rule but a number of sites")
        raise InvalidValueError("problem", None, accepted)
    none, _ = refused("mclp", problem, clock)
    if none is not None:
        return none
    plan = _Sharing(problem, clock, limits.target_gap).plan(each)
    return result_of(problem, plan, clock, limits.target_gap)


def best_share(curves: Sequence[FloatArray], p: int) -> tuple[FloatArray, list[IntArray]]:
    """Share numbers of sites out among curves.

    Parameters
    ----------
    curves
        By number of sites from 0 what each component gives; rising from 0.
    p
        The most sites in all.

    Returns
    -------
    best
        By number of sites in all, from 0 to p, the greatest sum.
    shares
        By curve, and number of sites in all, how many of them (p first) it then takes: an array of shape
        (p + 1,) to be followed from the last curve to the first.
    """
    best, shares = np.zeros(p + 1), []
    for curve in curves:
        # What comes after the greatest value adds nothing.
        useful = min(p, int(np.argmax(curve >= curve[-1])))
        more, taken = best.copy(), np.zeros(p + 1, np.int64)
        for number in range(1, useful + 1):
            value = best[: p + 1 - number] + curve[number]
            better = value > more[number:]
            more[number:][better] = value[better]
            taken[number:][better] = number
        best = more
        shares.append(taken)
    return best, shares


def share_at(shares: Sequence[IntArray], p: int) -> list[int]:
    """Return by curve the number of sites of a share of p, from what `best_share` returned."""
    numbers = []
    for taken in reversed(shares):
        numbers.append(int(taken[p]))
        p -= numbers[-1]
    return numbers[::-1]


class _Sharing:
    """The search for a plan and its bound."""

    def __init__(self, problem: CoverProblem, clock: Clock, target_gap: float) -> None:
        rules = problem.rules
        self._problem, self._clock, self._target_gap = problem, clock, target_gap
        open_ = np.zeros(problem.cover.shape[1])
        open_[rules.fixed] = 1.0
        self._reached = (problem.cover @ open_) > 0
        self._base = float(problem.weights[self._reached].sum())
        self._free = np.flatnonzero(rules.allowed & (open_ == 0))
        self._rows = merged(
            sp.csr_array(problem.cover[:, self._free]),
            np.where(self._reached, 0.0, problem.weights),
        )
        self._p = rules.p - len(rules.fixed)
        self._integral = whole(problem.weights)
        found = components_of(self._rows.cover, self._rows.weights) if len(self._free) else []
        self._known = [Known.at_first(one, self._p, clock) for one in found]

    def plan(self, each: Each) -> Plan:
        """Return the best plan and bound that the time allows."""
        stages = iter(sorted({max(one, self._target_gap) for one in _STAGES}, reverse=True))
        gap: float | None = next(stages)
        # Greedy plans share out well; their bounds are those of a first guess.
        at = self._plans()[1]
        while gap is not None:
            waiting = self._left_open(share_at(at, self._p), gap)
            if waiting:
                self._solve(each, waiting, gap)
            else:
                gap = next(stages, None)
            least, plans = self._plans()
            most, at = self._bounds()
            self._clock.report(self._base + least[-1], self._base + most[-1])
            if most[-1] - least[-1] <= self._enough(least[-1]) or self._clock.left() == 0:
                break
        return self._made(share_at(plans, self._p), least, most)

    def _solve(self, each: Each, waiting: list[tuple[int, int]], gap: float) -> None:
        """Have components solved, each for a number of sites, until the time is over."""
        try:
            for answer in each(self._sought(waiting, gap), self._look):
                self._known[answer.component].take(answer)
        except _Stopped:
            pass

    def _plans(self) -> tuple[FloatArray, list[IntArray]]:
        return best_share([one.reached for one in self._known], self._p)

    def _bounds(self) -> tuple[FloatArray, list[IntArray]]:
        return best_share([one.bounds for one in self._known], self._p)

    def _enough(self, objective: float) -> float:
        exact = 0.999999 if self._integral else 1e-9 * objective
        return max(self._target_gap * (objective + self._base), exact)

    def _left_open(self, numbers: list[int], gap: float) -> list[tuple[int, int]]:
        """Return the components, and for how many sites, where plan and bound differ at a share."""
        return [
            (place, number)
            for place, (one, number) in enumerate(zip(self._known, numbers, strict=True))
            if one.bounds[number] - one.reached[number]
            > max(gap * one.reached[number], _NEAR * one.bounds[-1])
        ]

    def _sought(self, waiting: list[tuple[int, int]], gap: float) -> Iterator[Sought]:
        for place, number in waiting:
            known = self._known[place]
            # What half of the time did not settle gets all the rest.
            seconds = self._clock.share(1.0 if (number, gap) in known.asked else _FIRST_SHARE)
            cover, weights = known.component.cover, known.component.weights
            yield Sought(place, cover, weights, number, seconds, gap)

    def _look(self) -> None:
        if self._clock.left() == 0:
            raise _Stopped

    def _made(self, numbers: list[int], least: FloatArray, most: FloatArray) -> Plan:
        """Put the plans of the components together."""
        weights, fixed = self._problem.weights, self._problem.rules.fixed
        opened = [
            self._free[one.component.sites[one.plans[number]]]
            for one, number in zip(self._known, numbers, strict=True)
        ]
        sites = np.concatenate([np.empty(0, np.int64), *opened])
        # Where all are reached, or further sites reach nobody, the number is still the one asked for.
        idle = self._free[~np.isin(self._free, sites)][: self._p - len(sites)]
        prices = weights.copy()
        by_row = np.empty(len(self._rows.weights))
        for one in self._known:
            by_row[one.component.rows] = one.prices / one.component.weights
        known = self._rows.row_of >= 0
        prices[known] *= by_row[self._rows.row_of[known]]
        size = self._base + 3 * float(self._rows.weights.sum())
        start = 0 if len(fixed) else 1

        def curve(gains: FloatArray, objective: float, bound: float) -> tuple[CurvePoint, ...]:
            first = np.cumsum(np.concatenate(([0.0], gains)))[len(fixed) :]
            reached = np.minimum(np.maximum(self._base + least, first), objective)
            bounds = np.maximum(self._base + most, reached)
            reached[-1], bounds[-1] = objective, bound
            bounds = np.maximum(np.minimum.accumulate(bounds[::-1])[::-1], reached)
            return tuple(
                CurvePoint(len(fixed) + number, float(reached[number]), float(bounds[number]))
                for number in range(start, self._p + 1)
            )

        return Plan(
            np.concatenate((fixed, sites, idle)),
            self._base + float(most[-1]),
            size,
            "search",
            self._integral,
            curve,
            prices,
        )
