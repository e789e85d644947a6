"""The counts of a steward's lists are kept while they are true, and streets count where they are known."""

import numpy as np
import pytest
from sqlalchemy import text

from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.core.errors import ConflictError
from geoapp.core.settings import Settings
from geoapp.operations.duplicates.find import DuplicateFinder
from geoapp.operations.facilities import work_lists
from geoapp.operations.facilities.desk import list_desk
from geoapp.operations.facilities.work_lists import WorkLists
from geoapp.operations.network.keeper import NetworkKeeper
from geoapp.store.engine import Database
from geoapp.store.facilities.read import FacilityFilter
from tests.seed import TOWN_LAT, TOWN_LON


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


def _street_along_the_town() -> WalkingNetwork:
    """A street eastward through T-1 and T-2, and a path at the north-east end of the town.

    T-3 stands 444 m north of the street, T-6 222 m; T-4 stands on the path. T-5 is closed.
    """
    lon = TOWN_LON + np.array([0.0, 0.002, 0.006, 0.0065])
    lat = TOWN_LAT + np.array([0.0, 0.0, 0.006, 0.006])
    return WalkingNetwork.build(lon, lat, [0, 2], [1, 3], [1802, 451])


def test_far_from_any_street(
    town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists = WorkLists(town, settings, DuplicateFinder(town))
    assert lists.state().whole.lacking["street"] == 0
    with pytest.raises(ConflictError):
        lists.far_from_streets()
    network = _street_along_the_town()
    monkeypatch.setattr(NetworkKeeper, "sound", lambda _self: network)

    def listed() -> list[str]:
        wanted = FacilityFilter(lack="street", far=lists.far_from_streets())
        return [one.code for one in list_desk(town, wanted, None).records]

    assert listed() == ["T-3", "T-6"]
    assert lists.state().whole.lacking["street"] == 2
    # Where the network ends nobody knows the streets.
    with town.session() as session:
        session.execute(
            text("update facility set geom = st_translate(geom, 0.5, 0) where code = 'T-3'")
        )
    assert listed() == ["T-6"]
    assert lists.state().whole.lacking["street"] == 1


def test_what_is_kept_is_counted_anew_after_any_change(
    town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[int] = []
    real = work_lists.data_state

    def counting(*given: object) -> object:
        counted.append(1)
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(work_lists, "data_state", counting)
    lists = WorkLists(town, settings, DuplicateFinder(town))
    assert lists.state().whole.lacking["phone"] == 5
    lists.state()
    assert len(counted) == 1
    for statement, lacking in (
        ("update facility set phone = '1' where code = 'T-1'", ("phone", 4)),
        (
            "insert into facility_call select id, 'moved', current_date, null, 0, geom "
            "from facility where code = 'T-1'",
            ("moved", 1),
        ),
        ("update region set geom = st_translate(geom, 0.02, 0) where code = '370203'", None),
    ):
        before = len(counted)
        with town.session() as session:
            session.execute(text(statement))
        state = lists.state()
        assert len(counted) == before + 1
        if lacking is not None:
            assert state.whole.lacking[lacking[0]] == lacking[1]  # type: ignore[index]
