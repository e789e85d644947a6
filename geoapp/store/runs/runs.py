"""Named queries on runs: their life, and the latest one.

A run is taken by one worker at a time. Each taking raises ``attempts``, and every later write names
the attempt it belongs to: a worker that was believed dead and comes back writes nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Boolean, cast, func, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from geoapp.core.i18n import Text
from geoapp.core.words import RunStatus
from geoapp.store.models import Run

__all__ = [
    "Beat",
    "Run",
    "add_run",
    "beat",
    "end_run",
    "forgotten_runs",
    "get_run",
    "latest_asked",
    "latest_run",
    "list_runs",
    "put_back",
    "questions_of_runs",
    "request_cancel",
    "set_job",
    "silent_runs",
    "take_run",
]

_ENDED = (RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED)
# Whether a run's job still waits, or a worker that lives has it.
_IS_CARRIED = literal_column(
    """
    exists (
        select from procrastinate_jobs j left join procrastinate_workers w on w.id = j.worker_id
        where j.id = run.job_id and (
            j.status = 'todo' or
            j.status = 'doing' and w.last_heartbeat between
                clock_timestamp() - interval '1 minute' and clock_timestamp() + interval '1 minute')
    )
    """,
    Boolean,
)


@dataclass(frozen=True, slots=True)
class Beat:
    """What a running worker learns when it reports: whether the run is still its own, and wanted."""

    mine: bool
    cancel_requested: bool


def add_run(session: Session, kind: str, params: dict[str, Any], created_by: str | None) -> int:
    """Add a queued run and return its number."""
    run = Run(kind=kind, params=params, created_by=created_by)
    session.add(run)
    session.flush()
    return run.id


def get_run(session: Session, run_id: int) -> Run | None:
    """Return a run."""
    return session.get(Run, run_id)


def list_runs(session: Session, kind: str, limit: int) -> list[Run]:
    """Return the newest runs of a kind, newest first."""
    return list(
        session.scalars(select(Run).where(Run.kind == kind).order_by(Run.id.desc()).limit(limit))
    )


def list_runs_about(
    session: Session, kind: str, regions: Collection[str | None], limit: int
) -> list[Run]:
    """Return the runs of a kind that succeeded and were asked about a region, newest first.

    Of those that were asked the same only the newest. None among the regions stands for a question
    about everything.
    """
    asked = Run.params["region"].astext
    about = asked.in_(sorted(one for one in regions if one is not None))
    if None in regions:
        about = or_(about, asked.is_(None))
    newest = (
        select(func.max(Run.id))
        .where(Run.kind == kind, Run.status == RunStatus.SUCCEEDED, about)
        .group_by(Run.params)
    )
    return list(
        session.scalars(select(Run).where(Run.id.in_(newest)).order_by(Run.id.desc()).limit(limit))
    )


def latest_asked(session: Session, kind: str, params: Mapping[str, Any]) -> Run | None:
    """Return the newest run of a kind that was asked exactly this and not cancelled."""
    return session.scalars(
        select(Run)
        .where(Run.kind == kind, Run.params == cast(dict(params), JSONB))
        .where(Run.status != RunStatus.CANCELLED, ~Run.cancel_requested)
        .order_by(Run.id.desc())
        .limit(1)
    ).first()


def questions_of_runs(
    session: Session, run_ids: Sequence[int]
) -> dict[int, tuple[dict[str, Any], dict[str, Any]]]:
    """Return what some runs were asked and what they rest on, by number in the order given."""
    rows = session.execute(select(Run.id, Run.params, Run.inputs).where(Run.id.in_(run_ids)))
    found = {number: (params, inputs) for number, params, inputs in rows}
    return {number: found[number] for number in run_ids if number in found}


def latest_run(session: Session, kind: str, hidden: Collection[int] = ()) -> Run | None:
    """Return the run of a kind that succeeded last, other than those that are hidden."""
    return session.scalars(
        select(Run)
        .where(Run.kind == kind, Run.status == RunStatus.SUCCEEDED, Run.id.not_in(sorted(hidden)))
        .order_by(Run.finished_at.desc(), Run.id.desc())
        .limit(1)
    ).first()


def take_run(session: Session, run_id: int) -> int | None:
    """Take a queued run and return the number of this attempt; None if it is not to be taken."""
    return session.execute(
        update(Run)
        .where(Run.id == run_id, Run.status == RunStatus.QUEUED, ~Run.cancel_requested)
        .values(
            status=RunStatus.RUNNING,
            attempts=Run.attempts + 1,
            started_at=func.clock_timestamp(),
            heartbeat_at=func.clock_timestamp(),
            progress_share=0.0,
        )
        .returning(Run.attempts)
    ).scalar_one_or_none()


def beat(session: Session, run_id: int, attempt: int, share: float, step: Text) -> Beat:
    """Report progress of an attempt."""
    row = session.execute(
        update(Run)
        .where(Run.id == run_id, Run.attempts == attempt, Run.status == RunStatus.RUNNING)
        .values(
            progress_share=min(1.0, max(0.0, share)),
            step_zh=step.zh,
            step_en=step.en,
            heartbeat_at=func.clock_timestamp(),
        )
        .returning(Run.cancel_requested)
    ).one_or_none()
    return Beat(mine=row is not None, cancel_requested=row is not None and row.cancel_requested)


def end_run(
    session: Session,
    run_id: int,
    attempt: int,
    status: RunStatus,
    *,
    result: dict[str, Any] | None = None,
    inputs: dict[str, Any] | None = None,
    error: Text | None = None,
) -> bool:
    """End an attempt; False if the run is no longer its own (nothing was written)."""
    values: dict[str, Any] = {
        "status": status,
        "finished_at": func.clock_timestamp(),
        "error_zh": error.zh if error else None,
        "error_en": error.en if error else None,
    }
    if status is RunStatus.SUCCEEDED:
        values |= {"result": result, "inputs": inputs or {}, "progress_share": 1.0}
    ended = session.execute(
        update(Run)
        .where(Run.id == run_id, Run.attempts == attempt, Run.status == RunStatus.RUNNING)
        .values(**values)
        .returning(Run.id)
    ).scalar_one_or_none()
    return ended is not None


def put_back(session: Session, run_id: int, attempt: int) -> bool:
    """Queue an unfinished attempt's run again."""
    return (
        session.execute(
            update(Run)
            .where(Run.id == run_id, Run.attempts == attempt, Run.status == RunStatus.RUNNING)
            .values(status=RunStatus.QUEUED, heartbeat_at=None, job_id=None)
            .returning(Run.id)
        ).scalar_one_or_none()
        is not None
    )


