"""The OpenAPI document and its reading page, both without the internet."""

import copy
import re
from pathlib import Path
from typing import Any

import flask_openapi3_swagger
import orjson
from flask import Blueprint, Response, current_app, render_template, send_from_directory, url_for
from flask_openapi3 import OpenAPI

from geoapp.web.edge.access import required_permission

blueprint = Blueprint("api_docs", __name__, url_prefix="/api/v1")

_VARIABLE = re.compile(r"<(?:\w+:)?(\w+)>")
_TOKEN = {
    "name": "X-CSRFToken",
    "in": "header",
    "required": False,
    "description": "凭 cookie 时必填：每页的 meta csrf-token / with a cookie, the meta csrf-token of "
    "every page",
    "schema": {"type": "string"},
}
_PROBLEM = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_REFUSALS = {
    "400": "No X-CSRFToken",
    "401": "Not signed in",
    "403": "Not permitted to this role",
    "429": "Too many attempts to sign in, or too many requests with this key",
}
_SWAGGER = Path(flask_openapi3_swagger.__file__).parent / "templates" / "swagger"


@blueprint.get("/openapi.json")
def document() -> Response:
    """Return the OpenAPI 3.1 document, generated from the code."""
    app = current_app
    if not isinstance(app, OpenAPI):
        raise TypeError("the application does not describe itself")
    described = _with_media_types(_with_guards(copy.deepcopy(app.api_doc)))
    response = Response(orjson.dumps(described), mimetype="application/json")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _with_guards(document: dict[str, Any]) -> dict[str, Any]:
    """Add what stands before the guarded operations: a session, its token, and their refusals."""
    for rule in current_app.url_map.iter_rules():
        path = _VARIABLE.sub(r"{\1}", rule.rule)
        for method in rule.methods or ():
            operation = document["paths"].get(path, {}).get(method.lower())
            if operation and required_permission(current_app.view_functions[rule.endpoint]):
                operation["security"] = [{"session": []}, {"basic": []}, {"key": []}]
                refusals = dict(_REFUSALS)
                if method == "GET":
                    del refusals["400"]  # reading needs no token
                else:
                    operation["parameters"] = [*operation.get("parameters", []), _TOKEN]
                for status, text in refusals.items():
                    operation["responses"][status] = {"description": text, "content": _PROBLEM}
    return document


def _with_media_types(document: dict[str, Any]) -> dict[str, Any]:
    """Say which JSON each answer is, which the API library cannot."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                content = answer.get("content", {})
                if "application/json" not in content:
                    continue
                shape = content["application/json"]["schema"].get("$ref", "")
                if int(status) >= 400:
                    content["application/problem+json"] = content.pop("application/json")
                elif shape.endswith(("Feature", "FeatureCollection")):
                    content["application/geo+json"] = content.pop("application/json")
    return document


@blueprint.get("/docs")
def page() -> str:
    """Show the API to read and try."""
    return render_template("api_docs.html", document=url_for("api_docs.document"))


@blueprint.get("/docs/assets/<path:name>")
def asset(name: str) -> Response:
    """Return a script or style of the reading page."""
    return send_from_directory(_SWAGGER, name, max_age=86400)
