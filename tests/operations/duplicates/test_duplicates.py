"""Facilities of the store that may be one: listed, decided on, and made one; all of it undoable."""

import multiprocessing
import os
import signal
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from geoapp.core.acting import Via, act
from geoapp.core.errors import ConflictError, InvalidValueError, RefusedStepError
from geoapp.core.settings import Settings
from geoapp.core.voices import Doubt, ReportKind
from geoapp.operations.duplicates.decide import decide
from geoapp.operations.duplicates.find import DuplicateFinder, State
from geoapp.operations.duplicates.merge import FarApartError, merge_facilities, plan_merge
from geoapp.operations.history.read import history_of
from geoapp.operations.history.undo import undo_change_set
from geoapp.operations.moment import today
from geoapp.operations.voices.take import Taken, Told, take_report
from geoapp.store.duplicates.merge import REFERRING, referring_tables
from geoapp.store.engine import Database
from tests.operations.history.test_undo import everything, last_set


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    """T-1 and T-2 are called alike and stand 36 m apart; each knows what the other does not."""
    run(
        database,
        "update facility set name_zh = '台东爱心驿站', phone = '0532-88880001', capacity = 8, "
        "verified_on = '2026-01-01' where code = 'T-1'",
        "update facility set name_zh = '台东驿站', address = '台东一路 1 号', capacity = 12, "
        "verified_on = '2026-06-01', amenities = '{kettle,toilet}', no_amenities = '{fan}', "
        "geom = st_translate((select geom from facility where code = 'T-1'), 0.0004, 0) "
        "where code = 'T-2'",
        "insert into organisation (code, kind, name_zh) values ('O-1', 'union', '总工会')",
        "insert into facility_role (facility_id, organisation_code, role) select id, 'O-1', 'hosts' "
        "from facility where code in ('T-1', 'T-2')",
        "insert into facility_role (facility_id, organisation_code, role) select id, 'O-1', 'bears' "
        "from facility where code = 'T-2'",
        "insert into facility_part (whole_id, part_id) select a.id, b.id from facility a, facility b "
        "where a.code = 'T-4' and b.code = 'T-2'",
        "insert into facility_place (facility_id, geom, label_zh) select id, geom, '东门' "
        "from facility where code = 'T-2'",
        "insert into facility_code_alias select 'OLD-2', id from facility where code = 'T-2'",
    )
    return database


def run(database: Database, *statements: str) -> None:
    with database.session() as session:
        for statement in statements:
            session.execute(text(statement))


def rows(database: Database, statement: str) -> list[Any]:
    with database.session() as session:
        return list(session.execute(text(statement)))


def listed(finder: DuplicateFinder, state: State = "open", region: str | None = None) -> list[str]:
    page = finder.listed(region, state)
    assert page.total == len(page.pairs)
    return [f"{one.first.code} {one.second.code}" for one in page.pairs]


def facility(database: Database, code: str) -> dict[str, Any]:
    found = [one for one in everything(database)["facility"].values() if one["code"] == code]
    (one,) = found
    return one


def test_not_the_same_is_remembered_until_one_changes_much(
    town: Database, settings: Settings
) -> None:
    finder = DuplicateFinder(town)
    assert listed(finder) == ["T-1 T-2"]
    assert (listed(finder, region="370203"), len(finder.suspected())) == (["T-1 T-2"], 2)
    with pytest.raises(InvalidValueError):
        finder.listed("999999", "open")
    with act(via=Via.WEB, actor="li"):
        decide(town, "T-2", "T-1", "different")
    decided = last_set(town)
    assert (listed(finder), listed(finder, "different")) == ([], ["T-1 T-2"])
    (pair,) = finder.listed(None, "different").pairs
    assert pair.decision is not None
    assert pair.decision.decided_by == "li"
    # A little of either changes nothing; another name, or 200 m, and the question is asked again.
    run(town, "update facility set name_zh = '台东爱心驿站 ', phone = '1' where code = 'T-1'")
    assert listed(finder) == []
    (place,) = rows(town, "select geom::text from facility where code = 'T-1'")[0]
    run(town, "update facility set geom = st_translate(geom, 0.0022, 0) where code like 'T-_'")
    assert listed(finder) == ["T-1 T-2"]
    run(town, f"update facility set geom = '{place}' where code = 'T-1'")
    run(town, "update facility set geom = st_translate(geom, -0.0022, 0) where code = 'T-2'")
    assert listed(finder) == []
    undo_change_set(town, settings, decided)
    assert listed(finder) == ["T-1 T-2"]
    decide(town, "T-1", "T-2", "later")
    assert (listed(finder), listed(finder, "later")) == ([], ["T-1 T-2"])
    decide(town, "T-1", "T-2", "open")
    assert listed(finder) == ["T-1 T-2"]
    run(
        town,
        "insert into facility_part (whole_id, part_id) select a.id, b.id from facility a, facility b "
        "where a.code = 'T-2' and b.code = 'T-1'",
    )
    assert listed(finder) == []  # a whole and its part


