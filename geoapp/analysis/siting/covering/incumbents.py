"""The best plan and bound known of a maximal covering problem while it is being solved."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.covering.dual import Dual, bounds_of
from geoapp.analysis.siting.covering.greedy import weight_covered
from geoapp.analysis.siting.result import BoundBasis, Clock
from geoapp.core.arrays import FloatArray, IntArray


@dataclass(slots=True)
class CoveringSearch:
    """The reduced problem and the best known of it.

    Attributes
    ----------
    cover, by_site, weights, p
        Merged rows, their transpose and weights; number of sites to choose.
    integral
        Whether objectives are whole numbers.
    target_gap
        Share within which the plan is good enough.
    base
        Weight covered by the fixed sites, not in the rows.
    sites, objective, bound, basis
        The best plan so far, the weight that it covers of the rows, a bound on it and what proves it.
    """

    cover: sp.csr_array
    by_site: sp.csr_array
    weights: FloatArray
    p: int
    integral: bool
    target_gap: float
    base: float
    clock: Clock
    sites: IntArray
    objective: float
    bound: float
    basis: BoundBasis = "dual"

    @property
    def size(self) -> float:
        """Sum of the absolute terms behind a bound."""
        return float(3 * self.weights.sum())

    @property
    def enough(self) -> float:
        """How far the bound may be from the objective, in its unit."""
        least = 0.999999 if self.integral else 1e-9 * self.objective
        return max(self.target_gap * (self.objective + self.base), least)

    def settled(self) -> bool:
        """Whether nothing is left to prove."""
        return self.bound - self.objective <= self.enough

    def offer(self, sites: IntArray) -> None:
        """Take a plan if it is better."""
        value = weight_covered(self.by_site, self.weights, sites)
        if value > self.objective:
            self.sites, self.objective = sites, value
        self.report()

    def report(self) -> None:
        """Report to the caller where the search stands."""
        self.clock.report(self.base + self.objective, self.base + self.bound)

    def take_dual(self, dual: Dual) -> None:
        """Lower the bound by what the dual vector proves, by a product of its own."""
        proven = float(bounds_of(self.by_site, self.weights, dual.v, self.p)[self.p])
        self.bound = min(self.bound, proven)

    def undecided(self, dual: Dual) -> tuple[IntArray, IntArray]:
        """Return the sites that a better plan may have, and those that it must have.

        Opening a site whose price is below the p-th costs a plan the difference, leaving out one above
        the next price as well; only plans that are better than the one at hand are looked for.
        """
        price = self.by_site @ (self.weights * np.clip(dual.v, 0, 1))
        order = np.sort(price)[::-1]
        proven = float(bounds_of(self.by_site, self.weights, dual.v, self.p)[self.p])
        room = proven - self.objective - (0.999999 if self.integral else 0.0)
        slack = 1e-9 * self.size + 1e-6
        after = order[self.p] if self.p < len(order) else -np.inf
        left = np.flatnonzero(price >= order[self.p - 1] - room - slack)
        return left, np.flatnonzero(price > after + room + slack)
