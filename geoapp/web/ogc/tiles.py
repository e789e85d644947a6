"""OGC API Tiles, Part 1: Core (OGC 20-057): every layer as Mapbox Vector Tiles.

A tile is made once for each state of what it shows, and kept. One without anything in it is an
answer of no bytes, which is a vector tile too, so that it can be kept and marked like any other.
"""

from collections.abc import Collection

from flask import Response, current_app, request
from flask_login import current_user

from geoapp.core.errors import InvalidValueError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.tiles import Tile, tile_at
from geoapp.maps.kit import Layer
from geoapp.maps.registry import registry
from geoapp.operations.layers.attributes import ANY_RUN
from geoapp.operations.layers.rows import LayerMoment, read_moment
from geoapp.operations.layers.tiles import LayerTiles, tile_fields
from geoapp.web.edge.access import current_role
from geoapp.web.edge.credit import add_licence
from geoapp.web.edge.heavy import kept
from geoapp.web.edge.replies import PUBLIC_SECONDS, public_reply
from geoapp.web.edge.services import services
from geoapp.web.front.environ import TILE_LANE
from geoapp.web.geojson.shown_runs import hidden_runs_here
from geoapp.web.ogc import tile_documents
from geoapp.web.ogc.parameters import check_known
from geoapp.web.ogc.views import blueprint

__all__ = ["blueprint"]

_TILE = Text("瓦片", "tile")
_MVT = tile_documents.MVT


@blueprint.get("/tileMatrixSets")
def matrix_sets() -> Response:
    """Return the ways in which the world is cut into tiles here."""
    check_known()
    return public_reply(tile_documents.matrix_sets())


@blueprint.get("/tileMatrixSets/WebMercatorQuad")
def matrix_set() -> Response:
    """Return the one matrix set."""
    check_known()
    return public_reply(tile_documents.matrix_set())


@blueprint.get("/collections/<string:collection_id>/tiles")
def tile_sets(collection_id: str) -> Response:
    """Return the tile sets of a collection."""
    layer = _layer(collection_id)
    check_known()
    return public_reply(tile_documents.tile_sets(layer))


@blueprint.get("/collections/<string:collection_id>/tiles/WebMercatorQuad")
def tile_set(collection_id: str) -> Response:
    """Return what a tile set is; with ``f=tilejson`` as TileJSON."""
    layer = _layer(collection_id)
    check_known(formats=("json", "tilejson"))
    moment = _moment()
    if request.args.get("f") == "tilejson":
        return public_reply(tile_documents.tile_json(layer, moment))
    return public_reply(tile_documents.tile_set(layer, moment))


def _version() -> str:
    """Return what the tile that is asked for depends on, beside the request."""
    layer = _layer((request.view_args or {})["collection_id"])
    return _tiles().version(layer, _hidden(layer))


def _is_made_soon(collection_id: str, zoom: str, row: str, column: str) -> bool:
    layer = _layer(collection_id)
    return _tiles().is_made_soon(layer, _tile(zoom, row, column), _hidden(layer))


@blueprint.get(
    "/collections/<string:collection_id>/tiles/WebMercatorQuad"
    "/<string:zoom>/<string:row>/<string:column>"
)
@kept(_version, lane=TILE_LANE, is_made_soon=_is_made_soon)
def tile(collection_id: str, zoom: str, row: str, column: str) -> Response:
    """Return a tile; rows count from the north and come before columns."""
    layer = _layer(collection_id)
    check_known(("properties",), formats=("mvt",))
    body = _tiles().read(layer, _tile(zoom, row, column), _hidden(layer), _fields(layer))
    response = Response(body, mimetype=_MVT)
    if _tiles().credit(layer, _hidden(layer)) is not None:
        add_licence(response)
    response.headers["Cache-Control"] = (
        "private, no-cache"
        if current_user.is_authenticated
        else f"public, max-age={PUBLIC_SECONDS}"
    )
    return response


def _tiles() -> LayerTiles:
    parts = services()
    found: LayerTiles = current_app.extensions.setdefault(
        "layer_tiles", LayerTiles(parts.database, parts.settings)
    )
    return found


def _hidden(layer: Layer) -> Collection[int]:
    return hidden_runs_here() if layer.uses_run else ()


def _layer(collection_id: str) -> Layer:
    return registry().get(collection_id, current_role())


def _fields(layer: Layer) -> frozenset[str] | None:
    """Return which columns are wanted beside those of every tile; None where nobody chooses."""
    given = request.args.get("properties")
    if given is None:
        return None
    wanted = frozenset(given.split(",")) if given else frozenset()
    known = sorted(tile_fields(layer, ANY_RUN))
    if not wanted <= set(known):
        names = ", ".join(known)
        raise InvalidValueError("properties", given[:200], Text(names, f"some of {names}"))
    return wanted


def _tile(*parts: str) -> Tile:
    numbers = [int(part) for part in parts if part.isascii() and part.isdecimal() and len(part) < 9]
    found = tile_at(*numbers) if len(numbers) == len(parts) else None
    if found is None:
        raise NotFoundError(_TILE, "/".join(parts)[:100])
    return found


def _moment() -> LayerMoment:
    parts = services()
    return read_moment(parts.database, parts.settings, None)
