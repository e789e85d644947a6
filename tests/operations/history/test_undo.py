"""One edit, a whole import and an undo are taken back; what was changed since is never lost."""

import multiprocessing
import os
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import text

from geoapp.core.acting import Via, act
from geoapp.core.errors import ConflictError, InvalidValueError, NotFoundError
from geoapp.core.results.undo import Undone
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.operations.duplicates.decide import decide
from geoapp.operations.duplicates.merge import merge_facilities
from geoapp.operations.facilities.edit import change_facility, remove_facility
from geoapp.operations.history.check import check_register
from geoapp.operations.history.read import one_change_set
from geoapp.operations.history.undo import UndoConflictError, undo_change_set
from geoapp.operations.imports.file import import_file
from geoapp.store.engine import Database
from geoapp.store.history.as_of import images_as_of
from geoapp.store.history.chain import check_chain
from geoapp.store.history.net import Image
from geoapp.store.history.rows import all_images, fix_output, logged_tables

Store = dict[str, dict[str, Image]]


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    """A store with the town in it."""
    return database


def everything(database: Database, moment: datetime | None = None) -> Store:
    """Return all logged tables as they are, or as the log says they were."""
    with database.session() as session:
        fix_output(session)
        return {
            name: all_images(session, table)
            if moment is None
            else images_as_of(session, table, moment)
            for name, table in logged_tables(session).items()
        }


def of_code(database: Database, code: str) -> Image:
    (found,) = [one for one in everything(database)["facility"].values() if one["code"] == code]
    return found


def how_far(database: Database, number: int) -> Undone:
    return one_change_set(database, Settings(), number).undone


def last_set(database: Database) -> int:
    with database.session() as session:
        return int(session.execute(text("select max(id) from change_set")).scalar_one())


def sets_after(database: Database, first: int) -> list[int]:
    """Return the later sets, newest first; what was refused half-way has left gaps in their numbers."""
    with database.session() as session:
        return list(
            session.scalars(
                text("select id from change_set where id > :first order by id desc"),
                {"first": first},
            )
        )


def now(database: Database) -> datetime:
    with database.session() as session:
        moment: datetime = session.execute(text("select clock_timestamp()")).scalar_one()
        return moment


def edit(database: Database, settings: Settings, code: str, **properties: Any) -> int:
    change_facility(database, settings, code, None, properties, Datum.WGS84, expected_rev=None)
    return last_set(database)


