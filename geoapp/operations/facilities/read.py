"""Facilities one by one and page by page, as people and programs read them."""

from dataclasses import dataclass
from typing import Any

import shapely
from sqlalchemy.orm import Session

from geoapp.core.errors import InvalidValueError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.words import Status
from geoapp.store.engine import Database
from geoapp.store.facilities.read import (
    FacilityFilter,
    facility_by_code,
    page_of_facilities,
    places_of,
    regions_below,
)
from geoapp.store.models import Facility, FacilityPlace
from geoapp.store.vocabulary import family_of_kinds, read_codes

PUBLIC_STATUSES = frozenset({Status.OPEN, Status.SUSPENDED, Status.CLOSED})
_FACILITY = Text("站点", "facility")


@dataclass(frozen=True, slots=True)
class FacilityRecord:
    """Everything that is stored of a facility; geometry as WKB, WGS-84."""

    code: str
    rev: int
    geometry_wkb: bytes
    properties: dict[str, Any]

    @property
    def lon(self) -> float:
        """Longitude (degrees, WGS-84) of the point, or of a point inside the area."""
        return float(shapely.point_on_surface(shapely.from_wkb(self.geometry_wkb)).x)

    @property
    def lat(self) -> float:
        """Latitude (degrees, WGS-84) of the point, or of a point inside the area."""
        return float(shapely.point_on_surface(shapely.from_wkb(self.geometry_wkb)).y)


@dataclass(frozen=True, slots=True)
class FacilityPage:
    """One page of a list; ``cursor`` asks for the next one, None at the end."""

    records: list[FacilityRecord]
    cursor: str | None


def _record(facility: Facility, family: str, places: list[FacilityPlace]) -> FacilityRecord:
    return FacilityRecord(
        code=facility.code,
        rev=facility.rev,
        geometry_wkb=bytes(facility.geom.data),
        properties={
            "code": facility.code,
            "kind": facility.kind_code,
            "family": family,
            "name": facility.name_zh,
            "name_zh": facility.name_zh,
            "name_en": facility.name_en,
            "status": facility.status,
            "opened_on": facility.opened_on,
            "closed_on": facility.closed_on,
            "verified_on": facility.verified_on,
            "opening_hours": facility.opening_hours,
            "timezone": facility.timezone,
            "amenities": facility.amenities,
            "no_amenities": facility.no_amenities,
            "entry": facility.entry,
            "access": facility.access,
            "address": facility.address,
            "phone": facility.phone,
            "operator": facility.operator,
            "host": facility.host,
            "capacity": facility.capacity,
            "source": facility.source,
            "region": facility.region_code,
            "region_match": facility.region_match,
            "region_distance_m": facility.region_distance_m,
            "position_accuracy_m": facility.position_accuracy_m,
            "sample": facility.is_sample,
            "places": [
                {
                    "geometry_wkb": bytes(place.geom.data),
                    "label_zh": place.label_zh,
                    "label_en": place.label_en,
                    "valid_from": place.valid_from,
                    "valid_to": place.valid_to,
                    "opening_hours": place.opening_hours,
                }
                for place in places
            ],
            "rev": facility.rev,
            "updated_at": facility.updated_at,
        },
    )


def facility_records(session: Session, facilities: list[Facility]) -> list[FacilityRecord]:
    """Return what is stored of some facilities, in their order."""
    families = family_of_kinds(session)
    places = places_of(session, [one.id for one in facilities])
    return [_record(one, families[one.kind_code], places.get(one.id, [])) for one in facilities]


def list_facilities(
    database: Database,
    wanted: FacilityFilter,
    *,
    after: str | None = None,
    limit: int = 100,
    unpublished: bool = False,
) -> FacilityPage:
    """Return a page of facilities in order of code.

    Parameters
    ----------
    unpublished
        Whether proposed and approved facilities may be seen.

    Raises
    ------
    InvalidValueError
        If a kind or region is not known.
    """
    with database.snapshot() as session:
        known = read_codes(session)
        for kind in sorted(wanted.kinds - known.kinds):
            accepted = ", ".join(sorted(known.kinds))
            raise InvalidValueError("kind", kind, Text(accepted, accepted))
        if wanted.region is not None and not regions_below(session, wanted.region):
            raise InvalidValueError(
                "region", wanted.region, Text("已有区域的代码", "the code of a stored region")
            )
        if not unpublished:
            statuses = wanted.statuses & PUBLIC_STATUSES if wanted.statuses else PUBLIC_STATUSES
            if not statuses:
                return FacilityPage([], None)
            wanted = FacilityFilter(
                wanted.bbox, wanted.region, wanted.kinds, wanted.families, statuses
            )
        found = page_of_facilities(session, wanted, after=after, limit=limit + 1)
        cursor = found[limit - 1].code if len(found) > limit else None
        return FacilityPage(facility_records(session, found[:limit]), cursor)


def read_facility(database: Database, code: str, *, unpublished: bool = False) -> FacilityRecord:
    """Return the facility of a code.

    Raises
    ------
    NotFoundError
        If there is none, or it is not published and may not be seen.
    """
    with database.snapshot() as session:
        facility = facility_by_code(session, code)
        if facility is None or not (unpublished or facility.status in PUBLIC_STATUSES):
            raise NotFoundError(_FACILITY, code)
        return facility_records(session, [facility])[0]
