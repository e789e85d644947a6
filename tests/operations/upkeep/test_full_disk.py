"""A disk that is full: a real one where a small file system may be mounted, else one that says so.

What raises SQLSTATE 53100 by a trigger shows what we make of the database's word; that PostgreSQL
gives it, and that our write meets it, is shown by the real one.
"""

import errno
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from geoapp.cli import main
from geoapp.core.errors import FullDiskError, UnavailableError
from geoapp.core.questions.actions import ActionParameters
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.results.coverage import COVERAGE_RUNS
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.words import RunStatus
from geoapp.operations.actions import run as action_run
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.runs.state import read_run
from geoapp.operations.siting import run as siting_run
from geoapp.operations.upkeep.backup import backup, restore
from geoapp.operations.upkeep.doctor import examine
from geoapp.operations.upkeep.init import initialise
from geoapp.operations.upkeep.readiness import Readiness
from geoapp.store.cluster.cluster import Cluster
from geoapp.store.engine import Database
from geoapp.store.server import cannot_write
from tests.conftest import FAST, run_sql
from tests.operations.coverage.small_town import WANTED, moment, town
from tests.operations.runs.workers import until
from tests.web.api_client import client_of, make_app, problem_of

__all__ = ["town"]

Start = Callable[[Database, Settings], tuple[int, RunStatus]]

_FULL = """
create function is_full() returns {kind} language plpgsql as $$
begin
    raise exception 'could not extend file: No space left on device' using errcode = '53100';
end $$
"""


def fill(database: Database, table: str) -> None:
    """Let the disk be full for whoever writes to a table."""
    with database.session() as session:
        session.execute(text(_FULL.format(kind="trigger")))
        session.execute(
            text(f"create trigger no_room before insert on {table} execute function is_full()")
        )


