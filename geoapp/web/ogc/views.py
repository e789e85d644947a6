"""OGC API Features: Part 1 (core, GeoJSON, OpenAPI 3.0), Part 2 (reference systems), Part 3 (filters).

Each map layer is a collection. Only what a layer shows at present can be asked; coordinates are
WGS-84 as longitude, latitude (CRS84), unless another reference system is asked for.
"""

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import orjson
from flask import Blueprint, Response, render_template, request, url_for
from flask_login import current_user

from geoapp.core.errors import InvalidValueError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.maps.kit import Layer
from geoapp.maps.registry import registry
from geoapp.operations.layers.files import FILE_FORMATS
from geoapp.operations.layers.paging import LayerRows
from geoapp.operations.layers.rows import LayerMoment, LayerReading, layer_reading
from geoapp.web.edge.access import current_role
from geoapp.web.edge.heavy import kept, take_turn
from geoapp.web.edge.language import language
from geoapp.web.edge.negotiation import wants_html
from geoapp.web.edge.problems import answer
from geoapp.web.edge.replies import PUBLIC_SECONDS, public_reply
from geoapp.web.edge.services import services
from geoapp.web.front.environ import FILE_LANE
from geoapp.web.geojson.shown_runs import hidden_runs_here, layers_moment
from geoapp.web.ogc import documents, files, pages
from geoapp.web.ogc.crs import STORED, Crs
from geoapp.web.ogc.cursors import cursor_after
from geoapp.web.ogc.description import describe_api
from geoapp.web.ogc.documents import (
    GEOJSON,
    HTML,
    JSON,
    OPENAPI,
    SCHEMA_JSON,
    address,
    as_page,
    here,
    link,
)
from geoapp.web.ogc.parameters import (
    OF_ITEM,
    PAGE_FORMATS,
    Wanted,
    check_known,
    wanted_crs,
    wanted_items,
)
from geoapp.web.ogc.queryables import attributes_here, queryable, sortable
from geoapp.web.ogc.queryables import queryables as queryables_of
from geoapp.web.ogc.queryables import sortables as sortables_of

blueprint = Blueprint("ogc", __name__, url_prefix="/ogc")

_FEATURE = Text("要素", "feature")


@blueprint.errorhandler(InvalidValueError)
def _refuse(error: InvalidValueError) -> Response:
    """Answer 400, as the standard asks, where the rest of the application answers 422."""
    return answer(
        400,
        error.text,
        parameter=error.parameter,
        value=error.value,
        accepted=error.accepted.en,
        accepted_zh=error.accepted.zh,
    )


@blueprint.after_request
def _by_form(response: Response) -> Response:
    """Say that the same address answers programs and people in different forms."""
    response.vary.add("Accept")
    return response


def _with_links(body: dict[str, Any]) -> Response:
    response = public_reply(body)
    documents.tell_links(response, body["links"])
    return response


@blueprint.get("/")
def landing() -> Response:
    """Return the landing page."""
    check_known(formats=PAGE_FORMATS)
    return pages.landing() if wants_html() else _with_links(documents.landing_page())


@blueprint.get("/conformance")
def conformance() -> Response:
    """Return the conformance classes that hold here."""
    check_known(formats=PAGE_FORMATS)
    if wants_html():
        return pages.conformance()
    return public_reply({"conformsTo": documents.CONFORMS_TO})


@blueprint.get("/api")
def api() -> Response:
    """Return the OpenAPI 3.0 definition of these addresses."""
    check_known(formats=PAGE_FORMATS)
    if wants_html():
        page = render_template("api_docs.html", document=url_for("ogc.api", f="json"))
        return Response(page, mimetype=HTML)
    return public_reply(describe_api(registry().visible_to(current_role())), OPENAPI)


@blueprint.get("/collections")
def collections() -> Response:
    """Return the collections that the asker may see."""
    check_known(formats=PAGE_FORMATS)
    layers = registry().visible_to(current_role())
    if wants_html():
        return pages.collections(layers, _moment())
    return _with_links(documents.collections(layers, _moment()))


