"""``/healthz``, ``/readyz`` and ``/metrics``."""

import re
from pathlib import Path

import pytest
from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.operations.upkeep.backup import backup
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.seed import seed_town
from tests.web.api_client import client_of, make_app, problem_of

READY = {"ready": True, "database": True, "migrated": True, "writable": True}


def test_ready_with_a_migrated_store(database: Database, settings: Settings) -> None:
    client = client_of(make_app(settings, database), database)
    assert client.get("/healthz").get_json()["status"] == "ok"
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.get_json() == READY
    for address in ("/healthz", "/readyz"):
        assert client.get(address).headers["Cache-Control"] == "no-store"


def test_not_ready_without_tables(empty_database: Database, settings: Settings) -> None:
    client = client_of(make_app(settings, empty_database), empty_database)
    ready = client.get("/readyz")
    assert ready.status_code == 503
    told = ready.get_json()
    assert "geoapp init" in told.pop("detail")
    assert "geoapp init" in told.pop("detail_zh")
    assert told == {"ready": False, "database": True, "migrated": False, "writable": True}


def test_starts_without_a_store(settings: Settings, tmp_path: Path) -> None:
    """The application starts where nothing answers; it lives, is not ready, and says so."""
    nowhere = Database({"host": str(tmp_path), "port": "1", "dbname": "none", "user": "nobody"})
    client = make_app(settings, nowhere).test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    for address in (
        "/api/v1/nearest?lon=120&lat=36",
        "/api/v1/facilities",
        "/api/v1/facilities/T-1",
        "/api/v1/regions",
        "/api/v1/kinds",
        "/api/v1/amenities",
        "/api/v1/coverage-runs",
        "/api/v1/coverage-runs/1/gaps",
    ):
        response = client.get(address)
        problem_of(response, 503)
        assert response.headers["Retry-After"]
    assert client.get("/api/v1/openapi.json").status_code == 200
    nowhere.close()


def test_metrics_know_routes_and_no_positions(database: Database, settings: Settings) -> None:
    initialise(database)
    seed_town(database)
    client = client_of(make_app(settings, database), database)
    client.get("/api/v1/nearest?lon=120.987654&lat=36.123456")
    client.get("/api/v1/facilities/T-1")
    client.get("/no/such/120.987654/36.123456")
    page = client.get("/metrics")
    assert page.mimetype == "text/plain"
    text = page.get_data(as_text=True)
    routes = set(re.findall(r'geoapp_requests_total\{method="GET",route="([^"]*)"', text))
    assert {"/api/v1/nearest", "/api/v1/facilities/<path:code>", "unknown"} <= routes
    assert "120.987" not in text
    assert "36.1234" not in text
    assert "T-1" not in text
    assert 'geoapp_request_seconds_bucket{le="0.01",route="/api/v1/nearest"}' in text


def test_invented_methods_are_counted_as_one(database: Database, settings: Settings) -> None:
    client = make_app(settings, database).test_client()
    for number in range(3):
        assert client.open("/healthz", method=f"INVENTED{number}").status_code == 405
    text = client.get("/metrics").get_data(as_text=True)
    assert "INVENTED" not in text
    assert 'geoapp_requests_total{method="other"' in text


def test_details_are_for_monitors(database: Database, settings: Settings) -> None:
    initialise(database)
    by_address = make_app(settings, database).test_client()
    chosen = settings.model_copy(update={"monitor_token": "a token"})
    by_token = make_app(chosen, database).test_client()
    near: dict[str, str] = {"REMOTE_ADDR": "::ffff:127.0.0.1"}
    far = {"REMOTE_ADDR": "203.0.113.7"}
    right, wrong = ({"Authorization": f"Bearer {token}"} for token in ("a token", "another"))
    for client, place, headers, told in (
        (by_address, near, {}, True),
        (by_address, far, {}, False),
        (by_address, far, right, False),
        (by_token, near, {}, False),
        (by_token, far, right, True),
        (by_token, far, wrong, False),
    ):
        page = client.get("/metrics", environ_overrides=place, headers=headers)
        ready = client.get("/readyz", environ_overrides=place, headers=headers)
        assert ready.status_code == 200
        if told:
            assert (page.status_code, page.mimetype) == (200, "text/plain")
            assert ready.get_json() == READY
        else:
            assert "GEOAPP_MONITOR_TOKEN" in problem_of(page, 401)["detail"]
            assert page.headers["WWW-Authenticate"].startswith("Bearer")
            assert ready.get_json() == {"ready": True}


def test_metrics_tell_of_store_disk_and_backups(database: Database, settings: Settings) -> None:
    initialise(database)
    seed_town(database)
    client = make_app(settings, database).test_client()

    def told() -> dict[str, float]:
        page = client.get("/metrics").get_data(as_text=True)
        return {
            name: float(value) for name, value in re.findall(r"^(geoapp_[^ ]+) (\S+)$", page, re.M)
        }

    with database.session() as session:
        facilities = session.execute(text("select count(*) from facility")).scalar_one()
        session.execute(
            text(
                "insert into run (kind, status, params, created_at, finished_at) values "
                "('coverage', 'queued', '{}', now() - interval '5 minutes', null), "
                "('coverage', 'failed', '{}', now(), now() - interval '1 hour'), "
                "('siting', 'failed', '{}', now(), now() - interval '2 days')"
            )
        )
    first = told()
    assert first["geoapp_store_up"] == 1
    assert first["geoapp_facilities"] == facilities > 0
    assert first['geoapp_runs{kind="coverage",status="queued"}'] == 1
    assert first['geoapp_runs{kind="siting",status="failed"}'] == 1
    assert first["geoapp_runs_failed_last_day"] == 1
    assert 300 <= first["geoapp_run_waiting_seconds"] < 3600
    assert first["geoapp_workers"] == 0
    assert first["geoapp_database_bytes"] > 1_000_000
    assert first["geoapp_disk_free_bytes"] > 0
    assert "geoapp_backup_timestamp_seconds" not in first
    made = backup(database, settings, settings.data / "one.backup")
    assert told()["geoapp_backup_timestamp_seconds"] == pytest.approx(
        made.path.stat().st_mtime, abs=60
    )
    nowhere = Database({"host": str(settings.data), "port": "1", "dbname": "none", "user": "no"})
    away = make_app(settings, nowhere).test_client().get("/metrics")
    assert "geoapp_store_up 0.0" in away.get_data(as_text=True)
    assert "geoapp_workers" not in away.get_data(as_text=True)
    nowhere.close()
