"""The worker: takes runs from the queue, one at a time, until it is asked to end.

It is two processes. The one that waits is light: it looks whether there is a run to take, or somebody
to be told of something, and looks after runs whose worker died. The one that does the runs loads the
solvers; it is forked when the first run comes, and ends when none has come for a while, which gives
its memory back.
"""

import asyncio
import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from typing import Any, Final

import procrastinate
import structlog

from geoapp.core.acting import Acting, Via, declare
from geoapp.core.errors import UnavailableError
from geoapp.core.processes import Patience, end_with_parent, ending, name_process
from geoapp.core.settings import Settings
from geoapp.operations.facilities.search_words import WordsKeeper
from geoapp.operations.runs.lifecycle import perform, take_care
from geoapp.operations.upkeep.forget_sign_ins import forget_old_sign_ins
from geoapp.operations.upkeep.nightly_base import is_base_due, make_due_base
from geoapp.operations.voices.forget import forget
from geoapp.operations.webhooks.waiting import forget_deliveries, is_one_to_tell
from geoapp.store.engine import Database
from geoapp.store.runs.jobs import QUEUE, TASK, has_waiting_job, worker_app
from geoapp.store.runs.runs import get_run
from geoapp.store.runs.schedules import has_due

CARE_SECONDS: Final = 5.0
FORGET_SECONDS: Final = 3600.0
STALLED_SECONDS: Final = 30.0
SCHEDULE_SECONDS: Final = 15.0
LOOK_SECONDS: Final = 0.5
IDLE_SECONDS: Final = 300.0
STOP_SECONDS: Final = 15.0

log = structlog.get_logger(__name__)


def execute(database: Database, settings: Settings, run_id: int, stopping: threading.Event) -> None:
    """Do one run, of whatever kind it is."""
    # Here, so that the process that waits for runs does not load the solvers.
    from geoapp.core.results.actions import ACTION_RUNS  # noqa: PLC0415
    from geoapp.core.results.coverage import COVERAGE_RUNS  # noqa: PLC0415
    from geoapp.core.results.siting import SITING_RUNS  # noqa: PLC0415
    from geoapp.operations.actions import run as action_run  # noqa: PLC0415
    from geoapp.operations.coverage import run as coverage_run  # noqa: PLC0415
    from geoapp.operations.siting import run as siting_run  # noqa: PLC0415

    with database.session() as session:
        run = get_run(session, run_id)
        kind = None if run is None else run.kind
        actor = None if run is None else run.created_by
    declare(Acting(Via.JOB, actor=actor, reason=f"run {run_id}"))
    if kind == COVERAGE_RUNS.name:
        perform(database, run_id, coverage_run.work(database, settings), stopping)
    elif kind == SITING_RUNS.name:
        perform(database, run_id, siting_run.work(database, settings), stopping)
    elif kind == ACTION_RUNS.name:
        perform(database, run_id, action_run.work(database, settings), stopping)
    elif kind is not None:
        log.error("run of an unknown kind", run=run_id, kind=kind)


def run_worker(database: Database, settings: Settings) -> None:
    """Work until SystemExit or Ctrl-C; a run that is not finished then goes back into the queue."""
    with _compiling():
        _wait_for_runs(database, settings)


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


def _wait_for_runs(database: Database, settings: Settings) -> None:
    """Start the process that does the runs whenever one waits and there is none."""
    doing: BaseProcess | None = None
    scheduling: BaseProcess | None = None
    telling: BaseProcess | None = None
    copying: BaseProcess | None = None
    patience = Patience()
    words = WordsKeeper(database)
    started = due = tell_from = cared = 0.0
    forgot = looked = tried = -FORGET_SECONDS
    try:
        while True:
            now = time.monotonic()
            if doing is not None and not doing.is_alive():
                if doing.exitcode:
                    due = now + patience.wait_seconds(now - started)
                    how = ending(doing.exitcode)
                    log.error("the process that does the runs ended", pid=doing.pid, how=how)
                doing = None
            if scheduling is not None and not scheduling.is_alive():
                scheduling = None
            if copying is not None and not copying.is_alive():
                copying = None
            if telling is not None and not telling.is_alive():
                if telling.exitcode:
                    tell_from = now + CARE_SECONDS
                    how = ending(telling.exitcode)
                    log.error("the process that delivers ended", pid=telling.pid, how=how)
                telling = None
            try:
                if now - cared >= CARE_SECONDS:
                    cared = now
                    take_care(database)
                words.catch_up()
                if now - forgot >= FORGET_SECONDS:
                    forget(database, settings)
                    forget_deliveries(database)
                    forget_old_sign_ins(database, settings)
                    forgot = now
                if now - looked >= SCHEDULE_SECONDS:
                    looked = now
                    if scheduling is None and _is_one_due(database):
                        scheduling = _process("schedules", lambda: _do_due(database, settings))
                        scheduling.start()
                if (
                    copying is None
                    and now - tried >= FORGET_SECONDS
                    and is_base_due(settings, datetime.now(UTC))
                ):
                    tried = now
                    copying = _process("base backup", lambda: _copy(database, settings))
                    copying.start()
                if telling is None and now >= tell_from and is_one_to_tell(database):
                    telling = _process("webhooks", lambda: _tell(database, settings))
                    telling.start()
                if doing is None and now >= due and _is_one_waiting(database):
                    started, doing = now, _process("runs", lambda: _do_runs(database, settings))
                    doing.start()
            except UnavailableError:
                log.warning("the store does not answer; trying again")
            except procrastinate.exceptions.ConnectorException:
                log.warning("the queue does not answer; trying again")
            time.sleep(LOOK_SECONDS)
    finally:
        if doing is not None:
            doing.terminate()
            doing.join(STOP_SECONDS)
            doing.kill()
            doing.join()


