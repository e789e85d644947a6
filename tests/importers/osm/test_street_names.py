"""The named streets of an extract: pieces, crossings, house numbers."""

from pathlib import Path

import pytest
import shapely

from geoapp.core.errors import UnusableInputError
from geoapp.core.streets import StreetNames, folded_street
from geoapp.importers.osm.street_names import read_street_names
from tests.osm_file import write_city_streets


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> StreetNames:
    return read_street_names(write_city_streets(tmp_path_factory.mktemp("osm") / "city.osm.pbf"))


def place_of(names: StreetNames, name: str) -> int:
    return next(place for place, one in enumerate(names.streets) if one.name == name)


def test_a_street_is_one_piece_wherever_its_ways_lie_together(names: StreetNames) -> None:
    # Two carriageways are one street; two streets of one name far apart are two, the longer first.
    assert [one.name for one in names.streets].count("南京路") == 1
    pieces = [one for one in names.streets if one.name == "中山路"]
    assert [round(one.lines.bounds[0], 2) for one in pieces] == [120.20, 120.40]
    street = names.streets[place_of(names, "香港中路")]
    assert street.names == ("香港中路", "Hong Kong Middle Road", "老香港路")
    assert ("香港中路", "xianggangzhonglu", "xgzl") in street.sounds


def test_a_crossing_is_where_streets_share_a_point(names: StreetNames) -> None:
    pair = sorted((place_of(names, "香港中路"), place_of(names, "南京路")))
    [spot] = names.crossings[pair[0], pair[1]]
    # Between the two carriageways, 0.0003 degrees = 27 m apart: 13.5 m from each.
    assert (spot.lon, spot.lat) == pytest.approx((120.11015, 36.10))
    assert spot.reach_m == pytest.approx(13.5, abs=0.1)
    assert len(names.crossings) == 2


def test_house_numbers_belong_to_the_street_of_their_address(names: StreetNames) -> None:
    houses = names.houses[place_of(names, "台东三路")]
    assert sorted(houses) == ["77甲", "9"]
    assert (houses["77甲"].lon, houses["77甲"].lat) == pytest.approx((120.141, 36.1002))


def test_only_ways_that_touch_the_clip_and_what_cannot_be_read(tmp_path: Path) -> None:
    path = write_city_streets(tmp_path / "city.osm.pbf")
    found = read_street_names(path, clip=shapely.box(120.39, 36.19, 120.41, 36.21))
    assert [one.name for one in found.streets] == ["中山路", "莱州路"]
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(UnusableInputError, match=r"city\.osm\.pbf"):
        read_street_names(path)


def test_names_are_compared_as_people_write_them() -> None:
    assert folded_street("香港中路") == folded_street("香 港 中 路") == "香港中路"
    assert folded_street("Hong Kong Mid. Rd") == folded_street("HONG KONG Middle Road")
    assert folded_street("Eteläesplanadi") == "etelaesplanadi"
