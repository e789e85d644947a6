"""The town behind the service, with and without its protection against forged requests."""

import pytest
from flask import Flask

from geoapp.core.settings import Settings
from geoapp.store.engine import Database
from tests.web.api_client import make_app


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


@pytest.fixture
def app(town: Database, settings: Settings) -> Flask:
    return make_app(settings, town)


@pytest.fixture
def guarded(town: Database, settings: Settings) -> Flask:
    """The application with its CSRF protection."""
    return make_app(settings, town, csrf=True)
