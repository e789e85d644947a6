"""Public read data may be read by pages of other sites: any origin, never with credentials."""

from flask import Flask, Response, request

_PUBLIC = ("/api/v1/", "/layers/", "/ogc")
_READ = ("GET", "HEAD", "OPTIONS")


def init_cors(app: Flask) -> None:
    """Let any origin read what is public; writing from elsewhere stays forbidden.

    A browser sends no cookies along to an answer that allows any origin, so what such a page reads
    is what everybody may read.
    """

    @app.after_request
    def allow_reading(response: Response) -> Response:
        if request.method in _READ and request.path.startswith(_PUBLIC):
            allow = response.headers
            allow["Access-Control-Allow-Origin"] = "*"
            allow["Access-Control-Expose-Headers"] = (
                "Content-Crs, ETag, Link, Location, Retry-After"
            )
            if request.method == "OPTIONS":
                # A preflight's answer: writes are not among what is allowed.
                allow["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
                allow["Access-Control-Allow-Headers"] = "If-None-Match"
                allow["Access-Control-Max-Age"] = "86400"
        return response
