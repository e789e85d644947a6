"""The last whole week of a report, hour by hour, from what the published run has kept."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from shapely.geometry.base import BaseGeometry

from geoapp.core.errors import ConflictError, InvalidValueError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.results.coverage import CoverageRun
from geoapp.core.results.coverage_hours import CoverageHours, RegionHours
from geoapp.core.units import WEEKDAYS
from geoapp.core.words import Level
from geoapp.operations.coverage.hours import hours_of_week
from geoapp.operations.monthly.scope import Scope
from geoapp.reports.coverage.week import shares_of
from geoapp.reports.parts import Column, Form, Table, Week
from geoapp.reports.words import monthly as words


def week_of(
    scope: Scope, run: CoverageRun, outlines: Mapping[str, BaseGeometry]
) -> tuple[Week | None, Text]:
    """Return the week, and what is said of it; where there is none, why not.

    Parameters
    ----------
    outlines
        Of the stored regions, by code, in degrees of WGS-84.
    """
    # The last week that is over by the report's last day.
    within = scope.period.day - timedelta(days=6)
    try:
        told = hours_of_week(scope.database, run.id, within, scope.region)
    except (ConflictError, InvalidValueError, NotFoundError) as error:
        return None, words.no_hours_text(error.text)
    own = _own(scope, told)
    below = [
        one
        for one in told.regions
        if one.code != own.code and (scope.region is not None or one.level is Level.DISTRICT)
    ]
    week = Week(
        words.week_title(told.week_from, told.week_from + timedelta(days=6)),
        own,
        [(one, _name(one), outlines.get(one.code or "")) for one in below or [own]],
    )
    return week, words.hours_text(told.facilities, told.facilities_unread)


def hours_table(week: Week) -> Table:
    """Return the share that is surely covered, by hour of the day and day of the week."""
    shares = [low for low, _ in shares_of(week.own)]
    return Table(
        words.SHEET_HOURS,
        week.title,
        [Column(words.HOUR), *(Column(one, Form.SHARE) for one in WEEKDAYS)],
        [[f"{hour:02d}:00", *shares[hour::24]] for hour in range(24)],
        notes=[words.HOURS_NOTE],
    )


def _name(one: RegionHours) -> Text:
    return Text(one.name_zh, one.name_en or one.name_zh)


def _own(scope: Scope, told: CoverageHours) -> RegionHours:
    """Return the report's region; of the whole area, all that lies in no other and what has no region."""
    if scope.region is not None:
        return next(one for one in told.regions if one.code == scope.region)
    codes = {one.code for one in told.regions}
    parts = [one for one in told.regions if one.parent not in codes]
    parts += [] if told.without_region is None else [told.without_region]

    def added(hours: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
        return tuple(sum(some) for some in zip(*hours, strict=True))

    return RegionHours(
        code=None,
        name_zh=scope.area.zh,
        name_en=scope.area.en,
        level=None,
        parent=None,
        total=added([one.total for one in parts]),
        covered_low=added([one.covered_low for one in parts]),
        covered_high=added([one.covered_high for one in parts]),
    )
