"""Named queries that a coverage run starts from: demand, facilities in service, regions."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geoapp.store.models import DemandSet, Facility, Region


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region's place in the hierarchy, and its outline (WKB, WGS-84), coarse, if known."""

    code: str
    parent_code: str | None
    level: str
    name_zh: str
    name_en: str | None
    outline_wkb: bytes | None


def find_demand_set(session: Session, code: str | None) -> DemandSet | None:
    """Return the demand set of a code; without a code, the one made last."""
    query = select(DemandSet)
    if code is not None:
        return session.scalars(query.where(DemandSet.code == code)).one_or_none()
    return session.scalars(query.order_by(DemandSet.id.desc()).limit(1)).first()


def list_demand_sets(session: Session) -> list[DemandSet]:
    """Return the demand sets, the newest first."""
    return list(session.scalars(select(DemandSet).order_by(DemandSet.id.desc())))


def read_regions(session: Session) -> list[RegionRow]:
    """Return all regions in order of code; outlines simplified to about 100 m, for naming places."""
    outline = func.st_asbinary(func.st_simplifypreservetopology(Region.geom, 0.001))
    rows = session.execute(
        select(
            Region.code, Region.parent_code, Region.level, Region.name_zh, Region.name_en, outline
        ).order_by(Region.code)
    )
    return [
        RegionRow(code, parent, level, zh, en, None if shape is None else bytes(shape))
        for code, parent, level, zh, en, shape in rows
    ]


@dataclass(frozen=True, slots=True)
class OutlinedRegion:
    """A region with its outline, whole (WKB, WGS-84)."""

    code: str
    level: str
    outline_wkb: bytes


def outlines_in(
    session: Session, bounds: tuple[float, float, float, float]
) -> list[OutlinedRegion]:
    """Return the regions with an outline that may meet a box (west, south, east, north; degrees)."""
    rows = session.execute(
        select(Region.code, Region.level, func.st_asbinary(Region.geom))
        .where(Region.geom.op("&&")(func.st_makeenvelope(*bounds, 4326)))
        .order_by(Region.code)
    )
    return [OutlinedRegion(code, level, bytes(shape)) for code, level, shape in rows]


def facility_names(session: Session, codes: Sequence[str]) -> dict[str, tuple[str, str | None]]:
    """Return by code the Chinese and English names of the facilities that are stored."""
    rows = session.execute(
        select(Facility.code, Facility.name_zh, Facility.name_en).where(Facility.code.in_(codes))
    )
    return {code: (name_zh, name_en) for code, name_zh, name_en in rows}


def facility_grounds(session: Session, codes: Sequence[str]) -> dict[str, tuple[str, str | None]]:
    """Return by code the kind and the region of the facilities that are stored."""
    rows = session.execute(
        select(Facility.code, Facility.kind_code, Facility.region_code).where(
            Facility.code.in_(codes)
        )
    )
    return {code: (kind, region) for code, kind, region in rows}