def test_a_merge_keeps_what_either_knows_and_is_undone_whole(
    town: Database, settings: Settings
) -> None:
    before = everything(town)
    plan = {one.field: one for one in plan_merge(town, "T-1", "T-2").choices}
    # Known beats unknown; of two values that of the record that was verified later.
    assert {name: one.side for name, one in plan.items()} == {
        **{"name_zh": "other", "name_en": "other", "position": "other", "address": "other"},
        **{"opening_hours": "other", "entry": "other", "phone": "survivor", "capacity": "other"},
        **{"verified_on": "other", "places": "other", "amenity:toilet": "other"},
    }
    take = {"name_zh": "survivor", "opening_hours": "survivor", "amenity:toilet": "survivor"}
    done = merge_facilities(town, settings, "T-1", "T-2", take, reason="同一处")
    one = facility(town, "T-1")
    assert (one["name_zh"], one["phone"], one["address"], one["capacity"]) == (
        *("台东爱心驿站", "0532-88880001"),
        *("台东一路 1 号", 12),
    )
    assert (one["opening_hours"], one["verified_on"]) == ("24/7", "2026-06-01")
    assert sorted(one["amenities"]) == ["drinking_water", "kettle", "microwave"]
    assert sorted(one["no_amenities"]) == ["fan", "toilet"]
    assert rows(town, "select old from facility_code_alias order by 1") == [("OLD-2",), ("T-2",)]
    belonging = (
        "select (select count(*) from facility_role where facility_id = f.id), "
        "(select count(*) from facility_part where part_id = f.id), "
        "(select count(*) from facility_place where facility_id = f.id) "
        "from facility f where code = 'T-1'"
    )
    assert rows(town, belonging) == [(2, 1, 1)]
    # The story of both is one.
    story = [line for told in history_of(town, settings, "T-2", limit=20) for line in told.lines]
    assert {"T-1", "T-2"} <= {line.record for line in story}
    assert done.change_set is not None
    undone = undo_change_set(town, settings, done.change_set)
    assert everything(town) == before
    assert undone.change_set is not None
    undo_change_set(town, settings, undone.change_set)
    assert facility(town, "T-1") == one


def test_a_merge_takes_the_states_of_whichever_status_is_taken(
    town: Database, settings: Settings
) -> None:
    # T-1 was suspended once and opened again; T-2 is suspended, and will close in 2031.
    run(
        town,
        "update facility set status = 'suspended' where code = 'T-1'",
        "update facility set status = 'open' where code = 'T-1'",
        "update facility set opened_on = '2019-01-01', opened_basis = 'year', status = 'suspended', "
        "closed_on = '2031-01-01', closed_basis = 'year' where code = 'T-2'",
    )
    states = (
        "select s.status, s.from_on::text, s.date_basis, announced from facility_state s "
        "join facility f on f.id = s.facility_id where f.code = '{}' order by n"
    )
    theirs = rows(town, states.format("T-2"))
    assert theirs == [
        ("open", "2019-01-01", "year", False),
        ("suspended", None, "unknown", False),
        ("closed", "2031-01-01", "year", True),
    ]
    before = everything(town)
    merge_facilities(town, settings, "T-1", "T-2", {"status": "survivor"})
    assert [one[0] for one in rows(town, states.format("T-1"))] == ["open", "suspended", "open"]
    assert rows(town, states.format("T-1"))[0][1] == "2019-01-01"  # its day of opening was taken
    undo_change_set(town, settings, last_set(town))
    assert everything(town) == before
    merge_facilities(town, settings, "T-1", "T-2", {"status": "other"})
    assert rows(town, states.format("T-1")) == theirs
    undo_change_set(town, settings, last_set(town))
    assert everything(town) == before
    run(town, "update facility set opened_on = '2032-01-01' where code = 'T-1'")
    with pytest.raises(ConflictError, match="closes before it opens"):
        merge_facilities(town, settings, "T-1", "T-2", {"status": "other", "opened_on": "survivor"})


def test_a_stale_page_and_a_step_that_cannot_be_taken_are_refused(
    town: Database, settings: Settings
) -> None:
    plan = plan_merge(town, "T-1", "T-2")
    revs = plan.survivor.rev, plan.other.rev
    run(town, "update facility set phone = '110' where code = 'T-2'")
    before = everything(town)
    with pytest.raises(ConflictError, match="T-2 was changed"):
        merge_facilities(town, settings, "T-1", "T-2", {}, expected=revs)
    with pytest.raises(RefusedStepError):  # T-5 is closed for good
        merge_facilities(town, settings, "T-5", "T-1", {"status": "other"})
    with pytest.raises(InvalidValueError):
        merge_facilities(town, settings, "T-1", "T-2", {"colour": "other"})
    with pytest.raises(InvalidValueError):
        merge_facilities(town, settings, "T-1", "T-1", {})
    # Over 500 m away, as a slip of the code is: it is asked once more.
    with pytest.raises(FarApartError, match=r"T-1 与 T-4 相距 8\d\d 米"):
        merge_facilities(town, settings, "T-1", "T-4", {})
    assert everything(town) == before
    merge_facilities(town, settings, "T-1", "T-4", {}, far=True)


