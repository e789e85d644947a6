"""Named queries on services, on where they are offered and on duty desks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select, text

from geoapp.store.engine import Session
from geoapp.store.facilities.read import regions_below
from geoapp.store.models import DutyDesk, Facility, Organisation, ServiceItem, ServiceOffer


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """A service, by the names of a file's columns."""

    code: str
    category: str
    name_zh: str
    name_en: str | None
    audience: str | None
    process: str | None
    time_limit: str | None
    promise: str | None
    first_responsible: str | None
    document: str | None
    document_on: date | None
    source: str | None
    is_sample: bool


@dataclass(frozen=True, slots=True)
class OfferRecord:
    """A service at a facility or by an organisation; what is None of the facility is unknown.

    ``line_m`` is the geodesic distance from the place that was asked for; None without one.
    """

    id: int
    item_code: str
    facility: str | None
    facility_id: int | None
    organisation: str | None
    name_zh: str
    name_en: str | None
    status: str | None
    address: str | None
    region_code: str | None
    place_hours: str | None
    place_phone: str | None
    timezone: str | None
    lon: float | None
    lat: float | None
    line_m: float | None
    hours: str | None
    hours_raw: str | None
    phone: str | None
    valid_from: date | None
    valid_to: date | None
    source: str | None
    is_sample: bool


@dataclass(frozen=True, slots=True)
class DeskRecord:
    """A duty desk of a facility."""

    id: int
    facility: str
    facility_id: int
    name_zh: str | None
    phone: str
    hours: str | None
    hours_raw: str | None
    timezone: str
    source: str | None
    is_sample: bool


@dataclass(frozen=True, slots=True)
class OfferFilter:
    """Which offers; what is None does not filter.

    Attributes
    ----------
    on_day
        Only offers that hold on the day.
    region
        Of facilities and organisations in it or below.
    """

    items: frozenset[str] | None = None
    facility: str | None = None
    region: str | None = None
    on_day: date | None = None
    statuses: frozenset[str] | None = None


def lock_services(session: Session) -> None:
    """Keep others from writing services until the transaction ends."""
    session.execute(
        text("lock table service_item, service_offer, duty_desk in share row exclusive mode")
    )


def item_records(session: Session) -> list[ItemRecord]:
    """Return all services in order of code."""
    columns = [getattr(ServiceItem, name) for name in ItemRecord.__slots__]
    query = select(*columns).order_by(ServiceItem.code)
    return [ItemRecord(*row) for row in session.execute(query)]


def item_codes(session: Session) -> frozenset[str]:
    """Return the codes of all services."""
    return frozenset(session.scalars(select(ServiceItem.code)))


def offer_records(
    session: Session,
    wanted: OfferFilter,
    *,
    lon: float | None = None,
    lat: float | None = None,
    limit: int | None = None,
) -> list[OfferRecord]:
    """Return offers, nearest first where a place is given (those without a position last), by name.

    Parameters
    ----------
    lon, lat
        WGS-84, degrees.
    """
    point = func.st_pointonsurface(Facility.geom)
    here = func.st_setsrid(func.st_makepoint(lon, lat), 4326)
    line_m = func.st_distance(func.geography(Facility.geom), func.geography(here))
    nowhere = select(text("null::float8")).scalar_subquery()
    far = nowhere if lon is None or lat is None else line_m
    query = (
        select(
            ServiceOffer.id,
            ServiceOffer.item_code,
            Facility.code,
            ServiceOffer.facility_id,
            ServiceOffer.organisation_code,
            func.coalesce(Facility.name_zh, Organisation.name_zh),
            func.coalesce(Facility.name_en, Organisation.name_en),
            Facility.status,
            Facility.address,
            func.coalesce(Facility.region_code, Organisation.region_code),
            Facility.opening_hours,
            Facility.phone,
            Facility.timezone,
            func.st_x(point),
            func.st_y(point),
            far.label("line_m"),
            ServiceOffer.hours,
            ServiceOffer.hours_raw,
            ServiceOffer.phone,
            ServiceOffer.valid_from,
            ServiceOffer.valid_to,
            ServiceOffer.source,
            ServiceOffer.is_sample,
        )
        .outerjoin(Facility, Facility.id == ServiceOffer.facility_id)
        .outerjoin(Organisation, Organisation.code == ServiceOffer.organisation_code)
        .order_by(
            text("line_m nulls last"),
            func.coalesce(Facility.code, ServiceOffer.organisation_code),
            ServiceOffer.item_code,
            ServiceOffer.id,
        )
    )
    if wanted.items is not None:
        query = query.where(ServiceOffer.item_code.in_(wanted.items))
    if wanted.facility is not None:
        query = query.where(Facility.code == wanted.facility)
    if wanted.region is not None:
        region = func.coalesce(Facility.region_code, Organisation.region_code)
        query = query.where(region.in_(regions_below(session, wanted.region)))
    if wanted.statuses is not None:
        query = query.where(Facility.id.is_(None) | Facility.status.in_(wanted.statuses))
    if wanted.on_day is not None:
        query = query.where(
            func.coalesce(ServiceOffer.valid_from, wanted.on_day) <= wanted.on_day,
            func.coalesce(ServiceOffer.valid_to, wanted.on_day) >= wanted.on_day,
        )
    found: Sequence[Any] = session.execute(query.limit(limit)).all()
    return [OfferRecord(*row) for row in found]


