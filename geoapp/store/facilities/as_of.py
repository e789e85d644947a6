"""Named queries on what facilities were on a day: what is known of it, and what may have been.

A state begins somewhere between two days: those of its date, of a month or year the first and the
last, narrowed by the states before and after it. What has come about without a date began by today.
Where a day lies between those bounds, both states may have been. What is first known of as suspended
or closed may have been open before that, nobody knows since when.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, ColumnElement, func, select, text
from sqlalchemy.orm import Session

from geoapp.core.dated_states import Band, DatedState, StateOnDay
from geoapp.core.words import DateBasis, Status
from geoapp.store.models import Facility

_NOT_BEFORE: Final = (None, Status.PROPOSED, Status.APPROVED)
IN_PLACE: Final = frozenset({Status.OPEN, Status.SUSPENDED})


@dataclass(frozen=True, slots=True)
class AsOf:
    """A day, and which states count on it.

    ``today`` is the last day on which something that is stored as having come about can have begun.
    """

    day: date
    today: date
    statuses: frozenset[Status] = IN_PLACE

    @property
    def parameters(self) -> dict[str, Any]:
        """Return what `BAND` is asked with."""
        return {"as_of": self.day, "as_of_today": self.today, "as_of_in": sorted(self.statuses)}


@dataclass(frozen=True, slots=True)
class Begun:
    """A state that began within some days, or may have (not ``sure``).

    ``earliest`` is the first day on which it can have begun, None where nothing bounds it; ``before``
    is the state that it followed.
    """

    facility_id: int
    status: Status
    before: Status | None
    earliest: date | None
    latest: date
    sure: bool

    @property
    def opens(self) -> bool:
        """Whether the facility opened with it, other than after a suspension."""
        return self.status is Status.OPEN and self.before in _NOT_BEFORE

    @property
    def closes(self) -> bool:
        """Whether the facility closed with it."""
        return self.status is Status.CLOSED

    def certain(self, first: date, last: date) -> bool | None:
        """Tell whether it is certain to have begun within some days; None where it cannot have."""
        if self.latest < first or (self.earliest is not None and self.earliest > last):
            return None
        return self.earliest is not None and self.earliest >= first and self.latest <= last


_BOUNDS = """
    select facility_id, status, earliest, latest, n = min(n) over w as is_first,
        lead(latest) over (w order by n) as over_by, lag(status) over (w order by n) as before
    from (
        select facility_id, n, status,
            max(from_on) over (partition by facility_id order by n) as earliest,
            min(case when announced then geoapp_last_day(from_on, date_basis)
                else least(geoapp_last_day(from_on, date_basis), :as_of_today) end)
                over (partition by facility_id order by n desc) as latest
        from (
            select facility_id, n, status, from_on, date_basis, announced from facility_state{those}
            union all
            select facility_id, n - 1, 'open', null, 'unknown', false from (
                select distinct on (facility_id) facility_id, n, status from facility_state{those}
                order by facility_id, n
            ) first where status in ('suspended', 'closed')
        ) known
    ) s window w as (partition by facility_id)
"""


def _maybe(day: str) -> str:
    return f"(earliest is null or earliest <= {day}) and (over_by is null or over_by > {day})"


def _known(day: str) -> str:
    outside = f"status <> all(:as_of_in) and {_maybe(day)}"
    return f"not bool_or((is_first and latest > {day}) or ({outside})) as known"


def _possible(day: str) -> str:
    return f"bool_or(status = any(:as_of_in) and {_maybe(day)})"


# Of every facility that may have been in one of the states: whether that is known.
BAND: Final = f"""
    select facility_id, {_known(":as_of")}
    from ({_BOUNDS.format(those="")}) b
    group by facility_id having {_possible(":as_of")}
"""
# The same of some facilities, counted for each of several days; the bounds are found once.
_BANDS_ON = f"""
    with bounds as materialized (
        {_BOUNDS.format(those=" where facility_id = any(cast(:ids as bigint[]))")}
    )
    select day, count(*) filter (where known), count(*) filter (where not known)
    from (
        select day, facility_id, {_known("day")}
        from bounds cross join unnest(cast(:days as date[])) day
        group by day, facility_id
        having {_possible("day")}
    ) there group by day
