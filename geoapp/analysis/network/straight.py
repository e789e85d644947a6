"""Walks between two places off the network that go straight, because no way lies between them.

The rule, the same for every question (`docs/network.md`, ADR 0011): two places that both stand off
the network are walked between in a straight line, where that is shorter than by the network, if

- they are nearer to each other than one of them is to the network: the line then lies in the circle
  around that one that no way comes into; or
- they stand on the same side of the same street, and the street is straight between them: the line
  then runs beside the street.

A *street* goes from one crossing to the next, as far as it does not bend by 15 degrees or more.
"""

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.kernels import straight as straight_kernels
from geoapp.analysis.network.kernels.search import FAR
from geoapp.analysis.network.snapping import Snapped

_LEAST_CELL_DEGREES: Final = 0.0005
_CELLS_PER_PLACE: Final = 2

Int = NDArray[Any]
# Rows of places by origin: the first of each row, the places, their walks in decimetres.
Rows = tuple[Int, Int, Int]


def _standing(network: WalkingNetwork, places: Snapped) -> tuple[Any, ...]:
    return straight_kernels.standing(
        places.state,
        places.lon,
        places.lat,
        places.edge,
        places.to_start,
        places.to_end,
        network.lon,
        network.lat,
        network.edge_start,
        network.edge_end,
        network.street,
        network.street_start_m,
        network.street_end_m,
    )


@dataclass(frozen=True, slots=True)
class StraightWalks:
    """Places off the network, ready to be asked which of them are walked to straight."""

    network: WalkingNetwork
    places: Snapped
    standing: tuple[Any, ...]
    by_side: Int
    sides: Int
    cells: tuple[Any, ...]
    grid: tuple[Any, ...]

    @classmethod
    def of(cls, network: WalkingNetwork, places: Snapped) -> Self:
        """Take up places; those whose own position is not known (NaN) are never walked to straight."""
        standing = _standing(network, places)
        side = standing[0]
        off = np.flatnonzero((side >= 0) & (places.leg > 0)).astype(np.int32)
        by_side = off[np.argsort(side[off], kind="stable")]
        grid = _grid(places.lon[off], places.lat[off])
        cells = straight_kernels.circles(places.lon, places.lat, places.leg, off, *grid)
        return cls(network, places, standing, by_side, side[by_side], cells, grid)

    def rows(self, origins: Snapped, limit_dm: int) -> Rows:
        """Return for each origin the places that are walked to straight within a limit."""
        if len(self.by_side) == 0:
            return (
                np.zeros(len(origins) + 1, np.int64),
                np.empty(0, np.int32),
                np.empty(0, np.int32),
            )
        places = self.places
        _, *to_standing = self.standing
        kernel: Any = straight_kernels.pairs
        found: Rows = kernel(
            origins.lon,
            origins.lat,
            origins.leg,
            origins.edge,
            *_standing(self.network, origins),
            places.lon,
            places.lat,
            places.leg,
            places.edge,
            *to_standing,
            self.by_side,
            self.sides,
            *self.cells,
            *self.grid,
            limit_dm,
        )
        return found

    def walk_dm(self, origin: Snapped, place: int, target: int) -> int:
        """Return the straight walk from one place to one of the places; FAR if there is none."""
        _, found, walks = self.rows(origin.one(place), FAR - 1)
        return int(walks[found == target].min(initial=FAR))


def _grid(
    lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[float, float, float, float, int, int]:
    """Return cells around places: west, south, their width and height in degrees, columns, rows."""
    if len(lon) == 0:
        return 0.0, 0.0, 1.0, 1.0, 1, 1
    west, south = float(lon.min()), float(lat.min())
    width, height = float(np.ptp(lon)), float(np.ptp(lat))
    most = _CELLS_PER_PLACE * len(lon)
    narrow = max(0.01, float(np.cos(np.radians(south + height / 2))))
    cell = max(
        _LEAST_CELL_DEGREES,
        float(np.sqrt(width * narrow * height / most)),
        max(width * narrow, height) / most,
    )
    cell_lon, cell_lat = cell / narrow, cell
    return west, south, cell_lon, cell_lat, int(width / cell_lon) + 1, int(height / cell_lat) + 1
