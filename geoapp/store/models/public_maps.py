"""What public maps list of the facilities, and what was decided of it."""

from datetime import datetime

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.core.public_maps import ListedStatus, PublicMap, Verdict
from geoapp.store.models.base import Base, one_of


class PublicMapList(Base):
    """The list of a map as it was last read; ``region_code`` is the region that it is said to cover."""

    __tablename__ = "public_map_list"
    __table_args__ = (CheckConstraint(one_of("map", PublicMap), "public_map_list_map"),)
    map: Mapped[str] = mapped_column(primary_key=True)
    file: Mapped[str]
    read_at: Mapped[datetime] = mapped_column(server_default=func.now())
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code", ondelete="SET NULL"))


class PublicMapListing(Base):
    """A place on a map by the map's own code (or its name and address); ``status`` None is unknown."""

    __tablename__ = "public_map_listing"
    __table_args__ = (CheckConstraint(one_of("status", ListedStatus), "public_map_listing_status"),)
    map: Mapped[str] = mapped_column(
        ForeignKey("public_map_list.map", ondelete="CASCADE"), primary_key=True
    )
    listing: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    address: Mapped[str | None]
    status: Mapped[str | None]
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))
    region_code: Mapped[str | None]


class PublicMapDecision(Base):
    """That a listing is a facility, or is not; it outlives the list that it was made by."""

    __tablename__ = "public_map_decision"
    __table_args__ = (
        CheckConstraint(one_of("map", PublicMap), "public_map_decision_map"),
        CheckConstraint(one_of("verdict", Verdict), "public_map_decision_verdict"),
        Index(
            "public_map_decision_same_idx",
            "map",
            "listing",
            unique=True,
            postgresql_where=text("verdict = 'same'"),
        ),
        Index("public_map_decision_facility_idx", "facility_id"),
    )
    map: Mapped[str] = mapped_column(primary_key=True)
    listing: Mapped[str] = mapped_column(primary_key=True)
    facility_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("facility.id", ondelete="CASCADE"), primary_key=True
    )
    verdict: Mapped[str]
