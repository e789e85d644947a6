"""``/ogc/``: what the standard asks (OGC API Features, Part 1: Core)."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV30SpecValidator
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.words import OSM_ATTRIBUTION
from geoapp.maps.registry import registry
from geoapp.operations.layers.extent import read_extent
from geoapp.operations.layers.rows import read_layer, read_moment
from geoapp.operations.upkeep.init import initialise
from geoapp.store.cluster.cluster import Cluster
from geoapp.store.engine import Database
from geoapp.web.ogc.parameters import MOST_LIMIT
from tests.conftest import run_sql
from tests.seed import TOWN_LAT, TOWN_LON
from tests.web.api_client import GEOJSON, client_of, make_app, problem_of
from tests.web.shown import seed_shown

ITEMS = "/ogc/collections/stations/items"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """What the town's network needs beside its database, for as long."""
    return Settings(data=tmp_path_factory.mktemp("shown") / "data", database_url=None)


@pytest.fixture(scope="module")
def town(cluster: Cluster, template_database: str, settings: Settings) -> Iterator[Database]:
    """The town for all tests of this file: they read, and whoever changes it changes it back."""
    run_sql(cluster, f"create database shown_by_ogc template {template_database}")
    database = Database(cluster.parameters("shown_by_ogc"))
    seed_shown(database, settings)
    with database.session() as session:
        # Somewhere in its district, where exactly nobody knows.
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, status, position_basis, "
                "region_code, region_match) values ('T-9', 'service_base', '某基地', 'open', "
                "'region_only', '370203', 'stated')"
            )
        )
    yield database
    database.close()
    run_sql(cluster, "drop database shown_by_ogc with (force)")


@pytest.fixture(scope="module")
def app(town: Database, settings: Settings) -> Flask:
    return make_app(settings, town)


@pytest.fixture
def client(app: Flask, town: Database) -> FlaskClient:
    return client_of(app, town)


def links_of(body: dict[str, Any]) -> dict[str, str]:
    """Return a program's links: the first of each sort that is no page for people."""
    program = [one for one in body["links"] if one["type"] != "text/html"]
    return {one["rel"]: one["href"] for one in reversed(program)}


def read(client: FlaskClient, path: str, **asked: object) -> dict[str, Any]:
    response = client.get(path, query_string=asked)
    assert response.status_code == 200, response.get_data(as_text=True)
    body: dict[str, Any] = response.get_json(force=True)
    return body


def ids(client: FlaskClient, **asked: object) -> list[str]:
    return [one["id"] for one in read(client, ITEMS, **asked)["features"]]


def test_way_in(client: FlaskClient) -> None:
    assert client.get("/ogc").headers["Location"].endswith("/ogc/")
    body = read(client, "/ogc/", lang="en")
    assert body["title"] == "Outdoor workers' service stations"
    links = links_of(body)
    assert all(href.startswith("http://localhost/ogc/") for href in links.values())
    for rel in ("self", "service-desc", "conformance", "data"):
        assert client.get(links[rel]).status_code == 200
    conforms = read(client, "/ogc/conformance")["conformsTo"]
    features = [one for one in conforms if "ogcapi-tiles-1/" not in one]
    assert [one.rsplit("/", 1)[1] for one in features] == [
        *("core", "oas30", "geojson", "html", "crs"),
        *("queryables", "queryables-query-parameters", "filter", "features-filter"),
        *("cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators"),
        *("case-insensitive-comparison", "basic-spatial-functions", "array-functions"),
        "property-property",
    ]


def test_links_name_the_server_as_it_was_asked(client: FlaskClient) -> None:
    body = client.get("/ogc/", base_url="https://stations.example:8443").get_json()
    links = links_of(body).values()
    assert all(href.startswith("https://stations.example:8443/ogc/") for href in links)


def test_links_are_secure_behind_https(town: Database, settings: Settings) -> None:
    """The server in front speaks HTTPS to the asker and HTTP to this one."""
    app = make_app(settings.model_copy(update={"secure_cookies": True}), town)
    body = client_of(app, town).get("/ogc/collections", base_url="http://stations.example")
    assert "http://stations.example" not in body.get_data(as_text=True)
    assert body.get_json()["links"][0]["href"] == "https://stations.example/ogc/collections"


