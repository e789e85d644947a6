"""The store is brought back as it was at a moment, from a copy of the cluster and the log since."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click.testing
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from sqlalchemy import text

from geoapp.cli import main
from geoapp.core.errors import ConflictError, InvalidValueError, UnusableInputError
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.base_backup import archive_fault, base_backup, take_archive_over
from geoapp.operations.upkeep.life import LifeKeeper
from geoapp.operations.upkeep.measure import Measured, measure_all
from geoapp.operations.upkeep.nightly_base import is_base_due, make_due_base
from geoapp.operations.upkeep.point_in_time import restore_until
from geoapp.operations.upkeep.sessions import open_session
from geoapp.operations.upkeep.users import list_users, save_user
from geoapp.store.cluster.archive import BASES, OWNER, WAL, bases
from geoapp.store.cluster.archive_owner import IDENTITY, claim
from geoapp.store.cluster.left_over import CHECK, UNTIL
from geoapp.store.engine import Database, open_database
from geoapp.store.server import archiver
from geoapp.web.edge.measured import MeasuredCollector
from tests.conftest import copy_store
from tests.web.api_client import PASSWORD


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    database = open_database(settings)
    try:
        yield database
    finally:
        database.close()  # which hands over the end of the log


def add(database: Database, name: str) -> datetime:
    """Save somebody, and return a moment after that and before whatever comes next."""
    save_user(database, name, Role.STEWARD, PASSWORD)
    with database.session() as session:
        moment: datetime = session.execute(text("select clock_timestamp()")).scalar_one()
    return moment


def names(settings: Settings) -> set[str]:
    with opened(settings) as database:
        return {one.name for one in list_users(database)}


def fails(database: Database) -> bool:
    with database.session() as session:
        return archiver(session).fails


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "it's 100 % kept"  # a shell, a server and a template read its name
    folder.mkdir()
    return folder


@pytest.fixture
def kept(made_store: Path, settings: Settings, archive: Path) -> Settings:
    copy_store(made_store, settings.data)
    return settings.model_copy(update={"wal_archive": archive})


def elsewhere(kept: Settings, name: str) -> Settings:
    return kept.model_copy(update={"data": kept.data.with_name(name)})


def command(settings: Settings, *arguments: object) -> click.testing.Result:
    environment = {
        "GEOAPP_DATA": str(settings.data),
        "GEOAPP_WAL_ARCHIVE": str(settings.wal_archive),
    }
    words = [str(one) for one in arguments]
    done = click.testing.CliRunner().invoke(main, words, env=environment)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return done


def test_the_store_as_it_was_at_a_moment(kept: Settings, archive: Path, made_store: Path) -> None:
    with opened(kept) as database:
        fault = archive_fault(database, kept)
        assert fault is not None  # a log alone restores nothing
        assert "--base" in fault.en
        open_session(database, save_user(database, "a", Role.STEWARD, PASSWORD), device="", days=1)
        done = command(kept, "backup", "--base")
        assert done.exit_code == 0, done.output
        assert archive_fault(database, kept) is None
        life = LifeKeeper(database).now()
        moment = add(database, "b")
        add(database, "c")
    assert not list((archive / WAL).glob("*.part"))
    assert (kept.data / IDENTITY).stat().st_mode & 0o777 == 0o600

    there = elsewhere(kept, "there")
    done = command(there, "restore", archive, "--until", moment.isoformat())
    assert done.exit_code == 0, done.output
    assert "--take-over" in done.output
    log = {one.name for one in archive.rglob("*")}
    with opened(there) as database:
        assert {one.name for one in list_users(database)} == {"a", "b"}
        assert LifeKeeper(database).now() != life
        assert database.single("select version > 4e9 from data_version where name = 'facilities'")
        with database.session() as session:  # nobody is signed in again by it
            assert session.execute(text("select count(*) from user_session")).scalar_one() == 0

    # Neither it nor another store writes to what is the first one's, or removes anything there.
    alien = elsewhere(kept, "alien")
    copy_store(made_store, alien.data)
    for other in (there, alien):
        done = command(other, "backup", "--base", "--keep", 1)
        assert done.exit_code == 2, done.output
        assert "--take-over" in done.output
        with opened(other) as database:
            fault = archive_fault(database, other)
            assert fault is not None
            assert "--take-over" in fault.en
            assert database.single("show archive_mode") == "off"
    # An archive of before it had owners is not that of a later life, but of the one that wrote it.
    owner = (archive / OWNER).read_text()
    (archive / OWNER).unlink()
    assert not claim(archive, there.data)
    assert not (there.data / IDENTITY).exists()
    assert claim(archive, kept.data)
    assert (archive / OWNER).read_text() == owner
    assert {one.name for one in archive.rglob("*")} == log

    # On purpose it takes over, and the first one keeps out.
    done = command(there, "backup", "--base", "--take-over", "--keep", 1)
    assert done.exit_code == 0, done.output
    assert (archive / OWNER).read_text() != owner
    with opened(there) as database:
        assert archive_fault(database, there) is None
    done = command(kept, "backup", "--base", "--keep", 1)
    assert done.exit_code == 2, done.output
    assert len(bases(archive)) == 1

    # What cannot be is refused in words, and nothing is changed.
    for refused, words in (
        (command(there, "restore", archive), "GEOAPP_DATA"),
        (
            command(elsewhere(kept, "x"), "restore", archive, "--until", "2020-01-01 12:00"),
            "+08:00)",
        ),
        (command(elsewhere(kept, "x"), "restore", archive, "--until", "2999-01-01"), "to come"),
        (command(kept, "backup", "--base", archive / "file"), "FILE"),
        (command(kept, "backup"), "FILE"),
        (command(kept, "backup", "--take-over", archive / "file"), "--base"),
    ):
        assert refused.exit_code in (2, 4), refused.output
        assert words in refused.output
    assert not (elsewhere(kept, "x").data / "pg").exists()
    whole = bases(archive)[0].folder / "base.tar.gz"
    whole.write_bytes(whole.read_bytes()[:-5000])
    with pytest.raises(UnusableInputError):
        restore_until(elsewhere(kept, "x"), archive, None)
    assert [one.name for one in elsewhere(kept, "x").data.glob("*")] == []


@pytest.mark.slow
def test_lives_of_a_store_that_was_brought_back(kept: Settings, archive: Path) -> None:
    with opened(kept) as database:
        base_backup(database, kept)
        branch = add(database, "b")
        add(database, "c")
        late = base_backup(database, kept)  # of a life that will not be gone on with
    second = elsewhere(kept, "second")
    drill = command(second, "restore", archive, "--check", "--until", branch.isoformat())
    assert drill.exit_code == 0, drill.output
    assert list(second.data.iterdir()) == []
    assert restore_until(second, archive, branch).reached
    take_archive_over(second)
    with opened(second) as database:
        add(database, "d")
    # The newest life is found by the log alone: what the first wrote after the branch is no part of it.
    third = elsewhere(kept, "third")
    report = restore_until(third, archive, None)
    assert report.history_sound
    assert report.last_change is not None
    assert late.folder.is_dir()
    assert names(third) == {"b", "d"}
    # Nothing happened between the last change and the moment: that is no fault.
    fourth = elsewhere(kept, "fourth")
    assert not restore_until(fourth, archive, datetime.now(UTC)).reached
    # Old copies go with the log that only they needed.
    take_archive_over(third)
    with opened(third) as database:
        before = len(list((archive / WAL).glob("*")))
        report_of_copy = base_backup(database, third, keep=1)
        assert report_of_copy.segments > 0
        assert len(list((archive / WAL).glob("*"))) < before + 2
        assert [one.folder for one in bases(archive)] == [report_of_copy.folder]
        add(database, "e")
    fifth = elsewhere(kept, "fifth")
    restore_until(fifth, archive, None)
    assert names(fifth) == {"b", "d", "e"}


@pytest.mark.slow
def test_an_archive_that_takes_nothing_is_told_of(kept: Settings, archive: Path) -> None:
    with opened(kept) as database:
        base_backup(database, kept)
        (archive / WAL).rename(archive / "away")
        add(database, "b")
        database.single("select pg_switch_wal()")
        while (fault := archive_fault(database, kept)) is None:
            continue
        assert str(archive) in fault.zh
        (archive / "away").rename(archive / WAL)
        while archive_fault(database, kept) is not None:
            continue
        # One that still runs when another takes over writes nothing more.
        owner = (archive / OWNER).read_text()
        (archive / OWNER).write_text("another\n")
        add(database, "c")
        database.single("select pg_switch_wal()")
        while not fails(database):
            continue
        (archive / OWNER).write_text(owner)
        while fails(database):
            continue
    with pytest.raises(InvalidValueError):
        none = kept.model_copy(update={"wal_archive": archive / "none"})
        with opened(elsewhere(none, "y")) as database:
            base_backup(database, none)
    with opened(elsewhere(kept, "z")) as database, pytest.raises(ConflictError):
        own = kept.model_copy(update={"database_url": database.url})
        base_backup(database, own)
    (archive / OWNER).unlink()
    assert not claim(archive, elsewhere(kept, "z").data)
    with pytest.raises(ConflictError):  # the log of two stores does not go together
        take_archive_over(elsewhere(kept, "z"))
    assert not (archive / OWNER).exists()
    assert (archive / BASES).is_dir()
    assert timedelta(0) <= datetime.now(UTC) - bases(archive)[0].finished_at


def test_the_service_copies_by_itself_and_the_monitor_sees_it(
    kept: Settings, archive: Path
) -> None:
    def at(words: str) -> datetime:
        return datetime.fromisoformat(words)

    assert not is_base_due(kept.model_copy(update={"wal_archive": None}), datetime.now(UTC))
    assert not is_base_due(kept.model_copy(update={"base_backups_keep": 0}), datetime.now(UTC))
    by_url = kept.model_copy(update={"database_url": "postgresql://elsewhere/geoapp"})
    assert not is_base_due(by_url, datetime.now(UTC))
    with opened(kept) as database:
        assert measure_all(database, kept).base_backup_at is None
        make_due_base(database, kept, datetime.now(UTC))  # the first one at once
        [first] = bases(archive)
        make_due_base(database, kept, first.finished_at + timedelta(minutes=1))
        assert [one.folder for one in bases(archive)] == [first.folder]

        found = measure_all(database, kept)
        assert found.backup_at == found.base_backup_at
        assert found.archiver is not None
        assert (found.archiver.on, found.archiver.fails) == (True, False)
        (archive / WAL).rename(archive / "away")
        add(database, "b")
        database.single("select pg_switch_wal()")
        while not fails(database):
            continue
        failing = measure_all(database, kept).archiver
        assert failing is not None
        assert failing.waiting >= 1
        told = generate_latest_of(measure_all(database, kept))
        assert "geoapp_archive_failing 1.0" in told
        assert "geoapp_base_backup_timestamp_seconds" in told
        # What fails is in the log, and nothing that is there goes.
        (archive / OWNER).rename(archive / "owner.away")
        (archive / OWNER).write_text("another\n")
        make_due_base(database, kept, first.finished_at + timedelta(days=2))
        assert [one.folder for one in bases(archive)] == [first.folder]

    # By the clocks of the place: at ten to four, whatever the season.
    mark = kept.data / "last-base-backup"
    for last, now, due in (
        ("2026-11-29T03:55+08:00", "2026-11-30T03:49+08:00", False),
        ("2026-11-29T03:55+08:00", "2026-11-30T03:50+08:00", True),
        ("2026-11-30T03:51+08:00", "2026-11-30T23:00+08:00", False),
    ):
        moment = at(last).timestamp()
        os.utime(mark, (moment, moment))
        assert is_base_due(kept, at(now)) is due, (last, now)


def generate_latest_of(measured: Measured) -> str:
    registry = CollectorRegistry()
    registry.register(MeasuredCollector(measured))
    return generate_latest(registry).decode()


_AT_WORK = """
import sys
from pathlib import Path
from geoapp.core.files import swept_workspace
from geoapp.store.cluster.cluster import Cluster

