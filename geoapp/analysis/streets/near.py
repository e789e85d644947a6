"""The named street at a place, and the corner that is nearest along it."""

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.geo import geodesic_m
from geoapp.core.i18n import Text
from geoapp.core.streets import Spot, StreetNames

# A place so near to a street stands on it, as people say it.
ON_STREET_M: Final = 60.0
# A corner farther away tells nobody where to look.
CORNER_M: Final = 400.0
_METRES_A_DEGREE: Final = 110_500.0  # of latitude, where it is shortest
# Lengths of the plane that candidates are found in, against those of the spheroid.
_MARGIN: Final = 1.02


@dataclass(frozen=True, slots=True)
class NearStreet:
    """A street at a place; streets by their place in `StreetNames.streets`.

    ``crossing`` is the other street of the corner that is nearest, ``corner`` where that is and
    ``corner_m`` how far the place is from there; None without a corner near.
    """

    street: int
    metres: float
    crossing: int | None
    corner: Spot | None
    corner_m: float | None


class StreetsAround:
    """Finds the street at a place; made once for a set of names."""

    def __init__(self, names: StreetNames) -> None:
        self._names = names
        shapes = [one.lines for one in names.streets]
        self._lines, self._of_street = shapely.get_parts(shapes, return_index=True)
        self._tree = shapely.STRtree(self._lines)
        self._corners: dict[int, list[tuple[int, Spot]]] = defaultdict(list)
        for (first, second), spots in names.crossings.items():
            if names.streets[first].name == names.streets[second].name:
                continue  # two pieces of one street
            for spot in spots:
                self._corners[first].append((second, spot))
                self._corners[second].append((first, spot))

    def at(self, lon: float, lat: float) -> NearStreet | None:
        """Return the nearest street within `ON_STREET_M` of a place (WGS-84); None without one.

        Of streets that are equally near, as at a corner, the first by name.
        """
        high = ON_STREET_M * _MARGIN / _METRES_A_DEGREE
        wide = high / max(0.01, math.cos(math.radians(lat)))
        rows = self._tree.query(shapely.box(lon - wide, lat - high, lon + wide, lat + high))
        if not len(rows):
            return None
        near = self._nearest_points(lon, lat, rows)
        here = np.full(len(near), lon), np.full(len(near), lat)
        away = geodesic_m(*here, near[:, 0], near[:, 1])
        streets = self._of_street[rows]
        best = min(
            (round(float(metres), 1), self._names.streets[street].name, int(street))
            for metres, street in zip(away, streets, strict=True)
        )
        if best[0] > ON_STREET_M:
            return None
        crossing, corner, corner_m = self._corner(best[2], lon, lat)
        return NearStreet(best[2], best[0], crossing, corner, corner_m)

    def name(self, street: int) -> Text:
        """Return a street's name as it is told in Chinese and in English."""
        one = self._names.streets[street]
        return Text(one.zh or one.name, one.en or one.name)

    def _nearest_points(self, lon: float, lat: float, rows: IntArray) -> FloatArray:
        """Return the nearest point of each of some lines, found in a plane about the place."""
        scale = np.array([math.cos(math.radians(lat)), 1.0])
        lines = shapely.transform(self._lines[rows], lambda spots: (spots - (lon, lat)) * scale)
        ways = shapely.line_locate_point(lines, shapely.Point(0, 0))
        spots = shapely.get_coordinates(shapely.line_interpolate_point(lines, ways))
        return np.asarray(spots / scale + (lon, lat))

    def _corner(
        self, street: int, lon: float, lat: float
    ) -> tuple[int | None, Spot | None, float | None]:
        found = [
            (float(geodesic_m(lon, lat, spot.lon, spot.lat)), other, spot)
            for other, spot in self._corners.get(street, ())
        ]
        if not found:
            return None, None, None
        metres, other, spot = min(found, key=lambda one: (one[0], one[1]))
        return (other, spot, metres) if metres <= CORNER_M else (None, None, None)
