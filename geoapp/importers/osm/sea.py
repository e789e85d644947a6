"""Where the sea is, from the coastlines of an extract: land lies on their left, water on their right."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

_ASIDE_DEG: Final = 1e-7  # a centimetre
# An extract that is cut at points, and not at its edge, has its last one short of it; the next lies beyond.
_AT_EDGE_M: Final = 100.0
_METRES_PER_DEGREE: Final = 111_320.0


def sea_of(
    coasts: Sequence[BaseGeometry], bounds: tuple[float, float, float, float]
) -> list[shapely.Polygon]:
    """Return the parts of a rectangle that are sea.

    A part whose coasts contradict each other, as where a line is cut inside of the rectangle, is not
    taken for sea: it may be land. A line that ends less than 100 m from the edge, and meets no other,
    goes on to it.

    Parameters
    ----------
    coasts
        Lines with the land on their left, in longitude and latitude.
    bounds
        West, south, east, north.
    """
    box = shapely.box(*bounds)
    inside = [part for part in shapely.intersection(list(coasts), box) if not part.is_empty]
    lines = _to_edge([line for part in inside for line in _lines(part)], bounds)
    if not lines:
        return []
    drawn = shapely.union_all([*lines, box.exterior])
    faces = shapely.get_parts(shapely.polygonize([drawn]))
    wet, dry = np.zeros(len(faces), bool), np.zeros(len(faces), bool)
    tree = shapely.STRtree(faces)
    right, left = _beside(lines)
    for points, told in ((right, wet), (left, dry)):
        told[tree.query(points, predicate="within")[1]] = True
    return [face for face, sea in zip(faces, wet & ~dry, strict=True) if sea]


def _lines(part: BaseGeometry) -> list[BaseGeometry]:
    return [one for one in shapely.get_parts(part) if isinstance(one, shapely.LineString)]


def _to_edge(
    lines: Sequence[BaseGeometry], bounds: tuple[float, float, float, float]
) -> list[BaseGeometry]:
    """Return lines whose loose ends just inside the rectangle reach its edge."""
    corners = [shapely.get_coordinates(line) for line in lines]
    ends = Counter(tuple(points[place]) for points in corners for place in (0, -1))
    _, south, _, north = bounds
    edges = np.array(bounds)
    metres = np.array([np.cos(np.radians((south + north) / 2)), 1.0] * 2) * _METRES_PER_DEGREE

    def beyond(end: np.ndarray) -> list[np.ndarray]:
        far = np.abs(edges - np.tile(end, 2)) * metres
        nearest = int(far.argmin())
        if ends[tuple(end)] > 1 or not 0 < far[nearest] < _AT_EDGE_M:
            return []
        there = end.copy()
        there[nearest % 2] = edges[nearest]
        return [there]

    return [
        shapely.LineString([*beyond(points[0]), *points, *beyond(points[-1])]) for points in corners
    ]


def _beside(lines: Sequence[BaseGeometry]) -> tuple[np.ndarray, np.ndarray]:
    """Return points just to the right and just to the left of the middle of each piece."""
    pairs = []
    for line in lines:
        corners = shapely.get_coordinates(line)
        pairs.append(np.hstack([corners[:-1], corners[1:]]))
    ends = np.concatenate(pairs)
    ends = ends[(ends[:, :2] != ends[:, 2:]).any(axis=1)]
    middle = (ends[:, :2] + ends[:, 2:]) / 2
    along = ends[:, 2:] - ends[:, :2]
    along /= np.hypot(along[:, 0], along[:, 1])[:, None]
    aside = np.column_stack([along[:, 1], -along[:, 0]]) * _ASIDE_DEG
    return shapely.points(middle + aside), shapely.points(middle - aside)
