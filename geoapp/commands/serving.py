"""Run the web processes and their job worker as one service that starts and ends together."""

import atexit
import contextlib
import gc
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

import click
from granian import Granian
from granian.constants import Interfaces

from geoapp.core.errors import GeoappError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings

BLOCKING_THREADS = 4
_PARENT = "GEOAPP_SERVER_PID"


def export_settings(settings: Settings) -> None:
    """Hand the chosen settings to the processes that this one starts."""
    os.environ["GEOAPP_DATA"] = str(settings.data.absolute())
    os.environ["GEOAPP_PORT"] = str(settings.port)
    os.environ["GEOAPP_HOST"] = settings.host
    os.environ["GEOAPP_WORKERS"] = str(settings.workers)
    os.environ["GEOAPP_TIMEZONE"] = settings.timezone


def end_with_server() -> None:
    """End this process when the server that started it is gone, however it went.

    A server that was killed cannot end its children; they would keep its port and its database.
    """
    parent = os.environ.get(_PARENT)
    if parent is None:
        return

    def watch() -> None:
        while _alive(int(parent)):
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(10)
        os._exit(1)

    threading.Thread(target=watch, name="end-with-server", daemon=True).start()


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class JobWorker:
    """The job worker's process; started anew if it dies."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="job-worker", daemon=True)

    def start(self) -> None:
        """Start it and keep it alive."""
        self._thread.start()

    def stop(self) -> None:
        """End it; a run that it was at is taken up again by the next worker."""
        self._stopping.set()
        self._thread.join()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _keep(self) -> None:
        while not self._stopping.is_set():
            self._process = subprocess.Popen([sys.executable, "-m", "geoapp", "worker"])
            while self._process.poll() is None:
                if self._stopping.wait(0.3):
                    return
            self._stopping.wait(2)


def _announce(url: str) -> None:
    """Print the ready line once the service answers."""
    while True:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5) as response:
                if response.status == 200:
                    break
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    click.echo(f"ready {url}")
    sys.stdout.flush()


def run(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    export_settings(settings)
    os.environ[_PARENT] = str(os.getpid())
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    url = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    with tempfile.TemporaryDirectory(prefix="geoapp-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        # Forked beside running threads, a web process would inherit the locks that they hold.
        multiprocessing.set_start_method("spawn", force=True)
        jobs = JobWorker()
        jobs.start()
        threading.Thread(target=_announce, args=(url,), daemon=True).start()
        server = Granian(
            "geoapp.commands.serving:web_application",
            factory=True,
            interface=Interfaces.WSGI,
            address=settings.host,
            port=settings.port,
            workers=settings.workers,
            blocking_threads=BLOCKING_THREADS,
            backpressure=256,
            log_enabled=False,
            websockets=False,
            respawn_failed_workers=True,
            workers_kill_timeout=10,
        )
        try:
            server.serve()
        finally:
            jobs.stop()


def web_application() -> object:
    """Make the application inside one web process."""
    # Here, so that the parent stays light.
    from geoapp.app import create_app
    from geoapp.web.geojson.nearest import render_ahead

    end_with_server()
    atexit.register(_leave_at_once)
    application = create_app()
    with contextlib.suppress(GeoappError):  # a store that is away is waited for, request by request
        nearest = application.extensions["geoapp"].nearest
        nearest.warm_up()
        render_ahead(nearest)
    # Facilities stay: no collection of garbage has to walk through all of them again.
    gc.collect()
    gc.freeze()
    return application


def _leave_at_once() -> None:
    """End a web process without taking the interpreter apart.

    The server's own threads would be caught in the middle of it and abort with a panic.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


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

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
