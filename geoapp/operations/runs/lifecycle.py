"""The life of a run: created, taken, reported on, cancelled, ended, taken up again.

Whatever happens to a worker, a run ends: its thread reports every ``BEAT_SECONDS``; a run whose
worker is silent for ``SILENT_SECONDS`` is queued again, and fails at the third attempt. So is a run
whose worker lost the store on the way.
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
    NotAllowedError,
    NotFoundError,
    UnavailableError,
)
from geoapp.core.i18n import Text
from geoapp.core.results.kept import KeptResult, RunInputs, UnreadableResultError
from geoapp.core.results.run import AnyKind, RunKind, RunState
from geoapp.core.roles import Permission, allows
from geoapp.core.words import RunStatus
from geoapp.operations.upkeep.users import SignedInUser
from geoapp.store.engine import Database, Session
from geoapp.store.runs import runs as store
from geoapp.store.runs.jobs import defer_run

BEAT_SECONDS = 1.0
SILENT_SECONDS = 20.0
FORGOTTEN_SECONDS = 10.0
MAX_ATTEMPTS = 3
AWAY_SECONDS = 60.0

log = structlog.get_logger(__name__)

_QUEUED = Text("等待开始", "Waiting to start")
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


def run_state(run: store.Run, kind: RunKind[ResultT, InputsT]) -> RunState[ResultT, InputsT]:
    """Return a stored run as a value, with what it found checked."""
    step = Text(run.step_zh, run.step_en or run.step_zh) if run.step_zh else _QUEUED
    error = Text(run.error_zh, run.error_en or run.error_zh) if run.error_zh else None
    result, inputs = None, kind.inputs()
    try:
        inputs = kind.inputs.checked(run.inputs)
        result = None if run.result is None else kind.result.from_stored(run.result)
    except UnreadableResultError as problem:
        log.error("result cannot be read", run=run.id, why=problem.text.en)
        error = problem.text
    return RunState(
        id=run.id,
        kind=run.kind,
        status=RunStatus(run.status),
        progress_share=run.progress_share,
        step=step,
        params=run.params,
        inputs=inputs,
        result=result,
        error=error,
        cancel_requested=run.cancel_requested,
        created_by=run.created_by,
        created_at=run.created_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
    )


def read_run(
    database: Database, kind: RunKind[ResultT, InputsT], run_id: int
) -> RunState[ResultT, InputsT]:
    """Return a run of a kind.

    Raises
    ------
    NotFoundError
        If there is none of this number and kind.
    """
    # Numbers beyond PostgreSQL's bigint cannot be anybody's.
    with database.session() as session:
        run = store.get_run(session, run_id) if 0 < run_id < 2**63 else None
        if run is None or run.kind != kind.name:
            raise NotFoundError(Text("运行", "run"), str(run_id))
        return run_state(run, kind)


def read_finished(
    database: Database, kind: RunKind[ResultT, InputsT], run_id: int
) -> RunState[ResultT, InputsT]:
    """Return a run of a kind that has results.

    Raises
    ------
    NotFoundError
        If there is none of this number and kind.
    ConflictError
        If it has not succeeded, or what it stored cannot be read.
    """
    run = read_run(database, kind, run_id)
    _ = run.found  # refuses a run without any
    return run


def run_kind(database: Database, run_id: int) -> str | None:
    """Return the kind of a run; None where there is none of this number."""
    with database.session() as session:
        run = store.get_run(session, run_id) if 0 < run_id < 2**63 else None
        return None if run is None else run.kind


def recent_runs(
    database: Database, kind: RunKind[ResultT, InputsT], limit: int = 20
) -> list[RunState[ResultT, InputsT]]:
    """Return the newest runs of a kind, newest first."""
    with database.session() as session:
        return [run_state(run, kind) for run in store.list_runs(session, kind.name, limit)]


def latest_success(
    database: Database, kind: RunKind[ResultT, InputsT]
) -> RunState[ResultT, InputsT] | None:
    """Return the run of a kind that succeeded last, or None."""
    with database.session() as session:
        run = store.latest_run(session, kind.name)
        return None if run is None else run_state(run, kind)


def enqueue(
    database: Database, kind: AnyKind, params: dict[str, Any], created_by: str | None
) -> int:
    """Store a run and put it into the queue; return its number.

    If this process dies between the two, a worker finds the forgotten run and queues it.
    """
    run_id = store_run(database, kind, params, created_by)
    _defer(database, run_id)
    return run_id


def store_run(
    database: Database, kind: AnyKind, params: dict[str, Any], created_by: str | None
) -> int:
    """Store a run without queueing it, for a process that does it itself at once."""
    with database.session() as session:
        return store.add_run(session, kind.name, params, created_by)


def _defer(database: Database, run_id: int) -> None:
    job_id = defer_run(database, run_id)
    with database.session() as session:
        store.set_job(session, run_id, job_id)


def cancel(
    database: Database, kind: RunKind[ResultT, InputsT], run_id: int, *, by: SignedInUser
) -> RunState[ResultT, InputsT]:
    """Cancel a run: at once if it waits, else at its worker's next step. Ended runs stay as they are.

    Raises
    ------
    NotAllowedError
        If it is somebody else's; an administrator may cancel any.
    """
    run = read_run(database, kind, run_id)
    if run.created_by != by.name and not allows(by.role, Permission.ADMINISTER):
        raise NotAllowedError(
            Text(
                "这是别人开始的分析；只有开始它的人或系统管理员可以取消。",
                "Somebody else started this run; only they or an administrator may cancel it.",
            )
        )
    with database.session() as session:
        store.request_cancel(session, run_id)
    return read_run(database, kind, run_id)


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
                _defer(database, run_id)


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
        If the store is away; how it ended is not written then.
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
            _defer(database, run_id)
    except CancelledError as error:
        _end(database, run_id, number, RunStatus.CANCELLED, error.text)
    except UnavailableError:
        raise
    except GeoappError as error:
        _end(database, run_id, number, RunStatus.FAILED, error.text)
    except Exception as error:
        log.error("run failed", run=run_id, exc_info=error)
        text = Text(
            f"意外错误（{type(error).__name__}），详情见服务日志，运行编号 {run_id}。",
            f"Unexpected error ({type(error).__name__}); see the server's log for run {run_id}.",
        )
        _end(database, run_id, number, RunStatus.FAILED, text)


def _end(database: Database, run_id: int, attempt: int, status: RunStatus, text: Text) -> None:
    with database.session() as session:
        store.end_run(session, run_id, attempt, status, error=text)


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
            _defer(database, run_id)
    for run_id in forgotten:
        _defer(database, run_id)
