"""Which proposals there are, where each stands, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from geoapp.core.errors import NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.operations.facilities.read import check_region
from geoapp.operations.history.read import ToldSet, told_of
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.read import regions_below
from geoapp.store.history.sets import Records
from geoapp.store.proposals import (
    ProposalFilter,
    ProposalRecord,
    StepRecord,
    proposal_record,
    proposal_records,
    steps_of_proposal,
)

PROPOSAL = Text("看板上的站点", "proposal")
_MOST_SETS = 200


@dataclass(frozen=True, slots=True)
class OneProposal:
    """A proposal with the states that it got, the first one first."""

    record: ProposalRecord
    steps: tuple[StepRecord, ...]


def list_proposals(database: Database, wanted: ProposalFilter) -> list[ProposalRecord]:
    """Return proposals by run and by the order of its sites.

    Raises
    ------
    InvalidValueError
        If there is no such region.
    """
    with database.snapshot() as session:
        check_region(session, wanted.region)
        return proposal_records(session, wanted)


def regions_within(database: Database, regions: Sequence[str]) -> frozenset[str] | None:
    """Return these regions and all below them, in which alone an account writes; None = in all."""
    if not regions:
        return None
    with database.snapshot() as session:
        return frozenset(code for one in regions for code in regions_below(session, one))


def read_proposal(database: Database, number: int) -> OneProposal:
    """Return a proposal.

    Raises
    ------
    NotFoundError
        If there is none of this number.
    """
    with database.snapshot() as session:
        found = found_proposal(session, number)
        return OneProposal(found, tuple(steps_of_proposal(session, number)))


def proposal_history(database: Database, settings: Settings, number: int) -> list[ToldSet]:
    """Return what was done to a proposal, newest first.

    Raises
    ------
    NotFoundError
        If there is none of this number.
    """
    with database.snapshot() as session:
        found_proposal(session, number)
        return told_of(session, settings, Records("proposal", (str(number),)), limit=_MOST_SETS)


def found_proposal(session: Session, number: int) -> ProposalRecord:
    """Return a proposal of a transaction.

    Raises
    ------
    NotFoundError
        If there is none of this number.
    """
    found = proposal_record(session, number)
    if found is None:
        raise NotFoundError(PROPOSAL, str(number))
    return found
