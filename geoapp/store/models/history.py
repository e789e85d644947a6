"""The log of changes. Triggers write it (migration 0007); here it is only read."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    PrimaryKeyConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.core.acting import Via
from geoapp.store.models.base import Base, one_of


class ChangeSet(Base):
    """What one transaction changed: who, when, by which way, why."""

    __tablename__ = "change_set"
    __table_args__ = (
        CheckConstraint(one_of("via", Via), "change_set_via"),
        Index("change_set_at_idx", "at"),
        Index("change_set_undoes_idx", "undoes"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    actor: Mapped[str | None]
    role: Mapped[str | None]
    via: Mapped[str]
    reason: Mapped[str | None]
    undoes: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("change_set.id"))
    import_id: Mapped[str | None]
    api_key: Mapped[str | None]
    kept: Mapped[int | None]
    tx: Mapped[int] = mapped_column(
        BigInteger, server_default=text("pg_current_xact_id()::text::bigint")
    )


class Change(Base):
    """One row that changed; of an update only the fields that differ."""

    __tablename__ = "change"
    __table_args__ = (
        PrimaryKeyConstraint("set_id", "seq"),
        CheckConstraint("op in ('insert', 'update', 'delete')", "change_op"),
        Index("change_key_idx", "table_name", "key"),
        Index(
            "change_belongs_idx",
            "belongs",
            postgresql_using="gin",
            postgresql_where=text("belongs is not null"),
        ),
    )
    set_id: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    table_name: Mapped[str]
    key: Mapped[str]
    belongs: Mapped[list[str] | None]
    op: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]


class ChangeSeal(Base):
    """The sum of a set, and of all before it."""

    __tablename__ = "change_seal"
    n: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    set_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("change_set.id"), unique=True)
    digest: Mapped[bytes]
    hash: Mapped[bytes]


class ChangeChain(Base):
    """The end of the chain of seals: one row."""

    __tablename__ = "change_chain"
    __table_args__ = (CheckConstraint("one", "change_chain_one"),)
    one: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    n: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    hash: Mapped[bytes] = mapped_column(server_default=text("'\\x'"))


class LoggedTable(Base):
    """What is logged of a table; written by the function ``geoapp_log``."""

    __tablename__ = "logged_table"
    table_name: Mapped[str] = mapped_column(primary_key=True)
    keys: Mapped[list[str]]
    hidden: Mapped[list[str]]
    ignored: Mapped[list[str]]
    belongs: Mapped[list[str]]
