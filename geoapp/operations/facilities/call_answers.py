"""Calls answered one after another: each answer is one change of the record, told as by telephone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from geoapp.core.acting import act
from geoapp.core.errors import GeoappError, InvalidValueError, UnavailableError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.core.words import CallOutcome, Datum, Status
from geoapp.operations.facilities.edit import change_within
from geoapp.operations.facilities.read import check_kinds, check_region, found_facility
from geoapp.operations.moment import today
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.calls import (
    CallCounts,
    CallRecord,
    call_counts,
    last_call,
    next_to_call,
    save_call,
)
from geoapp.store.facilities.read import FacilityFilter
from geoapp.store.facilities.records import FacilityRecord, facility_records
from geoapp.store.facilities.write import lock_facilities
from geoapp.store.history.chain import current_set
from geoapp.store.trouble import named_trouble

BY_TELEPHONE: Final = "电话核实 / by telephone"
MOST_WAIT_DAYS: Final = 366


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call.

    Attributes
    ----------
    changes
        What was heard, by the columns of a facility file; nothing where all is as listed.
    closed_on
        Since when it is closed; None = unknown.
    again_on
        When to call again where nobody answered.
    """

    outcome: CallOutcome
    changes: dict[str, Any] = field(default_factory=dict)
    closed_on: str | None = None
    again_on: date | None = None


@dataclass(frozen=True, slots=True)
class NextCall:
    """Whom to call now, with what came of the last call; None where nobody is left."""

    record: FacilityRecord | None
    last: CallRecord | None
    counts: CallCounts


def find_next_call(
    database: Database,
    settings: Settings,
    wanted: FacilityFilter,
    *,
    regions: Sequence[str] = (),
    after: str | None = None,
    code: str | None = None,
) -> NextCall:
    """Return whom of a list to call now.

    Parameters
    ----------
    regions
        Those that the caller is kept to; none = everywhere.
    after
        A code: those up to it are passed over.
    code
        Whom to call whatever the list says.

    Raises
    ------
    InvalidValueError
        If a kind or region is not known.
    NotFoundError
        If there is no facility of ``code``.
    """
    day = today(settings)
    with database.snapshot() as session:
        check_kinds(session, wanted.kinds)
        check_region(session, wanted.region)
        counts = call_counts(session, wanted, regions, today=day)
        if code is not None:
            record: FacilityRecord | None = found_facility(session, code, unpublished=True)
        else:
            found = next_to_call(session, wanted, regions, today=day, after=after)
            record = None if found is None else facility_records(session, [found])[0]
        last = None if record is None else last_call(session, record.code)
        return NextCall(record, last, counts)


def answer_call(
    database: Database,
    settings: Settings,
    code: str,
    answer: Answer,
    *,
    expected_rev: int | None,
) -> int | None:
    """Store what came of a call, all of it or nothing, as one change set; return its number.

    Raises
    ------
    NotFoundError
        If there is no such facility.
    ConflictError
        If somebody else has changed it since, or it cannot become closed.
    InvalidValueError
        Naming the first property that is not accepted.
    """
    with act(reason=BY_TELEPHONE), database.session() as session:
        lock_facilities(session)
        _store(session, settings, code, answer, expected_rev)
        return current_set(session)


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What became of many answers: the codes that were stored, and those that were refused and why.

    ``change_set`` takes them all back; None if nothing was stored.
    """

    stored: tuple[str, ...]
    refused: tuple[tuple[str, Text], ...]
    change_set: int | None


def answer_calls(
    database: Database, settings: Settings, answers: Sequence[tuple[str, int, Answer]]
) -> TakenOver:
    """Store what came of many calls as one change set; answers that are refused leave nothing behind.

    Parameters
    ----------
    answers
        Each with the facility's code and the version that it was compared with.

    Raises
    ------
    UnavailableError
        If the store goes away; nothing was stored then.
    """
    stored: list[str] = []
    refused: list[tuple[str, Text]] = []
    with act(reason=BY_TELEPHONE), database.session() as session:
        lock_facilities(session)
        for code, rev, answer in answers:
            try:
                with named_trouble(), session.begin_nested():
                    _store(session, settings, code, answer, rev)
            except UnavailableError:
                raise
            except GeoappError as error:
                refused.append((code, error.text))
            else:
                stored.append(code)
        return TakenOver(tuple(stored), tuple(refused), current_set(session))


def _store(
    session: Session, settings: Settings, code: str, answer: Answer, expected_rev: int | None
) -> None:
    """Store an answer in a transaction in which no other writes facilities."""
    day = today(settings)
    again_on = _checked_again(answer, day)
    if answer.outcome is CallOutcome.NOBODY:
        found_facility(session, code, unpublished=True)
    else:
        changes = answer.changes | {"verified_on": day.isoformat()}
        if answer.outcome is CallOutcome.CLOSED:
            changes |= {"status": str(Status.CLOSED)}
            if answer.closed_on:
                changes |= {"closed_on": answer.closed_on}
        # Every position stays; the datum says nothing here.
        change_within(
            session, settings, code, None, changes, Datum.WGS84, expected_rev=expected_rev
        )
    save_call(session, code, answer.outcome, day, again_on)


def _checked_again(answer: Answer, day: date) -> date | None:
    """Return when to call again; None where somebody answered."""
    if answer.outcome is not CallOutcome.NOBODY:
        return None
    last = day + timedelta(days=MOST_WAIT_DAYS)
    if answer.again_on is None or not day < answer.again_on <= last:
        accepted = Text(f"{day} 之后、一年以内的日期", f"a day after {day}, within a year")
        raise InvalidValueError("again_on", answer.again_on, accepted)
    return answer.again_on
