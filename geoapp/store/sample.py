"""Bulk inserts for sample data: they add what is missing and never change what is there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from geoalchemy2.shape import from_shape
from psycopg import Connection
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geoapp.store.models import DemandSet, Facility, FacilityPlace, Region

_SRID = 4326


@dataclass(frozen=True, slots=True)
class SampleDemand:
    """Demand points in columns of equal length; WGS-84 degrees, whole workers."""

    lon: Sequence[float]
    lat: Sequence[float]
    weight: Sequence[float]
    group: Sequence[str | None]
    hours: Sequence[list[float] | None]
    region_code: Sequence[str]


def claim_sample(session: Session, set_code: str) -> bool:
    """Wait for other loaders, then return whether the sample is still to be loaded.

    The lock lasts until the transaction ends, so two processes never load at once.
    """
    session.execute(text("select pg_advisory_xact_lock(hashtext('geoapp sample'))"))
    known = session.scalar(select(DemandSet.id).where(DemandSet.code == set_code))
    return known is None


def holds_others(session: Session, region_code: str, facility_prefix: str) -> bool:
    """Tell whether a store holds a region but the one, facilities of other codes, or any demand."""
    others = (
        select(Region.code).where(Region.code != region_code),
        select(Facility.id).where(~Facility.code.startswith(facility_prefix)),
        select(DemandSet.id),
    )
    return any(session.scalar(one.limit(1)) is not None for one in others)


def has_region(session: Session, code: str) -> bool:
    """Tell whether a store holds a region."""
    return session.get(Region, code) is not None


def add_regions(session: Session, rows: Iterable[tuple[Mapping[str, Any], BaseGeometry]]) -> int:
    """Insert the regions that are not there, parents first; return how many were.

    Each row is the columns of a region and its outline (MultiPolygon, EPSG:4326).
    """
    added = 0
    for values, outline in rows:
        statement = (
            insert(Region)
            .values(**values, geom=from_shape(outline, srid=_SRID))
            .on_conflict_do_nothing(index_elements=["code"])
            .returning(Region.code)
        )
        added += session.scalar(statement) is not None
    return added


def add_facilities(
    session: Session, rows: Iterable[tuple[Mapping[str, Any], BaseGeometry | None]]
) -> dict[str, int]:
    """Insert the facilities whose code is not there; return the new ones' ids by code.

    Each row is the columns of a facility and its geometry (point or area, EPSG:4326; None = its
    position is not known).
    """
    values = [
        {**row, "geom": None if geometry is None else from_shape(geometry, srid=_SRID)}
        for row, geometry in rows
    ]
    statement = (
        insert(Facility)
        .on_conflict_do_nothing(index_elements=["code"])
        .returning(Facility.code, Facility.id)
    )
    return {code: number for code, number in session.execute(statement, values)}


def add_places(session: Session, rows: Iterable[tuple[Mapping[str, Any], BaseGeometry]]) -> int:
    """Insert the places of moving facilities (points, EPSG:4326); return how many."""
    values = [{**row, "geom": from_shape(geometry, srid=_SRID)} for row, geometry in rows]
    if values:
        session.execute(insert(FacilityPlace), values)
    return len(values)


def add_demand_set(session: Session, header: Mapping[str, Any], demand: SampleDemand) -> int:
    """Insert a demand set with its points, streamed by COPY; return its id."""
    set_id: int = session.scalars(
        insert(DemandSet)
        .values(**header, points=len(demand.lon), weight=float(sum(demand.weight)))
        .returning(DemandSet.id)
    ).one()
    points = shapely.set_srid(shapely.points(demand.lon, demand.lat), _SRID)
    geometries = shapely.to_wkb(points, hex=True, include_srid=True)
    driver: Connection[Any] = session.connection().connection.driver_connection  # type: ignore[assignment]
    columns = "set_id, geom, weight, grp, hours, region_code"
    rows = zip(
        geometries, demand.weight, demand.group, demand.hours, demand.region_code, strict=True
    )
    with (
        driver.cursor() as cursor,
        cursor.copy(f"copy demand_point ({columns}) from stdin") as copy,
    ):
        for row in rows:
            copy.write_row((set_id, *row))
    return set_id
