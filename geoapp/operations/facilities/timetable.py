"""The timetable of a facility that moves: where it stands on each of the coming seven days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from geoapp.core.hours import day_stretches
from geoapp.core.i18n import Text
from geoapp.core.units import WEEKDAYS
from geoapp.operations.facilities.hours import told_day
from geoapp.store.engine import Database
from geoapp.store.facilities.records import FacilityRecord
from geoapp.store.vocabulary import load_calendar

_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class Stop:
    """A place where it stands on a day, and its hours there in words."""

    name: Text
    hours: Text


@dataclass(frozen=True, slots=True)
class TimetableDay:
    """A day, and where it stands then; nowhere where there is no stop."""

    name: Text
    stops: list[Stop]


def preview_timetable(
    database: Database, record: FacilityRecord, today: date
) -> list[TimetableDay]:
    """Return where a facility with places stands on the seven days from today on.

    A place without hours of its own has the facility's.
    """
    with database.snapshot() as session:
        calendar = load_calendar(session)
    timezone: str = record.properties["timezone"]
    usual: str | None = record.properties["opening_hours"]
    places: Sequence[Mapping[str, Any]] = record.properties["places"]
    days = []
    for number in range(_DAYS):
        day = today + timedelta(days=number)
        stops = []
        for place, one in enumerate(places, start=1):
            if (one["valid_from"] or day) <= day <= (one["valid_to"] or day):
                label_zh, label_en = one["label_zh"], one["label_en"]
                name = Text(
                    label_zh or label_en or f"地点 {place}",
                    label_en or label_zh or f"place {place}",
                )
                hours = one["opening_hours"] or usual
                stretches = day_stretches(hours, day, timezone=timezone, calendar=calendar)
                stops.append(Stop(name, told_day(stretches)))
        weekday = WEEKDAYS[day.weekday()]
        title = Text(f"{weekday.zh} {day:%m-%d}", f"{weekday.en} {day:%m-%d}")
        days.append(TimetableDay(title, stops))
    return days
