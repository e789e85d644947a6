"""A programme and its promises as programs read them: the API and the command alike."""

from typing import Any

from geoapp.core.i18n import Text
from geoapp.core.results.promises import DocumentRecord, FactRecord, Standing, Subject
from geoapp.operations.programmes.read import ProgrammeStanding
from geoapp.store.programmes.read import ProgrammeRecord


def programme_document(one: ProgrammeRecord) -> dict[str, Any]:
    """Return a programme without its promises."""
    return {
        "code": one.code,
        "name_zh": one.name.zh,
        "name_en": one.name.en,
        "region": one.region_code,
        "document": document_of(one.document),
        "note_zh": None if one.note is None else one.note.zh,
        "note_en": None if one.note is None else one.note.en,
        "indicators": one.indicators,
        "facts": one.facts,
    }


def standing_document(found: ProgrammeStanding) -> dict[str, Any]:
    """Return a programme with its promises on a day, and what documents state beside them."""
    return {
        **programme_document(found.programme),
        "as_of": found.day,
        "indicators": [indicator_document(one) for one in found.standings],
        "facts": [fact_document(one) for one in found.facts],
    }


def indicator_document(found: Standing) -> dict[str, Any]:
    """Return a promise: what was said, what is, what it rests on."""
    one = found.indicator
    return {
        "programme": one.programme,
        "code": one.code,
        "name_zh": one.name.zh,
        "name_en": one.name.en,
        "nature": one.nature,
        "comparator": one.comparator,
        "value": _number(one.value),
        "unit": one.unit,
        "period_from": one.period_from,
        "due": one.due,
        "recurrence": one.recurrence,
        "scope": one.scope,
        "measure": one.measure,
        "window_from": found.window.first,
        "window_to": found.window.last,
        "document": {**document_of(one.document), "place": one.place},
        "splits": [{"region": region, "value": _number(value)} for region, value in one.splits],
        **_fact(found),
        "evidence": _evidence(found),
        "undated_evidence": None
        if found.subjects is None
        else [_subject(subject) for subject in found.subjects if not subject.sure],
        "claimed_twice": [{"code": code, "by": other} for code, other in found.twice],
        "stated": [fact_document(fact) for fact in found.stated],
        "years": [
            {
                "from": year.window.first,
                "to": year.window.last,
                "fact": _number(year.fact),
                "state": year.state,
            }
            for year in found.years
        ],
        "sample": None if found.sample is None else _fact(found.sample),
    }


def _fact(found: Standing) -> dict[str, Any]:
    verdict = found.verdict
    return {
        "fact": _number(found.fact),
        "possible": _number(found.possible),
        "of_set": found.of_set,
        "fact_on": found.on,
        "basis": found.basis,
        "state": verdict.state,
        "share": None if found.share is None else round(found.share, 6),
        "pace_per_day": None if verdict.pace_per_day is None else round(verdict.pace_per_day, 6),
        "days_left": verdict.days_left,
        "forecast": None
        if verdict.forecast is None
        else {
            "value": round(verdict.forecast.value, 3),
            "events": verdict.forecast.events,
            "days": verdict.forecast.days,
        },
    }


def _evidence(found: Standing) -> list[dict[str, Any]] | None:
    """Return what was counted for certain, or the documents that state the fact; None: not asked."""
    if found.basis == "entered":
        return [fact_document(fact) for fact in found.stated]
    if found.subjects is None:
        return None
    return [_subject(one) for one in found.subjects if one.sure]


def _subject(one: Subject) -> dict[str, Any]:
    return {
        "subject": one.what,
        "code": one.code,
        "name_zh": one.name_zh,
        "name_en": one.name_en,
        "region": one.region_code,
        "lon": None if one.lon is None else round(one.lon, 7),
        "lat": None if one.lat is None else round(one.lat, 7),
        "event_on": one.event_on,
        "document": one.document,
        "place": one.place,
    }


def fact_document(one: FactRecord) -> dict[str, Any]:
    """Return a number that a document states."""
    name = one.name or Text("", "")
    return {
        "id": one.id,
        "as_of": one.as_of,
        "value": _number(one.value),
        "unit": one.unit,
        "name_zh": name.zh or None,
        "name_en": name.en or None,
        "region": one.region_code,
        "document": {**document_of(one.document), "place": one.place},
    }


def document_of(one: DocumentRecord) -> dict[str, Any]:
    """Return a published text: what it is called, whose it is, of which day."""
    return {name: getattr(one, name) for name in DocumentRecord.__slots__}


def _number(value: float | None) -> float | int | None:
    """Return a whole number as one."""
    if value is None:
        return None
    return int(value) if float(value).is_integer() else round(value, 4)
