"""Scenarios: every save is kept, colleagues see what they may, nobody overwrites another's work."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import event, text

from geoapp.core.errors import ConflictError, InvalidValueError, NotAllowedError, NotFoundError
from geoapp.core.questions.siting import DrawnSite, SitingParameters
from geoapp.core.results.siting import SITING_RUNS
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.runs.queue import cancel_run
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting import scenarios
from geoapp.operations.siting.scenarios import Audience, SavedScenario
from geoapp.operations.upkeep.init import initialise
from geoapp.operations.upkeep.users import SignedInUser
from geoapp.store.engine import Database
from tests.seed import seed_town

ANN = SignedInUser(1, "ann", Role.PLANNER)
BEN = SignedInUser(2, "ben", Role.PLANNER)
MEG = SignedInUser(3, "meg", Role.MANAGER)
QUESTION = SitingParameters(p=2, standard_m=400)
PLACED = replace(QUESTION, drawn=(DrawnSite("M1", 120.35, 36.07),), fixed=("M1",))


def kept(database: Database, audience: Audience = Audience.OWNER) -> SavedScenario:
    """Keep a scenario of Ann's."""
    return scenarios.create(database, ANN, "  市北  夜班 ", audience, QUESTION, None)


def test_every_version_is_kept_and_can_come_back(database: Database) -> None:
    first = kept(database)
    assert (first.name, first.version, first.question) == ("市北 夜班", 1, QUESTION)
    second = scenarios.save(database, ANN, first.id, 1, "夜班二", PLACED, None)
    assert (second.name, second.version, second.question) == ("夜班二", 2, PLACED)
    third = scenarios.restore(database, ANN, first.id, 2, 1)
    assert (third.name, third.version, third.question) == ("市北 夜班", 3, QUESTION)
    versions = scenarios.history(database, ANN, first.id)
    assert [one.version for one in versions] == [3, 2, 1]
    assert [one.question for one in versions] == [QUESTION, PLACED, QUESTION]
    assert scenarios.read(database, ANN, first.id, 2).question == PLACED
    with pytest.raises(NotFoundError):
        scenarios.read(database, ANN, first.id, 4)
    with pytest.raises(NotFoundError):
        scenarios.restore(database, ANN, first.id, 3, 9)
    scenarios.remove(database, ANN, first.id)
    with pytest.raises(NotFoundError):
        scenarios.history(database, ANN, first.id)


def test_a_save_returns_what_was_saved_and_nothing_newer(database: Database) -> None:
    first = kept(database, Audience.PLANNERS)
    other = Database(database.parameters)
    done: list[SavedScenario] = []

    def ben_saves(*_: object) -> None:
        if not done:
            done.append(first)
            done.append(scenarios.save(other, BEN, first.id, 2, "ben's", QUESTION, None))

    # As soon as Ann's connection is given back, her version is there for all.
    event.listen(database.engine, "checkin", ben_saves)
    saved = scenarios.save(database, ANN, first.id, 1, "ann's", PLACED, None)
    event.remove(database.engine, "checkin", ben_saves)
    other.close()
    assert [(one.name, one.version) for one in done[1:]] == [("ben's", 3)]
    assert (saved.name, saved.version) == ("ann's", 2)
    # What she has not seen she does not overwrite.
    with pytest.raises(ConflictError, match="ben"):
        scenarios.save(database, ANN, first.id, saved.version, "again", PLACED, None)


def test_who_saves_on_an_old_version_is_told_and_changes_nothing(database: Database) -> None:
    first = kept(database, Audience.PLANNERS)
    scenarios.save(database, BEN, first.id, 1, "ben's", PLACED, None)
    with pytest.raises(ConflictError, match="ben"):
        scenarios.save(database, ANN, first.id, 1, "ann's", QUESTION, None)
    with pytest.raises(ConflictError):
        scenarios.restore(database, ANN, first.id, 1, 1)
    assert scenarios.read(database, ANN, first.id).name == "ben's"


def test_of_two_who_save_at_once_one_wins(database: Database) -> None:
    first = kept(database, Audience.PLANNERS)
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def save(user: SignedInUser) -> None:
        barrier.wait()
        try:
            scenarios.save(database, user, first.id, 1, user.name, QUESTION, None)
            outcomes.append("saved")
        except ConflictError:
            outcomes.append("told")

    both = [threading.Thread(target=save, args=(user,)) for user in (ANN, BEN)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(outcomes) == ["saved", "told"]
    assert len(scenarios.history(database, ANN, first.id)) == 2


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        (Audience.OWNER, {"ann"}),
        (Audience.PLANNERS, {"ann", "ben"}),
        (Audience.COLLEAGUES, {"ann", "ben", "meg"}),
    ],
)
def test_shared_with_whom(database: Database, audience: Audience, readers: set[str]) -> None:
    first = kept(database)
    scenarios.share(database, ANN, first.id, audience)
    for user in (ANN, BEN, MEG):
        listed = [one.id for one in scenarios.readable(database, user)]
        if user.name in readers:
            seen = scenarios.read(database, user, first.id)
            assert (seen.is_mine, seen.may_change) == (user is ANN, user is not MEG)
            assert listed == [first.id]
        else:
            assert listed == []
            with pytest.raises(NotFoundError):
                scenarios.read(database, user, first.id)
            with pytest.raises(NotFoundError):
                scenarios.save(database, user, first.id, 1, "x", QUESTION, None)


