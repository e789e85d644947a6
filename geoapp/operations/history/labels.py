"""What the parts of an application's answers are called on its published form."""

from collections.abc import Iterable, Mapping
from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.schemes import Scheme, schemes
from geoapp.core.settings import Settings
from geoapp.store.applications.read import schemes_and_tracks
from geoapp.store.engine import Session
from geoapp.store.history.net import NetChange

_APPLICATION: Final = "application"
_NONE: Final[Mapping[str, Mapping[str, Text]]] = {}

# By field, and the code that the store has within it: a form's answers, what was said under each head.
Labels = Mapping[str, Mapping[str, Text]]


def labels_of(
    session: Session, settings: Settings, rows: Iterable[NetChange]
) -> Mapping[str, Labels]:
    """Return what is called how in the applications that some changes are about, by their number."""
    numbers = {number for row in rows if (number := application_of(row)) is not None}
    known = schemes(settings)
    return {
        number: _labels(known[scheme], track)
        for number, (scheme, track) in schemes_and_tracks(session, sorted(numbers)).items()
        if scheme in known and any(one.code == track for one in known[scheme].tracks)
    }


def application_of(row: NetChange) -> str | None:
    """Return the number of the application that a row is, or is a part of."""
    if row.table == _APPLICATION:
        return row.key
    owners = (one.partition(":") for one in row.belongs)
    return next((number for table, _, number in owners if table == _APPLICATION), None)


def labels_for(row: NetChange, known: Mapping[str, Labels]) -> Labels:
    """Return what is called how in the application that a row is about; nothing where it is none."""
    return known.get(application_of(row) or "", _NONE)


def _labels(scheme: Scheme, track: str) -> Labels:
    grounds = scheme.grounds_of(track)
    return {
        "answers": scheme.form_of(track).labels,
        "heads": {one.code: one.text for one in (*scheme.rating.heads, *scheme.review.heads)},
        "grounds": {} if grounds is None else {one.code: one.text for one in grounds.grounds},
        "state": {one.code: one.text for one in scheme.states},
        "grade": {one.code: one.text for one in scheme.rating.grades},
    }
