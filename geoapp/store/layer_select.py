"""What the layers of stations, bases and homes have in common: facilities in service on a day."""

from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    func,
    or_,
    select,
    true,
    union_all,
)

from geoapp.core.words import Family, Status
from geoapp.store.models import Facility, FacilityPlace, FacilityVoice, Kind, Region


def reaching_into(shape: Any, frame: Any | None) -> ColumnElement[bool]:
    """Return whether a shape's box meets a frame as a layer's context has it; None is everywhere."""
    if frame is None:
        return true()
    met: ColumnElement[bool] = shape.op("&&")(frame)
    return met


def in_service_on(day: date) -> ColumnElement[bool]:
    """Return whether a facility is in service on a day, as far as its status and its dates say."""
    return and_(
        Facility.status == Status.OPEN,
        func.coalesce(Facility.opened_on, day) <= day,
        # Of a month or year in which it closes it may be in service to the end.
        or_(
            Facility.closed_on.is_(None),
            func.geoapp_last_day(Facility.closed_on, Facility.closed_basis) > day,
        ),
    )


def facilities_on(day: date, family: Family | None = None, frame: Any | None = None) -> Select[Any]:
    """Return a select of the facilities in service on a day; those that move at that day's places.

    Those without a position are not among them. With a frame as a layer's context has it, some or
    all of those outside of it are left out.

    Columns: ``id`` (text; the code, with the place's number where a facility moves), ``geometry``
    (EPSG:4326, point or area), the facility's own, its kind's and its region's names, and, where it
    moves, ``place_zh`` and ``place_en``.
    """
    place = FacilityPlace
    here = and_(
        place.facility_id == Facility.id,
        func.coalesce(place.valid_from, day) <= day,
        func.coalesce(place.valid_to, day) >= day,
    )
    moving = select(place.facility_id)
    found = (
        select(
            func.concat_ws("@", Facility.code, place.id).label("id"),
            func.coalesce(place.geom, Facility.geom).label("geometry"),
            func.coalesce(place.opening_hours, Facility.opening_hours).label("opening_hours"),
            place.label_zh.label("place_zh"),
            place.label_en.label("place_en"),
            Kind.name_zh.label("kind_zh"),
            Kind.name_en.label("kind_en"),
            Kind.code.label("kind_code"),
            Kind.family,
            Facility.status,
            Facility.region_code,
            Region.name_zh.label("region_zh"),
            Region.name_en.label("region_en"),
            Facility.phone,
            Facility.host,
            Facility.operator,
            Facility.capacity,
            Facility.opened_on,
            Facility.opened_basis,
            Facility.closed_on,
            Facility.closed_basis,
            Facility.source,
            Facility.code,
            Facility.name_zh,
            Facility.name_en,
            Facility.timezone,
            Facility.amenities,
            Facility.no_amenities,
            Facility.entry,
            Facility.access,
            Facility.address,
            Facility.verified_on,
            # What workers report, in a form for one column: shut 2 2026-11-28.
            case(
                (
                    FacilityVoice.doubt.is_not(None),
                    func.concat_ws(
                        " ",
                        FacilityVoice.doubt,
                        FacilityVoice.doubt_voices,
                        FacilityVoice.doubt_since,
                    ),
                )
            ).label("doubtful"),
            Facility.is_sample,
        )
        .join(Kind, Kind.code == Facility.kind_code)
        .outerjoin(Region, Region.code == Facility.region_code)
        .outerjoin(place, here)
        .outerjoin(FacilityVoice, FacilityVoice.facility_id == Facility.id)
        .where(in_service_on(day))
        .where(or_(place.id.is_not(None), Facility.id.not_in(moving)))
        .where(or_(place.id.is_not(None), Facility.geom.is_not(None)))
    )
    if frame is not None:
        # The geometry that is shown may be either of two, so that no index knows it.
        near = union_all(
            select(Facility.id).where(reaching_into(Facility.geom, frame)),
            select(place.facility_id).where(reaching_into(place.geom, frame)),
        )
        found = found.where(Facility.id.in_(near))
    return found if family is None else found.where(Kind.family == family)
