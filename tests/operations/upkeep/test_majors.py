"""The store crosses from one server's files into another's, and nothing is lost on the way."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click.testing
import pytest

from geoapp.cli import main
from geoapp.core.errors import ConflictError
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.api_keys import MadeWith, Scope, make_key
from geoapp.operations.upkeep.doctor import examine
from geoapp.operations.upkeep.majors import cross, cross_between, forget, go_back, look
from geoapp.operations.upkeep.users import list_users, save_user
from geoapp.store.cluster.archive_owner import IDENTITY
from geoapp.store.cluster.left_over import MAJOR
from geoapp.store.cluster.places import DATA, NEXT, put_in_place
from geoapp.store.cluster.programs import Programs, find_server, inspect_programs
from geoapp.store.contents import held
from geoapp.store.engine import Database, open_database
from tests.conftest import copy_store
from tests.web.api_client import PASSWORD

HERE = find_server()


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    database = open_database(settings)
    try:
        yield database
    finally:
        database.close()


def names(settings: Settings) -> set[str]:
    with opened(settings) as database:
        return {one.name for one in list_users(database)}


@pytest.fixture
def filled(made_store: Path, settings: Settings) -> Settings:
    """Settings of a store with somebody in it, which nobody uses."""
    copy_store(made_store, settings.data)
    with opened(settings) as database:
        save_user(database, "wang", Role.STEWARD, PASSWORD)
    return settings


def test_all_goes_over_keys_included_and_the_old_files_stay_until_the_new_have_served(
    filled: Settings,
) -> None:
    with opened(filled) as database:
        make_key(database, "wang", "desk", scope=Scope.READ, made_with=MadeWith.OPERATOR)
        with database.snapshot() as session:
            before = held(session)
    assert before["api_key"].rows == 1
    done = cross_between(filled, HERE, HERE)
    assert (done.tables, done.rows) == (len(before), sum(one.rows for one in before.values()))
    former = filled.data / f"pg-{HERE.major}"
    assert (former / "PG_VERSION").exists()
    assert not list(filled.data.glob(f"{MAJOR}*"))
    assert look(filled).former.keys() == {HERE.major}
    told = [one for one in examine(filled) if one.name == "PostgreSQL major"]
    assert [one.soon and "postgres forget" in one.text.en for one in told] == [True]
    with pytest.raises(ConflictError, match="still kept"):
        cross_between(filled, HERE, HERE)
    with opened(filled) as database, database.snapshot() as session:
        assert held(session) == before
    # As it is for who is killed after the old files were moved away, and before the new ones have
    # their name; and before either.
    (filled.data / DATA).rename(filled.data / NEXT)
    assert names(filled) == {"wang"}
    (filled.data / DATA).rename(filled.data / NEXT)
    former.rename(filled.data / DATA)
    with opened(filled) as database:
        # What is written from now on goes on, and the counters with it.
        save_user(database, "li", Role.STEWARD, PASSWORD)
        assert {one.name for one in list_users(database)} == {"wang", "li"}
    assert forget(filled).keys() == {HERE.major}
    assert not former.exists()
    assert names(filled) == {"wang", "li"}


def test_what_has_not_served_keeps_the_former_files(tmp_path: Path) -> None:
    for name in (DATA, "pg-15"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "PG_VERSION").write_text("17\n")
    opts, crossed = (tmp_path / DATA / name for name in ("postmaster.opts", "crossed.json"))
    opts.touch()
    crossed.touch()
    os.utime(opts, ns=(1, 1))
    there = Settings(data=tmp_path, database_url=None)
    with pytest.raises(ConflictError, match="has not served"):
        forget(there)
    assert (tmp_path / "pg-15" / "PG_VERSION").exists()
    os.utime(crossed, ns=(0, 0))
    assert forget(there).keys() == {15}
    assert not (tmp_path / "pg-15").exists()


def test_who_uses_it_is_not_cut_off(filled: Settings) -> None:
    with opened(filled), pytest.raises(ConflictError, match="serve"):
        cross_between(filled, HERE, HERE)
    assert names(filled) == {"wang"}
    assert not list(filled.data.glob("pg-*"))


def test_whose_the_log_is_goes_with_the_files(tmp_path: Path) -> None:
    for name, major in ((DATA, 15), (NEXT, 17)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "PG_VERSION").write_text(f"{major}\n")
    (tmp_path / IDENTITY).write_text("the old one's")
    put_in_place(tmp_path)
    assert not (tmp_path / IDENTITY).exists()
    assert (tmp_path / "pg-15" / "PG_VERSION").read_text() == "15\n"
    # And back.
    (tmp_path / "pg-15").rename(tmp_path / NEXT)
    put_in_place(tmp_path)
    assert (tmp_path / IDENTITY).read_text() == "the old one's"
    assert (tmp_path / DATA / "PG_VERSION").read_text() == "15\n"
    assert (tmp_path / "pg-17").is_dir()


_CROSS = """
import sys
from pathlib import Path
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.doctor import examine
from geoapp.operations.upkeep.majors import cross_between
from geoapp.store.cluster.programs import find_server
here = find_server()
cross_between(Settings(data=Path(sys.argv[1]), database_url=None), here, here)
"""


def test_killed_on_the_way_all_is_as_before(filled: Settings) -> None:
    process = subprocess.Popen([sys.executable, "-c", _CROSS, filled.data], start_new_session=True)
    deadline = time.monotonic() + 60
    while not list(filled.data.glob(f"{MAJOR}*/store.dump")):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    process.kill()
    process.wait()
    # The server of the old files is still there, and takes no changes: the next user starts it anew.
    with opened(filled) as database:
        save_user(database, "li", Role.STEWARD, PASSWORD)
    assert names(filled) == {"wang", "li"}
    assert not list(filled.data.glob(f"{MAJOR}*"))


def test_without_a_newer_version_it_says_so(filled: Settings) -> None:
    def run(*arguments: str) -> click.testing.Result:
        settings = {"GEOAPP_DATA": str(filled.data)}
        return click.testing.CliRunner(env=settings).invoke(main, ["postgres", *arguments])

    assert f"PostgreSQL {HERE.major}" in run().output
    for refused in (run("upgrade", "--to", "9"), run("back")):
        assert refused.exit_code == 2, refused.output
    assert "没有以前的文件" in run("forget").output
    away = filled.model_copy(update={"database_url": "postgresql://nobody@127.0.0.1:1/x"})
    with pytest.raises(ConflictError, match="DATABASE_URL"):
        cross(away)


@pytest.fixture
def other() -> Programs:
    """A server of another major version: a folder of its programs is named by ``OTHER_PG_BIN``."""
    named = os.environ.get("OTHER_PG_BIN")
    found = None if named is None else inspect_programs(Path(named))
    if found is None or found.major <= HERE.major or not found.has_postgis:
        pytest.skip("OTHER_PG_BIN names no newer PostgreSQL with PostGIS")
    return found


@pytest.mark.slow
def test_from_one_major_version_to_the_next_and_back(filled: Settings, other: Programs) -> None:
    there = filled.model_copy(update={"pg_bin": other.folder})
    done = cross(there)
    assert (done.before, done.after) == (HERE.major, other.major)
    with opened(there) as database:
        assert {one.name for one in list_users(database)} == {"wang"}
        save_user(database, "li", Role.STEWARD, PASSWORD)
    with pytest.raises(ConflictError, match="--force"):
        go_back(filled)
    go_back(filled, force=True)
    assert names(filled) == {"wang"}
    assert look(filled).former.keys() == {other.major}
