"""The service's process: it makes the store ready, loads the application once, and forks.

The web processes and the job worker are forked from it, so that all of them share what it loaded:
the code, the facilities with their index, the answers rendered ahead. A web process that dies is
replaced in milliseconds, however many facilities there are. So that forking is safe, this process
has one thread and answers nobody itself.
"""

import asyncio
import contextlib
import gc
import http.client
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Any, Final, NoReturn

import click
import structlog
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.mp import MPServer

from geoapp.core.errors import GeoappError, UnavailableError
from geoapp.core.i18n import Text
from geoapp.core.processes import (
    Patience,
    end_with_parent,
    ending,
    let_go_of_readers,
    name_process,
)
from geoapp.core.settings import Settings
from geoapp.store.engine import Database, open_database

# Connections in one web process, most of them idle; threads are few, and busy only with whole requests.
MOST_CONNECTIONS: Final = 4096
# A reader that takes nothing of its answer for so long is let go.
UNREAD_SECONDS: Final = 60
LOOK_SECONDS: Final = 1.0
FOLLOW_SECONDS: Final = 5.0
WEB_STOP_SECONDS: Final = 10.0
WORKER_STOP_SECONDS: Final = 20.0

log = structlog.get_logger(__name__)

Loader = Callable[[], Any]


class Kept:
    """A forked process that is started again whenever it ends."""

    def __init__(self, name: str, make: Callable[[], BaseProcess], stop_seconds: float) -> None:
        self._name, self._make, self._stop_seconds = name, make, stop_seconds
        self._patience = Patience()
        self._process: BaseProcess | None = None
        self._started = self._due = time.monotonic()

    @property
    def sentinel(self) -> int | None:
        """What becomes readable when the process ends; None while there is none."""
        return None if self._process is None else self._process.sentinel

    @property
    def due_seconds(self) -> float:
        """How long until it is to be looked at, if nothing happens before."""
        return LOOK_SECONDS if self._process else max(0.0, self._due - time.monotonic())

    def tend(self) -> None:
        """Start it if it is time to; say why it ended if it did."""
        now = time.monotonic()
        if self._process is not None and not self._process.is_alive():
            pause = self._patience.wait_seconds(now - self._started)
            log.error(
                "a process of the service ended",
                process=self._name,
                pid=self._process.pid,
                how=ending(self._process.exitcode or 0),
                starts_again_in_s=pause,
            )
            self._process, self._due = None, now + pause
        if self._process is None and now >= self._due:
            sys.stdout.flush()
            self._started, self._process = now, self._make()
            self._process.start()

    def renew(self) -> None:
        """Put a new process in its place."""
        self.ask_to_end()
        self.wait_for_end()
        self._process, self._due = None, time.monotonic()
        self.tend()

    def ask_to_end(self) -> None:
        """Ask it to end; `wait_for_end` waits for it."""
        if self._process is not None and self._process.is_alive():
            self._process.terminate()

    def wait_for_end(self) -> None:
        """Wait until it has ended, and kill it where it takes too long."""
        if self._process is not None:
            self._process.join(self._stop_seconds)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()


class _WebServer(MPServer):
    """The HTTP server without its own supervision, which gives up when a process dies twice."""

    spawn: Callable[..., None]
    loader: Loader

    def _serve(self, spawn_target: Callable[..., None], target_loader: Loader) -> None:
        self._init_shared_socket()  # type: ignore[no-untyped-call]
        self.spawn, self.loader = spawn_target, target_loader

    def make(self, number: int) -> BaseProcess:
        """Return a web process that is not started yet."""
        process: BaseProcess = self._spawn_worker(number, self.spawn, self.loader).inner
        return process


