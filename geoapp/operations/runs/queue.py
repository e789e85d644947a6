"""Runs before anybody does them: stored, queued, and called off."""

from typing import Any, TypeVar

from geoapp.core.errors import NotAllowedError
from geoapp.core.i18n import Text
from geoapp.core.results.kept import KeptResult, RunInputs
from geoapp.core.results.run import AnyKind, RunKind, RunState
from geoapp.core.roles import Permission, allows
from geoapp.operations.runs.state import read_run
from geoapp.operations.upkeep.users import SignedInUser
from geoapp.store.engine import Database
from geoapp.store.runs import runs as store
from geoapp.store.runs.jobs import defer_run

ResultT = TypeVar("ResultT", bound=KeptResult)
InputsT = TypeVar("InputsT", bound=RunInputs)


def enqueue(
    database: Database,
    kind: RunKind[ResultT, InputsT],
    params: dict[str, Any],
    created_by: str | None,
) -> RunState[ResultT, InputsT]:
    """Store a run, put it into the queue, and return its state.

    If this process dies between the two, a worker finds the forgotten run and queues it.
    """
    run_id = store_run(database, kind, params, created_by)
    defer(database, run_id)
    return read_run(database, kind, run_id)


def store_run(
    database: Database, kind: AnyKind, params: dict[str, Any], created_by: str | None
) -> int:
    """Store a run without queueing it, for a process that does it itself at once."""
    with database.session() as session:
        return store.add_run(session, kind.name, params, created_by)


def defer(database: Database, run_id: int) -> None:
    """Put a stored run into the queue."""
    job_id = defer_run(database, run_id)
    with database.session() as session:
        store.set_job(session, run_id, job_id)


def cancel_run(
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
