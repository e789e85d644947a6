"""What the service says of its tiles: tile sets (OGC 17-083r4), their list, and TileJSON 3.0."""

import math
from typing import Any, Final

from geoapp.core.i18n import Text
from geoapp.core.tiles import HALF_M, MATRIX_SET, MOST_ZOOM
from geoapp.maps.kit import Layer
from geoapp.operations.layers.rows import LayerMoment
from geoapp.operations.layers.tiles import TileField, tile_fields
from geoapp.web.edge.language import language
from geoapp.web.ogc.documents import (
    JSON,
    OGC_REL,
    TILE_SETS,
    TILING_SCHEMES,
    address,
    credit_links,
    credit_of,
    credited,
    extent_of,
    here,
    link,
)

MVT: Final = "application/vnd.mapbox-vector-tile"
_MATRIX_SET_URI: Final = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{MATRIX_SET}"
_CRS: Final = "http://www.opengis.net/def/crs/EPSG/0/3857"
_SIDE_PX: Final = 256
# A pixel of the standard is 0.28 mm wide.
_PIXEL_M: Final = 0.00028
# How far the registered matrix set goes, whatever is served of it.
_ZOOMS_KNOWN: Final = 24


def matrix_sets() -> dict[str, Any]:
    """Return the list of matrix sets: the one."""
    known = address("matrix_set")
    return {
        "links": [link("self", here(), JSON)],
        "tileMatrixSets": [
            {
                "id": MATRIX_SET,
                "title": _matrix_title(),
                "uri": _MATRIX_SET_URI,
                "crs": _CRS,
                "links": [link("self", known, JSON, TILING_SCHEMES)],
            }
        ],
    }


def matrix_set() -> dict[str, Any]:
    """Return the matrix set as it is registered."""
    return {
        "id": MATRIX_SET,
        "title": _matrix_title(),
        "uri": _MATRIX_SET_URI,
        "crs": _CRS,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": [_matrix(zoom) for zoom in range(_ZOOMS_KNOWN + 1)],
    }


def _matrix_title() -> str:
    return "Google Maps Compatible for the World"


def _matrix(zoom: int) -> dict[str, Any]:
    cell_m = 2 * HALF_M / _SIDE_PX / 2**zoom
    return {
        "id": str(zoom),
        "scaleDenominator": cell_m / _PIXEL_M,
        "cellSize": cell_m,
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [-HALF_M, HALF_M],
        "tileWidth": _SIDE_PX,
        "tileHeight": _SIDE_PX,
        "matrixWidth": 2**zoom,
        "matrixHeight": 2**zoom,
    }


def tile_sets(layer: Layer) -> dict[str, Any]:
    """Return the list of a collection's tile sets: the one."""
    return {
        "links": [
            link("self", here(), JSON),
            link("collection", address("collection", collection_id=layer.id), JSON, layer.title),
        ],
        "tilesets": [
            {
                **_about(layer),
                "links": [
                    link("self", address("tile_set", collection_id=layer.id), JSON, layer.title),
                    _scheme_link(),
                ],
            }
        ],
    }


def tile_set(layer: Layer, moment: LayerMoment) -> dict[str, Any]:
    """Return what a tile set is: where its tiles are, how far they reach, what they hold."""
    own = address("tile_set", collection_id=layer.id)
    json = link("alternate", f"{own}?f=tilejson", JSON, Text("TileJSON", "TileJSON"))
    item = {**link("item", _template(layer, "tileMatrix", "tileRow", "tileCol"), MVT, TILE_SETS)}
    credit = credit_of(layer, moment)
    found: dict[str, Any] = {
        **_about(layer),
        **credited(credit),
        "links": [
            link("self", own, JSON, layer.title),
            json,
            *credit_links(credit),
            {**item, "templated": True},
            _scheme_link(),
            link(
                f"{OGC_REL}geodata",
                address("collection", collection_id=layer.id),
                JSON,
                layer.title,
            ),
        ],
        # The whole of these zooms: the data may come to lie anywhere.
        "tileMatrixSetLimits": [
            {
                "tileMatrix": str(zoom),
                "minTileRow": 0,
                "maxTileRow": 2**zoom - 1,
                "minTileCol": 0,
                "maxTileCol": 2**zoom - 1,
            }
            for zoom in range(MOST_ZOOM + 1)
        ],
        "layers": [
            {
                "id": layer.id,
                "title": layer.title.pick(language()),
                "dataType": "vector",
                "minTileMatrix": "0",
                "maxTileMatrix": str(MOST_ZOOM),
                "propertiesSchema": {
                    "type": "object",
                    "properties": {
                        name: {"type": one.kind, "title": one.title.pick(language())}
                        for name, one in _fields(layer, moment).items()
                    },
                },
            }
        ],
    }
    box = extent_of(layer, moment)
    if box is not None:
        west, south, east, north = box
        found["boundingBox"] = {
            "lowerLeft": _projected(west, south),
            "upperRight": _projected(east, north),
            "crs": _CRS,
        }
    return found


def tile_json(layer: Layer, moment: LayerMoment) -> dict[str, Any]:
    """Return a tile set as MapLibre, OpenLayers and others read it (TileJSON 3.0)."""
    found: dict[str, Any] = {
        "tilejson": "3.0.0",
        "name": layer.title.pick(language()),
        "scheme": "xyz",
        "tiles": [_template(layer, "z", "y", "x")],
        "minzoom": 0,
        "maxzoom": MOST_ZOOM,
        "vector_layers": [
            {
                "id": layer.id,
                "description": layer.title.pick(language()),
                "minzoom": 0,
                "maxzoom": MOST_ZOOM,
                "fields": {
                    name: one.title.pick(language()) for name, one in _fields(layer, moment).items()
                },
            }
        ],
    }
    found |= credited(credit_of(layer, moment))
    if layer.legend.note is not None:
        found["description"] = layer.legend.note.pick(language())
    box = extent_of(layer, moment)
    if box is not None:
        west, south, east, north = box
        found["bounds"] = [round(side, 7) for side in box]
        # As far out as half of the box's width or height fills the screen of a phone.
        wide = max((east - west) / 360, (north - south) / 180, 1e-9)
        zoom = max(0, min(MOST_ZOOM, math.floor(-math.log2(wide))))
        middle = [round((west + east) / 2, 5), round((south + north) / 2, 5), zoom]
        found["center"] = middle
    return found


def _projected(lon: float, lat: float) -> list[float]:
    """Return a place in metres of EPSG:3857, which ends short of the poles."""
    slope = math.asinh(math.tan(math.radians(lat)))
    north = max(-math.pi, min(math.pi, slope)) / math.pi * HALF_M
    return [round(lon / 180 * HALF_M, 2), round(north, 2)]


def _about(layer: Layer) -> dict[str, Any]:
    return {
        "title": layer.title.pick(language()),
        "dataType": "vector",
        "crs": _CRS,
        "tileMatrixSetURI": _MATRIX_SET_URI,
    }


def _scheme_link() -> dict[str, str]:
    return link(f"{OGC_REL}tiling-scheme", address("matrix_set"), JSON, TILING_SCHEMES)


def _template(layer: Layer, *names: str) -> str:
    """Return the address of a tile with names in braces for zoom, row and column."""
    parts = "/".join(f"{{{name}}}" for name in names)
    return f"{address('tile_set', collection_id=layer.id)}/{parts}"


def _fields(layer: Layer, moment: LayerMoment) -> dict[str, TileField]:
    return dict(tile_fields(layer, moment.context))
