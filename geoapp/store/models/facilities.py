"""Facilities, where they are, and the words that they are described with."""

from datetime import date, datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.core.words import (
    Access,
    CallOutcome,
    DateBasis,
    Entry,
    Family,
    Level,
    PositionBasis,
    Status,
)
from geoapp.store.models.base import Base, one_of


class Kind(Base):
    """A kind of facility under one of the three families."""

    __tablename__ = "kind"
    __table_args__ = (CheckConstraint(one_of("family", Family), "kind_family"),)
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
        CheckConstraint(one_of("level", Level), "region_level"),
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
    """A station, base or home. ``None`` is unknown; amenities in neither list are unknown.

    One whose ``position_basis`` is ``region_only`` or ``unknown`` has no geometry; it is never
    found by place, and counted where others are.
    """

    __tablename__ = "facility"
    __table_args__ = (
        CheckConstraint(one_of("status", Status), "facility_status"),
        CheckConstraint(one_of("entry", Entry), "facility_entry"),
        CheckConstraint(one_of("access", Access), "facility_access"),
        CheckConstraint("not (amenities && no_amenities)", "facility_amenities_apart"),
        CheckConstraint("capacity >= 0", "facility_capacity"),
        CheckConstraint("position_accuracy_m >= 0", "facility_accuracy"),
        CheckConstraint(
            "geometrytype(geom) in ('POINT', 'POLYGON', 'MULTIPOLYGON')", "facility_geom_type"
        ),
        CheckConstraint("not st_isempty(geom)", "facility_geom_filled"),
        CheckConstraint(one_of("position_basis", PositionBasis), "facility_position_basis"),
        CheckConstraint(
            "(geom is null) = (position_basis in ('region_only', 'unknown'))",
            "facility_position_by_basis",
        ),
        CheckConstraint(
            "position_basis <> 'region_only' or region_code is not null",
            "facility_region_by_basis",
        ),
        CheckConstraint(
            f"{one_of('opened_basis', DateBasis)} "
            "and (opened_on is null) = (opened_basis = 'unknown')",
            "facility_opened_basis",
        ),
        CheckConstraint(
            f"{one_of('closed_basis', DateBasis)} "
            "and (closed_on is null) = (closed_basis = 'unknown')",
            "facility_closed_basis",
        ),
        Index("facility_geom_idx", "geom", postgresql_using="gist"),
        Index("facility_geog_idx", text("(geom::geography)"), postgresql_using="gist"),
        Index("facility_region_idx", "region_code"),
        Index(
            "facility_without_position_idx", "region_code", postgresql_where=text("geom is null")
        ),
        Index("facility_kind_idx", "kind_code"),
        Index("facility_rev_idx", "rev"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    kind_code: Mapped[str] = mapped_column(ForeignKey("kind.code"))
    name_zh: Mapped[str]
    name_en: Mapped[str | None]
    geom: Mapped[WKBElement | None] = mapped_column(
        Geometry("GEOMETRY", srid=4326, spatial_index=False)
    )
    position_basis: Mapped[str] = mapped_column(server_default=PositionBasis.GIVEN)
    address: Mapped[str | None]
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    # How the region was found: 'given', 'inside', 'nearest' (then the distance to it), or None.
    region_match: Mapped[str | None]
    region_distance_m: Mapped[float | None]
    status: Mapped[str] = mapped_column(server_default=Status.OPEN)
    opened_on: Mapped[date | None]
    opened_basis: Mapped[str] = mapped_column(server_default=DateBasis.UNKNOWN)
    closed_on: Mapped[date | None]
    closed_basis: Mapped[str] = mapped_column(server_default=DateBasis.UNKNOWN)
    # For everybody: why it is suspended or closed, and when it opens again.
    status_note: Mapped[str | None]
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


class FacilityState(Base):
    """What a facility was from ``from_on`` on, until the day before ``to_on``.

    ``n`` orders the states of a facility; those that are announced have not come about. Triggers
    keep a facility's status and dates and its states in step, whichever of them is written.
    """

    __tablename__ = "facility_state"
    __table_args__ = (
        UniqueConstraint("facility_id", "n", name="facility_state_order"),
        CheckConstraint(one_of("status", Status), "facility_state_status"),
        CheckConstraint(
            f"{one_of('date_basis', DateBasis)} and (from_on is null) = (date_basis = 'unknown')",
            "facility_state_basis",
        ),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id", ondelete="CASCADE"))
    n: Mapped[int]
    status: Mapped[str]
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]
    date_basis: Mapped[str] = mapped_column(server_default=DateBasis.UNKNOWN)
    announced: Mapped[bool] = mapped_column(server_default=text("false"))


class FacilityWords(Base):
    """What a facility is found by, as of its ``rev``; made again by `operations.search.words`."""

    __tablename__ = "facility_words"
    __table_args__ = (
        Index(
            "facility_words_idx",
            "everything",
            postgresql_using="gin",
            postgresql_ops={"everything": "gin_trgm_ops"},
        ),
    )
    facility_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("facility.id", ondelete="CASCADE"), primary_key=True
    )
    rev: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    pinyin: Mapped[str]
    initials: Mapped[str]
    everything: Mapped[str]


class FacilityPart(Base):
    """A facility that is part of another, from a day to a day (both included, None open).

    A service complex is a whole with parts: its nursery, its counselling room, its reading room.
    """

    __tablename__ = "facility_part"
    __table_args__ = (
        CheckConstraint("whole_id <> part_id", "facility_part_apart"),
        CheckConstraint("valid_from <= valid_to", "facility_part_period"),
        Index("facility_part_whole_idx", "whole_id"),
        Index("facility_part_part_idx", "part_id"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    whole_id: Mapped[int] = mapped_column(ForeignKey("facility.id", ondelete="CASCADE"))
    part_id: Mapped[int] = mapped_column(ForeignKey("facility.id", ondelete="CASCADE"))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class FacilityCall(Base):
    """What came of the last call to a facility; ``tries`` in a row found nobody.

    ``moved_from`` is where the facility stood when it was said to have moved: as long as it still
    stands there, its new position is to be set.
    """

    __tablename__ = "facility_call"
    __table_args__ = (
        CheckConstraint(one_of("outcome", CallOutcome), "facility_call_outcome"),
        CheckConstraint("(again_on is not null) = (outcome = 'nobody')", "facility_call_again"),
    )
    facility_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("facility.id", ondelete="CASCADE"), primary_key=True
    )
    outcome: Mapped[str]
    called_on: Mapped[date]
    again_on: Mapped[date | None]
    tries: Mapped[int] = mapped_column(server_default="0")
    moved_from: Mapped[WKBElement | None] = mapped_column(
        Geometry("GEOMETRY", srid=4326, spatial_index=False)
    )


class FacilityConfirmation(Base):
    """That a column's value was still right on a day; the log says who said so, and of which value."""

    __tablename__ = "facility_confirmation"
    facility_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("facility.id", ondelete="CASCADE"), primary_key=True
    )
    column_name: Mapped[str] = mapped_column(primary_key=True)
    confirmed_on: Mapped[date]


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


class FacilityCodeAlias(Base):
    """A code that a facility had, or that of one that was merged into it."""

    __tablename__ = "facility_code_alias"
    __table_args__ = (Index("facility_code_alias_facility_idx", "facility_id"),)
    old: Mapped[str] = mapped_column(primary_key=True)
    facility_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("facility.id", ondelete="CASCADE")
    )


class DuplicateDecision(Base):
    """What somebody decided of two facilities that may be one; made again where they change much.

    The names and points are those that the decision was made by.
    """

    __tablename__ = "duplicate_decision"
    __table_args__ = (
        CheckConstraint("verdict in ('different', 'later')", "duplicate_decision_verdict"),
        CheckConstraint("first_id < second_id", "duplicate_decision_order"),
        Index("duplicate_decision_second_idx", "second_id"),
    )
    first_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("facility.id", ondelete="CASCADE"), primary_key=True
    )
    second_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("facility.id", ondelete="CASCADE"), primary_key=True
    )
    verdict: Mapped[str]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime] = mapped_column(server_default=func.now())
    first_name: Mapped[str]
    second_name: Mapped[str]
    first_place: Mapped[WKBElement | None] = mapped_column(
        Geometry("POINT", srid=4326, spatial_index=False)
    )
    second_place: Mapped[WKBElement | None] = mapped_column(
        Geometry("POINT", srid=4326, spatial_index=False)
    )
