"""What is published stands for its region until a newer one does, or it is withdrawn."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from geoapp.core.errors import ConflictError, NotAllowedError, NotFoundError
from geoapp.core.settings import Settings
from geoapp.operations.coverage import official
from geoapp.operations.coverage import run as coverage_run
from geoapp.reports.words.official import freshness_text
from geoapp.store.engine import Database
from tests.answers import publish_run
from tests.operations.coverage.small_town import WANTED, run_sql, town

__all__ = ["town"]

CITY = replace(WANTED, region="370200")
DISTRICT = replace(WANTED, region="370203")


def stands(database: Database, region: str | None = None) -> int | None:
    found = official.official(database, region)
    return None if found is None else found.run.id


def test_a_planners_run_replaces_nothing(town: Database, settings: Settings) -> None:
    assert stands(town) is None
    with pytest.raises(NotFoundError, match=r"^没有公布的覆盖结果"):
        official.needed(town)
    first = publish_run(town, settings, CITY)
    other = coverage_run.run_here(town, settings, DISTRICT)
    assert stands(town) == stands(town, "370203") == stands(town, "370200") == first.id
    # A district's own answer stands for the district alone.
    official.publish(town, other.id, by="manager")
    assert (stands(town), stands(town, "370203"), stands(town, "370200")) == (
        first.id,
        other.id,
        first.id,
    )
    whole = publish_run(town, settings, WANTED)
    assert (stands(town), stands(town, "370200")) == (whole.id, first.id)
    with pytest.raises(NotFoundError):
        official.official(town, "999999")


def test_a_newer_one_takes_its_place_and_withdrawing_gives_it_back(
    town: Database, settings: Settings
) -> None:
    before = datetime.now(UTC)
    first = publish_run(town, settings, WANTED)
    with pytest.raises(ConflictError):
        official.publish(town, first.id, by="manager")
    second = publish_run(town, settings, WANTED)
    newest = official.publications(town)[0]
    assert stands(town) == second.id
    # As of the moment of the first, the first stands; before it nothing does.
    then = official.publications(town)[1].published_at
    found = official.official(town, at=then)
    assert found is not None
    assert found.run.id == first.id
    assert official.official(town, at=before - timedelta(days=1)) is None
    official.withdraw(town, newest.id, by="manager")
    assert stands(town) == first.id
    with pytest.raises(ConflictError):
        official.withdraw(town, newest.id, by="manager")
    official.withdraw_run(town, first.id)
    assert stands(town) is None
    assert [one.run_id for one in official.publications(town)] == [second.id, first.id]
    with pytest.raises(NotFoundError):
        official.withdraw(town, 2**62, by=None)


def test_what_is_no_answer_is_not_published(town: Database, settings: Settings) -> None:
    with pytest.raises(NotFoundError):
        official.publish(town, 1, by="manager")
    queued = coverage_run.start(town, WANTED, "planner")
    with pytest.raises(ConflictError):
        official.publish(town, queued.id, by="manager")


def test_a_manager_of_a_district_publishes_for_it_alone(town: Database, settings: Settings) -> None:
    whole = coverage_run.run_here(town, settings, WANTED)
    district = coverage_run.run_here(town, settings, DISTRICT)
    for kept_to in (["370203"], ["370200"]):
        with pytest.raises(NotAllowedError):
            official.publish(town, whole.id, by="manager", kept_to=kept_to)
    made = official.publish(town, district.id, by="manager", kept_to=["370203"])
    with pytest.raises(NotAllowedError):
        official.withdraw(town, made.id, by="manager", kept_to=["999999"])
    with pytest.raises(NotAllowedError):
        official.recompute(town, whole, "manager", kept_to=["370203"])


def test_what_changed_since_is_counted_once(town: Database, settings: Settings) -> None:
    run = publish_run(town, settings, CITY)
    fresh = official.freshness(town, settings, run)
    assert (fresh.is_fresh, fresh.facilities, fresh.others) == (True, 0, ())
    run_sql(town, "update facility set phone = '1' where code in ('T-1', 'T-2')")
    run_sql(town, "update facility set phone = '2' where code = 'T-1'")
    run_sql(town, "delete from facility where code = 'T-6'")
    run_sql(town, "update demand_set set version = version + 1")
    fresh = official.freshness(town, settings, run)
    assert fresh.facilities == 3
    named = official.changed_since(town, run)
    assert {one.code for one in named} == {"T-1", "T-2", "T-6"}
    assert {one.code for one in named if one.name_zh is None} == {"T-6"}
    assert len(official.changed_since(town, run, most=2)) == 2
    assert [one.zh for one in fresh.others] == ["需求数据"]
    assert freshness_text(fresh).zh == "此后 3 处站点有变化；需求数据换了新的。"
    again = official.recompute(town, run, "manager")
    assert again.params["region"] == "370200"
    # Pressed twice, it is computed once.
    assert official.recompute(town, run, "manager").id == again.id
    assert stands(town) == run.id
