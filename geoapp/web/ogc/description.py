"""The OpenAPI 3.0 definition of the OGC addresses: what their standard's class ``oas30`` asks."""

from typing import Any

from geoapp import __version__
from geoapp.core.i18n import LANGUAGES
from geoapp.core.words import Datum
from geoapp.maps.kit import Layer
from geoapp.operations.layers.files import FILE_FORMATS
from geoapp.web.edge.language import language
from geoapp.web.edge.text_size import SIZES
from geoapp.web.ogc.crs import CRS84, CRS_LIST
from geoapp.web.ogc.documents import GEOJSON, HTML, JSON, OPENAPI, SCHEMA_JSON, TITLE, address
from geoapp.web.ogc.filters import LANGUAGES as FILTER_LANGUAGES
from geoapp.web.ogc.parameters import (
    COMMON,
    DEFAULT_LIMIT,
    FORMATS,
    ITEMS_FORMATS,
    MOST_LIMIT,
    MOST_OFFSET,
    OF_ITEMS,
    PAGE_FORMATS,
)
from geoapp.web.ogc.queryables import TYPES, attributes_here
from geoapp.web.ogc.tile_description import tile_paths

_PROBLEM = "application/problem+json"
_AS_PAGE: dict[str, Any] = {HTML: {"schema": {"type": "string"}}}
_TEXT: dict[str, Any] = {"type": "string"}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}


