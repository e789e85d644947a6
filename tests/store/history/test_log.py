"""Triggers write down who changed what, once, for good, and in a chain."""

import threading
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from geoapp.core.acting import Via, act
from geoapp.operations.history.check import check_register
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from geoapp.store.history.chain import check_chain


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    """A store with the town in it."""
    return database


def sets(database: Database) -> list[Any]:
    with database.session() as session:
        return list(session.execute(text("select * from change_set order by id")))


def changes(database: Database, set_id: int) -> list[Any]:
    with database.session() as session:
        return list(
            session.execute(
                text("select * from change where set_id = :id order by seq"), {"id": set_id}
            )
        )


def run(database: Database, statement: str) -> None:
    with database.session() as session:
        session.execute(text(statement))


def test_one_transaction_is_one_set_with_only_what_changed(town: Database) -> None:
    before = len(sets(town))
    with (
        act(via=Via.API, actor="li", role="steward", reason="打电话核实"),
        town.session() as session,
    ):
        session.execute(text("update facility set phone = '110' where code in ('T-1', 'T-2')"))
        session.execute(text("update facility set phone = '110', name_zh = name_zh"))
        session.execute(text("delete from facility where code = 'T-6'"))
    made = sets(town)[before:]
    assert [(one.actor, one.role, one.via, one.reason) for one in made] == [
        ("li", "steward", "api", "打电话核实")
    ]
    rows = changes(town, made[0].id)
    states = [one for one in rows if one.table_name == "facility_state"]
    assert [one.op for one in states] == ["delete"]  # it went with its facility
    rows = [one for one in rows if one not in states]
    assert [one.op for one in rows] == ["update"] * 6 + ["delete"]
    assert all((one.before, one.after) == ({"phone": None}, {"phone": "110"}) for one in rows[:6])
    assert rows[6].after is None
    assert rows[6].before["code"] == "T-6"
    with town.session() as session:  # exact to the bit, whatever the session is set to
        hex_form = session.scalar(
            text("select st_setsrid(st_makepoint(120.35 + 0.001, 36.07 + 0.002), 4326)::text")
        )
    assert rows[6].before["geom"] == hex_form
    assert "rev" not in rows[6].before


def test_what_changes_nothing_makes_no_set(town: Database) -> None:
    before = len(sets(town))
    run(town, "update facility set phone = phone")
    run(town, "delete from facility where code = 'nowhere'")
    initialise(town)
    assert len(sets(town)) == before


def test_a_change_past_geoapp_is_logged_too(town: Database) -> None:
    with psycopg.connect(town.conninfo) as connection:
        connection.execute("set timezone = 'Asia/Shanghai'")
        connection.execute("set extra_float_digits = 0")
        connection.execute(
            "update facility set position_accuracy_m = '0.30000000000000004' where code = 'T-1'"
        )
    last = sets(town)[-1]
    assert (last.via, last.actor) == ("psql", town.parameters["user"])
    assert changes(town, last.id)[0].after == {"position_accuracy_m": 0.30000000000000004}


def test_a_savepoint_that_is_given_up_leaves_nothing(town: Database) -> None:
    before = len(sets(town))
    with town.session() as session:
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(text("update facility set phone = '1' where code = 'T-1'"))
            session.execute(text("update facility set status = 'nonsense' where code = 'T-1'"))
        session.execute(text("update facility set phone = '2' where code = 'T-1'"))
    made = sets(town)[before:]
    assert len(made) == 1
    assert [one.after for one in changes(town, made[0].id)] == [{"phone": "2"}]


def test_a_password_is_said_to_have_changed_and_never_shown(town: Database) -> None:
    run(
        town,
        "insert into app_user (name, password_hash, role) "
        "values ('wang', '$argon2$one', 'steward')",
    )
    run(town, "update app_user set password_hash = '$argon2$two'")
    last = sets(town)[-2:]
    assert "password_hash" not in changes(town, last[0].id)[0].after
    (row,) = changes(town, last[1].id)
    assert (row.before, row.after) == ({"password_hash": "***"}, {"password_hash": "changed"})
    with town.session() as session:
        said = session.scalars(text("select change::text from change")).all()
    assert not any("argon2" in one for one in said)


