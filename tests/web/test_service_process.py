"""The service as an operator runs it: real processes, killed and started again."""

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread, Timer
from time import monotonic
from typing import Any, TextIO

import pytest

from geoapp.store.cluster.cluster import Cluster
from geoapp.store.engine import Database
from tests.conftest import FAST, copy_store


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GEOAPP_")}
    kept.pop("DATABASE_URL", None)
    return {**kept, "GEOAPP_DATA": str(tmp_path / "data"), "GEOAPP_WORKERS": "1"}


@pytest.fixture
def with_store(environment: dict[str, str], made_store: Path) -> dict[str, str]:
    """The same, with a store that is there already."""
    copy_store(made_store, Path(environment["GEOAPP_DATA"]))
    return environment


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[str]]]:
    """What a test starts; ended after it, whatever happens."""
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        process.terminate()
        process.communicate(timeout=60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def serve(
    environment: dict[str, str],
    started: list[subprocess.Popen[str]],
    port: int,
    stderr: TextIO | None = None,
    command: tuple[str, ...] = ("serve",),
) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "geoapp", *command, "--port", str(port)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )
    started.append(process)
    # One that never says so is killed, which ends the reading.
    limit = Timer(300, process.kill)
    limit.start()
    assert process.stdout is not None
    ready = any(line.strip() == f"ready http://127.0.0.1:{port}" for line in process.stdout)
    limit.cancel()
    assert ready
    return process


