"""Where there is sea: only where that is known."""

import orjson
import pytest
import shapely

from geoapp.maps.seas import sea_near

QINGDAO = (119.5, 35.5, 121.1, 37.2)


@pytest.fixture(scope="module")
def sea() -> shapely.Geometry:
    return shapely.from_geojson(sea_near(QINGDAO))


@pytest.mark.parametrize(
    ("lon", "lat"), [(120.22, 36.13), (120.40, 36.03), (119.5, 37.6), (123.0, 35.0)]
)
def test_bays_and_the_open_sea_are_sea(sea: shapely.Geometry, lon: float, lat: float) -> None:
    assert shapely.contains_xy(sea, lon, lat)


@pytest.mark.parametrize(
    ("lon", "lat"),
    # Qingdao, the cities around it, Seoul, and what is farther than anything told.
    [
        (120.38, 36.07),
        (119.1, 36.7),
        (121.4, 37.5),
        (119.5, 35.42),
        (126.98, 37.57),
        (140.0, 35.0),
    ],
)
def test_what_is_land_or_not_known_is_no_sea(sea: shapely.Geometry, lon: float, lat: float) -> None:
    assert not shapely.contains_xy(sea, lon, lat)


def test_where_nothing_is_known_there_is_none_and_all_of_china_is_small() -> None:
    assert orjson.loads(sea_near((24.5, 60.0, 25.3, 60.4))) == {
        "type": "GeometryCollection",
        "geometries": [],
    }
    assert len(sea_near((73.0, 18.0, 135.0, 53.0))) < 200_000
    assert len(sea_near(QINGDAO)) < 100_000
