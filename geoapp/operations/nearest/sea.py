"""Where the sea lies between somebody and a place, so that no estimate by line leads there.

An answer by line, put in order, is told the same by the phone (static/js/worker/offline/nearest.js).
"""

from enum import StrEnum
from typing import Final, NamedTuple

from geoapp.analysis.nearest.index import FacilityIndex
from geoapp.core.i18n import Text
from geoapp.core.walking import WalkingEstimate
from geoapp.core.words import Basis
from geoapp.operations.nearest.grounds import Ground
from geoapp.operations.nearest.walks import NearestQuery, Way

# So many of the nearest are looked at; who has no other station on this side of the water is told those beyond.
LOOKED_AT: Final = 1000
_AT_ONCE: Final = 32


class Sea(StrEnum):
    """Why there is no way: one is at sea, or it lies between."""

    HERE = "here"
    BETWEEN = "between"


NO_WAY_TEXT: Final = {
    Sea.HERE: Text("您在海上，没有去那里的路", "no way there from the sea"),
    Sea.BETWEEN: Text("中间隔着海，不知道怎么过去", "the sea is between, no known way there"),
}


class Seas:
    """Tells of the places of one question, nearest first, before which the sea lies."""

    def __init__(
        self,
        ground: Ground,
        index: FacilityIndex,
        query: NearestQuery,
        found: list[Way],
    ) -> None:
        self._ground, self._index, self._query, self._found = ground, index, query, found
        self._at_sea = ground.is_at_sea(query.lon, query.lat, query.off_m)
        self._stretches_m: list[float] = []

    def of(self, number: int, off_m: float) -> Sea | None:
        """Return why there is no way to a place, if there is none; the two positions may be off by so much."""
        if not self._query.is_from or self._found[number].basis is not Basis.ESTIMATE:
            return None
        if self._at_sea:
            return Sea.HERE
        return Sea.BETWEEN if self._lies_between(number, off_m) else None

    def puts_back(self, number: int, off_m: float) -> bool:
        """Tell whether a place comes after those on this side of the water.

        By line the ways on the network count for nothing: a phone has none, and orders alike.
        """
        if self._query.order == "walk":
            return self.of(number, off_m) is Sea.BETWEEN
        return self._query.is_from and not self._at_sea and self._lies_between(number, off_m)

    def _lies_between(self, number: int, off_m: float) -> bool:
        if self._ground.sea is None:
            return False
        while number >= len(self._stretches_m):
            begun = len(self._stretches_m)
            places = [way.position for way in self._found[begun : begun + _AT_ONCE]]
            self._stretches_m += self._ground.sea_m(
                self._query.lon, self._query.lat, self._index.lon[places], self._index.lat[places]
            ).tolist()
        return self._ground.is_sea(self._stretches_m[number], off_m)


class Reach(NamedTuple):
    """How far the side of the water decides the order: beyond a ride it is that by distance alone."""

    far_m: float
    by_line: bool

    @classmethod
    def of(cls, query: NearestQuery, estimate: WalkingEstimate, ride_m: float) -> "Reach":
        """Return it for a question, ``ride_m`` being the longest way that is taken for a ride."""
        if query.order == "line":
            return cls(ride_m / estimate.detour_factor + query.off_m, True)
        return cls(ride_m + estimate.walk_m(query.off_m), False)

    def holds(self, way: Way) -> bool:
        """Tell whether a place is near enough."""
        return (way.distance_m if self.by_line else way.walk_m) <= self.far_m
