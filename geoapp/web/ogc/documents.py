"""What the service says of itself: landing page, conformance, collections, and their links."""

from typing import Any

from flask import Response, current_app, request, url_for

from geoapp.core.i18n import Text
from geoapp.core.parsing import Bbox
from geoapp.core.words import OSM_LICENCE
from geoapp.maps.kit import Layer
from geoapp.operations.layers.credit import layer_credit
from geoapp.operations.layers.extent import read_extent
from geoapp.operations.layers.files import FILE_FORMATS
from geoapp.operations.layers.rows import LayerMoment
from geoapp.web.edge.language import language
from geoapp.web.edge.services import services
from geoapp.web.ogc.crs import CRS84, CRS_LIST

JSON = "application/json"
HTML = "text/html"
GEOJSON = "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
SCHEMA_JSON = "application/schema+json"
OGC_REL = "http://www.opengis.net/def/rel/ogc/1.0/"
_TOLD_RELS = (
    *("self", "alternate", "next", "prev", "collection", "items", "data"),
    *("service-desc", "service-doc", "conformance", "license"),
    f"{OGC_REL}queryables",
)
# What stands in front of a service has little room for heads.
_MOST_TOLD_CHARACTERS = 1000
_CLASSES = {
    "ogcapi-features-1/1.0": ("core", "oas30", "geojson", "html"),
    "ogcapi-tiles-1/1.0": (
        "core",
        "tileset",
        "tilesets-list",
        "geodata-tilesets",
        "mvt",
        "oas30",
    ),
    "ogcapi-features-2/1.0": ("crs",),
    "ogcapi-features-3/1.0": (
        "queryables",
        "queryables-query-parameters",
        "filter",
        "features-filter",
    ),
    "cql2/1.0": (
        "cql2-text",
        "cql2-json",
        "basic-cql2",
        "advanced-comparison-operators",
        "case-insensitive-comparison",
        "basic-spatial-functions",
        "array-functions",
        "property-property",
    ),
}
CONFORMS_TO = tuple(
    f"http://www.opengis.net/spec/{part}/conf/{name}"
    for part, names in _CLASSES.items()
    for name in names
)

SCHEMAS = (
    ("queryables", Text("可查询的属性", "What can be asked")),
    ("sortables", Text("可排序的属性", "What can be sorted by")),
)

TITLE = Text("户外劳动者服务站点", "Outdoor workers' service stations")
TILE_SETS = Text("矢量瓦片", "Vector tiles")
TILING_SCHEMES = Text("瓦片的划分", "Tiling schemes")
_DESCRIPTION = Text(
    "每个地图图层是一个要素集合；坐标为 WGS-84 经度、纬度。",
    "Each map layer is a collection of features; coordinates are WGS-84 longitude, latitude.",
)


def address(endpoint: str, **values: Any) -> str:
    """Return the absolute address of a view, as the asker sees this service."""
    return _absolute(f"ogc.{endpoint}", values)


def here(**more: Any) -> str:
    """Return the absolute address of the present request, with its parameters and these."""
    asked = {**(request.view_args or {}), **request.args.to_dict(), **more}
    return _absolute(str(request.endpoint), asked)


def _absolute(endpoint: str, values: dict[str, Any]) -> str:
    # An operator whose cookies are for HTTPS alone has a server in front that speaks it.
    scheme = "https" if services().settings.secure_cookies else None
    return url_for(endpoint, _external=True, _scheme=scheme, **values)


def link(rel: str, href: str, mimetype: str, title: Text | None = None) -> dict[str, str]:
    """Return a link; its title is in the reader's language."""
    found = {"href": href, "rel": rel, "type": mimetype}
    return found if title is None else {**found, "title": title.pick(language())}


def as_page() -> dict[str, str]:
    """Return the link to the present answer as a page for people."""
    return link("alternate", here(f="html"), HTML, Text("网页", "As a page"))


def queryables_link(layer: Layer) -> dict[str, str]:
    """Return the link to what a filter may name: whatever can be filtered has it (Part 3, queryables)."""
    title = dict(SCHEMAS)["queryables"]
    known = address("queryables", collection_id=layer.id)
    return link(f"{OGC_REL}queryables", known, SCHEMA_JSON, title)


