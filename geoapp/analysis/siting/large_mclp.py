"""Plan and bound of a large maximal covering problem, improved side by side in two threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.aggregate import merged
from geoapp.analysis.siting.covering_dual import Dual, DualAscent
from geoapp.analysis.siting.covering_search import CoveringSearch
from geoapp.analysis.siting.exchange import Exchange

# Beyond so many merged rows an exact search gives nothing in minutes: exchanges do.
MOST_SEARCHED_ROWS = 20_000
_ROUNDS = 5  # exchanges before the first look at the clock
_ASK_SECONDS = 0.1  # between two looks
_ACCURACY = 2e-5  # of the relaxation: beyond this more iterations change nothing that is shown


def prove_large(search: CoveringSearch) -> Dual:
    """Improve plan and bound until the gap asked for is met or the time is over.

    The dual vector is improved by a thread of its own; the plan by this one, which also asks the clock
    and tells the caller.
    """
    y = np.zeros(search.cover.shape[1])
    y[search.sites] = 1.0
    ascent = DualAscent(search.cover, search.by_site, search.weights, search.p, y)
    if search.clock.left() == 0:
        search.take_dual(ascent.best)
        return ascent.best
    stop = Event()

    def ascend() -> None:
        while not stop.is_set() and ascent.accuracy > _ACCURACY:
            ascent.advance()

    with ThreadPoolExecutor(1) as pool:
        beside = pool.submit(ascend)
        try:
            _alternate(search, ascent, beside.done)
        finally:
            stop.set()
        beside.result()
    search.take_dual(ascent.best)
    return ascent.best


def _alternate(search: CoveringSearch, ascent: DualAscent, settled: Callable[[], bool]) -> None:
    """Better the plan, taking what the other thread has found, until there is nothing left to do."""
    clock = search.clock
    exchange = Exchange(search.cover, search.by_site, search.weights, search.sites)
    rounds, rounded_at, looked_at = _ROUNDS, np.inf, -np.inf
    while True:
        before = clock.taken()
        exchange.improve(rounds)
        taken = max(clock.taken() - before, 1e-3)
        rounds = max(1, round(rounds * min(4.0, max(0.25, _ASK_SECONDS / taken))))
        dual, accuracy, done = ascent.best, ascent.accuracy, settled()
        if exchange.value > search.objective:
            search.offer(exchange.sites)
        if dual.bound < search.bound:
            search.take_dual(dual)
        if accuracy < 0.5 * rounded_at:
            # The relaxation's own p greatest sites are a good place to go on from.
            rounded_at = accuracy
            search.offer(np.argsort(-dual.y, kind="stable")[: search.p])
            if search.objective > exchange.value:
                exchange.restart(search.sites)
        search.tell()
        if search.met() or clock.left() == 0:
            return
        if done and search.objective > looked_at:
            looked_at = search.objective
            if rows_left(search, dual) <= MOST_SEARCHED_ROWS:
                return


def rows_left(search: CoveringSearch, dual: Dual) -> int:
    """Return how many rows an exact search would have once reduced costs have settled what they can."""
    left, sure = search.undecided(dual)
    open_ = np.zeros(search.cover.shape[1])
    open_[sure] = 1.0
    rows = (search.cover @ open_) == 0
    return len(merged(sp.csr_array(search.cover[:, left]), search.weights * rows).weights)