def test_definition_is_openapi_3_0(client: FlaskClient) -> None:
    response = client.get("/ogc/api")
    assert response.headers["Content-Type"] == "application/vnd.oai.openapi+json;version=3.0"
    document = response.get_json(force=True)
    assert document["openapi"].startswith("3.0")
    OpenAPIV30SpecValidator(document).validate()
    limit = document["components"]["parameters"]["limit"]["schema"]
    assert (limit["maximum"], limit["default"]) == (MOST_LIMIT, 100)


def test_every_layer_is_a_collection(client: FlaskClient) -> None:
    body = read(client, "/ogc/collections", lang="zh")
    found = {one["id"]: one for one in body["collections"]}
    assert set(found) == {layer.id for layer in registry() if layer.published}
    assert len(found) >= 7
    for name, one in found.items():
        assert one["itemType"] == "feature"
        assert one["title"] == registry().layers[name].title.zh
        assert one == read(client, f"/ogc/collections/{name}", lang="zh")
        assert read(client, links_of(one)["items"])["type"] == "FeatureCollection"


def test_extent_holds_every_feature(town: Database, settings: Settings) -> None:
    moment = read_moment(town, settings, None)
    for layer in registry():
        west, south, east, north = read_extent(town, layer, moment.context) or (0, 0, 0, 0)
        rows = read_layer(town, layer, moment.context).rows
        assert rows, layer.id
        bounds = shapely.total_bounds([row["geometry"] for row in rows])
        assert west <= bounds[0] <= bounds[2] <= east, layer.id
        assert south <= bounds[1] <= bounds[3] <= north, layer.id
        # And is of use to somebody who zooms there: no wider than a kilometre more.
        assert bounds[0] - west < 0.012, layer.id
        assert bounds[1] - south < 0.01, layer.id


def test_what_is_shown_follows_the_store(client: FlaskClient, town: Database) -> None:
    before = read(client, "/ogc/collections/stations")["extent"]["spatial"]["bbox"][0]
    tag = client.get(ITEMS).headers["ETag"]
    again = client.get(ITEMS, headers={"If-None-Match": tag})
    assert (again.status_code, again.get_data()) == (304, b"")
    moved = text(
        "update facility set geom = st_setsrid(st_makepoint(:lon, :lat), 4326) where code = 'T-2'"
    )
    with town.session() as session:
        session.execute(moved, {"lon": 121, "lat": 36.5})
    try:
        after = read(client, "/ogc/collections/stations")["extent"]["spatial"]["bbox"][0]
        assert (before[2], after[2]) == (pytest.approx(TOWN_LON + 0.002), 121)
        assert client.get(ITEMS, headers={"If-None-Match": tag}).status_code == 200
    finally:
        with town.session() as session:
            session.execute(moved, {"lon": TOWN_LON + 0.002, "lat": TOWN_LAT})


def test_layers_without_anything_to_show(database: Database, tmp_path: Path) -> None:
    initialise(database)
    bare = Settings(data=tmp_path / "data", database_url=None)
    client = client_of(make_app(bare, database), database)
    for one in read(client, "/ogc/collections")["collections"]:
        assert "extent" not in one
        body = read(client, links_of(one)["items"])
        assert (body["numberMatched"], body["numberReturned"], body["features"]) == (0, 0, [])


def test_features(client: FlaskClient) -> None:
    response = client.get(ITEMS)
    assert response.mimetype == GEOJSON
    body = response.get_json(force=True)
    assert (body["numberMatched"], body["numberReturned"]) == (2, 2)
    assert body["timeStamp"].endswith("Z")
    first = body["features"][0]
    assert first["geometry"] == {"type": "Point", "coordinates": [TOWN_LON, TOWN_LAT]}
    properties = first["properties"]
    assert properties["amenities"] == ["microwave", "drinking_water"]
    assert properties["address"] is None
    assert "text" not in properties
    one = client.get(f"{ITEMS}/T-1")
    assert one.mimetype == GEOJSON
    feature = one.get_json(force=True)
    links = links_of(feature)
    assert {**feature, "links": None} == {**first, "links": None}
    assert read(client, links["collection"])["id"] == "stations"
    bases = read(client, "/ogc/collections/bases/items")["features"]
    assert [one["geometry"]["type"] for one in bases] == ["Polygon"]
    gaps = read(client, "/ogc/collections/gaps/items")["features"]
    assert [one["id"] for one in gaps] == list(range(1, len(gaps) + 1))
    # By itself, a feature says itself whose data it is made of: here, of the walking network.
    first = gaps[0] | {"links": 0, "attribution": OSM_ATTRIBUTION}
    assert read(client, "/ogc/collections/gaps/items/1") | {"links": 0} == first


