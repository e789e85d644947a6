"""The OpenAPI document and its reading page, both without the internet."""

from pathlib import Path

import flask_openapi3_swagger
import orjson
from flask import Blueprint, Response, current_app, render_template, send_from_directory
from flask_openapi3 import OpenAPI

blueprint = Blueprint("api_docs", __name__, url_prefix="/api/v1")

_SWAGGER = Path(flask_openapi3_swagger.__file__).parent / "templates" / "swagger"


@blueprint.get("/openapi.json")
def document() -> Response:
    """Return the OpenAPI 3.1 document, generated from the code."""
    app = current_app
    if not isinstance(app, OpenAPI):
        raise TypeError("the application does not describe itself")
    response = Response(orjson.dumps(app.api_doc), mimetype="application/json")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@blueprint.get("/docs")
def page() -> str:
    """Show the API to read and try."""
    return render_template("api_docs.html")


@blueprint.get("/docs/assets/<path:name>")
def asset(name: str) -> Response:
    """Return a script or style of the reading page."""
    return send_from_directory(_SWAGGER, name, max_age=86400)
