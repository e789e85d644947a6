"""``/api/v1/regions``, ``/kinds``, ``/amenities``, ``/demand-sets``: the words that filters use."""

import pytest
import shapely
from flask.testing import FlaskClient

from geoapp.core.geo import from_wgs84
from geoapp.core.settings import Settings
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.words import Datum
from geoapp.store.engine import Database
from tests.web.api_client import GEOJSON, client_of, make_app, problem_of


@pytest.fixture
def client(town_template: str, database: Database, settings: Settings) -> FlaskClient:
    return client_of(make_app(settings, database), database)


def test_kinds(client: FlaskClient) -> None:
    body = client.get("/api/v1/kinds").get_json()
    assert [one["code"] for one in body["families"]] == ["station", "base", "home"]
    assert {one["code"] for one in body["kinds"]} == {one.code for one in load_vocabulary().kinds}
    assert all(one["name_zh"] for one in body["kinds"])
    assert {one["family"] for one in body["kinds"]} == {"station", "base", "home"}


def test_amenities_and_their_standards(client: FlaskClient) -> None:
    body = client.get("/api/v1/amenities").get_json()
    known = {one["code"] for one in body["amenities"]}
    assert {"microwave", "drinking_water", "toilet", "seating"} <= known
    assert body["standards"]
    for standard in body["standards"]:
        assert standard["source"]
        assert standard["amenities"]


def test_regions(client: FlaskClient) -> None:
    response = client.get("/api/v1/regions?level=district")
    assert response.mimetype == GEOJSON
    [district] = response.get_json(force=True)["features"]
    assert district["id"] == district["properties"]["code"] == "370203"
    assert district["properties"]["parent"] == "370200"
    assert shapely.geometry.shape(district["geometry"]).bounds == (120.34, 36.06, 120.36, 36.08)
    # A region whose outline is unknown is listed all the same.
    [city] = client.get("/api/v1/regions?level=city").get_json(force=True)["features"]
    assert (city["id"], city["geometry"]) == ("370200", None)
    found = client.get("/api/v1/regions?parent=370200").get_json(force=True)["features"]
    assert [one["id"] for one in found] == ["370203"]
    inside = client.get("/api/v1/regions?within=370200&level=district").get_json(force=True)
    assert [one["id"] for one in inside["features"]] == ["370203"]
    of_all_levels = client.get("/api/v1/regions?within=370200").get_json(force=True)["features"]
    assert [one["id"] for one in of_all_levels] == ["370200", "370203"]
    assert client.get("/api/v1/regions?within=110000").get_json(force=True)["features"] == []
    everything = client.get("/api/v1/regions").get_json(force=True)["features"]
    assert [one["id"] for one in everything] == ["370200", "370203"]
    moved = client.get("/api/v1/regions?level=district&datum=gcj02").get_json(force=True)
    west, south, _, _ = shapely.geometry.shape(moved["features"][0]["geometry"]).bounds
    expected = from_wgs84(lon=120.34, lat=36.06, datum=Datum.GCJ02)
    assert (west, south) == pytest.approx(expected, abs=1e-4)


def test_demand_sets(client: FlaskClient) -> None:
    [town] = client.get("/api/v1/demand-sets").get_json()["demand_sets"]
    assert (town["code"], town["points"], town["weight"], town["sample"]) == (
        "town",
        25,
        250.0,
        False,
    )


def test_what_is_not_accepted(client: FlaskClient, subtests: pytest.Subtests) -> None:
    for query, parameter in [
        ("level=galaxy", "level"),
        ("datum=mars", "datum"),
        ("simplify_m=-1", "simplify_m"),
        ("simplify_m=nan", "simplify_m"),
        ("parent=a%00b", "parent"),
        ("parent=" + "9" * 33, "parent"),
    ]:
        with subtests.test(query=query, parameter=parameter):
            problem_of(client.get(f"/api/v1/regions?{query}"), 422, parameter)


def test_public_and_cacheable(client: FlaskClient, subtests: pytest.Subtests) -> None:
    for name in ["kinds", "amenities", "regions", "demand-sets"]:
        with subtests.test(name=name):
            first = client.get(f"/api/v1/{name}")
            assert first.headers["Cache-Control"] == "public, max-age=60"
            assert first.headers["Access-Control-Allow-Origin"] == "*"
            again = client.get(f"/api/v1/{name}", headers={"If-None-Match": first.headers["ETag"]})
            assert (again.status_code, again.get_data()) == (304, b"")


def test_unknown_address(client: FlaskClient) -> None:
    problem_of(client.get("/api/v1/palaces"), 404)
    problem_of(client.get("/api/v2/kinds"), 404)
