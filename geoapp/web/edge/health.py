"""Is it alive, can it answer, and what has it done: for operators and their monitors."""

import hmac
import os
import time
from ipaddress import ip_address

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
from geoapp.core.i18n import Text
from geoapp.operations.upkeep.measure import measure_all
from geoapp.web.edge.measured import MeasuredCollector
from geoapp.web.edge.problems import problem
from geoapp.web.edge.services import services
from geoapp.web.front.environ import MOVED

blueprint = Blueprint("health", __name__)

# Anybody can invent a method, and each would be a series of its own for ever.
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})

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


def _may_look_inside() -> bool:
    """Tell whether the asker is a monitor: by the token if there is one, else by its address."""
    token = services().settings.monitor_token
    if token:
        given = request.authorization
        sent = given.token if given is not None and given.type == "bearer" else None
        return sent is not None and hmac.compare_digest(sent.encode(), token.encode())
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer as long as the process lives."""
    return _json({"status": "ok", "version": __version__})


@blueprint.get("/readyz")
def readyz() -> Response:
    """Answer 200 if the store answers, is migrated and can be written to, else 503.

    Why not is for monitors alone.
    """
    state = services().readiness.look()
    told: dict[str, object] = {"ready": state.ready}
    if _may_look_inside():
        told |= {
            "database": state.database,
            "migrated": state.migrated,
            "writable": state.writable,
        }
        if state.cause is not None:
            told |= {"detail": state.cause.en, "detail_zh": state.cause.zh}
    return _json(told, 200 if state.ready else 503)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Answer in Prometheus' text format, to monitors alone.

    Requests are summed over the server's processes; the store, the disk and the backups are measured now.
    """
    if not _may_look_inside():
        refused = problem(
            401,
            Text(
                "只有本机，或带 GEOAPP_MONITOR_TOKEN 的请求，可以读取。",
                "This is for requests from the machine itself, or with GEOAPP_MONITOR_TOKEN.",
            ),
        )
        refused.headers["WWW-Authenticate"] = 'Bearer realm="geoapp"'
        return refused
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    found = CollectorRegistry()
    found.register(MeasuredCollector(measure_all(services().database, services().settings)))
    told = generate_latest(registry) + generate_latest(found)
    return Response(told, content_type=CONTENT_TYPE_LATEST)


def init_metrics(app: Flask) -> None:
    """Count each request by its route's pattern; never by its path or query."""

    @app.after_request
    def count(response: Response) -> Response:
        if MOVED in request.environ:  # it is answered, and counted, once it was done
            return response
        rule = request.url_rule.rule if request.url_rule else "unknown"
        method = request.method if request.method in _METHODS else "other"
        REQUESTS.labels(method, rule, response.status_code).inc()
        if "started" in g:
            SECONDS.labels(rule).observe(time.perf_counter() - g.started)
        return response
