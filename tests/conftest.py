"""What every test may use: a real PostGIS, a fresh migrated database, settings, shared data."""

import gc
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from time import sleep
from types import CodeType
from typing import Any
from zoneinfo import ZoneInfo

import click.testing
import psycopg
import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import settings as hypothesis_settings
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from psycopg.conninfo import make_conninfo
from werkzeug.routing import Rule

from geoapp.cli import main
from geoapp.core.acting import declare
from geoapp.core.settings import Settings
from geoapp.operations.upkeep import passwords
from geoapp.operations.upkeep.init import initialise
from geoapp.store.cluster.cluster import Cluster
from geoapp.store.engine import Database
from tests.seed import fill_town, seed_town

# While the libraries come in, there is nothing to collect.
gc.disable()

# The same commit passes or fails each time; `scripts/test --all` looks for new examples.
hypothesis_settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis_settings.register_profile("fresh", deadline=None, print_blob=True)
hypothesis_settings.load_profile("repeatable")

# Nobody guesses a test's password: the same sum, done with little memory. The service's own costs
# what the library advises.
assert passwords._hasher.memory_cost >= 65_536
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def _builder_when_it_is_used(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
    """Compile what builds a route's address when one is built, and not for each new application.

    Hundreds of tests make an application with all its routes, and ask for a few of them: it is
    three quarters of the time that this takes.
    """
    made: list[Callable[..., Any]] = []

    def build(*rule_itself: Rule, **values: Any) -> Any:
        if not made:
            made.append(_compile_builder(rule, append_unknown))
        return made[0](*rule_itself, **values)

    return build


_compile_builder = Rule._compile_builder
Rule._compile_builder = _builder_when_it_is_used  # type: ignore[method-assign]


class _CompiledTemplates(BytecodeCache):
    """What the applications of one test run share: a template's code, by its name and text."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code


Flask.jinja_options = {"bytecode_cache": _CompiledTemplates()}

# A test's database need not outlive the machine.
FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "autovacuum": "off",  # nor does it live long enough to be swept
}
_numbers = itertools.count(1)


def quick_folder() -> Path:
    """Make a folder for a store of this test run: in memory, where there is room for it.

    A copy of a database is hundreds of files, each of which a disk makes one after the other.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 4 * 1024**3
    writable = roomy and os.access(memory, os.W_OK)
    return Path(tempfile.mkdtemp(prefix="geoapp-test-", dir=memory if writable else None))


def pytest_collection_finish() -> None:
    """Let the collector leave alone what stays: the libraries' objects, nearly a million.

    It would look at all of them again and again, which is half the time of making an application.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
    gc.enable()


def run_sql(cluster: Cluster, statement: str) -> None:
    """Run one statement as the cluster's administrator, outside a transaction."""
    conninfo = make_conninfo(**cluster.parameters("postgres"))
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A server of this test run alone, without durability."""
    folder = quick_folder()
    cluster = Cluster(folder, test_settings={**FAST, "shared_preload_libraries": "postgis-3"})
    cluster.start()
    yield cluster
    cluster.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template_database(cluster: Cluster) -> str:
    """The name of a migrated database that holds the shipped words and no data, to be copied.

    So ``initialise`` finds nothing to do in most tests, which is most of its time.
    """
    run_sql(cluster, "create database geoapp_template")
    database = Database(cluster.parameters("geoapp_template"))
    initialise(database)
    database.close()
    return "geoapp_template"


def _template_with(cluster: Cluster, name: str, of: str, fill: Callable[[Database], None]) -> str:
    run_sql(cluster, f"create database {name} template {of}")
    database = Database(cluster.parameters(name))
    fill(database)
    database.close()
    return name


@pytest.fixture(scope="session")
def town_template(cluster: Cluster, template_database: str) -> str:
    """The template with the small town: whoever names this finds the town in ``database``."""
    return _template_with(cluster, "geoapp_town", template_database, seed_town)


@pytest.fixture(scope="session")
def shown_town_template(cluster: Cluster, template_database: str) -> str:
    """The template with the town as screens show it, in the same way."""
    return _template_with(cluster, "geoapp_shown_town", template_database, fill_town)


_TOWNS = ("town_template", "shown_town_template")


@pytest.fixture
def database(
    request: pytest.FixtureRequest, cluster: Cluster, template_database: str
) -> Iterator[Database]:
    """A migrated database of this test alone; fill it with ``initialise(database)``."""
    name = f"test_{next(_numbers)}"
    towns = [one for one in _TOWNS if one in request.fixturenames]
    assert len(towns) <= 1, "which of the two?"
    template = request.getfixturevalue(towns[0]) if towns else template_database
    # The other way writes each page to the log as well, which costs half as much again.
    run_sql(cluster, f"create database {name} template {template} strategy file_copy")
    database = Database(cluster.parameters(name))
    yield database
    database.close()
    run_sql(cluster, f"drop database {name} with (force)")


@pytest.fixture
def empty_database(cluster: Cluster) -> Iterator[Database]:
    """A database of this test alone without any tables."""
    name = f"test_{next(_numbers)}"
    run_sql(cluster, f"create database {name}")
    database = Database(cluster.parameters(name))
    yield database
    database.close()
    run_sql(cluster, f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def made_store() -> Iterator[Path]:
    """A private store's data folder, made ready and stopped: copy it with ``copy_store``."""
    parent = quick_folder()
    made = Cluster(parent / "data", test_settings=FAST)
    made.start()
    database = Database(made.parameters(), cluster=made)
    initialise(database)
    database.close()
    yield made.folder
    shutil.rmtree(parent)


def copy_store(made: Path, folder: Path) -> None:
    """Put a store that was made ready where a test wants one: making it takes seconds."""
    # Whose the server's files are is kept, which Python's own copying does not.
    subprocess.run(["cp", "-a", made, folder], check=True)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with a data folder of this test alone, whatever the environment says."""
    for name in list(os.environ):
        if name in ("DATABASE_URL", "DATABASE_READ_URL") or (
            name.startswith("GEOAPP_") and name != "GEOAPP_SHARED_DATA"
        ):
            monkeypatch.delenv(name)
    return Settings(data=tmp_path / "data", database_url=None)


Command = Callable[..., click.testing.Result]


@pytest.fixture(autouse=True)
def _nobody_acts() -> None:
    """Forget who acted last: a command that ran in this process declares it for good."""
    declare(None)


# Where the sample towns are; a slow test on a busy machine takes no longer than this.
_TOWNS_CLOCK = ZoneInfo("Asia/Shanghai")
_LONG_TEST_S = 90


@pytest.fixture(autouse=True)
def _one_day() -> None:
    """Begin no test just before the towns' midnight: it would see two days, of which it asked for one."""
    now = datetime.now(_TOWNS_CLOCK)
    midnight = datetime.combine(now.date() + timedelta(days=1), time.min, _TOWNS_CLOCK)
    left = (midnight - now).total_seconds()
    if left < _LONG_TEST_S:
        sleep(left + 0.1)


@pytest.fixture
def geoapp(database: Database, settings: Settings) -> Command:
    """Run ``geoapp`` on this test's database, without a process of its own and its many imports."""

    def run(*arguments: object) -> click.testing.Result:
        environment = {"DATABASE_URL": database.url, "GEOAPP_DATA": str(settings.data)}
        words = [str(one) for one in arguments]
        done = click.testing.CliRunner().invoke(main, words, env=environment)
        # Nothing may escape as a traceback.
        assert done.exception is None or isinstance(done.exception, SystemExit), done.output
        return done

    return run


@pytest.fixture(scope="session")
def repo_root() -> Path:
    """The checkout."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data(repo_root: Path) -> Path:
    """Reference data that is not part of the repository; the test is skipped without it."""
    named = os.environ.get("GEOAPP_SHARED_DATA")
    folder = Path(named) if named else repo_root.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not present")
    return folder
