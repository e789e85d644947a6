"""What column generation asks of the ground on which sites may stand at any place.

A *spot* is where a sweep has found something heavy, in the sweep's own numbers: a disc of the plane, a
stretch of a street. A *place* is where a site would stand there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from geoapp.core.arrays import FloatArray, IntArray

# Files and answers give places to so many decimals of a degree (a centimetre).
_DECIMALS: Final = 7

Spot = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A place (EPSG:4326), the points that it covers, what they weigh, and if a site may stand there."""

    lon: float
    lat: float
    reached: IntArray
    weight: float
    usable: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """The heaviest spots of one sweep.

    Attributes
    ----------
    heaviest
        No place anywhere is heavier at these prices.
    weight
        By number of a spot: how heavy it is; 0 where it is too light to be looked for.
    where
        Shape (n, k): the rest of each spot's numbers.
    """

    heaviest: float
    weight: FloatArray
    where: NDArray[np.float64]

    def spot(self, number: int) -> Spot:
        """Return one of the spots."""
        return (number, *self.where[number].tolist())


class Sweep(Protocol):
    """Demand points, and all the places that may hold some of them together."""

    @property
    def weight(self) -> FloatArray:
        """By point, what it weighs; above 0."""

    @property
    def apart_m(self) -> float:
        """The length of cells of which one place is enough at a time, metres."""

    def heaviest(self, price: FloatArray, least: float) -> Found:
        """Return the heaviest spots at prices from 0 up; those lighter than ``least`` need not be found."""

    def all_from(self, price: FloatArray, least: float, most: int) -> list[Spot] | None:
        """Return spots of which one holds what any place at least so heavy can hold.

        None is returned where there are more than ``most``.
        """

    def middle(self, spot: Spot) -> FloatArray:
        """Return where a spot is, earth-centred metres."""

    def held(self, spot: Spot) -> IntArray:
        """Return the points that a spot holds, ascending: no place there covers any other."""

    def places_of(self, spots: Sequence[Spot]) -> list[Place]:
        """Return places for spots, counted as they are written down; a spot may have several or none."""


def rounded(lon: float, lat: float) -> tuple[float, float]:
    """Return a place as files and answers write it."""
    return round(lon, _DECIMALS), round(lat, _DECIMALS)
