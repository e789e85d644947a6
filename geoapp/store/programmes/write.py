"""Writing plans: only what differs, so that the log tells what changed and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, inspect, select, text
from sqlalchemy.dialects.postgresql import insert

from geoapp.core.programmes import Fact
from geoapp.core.programmes import Programme as Plan
from geoapp.store.engine import Session
from geoapp.store.models import (
    Base,
    Document,
    Indicator,
    IndicatorEvidence,
    IndicatorFact,
    IndicatorSplit,
    Programme,
)


@dataclass(slots=True)
class PlanCounts:
    """What became of a plan's rows."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0


def lock_programmes(session: Session) -> None:
    """Keep others from writing plans until the transaction ends."""
    session.execute(
        text(
            "lock table document, programme, indicator, indicator_split, indicator_fact, "
            "indicator_evidence in share row exclusive mode"
        )
    )


def programme_codes(session: Session) -> frozenset[str]:
    """Return the codes of all programmes."""
    return frozenset(session.scalars(select(Programme.code)))


def gone_indicators(session: Session, plan: Plan) -> list[str]:
    """Return the promises that are stored and stand no more in a plan, in order of code."""
    kept = [one.code for one in plan.indicators]
    query = select(Indicator.code).where(
        Indicator.programme_code == plan.code, Indicator.code.not_in(kept)
    )
    return list(session.scalars(query.order_by(Indicator.code)))


def entered_for(session: Session, programme: str, indicators: Sequence[str]) -> list[str]:
    """Return those of some promises for which somebody entered a fact."""
    query = (
        select(IndicatorFact.indicator_code)
        .where(
            IndicatorFact.programme_code == programme,
            IndicatorFact.indicator_code.in_(indicators),
            IndicatorFact.entered_by.is_not(None),
        )
        .distinct()
    )
    return sorted(code for code in session.scalars(query) if code)


def write_plan(
    session: Session,
    plan: Plan,
    rules: Mapping[str, Mapping[str, Any]],
    facilities: Mapping[str, int],
) -> PlanCounts:
    """Write a plan whole: what it no longer has goes, but not what somebody entered by hand.

    Parameters
    ----------
    rules
        The rules of its indicators as they are stored, by the indicator's code.
    facilities
        The numbers of the facilities that its evidence names.
    """
    counts = PlanCounts()
    for document in plan.documents:
        _put(session, counts, Document, document.model_dump())
    _put(
        session,
        counts,
        Programme,
        {
            "code": plan.code,
            "name_zh": plan.zh,
            "name_en": plan.en,
            "region_code": plan.region,
            "document_code": plan.document,
            "note_zh": plan.note_zh,
            "note_en": plan.note_en,
        },
    )
    for gone in gone_indicators(session, plan):
        session.delete(session.get_one(Indicator, (plan.code, gone)))
        counts.deleted += 1
    session.flush()
    for sort, one in enumerate(plan.indicators):
        _put(
            session,
            counts,
            Indicator,
            {
                "programme_code": plan.code,
                "code": one.code,
                "sort": sort,
                "name_zh": one.zh,
                "name_en": one.en,
                **one.model_dump(
                    include={"value", "period_from", "due", "place"},
                ),
                **{
                    name: None if getattr(one, name) is None else str(getattr(one, name))
                    for name in ("nature", "comparator", "unit", "recurrence", "scope", "measure")
                },
                "rule": rules.get(one.code),
                "document_code": one.document,
                "shares_with": list(one.shares_with),
                "care": list(one.care),
            },
        )
    session.flush()
    _put_rows(session, counts, plan, IndicatorSplit, _split_rows(plan))
    _put_rows(session, counts, plan, IndicatorFact, _fact_rows(plan))
    _put_rows(session, counts, plan, IndicatorEvidence, _evidence_rows(plan, facilities))
    session.flush()
    return counts


def _put(session: Session, counts: PlanCounts, model: type[Base], values: dict[str, Any]) -> None:
    """Insert a row, or change the one that has its key."""
    key = tuple(values[column.name] for column in inspect(model).primary_key)
    stored = session.get(model, key)
    if stored is None:
        session.add(model(**values))
        session.flush()
        counts.inserted += 1
        return
    changed = {name: one for name, one in values.items() if getattr(stored, name) != one}
    for name, one in changed.items():
        setattr(stored, name, one)
    session.flush()
    counts.updated += bool(changed)
    counts.unchanged += not changed


