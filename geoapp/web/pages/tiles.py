"""``/tiles/``: base maps of this machine, part by part or tile by tile, as browsers ask for them; and the sea."""

from flask import Blueprint, Response, request, send_file

from geoapp.core.errors import NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.parsing import parse_bbox
from geoapp.maps.seas import sea_near
from geoapp.operations.base_maps.files import tile_of
from geoapp.operations.base_maps.keeper import operator_map
from geoapp.operations.streets.keeper import BaseMap, base_map
from geoapp.web.edge.access import same_for_everybody
from geoapp.web.edge.heavy import heavy
from geoapp.web.edge.services import services

blueprint = Blueprint("tiles", __name__)

_A_YEAR = 365 * 86400
_AN_HOUR = 3600
_FILE = Text("底图文件", "file of a base map")
_TILE = Text("瓦片", "tile")


@blueprint.get("/tiles/base.pmtiles")
@same_for_everybody
def base() -> Response:
    """Answer the file or the range that is asked for; 404 where no streets are loaded.

    Under the address that names the version in use (``?v=``) it never changes and is kept; any other
    is asked for anew each time.
    """
    settings = services().settings
    for _ in range(2):
        found = base_map(settings)
        if found is None:
            break
        try:
            return _sent(found)
        except FileNotFoundError:
            continue  # swapped between the two looks
    raise NotFoundError(Text("街道底图", "base map of streets"))


@blueprint.get("/tiles/base-maps/<string:code>.pmtiles")
@same_for_everybody
def vectors(code: str) -> Response:
    """Answer the file of a base map of the operator, or the range of it that is asked for."""
    found = operator_map(services().settings, code)
    if found.file is None or not found.is_vector or not found.file.is_file():
        raise NotFoundError(_FILE, code)
    # The tag is of size and time: strong enough for parts of one file to fit together.
    return send_file(
        found.file, mimetype="application/vnd.pmtiles", conditional=True, max_age=_AN_HOUR
    )


@blueprint.get("/tiles/base-maps/<string:code>/<int:zoom>/<int:column>/<int:row>")
@same_for_everybody
def picture(code: str, zoom: int, column: int, row: int) -> Response:
    """Answer one tile of a base map of the operator in a file of pictures; 404 where it has none."""
    found = operator_map(services().settings, code)
    tile = None
    if found.file is not None and not found.is_vector:
        tile = tile_of(found.file, zoom, column, row)
    if tile is None:
        raise NotFoundError(_TILE, f"{code}/{zoom}/{column}/{row}")
    response = Response(tile.content, mimetype=tile.mimetype)
    response.cache_control.public = True
    response.cache_control.max_age = _AN_HOUR
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.get("/tiles/sea.geojson")
@same_for_everybody
@heavy
def sea() -> Response:
    """Answer what is known to be sea in and around a box, for maps that have no streets."""
    box = parse_bbox("bbox", request.args.get("bbox", ""))
    response = Response(sea_near(box), mimetype="application/geo+json")
    response.cache_control.public = True
    response.cache_control.max_age = _AN_HOUR
    response.add_etag()
    response.make_conditional(request)
    return response


def _sent(found: BaseMap) -> Response:
    # The version is of the content, so the tag is a strong one: parts of one version fit together.
    answer = send_file(
        found.path,
        mimetype="application/vnd.pmtiles",
        etag=found.version,
        conditional=True,
        max_age=0,
    )
    cache = answer.cache_control
    cache.public = True
    if request.args.get("v") == found.version:
        cache.max_age = _A_YEAR
        cache.immutable = True
        cache.no_cache = None
    else:
        cache.no_cache = True
    return answer
