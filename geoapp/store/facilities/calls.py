"""Named queries on calls: whom of a list to ring next, and what came of the last call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geoapp.core.words import CallOutcome, Status
from geoapp.store.facilities.read import FacilityFilter, filter_conditions, regions_below
from geoapp.store.models import Facility, FacilityCall

# Whoever was reached is left in peace for so long.
PEACE_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class CallRecord:
    """What came of the last call to a facility; ``tries`` in a row found nobody."""

    outcome: CallOutcome
    called_on: date
    again_on: date | None
    tries: int


@dataclass(frozen=True, slots=True)
class CallCounts:
    """How a list of calls stands.

    Attributes
    ----------
    total
        How many facilities the list holds, those closed for good left out unless it asks for them.
    silent
        Those without a telephone, who cannot be called.
    done
        Those called within `PEACE_DAYS`, with an answer.
    later
        Those to be called again on a day to come.
    left
        Those still to be called.
    """

    total: int
    silent: int
    done: int
    later: int

    @property
    def left(self) -> int:
        """How many are still to be called."""
        return self.total - self.silent - self.done - self.later


def call_counts(
    session: Session, wanted: FacilityFilter, regions: Sequence[str], *, today: date
) -> CallCounts:
    """Count a list of calls."""
    silent, waiting, done = _silent(), _waiting(today), _done(today)
    counts = [
        func.count().filter(condition)
        for condition in (silent, ~silent & done, ~silent & waiting & ~done)
    ]
    query = select(func.count(), *counts).select_from(Facility)
    total, *others = session.execute(query.where(*_listed(session, wanted, regions))).one()
    return CallCounts(total, *others)


def next_to_call(
    session: Session,
    wanted: FacilityFilter,
    regions: Sequence[str],
    *,
    today: date,
    after: str | None,
) -> Facility | None:
    """Return whom to call now: the first by code, after a code if one is given."""
    query = select(Facility).where(
        *_listed(session, wanted, regions), ~_silent(), ~_done(today), ~_waiting(today)
    )
    if after is not None:
        query = query.where(Facility.code > after)
    return session.scalars(query.order_by(Facility.code).limit(1)).first()


def last_call(session: Session, code: str) -> CallRecord | None:
    """Return what came of the last call to a facility; None if there was none."""
    row = session.execute(
        select(
            FacilityCall.outcome, FacilityCall.called_on, FacilityCall.again_on, FacilityCall.tries
        )
        .join(Facility, Facility.id == FacilityCall.facility_id)
        .where(Facility.code == code)
    ).one_or_none()
    return None if row is None else CallRecord(CallOutcome(row[0]), *row[1:])


def save_call(
    session: Session, code: str, outcome: CallOutcome, called_on: date, again_on: date | None
) -> None:
    """Store what came of a call; where it moved, that it still stands at its old place."""
    moved = outcome is CallOutcome.MOVED
    values: dict[str, Any] = {
        "facility_id": select(Facility.id).where(Facility.code == code).scalar_subquery(),
        "outcome": outcome,
        "called_on": called_on,
        "again_on": again_on,
        "tries": int(outcome is CallOutcome.NOBODY),
        "moved_from": select(Facility.geom).where(Facility.code == code).scalar_subquery()
        if moved
        else None,
    }
    new = insert(FacilityCall).values(values)
    tries = case(
        (new.excluded.outcome == CallOutcome.NOBODY, FacilityCall.tries + 1),
        else_=0,
    )
    changed = {name: new.excluded[name] for name in values if name != "facility_id"}
    session.execute(
        new.on_conflict_do_update(
            index_elements=[FacilityCall.facility_id], set_=changed | {"tries": tries}
        )
    )


def _listed(
    session: Session, wanted: FacilityFilter, regions: Sequence[str]
) -> list[ColumnElement[bool]]:
    """Return what the list holds: of ``regions`` alone if there are any, and open ones by itself."""
    conditions = filter_conditions(session, wanted)
    if not wanted.statuses:
        conditions.append(Facility.status != Status.CLOSED)
    if regions:
        below = {code for region in regions for code in regions_below(session, region)}
        conditions.append(Facility.region_code.in_(below))
    return conditions


def _silent() -> ColumnElement[bool]:
    return or_(Facility.phone.is_(None), func.btrim(Facility.phone) == "")


def _done(today: date) -> ColumnElement[bool]:
    return _called(
        and_(
            FacilityCall.again_on.is_(None),
            FacilityCall.called_on > today - timedelta(days=PEACE_DAYS),
        )
    )


def _waiting(today: date) -> ColumnElement[bool]:
    return _called(FacilityCall.again_on > today)


def _called(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where((FacilityCall.facility_id == Facility.id) & condition)