def test_a_place_belongs_to_its_facility_and_a_key_may_have_two_parts(town: Database) -> None:
    run(
        town,
        "insert into facility_place (facility_id, geom) select id, geom from facility "
        "where code = 'T-2'",
    )
    with town.session() as session:
        facility = session.scalar(text("select id from facility where code = 'T-2'"))
        items = session.scalars(
            text("select key from change where table_name = 'amenity_standard_item'")
        ).all()
    (place,) = changes(town, sets(town)[-1].id)
    assert place.belongs == [f"facility:{facility}"]
    assert '["seven_ones_wushan", "kettle"]' in items


def test_the_log_is_only_added_to(town: Database, subtests: pytest.Subtests) -> None:
    for statement in [
        "update change set after = '{}'",
        "delete from change_set",
        "truncate change",
        "delete from change_seal",
        "truncate region cascade",
    ]:
        with (
            subtests.test(statement=statement),
            pytest.raises(DBAPIError, match=r"is never|truncated"),
        ):
            run(town, statement)


def tampered(database: Database, *statements: str) -> Any:
    """Do what only somebody with all rights can do, and look at the chain."""
    with database.session() as session:
        session.execute(text("set local session_replication_role = replica"))
        for statement in statements:
            session.execute(text(statement))
    with database.snapshot() as session:
        return check_chain(session)


def test_tampering_shows_and_names_the_first_set(town: Database) -> None:
    for number in range(3):
        run(town, f"update facility set phone = '{number}' where code = 'T-1'")
    with town.snapshot() as session:
        assert check_chain(session).sound
    third = sets(town)[-1].id
    reworded = 'update change set after = \'{{"phone": "9"}}\' where set_id = {}'
    assert tampered(town, reworded.format(third - 1)).broken == third - 1
    assert tampered(town, "update change_set set actor = 'x' where id = 2").broken == 2


def test_rows_written_past_the_log_show(town: Database) -> None:
    run(town, "update facility set phone = '1' where code = 'T-1'")
    run(town, "delete from facility where code = 'T-6'")
    run(town, "insert into organisation (code, kind, name_zh) values ('a', 'union', '甲')")
    run(town, "update organisation set code = 'b' where code = 'a'")
    assert check_register(town)[0]
    with town.session() as session:
        ids = {code: id for code, id in session.execute(text("select code, id from facility"))}
    tampered(
        town,
        "update facility set phone = '2' where code = 'T-1'",
        "update facility set address = 'x' where code = 'T-2'",  # never logged, so it was empty
        "update facility set rev = 99, updated_at = now() where code = 'T-3'",  # not in the log
        "delete from facility where code = 'T-4'",
        "insert into facility (code, kind_code, name_zh, geom) "
        "select 'T-9', kind_code, name_zh, geom from facility where code = 'T-5'",
        "update organisation set code = 'a' where code = 'b'",
    )
    sound, said = check_register(town)
    assert not sound
    assert (
        f"facility: changed 2, missing 1, not in the log 1 (key {ids['T-1']}, {ids['T-2']}, "
        in said.en
    )
    assert "organisation: missing 1, not in the log 1 (key a, b)" in said.en
    assert "facility 被改 2 行、缺少 1 行、多出 1 行（键" in said.zh
    with town.snapshot() as session:  # which the seals cannot tell
        assert check_chain(session).sound
    # Written anew, a value is as the log has it.
    run(town, "update facility set phone = '1' where code = 'T-1'")
    assert "facility: changed 1, " in check_register(town)[1].en


def test_a_log_that_was_cut_short_shows(town: Database) -> None:
    run(town, "update facility set phone = '1' where code = 'T-1'")
    last = sets(town)[-1].id
    state = tampered(
        town,
        f"delete from change where set_id = {last}",
        f"delete from change_seal where set_id = {last}",
        f"delete from change_set where id = {last}",
    )
    assert state.ends_early


def test_a_set_that_was_slipped_in_shows(town: Database) -> None:
    last = sets(town)[-1].id
    state = tampered(
        town,
        "insert into change (set_id, table_name, key, op) values "
        f"({last + 50}, 'facility', '1', 'delete')",
    )
    assert state.broken == last + 50


def test_many_writers_at_once_make_one_chain(town: Database) -> None:
    def write(number: int) -> None:
        for turn in range(5):
            with town.session() as session:
                session.execute(
                    text("update region set population = :n where code = '370203'"),
                    {"n": number * 100 + turn},
                )

    threads = [threading.Thread(target=write, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with town.snapshot() as session:
        state = check_chain(session)
    assert state.sound
    assert state.sets == len(sets(town))
