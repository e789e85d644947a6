"""How answers leave: JSON bodies, and the caching headers of public read data."""

from typing import Any

import orjson
from flask import Response, request
from flask_login import current_user

PUBLIC_SECONDS = 60


def json_reply(body: Any, status: int = 200, mimetype: str = "application/json") -> Response:
    """Return a JSON answer that must be checked again before it is used again."""
    response = Response(orjson.dumps(body), status, mimetype=mimetype)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def public_reply(body: Any, mimetype: str = "application/json") -> Response:
    """Return public data with an ETag of its content; 304 if the asker has it already.

    What a signed-in person sees may hold more than what is public and is not kept by shared caches.
    """
    response = Response(orjson.dumps(body), mimetype=mimetype)
    signed_in = current_user.is_authenticated
    response.headers["Cache-Control"] = (
        "private, no-cache" if signed_in else f"public, max-age={PUBLIC_SECONDS}"
    )
    response.headers["Vary"] = "Authorization, Cookie, Accept-Language"
    response.add_etag()
    response.make_conditional(request)
    return response
