"""The worker: takes runs from the queue, one at a time, until it is asked to end."""

import asyncio
import contextlib
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import procrastinate
import structlog

from geoapp.core.errors import UnavailableError
from geoapp.core.settings import Settings
from geoapp.operations.actions import results as action_results
from geoapp.operations.actions import run as action_run
from geoapp.operations.coverage import results as coverage_results
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.runs.lifecycle import perform, take_care
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting import run as siting_run
from geoapp.store.engine import Database
from geoapp.store.runs.jobs import QUEUE, TASK, worker_app
from geoapp.store.runs.runs import get_run

CARE_SECONDS = 5.0
STALLED_SECONDS = 30.0

log = structlog.get_logger(__name__)


def execute(database: Database, settings: Settings, run_id: int, stopping: threading.Event) -> None:
    """Do one run, of whatever kind it is."""
    with database.session() as session:
        run = get_run(session, run_id)
        kind = None if run is None else run.kind
    if kind == coverage_results.KIND:
        perform(database, run_id, coverage_run.work(database, settings), stopping)
    elif kind == siting_results.KIND:
        perform(database, run_id, siting_run.work(database, settings), stopping)
    elif kind == action_results.KIND:
        perform(database, run_id, action_run.work(database, settings), stopping)
    elif kind is not None:
        log.error("run of an unknown kind", run=run_id, kind=kind)


def run_worker(database: Database, settings: Settings) -> None:
    """Work until SIGTERM or Ctrl-C; a run that is not finished then goes back into the queue."""
    stopping = threading.Event()
    with _compiling():
        asyncio.run(_work(database, settings, stopping))


@contextlib.contextmanager
def _compiling() -> Iterator[None]:
    """Compile the solvers' loops beside the first jobs, so that no time limit is spent on it.

    In a process of its own, which ends when the worker is asked to: compiling cannot be interrupted.
    """
    compiler = subprocess.Popen(
        [sys.executable, "-m", "geoapp.analysis.siting.warm_up"],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        compiler.terminate()
        compiler.wait()


async def _work(database: Database, settings: Settings, stopping: threading.Event) -> None:
    app = worker_app(database)

    @app.task(name=TASK, queue=QUEUE)
    def run_task(run_id: int) -> None:
        execute(database, settings, run_id, stopping)

    async with app.open_async():
        worker = asyncio.create_task(
            app.run_worker_async(
                queues=[QUEUE],
                concurrency=1,
                install_signal_handlers=False,
                delete_jobs="always",
                fetch_job_polling_interval=2.0,
            )
        )
        care = asyncio.create_task(_care(app, database))
        loop = asyncio.get_running_loop()

        def stop() -> None:
            stopping.set()
            worker.cancel()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
        with contextlib.suppress(asyncio.CancelledError):
            await worker
        care.cancel()


async def _care(app: procrastinate.App, database: Database) -> None:
    """Look after runs and jobs whose worker died, every few seconds."""
    while True:
        try:
            await asyncio.to_thread(take_care, database)
            stalled: Any = await app.job_manager.get_stalled_jobs(
                queue=QUEUE, seconds_since_heartbeat=STALLED_SECONDS
            )
            for job in stalled:
                # The run itself was queued again as a new job; this one is only a trace.
                await app.job_manager.finish_job(
                    job, status=procrastinate.jobs.Status.FAILED, delete_job=True
                )
        except UnavailableError:
            log.warning("the store does not answer; trying again")
        except procrastinate.exceptions.ConnectorException:
            log.warning("the queue does not answer; trying again")
        await asyncio.sleep(CARE_SECONDS)
