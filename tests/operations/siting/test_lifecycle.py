"""Siting runs that are cancelled, lost, put back, or cannot be written."""

import threading
from dataclasses import replace
from typing import Any

import pytest

from geoapp.core.errors import ConflictError, NotFoundError
from geoapp.core.results.coverage import COVERAGE_RUNS
from geoapp.core.results.siting import SITING_RUNS
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.words import RunStatus
from geoapp.operations.runs import lifecycle as runs
from geoapp.operations.runs.queue import cancel_run, store_run
from geoapp.operations.runs.state import read_run
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting import run as siting_run
from geoapp.operations.upkeep.users import SignedInUser
from geoapp.operations.worker import execute
from geoapp.store.engine import Database
from geoapp.store.runs.found import save_results
from tests.operations.siting.five_hosts import WANTED, run_sql, town

__all__ = ["town"]

ADMIN = SignedInUser(9, "ada", Role.ADMIN)


def test_a_cancel_while_solving_keeps_the_best_so_far(
    town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop_early(inputs: Any, wanted: Any, *, progress: Any, cancelled: Any, **more: Any) -> Any:
        progress(1.0, 2.0)
        cancel_run(town, SITING_RUNS, run_id, by=ADMIN)
        while not cancelled():
            pass
        # The library is asked with a flag that is up: it answers with its first plan.
        return real(inputs, wanted, progress=progress, cancelled=cancelled, **more)

    real = siting_run.solve_siting
    monkeypatch.setattr(siting_run, "solve_siting", stop_early)
    wanted = replace(WANTED, p=2)
    run_id = store_run(town, SITING_RUNS, wanted.stored(), None)
    runs.perform_here(town, run_id, siting_run.work(town, settings))
    run = read_run(town, SITING_RUNS, run_id)
    assert (run.status, run.cancel_requested) == (RunStatus.SUCCEEDED, True)
    assert run.result is not None
    assert run.result.status in ("cancelled", "optimal")
    assert (run.result.status == "optimal") == (run.result.gap_share == 0)
    assert len(siting_results.sites_of(town, run_id)) == 2


def test_a_cancel_before_solving_has_no_results(
    town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop_early(*_: Any, **__: Any) -> Any:
        cancel_run(town, SITING_RUNS, run_id, by=ADMIN)
        while True:
            tell(0.5, None)

    def reading(_database: Any, _settings: Any, _wanted: Any, progress: Any) -> Any:
        nonlocal tell
        tell = progress
        return stop_early()

    tell: Any = None
    monkeypatch.setattr(siting_run, "read_siting_inputs", reading)
    run_id = store_run(town, SITING_RUNS, WANTED.stored(), None)
    runs.perform_here(town, run_id, siting_run.work(town, settings))
    run = read_run(town, SITING_RUNS, run_id)
    assert (run.status, run.result) == (RunStatus.CANCELLED, None)
    with pytest.raises(ConflictError):
        siting_results.sites_of(town, run_id)


def test_a_lost_attempt_writes_nothing_and_a_stopping_worker_puts_its_run_back(
    town: Database, settings: Settings
) -> None:
    run = siting_run.start(town, WANTED, "wang")
    assert run.created_by == "wang"
    stopping = threading.Event()
    stopping.set()
    execute(town, settings, run.id, stopping)
    assert read_run(town, SITING_RUNS, run.id).status is RunStatus.QUEUED

    def work(attempt: runs.Attempt, params: dict[str, Any]) -> None:
        # While this worker was silent another one took the run up.
        run_sql(town, "update run set attempts = attempts + 1 where id = :id", id=run.id)
        siting_run.work(town, settings)(attempt, params)

    runs.perform(town, run.id, work, threading.Event())
    assert read_run(town, SITING_RUNS, run.id).status is RunStatus.RUNNING
    for table in ("run_site", "run_region"):
        assert run_sql(town, f"select count(*) from {table}")[0][0] == 0
    run_sql(town, "update run set status = 'queued' where id = :id", id=run.id)
    execute(town, settings, run.id, threading.Event())
    assert read_run(town, SITING_RUNS, run.id).status is RunStatus.SUCCEEDED
    assert len(siting_results.sites_of(town, run.id)) == 1
    with pytest.raises(NotFoundError):
        read_run(town, COVERAGE_RUNS, run.id)


def test_results_are_written_whole_or_not_at_all(
    town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*rows: Any, **more: Any) -> None:
        save_results(*rows, **more)
        raise OSError("the disk is full")

    monkeypatch.setattr(siting_results, "save_results", fail)
    run = siting_run.run_here(town, settings, WANTED)
    assert (run.status, run.result) == (RunStatus.FAILED, None)
    for table in ("run_site", "run_region"):
        assert run_sql(town, f"select count(*) from {table}")[0][0] == 0