def request_cancel(session: Session, run_id: int) -> None:
    """Cancel a queued run at once; ask the worker of a running one to stop. Ended runs stay."""
    session.execute(
        update(Run).where(Run.id == run_id, Run.status.not_in(_ENDED)).values(cancel_requested=True)
    )
    session.execute(
        update(Run)
        .where(Run.id == run_id, Run.status == RunStatus.QUEUED)
        .values(status=RunStatus.CANCELLED, finished_at=func.clock_timestamp())
    )


def set_job(session: Session, run_id: int, job_id: int) -> None:
    """Note which job of the queue carries a run."""
    session.execute(update(Run).where(Run.id == run_id).values(job_id=job_id))


def silent_runs(session: Session, silent_for: timedelta) -> list[tuple[int, int]]:
    """Return (run, attempt) of running runs whose worker has not reported for so long."""
    rows = session.execute(
        select(Run.id, Run.attempts).where(
            Run.status == RunStatus.RUNNING,
            # Beyond that, and it was written by a clock that was ahead: it says nothing of the worker.
            ~Run.heartbeat_at.between(
                func.clock_timestamp() - silent_for, func.clock_timestamp() + silent_for
            ),
        )
    )
    return [(run_id, attempts) for run_id, attempts in rows]


def forgotten_runs(session: Session, waiting_for: timedelta) -> list[int]:
    """Return queued runs that no job of the queue carries.

    Either none ever did, or the worker that had taken the job died, or lost the store, before it
    took the run.
    """
    return list(
        session.scalars(
            select(Run.id).where(
                Run.status == RunStatus.QUEUED,
                or_(Run.job_id.is_(None), ~_IS_CARRIED),
                Run.created_at < func.clock_timestamp() - waiting_for,
            )
        )
    )
