"""A plan of places as the answer has it: counted on the points as given, and what is proven of it."""

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from geoapp.analysis.siting.result import Clock, gap_share, settled_bound, status_of, whole
from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_STANDARD_M
from geoapp.core.results.status import SitingStatus


@dataclass(frozen=True, slots=True)
class AnywhereResult:
    """Places and their proof.

    Attributes
    ----------
    places
        Shape (p, 2): lon and lat in decimal degrees (EPSG:4326), in order of what each adds. Places
        beyond those that add anybody add 0 and stand on demand points; nan where no such point is at
        hand, and on a network.
    gains
        By place: the weight that it adds to those before it.
    objective
        Weight covered, counted from the places as they are given here: by geodesics, or on the network.
    bound
        No p places anywhere (on the streets) cover more.
    gap_share
        ``(bound - objective) / objective``; 0 is proven best, inf where the objective is 0.
    status
        Whether that is a proof; ``unproven`` where the search ended before its time without one.
    assignment
        By demand point: the first place that covers it; -1 = none.
    seconds
        Time taken.
    prices
        By demand point, from 0 to its weight: with them anybody can count a bound again (see
        ``core/results/proof.py``).
    reachable
        Weight that one place or another could cover; by line all of it.
    """

    places: FloatArray
    gains: FloatArray
    objective: float
    bound: float
    gap_share: float
    status: SitingStatus
    assignment: IntArray
    seconds: float
    prices: FloatArray
    reachable: float


@dataclass(frozen=True, slots=True)
class Positions:
    """The different positions of demand points that count, in order of lon and lat.

    Attributes
    ----------
    lon, lat, weight
        By position; the weights of points at the same one are summed.
    counts, position_of
        The points that count, and at which position each is.
    """

    lon: FloatArray
    lat: FloatArray
    weight: FloatArray
    counts: IntArray
    position_of: IntArray

    @classmethod
    def of(cls, lon: FloatArray, lat: FloatArray, weight: FloatArray, counts: IntArray) -> Self:
        """Take up the points (EPSG:4326) with these numbers, at least one."""
        at, position_of = np.unique(
            np.stack((lon[counts], lat[counts])), axis=1, return_inverse=True
        )
        position_of = position_of.ravel()
        summed = np.bincount(position_of, weight[counts]).astype(np.float64)
        return cls(at[0], at[1], summed, counts, position_of)

    def shared(self, share: FloatArray, weight: FloatArray) -> FloatArray:
        """Return prices by point for shares by position: what one is priced at is its points' by weight."""
        prices = weight.copy()
        prices[self.counts] *= share[self.position_of]
        return prices


def checked_sites(p: Any) -> int:
    """Return a number of sites, from 0 up."""
    if isinstance(p, bool) or not isinstance(p, int | np.integer) or p < 0:
        raise InvalidValueError("p", p, Text("不小于 0 的整数", "a whole number from 0 up"))
    return int(p)


def checked_standard(standard_m: float) -> float:
    """Return a standard in metres, 0 to the longest."""
    if not 0 <= standard_m <= MOST_STANDARD_M:  # NaN too
        raise InvalidValueError(
            "standard_m",
            standard_m,
            Text(f"0 至 {MOST_STANDARD_M:g} 米", f"0 to {MOST_STANDARD_M:g} metres"),
        )
    return float(standard_m)


def recounted(
    weight: FloatArray,
    places: FloatArray,
    covered: list[IntArray],
    spare: FloatArray,
    bound: float,
    prices: FloatArray,
    target_gap: float,
    clock: Clock,
    reachable: float | None = None,
) -> AnywhereResult:
    """Count a plan on the points as given, and say what is proven.

    Parameters
    ----------
    covered
        By place, the points that it covers, ascending.
    spare
        Places that add nobody, shape (k, 2).
    """
    order: list[int] = []
    gains: list[float] = []
    assignment = np.full(len(weight), -1, np.int64)
    waiting = list(range(len(places)))
    while waiting:
        adds = {k: math.fsum(weight[covered[k][assignment[covered[k]] < 0]]) for k in waiting}
        best = max(waiting, key=lambda k: (adds[k], -k))
        waiting.remove(best)
        rows = covered[best]
        assignment[rows[assignment[rows] < 0]] = len(order)
        order.append(best)
        gains.append(adds[best])
    objective = math.fsum(weight[assignment >= 0])
    settled = settled_bound(objective, max(bound, objective), 0.0, whole(weight), 1)
    status = status_of(objective, settled, target_gap, clock)
    if status is SitingStatus.TIME_LIMIT and clock.left() > 0:
        status = SitingStatus.UNPROVEN
    return AnywhereResult(
        places=np.concatenate((places[order], spare)),
        gains=np.concatenate((gains, np.zeros(len(spare)))),
        objective=objective,
        bound=settled,
        gap_share=gap_share(objective, settled),
        status=status,
        assignment=assignment,
        seconds=clock.taken(),
        prices=prices,
        reachable=math.fsum(weight) if reachable is None else reachable,
    )