def test_words_in_the_language_asked(client: FlaskClient) -> None:
    name = read(client, f"{ITEMS}/T-1", lang="en")["properties"]["name"]
    assert (name, read(client, f"{ITEMS}/T-1")["properties"]["name"]) == ("Sample T-1", "示例·T-1")


def test_pages_hold_each_feature_once(client: FlaskClient) -> None:
    every = read(client, "/ogc/collections/demand/items")
    assert every["numberMatched"] > 3
    seen: list[str] = []
    address: str | None = "/ogc/collections/demand/items?limit=2&lang=en"
    while address:
        body = client.get(address).get_json(force=True)
        links = links_of(body)
        assert "prev" not in links
        seen += [one["id"] for one in body["features"]]
        assert body["numberMatched"] == every["numberMatched"]
        address = links.get("next")
        if address:
            assert set(parse_qs(urlsplit(address).query)) == {"limit", "lang", "cursor"}
    assert seen == [one["id"] for one in every["features"]]
    # Addresses with an offset, as they were given before, lead on as well.
    old = read(client, "/ogc/collections/demand/items", limit=1, offset=1)
    assert links_of(old)["prev"].endswith("limit=1&offset=0")
    following = client.get(links_of(old)["next"]).get_json(force=True)
    assert [one["id"] for one in (*old["features"], *following["features"])] == seen[1:3]
    beyond = read(client, "/ogc/collections/demand/items", offset=10**6)
    assert (beyond["numberReturned"], "next" in links_of(beyond)) == (0, False)


def test_box(client: FlaskClient) -> None:
    west, south = TOWN_LON - 0.0005, TOWN_LAT - 0.0005
    assert ids(client, bbox=f"{west},{south},{west + 0.001},{south + 0.001}") == ["T-1"]
    assert ids(client, bbox=f"{west},{south},-10,{west + 0.001},{south + 0.001},9000") == ["T-1"]
    assert ids(client, bbox=f"{TOWN_LON},{TOWN_LAT},{TOWN_LON},{TOWN_LAT}") == ["T-1"]
    assert ids(client, bbox="0,0,1,1") == []
    assert ids(client, bbox="-180,-90,180,90") == ["T-1", "T-2"]
    # Across the 180th meridian: from east of T-1 round the world to a little west of it.
    assert ids(client, bbox=f"{TOWN_LON + 0.001},0,{TOWN_LON - 0.001},80") == ["T-2"]
    cells = read(client, "/ogc/collections/demand/items", bbox="121,0,120,80")
    assert cells["numberMatched"] == 0


def test_features_without_times_match_every_time(
    client: FlaskClient, subtests: pytest.Subtests
) -> None:
    for moment in [
        "2026-11-23T22:00:00Z",
        "2026-11-23T22:00:00+08:00",
        "2026-11-23T22:00:00Z/..",
        "../2026-11-23T22:00:00Z",
        "2026-11-01T00:00:00Z/2026-11-23T22:00:00.5Z",
        "1850-01-01",
    ]:
        with subtests.test(moment=moment):
            assert ids(client, datetime=moment) == ["T-1", "T-2"]


def test_more_than_the_most_is_no_error(client: FlaskClient) -> None:
    for limit in (MOST_LIMIT + 1, 10**30):
        assert len(ids(client, limit=limit)) == 2
    page = read(client, "/ogc/collections/demand/items", limit=10**30, offset=1)
    assert links_of(page)["prev"].endswith(f"limit={MOST_LIMIT}&offset=0")


def test_what_is_not_accepted(client: FlaskClient, subtests: pytest.Subtests) -> None:
    for parameter, value in [
        ("bbox", "1,2,3"),
        ("bbox", "1,2,3,4,5"),
        ("bbox", "1,2,nan,4"),
        ("bbox", "0,10,1,5"),
        ("bbox", "0,0,181,1"),
        ("bbox", ""),
        ("limit", "0"),
        ("limit", "-1"),
        ("limit", "ten"),
        ("limit", ""),
        ("limit", "٣"),
        ("offset", "-1"),
        ("cursor", "nothing"),
        ("cursor", "W1tdLDFd"),  # of a collection whose ids are numbers
        ("sortby", "-nothing"),
        ("sortby", "amenities"),
        ("sortby", ",".join(["name"] * 6)),
        ("crs", "EPSG:2154"),
        ("crs", "http://www.opengis.net/def/crs/EPSG/0/2154"),
        ("bbox-crs", "gcj02"),
        ("filter-crs", "gcj02"),
        ("filter-lang", "sql"),
        ("is_sample", "yes"),
        ("capacity", "many"),
        ("verified_on", "yesterday"),
        ("offset", "1e3"),
        ("offset", "9" * 5000),
        ("datetime", "yesterday"),
        ("datetime", ""),
        ("datetime", "2026-11-23T22:00:00Z/2026-11-22T22:00:00Z"),
        ("datetime", "../../.."),
        ("f", "pdf"),
        ("lang", "de"),
        ("text", "huge"),
        ("datum", "gcj02"),
        ("Limit", "5"),
        ("name", "a\x00b"),
    ]:
        with subtests.test(parameter=parameter, value=value):
            response = client.get(ITEMS, query_string={parameter: value})
            problem_of(response, 400, parameter)


