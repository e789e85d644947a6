"""The application asked without a network, as nobody or as somebody of a role."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geoapp.app import create_app
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.sessions import open_session
from geoapp.operations.upkeep.users import save_user
from geoapp.store.engine import Database

PASSWORD = "a long enough password"
GEOJSON = "application/geo+json"
PROBLEM = "application/problem+json"


def make_app(settings: Settings, database: Database, *, csrf: bool = False) -> Flask:
    """Make the application; without CSRF unless a test is about it."""
    app = create_app(settings, database)
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=csrf)
    return app


def client_of(app: Flask, database: Database, role: Role | None = None) -> FlaskClient:
    """Return a client that is signed in with a role, or as nobody."""
    client = app.test_client()
    if role is not None:
        user = save_user(database, f"a-{role}", role, PASSWORD, replace=True)
        with client.session_transaction() as session:
            opened = open_session(database, user, device="Firefox · Linux", days=1)
            session["_user_id"] = opened.get_id()
            session["_fresh"] = True
    return client


def problem_of(response: TestResponse, status: int, parameter: str | None = None) -> dict[str, Any]:
    """Check that an answer is a whole problem document (RFC 9457), and return it."""
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.mimetype == PROBLEM
    body: dict[str, Any] = response.get_json(force=True)
    assert body["status"] == status
    for member in ("type", "title", "title_zh", "detail", "detail_zh"):
        assert body[member], member
    if parameter is not None:
        assert body["parameter"] == parameter
        assert isinstance(body["value"], str)
        assert body["accepted"]
        assert body["accepted_zh"]
    return body
