"""The best p places by column generation: columns are places that were made because prices asked.

With x_q whether a place q is a site, z_i whether point i is covered, the relaxation is

    max sum_i w_i z_i,   z_i <= sum of x_q over the places q that cover i,   sum_q x_q = p,

with a column for every place there is. At prices 0 <= u_i <= w_i of the points,

    sum_i (w_i - u_i) + p max_q (sum of u_i over the points that q covers)

is not less than what any p places cover (weak duality), and the maximum is the heaviest place, which a
sweep finds exactly (``sweep.Sweep``). The relaxation over the places at hand gives the prices, and the
heaviest spots at those prices are the places worth adding (Dantzig & Wolfe 1960).
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.anywhere.at_hand import AtHand, relation_of
from geoapp.analysis.siting.anywhere.sweep import Found, Sweep
from geoapp.analysis.siting.covering.aggregate import merged
from geoapp.analysis.siting.covering.greedy import greedy
from geoapp.analysis.siting.covering.plain import Plan, plain_rules, solve_plain
from geoapp.analysis.siting.covering.program import mclp_model
from geoapp.analysis.siting.milp import interior_point
from geoapp.analysis.siting.result import Clock, settled_bound, whole
from geoapp.core.arrays import FloatArray, IntArray

_FIRST: Final = 1_500  # places before the first prices, or so many for each site
_FIRST_TO_A_SITE: Final = 6
_MORE: Final = 400  # places added at most for each set of prices
# Of the heaviest place at hand, which a spot worth adding weighs: only heavier ones better the
# relaxation, and those a little lighter are places that a plan may want.
_NEAR_SHARE: Final = 0.95
_MOST_SEARCHED: Final = 30_000  # spots that a better plan could have
_CHOOSING_SHARE: Final = 0.3  # of the time left, for one search of the plan
# How near bound and relaxation are to be before the plan is sought, round after round.
_STAGES: Final = (1e-3, 2e-4, 4e-5, 1e-5, 1e-6)


@dataclass(frozen=True, slots=True)
class AnywherePlan:
    """Places and their bound, before the recount.

    Attributes
    ----------
    places
        Shape (k, 2), lon and lat (EPSG:4326); k = p, or fewer where there are no more.
    objective, bound
        Weight covered, and what no p places surpass.
    prices
        By point, from 0 to its weight: those of the best bound that prices prove.
    """

    places: FloatArray
    objective: float
    bound: float
    prices: FloatArray


class ColumnSearch:
    """Places at hand, the best bound so far, and the best plan so far."""

    def __init__(self, sweep: Sweep, p: int, target_gap: float, clock: Clock) -> None:
        self._sweep, self._p, self._gap, self._clock = sweep, p, target_gap, clock
        self._hand = AtHand(sweep)
        self._weight = sweep.weight
        self._total = float(sweep.weight.sum())
        self._integral = whole(sweep.weight)
        self._price: FloatArray | None = None  # of the best bound
        self._raw = self._heaviest = self._searched = math.inf
        self._sites: IntArray = np.empty(0, np.int64)
        self.objective = 0.0

    @property
    def bound(self) -> float:
        """What no p places surpass."""
        size = self._total * (self._p + 2.0)
        raw = min(self._raw, self._searched, self._total)
        return settled_bound(self.objective, raw, size, self._integral, 1)

    def run(self) -> AnywherePlan:
        """Add places and better the bound until plan and bound are near enough or time is over."""
        clock = self._clock
        first = self._priced(self._weight, 0.0)
        self._hand.add(first, max(_FIRST, _FIRST_TO_A_SITE * self._p), 0.0)
        self._choose(greedily=True)
        for accuracy in _STAGES:
            while clock.left() > 0 and not self._settled():
                relaxed, price = self._relaxation()
                new = self._price_and_add(price)
                clock.report(self.objective, self.bound)
                if self._raw <= relaxed * (1 + accuracy) or not new:
                    break
            if self._settled():
                break
            self._choose(greedily=clock.left() == 0)
            if clock.left() == 0:
                break
            if not self._settled() and self._search_all():
                break
        places = self._hand.of(self._sites)
        # The first sweep has priced every point at its weight.
        prices = self._weight if self._price is None else self._price
        return AnywherePlan(places, self.objective, self.bound, prices)

    def _settled(self) -> bool:
        return self.bound <= self.objective * (1 + self._gap)

    def _priced(self, price: FloatArray, least: float) -> Found:
        """Find the heaviest spots at some prices, and take the bound that they prove."""
        found = self._sweep.heaviest(price, least)
        raw = math.fsum(self._weight - price) + self._p * found.heaviest
        if raw < self._raw:
            self._raw, self._price, self._heaviest = raw, price, found.heaviest
        return found

    def _price_and_add(self, price: FloatArray) -> int:
        """Price all places at new prices, and half way to the best known ones; add the heaviest."""
        kept, new = self._price, 0
        tried = [price] if kept is None else [price, 0.5 * (price + kept)]
        for one in tried:
            least = _NEAR_SHARE * self._hand.heaviest(one)
            new += self._hand.add(self._priced(one, least), max(_MORE, 3 * self._p), least)
        return new

    def _search_all(self) -> bool:
        """Search the plan among all places that a better plan could have; False = there are too many.

        With U the bound at prices u and M the heaviest place, a plan with a place of price m covers at
        most U - M + m: what beats the plan at hand has only places of at least M - (U - plan).
        """
        clock, price = self._clock, self._price
        if price is None or clock.left() == 0:
            return False
        beaten = self.objective * (1 + self._gap)
        if self._integral:
            beaten = max(beaten, self.objective + 0.999)
        least = self._heaviest - (self._raw - beaten) - 1e-9 * self._heaviest
        spots = self._sweep.all_from(price, least, _MOST_SEARCHED)
        if spots is None:
            return False
        covers: dict[bytes, IntArray] = {}
        for first in range(0, len(spots), 1000):
            if clock.left() == 0:
                return False
            self._hand.take(spots[first : first + 1000], covers)
        relation = relation_of(list(covers.values()), len(self._weight))
        plan = _most_covered(relation, self._weight, self._p, self._gap, clock)
        self._searched = max(plan.bound, beaten)
        self._choose()
        return True

    def _relaxation(self) -> tuple[float, FloatArray]:
        """Return the relaxation's value over the places at hand, and the prices of the points."""
        rows = merged(self._hand.relation(), self._weight)
        sites = len(self._hand)
        rules = plain_rules(min(self._p, sites), sites, np.empty(0, np.int64))
        model = mclp_model(rows.cover, rows.weights, rules)
        # A place taken twice covers no more. Without the limit of one the prices are even: no place
        # at hand is worth more than another that is taken, which is what the bound asks for.
        model.upper[:sites] = np.inf
        value, duals = interior_point(model, self._clock)
        share = np.clip(-duals[: len(rows.weights)] / rows.weights, 0.0, 1.0)
        # Whom no place covers yet has the whole weight for a price.
        price = self._weight.copy()
        known = rows.row_of >= 0
        price[known] *= share[rows.row_of[known]]
        return -value, price

    def _choose(self, *, greedily: bool = False) -> None:
        """Take the best plan among the places at hand, or one that is quickly found."""
        usable = self._hand.usable
        count = len(usable)
        if not count:
            return
        relation = self._hand.relation(usable)
        if count <= self._p:
            chosen = np.arange(count)
        elif greedily:
            by_place = sp.csr_array(relation.T)
            by_place.sort_indices()
            chosen = greedy(relation, by_place, self._weight, self._p, self._clock).sites
        else:
            part = Clock(self._clock.share(_CHOOSING_SHARE), self._clock.cancelled)
            chosen = _most_covered(relation, self._weight, self._p, self._gap, part).sites
        chosen = usable[chosen]
        reached = np.zeros(len(self._weight), bool)
        for j in chosen.tolist():
            reached[self._hand.covers[j]] = True
        objective = math.fsum(self._weight[reached])
        if objective > self.objective:
            self.objective, self._sites = objective, chosen


def _most_covered(
    relation: sp.csr_array, weight: FloatArray, p: int, target_gap: float, clock: Clock
) -> Plan:
    """Return the best plan of so many places of a relation (of all where there are fewer)."""
    count = relation.shape[1]
    allowed, none = np.ones(count, bool), np.empty(0, np.int64)
    return solve_plain(relation, weight, min(p, count), none, allowed, clock, target_gap)
