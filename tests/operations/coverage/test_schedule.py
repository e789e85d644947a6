"""A published answer is computed anew by the clock, where something has changed, and proposed."""

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from geoapp.cli import main
from geoapp.core.errors import InvalidValueError, NotAllowedError, NotFoundError
from geoapp.core.results.coverage import COVERAGE_RUNS
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.words import Every, Outcome, RunStatus
from geoapp.operations.coverage import official, schedule
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.runs.lifecycle import perform_here
from geoapp.operations.runs.state import read_run
from geoapp.reports.words.official import outcome_text
from geoapp.store.engine import Database
from tests.answers import publish_run
from tests.operations.coverage.small_town import WANTED, run_sql, town
from tests.web.api_client import client_of, make_app

__all__ = ["town"]


@pytest.mark.parametrize(
    ("every", "hour", "now", "zone", "due"),
    [
        (Every.NIGHT, 2, "2026-11-28T17:59:59", "Asia/Shanghai", "2026-11-28T18:00"),
        # On the stroke it is due, and the next is tomorrow's.
        (Every.NIGHT, 2, "2026-11-28T18:00:00", "Asia/Shanghai", "2026-11-29T18:00"),
        (Every.NIGHT, 0, "2026-12-31T15:00:00", "Asia/Shanghai", "2026-12-31T16:00"),
        (Every.MONTH, 2, "2026-11-30T17:00:00", "Asia/Shanghai", "2026-11-30T18:00"),
        (Every.MONTH, 2, "2026-11-30T18:00:00", "Asia/Shanghai", "2026-12-31T18:00"),
        (Every.MONTH, 0, "2028-02-01T16:00:00", "Asia/Shanghai", "2028-02-29T16:00"),
        # The hour that a spring night leaves out.
        (Every.NIGHT, 3, "2027-03-27T12:00:00", "Europe/Helsinki", "2027-03-28T01:00"),
    ],
)
def test_the_next_moment(every: Every, hour: int, now: str, zone: str, due: str) -> None:
    found = schedule.next_moment(every, hour, datetime.fromisoformat(f"{now}+00:00"), zone)
    assert found == datetime.fromisoformat(f"{due}:00+00:00")


def make_due(town: Database) -> None:
    run_sql(town, "update coverage_schedule set next_at = clock_timestamp() - interval '3 days'")


def test_what_changed_is_computed_once_and_waits_to_be_published(
    town: Database, settings: Settings
) -> None:
    with pytest.raises(NotFoundError, match=r"^没有公布的覆盖结果"):
        schedule.set_schedule(town, settings, None, Every.NIGHT, 2, by="manager")
    first = publish_run(town, settings, WANTED)
    made = schedule.set_schedule(town, settings, None, Every.NIGHT, 2, by="manager")
    assert outcome_text(made, "Asia/Shanghai") is None
    assert schedule.do_due(town, settings) == 0
    make_due(town)
    # Three nights were missed: that is one question.
    assert schedule.do_due(town, settings) == 1
    (known,) = schedule.schedules(town)
    assert (known.last_outcome, known.last_run) == (Outcome.UNCHANGED, None)
    assert known.next_at > datetime.now(UTC)

    run_sql(
        town, "update facility set status = 'closed' where code = (select min(code) from facility)"
    )
    make_due(town)
    assert schedule.do_due(town, settings) == 1
    (known,) = schedule.schedules(town)
    assert known.last_outcome is Outcome.STARTED
    assert known.last_run is not None
    proposed = read_run(town, COVERAGE_RUNS, known.last_run)
    assert (proposed.status, proposed.params, proposed.created_by) == (
        RunStatus.QUEUED,
        first.params,
        "manager",
    )
    perform_here(town, proposed.id, coverage_run.work(town, settings))
    # It is proposed, not published; and it is not computed again as long as nothing changes.
    assert official.needed(town).run.id == first.id
    make_due(town)
    schedule.do_due(town, settings)
    (known,) = schedule.schedules(town)
    assert (known.last_outcome, known.last_run) == (Outcome.UNCHANGED, proposed.id)
    official.withdraw_run(town, first.id)
    make_due(town)
    schedule.do_due(town, settings)
    assert schedule.schedules(town)[0].last_outcome is Outcome.UNPUBLISHED


def test_who_may_and_what_is_refused(
    town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_run(town, settings, WANTED)
    with pytest.raises(InvalidValueError):
        schedule.set_schedule(town, settings, None, Every.NIGHT, 24, by=None)
    with pytest.raises(NotAllowedError):
        schedule.set_schedule(town, settings, None, Every.NIGHT, 2, by="a", kept_to=["370203"])
    app = make_app(settings, town)
    monthly = {"region": "", "every": "month", "hour": "5"}
    for role, status in {None: 302, Role.PLANNER: 403, Role.MANAGER: 303}.items():
        client = client_of(app, town, role)
        assert client.post("/publications/schedules", data=monthly).status_code == status
    (known,) = schedule.schedules(town)
    assert (known.every, known.hour) == (Every.MONTH, 5)
    for wrong in ({"every": "hour"}, {"hour": "24"}, {"hour": "-1"}, {"region": "nowhere"}):
        answer = client.post("/publications/schedules", data=monthly | wrong)
        assert answer.status_code in (404, 422), wrong
    assert "每月 1 日 5:00" in client.get("/publications?lang=zh").text
    assert "schedule-form" not in client_of(app, town, Role.PLANNER).get("/publications").text
    assert "每月 1 日" not in app.test_client().get("/publications?lang=zh").text
    monkeypatch.setenv("DATABASE_URL", town.url)
    said = CliRunner().invoke(main, ["schedule", "--every", "night", "--hour", "3"])
    assert (said.exit_code, "每晚 3:00" in said.output) == (0, True)
    assert len(schedule.schedules(town)) == 1
    assert "每晚 3:00" in CliRunner().invoke(main, ["schedule"]).output
    assert CliRunner().invoke(main, ["schedule", "--every", "never"]).exit_code == 0
    assert CliRunner().invoke(main, ["schedule", "--every", "never"]).exit_code != 0
    assert schedule.schedules(town) == []
