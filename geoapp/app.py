"""The only wiring: settings and store into a Flask application."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask_openapi3 import Info, OpenAPI

from geoapp import __version__
from geoapp.core.contest_rules import contest_rules
from geoapp.core.logs import configure_logs
from geoapp.core.paths import shipped
from geoapp.core.schemes import schemes
from geoapp.core.settings import Settings
from geoapp.core.standards import check_standards
from geoapp.maps.registry import registry
from geoapp.operations.duplicates.find import DuplicateFinder
from geoapp.operations.facilities.work_lists import WorkLists
from geoapp.operations.nearest.service import NearestService
from geoapp.operations.search.find import SearchService
from geoapp.operations.siting.what_if import WhatIfService
from geoapp.operations.upkeep.life import LifeKeeper
from geoapp.operations.upkeep.readiness import Readiness
from geoapp.store.engine import Database, open_database
from geoapp.web.edge import health
from geoapp.web.edge.access import init_access
from geoapp.web.edge.compression import init_compression
from geoapp.web.edge.cors import init_cors
from geoapp.web.edge.credit import init_credit
from geoapp.web.edge.heavy import init_heavy
from geoapp.web.edge.language import init_language
from geoapp.web.edge.logs import init_logs
from geoapp.web.edge.parameters import init_parameters
from geoapp.web.edge.problems import init_problems, on_validation_error
from geoapp.web.edge.provider import init_provider
from geoapp.web.edge.proxies import init_proxies
from geoapp.web.edge.reading import init_reading
from geoapp.web.edge.refusals import init_refusals
from geoapp.web.edge.security import init_security
from geoapp.web.edge.services import Services
from geoapp.web.edge.spoken import init_spoken
from geoapp.web.edge.static_files import init_static_files
from geoapp.web.edge.text_size import init_text_size
from geoapp.web.front.front import Front
from geoapp.web.routes import register_routes


def secret_key(settings: Settings) -> str:
    """Return the key that signs session cookies: the operator's, or one kept in the data folder."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.secret_key_file
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = Path(f"{path}.{os.getpid()}.{secrets.token_hex(4)}")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_urlsafe(32), encoding="ascii")
    try:
        # A link fails if another process was first; its key then counts for both.
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return path.read_text(encoding="ascii")


def check_files(settings: Settings) -> None:
    """Read the files of data that end the start where they are faulty; each is read once per process.

    Raises
    ------
    GeoappError
        Naming the first layer, scheme of applications, rules of a contest or standard that breaks
        the rules, or the standard that the settings name and is not there.
    """
    registry()
    schemes(settings)
    contest_rules(settings)
    check_standards(settings)


class _Application(OpenAPI):
    """Flask with what costs each answer time and gives nothing here taken out."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a view or hook as it is: none is a coroutine, and each answer would ask 16 times."""
        return func


def create_app(settings: Settings | None = None, database: Database | None = None) -> OpenAPI:
    """Make the web application.

    Parameters
    ----------
    settings
        The operator's choices; read from the environment if not given.
    database
        The store; opened from the settings if not given. A store that does not answer now makes
        requests fail with 503 until it does; the application starts all the same.
    """
    settings = settings or Settings()
    database = database or open_database(settings)
    configure_logs(settings)
    check_files(settings)
    app = _Application(
        "geoapp",
        info=Info(title="geoapp", version=__version__),
        security_schemes={
            "session": {"type": "apiKey", "in": "cookie", "name": "session"},
            "basic": {"type": "http", "scheme": "basic"},
            "key": {"type": "http", "scheme": "bearer", "bearerFormat": "geoapp_…"},
        },
        doc_ui=False,
        validation_error_status=422,
        validation_error_callback=on_validation_error,
        static_folder=str(shipped("static")),
        template_folder=str(shipped("templates")),
    )
    app.config.update(
        SECRET_KEY=secret_key(settings),
        MAX_CONTENT_LENGTH=settings.upload_limit_mb * 1024 * 1024,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    duplicates = DuplicateFinder(database)
    app.extensions["geoapp"] = Services(
        settings=settings,
        database=database,
        nearest=NearestService(database, settings),
        what_if=WhatIfService(database, settings),
        readiness=Readiness(database),
        search=SearchService(database, settings),
        work_lists=WorkLists(database, settings, duplicates),
        duplicates=duplicates,
        life=LifeKeeper(database),
    )
    init_compression(app)  # the first set up is the last to change an answer
    init_logs(app)
    init_problems(app)
    init_proxies(app, settings)
    init_refusals(app)
    # Whoever may not do a thing is told so before anything else is looked at.
    init_access(app, settings)
    init_reading(app)
    init_security(app, settings)
    init_provider(app, settings)
    init_cors(app)
    init_credit(app)
    init_parameters(app)
    init_language(app)
    init_spoken(app)
    init_text_size(app)
    init_heavy(app)
    init_static_files(app)
    health.init_metrics(app)
    app.register_blueprint(health.blueprint)
    register_routes(app)
    return app


def create_front(app: OpenAPI, settings: Settings) -> Front:
    """Make what stands before the application where it serves: limits for senders, and threads."""
    return Front(
        app,
        body_seconds=settings.body_seconds,
        most_body_bytes=settings.upload_limit_mb * 1024 * 1024,
    )
