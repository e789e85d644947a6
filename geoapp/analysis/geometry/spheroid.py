"""The WGS-84 spheroid: positions in space and proven bounds between chord and geodesic.

Exact answers in metres come from the geodesic (``pyproj.Geod``, Karney 2013, accurate to 15 nm).
A k-d tree cannot search along geodesics, but it can search along chords: straight lines through
the earth between points in earth-centred, earth-fixed coordinates (ECEF). For two points of the
spheroid with chord c and geodesic s

    c <= 2 R sin(s / 2R)    and therefore    s >= 2 R asin(c / 2R),      R = a^2 / b,

where R is the greatest radius of curvature of the spheroid (at the poles, 6,399,594 m).

Proof. Let g(t) be the geodesic from p by arc length and f(t) = |g(t) - p|^2. Along a geodesic
g'' = k N with N the inward normal and k >= 1/R the normal curvature, so
f'' = 2 - 2 k <p - g, N>. A convex body whose curvatures are all >= 1/R lies inside the ball of
radius R that touches it from outside at any of its points (Blaschke 1916), which says
|p - g|^2 <= 2 R <p - g, N>. So f'' <= 2 - f / R^2. The sphere's own
h(t) = 4 R^2 sin^2(t / 2R) has h'' = 2 - h / R^2 and the same start, and by Sturm's comparison
f <= h for 0 <= t <= pi R. No shortest geodesic is longer than 20,004 km < pi R. QED.

The bound is tight where it matters: it gives away s^3 (1/r^2 - 1/R^2) / 24 at most (r = b^2 / a,
the least radius): 0.02 micrometres at 1 km, 2.1 cm at 100 km, 21 m at 1,000 km. (A bound between
*sphere* distance and geodesic gives away 0.6 %.)
"""

import math
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike
from pyproj import Geod

from geoapp.core.arrays import FloatArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

GEOD: Final = Geod(ellps="WGS84")
EQUATOR_RADIUS_M: Final = 6378137.0
FLATTENING: Final = 1 / 298.257223563
POLE_RADIUS_M: Final = EQUATOR_RADIUS_M * (1 - FLATTENING)
ECCENTRICITY_2: Final = FLATTENING * (2 - FLATTENING)
GREATEST_CURVATURE_RADIUS_M: Final = EQUATOR_RADIUS_M**2 / POLE_RADIUS_M
# Rounding: ECEF coordinates carry 1e-9 m each, the geodesic 15e-9 m, and asin magnifies the
# chord's share at most 13 times (at the antipode). One micrometre is 50 times their sum.
ROUNDING_M: Final = 1e-6
_FEW: Final = 12  # so many geodesics are measured sooner one by one

_LON_TEXT = Text("-180 到 180 之间的经度", "a longitude from -180 to 180 (decimal degrees)")
_LAT_TEXT = Text("-90 到 90 之间的纬度", "a latitude from -90 to 90 (decimal degrees)")


