"""A line of the log for each request, without positions.

A worker's position comes in the query string, so no query string, address of a caller or body is
ever logged: only the route's pattern, the status and the time taken.
"""

import time

import structlog
from flask import Flask, Response, g, request

from geoapp.web.front.environ import MOVED


def init_logs(app: Flask) -> None:
    """Log each answered request by its route's pattern."""
    log = structlog.get_logger("geoapp.request")

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        if MOVED in request.environ:
            return response
        rule = request.url_rule.rule if request.url_rule else "unknown"
        taken_ms = round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1)
        level = "error" if response.status_code >= 500 else "debug"
        getattr(log, level)(
            "request",
            method=request.method,
            route=rule,
            status=response.status_code,
            taken_ms=taken_ms,
        )
        return response