def describe_api(layers: list[Layer]) -> dict[str, Any]:
    """Return the definition, with the collections that the asker may see."""
    one = [_parameter("collectionId")]
    return {
        "openapi": "3.0.3",
        "info": {"title": f"{TITLE.pick(language())} · OGC API Features", "version": __version__},
        "servers": [{"url": address("landing").rstrip("/")}],
        "tags": [{"name": "Capabilities"}, {"name": "Data"}, {"name": "Tiles"}],
        "paths": {
            "/": _read("landing", "Landing page", "Capabilities", _answer(JSON, "landingPage")),
            "/api": _read(
                "api",
                "This definition",
                "Capabilities",
                {
                    "description": "OK",
                    "content": {OPENAPI: {"schema": {"type": "object"}}, **_AS_PAGE},
                },
            ),
            "/conformance": _read(
                "conformance", "Conformance classes", "Capabilities", _answer(JSON, "confClasses")
            ),
            "/collections": _read(
                "collections", "All collections", "Capabilities", _answer(JSON, "collections")
            ),
            "/collections/{collectionId}": _read(
                "collection", "One collection", "Capabilities", _answer(JSON, "collection"), one
            ),
            "/collections/{collectionId}/queryables": _read(
                "queryables", "What a filter may name", "Capabilities", _schema_answer(), one
            ),
            "/collections/{collectionId}/sortables": _read(
                "sortables", "What can be sorted by", "Capabilities", _schema_answer(), one
            ),
            "/collections/{collectionId}/items": _read(
                "items",
                "Features of a collection",
                "Data",
                _items_answer(),
                [*one, *map(_parameter, OF_ITEMS)],
            ),
            **{f"/collections/{layer.id}/items": _items_of(layer) for layer in layers},
            "/collections/{collectionId}/items/{featureId}": _read(
                "item",
                "One feature",
                "Data",
                _answer(GEOJSON, "featureGeoJSON"),
                [*one, _parameter("featureId"), _parameter("crs")],
            ),
            **tile_paths(),
        },
        # What is public needs neither; some collections are open to whoever shows who they are.
        "security": [{}, {"basic": []}, {"key": []}],
        "components": {
            "parameters": _parameters(layers),
            "schemas": _schemas(),
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic"},
                "key": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _parameter(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/parameters/{name}"}


def _schema(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _answer(mimetype: str, schema: str) -> dict[str, Any]:
    return {"description": "OK", "content": {mimetype: {"schema": _schema(schema)}, **_AS_PAGE}}


def _items_of(layer: Layer) -> dict[str, Any]:
    """Return the address of a collection's features with each property that can be asked by name.

    GDAL reads here, and only here, what it may ask the service to filter.
    """
    by_name = [
        _described(name, "query", TYPES[one.kind], one.title.en, style="form", explode=False)
        for name, one in attributes_here(layer).items()
        if name not in (*OF_ITEMS, *COMMON)
    ]
    known: list[Any] = [*map(_parameter, OF_ITEMS), *by_name]
    title = f"Features of {layer.title.en}"
    return _read("items", title, "Data", _items_answer(), known, operation=f"items_{layer.id}")


def _items_answer() -> dict[str, Any]:
    """Return that a page is GeoJSON, and everything as one file is what ``f`` says."""
    found = _answer(GEOJSON, "featureCollectionGeoJSON")
    for one in FILE_FORMATS.values():
        binary = {"schema": {"type": "string", "format": "binary"}}
        found["content"].setdefault(one.mimetype, binary)
    return found


def _schema_answer() -> dict[str, Any]:
    content = {SCHEMA_JSON: {"schema": {"type": "object"}}, **_AS_PAGE}
    return {"description": "OK", "content": content}


def _read(
    name: str,
    summary: str,
    tag: str,
    answer: dict[str, Any],
    parameters: list[dict[str, str]] | None = None,
    operation: str | None = None,
) -> dict[str, Any]:
    wrong = {"400": "A parameter is unknown or not accepted"}
    if parameters:
        wrong |= {"403": "Not open to the asker", "404": "No such resource"}
    if name == "items":
        wrong["429"] = "Too much heavy work for this address at the same time; see Retry-After"
    wrong |= {"500": "Something went wrong here", "503": "Not available now"}
    problems = {
        status: {
            "description": text,
            "content": {_PROBLEM: {"schema": _schema("problem")}, **_AS_PAGE},
        }
        for status, text in wrong.items()
    }
    return {
        "get": {
            "operationId": operation or name,
            "summary": summary,
            "tags": [tag],
            "parameters": [
                *(parameters or []),
                _parameter("itemsF" if name == "items" else "pageF"),
                _parameter("lang"),
                _parameter("text"),
            ],
            "responses": {"200": answer, **problems},
        }
    }


def _parameters(layers: list[Layer]) -> dict[str, Any]:
    side = {"type": "number"}
    box = {
        "type": "array",
        "items": side,
        # As the standard was at first, too: programs and checkers of that time look for these two.
        "minItems": 4,
        "maxItems": 6,
        "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
    }
    page = {"type": "integer", "minimum": 1, "maximum": MOST_LIMIT, "default": DEFAULT_LIMIT}
    start = {"type": "integer", "minimum": 0, "maximum": MOST_OFFSET, "default": 0}
    listed = {"style": "form", "explode": False}
    crs = {"type": "string", "format": "uri", "enum": [*CRS_LIST], "default": CRS84}
    layer_ids = {"type": "string", "enum": [layer.id for layer in layers]}
    return {
        "collectionId": _described("collectionId", "path", layer_ids, "Id of a collection"),
        "featureId": _described("featureId", "path", _TEXT, "Id of a feature"),
        "bbox": _described(
            "bbox",
            "query",
            box,
            "west,south,east,north in degrees (CRS84), or corners in the system of bbox-crs",
            **listed,
        ),
        "datetime": _described(
            "datetime",
            "query",
            _TEXT,
            "An RFC 3339 moment or interval. A facility's time is from its opening to its last "
            "verification, as far as these are known; features without times match",
            **listed,
        ),
        "limit": _described(
            "limit", "query", page, "How many features at most; more is no error", **listed
        ),
        "offset": _described(
            "offset", "query", start, "After how many features; not with cursor", **listed
        ),
        "cursor": _described(
            "cursor", "query", _TEXT, "Where a page begins: from a next link", **listed
        ),
        "sortby": _described(
            "sortby", "query", _TEXT, "Properties after + or -, such as +name,-verified_on"
        ),
        "filter": _described(
            "filter", "query", _TEXT, "CQL2; each queryable is a parameter of its own, too"
        ),
        "filter-lang": _described(
            "filter-lang",
            "query",
            {"type": "string", "enum": [*FILTER_LANGUAGES], "default": FILTER_LANGUAGES[0]},
            "What the filter is written in",
        ),
        **{
            name: _described(name, "query", crs, f"Reference system of {what}")
            for name, what in (
                ("crs", "the answer"),
                ("bbox-crs", "bbox"),
                ("filter-crs", "shapes in the filter"),
            )
        },
        "datum": _described(
            "datum",
            "query",
            {"type": "string", "enum": [*Datum]},
            "Datum of a file's coordinates; not with crs. GCJ-02 and BD-09 stand in a column, too",
        ),
        "download": _described(
            "download",
            "query",
            {"type": "string", "enum": ["1"]},
            "All features as one file, also with f=geojson",
        ),
        "f": _described("f", "query", {"type": "string", "enum": [*FORMATS]}, "Format"),
        "pageF": _described(
            "f",
            "query",
            {"type": "string", "enum": [*PAGE_FORMATS]},
            "Format; without it what the asker reads (Accept)",
        ),
        "itemsF": _described(
            "f",
            "query",
            {"type": "string", "enum": [*ITEMS_FORMATS]},
            "Format; other than json and geojson a file of all that match, unless a limit is given",
        ),
        "lang": _described(
            "lang", "query", {"type": "string", "enum": [*LANGUAGES]}, "Language of names"
        ),
        "text": _described(
            "text", "query", {"type": "string", "enum": [*SIZES]}, "Size of a page's characters"
        ),
    }


def _described(
    name: str, where: str, schema: dict[str, Any], text: str, **more: Any
) -> dict[str, Any]:
    known = {"name": name, "in": where, "description": text, "required": where == "path"}
    return {**known, "schema": schema, **more}


def _object(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


def _listed(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def _schemas() -> dict[str, Any]:
    links = _listed(_schema("link"))
    numbers = _listed({"type": "number"})
    extent = _object(("spatial",), spatial=_object(("bbox",), bbox=_listed(numbers), crs=_TEXT))
    identifier = {"oneOf": [{"type": "string"}, {"type": "integer"}]}
    feature = {
        "type": {"type": "string", "enum": ["Feature"]},
        "id": identifier,
        "geometry": {"type": "object", "nullable": True},
        "properties": {"type": "object", "nullable": True},
        "links": links,
    }
    return {
        "link": _object(("href", "rel"), href=_TEXT, rel=_TEXT, type=_TEXT, title=_TEXT),
        "landingPage": _object(("links",), title=_TEXT, description=_TEXT, links=links),
        "confClasses": _object(("conformsTo",), conformsTo=_listed(_TEXT)),
        "collections": _object(
            ("links", "collections"), links=links, collections=_listed(_schema("collection"))
        ),
        "collection": _object(
            ("id", "links"),
            id=_TEXT,
            title=_TEXT,
            description=_TEXT,
            attribution=_TEXT,
            links=links,
            extent=extent,
            itemType=_TEXT,
            crs=_listed(_TEXT),
            storageCrs=_TEXT,
        ),
        "featureCollectionGeoJSON": _object(
            ("type", "features"),
            type={"type": "string", "enum": ["FeatureCollection"]},
            features=_listed(_schema("featureGeoJSON")),
            attribution=_TEXT,
            links=links,
            timeStamp={"type": "string", "format": "date-time"},
            numberMatched=_COUNT,
            numberReturned=_COUNT,
        ),
        "featureGeoJSON": _object(("type", "geometry", "properties"), **feature),
        "problem": _object(
            ("type", "title", "status", "detail"),
            type=_TEXT,
            title=_TEXT,
            title_zh=_TEXT,
            status={"type": "integer"},
            detail=_TEXT,
            detail_zh=_TEXT,
            parameter=_TEXT,
            value=_TEXT,
            accepted=_TEXT,
            accepted_zh=_TEXT,
        ),
    }
