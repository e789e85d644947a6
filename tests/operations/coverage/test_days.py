"""A run with the facilities of an earlier day is what a run would have said then, within its band."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from geoapp.analysis.coverage.coverage import coverage
from geoapp.core.settings import Settings
from geoapp.core.words import Status
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.coverage.days import shares_on_day
from geoapp.operations.coverage.inputs import read_coverage_inputs
from geoapp.operations.ground.in_service import frame_of
from geoapp.operations.ground.standing import surely_on
from geoapp.store.engine import Database
from geoapp.store.facilities.as_of import AsOf
from geoapp.store.facilities.read import read_placed_on
from tests.operations.coverage.small_town import WANTED, moment, run_sql, town

__all__ = ["town"]


@pytest.fixture
def dated(town: Database) -> Database:
    """The town with dates that are known, of a year alone, and not known; one more stood and closed.

    T-1 since 2020, T-2 since some day of 2021, T-3 nobody knows since when, T-4 since 2023-05-01,
    T-5 from 2019-01-01 to 2022-07-01; T-6 is suspended.
    """
    for code, opened, basis in (
        ("T-1", "2020-01-01", "known"),
        ("T-2", "2021-01-01", "year"),
        ("T-4", "2023-05-01", "known"),
    ):
        run_sql(
            town,
            "update facility set opened_on = :day, opened_basis = :basis where code = :code",
            code=code,
            day=date.fromisoformat(opened),
            basis=basis,
        )
    run_sql(
        town,
        "update facility set opened_on = '2019-01-01', opened_basis = 'known', closed_on = "
        "'2022-07-01', closed_basis = 'known', status = 'closed' where code = 'T-5'",
    )
    run_sql(town, "update demand_point set region_code = null where id % 7 = 0")
    return town


def test_any_day_is_a_run_of_what_stood_then(dated: Database, settings: Settings) -> None:
    run = coverage_run.run_here(dated, settings, WANTED)
    inputs = read_coverage_inputs(dated, settings, WANTED)
    today = datetime.now(ZoneInfo(settings.timezone)).date()
    bands = set()
    days = ("2018-06-01", "2019-06-01", "2020-06-01", "2021-06-01", "2022-06-01", "2022-08-01")
    for day in (*map(date.fromisoformat, (*days, "2024-01-01")), today):
        told = shares_on_day(dated, settings, run, day)
        assert told is not None and told.later == 0
        with dated.session() as session:
            placed = read_placed_on(session, AsOf(day, today, frozenset({Status.OPEN})))
        assert placed
        for end, mask in enumerate(([surely_on(one, day) for one in placed], [True] * len(placed))):
            found = coverage(
                inputs.demand,
                frame_of(placed),
                WANTED.standard,
                estimate=inputs.ways.estimate,
                open_mask=np.array(mask, np.bool_),
                parents=inputs.stored.parents,
            )
            assert told.whole is not None
            whole = inputs.demand.weight[found.covered].sum() / inputs.demand.weight.sum()
            assert told.whole[end] == pytest.approx(whole), (day, end)
            here = np.array([one == "370203" for one in inputs.stored.demand.region.tolist()])
            share = (
                inputs.demand.weight[found.covered & here].sum() / inputs.demand.weight[here].sum()
            )
            for code in ("370203", "370200"):
                band = told.shares[code]
                assert band is not None and band[end] == pytest.approx(share), (day, code, end)
        bands.add(told.whole)
    assert len(bands) > 3
    # By hand: in June 2021 T-1 and T-5 stood; T-2 and T-3, and T-6 before it was suspended, may have.
    told = shares_on_day(dated, settings, run, date(2021, 6, 1))
    assert told is not None
    assert (told.facilities.known, told.facilities.possible) == (2, 3)
    now = shares_on_day(dated, settings, run, today)
    assert now is not None and now.whole is not None and run.result is not None
    assert now.whole == pytest.approx((run.result.total.covered_share,) * 2)


def test_what_it_cannot_tell(dated: Database, settings: Settings) -> None:
    run = coverage_run.run_here(dated, settings, WANTED)
    before = shares_on_day(dated, settings, run, date(2022, 8, 1))
    run_sql(
        dated,
        "insert into facility (code, kind_code, name_zh, geom, status, opened_on, opened_basis, "
        "region_code, region_match) values ('T-9', 'outdoor_station', '新', st_setsrid(st_makepoint("
        "120.358, 36.078), 4326), 'open', '2010-01-01', 'known', '370203', 'inside')",
    )
    told = shares_on_day(dated, settings, run, date(2022, 8, 1))
    assert told is not None and before is not None
    assert told.later == 1 and told.whole == before.whole
    assert told.facilities.known == before.facilities.known + 1
    # Families that the question leaves out are in neither number.
    bases = coverage_run.run_here(dated, settings, replace(WANTED, families=("base",)))
    of_bases = shares_on_day(dated, settings, bases, date(2024, 1, 1))
    assert of_bases is not None and of_bases.facilities.known == 1
    # About a moment, or from before this was kept.
    at = coverage_run.run_here(dated, settings, replace(WANTED, at=moment("2026-11-23T10:00")))
    assert shares_on_day(dated, settings, at, date(2024, 1, 1)) is None
    run_sql(dated, "delete from run_array where run_id = :id and name = 'days_about'", id=run.id)
    assert shares_on_day(dated, settings, run, date(2024, 1, 1)) is None
