"""The life of runs: cancelled, failed, lost, put back, taken up again."""

import io
import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from geoapp.core.errors import ConflictError
from geoapp.core.results.coverage import COVERAGE_RUNS
from geoapp.core.settings import Settings
from geoapp.core.words import RunStatus
from geoapp.operations.coverage import results as coverage_results
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.runs import lifecycle as runs
from geoapp.operations.runs.queue import cancel_run, store_run
from geoapp.operations.runs.state import read_run
from geoapp.operations.worker import execute
from geoapp.store.engine import Database
from tests.operations.coverage.small_town import ADMIN, WANTED, run_sql, town
from tests.operations.runs.workers import until, worker

__all__ = ["town"]


def test_a_queued_run_can_be_cancelled_and_is_then_left_alone(
    town: Database, settings: Settings
) -> None:
    run = coverage_run.start(town, WANTED, "wang")
    assert run.status is RunStatus.QUEUED
    with pytest.raises(ConflictError):
        coverage_results.gap_zones(town, run.id)
    assert cancel_run(town, COVERAGE_RUNS, run.id, by=ADMIN).status is RunStatus.CANCELLED
    execute(town, settings, run.id, threading.Event())
    assert read_run(town, COVERAGE_RUNS, run.id).status is RunStatus.CANCELLED


def test_a_running_run_is_cancelled_at_its_next_step(town: Database) -> None:
    run_id = store_run(town, COVERAGE_RUNS, WANTED.stored(), None)
    steps = []

    def work(attempt: runs.Attempt, _params: dict[str, Any]) -> None:
        attempt.progress(0.1)
        steps.append("before")
        cancel_run(town, COVERAGE_RUNS, run_id, by=ADMIN)
        end = time.monotonic() + 300  # a step soon learns of it, which one is open
        while time.monotonic() < end:
            attempt.progress(0.5)
        steps.append("never")

    runs.perform(town, run_id, work, threading.Event())
    run = read_run(town, COVERAGE_RUNS, run_id)
    assert run.status is RunStatus.CANCELLED
    assert steps == ["before"]


def test_a_failure_is_written_to_the_run(town: Database) -> None:
    run_id = store_run(town, COVERAGE_RUNS, WANTED.stored(), None)

    def work(_attempt: runs.Attempt, _params: dict[str, Any]) -> None:
        raise ZeroDivisionError("secret detail")

    runs.perform(town, run_id, work, threading.Event())
    run = read_run(town, COVERAGE_RUNS, run_id)
    assert run.status is RunStatus.FAILED
    assert run.error is not None
    assert "secret" not in run.error.both()


def test_a_stopping_worker_puts_its_run_back(town: Database, settings: Settings) -> None:
    run = coverage_run.start(town, WANTED, None)
    stopping = threading.Event()
    stopping.set()
    execute(town, settings, run.id, stopping)
    assert read_run(town, COVERAGE_RUNS, run.id).status is RunStatus.QUEUED
    execute(town, settings, run.id, threading.Event())
    assert read_run(town, COVERAGE_RUNS, run.id).status is RunStatus.SUCCEEDED


def test_a_lost_attempt_writes_nothing(town: Database, settings: Settings) -> None:
    run = coverage_run.start(town, WANTED, None)

    def work(attempt: runs.Attempt, params: dict[str, Any]) -> None:
        # While this worker was silent another one took the run up.
        run_sql(town, "update run set attempts = attempts + 1 where id = :id", id=run.id)
        coverage_run.work(town, settings)(attempt, params)

    runs.perform(town, run.id, work, threading.Event())
    assert read_run(town, COVERAGE_RUNS, run.id).status is RunStatus.RUNNING
    assert run_sql(town, "select count(*) from run_gap")[0][0] == 0


def test_silent_runs_are_queued_again_and_given_up_at_the_third_attempt(
    town: Database, settings: Settings
) -> None:
    run = coverage_run.start(town, WANTED, None)
    silent = timedelta(seconds=runs.SILENT_SECONDS + 1)
    for attempt in (1, 2, 3):
        run_sql(
            town,
            "update run set status = 'running', attempts = :attempt, "
            "heartbeat_at = clock_timestamp() - cast(:silent as interval) where id = :id",
            attempt=attempt,
            silent=silent,
            id=run.id,
        )
        runs.take_care(town)
        expected = RunStatus.QUEUED if attempt < runs.MAX_ATTEMPTS else RunStatus.FAILED
        assert read_run(town, COVERAGE_RUNS, run.id).status is expected


def losing(
    database: Database, settings: Settings, times: int
) -> Callable[[runs.Attempt, dict[str, Any]], None]:
    """Work that loses its connection so many times, as in a short outage, and then succeeds."""
    left = [times]

    def work(attempt: runs.Attempt, params: dict[str, Any]) -> None:
        if left[0]:
            left[0] -= 1
            run_sql(database, "select pg_terminate_backend(pg_backend_pid())")
        coverage_run.work(database, settings)(attempt, params)

    return work


