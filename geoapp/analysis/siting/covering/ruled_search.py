"""Maximal covering with side rules on large problems: bounds from prices, and rebuilding.

Bound. With multipliers u_i = w_i v_i, 0 <= v <= 1, of the rows z_i (+ second cover) <= sum_j a_ij y_j,

    U(v) = sum_i max(0, (1-t) w_i - u_i, w_i - 2 u_i) + max { q'y : y keeps the rules, 0 <= y <= 1 },
    q = A'u,

bounds every plan (t = backup share; the middle term alone where t = 0). The maximum over y has the
sites alone as columns, and is itself bounded by weak duality, so one vector v and one price by rule
prove the bound. What a site lacks to these prices says which sites no better plan can hold.

Plans. Some sites that are near each other are given up and the plan is filled again by gains, as
long as rules are kept (ruin and recreate: Schrimpf et al. 2000).
"""

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.covering.aggregate import gathered
from geoapp.analysis.siting.covering.dual import DualAscent
from geoapp.analysis.siting.milp import Model, dual_bound, relaxation_duals
from geoapp.analysis.siting.result import Clock
from geoapp.analysis.siting.rules import Rules, rule_rows
from geoapp.core.arrays import BoolArray, FloatArray, IntArray

_SEED = 2000
_MOST_GIVEN_UP = 6


@dataclass(frozen=True, slots=True)
class Priced:
    """A bound and what it says of the sites.

    Attributes
    ----------
    bound, size
        No plan that keeps the rules is better; the sum of the absolute terms behind it.
    lacks
        By site: a plan that holds it is worse than the bound by at least so much.
    """

    bound: float
    size: float
    lacks: FloatArray


def priced(
    cover: sp.csr_array,
    weights: FloatArray,
    rules: Rules,
    start: IntArray,
    objective: float,
    clock: Clock,
    until_seconds: float,
) -> Priced | None:
    """Return a bound from a dual vector of the covering alone; None where there was no time.

    Parameters
    ----------
    cover, weights
        Merged rows, none of them empty, and their weights.
    rules
        What plans must keep to.
    start, objective
        A plan that keeps them, and its objective.
    clock, until_seconds
        When to stop looking for a better vector.
    """
    if clock.left() == 0 or not len(start):
        return None
    by_site = sp.csr_array(cover.T)
    by_site.sort_indices()
    y = np.zeros(cover.shape[1])
    y[start] = 1.0
    ascent = DualAscent(cover, by_site, weights, len(start), y)
    dual = ascent.run(clock, good_enough=objective, until_seconds=until_seconds)
    v = np.clip(dual.v, 0.0, 1.0)
    share = rules.backup_share
    best: Priced | None = None
    # With a backup share the multipliers of the plain problem are too great by an unknown factor.
    for factor in (1.0,) if share == 0 else (1.0, 1 - share / 2, 1 - share, (1 - share) / 2):
        one = _bound(by_site, weights, rules, factor * v, clock)
        if one is not None and (best is None or one.bound < best.bound):
            best = one
    return best


def _bound(
    by_site: sp.csr_array, weights: FloatArray, rules: Rules, v: FloatArray, clock: Clock
) -> Priced | None:
    """Return U(v), its greatest part bounded by the prices of the rules."""
    multiplier = weights * v
    share = rules.backup_share
    rest = np.maximum(0.0, (1 - share) * weights - multiplier)
    if share > 0:
        rest = np.maximum(rest, weights - 2 * multiplier)
    rows, lower, upper = rule_rows(rules)
    low, high = np.zeros(len(rules.allowed)), rules.allowed.astype(np.float64)
    low[rules.fixed] = 1.0
    price = by_site @ multiplier
    model = Model(-price, low, high, np.zeros(len(price), bool), rows, lower, upper)
    duals = relaxation_duals(model, clock)
    if duals is None:
        return None
    least, size = dual_bound(model, duals)
    bound = float(rest.sum()) - least
    known = np.where(np.isfinite(np.where(duals > 0, lower, upper)), duals, 0.0)
    # A fixed site is in every plan, so what it lacks is in the bound already.
    lacks = np.where(low > 0, 0.0, np.maximum(0.0, -price - rows.T @ known))
    return Priced(bound, size + float(2 * weights.sum()), lacks)


