"""The queue of long work: Procrastinate's, in PostgreSQL itself."""

import procrastinate

from geoapp.store.engine import Database

QUEUE = "runs"
TASK = "geoapp.run"


def worker_app(database: Database) -> procrastinate.App:
    """Return the queue's application for a worker, which is asynchronous; open it before use."""
    connector = procrastinate.PsycopgConnector(conninfo=database.conninfo, min_size=1, max_size=4)
    return procrastinate.App(connector=connector)


def defer_run(database: Database, run_id: int) -> int:
    """Put a run into the queue and return the job's number."""
    connector = procrastinate.SyncPsycopgConnector(
        conninfo=database.conninfo, min_size=1, max_size=1
    )
    with procrastinate.App(connector=connector).open() as app:
        return app.configure_task(TASK, queue=QUEUE, allow_unknown=True).defer(run_id=run_id)
