"""The tiles' part of the OpenAPI definition of the OGC addresses (``oas30`` of OGC API Tiles)."""

from typing import Any, Final

from geoapp.core.tiles import MATRIX_SET, MOST_ZOOM
from geoapp.web.ogc.documents import JSON
from geoapp.web.ogc.tile_documents import MVT

_TAG: Final = "Tiles"
_OBJECT: Final[dict[str, Any]] = {"type": "object"}
_SCHEMES: Final = "/tileMatrixSets"
_SETS: Final = "/collections/{collectionId}/tiles"
_OF_LAYER: Final = ({"$ref": "#/components/parameters/collectionId"},)


def tile_paths() -> dict[str, Any]:
    """Return the addresses; the ends of the operations' names are the standard's."""
    zooms = {"type": "string", "enum": [str(zoom) for zoom in range(MOST_ZOOM + 1)]}
    place = {"type": "integer", "minimum": 0, "maximum": 2**MOST_ZOOM - 1}
    return {
        _SCHEMES: _read("getTileMatrixSetsList", "Tile matrix sets", _json("tileMatrixSets")),
        f"{_SCHEMES}/{MATRIX_SET}": _read(
            "getTileMatrixSet", "The tile matrix set", _json("id", "crs", "tileMatrices")
        ),
        _SETS: _read(
            ".collection.vector.getTileSetsList",
            "Tile sets of a collection",
            _json("tilesets"),
            *_OF_LAYER,
        ),
        f"{_SETS}/{MATRIX_SET}": _read(
            ".collection.vector.getTileSet",
            "A tile set of a collection",
            _json(),
            *_OF_LAYER,
            formats=("json", "tilejson"),
        ),
        f"{_SETS}/{MATRIX_SET}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": _read(
            ".collection.vector.getTile",
            "A vector tile; of no bytes where nothing is",
            {MVT: {"schema": {"type": "string", "format": "binary"}}},
            *_OF_LAYER,
            _in_path("tileMatrix", zooms, "Zoom"),
            _in_path("tileRow", place, "Row, from the north"),
            _in_path("tileCol", place, "Column, from the west"),
            formats=("mvt",),
        ),
    }


def _json(*required: str) -> dict[str, Any]:
    schema = {**_OBJECT, "required": list(required)} if required else _OBJECT
    return {JSON: {"schema": schema}}


def _in_path(name: str, schema: dict[str, Any], text: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema, "description": text}


def _read(
    name: str,
    summary: str,
    content: dict[str, Any],
    *parameters: dict[str, Any],
    formats: tuple[str, ...] = (),
) -> dict[str, Any]:
    told = {"400": "A parameter is unknown or not accepted"}
    if parameters:
        told |= {"403": "Not open to the asker", "404": "No such resource"}
    if MVT in content:
        told["429"] = "Too many tiles for this address at the same time; see Retry-After"
    told |= {"500": "Something went wrong here", "503": "Not available now"}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}}}
    form: dict[str, Any] = {"$ref": "#/components/parameters/f"}
    if formats:
        schema = {"type": "string", "enum": list(formats)}
        form = {"name": "f", "in": "query", "schema": schema, "description": "Format"}
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "tags": [_TAG],
            "parameters": [*parameters, form, {"$ref": "#/components/parameters/lang"}],
            "responses": {
                "200": {"description": "OK", "content": content},
                **{code: {"description": text, "content": problem} for code, text in told.items()},
            },
        }
    }
