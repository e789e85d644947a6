"""Where the names of areas stand on a map: none covers another, or a number."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.reports.drawing import Frame

# How many of its heights a name may stand aside, eastward and down, where its own place is taken.
_BESIDE: Final = ((0, 0), (0, -1.6), (0, 1.6), (-4, 0), (4, 0), (-4, -1.6), (4, 1.6))
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
    """Yield the names for which there is room, in the order of the areas; no name stands in another's area.

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
        point, (wide, high) = shape.representative_point(), size(text)
        x, y = frame.at(point.x, point.y)
        for east, south in _BESIDE:
            one = MapName(text, x + east * high, y + south * high, wide, high)
            if not _belongs(frame, shape, one):
                continue
            if not any(_cross(one.box, other, _GAP * high) for other in taken):
                taken.append(one.box)
                yield one
                break


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