with swept_workspace(Path(sys.argv[1]), sys.argv[2]) as work:
    cluster = Cluster(work / sys.argv[3])
    cluster.start()
    print(cluster.pid, flush=True)
    sys.stdin.read()
    cluster.stop()
"""


@contextmanager
def at_work(data: Path, prefix: str, inside: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run what has a store for a moment beside the one of a data folder; yield its server's number."""
    argv = [sys.executable, "-c", _AT_WORK, str(data), prefix, inside]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(argv, text=True, **pipes) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield process, int(process.stdout.readline())
        process.stdin.close()


def runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_the_server_of_a_killed_restore_ends_with_the_next_start(kept: Settings) -> None:
    with at_work(kept.data, CHECK, "store") as (alive, lively):
        with at_work(kept.data, UNTIL, "") as (killed, orphan):
            killed.kill()
            killed.wait()
            assert runs(orphan)  # nothing else ends it
        with opened(kept):
            assert not runs(orphan)
            assert list(kept.data.glob(f"{UNTIL}*")) == []
            # What somebody works in stays.
            assert runs(lively)
            assert len(list(kept.data.glob(f"{CHECK}*"))) == 1
        assert alive.poll() is None
    assert alive.returncode == 0
    assert list(kept.data.glob(f"{CHECK}*")) == []
