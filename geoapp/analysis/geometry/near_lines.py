"""What lies within so many metres of straight lines, and how far places are from them.

Lines are straight in degrees, as streets are everywhere here. All is worked out on the equidistant
plane about their middle. The spheroid is curved outwards, so a way on that plane is never shorter than
on the ground, and longer by x / sin x at most, x = (way from the middle) / (b^2 / a). So whatever is
within some metres of a line on the plane is so by geodesics, and whatever is so is within as much more
on the plane. Of the ground near lines there are so two areas: one that surely belongs to it, and one that
holds all of it.
"""

import math
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.geometry.planes import LocalPlane, middle_of
from geoapp.analysis.geometry.spheroid import (
    EQUATOR_RADIUS_M,
    POLE_RADIUS_M,
    ecef,
    geodesic_m,
)
from geoapp.core.arrays import FloatArray

_LEAST_RADIUS_M: Final = POLE_RADIUS_M**2 / EQUATOR_RADIUS_M
# Lines straight in degrees are cut so short that they are straight on the plane as well: one of length L
# strays from it by 1.1 tan(latitude) L^2 / 8 R.
_PIECE_M: Final = 100.0
_ROUNDING_M: Final = 0.005
_THINNED_M: Final = 0.01  # outlines are merged of many pieces, and have corners that nobody sees
_QUARTER: Final = 12  # corners of a quarter of a circle, which lie on it: the sides are inside
_SIDE: Final = math.cos(math.pi / (4 * _QUARTER))
_LEAST_TILE_M: Final = 1_000.0


@dataclass(frozen=True, slots=True)
class Lines:
    """Straight lines cut into short pieces, on the plane about their middle; n pieces.

    Attributes
    ----------
    start, end
        Of the pieces, degrees (EPSG:4326), shape (n, 2).
    plane, flat
        The plane, and on it the pieces, metres, shape (n, 2, 2).
    slack_m
        By how much a piece, or as short a side of an area, strays from being straight.
    """

    start: FloatArray
    end: FloatArray
    plane: LocalPlane
    flat: FloatArray
    slack_m: float

    @classmethod
    def of(cls, start: FloatArray, end: FloatArray) -> Self:
        """Cut lines between ends (EPSG:4326), shape (n, 2) each, at least one.

        The whole must not reach across the antimeridian, nor beyond 85 degrees of latitude.
        """
        away = np.linalg.norm(ecef(*start.T) - ecef(*end.T), axis=1)
        many = np.maximum(np.ceil(away / _PIECE_M), 1).astype(np.int64)
        line = np.repeat(np.arange(len(many)), many)
        nth = np.arange(len(line)) - np.repeat(np.cumsum(many) - many, many)
        way = end[line] - start[line]
        first = start[line] + way * (nth / many[line])[:, None]
        last = start[line] + way * ((nth + 1) / many[line])[:, None]
        ends = np.concatenate((first, last))
        plane = LocalPlane.around(*middle_of(ends[:, 0], ends[:, 1]), kind="aeqd")
        flat = np.stack(np.split(plane.forward(ends[:, 0], ends[:, 1]), 2), axis=1)
        steepest = math.tan(math.radians(min(float(np.abs(ends[:, 1]).max()), 85.0)))
        slack_m = 1.1 * steepest * _PIECE_M**2 / (8 * _LEAST_RADIUS_M) + _ROUNDING_M
        return cls(first, last, plane, flat, slack_m)

    def within(self, metres: float) -> BaseGeometry:
        """Return an area (EPSG:4326) of which every place is within some metres of a line by geodesic."""
        return self._about(metres - 2 * self.slack_m - _THINNED_M)

    def about(self, metres: float) -> BaseGeometry:
        """Return an area (EPSG:4326) that holds every place within some metres of a line, and a hair more."""
        from_middle_m = float(np.linalg.norm(self.flat, axis=-1).max()) + metres
        turn = from_middle_m / _LEAST_RADIUS_M
        on_plane_m = metres * turn / math.sin(turn) + 2 * self.slack_m
        return self._about((on_plane_m + _THINNED_M) / _SIDE)

    def _about(self, radius_m: float) -> BaseGeometry:
        """Return what is within a radius on the plane, with sides for arcs and corners that say little left out."""
        # Tile by tile, so that outlines that are merged lie near each other.
        side_m = max(_LEAST_TILE_M, 4 * radius_m)
        tile = np.floor(self.flat.mean(axis=1) / side_m).astype(np.int64)
        _, own = np.unique(tile, axis=0, return_inverse=True)
        order = np.argsort(own.reshape(-1), kind="stable")
        cuts = np.flatnonzero(np.diff(own.reshape(-1)[order])) + 1
        parts: list[Any] = []
        for some in np.split(order, cuts):
            lines: Any = shapely.linestrings(self.flat[some])
            parts.append(shapely.union_all(shapely.buffer(lines, radius_m, quad_segs=_QUARTER)))
        area = shapely.simplify(shapely.union_all(parts), _THINNED_M)
        area = shapely.segmentize(area, _PIECE_M)
        whole: BaseGeometry = self.plane.lonlat(np.array([area], dtype=object))[0]
        return whole

    def metres_to(self, lon: FloatArray, lat: FloatArray) -> FloatArray:
        """Return how far places (EPSG:4326) are from the nearest line at most: by geodesic to a spot on it."""
        if not len(lon):
            return np.empty(0)
        lines: Any = shapely.linestrings(self.flat)
        spots: Any = shapely.points(self.plane.forward(lon, lat))
        near = shapely.STRtree(lines).nearest(spots)
        share = shapely.line_locate_point(lines[near], spots, normalized=True)[:, None]
        foot = self.start[near] + (self.end[near] - self.start[near]) * share
        return geodesic_m(lon, lat, foot[:, 0], foot[:, 1])