def tell_links(response: Response, links: list[dict[str, str]]) -> None:
    """Say an answer's links in its head, too (RFC 8288), for whoever does not read the body."""
    for one in links:
        if one["rel"] in _TOLD_RELS and len(one["href"]) <= _MOST_TOLD_CHARACTERS:
            told = f'<{one["href"]}>; rel="{one["rel"]}"; type="{one["type"]}"'
            response.headers.add("Link", told)


def credit_of(layer: Layer, moment: LayerMoment) -> str | None:
    """Return what is to be said of whose data a layer holds; see `layer_credit`."""
    return layer_credit(services().database, layer, moment)


def credit_links(credit: str | None) -> list[dict[str, str]]:
    """Return the link to the licence of what a layer holds, if it asks for one."""
    if credit is None:
        return []
    return [link("license", OSM_LICENCE, HTML, Text(credit, credit))]


def credited(credit: str | None) -> dict[str, str]:
    """Return the member of a document that says whose data it is of, if anything is to be said."""
    return {} if credit is None else {"attribution": credit}


def landing_page() -> dict[str, Any]:
    """Return the way in."""
    return {
        "title": TITLE.pick(language()),
        "description": _DESCRIPTION.pick(language()),
        "links": [
            link("self", here(), JSON, Text("本页", "This page")),
            as_page(),
            link("service-doc", address("api", f="html"), HTML, Text("接口说明", "API definition")),
            link("service-desc", address("api"), OPENAPI, Text("接口说明", "API definition")),
            link("conformance", address("conformance"), JSON, Text("符合的标准", "Conformance")),
            link("data", address("collections"), JSON, Text("要素集合", "Collections")),
            link(f"{OGC_REL}tiling-schemes", address("matrix_sets"), JSON, TILING_SCHEMES),
        ],
    }


def collections(layers: list[Layer], moment: LayerMoment) -> dict[str, Any]:
    """Return the collections that somebody may see."""
    return {
        "links": [link("self", here(), JSON, Text("本页", "This page")), as_page()],
        "collections": [collection(layer, moment) for layer in layers],
    }


def collection(layer: Layer, moment: LayerMoment) -> dict[str, Any]:
    """Return what a layer says of itself as a collection."""
    own = address("collection", collection_id=layer.id)
    credit = credit_of(layer, moment)
    found: dict[str, Any] = {
        "id": layer.id,
        "title": layer.title.pick(language()),
        **credited(credit),
        "itemType": "feature",
        "crs": list(CRS_LIST),
        "storageCrs": CRS84,
        "links": [
            link("self", own, JSON, layer.title),
            link(
                "alternate",
                address("collection", collection_id=layer.id, f="html"),
                HTML,
                layer.title,
            ),
            link("items", address("items", collection_id=layer.id), GEOJSON, layer.title),
            link("items", address("items", collection_id=layer.id, f="html"), HTML, layer.title),
            *(
                link(
                    "enclosure",
                    address("items", collection_id=layer.id, f=name, download=1),
                    one.mimetype,
                    one.title,
                )
                for name, one in FILE_FORMATS.items()
            ),
            *(
                link(f"{OGC_REL}{name}", address(name, collection_id=layer.id), SCHEMA_JSON, title)
                for name, title in SCHEMAS
            ),
            link(
                f"{OGC_REL}tilesets-vector",
                address("tile_sets", collection_id=layer.id),
                JSON,
                TILE_SETS,
            ),
            *credit_links(credit),
        ],
    }
    note = layer.legend.note
    if moment.run is None and layer.uses_run and layer.legend.without_run is not None:
        note = layer.legend.without_run
    if note is not None:
        found["description"] = note.pick(language())
    box = extent_of(layer, moment)
    if box is not None:
        found["extent"] = {"spatial": {"bbox": [[round(side, 7) for side in box]], "crs": CRS84}}
    return found


def extent_of(layer: Layer, moment: LayerMoment) -> Bbox | None:
    """Return the layer's box, read once for each version of what it shows."""
    kept: dict[str, tuple[str, Bbox | None]] = current_app.extensions.setdefault("ogc_extents", {})
    version = moment.version_of(layer)
    found = kept.get(layer.id)
    if found is None or found[0] != version:
        found = (version, read_extent(services().database, layer, moment.context))
        kept[layer.id] = found
    return found[1]
