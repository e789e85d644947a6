"""Scenarios: what planners asked and placed, kept under a name, shared, and never lost.

Every save is a version of its own; going back writes the old one again as the newest, so that going
back can itself be taken back.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from geoapp.core.errors import ConflictError, InvalidValueError, NotAllowedError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.results.siting import SITING_RUNS, SitingRun
from geoapp.core.roles import Permission, Role, allows
from geoapp.core.words import RunStatus
from geoapp.operations.runs.state import kind_of_run, read_run
from geoapp.operations.upkeep.users import SignedInUser
from geoapp.store.engine import Database, Session
from geoapp.store.runs.scenarios import (
    Scenario,
    ScenarioVersion,
    add_scenario,
    add_version,
    find_scenario,
    find_version,
    list_scenarios,
    remove_scenario,
    runs_hidden_from,
    scenario_versions,
    share_scenario,
)

LONGEST_NAME: Final = 100


class Audience(StrEnum):
    """Who may read a scenario besides its owner; planners who may read may change it, too."""

    OWNER = "owner"
    PLANNERS = "planners"
    COLLEAGUES = "colleagues"


AUDIENCE_TEXT = {
    Audience.OWNER: Text("只有我", "Only me"),
    Audience.PLANNERS: Text("规划员", "Planners"),
    Audience.COLLEAGUES: Text("所有登录的同事", "All colleagues who sign in"),
}


@dataclass(frozen=True, slots=True)
class SavedScenario:
    """One version of a scenario.

    Attributes
    ----------
    version, newest
        Its number, and that of the newest.
    run
        The siting run that answers its question, or None where it has not been solved.
    may_change, is_mine
        What the reader may do.
    """

    id: int
    name: str
    owner: str
    audience: Audience
    version: int
    newest: int
    question: SitingParameters
    run: int | None
    saved_by: str
    saved_at: datetime
    may_change: bool
    is_mine: bool


def _audiences(role: Role | None) -> tuple[Audience, ...]:
    if allows(role, Permission.RUN):
        return (Audience.PLANNERS, Audience.COLLEAGUES)
    return (Audience.COLLEAGUES,)


def _may_read(scenario: Scenario, user: SignedInUser) -> bool:
    return scenario.owner == user.name or scenario.audience in _audiences(user.role)


def check_readable(database: Database, user: SignedInUser, run_id: int) -> None:
    """Refuse a run that belongs to a scenario of somebody else's which is not shared with the reader.

    Raises
    ------
    NotFoundError
        As if there were none: whether somebody else's exists is nobody's business.
    """
    if run_id in hidden_runs(database, user):
        raise NotFoundError(Text("选址分析", "siting run"), str(run_id))


def check_shown(database: Database, user: SignedInUser | None, run_id: int) -> None:
    """Refuse to show a siting run to somebody who may not read it; None is who has not signed in.

    Runs of other kinds pass, and so does a number that is nobody's: whoever reads it says so.

    Raises
    ------
    NotFoundError
        In the very words that are said where there is no run of this number.
    """
    if kind_of_run(database, run_id) != SITING_RUNS.name:
        return
    if (
        user is None
        or not allows(user.role, Permission.SEE_UNPUBLISHED)
        or run_id in hidden_runs(database, user)
    ):
        raise NotFoundError(Text("运行", "run"), str(run_id))


def runs_not_for(database: Database, role: Role | None) -> frozenset[int]:
    """Return the siting runs that not everybody of a role may read, so that none is shown unasked."""
    with database.snapshot() as session:
        # Nobody has the empty name.
        return runs_hidden_from(session, "", _audiences(role))


def hidden_runs(database: Database, user: SignedInUser) -> frozenset[int]:
    """Return the siting runs that are not for the reader's eyes."""
    with database.session() as session:
        return runs_hidden_from(session, user.name, _audiences(user.role))


def _found(session: Session, number: int, user: SignedInUser, *, lock: bool = False) -> Scenario:
    scenario = find_scenario(session, number, lock=lock)
    if scenario is None or not _may_read(scenario, user):
        # Whether somebody else's exists is nobody's business.
        raise NotFoundError(Text("方案", "scenario"), str(number))
    return scenario


def _changeable(session: Session, number: int, user: SignedInUser, version: int) -> Scenario:
    scenario = _found(session, number, user, lock=True)
    _planner(user)
    if scenario.version != version:
        saved = find_version(session, number, scenario.version)
        who = "?" if saved is None else saved.saved_by
        raise ConflictError(
            Text(
                f"{who} 已保存了第 {scenario.version} 版。请另存为新方案，或重新打开。",
                f"{who} has saved version {scenario.version}. Save yours as a new scenario, or open"
                " it again.",
            )
        )
    return scenario


def _planner(user: SignedInUser) -> None:
    if not allows(user.role, Permission.RUN):
        raise NotAllowedError(Text("只有规划员可以改方案。", "Only planners may change scenarios."))


def _described(scenario: Scenario, saved: ScenarioVersion, user: SignedInUser) -> SavedScenario:
    return SavedScenario(
        id=scenario.id,
        name=saved.name,
        owner=scenario.owner,
        audience=Audience(scenario.audience),
        version=saved.version,
        newest=scenario.version,
        question=SitingParameters.from_stored(saved.question),
        run=saved.run_id,
        saved_by=saved.saved_by,
        saved_at=saved.saved_at,
        may_change=allows(user.role, Permission.RUN),
        is_mine=scenario.owner == user.name,
    )