def _is_one_waiting(database: Database) -> bool:
    with database.session() as session:
        return has_waiting_job(session)


def _is_one_due(database: Database) -> bool:
    with database.session() as session:
        return has_due(session)


def _process(name: str, work: Callable[[], None]) -> BaseProcess:
    """Return a process of its own for work that loads what the one that waits need not hold."""
    parent = os.getpid()

    def begin() -> None:
        # Without the process that waits for it, a run would go on beside its successor.
        end_with_parent(parent, signal.SIGKILL)
        name_process(f"geoapp-{name}")
        work()

    # Forked, so that what both need is in memory once; the process that waits has one thread.
    return multiprocessing.get_context("fork").Process(target=begin, name=name)


def _do_runs(database: Database, settings: Settings) -> None:
    asyncio.run(_work(database, settings, threading.Event()))


def _do_due(database: Database, settings: Settings) -> None:
    """Start the runs and make the reports that are due; what fails for a moment is looked at again."""
    from geoapp.operations.coverage.schedule import do_due  # noqa: PLC0415
    from geoapp.operations.monthly.kept import make_due  # noqa: PLC0415

    declare(Acting(Via.JOB, reason="schedule"))
    try:
        do_due(database, settings)
        make_due(database, settings)
    except UnavailableError:
        log.warning("the store does not answer; schedules are looked at again")


def _copy(database: Database, settings: Settings) -> None:
    declare(Acting(Via.JOB, reason="base backup"))
    make_due_base(database, settings, datetime.now(UTC))


def _tell(database: Database, settings: Settings) -> None:
    """Deliver what waits for webhooks; what fails for a moment is looked at again."""
    from geoapp.operations.webhooks.work import deliver_waiting  # noqa: PLC0415

    declare(Acting(Via.JOB, reason="webhooks"))
    try:
        deliver_waiting(database, settings)
    except (UnavailableError, procrastinate.exceptions.ConnectorException):
        log.warning("the store does not answer; webhooks are looked at again")


async def _work(database: Database, settings: Settings, stopping: threading.Event) -> None:
    app = worker_app(database)

    @app.task(name=TASK, queue=QUEUE)
    def run_task(run_id: int) -> None:
        execute(database, settings, run_id, stopping)

    async with app.open_async():
        worker = asyncio.create_task(_take_runs(app, database))
        care = asyncio.create_task(_clear_traces(app))
        loop = asyncio.get_running_loop()

        def stop() -> None:
            stopping.set()
            worker.cancel()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
        with contextlib.suppress(asyncio.CancelledError):
            await worker
        care.cancel()


async def _take_runs(app: procrastinate.App, database: Database) -> None:
    """Take runs as they come, until none has come for a while."""
    last = time.monotonic()
    while time.monotonic() - last < IDLE_SECONDS:
        try:
            if await asyncio.to_thread(_is_one_waiting, database):
                await app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=1,
                    install_signal_handlers=False,
                    delete_jobs="always",
                    listen_notify=False,
                    wait=False,
                )
                last = time.monotonic()
                continue
        except UnavailableError:
            log.warning("the store does not answer; trying again")
        except procrastinate.exceptions.ConnectorException:
            log.warning("the queue does not answer; trying again")
        await asyncio.sleep(LOOK_SECONDS)


async def _clear_traces(app: procrastinate.App) -> None:
    """Remove jobs whose worker died; their runs were queued again as new jobs."""
    while True:
        try:
            stalled: Any = await app.job_manager.get_stalled_jobs(
                queue=QUEUE, seconds_since_heartbeat=STALLED_SECONDS
            )
            for job in stalled:
                await app.job_manager.finish_job(
                    job, status=procrastinate.jobs.Status.FAILED, delete_job=True
                )
        except procrastinate.exceptions.ConnectorException:
            log.warning("the queue does not answer; trying again")
        await asyncio.sleep(CARE_SECONDS)
