"""Demand points and the discs that may hold them: the heaviest at any prices, and whom a place covers.

A place covers the points whose geodesic from it is at most S. Between chord c and geodesic s of
points of the spheroid

    2 r sin(s / 2r) <= c <= 2 R sin(s / 2R),      r = b^2 / a,  R = a^2 / b

(``geometry.spheroid``; the left side by the same comparison with the least radius of curvature), so
discs are balls by chord but for s^3 (1/r^2 - 1/R^2) / 24: 1.3 nanometres at 400 m, 2 cm at 100 km.
The bound is computed for balls that are larger by that and by the error of the sweep's arcs
(``_slack_m``), and whom a place covers is decided by the geodesic wherever the chord leaves it open.
Whatever some place covers is then in a ball with one of the points on its edge (shift the place until
one is), and one sweep around each point meets the heaviest (Church 1984).
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from geoapp.analysis.geometry.spheroid import (
    EQUATOR_RADIUS_M,
    POLE_RADIUS_M,
    ROUNDING_M,
    ecef,
    geodesic_m,
    greatest_chord_m,
    lonlat_of,
)
from geoapp.analysis.siting.anywhere.sweep import Found, Place, Spot, rounded
from geoapp.analysis.siting.kernels.discs import (
    Points,
    discs_from,
    edge_point,
    heaviest_discs,
    level,
    smallest_circle,
    within,
)
from geoapp.core.arrays import FloatArray, IntArray

_LEAST_RADIUS_M: Final = POLE_RADIUS_M**2 / EQUATOR_RADIUS_M
_MOST_CELLS: Final = 1e6  # along an axis, so that a cell's number stays within 64 bits


def _slack_m(standard_m: float) -> float:
    """Return by how much a disc's ball is widened, above the error of the sweep's arcs.

    The arcs take the spheroid's curvature in each direction for constant: measured against points of
    equal chords found by Newton's method, everywhere on earth and from 10 m to 100 km, that is wrong
    by less than 4e-24 S^4 metres, and rounding by less than 1e-8 m.
    """
    return 2 * ROUNDING_M + 1e-23 * standard_m**4


def _turn(lon: FloatArray, lat: FloatArray) -> FloatArray:
    lam, phi = np.radians(lon), np.radians(lat)
    return np.stack((np.sin(lam), np.cos(lam), np.sin(phi), np.cos(phi)), axis=-1)


@dataclass(frozen=True, slots=True)
class Discs:
    """Points of different positions, in order of the cells of a grid; n points.

    Attributes
    ----------
    lon, lat, weight
        By point.
    standard_m
        Greatest geodesic from a place to a point that it covers.
    radius_m
        Chord within which the bound counts a point as covered: none that is covered lies beyond.
    points
        The points as the compiled loops take them.
    order
        By point, which of those given it is.
    """

    lon: FloatArray
    lat: FloatArray
    weight: FloatArray
    standard_m: float
    radius_m: float
    points: Points
    order: IntArray

    @classmethod
    def of(cls, lon: FloatArray, lat: FloatArray, weight: FloatArray, standard_m: float) -> Self:
        """Take up points (EPSG:4326), at least one."""
        radius_m = greatest_chord_m(standard_m) + _slack_m(standard_m)
        xyz = ecef(lon, lat)
        origin = xyz.min(axis=0)
        extent = float((xyz.max(axis=0) - origin).max())
        cell_m = max(2 * radius_m + 1e-3, extent / _MOST_CELLS, 1.0)
        number = np.floor((xyz - origin) / cell_m).astype(np.int64)
        many = number.max(axis=0) + 1
        key = (number[:, 0] * many[1] + number[:, 1]) * many[2] + number[:, 2]
        order = np.argsort(key, kind="stable")
        lon, lat = lon[order], lat[order]
        return cls(
            lon=lon,
            lat=lat,
            weight=np.ascontiguousarray(weight[order]),
            standard_m=standard_m,
            radius_m=radius_m,
            points=Points(
                np.ascontiguousarray(xyz[order]), _turn(lon, lat), key[order], origin, cell_m, many
            ),
            order=order,
        )

    def heaviest(self, price: FloatArray, upper: FloatArray, least: float) -> Found:
        """Return the heaviest discs at some prices.

        Parameters
        ----------
        price
            By point, from 0 up.
        upper
            By point, what no disc with it on the edge outweighs.
        least
            Lighter discs need not be found, unless they are the heaviest.
        """
        best, azimuth = np.empty(len(price)), np.zeros(len(price))
        top = heaviest_discs(
            np.argsort(-upper, kind="stable"),
            upper,
            least,
            self.points,
            np.ascontiguousarray(price),
            self.radius_m,
            best,
            azimuth,
        )
        return Found(float(top), best, azimuth[:, None])

    def all_from(
        self, price: FloatArray, upper: FloatArray, least: float, most: int
    ) -> list[Spot] | None:
        """Return discs of which one holds what any disc at least so heavy at some prices can hold.

        Each is a point on its edge, and the azimuth of its middle from there.

        Parameters
        ----------
        most
            So many at most; None is returned where there are more.
        """
        point, azimuth = np.empty(most, np.int64), np.empty(most)
        many = discs_from(
            least,
            upper,
            self.points,
            np.ascontiguousarray(price),
            self.radius_m,
            point,
            azimuth,
        )
        if many > most:
            return None
        return list(zip(point[:many].tolist(), azimuth[:many].tolist(), strict=True))

    def middle(self, point: int, azimuth: float) -> FloatArray:
        """Return the middle (earth-centred) of the disc at an azimuth of a point on its edge."""
        out = np.empty(3)
        edge_point(self.points.xyz[point], self.points.turn[point], azimuth, self.radius_m, out)
        return out

    def held(self, place: FloatArray) -> IntArray:
        """Return the points in the disc about a place (earth-centred), those on its edge included.

        The edge runs through some of them, so it is taken wider once more by the sweep's error.
        """
        radius_m = self.radius_m + _slack_m(self.standard_m)
        found: IntArray = within(place, self.points, radius_m)
        return found

    def covered(self, lon: float, lat: float) -> IntArray:
        """Return the points whose geodesic from a place (EPSG:4326) is at most the standard."""
        place = ecef(np.array([lon]), np.array([lat]))[0]
        some = self.held(place)
        chord_m = np.linalg.norm(self.points.xyz[some] - place, axis=1)
        half = self.standard_m / (2 * _LEAST_RADIUS_M)
        sure_m = 2 * _LEAST_RADIUS_M * np.sin(half) - ROUNDING_M
        open_ = np.flatnonzero(chord_m > sure_m)
        away_m = geodesic_m(lon, lat, self.lon[some[open_]], self.lat[some[open_]])
        beyond = open_[away_m > self.standard_m]
        return np.delete(some, beyond)

    def place_of(self, middle: FloatArray) -> Place:
        """Return a place for the points of a disc, and whom it covers.

        It is the one that is farthest from losing any of them: the middle of the smallest circle about
        them, written to seven decimals of a degree where that loses nobody.
        """
        some = self.held(middle)
        place = middle
        lon, lat = lonlat_of(place[None])
        for _ in range(3):
            turn = _turn(lon, lat)[0]
            x, y = level(place, turn, self.points.xyz, some)
            east, north = smallest_circle(x, y)
            sin_lon, cos_lon, sin_lat, cos_lat = turn
            place = place + east * np.array((-sin_lon, cos_lon, 0.0))
            place = place + north * np.array((-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat))
            lon, lat = lonlat_of(place[None])
            place = ecef(lon, lat)[0]
        exact = float(lon[0]), float(lat[0])
        heaviest = int(some[np.argmax(self.weight[some])])
        best = self.at(*rounded(*exact))
        for one in (exact, (float(self.lon[heaviest]), float(self.lat[heaviest]))):
            if len(best.reached) >= len(some):
                break
            other = self.at(*one)
            if other.weight > best.weight:
                best = other
        return best

    def at(self, lon: float, lat: float) -> Place:
        """Return a place and whom it covers."""
        reached = self.covered(lon, lat)
        return Place(lon, lat, reached, float(self.weight[reached].sum()))
