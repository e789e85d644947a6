"""p places on the streets so that nobody walks far: the longest walk made shortest, by few people at a time.

As ``center``, with stretches of streets in place of discs: whether p places on the streets reach those asked
about within S is the question of the fewest, whose bound is over every place there is. Walks on a network
are whole decimetres, and so then is the answer: S and the decimetre before it prove it.
"""

import math
from typing import Final

import numpy as np

from geoapp.analysis.geometry.spheroid import ecef
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.siting.anywhere.center import CenterPlan, beyond_of_each
from geoapp.analysis.siting.anywhere.fewest import FewestSearch
from geoapp.analysis.siting.anywhere.grounds import AllowedGround
from geoapp.analysis.siting.anywhere.streets import StreetSweep
from geoapp.analysis.siting.result import Clock
from geoapp.analysis.walks.pairs import PairWalks, shortest_of_each
from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.limits import LEAST_STANDARD_M, MOST_STANDARD_M
from geoapp.core.walking import Standard

# What a network counts in; a bound so near the plan is met.
STEP_M: Final = 0.1
_FIRST_M: Final = 500.0
_NEAREST_M: Final = LEAST_STANDARD_M  # below, nothing is asked, and so nothing proven
_FARTHEST_M: Final = MOST_STANDARD_M
_ASK_SHARE: Final = 0.3  # of the time left, for one walk at most
_MOST_UNDECIDED: Final = 8


def met_on_streets(longest_m: float, bound_m: float) -> bool:
    """Tell whether a bound proves a plan the best, to the decimetre that networks count in."""
    return math.isfinite(longest_m) and longest_m - bound_m <= STEP_M + 1e-9


class StreetCenterSearch:
    """People at different positions, how far each walks to what stands, and the best plan so far.

    Parameters
    ----------
    walks
        The people, on a network.
    existing_m
        By point, metres walked to what stands already; inf = nothing.
    """

    def __init__(
        self,
        walks: PairWalks,
        network: WalkingNetwork,
        existing_m: FloatArray,
        sites: int,
        ground: AllowedGround | None,
        clock: Clock,
    ) -> None:
        self._walks, self._network, self._existing_m = walks, network, existing_m
        self._sites, self._ground, self._clock = sites, ground, clock
        self._xyz = ecef(walks.lon, walks.lat)
        self._asked = np.array([int(np.argmax(existing_m))], dtype=np.int64)
        self._best: FloatArray | None = None
        self._high, self._low = math.inf, 0.0
        self.hopeless = False
        """Whether it is proven that no so many places reach everybody within 100 km."""

    def run(self) -> CenterPlan:
        """Halve the way between plan and bound until they meet, or time is over."""
        self._keep(np.empty((0, 2)))
        radius, undecided = _FIRST_M, 0
        while self._clock.left() > 0 and not met_on_streets(self._high, self._low):
            if self._high <= _NEAREST_M:
                break
            if math.isfinite(self._high):
                radius = self._between(undecided)
            enough = self._enough(radius)
            if enough is False:
                self._low = max(self._low, radius)
            undecided += enough is None
            if undecided > _MOST_UNDECIDED:
                break
            if math.isinf(self._high):
                if radius >= _FARTHEST_M:
                    self.hopeless = enough is False
                    break
                radius = min(2 * radius, _FARTHEST_M)
            else:
                self._clock.report(self._high, self._low)
        return CenterPlan(self._best, self._high, min(self._low, self._high))

    def _between(self, undecided: int) -> float:
        """Return whole decimetres between bound and plan; other ones after some stayed open."""
        share = (0.5, 0.25, 0.75)[undecided % 3]
        low, high = round(self._low * 10), math.ceil(self._high * 10 - 1e-6)
        return max((low + max(1, int(share * (high - low)))) / 10, _NEAREST_M)

    def _enough(self, radius_m: float) -> bool | None:
        """Say whether so many places reach everybody within a walk; None where that stays open.

        People are added until a plan for those asked about does for all, or none does for these.
        """
        standard = Standard.of_metres(radius_m)
        while self._clock.left() > 0:
            asked = self._asked[self._existing_m[self._asked] > radius_m]
            places: FloatArray | None = np.empty((0, 2))
            if len(asked):
                own = self._walks.of(
                    self._walks.lon[asked],
                    self._walks.lat[asked],
                    estimate=self._walks.estimate,
                    network=self._network,
                )
                try:
                    sweep = StreetSweep.of(
                        own, self._network, np.ones(len(asked)), standard, self._ground
                    )
                except InvalidValueError:  # more stretches than memory should hold
                    return None
                if not sweep.reachable.all():
                    return False
                part = Clock(self._clock.share(_ASK_SHARE), self._clock.cancelled)
                plan = FewestSearch(sweep, None, part, self._sites).run()
                if plan.bound > self._sites:
                    return False
                places = plan.places
            if places is None or len(places) > self._sites:
                return None
            away, nearest = self._keep(places)
            if self._high <= radius_m:
                return True
            left = beyond_of_each(away, nearest, self._xyz, radius_m)
            fresh = np.setdiff1d(left, self._asked)
            if not len(fresh):
                return None
            self._asked = np.concatenate((self._asked, fresh))
        return None

    def _keep(self, places: FloatArray) -> tuple[FloatArray, IntArray]:
        """Take a plan that is better; return by point how far it walks, and to which place (-1: none)."""
        away, nearest = self._existing_m.copy(), np.full(len(self._existing_m), -1, np.int64)
        if len(places):
            walks = self._walks.within(places[:, 0], places[:, 1], limit_m=None)
            away = np.minimum(away, shortest_of_each(walks))
            row = np.repeat(np.arange(len(nearest)), np.diff(walks.indptr))
            order = np.argsort(-walks.data, kind="stable")
            nearest[row[order]] = walks.indices[order]  # the last one written is the shortest
        longest = float(away.max(initial=0.0))
        if longest < self._high:
            self._best, self._high = places, longest
        return away, nearest
