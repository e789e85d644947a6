"""``/ogc/``: for each conformance class that is claimed, what its abstract tests ask.

The tests' own names stand beside them: annex A of OGC 17-069r4 (Features 1), 18-058r1 (Features 2),
19-079r2 (Features 3), 21-065r2 (CQL2) and 20-057 (Tiles 1). CQL2's are in ``conformance_filters``.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

import jsonschema
import pytest
from flask.testing import FlaskClient
from lxml import etree
from openapi_spec_validator import OpenAPIV30SpecValidator
from pyproj import Transformer
from sqlalchemy import text
from werkzeug.test import TestResponse

from geoapp.core.settings import Settings
from geoapp.core.tiles import MOST_ZOOM
from geoapp.store.engine import Database
from geoapp.web.ogc.documents import CONFORMS_TO
from tests.web.api_client import GEOJSON, client_of, make_app
from tests.web.ogc.conformance_filters import CQL2_CHECKS

JSON: Final = "application/json"
QUERYABLES: Final = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
Check = Callable[[FlaskClient], None]


@pytest.fixture
def client(shown_town_template: str, database: Database, settings: Settings) -> FlaskClient:
    """The small town, with one station of which everything is known."""
    with database.session() as session:
        session.execute(
            text(
                "update facility set name_en = 'Alpha', capacity = 10, opened_on = '2024-01-21', "
                "opened_basis = 'known', verified_on = '2026-01-03' where code = 'T-1'"
            )
        )
    return client_of(make_app(settings, database), database)


def get(client: FlaskClient, path: str, accept: str = JSON, **asked: object) -> TestResponse:
    response = client.get(path, query_string=asked or None, headers={"Accept": accept})
    assert response.status_code == 200, (path, response.get_data(as_text=True))
    return response


def read(client: FlaskClient, path: str, **asked: object) -> Any:
    return get(client, path, **asked).get_json(force=True)  # type: ignore[arg-type]


def refused(client: FlaskClient, path: str, **asked: object) -> None:
    assert client.get(path, query_string=asked).status_code == 400, (path, asked)


def collections(client: FlaskClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read(client, "/ogc/collections")["collections"]
    assert found
    return found


def links(body: Any, rel: str, mimetype: str | None = None) -> list[str]:
    return [
        one["href"]
        for one in body["links"]
        if one["rel"] == rel and mimetype in (None, one["type"])
    ]


def items_of(client: FlaskClient) -> Iterator[str]:
    for one in collections(client):
        yield f"/ogc/collections/{one['id']}/items"


def parameter(document: Any, path: str, name: str) -> Any:
    """Return the definition of a parameter as a program finds it."""
    for one in document["paths"][path]["get"]["parameters"]:
        if "$ref" in one:
            one = document["components"]["parameters"][one["$ref"].rpartition("/")[2]]
        if one["name"] == name:
            return one
    raise AssertionError(f"{name} is no parameter of {path}")


def features_core(client: FlaskClient) -> None:
    # /conf/core/root-success, api-definition-op, conformance-success
    landing = read(client, "/ogc/")
    for rel in ("service-desc", "service-doc", "conformance", "data"):
        for href in links(landing, rel):
            assert client.get(href).status_code == 200
    document = read(client, "/ogc/api")
    known = read(client, "/ogc/collections")
    # fc-md-links, fc-md-items, fc-md-items-links, fc-md-extent, sfc-md-success
    assert links(known, "self") and links(known, "alternate", "text/html")
    for one in known["collections"]:
        path = f"/ogc/collections/{one['id']}"
        assert read(client, path) == one
        assert one["itemType"] == "feature"
        assert {GEOJSON, "text/html"} <= {x["type"] for x in one["links"] if x["rel"] == "items"}
        if "extent" in one:
            west, south, east, north = one["extent"]["spatial"]["bbox"][0]
            assert -180 <= west <= east <= 180 and -90 <= south <= north <= 90
        _features_of(client, one, document)
    # query-param-unknown, query-param-invalid
    for path in ("/ogc/", "/ogc/collections", "/ogc/collections/stations/items"):
        refused(client, path, nothing_of_the_kind=1)
    for name, wrong in (("bbox", "1,2,3"), ("limit", "0"), ("datetime", "soon")):
        refused(client, "/ogc/collections/stations/items", **{name: wrong})
    assert client.get("/ogc/collections/nothing").status_code == 404
    assert client.get("/ogc/collections/stations/items/nothing").status_code == 404
    # fc-time-response, on the one station whose times are known
    items = "/ogc/collections/stations/items"
    for when, there in (("2025-01-01T00:00:00Z", True), ("2020-01-01/2023-01-01", False)):
        found = [one["id"] for one in read(client, items, datetime=when)["features"]]
        assert ("T-1" in found) is there


def _features_of(client: FlaskClient, about: dict[str, Any], document: Any) -> None:
    path = f"/ogc/collections/{about['id']}/items"
    defined = f"/collections/{about['id']}/items"
    # fc-bbox-definition, fc-limit-definition, fc-time-definition
    for name, kind in (("bbox", "array"), ("limit", "integer"), ("datetime", "string")):
        one = parameter(document, defined, name)
        assert (one["in"], one["required"], one["schema"]["type"]) == ("query", False, kind)
        assert (one["style"], one["explode"]) == ("form", False)
    # fc-response, fc-links, fc-timeStamp, fc-numberMatched, fc-numberReturned
    every = read(client, path, limit=10_000)
    assert every["type"] == "FeatureCollection" and every["timeStamp"].endswith("Z")
    assert every["numberMatched"] == every["numberReturned"] == len(every["features"])
    assert links(every, "self", GEOJSON) and links(every, "alternate", "text/html")
    if not every["features"]:  # nothing to show, which no extent is of
        assert "extent" not in about
        return
    # fc-bbox-response: the box of them all holds all, and one far away none
    box = about["extent"]["spatial"]["bbox"][0]
    inside = read(client, path, bbox=",".join(map(str, box)), limit=10_000)
    assert inside["numberMatched"] == every["numberMatched"]
    assert read(client, path, bbox="-30,-60,-29,-59")["features"] == []
    # fc-limit-response; f-op, f-success, f-links
    assert len(read(client, path, limit=1)["features"]) == 1
    feature = every["features"][0]
    alone = read(client, f"{path}/{feature['id']}")
    assert {**alone, "links": 0} == {**feature, "links": 0}
    assert links(alone, "self") and links(alone, "alternate") and links(alone, "collection")


def features_oas30(client: FlaskClient) -> None:
    # /conf/oas30/completeness, exceptions-codes, security
    response = get(client, "/ogc/api")
    assert response.content_type == "application/vnd.oai.openapi+json;version=3.0"
    document = response.get_json(force=True)
    OpenAPIV30SpecValidator(document).validate()
    for one in document["paths"].values():
        assert {"200", "400", "500"} <= set(one["get"]["responses"])
    assert document["components"]["securitySchemes"]
    schemas = document["components"]["schemas"]

    def check(name: str, body: object) -> None:
        schema = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}
        jsonschema.Draft4Validator(schema).validate(body)

    check("landingPage", read(client, "/ogc/"))
    check("confClasses", read(client, "/ogc/conformance"))
    check("collections", read(client, "/ogc/collections"))


def features_geojson(client: FlaskClient) -> None:
    # /conf/geojson/definition, content
    shapes = {"Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"}
    for path in items_of(client):
        response = get(client, path, GEOJSON)
        assert response.mimetype == GEOJSON
        for one in response.get_json(force=True)["features"]:
            assert one["type"] == "Feature"
            assert isinstance(one["id"], str | int) and isinstance(one["properties"], dict)
            assert one["geometry"]["type"] in shapes


def features_html(client: FlaskClient) -> None:
    # /conf/html/definition, content: well formed, with a title and what JSON says
    paths = ["/ogc/", "/ogc/conformance", "/ogc/collections", "/ogc/api"]
    for one in collections(client):
        paths += [f"/ogc/collections/{one['id']}", f"/ogc/collections/{one['id']}/items"]
    for path in [*paths, "/ogc/collections/stations/items/T-1"]:
        response = get(client, path, "text/html")
        assert response.mimetype == "text/html"
        page = etree.HTML(response.data)
        assert page.findtext("head/title")
        assert page.get("lang")
    listed = etree.HTML(get(client, "/ogc/collections", "text/html").data)
    words = "".join(listed.itertext())
    for one in collections(client):
        assert one["title"] in words
    for name in read(client, "/ogc/conformance")["conformsTo"]:
        assert name in get(client, "/ogc/conformance", "text/html").text


def features_crs(client: FlaskClient) -> None:
    # /conf/crs/crs-uri, fc-md-crs-list, fc-md-storageCrs, crs-action, bbox-crs-action, ogc-crs-header
    for about in collections(client):
        assert about["crs"][0] == about["storageCrs"] == CRS84
        path = f"/ogc/collections/{about['id']}/items"
        plain = get(client, path, GEOJSON)
        assert plain.headers["Content-Crs"] == f"<{CRS84}>"
        for name in ("crs", "bbox-crs"):
            unknown = {name: "http://www.opengis.net/def/crs/EPSG/0/0", "bbox": "0,0,1,1"}
            refused(client, path, **unknown)
    items = "/ogc/collections/stations/items"
    [lon, lat] = read(client, f"{items}/T-1")["geometry"]["coordinates"]
    known = read(client, "/ogc/collections/stations")["crs"]
    # Of the many zones the one that the town lies in: to look one up takes half a second.
    zone = "http://www.opengis.net/def/crs/EPSG/0/4549"
    for crs in [*(one for one in known if not "/4534" <= one[-5:] <= "/4554"), zone]:
        code = "OGC:CRS84" if crs == CRS84 else f"EPSG:{crs.rpartition('/')[2]}"
        expected = Transformer.from_crs("OGC:CRS84", code).transform(lon, lat)
        response = get(client, f"{items}/T-1", GEOJSON, crs=crs)
        assert response.headers["Content-Crs"] == f"<{crs}>"
        given = response.get_json(force=True)["geometry"]["coordinates"]
        assert given == pytest.approx(expected, abs=0.01), crs
        step = 1e-4 if abs(expected[0]) < 400 else 20
        around = [given[0] - step, given[1] - step, given[0] + step, given[1] + step]
        box = {"bbox": ",".join(map(str, around)), "bbox-crs": crs}
        assert [one["id"] for one in read(client, items, **box)["features"]] == ["T-1"], crs


def queryables(client: FlaskClient) -> None:
    # /conf/queryables/get-queryables-uris: in the head of whatever can be filtered
    for path in items_of(client):
        head = client.head(path, headers={"Accept": JSON}).headers.getlist("Link")
        [told] = [one for one in head if f'rel="{QUERYABLES}"' in one]
        address = told[1 : told.index(">")]
        assert links(read(client, path), QUERYABLES) == [address]
        about = path.rpartition("/")[0]
        assert links(read(client, about), QUERYABLES) == [address]
        assert any(QUERYABLES in one for one in client.head(about).headers.getlist("Link"))
        # get-queryables
        response = get(client, address, "application/schema+json")
        assert response.content_type == "application/schema+json"
        schema = response.get_json(force=True)
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert (schema["$id"], schema["type"]) == (address, "object")
        assert schema["properties"]
        for one in schema["properties"].values():
            assert "type" in one or one["format"].startswith("geometry-")
    files = client.head("/ogc/collections/stations/items?f=csv").headers.getlist("Link")
    assert any(QUERYABLES in one for one in files)


def queryables_by_name(client: FlaskClient) -> None:
    # /conf/queryables-query-parameters/query-param: each with its own schema, and refused where wrong
    document = read(client, "/ogc/api")
    wrong = {"number": "x", "integer": "x", "boolean": "x", "date": "x"}
    for path in items_of(client):
        known = read(client, f"{path.rpartition('/')[0]}/queryables")["properties"]
        defined = path.removeprefix("/ogc")
        features = read(client, path, limit=5)["features"]
        for name, one in known.items():
            if one.get("type") in (None, "array"):
                continue
            schema = parameter(document, defined, name)["schema"]
            assert schema["type"] == one["type"]
            if one.get("format", one["type"]) in wrong:
                refused(client, path, **{name: wrong[one.get("format", one["type"])]})
            values = [f["properties"][name] for f in features if f["properties"][name] is not None]
            for value in values[:1]:
                asked = str(value).lower() if isinstance(value, bool) else value
                found = read(client, path, **{name: asked})["features"]
                assert {f["properties"][name] for f in found} == {value}


def filters(client: FlaskClient) -> None:
    # /conf/filter/filter-param, filter-lang-default, expression-construction, filter-crs-wgs84
    for path in items_of(client):
        every = read(client, path, limit=10_000)
        name = next(iter(read(client, f"{path.rpartition('/')[0]}/queryables")["properties"]))
        for language in ({}, {"filter-lang": "cql2-text"}):
            unknown = read(client, path, filter=f"{name} IS NULL", limit=10_000, **language)
            known = read(client, path, filter=f"NOT {name} IS NULL", limit=10_000, **language)
            assert all(one["properties"][name] is None for one in unknown["features"])
            assert unknown["numberMatched"] + known["numberMatched"] == every["numberMatched"]
            refused(client, path, filter="THIS IS NOT A FILTER", **language)
            refused(client, path, filter="this_is_not_a_queryable IS NULL", **language)
        box = read(client, path.rpartition("/")[0]).get("extent", {}).get("spatial", {}).get("bbox")
        if box:
            sides = ",".join(map(str, box[0]))
            inside = f"S_INTERSECTS(geometry,BBOX({sides}))"
            assert read(client, path, filter=inside, limit=10_000)["features"] == every["features"]
        far = "S_INTERSECTS(geometry,BBOX(1000000,1000000,2000000,2000000))"
        refused(client, path, filter=far)
        refused(client, path, **{"filter": f"{name} IS NULL", "filter-crs": "EPSG:0"})


def filters_of_features(client: FlaskClient) -> None:
    # /conf/features-filter: every collection's features take the parameters, as they are defined
    document = read(client, "/ogc/api")
    for one in collections(client):
        for path in (f"/collections/{one['id']}/items", "/collections/{collectionId}/items"):
            assert parameter(document, path, "filter")["schema"] == {"type": "string"}
            spoken = parameter(document, path, "filter-lang")["schema"]
            assert spoken["default"] == "cql2-text"
            assert {"cql2-text", "cql2-json"} <= set(spoken["enum"])
            assert set(one["crs"]) == set(parameter(document, path, "filter-crs")["schema"]["enum"])


def tiled(client: FlaskClient) -> list[dict[str, Any]]:
    """Return the tile set of each collection that has one (geodata-tilesets, tilesets-list)."""
    found = []
    for one in collections(client):
        for href in links(one, "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"):
            [listed] = read(client, href)["tilesets"]
            assert (listed["dataType"], listed["crs"][-5:]) == ("vector", "/3857")
            [own] = links(listed, "self")
            found.append({**read(client, own), "collection": one["id"], "path": href})
    assert found
    return found


def tiles_core(client: FlaskClient) -> None:
    # /conf/core/tc-op, tc-success, tc-error
    for one in tiled(client):
        [item] = links(one, "item")
        inside = item.format(tileMatrix=0, tileRow=0, tileCol=0)
        assert get(client, inside, "*/*").mimetype == "application/vnd.mapbox-vector-tile"
        for row, column in ((1, 0), (0, 1), (-1, 0)):
            beyond = item.format(tileMatrix=0, tileRow=row, tileCol=column)
            assert client.get(beyond).status_code == 404
        assert client.get(item.format(tileMatrix="x", tileRow=0, tileCol=0)).status_code == 404


def tilesets(client: FlaskClient) -> None:
    # /conf/tileset: title, links to tiles and to the matrix set, limits within it
    for one in tiled(client):
        assert one["title"] and one["layers"][0]["id"] == one["collection"]
        [scheme] = links(one, "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme")
        matrices = {x["id"]: x for x in read(client, scheme)["tileMatrices"]}
        for limits in one["tileMatrixSetLimits"]:
            whole = matrices[limits["tileMatrix"]]
            assert 0 <= limits["minTileRow"] <= limits["maxTileRow"] < whole["matrixHeight"]
            assert 0 <= limits["minTileCol"] <= limits["maxTileCol"] < whole["matrixWidth"]
        assert len(one["tileMatrixSetLimits"]) == MOST_ZOOM + 1


def tiles_list(client: FlaskClient) -> None:
    # /conf/tilesets-list: each names itself, its matrix set and its kind of data
    for one in tiled(client):
        [listed] = read(client, one["path"])["tilesets"]
        assert listed["tileMatrixSetURI"].endswith("/WebMercatorQuad")
        assert listed["links"]


def tiles_of_collections(client: FlaskClient) -> None:
    # /conf/geodata-tilesets: a collection leads to its tile sets, and each of them back to it
    for one in tiled(client):
        [back] = links(one, "http://www.opengis.net/def/rel/ogc/1.0/geodata")
        assert read(client, back)["id"] == one["collection"]


def tiles_mvt(client: FlaskClient) -> None:
    # /conf/mvt/tiles-success: what is sent is one, and is said to be
    for one in tiled(client):
        [item] = links(one, "item", "application/vnd.mapbox-vector-tile")
        body = get(client, item.format(tileMatrix=0, tileRow=0, tileCol=0), "*/*").data
        # A layer (field 3 of the tile) that is of version 2 and has the collection's name.
        assert body == b"" or (body[:1] == b"\x1a" and one["collection"].encode() in body)


def tiles_oas30(client: FlaskClient) -> None:
    # /conf/oas30: operations have the standard's names, ended as it says
    document = read(client, "/ogc/api")
    named = {one["get"]["operationId"] for one in document["paths"].values()}
    for end in ("getTileSetsList", "getTileSet", "getTile"):
        assert any(one.endswith(f".collection.vector.{end}") for one in named)


_SPEC: Final = "http://www.opengis.net/spec"
CHECKS: Final[dict[str, Check]] = {
    f"{_SPEC}/ogcapi-features-1/1.0/conf/core": features_core,
    f"{_SPEC}/ogcapi-features-1/1.0/conf/oas30": features_oas30,
    f"{_SPEC}/ogcapi-features-1/1.0/conf/geojson": features_geojson,
    f"{_SPEC}/ogcapi-features-1/1.0/conf/html": features_html,
    f"{_SPEC}/ogcapi-features-2/1.0/conf/crs": features_crs,
    f"{_SPEC}/ogcapi-features-3/1.0/conf/queryables": queryables,
    f"{_SPEC}/ogcapi-features-3/1.0/conf/queryables-query-parameters": queryables_by_name,
    f"{_SPEC}/ogcapi-features-3/1.0/conf/filter": filters,
    f"{_SPEC}/ogcapi-features-3/1.0/conf/features-filter": filters_of_features,
    f"{_SPEC}/ogcapi-tiles-1/1.0/conf/core": tiles_core,
    f"{_SPEC}/ogcapi-tiles-1/1.0/conf/tileset": tilesets,
    f"{_SPEC}/ogcapi-tiles-1/1.0/conf/tilesets-list": tiles_list,
    f"{_SPEC}/ogcapi-tiles-1/1.0/conf/geodata-tilesets": tiles_of_collections,
    f"{_SPEC}/ogcapi-tiles-1/1.0/conf/mvt": tiles_mvt,
    f"{_SPEC}/ogcapi-tiles-1/1.0/conf/oas30": tiles_oas30,
    **{f"{_SPEC}/cql2/1.0/conf/{name}": check for name, check in CQL2_CHECKS.items()},
}


def test_what_is_claimed_holds(client: FlaskClient, subtests: pytest.Subtests) -> None:
    assert set(CHECKS) == set(CONFORMS_TO) == set(read(client, "/ogc/conformance")["conformsTo"])
    for name, check in CHECKS.items():
        with subtests.test(name=name):
            check(client)
