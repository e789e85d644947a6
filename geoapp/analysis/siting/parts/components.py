"""The connected components of a cover, and what is known of each: a plan and a bound by number of sites.

A component is demand and sites that no other demand and no other site touches: what is opened in one
changes nothing in another. Sites that share no demand with any other are one component together: its
best plans are its greatest sites, one after another.
"""

from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from geoapp.analysis.siting.covering.dual import bounds_of
from geoapp.analysis.siting.covering.greedy import greedy
from geoapp.analysis.siting.models.mclp import solve_mclp
from geoapp.analysis.siting.result import Clock, whole
from geoapp.core.arrays import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Component:
    """Demand and sites that touch nothing else.

    Attributes
    ----------
    cover, weights
        Ones, CSR of shape (n_row, n_site), and the weight of each row.
    rows, sites
        Their positions in the whole.
    """

    cover: sp.csr_array
    weights: FloatArray
    rows: IntArray
    sites: IntArray


def components_of(cover: sp.csr_array, weights: FloatArray) -> list[Component]:
    """Return the components of a cover, the one of the lowest site first.

    Parameters
    ----------
    cover
        Merged rows (`merged`): canonical CSR of ones, shape (n_row, n_site).
    weights
        By row, above 0.
    """
    rows, sites = cover.shape
    both = sp.block_array([[None, cover], [cover.T, None]], format="csr")
    _, label = connected_components(both, directed=False)
    of_row, of_site = label[:rows], label[rows:]
    alone = np.bincount(of_site, minlength=len(label))[of_site] == 1
    if alone.any():
        together = of_site[np.flatnonzero(alone)[0]]
        of_row = np.where(np.isin(of_row, of_site[alone]), together, of_row)
        of_site = np.where(alone, together, of_site)
    number, first = np.unique(of_site, return_index=True)
    place = np.empty(len(label), np.int64)
    place[number[np.argsort(first)]] = np.arange(len(number))
    of_row, of_site = place[of_row], place[of_site]
    by_row, by_site = np.argsort(of_row, kind="stable"), np.argsort(of_site, kind="stable")
    row_ends = np.searchsorted(of_row[by_row], np.arange(len(number) + 1))
    site_ends = np.searchsorted(of_site[by_site], np.arange(len(number) + 1))
    within = np.empty(sites, np.int64)
    within[by_site] = np.arange(sites) - site_ends[of_site[by_site]]
    sorted_rows = sp.csr_array(cover[by_row])
    found = []
    for one in range(len(number)):
        top, bottom = row_ends[one], row_ends[one + 1]
        held = slice(sorted_rows.indptr[top], sorted_rows.indptr[bottom])
        mine = by_site[site_ends[one] : site_ends[one + 1]]
        part = sp.csr_array(
            (
                sorted_rows.data[held],
                within[sorted_rows.indices[held]],
                sorted_rows.indptr[top : bottom + 1] - sorted_rows.indptr[top],
            ),
            shape=(bottom - top, len(mine)),
        )
        found.append(Component(part, weights[by_row[top:bottom]], by_row[top:bottom], mine))
    return found


@dataclass(frozen=True, slots=True)
class Sought:
    """A component to be solved for one number of sites.

    Attributes
    ----------
    component
        Its number.
    cover, weights, p
        The problem.
    seconds, target_gap
        As in ``solve_mclp``.
    """

    component: int
    cover: sp.csr_array
    weights: FloatArray
    p: int
    seconds: float
    target_gap: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found of a component.

    Attributes
    ----------
    component, p, target_gap
        Which, for how many sites it was solved, and how near the best.
    sites
        The best plan of so many: positions in the component, in order of what each adds.
    reached
        By number of its first sites, from 0: what they cover.
    bounds
        By number of sites from 0 to all that there are: no plan of so many covers more.
    prices
        By row, from 0 to its weight: what most of the bounds rest on.
    """

    component: int
    p: int
    target_gap: float
    sites: IntArray
    reached: FloatArray
    bounds: FloatArray
    prices: FloatArray


def solve_component(sought: Sought) -> Answer:
    """Solve a component for a number of sites, and say what follows for every other number."""
    result = solve_mclp(
        sought.cover,
        sought.weights,
        sought.p,
        time_limit_seconds=sought.seconds,
        target_gap=sought.target_gap,
    )
    prices = sought.weights if result.prices is None else result.prices
    by_site = sp.csr_array(sought.cover.T)
    bounds = _settled(
        bounds_of(by_site, sought.weights, prices / sought.weights, sought.cover.shape[1]),
        sought.weights,
    )
    for point in result.curve:
        bounds[point.p] = min(bounds[point.p], point.bound)
    return Answer(
        component=sought.component,
        p=sought.p,
        target_gap=sought.target_gap,
        sites=result.chosen,
        reached=np.concatenate(([0.0], np.cumsum(result.gains))),
        bounds=bounds,
        prices=prices,
    )


def _settled(bounds: FloatArray, weights: FloatArray) -> FloatArray:
    """Return bounds with the round-off of their sums; of whole numbers, whole ones."""
    slack = 1e-6 if whole(weights) else 3e-12 * float(weights.sum())
    settled = bounds + slack
    settled[0] = 0.0  # without a site nobody is covered
    return np.floor(settled) if whole(weights) else settled


@dataclass(slots=True)
class Known:
    """What is known of a component by now.

    Attributes
    ----------
    component
        It.
    reached, bounds
        By number of sites from 0 to the most that may be opened in it: the best plan found, and what
        none surpasses. Both rise.
    plans
        By number of sites the plan that reaches so much: positions in the component, as many or fewer.
    prices
        By row, as in `Answer`.
    asked
        The numbers of sites that it has been solved for, and how near the best.
    """

    component: Component
    reached: FloatArray
    bounds: FloatArray
    plans: list[IntArray]
    prices: FloatArray
    asked: set[tuple[int, float]] = field(default_factory=set)

    @classmethod
    def at_first(cls, component: Component, p: int, clock: Clock) -> "Known":
        """Return what greedy plans show of a component of which at most p sites are opened."""
        most = min(p, len(component.sites))
        by_site = sp.csr_array(component.cover.T)
        by_site.sort_indices()
        first = greedy(component.cover, by_site, component.weights, most, clock)
        bounds = np.minimum(_settled(first.bounds, component.weights), component.weights.sum())
        known = cls(
            component,
            np.zeros(most + 1),
            bounds,
            [first.sites[:0]] * (most + 1),
            component.weights.copy(),
        )
        known._take(first.sites, first.reached)
        known._order()
        return known

    def take(self, answer: Answer) -> None:
        """Take up what was found of it."""
        np.minimum(self.bounds, answer.bounds[: len(self.bounds)], out=self.bounds)
        self._take(answer.sites, answer.reached)
        self._order()
        self.prices = answer.prices
        self.asked.add((answer.p, answer.target_gap))

    def _take(self, sites: IntArray, reached: FloatArray) -> None:
        for number in np.flatnonzero(reached > self.reached[: len(reached)]).tolist():
            self.reached[number] = reached[number]
            self.plans[number] = sites[:number]

    def _order(self) -> None:
        """Let fewer sites be bounded by more, and more reach what fewer do."""
        for number in range(1, len(self.reached)):
            if self.reached[number - 1] > self.reached[number]:
                self.reached[number] = self.reached[number - 1]
                self.plans[number] = self.plans[number - 1]
        self.bounds = np.maximum(np.minimum.accumulate(self.bounds[::-1])[::-1], self.reached)
