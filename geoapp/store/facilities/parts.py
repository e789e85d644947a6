"""Named queries on wholes and their parts."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from geoapp.store.models import Facility, FacilityPart


@dataclass(frozen=True, slots=True)
class RelatedRecord:
    """A part or a whole of a facility, with the number of the relation; both days are included."""

    id: int
    code: str
    name_zh: str
    kind: str
    status: str
    valid_from: date | None
    valid_to: date | None


def parts_of(
    session: Session, code: str, *, statuses: frozenset[str] | None = None
) -> list[RelatedRecord]:
    """Return the parts of a facility in order of code; ``statuses`` None means all."""
    return _related(session, code, FacilityPart.whole_id, FacilityPart.part_id, statuses)


def wholes_of(
    session: Session, code: str, *, statuses: frozenset[str] | None = None
) -> list[RelatedRecord]:
    """Return what a facility is part of, in order of code; ``statuses`` None means all."""
    return _related(session, code, FacilityPart.part_id, FacilityPart.whole_id, statuses)


def _related(
    session: Session, code: str, here: object, there: object, statuses: frozenset[str] | None
) -> list[RelatedRecord]:
    own = select(Facility.id).where(Facility.code == code).scalar_subquery()
    query = (
        select(
            FacilityPart.id,
            Facility.code,
            Facility.name_zh,
            Facility.kind_code,
            Facility.status,
            FacilityPart.valid_from,
            FacilityPart.valid_to,
        )
        .join(Facility, Facility.id == there)
        .where(here == own)
        .order_by(Facility.code, FacilityPart.valid_from, FacilityPart.id)
    )
    if statuses is not None:
        query = query.where(Facility.status.in_(statuses))
    return [RelatedRecord(*row) for row in session.execute(query)]


def is_within(session: Session, inner: int, outer: int) -> bool:
    """Tell whether a facility is a part of another at any time, or a part of its parts."""
    found = session.execute(
        text(
            "with recursive below(id) as ("
            "select cast(:outer as bigint) union "
            "select p.part_id from facility_part p join below b on p.whole_id = b.id) "
            "select exists (select from below where id = :inner)"
        ),
        {"outer": outer, "inner": inner},
    )
    return bool(found.scalar_one())


def has_part(
    session: Session, whole: int, part: int, valid_from: date | None, valid_to: date | None
) -> bool:
    """Tell whether it is a part of the whole on any day of a period."""
    query = select(FacilityPart.id).where(
        FacilityPart.whole_id == whole, FacilityPart.part_id == part
    )
    if valid_to is not None:
        query = query.where(
            FacilityPart.valid_from.is_(None) | (FacilityPart.valid_from <= valid_to)
        )
    if valid_from is not None:
        query = query.where(FacilityPart.valid_to.is_(None) | (FacilityPart.valid_to >= valid_from))
    return session.scalars(query.limit(1)).first() is not None


def add_part(
    session: Session, whole: int, part: int, valid_from: date | None, valid_to: date | None
) -> None:
    """Store that a facility is part of another."""
    session.execute(
        insert(FacilityPart).values(
            whole_id=whole, part_id=part, valid_from=valid_from, valid_to=valid_to
        )
    )


def delete_part(session: Session, whole: int, number: int) -> bool:
    """Delete a part of a whole by the relation's number; return whether there was one."""
    gone = session.scalars(
        delete(FacilityPart)
        .where(FacilityPart.whole_id == whole, FacilityPart.id == number)
        .returning(FacilityPart.id)
    ).first()
    return gone is not None
