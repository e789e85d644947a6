"""The queue of long work: Procrastinate's, in PostgreSQL itself."""

import procrastinate
from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.store.engine import Database
from geoapp.store.trouble import named_trouble

QUEUE = "runs"
TASK = "geoapp.run"

_WAITING = text(
    """
    select exists (
        select from procrastinate_jobs
        where queue_name = :queue and status = 'todo'
            and (scheduled_at is null or scheduled_at <= clock_timestamp())
    )
    """
)


def has_waiting_job(session: Session) -> bool:
    """Tell whether a run waits for a worker."""
    return bool(session.execute(_WAITING, {"queue": QUEUE}).scalar_one())


def worker_app(database: Database) -> procrastinate.App:
    """Return the queue's application for a worker, which is asynchronous; open it before use."""
    connector = procrastinate.PsycopgConnector(conninfo=database.conninfo, min_size=1, max_size=4)
    return procrastinate.App(connector=connector)


def defer_run(database: Database, run_id: int) -> int:
    """Put a run into the queue and return the job's number.

    Raises
    ------
    UnavailableError
        If the database does not answer, or cannot be written to.
    """
    connector = procrastinate.SyncPsycopgConnector(
        conninfo=database.conninfo, min_size=1, max_size=1
    )
    try:
        with procrastinate.App(connector=connector).open() as app:
            return app.configure_task(TASK, queue=QUEUE, allow_unknown=True).defer(run_id=run_id)
    except procrastinate.exceptions.ConnectorException as error:
        trouble = error.__cause__ or error
    with named_trouble():
        raise trouble
