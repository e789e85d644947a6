"""The machine's clock jumps by a day and back: nobody is locked out, nothing is done for ever or never.

What the clock has left while it was ahead is written into the store as it would have been.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from itsdangerous import timed

from geoapp.core.results.coverage import COVERAGE_RUNS
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.words import Every, RunStatus
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.coverage import schedule
from geoapp.operations.monthly import kept
from geoapp.operations.runs import lifecycle as runs
from geoapp.operations.runs.state import read_run
from geoapp.operations.upkeep.guessing import count_guess, is_guessing
from geoapp.operations.upkeep.users import save_user
from geoapp.store.engine import Database
from geoapp.store.models import ApiKeyPace
from geoapp.store.pace import take_place
from geoapp.store.voices import wait_seconds
from tests.answers import publish_run
from tests.operations.coverage.small_town import WANTED, run_sql, town
from tests.web.api_client import client_of, make_app
from tests.web.edge.test_api_keys import key_for

__all__ = ["town"]


class YesterdaysClock(datetime):
    """The clock of a worker's machine that is two days behind the database's."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return datetime.now(tz) - timedelta(days=2)


def test_no_limit_holds_longer_than_it_says(town: Database) -> None:
    for _ in range(10):
        count_guess(town, "secret", "wang", "10.0.0.1")
    assert is_guessing(town, "secret", "wang", "10.0.0.1")
    with town.session() as session:
        assert wait_seconds(session, b"key", 1) == 0
    with town.session() as session:
        assert wait_seconds(session, b"key", 1) > 0
    save_user(town, "wang", Role.STEWARD, "a-long-password-77")
    key_for(town, "wang")
    number = run_sql(town, "select id from api_key")[0][0]

    def waits() -> float:
        with town.session() as session:
            return take_place(session, ApiKeyPace, number, 2)

    assert [waits() > 0 for _ in range(3)] == [False, False, True]
    # The clock is set back by a day.
    run_sql(town, "update sign_in_failure set at = at + interval '1 day'")
    run_sql(town, "update report_count set at = at + interval '1 day'")
    run_sql(town, "update api_key_pace set busy_until = busy_until + interval '1 day'")
    assert not is_guessing(town, "secret", "wang", "10.0.0.1")
    with town.session() as session:
        assert wait_seconds(session, b"key", 1) == 0
    # And the limit is what it was.
    assert [waits() > 0 for _ in range(3)] == [False, False, True]


def test_nobody_is_signed_out(
    town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(make_app(settings, town), town, Role.STEWARD)
    assert client.get("/account").status_code == 200
    later = time.time() + 3600
    with monkeypatch.context() as ahead:
        ahead.setattr(timed.time, "time", lambda: later)
        assert client.get("/account").status_code == 200
        with client.session_transaction() as session:
            session["signed"] = "anew"
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("jump", ["1 day", "-1 day"])
def test_a_run_whose_worker_died_is_taken_up_again(
    town: Database, settings: Settings, jump: str
) -> None:
    run = coverage_run.start(town, WANTED, None)
    run_sql(
        town,
        "update run set status = 'running', attempts = 1, "
        "heartbeat_at = clock_timestamp() - cast(:jump as interval) where id = :id",
        jump=jump,
        id=run.id,
    )
    runs.take_care(town)
    assert read_run(town, COVERAGE_RUNS, run.id).status is RunStatus.QUEUED


def test_a_schedule_goes_by_the_clock_that_says_it_is_due(
    town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_run(town, settings, WANTED)
    schedule.set_schedule(town, settings, None, Every.NIGHT, 2, by="manager")
    run_sql(town, "update coverage_schedule set next_at = clock_timestamp() - interval '1 hour'")
    monkeypatch.setattr(schedule, "datetime", YesterdaysClock)
    monkeypatch.setattr(kept, "datetime", YesterdaysClock)
    assert schedule.do_due(town, settings) == 1  # and not again and again
    (found,) = schedule.schedules(town)
    assert found.next_at > datetime.now(UTC)
    assert schedule.do_due(town, settings) == 0
