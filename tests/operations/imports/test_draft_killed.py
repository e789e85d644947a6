"""A draft whose import is killed: nothing of it is written, and it can be pressed again."""

import multiprocessing
import os
import signal

from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.operations.imports import drafts
from geoapp.operations.imports.choices import DraftChoices
from geoapp.operations.upkeep.init import initialise
from geoapp.operations.upkeep.users import save_user
from geoapp.store.engine import Database
from tests.operations.imports.importing import seed_regions

ROWS = "编号,类型,名称,经度,纬度\n" + "".join(
    f"K-{n},爱心驿站,站{n},{120.1 + n / 100},36.1\n" for n in range(5)
)


def _press(
    parameters: dict[str, str], settings: Settings, user: int, number: int, seen: str
) -> None:
    drafts.apply_draft(Database(parameters), settings, user, number, seen=seen, by="a")


def _facilities(database: Database) -> int:
    with database.session() as session:
        return int(session.scalar(text("select count(*) from facility")) or 0)


def test_an_import_that_is_killed_leaves_its_draft_to_be_pressed_again(
    database: Database, settings: Settings
) -> None:
    initialise(database)
    seed_regions(database)
    user = save_user(database, "a", Role.STEWARD, "a long enough password").id
    number = drafts.keep_draft(database, user, "a.csv", ROWS.encode(), DraftChoices())
    chosen = drafts.read_draft(database, user, number).choices.changed(
        settled=True, located=True, datum=Datum.WGS84
    )
    drafts.change_draft(database, user, number, chosen)
    draft = drafts.read_draft(database, user, number)
    seen = drafts.look(database, settings, draft, regions=()).seen
    context = multiprocessing.get_context("spawn")
    with database.session() as holder:
        # What was accepted is remembered last: by then the facilities are written, not yet for good.
        holder.execute(text("lock table import_habit in access exclusive mode"))
        process = context.Process(
            target=_press, args=(database.parameters, settings, user, number, seen)
        )
        process.start()
        waiting = text(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' "
            "and datname = current_database() and query like '%import_habit%'"
        )
        while not holder.execute(waiting).scalar_one():
            assert process.is_alive()
            holder.execute(text("select pg_sleep(0.05), pg_stat_clear_snapshot()"))
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
    assert _facilities(database) == 0
    left = drafts.read_draft(database, user, number)
    assert (left.done, left.content, left.choices) == (None, ROWS.encode(), chosen)
    # Nothing changed, so what was looked at still holds; this waits for the dead one's lock to go.
    done = drafts.apply_draft(database, settings, user, number, seen=seen, by="a")
    assert (done["inserted"], done["rejected_count"]) == (5, 0)
    assert _facilities(database) == 5