# By what a row of a plan is known again.
_KEYS: dict[type[Base], tuple[str, ...]] = {
    IndicatorSplit: ("indicator_code", "region_code"),
    IndicatorFact: ("indicator_code", "as_of", "document_code", "name_zh"),
    IndicatorEvidence: ("indicator_code", "facility_id", "organisation_code"),
}


def _put_rows(
    session: Session,
    counts: PlanCounts,
    plan: Plan,
    model: Any,
    rows: list[dict[str, Any]],
) -> None:
    """Make the rows of a plan those that are given; facts that somebody entered stay."""
    keys = _KEYS[model]
    query = select(model).where(model.programme_code == plan.code)
    stored = {tuple(getattr(one, key) for key in keys): one for one in session.scalars(query)}
    for values in rows:
        one = stored.pop(tuple(values[key] for key in keys), None)
        if one is None:
            session.add(model(**values))
            counts.inserted += 1
            continue
        changed = {name: value for name, value in values.items() if getattr(one, name) != value}
        for name, value in changed.items():
            setattr(one, name, value)
        counts.updated += bool(changed)
        counts.unchanged += not changed
    for one in stored.values():
        if getattr(one, "entered_by", None) is None:
            session.delete(one)
            counts.deleted += 1
    session.flush()


def _split_rows(plan: Plan) -> list[dict[str, Any]]:
    return [
        {
            "programme_code": plan.code,
            "indicator_code": one.code,
            "region_code": split.region,
            "value": split.value,
        }
        for one in plan.indicators
        for split in one.splits
    ]


def _fact_rows(plan: Plan) -> list[dict[str, Any]]:
    def row(fact: Fact, indicator: str | None, unit: str) -> dict[str, Any]:
        return {
            "programme_code": plan.code,
            "indicator_code": indicator,
            "as_of": fact.as_of,
            "value": fact.value,
            "unit": str(fact.unit or unit),
            "name_zh": fact.zh,
            "name_en": fact.en,
            "region_code": fact.region,
            "document_code": fact.document,
            "place": fact.place,
        }

    return [
        *(row(fact, one.code, one.unit) for one in plan.indicators for fact in one.facts),
        *(row(fact, None, "") for fact in plan.facts),
    ]


def _evidence_rows(plan: Plan, facilities: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "programme_code": plan.code,
            "indicator_code": one.code,
            "facility_id": facilities[evidence.facility] if evidence.facility else None,
            "organisation_code": evidence.organisation,
            "event_on": evidence.event_on,
            "document_code": evidence.document,
            "place": evidence.place,
        }
        for one in plan.indicators
        for evidence in one.evidence
    ]


def add_document(session: Session, programme: str, values: Mapping[str, Any]) -> str:
    """Store a document that somebody names beside a programme; return its code."""
    known = set(session.scalars(select(Document.code)))
    number = 1
    while f"{programme}-d{number}" in known:
        number += 1
    code = f"{programme}-d{number}"
    session.add(Document(code=code, **values))
    session.flush()
    return code


def entered_facts(session: Session, programme: str, indicator: str) -> frozenset[int]:
    """Return the numbers (ids) that somebody entered by hand for a promise."""
    return frozenset(
        session.scalars(
            select(IndicatorFact.id).where(
                IndicatorFact.programme_code == programme,
                IndicatorFact.indicator_code == indicator,
                IndicatorFact.entered_by.is_not(None),
            )
        )
    )


def insert_fact(session: Session, values: Mapping[str, Any]) -> bool:
    """Store a number that a document states of a promise; return False if it is there."""
    statement = insert(IndicatorFact).values(**values).on_conflict_do_nothing()
    return session.scalar(statement.returning(IndicatorFact.id)) is not None


def remove_fact(session: Session, programme: str, indicator: str, number: int) -> bool:
    """Take away a number that was entered by hand; return whether there was one."""
    statement = delete(IndicatorFact).where(
        IndicatorFact.programme_code == programme,
        IndicatorFact.indicator_code == indicator,
        IndicatorFact.id == number,
        IndicatorFact.entered_by.is_not(None),
    )
    return session.scalar(statement.returning(IndicatorFact.id)) is not None
