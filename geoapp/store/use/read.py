"""Named queries on visits, opinions and care events: single rows, and sums by quarters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import text

from geoapp.core.use import Basis
from geoapp.store.engine import Session
from geoapp.store.facilities.public import HAS_PAGE

_READ_AT_ONCE: Final = 5_000
_QUARTER: Final = "extract(year from day)::integer, extract(quarter from day)::integer"


@dataclass(frozen=True, slots=True)
class VisitRecord:
    """A count by the names of a file's columns; no hour is the whole day."""

    id: int
    facility: str
    day: date
    hour: int | None
    n: int
    basis: str


@dataclass(frozen=True, slots=True)
class OpinionRecord:
    """A tally by the names of a file's columns."""

    facility: str
    day: date
    stars: int
    n: int


@dataclass(frozen=True, slots=True)
class CareRecord:
    """A care event by the names of a file's columns; None is unknown, ``money`` is in yuan."""

    code: str
    kind: str
    region: str
    day: date
    people: int | None
    unit: str | None
    money: float | None
    document: str | None
    source: str | None
    sample: bool


@dataclass(frozen=True, slots=True)
class QuarterVisits:
    """The visits of a facility in a quarter that rest on one basis, and on how many days."""

    facility_id: int
    year: int
    quarter: int
    basis: str
    days: int
    n: int


