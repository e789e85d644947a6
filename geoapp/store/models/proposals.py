"""Proposals: sites of siting runs on their way to opened stations."""

from datetime import date

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, CheckConstraint, FetchedValue, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.core.proposals import ProposalState
from geoapp.store.models.base import Base, one_of


class Proposal(Base):
    """A site that somebody carries out; ``owner`` is a user's name, None is unknown.

    What was promised stands with the run and its site, which are never changed.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint(one_of("state", ProposalState), "proposal_state"),
        CheckConstraint("cost >= 0", "proposal_cost"),
        Index("proposal_site_idx", "run_id", "site_rank", unique=True),
        Index("proposal_facility_idx", "facility_id"),
        Index("proposal_organisation_idx", "organisation_code"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    state: Mapped[str] = mapped_column(server_default=ProposalState.PROPOSED)
    name_zh: Mapped[str]
    name_en: Mapped[str | None]
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    owner: Mapped[str | None]
    organisation_code: Mapped[str | None] = mapped_column(ForeignKey("organisation.code"))
    host: Mapped[str | None]
    cost: Mapped[float | None]
    planned_on: Mapped[date | None]
    note: Mapped[str | None]
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    site_rank: Mapped[int]
    facility_id: Mapped[int | None] = mapped_column(ForeignKey("facility.id", ondelete="SET NULL"))
    rev: Mapped[int] = mapped_column(BigInteger, server_default=FetchedValue())


class ProposalStep(Base):
    """A state that a proposal got on a day, and why where that was said."""

    __tablename__ = "proposal_step"
    __table_args__ = (Index("proposal_step_proposal_idx", "proposal_id"),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    state: Mapped[str]
    on_day: Mapped[date]
    reason: Mapped[str | None]
