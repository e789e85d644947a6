"""A region through a year: what stood at the end of each month, opened and closed, and was published.

What stood then is counted by what is known today of those days. Dates that are not known, or of
which only the month or year is, leave a band and are never taken as certain.
"""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from geoapp.core.dated_states import Band
from geoapp.core.errors import NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.results.coverage import CoverageFigures, CoverageRun
from geoapp.core.results.published import Publication
from geoapp.core.settings import Settings
from geoapp.operations.coverage import official as answers
from geoapp.operations.coverage.listed import figures_of_region
from geoapp.operations.moment import end_of_day, past_day, today
from geoapp.store.engine import Database
from geoapp.store.facilities.as_of import Begun, bands_on, begun_within
from geoapp.store.facilities.named import count_without_region, facilities_by_family
from geoapp.store.facilities.read import regions_below


@dataclass(frozen=True, slots=True)
class Answer:
    """What was published for a region at the end of a month, and its figures there.

    ``own`` is None where the run has none of the region.
    """

    publication: Publication
    run: CoverageRun
    own: CoverageFigures | None


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the story, up to its last day or today.

    Attributes
    ----------
    day
        The last day that is told of.
    in_place
        Facilities that were open or suspended at its end.
    opened, closed
        Those that did so for certain within it, and how many more may have.
    answer
        None where nothing was published for the region by then.
    """

    first: date
    day: date
    in_place: Band
    opened: Band
    closed: Band
    answer: Answer | None

    @property
    def is_partial(self) -> bool:
        """Whether the month is not over."""
        return self.day.day < calendar.monthrange(self.day.year, self.day.month)[1]


@dataclass(frozen=True, slots=True)
class Story:
    """A region's year.

    Attributes
    ----------
    before
        What was in place on the last day of the year before.
    opened, closed
        Of the whole year: what is known to the year alone is certain here and in no month.
    samples
        How many of the facilities are made up, of how many.
    without_region
        How many more facilities are in no region at all, and so in no region's story.
    """

    year: int
    before: Band
    months: Sequence[Month]
    opened: Band
    closed: Band
    samples: int
    facilities: int
    without_region: int


def story_of(database: Database, settings: Settings, region: str, year: int) -> Story:
    """Tell of a region's year.

    Raises
    ------
    NotFoundError
        If there is no such region.
    InvalidValueError
        If the year is one to come, or long before all that is recorded.
    """
    now = today(settings)
    first = past_day(date(year, 1, 1), now, str(year))
    months = _months(year, now)
    with database.snapshot() as session:
        below = regions_below(session, region)
        if not below:
            raise NotFoundError(Text("区域", "region"), region)
        some = facilities_by_family(session, below)
        ids = [one.id for one in some]
        days = [date(year - 1, 12, 31), *(day for _, day in months)]
        before, *bands = bands_on(session, days, now, ids)
        begun = begun_within(session, first, months[-1][1], now, ids)
        without_region = count_without_region(session)
    answers_then = _answers(database, region, [day for _, day in months], settings.timezone)
    told = [
        Month(start, day, band, *_events(begun, start, day), answer)
        for (start, day), band, answer in zip(months, bands, answers_then, strict=True)
    ]
    whole = _events(begun, first, months[-1][1])
    samples = sum(one.is_sample for one in some)
    return Story(year, before, told, *whole, samples, len(some), without_region)


def _months(year: int, now: date) -> list[tuple[date, date]]:
    """Return the first and the last day of each month that has begun, the last up to today."""
    found = []
    for month in range(1, 13):
        first = date(year, month, 1)
        if first <= now:
            last = first.replace(day=calendar.monthrange(year, month)[1])
            found.append((first, min(last, now)))
    return found


def _events(begun: Sequence[Begun], first: date, last: date) -> tuple[Band, Band]:
    """Return how many opened and closed within some days for certain, and how many more may have."""
    bands = []
    for kind in ("opens", "closes"):
        told: dict[int, bool] = {}
        for one in begun:
            certain = one.certain(first, last) if getattr(one, kind) else None
            if certain is not None:
                told[one.facility_id] = told.get(one.facility_id, False) or certain
        sure = sum(told.values())
        bands.append(Band(sure, len(told) - sure))
    return bands[0], bands[1]


def _answers(
    database: Database, region: str, days: Sequence[date], zone: str
) -> list[Answer | None]:
    """Return what was published at the end of each day; each run is read once."""
    read: dict[int, CoverageFigures | None] = {}
    told: list[Answer | None] = []
    for day in days:
        found = answers.official(database, region, end_of_day(day, zone))
        if found is None:
            told.append(None)
            continue
        if found.run.id not in read:
            read[found.run.id] = _figures(database, found.run, region)
        told.append(Answer(found.publication, found.run, read[found.run.id]))
    return told


def _figures(database: Database, run: CoverageRun, region: str) -> CoverageFigures | None:
    if run.result is None:
        return None
    if answers.run_region(run) == region:
        return run.result.total
    return figures_of_region(database, run.id, region)
