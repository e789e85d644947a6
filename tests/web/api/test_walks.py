"""Routes and isochrones: on the real network, and estimated without one."""

import numpy as np
import pytest
import shapely
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.core.geo import from_wgs84, geodesic_m
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.operations.network.importing import import_network
from geoapp.store.engine import Database
from tests.analysis.conftest import extract
from tests.seed import TOWN_LAT, TOWN_LON
from tests.web.api_client import client_of, make_app, problem_of

LON, LAT = 24.9414, 60.1710


@pytest.fixture
def client(town_template: str, database: Database, settings: Settings) -> FlaskClient:
    """The small town, and two facilities in Helsinki with its network."""
    import_network(database, settings, extract())
    with database.session() as session:
        session.execute(
            text(
                """
                insert into facility (code, kind_code, name_zh, geom) values
                ('H/1', 'outdoor_station', '站', st_setsrid(st_makepoint(24.9480, 60.1690), 4326)),
                ('H-2', 'worker_home', '家', st_setsrid(st_makepoint(24.80, 60.30), 4326))
                """
            )
        )
    return client_of(make_app(settings, database), database)


def length_m(line: shapely.LineString) -> float:
    at = shapely.get_coordinates(line)
    return float(np.sum(geodesic_m(at[:-1, 0], at[:-1, 1], at[1:, 0], at[1:, 1])))


def test_the_route_is_the_walk_that_nearest_tells(client: FlaskClient) -> None:
    answer = client.get(f"/api/v1/route?from={LON},{LAT}&to=H/1")
    assert answer.mimetype == "application/geo+json"
    assert "no-store" in answer.headers["Cache-Control"]
    feature = answer.get_json()
    told = feature["properties"]
    nearest = client.get(f"/api/v1/nearest?lon={LON}&lat={LAT}&k=1").get_json()["features"][0]
    assert (told["code"], told["basis"]) == ("H/1", "network")
    for name in ("walk_m", "walk_seconds", "distance_m"):
        assert told[name] == nearest["properties"][name]
    line = shapely.geometry.shape(feature["geometry"])
    assert line.coords[0] == pytest.approx((LON, LAT))
    assert line.coords[-1] == pytest.approx((24.9480, 60.1690))
    # The line drawn is as long as the walk told, but for roundings to decimetres.
    assert length_m(line) == pytest.approx(told["walk_m"], abs=0.5)
    assert told["walk_m"] > told["distance_m"]


def test_away_from_the_network_the_way_is_a_straight_line(client: FlaskClient) -> None:
    feature = client.get(f"/api/v1/route?from={TOWN_LON},{TOWN_LAT}&to=T-2").get_json()
    assert feature["properties"]["basis"] == "estimate"
    assert len(feature["geometry"]["coordinates"]) == 2
    assert feature["properties"]["walk_m"] == pytest.approx(
        1.3 * feature["properties"]["distance_m"], abs=0.1
    )
    far = client.get(f"/api/v1/route?from={LON},{LAT}&to=H-2").get_json()
    assert far["properties"]["basis"] == "estimate"


def test_the_route_in_another_datum(client: FlaskClient) -> None:
    lon, lat = from_wgs84(lon=TOWN_LON, lat=TOWN_LAT, datum=Datum.GCJ02)
    moved = client.get(f"/api/v1/route?from={lon},{lat}&to=T-2&datum=gcj02").get_json()
    plain = client.get(f"/api/v1/route?from={TOWN_LON},{TOWN_LAT}&to=T-2").get_json()
    assert moved["properties"]["distance_m"] == pytest.approx(
        plain["properties"]["distance_m"], abs=0.02
    )
    assert moved["geometry"]["coordinates"][0] == pytest.approx([lon, lat], abs=1e-6)


@pytest.mark.parametrize("asked", ["minutes=10", "metres=720"])
def test_what_lies_within_a_walk(client: FlaskClient, asked: str) -> None:
    answer = client.get(f"/api/v1/facilities/H/1/isochrone?{asked}")
    feature = answer.get_json()
    assert feature["properties"] == {
        "code": "H/1",
        "name": "站",
        "name_en": None,
        "walk_m": 720,
        "basis": "network",
    }
    area = shapely.geometry.shape(feature["geometry"])
    assert area.is_valid
    assert (
        area.contains(shapely.Point(24.9480, 60.1690))
        or area.distance(shapely.Point(24.9480, 60.1690)) < 0.001
    )
    # What is inside is within the walk; so a straight line of it is, too.
    for lon, lat in shapely.get_coordinates(area)[::10]:
        assert geodesic_m(24.9480, 60.1690, lon, lat) < 720 + 60
    again = client.get(
        f"/api/v1/facilities/H/1/isochrone?{asked}",
        headers={"If-None-Match": answer.headers["ETag"]},
    )
    assert again.status_code == 304


