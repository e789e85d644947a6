"""The tables. Geometries are EPSG:4326 (WGS-84); every time is stored with its zone.

``data_version`` holds one counter per kind of data ('facilities', 'regions', 'demand', 'runs'),
raised by triggers inside the transaction that changes the data. ``facility.rev`` is the counter's
value at a row's last change, so that other processes can read just what has changed since.
"""

from datetime import date, datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, REAL
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from geoapp.core.words import Access, Entry, Family, Level, RunStatus, Status


class Base(DeclarativeBase):
    """All tables of the service."""

    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy reads it as a class attribute)
        str: Text,
        int: Integer,
        float: Double,
        date: Date,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[str]: ARRAY(Text),
        bytes: LargeBinary,
    }


def _one_of(column: str, words: type[Any]) -> str:
    return f"{column} in ({', '.join(repr(str(word)) for word in words)})"


class Kind(Base):
    """A kind of facility under one of the three families."""

    __tablename__ = "kind"
    __table_args__ = (CheckConstraint(_one_of("family", Family), "kind_family"),)
    code: Mapped[str] = mapped_column(primary_key=True)
    family: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    sort: Mapped[int] = mapped_column(server_default="0")


class Amenity(Base):
    """Something that a facility may offer."""

    __tablename__ = "amenity"
    code: Mapped[str] = mapped_column(primary_key=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    synonyms: Mapped[list[str]] = mapped_column(server_default="{}")
    sort: Mapped[int] = mapped_column(server_default="0")


class AmenityStandard(Base):
    """A published list of required amenities, with where and when it was published."""

    __tablename__ = "amenity_standard"
    code: Mapped[str] = mapped_column(primary_key=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    region_code: Mapped[str | None]
    issuer: Mapped[str | None]
    published_on: Mapped[date | None]
    source: Mapped[str]
    source_note: Mapped[str | None]
    sort: Mapped[int] = mapped_column(server_default="0")


class AmenityStandardItem(Base):
    """One amenity that a standard requires."""

    __tablename__ = "amenity_standard_item"
    standard_code: Mapped[str] = mapped_column(
        ForeignKey("amenity_standard.code", ondelete="CASCADE"), primary_key=True
    )
    amenity_code: Mapped[str] = mapped_column(ForeignKey("amenity.code"), primary_key=True)
    sort: Mapped[int] = mapped_column(server_default="0")


class Region(Base):
    """An administrative area with its GB/T 2260 code; its outline may be unknown."""

    __tablename__ = "region"
    __table_args__ = (
        CheckConstraint(_one_of("level", Level), "region_level"),
        Index("region_parent_idx", "parent_code"),
        Index("region_geom_idx", "geom", postgresql_using="gist"),
    )
    code: Mapped[str] = mapped_column(primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    level: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str | None]
    geom: Mapped[WKBElement | None] = mapped_column(
        Geometry("MULTIPOLYGON", srid=4326, spatial_index=False)
    )
    population: Mapped[int | None] = mapped_column(BigInteger)
    population_source: Mapped[str | None]
    source: Mapped[str | None]


class Facility(Base):
    """A station, base or home. ``None`` is unknown; amenities in neither list are unknown."""

    __tablename__ = "facility"
    __table_args__ = (
        CheckConstraint(_one_of("status", Status), "facility_status"),
        CheckConstraint(_one_of("entry", Entry), "facility_entry"),
        CheckConstraint(_one_of("access", Access), "facility_access"),
        CheckConstraint("not (amenities && no_amenities)", "facility_amenities_apart"),
        CheckConstraint("capacity >= 0", "facility_capacity"),
        CheckConstraint("position_accuracy_m >= 0", "facility_accuracy"),
        CheckConstraint(
            "geometrytype(geom) in ('POINT', 'POLYGON', 'MULTIPOLYGON')", "facility_geom_type"
        ),
        CheckConstraint("not st_isempty(geom)", "facility_geom_filled"),
        Index("facility_geom_idx", "geom", postgresql_using="gist"),
        Index("facility_geog_idx", text("(geom::geography)"), postgresql_using="gist"),
        Index("facility_region_idx", "region_code"),
        Index("facility_kind_idx", "kind_code"),
        Index("facility_rev_idx", "rev"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    kind_code: Mapped[str] = mapped_column(ForeignKey("kind.code"))
    name_zh: Mapped[str]
    name_en: Mapped[str | None]
    geom: Mapped[WKBElement] = mapped_column(Geometry("GEOMETRY", srid=4326, spatial_index=False))
    address: Mapped[str | None]
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    # How the region was found: 'given', 'inside', 'nearest' (then the distance to it), or None.
    region_match: Mapped[str | None]
    region_distance_m: Mapped[float | None]
    status: Mapped[str] = mapped_column(server_default=Status.OPEN)
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    # OpenStreetMap's syntax, and the words as they came.
    opening_hours: Mapped[str | None]
    opening_hours_raw: Mapped[str | None]
    timezone: Mapped[str] = mapped_column(server_default="Asia/Shanghai")
    amenities: Mapped[list[str]] = mapped_column(server_default="{}")
    no_amenities: Mapped[list[str]] = mapped_column(server_default="{}")
    entry: Mapped[str | None]
    access: Mapped[str | None]
    phone: Mapped[str | None]
    operator: Mapped[str | None]
    host: Mapped[str | None]
    capacity: Mapped[int | None]
    source: Mapped[str | None]
    verified_on: Mapped[date | None]
    position_accuracy_m: Mapped[float | None]
    is_sample: Mapped[bool] = mapped_column(server_default=text("false"))
    extra: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    rev: Mapped[int] = mapped_column(BigInteger, server_default="0")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class FacilityPlace(Base):
    """Where a moving facility stands in a period, and its hours there.

    A facility with places is found only at the places whose period holds the moment asked;
    ``valid_from`` and ``valid_to`` are both inclusive, None is open-ended.
    """

    __tablename__ = "facility_place"
    __table_args__ = (
        CheckConstraint("valid_from <= valid_to", "facility_place_period"),
        Index("facility_place_facility_idx", "facility_id"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id", ondelete="CASCADE"))
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))
    label_zh: Mapped[str | None]
    label_en: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    opening_hours: Mapped[str | None]


class FacilityTombstone(Base):
    """A facility that was deleted, kept so that other processes forget it too."""

    __tablename__ = "facility_tombstone"
    __table_args__ = (Index("facility_tombstone_rev_idx", "rev"),)
    facility_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    code: Mapped[str]
    rev: Mapped[int] = mapped_column(BigInteger)


class DataVersion(Base):
    """A counter that rises with every committed change of one kind of data."""

    __tablename__ = "data_version"
    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, server_default="0")
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


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


class Run(Base):
    """A stored analysis: its parameters, its inputs' versions, its life and its result."""

    __tablename__ = "run"
    __table_args__ = (
        CheckConstraint(_one_of("status", RunStatus), "run_status"),
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


class AppUser(Base):
    """Somebody who signs in; the password is kept as an Argon2 hash."""

    __tablename__ = "app_user"
    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    role: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    is_sample: Mapped[bool] = mapped_column(server_default=text("false"))
    session_salt: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class CalendarYear(Base):
    """A year whose public holidays and shifted working days are known, and from where."""

    __tablename__ = "calendar_year"
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str]


class CalendarDay(Base):
    """A public holiday, or a weekend day that is worked in exchange (调休)."""

    __tablename__ = "calendar_day"
    __table_args__ = (CheckConstraint("nature in ('holiday', 'workday')", "calendar_day_nature"),)
    day: Mapped[date] = mapped_column(primary_key=True)
    nature: Mapped[str]
    name: Mapped[str | None]