@dataclass(slots=True)
class _State:
    """A plan with how often each row is covered, what each site would add, and what rules hold."""

    cover: sp.csr_array
    by_site: sp.csr_array
    first: FloatArray
    second: FloatArray
    rule: sp.csc_array
    upper: FloatArray
    open_: BoolArray
    times: IntArray
    gain: FloatArray
    value: FloatArray
    objective: float = 0.0

    def rows(self, site: int) -> IntArray:
        """Return the rows that a site covers."""
        first, end = self.by_site.indptr[site : site + 2]
        return np.asarray(self.by_site.indices[first:end])

    def _worth(self, rows: IntArray) -> FloatArray:
        """Return what covering rows once more is worth."""
        seen = self.times[rows]
        return np.where(seen == 0, self.first[rows], np.where(seen == 1, self.second[rows], 0.0))

    def change(self, site: int, sign: int) -> None:
        """Open (1) or close (-1) a site."""
        rows = self.rows(site)
        before = self._worth(rows)
        self.times[rows] += sign
        after = self._worth(rows)
        self.objective += float(before.sum() if sign > 0 else -after.sum())
        moved = np.flatnonzero(before != after)
        columns, begins = gathered(self.cover, rows[moved])
        step = np.repeat((after - before)[moved], np.diff(begins))
        self.gain += np.bincount(columns, step, len(self.gain))
        mine = slice(self.rule.indptr[site], self.rule.indptr[site + 1])
        self.value[self.rule.indices[mine]] += sign * self.rule.data[mine]
        self.open_[site] = sign > 0

    def room(self) -> BoolArray:
        """Return which sites no rule's greatest value forbids."""
        slack = self.upper - self.value + 1e-9
        over = self.rule.data > slack[self.rule.indices]
        column = np.repeat(np.arange(len(self.gain)), np.diff(self.rule.indptr))
        shut: BoolArray = np.bincount(column[over], minlength=len(self.gain)) > 0
        return ~shut & ~self.open_


def rebuilt(
    cover: sp.csr_array,
    weights: FloatArray,
    rules: Rules,
    start: IntArray,
    enough: float,
    clock: Clock,
    until_seconds: float,
    patience: int | None = None,
) -> IntArray:
    """Return a plan at least as good, that keeps the rules.

    Parameters
    ----------
    cover, weights, rules, start
        As in ``priced``.
    enough
        Stop at this objective.
    clock, until_seconds
        When to stop.
    patience
        Stop after so many tries that bettered nothing; None = never.
    """
    state, lower = _state(cover, weights, rules, start)
    rng = np.random.default_rng(_SEED)
    fixed = np.zeros(len(rules.allowed), bool)
    fixed[rules.fixed] = True
    best, best_value, vain = start, state.objective, 0
    while clock.left() > 0 and clock.taken() < until_seconds and best_value < enough:
        free = np.flatnonzero(state.open_ & ~fixed)
        if not len(free) or vain == patience:
            break
        vain += 1
        now, was = np.flatnonzero(state.open_), state.objective
        for site in _neighbours(state, free, rng):
            state.change(int(site), -1)
        while True:
            chance = np.where(state.room() & rules.allowed, state.gain, -1.0)
            # A little noise, so that the same sites do not always come back.
            site = int(np.argmax(chance * rng.uniform(0.95, 1.0, len(chance))))
            if chance[site] < 0:
                break
            state.change(site, 1)
        if state.objective < was or not np.all(state.value >= lower - 1e-9):
            there = np.flatnonzero(state.open_)
            for site in np.setdiff1d(there, now):
                state.change(int(site), -1)
            for site in np.setdiff1d(now, there):
                state.change(int(site), 1)
        elif state.objective > best_value:
            best, best_value, vain = np.flatnonzero(state.open_), state.objective, 0
    return best


def _state(
    cover: sp.csr_array, weights: FloatArray, rules: Rules, start: IntArray
) -> tuple[_State, FloatArray]:
    """Return the state of a plan, and the least values of the rules."""
    by_site = sp.csr_array(cover.T)
    by_site.sort_indices()
    matrix, lower, upper = rule_rows(rules)
    share = rules.backup_share
    state = _State(
        cover=cover,
        by_site=by_site,
        first=(1 - share) * weights,
        second=share * weights,
        rule=sp.csc_array(matrix),
        upper=upper,
        open_=np.zeros(len(rules.allowed), bool),
        times=np.zeros(len(weights), np.int64),
        gain=by_site @ ((1 - share) * weights),
        value=np.zeros(len(lower)),
    )
    for site in start:
        state.change(int(site), 1)
    return state, lower


def _neighbours(state: _State, free: IntArray, rng: np.random.Generator) -> IntArray:
    """Return a site that is open and some others that share most rows with it or its neighbours."""
    count = int(rng.integers(1, min(_MOST_GIVEN_UP, len(free)) + 1))
    middle = int(rng.choice(free))
    near = np.bincount(
        gathered(state.cover, state.rows(middle))[0], minlength=len(state.gain)
    ).astype(np.float64)
    near[middle] = np.inf
    # Where fewer share rows with it, others at random.
    order = np.argsort(-(near[free] + rng.random(len(free))), kind="stable")
    return free[order[:count]]


def without_hopeless(rules: Rules, found: Priced, objective: float, integral: bool) -> BoolArray:
    """Return the sites that a plan better than the objective can hold."""
    room = found.bound - objective - (0.999999 if integral else 0.0)
    kept: BoolArray = rules.allowed & (found.lacks <= room + 1e-9 * found.size + 1e-6)
    kept[rules.fixed] = True
    return kept


def part_of(rules: Rules, columns: IntArray) -> Rules:
    """Return the rules of some sites alone, the fixed ones among them."""
    side = rules.side
    return replace(
        rules,
        fixed=np.searchsorted(columns, rules.fixed),
        allowed=rules.allowed[columns],
        costs=rules.costs[columns],
        group=rules.group[columns],
        side=None if side is None else replace(side, rows=sp.csr_array(side.rows[:, columns])),
    )
