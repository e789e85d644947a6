"""The life of a run that is being done: taken, reported on, ended, taken up again.

Whatever happens to a worker, a run ends: its thread reports every ``BEAT_SECONDS``; a run whose
worker is silent for ``SILENT_SECONDS`` is queued again, and fails at the third attempt. So is a run
whose worker lost the store on the way; where waiting does not help, as with a full disk, it fails
at once and says why.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import structlog

from geoapp.core.errors import (
    CancelledError,
    GeoappError,
    UnavailableError,
    full_disk,
)
from geoapp.core.i18n import Text
from geoapp.core.results.kept import KeptResult, RunInputs
from geoapp.core.results.run import RunKind, RunState
from geoapp.core.words import RunStatus
from geoapp.operations.runs.queue import defer, store_run
from geoapp.operations.runs.state import read_run
from geoapp.store.engine import Database, Session
from geoapp.store.runs import runs as store

BEAT_SECONDS = 1.0
SILENT_SECONDS = 20.0
FORGOTTEN_SECONDS = 10.0
MAX_ATTEMPTS = 3
AWAY_SECONDS = 60.0

log = structlog.get_logger(__name__)

_CANCELLED = Text("已按要求取消。", "Cancelled as asked.")
_WORKER_DIED = Text(
    "执行的进程多次中断，未能完成。",
    "The process that did the work ended several times; the run was given up.",
)
_AWAY = Text("等待数据库恢复", "Waiting for the database")
_NO_WORKER = Text("执行的进程已中断。", "The process that did the work has ended.")

ResultT = TypeVar("ResultT", bound=KeptResult)
InputsT = TypeVar("InputsT", bound=RunInputs)

Listener = Callable[[float, Text], None]


class InterruptedRunError(Exception):
    """The worker is asked to end; the run goes back into the queue."""


class LostRunError(Exception):
    """The run is no longer this worker's: it was taken up by another."""


class Attempt:
    """One attempt at a run: reports progress from a thread of its own, and learns of a cancel."""

    def __init__(
        self,
        database: Database,
        run_id: int,
        number: int,
        stopping: threading.Event,
        listener: Listener | None = None,
    ) -> None:
        self.run_id = run_id
        self.number = number
        self._listener = listener
        self.database = database
        self._stopping = stopping
        self._share = 0.0
        self._step = Text("开始", "Starting")
        self._cancelled = threading.Event()
        self._lost = threading.Event()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._report, name=f"run-{run_id}", daemon=True)

    @property
    def is_to_stop(self) -> bool:
        """Whether this worker is asked to end."""
        return self._stopping.is_set()

    def progress(self, share: float, step: Text | None = None) -> None:
        """Note how far it is (0 to 1), and go no further if the run is to stop.

        Raises
        ------
        CancelledError
            If a user cancelled the run.
        InterruptedRunError
            If this worker is asked to end.
        LostRunError
            If the run is no longer this worker's.
        """
        self._share = share
        self._step = step or self._step
        if self._listener is not None:
            self._listener(share, self._step)
        if self._lost.is_set():
            raise LostRunError
        if self._cancelled.is_set():
            raise CancelledError(_CANCELLED)
        if self._stopping.is_set():
            raise InterruptedRunError

    def _report(self) -> None:
        while True:
            try:
                with self.database.session() as session:
                    learned = store.beat(session, self.run_id, self.number, self._share, self._step)
            except GeoappError:
                # The store does not answer now; the next beat may get through.
                learned = None
            if learned is not None and not learned.mine:
                self._lost.set()
                return
            if learned is not None and learned.cancel_requested:
                self._cancelled.set()
            if self._done.wait(BEAT_SECONDS):
                return

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Report while the block runs."""
        self._thread.start()
        try:
            yield
        finally:
            self._done.set()
            self._thread.join()


Work = Callable[[Attempt, dict[str, Any]], None]


def do_here(
    database: Database,
    kind: RunKind[ResultT, InputsT],
    params: dict[str, Any],
    work: Work,
    listener: Listener | None = None,
) -> RunState[ResultT, InputsT]:
    """Store a run, do it in this process, and return how it ended."""
    run_id = store_run(database, kind, params, None)
    perform_here(database, run_id, work, listener)
    return read_run(database, kind, run_id)


def perform_here(
    database: Database, run_id: int, work: Work, listener: Listener | None = None
) -> None:
    """Do a stored run that no job carries, telling a listener of its progress.

    If the store is lost on the way it is waited for, and the run is done again.

    Raises
    ------
    UnavailableError
        If the store stays away for ``AWAY_SECONDS``.
    """
    with database.session() as session:
        taken = _take(session, run_id)
    while taken is not None:
        try:
            _do(Attempt(database, run_id, taken.attempt, threading.Event(), listener), taken, work)
            return
        except UnavailableError as error:
            log.warning("the store was lost; waiting for it", run=run_id, attempt=taken.attempt)
            _wait_for_store(database, error, listener)
            with database.session() as session:
                # In one transaction, so that no worker takes it up meanwhile.
                again = _give_back(session, run_id, taken.attempt, error.text)
                taken = _take(session, run_id) if again else None


def _wait_for_store(database: Database, error: UnavailableError, listener: Listener | None) -> None:
    end = time.monotonic() + AWAY_SECONDS
    while not database.is_alive():
        if time.monotonic() > end:
            raise error
        if listener is not None:
            listener(0.0, _AWAY)
        time.sleep(1)


def perform(database: Database, run_id: int, work: Work, stopping: threading.Event) -> None:
    """Take a run and do its work; whatever happens is written to the run.

    If the store is lost on the way the run goes back into the queue: here if the store answers
    again by now, else when it is found silent.

    Parameters
    ----------
    work
        Does the work and, in one transaction of its own, stores the results and ends the run.
    stopping
        Set when this process is asked to end; the run then goes back into the queue.
    """
    with database.session() as session:
        taken = _take(session, run_id)
    if taken is None:
        return
    try:
        _do(Attempt(database, run_id, taken.attempt, stopping), taken, work)
    except UnavailableError as error:
        log.warning("run without the store", run=run_id, attempt=taken.attempt)
        with suppress(UnavailableError):
            with database.session() as session:
                again = _give_back(session, run_id, taken.attempt, error.text)
            if again:
                defer(database, run_id)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A run that this process has taken: which attempt at it, and what is asked."""

    attempt: int
    params: dict[str, Any]


