"""Runs of any kind as their followers see them: one, the newest, the last that succeeded."""

from collections.abc import Collection
from typing import TypeVar

import structlog

from geoapp.core.errors import NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.results.kept import KeptResult, RunInputs, UnreadableResultError
from geoapp.core.results.run import RunKind, RunState
from geoapp.core.words import RunStatus
from geoapp.store.engine import Database
from geoapp.store.runs import runs as store

log = structlog.get_logger(__name__)

_QUEUED = Text("等待开始", "Waiting to start")

ResultT = TypeVar("ResultT", bound=KeptResult)
InputsT = TypeVar("InputsT", bound=RunInputs)


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
    with database.snapshot() as session:
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


def kind_of_run(database: Database, run_id: int) -> str | None:
    """Return the kind of a run; None where there is none of this number."""
    with database.snapshot() as session:
        run = store.get_run(session, run_id) if 0 < run_id < 2**63 else None
        return None if run is None else run.kind


def recent_runs(
    database: Database, kind: RunKind[ResultT, InputsT], limit: int = 20
) -> list[RunState[ResultT, InputsT]]:
    """Return the newest runs of a kind, newest first."""
    with database.snapshot() as session:
        return [run_state(run, kind) for run in store.list_runs(session, kind.name, limit)]


def latest_run(
    database: Database, kind: RunKind[ResultT, InputsT], hidden: Collection[int] = ()
) -> RunState[ResultT, InputsT] | None:
    """Return the run of a kind that succeeded last, other than those hidden, or None."""
    with database.snapshot() as session:
        run = store.latest_run(session, kind.name, hidden)
        return None if run is None else run_state(run, kind)
