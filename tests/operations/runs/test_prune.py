"""Old runs leave by rule; what anybody relies on stays."""

from datetime import timedelta

from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.results.coverage import COVERAGE_RUNS
from geoapp.core.settings import Settings
from geoapp.operations.coverage import official
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.runs.prune import prune_runs
from geoapp.operations.runs.queue import cancel_run
from geoapp.store.engine import Database
from geoapp.store.runs.prune import lock_runs, old_runs
from tests.operations.coverage.small_town import ADMIN, WANTED, run_sql, town

__all__ = ["town"]

AGE = timedelta(days=90)


def _runs(database: Database) -> list[int]:
    return [row.id for row in run_sql(database, "select id from run order by id")]


def _aged(database: Database, days: int) -> None:
    run_sql(
        database,
        "update run set finished_at = clock_timestamp() - make_interval(days => :days)",
        days=days,
    )


def test_what_nobody_relies_on_goes(town: Database, settings: Settings) -> None:
    def run(wanted: CoverageParameters = WANTED) -> int:
        return coverage_run.run_here(town, settings, wanted).id

    published, withdrawn, scenario, plain, elsewhere = (
        run(),
        run(),
        run(),
        run(),
        run(CoverageParameters(standard_m=500.0, region="370203")),
    )
    cancelled = coverage_run.start(town, WANTED, "wang").id
    cancel_run(town, COVERAGE_RUNS, cancelled, by=ADMIN)
    newest = run()
    waiting = coverage_run.start(town, WANTED, "wang").id
    everything = [
        published,
        withdrawn,
        scenario,
        plain,
        elsewhere,
        cancelled,
        newest,
        waiting,
    ]
    official.publish(town, published, by="manager")
    taken_back = official.publish(town, withdrawn, by="manager")
    official.withdraw(town, taken_back.id, by="manager")
    run_sql(
        town,
        """
        with s as (insert into scenario (name, owner, audience, version)
                   values ('a', 'wang', 'owner', 1) returning id)
        insert into scenario_version (scenario_id, version, name, question, run_id, saved_by)
        select id, 1, 'a', '{}', :run, 'wang' from s
        """,
        run=scenario,
    )

    _aged(town, 89)
    assert prune_runs(town, 90).runs == []
    _aged(town, 91)
    told = prune_runs(town, 90, dry_run=True)
    assert told.runs == [plain, cancelled]
    size = "select sum(octet_length(data)) as n from run_array where run_id = :run"
    assert told.array_bytes == run_sql(town, size, run=plain)[0].n > 0
    assert _runs(town) == everything
    assert prune_runs(town, 90) == told
    assert _runs(town) == [run for run in everything if run not in {plain, cancelled}]
    assert prune_runs(town, 90).runs == []
    # What the runs had found went with them.
    left = run_sql(town, "select distinct run_id from run_array order by 1")
    assert plain not in {row.run_id for row in left}


def test_a_run_that_is_published_meanwhile_stays(town: Database, settings: Settings) -> None:
    """Somebody publishes between the first look and the lock: the second look sees it."""
    run = coverage_run.run_here(town, settings, WANTED).id
    coverage_run.run_here(town, settings, WANTED)
    _aged(town, 91)
    with town.session() as session:
        found = old_runs(session, AGE).runs
        assert found == [run]
        official.publish(town, run, by="manager")
        lock_runs(session, found)
        assert old_runs(session, AGE).runs == []