def _take(session: Session, run_id: int) -> _Taken | None:
    attempt = store.take_run(session, run_id)
    run = store.get_run(session, run_id)
    return None if attempt is None or run is None else _Taken(attempt, dict(run.params))


def _give_back(session: Session, run_id: int, attempt: int, why: Text) -> bool:
    """Make a run ready to be taken again, or fail it at its last attempt; tell which."""
    if attempt < MAX_ATTEMPTS:
        return store.put_back(session, run_id, attempt)
    store.end_run(session, run_id, attempt, RunStatus.FAILED, error=why)
    return False


def _do(attempt: Attempt, taken: _Taken, work: Work) -> None:
    """Do the work of one attempt and write how it ended.

    Raises
    ------
    UnavailableError
        If the store is away for a moment, or how it ended cannot be written.
    """
    database, run_id, number = attempt.database, attempt.run_id, attempt.number
    try:
        with attempt.reporting():
            work(attempt, taken.params)
    except LostRunError:
        log.warning("run lost", run=run_id, attempt=number)
    except InterruptedRunError:
        with database.session() as session:
            back = store.put_back(session, run_id, number)
        if back:
            defer(database, run_id)
    except CancelledError as error:
        _end(database, run_id, number, RunStatus.CANCELLED, error.text)
    except UnavailableError as error:
        if error.may_pass:
            raise
        _end_when_possible(attempt, error.text)
    except GeoappError as error:
        _end(database, run_id, number, RunStatus.FAILED, error.text)
    except Exception as error:
        log.error("run failed", run=run_id, exc_info=error)
        full = full_disk(error)
        text = (
            full.text
            if full
            else Text(
                f"意外错误（{type(error).__name__}），详情见服务日志，运行编号 {run_id}。",
                f"Unexpected error ({type(error).__name__}); see the server's log for run {run_id}.",
            )
        )
        _end(database, run_id, number, RunStatus.FAILED, text)


def _end(database: Database, run_id: int, attempt: int, status: RunStatus, text: Text) -> None:
    with database.session() as session:
        store.end_run(session, run_id, attempt, status, error=text)


def _end_when_possible(attempt: Attempt, why: Text) -> None:
    """Fail a run for want of something that only a person can mend, as room on a full disk.

    The same want may keep the failure from being written; then it is tried for a while.
    """
    end = time.monotonic() + AWAY_SECONDS
    while True:
        try:
            _end(attempt.database, attempt.run_id, attempt.number, RunStatus.FAILED, why)
        except UnavailableError:
            if time.monotonic() > end or attempt.is_to_stop:
                raise
            time.sleep(1)
        else:
            return


def take_care(database: Database) -> None:
    """Queue or fail the runs whose worker died, and queue those that no job carries any more."""
    with database.session() as session:
        silent = store.silent_runs(session, timedelta(seconds=SILENT_SECONDS))
        forgotten = store.forgotten_runs(session, timedelta(seconds=FORGOTTEN_SECONDS))
    for run_id, attempt in silent:
        with database.session() as session:
            run = store.get_run(session, run_id)
            if run is not None and run.job_id is not None:
                again = _give_back(session, run_id, attempt, _WORKER_DIED)
            else:
                again = False
                store.end_run(session, run_id, attempt, RunStatus.FAILED, error=_NO_WORKER)
        if again:
            defer(database, run_id)
    for run_id in forgotten:
        defer(database, run_id)