@dataclass(frozen=True, slots=True)
class QuarterTally:
    """How many gave a facility one to five stars in a quarter."""

    facility_id: int
    year: int
    quarter: int
    tally: tuple[int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class CareTotal:
    """What care of a kind came to in a unit; money and people are of the events that state them."""

    kind: str
    unit: str | None
    events: int
    people: int | None
    money: float | None
    without_money: int


def visit_records(session: Session) -> Iterator[VisitRecord]:
    """Yield all counts, by facility, day, hour (the whole day first) and basis."""
    query = text(
        "select v.id, f.code, v.day, v.hour, v.n, v.basis from visit_count v "
        "join facility f on f.id = v.facility_id "
        "order by f.code, v.day, v.hour nulls first, v.basis"
    ).execution_options(yield_per=_READ_AT_ONCE)
    for row in session.execute(query):
        yield VisitRecord(*row)


def last_visits(session: Session, facility_id: int, limit: int) -> list[VisitRecord]:
    """Return a facility's counts of its latest days, the latest first."""
    query = text(
        "select v.id, f.code, v.day, v.hour, v.n, v.basis from visit_count v "
        "join facility f on f.id = v.facility_id where v.facility_id = :facility "
        "order by v.day desc, v.hour nulls first, v.basis limit :limit"
    )
    return [
        VisitRecord(*row)
        for row in session.execute(query, {"facility": facility_id, "limit": limit})
    ]


def opinion_records(session: Session) -> Iterator[OpinionRecord]:
    """Yield all tallies, by facility, day and stars."""
    query = text(
        "select f.code, o.day, o.stars, o.n from opinion_poll o "
        "join facility f on f.id = o.facility_id order by f.code, o.day, o.stars"
    ).execution_options(yield_per=_READ_AT_ONCE)
    for row in session.execute(query):
        yield OpinionRecord(*row)


def care_records(
    session: Session,
    first: date,
    end: date,
    regions: Sequence[str] | None = None,
    *,
    limit: int | None = None,
) -> list[CareRecord]:
    """Return the care events from a day on and before another, the latest first."""
    query = text(
        "select code, kind, region_code, day, people, unit, money, document, source, is_sample "
        "from care_event where day >= :first and day < :end "
        "and (cast(:regions as text[]) is null or region_code = any(cast(:regions as text[]))) "
        "order by day desc, code limit :limit"
    )
    given = {
        "first": first,
        "end": end,
        "regions": None if regions is None else list(regions),
        "limit": limit,
    }
    return [CareRecord(*row) for row in session.execute(query, given)]


def care_totals(
    session: Session, first: date, end: date, regions: Sequence[str] | None = None
) -> list[CareTotal]:
    """Return the sums of care events by kind and unit: people and person-times stay apart."""
    query = text(
        "select kind, unit, count(*), sum(people), sum(money), count(*) filter (where money is null) "
        "from care_event where day >= :first and day < :end "
        "and (cast(:regions as text[]) is null or region_code = any(cast(:regions as text[]))) "
        "group by kind, unit order by kind, unit nulls last"
    )
    given = {"first": first, "end": end, "regions": None if regions is None else list(regions)}
    return [CareTotal(*row) for row in session.execute(query, given)]


def quarter_visits(
    session: Session, first: date, end: date, facility_id: int | None = None
) -> list[QuarterVisits]:
    """Return visits by facility, quarter and basis, from a day on and before another.

    A day has one figure: the whole day's where there is one, else the sum of its hours; and of
    several bases the strongest, so that nobody is counted twice.
    """
    query = text(
        "with counted as (select facility_id, day, basis, "
        "coalesce(max(n) filter (where hour is null), sum(n) filter (where hour is not null)) as n "
        "from visit_count where day >= :first and day < :end "
        "and (cast(:facility as bigint) is null or facility_id = :facility) "
        "group by facility_id, day, basis), "
        "best as (select distinct on (facility_id, day) * from counted "
        "order by facility_id, day, array_position(cast(:bases as text[]), basis)) "
        f"select facility_id, {_QUARTER}, basis, count(*), sum(n)::bigint from best "
        "group by 1, 2, 3, 4 order by 1, 2, 3, 4"
    )
    given = {"first": first, "end": end, "facility": facility_id, "bases": [str(b) for b in Basis]}
    return [QuarterVisits(*row) for row in session.execute(query, given)]


def quarter_tallies(
    session: Session, first: date, end: date, facility_id: int | None = None
) -> list[QuarterTally]:
    """Return voices by facility and quarter, from a day on and before another; none without any."""
    sums = ", ".join(
        f"coalesce(sum(n) filter (where stars = {stars}), 0)::bigint" for stars in range(1, 6)
    )
    query = text(
        f"select facility_id, {_QUARTER}, {sums} from opinion_poll "
        "where day >= :first and day < :end "
        "and (cast(:facility as bigint) is null or facility_id = :facility) "
        "group by 1, 2, 3 having sum(n) > 0 order by 1, 2, 3"
    )
    given = {"first": first, "end": end, "facility": facility_id}
    found: Sequence[Any] = session.execute(query, given).all()
    return [QuarterTally(row[0], row[1], row[2], tuple(row[3:])) for row in found]


def days_known(session: Session, facility_id: int | None = None) -> tuple[date, date] | None:
    """Return the first and the last day of which anything is known; None if nothing is.

    Of all facilities the days of care events count too.
    """
    rows = (
        "select day from visit_count where :f is null or facility_id = :f union all "
        "select day from opinion_poll where :f is null or facility_id = :f"
    ).replace(":f", "cast(:facility as bigint)")
    if facility_id is None:
        rows += " union all select day from care_event"
    found = session.execute(
        text(f"select min(day), max(day) from ({rows}) known"), {"facility": facility_id}
    ).one()
    return None if found[0] is None else (found[0], found[1])


@dataclass(frozen=True, slots=True)
class NamedFacility:
    """A facility as a list of figures names it; ``has_page`` where everybody may read a page on it."""

    id: int
    code: str
    name_zh: str
    name_en: str | None
    region_code: str | None
    is_sample: bool
    has_page: bool


def named_facilities(session: Session, ids: Sequence[int]) -> list[NamedFacility]:
    """Return some facilities in order of code."""
    query = text(
        f"select id, code, name_zh, name_en, region_code, is_sample, {HAS_PAGE} from facility "
        "where id = any(cast(:ids as bigint[])) order by code"
    )
    return [NamedFacility(*row) for row in session.execute(query, {"ids": list(ids)})]


def count_silent(
    session: Session, told: Sequence[int], regions: Sequence[str] | None = None
) -> int:
    """Return how many facilities in service are not among those told of, in some regions or in all."""
    query = text(
        "select count(*) from facility where status in ('open', 'suspended') "
        "and id <> all(cast(:told as bigint[])) "
        "and (cast(:regions as text[]) is null or region_code = any(cast(:regions as text[])))"
    )
    given = {"told": list(told), "regions": None if regions is None else list(regions)}
    return int(session.execute(query, given).scalar_one())
