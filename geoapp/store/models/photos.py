"""Photos of facilities: what they show, and what is said of them."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.store.models.base import Base


class PhotoContent(Base):
    """A picture by the SHA-256 of its bytes; it stays when a photo of it is removed.

    Of one that was erased for good the bytes are gone. They come again only where the same picture is
    given anew; ``erased_at`` stays, and photos from before it do not show it.
    """

    __tablename__ = "photo_content"
    hash: Mapped[bytes] = mapped_column(primary_key=True)
    jpeg: Mapped[bytes]
    width_px: Mapped[int]
    height_px: Mapped[int]
    erased_at: Mapped[datetime | None]
    erased_by: Mapped[str | None]


class FacilityPhoto(Base):
    """A photo of a facility; those that are not public are for staff alone."""

    __tablename__ = "facility_photo"
    __table_args__ = (Index("facility_photo_facility_idx", "facility_id"),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id", ondelete="CASCADE"))
    content_hash: Mapped[bytes] = mapped_column(ForeignKey("photo_content.hash"))
    caption_zh: Mapped[str | None]
    caption_en: Mapped[str | None]
    sort: Mapped[int] = mapped_column(server_default="0")
    is_public: Mapped[bool] = mapped_column(server_default=text("false"))
    added_at: Mapped[datetime] = mapped_column(server_default=func.now())
