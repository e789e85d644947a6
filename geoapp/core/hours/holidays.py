"""What a date is, in the country of a time zone: an ordinary day, a holiday, or not known.

China's days come from the service's own calendar, those of other countries from the library's
(opening-hours-py). One rule holds for all of them (``docs/decisions/0010-hours.md``).
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from importlib import resources
from itertools import product
from zoneinfo import ZoneInfo

from opening_hours import (  # type: ignore[attr-defined]  # its stubs leave the errors out
    OpeningHours,
    UnknownCountryError,
)

from geoapp.core.calendar import DayNature, WorkCalendar
from geoapp.core.hours.rules import DayView, Expression, Holidays

CHINESE_ZONES = frozenset({"Asia/Shanghai", "Asia/Urumqi", "Asia/Chongqing", "Asia/Harbin", "PRC"})
_SUNDAY = 6


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Return the country of each zone, from the time zone database's own table."""
    table = resources.files("tzdata") / "zoneinfo" / "zone.tab"
    rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()]
    return {row[2]: row[0] for row in rows if len(row) > 2 and not row[0].startswith("#")}


@lru_cache(maxsize=4096)
def _holidays(timezone: str, year: int) -> frozenset[date] | None:
    """Return a year's public holidays in the country of a zone; None if they are not known."""
    try:
        known = OpeningHours("PH", country=_countries().get(timezone, "??"))
    except UnknownCountryError:
        return None
    first = datetime.combine(date(year, 1, 1), time(12))
    days = (first + timedelta(days=number) for number in range(366))
    found = frozenset(day.date() for day in days if day.year == year and known.is_open(day))
    return found or None  # no country is without: the library's table does not reach that year


def nature(day: date, timezone: str, calendar: WorkCalendar) -> DayNature:
    """Return what a date is in the country of a zone."""
    if timezone in CHINESE_ZONES:
        return calendar.nature(day)
    holidays = _holidays(timezone, day.year)
    if holidays is None:
        return DayNature.UNKNOWN
    return DayNature.HOLIDAY if day in holidays else DayNature.ORDINARY


def minds_days(expression: Expression) -> bool:
    """Tell whether hours differ by day of the week or on holidays."""
    return any(
        isinstance(one, Holidays) or (one.last - one.first) % 7 != 6 or one.nth
        for rule in expression.rules
        for one in rule.days
    )


def views(
    expression: Expression, day: date, timezone: str, calendar: WorkCalendar
) -> list[DayView]:
    """Return all that a date may count as; the first is the date as the calendar has it.

    Where hours do not say what holds on a public holiday, it counts as that day of the week and as
    a Sunday; a weekend that is worked counts as any of Monday to Friday, and as itself too where
    the hours do not follow the official calendar. A day that may be a holiday is both.
    """
    weekday = day.weekday()
    if not minds_days(expression):
        return [DayView(day, weekday)]
    found: dict[DayView, None] = {}
    for offsets in _offsets(expression, day, timezone, calendar):
        for school in _school(expression):
            for as_weekday, is_holiday in _kinds(expression, day, timezone, calendar, offsets):
                beside = offsets | {0} if is_holiday else offsets
                found[DayView(day, as_weekday, beside, school)] = None
    return list(found)


def ordinary_view(day: date) -> DayView:
    """Return a date that is nothing but its day of the week."""
    return DayView(day, day.weekday())


def _school(expression: Expression) -> list[bool]:
    # Nobody tells us when schools have holidays.
    names = any(
        isinstance(one, Holidays) and one.name == "SH"
        for rule in expression.rules
        for one in rule.days
    )
    return [False, True] if names else [False]


def _offsets(
    expression: Expression, day: date, timezone: str, calendar: WorkCalendar
) -> Iterator[frozenset[int]]:
    """Yield which offsets from a holiday the day may have, besides being one."""
    named = {
        one.offset
        for rule in expression.rules
        for one in rule.days
        if isinstance(one, Holidays) and one.name == "PH" and one.offset
    }
    may: list[list[int | None]] = []
    for offset in sorted(named):
        there = nature(day - timedelta(days=offset), timezone, calendar)
        if there is DayNature.UNKNOWN:
            may.append([offset, None])
        elif there is DayNature.HOLIDAY:
            may.append([offset])
    for chosen in product(*may):
        yield frozenset(one for one in chosen if one is not None)


def _kinds(
    expression: Expression,
    day: date,
    timezone: str,
    calendar: WorkCalendar,
    offsets: frozenset[int],
) -> list[tuple[int, bool]]:
    """Return the days of the week that a date may count as, and whether as a holiday."""
    weekday = day.weekday()
    what = nature(day, timezone, calendar)
    if what is DayNature.ORDINARY:
        return [(weekday, False)]
    holiday = DayView(day, weekday, offsets | {0})
    # A rule that names holidays and does not hold on this one (of June, say) is silent on it.
    named = any(rule.names_holidays and rule.holds(holiday) for rule in expression.rules)
    workdays = [(number, False) for number in range(5)]
    if what is DayNature.HOLIDAY:
        return [(weekday, True)] if named else [(weekday, False), (_SUNDAY, False)]
    if what is DayNature.SHIFTED_WORKDAY:
        # Whoever names public holidays follows the official calendar: it is a working day.
        follows = any(rule.names_holidays for rule in expression.rules)
        return workdays if follows else [(weekday, False), *workdays]
    kinds = [(weekday, False), (weekday, True) if named else (_SUNDAY, False)]
    if weekday >= 5 and timezone in CHINESE_ZONES:
        kinds += workdays
    return kinds


@lru_cache(maxsize=65_536)
def sun_minute(day: date, event: str, timezone: str, lon: float, lat: float) -> int | None:
    """Return the minute of a day at which the sun rises, sets, or its light comes or goes.

    Parameters
    ----------
    event
        ``sunrise``, ``sunset``, ``dawn`` or ``dusk``.
    lon, lat
        WGS-84, degrees.

    Returns
    -------
    None where the sun does neither that day.
    """
    rises, sets = ("dawn", "dusk") if event in ("dawn", "dusk") else ("sunrise", "sunset")
    light = OpeningHours(f"{rises}-{sets}", timezone=ZoneInfo(timezone), coords=(lat, lon))
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone))
    noon_to_come = light.next_change(midnight)
    if noon_to_come is None or noon_to_come.date() != day or noon_to_come.hour == 0:
        return None
    change = noon_to_come if event == rises else light.next_change(noon_to_come)
    if change is None or change.date() != day:
        return None
    return int(change.hour * 60 + change.minute)
