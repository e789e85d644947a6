"""Open on arrival: the state at the end of the walk, and what changes on the way."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from geoapp.core.calendar import WorkCalendar
from geoapp.core.units import format_metres
from geoapp.core.words import Basis
from geoapp.operations.nearest.arrival import Arrival, Arrivals, beyond_text
from geoapp.operations.nearest.said import Said, said_now, said_on_arrival
from geoapp.operations.nearest.service import NearestItem
from geoapp.operations.nearest.snapshot import Schedule, opening_at
from geoapp.store.facilities.read import PlacedFacility

ZONE = "Asia/Shanghai"
CALENDAR = WorkCalendar.from_chinesecalendar()


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE))


def arrival(hours: str | None, leaving: str, minutes: float) -> Arrival:
    schedule = Schedule(hours, ZONE)
    at = moment(leaving)
    return Arrivals(at, CALENDAR).of(schedule, opening_at(schedule, at, CALENDAR), 60 * minutes)


# Monday 23 November 2026, an ordinary day.
@pytest.mark.parametrize(
    ("hours", "leaving", "minutes", "is_open", "opens_at", "closes_at"),
    [
        ("08:00-18:00", "2026-11-23T10:00", 12, True, None, "2026-11-23T18:00"),
        # It closes on the way, and opens again the day after.
        (
            "08:00-18:00",
            "2026-11-23T17:55",
            12,
            False,
            "2026-11-24T08:00",
            "2026-11-23T18:00",
        ),
        # It opens on the way.
        ("08:00-18:00", "2026-11-23T07:50", 12, True, "2026-11-23T08:00", "2026-11-23T18:00"),
        ("08:00-18:00", "2026-11-23T06:00", 12, False, "2026-11-23T08:00", None),
        # To the minute: one who arrives at 18:00 is too late.
        ("08:00-18:00", "2026-11-23T17:48", 12, False, "2026-11-24T08:00", "2026-11-23T18:00"),
        ("08:00-18:00", "2026-11-23T17:47", 12, True, None, "2026-11-23T18:00"),
        ("24/7", "2026-11-23T10:00", 12, True, None, None),
        (None, "2026-11-23T10:00", 12, None, None, None),
        ('"随所在单位"', "2026-11-23T10:00", 12, None, None, None),
        ("08:00-18:00+", "2026-11-23T17:55", 12, None, None, None),
        # When a weekday's place opens after a Friday is known; before the holidays it is not.
        (
            "Mo-Fr 08:00-18:00",
            "2026-11-27T17:55",
            12,
            False,
            "2026-11-30T08:00",
            "2026-11-27T18:00",
        ),
        ("Mo-Fr 08:00-18:00", "2026-09-30T17:55", 12, False, None, "2026-09-30T18:00"),
    ],
)
def test_the_state_at_the_end_of_the_walk(
    hours: str | None,
    leaving: str,
    minutes: float,
    is_open: bool | None,
    opens_at: str | None,
    closes_at: str | None,
) -> None:
    expected = Arrival(
        is_open,
        None if opens_at is None else moment(opens_at),
        None if closes_at is None else moment(closes_at),
    )
    assert arrival(hours, leaving, minutes) == expected


def item(hours: str | None, leaving: str, minutes: float) -> NearestItem:
    at = moment(leaving)
    place = SimpleNamespace(timezone=ZONE, opening_hours=hours)
    opening = opening_at(Schedule(hours, ZONE), at, CALENDAR)
    return NearestItem(
        cast(PlacedFacility, place),
        0.0,
        0.0,
        60 * minutes,
        Basis.ESTIMATE,
        opening,
        arrival(hours, leaving, minutes),
    )


def words(said: Said) -> tuple[str, str]:
    return said.state, said.both().en


@pytest.mark.parametrize(
    ("hours", "leaving", "minutes", "state", "said"),
    [
        ("08:00-18:00", "10:00", 12, "open", "Open · until 18:00"),
        ("08:00-18:00", "17:40", 12, "open", "Open · closes 8 min after you get there"),
        ("08:00-18:00", "17:35", 1, "open", "Open · closes in 25 min"),
        ("08:00-18:00", "17:55", 12, "shut", "Closes before you get there · at 18:00"),
        (
            "13:30-18:00",
            "13:20",
            12,
            "open",
            "Open when you get there · opens at 13:30, before you get there",
        ),
        ("07:00-18:00", "06:00", 12, "shut", "Closed · opens 07:00"),
        ("07:00-18:00", "20:00", 12, "shut", "Closed · opens tomorrow 07:00"),
        ("24/7", "10:00", 12, "open", "Open · 24 hours"),
        (None, "10:00", 12, "unknown", "Hours unknown · No opening hours are given"),
    ],
)
def test_what_is_said_of_an_arrival(
    hours: str | None, leaving: str, minutes: float, state: str, said: str
) -> None:
    one = item(hours, f"2026-11-23T{leaving}", minutes)
    assert words(said_on_arrival(one)) == (state, said)


def test_no_minutes_after_an_arrival_that_is_known_badly() -> None:
    one = item("08:00-18:00", "2026-11-23T17:40", 12)
    assert words(said_on_arrival(one, later=timedelta(minutes=5))) == ("open", "Open · until 18:00")


@pytest.mark.parametrize("later", [8, 15])
def test_a_door_that_may_be_shut_by_then_is_not_called_open(later: int) -> None:
    one = item("08:00-18:00", "2026-11-23T17:40", 12)
    said = said_on_arrival(one, later=timedelta(minutes=later))
    assert words(said) == ("unknown", "May be closed when you get there · closes at 18:00")


def test_what_is_said_at_the_door() -> None:
    leaving = "2026-11-23T17:40"
    one = item("08:00-18:00", leaving, 0)
    assert words(said_now(one, moment(leaving))) == ("open", "Open · closes in 20 min")


def test_a_walk_past_the_end_of_time_is_unknown() -> None:
    schedule = Schedule("24/7", ZONE)
    at = datetime(9999, 12, 30, 12, tzinfo=UTC)
    opening = opening_at(schedule, datetime(2026, 11, 23, tzinfo=UTC), CALENDAR)
    assert Arrivals(at, CALENDAR).of(schedule, opening, 1e7) == Arrival(None)


def test_the_sentence_names_the_walk_and_the_nearest() -> None:
    said = beyond_text(4320.0, format_metres(12_345.0))
    assert "4.3 公里" in said.zh
    assert "12.3 km" in said.en
