"""Is it alive, can it answer, and what has it done: for operators and their monitors."""

import os
import time

import orjson
from flask import Blueprint, Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)

from geoapp import __version__
from geoapp.store.migrate import is_current
from geoapp.web.edge.services import services

blueprint = Blueprint("health", __name__)

REQUESTS = Counter("geoapp_requests_total", "Answered requests", ["method", "route", "status"])
SECONDS = Histogram(
    "geoapp_request_seconds",
    "Time to answer a request",
    ["route"],
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10),
)


def _json(body: dict[str, object], status: int = 200) -> Response:
    response = Response(orjson.dumps(body), status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer as long as the process lives."""
    return _json({"status": "ok", "version": __version__})


@blueprint.get("/readyz")
def readyz() -> Response:
    """Answer 200 if the store is reachable and migrated, else 503."""
    database = services().database
    alive = database.is_alive()
    migrated = alive and is_current(database)
    ready = alive and migrated
    return _json({"ready": ready, "database": alive, "migrated": migrated}, 200 if ready else 503)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Answer in Prometheus' text format, summed over the server's processes."""
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def init_metrics(app: Flask) -> None:
    """Count each request by its route's pattern; never by its path or query."""

    @app.after_request
    def count(response: Response) -> Response:
        rule = request.url_rule.rule if request.url_rule else "unknown"
        REQUESTS.labels(request.method, rule, response.status_code).inc()
        if "started" in g:
            SECONDS.labels(rule).observe(time.perf_counter() - g.started)
        return response
