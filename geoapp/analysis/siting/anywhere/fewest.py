"""The fewest places that cover enough, by column generation over all places there are.

    min sum_q x_q,   z_i <= sum of x_q over the places q that cover i,   sum_i w_i z_i >= R

At prices u_i >= 0 of the points let M be the heaviest place and K the least that points of weight R can
be priced at together (a knapsack, cut where it is full). Places that cover enough are priced at K or
more together and at M at most each, so there are at least K / M of them (Farley 1990). M is found
exactly by a sweep, as in ``columns``.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.anywhere.at_hand import AtHand, relation_of
from geoapp.analysis.siting.anywhere.sweep import Sweep
from geoapp.analysis.siting.covering.aggregate import merged
from geoapp.analysis.siting.covering.set_covering import Covering, cheapest_cover
from geoapp.analysis.siting.milp import Model, interior_point
from geoapp.analysis.siting.result import Clock
from geoapp.core.arrays import FloatArray, IntArray

_FIRST: Final = 1_500  # places for each sweep until they cover enough
_MORE: Final = 400  # places added at most for each set of prices
_NEAR_SHARE: Final = 0.95  # of the heaviest place at hand, which a spot worth adding weighs
_MOST_SEARCHED: Final = 30_000  # spots that a better plan could have
_CHOOSING_SHARE: Final = 0.3  # of the time left, for one search of the plan
_EXACT: Final = 1e-7  # of a site: rounding of the sums behind a bound


@dataclass(frozen=True, slots=True)
class FewestPlan:
    """Places and their bound, before the recount.

    Attributes
    ----------
    places
        Shape (k, 2), lon and lat (EPSG:4326); None where none were found that cover enough.
    bound
        No fewer places cover enough.
    """

    places: FloatArray | None
    bound: int


class FewestSearch:
    """Places at hand, the best bound so far, and the best plan so far.

    Where ``most`` is given, it is only asked whether so many places are enough: a plan of so many ends the
    search, and so does a bound above it.
    """

    def __init__(
        self, sweep: Sweep, required: float | None, clock: Clock, most: int | None = None
    ) -> None:
        self._sweep, self._required, self._clock, self._most = sweep, required, clock, most
        self._weight = sweep.weight
        self._hand = AtHand(sweep)
        self._sites: IntArray | None = None
        self._price, self._least, self._heaviest = self._weight, 0.0, math.inf
        self._bound = 0

    def run(self) -> FewestPlan:
        """Add places and better the bound until plan and bound meet or time is over."""
        self._gather()
        if not len(self._hand):
            return FewestPlan(None, self._bound)
        self._choose(0.1)
        while self._clock.left() > 0 and not self._settled():
            value, price = self._relaxation()
            if math.isnan(value):
                break
            new = self._price_and_add(price)
            self._report()
            if not new or self._bound >= math.ceil(value - 1e-6):
                break
        if not self._settled():
            self._choose(_CHOOSING_SHARE)
        while self._clock.left() > 0 and not self._settled() and self._search_all():
            pass
        self._report()
        places = None if self._sites is None else self._hand.of(self._sites)
        return FewestPlan(places, self._bound)

    def _settled(self) -> bool:
        if self._most is not None and self._bound > self._most:
            return True
        enough = self._bound if self._most is None else max(self._bound, self._most)
        return self._sites is not None and len(self._sites) <= enough

    def _report(self) -> None:
        if self._sites is not None:
            self._clock.report(float(len(self._sites)), float(self._bound))

    def _gather(self) -> None:
        """Make places until they cover enough, where all that places can cover is enough."""
        price = self._weight
        enough = 0.0 if self._required is None else math.fsum(self._weight) - self._required
        while price.sum() > enough:
            found = self._sweep.heaviest(price, 0.0)
            if price is self._weight:
                self._take_bound(price, found.heaviest)
            if found.heaviest <= 0 or not self._hand.add(found, _FIRST, 0.0):
                break
            reached = np.zeros(len(price), bool)
            for j in self._hand.usable.tolist():
                reached[self._hand.covers[j]] = True
            price = np.where(reached, 0.0, self._weight)

    def _take_bound(self, price: FloatArray, heaviest: float) -> None:
        """Take the bound that some prices prove."""
        if heaviest <= 0:
            return
        least = self._cheapest(price)
        bound = math.ceil(least / heaviest * (1 - 1e-12) - _EXACT)
        if least / heaviest > self._least / self._heaviest:
            self._price, self._least, self._heaviest = price, least, heaviest
        self._bound = max(self._bound, bound)

    def _cheapest(self, price: FloatArray) -> float:
        """Return the least that points of the weight required can be priced at together."""
        if self._required is None:
            return math.fsum(price)
        order = np.argsort(price / self._weight, kind="stable")
        before = np.concatenate(([0.0], np.cumsum(self._weight[order])[:-1]))
        part = np.clip((self._required - before) / self._weight[order], 0.0, 1.0)
        return math.fsum(part * price[order])

    def _price_and_add(self, price: FloatArray) -> int:
        """Price all places at new prices, and half way to the best known ones; add the heaviest."""
        new = 0
        # By the relaxation's prices the heaviest place at hand weighs 1.
        for one in (price, 0.5 * (price + self._price / self._heaviest)):
            least = _NEAR_SHARE * self._hand.heaviest(one)
            found = self._sweep.heaviest(one, least)
            self._take_bound(one, found.heaviest)
            many = 0 if self._sites is None else len(self._sites)
            new += self._hand.add(found, max(_MORE, 3 * many), least)
        return new

    def _relaxation(self) -> tuple[float, FloatArray]:
        """Return the relaxation's value over the places at hand, and the prices of the points."""
        rows = merged(self._hand.relation(), self._weight)
        many, sites = rows.cover.shape
        blocks: list[list[sp.sparray | None]] = [[rows.cover, -sp.eye_array(many, format="csr")]]
        row_lower = np.zeros(many)
        if self._required is not None:
            blocks.append([None, sp.csr_array(rows.weights[None])])
            row_lower = np.append(row_lower, self._required)
        whole = np.ones(many)
        model = Model(
            cost=np.concatenate((np.ones(sites), np.zeros(many))),
            lower=np.concatenate(
                (np.zeros(sites), whole if self._required is None else np.zeros(many))
            ),
            upper=np.concatenate((np.full(sites, np.inf), whole)),
            whole=np.zeros(sites + many, bool),
            rows=sp.block_array(blocks, format="csr"),
            row_lower=row_lower,
            row_upper=np.full(len(row_lower), np.inf),
        )
        value, duals = interior_point(model, self._clock)
        # What the points of a row are priced at together is theirs by weight.
        share = np.maximum(duals[:many], 0.0) / rows.weights
        # Whom no place covers yet is priced at what the weight required is worth.
        worth = 0.0 if self._required is None else max(float(duals[many]), 0.0)
        price = worth * self._weight
        known = rows.row_of >= 0
        price[known] = self._weight[known] * share[rows.row_of[known]]
        return value, price

    def _covering(self, relation: sp.csr_array) -> Covering | None:
        """Return the question of fewest among some places; None where all of them are not enough."""
        reached = np.diff(relation.indptr) > 0
        most = math.fsum(self._weight[reached])
        if most < self._required if self._required is not None else not reached.all():
            return None
        rows, count = merged(relation, self._weight), relation.shape[1]
        none, costs = np.empty(0, np.int64), np.ones(count)
        return Covering(rows.cover, rows.weights, self._required, costs, none, np.ones(count, bool))

    def _choose(self, share: float) -> None:
        """Take the smallest plan that is found among the places at hand."""
        usable = self._hand.usable
        if not len(usable):
            return
        task = self._covering(self._hand.relation(usable))
        if task is None:
            return
        part = Clock(self._clock.share(share), self._clock.cancelled)
        sites = cheapest_cover(task, part, 0.0, most=self._most).sites
        if sites is not None and (self._sites is None or len(sites) < len(self._sites)):
            self._sites = usable[sites]

    def _search_all(self) -> bool:
        """Search a smaller plan among all places that it could have; True = one was found.

        A plan of k places is priced at K or more, so each of its places at K - (k - 1) M or more.
        """
        if self._most is not None:
            fewer = self._most
        elif self._sites is None:
            return False
        else:
            fewer = len(self._sites) - 1
        least = self._least - (fewer - 1) * self._heaviest - 1e-9 * self._heaviest
        spots = self._sweep.all_from(self._price, least, _MOST_SEARCHED)
        if spots is None:
            return False
        covers: dict[bytes, IntArray] = {}
        for first in range(0, len(spots), 1000):
            if self._clock.left() == 0:
                return False
            self._hand.take(spots[first : first + 1000], covers)
        task = None
        if covers:
            task = self._covering(relation_of(list(covers.values()), len(self._weight)))
        if task is None:
            self._bound = fewer + 1
            return False
        answer = cheapest_cover(task, self._clock, 0.0, most=fewer)
        if answer.sites is None and answer.bound > fewer + _EXACT:
            self._bound = fewer + 1
            return False
        self._choose(_CHOOSING_SHARE)
        return self._sites is not None and len(self._sites) <= fewer
