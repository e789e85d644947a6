"""Reading plans into the store: a plan is taken in whole, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from geoapp.core.acting import Via, act
from geoapp.core.errors import ConflictError, NotAllowedError
from geoapp.core.i18n import Text
from geoapp.core.programme_files import (
    read_programme,
    shipped_programmes,
    unusable,
)
from geoapp.core.programmes import Indicator, Programme, Rule
from geoapp.core.schemes import schemes
from geoapp.core.settings import Settings
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.read import facility_numbers, regions_below
from geoapp.store.organisations import organisation_codes
from geoapp.store.programmes.read import list_programmes
from geoapp.store.programmes.write import (
    PlanCounts,
    entered_for,
    gone_indicators,
    lock_programmes,
    programme_codes,
    write_plan,
)
from geoapp.store.vocabulary import read_codes


@dataclass(frozen=True, slots=True)
class PlanReport:
    """What an import did, in rows of all tables of the plan."""

    programme: str
    name: Text
    indicators: int
    inserted: int
    updated: int
    unchanged: int
    deleted: int
    dry_run: bool


def import_programme(
    database: Database, settings: Settings, path: Path, *, dry_run: bool = False
) -> PlanReport:
    """Read a plan's file and write it by its code.

    Raises
    ------
    UnusableInputError
        If the file is no plan, or names a kind, a title, a track, a scheme, a facility or an
        organisation that is not there; nothing was changed.
    ConflictError
        If a promise is missing for which somebody entered facts.
    """
    plan, name = read_programme(path), path.name
    with act(via=Via.IMPORT, reason=name), database.session() as session:
        lock_programmes(session)
        counts = _write(session, settings, plan, name)
        if dry_run:
            session.rollback()
    return PlanReport(
        plan.code,
        Text(plan.zh, plan.en),
        len(plan.indicators),
        counts.inserted,
        counts.updated,
        counts.unchanged,
        counts.deleted,
        dry_run,
    )


def add_programme(
    database: Database,
    settings: Settings,
    plan: Programme,
    name: str,
    kept_to: Sequence[str],
    *,
    new: bool = False,
) -> None:
    """Write a plan that was sent through a page; one of its code is replaced, as an import does.

    Parameters
    ----------
    name
        What the plan is called where it is refused.
    kept_to
        The regions that the account is kept to; none is everywhere.
    new
        Whether a plan of its code may not be there.

    Raises
    ------
    NotAllowedError
        If the plan, or the one that it would replace, is for a region that is none of the account's.
    UnusableInputError, ConflictError
        As :func:`import_programme`.
    """
    with database.session() as session:
        lock_programmes(session)
        stored = [one.region_code for one in list_programmes(session, plan.code)]
        own = {code for one in kept_to for code in regions_below(session, one)}
        if kept_to and not {plan.region, *stored} <= own:
            raise NotAllowedError(
                Text(
                    "您的账号只能登记自己区域的计划。",
                    "Your account enters plans of its own regions only.",
                )
            )
        if new and stored:
            raise ConflictError(
                Text(
                    "别人刚登记了一个计划，请再提交一次。",
                    "Somebody has just entered a plan: please send yours once more.",
                )
            )
        _write(session, settings, plan, name)


def add_shipped(session: Session, settings: Settings | None = None) -> None:
    """Write the shipped plans that are not there; one that is there may have been corrected."""
    plans = shipped_programmes()
    if {plan.code for plan in plans} <= programme_codes(session):
        return
    lock_programmes(session)
    stored = programme_codes(session)
    for plan in plans:
        if plan.code not in stored:
            _write(session, settings, plan, plan.code)


def _write(session: Session, settings: Settings | None, plan: Programme, name: str) -> PlanCounts:
    """Write a plan after its words were held against the store's and the schemes'."""
    kinds = read_codes(session).kinds
    for one in plan.indicators:
        fault = _fault(one, kinds, settings)
        if fault is not None:
            raise unusable(name, f"{one.code}: {fault}")
    evidence = [one for indicator in plan.indicators for one in indicator.evidence]
    places = [one.facility for one in evidence if one.facility]
    bodies = [one.organisation for one in evidence if one.organisation]
    facilities = facility_numbers(session, places)
    lacking = sorted(
        {*places} - facilities.keys() | {*bodies} - organisation_codes(session, bodies)
    )
    if lacking:
        raise unusable(name, f"evidence: {', '.join(lacking[:10])} not registered / 未登记")
    entered = entered_for(session, plan.code, gone_indicators(session, plan))
    if entered:
        listed = "、".join(entered)
        raise ConflictError(
            Text(
                f"{name} 里没有指标 {listed}，但已有人为它登记了公布的数：没有导入。",
                f"{name} lacks {', '.join(entered)}, for which facts were entered: not imported.",
            )
        )
    rules = {
        one.code: one.rule.model_dump(mode="json", exclude_defaults=True)
        for one in plan.indicators
        if one.rule is not None
    }
    return write_plan(session, plan, rules, facilities)


def _fault(one: Indicator, kinds: frozenset[str], settings: Settings | None) -> str | None:
    """Return what is wrong with the words of a rule; None if nothing is."""
    rule = one.rule
    if rule is None:
        return None
    named = {*rule.kinds, *(rule.denominator.kinds if rule.denominator else ())}
    if unknown := named - kinds:
        return f"no kinds {sorted(unknown)}"
    return None if settings is None else _scheme_fault(rule, settings)


def _scheme_fault(rule: Rule, settings: Settings) -> str | None:
    known = schemes(settings)
    if unknown := set(rule.schemes) - known.keys():
        return f"no schemes {sorted(unknown)}"
    among = [one for code, one in known.items() if not rule.schemes or code in rule.schemes]
    titles = {title.code for one in among for title in one.titles}
    tracks = {track.code for one in among for track in one.tracks}
    if unknown := set(rule.titles) - titles:
        return f"no titles {sorted(unknown)}"
    if unknown := set(rule.tracks) - tracks:
        return f"no tracks {sorted(unknown)}"
    return None
