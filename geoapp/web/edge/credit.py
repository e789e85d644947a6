"""The head of what is read of facilities says whose data it is, where that is OpenStreetMap's."""

from typing import Final

from flask import Flask, Response, request

from geoapp.core.words import OSM_LICENCE
from geoapp.web.edge.services import services

# Whose answers hold facilities, or ways to them; their bodies hold no place for it.
_READ: Final = {"along", "facilities", "nearest", "offline", "search", "walks"}


def add_licence(response: Response) -> None:
    """Let an answer's head link to the licence of OpenStreetMap's data."""
    response.headers.add("Link", f'<{OSM_LICENCE}>; rel="license"')


def init_credit(app: Flask) -> None:
    """Let answers link to whose data they are (RFC 8288), as the licence asks for."""

    @app.after_request
    def link_licence(response: Response) -> Response:
        is_read = request.method == "GET" and response.status_code in (200, 304)
        if is_read and request.blueprint in _READ and services().nearest.has_osm():
            add_licence(response)
        return response