@pytest.fixture
def small_disk(tmp_path: Path, cluster: Cluster) -> Iterator[Path]:
    """A file system of 128 MB on which the server may write."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=128m,mode=0777", "tmpfs", str(folder)]
    try:
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("no file system may be mounted here")
    except FileNotFoundError:
        pytest.skip("there is no mount")
    # The server may be another user, who must reach it.
    for above in folder.parents[: len(folder.parents) - 2]:
        above.chmod(above.stat().st_mode | 0o011)
    place = folder / "tablespace"
    place.mkdir(mode=0o700)
    owner = cluster.data.stat()
    os.chown(place, owner.st_uid, owner.st_gid)
    yield place
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def leave_no_room(folder: Path) -> Path:
    """Fill a file system, and return the file that does."""
    ballast = folder / "ballast"
    with pytest.raises(OSError) as full, ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(1 << 16))
    assert full.value.errno == errno.ENOSPC
    return ballast


def test_a_disk_that_is_really_full_is_not_ready(
    cluster: Cluster, template_database: str, small_disk: Path, settings: Settings
) -> None:
    run_sql(cluster, f"create tablespace small location '{small_disk}'")
    run_sql(cluster, f"create database on_small template {template_database} tablespace small")
    database = Database(cluster.parameters("on_small"))
    try:
        initialise(database)
        assert Readiness(database).look().ready
        ballast = leave_no_room(small_disk.parent)
        state = Readiness(database).look()
        assert (state.database, state.migrated, state.writable) == (True, True, False)
        assert state.cause is not None
        assert "磁盘已满" in state.cause.zh
        ballast.unlink()
        assert Readiness(database).look().ready
    finally:
        database.close()
        run_sql(cluster, "drop database on_small with (force)")
        run_sql(cluster, "drop tablespace small")


def test_a_private_server_without_room_to_start_says_so(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Cluster(small_disk / "data", test_settings=FAST)
    own.start()
    database = Database(own.parameters(), cluster=own)
    try:
        assert database.trouble() is None
        ballast = leave_no_room(small_disk.parent)
        # It writes its log no further, gives up, and cannot start for want of the same.
        with (
            pytest.raises(psycopg.OperationalError),
            psycopg.connect(database.conninfo, autocommit=True) as connection,
        ):
            while True:
                connection.execute("select pg_switch_wal(), pg_logical_emit_message(false, '', '')")
        until(lambda: own.pid is None)
        for _ in range(2):  # the second does not try again so soon
            told = database.trouble()
            assert told is not None
            assert "磁盘已满" in told.text.zh
            assert str(small_disk) not in told.text.both()
        with pytest.raises(FullDiskError, match="data folder"):
            own.start()
        ballast.unlink()
        monkeypatch.setattr("geoapp.store.engine.REVIVE_EVERY_SECONDS", 0.0)
        assert database.trouble() is None
    finally:
        database.close()
        own.stop()


def test_readiness_writes_rarely_and_names_the_cause(
    database: Database, settings: Settings
) -> None:
    initialise(database)
    client = client_of(make_app(settings, database), database)
    often = Readiness(database, write_every_seconds=0.0)
    assert client.get("/readyz").status_code == 200
    with database.session() as session:
        session.execute(text(_FULL.format(kind="event_trigger")))
        session.execute(
            text("create event trigger no_room on ddl_command_start execute function is_full()")
        )
    # Of a moment ago.
    assert client.get("/readyz").status_code == 200
    assert not often.look().ready
    client = client_of(make_app(settings, database), database)
    told = client.get("/readyz")
    assert told.status_code == 503
    assert told.get_json() == {
        "ready": False,
        "database": True,
        "migrated": True,
        "writable": False,
        "detail": "The disk of the database is full, so that nothing can be written; "
        "tell the operator.",
        "detail_zh": "数据库所在的磁盘已满，无法写入；请联系管理员清理磁盘。",
    }
    far = client.get("/readyz", environ_overrides={"REMOTE_ADDR": "203.0.113.7"})
    assert far.get_json() == {"ready": False}
    on_it = settings.model_copy(update={"database_url": database.url})
    [store] = [one for one in examine(on_it) if one.name == "store"]
    assert not store.ok
    assert "磁盘已满" in store.text.zh
    with database.session() as session:
        session.execute(text("drop event trigger no_room"))
    assert often.look().ready


def test_a_database_that_takes_no_writes_is_not_ready(database: Database) -> None:
    options = {"options": "-c default_transaction_read_only=on"}
    standing_by = Database({**database.parameters, **options})
    why = cannot_write(standing_by)
    assert why is not None
    assert "只读" in why.zh
    initialise(standing_by)  # nothing is missing, so nothing is written
    with database.session() as session:
        session.execute(text("update kind set sort = sort + 1"))
    with pytest.raises(UnavailableError, match="read-only"):
        initialise(standing_by)
    standing_by.close()


def start_coverage(town: Database, settings: Settings) -> tuple[int, RunStatus]:
    run = coverage_run.run_here(town, settings, WANTED)
    return run.id, run.status


def start_siting(town: Database, settings: Settings) -> tuple[int, RunStatus]:
    run = siting_run.run_here(town, settings, SitingParameters(p=2, standard_m=300.0))
    return run.id, run.status


def start_actions(town: Database, settings: Settings) -> tuple[int, RunStatus]:
    wanted = ActionParameters(
        moments=(moment("2026-11-24T12:00"),), standard_m=300.0, budget=10.0, build_cost=5.0
    )
    run = action_run.run_here(town, settings, wanted)
    return run.id, run.status


@pytest.mark.parametrize(
    ("start", "api", "page"),
    [
        (start_coverage, "coverage-runs", "/plan?run=1"),
        (start_siting, "siting-runs", "/plan/siting?run=1"),
        (start_actions, "action-runs", "/plan/actions?run=1"),
    ],
)
def test_a_run_that_fills_the_disk_says_so(
    town: Database, settings: Settings, start: Start, api: str, page: str
) -> None:
    with town.session() as session:
        session.execute(text(_FULL.format(kind="trigger")))
        # When what it found is stored; that it was begun and has failed is small and fits.
        session.execute(
            text(
                "create trigger no_room before update on run for each row "
                "when (new.result is not null) execute function is_full()"
            )
        )
    assert start(town, settings) == (1, RunStatus.FAILED)
    client = client_of(make_app(settings, town), town, Role.PLANNER)
    error = client.get(f"/api/v1/{api}/1").get_json()["error"]
    assert "disk" in error["en"]
    assert "磁盘已满" in error["zh"]
    assert "磁盘已满" in client.get(page).get_data(as_text=True)
    english = client.get(f"{page}&lang=en").get_data(as_text=True)
    assert error["en"] in english
    with town.session() as session:  # not tried again and again
        assert session.execute(text("select attempts from run")).scalar_one() == 1


def test_a_run_that_cannot_even_be_queued_says_so(town: Database, settings: Settings) -> None:
    fill(town, "procrastinate_jobs")
    client = client_of(make_app(settings, town), town, Role.PLANNER)
    told = problem_of(client.post("/api/v1/coverage-runs", json={"standard_m": 500}), 503)
    assert "disk" in told["detail"]
    assert "磁盘已满" in told["detail_zh"]
    assert read_run(town, COVERAGE_RUNS, 1).status is RunStatus.QUEUED


def test_an_import_onto_a_full_disk_says_so(
    town: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(town, "facility")
    monkeypatch.setenv("DATABASE_URL", town.url)
    monkeypatch.setenv("GEOAPP_DATA", str(tmp_path / "data"))
    file = tmp_path / "stations.csv"
    file.write_text("code,kind,name_zh,lon,lat\nN-1,station,新站,120.001,36.001\n")
    done = CliRunner().invoke(main, ["import", "facilities", str(file), "--anywhere"])
    assert done.exit_code == 4, done.output
    assert "磁盘已满" in done.output
    assert "disk" in done.output


def test_a_restore_onto_a_full_disk_does_not_blame_the_backup(
    town: Database, empty_database: Database, settings: Settings, tmp_path: Path
) -> None:
    with town.session() as session:
        checked = "create or replace function fits() returns boolean language plpgsql as "
        session.execute(text(f"{checked} $$ begin return true; end $$"))
        session.execute(text("alter table facility add check (public.fits())"))
        raising = "raise exception 'no room' using errcode = '53100'"
        session.execute(text(f"{checked} $$ begin {raising}; end $$"))
    backup(town, settings, tmp_path / "dump")
    with pytest.raises(FullDiskError, match="磁盘已满"):
        restore(empty_database, settings, tmp_path / "dump")


def test_a_backup_onto_a_full_disk_says_so(
    town: Database, settings: Settings, small_disk: Path
) -> None:
    leave_no_room(small_disk.parent)
    with pytest.raises(FullDiskError, match="磁盘已满"):
        backup(town, settings, small_disk.parent / "dump")
    assert sorted(os.listdir(small_disk.parent)) == ["ballast", "tablespace"]


def test_a_full_disk_of_this_machine_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("geoapp.operations.upkeep.doctor.examine", fail)
    done = CliRunner().invoke(main, ["doctor"])
    assert done.exit_code == 4
    assert "磁盘已满" in done.output
