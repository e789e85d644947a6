"""``/embed?layers=stations,bases``: a map of public layers for the frame of another site's page.

It is there for the sites that the operator names and for nobody else. Whoever is signed in sees in it
what everybody sees, and it sets no cookie.
"""

from collections.abc import Callable
from functools import wraps

from flask import Blueprint, Response, g, request

from geoapp.core.errors import InvalidValueError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.operations.layers.map_page import MapRequest, make_map
from geoapp.operations.siting.scenarios import runs_not_for
from geoapp.web.edge.heavy import kept
from geoapp.web.edge.language import language
from geoapp.web.edge.security import content_policy
from geoapp.web.edge.services import services
from geoapp.web.geojson.shown_runs import layers_moment
from geoapp.web.pages.maps import wanted_layers

blueprint = Blueprint("embed", __name__)

_DEFAULT = "stations,bases,homes"
_MAP = Text("可嵌入的地图", "map for other sites")


def _if_offered(view: Callable[[], Response]) -> Callable[[], Response]:
    """Stand before kept answers, too: nothing is there unless it is offered, and no cookie is set."""

    @wraps(view)
    def asked() -> Response:
        g.without_cookies = True
        if not services().settings.embed_ancestors:
            raise NotFoundError(_MAP, request.path)
        return view()

    return asked


@blueprint.get("/embed")
@_if_offered
@kept(layers_moment)
def show() -> Response:
    """Show a map of some layers that are open to everybody."""
    for name in request.args:
        if name not in ("layers", "lang"):
            raise InvalidValueError(name, request.args[name], Text("layers、lang", "layers, lang"))
    parts = services()
    asked = MapRequest(
        wanted_layers(request.args.get("layers", _DEFAULT), None),
        language=language(),
        hidden=runs_not_for(parts.database, None),
    )
    page = make_map(parts.database, parts.settings, asked, inline=False, root=request.script_root)
    response = Response(page.html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = content_policy(
        parts.settings, script=page.script, ancestors=parts.settings.embed_ancestors
    )
    return response
