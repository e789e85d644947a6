"""Datums against independent implementations, and metres on the spheroid."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoapp.core.china import in_china, point_in_china
from geoapp.core.errors import InvalidValueError
from geoapp.core.geo import (
    GEOD,
    check_lonlat,
    circle,
    from_wgs84,
    geodesic_m,
    geometry_from_wgs84,
    geometry_to_wgs84,
    parse_datum,
    to_wgs84,
)
from geoapp.core.words import Datum

# Reference points that lie abroad: the reference implementations shift a whole rectangle.
ABROAD = {
    *("seoul", "helsinki", "singapore"),
    *("rand0", "rand14", "rand18"),  # Mongolia
    *("rand2", "rand6", "rand10"),  # Taiwan, Bangladesh, Kazakhstan
    *("rand16", "rand32"),  # the Korean peninsula
}

UNMOVED = {
    "Seoul": (126.978, 37.5665),
    "Busan": (129.0756, 35.1796),
    "Pyongyang": (125.7625, 39.0392),
    "Hanoi": (105.8342, 21.0278),
    "Ulaanbaatar": (106.9057, 47.8864),
    "Vladivostok": (131.8855, 43.1155),
    "Taipei": (121.5654, 25.033),
    "Kathmandu": (85.324, 27.7172),
    "Almaty": (76.8897, 43.2389),
    "Helsinki": (24.9384, 60.1699),
    "Singapore": (103.8198, 1.3521),
    "Sydney": (151.2093, -33.8688),
    "New York": (-74.006, 40.7128),
}
MOVED = {
    "Qingdao": (120.3826, 36.0616),
    "Hong Kong": (114.1694, 22.3193),
    "Macau": (113.5439, 22.1987),
    "Sanya": (109.5119, 18.2528),
    "Mohe": (122.5386, 52.9721),
    "Kashgar": (75.9938, 39.4704),
    "Dandong": (124.3545, 40.0006),
}
CHINESE = (Datum.GCJ02, Datum.BD09)


@pytest.fixture(scope="module")
def vectors(shared_data: Path) -> list[dict]:
    text = (shared_data / "datum" / "datum_vectors.json").read_text(encoding="utf-8")
    return json.loads(text)["points"]


@pytest.mark.parametrize(("datum", "key"), [(Datum.GCJ02, "gcj"), (Datum.BD09, "bd")])
def test_agrees_with_independent_implementations(
    vectors: list[dict], datum: Datum, key: str
) -> None:
    """Within 0.05 m of each, both ways; they differ among themselves by 0.011 m."""
    inside = [one for one in vectors if one["name"] not in ABROAD]
    assert len(inside) == len(vectors) - len(ABROAD) >= 23
    for point in inside:
        lon, lat = point["wgs"]
        moved = from_wgs84(lon=lon, lat=lat, datum=datum)
        assert point[key], point["name"]
        for theirs in point[key].values():
            assert geodesic_m(*moved, *theirs) < 0.05, point["name"]
            back = to_wgs84(lon=theirs[0], lat=theirs[1], datum=datum)
            assert geodesic_m(*back, lon, lat) < 0.05, point["name"]


@pytest.mark.parametrize("datum", list(Datum))
def test_reference_points_abroad_stay_exactly(vectors: list[dict], datum: Datum) -> None:
    abroad = [one for one in vectors if one["name"] in ABROAD]
    assert {one["name"] for one in abroad} == ABROAD
    for point in abroad:
        lon, lat = point["wgs"]
        assert from_wgs84(lon=lon, lat=lat, datum=datum) == (lon, lat), point["name"]
        assert to_wgs84(lon=lon, lat=lat, datum=datum) == (lon, lat), point["name"]


@pytest.mark.parametrize("datum", CHINESE)
@pytest.mark.parametrize("place", UNMOVED)
def test_cities_abroad_are_not_moved(place: str, datum: Datum) -> None:
    lon, lat = UNMOVED[place]
    assert from_wgs84(lon=lon, lat=lat, datum=datum) == (lon, lat)
    assert to_wgs84(lon=lon, lat=lat, datum=datum) == (lon, lat)


@pytest.mark.parametrize("datum", CHINESE)
@pytest.mark.parametrize("place", MOVED)
def test_cities_in_china_are_moved(place: str, datum: Datum) -> None:
    lon, lat = MOVED[place]
    moved = from_wgs84(lon=lon, lat=lat, datum=datum)
    assert 100 < geodesic_m(lon, lat, *moved) < 2000
    assert geodesic_m(lon, lat, *to_wgs84(lon=moved[0], lat=moved[1], datum=datum)) < 1e-4


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_places_that_the_pages_script_is_held_against(datum: Datum) -> None:
    places = json.loads((Path(__file__).parents[1] / "js/lib/datum.json").read_text("utf-8"))
    assert len(places) > 10
    for one in places:
        lon, lat = one["wgs84"]
        assert from_wgs84(lon=lon, lat=lat, datum=datum) == pytest.approx(one[datum], abs=1e-9)


def test_wgs84_and_cgcs2000_are_stored_as_they_are() -> None:
    for datum in (Datum.WGS84, Datum.CGCS2000):
        assert from_wgs84(lon=120.1, lat=36.2, datum=datum) == (120.1, 36.2)
        assert to_wgs84(lon=120.1, lat=36.2, datum=datum) == (120.1, 36.2)


# A box that lies well inside the outline.
inland = st.tuples(st.floats(102.0, 116.0), st.floats(25.0, 40.0))


@given(inland, st.sampled_from(CHINESE))
def test_round_trip(place: tuple[float, float], datum: Datum) -> None:
    lon, lat = place
    moved = from_wgs84(lon=lon, lat=lat, datum=datum)
    back = to_wgs84(lon=moved[0], lat=moved[1], datum=datum)
    assert geodesic_m(lon, lat, *back) < 1e-4
    assert geodesic_m(lon, lat, *moved) > 10


@given(st.floats(-180, 180), st.floats(-90, 90), st.sampled_from(CHINESE))
def test_round_trip_anywhere(lon: float, lat: float, datum: Datum) -> None:
    """Within a metre, except in the strip where the outline itself is crossed by the shift."""
    near = shapely.Point(lon, lat).buffer(0.02).exterior.coords
    if len({bool(in_china(x, y)) for x, y in near}) == 1:
        moved = from_wgs84(lon=lon, lat=lat, datum=datum)
        back = to_wgs84(lon=moved[0], lat=moved[1], datum=datum)
        assert geodesic_m(lon, lat, *back) < 1.0


def test_arrays_equal_single_points() -> None:
    random = np.random.default_rng(7)
    lon, lat = random.uniform(70, 140, 400), random.uniform(15, 55, 400)
    for datum in CHINESE:
        for convert in (from_wgs84, to_wgs84):
            many = np.column_stack(convert(lon=lon, lat=lat, datum=datum))
            singly = [
                convert(lon=float(x), lat=float(y), datum=datum)
                for x, y in zip(lon, lat, strict=True)
            ]
            assert np.abs(many - np.array(singly)).max() < 1e-12
    assert 100 < int(in_china(lon, lat).sum()) < 300


def test_empty_arrays_and_inputs_that_stay_unchanged() -> None:
    nothing = np.array([])
    assert from_wgs84(lon=nothing, lat=nothing, datum=Datum.BD09)[0].size == 0
    assert to_wgs84(lon=nothing, lat=nothing, datum=Datum.BD09)[0].size == 0
    lon, lat = np.array([120.3]), np.array([36.0])
    from_wgs84(lon=lon, lat=lat, datum=Datum.GCJ02)
    assert (lon[0], lat[0]) == (120.3, 36.0)


def test_remembered_cells_agree_with_the_outline() -> None:
    random = np.random.default_rng(11)
    lon, lat = random.uniform(72, 137, 3000), random.uniform(16, 55, 3000)
    expected = in_china(lon, lat)
    got = [point_in_china(float(x), float(y)) for x, y in zip(lon, lat, strict=True)]
    assert got == expected.tolist()


def test_geodesic_of_known_lines() -> None:
    # A quarter meridian of WGS-84 and a degree of its equator.
    assert geodesic_m(0, 0, 0, 90) == pytest.approx(10_001_965.729, abs=0.01)
    assert geodesic_m(0, 0, 1, 0) == pytest.approx(math.radians(1) * 6_378_137.0, abs=1e-6)
    # Over the antimeridian the short way counts.
    assert geodesic_m(179.5, 0, -179.5, 0) == pytest.approx(geodesic_m(0, 0, 1, 0), abs=1e-6)
    assert geodesic_m(120.3, 36.0, 120.3, 36.0) == 0.0


@pytest.mark.parametrize("lat", [0.0, 36.0, 60.0])
@pytest.mark.parametrize("radius_m", [50.0, 500.0, 5000.0])
def test_circle_loses_no_area(lat: float, radius_m: float) -> None:
    disc = circle(lon=120.3, lat=lat, radius_m=radius_m)
    area_m2, _ = GEOD.geometry_area_perimeter(disc)
    assert area_m2 > 0
    assert area_m2 == pytest.approx(math.pi * radius_m**2, rel=1e-5)
    out_m = [geodesic_m(120.3, lat, *corner) / radius_m for corner in disc.exterior.coords]
    assert 1.0 <= min(out_m) <= max(out_m) < 1.0005
    assert disc.exterior.is_ccw


@pytest.mark.parametrize(
    ("name", "datum"),
    [
        ("wgs84", Datum.WGS84),
        ("WGS-84", Datum.WGS84),
        ("EPSG:4326", Datum.WGS84),
        ("GCJ-02", Datum.GCJ02),
        ("gcj", Datum.GCJ02),
        ("BD-09", Datum.BD09),
        ("bd09ll", Datum.BD09),
        ("CGCS2000", Datum.CGCS2000),
    ],
)
def test_names_of_datums(name: str, datum: Datum) -> None:
    assert parse_datum(name) is datum


@pytest.mark.parametrize("name", ["", "mars", "gcj03", "北京54"])
def test_unknown_datum_names_what_is_accepted(name: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        parse_datum(name)
    assert caught.value.parameter == "datum"
    assert caught.value.value == name
    assert "gcj02" in caught.value.accepted.en


@pytest.mark.parametrize(
    ("lon", "lat", "wrong"),
    [
        (180.01, 0, "lon"),
        (-181, 0, "lon"),
        (math.nan, 0, "lon"),
        (math.inf, 0, "lon"),
        (0, 90.001, "lat"),
        (0, -91, "lat"),
        (0, math.nan, "lat"),
        (0, -math.inf, "lat"),
    ],
)
def test_points_that_are_none(lon: float, lat: float, wrong: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        check_lonlat(lon, lat)
    assert caught.value.parameter == wrong


@pytest.mark.parametrize("datum", Datum)
def test_rings_run_as_geojson_asks(datum: Datum) -> None:
    """Outer rings counterclockwise, holes clockwise, whatever way they are stored (RFC 7946)."""
    outer = [(120.3, 36.0), (120.3, 36.1), (120.4, 36.1), (120.4, 36.0)]
    hole = [(120.32, 36.02), (120.34, 36.02), (120.34, 36.04), (120.32, 36.04)]
    for stored in (
        shapely.Polygon(outer, [hole]),
        shapely.Polygon(outer[::-1], [hole[::-1]]),
        shapely.MultiPolygon([shapely.Polygon(outer, [hole])]),
        shapely.GeometryCollection([shapely.Polygon(outer, [hole])]),
    ):
        shown = shapely.geometry.shape(geometry_from_wgs84(shapely.to_wkb(stored), datum))
        [polygon] = shapely.get_parts(shown) if shown.geom_type != "Polygon" else [shown]
        assert shapely.is_ccw(polygon.exterior)
        assert not shapely.is_ccw(polygon.interiors[0])


def test_points_at_the_ends_of_the_world() -> None:
    for lon in (-180, 180):
        for lat in (-90, 90):
            check_lonlat(lon, lat)


def test_geometries_are_moved_vertex_by_vertex() -> None:
    ring = [(120.3, 36.0), (120.4, 36.0), (120.4, 36.1), (120.3, 36.0)]
    stored = shapely.Polygon(ring)
    shown = geometry_from_wgs84(shapely.to_wkb(stored), Datum.GCJ02)
    assert shown["type"] == "Polygon"
    for (lon, lat), got in zip(ring, shown["coordinates"][0], strict=True):
        assert got == pytest.approx(from_wgs84(lon=lon, lat=lat, datum=Datum.GCJ02), abs=6e-8)
    back = geometry_to_wgs84(shapely.geometry.shape(shown), Datum.GCJ02)
    assert shapely.hausdorff_distance(back, stored) < 2e-7
    assert geometry_to_wgs84(stored, Datum.WGS84) is stored
    plain = geometry_from_wgs84(shapely.to_wkb(shapely.Point(120.123456789, 36.0)), Datum.WGS84)
    assert plain["coordinates"] == (120.1234568, 36.0)
