"""A real standby answers public reading: never older than the limit, never older than what who asks wrote."""

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import REGISTRY

from geoapp.core.reading import is_on_replica
from geoapp.core.settings import Settings
from geoapp.operations.nearest.snapshot import CHECK_SECONDS
from geoapp.operations.upkeep.api_keys import MadeWith, Scope, make_key
from geoapp.operations.upkeep.doctor import examine
from geoapp.operations.upkeep.users import Role, save_user
from geoapp.store import replica
from geoapp.store.engine import Database, open_database
from geoapp.store.trouble import is_refused
from geoapp.web.edge.reading import COOKIE, HEADER
from tests.conftest import quick_folder
from tests.seed import TOWN_LAT, TOWN_LON, seed_town
from tests.store.standby import Pair, streaming
from tests.web.api_client import PASSWORD, client_of, make_app

LIMIT_SECONDS = 0.3
MOST_TRIES = (
    5_000  # some of which are over in a millisecond; a replica comes back within one second
)
STATION = "/api/v1/facilities/T-1"
NEAREST = f"/api/v1/nearest?lon={TOWN_LON}&lat={TOWN_LAT}&k=1"
LAYER = "/layers/stations.geojson"
PUBLIC = (
    NEAREST,
    STATION,
    LAYER,
    "/",
    "/stations/T-1",
    "/api/v1/facilities",
    "/api/v1/regions",
    "/api/v1/kinds",
    "/api/v1/amenities",
    "/api/v1/search?q=T-1",
    "/api/v1/offline/stations",
    "/ogc/collections/stations/items",
    "/ogc/collections/stations",
    "/ogc/collections/stations/tiles/WebMercatorQuad/10/400/854",
    "/maps/stations.html",
    "/sitemap.xml",
)


def answered(source: str) -> float:
    name = "geoapp_public_readings_total"
    return REGISTRY.get_sample_value(name, {"source": source}) or 0.0


def asked(
    client: FlaskClient, address: str, headers: dict[str, str] | None = None
) -> tuple[str, str]:
    """Return the answer's text, and who answered: a test's requests follow each other."""
    before = answered("replica"), answered("primary")
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    by_replica, by_primary = answered("replica") - before[0], answered("primary") - before[1]
    assert by_replica + by_primary <= 1
    return answer.get_data(as_text=True), "replica" if by_replica else "primary"


def until_replica(
    client: FlaskClient, address: str = STATION, headers: dict[str, str] | None = None
) -> str:
    """Ask until the replica answers, as it does by itself once it can."""
    for _ in range(MOST_TRIES):
        body, source = asked(client, address, headers)
        if source == "replica":
            return body
    raise AssertionError(f"the primary alone answers {address}")


@pytest.fixture
def pair(made_store: Path) -> Iterator[Pair]:
    folder = quick_folder()
    with streaming(made_store, folder) as both:
        yield both
    shutil.rmtree(folder)


@pytest.fixture
def database(pair: Pair, settings: Settings) -> Iterator[Database]:
    on_both = pair.settings(settings).model_copy(update={"read_lag_seconds": LIMIT_SECONDS})
    opened = open_database(on_both)
    seed_town(opened)
    yield opened
    opened.close()


def write(client: FlaskClient, key: str, name: str) -> dict[str, str]:
    """Rename the station; return what the program sends with its next questions."""
    headers = {"Authorization": f"Bearer {key}", "If-Match": "*"}
    done = client.patch(STATION, json={"properties": {"name": name}}, headers=headers)
    assert done.status_code == 200, done.get_data(as_text=True)
    return {"Authorization": f"Bearer {key}", HEADER: done.headers[HEADER]}


