"""Facilities by name alone, for lists and sums that need no hours; and where they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from geoapp.core.words import Family
from geoapp.store.facilities.public import HAS_PAGE
from geoapp.store.models import Facility, Kind


@dataclass(frozen=True, slots=True)
class NamedFamily:
    """A facility, its family, and where it is registered; ``kind`` is named in both languages.

    ``has_page`` is whether everybody may read a page on it: not while it is planned.
    """

    id: int
    code: str
    name_zh: str
    name_en: str | None
    family: Family
    kind_zh: str
    kind_en: str
    region_code: str | None
    is_sample: bool
    has_page: bool


def count_without_region(session: Session) -> int:
    """Return how many facilities are registered in no region."""
    query = select(func.count()).where(Facility.region_code.is_(None))
    return int(session.execute(query).scalar_one())


def facilities_by_family(
    session: Session, regions: Sequence[str] | None = None
) -> list[NamedFamily]:
    """Return the facilities registered in some regions (None: all), of every status, by code."""
    columns: tuple[Any, ...] = (
        Facility.id,
        Facility.code,
        Facility.name_zh,
        Facility.name_en,
        Kind.family,
        Kind.name_zh,
        Kind.name_en,
        Facility.region_code,
        Facility.is_sample,
        literal_column(f"facility.{HAS_PAGE}"),
    )
    query = select(*columns).join(Kind, Kind.code == Facility.kind_code).order_by(Facility.code)
    if regions is not None:
        query = query.where(Facility.region_code.in_(regions))
    rows: list[list[Any]] = [[*row[:4], Family(row[4]), *row[5:]] for row in session.execute(query)]
    return [NamedFamily(*row) for row in rows]


def positions_of(session: Session, facility_ids: Sequence[int]) -> dict[int, tuple[float, float]]:
    """Return where some facilities are, (lon, lat) in WGS-84 degrees, by number.

    An area is at a point inside it. What has no position is left out.
    """
    # PointOnSurface of an area lies inside it; for a point it is the point.
    inside = func.st_pointonsurface(Facility.geom)
    rows = session.execute(
        select(Facility.id, func.st_x(inside), func.st_y(inside)).where(
            Facility.id.in_(facility_ids), Facility.geom.is_not(None)
        )
    )
    return {number: (lon, lat) for number, lon, lat in rows}
