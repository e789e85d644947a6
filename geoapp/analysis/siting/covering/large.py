"""Plan and bound of a large maximal covering problem, improved side by side in two threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.covering.aggregate import merged
from geoapp.analysis.siting.covering.dual import Dual, DualAscent, bounds_of
from geoapp.analysis.siting.covering.exchange import Exchange
from geoapp.analysis.siting.covering.incumbents import CoveringSearch
from geoapp.analysis.siting.covering.waste import Neighbourhoods

# Beyond so many merged rows an exact search gives nothing in minutes: exchanges do.
MOST_SEARCHED_ROWS = 20_000
_FEW_ROWS = 2_000  # so few are searched at once, before the bound is improved further
_ROUNDS = 5  # exchanges before the first look at the clock
_ASK_SECONDS = 0.1  # between two looks
# Accuracy of the relaxation, then sites of the plan to a neighbourhood and branches of its search.
_STAGES = (
    (1e-3, 4, 1_000),
    (3e-4, 8, 10_000),
    (1e-4, 12, 20_000),
    (3e-5, 16, 60_000),
    (1e-5, 24, 1_000_000),
)


def prove_large(search: CoveringSearch) -> Dual:
    """Improve plan and bound until the gap asked for is met or the time is over.

    The bound is improved by a thread of its own; the plan by this one, which also asks the clock and
    reports to the caller.
    """
    y = np.zeros(search.cover.shape[1])
    y[search.sites] = 1.0
    bounding = _Bounding(
        search, DualAscent(search.cover, search.by_site, search.weights, search.p, y)
    )
    if search.clock.left() > 0:
        with ThreadPoolExecutor(1) as pool:
            beside = pool.submit(bounding.run)
            try:
                _alternate(search, bounding, beside.done)
            finally:
                bounding.halt[0] = True
            beside.result()
    bounding.take()
    return bounding.ascent.best


class _Bounding:
    """What the other thread does: a better dual vector, then the waste that no plan avoids at it.

    Attributes
    ----------
    ascent
        The dual vector.
    reduced
        Bound below that of the dual vector, once there is one.
    halt
        One flag: raised to stop.
    """

    def __init__(self, search: CoveringSearch, ascent: DualAscent) -> None:
        self._search, self.ascent = search, ascent
        self.reduced = np.inf
        self.halt = np.zeros(1, np.bool_)

    def run(self) -> None:
        """Go through the stages, each more accurate than the one before."""
        search = self._search
        for accuracy, size, branches in _STAGES:
            while self.ascent.accuracy > accuracy and not self.halt[0]:
                self.ascent.advance()
            if self.halt[0]:
                return
            v = self.ascent.best.v
            proven = float(bounds_of(search.by_site, search.weights, v, search.p)[search.p])
            parts = Neighbourhoods(
                search.cover, search.by_site, search.weights, search.p, search.sites, size
            )
            for least in parts.least(v, branches, self.halt):
                self.reduced = min(self.reduced, proven - least)

    def take(self) -> None:
        """Give the search what is proven by now."""
        if self.ascent.best.bound < self._search.bound:
            self._search.take_dual(self.ascent.best)
        if self.reduced < self._search.bound:
            self._search.bound, self._search.basis = self.reduced, "search"


def _alternate(search: CoveringSearch, bounding: _Bounding, settled: Callable[[], bool]) -> None:
    """Better the plan, taking what the other thread has found, until there is nothing left to do."""
    clock = search.clock
    exchange = Exchange(search.cover, search.by_site, search.weights, search.sites)
    rounds, rounded_at = _ROUNDS, np.inf
    looked_at = False, -np.inf
    while True:
        before = clock.taken()
        exchange.improve(rounds)
        taken = max(clock.taken() - before, 1e-3)
        rounds = max(1, round(rounds * min(4.0, max(0.25, _ASK_SECONDS / taken))))
        accuracy, done = bounding.ascent.accuracy, settled()
        if exchange.value > search.objective:
            search.offer(exchange.sites)
        bounding.take()
        dual = bounding.ascent.best
        if accuracy < 0.5 * rounded_at:
            # The relaxation's own p greatest sites are a good place to go on from.
            rounded_at = accuracy
            search.offer(np.argsort(-dual.y, kind="stable")[: search.p])
            if search.objective > exchange.value:
                exchange.restart(search.sites)
        search.report()
        if search.settled() or clock.left() == 0:
            return
        if (done or accuracy <= _STAGES[0][0]) and (done, search.objective) > looked_at:
            looked_at = done, search.objective
            if rows_left(search, dual) <= (MOST_SEARCHED_ROWS if done else _FEW_ROWS):
                return


def rows_left(search: CoveringSearch, dual: Dual) -> int:
    """Return how many rows an exact search would have once reduced costs have settled what they can."""
    left, sure = search.undecided(dual)
    open_ = np.zeros(search.cover.shape[1])
    open_[sure] = 1.0
    rows = (search.cover @ open_) == 0
    return len(merged(sp.csr_array(search.cover[:, left]), search.weights * rows).weights)
