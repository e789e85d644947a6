"""The places at hand of a column generation, and whom each covers."""

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.anywhere.sweep import Found, Place, Spot, Sweep
from geoapp.core.arrays import FloatArray, IntArray


class AtHand:
    """Places, each once, in the order in which they were made; ``usable``: a site may stand there."""

    def __init__(self, sweep: Sweep) -> None:
        self._sweep = sweep
        self._known: set[tuple[float, float]] = set()
        self.places: list[tuple[float, float]] = []
        self.covers: list[IntArray] = []
        self._usable: list[bool] = []

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.places)

    @property
    def usable(self) -> IntArray:
        """The places at which a site may stand."""
        return np.flatnonzero(self._usable)

    def add(self, found: Found, most: int, least: float) -> int:
        """Add the heaviest spots as places, those apart from each other; return how many are new."""
        taken: set[tuple[int, int, int]] = set()
        side, spots = self._sweep.apart_m, list[Spot]()
        for number in np.argsort(-found.weight, kind="stable").tolist():
            weight = found.weight[number]
            if weight <= 0 or weight < least or len(spots) == most:
                break
            spot = found.spot(number)
            x, y, z = np.floor(self._sweep.middle(spot) / side).astype(np.int64).tolist()
            if (x, y, z) not in taken:
                taken.add((x, y, z))
                spots.append(spot)
        return sum(self.keep(place) for place in self._sweep.places_of(spots))

    def keep(self, place: Place) -> bool:
        """Take up a place; False where it is known or covers nobody."""
        if (place.lon, place.lat) in self._known or not len(place.reached):
            return False
        self._known.add((place.lon, place.lat))
        self.places.append((place.lon, place.lat))
        self.covers.append(place.reached)
        self._usable.append(place.usable)
        return True

    def take(self, spots: list[Spot], covers: dict[bytes, IntArray]) -> None:
        """Take up the places of spots, each set of points that they hold once."""
        fresh = []
        for spot in spots:
            held = self._sweep.held(spot)
            if held.tobytes() not in covers:
                covers[held.tobytes()] = held
                fresh.append(spot)
        for place in self._sweep.places_of(fresh):
            self.keep(place)

    def relation(self, some: IntArray | None = None) -> sp.csr_array:
        """Return who is covered by which place, of all or some of them, CSR of shape (points, places)."""
        covers = self.covers if some is None else [self.covers[j] for j in some.tolist()]
        return relation_of(covers, len(self._sweep.weight))

    def heaviest(self, price: FloatArray) -> float:
        """Return what the heaviest place at hand weighs at some prices."""
        return float((self.relation().T @ price).max())

    def of(self, sites: IntArray) -> FloatArray:
        """Return lon and lat of some places, shape (k, 2)."""
        return np.array([self.places[j] for j in sites.tolist()]).reshape(-1, 2)


def relation_of(covers: list[IntArray], points: int) -> sp.csr_array:
    """Return who is covered by which place, CSR of shape (points, places)."""
    first = np.concatenate(([0], np.cumsum([len(one) for one in covers])))
    rows = np.concatenate(covers)
    by_place = sp.csc_array((np.ones(len(rows)), rows, first), shape=(points, len(covers)))
    return sp.csr_array(by_place)
