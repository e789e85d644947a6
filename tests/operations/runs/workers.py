"""A worker as a process of its own, and waiting for what it does."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from geoapp.store.engine import Database


@contextmanager
def worker(database: Database) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker process on this test's database."""
    environment = {**os.environ, "DATABASE_URL": database.url}
    process = subprocess.Popen(
        [sys.executable, "-m", "geoapp", "worker"], env=environment, stderr=subprocess.PIPE
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(condition: Callable[[], bool], within_seconds: float = 300.0) -> None:
    end = time.monotonic() + within_seconds
    while not condition():
        assert time.monotonic() < end, "the state was not reached in time"
        threading.Event().wait(0.05)
