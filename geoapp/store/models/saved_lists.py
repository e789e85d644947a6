"""Lists of facilities that stewards keep under a name."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.store.models.base import Base


class SavedList(Base):
    """A filter under a name; ``query`` is that of the list's address."""

    __tablename__ = "saved_list"
    __table_args__ = (UniqueConstraint("user_id", "name", name="saved_list_user_id_name_key"),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"))
    name: Mapped[str]
    query: Mapped[str]
    is_shared: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
