"""Whether p sites reach all demand within S, asked of few demand points at a time.

A plan that serves some points within S may miss others: the worst of those are added and the plan
is sought again. When even the points so far cannot be served, nobody can be (Chen & Chen 2009;
Contardo, Iori & Kramer 2019). The points are kept from one S to the next.
"""

from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.covering.aggregate import merged
from geoapp.analysis.siting.covering.set_covering import Covering, cheapest_cover, least_sites
from geoapp.analysis.siting.result import BoundBasis, Clock
from geoapp.core.arrays import BoolArray, FloatArray, IntArray


def nearest_chosen(impedance: sp.csr_array, chosen: IntArray) -> tuple[IntArray, FloatArray]:
    """Return by demand point the nearest of some sites (-1 = none) and its impedance (inf)."""
    count = impedance.shape[0]
    open_ = np.zeros(impedance.shape[1], bool)
    open_[chosen] = True
    row = np.repeat(np.arange(count), np.diff(impedance.indptr))
    mine = open_[impedance.indices]
    row, column, value = row[mine], impedance.indices[mine], impedance.data[mine]
    order = np.lexsort((column, value, row))
    row, column, value = row[order], column[order], value[order]
    first = np.concatenate((np.ones(min(1, len(row)), bool), row[1:] != row[:-1]))
    assignment, least = np.full(count, -1, np.int64), np.full(count, np.inf)
    assignment[row[first]], least[row[first]] = column[first], value[first]
    return assignment, least


def within(impedance: sp.csr_array, standard: float) -> sp.csr_array:
    """Return the pairs whose impedance is at most the standard, as a cover."""
    kept = impedance.data <= standard
    row = np.repeat(np.arange(impedance.shape[0]), np.diff(impedance.indptr))[kept]
    first = np.concatenate(([0], np.cumsum(np.bincount(row, minlength=impedance.shape[0]))))
    cover = sp.csr_array(
        (np.ones(int(first[-1])), impedance.indices[kept], first), shape=impedance.shape
    )
    cover.sort_indices()
    return cover


_MOST_RELAXED_PAIRS = 300_000  # within S, up to which the relaxation takes a moment


@dataclass(slots=True)
class CenterSearch:
    """The problem, the demand points asked so far, and the best plan found.

    Attributes
    ----------
    matrix
        Impedances.
    p, kept, allowed
        As in the model.
    clock
        When to stop.
    best, worst
        A plan, and the greatest impedance to its nearest site.
    points
        The demand points asked.
    """

    matrix: sp.csr_array
    p: int
    kept: IntArray
    allowed: BoolArray
    clock: Clock
    best: IntArray
    worst: float
    points: list[int] = field(default_factory=list)

    def offer(self, sites: IntArray) -> FloatArray:
        """Take a plan if it is better; return by demand point the impedance to it."""
        away = nearest_chosen(self.matrix, sites)[1]
        worst = float(away.max(initial=0.0))
        if worst < self.worst:
            self.best, self.worst = sites, worst
        return away

    def first_left(self, values: FloatArray) -> int:
        """Return how many of the standards (ascending) the linear relaxation rules out.

        Fractions of sites are quickly settled, so that no exact search is spent on what they refute.
        """
        low, high = 0, len(values) - 1
        while low < high and self.clock.left() > 0:
            middle = (low + high) // 2
            cover = within(self.matrix, float(values[middle]))
            if cover.nnz <= _MOST_RELAXED_PAIRS and (
                least_sites(self._task(cover), self.clock) > self.p + 1e-6
            ):
                low = middle + 1
            else:
                high = middle
        return low

    def _task(self, cover: sp.csr_array) -> Covering:
        """Return the problem of reaching all rows of a cover."""
        rows = merged(cover, np.ones(cover.shape[0]))
        prices = np.ones(cover.shape[1])
        return Covering(rows.cover, rows.weights, None, prices, self.kept, self.allowed)

    def possible(self, standard: float) -> tuple[bool | None, BoundBasis]:
        """Say whether p sites reach all demand within a standard (None = no time to know)."""
        cover = within(self.matrix, standard)
        if not ((cover @ self.allowed.astype(np.float64)) > 0).all():
            return False, "dual"
        if not self.points:
            self.add(nearest_chosen(self.matrix, self.best)[1], standard, cover)
        while True:
            task = self._task(sp.csr_array(cover[np.array(self.points)]))
            answer = cheapest_cover(task, self.clock, 0.0, most=self.p)
            if answer.sites is None:
                return (False, answer.basis) if answer.bound > self.p + 1e-6 else (None, "none")
            away = self.offer(answer.sites)
            if self.worst <= standard:
                return True, "none"
            if self.clock.left() == 0:
                return None, "none"
            self.add(away, standard, cover)

    def add(self, away: FloatArray, standard: float, cover: sp.csr_array) -> None:
        """Ask the points served worst too, of points with a site in common only one."""
        missed = np.flatnonzero(away > standard)
        missed = missed[np.argsort(-away[missed], kind="stable")]
        taken = np.zeros(cover.shape[1], bool)
        for point in missed:
            mine = cover.indices[cover.indptr[point] : cover.indptr[point + 1]]
            if not taken[mine].any():
                taken[mine] = True
                self.points.append(int(point))
