"""Named queries on programmes, their indicators, and what documents state of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from geoapp.core.i18n import Text
from geoapp.core.programmes import (
    Comparator,
    Measure,
    Nature,
    Recurrence,
    Rule,
    Scope,
    Unit,
)
from geoapp.core.results.promises import DocumentRecord, FactRecord, IndicatorRecord
from geoapp.store.engine import Session
from geoapp.store.models import (
    Document,
    Facility,
    Indicator,
    IndicatorEvidence,
    IndicatorFact,
    IndicatorSplit,
    Programme,
    Region,
)


@dataclass(frozen=True, slots=True)
class ProgrammeRecord:
    """A plan, with how many promises it makes and how many facts are stated beside them."""

    code: str
    name: Text
    region_code: str
    document: DocumentRecord
    note: Text | None
    indicators: int
    facts: int


def documents_by_code(session: Session) -> dict[str, DocumentRecord]:
    """Return all documents by code, in order of code."""
    columns = [getattr(Document, name) for name in DocumentRecord.__slots__]
    rows = session.execute(select(*columns).order_by(Document.code))
    return {row[0]: DocumentRecord(*row) for row in rows}


def list_programmes(session: Session, code: str | None = None) -> list[ProgrammeRecord]:
    """Return the programmes in order of code: those with promises first; or the one of a code."""
    documents = documents_by_code(session)
    promises = (
        select(func.count())
        .select_from(Indicator)
        .where(Indicator.programme_code == Programme.code)
        .scalar_subquery()
    )
    facts = (
        select(func.count())
        .select_from(IndicatorFact)
        .where(IndicatorFact.programme_code == Programme.code)
        .scalar_subquery()
    )
    query = select(Programme, promises, facts).order_by(promises == 0, Programme.code)
    if code is not None:
        query = query.where(Programme.code == code)
    return [
        ProgrammeRecord(
            one.code,
            Text(one.name_zh, one.name_en),
            one.region_code,
            documents[one.document_code],
            Text(one.note_zh, one.note_en or one.note_zh) if one.note_zh else None,
            counted,
            stated,
        )
        for one, counted, stated in session.execute(query)
    ]


def list_indicators(session: Session, programme: str | None = None) -> list[IndicatorRecord]:
    """Return the promises of a programme (None: of all) in the order of its document."""
    documents = documents_by_code(session)
    query = select(Indicator).order_by(Indicator.programme_code, Indicator.sort)
    splits: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for one in session.scalars(select(IndicatorSplit).order_by(IndicatorSplit.region_code)):
        key = one.programme_code, one.indicator_code
        splits.setdefault(key, []).append((one.region_code, one.value))
    if programme is not None:
        query = query.where(Indicator.programme_code == programme)
    return [
        IndicatorRecord(
            programme=one.programme_code,
            code=one.code,
            name=Text(one.name_zh, one.name_en),
            nature=Nature(one.nature),
            comparator=Comparator(one.comparator),
            value=one.value,
            unit=Unit(one.unit),
            period_from=one.period_from,
            due=one.due,
            recurrence=Recurrence(one.recurrence) if one.recurrence else None,
            scope=Scope(one.scope),
            measure=Measure(one.measure),
            rule=None if one.rule is None else Rule.model_validate(one.rule),
            care=tuple(one.care),
            document=documents[one.document_code],
            place=one.place,
            shares_with=frozenset(one.shares_with),
            splits=tuple(splits.get((one.programme_code, one.code), ())),
        )
        for one in session.scalars(query)
    ]


def list_facts(session: Session, programme: str | None = None) -> dict[str, list[FactRecord]]:
    """Return what documents state, by programme; of each the latest day first, unknown days last."""
    documents = documents_by_code(session)
    query = select(IndicatorFact).order_by(
        IndicatorFact.programme_code,
        IndicatorFact.as_of.desc().nulls_last(),
        IndicatorFact.id,
    )
    if programme is not None:
        query = query.where(IndicatorFact.programme_code == programme)
    found: dict[str, list[FactRecord]] = {}
    for one in session.scalars(query):
        found.setdefault(one.programme_code, []).append(
            FactRecord(
                one.id,
                one.indicator_code,
                one.as_of,
                one.value,
                Unit(one.unit),
                Text(one.name_zh, one.name_en or one.name_zh) if one.name_zh else None,
                one.region_code,
                documents[one.document_code],
                one.place,
                one.entered_by,
            )
        )
    return found


def region_names(session: Session, codes: Sequence[str]) -> dict[str, Text]:
    """Return the names of those regions that are registered."""
    rows = session.execute(
        select(Region.code, Region.name_zh, Region.name_en).where(Region.code.in_(codes))
    )
    return {code: Text(zh, en or zh) for code, zh, en in rows}


def evidence_count(session: Session, organisation: str) -> int:
    """Return for how many indicators a document counts an organisation."""
    return session.scalars(
        select(func.count()).where(IndicatorEvidence.organisation_code == organisation)
    ).one()


def holds_samples(session: Session) -> bool:
    """Tell whether a facility of the store is a sample."""
    return session.scalar(select(Facility.id).where(Facility.is_sample).limit(1)) is not None