def test_an_estimated_area_is_a_circle(client: FlaskClient) -> None:
    feature = client.get("/api/v1/facilities/T-1/isochrone?metres=650").get_json()
    assert feature["properties"]["basis"] == "estimate"
    for lon, lat in feature["geometry"]["coordinates"][0]:
        assert geodesic_m(TOWN_LON, TOWN_LAT, lon, lat) == pytest.approx(500, rel=1e-3)


def test_what_cannot_be_answered_is_said(client: FlaskClient, subtests: pytest.Subtests) -> None:
    for address, status, parameter in [
        ("/api/v1/route?from=24.9,60.1&to=nothing", 404, None),
        ("/api/v1/route?from=120.35,36.07&to=T-5", 404, None),  # closed
        ("/api/v1/route?from=24.9&to=H-2", 422, "from"),
        ("/api/v1/route?from=a,b&to=H-2", 422, "from"),
        ("/api/v1/route?from=24.9,91&to=H-2", 422, "from"),
        ("/api/v1/route?to=H-2", 422, "from"),
        ("/api/v1/route?from=24.9,60.1", 422, "to"),
        ("/api/v1/facilities/nothing/isochrone?minutes=5", 404, None),
        ("/api/v1/facilities/T-1/isochrone", 422, "minutes"),
        ("/api/v1/facilities/T-1/isochrone?minutes=5&metres=5", 422, "minutes"),
        ("/api/v1/facilities/T-1/isochrone?minutes=nan", 422, "minutes"),
        ("/api/v1/facilities/T-1/isochrone?minutes=200", 422, "minutes"),
        ("/api/v1/facilities/T-1/isochrone?metres=0", 422, "metres"),
    ]:
        with subtests.test(address=address, status=status, parameter=parameter):
            problem_of(client.get(address), status, parameter)


ODD_PLACES = [
    (0.0, 90.0),
    (0.0, -90.0),
    (24.94, 89.999),
    (24.94, -89.999),
    (180.0, 60.17),
    (-180.0, 60.17),
    (0.0, 0.0),
    (24.94, -60.17),
]


def test_any_place_on_earth_is_answered(
    client: FlaskClient, database: Database, settings: Settings
) -> None:
    """At the poles a degree of longitude has no length: no search may wait for it to grow."""
    for lon, lat in ODD_PLACES:
        found = client.get(f"/api/v1/nearest?lon={lon}&lat={lat}&k=2").get_json()["features"]
        assert {one["properties"]["basis"] for one in found} == {"estimate"}
        way = client.get(f"/api/v1/route?from={lon},{lat}&to=H/1").get_json()["properties"]
        assert way["basis"] == "estimate"
        assert way["walk_m"] > 1_000_000
        assert client.get(f"/?lon={lon}&lat={lat}").status_code == 200
    # And a facility may stand there.
    with database.session() as session:
        for number, (lon, lat) in enumerate(ODD_PLACES):
            session.execute(
                text(
                    "insert into facility (code, kind_code, name_zh, geom) values (:code, "
                    "'outdoor_station', '远', st_setsrid(st_makepoint(:lon, :lat), 4326))"
                ),
                {"code": f"ODD-{number}", "lon": lon, "lat": lat},
            )
    moved = client_of(make_app(settings, database), database)
    for number, (lon, lat) in enumerate(ODD_PLACES):
        [own] = moved.get(f"/api/v1/nearest?lon={lon}&lat={lat}&k=1").get_json()["features"]
        assert own["properties"]["walk_m"] == 0
        area = moved.get(f"/api/v1/facilities/ODD-{number}/isochrone?minutes=5")
        assert not shapely.geometry.shape(area.get_json()["geometry"]).is_empty


def test_each_facility_is_nearest_to_its_own_place(
    client: FlaskClient, database: Database, settings: Settings
) -> None:
    random = np.random.default_rng(5)
    lon, lat = random.uniform(24.936, 24.953, 40), random.uniform(60.165, 60.179, 40)
    with database.session() as session:
        for number in range(40):
            session.execute(
                text(
                    "insert into facility (code, kind_code, name_zh, geom) values (:code, "
                    "'outdoor_station', '站', st_setsrid(st_makepoint(:lon, :lat), 4326))"
                ),
                {"code": f"D-{number}", "lon": float(lon[number]), "lat": float(lat[number])},
            )
    app = client_of(make_app(settings, database), database)
    for number in range(40):
        place = f"lon={lon[number]}&lat={lat[number]}"
        [own] = app.get(f"/api/v1/nearest?{place}&k=1").get_json()["features"]
        told = own["properties"]
        assert (told["code"], told["walk_m"], told["basis"]) == (f"D-{number}", 0, "network")
        way = app.get(f"/api/v1/route?from={lon[number]},{lat[number]}&to=D-{number}").get_json()
        assert way["properties"]["walk_m"] == 0