@blueprint.get("/collections/<string:collection_id>")
def collection(collection_id: str) -> Response:
    """Return one collection."""
    check_known(formats=PAGE_FORMATS)
    layer = registry().get(collection_id, current_role())
    if wants_html():
        return pages.collection(layer, _moment())
    return _with_links(documents.collection(layer, _moment()))


@blueprint.get("/collections/<string:collection_id>/queryables")
def queryables(collection_id: str) -> Response:
    """Return what a filter may name, as JSON Schema."""
    check_known(formats=PAGE_FORMATS)
    layer = registry().get(collection_id, current_role())
    if wants_html():
        return pages.schema(layer, "queryables", queryable(layer))
    return public_reply(queryables_of(layer), SCHEMA_JSON)


@blueprint.get("/collections/<string:collection_id>/sortables")
def sortables(collection_id: str) -> Response:
    """Return what features can be put in order by, as JSON Schema."""
    check_known(formats=PAGE_FORMATS)
    layer = registry().get(collection_id, current_role())
    if wants_html():
        return pages.schema(layer, "sortables", sortable(layer))
    return public_reply(sortables_of(layer), SCHEMA_JSON)


@blueprint.get("/collections/<string:collection_id>/items")
def items(collection_id: str) -> Response:
    """Return a page of features, in the order asked and that of their ids; or all as one file."""
    # What names who is signed in is nobody else's, and so not kept.
    return _items_page(collection_id) if wants_html() else _items(collection_id)


def _items_page(collection_id: str) -> Response:
    layer = registry().get(collection_id, current_role())
    wanted = wanted_items(layer)
    take_turn()
    with _reading() as reading:
        moment = reading.moment
        found = _read_page(reading, layer, wanted)
    shown = found.rows[: wanted.limit]
    links = _page_links(layer, wanted, shown[-1] if len(found.rows) > len(shown) else None, HTML)
    links += documents.credit_links(documents.credit_of(layer, moment))
    return pages.items(
        layer, shown, matched=found.matched, wanted=wanted, moment=moment, links=links
    )


def _items_moment() -> str:
    return f"{layers_moment()};{request.headers.get('Accept-Crs', '')}"


@kept(_items_moment, at_once=False)
def _items(collection_id: str) -> Response:
    layer = registry().get(collection_id, current_role())
    file_format = files.wanted_file()
    if file_format is not None:
        return _file(layer, file_format)
    wanted = wanted_items(layer)
    with _reading() as reading:
        moment = reading.moment
        response = _versioned(layer, moment, wanted.crs)
        if response.status_code == 304:
            return response
        take_turn()
        found = _read_page(reading, layer, wanted)
    shown = found.rows[: wanted.limit]
    more = len(found.rows) > len(shown)
    credit = documents.credit_of(layer, moment)
    links = [as_page(), *_page_links(layer, wanted, shown[-1] if more else None, GEOJSON)]
    links += documents.credit_links(credit)
    body = {
        "type": "FeatureCollection",
        **documents.credited(credit),
        "timeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "numberMatched": found.matched,
        "numberReturned": len(shown),
        "links": links,
        "features": _features(layer, shown, wanted.crs),
    }
    documents.tell_links(response, links)
    response.set_data(orjson.dumps(body, default=str))
    return response


def _read_page(reading: LayerReading, layer: Layer, wanted: Wanted) -> LayerRows:
    """Return the rows of a page; one more than asked tells whether there is a next one."""
    return reading.rows(
        layer,
        bbox=wanted.bbox,
        limit=wanted.limit + 1,
        offset=wanted.offset,
        where=wanted.where,
        keys=wanted.keys,
        after=wanted.after,
    )


def _file(layer: Layer, file_format: str) -> Response:
    wanted = wanted_items(layer, whole=True)
    known = FILE_FORMATS[file_format]
    positions = files.wanted_positions(known, wanted.crs)
    credit = documents.credit_of(layer, _moment())
    with _reading() as reading:
        response = _versioned(layer, reading.moment, wanted.crs)
        response.mimetype = known.mimetype
        response.headers.pop("Content-Crs")  # a file says it itself, or its columns do
        links = [documents.queryables_link(layer), *documents.credit_links(credit)]
        documents.tell_links(response, links)
        if response.status_code != 304 and request.method != "HEAD":
            take_turn(FILE_LANE)
            files.fill(response, reading, layer, file_format, wanted, positions, credit)
    return response


