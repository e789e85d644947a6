"""A backup or a restore that is killed: nothing goes on behind anybody's back, nothing stays half done."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.operations.upkeep.backup import backup, restore
from geoapp.store.cluster.cluster import Cluster
from geoapp.store.engine import Database
from tests.operations.runs.workers import until
from tests.operations.upkeep.test_backup import all_rows, fill


def started_by(pid: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(one) for one in listed.stdout.split()]


def is_gone(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True


@contextmanager
def geoapp(settings: Settings, database: Database, *argv: str | Path) -> Iterator[Any]:
    """The program at work on a store."""
    environment = {
        **os.environ,
        "GEOAPP_DATA": str(settings.data),
        "DATABASE_URL": database.url,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "geoapp", *argv],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def onlooker(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    """A connection to another database of the server, which is in nobody's way."""
    conninfo = make_conninfo(**cluster.parameters("postgres"))
    with psycopg.connect(conninfo, autocommit=True) as connection:
        yield connection


def waits(onlooker: psycopg.Connection[Any], database: Database, program: str) -> list[str]:
    """What a program's connection to a store waits for, as the server says."""
    found = onlooker.execute(
        "select coalesce(wait_event, '') from pg_stat_activity "
        "where datname = %s and application_name = %s",
        (database.parameters["dbname"], program),
    )
    return [event for (event,) in found]


def test_a_killed_restore_leaves_the_store_as_it_was(
    database: Database,
    empty_database: Database,
    settings: Settings,
    tmp_path: Path,
    onlooker: psycopg.Connection[Any],
) -> None:
    fill(database)
    good = tmp_path / "good"
    backup(database, settings, good)
    # A backup whose restore is busy in the middle: rows are checked by something that takes long.
    with database.session() as session:
        session.execute(
            text("create function slow() returns boolean language sql as 'select true'")
        )
        session.execute(text("alter table run add check (public.slow())"))
        session.execute(
            text(
                "create or replace function slow() returns boolean language sql as "
                "'select pg_catalog.pg_sleep(600) is not null'"
            )
        )
    slow = tmp_path / "slow"
    backup(database, settings, slow)
    restore(empty_database, settings, good)
    before = all_rows(empty_database)
    empty_database.engine.dispose()
    application = empty_database.parameters["application_name"]
    with geoapp(settings, empty_database, "restore", str(slow), "--force") as process:
        until(lambda: waits(onlooker, empty_database, application) == ["PgSleep"])
        children = started_by(process.pid)
        assert children
        process.kill()
        process.wait()
        until(lambda: all(is_gone(pid) for pid in children))
    # The server, too, lets go at once, busy as it is.
    until(lambda: not waits(onlooker, empty_database, application))
    assert all_rows(empty_database) == before
    empty_database.engine.dispose()
    restore(empty_database, settings, good, force=True)
    assert os.listdir(settings.data) == ["last-backup"]


def test_what_a_killed_backup_leaves_goes_with_the_next_one(
    database: Database,
    settings: Settings,
    tmp_path: Path,
    onlooker: psycopg.Connection[Any],
) -> None:
    fill(database)
    folder = tmp_path / "backups"
    folder.mkdir()
    application = database.parameters["application_name"]
    database.engine.dispose()
    with psycopg.connect(database.conninfo, application_name="holder") as holder:
        holder.execute("lock table facility in access exclusive mode")
        with geoapp(settings, database, "backup", folder / "dump") as process:
            until(lambda: "relation" in waits(onlooker, database, application))
            children = started_by(process.pid)
            assert children
            assert len(os.listdir(folder)) == 1
            process.kill()
            process.wait()
            until(lambda: all(is_gone(pid) for pid in children))
    assert len(os.listdir(folder)) == 1
    backup(database, settings, folder / "dump")
    assert os.listdir(folder) == ["dump"]
