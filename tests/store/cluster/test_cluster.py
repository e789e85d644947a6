"""The private cluster: shared, killed, restarted, in odd places, as root and as anybody else."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from geoapp.core.errors import InvalidValueError, MissingPartError, UnavailableError
from geoapp.store.cluster import programs as cluster_programs
from geoapp.store.cluster.cluster import Cluster
from tests.conftest import FAST, copy_store

# Another process of geoapp: says its server's pid, then lives until its input ends.
USER_PROCESS = """
import sys
from pathlib import Path
from geoapp.store.cluster.cluster import Cluster
from tests.conftest import FAST
cluster = Cluster(Path(sys.argv[1]), test_settings=FAST)
cluster.start()
print(cluster.pid, flush=True)
sys.stdin.read()
cluster.stop()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that does not exist yet, with a short path."""
    parent = Path(tempfile.mkdtemp(prefix="geoapp-test-"))
    yield parent / "data"
    shutil.rmtree(parent)


@pytest.fixture
def made(folder: Path, made_store: Path) -> None:
    """The data folder as an earlier use left it: for what is not about making one."""
    copy_store(made_store, folder)


@pytest.fixture
def make_cluster(folder: Path) -> Iterator[Callable[..., Cluster]]:
    """Make clusters that are stopped at the end."""
    made: list[Cluster] = []

    def make(place: Path = folder, **options: object) -> Cluster:
        made.append(Cluster(place, **{"test_settings": FAST, **options}))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for cluster in made:
        cluster.stop()


@pytest.fixture
def start_process(folder: Path, repo_root: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Start further processes on the same folder."""
    made: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        made.append(
            subprocess.Popen(
                [sys.executable, "-c", USER_PROCESS, str(folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=repo_root,
            )
        )
        return made[-1]

    yield start
    for process in made:
        process.kill()
        process.communicate()


def server_of(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


def query(cluster: Cluster, statement: str) -> object:
    with psycopg.connect(make_conninfo(**cluster.parameters()), autocommit=True) as connection:
        cursor = connection.execute(statement)
        row = cursor.fetchone() if cursor.description else None
        return None if row is None else row[0]


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the state did not come about"
        time.sleep(0.01)


def test_a_new_cluster_is_private_and_durable(make_cluster: Callable[..., Cluster]) -> None:
    cluster = make_cluster(test_settings=None)
    cluster.start()
    assert stat.S_IMODE(cluster.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(cluster.data.stat().st_mode) == 0o700
    assert stat.S_IMODE(cluster.socket_folder.stat().st_mode) == 0o700
    assert query(cluster, "show listen_addresses") == ""
    assert query(cluster, "show max_connections") == "100"
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        assert query(cluster, f"show {setting}") == "on"


@pytest.mark.usefixtures("made")
def test_data_outlives_the_server(make_cluster: Callable[..., Cluster]) -> None:
    cluster = make_cluster()
    cluster.start()
    cluster.start()
    query(cluster, "create table kept as select 7 as n")
    assert cluster.stop()
    assert cluster.pid is None
    assert not cluster.stop()
    cluster.start()
    assert query(cluster, "select n from kept") == 7


# All that is odd in one by default, and each by itself with the long tail.
@pytest.mark.parametrize(
    "name",
    [
        '-D it\'s, "站点" 50% $HOME;`x`',
        "x/" + "long" * 60,
        *(
            pytest.param(one, marks=pytest.mark.slow)
            for one in ("a b", 'it\'s "quoted"', "a,b", "站点 50%", "$HOME;`x`", "-D")
        ),
    ],
    ids=["all", "260 bytes", "space", "quotes", "comma", "chinese", "shell", "option"],
)
def test_any_path_will_do(folder: Path, make_cluster: Callable[..., Cluster], name: str) -> None:
    cluster = make_cluster(folder / name)
    cluster.start()
    assert query(cluster, "show data_directory") == str(cluster.data)
    assert cluster.stop()
    assert cluster.socket_folder.parent == cluster.folder or not cluster.socket_folder.exists()


def test_a_line_break_in_the_path_is_refused(folder: Path) -> None:
    with pytest.raises(InvalidValueError, match="GEOAPP_DATA"):
        Cluster(folder / "a\nb")


def test_four_processes_share_one_server_and_the_last_one_stops_it(
    folder: Path,
    make_cluster: Callable[..., Cluster],
    start_process: Callable[[], subprocess.Popen[str]],
) -> None:
    processes = [start_process() for _ in range(4)]
    servers = {server_of(process) for process in processes}
    assert len(servers) == 1
    watcher = make_cluster()  # looks on, but never starts: not a user
    for process in processes[:3]:
        process.communicate()
        assert process.returncode == 0
        assert watcher.pid in servers
        assert query(watcher, "select 1") == 1
    processes[3].communicate()
    assert watcher.pid is None


@pytest.mark.usefixtures("made")
def test_a_killed_user_leaves_nothing_to_clean(
    make_cluster: Callable[..., Cluster], start_process: Callable[[], subprocess.Popen[str]]
) -> None:
    process = start_process()
    server = server_of(process)
    process.kill()
    process.wait()
    cluster = make_cluster()
    assert cluster.pid == server
    cluster.start()
    assert cluster.pid == server
    assert cluster.stop()
    assert cluster.pid is None


@pytest.mark.usefixtures("made")
def test_a_killed_server_is_started_again_with_all_its_data(
    make_cluster: Callable[..., Cluster],
) -> None:
    cluster = make_cluster()
    cluster.start()
    query(cluster, "create table kept as select 7 as n")
    first = cluster.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)  # it stays a zombie, since this process is its parent
    wait_until(lambda: cluster.pid is None)
    cluster.start()
    assert cluster.pid not in (None, first)
    assert query(cluster, "select n from kept") == 7


@pytest.mark.usefixtures("made")
def test_a_busy_backend_of_a_killed_server_is_ended(make_cluster: Callable[..., Cluster]) -> None:
    cluster = make_cluster()
    cluster.start()
    with closing(psycopg.connect(make_conninfo(**cluster.parameters()))) as connection:
        backend = connection.info.backend_pid
        connection.pgconn.send_query(b"do $$ begin loop end loop; end $$")
        busy = f"select state from pg_stat_activity where pid = {backend}"
        wait_until(lambda: query(cluster, busy) == "active")
        server = cluster.pid
        assert server is not None
        os.kill(server, signal.SIGKILL)
        wait_until(lambda: cluster.pid is None)
        cluster.start()
        assert query(cluster, "select 1") == 1
        assert not Path(f"/proc/{backend}/cwd").exists()


@pytest.mark.parametrize("named", ["alive", "dead", "nonsense"])
@pytest.mark.usefixtures("made")
def test_a_stale_pid_file_does_not_matter(make_cluster: Callable[..., Cluster], named: str) -> None:
    cluster = make_cluster()
    cluster.start()
    lines = (cluster.data / "postmaster.pid").read_text().splitlines()
    cluster.stop()
    gone = subprocess.Popen(["true"])
    gone.wait()
    lines[0] = {"alive": str(os.getpid()), "dead": str(gone.pid), "nonsense": "no number"}[named]
    (cluster.data / "postmaster.pid").write_text("\n".join(lines) + "\n")
    assert cluster.pid is None
    cluster.start()
    assert query(cluster, "select 1") == 1


def test_an_interrupted_set_up_is_begun_anew(
    folder: Path, make_cluster: Callable[..., Cluster]
) -> None:
    (folder / "pg.new").mkdir(parents=True)
    (folder / "pg.new" / "PG_VERSION").write_text("15\n")
    cluster = make_cluster()
    cluster.start()
    assert query(cluster, "select 1") == 1


@pytest.mark.usefixtures("made")
def test_a_server_that_is_stopping_is_waited_for(make_cluster: Callable[..., Cluster]) -> None:
    cluster = make_cluster()
    cluster.start()
    first = cluster.pid
    assert first is not None
    with psycopg.connect(make_conninfo(**cluster.parameters())):
        os.kill(first, signal.SIGTERM)  # "smart": it waits for the connection above for ever
        wait_until(
            lambda: (
                (cluster.data / "postmaster.pid").read_text().splitlines()[7].strip() == "stopping"
            )
        )
        cluster.start()
    assert cluster.pid not in (None, first)
    assert query(cluster, "select 1") == 1


@pytest.mark.usefixtures("made")
def test_a_server_out_of_sight_is_used_and_left_alone(
    folder: Path, make_cluster: Callable[..., Cluster], repo_root: Path
) -> None:
    """As in a second container on the same folder, which sees the socket but not the process."""
    container = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc"]
    if subprocess.run([*container, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("process namespaces are not allowed here")
    cluster = make_cluster()
    cluster.start()
    server = cluster.pid
    done = subprocess.run(
        [*container, sys.executable, "-c", USER_PROCESS, str(folder)],
        input="",
        capture_output=True,
        text=True,
        cwd=repo_root,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "None\n"), done.stderr
    assert cluster.pid == server
    assert query(cluster, "select 1") == 1


@pytest.mark.usefixtures("made")
def test_a_forked_child_leaves_its_parents_server_alone(
    make_cluster: Callable[..., Cluster],
) -> None:
    cluster = make_cluster()
    cluster.start()
    child = os.fork()
    if child == 0:
        os._exit(1 if cluster.stop() else 0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert query(cluster, "select 1") == 1


@pytest.mark.usefixtures("made")
def test_variables_for_another_server_are_ignored(
    make_cluster: Callable[..., Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "PGHOST": "nowhere.invalid",
        "PGHOSTADDR": "192.0.2.1",
        "PGPORT": "1",
        "PGUSER": "nobody",
        "PGDATABASE": "none",
        "PGOPTIONS": "-c nonsense=1",
        "PGDATA": "/nonexistent",
    }.items():
        monkeypatch.setenv(name, value)
    cluster = make_cluster()
    cluster.start()
    assert query(cluster, "select current_user::text") == "geoapp"


def test_a_socket_folder_of_somebody_else_is_refused(
    folder: Path, make_cluster: Callable[..., Cluster]
) -> None:
    cluster = make_cluster(folder / ("long" * 30))
    elsewhere = folder.parent / "elsewhere"
    elsewhere.mkdir()
    cluster.socket_folder.symlink_to(elsewhere)
    try:
        with pytest.raises(UnavailableError, match="made by another user"):
            cluster.start()
    finally:
        cluster.socket_folder.unlink()
    assert list(elsewhere.iterdir()) == []


def test_missing_postgresql_says_how_to_install_it(folder: Path) -> None:
    empty = folder.parent / "bin"
    empty.mkdir()
    with pytest.raises(MissingPartError) as caught:
        Cluster(folder, pg_bin=empty).start()
    assert "sudo apt-get install -y postgresql-postgis" in caught.value.text.zh
    assert "sudo apt-get install -y postgresql-postgis" in caught.value.text.en
    assert str(empty) in caught.value.text.en


def _fake_programs(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True)
    for name, answer in {
        "postgres": f"postgres (PostgreSQL) {version}",
        "pg_config": folder,
    }.items():
        (folder / name).write_text(f"#!/bin/sh\necho '{answer}'\n")
        (folder / name).chmod(0o755)
    return folder


def test_missing_postgis_names_the_package_of_that_version(folder: Path) -> None:
    with pytest.raises(MissingPartError, match="apt-get install -y postgresql-16-postgis-3"):
        Cluster(folder, pg_bin=_fake_programs(folder.parent / "bin", "16.4")).start()


def test_an_old_postgresql_is_not_used(folder: Path) -> None:
    programs = _fake_programs(folder.parent / "bin", "14.9")
    (programs / "extension").mkdir()
    (programs / "extension" / "postgis.control").touch()
    with pytest.raises(MissingPartError, match=r"PostgreSQL 15\+ with PostGIS"):
        Cluster(folder, pg_bin=programs).start()


def test_a_folder_of_another_version_asks_for_that_version(folder: Path) -> None:
    (folder / "pg").mkdir(parents=True)
    (folder / "pg" / "PG_VERSION").write_text("99\n")
    with pytest.raises(MissingPartError, match="postgresql-99-postgis-3"):
        Cluster(folder).start()


@pytest.mark.usefixtures("made")
def test_a_server_that_cannot_start_says_why(make_cluster: Callable[..., Cluster]) -> None:
    cluster = make_cluster()
    cluster.start()
    cluster.stop()
    broken = make_cluster(test_settings={**FAST, "shared_buffers": "plenty"})
    with pytest.raises(UnavailableError, match='invalid value for parameter "shared_buffers"'):
        broken.start()
    cluster.start()
    assert query(cluster, "select 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_root_without_user_namespaces(
    make_cluster: Callable[..., Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = make_cluster()
    cluster.start()  # with namespaces, where they are allowed
    query(cluster, "create table kept as select 7 as n")
    cluster.stop()
    monkeypatch.setattr(cluster_programs, "_user_namespaces", lambda: ())
    cluster.start()
    assert cluster.data.stat().st_uid != 0
    assert query(cluster, "select n from kept") == 7
    cluster.stop()
    monkeypatch.undo()
    cluster.start()  # the files stay with whom they are
    assert query(cluster, "select n from kept") == 7


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")
def test_an_ordinary_user_and_root_take_turns(
    folder: Path, make_cluster: Callable[..., Cluster], repo_root: Path
) -> None:
    folder.parent.chmod(0o755)
    folder.mkdir(mode=0o700)
    os.chown(folder, 65534, 65534)
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    for _ in range(2):
        done = subprocess.run(
            [*nobody, sys.executable, "-B", "-c", USER_PROCESS, str(folder)],
            input="",
            capture_output=True,
            text=True,
            cwd=repo_root,
            check=False,
        )
        if "No module named" in done.stderr or done.returncode in (126, 127):
            pytest.skip("this checkout cannot be read by other users")
        assert done.returncode == 0, done.stderr
        cluster = make_cluster()
        cluster.start()
        assert cluster.data.stat().st_uid == 65534
        assert query(cluster, "select 1") == 1
        cluster.stop()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_of_somebody_else_is_refused() -> None:
    with pytest.raises(UnavailableError, match="belongs to another user"):
        Cluster(Path("/usr")).start()
