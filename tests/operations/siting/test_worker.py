"""A real worker at a search that takes long: its progress is told, a cancel keeps the best so far."""

import numpy as np
import pytest

from geoapp.core.questions.siting import SitingModel, SitingParameters
from geoapp.core.results.siting import SITING_RUNS
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.words import RunStatus
from geoapp.operations.runs import lifecycle as runs
from geoapp.operations.runs.queue import cancel_run
from geoapp.operations.runs.state import read_run
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting import run as siting_run
from geoapp.operations.upkeep.init import initialise
from geoapp.operations.upkeep.users import SignedInUser
from geoapp.reports.words.siting import gap_words
from geoapp.store.engine import Database
from tests.operations.coverage.small_town import run_sql
from tests.operations.runs.workers import until, worker

ADMIN = SignedInUser(9, "ada", Role.ADMIN)

HARD = SitingParameters(
    model=SitingModel.P_MEDIAN,
    p=40,
    standard_m=700.0,
    spacing_m=200.0,
    time_limit_seconds=900.0,
)


@pytest.fixture
def city(database: Database) -> Database:
    """2,500 demand points of random weight in a square of 9 km."""
    initialise(database)
    random = np.random.default_rng(7)
    run_sql(database, "insert into demand_set (code, name_zh) values ('city', '城')")
    with database.session() as session:
        driver = session.connection().connection.driver_connection
        with driver.cursor() as cursor:  # type: ignore[union-attr]
            cursor.executemany(
                "insert into demand_point (set_id, geom, weight) select id, "
                "st_setsrid(st_makepoint(%s, %s), 4326), %s from demand_set",
                [
                    (120.3 + float(x) / 10, 36.0 + float(y) / 12, float(w))
                    for x, y, w in zip(
                        random.random(2_500),
                        random.random(2_500),
                        random.integers(1, 99, 2_500),
                        strict=True,
                    )
                ],
            )
    return database


def test_a_cancel_keeps_the_best_so_far(city: Database) -> None:
    run = siting_run.start(city, HARD, "wang")
    with worker(city):
        until(lambda: "求解：目前" in read_run(city, SITING_RUNS, run.id).step.zh)
        told = read_run(city, SITING_RUNS, run.id)
        assert told.status is RunStatus.RUNNING
        assert "within" in told.step.en
        cancel_run(city, SITING_RUNS, run.id, by=ADMIN)
        until(lambda: read_run(city, SITING_RUNS, run.id).status is not RunStatus.RUNNING)
    done = read_run(city, SITING_RUNS, run.id)
    assert (done.status, done.cancel_requested) == (RunStatus.SUCCEEDED, True)
    assert done.result is not None
    assert (done.result.status, done.result.proven) == ("cancelled", False)
    assert 0 < done.result.bound < done.result.objective
    assert "最优" not in gap_words(done.result).zh
    sites = siting_results.sites_of(city, run.id)
    assert len(sites) == done.result.sites == 40
    assert sum(site.adds for site in sites) == done.result.total.added_weight


def test_a_killed_worker_leaves_nothing_half_written(city: Database, settings: Settings) -> None:
    run = siting_run.start(city, HARD, None)
    with worker(city) as process:
        until(lambda: "求解" in read_run(city, SITING_RUNS, run.id).step.zh)
        process.kill()
        process.wait()
    assert read_run(city, SITING_RUNS, run.id).status is RunStatus.RUNNING
    for table in ("run_site", "run_region"):
        assert run_sql(city, f"select count(*) from {table}")[0][0] == 0
    run_sql(
        city,
        "update run set heartbeat_at = clock_timestamp() - interval '1 minute', "
        "params = params || '{\"time_limit_seconds\": 0.5}'",
    )
    runs.take_care(city)
    assert read_run(city, SITING_RUNS, run.id).status is RunStatus.QUEUED
    with worker(city):
        until(lambda: read_run(city, SITING_RUNS, run.id).status is RunStatus.SUCCEEDED)
    done = read_run(city, SITING_RUNS, run.id)
    assert done.result is not None
    # Half a second is no time for a proof, and none is claimed.
    assert (done.result.status, done.result.proven) == ("time_limit", False)
    assert done.result.gap_share > 0
    assert len(siting_results.sites_of(city, run.id)) == 40
