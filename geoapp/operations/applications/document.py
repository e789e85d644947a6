"""Applications and recognitions as programs read them: the API and the command line alike."""

from dataclasses import asdict
from typing import Any

from geoapp.operations.applications.due import Due
from geoapp.operations.applications.read import Known, PublicRecognition, Whole
from geoapp.store.applications.records import DocumentRecord


def summary_document(known: Known) -> dict[str, Any]:
    """Return an application as lists show it."""
    record = known.record
    return {
        "id": record.id,
        "scheme": record.scheme,
        "track": record.track,
        "name": known.name,
        "facility": record.facility,
        "organisation": record.organisation,
        "subject_name": record.subject_name,
        "region": record.region_code,
        "state": record.state,
        "stage": str(known.stage),
        "state_zh": known.state.zh,
        "state_en": known.state.en,
        "created_on": record.created_on,
        "rev": record.rev,
    }


def application_document(whole: Whole) -> dict[str, Any]:
    """Return an application with all that belongs to it; files without their content."""
    known = whole.known
    return summary_document(known) | {
        "form": known.record.form,
        "form_version": known.record.form_version,
        "answers": dict(known.record.answers),
        "missing": [one.code for one in whole.missing],
        "next_states": [one.code for one in known.scheme.next_states(known.record.state)],
        "steps": [
            _without_owner(one) | {"change_set": whole.sets.get(one.id)} for one in whole.steps
        ],
        "plan": [_without_owner(one) for one in whole.plan],
        "reviews": [_without_owner(one) for one in whole.reviews],
        "recognitions": [_without_owner(one) for one in whole.recognitions],
        "ratings": [_without_owner(one) for one in whole.ratings],
        "documents": [_without_owner(one) for one in whole.documents],
    }


def _without_owner(row: Any) -> dict[str, Any]:
    return {name: value for name, value in asdict(row).items() if name != "application_id"}


def attached_file(record: DocumentRecord) -> dict[str, Any]:
    """Return an attached file as an answer has it."""
    return _without_owner(record)


def recognition_document(one: PublicRecognition) -> dict[str, Any]:
    """Return a recognition as everybody may know it."""
    return {
        "facility": one.facility,
        "organisation": one.organisation,
        "name_zh": one.name,
        "title": one.title,
        "title_zh": one.title_text.zh,
        "title_en": one.title_text.en,
        "year": one.given_on.year,
        "given_on": one.given_on,
        "until_on": one.until_on,
        "document": one.document,
        "suspended": one.suspended,
    }


def due_document(one: Due) -> dict[str, Any]:
    """Return what is due."""
    return {
        "kind": one.kind,
        "on": one.on,
        "application": one.application,
        "text": one.text.zh,
        "text_en": one.text.en,
    }
