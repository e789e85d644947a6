"""Which points lie so near to the uncovered ones that the outline of a gap zone may meet them.

`zone_shapes` looks only into cells that hold a point of a zone. How wide its cells are is known when
all zones are; here a grid is laid whose cells are never narrower, so that whatever lies in such a
cell with an uncovered point lies in the same cell of this grid, or in one of the eight around it.
"""

import math
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from geoapp.analysis.coverage.zone_shapes import greatest_side_deg
from geoapp.core.arrays import BoolArray, FloatArray, IntArray

_A_HAIR: Final = 1.01
_ROWS: Final = 1 << 31
_STEPS: Final = tuple(column * _ROWS + row for column in (0, -1, 1) for row in (0, -1, 1))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The cells that hold some points.

    Attributes
    ----------
    width, height
        Of a cell, in degrees.
    cells
        Their numbers, rising.
    """

    width: float
    height: float
    cells: IntArray

    @classmethod
    def of(cls, lon: FloatArray, lat: FloatArray, link_m: float) -> Self:
        """Lay the grid around points (EPSG:4326, decimal degrees).

        Parameters
        ----------
        link_m
            As in `zone_shapes`.
        """
        farthest = float(np.abs(lat).max(initial=0.0))
        wide_m = link_m / max(math.cos(math.radians(farthest)), 1e-6)
        width, height = (_A_HAIR * greatest_side_deg(one) for one in (wide_m, link_m))
        numbers = np.sort(cls(width, height, np.empty(0, np.int64))._numbers(lon, lat))
        return cls(width, height, numbers[np.diff(numbers, prepend=-1) != 0])

    def _numbers(self, lon: FloatArray, lat: FloatArray) -> IntArray:
        column = np.floor((lon + 180) / self.width).astype(np.int64) + 1
        row = np.floor((lat + 90) / self.height).astype(np.int64) + 1
        return column * _ROWS + row

    def holds(self, lon: FloatArray, lat: FloatArray) -> BoolArray:
        """Tell which points lie in one of the cells, or next to one."""
        near = np.zeros(len(lon), np.bool_)
        if not len(self.cells):
            return near
        numbers = self._numbers(lon, lat)
        for step in _STEPS:
            rest = np.flatnonzero(~near)
            place = np.searchsorted(self.cells, numbers[rest] + step)
            near[rest] = self.cells[np.minimum(place, len(self.cells) - 1)] == numbers[rest] + step
        return near
