"""What a facility may lack, one by one, on the small town with a second district beside it."""

from datetime import date

import pytest
from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.operations.duplicates.find import DuplicateFinder
from geoapp.operations.facilities.desk import list_desk
from geoapp.operations.facilities.work_lists import WorkLists, old_before
from geoapp.store.engine import Database
from geoapp.store.facilities.read import FacilityFilter
from geoapp.store.facilities.stewardship import Shortfall, data_state

TODAY = date(2026, 11, 30)


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    """T-5 is closed for good; 市北区 ends at 120.36 and 李沧区 begins there."""
    with database.session() as session:
        session.execute(
            text(
                "insert into region (code, parent_code, level, name_zh, geom) values ('370213', "
                "'370200', 'district', '李沧区', st_multi(st_makeenvelope(120.36, 36.06, 120.38, "
                "36.08, 4326))), ('370203001', '370203', 'street', '某街道', null)"
            )
        )
    return database


def _change(database: Database, statement: str) -> None:
    with database.session() as session:
        session.execute(text(statement))


def _listed(database: Database, lack: Shortfall, days: int = 365) -> list[str]:
    page = list_desk(database, FacilityFilter(lack=lack, old_before=old_before(TODAY, days)), None)
    assert page.total == len(page.records)
    return [record.code for record in page.records]


def test_one_telephone_for_five_is_doubtful_however_it_is_written(town: Database) -> None:
    _change(town, "update facility set phone = '0532-8888 0001' where code in ('T-1', 'T-2')")
    _change(town, "update facility set phone = '053288880001' where code in ('T-3', 'T-4', 'T-5')")
    assert _listed(town, "phone") == ["T-6"]
    assert _listed(town, "shared_phone") == []  # four, for one is closed
    _change(town, "update facility set phone = '(0532)88880001' where code = 'T-6'")
    assert _listed(town, "shared_phone") == ["T-1", "T-2", "T-3", "T-4", "T-6"]


def test_what_may_be_another_is_found_beside_the_store(town: Database) -> None:
    _change(town, "update facility set name_zh = '驿站' where code in ('T-1', 'T-2', 'T-5')")
    found = DuplicateFinder(town).suspected()  # T-5 is closed
    page = list_desk(town, FacilityFilter(lack="duplicate", suspected=found), None)
    assert [record.code for record in page.records] == ["T-1", "T-2"]
    with pytest.raises(ValueError, match="suspected"):
        list_desk(town, FacilityFilter(lack="duplicate"), None)


def test_near_another_district_or_inside_it(town: Database) -> None:
    assert _listed(town, "border") == []
    for code, lon in (("T-1", 120.3595), ("T-2", 120.37), ("T-3", 120.3585)):  # 45 m, inside, 135 m
        _change(
            town,
            f"update facility set geom = st_setsrid(st_makepoint({lon}, 36.07), 4326), "
            f"region_code = '370203001' where code = '{code}'",
        )
    assert _listed(town, "border") == ["T-1", "T-2"]
    _change(town, "update facility set region_code = '370213' where code = 'T-2'")
    assert _listed(town, "border") == ["T-1"]


def test_opening_dates_are_asked_of_what_has_opened(town: Database) -> None:
    _change(town, "update facility set opened_on = '2025-05-01' where code in ('T-1', 'T-2')")
    _change(town, "update facility set status = 'proposed' where code = 'T-3'")
    assert _listed(town, "opened") == ["T-4", "T-6"]


def test_what_is_old_is_asked_in_days(town: Database) -> None:
    _change(town, "update facility set verified_on = '2026-10-30'")
    assert _listed(town, "verified") == []
    assert _listed(town, "verified", days=31) == []
    assert _listed(town, "verified", days=30) == ["T-1", "T-2", "T-3", "T-4", "T-6"]


def test_which_day_is_today_is_said_where_the_service_is(
    town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until eight in the morning in China the database's clock has the day before."""
    _change(town, "update facility set verified_on = '2026-11-29' where code = 'T-1'")
    lists = WorkLists(town, settings, DuplicateFinder(town))
    counts = []
    for day in (date(2027, 11, 29), date(2027, 11, 30)):
        monkeypatch.setattr("geoapp.operations.facilities.work_lists.today", lambda _, day=day: day)
        counts.append(lists.state().whole.lacking["verified"])
    assert counts[1] == counts[0] + 1


def test_progress_by_district_adds_up(town: Database) -> None:
    _change(
        town,
        "update facility set phone = code, opened_on = '2025-05-01', verified_on = '2026-11-29'",
    )
    _change(town, "update facility set region_code = '370203001' where code = 'T-1'")
    _change(town, "update facility set region_code = '370213' where code = 'T-2'")
    _change(town, "update facility set region_code = '370200' where code = 'T-4'")
    _change(town, "update facility set region_code = null where code = 'T-6'")
    finder = DuplicateFinder(town)
    with town.snapshot() as session:
        state = data_state(session, old_before(TODAY), suspected=finder.suspected_in(session))
    # T-3 lacks hours and entry, T-6 its region.
    assert [(one.region, one.kept, one.complete) for one in state.regions] == [
        ("370200", 1, 1),
        ("370203", 2, 1),
        ("370213", 1, 1),
        (None, 1, 0),
    ]
    assert (state.whole.kept, state.whole.complete) == (5, 3)
    for lack, count in state.whole.lacking.items():
        wanted = FacilityFilter(
            lack=lack, suspected=finder.suspected(), old_before=old_before(TODAY)
        )
        assert len(list_desk(town, wanted, None).records) == count
