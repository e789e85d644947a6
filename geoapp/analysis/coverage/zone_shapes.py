"""Outlines of gap zones: each holds its own points and nobody else's, and no two overlap.

The plane of longitude and latitude is cut into cells whose sides are powers of two of a degree, near
the link distance. A cell that holds points of one zone alone is that zone's. A cell that others share
(covered points, or another zone's) is quartered, and so on, until each part holds points of one kind;
a zone is drawn as the union of the parts that are its own. Halves of powers of two are exact numbers,
so that no rounding decides on which side of an edge a point lies; a point on an edge counts to both.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geoapp.core.arrays import BoolArray, FloatArray, IntArray

_METRES_A_DEGREE: Final = 111_195.0
# Cells no wider than this end at the antimeridian and at the poles.
_MOST_DEGREES: Final = 2.0
# A cell of a link is halved to some hundredths of a millimetre.
_MOST_HALVINGS: Final = 24


@dataclass(frozen=True, slots=True)
class _Entries:
    """Points in cells; one that lies on an edge is in each of the cells that meet there.

    Attributes
    ----------
    x, y
        Degrees.
    label
        The number of the point's zone; 0 and less = none that is drawn.
    cell
        Position of the cell.
    own
        Whether the cell is the one that the point belongs to, where several meet in it.
    """

    x: FloatArray
    y: FloatArray
    label: IntArray
    cell: IntArray
    own: BoolArray

    def some(self, rows: NDArray[Any]) -> "_Entries":
        return _Entries(
            self.x[rows], self.y[rows], self.label[rows], self.cell[rows], self.own[rows]
        )


def zone_shapes(
    lon: FloatArray, lat: FloatArray, label: IntArray, count: int, link_m: float
) -> list[shapely.MultiPolygon]:
    """Draw the zones 1 to ``count``, EPSG:4326.

    Parameters
    ----------
    lon, lat
        Degrees of all points that matter, those to be kept out of every zone as well.
    label
        By point the number of its zone; 0 and less = in none that is drawn.
    link_m
        About the side of a cell in which nothing is to be kept apart, in metres.

    Points of two kinds that are less than a tenth of a millimetre apart are not told apart: the part
    that holds both is the first zone's.
    """
    if count == 0:
        return []
    mine = label > 0
    middle = float(np.median(lat[mine]))
    power_x = _power(link_m / max(math.cos(math.radians(middle)), 1e-6))
    power_y = _power(link_m)
    entries, left, low = _first_cells(lon, lat, label, power_x, power_y)
    width, height = 2.0**-power_x, 2.0**-power_y
    boxes: list[NDArray[Any]] = []
    zones: list[IntArray] = []
    for halving in range(_MOST_HALVINGS + 1):
        last = halving == _MOST_HALVINGS
        owner, done, mixed = _sorted_out(entries, len(left), last=last)
        boxes.append(shapely.box(left[done], low[done], left[done] + width, low[done] + height))
        zones.append(owner[done])
        if last or not mixed.any():
            break
        width, height = width / 2, height / 2
        entries, left, low = _quartered(entries, mixed, left, low, width, height)
    return _united(np.concatenate(boxes), np.concatenate(zones), count)


def _power(side_m: float) -> int:
    """Return k for a side of 2 ** -k degrees that is nearest to so many metres of a meridian."""
    return round(-math.log2(min(side_m / _METRES_A_DEGREE, _MOST_DEGREES)))


def greatest_side_deg(side_m: float) -> float:
    """Return how wide a cell for a side of so many metres can be at the most, in degrees."""
    return math.sqrt(2) * min(side_m / _METRES_A_DEGREE, _MOST_DEGREES)


def _first_cells(
    lon: FloatArray, lat: FloatArray, label: IntArray, power_x: int, power_y: int
) -> tuple[_Entries, FloatArray, FloatArray]:
    """Put the points into the cells that hold a point of any zone; with their lower left corners."""
    # Exact: a power of two only moves the point of a binary number.
    x, y = lon * 2.0**power_x, lat * 2.0**power_y
    column = np.minimum(np.floor(x), 180 * 2.0**power_x - 1).astype(np.int64)
    row = np.minimum(np.floor(y), 90 * 2.0**power_y - 1).astype(np.int64)
    base = int(row.min()) - 1
    rows = int(row.max()) - base + 2
    key = column * rows + (row - base)
    cells = np.unique(key[label > 0])
    parts: list[tuple[IntArray, IntArray, BoolArray]] = []
    everybody = np.arange(len(lon))
    on_x, on_y = x == column, y == row
    for step_x, step_y, here in (
        (0, 0, None),
        (1, 0, on_x),
        (0, 1, on_y),
        (1, 1, on_x & on_y),
    ):
        some = everybody if here is None else np.flatnonzero(here)
        wanted = key[some] - step_x * rows - step_y
        place = np.minimum(np.searchsorted(cells, wanted), len(cells) - 1)
        held = cells[place] == wanted
        parts.append((some[held], place[held], np.full(int(held.sum()), here is None)))
    points, cell = (np.concatenate([part[one] for part in parts]) for one in (0, 1))
    own = np.concatenate([part[2] for part in parts])
    entries = _Entries(lon[points], lat[points], label[points], cell, own)
    left = (cells // rows).astype(np.float64) * 2.0**-power_x
    low = (cells % rows + base).astype(np.float64) * 2.0**-power_y
    return entries, left, low


def _sorted_out(
    entries: _Entries, count: int, *, last: bool
) -> tuple[IntArray, BoolArray, BoolArray]:
    """Return by cell whose it is, whether it is drawn for that zone, and whether it is to be quartered.

    The last cells are not quartered any more.
    """
    least = np.full(count, np.iinfo(np.int64).max)
    most = np.full(count, np.iinfo(np.int64).min)
    np.minimum.at(least, entries.cell, entries.label)
    np.maximum.at(most, entries.cell, entries.label)
    owner = np.full(count, np.iinfo(np.int64).max)
    drawn = entries.own & (entries.label > 0)
    np.minimum.at(owner, entries.cell[drawn], entries.label[drawn])
    has_points = owner != np.iinfo(np.int64).max
    alone = least == most
    return owner, has_points & (alone | last), has_points & ~alone


def _quartered(
    entries: _Entries,
    mixed: BoolArray,
    left: FloatArray,
    low: FloatArray,
    width: float,
    height: float,
) -> tuple[_Entries, FloatArray, FloatArray]:
    """Quarter the cells of a mask; the sides of the quarters are given."""
    number = np.cumsum(mixed) - 1
    old = np.flatnonzero(mixed)
    entries = entries.some(mixed[entries.cell])
    parent = number[entries.cell]
    middle_x, middle_y = left[old][parent] + width, low[old][parent] + height
    parts = []
    quarters: list[IntArray] = []
    for right in (False, True):
        in_x = entries.x >= middle_x if right else entries.x <= middle_x
        own_x = (entries.x >= middle_x) == right
        for upper in (False, True):
            in_y = entries.y >= middle_y if upper else entries.y <= middle_y
            own_y = (entries.y >= middle_y) == upper
            rows = np.flatnonzero(in_x & in_y)
            part = entries.some(rows)
            own = part.own & own_x[rows] & own_y[rows]
            quarters.append(4 * parent[rows] + 2 * right + upper)
            parts.append((part, own))
    cells, cell = np.unique(np.concatenate(quarters), return_inverse=True)
    fresh = _Entries(
        np.concatenate([part.x for part, _ in parts]),
        np.concatenate([part.y for part, _ in parts]),
        np.concatenate([part.label for part, _ in parts]),
        cell.astype(np.int64),
        np.concatenate([own for _, own in parts]),
    )
    which = old[cells // 4]
    return fresh, left[which] + (cells % 4 // 2) * width, low[which] + (cells % 2) * height


def _united(
    boxes: Sequence[Any] | NDArray[Any], zones: IntArray, count: int
) -> list[shapely.MultiPolygon]:
    order = np.argsort(zones, kind="stable")
    ends = np.searchsorted(zones[order], np.arange(1, count + 2))
    held = np.asarray(boxes, dtype=object)[order]
    shapes = []
    for start, end in itertools.pairwise(ends):
        shape = shapely.union_all(held[start:end])
        parts = [one for one in shapely.get_parts(shape) if one.geom_type == "Polygon"]
        shapes.append(shapely.MultiPolygon(parts))
    return shapes