def test_the_links_of_every_pages_header_lead_to_it(
    client: FlaskClient, subtests: pytest.Subtests
) -> None:
    """In the other language and in larger characters, with what was asked."""
    for path in (
        "/ogc/",
        "/ogc/collections",
        "/ogc/collections/stations",
        "/ogc/collections/stations/items?limit=1",
        "/ogc/collections/stations/items/T-1",
        "/ogc/conformance",
    ):
        with subtests.test(path=path):
            page = client.get(path, headers={"Accept": "text/html"})
            size = re.search(r'class="nav-link text-size" href="([^"]+)"', page.text)
            assert size is not None
            larger = client.get(html.unescape(size[1]), headers={"Accept": "text/html"})
            assert larger.status_code == 200
            assert "标准字号" in larger.text
            client.delete_cookie("text")


def test_unknown_parameters_are_refused_everywhere(client: FlaskClient) -> None:
    for path in ("", "conformance", "api", "collections", "collections/homes"):
        problem_of(client.get(f"/ogc/{path}?limit=5"), 400, "limit")
        assert client.get(f"/ogc/{path}?f=json").status_code == 200
    problem_of(client.get(f"{ITEMS}/T-1?bbox=1,2,3,4"), 400, "bbox")


def test_what_is_not_there(client: FlaskClient, subtests: pytest.Subtests) -> None:
    for path in ["nope", "nope/items", "stations/items/T-3", "gaps/items/1.0"]:
        with subtests.test(path=path):
            problem_of(client.get(f"/ogc/collections/{path}"), 404)


def test_other_sites_may_read(client: FlaskClient, app: Flask, town: Database) -> None:
    for path in ("/ogc/", ITEMS, f"{ITEMS}/nope"):
        assert client.get(path).headers["Access-Control-Allow-Origin"] == "*"
    assert "public" in client.get(ITEMS).headers["Cache-Control"]
    signed_in = client_of(app, town, Role.MANAGER)
    assert "private" in signed_in.get(ITEMS).headers["Cache-Control"]


def test_answers_are_as_defined(client: FlaskClient) -> None:
    document = read(client, "/ogc/api")
    schemas = document["components"]["schemas"]

    def check(name: str, body: object) -> None:
        # References lead into the same definition.
        schema = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}
        jsonschema.Draft4Validator(schema).validate(body)

    check("landingPage", read(client, "/ogc/"))
    check("confClasses", read(client, "/ogc/conformance"))
    check("collections", read(client, "/ogc/collections"))
    for layer in registry().visible_to(None):
        body = read(client, f"/ogc/collections/{layer.id}/items")
        check("featureCollectionGeoJSON", body)
        one = read(client, f"/ogc/collections/{layer.id}/items/{body['features'][0]['id']}")
        check("featureGeoJSON", one)
    check("problem", client.get("/ogc/collections/nope").get_json(force=True))


def test_addresses_that_are_no_text_or_too_long(client: FlaskClient) -> None:
    """What is no UTF-8 is refused, not asked with something else in its place."""
    problem_of(client.get(f"{ITEMS}?name=%FF"), 400, "name")
    problem_of(client.get("/api/v1/kinds?%E7%94%B2=%E7%94"), 422, "甲")
    problem_of(client.get("/api/v1/search?q=%FF"), 422, "q")
    assert client.get(f"{ITEMS}?name=%E7%94%B2").status_code == 200
    problem_of(client.get(f"{ITEMS}?name={'a' * 50_000}"), 414)
    page = client.get(f"/?place={'a' * 50_000}", headers={"Accept": "text/html"})
    assert (page.status_code, page.mimetype) == (414, "text/html")
