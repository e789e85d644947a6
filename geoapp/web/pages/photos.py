"""``/photos/NUMBER-HASH.jpg``: a photo of a facility, to whoever may see it."""

from flask import Blueprint, Response, request

from geoapp.core.errors import NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.roles import Permission
from geoapp.operations.facilities.photos import read_photo_file
from geoapp.web.edge.access import may
from geoapp.web.edge.photo_addresses import NAMED_CHARACTERS
from geoapp.web.edge.replies import PUBLIC_SECONDS
from geoapp.web.edge.services import services

blueprint = Blueprint("photos", __name__)


@blueprint.get("/photos/<int:number>-<named>.jpg")
def show(number: int, named: str) -> Response:
    """Answer the picture; one that is not public to staff alone."""
    if len(named) != NAMED_CHARACTERS or number >= 2**63:
        raise NotFoundError(Text("照片", "photo"), str(number)[:20])
    photo, content = read_photo_file(
        services().database, number, named, unpublished=may(Permission.SEE_UNPUBLISHED)
    )
    response = Response(content, mimetype="image/jpeg")
    # A photo may be taken off: whoever keeps a public one asks again before long.
    response.headers["Cache-Control"] = (
        f"public, max-age={PUBLIC_SECONDS}" if photo.is_public else "private, no-cache"
    )
    response.headers["Content-Disposition"] = f'inline; filename="{number}.jpg"'
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    response.set_etag(photo.hash)
    response.make_conditional(request)
    return response
