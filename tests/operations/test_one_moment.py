"""Answers that take several reads see one moment of the store; what is kept follows it."""

import pytest
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.maps.registry import registry
from geoapp.operations.facilities.read import list_facilities, read_facility
from geoapp.operations.layers.rows import layer_reading, read_layer
from geoapp.operations.nearest.service import NearestQuery, NearestService
from geoapp.operations.nearest.snapshot import SnapshotKeeper
from geoapp.store.engine import Database
from geoapp.store.facilities.read import FacilityFilter
from tests.editing import edited_after
from tests.seed import TOWN_LAT, TOWN_LON

CLOSE = ("update facility set status = 'closed' where code in ('T-1', 'T-2')",)


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


def test_all_layers_of_a_map_are_of_one_moment(town: Database, settings: Settings) -> None:
    layer = registry().get("stations", Role.ADMIN)
    with layer_reading(town, settings, None) as reading:
        before = reading.rows(layer)
        with town.session() as session:
            session.execute(text(CLOSE[0]))
        after = reading.rows(layer)
    assert [row["code"] for row in before.rows] == ["T-1", "T-2"]
    assert after == before
    with layer_reading(town, settings, None) as later:
        assert later.rows(layer).matched == 0
        assert later.moment.version_of(layer) != reading.moment.version_of(layer)


def test_a_layers_count_and_rows_agree(town: Database, settings: Settings) -> None:
    layer = registry().get("stations", Role.ADMIN)
    with layer_reading(town, settings, None) as reading:
        context = reading.moment.context
    with edited_after(town, "count(*)", CLOSE) as met:
        found = read_layer(town, layer, context)
    assert met
    assert found.matched == len(found.rows) == 2


def test_a_facility_is_read_with_the_places_of_that_moment(town: Database) -> None:
    moved = (
        "insert into facility_place (facility_id, geom) select id, geom from facility "
        "where code = 'T-1'",
        "update facility set name_zh = '流动车' where code = 'T-1'",
    )
    with edited_after(town, "from facility", moved) as met:
        record = read_facility(town, "T-1")
    assert met
    assert (record.properties["name"], record.properties["places"]) == ("示例·T-1", [])
    page = list_facilities(town, FacilityFilter(), limit=1)
    assert page.records[0].properties["name"] == "流动车"
    assert len(page.records[0].properties["places"]) == 1


def test_nearest_answers_follow_the_vocabulary(
    town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geoapp.operations.nearest.snapshot.CHECK_SECONDS", 0.0)
    service = NearestService(town, settings)
    bases = NearestQuery(lon=TOWN_LON, lat=TOWN_LAT, k=10, families=frozenset({"base"}))
    assert [one.facility.code for one in service.ask(bases)] == ["T-4"]
    with town.session() as session:
        session.execute(
            text(
                "insert into kind (code, family, name_zh, name_en) values ('new', 'base', 'N', 'N')"
            )
        )
        session.execute(text("update kind set family = 'base' where code = 'worker_home'"))
    # No facility was edited, and yet the family of one has changed and there is another kind.
    assert [one.facility.code for one in service.ask(bases)] == ["T-3", "T-4"]
    new = NearestQuery(lon=TOWN_LON, lat=TOWN_LAT, k=10, kinds=frozenset({"new"}))
    assert service.ask(new) == []


def test_a_nearest_snapshot_is_of_one_moment(town: Database) -> None:
    keeper = SnapshotKeeper(town)
    with edited_after(town, "from data_version", CLOSE) as met:
        first = keeper.current()
    assert met
    assert {code for code, _ in first.by_key} == {"T-1", "T-2", "T-3", "T-4"}
    keeper = SnapshotKeeper(town)
    assert keeper.current().versions.facilities > first.versions.facilities
    assert {code for code, _ in keeper.current().by_key} == {"T-3", "T-4"}
