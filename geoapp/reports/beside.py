"""Where a numbered disc stands beside the area that it is about: it hides neither that nor another disc."""

import math
from collections.abc import Sequence
from itertools import count, takewhile
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.reports.drawing import Frame

_TURNS: Final = 24
# A disc is led no farther than so many of its radii; a dot hidden by it counts as so many radii of way.
_MOST_RADII: Final = 7.0
_DOT_RADII: Final = 0.35
_STEP_RADII: Final = 0.5


def drawn_at(frame: Frame, shape: BaseGeometry) -> BaseGeometry:
    """Return a shape (EPSG:4326) in the units of a frame."""
    return shapely.transform(shape, lambda all_of: np.array([frame.at(*one) for one in all_of]))


def beside(
    frame: Frame,
    spots: Sequence[tuple[float, float]],
    areas: Sequence[BaseGeometry],
    dots: Sequence[tuple[float, float]],
    radius: float,
) -> list[tuple[float, float]]:
    """Return where discs stand that belong to spots; a spot itself where nothing would be hidden there.

    Parameters
    ----------
    spots, areas, dots
        What belongs to the discs, what they are not to hide, and what they are to hide little of; in the
        units of the frame.
    radius
        Of a disc.
    """
    hidden = shapely.union_all(areas)
    shapely.prepare(hidden)
    points = np.array(dots, np.float64).reshape(-1, 2)
    taken: list[tuple[float, float]] = []
    for spot in spots:
        best, least = spot, math.inf
        for way, place in _candidates(spot, radius):
            if way >= least or not _holds(frame, place, radius):
                continue
            if any(math.dist(place, other) < 2.1 * radius for other in taken):
                continue
            if hidden.intersects(shapely.Point(place).buffer(radius)):
                continue
            away = np.linalg.norm(points - place, axis=1)
            cost = way + _DOT_RADII * radius * float((away < radius).sum())
            # A line that led below another disc would seem to lead to that.
            if cost < least and not any(_passes(spot, place, other, radius) for other in taken):
                best, least = place, cost
        taken.append(best)
    return taken


def _candidates(
    spot: tuple[float, float], radius: float
) -> list[tuple[float, tuple[float, float]]]:
    """Return how far a place is and the place, the nearest first."""
    found = [(0.0, spot)]
    for way in takewhile(lambda way: way <= _MOST_RADII, count(1.5, _STEP_RADII)):
        for turn in range(_TURNS):
            angle = 2 * math.pi * turn / _TURNS
            x = spot[0] + way * radius * math.cos(angle)
            y = spot[1] + way * radius * math.sin(angle)
            found.append((way * radius, (x, y)))
    return found


def _holds(frame: Frame, place: tuple[float, float], radius: float) -> bool:
    x, y = place[0] - frame.left, place[1] - frame.top
    return radius <= x <= frame.width - radius and radius <= y <= frame.height - radius


def _passes(
    spot: tuple[float, float], place: tuple[float, float], other: tuple[float, float], radius: float
) -> bool:
    line = shapely.LineString((spot, place))
    return bool(line.distance(shapely.Point(other)) < radius)
