"""A run hour by hour is what coverage runs of these hours say, whatever the week holds."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from geoapp.analysis.coverage.coverage import coverage
from geoapp.core.calendar import DayNature
from geoapp.core.errors import ConflictError, InvalidValueError, NotFoundError
from geoapp.core.results.coverage_hours import RegionHours
from geoapp.core.settings import Settings
from geoapp.operations.coverage import hours as coverage_hours
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.coverage.hours import hours_of_week, monday_of
from geoapp.operations.coverage.inputs import read_coverage_inputs
from geoapp.operations.coverage.results import region_figures
from geoapp.operations.ground.in_service import frame_of
from geoapp.store.engine import Database
from tests.operations.coverage.small_town import WANTED, moment, run_sql, town

__all__ = ["town"]

ZONE = ZoneInfo("Asia/Shanghai")
THIS_MONDAY = monday_of(datetime.now(ZONE).date())
# A week ahead: its Wednesday is made a holiday, its Saturday is worked in exchange.
WEEK = THIS_MONDAY + timedelta(days=14)
_MORE = [
    # code, hours, first day, last day (of the week, 0 is Monday), zone
    ("N-1", "Mo-Su 22:00-02:00", None, None, "Asia/Shanghai"),
    ("N-2", "Mo-Fr 20:30-06:00; PH off", None, None, "Asia/Shanghai"),
    ("N-3", "Mo-Fr 09:00-17:00; PH off", None, None, "Asia/Shanghai"),
    ("N-4", "Mo-Fr 09:00-17:00", 1, 4, "Asia/Shanghai"),
    ("N-5", "sunrise-sunset", None, None, "Asia/Shanghai"),
    ("N-6", "Mo-Su 08:00-12:00", None, None, "Asia/Urumqi"),
    ("N-7", "ask the guard", None, None, "Asia/Shanghai"),
]


@pytest.fixture
def nights(town: Database) -> Database:
    """The town with nights, holidays, days of opening and closing, another zone and an outline."""
    for number, (code, hours, first, last, zone) in enumerate(_MORE):
        days = [None if one is None else WEEK + timedelta(days=one) for one in (first, last)]
        run_sql(
            town,
            "insert into facility (code, kind_code, name_zh, geom, status, opening_hours, timezone, "
            "opened_on, opened_basis, closed_on, closed_basis, region_code, region_match) values (:code, "
            "'outdoor_station', :code, st_setsrid(st_makepoint(:lon, :lat), 4326), 'open', :hours, "
            ":zone, :first, :basis, :last, :basis, '370203', 'inside')",
            code=code,
            lon=120.35 + (number * 3 % 8) / 1000,
            lat=36.07 + (number * 5 % 9) / 1000,
            hours=hours,
            zone=zone,
            first=days[0],
            basis="unknown" if first is None else "known",
            last=days[1],
        )
    outline = "st_buffer(geom::geography, 250)::geometry"
    run_sql(town, f"update facility set geom = {outline} where code in ('T-2', 'N-1')")
    for day, nature in ((2, "holiday"), (5, "workday")):
        run_sql(
            town,
            "insert into calendar_day (day, nature) values (:day, :nature) "
            "on conflict (day) do update set nature = excluded.nature",
            day=WEEK + timedelta(days=day),
            nature=nature,
        )
    for day in (2, 5):
        run_sql(
            town,
            "insert into calendar_year (year, source) values (:year, 'test') on conflict do nothing",
            year=(WEEK + timedelta(days=day)).year,
        )
    profile = [round(0.2 + hour / 30, 2) for hour in range(24)]
    run_sql(
        town,
        "update demand_point set hours = :day where id % 3 = 0",
        day=[float(np.float32(one)) for one in profile],
    )
    run_sql(town, "update demand_point set hours = :week where id % 3 = 1", week=profile * 7)
    run_sql(town, "update demand_point set region_code = null where id % 7 = 0")
    return town


def by_code(rows: tuple[RegionHours, ...]) -> dict[str | None, RegionHours]:
    return {one.code: one for one in rows}


def test_every_hour_is_a_coverage_run_of_that_hour(nights: Database, settings: Settings) -> None:
    run = coverage_run.run_here(nights, settings, WANTED)
    told = hours_of_week(nights, run.id, WEEK + timedelta(days=3))
    assert told.week_from == WEEK
    assert [one.nature for one in told.days][2] is DayNature.HOLIDAY
    assert [one.nature for one in told.days][5] is DayNature.SHIFTED_WORKDAY
    assert told.without_region is not None
    assert (told.facilities, told.facilities_unread) == (11, 2)
    rows = by_code(told.regions)
    bands = set()
    rng = np.random.default_rng(11)
    # Midnights, the holiday and the day worked in exchange are always among them.
    hours = {0, 23, 24, 48, 57, 72, 129, 143, 167, *rng.choice(168, 6, replace=False).tolist()}
    for hour in sorted(hours):
        at = datetime.fromisoformat(told.hours[hour])
        wanted = replace(WANTED, at=at)
        inputs = read_coverage_inputs(nights, settings, wanted)
        for name, mask in (
            ("covered_low", [known is True for known in inputs.states]),
            ("covered_high", [known is not False for known in inputs.states]),
        ):
            found = coverage(
                inputs.demand,
                frame_of(inputs.placed),
                wanted.standard,
                estimate=inputs.ways.estimate,
                open_mask=np.array(mask, np.bool_),
                parents=inputs.stored.parents,
                at=inputs.local,
            )
            assert found.without_region is not None
            for one in (*found.regions, found.without_region):
                mine = told.without_region if one.code is None else rows[one.code]
                assert getattr(mine, name)[hour] == pytest.approx(one.covered_weight, abs=1e-5)
                assert mine.total[hour] == pytest.approx(one.weight, abs=1e-5)
        city = rows["370200"]
        bands.add((city.covered_low[hour], city.covered_high[hour]))
    assert len(bands) > 5
    assert any(low < high for low, high in bands)
    # One of them through the whole run, as a planner asks it.
    ordinary = coverage_run.run_here(nights, settings, replace(WANTED, at=at))
    for row in region_figures(nights, ordinary.id):
        assert rows[row.code].covered_low[hour] == pytest.approx(row.covered_weight, abs=1e-5)


def test_the_facilities_are_those_of_the_run(town: Database, settings: Settings) -> None:
    run = coverage_run.run_here(town, settings, replace(WANTED, families=("station",)))
    days = [datetime.now(ZONE).date()]
    before = hours_of_week(town, run.id, region="370203")
    days.append(datetime.now(ZONE).date())  # midnight may have come between
    assert before.week_from in map(monday_of, days)
    assert [one.code for one in before.regions] == ["370203"]
    run_sql(town, "update facility set status = 'closed', opening_hours = null")
    assert hours_of_week(town, run.id, before.week_from, region="370203") == before
    # One is always open: a step north, two east, one each way. From eight to six the other, a step
    # east of it, adds one point farther east and one beside that.
    (row,) = before.regions
    assert row.covered_low == row.covered_high
    assert row.covered_low[:24] == (50.0,) * 8 + (70.0,) * 10 + (50.0,) * 6
    assert set(row.total) == {250.0}


def test_what_cannot_be_told_is_said(
    town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = coverage_run.run_here(town, settings, replace(WANTED, at=moment("2015-06-01T12:00")))
    with pytest.raises(ConflictError, match="没有保存逐小时的数据"):
        hours_of_week(town, old.id)
    run = coverage_run.run_here(town, settings, WANTED)
    with pytest.raises(InvalidValueError, match="week"):
        hours_of_week(town, run.id, date(2015, 6, 1))
    with pytest.raises(NotFoundError):
        hours_of_week(town, run.id, region="999999")
    # Of a run that is too old to tell of this week, the week shown is its own.
    past = datetime.now(UTC) - timedelta(days=800)
    monkeypatch.setattr(coverage_hours, "now", lambda: past)
    aged = coverage_run.run_here(town, settings, WANTED)
    assert hours_of_week(town, aged.id).week_from == monday_of(past.astimezone(ZONE).date())
