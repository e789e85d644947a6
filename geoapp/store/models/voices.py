"""What workers report of facilities, and what it amounts to; their stars are sums by day."""

from datetime import date, datetime

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Identity, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.core.voices import Outcome, ReportKind
from geoapp.store.models.base import Base, one_of

_WAITING = text("care and settled_at is null")


class WorkerReport(Base):
    """One report of a worker, about a facility or a place that geoapp should know.

    Attributes
    ----------
    key
        SHA-256 of what the sender's device named it by, so that one sent twice is one; None once it
        is forgotten.
    at, sent_at
        When it was made, as its sender's device counts, and when it came: later where the device
        had no network.
    sender
        Tells senders of one facility's reports apart while they count; None afterwards.
    came_from
        The numbers of the facilities that were merged away with it, in order; the first is the one
        that it was given for.
    given_for
        The number of the facility by whose salt ``sender`` was made; None is ``facility_id``.
    others
        How the sender is known among those of facilities merged into this one, by their numbers.
    rated
        Whether stars came with it; they are counted in ``opinion_poll`` alone.
    missing
        The amenity that was missing.
    note
        The sender's words, for staff alone; forgotten after a time, as are ``place_name``,
        ``place_words`` and ``place`` of a suggestion.
    care
        Whether somebody has to look at it.
    """

    __tablename__ = "worker_report"
    __table_args__ = (
        CheckConstraint(one_of("kind", ReportKind), "worker_report_kind"),
        CheckConstraint(
            "(facility_id is null) = (kind is not distinct from 'suggest')", "worker_report_about"
        ),
        CheckConstraint("(settled_at is null) = (settled_as is null)", "worker_report_settled"),
        CheckConstraint(one_of("settled_as", Outcome), "worker_report_settled_as"),
        CheckConstraint("at <= sent_at", "worker_report_sent"),
        Index(
            "worker_report_facility_idx",
            "facility_id",
            "at",
            postgresql_where=text("settled_at is null"),
        ),
        Index("worker_report_waiting_idx", "sent_at", postgresql_where=_WAITING),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    key: Mapped[bytes | None] = mapped_column(unique=True)
    facility_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("facility.id", ondelete="CASCADE")
    )
    kind: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sender: Mapped[bytes | None]
    came_from: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    given_for: Mapped[int | None] = mapped_column(BigInteger)
    others: Mapped[dict[str, str] | None] = mapped_column(JSONB)
    rated: Mapped[bool] = mapped_column(server_default=text("false"))
    missing: Mapped[str | None]
    note: Mapped[str | None]
    place_name: Mapped[str | None]
    place_words: Mapped[str | None]
    place: Mapped[WKBElement | None] = mapped_column(
        Geometry("POINT", srid=4326, spatial_index=False)
    )
    region_code: Mapped[str | None]
    care: Mapped[bool]
    settled_at: Mapped[datetime | None]
    settled_as: Mapped[str | None]
    settled_by: Mapped[str | None]


class FacilityVoice(Base):
    """What the reports of a facility amount to; a change of it is one of the facility.

    Attributes
    ----------
    doubt
        ``shut`` or ``moved`` where enough workers agree; with how many, and since when.
    confirmed_on
        The day on which enough workers last agreed that it is there and open.
    """

    __tablename__ = "facility_voice"
    __table_args__ = (
        CheckConstraint("doubt in ('shut', 'moved')", "facility_voice_doubt"),
        CheckConstraint(
            "num_nonnulls(doubt, doubt_voices, doubt_since) in (0, 3)", "facility_voice_whole"
        ),
    )
    facility_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("facility.id", ondelete="CASCADE"), primary_key=True
    )
    doubt: Mapped[str | None]
    doubt_voices: Mapped[int | None]
    doubt_since: Mapped[date | None]
    confirmed_on: Mapped[date | None]


class ReportSalt(Base):
    """By what senders of one facility's reports are told apart; thrown away with the last of them.

    It outlives a facility that was merged into another for as long as its reports count there.
    """

    __tablename__ = "report_salt"
    facility_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    salt: Mapped[bytes]


class ReportCount(Base):
    """A report that was sent within the last hour; ``key`` names nobody."""

    __tablename__ = "report_count"
    __table_args__ = (Index("report_count_key_idx", "key", "at"), {"prefixes": ["UNLOGGED"]})
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    key: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
