"""What a stop at a place adds to a route.

A route is a row of stops, in the order in which they are made. Going by a place between two stops
that follow each other adds

    added = way(stop, place) + way(place, next stop) - way(stop, next stop)

and nothing else; it is 0 where the place lies on the way, and never below. A line that is ridden as it
is drawn is left at the point from which the place is nearest, and met again there: twice that way.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geoapp.core.arrays import FloatArray

_NONE: Final = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Detours:
    """Pairs of a leg and a place that is gone by on it, in no order.

    Attributes
    ----------
    leg, position
        The leg from stop ``leg`` to stop ``leg + 1`` (counted from 0), or the point at which a line is
        left; and the place. int64, shape (d,).
    to_m
        Metres from the stop, or from the point, to the place.
    added_m
        Metres that going by the place adds, 0 or more.
    """

    leg: NDArray[np.int64]
    position: NDArray[np.int64]
    to_m: FloatArray
    added_m: FloatArray

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.leg)

    @classmethod
    def joined(cls, some: "list[Detours]") -> "Detours":
        """Return the pairs of several together."""
        all_of = [*some, cls(_NONE, _NONE, np.empty(0), np.empty(0))]
        return cls(
            np.concatenate([one.leg for one in all_of]),
            np.concatenate([one.position for one in all_of]),
            np.concatenate([one.to_m for one in all_of]),
            np.concatenate([one.added_m for one in all_of]),
        )
