"""What-if answers equal a coverage run that has the same places as facilities."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import text

from geoapp.core.errors import InvalidValueError
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.settings import Settings
from geoapp.operations.coverage import results as coverage_results
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.network.importing import import_network
from geoapp.operations.siting.what_if import MOST_PLACES, WhatIfService
from geoapp.store.engine import Database
from tests.osm_file import write_town_streets
from tests.seed import TOWN_LAT, TOWN_LON

WANTED = SitingParameters(p=1, standard_m=400)
SEVERAL = SitingParameters(
    p=1,
    standard_m=400,
    at=datetime(2026, 11, 24, 22, tzinfo=ZoneInfo("Asia/Shanghai")),
    period="day",
    hours="08:00-20:00",
)


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


def add(database: Database, code: str, lon: float, lat: float) -> None:
    with database.session() as session:
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, geom, timezone) values (:code, "
                "'outdoor_station', '试', st_setsrid(st_makepoint(:lon, :lat), 4326), "
                "'Asia/Shanghai')"
            ),
            {"code": code, "lon": lon, "lat": lat},
        )


@pytest.mark.parametrize("streets", [False, True])
def test_equals_a_run_with_the_places_built(
    town: Database, settings: Settings, tmp_path, streets: bool
) -> None:
    if streets:
        import_network(town, settings, write_town_streets(tmp_path / "town.osm.pbf"))
    service = WhatIfService(town, settings)
    random = np.random.default_rng(1)
    places = [
        (TOWN_LON + x, TOWN_LAT + y) for x, y in random.uniform(-0.002, 0.012, (4, 2)).tolist()
    ]
    before = coverage_run.run_here(town, settings, CoverageParameters(standard_m=400))
    told = service.ask(WANTED, places)
    assert before.result is not None
    assert told.covered_before == before.result.total.covered_weight
    reached = told.covered_before
    for number, (lon, lat) in enumerate(places):
        # One after the other built for real; the service sees each edit.
        add(town, f"NEW-{number}", lon, lat)
        run = coverage_run.run_here(town, settings, CoverageParameters(standard_m=400))
        assert run.result is not None
        reached += told.adds[number]
        assert run.result.total.covered_weight == reached
    assert told.covered_after == reached > told.covered_before
    after = service.ask(WANTED, [])
    assert after.covered_before == after.covered_after == reached
    [district] = told.districts
    rows = {row.code: row for row in coverage_results.region_figures(town, run.id)}
    assert (district.code, district.added) == ("370203", reached - told.covered_before)
    assert district.after_share == pytest.approx(rows["370203"].covered_share)
    assert after.districts == ()


@pytest.mark.parametrize("streets", [False, True])
@pytest.mark.parametrize("wanted", [WANTED, SEVERAL])
def test_rows_that_are_sent_count_as_the_service_counts(
    town: Database, settings: Settings, tmp_path, streets: bool, wanted: SitingParameters
) -> None:
    if streets:
        import_network(town, settings, write_town_streets(tmp_path / "town.osm.pbf"))
    service = WhatIfService(town, settings)
    random = np.random.default_rng(2)
    places = [
        (TOWN_LON + x, TOWN_LAT + y) for x, y in random.uniform(-0.002, 0.012, (4, 2)).tolist()
    ]
    told = service.ask(wanted, places, everywhere=True)
    ground, reach = service.ground(wanted), service.reach(wanted, places)
    assert ground is not None
    assert (ground.estimate is None) == streets
    left = np.where(ground.covered, 0.0, ground.weight)
    districts = np.zeros(len(ground.districts))
    for (rows, walks), adds in zip(reach, told.adds, strict=True):
        assert ground.served[rows].all()
        assert (walks <= 400).all()
        assert left[rows].sum() == pytest.approx(adds, abs=1e-9)
        inside = rows[ground.district[rows] >= 0]
        np.add.at(districts, ground.district[inside], left[inside])
        left[rows] = 0.0
    shares = {
        one.code: (one.covered + added) / one.weight
        for one, added in zip(ground.districts, districts, strict=True)
    }
    assert shares == pytest.approx({one.code: one.after_share for one in told.districts})
    assert ground.weight[ground.covered].sum() == pytest.approx(told.covered_before)


def test_too_many_rows_are_not_sent(
    town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geoapp.operations.siting.what_if.MOST_ROWS", 3)
    assert WhatIfService(town, settings).ground(WANTED) is None


def test_what_is_measured_is_kept(town: Database, settings: Settings) -> None:
    service = WhatIfService(town, settings)
    service.ask(WANTED, [])
    [first] = service._grounds.values()
    service.ask(WANTED, [(TOWN_LON, TOWN_LAT)])
    assert [one is first for one in service._grounds.values()] == [True]
    for standard_m in (100, 200, 300, 500):
        service.ask(SitingParameters(p=1, standard_m=standard_m), [])
    assert len(service._grounds) == 3


def test_bad_questions(town: Database, settings: Settings) -> None:
    service = WhatIfService(town, settings)
    with pytest.raises(InvalidValueError):
        service.ask(WANTED, [(TOWN_LON, TOWN_LAT)] * (MOST_PLACES + 1))
    with pytest.raises(InvalidValueError):
        service.ask(SitingParameters(p=1, standard_m=400, region="999999"), [])
    with pytest.raises(InvalidValueError):
        service.reach(WANTED, [(TOWN_LON, TOWN_LAT)] * (MOST_PLACES + 1))
    assert service.reach(WANTED, []) == []
    with pytest.raises(InvalidValueError):
        service.ask(WANTED, [(500.0, 0.0)])
    with pytest.raises(InvalidValueError):
        service.ask(SitingParameters(p=1), [])
