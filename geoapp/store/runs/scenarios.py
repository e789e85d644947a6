"""Named queries on planners' scenarios."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from geoapp.store.models import Run, Scenario, ScenarioVersion

__all__ = [
    "Scenario",
    "ScenarioRow",
    "ScenarioVersion",
    "add_scenario",
    "add_version",
    "find_scenario",
    "find_version",
    "list_scenarios",
    "remove_scenario",
    "runs_hidden_from",
    "scenario_versions",
    "share_scenario",
]


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """A scenario and the version of it that was saved last."""

    scenario: Scenario
    latest: ScenarioVersion


def share_scenario(scenario: Scenario, audience: str) -> None:
    """Say who else may read a scenario."""
    scenario.audience = audience


def remove_scenario(session: Session, scenario: Scenario) -> None:
    """Remove a scenario with its versions."""
    session.delete(scenario)


def add_scenario(
    session: Session,
    name: str,
    owner: str,
    audience: str,
    question: dict[str, Any],
    run: int | None,
) -> int:
    """Write a scenario with its first version and return its number."""
    scenario = Scenario(name=name, owner=owner, audience=audience, version=1)
    session.add(scenario)
    session.flush()
    session.add(
        ScenarioVersion(
            scenario_id=scenario.id,
            version=1,
            name=name,
            question=question,
            run_id=run,
            saved_by=owner,
        )
    )
    return scenario.id


def add_version(
    session: Session,
    scenario: Scenario,
    name: str,
    question: dict[str, Any],
    run: int | None,
    saved_by: str,
) -> None:
    """Write a version after the newest; the scenario's row must be locked."""
    scenario.version += 1
    scenario.name = name
    scenario.updated_at = func.now()
    session.add(
        ScenarioVersion(
            scenario_id=scenario.id,
            version=scenario.version,
            name=name,
            question=question,
            run_id=run,
            saved_by=saved_by,
        )
    )


def find_scenario(session: Session, number: int, *, lock: bool = False) -> Scenario | None:
    """Return a scenario, its row locked until the transaction ends if so asked."""
    wanted = select(Scenario).where(Scenario.id == number)
    return session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()


def find_version(session: Session, number: int, version: int) -> ScenarioVersion | None:
    """Return one version of a scenario."""
    return session.get(ScenarioVersion, (number, version))


def scenario_versions(session: Session, number: int) -> list[ScenarioVersion]:
    """Return a scenario's versions, the newest first."""
    return list(
        session.scalars(
            select(ScenarioVersion)
            .where(ScenarioVersion.scenario_id == number)
            .order_by(ScenarioVersion.version.desc())
        )
    )


def list_scenarios(session: Session, name: str, audiences: Collection[str]) -> list[ScenarioRow]:
    """Return the scenarios of an owner and those shared with some audiences, newest first."""
    rows = session.execute(
        select(Scenario, ScenarioVersion)
        .join(
            ScenarioVersion,
            and_(
                ScenarioVersion.scenario_id == Scenario.id,
                ScenarioVersion.version == Scenario.version,
            ),
        )
        .where(or_(Scenario.owner == name, Scenario.audience.in_(list(audiences))))
        .order_by(Scenario.updated_at.desc(), Scenario.id.desc())
    ).all()
    return [ScenarioRow(scenario, latest) for scenario, latest in rows]


def runs_hidden_from(session: Session, name: str, audiences: Collection[str]) -> frozenset[int]:
    """Return the runs that only scenarios of others hold which somebody may not read.

    Who started a run may always read it; a run that is in no scenario is nobody's secret.
    """
    other = aliased(ScenarioVersion)
    readable = (
        select(other.run_id)
        .join(Scenario, Scenario.id == other.scenario_id)
        .where(
            other.run_id == ScenarioVersion.run_id,
            or_(Scenario.owner == name, Scenario.audience.in_(list(audiences))),
        )
    )
    found = session.scalars(
        select(ScenarioVersion.run_id)
        .join(Run, Run.id == ScenarioVersion.run_id)
        .where(Run.created_by.is_distinct_from(name), ~readable.exists())
        .distinct()
    )
    return frozenset(number for number in found if number is not None)
