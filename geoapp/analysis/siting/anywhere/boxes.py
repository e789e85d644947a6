"""Boxes of longitude and latitude about a site, halved until each place of one is known to do or not.

See ``analysis/siting/freedom.py`` for what is asked of a place, and why the answer is safe.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.geometry.planes import as_multipolygon
from geoapp.analysis.geometry.spheroid import (
    ECCENTRICITY_2,
    EQUATOR_RADIUS_M,
    GREATEST_CURVATURE_RADIUS_M,
    POLE_RADIUS_M,
    ROUNDING_M,
    ecef,
)
from geoapp.analysis.geometry.squares import DRAWN_IN, drawn_in
from geoapp.core.arrays import BoolArray, FloatArray, IntArray

# Farther from where it was, in standards, a site reaches nobody whom it reached: it would be another one.
REACH: Final = 2.0
_HALVINGS: Final = 10
_INWARD_DEG: Final = 2e-7  # outlines are written to seven decimals of a degree
_LEAST_RADIUS_M: Final = POLE_RADIUS_M**2 / EQUATOR_RADIUS_M
_SUMS: Final = 1e-12  # of a sum, for the order in which it is added up
_MOST_PAIRS: Final = 2_000_000  # of boxes and points looked at together


@dataclass(frozen=True, slots=True)
class Open:
    """Boxes of one size that are not decided, each with the points whose circles cross it.

    Attributes
    ----------
    column, row
        Of boxes of this size, counted from the south-west.
    sure
        By box, the weight that every place of it covers.
    undecided
        Shape (boxes, shares).
    box, point
        Pairs: number of the box, in rising order, and of the point.
    """

    column: IntArray
    row: IntArray
    sure: FloatArray
    undecided: BoolArray
    box: IntArray
    point: IntArray

    def halves(self) -> Iterator["Open"]:
        """Yield the boxes, so many at a time that their parts fit into memory."""
        if 4 * len(self.box) <= _MOST_PAIRS or len(self.row) < 2:
            yield self
            return
        half = len(self.row) // 2
        cut = int(np.searchsorted(self.box, half))
        for boxes, pairs, less in (
            (slice(0, half), slice(0, cut), 0),
            (slice(half, None), slice(cut, None), half),
        ):
            part = Open(
                self.column[boxes],
                self.row[boxes],
                self.sure[boxes],
                self.undecided[boxes],
                self.box[pairs] - less,
                self.point[pairs],
            )
            yield from part.halves()


class Boxes:
    """The boxes around one site, as wide and high as it may be moved.

    Attributes
    ----------
    lon, lat
        Of the site; ``south``, ``north`` the edges of all boxes together, degrees.
    degree_m
        The shortest degrees here, to the east (near a pole) and to the north (near the equator).
    """

    def __init__(self, lon: float, lat: float, standard_m: float) -> None:
        self.lon, self.lat, self.standard_m = lon, lat, standard_m
        self.site = ecef(np.array([lon]), np.array([lat]))[0]
        high = math.degrees(REACH * standard_m / _LEAST_RADIUS_M) * (1 + 1e-9)
        self.south, self.north = max(-90.0, lat - high), min(90.0, lat + high)
        # A degree of longitude is longest nearest to the equator, and shortest nearest to a pole.
        shortest = math.cos(math.radians(max(abs(self.south), abs(self.north))))
        wide = min(180.0, high / shortest) if shortest > 0 else 180.0
        self.west, self.east = lon - wide, lon + wide
        nearest = 0.0 if self.south <= 0 <= self.north else min(abs(self.south), abs(self.north))
        bent = 1 - ECCENTRICITY_2 * math.sin(math.radians(nearest)) ** 2
        north_m = math.radians(EQUATOR_RADIUS_M * (1 - ECCENTRICITY_2) / bent**1.5)
        self.degree_m = math.radians(EQUATOR_RADIUS_M * max(shortest, 1e-9)), north_m
        self.longest = math.cos(math.radians(nearest))
        self.box = shapely.box(self.west, self.south, self.east, self.north)

    def areas(
        self,
        xyz: FloatArray,
        weight: FloatArray,
        own: float,
        shares: Sequence[float],
        ground: BaseGeometry | None,
    ) -> list[shapely.MultiPolygon]:
        """Return where a site that covers ``own`` may stand, by the share of it that may be lost.

        Parameters
        ----------
        xyz, weight
            The points about the site (earth-centred) that only it covers, or nothing.
        ground
            Where it may stand (EPSG:4326); None = everywhere.

        Returns
        -------
        areas
            EPSG:4326, with longitudes beyond 180 where the boxes lie across it.
        """
        need = own * (1 - np.array(shares))
        found = [[np.zeros((2**k, 2**k), np.bool_) for k in range(_HALVINGS + 1)] for _ in shares]
        start = Open(
            np.zeros(1, np.int64),
            np.zeros(1, np.int64),
            np.zeros(1),
            np.ones((1, len(shares)), np.bool_),
            np.zeros(len(weight), np.int64),
            np.arange(len(weight)),
        )
        waiting = [(start, 1)]
        while waiting:
            boxes, halving = waiting.pop()
            for part in boxes.halves():
                rest = self._halved(part, halving, xyz, weight, need, found)
                if rest is not None:
                    waiting.append((rest, halving + 1))
        allowed = self.box if ground is None else self._near(ground)
        if not allowed.covers(self.box):
            allowed = shapely.buffer(allowed, -_INWARD_DEG)
        whole = np.zeros((2**_HALVINGS, 2**_HALVINGS), np.bool_)
        areas = []
        for sizes in found:
            some = np.zeros((1, 1), np.bool_)
            for one in sizes[1:]:
                some = np.repeat(np.repeat(some, 2, axis=0), 2, axis=1) | one
            whole |= some
            areas.append(self._on(allowed, drawn_in(whole)))
        return areas

    def _halved(
        self,
        boxes: Open,
        halving: int,
        xyz: FloatArray,
        weight: FloatArray,
        need: FloatArray,
        found: list[list[BoolArray]],
    ) -> Open | None:
        """Halve boxes both ways, put away those that are in, and return what is still undecided.

        Parameters
        ----------
        halving
            Which one it is; of the new boxes 2 to the power of it stand side by side.
        found
            By share and halving, which boxes are in; those of a smaller share are not put in again.
        """
        count = len(boxes.row)
        column = (2 * boxes.column[:, None] + np.array([0, 1, 0, 1])).ravel()
        row = (2 * boxes.row[:, None] + np.array([0, 0, 1, 1])).ravel()
        sizes = np.bincount(boxes.box, minlength=count)
        first = np.concatenate(([0], np.cumsum(sizes)))
        each = np.repeat(sizes, 4)
        box = np.repeat(np.arange(4 * count), each)
        begun = np.repeat(np.repeat(first[:-1], 4), each)
        within = np.arange(len(box)) - np.repeat(np.cumsum(each) - each, each)
        point = boxes.point[begun + within]
        high, wide = self.size(halving)
        middle_lat = self.south + (row + 0.5) * high
        middle = ecef(self.west + (column + 0.5) * wide, middle_lat)
        half_m = self._half_m(middle_lat, high, wide)
        surely_m, perhaps_m = self.standard_m - half_m, self.standard_m + half_m
        away = middle[box] - xyz[point]
        chord_m = np.sqrt(np.einsum("ij,ij->i", away, away))
        inside = chord_m <= _least_chords_m(surely_m)[box]
        open_ = ~inside & (chord_m <= _greatest_chords_m(perhaps_m)[box])
        sure = np.repeat(boxes.sure, 4) + np.bincount(
            box[inside], weight[point[inside]], minlength=4 * count
        )
        most = sure + np.bincount(box[open_], weight[point[open_]], minlength=4 * count)
        # Nor may the site leave its reach.
        reach_m = REACH * self.standard_m
        from_site_m = np.linalg.norm(middle - self.site, axis=1)
        near = from_site_m <= _least_chords_m(reach_m - half_m)
        far = from_site_m > _greatest_chords_m(reach_m + half_m)
        was = np.repeat(boxes.undecided, 4, axis=0)
        is_in = was & near[:, None] & (sure[:, None] >= need * (1 - _SUMS))
        is_out = far[:, None] | (most[:, None] < need * (1 - _SUMS))
        done = np.zeros(4 * count, np.bool_)
        for place in range(len(need)):
            fresh = is_in[:, place] & ~done
            done |= fresh
            found[place][halving][row[fresh], column[fresh]] = True
        if halving == _HALVINGS:
            return None
        left = was & ~is_in & ~is_out
        kept = left.any(axis=1)
        if not kept.any():
            return None
        number = np.cumsum(kept) - 1
        pairs = open_ & kept[box]
        return Open(
            column[kept], row[kept], sure[kept], left[kept], number[box[pairs]], point[pairs]
        )

    def size(self, halving: int) -> tuple[float, float]:
        """Return how high and how wide the boxes are after so many halvings, in degrees."""
        many = 2.0**halving
        return (self.north - self.south) / many, (self.east - self.west) / many

    @property
    def accuracy_m(self) -> float:
        """By how much shorter a standard makes places that are left out lose more."""
        high, wide = self.size(_HALVINGS)
        side = GREATEST_CURVATURE_RADIUS_M * math.radians(max(high, wide * self.longest))
        half_m = float(self._half_m(np.array([self.south, self.north]), high, wide).max())
        return 2 * half_m + DRAWN_IN * side + math.radians(_INWARD_DEG) * EQUATOR_RADIUS_M

    def _half_m(self, middle_lat: FloatArray, high: float, wide: float) -> FloatArray:
        """Return what no place of a box is farther from its middle than.

        The straight way in degrees stays in the box, no geodesic is longer than it, and no radius of
        curvature is greater than a^2 / b.
        """
        low, up = np.abs(middle_lat - high / 2), np.abs(middle_lat + high / 2)
        crosses = np.abs(middle_lat) < high / 2
        longest = np.cos(np.radians(np.where(crosses, 0.0, np.minimum(low, up))))
        degrees = 0.5 * np.hypot(high, np.maximum(longest, 0.0) * wide)
        return GREATEST_CURVATURE_RADIUS_M * np.radians(degrees) + ROUNDING_M

    def _near(self, ground: BaseGeometry) -> BaseGeometry:
        """Return the ground about the site, its longitudes going on beyond 180 where the boxes do."""
        parts = []
        for turn in (-360.0, 0.0, 360.0):
            box = shapely.box(self.west - turn, self.south, self.east - turn, self.north)
            part = shapely.intersection(ground, box)
            if not part.is_empty:
                parts.append(_moved(part, turn))
        return shapely.union_all(parts) if parts else shapely.MultiPolygon()

    def _on(self, ground: BaseGeometry, cells: shapely.MultiPolygon) -> shapely.MultiPolygon:
        """Return an area of the smallest boxes in degrees, as far as it is on some ground."""
        high, wide = self.size(_HALVINGS)
        corner = (self.west, self.south)
        area = shapely.transform(cells, lambda xy: xy * (wide, high) + corner)
        return as_multipolygon(shapely.intersection(area, ground))


def _least_chords_m(geodesic_length_m: FloatArray) -> FloatArray:
    """Return chords such that no geodesic with one of them is longer than this; below 0 = none."""
    half = np.maximum(geodesic_length_m, 0.0) / (2 * _LEAST_RADIUS_M)
    chords_m = 2 * _LEAST_RADIUS_M * np.sin(half) - ROUNDING_M
    return np.where(geodesic_length_m < 0, -1.0, chords_m)


def _greatest_chords_m(geodesic_length_m: FloatArray) -> FloatArray:
    """Return chords that no geodesics of these lengths, far below half the earth, exceed."""
    half = geodesic_length_m / (2 * GREATEST_CURVATURE_RADIUS_M)
    return 2 * GREATEST_CURVATURE_RADIUS_M * np.sin(half) + ROUNDING_M


def _moved(shape: BaseGeometry, east_deg: float) -> BaseGeometry:
    return shapely.transform(shape, lambda xy: xy + (east_deg, 0.0))


def within_the_world(area: shapely.MultiPolygon) -> shapely.MultiPolygon:
    """Return an area cut at the antimeridian."""
    west, _, east, _ = area.bounds
    if west >= -180 and east <= 180:
        return area
    parts = []
    for turn in (-360.0, 0.0, 360.0):
        part = shapely.intersection(area, shapely.box(-180 - turn, -90, 180 - turn, 90))
        parts.append(_moved(part, turn))
    return as_multipolygon(shapely.union_all(parts))
