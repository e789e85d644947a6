"""Who is covered in each of the 168 hours of a week; weights are outdoor workers."""

from datetime import date

from geoapp.core.calendar import DayNature
from geoapp.core.results.kept import Kept
from geoapp.core.words import Level


class WeekDay(Kept):
    """A day of the week that is shown, and what the calendar says of it."""

    day: date
    nature: DayNature


class RegionHours(Kept):
    """A region's week: 168 numbers each, from Monday's midnight.

    Attributes
    ----------
    code
        None for the demand of unknown region.
    total
        Workers who are out there in that hour.
    covered_low, covered_high
        Of them, those covered if every facility whose hours are unknown then is closed, and if all of
        these are open.
    """

    code: str | None
    name_zh: str
    name_en: str | None
    level: Level | None
    parent: str | None
    total: tuple[float, ...]
    covered_low: tuple[float, ...]
    covered_high: tuple[float, ...]


class CoverageHours(Kept):
    """A coverage run, hour by hour, in one week of the calendar.

    Attributes
    ----------
    week_from
        The Monday.
    earliest, latest
        The first and the last Monday that the run's facilities can be asked about.
    hours
        The moments, ISO 8601 with the offset from UTC.
    facilities, facilities_unread
        How many facilities there are, and of how many no hours are given that could be read.
    """

    run: int
    week_from: date
    earliest: date
    latest: date
    timezone: str
    days: tuple[WeekDay, ...]
    hours: tuple[str, ...]
    facilities: int
    facilities_unread: int
    regions: tuple[RegionHours, ...]
    without_region: RegionHours | None