def test_nothing_becomes_part_of_itself(town: Database, settings: Settings) -> None:
    # T-4 is the whole of T-2; T-1 the whole of T-4.
    run(
        town,
        "insert into facility_part (whole_id, part_id) select a.id, b.id from facility a, facility b "
        "where a.code = 'T-1' and b.code = 'T-4'",
    )
    before = everything(town)
    with pytest.raises(ConflictError, match="part of itself"):
        merge_facilities(town, settings, "T-1", "T-2", {})
    assert everything(town) == before


def test_what_refers_to_facilities_is_thought_of(town: Database) -> None:
    with town.session() as session:
        assert referring_tables(session) == set(REFERRING)


def test_what_is_offered_and_applied_for_goes_with_the_survivor(
    town: Database, settings: Settings
) -> None:
    for statement in (
        "insert into service_item (code, category, name_zh) values ('L-1', 'legal_aid', '法律咨询'), "
        "('L-2', 'legal_aid', '法律援助')",
        "insert into service_offer (item_code, facility_id) select i.code, f.id "
        "from service_item i, facility f where (i.code, f.code) in "
        "(('L-1', 'T-1'), ('L-1', 'T-2'), ('L-2', 'T-2'))",
        "insert into duty_desk (facility_id, phone) select id, '12351' from facility "
        "where code in ('T-1', 'T-2')",
        "insert into application (scheme, track, form, form_version, facility_id, state) "
        "select 'qingdao-2022', 'base', 'annex-4', '1', id, 'draft' from facility "
        "where code = 'T-2'",
    ):
        run(town, statement)
    before = everything(town)
    merge_facilities(town, settings, "T-1", "T-2", {})
    held = "(select f.code from facility f where f.id = facility_id)"
    assert rows(town, f"select item_code, {held} from service_offer order by 1") == [
        ("L-1", "T-1"),
        ("L-2", "T-1"),
    ]
    assert rows(town, f"select {held} from duty_desk") == [("T-1",)]
    assert rows(town, f"select {held} from application") == [("T-1",)]
    undo_change_set(town, settings, last_set(town))
    assert everything(town) == before


def test_reports_of_workers_count_for_the_survivor_and_come_back(
    town: Database, settings: Settings
) -> None:
    sent = 0

    def tell(sender: str, code: str, kind: ReportKind, stars: int | None = None) -> Taken:
        nonlocal sent
        sent += 1
        told = Told(f"a-key-of-sixteen-{sent}", code, kind, stars)
        return take_report(town, settings, "secret", sender, told)

    def doubts() -> list[Any]:
        return rows(
            town,
            "select f.code, v.doubt_voices from facility_voice v "
            "join facility f on f.id = v.facility_id where v.doubt is not null order by 1",
        )

    shut, is_open = ReportKind.SHUT, ReportKind.OPEN
    tell("a", "T-1", shut)
    tell("a", "T-2", shut, 5)
    tell("b", "T-2", shut)
    assert doubts() == [("T-2", 2)]
    # Who spoke of both may be one: two are certain, not three.
    merge_facilities(town, settings, "T-1", "T-2", {})
    merged = last_set(town)
    assert doubts() == [("T-1", 2)]
    # Each of those who spoke of either is known again, and has one voice, the last one.
    assert tell("a", "T-1", shut, 1).rated is False
    assert doubts() == [("T-1", 2)]
    assert tell("c", "T-1", shut).doubt == Doubt("shut", 3, today(settings))
    assert doubts() == [("T-1", 3)]
    tell("b", "T-1", is_open)
    assert doubts() == [("T-1", 2)]
    # Taken apart again, each has what was said of it; nobody is known at both.
    undo_change_set(town, settings, merged)
    assert rows(
        town,
        "select f.code, count(*), count(r.others), count(distinct r.sender) from worker_report r "
        "join facility f on f.id = r.facility_id group by 1 order by 1",
    ) == [("T-1", 4, 0, 3), ("T-2", 2, 0, 2)]
    assert rows(town, "select count(*) from report_salt") == [(2,)]
    assert doubts() == [("T-1", 2), ("T-2", 2)]
    assert tell("b", "T-2", is_open).doubt is None


def _merge(parameters: dict[str, str], settings: Settings) -> None:
    merge_facilities(Database(parameters), settings, "T-1", "T-2", {})


def test_a_merge_that_is_killed_leaves_nothing(town: Database, settings: Settings) -> None:
    before = everything(town)
    context = multiprocessing.get_context("spawn")
    with town.session() as holder:
        # The values are taken by then, the organisation's roles are not.
        holder.execute(text("select from data_version where name = 'organisations' for update"))
        process = context.Process(target=_merge, args=(town.parameters, settings))
        process.start()
        waiting = text(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' "
            "and datname = current_database()"
        )
        deadline = datetime.now(UTC).timestamp() + 60
        while not holder.execute(waiting).scalar_one():
            assert process.is_alive()
            assert datetime.now(UTC).timestamp() < deadline
            holder.execute(text("select pg_sleep(0.05), pg_stat_clear_snapshot()"))
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
    assert everything(town) == before