def serve_all(settings: Settings, *, prepared: int, announce: bool) -> NoReturn:
    """Serve until SIGTERM.

    Parameters
    ----------
    prepared
        A pipe; a byte is written to it once the store is ready, and it is closed.
    announce
        Print the ready line once the service answers.
    """
    # What is loaded stays: to look through it for garbage, again and again, took a third of the start.
    gc.disable()
    # Before anything loads the metrics, which choose then where they count.
    with tempfile.TemporaryDirectory(prefix="geoapp-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        from geoapp.core.logs import configure_logs, log_uncaught

        name_process("geoapp-service")
        configure_logs(settings)
        log_uncaught()
        multiprocessing.set_start_method("fork", force=True)
        from geoapp.app import check_files

        # While an error still ends the program: once the store is ready, it is started again.
        check_files(settings)
        database = open_database(settings)
        kept: list[Kept] = []
        try:
            _serve(settings, database, kept, _Start(database, prepared), announce)
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            for one in kept:
                one.ask_to_end()
            for one in kept:
                one.wait_for_end()
            database.close()


class _Start:
    """Makes the store ready, and waits for it where waiting may help."""

    def __init__(self, database: Database, prepared: int) -> None:
        self._database, self._prepared = database, prepared
        self._told: Text | None = None
        self._due = 0.0

    def tried(self) -> bool:
        """Make the store ready; False if it is not there yet.

        Raises
        ------
        GeoappError
            If it will not come by itself: a wrong password, say, or a store of a newer geoapp.
        """
        from geoapp.operations.upkeep.init import initialise

        if time.monotonic() < self._due:
            return False
        try:
            initialise(self._database)
        except UnavailableError as error:
            if not error.may_pass:
                raise
            if error.text != self._told:
                self._told = error.text
                log.warning("waiting for the database", why=error.text.both())
            self._due = time.monotonic() + LOOK_SECONDS
            return False
        if self._told is not None:
            log.warning("the database is there")
        os.write(self._prepared, b"1")
        os.close(self._prepared)
        return True


def _serve(
    settings: Settings, database: Database, kept: list[Kept], start: _Start, announce: bool
) -> NoReturn:
    is_ready = start.tried()
    ground = _Ground(settings, database)
    server = _web_server(settings, ground)
    web = [
        Kept("web", lambda number=number: server.make(number), WEB_STOP_SECONDS)  # type: ignore[misc]
        for number in range(settings.workers)
    ]
    worker = Kept("worker", lambda: _worker(settings, database), WORKER_STOP_SECONDS)
    kept += [worker, *web] if is_ready else web
    followed = time.monotonic()
    while True:
        if not is_ready and start.tried():
            is_ready = True
            kept.append(worker)
            # Those that answered meanwhile were forked before there was anything to share.
            ground.follow()
            for one in web:
                one.renew()
        for one in kept:
            one.tend()
        if announce and is_ready and _answers(settings):
            announce = False
            click.echo(f"ready {_url(settings)}")
            sys.stdout.flush()
        if time.monotonic() - followed >= FOLLOW_SECONDS:
            ground.follow()
            followed = time.monotonic()
        longest = min(0.1 if announce else LOOK_SECONDS, *(one.due_seconds for one in kept))
        wait([one.sentinel for one in kept if one.sentinel is not None], longest)


class _Ground:
    """What every web process starts from: the application, with the facilities loaded."""

    def __init__(self, settings: Settings, database: Database) -> None:
        from geoapp.analysis.tiles.points import warm_up as compile_tiles
        from geoapp.app import create_app, create_front

        application = create_app(settings, database)
        self.front = create_front(application, settings)
        self._nearest = application.extensions["geoapp"].nearest
        self._search = application.extensions["geoapp"].search
        self._rendered: object = None
        compile_tiles()
        gc.collect()  # what importing left; reading the facilities leaves next to nothing
        self.follow()
        _share()
        gc.enable()

    def follow(self) -> None:
        """Take in the edits since, so that the next web process need not."""
        from geoapp.operations.nearest.answer import render_ahead

        with contextlib.suppress(GeoappError):  # a store that is away is waited for, by request
            self._nearest.warm_up()
            snapshot, _ = self._nearest.ground()
            if snapshot is not self._rendered:
                render_ahead(self._nearest)
                self._rendered = snapshot

    def read_names(self) -> None:
        """Read the names of streets, which takes a second in a large city, before somebody searches."""
        with contextlib.suppress(GeoappError):
            self._search.warm_up()


def _web_server(settings: Settings, ground: _Ground) -> _WebServer:
    parent = os.getpid()

    def begin() -> Any:
        """Begin a web process, right after the fork."""
        end_with_parent(parent, signal.SIGKILL)
        name_process("geoapp-web")
        _share()
        Thread(target=ground.read_names, daemon=True).start()
        asyncio.get_event_loop().call_soon(let_go_of_readers, UNREAD_SECONDS)
        return ground.front

    server = _WebServer(
        "geoapp",
        interface=Interfaces.RSGI,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        backpressure=MOST_CONNECTIONS,
        # Version 2, which needs https here, is the business of a proxy; choosing between the two
        # would wait for a first byte without a limit.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=round(settings.header_seconds * 1000)),
        log_enabled=False,
        websockets=False,
    )
    server.serve(target_loader=begin, wrap_loader=False)
    return server


def _share() -> None:
    """Keep what was loaded in the pages that a forked process shares with the others.

    What was loaded stays, so that no collection of garbage has to walk through it, and write to it.
    """
    gc.freeze()


def _worker(settings: Settings, database: Database) -> BaseProcess:
    from geoapp.operations.worker import run_worker

    parent = os.getpid()

    def begin() -> None:
        end_with_parent(parent, signal.SIGTERM)
        name_process("geoapp-worker")
        _share()
        try:
            run_worker(database, settings)
        except Exception:
            log.exception("the worker failed")
            sys.exit(1)

    return multiprocessing.get_context("fork").Process(target=begin, name="worker")


def _host(settings: Settings) -> str:
    """Return where the service is asked from this machine."""
    return "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104


def _url(settings: Settings) -> str:
    host = _host(settings)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _answers(settings: Settings) -> bool:
    """Tell whether the service answers that it is ready; asked directly, whatever proxy is set."""
    connection = http.client.HTTPConnection(_host(settings), settings.port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
