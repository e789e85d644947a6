"""Where the names of areas stand on a map: none covers another, or a number."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.reports.drawing import Frame

# How many of its heights a name may stand aside, eastward and down, where its own place is taken.
_BESIDE: Final = ((0, 0), (0, -1.6), (0, 1.6), (-4, 0), (4, 0), (-4, -1.6), (4, 1.6))
# And then so many places across the area and as many down it.
_ACROSS: Final = 15
_GAP: Final = 0.15

_Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class MapName:
    """A name with its middle and its size, in the units of the frame."""

    text: str
    x: float
    y: float
    wide: float
    high: float

    @property
    def box(self) -> _Box:
        """Left, top, right, bottom."""
        return (
            self.x - self.wide / 2,
            self.y - self.high / 2,
            self.x + self.wide / 2,
            self.y + self.high / 2,
        )


def placed_names(
    frame: Frame,
    areas: Iterable[tuple[BaseGeometry, str]],
    spots: Iterable[tuple[float, float]],
    half_spot: float,
    size: Callable[[str], tuple[float, float]],
) -> Iterator[MapName]:
    """Yield the names for which there is room, in the order of the areas.

    No name stands in another's area, or over the edge of the frame.

    Parameters
    ----------
    areas
        Shapes (EPSG:4326) with their names.
    spots
        Where numbers stand (degrees), and half of how wide these are in the units of the frame.
    size
        How wide and how high a name is.
    """
    taken: list[_Box] = []
    for lon, lat in spots:
        x, y = frame.at(lon, lat)
        taken.append((x - half_spot, y - half_spot, x + half_spot, y + half_spot))
    for shape, text in areas:
        wide, high = size(text)
        for x, y in _places(frame, shape, high):
            one = MapName(text, *_inside(frame, x, y, wide, high), wide, high)
            if not _belongs(frame, shape, one):
                continue
            if not any(_cross(one.box, other, _GAP * high) for other in taken):
                taken.append(one.box)
                yield one
                break


def _places(frame: Frame, shape: BaseGeometry, high: float) -> Iterator[tuple[float, float]]:
    """Yield where a name may stand: at its area's middle, beside it, then elsewhere in it, the nearest first."""
    point = shape.representative_point()
    x, y = frame.at(point.x, point.y)
    for right, down in _BESIDE:
        yield x + right * high, y + down * high
    west, low, east, up = shape.bounds
    steps = np.arange(0.5, _ACROSS) / _ACROSS
    lon, lat = (
        one.ravel() for one in np.meshgrid(west + steps * (east - west), low + steps * (up - low))
    )
    there = shapely.contains_xy(shape, lon, lat)
    found = [frame.at(*one) for one in zip(lon[there].tolist(), lat[there].tolist(), strict=True)]
    yield from sorted(found, key=lambda one: math.dist(one, (x, y)))


def _inside(frame: Frame, x: float, y: float, wide: float, high: float) -> tuple[float, float]:
    """Return the middle of a name moved so far that nothing of it is beyond the frame, where that is wide enough."""
    low, most = frame.left + wide / 2, frame.left + frame.width - wide / 2
    top, base = frame.top + high / 2, frame.top + frame.height - high / 2
    return min(max(x, low), max(low, most)), min(max(y, top), max(top, base))


def _belongs(frame: Frame, shape: BaseGeometry, name: MapName) -> bool:
    """Tell whether a name is read as its area's: its middle lies there, or it lies on that of the area."""
    if shapely.intersects_xy(shape, *frame.place(name.x, name.y)):
        return True
    left, top, right, bottom = name.box
    middle = shape.representative_point()
    x, y = frame.at(middle.x, middle.y)
    return left <= x <= right and top <= y <= bottom


def _cross(one: _Box, other: _Box, gap: float) -> bool:
    return not (
        one[2] + gap < other[0]
        or other[2] + gap < one[0]
        or one[3] + gap < other[1]
        or other[3] + gap < one[1]
    )
