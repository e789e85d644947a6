"""p places anywhere so that nobody is far: the longest way made shortest, by few points at a time.

No p places are nearer than S to all points iff p discs of radius S do not cover those that nothing stands
nearer to (Minieka 1970). Whether they do is asked of few points, which is enough for a bound: a plan
for these is measured on all points, and those that it leaves farthest are asked about, too (Chen &
Chen 2009). Discs are asked for by ``fewest``, whose bound is over every place there is.

It begins with points far from each other (Gonzalez 1985): p + 1 of them that are D apart and D from all that
stands share a place, so no plan is better than D / 2.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from scipy.spatial import cKDTree

from geoapp.analysis.geometry.spheroid import (
    GEOD,
    ROUNDING_M,
    ecef,
    geodesic_m,
    least_geodesics_m,
)
from geoapp.analysis.siting.anywhere.disc_sweep import DiscSweep
from geoapp.analysis.siting.anywhere.discs import Discs
from geoapp.analysis.siting.anywhere.fewest import FewestSearch
from geoapp.analysis.siting.anywhere.grounds import AllowedGround
from geoapp.analysis.siting.kernels.discs import smallest_circle
from geoapp.analysis.siting.result import PROOF_SHARE, Clock
from geoapp.core.arrays import FloatArray, IntArray

# A bound so near the plan, as a share or in metres, is met.
NEAR_M: Final = 1e-4
_LONGEST_M: Final = 100_000.0  # as far as the discs' widths are known to be enough
_MEASURED: Final = 1.02  # geodesics are longer than their chords say by less than this
_SIDES: Final = 5  # points asked about of one place at a time
_ROUNDS: Final = 4  # of moving places to the middle of those that are theirs
_CLOSE: Final = 0.02  # a plan whose bound is so near, as a share, may well be the best
_ASK_SHARE: Final = 0.3  # of the time left, for one radius at most
_MOST_UNDECIDED: Final = 24


@dataclass(frozen=True, slots=True)
class CenterPlan:
    """Places (lon, lat; EPSG:4326), how far anybody has at most, and what no places are better than."""

    places: FloatArray | None
    longest_m: float
    bound_m: float


def met(longest_m: float, bound_m: float) -> bool:
    """Tell whether a bound proves a plan the best."""
    return math.isfinite(longest_m) and longest_m - bound_m <= max(PROOF_SHARE * longest_m, NEAR_M)


def beyond_of_each(
    away: FloatArray, nearest: IntArray, xyz: FloatArray, radius_m: float
) -> IntArray:
    """Return of each place some points beyond a radius: the farthest, and those on other sides.

    Parameters
    ----------
    away, nearest, xyz
        By point, how far it has, to which place, and where it is (EPSG:4978).
    """
    beyond = np.flatnonzero(away > radius_m)
    taken: list[int] = []
    order = beyond[np.argsort(-away[beyond], kind="stable")]
    for place in np.unique(nearest[beyond]).tolist():
        mine = order[nearest[order] == place]
        for _ in range(_SIDES):
            if not len(mine):
                break
            taken.append(int(mine[0]))
            apart_m = np.linalg.norm(xyz[mine] - xyz[mine[0]], axis=1)
            mine = mine[apart_m > 0.5 * radius_m]
    return np.array(taken, dtype=np.int64)


class CenterSearch:
    """Points at different positions, how far each has to what stands, and the best plan so far.

    ``bound_m`` is a bound that is known already.
    """

    def __init__(
        self,
        lon: FloatArray,
        lat: FloatArray,
        existing_m: FloatArray,
        sites: int,
        ground: AllowedGround | None,
        clock: Clock,
        bound_m: float = 0.0,
    ) -> None:
        self._lon, self._lat, self._existing_m = lon, lat, existing_m
        self._sites, self._ground, self._clock = sites, ground, clock
        self._xyz = ecef(lon, lat)
        self._asked = np.empty(0, np.int64)
        self._best: FloatArray | None = None
        self._high, self._low = math.inf, bound_m

    def run(self) -> CenterPlan:
        """Halve the way between plan and bound until they meet, or time is over."""
        apart = self._begin()
        tried = 0.0  # the plan that was asked about by itself
        undecided: list[float] = []
        while self._clock.left() > 0 and not met(self._high, self._low):
            if math.isinf(self._high):
                radius = max([apart, *(2 * one for one in undecided)])
            elif self._high != tried and self._high - self._low < _CLOSE * self._high:
                # It often is the best.
                tried = self._high
                radius = tried - 0.8 * max(PROOF_SHARE * tried, NEAR_M)
            else:
                radius = self._between(undecided)
            enough = self._enough(radius)
            if enough is False:
                self._low = max(self._low, radius)
            elif enough is None:
                undecided.append(radius)
            if len(undecided) > _MOST_UNDECIDED or radius > 8 * _LONGEST_M:
                break
            if not math.isinf(self._high):
                self._clock.report(self._high, self._low)
        return CenterPlan(self._best, self._high, min(self._low, self._high))

    def _between(self, undecided: list[float]) -> float:
        """Return the middle between bound and plan; where one stayed open, below it and above it in turn."""
        open_ = [one for one in undecided if self._low < one < self._high]
        if not open_:
            return 0.5 * (self._low + self._high)
        if len(open_) % 2:
            return 0.5 * (self._low + min(open_))
        return 0.5 * (max(open_) + self._high)

    def _begin(self) -> float:
        """Take points far from each other as places; return how far anybody then has."""
        away = self._existing_m.copy()
        chosen: list[int] = []
        for _ in range(self._sites):
            point = int(np.argmax(away))
            if away[point] <= 0:
                break
            chosen.append(point)
            away = np.minimum(away, self._ways(point))
        last = int(np.argmax(away))
        longest = float(away[last])
        if longest > 0:
            # So many and one more are so far from each other, and from all that stands.
            self._low = max(self._low, 0.5 * longest - ROUNDING_M)
        self._asked = np.array([*chosen, last], dtype=np.int64)
        places = np.stack((self._lon[chosen], self._lat[chosen]), axis=1)
        if not chosen or all(self._allows(*place) for place in places.tolist()):
            self._keep(places)
            self._improve(places, self._low)
        return longest

    def _ways(self, point: int) -> FloatArray:
        return geodesic_m(float(self._lon[point]), float(self._lat[point]), self._lon, self._lat)

    def _allows(self, lon: float, lat: float) -> bool:
        return self._ground is None or self._ground.allows(lon, lat)

    def _enough(self, radius_m: float) -> bool | None:
        """Say whether so many places reach everybody within a radius; None where that stays open.

        Points are added until a plan for those asked about does for all, or none does for these.
        """
        while self._clock.left() > 0:
            asked = self._asked[self._existing_m[self._asked] > radius_m]
            if radius_m > _LONGEST_M:
                return None
            if not len(asked):
                places: FloatArray | None = np.empty((0, 2))
            else:
                lon, lat = self._lon[asked], self._lat[asked]
                sweep = DiscSweep(Discs.of(lon, lat, np.ones(len(asked)), radius_m), self._ground)
                part = Clock(self._clock.share(_ASK_SHARE), self._clock.cancelled)
                plan = FewestSearch(sweep, None, part, self._sites).run()
                if plan.bound > self._sites:
                    return False
                places = plan.places
            if places is None or len(places) > self._sites:
                return None
            away, nearest = self._measured(places)
            self._keep(places)
            self._improve(places, radius_m)
            if self._high <= radius_m:
                return True
            left = beyond_of_each(away, nearest, self._xyz, radius_m)
            fresh = np.setdiff1d(left, self._asked)
            if not len(fresh):
                return None
            self._asked = np.concatenate((self._asked, fresh))
        return None

    def _measured(self, places: FloatArray) -> tuple[FloatArray, IntArray]:
        """Return by point how far it has to the nearest place or to what stands, and which place.

        Geodesics where they may be the longest; elsewhere no more than they are.
        """
        if not len(places):
            return self._existing_m, np.zeros(len(self._lon), np.int64)
        chord_m, nearest = cKDTree(ecef(places[:, 0], places[:, 1])).query(self._xyz)
        away = np.minimum(self._existing_m, np.maximum(least_geodesics_m(chord_m), 0.0))
        some = np.flatnonzero(np.minimum(self._existing_m, _MEASURED * away + 1.0) >= away.max())
        at = places[nearest[some]]
        _, _, exact = GEOD.inv(at[:, 0], at[:, 1], self._lon[some], self._lat[some])
        away[some] = np.minimum(self._existing_m[some], exact)
        return away, nearest.astype(np.int64)

    def _keep(self, places: FloatArray) -> None:
        longest = float(self._measured(places)[0].max(initial=0.0))
        if longest < self._high:
            self._best, self._high = places, longest

    def _improve(self, places: FloatArray, radius_m: float) -> None:
        """Move each place to the middle of those whom it is the nearest to, while that helps."""
        far = np.flatnonzero(self._existing_m > radius_m)
        for _ in range(_ROUNDS):
            before = self._high
            _, nearest = self._measured(places)
            moved = [
                self._middle(place, far[nearest[far] == number])
                for number, place in enumerate(places.tolist())
            ]
            places = np.array(moved).reshape(-1, 2)
            self._keep(places)
            if self._high >= before:
                return

    def _middle(self, place: list[float], mine: IntArray) -> list[float]:
        """Return where the farthest of some points is nearest; as it is where no site may stand there.

        On a plane about a place on which ways from it are true, the smallest circle about the points has
        its middle there iff it is the middle on the spheroid.
        """
        lon, lat = place
        if not len(mine):
            return place
        for _ in range(_ROUNDS):
            many = np.full(len(mine), 1.0)
            azimuth, _, away = GEOD.inv(lon * many, lat * many, self._lon[mine], self._lat[mine])
            x, y = away * np.sin(np.radians(azimuth)), away * np.cos(np.radians(azimuth))
            if len(mine) > 3:
                hull = shapely.convex_hull(shapely.multipoints(np.stack((x, y), axis=1)))
                x, y = shapely.get_coordinates(hull).T.copy()
            east, north = smallest_circle(np.ascontiguousarray(x), np.ascontiguousarray(y))
            step = math.hypot(east, north)
            lon, lat, _ = GEOD.fwd(lon, lat, math.degrees(math.atan2(east, north)), step)
            if step < 1e-7:
                break
        return [lon, lat] if self._allows(lon, lat) else place
