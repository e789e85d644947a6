"""How many facilities are registered in each region, by family, and how large regions are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import String, column, func, select, text, true
from sqlalchemy.orm import Session

from geoapp.core.words import Family, Status
from geoapp.store.layer_select import in_service_on
from geoapp.store.models import Facility, Kind
from geoapp.store.region_tree import WITHIN_REGION

_AREAS = text(
    "select code, st_area(geom::geography) / 1e6 from region "
    "where code = any(:codes) and geom is not null"
)


_PARTS = text(
    """
    with recursive part(code, listed) as (
        select code, code from region where code = any(:listed)
        union all
        select r.code, p.listed from region r join part p on r.parent_code = p.code
        where r.code <> all(:listed)
    ) select code, listed from part
    """
).columns(column("code", String), column("listed", String))


@dataclass(frozen=True, slots=True)
class Count:
    """How many facilities of a family are registered in a region and all below it.

    ``region_code`` is None for those in none of the regions that were asked about.
    """

    region_code: str | None
    family: Family
    in_service: int
    suspended: int


def count_by_region(
    session: Session, day: date, listed: Sequence[str], within: str | None
) -> list[Count]:
    """Return how many facilities are in service on a day and how many are suspended.

    Those without a position count, too. Each counts once, in the nearest of the listed regions that
    contain it.

    Parameters
    ----------
    within
        Only those registered in this region or below it; None is everywhere.
    """
    part = _PARTS.bindparams(listed=list(listed)).cte("part")
    serving = func.count().filter(in_service_on(day))
    suspended = func.count().filter(Facility.status == Status.SUSPENDED)
    own = text(WITHIN_REGION.format(column="facility.region_code"))
    inside = true() if within is None else own.bindparams(region=within)
    rows = session.execute(
        select(part.c.listed, Kind.family, serving, suspended)
        .select_from(Facility)
        .join(Kind, Kind.code == Facility.kind_code)
        .outerjoin(part, part.c.code == Facility.region_code)
        .where(inside)
        .group_by(part.c.listed, Kind.family)
    )
    return [Count(code, Family(family), *numbers) for code, family, *numbers in rows]


def areas_km2(session: Session, codes: Sequence[str]) -> dict[str, float]:
    """Return the area of some regions on the spheroid, km², by code; without an outline there is none."""
    return {code: area for code, area in session.execute(_AREAS, {"codes": list(codes)})}
