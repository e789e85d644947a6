"""Places anywhere on the spheroid as column generation asks for them: discs, and where sites may stand."""

from collections.abc import Iterator, Sequence

import numpy as np

from geoapp.analysis.siting.anywhere.discs import Discs
from geoapp.analysis.siting.anywhere.grounds import AllowedGround
from geoapp.analysis.siting.anywhere.sweep import Found, Place, Spot, rounded
from geoapp.core.arrays import FloatArray, IntArray


class DiscSweep:
    """Discs, the ground on which sites may stand (None: everywhere), and what no disc outweighs.

    A spot is a point on a disc's edge, and the azimuth of the disc's middle from there.
    """

    def __init__(self, discs: Discs, ground: AllowedGround | None) -> None:
        self._discs, self._ground = discs, ground
        self._upper: FloatArray | None = None

    @property
    def weight(self) -> FloatArray:
        """By point."""
        return self._discs.weight

    @property
    def apart_m(self) -> float:
        """A third of the standard."""
        return max(self._discs.standard_m / 3, 1e-3)

    def heaviest(self, price: FloatArray, least: float) -> Found:
        """Return the heaviest discs; the first sweep is at the weights, which no prices surpass."""
        if self._upper is not None:
            return self._discs.heaviest(price, self._upper, least)
        first = self._discs.heaviest(self.weight, np.full(len(price), np.inf), 0.0)
        self._upper = np.where(first.weight > 0, first.weight, first.heaviest)
        return first if price is self.weight else self.heaviest(price, least)

    def all_from(self, price: FloatArray, least: float, most: int) -> list[Spot] | None:
        """Return discs of which one holds what any disc at least so heavy can hold."""
        upper = np.full(len(price), np.inf) if self._upper is None else self._upper
        return self._discs.all_from(price, upper, least, most)

    def middle(self, spot: Spot) -> FloatArray:
        """Return the disc's middle."""
        return self._discs.middle(int(spot[0]), spot[1])

    def held(self, spot: Spot) -> IntArray:
        """Return the points in the disc."""
        return np.sort(self._discs.held(self.middle(spot)))

    def places_of(self, spots: Sequence[Spot]) -> list[Place]:
        """Return the place of each disc.

        Where no site may stand there, it still is one of the places that the bound is over; the
        plan may have the nearest at which one may.
        """
        return [place for spot in spots for place in self._about(self.middle(spot))]

    def _about(self, middle: FloatArray) -> Iterator[Place]:
        place, ground = self._discs.place_of(middle), self._ground
        if ground is None or ground.allows(place.lon, place.lat):
            yield place
            return
        yield Place(place.lon, place.lat, place.reached, place.weight, usable=False)
        beside = ground.nearest(place.lon, place.lat)
        if beside is not None:
            other = self._discs.at(*rounded(*beside))
            if ground.allows(other.lon, other.lat):
                yield other
