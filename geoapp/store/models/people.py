"""Accounts, and the calendar of public holidays."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    UniqueConstraint,
    exists,
    func,
    text,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column

from geoapp.store.models.base import Base


class SecondFactor(Base):
    """What an app on somebody's phone makes codes from; it counts once it is confirmed.

    ``last_step`` is the half minute whose code was used last; ``failed`` counts wrong codes since,
    ``codes_used`` recovery codes ever.
    """

    __tablename__ = "second_factor"
    user_id: Mapped[int] = mapped_column(
        ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True
    )
    secret: Mapped[str]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    failed: Mapped[int] = mapped_column(server_default=text("0"))
    failed_at: Mapped[datetime | None]
    codes_made_at: Mapped[datetime | None]
    codes_used: Mapped[int] = mapped_column(server_default=text("0"))


class RecoveryCode(Base):
    """What lets somebody in once whose phone is lost; ``code_hash`` is its SHA-256."""

    __tablename__ = "recovery_code"
    user_id: Mapped[int] = mapped_column(
        ForeignKey("second_factor.user_id", ondelete="CASCADE"), primary_key=True
    )
    code_hash: Mapped[bytes] = mapped_column(primary_key=True)


class AppUser(Base):
    """Somebody who signs in; the password is kept as an Argon2 hash, '' where there is none.

    ``regions`` are those that the account may change things in; none = everywhere.
    ``second_factor`` tells whether a code is asked for at sign-in.
    """

    __tablename__ = "app_user"
    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    role: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    is_sample: Mapped[bool] = mapped_column(server_default=text("false"))
    regions: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    second_factor: Mapped[bool] = column_property(
        exists().where(SecondFactor.user_id == id, SecondFactor.confirmed_at.is_not(None))
    )


class UserSession(Base):
    """One sign-in on one device, until it is ended or runs out.

    ``token_hash`` is the SHA-256 of what the browser holds; ``seen_at`` is the hour of last use.
    """

    __tablename__ = "user_session"
    __table_args__ = (Index("user_session_user_id_idx", "user_id"),)
    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"))
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    device: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    seen_at: Mapped[datetime] = mapped_column(server_default=text("date_trunc('hour', now())"))
    expires_at: Mapped[datetime]


class UserLink(Base):
    """A link by which somebody chooses the password of an account, until it is used or runs out.

    ``token_hash`` is the SHA-256 of what the address holds.
    """

    __tablename__ = "user_link"
    user_id: Mapped[int] = mapped_column(
        ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True
    )
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    expires_at: Mapped[datetime]


class UserIdentity(Base):
    """Who an account is at a sign-in provider: its issuer, and the subject that it names."""

    __tablename__ = "user_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject", name="user_identity_once"),)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    issuer: Mapped[str]
    subject: Mapped[str]
    linked_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ApiKey(Base):
    """What a program shows instead of name and password, until it is revoked or runs out.

    ``token_hash`` is the SHA-256 of the key and ``beginning`` its first characters, by which its
    owner knows it. ``made_with`` is what its maker had shown.
    """

    __tablename__ = "api_key"
    __table_args__ = (
        CheckConstraint("scope in ('read', 'write')", "api_key_scope"),
        CheckConstraint(
            "made_with in ('one_factor', 'second_factor', 'operator')", "api_key_made_with"
        ),
        UniqueConstraint("user_id", "name", name="api_key_once"),
    )
    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"))
    name: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    beginning: Mapped[str]
    scope: Mapped[str]
    made_with: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    last_used_on: Mapped[date | None]


class ApiKeyPace(Base):
    """Until when the requests of a key that were let through take up its rate."""

    __tablename__ = "api_key_pace"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)
    key_id: Mapped[int] = mapped_column(
        ForeignKey("api_key.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    busy_until: Mapped[datetime]


class SignInFailure(Base):
    """A failed attempt to sign in within the last minute; ``key`` names nobody."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("sign_in_failure_key_idx", "key", "at"), {"prefixes": ["UNLOGGED"]})
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    key: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(server_default=func.now())


class SignIn(Base):
    """Somebody signed in or tried to; '' is unknown in ``name`` and ``network``.

    What let nobody in is gathered by its ``hour``: ``tries`` of them between ``first_at`` and ``at``.
    ``key_name`` is how its owner calls the API key.
    """

    __tablename__ = "sign_in"
    __table_args__ = (
        CheckConstraint(
            "way in ('password', 'code', 'link', 'provider', 'basic', 'key')", "sign_in_way"
        ),
        CheckConstraint(
            "outcome in ('in', 'half', 'wrong', 'disabled', 'refused', 'held')", "sign_in_outcome"
        ),
        UniqueConstraint("hour", "way", "outcome", "name", "network", name="sign_in_gathered"),
        Index("sign_in_at_idx", "at", "id"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    first_at: Mapped[datetime] = mapped_column(server_default=func.now())
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    tries: Mapped[int] = mapped_column(server_default=text("1"))
    name: Mapped[str] = mapped_column(server_default=text("''"))
    way: Mapped[str]
    outcome: Mapped[str]
    network: Mapped[str] = mapped_column(server_default=text("''"))
    device: Mapped[str] = mapped_column(server_default=text("''"))
    key_name: Mapped[str] = mapped_column(server_default=text("''"))
    hour: Mapped[datetime | None]


class StoreLife(Base):
    """Which life of the store this is, in its one row; none just after it was brought back."""

    __tablename__ = "store_life"
    __table_args__ = (CheckConstraint("one", "store_life_one"),)
    one: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    id: Mapped[UUID] = mapped_column(server_default=text("gen_random_uuid()"))
    began_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SchemaServes(Base):
    """A revision whose geoapp works with the tables of another: `geoapp.store.migrate`."""

    __tablename__ = "schema_serves"
    revision: Mapped[str] = mapped_column(primary_key=True)
    tables: Mapped[str]


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
