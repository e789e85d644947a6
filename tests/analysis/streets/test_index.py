"""A street's middle is a bound: nothing of the street, or of its part in an area, is farther off."""

import numpy as np
import shapely

from geoapp.analysis.streets.index import StreetIndex, middle_of_lines
from geoapp.core.geo import geodesic_m
from geoapp.core.streets import Street, StreetNames

AREA = shapely.box(120.0, 36.0, 120.05, 36.2)


def farthest_m(lon: float, lat: float, lines: shapely.Geometry) -> float:
    """The greatest distance from a point to a street, tried every few metres on the spheroid."""
    spots = shapely.get_coordinates(shapely.segmentize(lines, 5e-5))
    return float(np.max(geodesic_m(np.full(len(spots), lon), np.full(len(spots), lat), *spots.T)))


def test_the_middle_of_random_streets_against_trying_every_point() -> None:
    random = np.random.default_rng(7)
    for _ in range(30):
        steps = random.normal(scale=0.004, size=(int(random.integers(1, 4)), 8, 2))
        lines = shapely.MultiLineString(
            [np.cumsum(some, axis=0) + (120.05, 36.1) for some in steps]
        )
        for shape in (lines, lines.intersection(AREA)):
            if shape.is_empty:
                continue
            spot = middle_of_lines(shape)
            assert shape.distance(shapely.Point(spot.lon, spot.lat)) < 1e-6
            assert abs(farthest_m(spot.lon, spot.lat, shape) - spot.reach_m) < 0.01
            # No point is much better: half the greatest distance between two ends is the least possible.
            ends = shapely.get_coordinates(shape)
            least_m = max(
                float(np.max(geodesic_m(*np.broadcast_arrays(*end, *ends.T)))) for end in ends
            )
            assert least_m / 2 - 0.01 <= spot.reach_m <= least_m + 0.01


def test_what_lies_outside_an_area_has_no_middle_there() -> None:
    lines = shapely.MultiLineString([[(121, 36), (121.1, 36)]])
    index = StreetIndex(
        StreetNames((Street("甲路", "", "", (), (("甲路", "jialu", "jl"),), lines),))
    )
    assert index.middle(0, AREA) is None
    assert index.middle(0) is not None
