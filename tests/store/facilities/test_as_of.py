"""What facilities were on a day, held against all days on which their states may have begun."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise, product

from sqlalchemy import text

from geoapp.core.rough_days import rough_day
from geoapp.core.words import DateBasis, Standing, Status
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from geoapp.store.facilities.as_of import IN_PLACE, AsOf, Band, band_of, bands_on, states_on

TODAY = date(2026, 6, 15)
Begin = tuple[Status, date | None, DateBasis, bool]
ORDERS: tuple[tuple[Status, ...], ...] = (
    (Status.OPEN,),
    (Status.CLOSED,),
    (Status.SUSPENDED,),
    (Status.PROPOSED, Status.OPEN),
    (Status.OPEN, Status.CLOSED),
    (Status.OPEN, Status.SUSPENDED, Status.CLOSED),
    (Status.OPEN, Status.SUSPENDED, Status.OPEN),
)


def histories(chance: random.Random, count: int) -> Iterator[list[Begin]]:
    """Yield states in order whose dates, where they are known, do not contradict it."""
    while count:
        made: list[Begin] = []
        for status in chance.choice(ORDERS):
            basis = chance.choice(list(DateBasis))
            day = TODAY - timedelta(days=chance.randrange(900))
            rough = rough_day(day, basis)
            made.append((status, None if basis is DateBasis.UNKNOWN else rough.day, basis, False))
        if chance.random() < 0.3 and made[-1][0] is not Status.CLOSED:
            later = rough_day(TODAY + timedelta(days=chance.randrange(-100, 400)), DateBasis.YEAR)
            made.append((Status.CLOSED, later.day, DateBasis.YEAR, True))
        days = [days_of(one) for one in made]
        if all(a[0] <= b[1] for a in days for b in days[days.index(a) :]):
            count -= 1
            yield made


def days_of(begin: Begin) -> tuple[date, date]:
    """Return the first and the last day on which a state may have begun, by its own date."""
    _, day, basis, announced = begin
    if day is None:
        return date.min, TODAY
    last = rough_day(day, basis).last
    return day, last if announced else min(last, TODAY)


def by_all_days(history: list[Begin], day: date) -> tuple[Standing, set[Status]]:
    """Try every order of days on which the states may have begun."""
    if history[0][0] in (Status.SUSPENDED, Status.CLOSED):  # what it was before is not known
        history = [(Status.OPEN, None, DateBasis.UNKNOWN, False), *history]
    edges = {edge for one in history for edge in days_of(one)} | {day, day + timedelta(days=1)}
    found: set[Status | None] = set()
    choices = [
        [edge for edge in edges if first <= edge <= last] for first, last in map(days_of, history)
    ]
    for begun in product(*choices):
        if all(a <= b for a, b in pairwise(begun)):
            was = [one[0] for one, since in zip(history, begun, strict=True) if since <= day]
            found.add(was[-1] if was else None)
    inside = found & IN_PLACE
    standing = Standing.POSSIBLE if found - IN_PLACE else Standing.KNOWN
    return (standing if inside else Standing.NO), {one for one in found if one is not None}


def test_every_day_that_may_be_meant_is_thought_of(database: Database) -> None:
    initialise(database)
    chance = random.Random(20261129)
    made = list(histories(chance, 60))
    with database.session() as session:
        session.execute(text("select set_config('geoapp.states', 'restore', true)"))
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, position_basis) select 'F-' || n, "
                "'outdoor_station', 'x', 'unknown' from generate_series(0, 59) n"
            )
        )
        ids = list(session.scalars(text("select id from facility order by substr(code, 3)::int")))
        for number, history in zip(ids, made, strict=True):
            for n, (status, day, basis, announced) in enumerate(history, 1):
                session.execute(
                    text(
                        "insert into facility_state (facility_id, n, status, from_on, to_on, "
                        "date_basis, announced) values (:f, :n, :s, :d, :d, :b, :a)"
                    ),
                    {"f": number, "n": n, "s": status, "d": day, "b": basis, "a": announced},
                )
    seen: set[Standing] = set()
    bands: dict[date, Band] = {}
    with database.snapshot() as session:
        for back in (0, 1, 35, 150, 400, 800, 3000):
            as_of = AsOf(TODAY - timedelta(days=back), TODAY)
            found = states_on(session, as_of, ids)
            known = possible = 0
            for number, history in zip(ids, made, strict=True):
                standing, statuses = by_all_days(history, as_of.day)
                one = found[number]
                assert (one.standing, set(one.statuses)) == (standing, statuses), (back, history)
                known += standing is Standing.KNOWN
                possible += standing is Standing.POSSIBLE
                seen.add(standing)
            bands[as_of.day] = Band(known, possible)
            assert band_of(session, as_of, []) == bands[as_of.day]
        # Several days at once, before the first of all included.
        bands[date(1900, 1, 1)] = band_of(session, AsOf(date(1900, 1, 1), TODAY), [])
        assert bands_on(session, list(bands), TODAY, ids) == list(bands.values())
    assert seen == set(Standing)
