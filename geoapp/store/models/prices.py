"""What an amenity costs by a list of prices."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.store.models.base import Base


class ItemPrice(Base):
    """The price in yuan of one piece; no region: it holds everywhere."""

    __tablename__ = "item_price"
    __table_args__ = (
        CheckConstraint("price >= 0", "item_price_price"),
        Index(
            "item_price_once_idx",
            "price_list",
            text("coalesce(region_code, '')"),
            "amenity_code",
            unique=True,
        ),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    price_list: Mapped[str]
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    amenity_code: Mapped[str] = mapped_column(ForeignKey("amenity.code"))
    price: Mapped[float]
    unit: Mapped[str | None]
    as_of: Mapped[date]
    source: Mapped[str]
    noted_by: Mapped[str | None]
    is_sample: Mapped[bool] = mapped_column(server_default=text("false"))
