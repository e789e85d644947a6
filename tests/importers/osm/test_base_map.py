"""What a base map shows of an extract: layers, names, the sea, and what is refused."""

import json
from pathlib import Path

import pytest
import shapely

from geoapp.core.errors import UnusableInputError
from geoapp.importers.osm.base_map import layer_of_area, layer_of_line, write_base_map_features
from geoapp.importers.osm.sea import sea_of
from tests.osm_file import write_a_toilet, write_town_map
from tests.seed import TOWN_LAT, TOWN_LON


def test_the_features_of_a_town(tmp_path: Path) -> None:
    target = tmp_path / "features.geojsonl"
    report = write_base_map_features(write_town_map(tmp_path / "town.osm.pbf"), target)
    assert report.counts == {
        "streets": 4, "rail": 1, "buildings": 1, "green": 1, "water": 2, "stations": 1, "places": 1,
    }  # fmt: skip
    assert report.incomplete == 1
    found = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    shown = {
        (one["tippecanoe"]["layer"], one["properties"]["kind"]): one
        for one in found
    }  # fmt: skip
    assert shown["streets", "primary"]["properties"] == {
        "kind": "primary",
        "name": "香港中路",
        "en": "Hong Kong Middle Road",
    }
    assert shown["places", "suburb"]["properties"]["en"] == "Shinan"
    assert shown["buildings", "building"]["tippecanoe"]["minzoom"] == 14
    assert "name" not in shown["buildings", "building"]["properties"]
    # Of a way with a gap what is there is drawn, and nothing across the gap.
    assert len(shown["streets", "service"]["geometry"]["coordinates"]) == 2
    sea = shapely.geometry.shape(shown["water", "sea"]["geometry"])
    assert sea.contains(shapely.Point(TOWN_LON, TOWN_LAT - 0.009))
    assert not sea.contains(shapely.Point(TOWN_LON, TOWN_LAT))


def test_only_what_touches_the_clip(tmp_path: Path) -> None:
    target = tmp_path / "features.geojsonl"
    clip = shapely.box(TOWN_LON - 0.0065, TOWN_LAT + 0.0015, TOWN_LON - 0.003, TOWN_LAT + 0.0045)
    town = write_town_map(tmp_path / "town.osm.pbf")
    with pytest.raises(UnusableInputError, match="no streets"):
        write_base_map_features(town, target, clip=clip)
    wider = clip.union(shapely.Point(TOWN_LON, TOWN_LAT + 0.005).buffer(0.0001))
    assert write_base_map_features(town, target, clip=wider).counts == {
        "streets": 1,
        "buildings": 1,
    }


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    town, target = write_town_map(tmp_path / "town.osm.pbf"), tmp_path / "features"
    cut = tmp_path / "cut.osm.pbf"
    cut.write_bytes(town.read_bytes()[:-200])
    toilet = write_a_toilet(tmp_path / "toilet.osm.pbf", lon=TOWN_LON, lat=TOWN_LAT)
    for path in (cut, toilet, tmp_path / "nothing.osm.pbf"):
        with pytest.raises(UnusableInputError, match=path.name):
            write_base_map_features(path, target)


def test_what_is_drawn_how() -> None:
    assert layer_of_line({"highway": "primary_link"}) == ("streets", "primary", 11)
    assert layer_of_line({"highway": "pedestrian", "area": "yes"}) is None
    assert layer_of_line({"highway": "proposed"}) is None
    assert layer_of_line({"railway": "rail", "service": "yard"}) == ("rail", "rail", 14)
    assert layer_of_line({"waterway": "stream", "tunnel": "culvert"}) is None
    assert layer_of_area({"highway": "pedestrian", "area": "yes"}) == ("squares", "square", 13)
    assert layer_of_area({"building": "no"}) is None
    assert layer_of_area({"natural": "water", "building": "yes"}) == ("water", "water", 7)


def test_the_sea_lies_right_of_the_coast() -> None:
    box = (0.0, 0.0, 10.0, 10.0)
    eastward = shapely.LineString([(-1, 5), (11, 5)])
    (south,) = sea_of([eastward], box)
    assert south.bounds == (0, 0, 10, 5)
    (north,) = sea_of([eastward.reverse()], box)
    assert north.bounds == (0, 5, 10, 10)
    # An island, drawn with its land on the left, is cut out of the sea.
    island = shapely.LineString([(4, 1), (6, 1), (6, 3), (4, 3), (4, 1)])
    assert sum(part.area for part in sea_of([eastward, island], box)) == pytest.approx(46)
    # A line that ends inside, and coasts that contradict each other, tell nothing.
    assert sea_of([shapely.LineString([(2, 5), (8, 5)])], box) == []
    again = shapely.LineString([(-1, 4), (11, 4)])
    assert [part.bounds for part in sea_of([eastward, again], box)] == [(0, 0, 10, 4)]
    assert sea_of([], box) == []


def test_a_coast_that_ends_at_the_cut_goes_on_to_the_edge() -> None:
    box = (24.90, 60.10, 24.96, 60.20)
    metres = 1 / 111_320
    (south,) = sea_of([shapely.LineString([(24.8, 60.15), (24.96 - 10 * metres, 60.15)])], box)
    assert south.bounds == (24.90, 60.10, 24.96, 60.15)
    # One that ends farther from it tells nothing, and one that another goes on from is no end.
    assert sea_of([shapely.LineString([(24.8, 60.15), (24.96 - 300 * metres, 60.15)])], box) == []
    turn = (24.96 - 2 * metres, 60.15)
    round_it = [
        shapely.LineString([(24.8, 60.15), turn]),
        shapely.LineString([turn, (24.93, 60.05)]),
    ]
    (west,) = sea_of(round_it, box)
    assert west.bounds[2] == turn[0]
