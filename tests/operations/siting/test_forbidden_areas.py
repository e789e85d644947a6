"""Polygons of a GeoJSON text are read one by one; anything else is told."""

import json

import pytest
import shapely

from geoapp.core.errors import InvalidValueError
from geoapp.core.limits import MOST_AREAS
from geoapp.core.questions.places import area_in_wgs84
from geoapp.core.words import Datum
from geoapp.operations.siting.forbidden_areas import read_areas

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[120.3, 36.0], [120.4, 36.0], [120.4, 36.1], [120.3, 36.1], [120.3, 36.0]]],
}
TWO = {"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"], SQUARE["coordinates"]]}
POINT = {"type": "Point", "coordinates": [120.3, 36.0]}


def feature(geometry: object) -> dict[str, object]:
    """Wrap a geometry."""
    return {"type": "Feature", "properties": {}, "geometry": geometry}


def test_polygons_of_every_wrapping() -> None:
    collection = {
        "type": "FeatureCollection",
        "features": [feature(SQUARE), feature(TWO), feature(POINT), feature(None)],
    }
    for data, parts in ((SQUARE, 1), (feature(TWO), 2), (collection, 3)):
        areas = read_areas(json.dumps(data).encode())
        assert len(areas) == parts
        for area in areas:
            assert shapely.equals(
                shapely.from_geojson(json.dumps(area)), shapely.box(120.3, 36, 120.4, 36.1)
            )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe{",
        b"[]",
        b"7",
        b'{"features": 3}',
        b'{"type": "FeatureCollection", "features": []}',
        json.dumps(feature(POINT)).encode(),
        json.dumps({**SQUARE, "coordinates": [[[0, 0], [1]]]}).encode(),
        json.dumps({**SQUARE, "coordinates": [[[500, 0], [501, 0], [501, 1], [500, 0]]]}).encode(),
        json.dumps({"features": [feature(SQUARE)] * (MOST_AREAS + 1)}).encode(),
    ],
)
def test_what_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidValueError):
        read_areas(content)


def test_an_outline_that_crosses_itself_is_refused_by_every_way() -> None:
    corners = [[120.3, 36.0], [120.4, 36.1], [120.4, 36.0], [120.3, 36.1], [120.3, 36.0]]
    bow_tie = {"type": "Polygon", "coordinates": [corners]}
    with pytest.raises(InvalidValueError, match="cross itself") as told:
        read_areas(json.dumps(feature(bow_tie)).encode())
    assert told.value.parameter == "file"
    assert "120.35" in str(told.value.value)
    with pytest.raises(InvalidValueError, match="cross itself") as told:
        area_in_wgs84(bow_tie, Datum.GCJ02)
    assert told.value.parameter == "forbidden_areas"
    # A spike, as real outlines have them, encloses nothing and stays.
    spiked = [[120.3, 36.0], [120.4, 36.0], [120.5, 36.0], [120.4, 36.0], [120.4, 36.1], corners[0]]
    assert read_areas(json.dumps({"type": "Polygon", "coordinates": [spiked]}).encode())