def _checked_name(name: str) -> str:
    shown = " ".join(name.split())
    if not 1 <= len(shown) <= LONGEST_NAME:
        raise InvalidValueError(
            "name", name, Text(f"1 至 {LONGEST_NAME} 个字", f"1 to {LONGEST_NAME} characters")
        )
    return shown


def question_of(run: SitingRun) -> SitingParameters:
    """Return what a run was asked, and of the demand set it took where none was named.

    Which set is taken then changes with every import; who asks again means the one that was answered.
    """
    question = SitingParameters.from_stored(run.params)
    demand = question.demand or run.inputs.demand
    return replace(question, demand=demand)


def _answering(database: Database, question: SitingParameters, run: int | None) -> int | None:
    """Return the run if it has answered this very question."""
    if run is None:
        return None
    state = read_run(database, SITING_RUNS, run)
    asked = (SitingParameters.from_stored(state.params), question_of(state))
    good = state.status is RunStatus.SUCCEEDED and any(map(question.same_as, asked))
    return run if good else None


def create(
    database: Database,
    user: SignedInUser,
    name: str,
    audience: Audience,
    question: SitingParameters,
    run: int | None,
) -> SavedScenario:
    """Keep a question under a name.

    Parameters
    ----------
    run
        A siting run; kept as the scenario's answer if it answers this very question.

    Raises
    ------
    InvalidValueError
        If the name or a value of the question is not accepted.
    """
    _planner(user)
    question.check()
    answer = _answering(database, question, run)
    with database.session() as session:
        number = add_scenario(
            session, _checked_name(name), user.name, audience, question.stored(), answer
        )
        return _read(session, user, number)


def save(
    database: Database,
    user: SignedInUser,
    number: int,
    version: int,
    name: str,
    question: SitingParameters,
    run: int | None,
) -> SavedScenario:
    """Keep a question as a scenario's newest version.

    Parameters
    ----------
    version
        The version that the user has seen.

    Raises
    ------
    ConflictError
        If somebody else has saved in the meantime; nothing is changed.
    """
    question.check()
    answer = _answering(database, question, run)
    with database.session() as session:
        scenario = _changeable(session, number, user, version)
        add_version(session, scenario, _checked_name(name), question.stored(), answer, user.name)
        return _read(session, user, number)


def restore(
    database: Database, user: SignedInUser, number: int, version: int, old: int
) -> SavedScenario:
    """Make an old version the newest; the ones between stay in the history.

    Raises
    ------
    ConflictError
        If somebody else has saved in the meantime; nothing is changed.
    """
    with database.session() as session:
        scenario = _changeable(session, number, user, version)
        saved = find_version(session, number, old)
        if saved is None:
            raise NotFoundError(Text("版本", "version"), str(old))
        add_version(session, scenario, saved.name, saved.question, saved.run_id, user.name)
        return _read(session, user, number)


def _owned(session: Session, number: int, user: SignedInUser) -> Scenario:
    scenario = _found(session, number, user, lock=True)
    if scenario.owner != user.name:
        raise NotAllowedError(
            Text(f"这是 {scenario.owner} 的方案。", f"This scenario is {scenario.owner}'s.")
        )
    return scenario


def share(database: Database, user: SignedInUser, number: int, audience: Audience) -> SavedScenario:
    """Say who else may read a scenario; for its owner.

    Raises
    ------
    NotAllowedError
        If it is somebody else's.
    """
    with database.session() as session:
        share_scenario(_owned(session, number, user), audience)
        return _read(session, user, number)


def remove(database: Database, user: SignedInUser, number: int) -> None:
    """Remove a scenario with its history; for its owner.

    Raises
    ------
    NotAllowedError
        If it is somebody else's.
    """
    with database.session() as session:
        remove_scenario(session, _owned(session, number, user))


def read(
    database: Database, user: SignedInUser, number: int, version: int | None = None
) -> SavedScenario:
    """Return a scenario's newest version, or the one asked for.

    Raises
    ------
    NotFoundError
        If there is no such scenario or version, or the user may not read it.
    """
    with database.snapshot() as session:
        return _read(session, user, number, version)


def _read(
    session: Session, user: SignedInUser, number: int, version: int | None = None
) -> SavedScenario:
    """Return a version; after a write in the session that wrote it, before anybody else can."""
    scenario = _found(session, number, user)
    saved = find_version(session, number, version or scenario.version)
    if saved is None:
        raise NotFoundError(Text("版本", "version"), str(version))
    return _described(scenario, saved, user)


def history(database: Database, user: SignedInUser, number: int) -> list[SavedScenario]:
    """Return all versions of a scenario, the newest first.

    Raises
    ------
    NotFoundError
        If there is no such scenario, or the user may not read it.
    """
    with database.snapshot() as session:
        scenario = _found(session, number, user)
        return [_described(scenario, one, user) for one in scenario_versions(session, number)]


def readable(database: Database, user: SignedInUser) -> list[SavedScenario]:
    """Return the scenarios that a user may read, the newest first."""
    with database.session() as session:
        rows = list_scenarios(session, user.name, _audiences(user.role))
        return [_described(row.scenario, row.latest, user) for row in rows]
