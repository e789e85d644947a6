"""``/tiles/base.pmtiles``: the base map, part by part, as browsers ask for it."""

from flask import Blueprint, Response, request, send_file

from geoapp.core.errors import NotFoundError
from geoapp.core.i18n import Text
from geoapp.operations.streets.keeper import BaseMap, base_map
from geoapp.web.edge.services import services

blueprint = Blueprint("tiles", __name__)

_A_YEAR = 365 * 86400


@blueprint.get("/tiles/base.pmtiles")
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