def test_a_run_that_lost_the_store_is_queued_again(town: Database, settings: Settings) -> None:
    run = coverage_run.start(town, WANTED, None)
    work = losing(town, settings, 1)
    runs.perform(town, run.id, work, threading.Event())
    assert read_run(town, COVERAGE_RUNS, run.id).status is RunStatus.QUEUED
    jobs = run_sql(
        town, "select j.status::text from procrastinate_jobs j join run on run.job_id = j.id"
    )
    assert jobs == [("todo",)]
    runs.perform(town, run.id, work, threading.Event())
    assert read_run(town, COVERAGE_RUNS, run.id).status is RunStatus.SUCCEEDED


def test_a_run_that_loses_the_store_again_and_again_is_given_up(
    town: Database, settings: Settings
) -> None:
    run = coverage_run.start(town, WANTED, None)
    work = losing(town, settings, 10)
    for _ in range(runs.MAX_ATTEMPTS):
        assert read_run(town, COVERAGE_RUNS, run.id).status is RunStatus.QUEUED
        runs.perform(town, run.id, work, threading.Event())
    failed = read_run(town, COVERAGE_RUNS, run.id)
    assert failed.status is RunStatus.FAILED
    assert failed.error is not None
    assert "数据库" in failed.error.zh


def test_a_run_in_the_terminal_goes_on_after_an_outage(town: Database, settings: Settings) -> None:
    run_id = store_run(town, COVERAGE_RUNS, WANTED.stored(), None)
    runs.perform_here(town, run_id, losing(town, settings, 2))
    assert read_run(town, COVERAGE_RUNS, run_id).status is RunStatus.SUCCEEDED
    assert run_sql(town, "select attempts from run") == [(3,)]


def test_a_queued_run_whose_job_is_gone_is_queued_again(town: Database) -> None:
    run = coverage_run.start(town, WANTED, None)
    run_sql(town, "update run set created_at = created_at - interval '1 hour'")
    runs.take_care(town)
    [(first,)] = run_sql(town, "select id from procrastinate_jobs")
    # A worker had fetched the job, and lost the store, or died, before it took the run.
    run_sql(town, "delete from procrastinate_jobs")
    runs.take_care(town)
    jobs = run_sql(town, "select id, args ->> 'run_id' from procrastinate_jobs")
    assert [int(number) for _, number in jobs] == [run.id]
    assert jobs[0][0] != first


def test_a_run_that_never_came_into_the_queue_is_found(town: Database) -> None:
    run_id = store_run(town, COVERAGE_RUNS, WANTED.stored(), None)
    run_sql(town, "update run set created_at = created_at - interval '1 hour'")
    runs.take_care(town)
    jobs = run_sql(town, "select args ->> 'run_id' from procrastinate_jobs where status = 'todo'")
    assert [int(number) for (number,) in jobs] == [run_id]


def test_a_killed_workers_run_is_taken_up_again(town: Database) -> None:
    # A demand set large enough to be caught in the middle.
    run_sql(
        town,
        "insert into demand_point (set_id, geom, weight, region_code) select s.id, "
        "st_setsrid(st_makepoint(120 + random(), 36 + random()), 4326), 1, '370203' "
        "from demand_set s, generate_series(1, 100000)",
    )
    run = coverage_run.start(town, WANTED, None)

    def status() -> RunStatus:
        return read_run(town, COVERAGE_RUNS, run.id).status

    with worker(town) as first:
        until(lambda: status() is RunStatus.RUNNING)
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert status() is RunStatus.RUNNING
    assert run_sql(town, "select count(*) from run_region")[0][0] == 0
    run_sql(town, "update run set heartbeat_at = heartbeat_at - interval '1 minute'")
    # The worker answers schedules too; nothing is published here.
    run_sql(
        town,
        "insert into coverage_schedule (every, hour, next_at) values ('night', 2, '2026-01-01Z')",
    )
    with worker(town) as second:
        until(lambda: status() is RunStatus.SUCCEEDED)
        until(
            lambda: (
                run_sql(town, "select last_outcome from coverage_schedule") == [("unpublished",)]
            )
        )
        second.send_signal(signal.SIGTERM)
        assert second.wait(30) == 0
    found = read_run(town, COVERAGE_RUNS, run.id)
    assert found.result is not None
    assert found.result.total.weight == 100_250
    assert run_sql(town, "select attempts from run")[0][0] == 2
    [(data,)] = run_sql(town, "select data from run_array where name = 'walk_m'")
    assert len(np.load(io.BytesIO(data))) == 100_025
