"""The server's process as the system shows it: alive, dead, a zombie, or somebody else."""

import os
import signal
import socket
import struct
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

POLL_SECONDS = 0.01
_UCRED = struct.Struct("iII")  # pid, uid, gid: unix(7)

ServerState = Literal["starting", "ready", "stopping"]


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A live server: its process and what it says of itself in ``postmaster.pid``."""

    pid: int
    state: ServerState


def read_server(cluster_folder: Path) -> RunningServer | None:
    """Return the live server of this folder, or None.

    A number in ``postmaster.pid`` alone proves nothing: after a crash it may name a process of
    somebody else. The process must be a postgres that was started on this very folder. A zombie
    has no command line, so a dead server that nobody has reaped counts as dead.
    """
    try:
        lines = (cluster_folder / "postmaster.pid").read_text(errors="replace").splitlines()
        pid = int(lines[0])
        argv = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError, IndexError):
        return None
    if os.fsencode(cluster_folder) not in argv or not argv[0].endswith(b"postgres"):
        return None
    word = (
        lines[7].strip() if len(lines) > 7 else "starting"
    )  # PostgreSQL's LOCK_FILE_LINE_PM_STATUS
    state: ServerState = (
        "ready" if word == "ready" else "stopping" if word == "stopping" else "starting"
    )
    return RunningServer(pid=pid, state=state)


def listens_out_of_sight(path: Path) -> bool:
    """Tell whether a process that this one cannot see, as in another container, has this socket.

    The kernel names the process that listens, as number 0 if it lies outside our namespace. One
    that we could see is no such case: it is about to end.
    """
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(os.fspath(path))
        except OSError:
            return False
        credentials = probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
    return bool(_UCRED.unpack(credentials)[0] == 0)


def reap(pid: int | None) -> None:
    """Take note of the end of a child, so that it does not stay a zombie."""
    if pid is None:
        return
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return  # somebody else's child, or reaped before


def _processes_in(folder: Path) -> list[int]:
    wanted = os.path.realpath(folder)
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(entry / "cwd") == wanted:
                found.append(int(entry.name))
        except OSError:
            continue  # gone meanwhile, a zombie, or not ours to look at
    return found


def end_orphans(cluster_folder: Path, patience_seconds: float = 2.0) -> None:
    """Wait until no process of a dead server is left in its folder; end those that stay.

    A server's backends leave by themselves when it dies, but one that is busy notices late, and
    no new server may start on the same files before. Only call this when the server is dead.

    Raises
    ------
    TimeoutError
        If one stays all the same.
    """
    started = time.monotonic()
    asked: set[int] = set()
    while left := _processes_in(cluster_folder):
        waited = time.monotonic() - started
        if waited > patience_seconds:
            for pid in set(left) - asked:
                _signal(pid, signal.SIGQUIT)
                asked.add(pid)
        if waited > 5 * patience_seconds:
            raise TimeoutError(f"processes {left} of a dead server are still in {cluster_folder}")
        time.sleep(POLL_SECONDS)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return  # it went by itself


def end_server(cluster_folder: Path, child_pid: int | None, timeout_seconds: float) -> bool:
    """Stop the server ("fast": open transactions are rolled back); return whether it is gone."""
    server = read_server(cluster_folder)
    if server is None:
        return True
    _signal(server.pid, signal.SIGINT)
    deadline = time.monotonic() + timeout_seconds
    while read_server(cluster_folder) is not None:
        if time.monotonic() > deadline:
            return False
        reap(child_pid)
        time.sleep(POLL_SECONDS)
    reap(child_pid)
    return True
