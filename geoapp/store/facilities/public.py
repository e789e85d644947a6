"""What everybody is told of facilities: which pages search engines may list, and for feeds what is new."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from geoapp.core.words import DateBasis, Status
from geoapp.store.models import Facility

# Of a facility whose column of states is `status`: whether everybody may read a page on it.
HAS_PAGE: Final = "status in ('open', 'suspended', 'closed')"


def _listed() -> tuple[ColumnElement[bool], ...]:
    return (Facility.status.in_((Status.OPEN, Status.SUSPENDED)), Facility.is_sample.is_(False))


def count_listed(session: Session) -> int:
    """Return how many pages may be listed: in service or to be again, and no samples."""
    return session.scalar(select(func.count()).select_from(Facility).where(*_listed())) or 0


def listed_codes(session: Session, *, limit: int, offset: int) -> list[tuple[str, datetime]]:
    """Return codes in order, each with when its record was changed last."""
    found = session.execute(
        select(Facility.code, Facility.updated_at)
        .where(*_listed())
        .order_by(Facility.code)
        .limit(limit)
        .offset(offset)
    )
    return [(code, at) for code, at in found]


@dataclass(frozen=True, slots=True)
class PublicFacility:
    """What everybody is told of a facility; days are None where none is known."""

    code: str
    name_zh: str
    name_en: str | None
    status: str
    address: str | None
    is_sample: bool
    created_at: datetime
    updated_at: datetime
    opened_on: date | None
    closed_on: date | None
    source: str | None


def _known(day: Any, basis: Any) -> ColumnElement[date | None]:
    return case((basis == DateBasis.KNOWN, day))


_OPENED = _known(Facility.opened_on, Facility.opened_basis)
_CLOSED = _known(Facility.closed_on, Facility.closed_basis)


def _public(statuses: Collection[str], regions: Collection[str] | None) -> Select[Any]:
    columns: tuple[Any, ...] = (
        Facility.code,
        Facility.name_zh,
        Facility.name_en,
        Facility.status,
        Facility.address,
        Facility.is_sample,
        Facility.created_at,
        Facility.updated_at,
        _OPENED,
        _CLOSED,
        Facility.source,
    )
    found = select(*columns).where(Facility.status.in_(statuses))
    return found if regions is None else found.where(Facility.region_code.in_(regions))


def changed_lately(
    session: Session, statuses: Collection[str], regions: Collection[str] | None, *, limit: int
) -> list[PublicFacility]:
    """Return those in these states whose records changed last, the latest first.

    Regions are codes, those below them not included; None is everywhere.
    """
    newest = (Facility.updated_at.desc(), Facility.code)
    found = session.execute(_public(statuses, regions).order_by(*newest).limit(limit))
    return [PublicFacility(*row) for row in found]


def dated_since(
    session: Session, statuses: Collection[str], regions: Collection[str] | None, since: date
) -> list[PublicFacility]:
    """Return those in these states that opened or closed, or are to, on a known day from this one on."""
    found = session.execute(
        _public(statuses, regions).where(or_(since <= _OPENED, since <= _CLOSED))
    )
    return [PublicFacility(*row) for row in found]