def get(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as response:
            status: int = response.status
            return status
    except urllib.error.HTTPError as error:
        return error.code


def asked(port: int, path: str) -> int | None:
    """The status of an answer; None where nobody listens yet."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        return get(port, path)
    return None


def descendants(pid: int) -> list[int]:
    """What a process started, and what that started, as long as it lives."""
    found = [pid]
    for parent in found:
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False
        )
        for number in map(int, listed.stdout.split()):
            with contextlib.suppress(OSError):
                name = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")[0]
                # The database is left to the next process on the same folder, which takes it over.
                if name and b"postgres" not in name:
                    found.append(number)
    return found[1:]


def named(pid: int, name: str) -> list[int]:
    """Those among a process's descendants that call themselves so."""
    some = []
    for one in descendants(pid):
        with contextlib.suppress(OSError):
            if Path(f"/proc/{one}/comm").read_text().strip() == name:
                some.append(one)
    return some


def shared_mb(pid: int) -> float:
    """A process's share of the memory: what n processes use together counts 1/n for each."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(rollup.partition("\nPss:")[2].split()[0]) / 1024


def until(condition: Callable[[], bool], within_seconds: float = 300.0) -> None:
    end = monotonic() + within_seconds
    while not condition():
        assert monotonic() < end, "the state was not reached in time"
        Event().wait(0.05)


def answers(port: int) -> bool:
    with contextlib.suppress(OSError, http.client.HTTPException):
        return get(port, "/api/v1/nearest?lon=120&lat=36") == 200
    return False


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_killed_service_hinders_not_the_next_whose_stop_under_load_is_quick_and_quiet(
    with_store: dict[str, str], started: list[subprocess.Popen[str]], tmp_path: Path
) -> None:
    port = free_port()
    first = serve(with_store, started, port)
    assert get(port, "/readyz") == 200
    family = descendants(first.pid)
    assert len(family) >= 3
    first.send_signal(signal.SIGKILL)
    first.wait()
    # The children end by themselves: nothing holds the port any more.
    until(lambda: all(gone(pid) for pid in family))
    with (tmp_path / "stderr").open("w") as errors:
        second = serve(with_store, started, port, stderr=errors)
        assert get(port, "/api/v1/nearest?lon=120&lat=36") == 200
        postmaster = Path(with_store["GEOAPP_DATA"]) / "pg" / "postmaster.pid"
        server = int(postmaster.read_text().split("\n")[0])
        answered: list[int] = []

        def ask() -> None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                while True:
                    answered.append(get(port, "/api/v1/nearest?lon=120&lat=36"))

        askers = [Thread(target=ask) for _ in range(4)]
        for asker in askers:
            asker.start()
        until(lambda: len(answered) > 100)
        second.send_signal(signal.SIGTERM)
        assert second.wait(30) == 0
        for asker in askers:
            asker.join()
    assert gone(server)
    assert (tmp_path / "stderr").read_text() == ""


def test_whatever_dies_is_started_again_and_said(
    with_store: dict[str, str], started: list[subprocess.Popen[str]], tmp_path: Path
) -> None:
    port = free_port()
    with (tmp_path / "stderr").open("w") as errors:
        process = serve({**with_store, "GEOAPP_WORKERS": "2"}, started, port, stderr=errors)
        for _ in range(20):
            assert get(port, "/api/v1/nearest?lon=120&lat=36") == 200
        everything = [process.pid, *descendants(process.pid)]
        # Some 10 MB of it are libraries that signing in by a provider brings to the tests.
        assert sum(map(shared_mb, everything)) < 550
        # All web processes at once, more often than a server that gives up would stand.
        killed = []
        for _ in range(3):
            until(lambda: len(named(process.pid, "geoapp-web")) == 2)
            for pid in named(process.pid, "geoapp-web"):
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
            until(lambda: answers(port))
        # The process that they are forked from, and with it all of them.
        [service] = named(process.pid, "geoapp-service")
        os.kill(service, signal.SIGKILL)
        killed.append(service)
        until(lambda: gone(service) and bool(named(process.pid, "geoapp-web")) and answers(port))
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    lines = [json.loads(line) for line in (tmp_path / "stderr").read_text().splitlines()]
    ended = {one["pid"]: one["how"] for one in lines if "how" in one}
    assert ended == dict.fromkeys(killed, "killed by SIGKILL")


def test_a_taken_port_is_said_at_once(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "geoapp", "serve", "--port", str(port)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert done.returncode == 2
    assert str(port) in done.stderr
    assert "--port" in done.stderr


def test_a_faulty_file_of_data_ends_the_start(environment: dict[str, str]) -> None:
    data = Path(environment["GEOAPP_DATA"])
    (data / "applications").mkdir(parents=True)
    (data / "applications" / "bad.json").write_text("{}")
    done = subprocess.run(
        [sys.executable, "-m", "geoapp", "serve", "--port", str(free_port())],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 2
    assert "bad.json" in done.stderr
    assert [one.name for one in data.iterdir()] == ["applications"]


def test_without_a_database_the_service_stays_up_and_recovers(
    with_store: dict[str, str], started: list[subprocess.Popen[str]]
) -> None:
    port = free_port()
    serve(with_store, started, port)
    postmaster = Path(with_store["GEOAPP_DATA"]) / "pg" / "postmaster.pid"
    server = int(postmaster.read_text().split("\n")[0])
    os.kill(server, signal.SIGKILL)
    statuses = set()
    end = monotonic() + 60
    while True:
        statuses.add(get(port, "/readyz"))
        assert get(port, "/healthz") == 200
        if gone(server) and get(port, "/api/v1/nearest?lon=120&lat=36") == 200:
            break
        assert monotonic() < end
    assert statuses <= {200, 503}


def test_the_service_waits_for_a_database_that_may_still_come(
    environment: dict[str, str], made_store: Path, tmp_path: Path
) -> None:
    parent = Path(tempfile.mkdtemp(prefix="geoapp-test-"))
    copy_store(made_store, parent / "data")
    cluster = Cluster(parent / "data", test_settings=FAST)
    database = Database(cluster.parameters())
    waiting = {**environment, "DATABASE_URL": database.url}
    database.close()
    port = free_port()
    with (tmp_path / "stderr").open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "geoapp", "serve", "--port", str(port)],
            env=waiting,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        until(lambda: asked(port, "/readyz") == 503)
        assert get(port, "/healthz") == 200
        assert not named(process.pid, "geoapp-worker")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=60)
        assert "没有应答" in json.load(refused.value)["detail_zh"]
        cluster.start()
        # One that never says so is killed, which ends the reading.
        limit = Timer(300, process.kill)
        limit.start()
        assert process.stdout is not None
        assert process.stdout.readline().strip() == f"ready http://127.0.0.1:{port}"
        limit.cancel()
        assert answers(port)
        assert named(process.pid, "geoapp-worker")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.communicate()
        cluster.stop()
        shutil.rmtree(parent)
    lines = [json.loads(line) for line in (tmp_path / "stderr").read_text().splitlines()]
    told = ["waiting for the database", "the database is there"]
    assert [line["event"] for line in lines if line["event"] in told] == told


def test_the_service_does_not_wait_where_waiting_cannot_help(
    environment: dict[str, str], cluster: Cluster
) -> None:
    nowhere = Database(cluster.parameters("no_such_database"))
    done = subprocess.run(
        [sys.executable, "-m", "geoapp", "serve", "--port", str(free_port())],
        env={**environment, "DATABASE_URL": nowhere.url},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    nowhere.close()
    assert done.returncode == 4
    assert "没有这个名称的数据库" in done.stderr
    assert "no database of this name" in done.stderr


@pytest.mark.parametrize(
    ("variable", "value"), [("GEOAPP_PORT", "http"), ("GEOAPP_WORKERS", "0"), ("DATABASE_URL", "x")]
)
def test_a_setting_that_makes_no_sense_is_named(
    environment: dict[str, str], variable: str, value: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "geoapp", "init"],
        env={**environment, variable: value},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 2
    assert variable in done.stderr
    assert re.search(r"[\u4e00-\u9fff]", done.stderr)


@pytest.mark.slow
def test_the_demo_of_helsinki_serves_in_helsinkis_time(
    environment: dict[str, str], started: list[subprocess.Popen[str]]
) -> None:
    port = free_port()
    process = serve(environment, started, port, command=("demo", "--city", "helsinki"))
    api = f"http://127.0.0.1:{port}/api/v1"

    def read(path: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"{api}{path}", timeout=30) as response:
            answer: dict[str, Any] = json.load(response)
            return answer

    run = read("/coverage-runs/1")
    assert (run["status"], run["inputs"]["basis"]) == ("succeeded", "network")
    assert run["inputs"]["timezone"] == "Europe/Helsinki"
    near = "/nearest?lon=24.9414&lat=60.1710&k=50&kind=eatery&open_at=2026-11-24T22:30"

    def states(suffix: str) -> list[bool | None]:
        return [one["properties"]["open"] for one in read(near + suffix)["features"]]

    # A moment that states no zone is Helsinki's in every process, and not Shanghai's.
    assert states("") == states("%2B02:00")
    assert states("") != states("%2B08:00")
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    # The second start finds everything there.
    again = serve(environment, started, port, command=("demo", "--city", "helsinki"))
    assert get(port, "/api/v1/coverage-runs/2") == 404
    again.send_signal(signal.SIGTERM)
    assert again.wait(60) == 0
