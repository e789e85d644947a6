"""The street at a place, against trying every point of every street on the spheroid."""

import numpy as np
import pytest
import shapely

from geoapp.analysis.streets.near import CORNER_M, ON_STREET_M, StreetsAround
from geoapp.core.geo import geodesic_m
from geoapp.core.i18n import Text
from geoapp.core.streets import Spot, Street, StreetNames


def street(name: str, *lines: list[tuple[float, float]], en: str = "") -> Street:
    return Street(name, "", en, (), (), shapely.MultiLineString(list(lines)))


@pytest.mark.parametrize("lat", [0.0, 36.1, -77.0])
def test_the_nearest_street_of_random_ones(lat: float) -> None:
    random = np.random.default_rng(5)
    scale = 1 / np.cos(np.radians(lat))
    found = 0
    for _ in range(12):
        streets = tuple(
            street(
                f"{number}路",
                *(
                    (np.cumsum(steps, axis=0) * (scale, 1.0) + (179.5, lat)).tolist()
                    for steps in random.normal(scale=6e-4, size=(2, 5, 2))
                ),
            )
            for number in range(8)
        )
        around = StreetsAround(StreetNames(streets))
        fine = [shapely.get_coordinates(shapely.segmentize(one.lines, 2e-6)) for one in streets]
        for lon, at in random.normal(scale=1.5e-3, size=(6, 2)) * (scale, 1.0) + (179.5, lat):
            away = np.array(
                [
                    np.min(geodesic_m(np.full(len(spots), lon), np.full(len(spots), at), *spots.T))
                    for spots in fine
                ]
            )
            told = around.at(float(lon), float(at))
            if told is None:
                assert away.min() > ON_STREET_M - 0.2
                continue
            found += 1
            assert told.metres == pytest.approx(away.min(), abs=0.2)
            assert away[told.street] == pytest.approx(away.min(), abs=0.2)
    assert found > 15


def test_corners_ties_and_pieces() -> None:
    middle, side = (120.38, 36.07), (120.38, 36.075)
    main = street("香港中路", [(120.37, 36.07), middle, (120.39, 36.07)], en="Hong Kong Road")
    other = street("示例街", [middle, side])
    piece = street("香港中路", [(120.39, 36.07), (120.4, 36.07)])
    names = StreetNames(
        (main, other, piece),
        {(0, 1): (Spot(*middle, 0.0),), (0, 2): (Spot(120.39, 36.07, 0.0),)},
    )
    around = StreetsAround(names)
    assert around.name(0) == Text("香港中路", "Hong Kong Road")
    assert around.name(1) == Text("示例街", "示例街")
    # At the corner itself both are as near; the first by name is told, with the other.
    at = around.at(*middle)
    assert at is not None
    assert (at.street, at.crossing, at.metres, at.corner_m) == (1, 0, 0.0, 0.0)
    # Two pieces of one street have no corner: the next one counts, if it is near enough.
    far = around.at(120.389, 36.07)
    assert far is not None
    assert (far.street, far.crossing, far.corner) == (0, None, None)
    near = around.at(120.383, 36.0701)
    assert near is not None
    assert near.crossing == 1
    assert near.corner_m is not None
    assert near.corner_m < CORNER_M
    assert around.at(120.38, 36.08) is None
    assert StreetsAround(StreetNames()).at(*middle) is None