def write_file(folder: Path, rows: list[tuple[str, str, float]]) -> Path:
    path = folder / "stations.csv"
    lines = ["code,kind,name_zh,lon,lat,extra_word"]
    lines += [f"{code},outdoor_station,{name},{lon},36.07,备" for code, name, lon in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_an_import_is_taken_back_whole(town: Database, settings: Settings, tmp_path: Path) -> None:
    before = everything(town)
    rows = [(f"N-{number}", f"站{number}", 120.345 + number / 1e5) for number in range(894)]
    rows += [("T-1", "写错了", 120.36), ("T-2", "也写错了", 120.351)]
    report = import_file(town, settings, "facilities", write_file(tmp_path, rows))
    assert (report.inserted, report.updated) == (894, 2)
    assert report.change_set is not None
    with act(via=Via.CLI, actor="wang"):
        undone = undo_change_set(town, settings, report.change_set, reason="名称有误")
    assert (undone.removed, undone.changed) == (894, 2)
    assert everything(town) == before
    with town.session() as session:
        row = session.execute(
            text("select actor, via, reason, undoes from change_set order by id desc limit 1")
        ).one()
    assert tuple(row) == ("wang", "cli", "名称有误", report.change_set)
    # And the undo too.
    assert undone.change_set is not None
    undo_change_set(town, settings, undone.change_set)
    assert len(everything(town)["facility"]) == 6 + 894


def test_what_was_changed_since_is_shown_and_settled(town: Database, settings: Settings) -> None:
    first = edit(town, settings, "T-1", phone="110", address="老地方")
    second = edit(town, settings, "T-1", phone="119")
    before = everything(town)
    with pytest.raises(UndoConflictError) as caught:
        undo_change_set(town, settings, first)
    assert everything(town) == before
    (conflict,) = caught.value.conflicts
    assert (conflict.field, conflict.before, conflict.after, conflict.current) == (
        *("phone", None),
        *("110", "119"),
    )
    assert conflict.later is not None
    assert conflict.later.set_id == second
    kept = undo_change_set(town, settings, first, keep={conflict.id: "current"})
    assert kept.kept == 1
    facility = of_code(town, "T-1")
    assert facility["phone"] == "119"
    assert "address" not in facility
    assert kept.change_set is not None
    assert (how_far(town, first), how_far(town, second)) == (Undone.IN_PART, Undone.NO)
    # What was taken back is not taken back again; what was kept may be later, when it is said how.
    third = edit(town, settings, "T-1", phone="120", address="新地方")
    with pytest.raises(UndoConflictError) as caught:
        undo_change_set(town, settings, first)
    assert [one.field for one in caught.value.conflicts] == ["phone"]
    nothing = undo_change_set(town, settings, first, keep="current")
    assert (nothing.change_set, nothing.kept) == (None, 1)
    rest = undo_change_set(town, settings, first, keep="before")
    assert (rest.changed, rest.kept) == (1, 0)
    facility = of_code(town, "T-1")
    assert ("phone" in facility, facility["address"]) == (False, "新地方")
    assert how_far(town, first) is Undone.WHOLE
    with act(via=Via.CLI, actor="wang"), pytest.raises(ConflictError) as twice:
        undo_change_set(town, settings, first, keep="before")
    assert "未登录者 于 20" in twice.value.text.zh
    assert f"（变更 {rest.change_set}）" in twice.value.text.zh
    # Either undo may itself be taken back: then that part is there again, and may go again.
    undo_change_set(town, settings, third, keep="before")
    undo_change_set(town, settings, kept.change_set)
    assert how_far(town, first) is Undone.IN_PART
    assert of_code(town, "T-1")["address"] == "老地方"
    assert undo_change_set(town, settings, first).changed == 1
    assert how_far(town, first) is Undone.WHOLE
    with town.snapshot() as session:
        assert check_chain(session).sound


def test_a_status_that_is_kept_keeps_its_step(town: Database, settings: Settings) -> None:
    first = edit(town, settings, "T-1", status="suspended", host="银行")
    second = edit(town, settings, "T-1", status="closed")

    def steps() -> list[str]:
        with town.session() as session:
            return list(
                session.scalars(
                    text(
                        "select s.status from facility_state s join facility f "
                        "on f.id = s.facility_id where f.code = 'T-1' order by s.n"
                    )
                )
            )

    kept = undo_change_set(town, settings, first, keep="current")
    assert (kept.changed, kept.kept) == (1, 1)
    assert (steps(), how_far(town, first)) == (["open", "suspended", "closed"], Undone.IN_PART)
    undo_change_set(town, settings, second)
    undo_change_set(town, settings, first)
    assert (steps(), how_far(town, first)) == (["open"], Undone.WHOLE)


def test_a_deleted_facility_comes_back_as_it_was_with_its_places(
    town: Database, settings: Settings
) -> None:
    with town.session() as session:
        session.execute(
            text(
                "insert into facility_place (facility_id, geom, label_zh, valid_from) "
                "select id, st_setsrid(st_makepoint(120.1 + 0.2, 36.1), 4326), '东门', "
                "'2026-01-01' from facility where code = 'T-2'"
            )
        )
    before = everything(town)
    remove_facility(town, "T-2", expected_rev=None)
    deleted = last_set(town)
    undo_change_set(town, settings, deleted)
    assert everything(town) == before
    with town.session() as session:
        assert session.execute(text("select count(*) from facility_tombstone")).scalar_one() == 0


def test_what_hangs_on_a_row_keeps_it_from_going(town: Database, settings: Settings) -> None:
    with town.session() as session:
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, geom) values "
                "('N-1', 'outdoor_station', '新站', st_setsrid(st_makepoint(120.35, 36.07), 4326))"
            )
        )
    added = last_set(town)
    with town.session() as session:
        session.execute(
            text(
                "insert into facility_place (facility_id, geom) select id, geom from facility "
                "where code = 'N-1'"
            )
        )
    before = everything(town)
    with pytest.raises(UndoConflictError):
        undo_change_set(town, settings, added)
    assert everything(town) == before
    with pytest.raises(ConflictError, match="in the way"):  # kinds in use
        undo_change_set(town, settings, _set_of(town, "kind"))
    assert everything(town) == before