def test_only_its_owner_shares_or_removes_and_only_planners_save(database: Database) -> None:
    first = kept(database, Audience.COLLEAGUES)
    for user in (BEN, MEG):
        with pytest.raises(NotAllowedError):
            scenarios.share(database, user, first.id, Audience.OWNER)
        with pytest.raises(NotAllowedError):
            scenarios.remove(database, user, first.id)
    with pytest.raises(NotAllowedError):
        scenarios.save(database, MEG, first.id, 1, "x", QUESTION, None)
    with pytest.raises(NotAllowedError):
        scenarios.create(database, MEG, "x", Audience.OWNER, QUESTION, None)
    assert scenarios.read(database, ANN, first.id).version == 1


@pytest.mark.parametrize("name", ["", "   ", "名" * 101])
def test_a_name_that_cannot_be(database: Database, name: str) -> None:
    with pytest.raises(InvalidValueError, match="100"):
        scenarios.create(database, ANN, name, Audience.OWNER, QUESTION, None)
    with pytest.raises(InvalidValueError):
        scenarios.create(database, ANN, "x", Audience.OWNER, SitingParameters(standard_m=4), None)
    assert scenarios.readable(database, ANN) == []


def test_a_run_answers_only_its_own_question(database: Database, settings: Settings) -> None:
    initialise(database)
    seed_town(database)
    run = siting_run.run_here(database, settings, QUESTION).id
    longer = replace(QUESTION, time_limit_seconds=5.0)
    assert scenarios.create(database, ANN, "a", Audience.OWNER, longer, run).run == run
    assert scenarios.create(database, ANN, "b", Audience.OWNER, PLACED, run).run is None
    square = {"type": "Polygon", "coordinates": (((1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (1.0, 1.0)),)}
    outside = replace(QUESTION, forbidden_areas=(square,))
    other = siting_run.run_here(database, settings, outside).id
    assert scenarios.create(database, ANN, "d", Audience.OWNER, outside, other).run == other
    assert scenarios.create(database, ANN, "e", Audience.OWNER, outside, run).run is None
    # As it comes back from a page: as lists, the ring turned, and begun elsewhere.
    turned = {"type": "Polygon", "coordinates": [[[2.0, 2.0], [2.0, 1.0], [1.0, 1.0], [2.0, 2.0]]]}
    again = replace(QUESTION, forbidden_areas=(turned,))
    assert scenarios.create(database, ANN, "f", Audience.OWNER, again, other).run == other
    with pytest.raises(NotFoundError):
        scenarios.create(database, ANN, "c", Audience.OWNER, PLACED, other + 1)


def test_a_run_that_named_no_demand_is_of_the_one_it_took(
    database: Database, settings: Settings
) -> None:
    initialise(database)
    seed_town(database)
    run = siting_run.run_here(database, settings, QUESTION)
    asked = scenarios.question_of(run)
    assert asked.demand == run.inputs.demand is not None
    assert asked.same_as(replace(QUESTION, demand=asked.demand))
    assert scenarios.create(database, ANN, "a", Audience.OWNER, asked, run.id).run == run.id
    other = replace(QUESTION, demand="other")
    assert scenarios.create(database, ANN, "b", Audience.OWNER, other, run.id).run is None


def test_a_scenarios_run_is_read_by_those_whom_the_scenario_is_for(database: Database) -> None:
    initialise(database)
    seed_town(database)
    run = siting_run.start(database, QUESTION, created_by="ann").id
    scenarios.check_readable(database, MEG, run)  # in no scenario: open to colleagues
    mine = scenarios.create(database, ANN, "夜班", Audience.OWNER, QUESTION, None)
    with database.session() as session:  # as it stands once the run has answered
        session.execute(text("update scenario_version set run_id = :run"), {"run": run})
    scenarios.check_readable(database, ANN, run)
    for other in (BEN, MEG):
        with pytest.raises(NotFoundError):
            scenarios.check_readable(database, other, run)
    scenarios.share(database, ANN, mine.id, Audience.PLANNERS)
    scenarios.check_readable(database, BEN, run)
    with pytest.raises(NotFoundError):
        scenarios.check_readable(database, MEG, run)


def test_a_run_is_cancelled_by_who_started_it_or_an_administrator(database: Database) -> None:
    initialise(database)
    seed_town(database)
    run = siting_run.start(database, QUESTION, created_by="ann").id
    with pytest.raises(NotAllowedError):
        cancel_run(database, SITING_RUNS, run, by=BEN)
    admin = SignedInUser(4, "ada", Role.ADMIN)
    assert cancel_run(database, SITING_RUNS, run, by=admin).status == "cancelled"
