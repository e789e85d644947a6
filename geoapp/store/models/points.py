"""Demand points, and the places where a facility may be opened."""

from datetime import datetime

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, REAL
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.store.models.base import Base


class DemandSet(Base):
    """A named set of weighted demand points; an import replaces its points as a whole."""

    __tablename__ = "demand_set"
    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str | None]
    source: Mapped[str | None]
    is_sample: Mapped[bool] = mapped_column(server_default=text("false"))
    content_hash: Mapped[str | None]
    points: Mapped[int] = mapped_column(server_default="0")
    weight: Mapped[float] = mapped_column(server_default="0")
    version: Mapped[int] = mapped_column(BigInteger, server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DemandPoint(Base):
    """A place with a number of outdoor workers; ``hours`` are 24 or 168 multipliers (0 to 1)."""

    __tablename__ = "demand_point"
    __table_args__ = (
        CheckConstraint("weight >= 0", "demand_point_weight"),
        CheckConstraint("cardinality(hours) in (24, 168)", "demand_point_hours"),
        Index("demand_point_set_idx", "set_id", "region_code"),
        Index("demand_point_geom_idx", "geom", postgresql_using="gist"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("demand_set.id", ondelete="CASCADE"))
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))
    weight: Mapped[float]
    grp: Mapped[str | None]
    hours: Mapped[list[float] | None] = mapped_column(ARRAY(REAL))
    region_code: Mapped[str | None]


class CandidateSet(Base):
    """A named set of places where a facility may be opened."""

    __tablename__ = "candidate_set"
    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str | None]
    content_hash: Mapped[str | None]
    version: Mapped[int] = mapped_column(BigInteger, server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Candidate(Base):
    """A place where a facility may be opened."""

    __tablename__ = "candidate"
    __table_args__ = (Index("candidate_set_code_idx", "set_id", "code", unique=True),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("candidate_set.id", ondelete="CASCADE"))
    code: Mapped[str]
    name: Mapped[str | None]
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))
    cost: Mapped[float | None]
    host_type: Mapped[str | None]
    region_code: Mapped[str | None]
