"""Old runs leave by rule, so that a store which is used for years does not grow by itself."""

from datetime import timedelta

from geoapp.store.engine import Database
from geoapp.store.runs.prune import OldRuns, delete_runs, lock_runs, old_runs

__all__ = ["OldRuns", "prune_runs"]


def prune_runs(database: Database, days: int, *, dry_run: bool = False) -> OldRuns:
    """Remove runs that ended more than some days ago and that nobody relies on; all or none.

    What stays, however old: published runs, those published once included; runs of scenarios, of
    schedules and of whatever else refers to one; the newest answer of each kind and region.

    Parameters
    ----------
    days
        How old a run must be: whole days since it ended.
    dry_run
        Only tell which.

    Raises
    ------
    UnavailableError
        If the database does not answer, or cannot be written to; nothing was removed then.
    """
    age = timedelta(days=days)
    with database.session() as session:
        if dry_run:
            return old_runs(session, age)
        # Whoever refers to a run waits for the lock, or has been seen by the second look.
        lock_runs(session, old_runs(session, age).runs)
        found = old_runs(session, age)
        delete_runs(session, found.runs)
        return found
