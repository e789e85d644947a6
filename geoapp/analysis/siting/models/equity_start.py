"""Plans that lift the worst district first, found by gains and by taking down and rebuilding.

A site is taken for the district that is served worst and that some site still lifts, the one that
lifts it most; so the worst rise together until sites or money are spent. Then some sites that are
near each other are given up and the plan is filled again in the same way (ruin and recreate:
Schrimpf et al. 2000). Nothing is proven by it; a fairer plan that is found is a plan.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.covering.aggregate import gathered
from geoapp.analysis.siting.result import Clock
from geoapp.analysis.siting.rules import Rules, rule_rows
from geoapp.core.arrays import BoolArray, FloatArray, IntArray

_SEED = 2006
_MOST_GIVEN_UP = 4
_ROUNDING = 9  # digits of a share that tell plans apart


@dataclass(frozen=True, slots=True)
class Districts:
    """Merged rows with their district, those of districts with weight alone.

    Attributes
    ----------
    cover, weights
        The relation of merged rows to candidates, and their weights.
    region, total
        By row its district; by district all its weight, that of rows that nobody covers included.
    rules
        What plans must keep to.
    """

    cover: sp.csr_array
    weights: FloatArray
    region: IntArray
    total: FloatArray
    rules: Rules

    def shares(self, sites: IntArray) -> FloatArray:
        """Return the covered share by district."""
        open_ = np.zeros(self.cover.shape[1])
        open_[sites] = 1.0
        reached = (self.cover @ open_) > 0
        weight = np.bincount(self.region[reached], self.weights[reached], len(self.total))
        return weight / self.total

    def of(self, inside: BoolArray) -> "Districts":
        """Return the problem of some districts alone."""
        if inside.all():
            return self
        rows = np.flatnonzero(inside[self.region])
        return Districts(
            cover=sp.csr_array(self.cover[rows]),
            weights=self.weights[rows],
            region=(np.cumsum(inside) - 1)[self.region[rows]],
            total=self.total[inside],
            rules=self.rules,
        )

    def rank(self, sites: IntArray) -> tuple[float, ...]:
        """Return what orders plans by fairness, then by weight: the greater, the better."""
        shares = self.shares(sites)
        fair = np.round(np.sort(shares), _ROUNDING).tolist()
        return (*fair, float(shares @ self.total))


def fair_plan(
    task: Districts, base: IntArray, clock: Clock, until_seconds: float, patience: int
) -> IntArray:
    """Return a plan that is as fair as gains and rebuilding make it.

    Parameters
    ----------
    task, base
        The problem, and a plan that keeps its rules.
    clock, until_seconds, patience
        When to stop: at the latest after so many tries that bettered nothing.
    """
    state = _Filling.of(task)
    for site in base:
        state.change(int(site), 1)
    state.fill(clock)
    best = state.sites
    if not state.keeps():
        return base
    best_rank = task.rank(best)
    fixed = np.zeros(len(task.rules.allowed), bool)
    fixed[task.rules.fixed] = True
    rng = np.random.default_rng(_SEED)
    vain = 0
    # Each site alone is given up in turn; then some at a time, by chance.
    turns = iter([np.array([site]) for site in best if not fixed[site]])
    while vain < patience and clock.left() > 0 and clock.taken() < until_seconds:
        free = state.sites[~fixed[state.sites]]
        if not len(free):
            break
        gone = next(turns, None)
        if gone is None or not np.isin(gone, free).all():
            gone = state.neighbours(free, rng)
        before = state.sites
        for site in gone:
            state.change(int(site), -1)
        # What is given up alone would come back at once.
        state.fill(clock, but=gone if rng.random() < 0.5 or len(gone) == 1 else ())
        rank = task.rank(state.sites) if state.keeps() else ()
        vain += 1
        if rank > best_rank:
            best, best_rank, vain = state.sites, rank, 0
        elif rank < best_rank:
            state.go_back(before)
    return best


@dataclass(slots=True)
class _Filling:
    """A plan that is being filled: what is open, how often rows are covered, and what rules hold."""

    task: Districts
    by_site: sp.csr_array
    parts: list[tuple[IntArray, sp.csr_array]]
    rule: sp.csc_array
    lower: FloatArray
    upper: FloatArray
    open_: BoolArray
    times: IntArray
    reached: FloatArray
    value: FloatArray

    @classmethod
    def of(cls, task: Districts) -> "_Filling":
        """Return the state in which nothing is open."""
        by_site = sp.csr_array(task.cover.T)
        by_site.sort_indices()
        column = sp.csc_array(by_site)
        rows = [np.flatnonzero(task.region == number) for number in range(len(task.total))]
        matrix, lower, upper = rule_rows(task.rules)
        return cls(
            task=task,
            by_site=by_site,
            parts=[(mine, sp.csr_array(column[:, mine])) for mine in rows],
            rule=sp.csc_array(matrix),
            lower=lower,
            upper=upper,
            open_=np.zeros(len(task.rules.allowed), bool),
            times=np.zeros(len(task.weights), np.int64),
            reached=np.zeros(len(task.total)),
            value=np.zeros(len(lower)),
        )

    @property
    def sites(self) -> IntArray:
        """The plan."""
        return np.flatnonzero(self.open_)

    def change(self, site: int, sign: int) -> None:
        """Open (1) or close (-1) a site."""
        rows = self.by_site.indices[self.by_site.indptr[site] : self.by_site.indptr[site + 1]]
        turned = rows[self.times[rows] == (0 if sign > 0 else 1)]
        self.times[rows] += sign
        region = self.task.region[turned]
        weight = np.bincount(region, self.task.weights[turned], len(self.reached))
        self.reached += sign * weight
        mine = slice(self.rule.indptr[site], self.rule.indptr[site + 1])
        self.value[self.rule.indices[mine]] += sign * self.rule.data[mine]
        self.open_[site] = sign > 0

    def go_back(self, plan: IntArray) -> None:
        """Return to a plan."""
        for site in np.setdiff1d(self.sites, plan):
            self.change(int(site), -1)
        for site in np.setdiff1d(plan, self.sites):
            self.change(int(site), 1)

    def keeps(self) -> bool:
        """Say whether the plan keeps the rules."""
        slack = 1e-9 * np.maximum(1.0, np.abs(np.where(np.isfinite(self.upper), self.upper, 0.0)))
        return bool(
            np.all(self.value <= self.upper + slack) and np.all(self.value >= self.lower - 1e-9)
        )

    def fill(self, clock: Clock, but: Iterable[int] | IntArray = ()) -> None:
        """Open sites, each for the worst district that one still lifts, as long as rules allow."""
        rules = self.task.rules
        shut = ~rules.allowed | self.open_
        shut[np.asarray(but, dtype=np.int64)] = True
        price = np.ones(len(shut)) if rules.budget is None else np.maximum(rules.costs, 1e-9)
        lifted = np.ones(len(self.reached), bool)
        while self.open_.sum() < rules.p and lifted.any() and clock.left() > 0:
            share = np.where(lifted, self.reached / self.task.total, np.inf)
            worst = int(np.argmin(share))
            rows, part = self.parts[worst]
            left = np.where(self.times[rows] == 0, self.task.weights[rows], 0.0)
            gain = np.where(shut, 0.0, part @ left)
            order = np.argsort(-(gain / price), kind="stable")
            for site in order[: int(np.count_nonzero(gain))].tolist():
                shut[site] = True
                if self._fits(site):
                    self.change(site, 1)
                    break
            else:
                lifted[worst] = False
        self._top_up()

    def _top_up(self) -> None:
        """Where exactly p sites are asked for, open those that are still missing."""
        missing = self.task.rules.p - int(self.open_.sum())
        if self.task.rules.plain and missing > 0:
            left = np.where(self.times == 0, self.task.weights, 0.0)
            gain = np.where(self.open_ | ~self.task.rules.allowed, -1.0, self.by_site @ left)
            for site in np.argsort(-gain, kind="stable")[:missing].tolist():
                self.change(site, 1)

    def _fits(self, site: int) -> bool:
        """Say whether no rule's greatest value forbids a site."""
        mine = slice(self.rule.indptr[site], self.rule.indptr[site + 1])
        rows = self.rule.indices[mine]
        after = self.value[rows] + self.rule.data[mine]
        return bool(np.all(after <= self.upper[rows] + 1e-9 * np.abs(self.upper[rows])))

    def neighbours(self, free: IntArray, rng: np.random.Generator) -> IntArray:
        """Return some open sites: one by chance, and those that share most rows with it."""
        count = int(rng.integers(1, min(_MOST_GIVEN_UP, len(free)) + 1))
        middle = int(rng.choice(free))
        rows = self.by_site.indices[self.by_site.indptr[middle] : self.by_site.indptr[middle + 1]]
        near = np.bincount(gathered(self.task.cover, rows)[0], minlength=len(self.open_))
        closeness = near[free] + rng.random(len(free))
        closeness[free == middle] = np.inf
        return free[np.argsort(-closeness, kind="stable")[:count]]