@blueprint.get("/collections/<string:collection_id>/items/<path:feature_id>")
def item(collection_id: str, feature_id: str) -> Response:
    """Return one feature."""
    check_known(OF_ITEM, PAGE_FORMATS)
    crs = wanted_crs()
    layer = registry().get(collection_id, current_role())
    with _reading() as reading:
        moment = reading.moment
        response = _versioned(layer, moment, crs)
        if response.status_code == 304 and not wants_html():
            return response
        found = reading.rows(layer, row_id=feature_id, limit=1)
    if not found.rows:
        raise NotFoundError(_FEATURE, feature_id[:200])
    [body] = _features(layer, found.rows, STORED if wants_html() else crs)
    credit = documents.credit_of(layer, moment)
    body |= documents.credited(credit)
    body["links"] = [
        link("self", here(), GEOJSON),
        as_page(),
        link("collection", address("collection", collection_id=layer.id), JSON, layer.title),
        *documents.credit_links(credit),
    ]
    if wants_html():
        return pages.item(layer, found.rows[0], body, moment)
    documents.tell_links(response, body["links"])
    response.set_data(orjson.dumps(body, default=str))
    return response


def _reading() -> AbstractContextManager[LayerReading]:
    parts = services()
    return layer_reading(parts.database, parts.settings, None, hidden_runs_here())


def _moment() -> LayerMoment:
    with _reading() as reading:
        return reading.moment


def _features(layer: Layer, rows: list[dict[str, Any]], crs: Crs) -> list[dict[str, Any]]:
    """Return features whose properties are what can be asked about."""
    attributes = attributes_here(layer)
    return [
        {
            "type": "Feature",
            "id": row["id"],
            "geometry": crs.geojson(row["geometry"]),
            "properties": {name: one.value(row) for name, one in attributes.items()},
        }
        for row in rows
    ]


def _page_links(
    layer: Layer, wanted: Wanted, last: dict[str, Any] | None, form: str
) -> list[dict[str, str]]:
    """Return the links of a page in a form; ``last`` is its last row if there are more."""
    # A reference system that a header asked for is said in the address, as who follows may leave the header out.
    crs = {} if wanted.crs.is_lonlat else {"crs": wanted.crs.uri}
    asked = {**request.args.to_dict(), "limit": wanted.limit, **crs}

    def page(**where: Any) -> str:
        kept = {name: value for name, value in asked.items() if name not in ("offset", "cursor")}
        return address("items", collection_id=layer.id, **kept, **where)

    links = [
        link("self", here(), form),
        link("collection", address("collection", collection_id=layer.id), JSON, layer.title),
        documents.queryables_link(layer),
    ]
    if last is not None:
        following = page(cursor=cursor_after(last, wanted.keys))
        links.append(link("next", following, form, Text("下一页", "Next page")))
    if wanted.offset > 0:
        before = max(0, wanted.offset - wanted.limit)
        links.append(link("prev", page(offset=before), form, Text("上一页", "Previous page")))
    # All that is asked for, not this page alone.
    whole = {name: value for name, value in request.args.items() if name not in pages.PAGING}
    for name, one in FILE_FORMATS.items():
        file = address("items", collection_id=layer.id, **whole, f=name, download=1)
        links.append(link("enclosure", file, one.mimetype, one.title))
    return links


def _versioned(layer: Layer, moment: LayerMoment, crs: Crs) -> Response:
    """Return an answer marked with what it rests on; 304 if the asker has it already."""
    mark = (
        f"{services().life.now()};{moment.version_of(layer)};{request.url};{crs.uri};{language()}"
    )
    response = Response(mimetype=GEOJSON)
    response.headers["Cache-Control"] = (
        "private, no-cache"
        if current_user.is_authenticated
        else f"public, max-age={PUBLIC_SECONDS}"
    )
    response.headers["Content-Crs"] = f"<{crs.uri}>"
    response.headers["Vary"] = "Authorization, Cookie, Accept-Language, Accept-Crs"
    tag = blake2b(mark.encode(), digest_size=12).hexdigest()
    response.set_etag(tag, weak=True)
    if request.if_none_match.contains_weak(tag):
        response.status_code = 304
    return response