"""
_STATES_ON = f"""
    select facility_id, bool_or(is_first and latest > :as_of) as may_be_before,
        array_agg(status) filter (where {_maybe(":as_of")}) as statuses
    from ({_BOUNDS.format(those=" where facility_id = any(cast(:ids as bigint[]))")}) b
    group by facility_id
"""
# What may have begun within some days, with the first and the last day on which it can have.
_BEGUN = f"""
    select facility_id, status, before, earliest, latest
    from ({_BOUNDS.format(those=" where facility_id = any(cast(:ids as bigint[]))")}) b
    where (earliest is null or earliest <= :last) and latest >= :first
    order by earliest, latest, facility_id
"""
_STATES = """
    select facility_id, status, from_on, date_basis, to_on, announced from facility_state
    where facility_id = any(cast(:ids as bigint[])) order by facility_id, n
"""


def as_of_condition(as_of: AsOf) -> ColumnElement[bool]:
    """Return what a query on facilities must hold for those that were or may have been there."""
    there = text(f"select facility_id from ({BAND}) as_of").bindparams(**as_of.parameters)
    return Facility.id.in_(there.columns(facility_id=BigInteger))


def band_of(session: Session, as_of: AsOf, conditions: Sequence[ColumnElement[bool]]) -> Band:
    """Return how many of some facilities were there on a day."""
    there = (
        text(BAND)
        .bindparams(**as_of.parameters)
        .columns(facility_id=BigInteger, known=Boolean)
        .subquery("there")
    )
    known = there.c.known
    row = session.execute(
        select(func.count().filter(known), func.count().filter(~known))
        .select_from(Facility)
        .join(there, there.c.facility_id == Facility.id)
        .where(*conditions)
    ).one()
    return Band(*row)


def bands_on(
    session: Session, days: Sequence[date], today: date, facility_ids: Sequence[int]
) -> list[Band]:
    """Return how many of some facilities were in place on each of some days, in their order."""
    values = {
        "days": list(days),
        "ids": list(facility_ids),
        "as_of_today": today,
        "as_of_in": sorted(IN_PLACE),
    }
    rows = session.execute(text(_BANDS_ON), values)
    found = {day: Band(known, possible) for day, known, possible in rows}
    return [found.get(day, Band(0, 0)) for day in days]


def states_on(session: Session, as_of: AsOf, facility_ids: Sequence[int]) -> dict[int, StateOnDay]:
    """Return what some facilities were on a day, by number."""
    rows = session.execute(text(_STATES_ON), as_of.parameters | {"ids": list(facility_ids)})
    found = {}
    for number, may_be_before, statuses in rows:
        may = tuple(dict.fromkeys(map(Status, statuses or ())))
        inside = [one in as_of.statuses for one in may]
        found[number] = StateOnDay(
            known=bool(may) and all(inside) and not may_be_before,
            possible=any(inside),
            statuses=may,
            may_be_before=may_be_before,
        )
    return found


def states_on_by_code(
    session: Session, as_of: AsOf, facilities: Sequence[Facility]
) -> dict[str, StateOnDay]:
    """Return what some facilities were on a day, by code."""
    found = states_on(session, as_of, [one.id for one in facilities])
    return {one.code: found[one.id] for one in facilities}


def begun_within(
    session: Session, first: date, last: date, today: date, facility_ids: Sequence[int]
) -> list[Begun]:
    """Return the states of some facilities that began, or may have, from one day to another."""
    values = {"first": first, "last": last, "as_of_today": today, "ids": list(facility_ids)}
    return [
        Begun(
            number,
            Status(status),
            None if before is None else Status(before),
            earliest,
            latest,
            sure=earliest is not None and earliest >= first and latest <= last,
        )
        for number, status, before, earliest, latest in session.execute(text(_BEGUN), values)
    ]


def states_of(session: Session, facility_ids: Sequence[int]) -> dict[int, list[DatedState]]:
    """Return all states of some facilities, by number, in their order."""
    found: dict[int, list[DatedState]] = {number: [] for number in facility_ids}
    rows = session.execute(text(_STATES), {"ids": list(facility_ids)})
    for number, status, from_on, basis, to_on, announced in rows:
        found[number].append(
            DatedState(Status(status), from_on, DateBasis(basis), to_on, announced)
        )
    return found