def test_stars_that_came_since_are_kept_with_the_station_that_they_are_of(
    town: Database, settings: Settings
) -> None:
    """One set adds two stations; workers give one of them stars. Nobody's stars are lost."""
    with act(reason="two"), town.session() as session:
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, geom) select 'N-' || n, 'outdoor_station', '新', "
                "st_setsrid(st_makepoint(120.4, 36.1), 4326) from generate_series(1, 2) n"
            )
        )
    added = last_set(town)
    with town.session() as session:
        session.execute(
            text(
                "insert into opinion_poll (facility_id, day, stars, n) select id, '2026-11-30', 4, 1 "
                "from facility where code = 'N-1'"
            )
        )
    before = everything(town)
    for keep in (None, "before"):
        with pytest.raises(UndoConflictError) as caught:
            undo_change_set(town, settings, added, keep=keep)
        [found] = caught.value.conflicts
        assert (found.table, found.may_take_back) == ("opinion_poll", False)
        assert everything(town) == before
    report = undo_change_set(town, settings, added, keep={found.id: "current"})
    assert (report.removed, report.kept) == (1, 1)
    with town.session() as session:
        left = session.execute(
            text(
                "select f.code, o.n from facility f left join opinion_poll o on o.facility_id = f.id "
                "where f.code like 'N-%'"
            )
        ).all()
    assert [tuple(row) for row in left] == [("N-1", 1)]
    # Taken back in part: once the stars are gone, the rest follows.
    with town.session() as session:
        session.execute(text("delete from opinion_poll"))
    assert undo_change_set(town, settings, added).removed == 1


def _set_of(database: Database, table: str) -> int:
    with database.session() as session:
        return int(
            session.execute(
                text("select min(set_id) from change where table_name = :table and op = 'insert'"),
                {"table": table},
            ).scalar_one()
        )


def test_there_is_nothing_to_take_back_twice(town: Database, settings: Settings) -> None:
    one = edit(town, settings, "T-1", phone="110")
    undo_change_set(town, settings, one)
    with pytest.raises(ConflictError, match="was taken back by"):
        undo_change_set(town, settings, one)
    with pytest.raises(ConflictError, match="nothing to take back"):
        undo_change_set(town, settings, 1)
    with pytest.raises(NotFoundError):
        undo_change_set(town, settings, 99_999)


def test_a_password_is_not_taken_back(town: Database, settings: Settings) -> None:
    with town.session() as session:
        session.execute(
            text(
                "insert into app_user (name, password_hash, role) values ('wang', 'one', 'steward')"
            )
        )
    with town.session() as session:
        session.execute(text("update app_user set password_hash = 'two', role = 'admin'"))
    changed = last_set(town)
    with pytest.raises(UndoConflictError) as caught:
        undo_change_set(town, settings, changed, keep="before")
    assert [one.may_take_back for one in caught.value.conflicts] == [False]
    undo_change_set(town, settings, changed, keep="current")
    with town.session() as session:
        row = session.execute(text("select password_hash, role from app_user")).one()
    assert tuple(row) == ("two", "steward")