def test_a_replica_answers_and_nobody_is_told_what_is_too_old(
    pair: Pair, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "REST_SECONDS", 0.05)
    app = make_app(settings, database)
    ended_halfway = halfway(app, pair, database)
    anybody = app.test_client()
    save_user(database, "a-steward", Role.STEWARD, PASSWORD)
    key = make_key(database, "a-steward", "sync", scope=Scope.WRITE, made_with=MadeWith.ONE_FACTOR)
    program = app.test_client()

    # All that is public comes from the replica; what a person who signed in reads does not.
    for address in PUBLIC:
        until_replica(anybody, address)
    assert asked(client_of(app, database, Role.PLANNER), STATION)[1] == "primary"

    pair.pause()
    marked = write(program, key, "Renamed")
    written = time.monotonic()
    # Who has written reads it at once; others at the latest when the limit is over.
    body, source = asked(program, STATION, marked)
    assert "Renamed" in body
    assert source == "primary"
    for address, more in ((STATION, 0.0), (NEAREST, CHECK_SECONDS), (LAYER, 0.0)):
        while True:
            begun = time.monotonic()
            if "Renamed" in asked(anybody, address)[0]:
                break
            assert begun < written + LIMIT_SECONDS + more, address
    assert asked(anybody, STATION)[1] == "primary"
    told = anybody.get("/metrics").get_data(as_text=True)
    assert "geoapp_replica_up 0.0" in told
    assert re.search(r"geoapp_replica_behind_bytes [1-9]", told)
    on_both = pair.settings(settings)
    finding = {one.name: one for one in examine(on_both)}["replica"]
    assert not finding.ok
    assert "pg_is_wal_replay_paused" in finding.text.zh

    # A mark that was not signed here counts for nothing: nobody sends others to the primary for ever.
    pair.resume()
    assert "Renamed" in until_replica(anybody)
    for address in (STATION, NEAREST, LAYER):
        assert "Renamed" in until_replica(anybody, address)
    until_replica(anybody, STATION, {HEADER: "9" * 18})
    assert "Renamed" in asked(program, STATION, marked)[0]

    # A worker has no account: the browser keeps the mark for a minute.
    pair.pause()
    worker = app.test_client()
    report = {"code": "T-1", "kind": "open", "key": "k" * 32}
    assert worker.post("/api/v1/reports", json=report).status_code in (200, 201, 202)
    assert worker.get_cookie(COOKIE) is not None
    assert asked(worker, STATION)[1] == "primary"
    pair.resume()

    # What fails halfway is answered by the primary, and asks the replica again by itself.
    while not ended_halfway:
        assert asked(anybody, "/halfway")[0] == "whole"
    until_replica(anybody)
    pair.standby.stop()
    assert [asked(anybody, address)[1] for address in (STATION, NEAREST)] == ["primary"] * 2
    findings = {one.name: one for one in examine(on_both)}
    assert not findings["replica"].ok
    pair.standby.start()
    until_replica(anybody)
    assert {one.name: one.ok for one in examine(on_both)}["replica"]
    # One that takes writes itself is no replica.
    itself = on_both.model_copy(update={"database_read_url": on_both.database_url})
    finding = {one.name: one for one in examine(itself)}["replica"]
    assert "DATABASE_READ_URL" in finding.text.zh
    # Nor is another database of the same server, though the standby holds that, too.
    told = anybody.get("/metrics").get_data(as_text=True)
    assert "geoapp_replica_up 1.0" in told
    elsewhere = on_both.model_copy(
        update={
            "database_read_url": re.sub(
                "/[^/?]+([?]|$)", r"/postgres\1", on_both.database_read_url or "", count=1
            )
        }
    )
    assert elsewhere.database_read_url != on_both.database_read_url
    finding = {one.name: one for one in examine(elsewhere)}["replica"]
    assert not finding.ok
    assert "DATABASE_READ_URL" in finding.text.zh


def halfway(app: Flask, pair: Pair, database: Database) -> list[str]:
    """Add an address whose reading ends in the middle where the replica reads; return when it did."""
    ended: list[str] = []

    def view() -> str:
        with database.snapshot() as session:
            if is_on_replica():
                ended.append("replica")
                pair.run(
                    pair.standby,
                    "select count(pg_terminate_backend(pid)) from pg_stat_activity "
                    "where backend_type = 'client backend' and pid <> pg_backend_pid()",
                )
            session.connection().exec_driver_sql("select 1")
        return "whole"

    app.add_url_rule("/halfway", "halfway", view)
    return ended


def test_what_no_waiting_mends_is_told_from_a_replica_that_is_away() -> None:
    for said in ('password authentication failed for user "geoapp"', 'database "x" does not exist'):
        assert is_refused(psycopg.OperationalError(f"connection failed: FATAL:  {said}"))
    assert not is_refused(psycopg.OperationalError("connection failed: Connection refused"))