def desk_records(session: Session, facility_ids: Sequence[int] | None = None) -> list[DeskRecord]:
    """Return the duty desks of some facilities, or all, by facility and telephone."""
    query = (
        select(
            DutyDesk.id,
            Facility.code,
            DutyDesk.facility_id,
            DutyDesk.name_zh,
            DutyDesk.phone,
            DutyDesk.hours,
            DutyDesk.hours_raw,
            Facility.timezone,
            DutyDesk.source,
            DutyDesk.is_sample,
        )
        .join(Facility, Facility.id == DutyDesk.facility_id)
        .order_by(Facility.code, DutyDesk.phone)
    )
    if facility_ids is not None:
        query = query.where(DutyDesk.facility_id.in_(facility_ids))
    found: Sequence[Any] = session.execute(query).all()
    return [DeskRecord(*row) for row in found]


def desk_phones(session: Session, facility_ids: Sequence[int | None]) -> dict[int | None, str]:
    """Return the telephone of the first duty desk of each of some facilities that have one."""
    found: dict[int | None, str] = {}
    for one in desk_records(session, [number for number in facility_ids if number is not None]):
        found.setdefault(one.facility_id, one.phone)
    return found


def organisation_offers(session: Session, code: str) -> int:
    """Return how many offers an organisation makes."""
    query = select(func.count()).where(ServiceOffer.organisation_code == code)
    return session.scalars(query).one()


def delete_offer(session: Session, facility_id: int, number: int) -> bool:
    """Delete an offer of a facility; return whether there was one."""
    gone = delete(ServiceOffer).where(
        ServiceOffer.facility_id == facility_id, ServiceOffer.id == number
    )
    return session.scalars(gone.returning(ServiceOffer.id)).first() is not None


def delete_desk(session: Session, facility_id: int, number: int) -> bool:
    """Delete a duty desk of a facility; return whether there was one."""
    gone = delete(DutyDesk).where(DutyDesk.facility_id == facility_id, DutyDesk.id == number)
    return session.scalars(gone.returning(DutyDesk.id)).first() is not None


def offers_by_item(session: Session, on_day: date, statuses: frozenset[str]) -> dict[str, int]:
    """Return by how many places and organisations each service is offered on a day.

    Parameters
    ----------
    statuses
        Of the facilities that count.
    """
    count = func.count(ServiceOffer.facility_id.distinct()) + func.count(
        ServiceOffer.organisation_code.distinct()
    )
    query = (
        select(ServiceOffer.item_code, count)
        .outerjoin(Facility, Facility.id == ServiceOffer.facility_id)
        .where(
            func.coalesce(ServiceOffer.valid_from, on_day) <= on_day,
            func.coalesce(ServiceOffer.valid_to, on_day) >= on_day,
            Facility.id.is_(None) | Facility.status.in_(statuses),
        )
        .group_by(ServiceOffer.item_code)
    )
    return {code: count for code, count in session.execute(query)}
