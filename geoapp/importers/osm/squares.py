"""Squares and other areas that people walk on: along their edge, and straight across.

An area is a closed way with ``area=yes``, or a relation of ``type=multipolygon``; its edge is walked
like any way. Lines between its corners that stay inside of it are walked too: from every corner to
every other one it sees, or, where there are many corners, from one way that joins it to another.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

import shapely
from shapely.geometry.base import BaseGeometry

# Up to so many corners all lines are drawn; of more corners, those between so many ways that join.
MOST_CORNERS = 12
MOST_JOINED = 40

Corner = tuple[int, int, int]  # number of the point, and x, y in OpenStreetMap's own unit


@dataclass(slots=True)
class Square:
    """One area: its class, and the lines that its edge consists of."""

    kind: int
    outer: list[list[Corner]] = field(default_factory=list)
    inner: list[list[Corner]] = field(default_factory=list)

    def crossings(self, joined: Collection[int]) -> Iterator[tuple[Corner, Corner]]:
        """Return the pairs of corners that see each other across the area.

        Parameters
        ----------
        joined
            Numbers of points that other ways lead to.
        """
        shape = _area(self.outer)
        if shape.is_empty:
            return
        if self.inner:
            shape = shape.difference(_area(self.inner))
        corners = {corner[0]: corner for line in (*self.outer, *self.inner) for corner in line}
        if len(corners) > MOST_CORNERS:
            corners = {number: corner for number, corner in corners.items() if number in joined}
        if len(corners) > MOST_JOINED:
            return
        pairs = list(combinations(corners.values(), 2))
        lines = shapely.linestrings([[one[1:], other[1:]] for one, other in pairs])
        shapely.prepare(shape)
        # A line along the edge has nothing inside: it is walked already.
        for pair, is_inside in zip(pairs, shapely.contains(shape, lines).tolist(), strict=True):
            if is_inside:
                yield pair


def _area(lines: list[list[Corner]]) -> BaseGeometry:
    """Return the polygons that some lines close, in OpenStreetMap's own unit; empty if none."""
    drawn = [shapely.LineString([corner[1:] for corner in line]) for line in lines if len(line) > 1]
    return shapely.union_all(list(shapely.polygonize(drawn).geoms))


def is_area(tags: Mapping[str, str]) -> bool:
    """Tell whether a closed way with these tags is an area and not a ring to walk along."""
    return tags.get("area") == "yes"
