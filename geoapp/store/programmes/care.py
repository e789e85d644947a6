"""What care events amount to for a promise: people of real events, each once."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from geoapp.core.programmes import Unit
from geoapp.core.results.promises import Subject
from geoapp.store.engine import Session

_COUNTED = {Unit.PERSON: "people", Unit.PERSON_TIME: "times"}
_COUNTRY = "100000"
_EVENTS = """
    with recursive below(code) as (
        select cast(:region as text)
        union select r.code from region r join below b on r.parent_code = b.code
    )
    select e.code, e.kind, e.region_code, e.day, e.people, e.document from care_event e
    where not e.is_sample and e.kind = any(:kinds) and e.unit = :unit and e.people > 0
        and e.day between :first and :last
        and (:region = :country or e.region_code in (select code from below))
    order by e.day, e.code
"""


@dataclass(frozen=True, slots=True)
class Care:
    """How many people care events reached, up to the day of the last of them; and the events."""

    people: int
    last_on: date
    events: tuple[Subject, ...]


def care_of(
    session: Session, kinds: tuple[str, ...], unit: Unit, region: str, first: date, last: date
) -> Care | None:
    """Return what real care events of some kinds reached in a region and those below.

    Persons and person-times are never added: only those in the promise's unit count. None where
    there are no such events: that says nothing of what was done.
    """
    rows = session.execute(
        text(_EVENTS),
        {
            "kinds": list(kinds),
            "unit": _COUNTED[unit],
            "region": region,
            "country": _COUNTRY,
            "first": first,
            "last": last,
        },
    ).all()
    if not rows:
        return None
    events = tuple(
        Subject("care", code, kind, None, where, None, None, day, True, document, None)
        for code, kind, where, day, _, document in rows
    )
    return Care(sum(row.people for row in rows), rows[-1].day, events)
