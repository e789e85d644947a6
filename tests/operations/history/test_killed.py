"""A bulk edit that is killed half way: nothing is half-written, and the log is sound."""

import multiprocessing
import os
import signal

from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.facilities.bulk import (
    apply_bulk,
    begin_bulk,
    choose_changes,
    preview_bulk,
    read_bulk,
)
from geoapp.operations.facilities.bulk_preview import BulkChanges
from geoapp.operations.history.check import check_history
from geoapp.operations.upkeep.init import initialise
from geoapp.operations.upkeep.users import save_user
from geoapp.store.engine import Database
from tests.operations.history.test_undo import everything, last_set
from tests.seed import seed_town


def _press(
    parameters: dict[str, str], settings: Settings, user: int, number: int, seen: str
) -> None:
    apply_bulk(Database(parameters), settings, user, number, None, seen=seen, reason="x")


def test_a_bulk_edit_that_is_killed_leaves_nothing_and_is_pressed_again(
    database: Database, settings: Settings
) -> None:
    initialise(database)
    seed_town(database)
    user = save_user(database, "wang", Role.STEWARD, "a long enough password").id
    number = begin_bulk(database, user, "", codes=["T-1", "T-2", "T-4"])
    choose_changes(database, settings, user, number, BulkChanges(values={"phone": "110"}), None)
    seen = preview_bulk(database, settings, user, number, None).seen
    before, last = everything(database), last_set(database)
    # Within the one statement that writes all of them.
    lock = "select from facility where code = 'T-4' for update"
    with database.session() as holder:
        holder.execute(text(lock))
        process = multiprocessing.get_context("spawn").Process(
            target=_press, args=(database.parameters, settings, user, number, seen)
        )
        process.start()
        waiting = text(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' "
            "and datname = current_database()"
        )
        while not holder.execute(waiting).scalar_one():
            assert process.is_alive()
            holder.execute(text("select pg_sleep(0.05), pg_stat_clear_snapshot()"))
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
    assert (everything(database), last_set(database)) == (before, last)
    assert read_bulk(database, user, number).done is None
    assert check_history(database)[0]
    apply_bulk(database, settings, user, number, None, seen=seen, reason="x")
    assert last_set(database) > last
