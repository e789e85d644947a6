"""Areas around pieces of ways, as wide as may still be walked beside them."""

import math
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.network.kernels import bands as band_kernels
from geoapp.core.arrays import BoolArray, FloatArray

SEGMENTS: Final = 4  # of a quarter circle
# A polygon of 16 corners around a circle of radius 1 holds a circle of this radius.
INNER: Final = math.cos(math.pi / (4 * SEGMENTS))
_CELL_M: Final = 3.0
_MOST_CELLS: Final = 20_000_000


@dataclass(frozen=True, slots=True)
class Spurs:
    """Straight pieces walked along from their start, on a plane in metres.

    Attributes
    ----------
    start, end
        Shape (n, 2).
    left_m
        What may still be walked at the start.
    """

    start: FloatArray
    end: FloatArray
    left_m: FloatArray

    def only(self, kept: BoolArray) -> Self:
        """Return some of them."""
        return type(self)(self.start[kept], self.end[kept], self.left_m[kept])

    def shapes(self, width_m: float, least_m: float) -> NDArray[Any]:
        """Return what can be reached beside each piece, up to a width: a strip that ends in a tip.

        At t metres after the start, ``left_m - t`` may still be walked to the side; ``least_m`` is
        as narrow as a strip becomes, so that the way itself is always inside.
        """
        along = self.end - self.start
        length = np.hypot(along[:, 0], along[:, 1])
        unit = along / np.where(length > 0, length, 1.0)[:, None]
        across = np.stack([-unit[:, 1], unit[:, 0]], axis=1)
        stops = np.stack(
            [
                np.zeros(len(length)),
                np.clip(self.left_m - width_m, 0.0, length),
                np.minimum(np.maximum(self.left_m, 0.0), length),
            ],
            axis=1,
        )
        half = np.clip(self.left_m[:, None] - stops, least_m, max(width_m, least_m))
        at = self.start[:, None, :] + unit[:, None, :] * stops[:, :, None]
        aside = across[:, None, :] * half[:, :, None]
        ring = np.concatenate([at + aside, (at - aside)[:, ::-1]], axis=1)
        return np.asarray(shapely.polygons(np.concatenate([ring, ring[:, :1]], axis=1)))


def _capsules(start: FloatArray, end: FloatArray, width_m: float) -> NDArray[Any]:
    """Return the strips around segments with a half circle at each end.

    Each is the same whatever is drawn beside it, so that the area of a longer walk holds that of a
    shorter one; a buffer of joined lines would round their bends in another way.
    """
    along = end - start
    ahead = np.arctan2(along[:, 1], along[:, 0])
    turn = np.linspace(np.pi / 2, 3 * np.pi / 2, 2 * SEGMENTS + 1)
    corners = []
    for middle, shift in ((start, 0.0), (end, np.pi)):
        angle = ahead[:, None] + turn[None, :] + shift
        circle = np.stack([np.cos(angle), np.sin(angle)], axis=2)
        corners.append(middle[:, None, :] + width_m * circle)
    ring = np.concatenate([*corners, corners[0][:, :1]], axis=1)
    return np.asarray(shapely.polygons(ring))


def wide_band(start: FloatArray, end: FloatArray, width_m: float) -> list[BaseGeometry]:
    """Return the area within a width of many segments, as polygons that may overlap.

    Most ways of a town lie inside of the bands of others. Cells of the plane that are whole within
    one band are marked first; a way whose band touches marked cells alone adds nothing and is left
    out of the union. What is then missing are holes of the union in marked cells, which are filled:
    every edge of the true area is the edge of a band that was kept.
    """
    if len(start) == 0:
        return []
    margin = width_m + 2 * _CELL_M
    low = np.minimum(start, end).min(axis=0) - margin
    high = np.maximum(start, end).max(axis=0) + margin
    cell_m = max(_CELL_M, float(np.sqrt(np.prod(high - low) / _MOST_CELLS)))
    columns, rows = (int(size / cell_m) + 1 for size in high - low)
    west, south = (float(one) for one in low)
    full = band_kernels.full_cells(start, end, width_m * INNER, west, south, cell_m, columns, rows)
    kept = band_kernels.beside_gaps(start, end, full, width_m, west, south, cell_m)
    union = shapely.union_all(_capsules(start[kept], end[kept], width_m))
    parts = shapely.get_parts(union)
    rings, of = shapely.get_rings(parts, return_index=True)
    is_shell = np.r_[True, of[1:] != of[:-1]]
    holes = shapely.polygons(rings[~is_shell])
    spots = shapely.point_on_surface(holes)
    column = ((shapely.get_x(spots) - west) / cell_m).astype(np.int64)
    row = ((shapely.get_y(spots) - south) / cell_m).astype(np.int64)
    filled = full[row, column]
    if not filled.any():
        return list(parts)
    # Put together anew without those holes; islands in them are taken up.
    whole = [union, *holes[filled].tolist()]
    return [shapely.union_all(whole)]
