"""The search for plans that are nearly as good as the best and differ from those before."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.covering.aggregate import merged
from geoapp.analysis.siting.covering.dual import DualAscent
from geoapp.analysis.siting.covering.ruled import (
    keeps,
    least_plan,
    sites_model,
    solve_ruled,
    value_of,
    widened,
)
from geoapp.analysis.siting.covering.ruled_search import part_of
from geoapp.analysis.siting.explain.apart import Apart
from geoapp.analysis.siting.milp import solve
from geoapp.analysis.siting.models.mclp import most_covered
from geoapp.analysis.siting.problem import CoverProblem, Limits
from geoapp.analysis.siting.result import Clock, SitingResult, settled_bound, status_of
from geoapp.analysis.siting.rules import Rules
from geoapp.core.arrays import BoolArray, IntArray
from geoapp.core.results.status import SitingStatus

# Beyond so many merged rows HiGHS gives nothing in minutes: sites of the plans before are forbidden.
_MOST_SEARCHED_ROWS = 20_000
_DUAL_SHARE = 0.1  # of the time, at most


@dataclass(frozen=True, slots=True)
class FoundPlan:
    """A plan as the search gives it."""

    sites: IntArray
    objective: float
    bound: float
    status: SitingStatus


@dataclass(frozen=True, slots=True)
class PlanSearch:
    """The problem, the least objective of interest, and how far plans must be apart."""

    problem: CoverProblem
    goal: float
    differ: int
    clock: Clock

    @property
    def rules(self) -> Rules:
        """What every plan must keep to."""
        return self.problem.rules

    def run(
        self,
        best: SitingResult,
        plans: int,
        found_so_far: Callable[[int], None] | None,
    ) -> tuple[list[FoundPlan], bool | None]:
        """Return the plans after the best, and whether there are no more."""
        before = [best.chosen]
        found: list[FoundPlan] = []
        kept = self.promising(best)
        while len(found) < plans - 1:
            if found_so_far is not None:
                found_so_far(len(before))
            if self.clock.left() == 0:
                return found, None
            share = Clock(
                self.clock.left() / (plans - 1 - len(found)), cancelled=self.clock.cancelled
            )
            plan, bound = self.next(before, kept, best, share)
            if plan is None:
                return found, True if bound < self.goal else None
            found.append(plan)
            before.append(plan.sites)
        return found, None

    def promising(self, best: SitingResult) -> BoolArray:
        """Return which sites a plan that reaches the goal can hold.

        No plan with j covers more than U(v) - (the last price that is taken - the price of j).
        """
        rules = self.rules
        rows = merged(self.problem.cover, self.problem.weights)
        if not len(rows.weights):
            return rules.allowed
        by_site = sp.csr_array(rows.cover.T)
        by_site.sort_indices()
        start = np.zeros(len(rules.allowed))
        start[best.chosen] = 1.0
        count = min(rules.p, len(start))
        until = self.clock.taken() + _DUAL_SHARE * self.clock.left()
        ascent = DualAscent(rows.cover, by_site, rows.weights, count, start)
        dual = ascent.run(self.clock, good_enough=best.objective, until_seconds=until)
        v = np.clip(dual.v, 0.0, 1.0)
        price = by_site @ (rows.weights * v)
        free = rules.allowed.copy()
        free[rules.fixed] = False
        taken = np.sort(price[free])[::-1][: count - len(rules.fixed)]
        proven = (rows.weights * (1 - v)).sum() + price[rules.fixed].sum() + taken.sum()
        last = taken[-1] if len(taken) == count - len(rules.fixed) and len(taken) else 0.0
        slack = 1e-9 * float(self.problem.weights.sum())
        possible = proven - np.maximum(0.0, last - price) >= self.goal - slack
        kept: BoolArray = rules.allowed & (possible | ~free)
        return kept

    def next(
        self, before: list[IntArray], kept: BoolArray, best: SitingResult, clock: Clock
    ) -> tuple[FoundPlan | None, float]:
        """Return the best plan that differs from those before, or None and a bound of any such."""
        cover, weights = self.problem.cover, self.problem.weights
        if self.rules.plain and len(merged(cover, weights).weights) > _MOST_SEARCHED_ROWS:
            return self.forbidding(before, best, clock)
        apart = Apart.of(before, self.rules, self.differ)
        rules = replace(apart.rules, allowed=np.append(kept, apart.rules.allowed[len(kept) :]))
        wide = apart.widened(cover)
        start = self.start(before, apart, rules)
        if start is None:
            answer = solve(sites_model(rules, np.ones(len(rules.allowed))), clock)
            if answer.x is None:
                # Nothing is proven where time ended the search.
                return None, -np.inf if answer.no_plan else np.inf
            start = widened(rules, np.flatnonzero(answer.x > 0.5), wide, weights)
        columns = np.flatnonzero(rules.allowed)
        plan = solve_ruled(
            sp.csr_array(wide[:, columns]),
            weights,
            part_of(rules, columns),
            np.searchsorted(columns, start),
            clock,
            0.0,
        )
        sites = columns[plan.sites]
        sites = sites[sites < cover.shape[1]]
        objective = value_of(cover, weights, self.rules, sites)
        bound = settled_bound(objective, plan.bound, plan.size, plan.integral, 1)
        if objective < self.goal:
            return None, bound
        return FoundPlan(sites, objective, bound, status_of(objective, bound, 0.0, clock)), bound

    def start(self, before: list[IntArray], apart: Apart, rules: Rules) -> IntArray | None:
        """Return a plan by forbidding the last sites of each plan before; None where that fails."""
        shut = self.rules.allowed & rules.allowed[: len(self.rules.allowed)]
        for plan in before:
            shut[self.last(plan)] = False
        inner = replace(self.rules, allowed=shut)
        if int(shut.sum()) < inner.p and self.rules.plain:
            return None
        sites = widened(inner, least_plan(inner), self.problem.cover, self.problem.weights)
        whole_plan = apart.with_choices(sites)
        return whole_plan if keeps(rules, whole_plan) else None

    def last(self, plan: IntArray) -> IntArray:
        """Return the sites of a plan that add least, as many as plans must differ in."""
        return plan[~np.isin(plan, self.rules.fixed)][-self.differ :]

    def forbidding(
        self, before: list[IntArray], best: SitingResult, clock: Clock
    ) -> tuple[FoundPlan | None, float]:
        """Return a good plan without the last sites of each plan before, for large problems."""
        shut = ~self.rules.allowed
        for plan in before:
            shut[self.last(plan)] = True
        if len(shut) - int(shut.sum()) < self.rules.p:
            return None, np.inf
        gap = 0.5 * (1 - self.goal / best.objective) if best.objective else 0.0
        other = most_covered(
            self.problem.with_rules(allowed=~shut),
            Limits(clock.share(), gap, cancelled=self.clock.cancelled),
        )
        if other.objective < self.goal:
            return None, np.inf
        bound = best.bound
        stopped = status_of(other.objective, bound, 0.0, clock)
        return FoundPlan(other.chosen, other.objective, bound, stopped), bound
