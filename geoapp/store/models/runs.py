"""Runs, what they found, and the scenarios that hold them."""

from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.core.words import Every, Outcome, RunStatus
from geoapp.store.models.base import Base, one_of


class Run(Base):
    """A stored analysis: its parameters, its inputs' versions, its life and its result."""

    __tablename__ = "run"
    __table_args__ = (
        CheckConstraint(one_of("status", RunStatus), "run_status"),
        CheckConstraint("progress_share between 0 and 1", "run_progress"),
        Index("run_latest_idx", "kind", "status", "finished_at"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=RunStatus.QUEUED)
    params: Mapped[dict[str, Any]]
    inputs: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    result: Mapped[dict[str, Any] | None]
    progress_share: Mapped[float] = mapped_column(server_default="0")
    step_zh: Mapped[str | None]
    step_en: Mapped[str | None]
    error_zh: Mapped[str | None]
    error_en: Mapped[str | None]
    cancel_requested: Mapped[bool] = mapped_column(server_default=text("false"))
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    job_id: Mapped[int | None] = mapped_column(BigInteger)
    created_by: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]


class Publication(Base):
    """A coverage run as the official answer of its region; no region is the whole area."""

    __tablename__ = "publication"
    __table_args__ = (
        CheckConstraint("withdrawn_at >= published_at", "publication_withdrawn_later"),
        Index("publication_region_idx", "region_code", text("published_at desc")),
        Index("publication_run_idx", "run_id"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    region_code: Mapped[str | None]
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    published_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    published_by: Mapped[str | None]
    note: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]


class CoverageSchedule(Base):
    """When the published answer of a region is computed anew; no region is the whole area."""

    __tablename__ = "coverage_schedule"
    __table_args__ = (
        UniqueConstraint(
            "region_code", name="coverage_schedule_region", postgresql_nulls_not_distinct=True
        ),
        CheckConstraint(one_of("every", Every), "coverage_schedule_every"),
        CheckConstraint("hour between 0 and 23", "coverage_schedule_hour"),
        CheckConstraint(one_of("last_outcome", Outcome), "coverage_schedule_outcome"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    region_code: Mapped[str | None]
    every: Mapped[str]
    hour: Mapped[int] = mapped_column(SmallInteger)
    created_by: Mapped[str | None]
    next_at: Mapped[datetime]
    last_at: Mapped[datetime | None]
    last_outcome: Mapped[str | None]
    last_run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id", ondelete="SET NULL"))


class RunRegion(Base):
    """One region's figures in a coverage run; weights are workers, None is unknown."""

    __tablename__ = "run_region"
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"), primary_key=True)
    region_code: Mapped[str] = mapped_column(primary_key=True)
    figures: Mapped[dict[str, Any]]


class RunGap(Base):
    """One gap zone of a coverage run, ranked by the workers in it."""

    __tablename__ = "run_gap"
    __table_args__ = (Index("run_gap_geom_idx", "geom", postgresql_using="gist"),)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    region_code: Mapped[str | None]
    geom: Mapped[WKBElement] = mapped_column(
        Geometry("MULTIPOLYGON", srid=4326, spatial_index=False)
    )
    points: Mapped[int]
    workers: Mapped[float]
    worst_m: Mapped[float | None]
    mean_m: Mapped[float | None]
    nearest_code: Mapped[str | None]
    nearest_name: Mapped[str | None]


class RunSite(Base):
    """A site of a siting run: chosen ones in order of what each adds, then the best of the rest."""

    __tablename__ = "run_site"
    __table_args__ = (Index("run_site_geom_idx", "geom", postgresql_using="gist"),)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"), primary_key=True)
    chosen: Mapped[bool] = mapped_column(primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    name: Mapped[str | None]
    place_zh: Mapped[str | None]
    place_en: Mapped[str | None]
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))
    region_code: Mapped[str | None]
    cost: Mapped[float | None]
    fixed: Mapped[bool]
    adds: Mapped[float]
    by_district: Mapped[dict[str, Any]]


class RunArray(Base):
    """An array of a run in NumPy's own format, such as each demand point's walking distance."""

    __tablename__ = "run_array"
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[bytes]


class Scenario(Base):
    """A planner's named question, as it was saved last; ``owner`` is a user's name."""

    __tablename__ = "scenario"
    __table_args__ = (
        CheckConstraint("audience in ('owner', 'planners', 'colleagues')", "scenario_audience"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    name: Mapped[str]
    owner: Mapped[str]
    audience: Mapped[str]
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ScenarioVersion(Base):
    """A scenario as it was saved once: its question, and the siting run that answers it."""

    __tablename__ = "scenario_version"
    scenario_id: Mapped[int] = mapped_column(
        ForeignKey("scenario.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    question: Mapped[dict[str, Any]]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id", ondelete="SET NULL"))
    saved_by: Mapped[str]
    saved_at: Mapped[datetime] = mapped_column(server_default=func.now())
