"""How many facilities are registered in each region, by family, and how large regions are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from geoapp.core.words import Family, Status
from geoapp.store.layer_select import in_service_on
from geoapp.store.models import Facility, Kind

_AREAS = text(
    "select code, st_area(geom::geography) / 1e6 from region "
    "where code = any(:codes) and geom is not null"
)


@dataclass(frozen=True, slots=True)
class Count:
    """How many facilities of a family are registered in a region itself; None is in no region."""

    region_code: str | None
    family: Family
    in_service: int
    suspended: int


def count_by_region(session: Session, day: date) -> list[Count]:
    """Return how many facilities are in service on a day and how many are suspended.

    Those without a position count, too; those of regions below are counted there.
    """
    serving = func.count().filter(in_service_on(day))
    suspended = func.count().filter(Facility.status == Status.SUSPENDED)
    rows = session.execute(
        select(Facility.region_code, Kind.family, serving, suspended)
        .join(Kind, Kind.code == Facility.kind_code)
        .group_by(Facility.region_code, Kind.family)
    )
    return [Count(code, Family(family), *numbers) for code, family, *numbers in rows]


def areas_km2(session: Session, codes: Sequence[str]) -> dict[str, float]:
    """Return the area of some regions on the spheroid, km², by code; without an outline there is none."""
    return {code: area for code, area in session.execute(_AREAS, {"codes": list(codes)})}