def checked_lonlat(lon: ArrayLike, lat: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return longitudes and latitudes as equally long float arrays, or raise.

    Parameters
    ----------
    lon, lat
        Decimal degrees, EPSG:4326.

    Raises
    ------
    InvalidValueError
        If one is not finite or out of range, or the lengths differ.
    """
    lon_deg = np.ascontiguousarray(lon, dtype=np.float64).reshape(-1)
    lat_deg = np.ascontiguousarray(lat, dtype=np.float64).reshape(-1)
    if len(lon_deg) != len(lat_deg):
        raise InvalidValueError(
            "lat", len(lat_deg), Text("与经度同样多的纬度", "as many latitudes as longitudes")
        )
    for name, values, limit, text in (
        ("lon", lon_deg, 180.0, _LON_TEXT),
        ("lat", lat_deg, 90.0, _LAT_TEXT),
    ):
        wrong = ~(np.abs(values) <= limit)  # NaN compares false, so it is caught too
        if wrong.any():
            raise InvalidValueError(name, values[wrong][0], text)
    return lon_deg, lat_deg


def ecef(lon: ArrayLike, lat: ArrayLike) -> FloatArray:
    """Return earth-centred coordinates of points on the spheroid.

    Parameters
    ----------
    lon, lat
        Decimal degrees, EPSG:4326; arrays of n.

    Returns
    -------
    xyz
        Shape (n, 3), metres, EPSG:4978 with height 0.
    """
    lam = np.radians(np.asarray(lon, dtype=np.float64))
    phi = np.radians(np.asarray(lat, dtype=np.float64))
    sin_phi = np.sin(phi)
    cos_phi = np.cos(phi)
    prime = EQUATOR_RADIUS_M / np.sqrt(1 - ECCENTRICITY_2 * sin_phi**2)
    return np.stack(
        (
            prime * cos_phi * np.cos(lam),
            prime * cos_phi * np.sin(lam),
            prime * (1 - ECCENTRICITY_2) * sin_phi,
        ),
        axis=-1,
    )


def ecef_point(lon: float, lat: float) -> tuple[float, float, float]:
    """Return the earth-centred coordinates (metres) of one point; `ecef` without array overhead."""
    lam = math.radians(lon)
    phi = math.radians(lat)
    sin_phi = math.sin(phi)
    prime = EQUATOR_RADIUS_M / math.sqrt(1 - ECCENTRICITY_2 * sin_phi * sin_phi)
    flat = prime * math.cos(phi)
    return flat * math.cos(lam), flat * math.sin(lam), prime * (1 - ECCENTRICITY_2) * sin_phi


def lonlat_of(xyz: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the positions of points on, or a few kilometres from, the spheroid.

    Parameters
    ----------
    xyz
        Shape (n, 3), metres, EPSG:4978.

    Returns
    -------
    lon, lat
        Decimal degrees, EPSG:4326; within a nanometre on the spheroid (Bowring 1976).
    """
    lon = np.degrees(np.arctan2(xyz[:, 1], xyz[:, 0]))
    flat = np.hypot(xyz[:, 0], xyz[:, 1])
    reduced = np.arctan2(xyz[:, 2], flat * (1 - FLATTENING))
    second_2 = ECCENTRICITY_2 / (1 - ECCENTRICITY_2)
    lat = np.degrees(
        np.arctan2(
            xyz[:, 2] + second_2 * POLE_RADIUS_M * np.sin(reduced) ** 3,
            flat - ECCENTRICITY_2 * EQUATOR_RADIUS_M * np.cos(reduced) ** 3,
        )
    )
    return lon, lat


def geodesic_m(lon: Any, lat: Any, to_lon: FloatArray, to_lat: FloatArray) -> FloatArray:
    """Return geodesic distances in metres from one point, or from n points, to n points.

    Parameters
    ----------
    lon, lat
        Decimal degrees, EPSG:4326; numbers, or arrays of n.
    to_lon, to_lat
        Decimal degrees, EPSG:4326; arrays of n.

    Notes
    -----
    Always from the asking point to the place: the reverse may differ by the last bit, and ties
    are decided by equality.
    """
    count = len(to_lon)
    if count <= _FEW and isinstance(lon, float):
        # To the last bit what the arrays give, and sooner: nothing is copied into buffers.
        inverse = GEOD.inv
        pairs = zip(to_lon.tolist(), to_lat.tolist(), strict=True)
        return np.array([inverse(lon, lat, *to, return_back_azimuth=False)[2] for to in pairs])
    if np.ndim(lon) == 0:
        lon = np.full(count, lon, dtype=np.float64)
        lat = np.full(count, lat, dtype=np.float64)
    if count == 0:
        return np.empty(0, dtype=np.float64)
    distance_m: FloatArray = GEOD.inv(lon, lat, to_lon, to_lat, return_back_azimuth=False)[2]
    return distance_m


def least_geodesics_m(chord_m: FloatArray) -> FloatArray:
    """Return lengths that no geodesics with these chords are shorter than (metres, proven above)."""
    half = np.minimum(1.0, chord_m / (2 * GREATEST_CURVATURE_RADIUS_M))
    return 2 * GREATEST_CURVATURE_RADIUS_M * np.arcsin(half) - ROUNDING_M


def greatest_chord_m(geodesic_length_m: float) -> float:
    """Return a chord that no geodesic up to this length exceeds (metres, proven above)."""
    angle = geodesic_length_m / (2 * GREATEST_CURVATURE_RADIUS_M)
    if angle >= math.pi / 2:
        return 2 * EQUATOR_RADIUS_M + ROUNDING_M
    return 2 * GREATEST_CURVATURE_RADIUS_M * math.sin(angle) + ROUNDING_M
