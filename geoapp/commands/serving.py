"""The parent of the service: it starts the process that does the work, and again if that dies.

It stays light: what it loads is counted beside every other process for as long as the service runs.
So that forking is safe, it has one thread.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType
from typing import TYPE_CHECKING, Final

from geoapp.core.errors import GeoappError
from geoapp.core.i18n import Text
from geoapp.core.processes import Patience, end_with_parent, ending

if TYPE_CHECKING:
    from geoapp.core.settings import Settings

STOP_SECONDS: Final = 40.0


def run(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C.

    If the store cannot be made ready at the first start, the error is said and the program ends;
    later the service is started again however often it dies.
    """
    _export_settings(settings)
    patience, was_prepared = Patience(), False
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    while True:
        started = time.monotonic()
        parent = os.getpid()
        reading, writing = os.pipe()
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            end_with_parent(parent, signal.SIGTERM)
            # Here, so that the parent stays light.
            from geoapp.commands.service import serve_all

            serve_all(settings, prepared=writing, announce=not was_prepared)
        os.close(writing)
        code = _wait(pid)
        was_prepared = bool(os.read(reading, 1)) or was_prepared
        os.close(reading)
        if not was_prepared:
            sys.exit(code if code > 0 else 1)
        pause = patience.wait_seconds(time.monotonic() - started)
        _log("the service's process ended", pid=pid, how=ending(code), starts_again_in_s=pause)
        time.sleep(pause)


def do_apart(work: Callable[[], None]) -> None:
    """Do something in a process of its own, whose memory is given back; end here too if it fails."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        work()
        sys.exit(0)
    code = _wait(pid)
    if code:
        sys.exit(code if code > 0 else 1)


def _wait(pid: int) -> int:
    """Return a child's exit code; if this process is asked to end meanwhile, the child ends first."""
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except (SystemExit, KeyboardInterrupt):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        _end(pid)
        raise


def _end(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, ChildProcessError):
        os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        while os.waitpid(pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > end:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                return
            time.sleep(0.02)


def _log(event: str, **values: object) -> None:
    """Write a line in the form of the service's log, without loading what makes it there."""
    line = {"event": event, "level": "error", "timestamp": datetime.now(UTC).isoformat(), **values}
    sys.stderr.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stderr.flush()


def _export_settings(settings: Settings) -> None:
    """Hand the chosen settings to the programs that the service starts."""
    os.environ["GEOAPP_DATA"] = str(settings.data.absolute())
    os.environ["GEOAPP_PORT"] = str(settings.port)
    os.environ["GEOAPP_HOST"] = settings.host
    os.environ["GEOAPP_WORKERS"] = str(settings.workers)
    os.environ["GEOAPP_TIMEZONE"] = settings.timezone


def check_port(settings: Settings) -> None:
    """Refuse a port that something else listens on, before anything is started."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise GeoappError(
                Text(
                    f"无法使用 {settings.host}:{settings.port}（{error.strerror}）；请换一个端口：--port",
                    f"Cannot listen on {settings.host}:{settings.port} ({error.strerror}); choose another --port",
                )
            ) from None


def raise_on_sigterm() -> None:
    """Let SIGTERM unwind the program as Ctrl-C does, so that the database is stopped too."""
    signal.signal(signal.SIGTERM, _stop)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
