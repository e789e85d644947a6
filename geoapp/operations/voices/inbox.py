"""The stewards' inbox: reports that wait, each facility's together, and what settles them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from geoapp.core.acting import act, acting
from geoapp.core.errors import InvalidValueError, NotAllowedError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.core.voices import OUTCOME_TEXT, Doubt, Outcome, found_true_text
from geoapp.core.words import Datum, Status
from geoapp.operations.duplicates.find import regions_within
from geoapp.operations.facilities.edit import change_within
from geoapp.operations.weighing import weigh_at
from geoapp.store.engine import Database
from geoapp.store.facilities.read import facility_by_code
from geoapp.store.voices import doubt_now, lock_reports, standings
from geoapp.store.voices_inbox import (
    InboxState,
    WaitingReport,
    count_waiting,
    inbox_state,
    report_by_id,
    settle_facility,
    settle_one,
    waiting_reports,
)

MOST_SHOWN: Final = 1_000
_REPORT: Final = Text("待处理的反馈", "report that waits")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Reports that are settled together: those of one facility, or one suggestion.

    Attributes
    ----------
    region
        The code of the region, None where it is not known.
    doubt
        What workers agree to be wrong with the facility.
    since
        When the first of them came.
    up_to
        The number of the last: what comes later is not settled with them.
    """

    region: str | None
    doubt: Doubt | None
    since: datetime
    up_to: int
    reports: list[WaitingReport]

    @property
    def first(self) -> WaitingReport:
        """The first report; it names the facility, or is the suggestion."""
        return self.reports[0]


@dataclass(frozen=True, slots=True)
class Inbox:
    """What waits, what happened earliest first; ``cut`` tells whether there is more than is shown."""

    state: InboxState
    waiting: list[Waiting]
    cut: bool


def read_inbox(
    database: Database, settings: Settings, *, own: Sequence[str], region: str | None = None
) -> Inbox:
    """Return what waits.

    Parameters
    ----------
    own
        The regions that who asks is kept to; none = everywhere.
    region
        Only what lies there.
    """
    within = _both(
        regions_within(database, own),
        None if region is None else regions_within(database, [region]),
    )
    with database.snapshot() as session:
        found = waiting_reports(session, within, limit=MOST_SHOWN + 1)
        state = inbox_state(session, within, late_days=settings.reports_late_days)
        ids = {one.facility_id for one in found if one.facility_id is not None}
        doubts = {number: one.doubt for number, one in standings(session, sorted(ids)).items()}
    groups: dict[tuple[str, int], list[WaitingReport]] = {}
    for one in found[:MOST_SHOWN]:
        about = ("suggestion", one.id) if one.facility_id is None else ("facility", one.facility_id)
        groups.setdefault(about, []).append(one)
    waiting = [
        Waiting(
            region=reports[0].region,
            doubt=doubts.get(reports[0].facility_id or 0),
            since=min(one.sent_at for one in reports),
            up_to=max(one.id for one in reports),
            reports=reports,
        )
        for reports in groups.values()
    ]
    return Inbox(state, waiting, len(found) > MOST_SHOWN)


def count_inbox(database: Database, own: Sequence[str]) -> int:
    """Return how many reports wait for somebody who is kept to regions (none = everywhere)."""
    within = regions_within(database, own)
    with database.session() as session:
        return count_waiting(session, within)


def settle_reports(
    database: Database, settings: Settings, code: str, up_to: int, outcome: Outcome
) -> int:
    """Settle the reports of a facility up to a number; return how many that were.

    With `Outcome.SUSPENDED` the facility is suspended in the same transaction, and says that workers
    found it so. What they made doubtful is so no longer.

    Raises
    ------
    NotFoundError
        If there is no such facility.
    NotAllowedError
        If it lies outside the regions of who acts.
    ConflictError
        If it cannot be suspended.
    InvalidValueError
        If the outcome is one of suggestions.
    """
    if outcome is Outcome.ADDED:
        raise _wrong_outcome(outcome)
    said = OUTCOME_TEXT[outcome]
    reason = Text(f"工人反馈：{said.zh}", f"workers' reports: {said.en}")
    with act(reason=reason.both()), database.session() as session:
        facility = facility_by_code(session, code)
        if facility is None:
            raise NotFoundError(_REPORT, code)
        lock_reports(session, facility.id)
        if outcome is Outcome.SUSPENDED and facility.status != Status.SUSPENDED:
            why = found_true_text(doubt_now(session, facility.id))
            change_within(
                session,
                settings,
                code,
                None,
                {"status": str(Status.SUSPENDED), "status_note": why.both()},
                Datum.WGS84,
                expected_rev=None,
            )
        settled = settle_facility(session, facility.id, up_to, outcome, _who())
        weigh_at(session, settings, facility.id)
        return settled


def read_suggestion(database: Database, number: int, own: Sequence[str]) -> WaitingReport:
    """Return a suggestion that waits.

    Raises
    ------
    NotFoundError
        If there is none of this number, or it is settled.
    NotAllowedError
        If it lies outside the regions of who asks.
    """
    within = regions_within(database, own)
    with database.session() as session:
        found = report_by_id(session, number)
    if found is None or found.facility_id is not None:
        raise NotFoundError(_REPORT, str(number))
    if within is not None and found.region is not None and found.region not in within:
        raise NotAllowedError(
            Text("这处建议不在您负责的区域。", "This suggestion lies outside your regions.")
        )
    return found


def settle_suggestion(
    database: Database, number: int, outcome: Outcome, own: Sequence[str]
) -> None:
    """Settle a suggestion; of two who do, the first one counts.

    Raises
    ------
    NotFoundError, NotAllowedError
        As in `read_suggestion`.
    InvalidValueError
        If the outcome is one of facilities.
    """
    if outcome not in (Outcome.ADDED, Outcome.DISMISSED):
        raise _wrong_outcome(outcome)
    read_suggestion(database, number, own)
    with database.session() as session:
        settle_one(session, number, outcome, _who())


def _who() -> str | None:
    who = acting()
    return None if who is None else who.actor


def _wrong_outcome(outcome: Outcome) -> InvalidValueError:
    return InvalidValueError(
        "outcome", outcome, Text("与反馈相符的处理结果", "an outcome that fits the report")
    )


def _both(one: Collection[str] | None, other: Collection[str] | None) -> frozenset[str] | None:
    if one is None:
        return None if other is None else frozenset(other)
    return frozenset(one) if other is None else frozenset(one) & frozenset(other)
