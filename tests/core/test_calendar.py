"""Public holidays and shifted working days; an unannounced year is unknown."""

from datetime import date

import pytest

from geoapp.core.calendar import DayNature, WorkCalendar


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    return WorkCalendar.from_chinesecalendar()


@pytest.mark.parametrize(
    ("day", "nature"),
    [
        # The State Council's arrangement for 2025: National Day 1 to 8 October, worked for on
        # 28 September (a Sunday) and 11 October (a Saturday).
        (date(2025, 10, 1), DayNature.HOLIDAY),
        (date(2025, 10, 8), DayNature.HOLIDAY),
        (date(2025, 10, 9), DayNature.ORDINARY),
        (date(2025, 9, 28), DayNature.SHIFTED_WORKDAY),
        (date(2025, 10, 11), DayNature.SHIFTED_WORKDAY),
        (date(2025, 11, 8), DayNature.ORDINARY),
        (date(2025, 11, 10), DayNature.ORDINARY),
        (date(2100, 10, 1), DayNature.UNKNOWN),
        (date(1990, 10, 1), DayNature.UNKNOWN),
    ],
)
def test_days(calendar: WorkCalendar, day: date, nature: DayNature) -> None:
    assert calendar.nature(day) is nature


def test_an_empty_calendar_knows_nothing() -> None:
    assert WorkCalendar().nature(date(2025, 10, 1)) is DayNature.UNKNOWN


def test_shifted_workdays_are_weekends_and_never_holidays(calendar: WorkCalendar) -> None:
    assert calendar.shifted_workdays
    assert not calendar.shifted_workdays & calendar.holidays
    assert all(day.weekday() >= 5 for day in calendar.shifted_workdays)
    assert {day.year for day in calendar.holidays} == calendar.years