def test_a_new_code_keeps_the_old_one_alive(town: Database, settings: Settings) -> None:
    before = everything(town)
    with town.session() as session:
        session.execute(text("update facility set code = 'X-1' where code = 'T-1'"))
    renamed = last_set(town)
    assert set(everything(town)["facility_code_alias"]) == {"T-1"}
    undone = undo_change_set(town, settings, renamed).change_set
    assert everything(town) == before
    assert undone is not None
    undo_change_set(town, settings, undone)
    assert set(everything(town)["facility_code_alias"]) == {"T-1"}


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), st.integers(1, 6), st.sampled_from(["110", "119", None])),
        st.tuples(st.just("move"), st.integers(1, 6), st.integers(0, 9)),
        st.tuples(st.just("import"), st.integers(1, 9), st.sampled_from(["甲", "乙"])),
        st.tuples(st.just("delete"), st.integers(1, 9), st.none()),
        st.tuples(st.just("merge"), st.integers(1, 6), st.integers(1, 9)),
        st.tuples(st.just("decide"), st.integers(1, 6), st.sampled_from(["different", "open"])),
        st.tuples(st.just("undo"), st.integers(0, 5), st.sampled_from([None, "current", "before"])),
    ),
    min_size=4,
    max_size=9,
)


def take(database: Database, settings: Settings, folder: Path, step: tuple[str, int, Any]) -> None:
    """Do one step; one that is refused changes nothing."""
    kind, number, value = step
    try:
        if kind == "edit":
            edit(database, settings, f"T-{number}", phone=value)
        elif kind == "move":
            edit(database, settings, f"T-{number}", lon=120.35 + value / 1000, lat=36.07)
        elif kind == "import":
            rows = [(f"T-{one}", f"{value}{one}", 120.35) for one in range(number, number + 3)]
            import_file(database, settings, "facilities", write_file(folder, rows))
        elif kind == "delete":
            remove_facility(database, f"T-{number}", expected_rev=None)
        elif kind == "merge":
            merge_facilities(database, settings, f"T-{number}", f"T-{value}", {}, far=True)
        elif kind == "decide":
            decide(database, f"T-{number}", f"T-{number % 6 + 1}", value)
        else:
            undo_change_set(database, settings, last_set(database) - number, keep=value)
    except (ConflictError, NotFoundError, InvalidValueError):
        pass


@given(steps=STEPS)
@examples(
    max_examples=4 if examples().derandomize else 40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
def test_the_log_is_the_state_and_undoing_everything_is_the_beginning(
    town: Database, settings: Settings, tmp_path: Path, steps: list[tuple[str, int, Any]]
) -> None:
    began, first = now(town), last_set(town)
    before = everything(town)
    moments: list[tuple[datetime, Store]] = []
    for step in steps:
        take(town, settings, tmp_path, step)
        moments.append((now(town), everything(town)))
    assert check_register(town)[0]
    # Whatever day is asked for, the log leads back to what was there.
    for moment, then in moments:
        assert everything(town, moment) == then
    assert everything(town, began) == before
    for number in sets_after(town, first):
        undo_change_set(town, settings, number)
    assert everything(town) == before
    assert check_register(town)[0]
    with town.snapshot() as session:
        assert check_chain(session).sound


def _undo_and_wait(parameters: dict[str, str], settings: Settings, number: int) -> None:
    undo_change_set(Database(parameters), settings, number)


def test_an_undo_that_is_killed_leaves_nothing(town: Database, settings: Settings) -> None:
    with town.session() as session:
        session.execute(text("update region set population = 5"))
        session.execute(text("update facility set phone = '110', address = 'x'"))
    changed = last_set(town)
    before = everything(town)
    context = multiprocessing.get_context("spawn")
    with town.session() as holder:
        # The facilities are written by then, the regions are not.
        holder.execute(text("select from data_version where name = 'regions' for update"))
        process = context.Process(target=_undo_and_wait, args=(town.parameters, settings, changed))
        process.start()
        waiting = text(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' "
            "and datname = current_database()"
        )
        deadline = datetime.now(UTC).timestamp() + 300
        while not holder.execute(waiting).scalar_one():
            assert process.is_alive()
            assert datetime.now(UTC).timestamp() < deadline
            holder.execute(text("select pg_sleep(0.05), pg_stat_clear_snapshot()"))
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
    assert everything(town) == before
    undo_change_set(town, settings, changed)
    assert everything(town) != before
